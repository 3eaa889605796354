/*
 * What a sync does by groups: who gets which numbers, who moves, and how much one group may lose.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/plan/guard.h"
#include "core/plan/sync.h"
#include "core/pool/group.h"

uint16_t sync_group(const struct sync *sync, size_t person)
{
    return scope_group(&sync->scope, sync->kept[person], &sync->agents[person]);
}

bool sync_moves(const struct sync *sync, size_t person)
{
    const struct policy *policy = sync->input->policy;
    const struct slot *slot = sync->kept[person];
    if (policy->n_groups == 0 || !slot || slot->note || scope_is_theirs(&sync->scope, slot)) {
        return false;
    }
    uint16_t group = sync_group(sync, person);
    return group < policy->n_groups && policy->groups[group].on_move == ON_MOVE_RENUMBER &&
           group_of_ext(policy, slot->ext) != group;
}

/* ---- how much a group may lose ------------------------------------------------------------------ */

static int64_t allowed_of(const struct sync *sync, const struct group_tally *tally)
{
    uint16_t group = (uint16_t)(tally - sync->tallies);
    return guard_allows(policy_limit_of(sync->input->policy, group),
                        (int64_t)(tally->held + tally->gets));
}

/* Whether the plan could take the person's number at all. */
static bool is_in_reach(const struct sync *sync, size_t person)
{
    if (person >= sync->n_agents) {
        return sync->kept[person] && sync_fate(sync, (uint32_t)person) == HOLDER_LEFT;
    }
    return sync->kept[person] && !scope_is_theirs(&sync->scope, sync->kept[person]);
}

static bool takes_anything(const struct sync *sync)
{
    for (size_t i = 0; i < sync->n_slots; i++) {
        if (sync->given_back[i]) {
            return true;
        }
    }
    return false;
}

/* Over the slots, which are in the order of the ranges. */
static void count_takings(struct sync *sync)
{
    const struct policy *policy = sync->input->policy;
    size_t range = 0;
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        while (range < policy->n_ranges && strcmp(policy->ranges[range].last, slot->ext) < 0) {
            range++;
        }
        if (range == policy->n_ranges) {
            return;
        }
        const struct ext_range *at = &policy->ranges[range];
        bool grouped = at->group < policy->n_groups && strcmp(at->first, slot->ext) <= 0;
        uint32_t person = grouped ? sync->holder[i] : NOBODY;
        if (person != NOBODY && sync->kept[person] == slot && is_in_reach(sync, person)) {
            sync->tallies[at->group].held++;
            sync->tallies[at->group].taken += sync->given_back[i];
        }
    }
}

/* Those who get a number that is free now, or one of a reservation that ends. */
static void count_gains(struct sync *sync)
{
    size_t n_groups = sync->input->policy->n_groups;
    for (size_t i = 0; i < sync->n_joiners + sync->n_movers; i++) {
        const struct joiner *joiner = &sync->joiners[i];
        if (joiner->group < n_groups && joiner->pick.ext[0] != '\0') {
            sync->tallies[joiner->group].gets++;
        }
    }
    for (size_t i = 0; i < sync->n_slots && sync->takers; i++) {
        const struct slot *slot = &sync->slots[i];
        bool ends = sync->takers[i] && slot->state == SLOT_RESERVED;
        struct group_tally *tally = ends ? sync_tally(sync, slot->ext) : NULL;
        if (tally) {
            tally->gets++;
        }
    }
}

static void withhold(struct sync *sync, struct group_tally *tally)
{
    struct plan *plan = sync->builder.plan;
    const struct policy *policy = sync->input->policy;
    uint16_t group = (uint16_t)(tally - sync->tallies);
    const struct release_limit *limit = policy_limit_of(policy, group);
    if (!plan->withheld_groups) {
        plan->withheld_groups =
            arena_alloc(&plan->arena, policy->n_groups * sizeof *plan->withheld_groups);
    }
    struct withheld_group *refused = &plan->withheld_groups[plan->n_withheld_groups++];
    *refused = (struct withheld_group){
        .name = arena_strdup(&plan->arena, group_name(policy, group)),
        .people = (int64_t)tally->taken,
        .allowed = allowed_of(sync, tally),
    };
    refused->text = arena_printf(
        &plan->arena,
        "would take or change the numbers of %zu of %zu in the group %s (limit %lld%s)",
        tally->taken, tally->held, refused->name, (long long)limit->value,
        limit->percent ? " %" : "");
    tally->withheld = true;
}

/* The number is not given back after all: who was to get it stays without, or where they are. */
static void drop_takers(struct sync *sync, const struct slot *slot)
{
    while (slot && sync->takers && sync->takers[slot - sync->slots]) {
        struct joiner *taker = sync->takers[slot - sync->slots];
        sync->takers[slot - sync->slots] = NULL;
        taker->served = false;
        slot = taker->from;
        if (slot) {
            sync->movers[slot - sync->slots] = NULL;
            sync->given_back[slot - sync->slots] = false;
        }
    }
}

/* Who would have moved out of such a group does not. The number that they were to get is left free: the
   next sync would decide the same. */
static void keep_mover(struct sync *sync, struct joiner *mover)
{
    if (mover->pick.ext[0] == '\0') {
        sync->takers[mover->taken - sync->slots] = NULL;
    } else {
        number_picker_drop(&sync->picker, &mover->pick);
        sync->tallies[mover->group].gets--;
    }
    mover->served = false;
    sync->movers[mover->from - sync->slots] = NULL;
    sync->given_back[mover->from - sync->slots] = false;
    drop_takers(sync, mover->from);
}

/* Who would have gone stays. */
static void keep_holders(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_movers; i++) {
        struct joiner *mover = &sync->joiners[sync->n_joiners + i];
        if (mover->served && sync_is_withheld(sync, mover->from->ext)) {
            keep_mover(sync, mover);
        }
    }
    for (size_t i = 0; i < sync->n_people; i++) {
        const struct slot *kept = sync->kept[i];
        if (kept && sync->given_back[kept - sync->slots] && sync_is_withheld(sync, kept->ext)) {
            sync->given_back[kept - sync->slots] = false;
            drop_takers(sync, kept);
        }
    }
}

/* Those that are over their limit by now; whether there were any. */
static bool withhold_more(struct sync *sync)
{
    bool more = false;
    for (size_t i = 0; i < sync->input->policy->n_groups; i++) {
        struct group_tally *tally = &sync->tallies[i];
        if (!tally->withheld && (int64_t)tally->taken > allowed_of(sync, tally)) {
            withhold(sync, tally);
            more = true;
        }
    }
    return more;
}

void sync_withhold(struct sync *sync)
{
    size_t n_groups = sync->input->policy->n_groups;
    if (n_groups == 0 || !takes_anything(sync)) {
        return;
    }
    sync->tallies = mem_array(n_groups, sizeof *sync->tallies);
    count_takings(sync);
    count_gains(sync);
    while (withhold_more(sync)) {
        keep_holders(sync); /* so fewer get a number in other groups */
    }
}

/* ---- notes ----------------------------------------------------------------------------------- */

static void list_all(struct name_list *names, const char *const *logins, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        name_list_add(names, logins[i]);
    }
}

/* "hierarchy and tag": what the groups ask for and was not read of some agent. */
static const char *what_was_not_read(const struct sync *sync)
{
    static const char *const names[FIELD_COUNT] = {
#define X(field, name, keyed) [field] = name,
        AGENT_FIELDS(X)
#undef X
    };
    unsigned missing = 0;
    struct arena *arena = &sync->builder.plan->arena;
    const char *text = NULL;
    for (size_t i = 0; i < sync->n_agents; i++) {
        missing |= sync_group(sync, i) == GROUP_UNKNOWN ? sync->agents[i].not_read : 0;
    }
    missing &= groups_fields(sync->input->policy);
    for (int field = 0; field < FIELD_COUNT; field++) {
        if (missing & FIELD_BIT(field)) {
            text = text ? arena_printf(arena, "%s, %s", text, names[field]) : names[field];
        }
    }
    return text ? text : "some of their attributes";
}

static void note_unknown(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    struct name_list names = {.n = 0};
    list_all(&names, plan->group_unknown, plan->n_group_unknown);
    if (names.n > 0) {
        plan_note(plan,
                  "the group of %zu agent%s is not known, because this was not read: %s; they are "
                  "neither assigned nor moved: %s",
                  names.n, names.n == 1 ? "" : "s", what_was_not_read(sync), names.text);
    }
}

/* Those of one group for whom nothing is left; GROUP_NONE: of no group. */
static void note_shortage_of(struct sync *sync, uint16_t group)
{
    const struct policy *policy = sync->input->policy;
    struct name_list none = {.n = 0};
    for (size_t i = 0; i < sync->n_joiners; i++) {
        const struct joiner *joiner = &sync->joiners[i];
        if (!joiner->served && joiner->group == group) {
            name_list_add(&none, joiner->agent->login);
        }
    }
    if (none.n > 0) {
        plan_note(sync->builder.plan, "%s%s ran out: %zu agent%s no extension: %s",
                  group == GROUP_NONE ? "the pool for the others" : "the group ",
                  group_name(policy, group), none.n, none.n == 1 ? " has" : "s have", none.text);
    }
}

void sync_note_groups(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    const struct policy *policy = sync->input->policy;
    for (size_t i = 0; i < plan->n_withheld_groups; i++) {
        plan_note(plan, "nothing is taken back in the group %s: it %s; --max-release N allows it",
                  plan->withheld_groups[i].name, plan->withheld_groups[i].text);
    }
    note_unknown(sync);
    struct name_list names = {.n = 0};
    list_all(&names, plan->no_group, plan->n_no_group);
    /* Not of a plan without rows: a timer would tell the same at each run. */
    if (names.n > 0 && plan->n_changes > 0) {
        plan_note(plan, "no group matches %zu agent%s, so they get no extension: %s", names.n,
                  names.n == 1 ? "" : "s", names.text);
    }
    for (size_t i = 0; plan->n_unassigned > 0 && i <= policy->n_groups && policy->n_groups > 0;
         i++) {
        note_shortage_of(sync, i < policy->n_groups ? (uint16_t)i : GROUP_NONE);
    }
}
