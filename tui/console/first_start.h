#ifndef TUI_CONSOLE_FIRST_START_H
#define TUI_CONSOLE_FIRST_START_H

/* The first start: nothing is configured, nothing was named, and no store exists. */

#include "tui/console/private.h"

bool first_start_wanted(const struct console *console);

/* The form (tui/view/start.h), instead of a first reading. UI thread. */
void first_start_open(struct console *console);

#endif
