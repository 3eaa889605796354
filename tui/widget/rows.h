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

/* Scrolls so that the cursor is among `height` rows. */
void rows_fit(struct rows *rows, size_t n, int height);
/* Movement; false if it is another command. */
bool rows_command(struct rows *rows, enum command command);

#endif
