#ifndef TUI_VIEW_DOCTOR_H
#define TUI_VIEW_DOCTOR_H

/* What the doctor found, and the plan that puts it right. */

#include "core/plan/doctor.h"
#include "tui/shell/shell.h"

/* Takes the diagnosis; references what it was made from. `roster` may be NULL. Shown, or behind the
   badge of :doctor (shell_offer); `typed`: of the job's start. */
void view_doctor_offer(struct shell *shell, struct diagnosis *diagnosis,
                       const struct snapshot *snapshot, const struct roster *roster,
                       unsigned long typed);

#endif
