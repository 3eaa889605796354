#include "tui/widget/filter_spans.h"

#include <stdio.h>
#include <string.h>

#include "core/base/fold_search.h"
#include "tui/widget/filter_private.h"

#include "core/base/banned.h"

#define CELL_KEPT 512

/* The text of a cell, folded, and where each byte comes from. */
struct cell_text {
    char folded[CELL_KEPT + FIND_PAD];
    uint16_t from[CELL_KEPT]; /* the bytes of the text that it stands for */
    uint16_t to[CELL_KEPT];
    size_t length;
};

static void fold_cell(struct cell_text *cell, const char *text)
{
    size_t length = strnlen(text, CELL_KEPT);
    cell->length = 0;
    for (size_t at = 0; at < length;) {
        char bytes[FOLD_STEP_MAX];
        size_t used;
        size_t n = fold_search_step(text + at, length - at, &used, bytes);
        if (cell->length + n > CELL_KEPT) {
            break;
        }
        for (size_t i = 0; i < n; i++) {
            cell->folded[cell->length] = bytes[i];
            cell->from[cell->length] = (uint16_t)at;
            cell->to[cell->length++] = (uint16_t)(at + used);
        }
        at += used;
    }
    memset(cell->folded + cell->length, 0, FIND_PAD);
}

struct found {
    const struct cell_text *cell;
    struct filter_span *spans;
    size_t n;
};

static void add(struct found *found, size_t at, size_t length)
{
    if (found->n < FILTER_SPANS_MAX && length > 0) {
        found->spans[found->n++] =
            (struct filter_span){found->cell->from[at], found->cell->to[at + length - 1]};
    }
}

static void add_fuzzy(struct found *found, const char *needle, size_t length)
{
    struct filter_places places = {.n = 0};
    const struct cell_text *cell = found->cell;
    if (filter_fuzzy(cell->folded, cell->length, needle, length, &places) > 0) {
        for (size_t i = 0; i < places.n; i++) {
            add(found, places.at[i], 1);
        }
    }
}

/* A state and a number are found by their beginning. */
static void add_value(struct found *found, const struct filter *filter,
                      const struct filter_value *value)
{
    const struct cell_text *cell = found->cell;
    const char *needle = filter->text + value->at;
    const char *at;
    if (value->length == 0 || value->length > cell->length) {
        return;
    }
    switch (value->test) {
    case TEST_TEXT:
        at = filter_find(cell->folded, cell->folded + cell->length, needle, value->length);
        if (at) {
            add(found, (size_t)(at - cell->folded), value->length);
        }
        break;
    case TEST_STATES:
    case TEST_EXT:
        if (memcmp(cell->folded, needle, value->length) == 0) {
            add(found, 0, value->length);
        }
        break;
    case TEST_FUZZY:
        add_fuzzy(found, needle, value->length);
        break;
    case TEST_TIME:
    case TEST_HAS:
    case TEST_LACKS:
    case TEST_NONE:
        break;
    }
}

size_t filter_spans(const struct filter *filter, enum filter_field field, const char *text,
                    struct filter_span spans[FILTER_SPANS_MAX])
{
    struct cell_text cell;
    struct found found = {.cell = &cell, .spans = spans};
    bool folded = false;
    for (size_t i = 0; i < filter->n_terms && field != FILTER_ANY; i++) {
        const struct filter_term *term = &filter->terms[i];
        bool here = term->field == field || (term->field == FILTER_ANY && filter_is_plain(field));
        if (!here || term->negated) {
            continue;
        }
        if (!folded) {
            fold_cell(&cell, text);
            folded = true;
        }
        for (unsigned k = 0; k < term->n_values; k++) {
            add_value(&found, filter, &filter->values[term->first + k]);
        }
    }
    return found.n;
}

/* ---- on the screen ---------------------------------------------------------------------------- */

/* The columns that the first bytes of the text take. */
static int columns_of(const char *text, size_t bytes)
{
    char start[CELL_KEPT + 1];
    snprintf(start, sizeof start, "%.*s", (int)bytes, text);
    return canvas_columns(start);
}

void filter_mark(const struct filter *filter, enum filter_field field, const char *text,
                 struct canvas *canvas, struct rect cell)
{
    struct filter_span spans[FILTER_SPANS_MAX];
    size_t n = filter_spans(filter, field, text, spans);
    if (n == 0) {
        return;
    }
    int room = canvas_columns(text) > cell.width ? cell.width - 1 : cell.width; /* `~` ends it */
    for (size_t i = 0; i < n; i++) {
        int from = columns_of(text, spans[i].from);
        int to = columns_of(text, spans[i].to);
        to = to < room ? to : room;
        canvas_found(canvas, cell.x + from, cell.y, to - from);
    }
}
