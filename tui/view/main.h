#ifndef TUI_VIEW_MAIN_H
#define TUI_VIEW_MAIN_H

/*
 * The everyday screen: agents and extensions side by side, the gauge, details if there is room,
 * the activity. It passes the selected rows to the files that carry a command out
 * (tui/view/edit.h, tui/view/details.h).
 */

#include "tui/shell/shell.h"

struct view *view_main_new(void);

#endif
