#ifndef TUI_PANEL_SEARCH_H
#define TUI_PANEL_SEARCH_H

/*
 * What every list of rows can do with its keys: move, filter, go to the next match, sort.
 */

#include "tui/shell/shell.h"
#include "tui/widget/list.h"

/* REACT_PASS if it is none of these commands. `columns` are their names; NULL for one that the list
   is not sorted by. Back takes the filter away, if there is one. */
unsigned search_command(struct list *list, struct shell *shell, enum command command,
                        const char *const *columns);

/* The filter as a command with its text; a mistake becomes a message. */
void search_given(struct list *list, struct shell *shell, const char *text);

/* "HISTORY", or "HISTORY 3 of 12 /text" if there is a filter. */
void search_title(const struct list *list, const char *name, char *out, size_t size);

/* What an empty list says if it is the filter that hides all its rows. */
void search_draw_none(const struct shell *shell, struct canvas *canvas, struct rect area);

#endif
