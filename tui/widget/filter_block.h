#ifndef TUI_WIDGET_FILTER_BLOCK_H
#define TUI_WIDGET_FILTER_BLOCK_H

/*
 * Rows, folded into one block of text once a load, and the search over it: a text term is one walk
 * over the block, a state, a number or a time is a comparison of integers. About 60 bytes of text
 * and 30 of numbers a row.
 *
 *     struct filter_block *block = filter_block_new(n_rows, subject, context);
 *     filter_search_start(&search, &(struct filter_asked){.filter = &filter, .block = block});
 *     while (!filter_search_go_on(&search, until_ms)) { ...something else... }
 *     if (filter_found(search.found, row)) ...
 *     filter_search_release(&search);
 *
 * A block is immutable: several threads may search it at once.
 */

#include "tui/widget/filter.h"

struct filter_block;

typedef void (*filter_subject_fn)(const void *context, size_t row, struct filter_subject *subject);

/* Calls `subject` for each row, with a subject that is all empty. Nothing of it is kept. */
struct filter_block *filter_block_new(size_t n_rows, filter_subject_fn subject,
                                      const void *context);

/* The same number of rows, of which only these changed, at the cost of some thousand of them. */
struct filter_block *filter_block_renew(const struct filter_block *before, const size_t *rows,
                                        size_t n, filter_subject_fn subject, const void *context);
void filter_block_free(struct filter_block *block); /* NULL is fine */
size_t filter_block_bytes(const struct filter_block *block);

/* Texts that change without the data: `live:`, `changed:`, `basket:`. */
struct filter_now {
    /* NULL: the row has none. `text` NULL: no row has one. Valid until the next call. */
    const char *(*text)(const void *context, size_t row, enum filter_field field);
    const void *context;
};

/* What is searched for, and where. All of it must stay until the search is released. */
struct filter_asked {
    const struct filter *filter;
    const struct filter_block *block;
    struct filter_now now;
    const uint64_t *within; /* only these rows (as `found`); NULL: all */
};

struct filter_search {
    struct filter_asked asked;
    uint64_t *found;  /* a bit a row; complete when the search is over */
    uint16_t *scores; /* of a ranked filter, one a row: the higher the better; else NULL */
    size_t at;        /* rows that are done */
};

void filter_search_start(struct filter_search *search, const struct filter_asked *asked);
/* Searches until it is over (then true), or until then (clock_ticks_ms). */
bool filter_search_go_on(struct filter_search *search, int64_t until_ms);
void filter_search_release(struct filter_search *search);

/* Whether `part` stands in the text, both folded; NULL has nothing. For a few texts. */
bool filter_text_has(const char *text, const char *part);

static inline bool filter_found(const uint64_t *found, size_t row)
{
    return found[row / 64] >> (row % 64) & 1;
}

#endif
