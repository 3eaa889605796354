#ifndef TUI_CONSOLE_WELCOME_H
#define TUI_CONSOLE_WELCOME_H

/*
 * The first start: nothing is configured, so there is nothing to show. A short dialog offers the
 * demo, the embedded store with a CSV of agents, or shows the configuration for Amazon.
 */

#include "tui/console/private.h"

bool welcome_wanted(const struct console *console);
void welcome_open(struct console *console);

#endif
