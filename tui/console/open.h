#ifndef TUI_CONSOLE_OPEN_H
#define TUI_CONSOLE_OPEN_H

/* What the console works on: settings with their session, and its colours. */

#include "tui/console/private.h"

/* A session with these settings takes the place of the one that is open; what was read of that one
   is dropped. After an error that one stays. */
enum err_code console_open(struct console *console, const struct settings *settings,
                           struct err *err) ERR_CHECK;

enum err_code console_set_theme(struct console *console, const char *name,
                                struct err *err) ERR_CHECK;

#endif
