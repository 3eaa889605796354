#ifndef TUI_VIEW_JOBS_H
#define TUI_VIEW_JOBS_H

/*
 * Jobs that make a plan, a diagnosis or a file: each is started here and ends here, in a view
 * (shown, or behind a badge) and a message.
 */

#include "tui/shell/shell.h"

void job_sync(struct shell *shell);
void job_init(struct shell *shell);
void job_doctor(struct shell *shell);
/* "2000-2499=6000-6499", or with how long the old numbers are kept (core/pool/renumbering.h). */
void job_renumber(struct shell *shell, const char *ranges);
void job_import(struct shell *shell, const char *path);
/* NULL: the newest action of mine. */
void job_undo(struct shell *shell, const char *action_id);
void job_redo(struct shell *shell);
/* NULL: to the place in the settings. */
void job_export(struct shell *shell, const char *to);
/* What the pool was at a moment ("2026-10-03", "7d"), as a page. */
void job_past(struct shell *shell, const char *at);

#endif
