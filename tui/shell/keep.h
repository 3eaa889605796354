#ifndef TUI_SHELL_KEEP_H
#define TUI_SHELL_KEEP_H

/*
 * What the console remembers (core/settings/state.h), and the basket: read when a place is opened,
 * written on the worker soon after something has changed, and at the end at once.
 *
 * Consoles of one place have a basket each: the first one "basket.json", the next "basket-2.json"...
 * A lock beside the file says whose it is. What a console left behind that is not there any more is
 * taken over by the next one that starts.
 *
 * Nothing here stops the console: what cannot be kept is one message. UI thread.
 */

#include "tui/shell/shell.h"

/* For shell->place: sets shell->state and the basket. Closes what was open. */
void keep_open(struct shell *shell);
/* Writes what has changed, on the worker; nothing if nothing has. */
void keep_soon(struct shell *shell);
/* The same at once: the console ends, or another place is opened. Blocks for file I/O. */
void keep_now(struct shell *shell);
void keep_close(struct shell *shell);
/* Saves a filter under a digit or a letter, for every place; "": takes it away. */
void keep_filter(struct shell *shell, char name, const char *text);

#endif
