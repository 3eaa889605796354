#ifndef TUI_VIEW_PLAN_H
#define TUI_VIEW_PLAN_H

/*
 * A plan before anything is written: every change with its reason, rows can be left out, guards
 * are shown, and it is applied by Enter, by typing the number of releases where there are any, or
 * by typing the name of the place where a guard has to be lifted. Afterwards what was done, and
 * for what was not, what is there instead.
 */

#include "core/plan/import_file.h"
#include "core/plan/plan.h"
#include "core/session/session.h"
#include "tui/shell/view.h"

/* Takes the plan. `requests` (copied; none for a sync) are what it was made from: to plan again
   after a conflict. */
void view_plan_open(struct console *console, struct plan *plan, const struct request *requests,
                    size_t n_requests);
/* The same for a plan that a job made: shown, or behind the badge of the command (console_offer).
   `typed`: of the job's start. */
void view_plan_offer(struct console *console, struct plan *plan, const struct import *import,
                     enum command opens, unsigned long typed);

/* The plan comes back from the worker, applied as far as it went. Takes the plan. */
void view_plan_applied(struct console *console, struct view *view, struct plan *plan,
                       const struct outcome *outcome, const struct err *err);

#endif
