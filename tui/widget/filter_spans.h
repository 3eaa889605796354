#ifndef TUI_WIDGET_FILTER_SPANS_H
#define TUI_WIDGET_FILTER_SPANS_H

/*
 * What a filter found in the text of a cell, to be shown in bold and underlined: the first match of
 * each term, and of a fuzzy one each character. Nothing for `!`, ranges and times.
 */

#include "tui/terminal/canvas.h"
#include "tui/widget/filter.h"

#define FILTER_SPANS_MAX 48

/* Bytes `from` to `to` - 1 of the text, at whole characters. */
struct filter_span {
    size_t from, to;
};

/* Returns how many; in the order of the terms, they may overlap. `field`: what the cell shows;
   FILTER_ANY: nothing that is searched. */
size_t filter_spans(const struct filter *filter, enum filter_field field, const char *text,
                    struct filter_span spans[FILTER_SPANS_MAX]);

/* Marks them where the text was drawn: from the left end of `cell`, cut at its right end. */
void filter_mark(const struct filter *filter, enum filter_field field, const char *text,
                 struct canvas *canvas, struct rect cell);

#endif
