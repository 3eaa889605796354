#ifndef TUI_CONSOLE_END_H
#define TUI_CONSOLE_END_H

/*
 * The end of the console while work is under way: what has been sent is finished if that
 * is quick, else it is dropped. The terminal's own screen then tells the operator the result. UI
 * thread.
 */

#include "tui/console/private.h"
#include "tui/shell/work.h"

/* In a signal handler: ends the process at once. Async-signal-safe. */
void end_at_once(int number);

/* After the terminal was given back: stops the worker and waits until it has ended, which is within
   five seconds (core/base/stop.h). Fills `end`, whose signal is set. */
void end_wait(struct console *console, struct console_end *end);

#endif
