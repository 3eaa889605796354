#ifndef TUI_CONSOLE_COMMAND_H
#define TUI_CONSOLE_COMMAND_H

/*
 * Commands: those that every view has, and what a view gives back because it is not its own. UI
 * thread. All return reactions.
 */

#include "tui/console/private.h"

/* Runs it in the top view, or says why not. */
unsigned command_run(struct console *console, enum command command);
/* shell->stack.given, in the view that is on top now. */
unsigned command_given(struct console *console);
/* What follows from what a handler of the view returned: it is closed, another one is asked. */
unsigned command_react(struct console *console, struct view *view, unsigned reaction);

#endif
