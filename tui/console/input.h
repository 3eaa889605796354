#ifndef TUI_CONSOLE_INPUT_H
#define TUI_CONSOLE_INPUT_H

/*
 * What people type, paste and click: from the bytes of the terminal to the view on top. UI thread.
 */

#include "tui/console/private.h"

/* Works off everything that was typed before anything is drawn: a key held down on a slow line
   costs one picture, not hundred. `readable`: the terminal has bytes; otherwise the time is up for
   what waits for the rest of its sequence (shell->input_until_ms). Returns reactions. */
unsigned input_take(struct console *console, bool readable);

/* Before the end of a job changes what is on top: what was typed until now is for what is there
   now. Returns reactions. */
unsigned input_before(struct console *console);

/* Throws away what was typed while a screen that changed by itself was on its way to the eye. */
void input_forget(struct console *console);

#endif
