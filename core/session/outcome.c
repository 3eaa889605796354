#include "core/session/outcome.h"

#include <stdio.h>

#include "core/base/banned.h"
#include "core/base/text.h"

void outcome_count(struct outcome *outcome, const struct plan *plan)
{
    outcome->applied = plan_results(plan, RESULT_DONE);
    outcome->conflicts = plan_results(plan, RESULT_CONFLICT);
    outcome->failed = plan_results(plan, RESULT_FAILED);
    outcome->not_tried = plan_results(plan, RESULT_NOT_TRIED);
    outcome->in_doubt = plan_results(plan, RESULT_IN_DOUBT);
    outcome->already_applied = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        outcome->already_applied += plan->changes[i].already_applied && !plan->changes[i].left_out;
    }
}

void outcome_lost_sentence(const struct outcome *outcome, char out[OUTCOME_LOST_SENTENCE])
{
    char number[TEXT_NUMBER_ROOM];
    bool done = outcome->lost_done == outcome->lost;
    bool changed = outcome->lost_done == 0;
    snprintf(out, OUTCOME_LOST_SENTENCE, "%s %s %s by %s meanwhile",
             text_number(outcome->lost, number), outcome->lost == 1 ? "was" : "were",
             done      ? "done"
             : changed ? "changed"
                       : "done or changed",
             outcome->lost_to[0] ? outcome->lost_to : "somebody else");
}

void outcome_find_quicker(struct outcome *outcome, const struct meanwhile *meanwhile,
                          const struct plan *plan, const struct history *history)
{
    outcome->lost = meanwhile->n_lost;
    outcome->lost_done = meanwhile->n_done;
    if (history) {
        meanwhile_who(meanwhile, plan, history, outcome->action_id, outcome->lost_to,
                      sizeof outcome->lost_to);
    }
}
