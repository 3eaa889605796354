#ifndef TUI_VIEW_APPLIED_H
#define TUI_VIEW_APPLIED_H

/* What follows when a plan was applied or a list was published: messages, and the new data. */

#include "tui/shell/work.h"

/* After every apply: the messages, and the data as the store holds it now. */
void applied_take(struct shell *shell, struct work *work);
/* `err`: why the list was not published. */
void applied_say_export(struct shell *shell, const struct work *work, const struct err *err);

#endif
