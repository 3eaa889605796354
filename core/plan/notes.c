#include "core/plan/notes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/pool/exempt.h"
#include "core/pool/group.h"

void plan_note_shortage(struct plan *plan, const struct plan_input *input)
{
    if (plan->n_unassigned > 0 && input->policy->n_groups == 0) {
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

/* How many numbers of each state a group has. */
struct level_counts {
    uint64_t of[EXT_STATE_COUNT];
};

/* The counts of the group that has the number; what is of no group, or of none of the ranges, comes last.
   `near` is the range that was found before: neighbours share it. */
static struct level_counts *counts_of(const struct plan_input *input, struct level_counts *counts,
                                      const char *ext, const struct ext_range **near)
{
    const struct policy *policy = input->policy;
    const struct ext_range *range = *near;
    if (policy->n_groups == 0) {
        return counts;
    }
    if (!range || strcmp(ext, range->first) < 0 || strcmp(range->last, ext) < 0) {
        range = policy_range_of(policy, ext);
        *near = range ? range : *near;
    }
    return &counts[range && range->group < policy->n_groups ? range->group : policy->n_groups];
}

static void count_missing(const struct plan_input *input, struct level_counts *counts)
{
    const struct policy *policy = input->policy;
    for (size_t i = 0; i < policy->n_ranges; i++) {
        uint16_t group = policy->ranges[i].group;
        counts[group < policy->n_groups ? group : policy->n_groups].of[EXT_ABSENT] +=
            range_size(&policy->ranges[i]);
    }
    for (size_t i = 0; i < input->snapshot->n_slots; i++) {
        const struct ext_range *range = policy_range_of(policy, input->snapshot->slots[i].ext);
        if (range) {
            counts[range->group < policy->n_groups ? range->group : policy->n_groups]
                .of[EXT_ABSENT]--;
        }
    }
}

/* What is there once the plan is applied. */
static void count_after(const struct plan *plan, const struct plan_input *input,
                        struct level_counts *counts)
{
    const struct ext_range *near = NULL;
    count_missing(input, counts);
    for (size_t i = 0; i < input->snapshot->n_slots; i++) {
        const struct slot *slot = &input->snapshot->slots[i];
        counts_of(input, counts, slot->ext, &near)->of[state_of(input, slot)]++;
    }
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t k = 0; k < change->n_steps; k++) {
            const struct step *step = &change->steps[k];
            struct level_counts *own = counts_of(input, counts, step->after.ext, &near);
            own->of[state_of(input, step->before)]--;
            own->of[state_of(input, &step->after)]++;
        }
    }
}

static void note_level(struct plan *plan, const struct plan_input *input, uint16_t group,
                       const struct level_counts *counts)
{
    struct pool_level level = policy_level_of(input->policy, group, counts->of);
    char left[TEXT_NUMBER_ROOM];
    char size[TEXT_NUMBER_ROOM];
    char limit[TEXT_NUMBER_ROOM];
    bool grouped = input->policy->n_groups > 0;
    if (level.low) {
        plan_note(plan, "%s%s is low: %s of %s numbers left then, the low water mark is %s",
                  !grouped              ? "the pool"
                  : group == GROUP_NONE ? "the pool for the others"
                                        : "the group ",
                  group_name(input->policy, group), text_number(level.left, left),
                  text_number(level.size, size), text_number(level.limit, limit));
    }
}

void plan_note_level(struct plan *plan, const struct plan_input *input)
{
    size_t n_groups = input->policy->n_groups;
    /* Not of a plan without rows: a timer would tell the same at each run. */
    if (plan->n_changes == 0 || (plan->n_unassigned > 0 && n_groups == 0)) {
        return;
    }
    struct level_counts *counts = mem_array(n_groups + 1, sizeof *counts);
    count_after(plan, input, counts);
    for (size_t i = 0; i <= n_groups; i++) {
        note_level(plan, input, i < n_groups ? (uint16_t)i : GROUP_NONE, &counts[i]);
    }
    free(counts);
}

/* Whether the next sync gives an extension to whom this row takes one from. */
static bool is_given_again(const struct plan *plan, size_t row, const struct policy *policy,
                           const struct roster *roster)
{
    const struct change *change = &plan->changes[row];
    bool exempted = row + 1 < plan->n_changes && change[1].kind == CHANGE_EXEMPT &&
                    strcmp(change[1].agent, change->agent) == 0;
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
