/*
 * What the other files of a plan's view ask about its state.
 */
#include "tui/view/plan_private.h"

#include <stdio.h>

#include "tui/shell/gather.h"

#include "core/base/banned.h"

size_t view_plan_ticked(const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        n += change_is_tried(&plan->changes[i]) && plan->changes[i].result == RESULT_PLANNED;
    }
    return n;
}

const char *view_plan_ticket(const struct plan_view *view, const struct shell *shell)
{
    return view->basket ? gather_look(shell)->ticket : view->ticket;
}

bool view_plan_is_left(const struct change *change)
{
    return change->result == RESULT_CONFLICT || change->result == RESULT_FAILED ||
           change->result == RESULT_NOT_TRIED || change->result == RESULT_IN_DOUBT;
}

bool view_plan_publishes(const struct plan_view *view, const struct shell *shell)
{
    return view->judged.gate == GATE_NOTHING && view->plan->n_changes == 0 &&
           plan_is_sync(view->plan) && !shell->place.read_only &&
           !shell->place.settings->no_export && session_export_uri(shell->place.session);
}

void view_plan_counted(const struct plan_view *view, char out[COUNTED_MAX])
{
    bool releases = view->judged.verdict.moved == 0 &&
                    (uint64_t)view->judged.verdict.people == view->plan->counts[CHANGE_RELEASE];
    if (view->plan->whose) {
        snprintf(out, COUNTED_MAX, "how many changes of %s this takes back", view->plan->whose);
    } else {
        snprintf(out, COUNTED_MAX, "%s",
                 releases ? "the number of releases"
                          : "how many people lose or change their number");
    }
}
