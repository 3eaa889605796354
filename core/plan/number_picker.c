#include "core/plan/number_picker.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/builder.h"
#include "core/base/text.h"

#define SPARES_MAX 1000

/* ---- the walk ------------------------------------------------------------------------------ */

void pool_walk_init(struct pool_walk *walk, const struct plan_input *input)
{
    *walk = (struct pool_walk){.policy = input->policy, .snapshot = input->snapshot};
}

static bool next_number(struct pool_walk *walk)
{
    const struct policy *policy = walk->policy;
    if (walk->ext[0] != '\0' && strcmp(walk->ext, policy->ranges[walk->range].last) == 0) {
        walk->range++;
        walk->ext[0] = '\0';
    }
    if (walk->range == policy->n_ranges) {
        return false;
    }
    if (walk->ext[0] == '\0') {
        memcpy(walk->ext, policy->ranges[walk->range].first, EXT_ROOM);
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
        if (policy_in_ranges(walk->policy, walk->slot->ext)) {
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

void number_picker_init(struct number_picker *picker, const struct plan_input *input)
{
    *picker = (struct number_picker){
        .input = input,
        .makes_numbers = input_makes_numbers(input),
        .taken = mem_array(input->snapshot->n_slots + 1, sizeof *picker->taken),
    };
    pool_walk_init(&picker->walk, input);
    strmap_init(&picker->taken_absent, 0);
}

void number_picker_release(struct number_picker *picker)
{
    free(picker->taken);
    free(picker->cooling);
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

static void push_cooling(struct number_picker *picker, const struct slot *slot)
{
    if (picker->n_cooling == picker->cooling_capacity) {
        picker->cooling_capacity = picker->cooling_capacity ? picker->cooling_capacity * 2 : 64;
        picker->cooling =
            mem_resize(picker->cooling, picker->cooling_capacity, sizeof *picker->cooling);
    }
    picker->cooling[picker->n_cooling++] = slot;
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
static bool is_free_here(struct number_picker *picker)
{
    const struct pool_walk *walk = &picker->walk;
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
        push_cooling(picker, walk->slot);
    }
    return state == EXT_FREE;
}

/* When all free ones that the snapshot shows are given out: a second walk, over what it does not. */
static bool next_unseen(struct number_picker *picker, struct pick *pick)
{
    if (picker->makes_numbers) {
        return false; /* the first walk gave them out */
    }
    if (!picker->walks_unseen) {
        picker->walks_unseen = true;
        pool_walk_init(&picker->walk, picker->input);
    }
    while (pool_walk_next(&picker->walk)) {
        const char *ext = picker->walk.ext;
        if (!picker->walk.slot && !policy_is_blocked(picker->input->policy, ext) &&
            strmap_get(&picker->taken_absent, ext) == STRMAP_NONE) {
            *pick = (struct pick){.slot = NULL, .unseen = true};
            memcpy(pick->ext, ext, sizeof pick->ext);
            return true;
        }
    }
    return false;
}

bool number_picker_next(struct number_picker *picker, struct pick *pick)
{
    while (!picker->walked) {
        if (!pool_walk_next(&picker->walk)) {
            picker->walked = true;
            if (picker->n_cooling > 1) {
                qsort(picker->cooling, picker->n_cooling, sizeof *picker->cooling, compare_cooling);
            }
        } else if (is_free_here(picker)) {
            *pick = (struct pick){.slot = picker->walk.slot};
            memcpy(pick->ext, picker->walk.ext, sizeof pick->ext);
            if (pick->slot) {
                number_picker_take(picker, pick->slot);
            }
            return true;
        }
    }
    if (next_unseen(picker, pick)) {
        return true;
    }
    while (picker->next_cooling < picker->n_cooling) {
        const struct slot *slot = picker->cooling[picker->next_cooling++];
        if (!*mark_of(picker, slot)) {
            *pick = (struct pick){.slot = slot, .cooling = true};
            memcpy(pick->ext, slot->ext, sizeof pick->ext);
            number_picker_take(picker, slot);
            return true;
        }
    }
    return false;
}

void number_picker_spare(struct number_picker *picker, struct plan *plan)
{
    size_t wanted = 0;
    for (size_t i = 0; i < plan->n_changes && wanted < SPARES_MAX; i++) {
        wanted += plan->changes[i].chosen;
    }
    if (wanted == 0 || plan->snapshot->n_slots == 0) {
        return;
    }
    wanted += PLAN_CHOICES_MAX - 1;
    plan->spares = mem_array(wanted, sizeof *plan->spares);
    struct pick pick;
    while (plan->n_spares < wanted && number_picker_next(picker, &pick)) {
        /* What has no record, or a damaged one, has a change of its own in the plan. */
        if (pick.slot && slot_is_sound(pick.slot)) {
            plan->spares[plan->n_spares++] = pick.slot;
        }
    }
}

const char *pick_reason(const struct pick *pick)
{
    if (pick->unseen) {
        return "lowest free that the store did not show";
    }
    return pick->cooling ? "was cooling, nothing else is free" : "lowest free";
}
