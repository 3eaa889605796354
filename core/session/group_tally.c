#include "core/session/group_tally.h"

#include <string.h>

#include "core/base/banned.h"

/* By the index of the group; the pool for the others, or NULL if there is none. */
static struct group_tally *tally_of(const struct policy *policy, struct group_tallies *tallies,
                                    uint16_t group)
{
    size_t index = group < policy->n_groups ? group : policy->n_groups;
    return index < tallies->n ? &tallies->items[index] : NULL;
}

static void add_range(struct group_tally *tally, const struct ext_range *range)
{
    if (tally->n_ranges++ == 0) {
        tally->first = range->first;
        tally->last = range->last;
    }
    tally->total += range_size(range);
}

static void begin(const struct policy *policy, struct arena *arena, struct group_tallies *out)
{
    size_t n = policy->n_groups > 0 ? policy->n_groups + policy_serves_others(policy) : 0;
    *out =
        (struct group_tallies){.items = arena_alloc(arena, (n + 1) * sizeof *out->items), .n = n};
    for (size_t i = 0; i < n; i++) {
        out->items[i] =
            (struct group_tally){.name = i < policy->n_groups ? policy->groups[i].name : NULL};
    }
    for (size_t i = 0; i < policy->n_ranges; i++) {
        struct group_tally *tally = tally_of(policy, out, policy->ranges[i].group);
        if (tally) {
            add_range(tally, &policy->ranges[i]);
        }
    }
}

static struct group_tally *tally_of_slot(const struct policy *policy, struct group_tallies *tallies,
                                         const struct slot *slot)
{
    const struct ext_range *range = policy_range_of(policy, slot->ext);
    return range ? tally_of(policy, tallies, range->group) : NULL;
}

static void judge(const struct policy *policy, struct group_tallies *tallies)
{
    for (size_t i = 0; i < tallies->n; i++) {
        struct group_tally *tally = &tallies->items[i];
        tally->level = policy_level_of(policy, (uint16_t)i, tally->counts);
    }
}

void group_tallies_count(const struct snapshot *snapshot, const struct policy *policy,
                         int64_t now_s, struct arena *arena, struct group_tallies *out)
{
    begin(policy, arena, out);
    for (size_t i = 0; i < out->n; i++) {
        out->items[i].counts[EXT_ABSENT] = out->items[i].total;
    }
    for (size_t i = 0; out->n > 0 && i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        struct group_tally *tally = tally_of_slot(policy, out, slot);
        if (tally) {
            tally->counts[policy_state(policy, slot, now_s)]++;
            tally->counts[EXT_ABSENT]--;
        }
    }
    judge(policy, out);
}

void group_tallies_update(const struct group_tallies_change *change, struct arena *arena,
                          struct group_tallies *out)
{
    const struct policy *policy = change->policy;
    *out = (struct group_tallies){
        .items = arena_alloc(arena, (change->before->n + 1) * sizeof *out->items),
        .n = change->before->n};
    if (out->n == 0) {
        return;
    }
    memcpy(out->items, change->before->items, out->n * sizeof *out->items);
    for (size_t i = 0; i < change->now->n_changed; i++) {
        const struct slot *was = snapshot_find(change->old, change->now->changed[i]);
        const struct slot *is = snapshot_find(change->now, change->now->changed[i]);
        struct group_tally *tally = tally_of_slot(policy, out, is);
        if (tally) {
            tally->counts[policy_state(policy, was, change->now_s)]--;
            tally->counts[policy_state(policy, is, change->now_s)]++;
        }
    }
    judge(policy, out);
}
