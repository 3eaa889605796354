#include "tui/view/strip_private.h"

#include "core/base/banned.h"
#include "tui/shell/gather.h"
#include "tui/shell/work.h"
#include "tui/view/applied.h"
#include "tui/view/plan.h"
#include "tui/view/planning.h"

bool strip_applies(const struct strip *strip, const struct shell *shell)
{
    return strip->judged.gate == GATE_OPEN && strip->whole && !shell->place.read_only &&
           shell->place.settings->confirm != CONFIRM_PLAN;
}

/* The row is done, or the plan's view shows what is there instead. */
static void applied(struct shell *shell, struct work *work)
{
    struct strip *strip = (struct strip *)work->view;
    applied_take(shell, work);
    struct plan *plan = work->use.plan;
    work->use.plan = NULL;
    const struct plan_offer made = {
        .requests = strip->requests, .n_requests = strip->n_requests, .retry = &planning_retry};
    view_plan_open_applied(shell, plan, &made, &work->use.outcome, &work->job.err);
    shell_close(shell, &strip->view);
}

/* The same plan on a screen of its own. */
static unsigned open_plan(struct strip *strip, struct shell *shell)
{
    struct plan *plan = strip->plan;
    strip->plan = NULL;
    view_plan_open(shell, plan, strip->requests, strip->n_requests, &planning_retry);
    return REACT_CLOSE;
}

static unsigned fill_in(struct strip *strip, struct shell *shell)
{
    const struct slot *slot = candidates_at(&strip->candidates, strip->choice, NULL);
    field_set(&strip->field, slot->ext);
    strip->selected = false;
    strip_changed(strip, shell);
    return REACT_DRAW;
}

unsigned strip_confirm(struct strip *strip, struct shell *shell)
{
    if (strip->applying) {
        return REACT_DRAW;
    }
    if (strip->asks == STRIP_NUMBER && strip_chooses(strip, shell) &&
        strip->choice != STRIP_NO_CHOICE) {
        return fill_in(strip, shell);
    }
    if (strip->field.history) {
        field_history_add(strip->field.history, strip->field.text);
    }
    strip_settle(strip, shell);
    if (strip->n_about > 1) {
        planning_requests(shell, strip->action, strip->requests, strip->n_requests);
        return REACT_CLOSE;
    }
    if (!strip->plan) {
        strip->nagged = true;
        return REACT_DRAW;
    }
    if (!strip->drawn || shell->stack.drawn != &strip->view) {
        strip->early = true;
        return REACT_DRAW;
    }
    if (gather_is_on(shell)) {
        gather_add(shell, strip->requests, strip->n_requests);
        return REACT_CLOSE;
    }
    if (!strip_applies(strip, shell)) {
        return open_plan(strip, shell);
    }
    struct plan *plan = strip->plan;
    strip->plan = NULL;
    strip->applying = true;
    work_apply(shell, plan, &strip->view, applied);
    return REACT_DRAW;
}
