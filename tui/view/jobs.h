#ifndef TUI_VIEW_JOBS_H
#define TUI_VIEW_JOBS_H

/*
 * Jobs that make a plan, a diagnosis or a file: each is started here and ends here, in a view
 * (shown, or behind a badge) and a message.
 */

#include "tui/shell/view.h"

void job_sync(struct console *console);
void job_init(struct console *console);
void job_doctor(struct console *console);
void job_import(struct console *console, const char *path);
/* NULL: the newest action. */
void job_undo(struct console *console, const char *action_id);
/* NULL: where the settings say. */
void job_export(struct console *console, const char *to);

#endif
