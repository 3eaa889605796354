#ifndef CORE_POOL_POLICY_H
#define CORE_POOL_POLICY_H

/*
 * The rules of the pool (README, "Configuration", section [policy]): which numbers it has, which
 * are never assigned, how long a returned one cools, how much one plan may release, and when the
 * pool is low.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/pool/model.h"

#define POLICY_RANGES_MAX 256
#define POLICY_BLOCKED_MAX 256
#define POLICY_EXEMPT_MAX 32
#define POLICY_PATTERN_ROOM 64

struct ext_range {
    char first[EXT_ROOM];
    char last[EXT_ROOM]; /* included */
    uint16_t group;      /* index of the policy's groups; GROUP_NONE: of the pool for the others */
};

/* How many people one plan may take a number from: a count, or a share of those who hold one. */
struct release_limit {
    bool percent;
    int64_t value;
    int64_t floor; /* this many are always allowed */
    bool given;    /* for this run, with --max-release: it lifts what else would be refused */
};

/* The pool is low if fewer numbers are left: a count, or a share of the pool. 0: never. */
struct low_water {
    bool percent;
    int64_t value;
};

struct group;

struct policy {
    int width;
    struct ext_range
        ranges[POLICY_RANGES_MAX]; /* sorted, not overlapping; those of all groups too */
    size_t n_ranges;
    char blocked[POLICY_BLOCKED_MAX][EXT_ROOM]; /* prefixes */
    size_t n_blocked;
    int64_t cooldown_s;
    struct release_limit limit;
    int64_t audit_keep_s; /* how long audit records are kept */
    struct low_water low_water;
    char exempt[POLICY_EXEMPT_MAX][POLICY_PATTERN_ROOM]; /* core/pool/exempt.h */
    size_t n_exempt;
    const char *exempt_at;      /* where the configuration says so ("config:12"), or NULL */
    const struct group *groups; /* core/pool/group.h; their ranges are in `ranges` */
    size_t n_groups;            /* 0: everybody is given any number */
};

/* The states that people see. */
#define EXT_STATES(X)                                                                              \
    X(EXT_ABSENT, "absent")                                                                        \
    X(EXT_FREE, "free")                                                                            \
    X(EXT_COOLING, "cooling")                                                                      \
    X(EXT_ASSIGNED, "assigned")                                                                    \
    X(EXT_RESERVED, "reserved")                                                                    \
    X(EXT_BLOCKED, "blocked")

enum ext_state {
#define X(state, name) state,
    EXT_STATES(X)
#undef X
        EXT_STATE_COUNT
};

const char *ext_state_name(enum ext_state state);

/* The states of a number that is there, in the order in which counts of them are told. */
#define EXT_STATES_TOLD (EXT_STATE_COUNT - 1)
extern const enum ext_state ext_states_told[EXT_STATES_TOLD];

/* width 4, 0000-9999, blocked 911 112 999 000, 7 days, 10 % but 5 always, 400 days of audit, low
   below 5 %. */
void policy_default(struct policy *policy);

/* "0000-9999", "2000-2999, 7100-7199, 8000"; commas or blanks. Every number as wide as `width`;
   overlapping ranges are an error. An empty list is an error. */
enum err_code policy_set_ranges(struct policy *policy, const char *list, struct err *err) ERR_CHECK;
/* Adds those of a list to the ranges, for that group (GROUP_NONE: for the others). Whether they overlap
   policy_overlap tells. */
enum err_code policy_add_ranges(struct policy *policy, uint16_t group, const char *list,
                                struct err *err) ERR_CHECK;
/* The first of two ranges in a row that share a number; NULL: there are none. */
const struct ext_range *policy_overlap(const struct policy *policy);
/* "911 112" prefixes of at most `width` digits; an empty list blocks nothing. */
enum err_code policy_set_blocked(struct policy *policy, const char *list,
                                 struct err *err) ERR_CHECK;
/* "25" or "10%". */
enum err_code release_limit_parse(struct release_limit *limit, const char *text,
                                  struct err *err) ERR_CHECK;

/* "25" or "5%". */
enum err_code low_water_parse(struct low_water *low, const char *text, struct err *err) ERR_CHECK;

bool policy_valid_ext(const struct policy *policy, const char *ext); /* digits, width */
bool policy_in_ranges(const struct policy *policy, const char *ext);
/* The range that holds the number; NULL: none. */
const struct ext_range *policy_range_of(const struct policy *policy, const char *ext);
bool policy_is_blocked(const struct policy *policy, const char *ext);
uint64_t policy_size(const struct policy *policy); /* numbers in the ranges */
uint64_t range_size(const struct ext_range *range);
/* Whether each number of the range begins with a blocked prefix. */
bool policy_blocks_all(const struct policy *policy, const struct ext_range *range);

/* ---- of one group: its own value, else that of the policy; `group` as in struct ext_range ---- */

uint64_t policy_size_of(const struct policy *policy, uint16_t group);
int64_t policy_cooldown_of(const struct policy *policy, uint16_t group);
/* That of this run counts for all groups. */
const struct release_limit *policy_limit_of(const struct policy *policy, uint16_t group);
/* Whether agents of no group are given numbers. */
bool policy_serves_others(const struct policy *policy);

/* ---- of one group: its own value, else that of the policy; `group` as in struct ext_range ---- */

uint64_t policy_size_of(const struct policy *policy, uint16_t group);
int64_t policy_cooldown_of(const struct policy *policy, uint16_t group);
/* That of this run counts for all groups. */
const struct release_limit *policy_limit_of(const struct policy *policy, uint16_t group);
/* Whether agents of no group are given numbers. */
bool policy_serves_others(const struct policy *policy);

/* How many numbers of the ranges the snapshot does not show. */
uint64_t policy_missing(const struct policy *policy, const struct snapshot *snapshot);

/* What the slot is for people, at that time: what a planner would say. A free number that is outside
   of the ranges is blocked: the policy never hands it out. */
enum ext_state policy_state(const struct policy *policy, const struct slot *slot, int64_t now_s);

/* How full the pool is. */
struct pool_level {
    uint64_t size;  /* numbers that are assigned, or can be: all but the blocked ones */
    uint64_t left;  /* that rest from nobody: free, or not made yet */
    uint64_t limit; /* the pool is low if fewer are left */
    bool low;
    bool exhausted; /* none is left, and none cools that could be used instead */
};
/* Of the counts by state (core/session/rows.h), EXT_ABSENT being the numbers that are not made yet. */
struct pool_level policy_level(const struct policy *policy, const uint64_t counts[EXT_STATE_COUNT]);
/* The same of one group, by its own low water mark if it has one; of no group, by the policy's. */
struct pool_level policy_level_of(const struct policy *policy, uint16_t group,
                                  const uint64_t counts[EXT_STATE_COUNT]);

/* When a cooling slot stops cooling, by the cool-down of the number's group. One whose time is damaged begins to cool when it is repaired:
   at the earliest now. */
int64_t policy_cool_until_s(const struct policy *policy, const struct slot *slot, int64_t now_s);

/* Walks the numbers of the ranges in order: `ext` "" starts; false at the end. */
bool policy_next_ext(const struct policy *policy, char ext[EXT_ROOM]);

/* How many releases the count or share itself comes to, out of this many holders. */
int64_t release_limit_bare(const struct release_limit *limit, int64_t holders);
/* The same, and no fewer than the floor. */
int64_t release_limit_allows(const struct release_limit *limit, int64_t holders);

#endif
