#ifndef TUI_CONSOLE_FIRST_START_H
#define TUI_CONSOLE_FIRST_START_H

/* The first start (shell_is_first_start). */

#include "tui/console/private.h"

/* The form (tui/view/start.h), instead of a first reading. UI thread. */
void first_start_open(struct console *console);

#endif
