#ifndef TUI_PANEL_PROMPT_H
#define TUI_PANEL_PROMPT_H

/*
 * The lines that open at the foot of the screen: `:` for commands with completion and history, `/`
 * for the filter, which works while it is typed.
 */

#include "tui/widget/list.h"
#include "tui/shell/shell.h"

void prompt_command(struct shell *shell);

/* Esc restores the filter. `list` belongs to the bottom view. */
void prompt_filter(struct shell *shell, struct list *list);

#endif
