#ifndef TUI_WIDGET_FILTER_PRIVATE_H
#define TUI_WIDGET_FILTER_PRIVATE_H

/*
 * Private to filter_block.c, filter_search.c and filter_spans.c: how a block lies in memory.
 *
 * The text of a row is its fields one behind the other: a byte below 0x20 that names the field
 * (FIELD_MARK), then the folded text, in which no byte is below 0x20.
 */

#include "tui/widget/filter_block.h"

#define FIELD_MARK(field) ((char)((field) + 1))
#define NO_EXT UINT32_MAX
#define SEVERAL_EXTS (UINT32_MAX - 1) /* its text has them: "0042 0100-0199" */

/* Some rows of a block. Blocks share those in which nothing changed. */
#define PIECE_ROWS 2048

struct filter_piece {
    unsigned long references;
    size_t n_rows;
    char *text; /* and FIND_PAD bytes that can be read */
    size_t length;
    uint32_t *starts; /* of the rows in `text`, and where the last one ends */
    uint32_t *exts;   /* as a number; NO_EXT, SEVERAL_EXTS */
    uint32_t *states;
    uint32_t *has;    /* FILTER_BIT of the fields that it has */
    int64_t *since_s; /* NULL: no row has one */
    int64_t *until_s;
};

struct filter_block {
    size_t n_rows;
    size_t n_pieces;
    struct filter_piece **pieces; /* PIECE_ROWS each, but for the last */
};

#define FIND_PAD 32

/* The first place of the needle from `at` on, NULL: none before `end`. It reads up to FIND_PAD
   bytes behind `end`. */
const char *filter_find(const char *at, const char *end, const char *needle, size_t length);

/* 0, or how well the needle's characters match in this order: those next to each other and at the
   starts of words count more, a long text less. `places` (NULL: not wanted) gets where each of
   them is, at most `max`; *n_places how many. */
struct filter_places {
    size_t at[32];
    size_t n;
};
int filter_fuzzy(const char *text, size_t length, const char *needle, size_t needle_length,
                 struct filter_places *places);

#endif
