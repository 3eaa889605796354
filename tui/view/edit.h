#ifndef TUI_VIEW_EDIT_H
#define TUI_VIEW_EDIT_H

/*
 * From a key to a plan: asks for a number, a note or a path, makes requests from the answer and
 * plans them (core/plan/edit.c). view_plan shows the plan. Nothing here writes.
 */

#include "tui/shell/shell.h"
#include "tui/view/selection.h"

/* The commands of the everyday screen that change, export or look through the store; `selection`:
   the chosen rows. */
unsigned edit_command(struct shell *shell, enum command command, const struct selection *selection);

/* Whether a change of that kind can be made to the row. `slot`: its extension, or NULL. */
bool edit_fits(const struct shell *shell, enum change_kind kind, const struct slot *slot);
/* The same, and no pin stands against it. */
bool edit_may(const struct shell *shell, enum change_kind kind, const struct slot *slot);

/* Call this once, before the first command. */
void edit_start(void);

/* `:export-to file:x.csv`, `:assign alice=2041`, or `:assign 2041` for the current row; false: the
   command takes no argument. */
bool edit_argument(struct shell *shell, enum command command, const struct selection *selection,
                   const char *argument);

#endif
