#ifndef TUI_VIEW_DETAILS_H
#define TUI_VIEW_DETAILS_H

/* All about one agent or extension, with its history. */

#include "core/base/buf.h"
#include "tui/view/selection.h"

void details_text(const struct shell *shell, const struct selection *selection, struct buf *out);
/* A page about the current row of the first screen. */
void details_open(struct shell *shell);

#endif
