#ifndef CORE_PLAN_AUDIT_H
#define CORE_PLAN_AUDIT_H

/*
 * The audit trail: who, when, what, why, under one action id per action. A store writes one record
 * per batch, in the same transaction as the changes it records, as JSON text made here; the
 * records of one action put together are one `struct audit_action`.
 *
 * A change's JSON is {"change","extension","agent","from","to","why","group"} without the members
 * that are not set. A reserve and a set also have "target","until","fallback": what they are from then
 * on. "was" is what the slot was before (of an exempt or unexempt: the exemption), so that an undo gives
 * all of it back:
 * {"state","at","agent","note","by","given_back","target","until","arn","source","fallback"}, the
 * state only of a reservation. A reassign has "from_was" as well, the same of the extension that the
 * agent had. Numbers that are created stand as ranges:
 * {"change":"create","from":"0000","to":"0098"}; such a change has no ext in the history, only from
 * and to.
 */

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/plan/plan.h"

/* "20261122T203201123Z-k3f9q2": time (UTC, ms) and 30 random bits. Sorts by time. */
#define AUDIT_ID_ROOM 32
void audit_action_id(int64_t at_ms, char out[AUDIT_ID_ROOM]);

/* The time inside an action id; false for anything else. */
bool audit_id_time(const char *action_id, int64_t *at_ms);

/* What one recorded change says. Strings live in the history's arena. */
struct audit_change {
    enum change_kind kind;
    const char *ext;
    const char *agent;
    const char *from;
    const char *to;
    const char *why;
    uint32_t group;
    int64_t at_ms; /* when its record was written, as far as the store tells: else when it began */
    int64_t order; /* of its record */
    struct slot calls; /* reserve, set: target, until_s and own->fallback that the change left */
    /* What the (new) extension was before, as far as it was recorded; ext is not set. The state is
       SLOT_RESERVED or not said (SLOT_ABSENT); the agent is not said if it is that of the change. */
    struct slot was;
    struct slot from_was; /* reassign: of the extension that the agent had */
};

/* Whether the change makes an agent exempt, or ends that, and names them. */
bool audit_is_exemption(const struct audit_change *change);

/* How many numbers the change is about: those of its range, else one. */
size_t audit_change_numbers(const struct audit_change *change);
/* The same of all of them, by kind. */
void audit_count_changes(const struct audit_change *changes, size_t n,
                         size_t counts[CHANGE_KIND_COUNT]);

/* The short name of who acted: "lee" of a role's session, "kim@desk7" of "kim@desk7 from
   192.0.2.7". A longer one is cut. */
#define AUDIT_NAME_MAX 128
void audit_actor_name(const char *actor, char out[AUDIT_NAME_MAX]);

/* Which face an action came through. VIA_TIMER: a headless run that nobody sat at. */
#define AUDIT_VIA_LIST(X)                                                                          \
    X(VIA_CONSOLE, "console")                                                                      \
    X(VIA_COMMAND, "command")                                                                      \
    X(VIA_TIMER, "timer")                                                                          \
    X(VIA_LAMBDA, "lambda")

enum audit_via {
    VIA_UNKNOWN, /* a record of an older version does not say it */
#define AUDIT_VIA_ENUM(id, name) id,
    AUDIT_VIA_LIST(AUDIT_VIA_ENUM)
#undef AUDIT_VIA_ENUM
};

const char *audit_via_name(enum audit_via via);   /* NULL: VIA_UNKNOWN */
enum audit_via audit_via_parse(const char *name); /* NULL is fine */

/* Whose an action is and what it was done for. NULL: not known, or not set. */
struct audit_origin {
    const char *user; /* the person and the machine: "kim@desk7" */
    enum audit_via via;
    const char *ticket;
    const char *undoes;    /* the id of the action that this one takes back */
    const char *plan_file; /* the digest of the plan file that was applied */
};

struct audit_action {
    const char *action_id;
    int64_t at_ms; /* when it began */
    int64_t order; /* of its last record */
    const char *actor;
    struct audit_origin origin;
    const char *action;
    struct audit_change *changes; /* none if the history has counts only */
    size_t n_changes;
    size_t counts[CHANGE_KIND_COUNT]; /* of the numbers, by kind */
    size_t planned;                   /* how many changes it set out to make; 0: not known */
};

struct history {
    struct arena arena;
    bool by_time;     /* `order` is a time: clocks that differ a little have the last word */
    bool cut;         /* the oldest of these actions may have more records, which were not read */
    bool counts_only; /* set before the first history_add: the changes are counted and not kept */
    struct audit_action *actions; /* newest first */
    size_t n_actions;
    size_t capacity;
};

struct history *history_new(void);
void history_free(struct history *history);

/* Who did it, for people: the user, or the actor if the record names no user. Never NULL. */
const char *audit_who(const struct audit_action *action);

/* The JSON array of the changes [first, first+n) of the plan that have result `done` (or, with
   `planned_too`, that are still planned: a record that is written in the same transaction).
   Returns how many elements it has. */
size_t audit_encode(const struct plan *plan, size_t first, size_t n, bool planned_too,
                    struct buf *out);

/* A record as a store has it. */
struct audit_record {
    const char *action_id;
    int64_t at_ms;      /* when the action began */
    int64_t written_ms; /* when the record was written; 0: not known */
    int64_t order;      /* later ones have more: the sequence, or the time if there is none */
    const char *actor;
    struct audit_origin origin;
    const char *action;
    const char *changes; /* JSON */
    size_t planned;      /* of the whole action, not of this record alone; 0: not known */
    const char *place;   /* where it stands in the trail: the store's own words; NULL: not asked */
};

/* Adds a record to the history: a new action, or further changes of the one that has this id; the
   first record tells when it began. Copies the texts. ERR_INPUT if `changes` is not what
   audit_encode writes. */
enum err_code history_add(struct history *history, const struct audit_record *record,
                          struct err *err) ERR_CHECK;

/* Newest first. Call after the last history_add. */
void history_seal(struct history *history);

/* Times of two records that are nearer than this do not tell which one was first. */
#define AUDIT_CLOSE_MS 5000

/* The same if `order` is milliseconds of clocks that differ a little: of two actions within five
   seconds that changed the same extension, the one that found what the other left is the newer. */
void history_seal_by_time(struct history *history);

/* The inverse of a recorded action on today's snapshot: what moved on since is left out, with a
   note and as a change with result `conflict`. core/plan/undo.c */
enum err_code plan_undo(const struct plan_input *input, const struct audit_action *action,
                        struct plan **out, struct err *err) ERR_CHECK;

#endif
