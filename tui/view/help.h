#ifndef TUI_VIEW_HELP_H
#define TUI_VIEW_HELP_H

/* Help: what the keys do in a place, and why one cannot be used. */

#include "tui/shell/shell.h"

void help_open(struct shell *shell, unsigned place);

#endif
