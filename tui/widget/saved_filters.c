#include "tui/widget/saved_filters.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

static const char s_names[] = SAVED_NAMES;

bool saved_filters_is_name(uint32_t key)
{
    return key > 0 && key < 0x80 && strchr(s_names, (int)key);
}

void saved_filters_init(struct saved_filters *saved)
{
    static const char *const first[] = {"state:new", "state:stale", "changed:*", "basket:*",
                                        "state:pinned"};
    *saved = (struct saved_filters){.texts = {""}};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        saved_filters_set(saved, s_names[i + 1], first[i]);
    }
}

const char *saved_filters_get(const struct saved_filters *saved, char name)
{
    return saved_filters_is_name((unsigned char)name)
               ? saved->texts[strchr(s_names, name) - s_names]
               : "";
}

bool saved_filters_set(struct saved_filters *saved, char name, const char *text)
{
    if (!saved_filters_is_name((unsigned char)name)) {
        return false;
    }
    snprintf(saved->texts[strchr(s_names, name) - s_names], FILTER_TEXT_MAX, "%s", text);
    return true;
}
