#include "core/plan/notes.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"
#include "core/pool/exempt.h"

void plan_note_shortage(struct plan *plan)
{
    if (plan->n_unassigned > 0) {
        struct name_list none = {.n = 0};
        for (size_t i = 0; i < plan->n_unassigned; i++) {
            name_list_add(&none, plan->unassigned[i]);
        }
        plan_note(plan, "the pool ran out: %zu agent%s no extension: %s", none.n,
                  none.n == 1 ? " has" : "s have", none.text);
    }
    if (plan->missing > 0) {
        char number[TEXT_NUMBER_ROOM];
        plan_note(plan,
                  "%s number%s of the ranges %s not to be seen in the store; --doctor says why",
                  text_number(plan->missing, number), plan->missing == 1 ? "" : "s",
                  plan->missing == 1 ? "is" : "are");
    }
}

static enum ext_state state_of(const struct plan_input *input, const struct slot *slot)
{
    return slot ? policy_state(input->policy, slot, input->now_s) : EXT_ABSENT;
}

void plan_note_level(struct plan *plan, const struct plan_input *input)
{
    uint64_t counts[EXT_STATE_COUNT] = {0};
    for (size_t i = 0; i < input->snapshot->n_slots; i++) {
        counts[state_of(input, &input->snapshot->slots[i])]++;
    }
    counts[EXT_ABSENT] = policy_missing(input->policy, input->snapshot);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t k = 0; k < change->n_steps; k++) {
            counts[state_of(input, change->steps[k].before)]--;
            counts[state_of(input, &change->steps[k].after)]++;
        }
    }
    struct pool_level level = policy_level(input->policy, counts);
    char left[TEXT_NUMBER_ROOM];
    char size[TEXT_NUMBER_ROOM];
    char limit[TEXT_NUMBER_ROOM];
    /* Not of a plan without rows: a timer would tell the same at each run. */
    if (level.low && plan->n_changes > 0 && plan->n_unassigned == 0) {
        plan_note(plan, "the pool is low: %s of %s numbers %s left then, the low water mark is %s",
                  text_number(level.left, left), text_number(level.size, size),
                  level.left == 1 ? "is" : "are", text_number(level.limit, limit));
    }
}

/* Whether the next sync gives an extension to whom this row takes one from. */
static bool is_given_again(const struct plan *plan, size_t row, const struct policy *policy,
                           const struct roster *roster)
{
    const struct change *change = &plan->changes[row];
    const struct change *next = row + 1 < plan->n_changes ? change + 1 : NULL;
    bool exempted = next && next->kind == CHANGE_EXEMPT && strcmp(next->agent, change->agent) == 0;
    return change->kind == CHANGE_RELEASE && change_is_tried(change) && !exempted &&
           roster_find(roster, change->agent) &&
           !agent_is_exempt(policy, plan->snapshot, change->agent);
}

void plan_note_staying(struct plan *plan, const struct policy *policy, const struct roster *roster)
{
    struct name_list staying = {.n = 0};
    for (size_t i = 0; i < plan->n_changes && !plan->derived; i++) {
        if (is_given_again(plan, i, policy, roster)) {
            name_list_add(&staying, plan->changes[i].agent);
        }
    }
    if (staying.n == 1) {
        plan_note(plan,
                  "%s is in the directory: the next sync gives them an extension again; "
                  "--exempt %s releases it for good",
                  staying.text, staying.text);
    } else if (staying.n > 1) {
        plan_note(plan,
                  "%zu are in the directory: the next sync gives them extensions again; "
                  "--exempt releases them for good: %s",
                  staying.n, staying.text);
    }
}

void plan_note_partial(struct plan *plan, const struct name_list *missing)
{
    if (plan->partial) {
        plan_note(plan, "the directory was read only in part (%s), so nothing is taken back%s%s",
                  plan->partial, missing->n > 0 ? "; not in it: " : "", missing->text);
    }
}
