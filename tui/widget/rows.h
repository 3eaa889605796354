#ifndef TUI_WIDGET_ROWS_H
#define TUI_WIDGET_ROWS_H

/*
 * A plain list of rows with a cursor, for views without filter and marks.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tui/widget/command.h"

struct rows {
    size_t n, cursor, top;
    int page;
};

/* The first row to show so that the cursor is among `height` rows. It scrolls by half of them at
   least: to send half a page now and then costs less than to send a page for each row. */
size_t rows_scrolled(size_t top, size_t cursor, size_t height);
/* Scrolls so that the cursor is among `height` rows. */
void rows_fit(struct rows *rows, size_t n, int height);
/* Movement; false if it is another command. */
bool rows_command(struct rows *rows, enum command command);

#endif
