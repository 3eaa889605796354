#ifndef TUI_VIEW_HISTORY_H
#define TUI_VIEW_HISTORY_H

/* The history of actions: who did what and when, in full by Enter, taken back by the undo key. */

#include "tui/shell/shell.h"

void view_history_open(struct shell *shell);

#endif
