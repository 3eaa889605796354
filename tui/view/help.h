#ifndef TUI_VIEW_HELP_H
#define TUI_VIEW_HELP_H

/* What the keys do in a place, and why one is off. */

#include "tui/shell/shell.h"

void help_open(struct shell *shell, unsigned place);

#endif
