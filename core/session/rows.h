#ifndef CORE_SESSION_ROWS_H
#define CORE_SESSION_ROWS_H

/*
 * What lists and the screen show of a snapshot and a roster. Pure.
 */

#include "core/pool/model.h"
#include "core/pool/policy.h"

/* The agent's standing for lists: what `state` in --list agents says. */
enum agent_state { AGENT_ASSIGNED, AGENT_NEW, AGENT_STALE };
const char *agent_state_name(enum agent_state state);

/* Agents of the directory and holders that left, joined with what they hold, sorted by login. */
struct agent_row {
    const char *login;
    const char *name; /* may be NULL */
    const char *routing_profile;
    const struct slot *slot; /* NULL: holds none */
    enum agent_state state;
};
struct agent_rows {
    struct agent_row *rows;
    size_t n_rows;
    size_t n_new, n_stale;
};
/* In `arena`; the rows point into snapshot and roster. `roster` NULL: holders only, all `assigned`.
 */
void agent_rows_join(const struct snapshot *snapshot, const struct roster *roster,
                     struct arena *arena, struct agent_rows *out);

/* How many extensions are in each state, those outside the ranges too; EXT_ABSENT: how many numbers
   of the ranges are not made yet. */
void snapshot_tally(const struct snapshot *snapshot, const struct policy *policy, int64_t now_s,
                    uint64_t counts[EXT_STATE_COUNT]);

#endif
