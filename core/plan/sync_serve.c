/*
 * Who needs a number, and which one they get. A number that this plan takes from somebody is the last
 * resort. In a group without a cool-down it would be free at once; so those who move take it in this same
 * plan, and a second sync finds nothing to do.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/sync.h"
#include "core/pool/exempt.h"
#include "core/pool/group.h"

/* ---- who needs one ------------------------------------------------------------------------- */

static bool is_cut(const struct sync *sync, size_t person)
{
    bool cut = false;
    for (size_t i = 0; !cut && i < sync->n_cuts; i++) {
        cut = strcmp(sync->agents[person].login, sync->cuts[i]) == 0;
    }
    return cut;
}

bool sync_is_exempt(const struct sync *sync, const char *login)
{
    const struct plan_input *input = sync->input;
    bool any = input->policy->n_exempt > 0 || input->snapshot->n_exempts > 0;
    return any && agent_is_exempt(input->policy, input->snapshot, login);
}

/* Whether the agent can be given a number. If the groups say no, the plan says why. */
static bool is_served(struct sync *sync, size_t person, uint16_t *group)
{
    struct plan *plan = sync->builder.plan;
    const struct policy *policy = sync->input->policy;
    if (sync_is_exempt(sync, sync->agents[person].login)) {
        return false;
    }
    *group = sync_group(sync, person);
    if (*group == GROUP_UNKNOWN) {
        plan_add_group_unknown(plan, sync->agents[person].login);
        return false;
    }
    bool none = *group == GROUP_NONE && policy->n_groups > 0 && !policy_serves_others(policy);
    if (none && !sync->kept[person]) {
        plan_add_no_group(plan, sync->agents[person].login);
    }
    return !none;
}

static void add_joiner(struct sync *sync, size_t person, uint16_t group)
{
    sync->joiners[sync->n_joiners + sync->n_movers] = (struct joiner){
        .agent = &sync->agents[person],
        .from = sync->kept[person],
        .group = group,
    };
    sync->n_joiners += !sync->kept[person];
    sync->n_movers += sync->kept[person] != NULL;
}

static bool any_renumbers(const struct policy *policy)
{
    for (size_t i = 0; i < policy->n_groups; i++) {
        if (policy->groups[i].on_move == ON_MOVE_RENUMBER) {
            return true;
        }
    }
    return false;
}

static void gather_movers(struct sync *sync)
{
    uint16_t group;
    bool renumbers = any_renumbers(sync->input->policy);
    for (size_t i = 0; i < sync->n_agents && sync->input->policy->n_groups > 0; i++) {
        if (sync->kept[i] && is_served(sync, i, &group) && renumbers && sync_moves(sync, i)) {
            add_joiner(sync, i, group);
        }
    }
}

static size_t count_without(const struct sync *sync)
{
    size_t n = 0;
    for (size_t i = 0; i < sync->n_agents; i++) {
        n += !sync->kept[i];
    }
    return n;
}

static size_t count_moving(const struct sync *sync)
{
    size_t n = 0;
    for (size_t i = 0; i < sync->n_agents && any_renumbers(sync->input->policy); i++) {
        n += sync_moves(sync, i);
    }
    return n;
}

static void gather(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    size_t without = count_without(sync);
    uint16_t group;
    sync->joiners = mem_array(without + count_moving(sync) + 1, sizeof *sync->joiners);
    for (size_t i = 0; i < sync->n_agents; i++) {
        if (!sync->kept[i] && !is_cut(sync, i) && is_served(sync, i, &group)) {
            add_joiner(sync, i, group);
        }
    }
    gather_movers(sync);
    plan->keep = sync->n_agents - without;
    plan->holders = sync->n_people - without - plan->foreign - plan->unknown_origin;
}

/* ---- from the pool --------------------------------------------------------------------------- */

static void map_joiners(const struct sync *sync, struct strmap *joiners)
{
    for (size_t i = 0; i < sync->n_joiners; i++) {
        strmap_add(joiners, sync->joiners[i].agent->login, i);
    }
}

/* Notes of each joiner the number that they gave back last, among those that their group still has. */
static void find_former(struct sync *sync)
{
    struct strmap joiners;
    strmap_init(&joiners, 0);
    for (size_t i = 0; i < sync->n_slots && sync->n_joiners > 0; i++) {
        const struct slot *slot = &sync->slots[i];
        if (slot->state != SLOT_FREE || !slot->agent) {
            continue;
        }
        if (joiners.count == 0) {
            map_joiners(sync, &joiners); /* only now: most pools have no such number */
        }
        size_t index = strmap_get(&joiners, slot->agent);
        struct joiner *joiner = index == STRMAP_NONE ? NULL : &sync->joiners[index];
        if (joiner && number_picker_allows_in(&sync->picker, slot, joiner->group) &&
            (!joiner->former || slot->at_s > joiner->former->at_s)) {
            joiner->former = slot;
        }
    }
    strmap_release(&joiners);
}

static void serve_former(struct sync *sync)
{
    find_former(sync);
    for (size_t i = 0; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        if (joiner->former) {
            joiner->served = true;
            joiner->pick.slot = joiner->former;
            memcpy(joiner->pick.ext, joiner->former->ext, sizeof joiner->pick.ext);
            number_picker_take(&sync->picker, joiner->former);
        }
    }
}

/* Lowest free, then longest cooling. Who moves gets only what is free. */
static void serve_from_pool(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        joiner->served =
            joiner->served || number_picker_next(&sync->picker, joiner->group, &joiner->pick);
    }
    if (sync->n_movers > 0) {
        sync->movers = mem_array(sync->n_slots + 1, sizeof *sync->movers);
    }
    for (size_t i = 0; i < sync->n_movers; i++) {
        struct joiner *mover = &sync->joiners[sync->n_joiners + i];
        mover->served = number_picker_next_free(&sync->picker, mover->group, &mover->pick);
        if (mover->served) {
            sync->movers[mover->from - sync->slots] = mover;
            sync->given_back[mover->from - sync->slots] = true;
        }
    }
}

/* ---- the last resort: what this plan takes from somebody ------------------------------------------
 */

/* Who still waits, by group: those who have none, and behind them those who move. */
struct queues {
    struct sync *sync;
    struct joiner **first, **last; /* by group, those of no group last */
    size_t n_waiting;
    size_t *work; /* slots that become free, to be looked at */
    size_t n_work;
    uint8_t *links; /* by slot: how many changes hang on each other up to it */
};

static size_t queue_of(const struct queues *queues, uint16_t group)
{
    size_t n_groups = queues->sync->input->policy->n_groups;
    return group < n_groups ? group : n_groups;
}

static void wait_for_one(struct queues *queues, struct joiner *joiner)
{
    size_t queue = queue_of(queues, joiner->group);
    if (queues->last[queue]) {
        queues->last[queue]->next = joiner;
    } else {
        queues->first[queue] = joiner;
    }
    queues->last[queue] = joiner;
    queues->n_waiting++;
}

static void line_up(struct queues *queues)
{
    struct sync *sync = queues->sync;
    for (size_t i = 0; i < sync->n_joiners + sync->n_movers; i++) {
        if (!sync->joiners[i].served) {
            wait_for_one(queues, &sync->joiners[i]);
        }
    }
}

/* Whether the number does not cool once it is given back. */
static bool is_free_then(const struct sync *sync, const struct slot *slot)
{
    int64_t now_s = sync->input->now_s;
    struct slot then =
        slot->state == SLOT_RESERVED ? slot_ended(slot) : slot_free(slot->ext, now_s, slot->agent);
    return policy_state(sync->input->policy, &then, now_s) == EXT_FREE;
}

/* The next who may take the slot, out of the queue; NULL: nobody. */
static struct joiner *call_next(struct queues *queues, const struct slot *slot)
{
    const struct sync *sync = queues->sync;
    const struct policy *policy = sync->input->policy;
    if (!policy_in_ranges(policy, slot->ext) || policy_is_blocked(policy, slot->ext)) {
        return NULL;
    }
    size_t queue =
        queue_of(queues, policy->n_groups > 0 ? group_of_ext(policy, slot->ext) : GROUP_NONE);
    struct joiner *joiner = queues->first[queue];
    if (joiner && joiner->from && !is_free_then(sync, slot)) {
        return NULL; /* who moves waits until it has cooled */
    }
    queues->first[queue] = joiner ? joiner->next : NULL;
    return joiner;
}

static void hand_on(struct queues *queues, size_t slot)
{
    struct sync *sync = queues->sync;
    bool too_long = queues->links[slot] + 1 > PLAN_GROUP_MAX;
    struct joiner *taker = too_long ? NULL : call_next(queues, &sync->slots[slot]);
    if (!taker) {
        return;
    }
    sync->takers[slot] = taker;
    taker->taken = &sync->slots[slot];
    taker->served = true;
    queues->n_waiting--;
    if (taker->from) {
        size_t left = (size_t)(taker->from - sync->slots);
        sync->movers[left] = taker;
        sync->given_back[left] = true;
        queues->links[left] = (uint8_t)(queues->links[slot] + 1);
        queues->work[queues->n_work++] = left;
    }
}

/* First the reservations that end: those stay to be had if a group keeps what people hold. */
static void add_given_back(struct queues *queues, bool reserved)
{
    const struct sync *sync = queues->sync;
    for (size_t i = 0; i < sync->n_slots; i++) {
        if (sync->given_back[i] && (sync->slots[i].state == SLOT_RESERVED) == reserved) {
            queues->links[i] = 1;
            queues->work[queues->n_work++] = i;
        }
    }
}

static void serve_from_given_back(struct sync *sync)
{
    size_t n = sync->input->policy->n_groups + 1;
    struct queues queues = {
        .sync = sync,
        .first = mem_array(n, sizeof *queues.first),
        .last = mem_array(n, sizeof *queues.last),
    };
    line_up(&queues);
    if (queues.n_waiting > 0) {
        sync->takers = mem_array(sync->n_slots + 1, sizeof *sync->takers);
        queues.work = mem_array(sync->n_slots + 1, sizeof *queues.work);
        queues.links = mem_array(sync->n_slots + 1, sizeof *queues.links);
        add_given_back(&queues, true);
        add_given_back(&queues, false);
        for (size_t i = 0; i < queues.n_work && queues.n_waiting > 0; i++) {
            hand_on(&queues, queues.work[i]);
        }
    }
    free(queues.first);
    free(queues.last);
    free(queues.work);
    free(queues.links);
}

void sync_serve(struct sync *sync)
{
    gather(sync);
    serve_former(sync);
    serve_from_pool(sync);
    serve_from_given_back(sync);
    sync_withhold(sync);
    for (size_t i = 0; i < sync->n_joiners; i++) {
        if (!sync->joiners[i].served) {
            plan_unassign(sync->builder.plan, sync->joiners[i].agent->login);
        }
    }
}
