#ifndef TUI_VIEW_APPLIED_H
#define TUI_VIEW_APPLIED_H

/* The messages after a plan was applied or a list was published. */

#include "tui/shell/work.h"

void applied_say(struct shell *shell, const struct work *work);
/* `err`: why the list was not published. */
void applied_say_export(struct shell *shell, const struct work *work, const struct err *err);

#endif
