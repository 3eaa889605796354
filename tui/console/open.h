#ifndef TUI_CONSOLE_OPEN_H
#define TUI_CONSOLE_OPEN_H

/* What the console works on: settings with their session, and its colours. */

#include "tui/console/private.h"

/* Opens a session with these settings in place of the open one, and drops what was read from that.
   After an error the old session stays open. */
enum err_code console_open(struct console *console, const struct settings *settings,
                           struct err *err) ERR_CHECK;

/* Ends the worker, and frees all that the console holds, but not itself. A request under way ends or
   is dropped; nothing is half done. */
void console_release(struct console *console);

enum err_code console_set_theme(struct console *console, const char *name,
                                struct err *err) ERR_CHECK;

/* The theme of that name: the user's, beside the configuration, or a built-in one. */
enum err_code console_load_theme(const struct settings *settings, const char *name,
                                 struct theme *theme, struct err *err) ERR_CHECK;

#endif
