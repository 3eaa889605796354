#ifndef TUI_CONSOLE_INPUT_H
#define TUI_CONSOLE_INPUT_H

/*
 * What people type, paste and click: from the bytes of the terminal to the view on top. UI thread.
 */

#include "tui/console/private.h"

/* One key for the view on top, or for the console. */
unsigned input_key(struct console *console, uint32_t key);
/* Handles everything that was typed before it draws: a key held down on a slow line costs one
   picture, not a hundred. `readable`: the terminal has bytes; otherwise the time is
   up for a sequence that waits for its rest (console->input_until_ms). Returns reactions. */
unsigned input_take(struct console *console, bool readable);

/* Call this before the end of a job changes the view on top: input typed so far is for the view
   that is on top now. Returns reactions. */
unsigned input_before(struct console *console);

/* Drops what was typed before the operator could see a screen that changed by itself. */
void input_forget(struct console *console);

#endif
