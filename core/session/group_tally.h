#ifndef CORE_SESSION_GROUP_TALLY_H
#define CORE_SESSION_GROUP_TALLY_H

/*
 * How full each group is: its numbers by state, and whether few of them are left. Pure.
 */

#include "core/base/arena.h"
#include "core/pool/group.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"

struct group_tally {
    const char *name;  /* of the policy; NULL: the pool for those of no group */
    const char *first; /* its first range, as it is sorted: this number to */
    const char *last;  /* that one */
    size_t n_ranges;
    uint64_t total; /* numbers of its ranges */
    uint64_t counts[EXT_STATE_COUNT];
    struct pool_level level;
};

struct group_tallies {
    struct group_tally *items; /* in the order of the policy, the pool for the others last */
    size_t n;                  /* 0: the policy has no groups */
};

/* In `arena`; the names are those of the policy. Numbers outside of all ranges are in none. */
void group_tallies_count(const struct snapshot *snapshot, const struct policy *policy,
                         int64_t now_s, struct arena *arena, struct group_tallies *out);

/* The same for a snapshot that was made from `old`, whose tallies are `before` and still hold, and that
   has the same numbers. */
struct group_tallies_change {
    const struct group_tallies *before;
    const struct snapshot *old, *now;
    const struct policy *policy;
    int64_t now_s;
};
void group_tallies_update(const struct group_tallies_change *change, struct arena *arena,
                          struct group_tallies *out);

#endif
