#ifndef TUI_VIEW_MAIN_H
#define TUI_VIEW_MAIN_H

/*
 * The everyday screen: agents and extensions side by side, the gauge, details where there is room,
 * the activity. It knows what a command is about and passes it to what does the rest
 * (tui/view/edit.h, tui/view/details.h).
 */

#include "tui/shell/shell.h"

struct view *view_main_new(void);

#endif
