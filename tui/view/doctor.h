#ifndef TUI_VIEW_DOCTOR_H
#define TUI_VIEW_DOCTOR_H

/* The doctor's findings, and the plan that repairs them. */

#include "core/plan/doctor.h"
#include "tui/shell/shell.h"

/* Takes the diagnosis, and a reference of the snapshot and the roster it was made from. `roster`
   may be NULL. Shows it, or a badge of :doctor (shell_offer); `typed`: of the job's start. */
void view_doctor_offer(struct shell *shell, struct diagnosis *diagnosis,
                       const struct snapshot *snapshot, const struct roster *roster,
                       unsigned long typed);

#endif
