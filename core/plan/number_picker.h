#ifndef CORE_PLAN_NUMBER_PICKER_H
#define CORE_PLAN_NUMBER_PICKER_H

/*
 * The rule by which numbers are assigned: the lowest free one; a cooling one only when nothing
 * else is left, and then the one that has cooled longest. A number of the ranges that is not in the
 * store is free, and its assignment creates it. If the snapshot does not say what is in the store (an
 * index that lags), the numbers that it does not show come after the free ones that it shows: the
 * write's condition finds out whether they are free. Each group has its own ranges, and with groups
 * GROUP_NONE means the pool for the others. For the files of core/plan only.
 *
 *     struct number_picker picker;
 *     number_picker_init(&picker, input);
 *     number_picker_take(&picker, slot);              what is spoken for already
 *     while (more && number_picker_next(&picker, group, &pick)) { ... }
 *     number_picker_release(&picker);
 *
 * Linear over all calls together; the cooling ones are sorted when the free ones are used up.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan/plan.h"
#include "core/base/strmap.h"

/* All numbers of the ranges in order, each with its slot; of a partial snapshot those in it. */
struct pool_walk {
    const struct policy *policy;
    const struct snapshot *snapshot;
    bool of_group; /* only the ranges of `group` */
    uint16_t group;
    size_t range;
    size_t next_slot;
    char ext[EXT_ROOM];      /* "" before the first step */
    const struct slot *slot; /* NULL: the snapshot does not have it */
};
void pool_walk_init(struct pool_walk *walk, const struct plan_input *input);
bool pool_walk_next(struct pool_walk *walk);

/* ERR_CONFIG if more numbers of the ranges are missing than a plan may create. */
enum err_code check_numbers_to_create(const struct plan_input *input, struct err *err) ERR_CHECK;

struct pick {
    char ext[EXT_ROOM];
    const struct slot *slot; /* NULL: the number is made by its first assignment */
    bool cooling;
    bool unseen; /* the snapshot does not show it, and may be wrong about that */
};

/* The numbers of one group, or the pool for the others. */
struct picker_lane {
    struct pool_walk walk;
    bool walked;       /* all free ones are given out */
    bool walks_unseen; /* the walk goes over the numbers that the snapshot does not show */
    const struct slot **cooling;
    size_t n_cooling, cooling_capacity, next_cooling;
};

struct number_picker {
    const struct plan_input *input;
    bool makes_numbers; /* numbers without a slot are available */
    bool *taken;        /* by index of the slot */
    struct strmap taken_absent;
    struct picker_lane *lanes; /* by group, those of no group last */
};

/* Whether what the snapshot does not show can be created: it says all there is, or nothing is. */
bool input_makes_numbers(const struct plan_input *input);

void number_picker_init(struct number_picker *picker, const struct plan_input *input);
void number_picker_release(struct number_picker *picker);

/* Not to be assigned by number_picker_next. `ext` must outlive the picker. */
void number_picker_take(struct number_picker *picker, const struct slot *slot);
void number_picker_take_absent(struct number_picker *picker, const char *ext);
bool number_picker_is_taken(const struct number_picker *picker, const struct slot *slot);

/* Whether the slot may be assigned at all: free or cooling, in the ranges, not blocked, not
   taken. */
bool number_picker_allows(const struct number_picker *picker, const struct slot *slot);

/* The same, and the group's own. */
bool number_picker_allows_in(const struct number_picker *picker, const struct slot *slot,
                             uint16_t group);

/* The next number of the group, which is taken then; false when none is left. */
bool number_picker_next(struct number_picker *picker, uint16_t group, struct pick *pick);
/* The same of those that the snapshot shows as free and that do not cool. */
bool number_picker_next_free(struct number_picker *picker, uint16_t group, struct pick *pick);
/* A number that was picked is nobody's again. It is not picked a second time. */
void number_picker_drop(struct number_picker *picker, struct pick *pick);

/* Gives the plan spares for changes whose number another takes while they are written. Last, because
   they count as taken afterwards. */
void number_picker_spare(struct number_picker *picker, struct plan *plan);

/* Why it is this one, for people: "lowest free". */
const char *pick_reason(const struct pick *pick);

#endif
