#include "core/plan/candidates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* ---- the pass ------------------------------------------------------------------------------ */

static enum candidate_class class_of(const struct plan_input *input, const struct slot *slot)
{
    switch (policy_state(input->policy, slot, input->now_s)) {
    case EXT_FREE:
        return CANDIDATE_FREE;
    case EXT_COOLING:
        return CANDIDATE_COOLING;
    case EXT_ASSIGNED:
        return CANDIDATE_HELD;
    case EXT_RESERVED:
        return CANDIDATE_RESERVED;
    case EXT_ABSENT:
    case EXT_BLOCKED:
    case EXT_STATE_COUNT:
        break;
    }
    return CANDIDATE_CLASSES;
}

void candidates_init(struct candidates *candidates, const struct plan_input *input,
                     const char *near)
{
    size_t n[CANDIDATE_CLASSES + 1] = {0};
    const struct snapshot *snapshot = input->snapshot;
    uint8_t *classes = mem_array(snapshot->n_slots + 1, sizeof *classes);
    *candidates = (struct candidates){.snapshot = snapshot};
    snprintf(candidates->near, sizeof candidates->near, "%s", near ? near : "");
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        classes[i] = (uint8_t)class_of(input, &snapshot->slots[i]);
        n[classes[i]]++;
    }
    for (int k = 0; k < CANDIDATE_CLASSES; k++) {
        candidates->lists[k].slots = mem_array(n[k] + 1, sizeof(uint32_t));
    }
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        if (classes[i] < CANDIDATE_CLASSES) {
            struct candidate_list *list = &candidates->lists[classes[i]];
            list->slots[list->n++] = (uint32_t)i;
        }
    }
    free(classes);
    candidates_narrow(candidates, "");
}

void candidates_release(struct candidates *candidates)
{
    for (int k = 0; k < CANDIDATE_CLASSES; k++) {
        free(candidates->lists[k].slots);
    }
    *candidates = (struct candidates){0};
}

/* ---- what begins so ------------------------------------------------------------------------ */

static const char *ext_at(const struct candidates *candidates, const struct candidate_list *list,
                          size_t place)
{
    return candidates->snapshot->slots[list->slots[place]].ext;
}

/* The first place in [from, to) whose number is not below the text, by its first `length` bytes;
   `after`: that is above it. */
static size_t bound(const struct candidates *candidates, const struct candidate_list *list,
                    const char *text, size_t length, bool after)
{
    size_t from = 0;
    size_t to = list->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strncmp(ext_at(candidates, list, middle), text, length);
        if (order < 0 || (after && order == 0)) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

void candidates_narrow(struct candidates *candidates, const char *digits)
{
    candidates->narrowed = *digits != '\0';
    size_t length = strlen(digits);
    candidates->n = 0;
    for (int k = 0; k < CANDIDATE_CLASSES; k++) {
        struct candidate_list *list = &candidates->lists[k];
        list->from = bound(candidates, list, digits, length, false);
        list->to = bound(candidates, list, digits, length, true);
        candidates->n += list->to - list->from;
    }
}

static size_t candidates_count(const struct candidates *candidates, enum candidate_class class)
{
    return candidates->lists[class].to - candidates->lists[class].from;
}

/* ---- the order ----------------------------------------------------------------------------- */

static uint32_t number_of(const char *ext)
{
    return (uint32_t)strtoul(ext, NULL, 10);
}

/* How far apart two numbers are. */
static uint32_t distance(const char *a, const char *b)
{
    uint32_t left = number_of(a);
    uint32_t right = number_of(b);
    return left < right ? right - left : left - right;
}

/* The place in the list of its `rank`th nearest number. Of two that are as near the lower comes
   first. */
static size_t nearest(const struct candidates *candidates, const struct candidate_list *list,
                      const char *near, size_t rank)
{
    size_t right = bound(candidates, list, near, EXT_ROOM, false);
    right = right < list->from ? list->from : right > list->to ? list->to : right;
    size_t left = right; /* one above the next on that side */
    size_t place = list->from;
    for (size_t i = 0; i <= rank; i++) {
        bool lower = left > list->from &&
                     (right == list->to || distance(ext_at(candidates, list, left - 1), near) <=
                                               distance(ext_at(candidates, list, right), near));
        place = lower ? --left : right++;
    }
    return place;
}

const struct slot *candidates_at(const struct candidates *candidates, size_t place,
                                 enum candidate_class *class)
{
    for (int k = 0; k < CANDIDATE_CLASSES; k++) {
        const struct candidate_list *list = &candidates->lists[k];
        size_t n = list->to - list->from;
        if (place < n) {
            size_t found = candidates->near[0] ? nearest(candidates, list, candidates->near, place)
                                               : list->from + place;
            if (class) {
                *class = (enum candidate_class)k;
            }
            return &candidates->snapshot->slots[list->slots[found]];
        }
        place -= n;
    }
    return NULL;
}

const struct slot *candidates_nearest_free(const struct candidates *candidates, const char *ext)
{
    struct candidate_list all = candidates->lists[CANDIDATE_FREE];
    all.from = 0;
    all.to = all.n;
    return all.n == 0 ? NULL
                      : &candidates->snapshot->slots[all.slots[nearest(candidates, &all, ext, 0)]];
}

/* ---- words --------------------------------------------------------------------------------- */

void candidates_says(const struct candidates *candidates, char *out, size_t size)
{
    static const char *const names[CANDIDATE_CLASSES] = {"free", "cooling", "held", "reserved"};
    size_t used = 0;
    out[0] = '\0';
    for (int k = 0; k < CANDIDATE_CLASSES && used < size; k++) {
        char number[TEXT_NUMBER_ROOM];
        size_t n = candidates_count(candidates, (enum candidate_class)k);
        if (n > 0) {
            used += (size_t)snprintf(out + used, size - used, "%s%s %s", used ? ", " : "",
                                     text_number(n, number), names[k]);
        }
    }
    if (used < size) {
        const char *some = candidates->narrowed ? " begin so" : "";
        snprintf(out + used, size - used, "%s", used ? some : "no number begins so");
    }
}

/* ---- a number that is taken ------------------------------------------------------------------ */

const char *taking_fault(enum taking taking, const struct taken *taken)
{
    if (taking == TAKING_NEAREST) {
        return taken->free ? NULL : "no number is free";
    }
    if (taken->slot->note) {
        return "pinned: unpin first";
    }
    return taking == TAKING_SWAP && !taken->holds ? "no number to give in return" : NULL;
}

size_t taking_requests(enum taking taking, const struct taken *taken,
                       struct request out[TAKING_REQUESTS_MAX])
{
    const struct request moved = {.kind = taken->holds ? CHANGE_REASSIGN : CHANGE_ASSIGN,
                                  .agent = taken->agent,
                                  .ext = taken->slot->ext};
    if (taking_fault(taking, taken)) {
        return 0;
    }
    out[0] = moved;
    switch (taking) {
    case TAKING_SWAP:
        out[0].ext = NULL;
        out[0].swap = true;
        out[0].other = taken->slot->agent;
        return 1;
    case TAKING_OVER:
        out[1] = (struct request){.kind = CHANGE_REASSIGN, .agent = taken->slot->agent};
        return 2;
    case TAKING_NEAREST:
        out[0].ext = taken->free;
        return 1;
    case TAKINGS:
        break;
    }
    return 0;
}
