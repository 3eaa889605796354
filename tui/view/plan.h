#ifndef TUI_VIEW_PLAN_H
#define TUI_VIEW_PLAN_H

/*
 * A plan before anything is written: every change with its reason, and the guards. Rows can be left
 * out. Enter applies it; judged.h tells what must be typed first. Afterwards the view shows the
 * result of each row, and for a conflict what the store holds instead.
 */

#include "core/plan/plan.h"
#include "core/session/session.h"
#include "tui/shell/shell.h"

/* What to do with requests after their plan met a conflict. */
struct plan_retry {
    /* Plans the ones that were not applied again. */
    void (*plan)(struct shell *shell, const char *action, const struct request *requests,
                 size_t n_requests);
    /* Asks for this agent's number again; `ext` was wanted (NULL: the lowest free one). */
    void (*ask)(struct shell *shell, const char *login, const char *ext);
};

/* Takes the plan. It was made from `requests` (copied; none for a sync); `retry` handles those that
   met a conflict. */
void view_plan_open(struct shell *shell, struct plan *plan, const struct request *requests,
                    size_t n_requests, const struct plan_retry *retry);
/* The same for a plan that a job made: it is shown, or waits behind the badge of the command
   `opens`. `typed`: of the job's start (shell_offer). */
struct plan_offer {
    const struct request *requests;
    size_t n_requests;
    const struct plan_retry *retry;
    enum command opens;
    unsigned long typed;
};
void view_plan_offer(struct shell *shell, struct plan *plan, const struct plan_offer *offer);
/* A plan that another view had applied: shows what was not applied, and why. Nothing is shown if all
   of it was. */
void view_plan_open_applied(struct shell *shell, struct plan *plan, const struct plan_offer *offer,
                            const struct outcome *outcome, const struct err *err);

/* The basket: the plan of what is gathered (tui/shell/gather.h), as the same view. False: nothing was
   read yet. */
bool view_plan_open_basket(struct shell *shell, const struct plan_retry *retry);

#endif
