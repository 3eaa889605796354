#ifndef TUI_VIEW_HISTORY_H
#define TUI_VIEW_HISTORY_H

/* The history of actions: who did what and when. Enter shows an action in full, the undo key plans
   its undo. */

#include "tui/shell/shell.h"

void view_history_open(struct shell *shell);

#endif
