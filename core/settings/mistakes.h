#ifndef CORE_SETTINGS_MISTAKES_H
#define CORE_SETTINGS_MISTAKES_H

/*
 * All that is wrong with a configuration. A run stops at the first mistake; `extpool --check-config`
 * collects them here and reads on.
 *
 *     struct mistakes mistakes = MISTAKES_INIT;
 *     ... if (look(..., &err) != ERR_OK) { mistakes_add(&mistakes, &err); err_clear(&err); } ...
 *     mistakes_sort(&mistakes, path);
 *     mistakes_release(&mistakes);
 */

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"

struct mistake {
    const char *text; /* "FILE:LINE: what is wrong", or with the name of a variable in front */
    const char *hint; /* "" */
};

struct mistakes {
    struct arena arena;
    struct mistake *items;
    size_t n_items;
};

/* clang-format off */
#define MISTAKES_INIT                                                                              \
    {                                                                                              \
        .arena = ARENA_INIT, .items = NULL, .n_items = 0                                           \
    }
/* clang-format on */

/* Copies the error, unless the same is there: several contexts meet the same line. */
void mistakes_add(struct mistakes *mistakes, const struct err *err);

/* Those of the file in the order of its lines, then the others as they came. */
void mistakes_sort(struct mistakes *mistakes, const char *file);

/* The line of this file that the mistake is in, or 0. */
unsigned mistake_line(const struct mistake *mistake, const char *file);

void mistakes_release(struct mistakes *mistakes);

#endif
