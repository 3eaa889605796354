#ifndef CORE_BASE_FOLD_TABLE_H
#define CORE_BASE_FOLD_TABLE_H

/*
 * Private to core/base/fold.c and fold_search.c. Each table is sorted by the first member.
 */

#include <stddef.h>
#include <stdint.h>

struct fold_range {
    uint32_t first, last;
    uint32_t step;
    int32_t delta;
};
extern const struct fold_range fold_ranges[];
extern const size_t fold_n_ranges;

struct fold_letters {
    uint32_t code;
    uint32_t to[3]; /* 0: no further one */
};
extern const struct fold_letters fold_letters[];
extern const size_t fold_n_letters;

struct fold_pair {
    uint32_t code;
    uint32_t base, mark;
};
extern const struct fold_pair fold_pairs[];
extern const size_t fold_n_pairs;

/* The small letter, or the code itself. */
uint32_t fold_small(uint32_t code);
/* The letters that a letter folds to, and what it is composed of; NULL: it is one letter. */
const struct fold_letters *fold_several(uint32_t code);
const struct fold_pair *fold_parts(uint32_t code);

#endif
