/*
 * The changes of a sync.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/sync.h"
#include "core/plan/login_notes.h"
#include "core/base/text.h"
#include "core/pool/group.h"
#include "core/pool/lookalike.h"

/* ---- logins that look alike ------------------------------------------------------------------ */

/* Those who left, in order: what they are called, and which persons they are. */
static size_t gather_leavers(const struct sync *sync, const char **logins, size_t *persons)
{
    size_t n = 0;
    for (size_t i = sync->n_agents; sync->n_agents > 0 && i < sync->n_people; i++) {
        if (sync_fate(sync, (uint32_t)i) == HOLDER_LEFT) {
            persons[n] = i;
            logins[n++] = sync->kept[i]->agent;
        }
    }
    return n;
}

void sync_find_twins(struct sync *sync)
{
    size_t n_absent = sync->n_people - sync->n_agents;
    const char **logins = mem_array(sync->n_joiners + n_absent + 1, sizeof *logins);
    const char **came = mem_array(n_absent + 1, sizeof *came);
    size_t *persons = mem_array(n_absent + 1, sizeof *persons);
    sync->twin_left = mem_array(sync->n_joiners + 1, sizeof *sync->twin_left);
    sync->twin_came = mem_array(n_absent + 1, sizeof *sync->twin_came);
    for (size_t i = 0; i < sync->n_joiners; i++) {
        logins[i] = sync->joiners[i].agent->login;
    }
    struct lookalikes lookalikes = {
        .plan = sync->builder.plan,
        .roster = sync->input->roster,
        .newcomers = logins,
        .n_newcomers = sync->n_joiners,
        .leavers = logins + sync->n_joiners,
        .n_leavers = gather_leavers(sync, logins + sync->n_joiners, persons),
        .left_as = sync->twin_left,
        .came_as = came,
    };
    lookalikes_find(&lookalikes);
    for (size_t i = 0; i < lookalikes.n_leavers; i++) {
        sync->twin_came[persons[i] - sync->n_agents] = came[i];
    }
    free(logins);
    free(came);
    free(persons);
}

/* ---- changes ------------------------------------------------------------------------------- */

/* What belongs to the holder, by what the directory says now. */
static const struct belongings *own_now(struct sync *sync, const struct slot *slot)
{
    size_t person = slot->state == SLOT_ASSIGNED ? sync->holder[slot - sync->slots] : NOBODY;
    const struct agent *agent = person < sync->n_agents ? &sync->agents[person] : NULL;
    return agent ? scope_belongings(&sync->scope, &sync->builder.plan->arena, slot, agent)
                 : slot->own;
}

void sync_build_repairs(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        bool stays = !sync->given_back[i] &&
                     (slot->state == SLOT_ASSIGNED || !number_picker_is_taken(&sync->picker, slot));
        if (stays && (!slot_is_sound(slot) || slot->time == TIME_DAMAGED)) {
            build_repair(&sync->builder, slot, own_now(sync, slot));
        }
    }
}

void sync_build_adoptions(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        if (slot->state != SLOT_ASSIGNED || sync->given_back[i] || !slot_is_sound(slot) ||
            slot->time == TIME_DAMAGED) {
            continue;
        }
        const struct belongings *own = own_now(sync, slot);
        bool mended = slot->as_read && slot->as_read->mendable;
        if (slot->at_s == 0 || mended || own != slot->own) {
            build_repair(&sync->builder, slot, own);
        }
    }
}

static const char *why_assigned(struct sync *sync, const struct joiner *joiner)
{
    if (joiner->former) {
        return "returns to the former extension";
    }
    const char *twin = sync->twin_left[joiner - sync->joiners];
    if (twin) {
        return arena_printf(&sync->builder.plan->arena, "new agent (\"%s\" left: %s), %s", twin,
                            login_difference(twin, joiner->agent->login) == LOGIN_DIFFERS_IN_CASE
                                ? "case counts"
                                : "looks the same",
                            pick_reason(&joiner->pick));
    }
    /* A first sync has ten thousand of these: no copy of each. */
    return joiner->pick.cooling || joiner->pick.unseen
               ? arena_printf(&sync->builder.plan->arena, "new agent, %s",
                              pick_reason(&joiner->pick))
               : "new agent, lowest free";
}

void sync_build_assignments(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        if (joiner->pick.ext[0] != '\0') {
            struct change *change =
                build_assign(&sync->builder, joiner->pick.slot, joiner->pick.ext, joiner->agent,
                             why_assigned(sync, joiner));
            change->any_number = true;
            change->chosen = true;
            change->chosen_of = joiner->group;
        }
    }
}

/* `then`: what becomes of the number. */
static struct change *build_giving_back(struct sync *sync, const struct slot *slot,
                                        const char *then)
{
    struct plan_builder *builder = &sync->builder;
    uint32_t person = sync->holder[slot - sync->slots];
    const struct slot *kept = sync->kept[person];
    bool keeps_one = kept != slot && !(sync_has_left(sync, person) && !kept->note);
    if (keeps_one) {
        struct change *change = build_drop_surplus(builder, slot, kept, then);
        build_claim(builder, change, slot->agent, slot->ext, kept->ext)->tolerant = true;
        return change;
    }
    const char *twin = sync->twin_came[person - sync->n_agents];
    if (twin) {
        then = arena_printf(&builder->plan->arena,
                            "left the directory (\"%s\" is another agent); %s", twin, then);
        return build_release(builder, slot, then);
    }
    if (then == builder->cools) {
        return build_release(builder, slot, sync->left_cools);
    }
    return build_release(builder, slot,
                         arena_printf(&builder->plan->arena, "left the directory; %s", then));
}

/* Somebody who moves to the numbers of their group. `before`: what stands at their new number. */
static struct change *build_move(struct sync *sync, const struct joiner *mover,
                                 const struct slot *before, const char *ext, const char *then)
{
    struct plan_builder *builder = &sync->builder;
    const struct slot *from = mover->from;
    struct change *change = plan_add(
        builder->plan, CHANGE_REASSIGN, ext, mover->agent->login, 2, "moves to the group %s; %s %s",
        group_name(sync->input->policy, mover->group), from->ext, then);
    change->to = change->ext;
    change->from = from->ext;
    change->steps[0].before = before;
    change->steps[0].after =
        slot_assigned(change->ext, change->agent, sync->input->now_s, NULL, builder->by);
    change->steps[0].after.own = own_now(sync, from);
    change->steps[1].before = from;
    change->steps[1].after = slot_free(from->ext, sync->input->now_s, from->agent);
    return change;
}

/* Who gets the slot that this plan takes from somebody, who gets what they leave, and so on. */
static void build_takers(struct sync *sync, const struct slot *slot)
{
    static const char taken[] = "goes to somebody else in this plan";
    struct joiner *taker = sync->takers ? sync->takers[slot - sync->slots] : NULL;
    while (taker) {
        const struct slot *next = taker->from;
        struct joiner *behind = next ? sync->takers[next - sync->slots] : NULL;
        if (next) {
            build_move(sync, taker, slot, slot->ext,
                       behind ? taken : builder_given_back(&sync->builder, next->ext));
        } else {
            build_assign(&sync->builder, slot, slot->ext, taker->agent,
                         "new agent, takes over what is given back: nothing else is left");
        }
        slot = next;
        taker = behind;
    }
}

/* Whether the number is left by somebody who gets one that this plan takes: that is told there. */
static bool is_told_elsewhere(const struct sync *sync, size_t slot)
{
    const struct joiner *mover = sync->movers ? sync->movers[slot] : NULL;
    return mover && mover->pick.ext[0] == '\0';
}

/* A reservation whose time is over. `then`: what becomes of the number; NULL: it cools or is free. */
static struct change *build_ended(struct sync *sync, const struct slot *slot, const char *then)
{
    struct plan_builder *builder = &sync->builder;
    const struct policy *policy = sync->input->policy;
    int64_t now_s = sync->input->now_s;
    struct slot after = slot_ended(slot);
    enum ext_state state = policy_state(policy, &after, now_s);
    char ended[32];
    char cool[32] = "";
    format_day(slot->until_s, now_s, ended);
    if (state == EXT_COOLING && !then) {
        format_day(policy_cool_until_s(policy, &after, now_s), now_s, cool);
    }
    then = then                   ? then
           : state == EXT_BLOCKED ? builder_given_back(builder, slot->ext)
           : state == EXT_COOLING ? "cools until "
                                  : "free again at once";
    struct change *change = plan_add(builder->plan, CHANGE_UNRESERVE, slot->ext, NULL, 1,
                                     "the reservation ended on %s; %s%s", ended, then, cool);
    change->from = slot->note;
    change->steps[0].before = slot;
    change->steps[0].after = after;
    return change;
}

/* A number that is given back, and what hangs on that. */
static void build_given_back_unit(struct sync *sync, const struct slot *slot)
{
    static const char taken[] = "goes to a new agent, nothing else is left";
    struct plan_builder *builder = &sync->builder;
    size_t index = (size_t)(slot - sync->slots);
    bool handed_on = sync->takers && sync->takers[index];
    const struct joiner *mover = sync->movers ? sync->movers[index] : NULL;
    const char *then = handed_on ? taken : builder_given_back(builder, slot->ext);
    size_t first = builder->plan->n_changes;
    if (slot->state == SLOT_RESERVED) {
        build_ended(sync, slot, handed_on ? taken : NULL);
    } else if (mover) {
        build_move(sync, mover, mover->pick.slot, mover->pick.ext, then);
    } else {
        build_giving_back(sync, slot, then);
    }
    build_takers(sync, slot);
    uint32_t group = builder->plan->n_changes > first + 1 ? ++builder->groups : 0;
    for (size_t i = first; i < builder->plan->n_changes; i++) {
        builder->plan->changes[i].group = group;
    }
}

void sync_build_releases(struct sync *sync)
{
    sync->left_cools =
        arena_printf(&sync->builder.plan->arena, "left the directory; %s", sync->builder.cools);
    for (size_t i = 0; i < sync->n_slots; i++) {
        if (sync->given_back[i] && !is_told_elsewhere(sync, i)) {
            build_given_back_unit(sync, &sync->slots[i]);
        }
    }
}
