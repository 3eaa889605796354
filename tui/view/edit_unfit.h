#ifndef TUI_VIEW_EDIT_UNFIT_H
#define TUI_VIEW_EDIT_UNFIT_H

/*
 * What people are told of chosen rows that do not qualify for a change.
 */

#include "core/pool/request.h"
#include "tui/shell/shell.h"
#include "tui/view/selection.h"

/* None of them qualifies. `action`: what was asked for. */
void edit_say_none(struct shell *shell, const char *action, enum change_kind kind,
                   const struct selection *selection);
/* Some do not, so many; the others are planned, or asked about. */
void edit_say_skipped(struct shell *shell, enum change_kind kind, const struct selection *selection,
                      size_t skipped);

#endif
