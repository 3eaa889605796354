#ifndef TUI_CONSOLE_PRIVATE_H
#define TUI_CONSOLE_PRIVATE_H

/* Private to tui/console: the state of the loop that the views do not see. */

#include "core/session/setup.h"
#include "tui/console/console.h"
#include "tui/shell/shell.h"
#include "tui/terminal/patience.h"
#include "tui/terminal/theme.h"

#define CONSOLE_THEME "theme" /* its name in the state folder */

struct console {
    struct shell shell;
    struct theme theme;
    char theme_name[64];
    struct canvas canvas;
    struct key_reader keys;
    struct patience patience;
    int64_t input_until_ms; /* until then, `keys` waits for the rest of a sequence */
    int64_t refresh_at_ms;
    bool by_itself; /* a job has opened or closed the view on top, and that is not drawn yet */
    struct setup *warned; /* of the first start: what was tried, and its warning was shown; NULL */
    bool mouse;
    bool quitting;
    bool hung_up;            /* quitting because the terminal is gone */
    struct console_end *end; /* once the terminal is given back, messages go here */
};

/* The console that a callback of the shell is about. */
static inline struct console *console_of(struct shell *shell)
{
    return (struct console *)shell; /* its first member */
}

#endif
