#ifndef TUI_WIDGET_LIST_H
#define TUI_WIDGET_LIST_H

/*
 * A virtual list: which rows of a source are visible, in which order, which are marked, where the
 * cursor is. It never copies a row and draws nothing; a pane asks for the few rows that it shows.
 *
 * Cursor, marks, range, sort order and filter stay on their records when the source is replaced
 * (list_reload): records are recognised by their key. The mark of a record that is missing for a
 * while comes back with the record.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/widget/filter_block.h"

/* Rows 0..n_rows-1 of something immutable. */
struct list_source {
    const void *context;
    size_t n_rows;
    const char *(*key)(const void *context, size_t row);
    /* The row with this key, or SIZE_MAX. */
    size_t (*find)(const void *context, const char *key);
    /* Less, equal, greater by that column. */
    int (*compare)(const void *context, int column, size_t a, size_t b);
    filter_subject_fn subject;
    const struct filter_scope *scope; /* NULL: a filter waits for a source that has one */
    const struct filter_block
        *block;            /* of all rows; NULL: the list makes its own when it is asked */
    struct filter_now now; /* what changes without the source */
};

struct list_search;

struct list {
    struct list_source source;
    uint32_t *order; /* all rows, sorted */
    uint32_t *shown; /* those that match, in order */
    size_t n_shown;
    uint8_t *marks; /* one a row */
    size_t n_marked;
    char **absent; /* keys of marked records that are not there now */
    size_t n_absent;
    size_t cursor; /* index into shown */
    size_t top;    /* the first one on the screen */
    int page;      /* rows on the screen, when it was scrolled last */
    bool alone;    /* list_chosen is the current row, whatever is marked */
    bool moved;    /* somebody moved the cursor: from then on it keeps to its record */
    size_t range;  /* index into shown of the start of a range, or SIZE_MAX */
    int n_columns;
    int column; /* sorted by */
    bool reverse;
    int second; /* rows that are equal there are sorted by this column; -1: none */
    bool second_reverse;
    char filter_text[FILTER_TEXT_MAX];   /* of the last filter that held */
    char filter_before[FILTER_TEXT_MAX]; /* of the one before, that somebody chose */
    struct filter filter;
    uint64_t *found;  /* the rows that match it; NULL: all */
    uint16_t *scores; /* of a ranked filter; else NULL */
    struct filter_block *block;
    struct list_search *search; /* under way; NULL: none */
};

void list_init(struct list *list, int n_columns);
void list_release(struct list *list);

/* The old source must still exist; afterwards it can be freed. */
void list_reload(struct list *list, const struct list_source *source);

/* ---- where -------------------------------------------------------------------------------- */

/* The row under the cursor, or SIZE_MAX if nothing is shown. */
size_t list_current(const struct list *list);
const char *list_current_key(const struct list *list); /* NULL */
void list_move(struct list *list, int64_t by);
void list_move_to(struct list *list, size_t index); /* SIZE_MAX is the last */
/* Puts the cursor on the record; false if it is not shown. */
bool list_seek(struct list *list, const char *key);
/* The next row; after the last comes the first; `step` 1 or -1. */
void list_cycle(struct list *list, int step);
/* Moves the cursor and what is shown by so many rows, so that the cursor stays where it is on the
   screen. */
void list_turn(struct list *list, int64_t by);
/* Puts the cursor on a row of the source, as the first one shown, as if nobody had moved it. */
void list_open_at(struct list *list, size_t row);
/* Scrolls so that the cursor is among `height` rows: by half of them at least. */
void list_scroll(struct list *list, int height);

/* ---- which -------------------------------------------------------------------------------- */

/* The column that it was sorted by before becomes the second one. */
void list_sort(struct list *list, int column, bool reverse);

/* Shows what matches. FILTER_WRONG: the filter stays as it was, and `problem` (may be NULL) says
   why, in words. */
enum filter_verdict list_filter(struct list *list, const char *text,
                                char problem[FILTER_PROBLEM_MAX]);

/* The same, as a choice: the filter that was shown is the one before. */
enum filter_verdict list_change_filter(struct list *list, const char *text,
                                       char problem[FILTER_PROBLEM_MAX]);

/* list_filter while somebody types at `cursor`, which may leave it open (filter_parse). The search
   only begins: call list_search until it is over; so long the list stays as it was. */
enum filter_verdict list_filter_typed(struct list *list, const char *text, size_t cursor,
                                      char problem[FILTER_PROBLEM_MAX]);
/* Searches on, at most until then (clock_ticks_ms). True: it is over, or none is under way. */
bool list_search(struct list *list, int64_t until_ms);
/* Searches again: something that the filter asks for has changed without the data. */
void list_filter_again(struct list *list);

/* ---- marks -------------------------------------------------------------------------------- */

bool list_is_marked(const struct list *list, size_t row);
void list_toggle(struct list *list); /* the current row, and one down */
void list_mark_shown(struct list *list);
void list_unmark_all(struct list *list);
/* Begins a range at the cursor; the second call marks from there to the cursor. */
void list_range(struct list *list);
bool list_in_range(const struct list *list, size_t index);

/* The marked rows, or the current one if none is marked, in the order that is shown (marked
   ones that the filter hides come after). Frees with free(); NULL if there is none. */
uint32_t *list_chosen(const struct list *list, size_t *n);

#endif
