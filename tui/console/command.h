#ifndef TUI_CONSOLE_COMMAND_H
#define TUI_CONSOLE_COMMAND_H

/*
 * Commands: the ones that every view has, and the ones that a view passes on. UI thread. All
 * functions return reactions.
 */

#include "tui/console/private.h"

/* Runs it in the top view, or says why not. */
unsigned command_run(struct console *console, enum command command);
/* shell->stack.given, in the view that is on top now. */
unsigned command_given(struct console *console);
/* Carries out the reaction that a handler of the view returned: closes it, or asks another view. */
unsigned command_react(struct console *console, struct view *view, unsigned reaction);

#endif
