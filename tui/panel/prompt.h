#ifndef TUI_PANEL_PROMPT_H
#define TUI_PANEL_PROMPT_H

/*
 * The lines that open at the foot of the screen: `:` for commands with completion and history
 * (prompt.c), `/` for the filter, which works while it is typed (prompt_filter.c), ' and " for saved
 * filters (prompt_saved.c).
 */

#include "tui/widget/list.h"
#include "tui/shell/shell.h"

void prompt_command(struct shell *shell);

/* It begins with `text`; NULL: with the filter that the list has. Esc goes back to the filter and the
   row before. `list` belongs to the view that is on top. Alt and
   a key of that view ends the search and gives the view the key's command, for the row under the
   cursor alone. */
void prompt_filter(struct shell *shell, struct list *list, const char *text);

/* The next key names a saved filter: the list shows it, or it `saves` the one that the list has. */
void prompt_saved(struct shell *shell, struct list *list, bool saves);

#endif
