#ifndef TUI_WIDGET_LIST_PRIVATE_H
#define TUI_WIDGET_LIST_PRIVATE_H

/*
 * Private to list.c and list_filter.c: which rows of a list are shown.
 */

#include "tui/widget/list.h"

/* Puts the cursor on the row; false if it is not shown. */
bool list_seek_row(struct list *list, size_t row);

/* Shows what was found, in order, and keeps the cursor on its record if that is still shown. */
void list_select(struct list *list);

/* The source is another one: makes `shown` from it. The cursor stays where it is. */
void list_filter_reload(struct list *list);
void list_filter_release(struct list *list);

#endif
