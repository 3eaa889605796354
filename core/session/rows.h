#ifndef CORE_SESSION_ROWS_H
#define CORE_SESSION_ROWS_H

/*
 * What lists and the screen show of a snapshot and a roster. Pure.
 */

#include "core/pool/group.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"

/* The agent's standing for lists: what `state` in --list agents says. AGENT_FOREIGN: a holder of a
   source that was not read, or of unknown origin (core/plan/scope.h): a sync leaves them alone.
   In order of attention, least first. */
enum agent_state { AGENT_ASSIGNED, AGENT_FOREIGN, AGENT_EXEMPT, AGENT_NEW, AGENT_STALE };
const char *agent_state_name(enum agent_state state);

/* Agents of the directory and holders that left, joined with what they hold, sorted by login. */
struct agent_row {
    const char *login;
    const char *name; /* may be NULL */
    const char *routing_profile;
    const struct agent
        *agent;              /* of several entries the one of the holder's source; NULL: not in the
                                  directory, or it was not read */
    const struct slot *slot; /* NULL: holds none */
    enum agent_state state;
    uint16_t group; /* of `agent` */
};

/* The group of the agent; of somebody who is in no directory that of the number. An index of the
   policy's groups, GROUP_NONE or GROUP_UNKNOWN. */
uint16_t agent_row_group(const struct policy *policy, const struct agent_row *row);
/* Its name: "London"; "?" if that hangs on something that was not read; NULL: none. */
const char *agent_row_group_name(const struct policy *policy, const struct agent_row *row);
/* Where the holder comes from, else where the directory has the agent from (slot_source; not
   terminated). NULL: not known. `roster` may be NULL. */
const char *agent_row_source(const struct roster *roster, const struct agent_row *row,
                             size_t *length);

struct agent_rows {
    struct agent_row *rows;
    size_t n_rows;
    size_t n_new, n_stale, n_exempt, n_foreign;
    const struct scope *scope; /* what they were judged by; NULL: no roster */
    bool moved; /* of agent_rows_update: rows came or went, so that others have other places */
};
/* In `arena`; the rows point into snapshot and roster. `roster` NULL: holders only, all `assigned`.
   An exempt agent who holds a number all the same is `assigned`. If the roster is partial, nobody is
   stale. Of a roster that nobody described (more of it is to come), no agent is foreign. */
void agent_rows_join(const struct snapshot *snapshot, const struct roster *roster,
                     const struct policy *policy, struct arena *arena, struct agent_rows *out);

/* Leaves the rows of that group, and counts them. */
void agent_rows_narrow(struct agent_rows *rows, const struct policy *policy, const char *group);

/* The first row of the agent, by binary search; NULL if there is none. */
const struct agent_row *agent_rows_find(const struct agent_rows *rows, const char *login);

/*
 * The same for a snapshot that was made from the one of `before` (snapshot_with), with the same
 * roster, at the cost of what changed. False if the numbers or the exempt agents are not the same ones,
 * or if a holder of another source came or went: then join.
 */
struct agent_rows_change {
    const struct agent_rows *before;
    const struct snapshot *old, *now;
    const struct roster *roster;
    const struct policy *policy;
    void (*gone)(void *context,
                 const struct agent_row *row); /* a row of `before` that is no more */
    void (*came)(void *context, const struct agent_row *row); /* a row that is new */
    void *context;
};
bool agent_rows_update(const struct agent_rows_change *change, struct arena *arena,
                       struct agent_rows *out);

/* How many extensions are in each state, those outside the ranges too; EXT_ABSENT: how many numbers
   of the ranges are not made yet. */
void snapshot_tally(const struct snapshot *snapshot, const struct policy *policy, int64_t now_s,
                    uint64_t counts[EXT_STATE_COUNT]);

/* The same counts, with what tells how long they hold. */
struct tally {
    uint64_t counts[EXT_STATE_COUNT];
    size_t n_pinned;
    int64_t until_s; /* when the first cool-down ends; from then on the counts are wrong */
};

void tally_count(const struct snapshot *snapshot, const struct policy *policy, int64_t now_s,
                 struct tally *out);

/* The same for a snapshot that was made from `old`, whose tally is in `tally` and still holds, and
   that has the same numbers. */
void tally_update(struct tally *tally, const struct snapshot *old, const struct snapshot *now,
                  const struct policy *policy, int64_t now_s);

#endif
