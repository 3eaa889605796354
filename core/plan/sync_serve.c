/*
 * Who needs a number, and which one they get.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/sync.h"

static bool needs_one(const struct sync *sync, size_t person)
{
    bool needs = !sync->kept[person];
    for (size_t i = 0; needs && i < sync->n_cuts; i++) {
        needs = strcmp(sync->agents[person].login, sync->cuts[i]) != 0;
    }
    return needs;
}

void sync_gather_joiners(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_agents; i++) {
        sync->n_joiners += needs_one(sync, i);
    }
    sync->joiners = mem_array(sync->n_joiners + 1, sizeof *sync->joiners);
    size_t n = 0;
    for (size_t i = 0; i < sync->n_agents; i++) {
        if (needs_one(sync, i)) {
            sync->joiners[n++].agent = &sync->agents[i];
        }
    }
    struct plan *plan = sync->builder.plan;
    plan->keep = sync->n_agents - sync->n_joiners - sync->n_cuts;
    plan->holders =
        sync->n_people - sync->n_joiners - sync->n_cuts - plan->foreign - plan->unknown_origin;
}

/* By agent the number that they gave back last, among those that are still available. */
static void map_former(struct sync *sync, struct strmap *former)
{
    strmap_init(former, 0);
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        if (slot->state == SLOT_FREE && slot->agent && number_picker_allows(&sync->picker, slot)) {
            size_t other = strmap_add(former, slot->agent, i);
            if (slot->at_s > sync->slots[other].at_s) {
                strmap_set(former, slot->agent, i);
            }
        }
    }
}

void sync_serve_former(struct sync *sync)
{
    struct strmap former;
    map_former(sync, &former);
    for (size_t i = 0; i < sync->n_joiners && former.count > 0; i++) {
        struct joiner *joiner = &sync->joiners[i];
        size_t index = strmap_get(&former, joiner->agent->login);
        if (index != STRMAP_NONE) {
            joiner->former = &sync->slots[index];
            joiner->served = true;
            joiner->pick.slot = joiner->former;
            memcpy(joiner->pick.ext, joiner->former->ext, sizeof joiner->pick.ext);
            number_picker_take(&sync->picker, joiner->former);
        }
    }
    strmap_release(&former);
}

size_t sync_serve_from_pool(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        if (joiner->served) {
            continue;
        }
        joiner->served = number_picker_next(&sync->picker, &joiner->pick);
        if (!joiner->served) {
            return i;
        }
    }
    return sync->n_joiners;
}

void sync_serve_from_leavers(struct sync *sync, size_t first)
{
    size_t slot = 0;
    const struct policy *policy = sync->input->policy;
    for (size_t i = first; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        if (joiner->served) {
            continue;
        }
        while (slot < sync->n_slots &&
               !(sync->given_back[slot] && policy_in_ranges(policy, sync->slots[slot].ext) &&
                 !policy_is_blocked(policy, sync->slots[slot].ext))) {
            slot++;
        }
        if (slot == sync->n_slots) {
            plan_unassign(sync->builder.plan, joiner->agent->login);
            continue;
        }
        if (!sync->takers) {
            sync->takers = mem_array(sync->n_slots, sizeof *sync->takers);
        }
        sync->takers[slot++] = joiner;
        joiner->served = true;
    }
}
