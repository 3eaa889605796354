#ifndef TUI_VIEW_EDIT_H
#define TUI_VIEW_EDIT_H

/*
 * From a key to a plan: what is asked (a number, a note, a path), the requests that follow from
 * it, and the plan made of them (core/plan/edit.c), which view_plan shows. Nothing here writes.
 */

#include "tui/shell/view.h"

/* The commands of the everyday screen that change, export or look through the store. */
unsigned edit_command(struct console *console, enum command command);

/* `:export-to file:x.csv`, `:assign alice=2041`; false: the command takes no argument. */
bool edit_argument(struct console *console, enum command command, const char *argument);

/* Plans requests on what the screen shows now and opens the plan, or says why not. `requests` are
   copied. */
void edit_plan(struct console *console, const char *action, const struct request *requests,
               size_t n_requests);

#endif
