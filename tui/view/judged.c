#include "tui/view/judged.h"

#include <stdio.h>

#include "core/base/banned.h"

/* The states after the plan, counted once and not at every key. */
static void look_ahead(const struct plan *plan, const struct policy *policy,
                       uint64_t after[EXT_STATE_COUNT])
{
    snapshot_tally(plan->snapshot, policy, plan->now_s, after);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        bool applies = change_is_tried(change);
        for (size_t k = 0; k < change->n_steps && applies; k++) {
            const struct step *step = &change->steps[k];
            enum ext_state before =
                step->before ? policy_state(policy, step->before, plan->now_s) : EXT_ABSENT;
            after[before] -= after[before] > 0;
            after[policy_state(policy, &step->after, plan->now_s)]++;
        }
    }
}

static size_t count_rows(const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        n += !plan->changes[i].left_out && change_is_tried(&plan->changes[i]);
    }
    return n;
}

void judge_plan(struct plan *plan, const struct shell *shell, struct judged *judged)
{
    const struct policy *policy = session_policy(shell->place.session);
    plan_count(plan);
    look_ahead(plan, policy, judged->after);
    guard_judge(plan, &policy->limit, &judged->verdict);
    if (!plan_has_work(plan)) {
        judged->gate = GATE_NOTHING;
    } else if (judged->verdict.refused && !judged->verdict.named) {
        judged->gate = judged->verdict.liftable ? GATE_NAME : GATE_SHUT;
    } else {
        bool many = judged->verdict.people > GUARD_NAMED_MAX;
        judged->gate = many || plan->whose ? GATE_COUNT : GATE_OPEN;
    }
    judged->count = plan->whose ? count_rows(plan) : (size_t)judged->verdict.people;
}

void judged_after(const struct judged *judged, char *out, size_t size)
{
    const uint64_t *n = judged->after;
    snprintf(out, size, "%s assigned  %s free  %s cooling  %s reserved",
             frame_count(n[EXT_ASSIGNED]), frame_count(n[EXT_FREE]), frame_count(n[EXT_COOLING]),
             frame_count(n[EXT_RESERVED]));
}

void judged_guards(const struct judged *judged, char *out, size_t size)
{
    const struct guard_verdict *verdict = &judged->verdict;
    bool small = verdict->named && verdict->people <= GUARD_NAMED_MAX;
    if (!small) {
        snprintf(out, size, "%s", verdict->text);
    } else if (verdict->people > verdict->moved) {
        snprintf(out, size, "%s (typed count above %d)", verdict->text, GUARD_NAMED_MAX);
    } else {
        snprintf(out, size, "%s %s (typed count above %d), 0 releases",
                 frame_count((uint64_t)verdict->people),
                 verdict->people == 1 ? "person changes" : "people change", GUARD_NAMED_MAX);
    }
}

void judged_ext(const struct change *change, char *out, size_t size)
{
    if (change->kind == CHANGE_REASSIGN && change->from) {
        snprintf(out, size, "%s>%s", change->from, change->to ? change->to : change->ext);
    } else {
        snprintf(out, size, "%s", change->ext ? change->ext : "");
    }
}
