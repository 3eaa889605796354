#ifndef TUI_VIEW_MAIN_H
#define TUI_VIEW_MAIN_H

/*
 * The everyday screen: agents and extensions side by side, the gauge, details where there is room,
 * the activity. What a command is about is asked for here (tui/view/edit.c does the rest).
 */

#include "tui/shell/view.h"

struct view *view_main_new(void);

/* What the focused pane is about: its marked rows or the current one. Strings belong to the
   data that is shown. */
struct selection {
    bool agents; /* logins, or extensions */
    const struct agent_row **rows;
    const struct slot **slots;
    size_t n;
};
void view_main_selection(const struct console *console, struct selection *selection);
void selection_release(struct selection *selection);
void view_main_filter(struct console *console, const char *text);
void view_main_unmark(struct console *console);
/* Puts the cursor on an agent or an extension. */
void view_main_seek(struct console *console, const char *login, const char *ext);

#endif
