#ifndef TUI_VIEW_SELECTION_H
#define TUI_VIEW_SELECTION_H

/*
 * What a command is about: the marked rows of the focused pane, or the current one. Strings belong
 * to the data that is shown.
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
