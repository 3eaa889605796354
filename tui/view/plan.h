#ifndef TUI_VIEW_PLAN_H
#define TUI_VIEW_PLAN_H

/*
 * A plan before anything is written: every change with its reason, rows can be left out, guards
 * are shown, and it is applied by Enter, by typing the number of releases where there are any, or
 * by typing the name of the place where a guard has to be lifted. Afterwards what was done, and
 * for what was not, what is there instead.
 */

#include "core/plan/plan.h"
#include "core/session/session.h"
#include "tui/shell/shell.h"

/* What to do with requests after their plan met a conflict. */
struct plan_retry {
    /* Plans the ones that were not applied again. */
    void (*plan)(struct shell *shell, const char *action, const struct request *requests,
                 size_t n_requests);
    /* Asks for another number for this agent. */
    void (*ask)(struct shell *shell, const char *login);
};

/* Takes the plan. `requests` (copied; none for a sync) are what it was made from, `retry` what is
   done with them after a conflict. */
void view_plan_open(struct shell *shell, struct plan *plan, const struct request *requests,
                    size_t n_requests, const struct plan_retry *retry);
/* The same for a plan that a job made of these requests: shown, or behind the badge of the command.
   `result` says which command (`opens`); `typed`: of the job's start (shell_offer). */
struct plan_offer {
    const struct request *requests;
    size_t n_requests;
    const struct plan_retry *retry;
    enum command opens;
    unsigned long typed;
};
void view_plan_offer(struct shell *shell, struct plan *plan, const struct plan_offer *offer);

#endif
