#ifndef TUI_VIEW_DETAILS_H
#define TUI_VIEW_DETAILS_H

/* All about one agent or extension, with its history. */

#include "core/base/buf.h"
#include "tui/view/details_lines.h"
#include "tui/view/selection.h"

/* What is known of a row from what the screen has; width and height are not set. Either may be
   NULL. */
void details_fill(const struct shell *shell, const struct agent_row *row, const struct slot *slot,
                  struct details *out);
void details_text(const struct shell *shell, const struct selection *selection, struct buf *out);
/* A page about the current row of the first screen. */
void details_open(struct shell *shell);

#endif
