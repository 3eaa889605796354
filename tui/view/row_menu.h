#ifndef TUI_VIEW_ROW_MENU_H
#define TUI_VIEW_ROW_MENU_H

/*
 * The menu of a row: what can be done with it, each with its key, and why something cannot be done
 * now. The first line opens the details, so that Enter Enter does.
 */

#include "tui/view/selection.h"

void row_menu_open(struct shell *shell, const struct selection *selection);

#endif
