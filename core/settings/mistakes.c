#include "core/settings/mistakes.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

void mistakes_add(struct mistakes *mistakes, const struct err *err)
{
    for (size_t i = 0; i < mistakes->n_items; i++) {
        if (strcmp(mistakes->items[i].text, err->text) == 0) {
            return;
        }
    }
    mistakes->items = mem_resize(mistakes->items, mistakes->n_items + 1, sizeof *mistakes->items);
    mistakes->items[mistakes->n_items++] = (struct mistake){
        arena_strdup(&mistakes->arena, err->text), arena_strdup(&mistakes->arena, err->hint)};
}

unsigned mistake_line(const struct mistake *mistake, const char *file)
{
    size_t length = strlen(file);
    if (strncmp(mistake->text, file, length) != 0 || mistake->text[length] != ':') {
        return 0;
    }
    return (unsigned)strtoul(mistake->text + length + 1, NULL, 10);
}

/* Where it stands in the order; what has no line of the file stands last. */
static unsigned place_of(const struct mistake *mistake, const char *file)
{
    unsigned line = file ? mistake_line(mistake, file) : 0;
    return line > 0 ? line : UINT_MAX;
}

void mistakes_sort(struct mistakes *mistakes, const char *file)
{
    for (size_t i = 1; i < mistakes->n_items; i++) { /* a few: equal ones keep their order */
        struct mistake moved = mistakes->items[i];
        size_t at = i;
        while (at > 0 && place_of(&mistakes->items[at - 1], file) > place_of(&moved, file)) {
            mistakes->items[at] = mistakes->items[at - 1];
            at--;
        }
        mistakes->items[at] = moved;
    }
}

void mistakes_release(struct mistakes *mistakes)
{
    free(mistakes->items);
    arena_release(&mistakes->arena);
    *mistakes = (struct mistakes)MISTAKES_INIT;
}
