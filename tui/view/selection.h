#ifndef TUI_VIEW_SELECTION_H
#define TUI_VIEW_SELECTION_H

/*
 * The rows for a command: the marked rows of the focused pane, or the current one. Strings belong
 * to the data on the screen.
 */

#include "tui/shell/shell.h"

struct selection {
    bool agents; /* logins, or extensions */
    const struct agent_row **rows;
    const struct slot **slots;
    size_t n;
};

void selection_release(struct selection *selection);

#endif
