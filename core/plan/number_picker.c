#include "core/plan/number_picker.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/builder.h"
#include "core/base/text.h"
#include "core/pool/group.h"

#define SPARES_MAX 1000

/* ---- the walk ------------------------------------------------------------------------------ */

void pool_walk_init(struct pool_walk *walk, const struct plan_input *input)
{
    *walk = (struct pool_walk){.policy = input->policy, .snapshot = input->snapshot};
}

/* Without groups all ranges are of none. */
static void walk_group(struct pool_walk *walk, const struct plan_input *input, uint16_t group)
{
    pool_walk_init(walk, input);
    walk->of_group = input->policy->n_groups > 0;
    walk->group = group;
}

static bool passes_over(const struct pool_walk *walk, const struct ext_range *range)
{
    return walk->of_group && range->group != walk->group;
}

/* The slots up to the first one of the range are passed over at once. */
static void jump_to_slot(struct pool_walk *walk, const char *ext)
{
    const struct snapshot *snapshot = walk->snapshot;
    size_t low = walk->next_slot;
    size_t high = snapshot->n_slots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(snapshot->slots[middle].ext, ext) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    walk->next_slot = low;
}

static bool next_number(struct pool_walk *walk)
{
    const struct policy *policy = walk->policy;
    if (walk->ext[0] != '\0' && strcmp(walk->ext, policy->ranges[walk->range].last) == 0) {
        walk->range++;
        walk->ext[0] = '\0';
    }
    while (walk->range < policy->n_ranges && passes_over(walk, &policy->ranges[walk->range])) {
        walk->range++;
    }
    if (walk->range == policy->n_ranges) {
        return false;
    }
    if (walk->ext[0] == '\0') {
        memcpy(walk->ext, policy->ranges[walk->range].first, EXT_ROOM);
        jump_to_slot(walk, walk->ext);
        return true;
    }
    char *digit = walk->ext + policy->width - 1;
    while (*digit == '9') {
        *digit-- = '0'; /* never beyond the first digit: 99..9 ends its range */
    }
    ++*digit;
    return true;
}

/* Of a part of the pool only what is in it. */
static bool next_known(struct pool_walk *walk)
{
    const struct snapshot *snapshot = walk->snapshot;
    while (walk->next_slot < snapshot->n_slots) {
        walk->slot = &snapshot->slots[walk->next_slot++];
        const struct ext_range *range = policy_range_of(walk->policy, walk->slot->ext);
        if (range && !passes_over(walk, range)) {
            memcpy(walk->ext, walk->slot->ext, sizeof walk->ext);
            return true;
        }
    }
    return false;
}

bool pool_walk_next(struct pool_walk *walk)
{
    if (walk->snapshot->partial) {
        return next_known(walk);
    }
    if (!next_number(walk)) {
        return false;
    }
    const struct snapshot *snapshot = walk->snapshot;
    int order = -1;
    while (walk->next_slot < snapshot->n_slots) {
        order = strcmp(snapshot->slots[walk->next_slot].ext, walk->ext);
        if (order >= 0) {
            break;
        }
        walk->next_slot++;
    }
    bool found = walk->next_slot < snapshot->n_slots && order == 0;
    walk->slot = found ? &snapshot->slots[walk->next_slot++] : NULL;
    return true;
}

/* ---- numbers that are not there -------------------------------------------------------------- */

enum err_code check_numbers_to_create(const struct plan_input *input, struct err *err)
{
    uint64_t missing = policy_missing(input->policy, input->snapshot);
    if (missing > PLAN_CREATE_MAX) {
        char number[TEXT_NUMBER_ROOM];
        char most[TEXT_NUMBER_ROOM];
        err_set(err, ERR_CONFIG,
                "%s numbers of the ranges would have to be created, a plan creates %s at most",
                text_number(missing, number), text_number(PLAN_CREATE_MAX, most));
        err_hint(err, "narrow `ranges` in the section [policy]");
        return ERR_CONFIG;
    }
    return ERR_OK;
}

/* ---- the picker ---------------------------------------------------------------------------- */

bool input_makes_numbers(const struct plan_input *input)
{
    const struct snapshot *snapshot = input->snapshot;
    return snapshot->exact || snapshot->complete || snapshot->n_slots == 0;
}

static size_t count_lanes(const struct number_picker *picker)
{
    return picker->input->policy->n_groups + 1;
}

static struct picker_lane *lane_of(const struct number_picker *picker, uint16_t group)
{
    size_t n_groups = picker->input->policy->n_groups;
    return &picker->lanes[group < n_groups ? group : n_groups];
}

void number_picker_init(struct number_picker *picker, const struct plan_input *input)
{
    *picker = (struct number_picker){
        .input = input,
        .makes_numbers = input_makes_numbers(input),
        .taken = mem_array(input->snapshot->n_slots + 1, sizeof *picker->taken),
    };
    strmap_init(&picker->taken_absent, 0);
    picker->lanes = mem_array(count_lanes(picker), sizeof *picker->lanes);
    for (size_t i = 0; i < count_lanes(picker); i++) {
        bool others = i == input->policy->n_groups;
        walk_group(&picker->lanes[i].walk, input, others ? GROUP_NONE : (uint16_t)i);
    }
}

void number_picker_release(struct number_picker *picker)
{
    free(picker->taken);
    for (size_t i = 0; i < count_lanes(picker); i++) {
        free(picker->lanes[i].cooling);
    }
    free(picker->lanes);
    strmap_release(&picker->taken_absent);
}

static bool *mark_of(const struct number_picker *picker, const struct slot *slot)
{
    return &picker->taken[slot - picker->input->snapshot->slots];
}

void number_picker_take(struct number_picker *picker, const struct slot *slot)
{
    *mark_of(picker, slot) = true;
}

void number_picker_take_absent(struct number_picker *picker, const char *ext)
{
    strmap_add(&picker->taken_absent, ext, 0);
}

bool number_picker_is_taken(const struct number_picker *picker, const struct slot *slot)
{
    return *mark_of(picker, slot);
}

bool number_picker_allows(const struct number_picker *picker, const struct slot *slot)
{
    const struct policy *policy = picker->input->policy;
    return slot->state == SLOT_FREE && !*mark_of(picker, slot) &&
           policy_in_ranges(policy, slot->ext) && !policy_is_blocked(policy, slot->ext);
}

bool number_picker_allows_in(const struct number_picker *picker, const struct slot *slot,
                             uint16_t group)
{
    const struct policy *policy = picker->input->policy;
    return number_picker_allows(picker, slot) &&
           (policy->n_groups == 0 || group_of_ext(policy, slot->ext) == group);
}

static void push_cooling(struct picker_lane *lane, const struct slot *slot)
{
    if (lane->n_cooling == lane->cooling_capacity) {
        lane->cooling_capacity = lane->cooling_capacity ? lane->cooling_capacity * 2 : 64;
        lane->cooling = mem_resize(lane->cooling, lane->cooling_capacity, sizeof *lane->cooling);
    }
    lane->cooling[lane->n_cooling++] = slot;
}

/* Longest cooling first, those last of whom that is not known; of equals the lower number. */
static int compare_cooling(const void *a, const void *b)
{
    const struct slot *left = *(const struct slot *const *)a;
    const struct slot *right = *(const struct slot *const *)b;
    if ((left->time == TIME_DAMAGED) != (right->time == TIME_DAMAGED)) {
        return left->time == TIME_DAMAGED ? 1 : -1;
    }
    if (left->at_s != right->at_s) {
        return left->at_s < right->at_s ? -1 : 1;
    }
    return strcmp(left->ext, right->ext);
}

/* Whether the number at which the walk stands can be assigned now. */
static bool is_free_here(struct number_picker *picker, struct picker_lane *lane)
{
    const struct pool_walk *walk = &lane->walk;
    const struct policy *policy = picker->input->policy;
    if (!walk->slot) {
        return picker->makes_numbers && !policy_is_blocked(policy, walk->ext) &&
               strmap_get(&picker->taken_absent, walk->ext) == STRMAP_NONE;
    }
    if (walk->slot->state != SLOT_FREE || *mark_of(picker, walk->slot)) {
        return false;
    }
    enum ext_state state = policy_state(policy, walk->slot, picker->input->now_s);
    if (state == EXT_COOLING) {
        push_cooling(lane, walk->slot);
    }
    return state == EXT_FREE;
}

static void take_up(struct number_picker *picker, const char *ext, const struct slot *slot,
                    struct pick *pick)
{
    *pick = (struct pick){.slot = slot};
    memcpy(pick->ext, ext, sizeof pick->ext);
    if (slot) {
        number_picker_take(picker, slot);
    }
}

/* When all free ones that the snapshot shows are given out: a second walk, over what it does not. */
static bool next_unseen(struct number_picker *picker, struct picker_lane *lane, struct pick *pick)
{
    if (picker->makes_numbers) {
        return false; /* the first walk gave them out */
    }
    if (!lane->walks_unseen) {
        lane->walks_unseen = true;
        walk_group(&lane->walk, picker->input, lane->walk.group);
    }
    while (pool_walk_next(&lane->walk)) {
        const char *ext = lane->walk.ext;
        if (!lane->walk.slot && !policy_is_blocked(picker->input->policy, ext) &&
            strmap_get(&picker->taken_absent, ext) == STRMAP_NONE) {
            take_up(picker, ext, NULL, pick);
            pick->unseen = true;
            return true;
        }
    }
    return false;
}

bool number_picker_next_free(struct number_picker *picker, uint16_t group, struct pick *pick)
{
    struct picker_lane *lane = lane_of(picker, group);
    while (!lane->walked) {
        if (!pool_walk_next(&lane->walk)) {
            lane->walked = true;
            if (lane->n_cooling > 1) {
                qsort(lane->cooling, lane->n_cooling, sizeof *lane->cooling, compare_cooling);
            }
        } else if (is_free_here(picker, lane)) {
            take_up(picker, lane->walk.ext, lane->walk.slot, pick);
            return true;
        }
    }
    return false;
}

bool number_picker_next(struct number_picker *picker, uint16_t group, struct pick *pick)
{
    struct picker_lane *lane = lane_of(picker, group);
    if (number_picker_next_free(picker, group, pick) || next_unseen(picker, lane, pick)) {
        return true;
    }
    while (lane->next_cooling < lane->n_cooling) {
        const struct slot *slot = lane->cooling[lane->next_cooling++];
        if (!*mark_of(picker, slot)) {
            take_up(picker, slot->ext, slot, pick);
            pick->cooling = true;
            return true;
        }
    }
    return false;
}

void number_picker_drop(struct number_picker *picker, struct pick *pick)
{
    if (pick->slot) {
        *mark_of(picker, pick->slot) = false;
    }
    *pick = (struct pick){.ext = ""};
}

/* How many spares a group is to have: enough for all of its changes and for the last of them. */
static size_t *count_spares(const struct number_picker *picker, const struct plan *plan)
{
    size_t *wanted = mem_array(count_lanes(picker), sizeof *wanted);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        size_t lane = (size_t)(lane_of(picker, change->chosen_of) - picker->lanes);
        if (change->chosen && wanted[lane] < SPARES_MAX + PLAN_CHOICES_MAX) {
            wanted[lane] += wanted[lane] == 0 ? PLAN_CHOICES_MAX : 1;
        }
    }
    return wanted;
}

static void spare_of(struct number_picker *picker, uint16_t group, size_t wanted, struct plan *plan)
{
    struct pick pick;
    for (size_t n = 0; n < wanted && number_picker_next(picker, group, &pick);) {
        /* What has no record, or a damaged one, has a change of its own in the plan. */
        if (pick.slot && slot_is_sound(pick.slot)) {
            plan->spares[plan->n_spares++] = (struct spare){pick.slot, group};
            n++;
        }
    }
}

void number_picker_spare(struct number_picker *picker, struct plan *plan)
{
    size_t *wanted = count_spares(picker, plan);
    size_t sum = 0;
    for (size_t i = 0; i < count_lanes(picker); i++) {
        sum += wanted[i];
    }
    if (sum > 0 && plan->snapshot->n_slots > 0) {
        plan->spares = mem_array(sum, sizeof *plan->spares);
        for (size_t i = 0; i < count_lanes(picker); i++) {
            spare_of(picker, picker->lanes[i].walk.group, wanted[i], plan);
        }
    }
    free(wanted);
}

const char *pick_reason(const struct pick *pick)
{
    if (pick->unseen) {
        return "lowest free that the store did not show";
    }
    return pick->cooling ? "was cooling, nothing else is free" : "lowest free";
}
