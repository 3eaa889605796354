#include "aws/connect/pages.h"

#include <string.h>

#include "core/base/banned.h"

const char *connect_text(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) ? text : NULL;
}

void connect_pages_init(struct connect_pages *pages)
{
    *pages = (struct connect_pages){.n = 0};
    strmap_init(&pages->seen, 16);
}

void connect_pages_release(struct connect_pages *pages)
{
    strmap_release(&pages->seen);
    arena_release(&pages->arena);
}

bool connect_pages_next(struct connect_pages *pages, const json_t *answer, struct err *err)
{
    const char *next = json_string_value(json_object_get(answer, "NextToken"));
    pages->n++;
    if (!next || next[0] == '\0') {
        return false;
    }
    pages->token = arena_strdup(&pages->arena, next);
    size_t page = strmap_add(&pages->seen, pages->token, pages->n + 1);
    if (page != pages->n + 1) {
        err_set(err, ERR_SERVICE, "the pages do not end: behind page %zu comes page %zu again",
                pages->n, page);
        return false;
    }
    if (pages->n >= CONNECT_PAGES_MAX) {
        err_set(err, ERR_SERVICE, "the pages do not end: there are more than %u",
                CONNECT_PAGES_MAX);
        return false;
    }
    return true;
}
