#ifndef TUI_VIEW_EDIT_H
#define TUI_VIEW_EDIT_H

/*
 * From a key to a plan: what is asked (a number, a note, a path), the requests that follow from
 * it, and the plan made of them (core/plan/edit.c), which view_plan shows. Nothing here writes.
 */

#include "tui/shell/shell.h"
#include "tui/view/selection.h"

/* The commands of the everyday screen that change, export or look through the store; `selection`:
   the rows that they are about. */
unsigned edit_command(struct shell *shell, enum command command, const struct selection *selection);

/* Once, before the first of them. */
void edit_start(void);

/* `:export-to file:x.csv`, `:assign alice=2041`; false: the command takes no argument. */
bool edit_argument(struct shell *shell, enum command command, const char *argument);

#endif
