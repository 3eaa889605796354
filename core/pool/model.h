#ifndef CORE_POOL_MODEL_H
#define CORE_POOL_MODEL_H

/*
 * The things the program is about: extensions, agents, and immutable pictures of both.
 *
 * An extension is text of fixed width with leading zeros, never a number. For every extension a
 * store knows one `struct slot`. A `struct snapshot` is all slots of a store at one moment, sorted
 * by extension, in one arena; a `struct roster` (core/pool/roster.h) is all agents of the directories. Both are immutable once they are published and counted by reference, so that a plan, the screen
 * and the worker can hold the same one: snapshot_ref, snapshot_unref (safe from every thread).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/pool/roster.h"

#define EXT_WIDTH_MIN 2
#define EXT_WIDTH_MAX 8
#define EXT_ROOM (EXT_WIDTH_MAX + 1)
#define LOGIN_MAX 128 /* bytes */
#define NAME_MAX_BYTES 512
#define NOTE_MAX 256 /* bytes */

/* ---- one extension ----------------------------------------------------------------------- */

/* What the store says. Cooling and blocked are free slots that the policy judges (policy.h). */
enum slot_state {
    SLOT_ABSENT, /* the store has no record of it */
    SLOT_FREE,
    SLOT_ASSIGNED,
    SLOT_RESERVED /* an operator took it out of the pool */
};

/* The records behind a slot. A sound slot has exactly one; a table that was written without
   conditions can have several, or one that the index does not show. */
#define RECORD_FREE 1u   /* a free item that the index shows */
#define RECORD_LEAKED 2u /* a free item without sk_value: no reader can find it */
#define RECORD_ASSIGNED 4u
#define RECORD_RESERVED 8u

/* What belongs to an agent and goes with them to another extension. Each may be NULL. */
struct belongings {
    const char *arn;      /* the Amazon Connect user's */
    const char *source;   /* the name of the named file that lists the agent */
    const char *fallback; /* where a call goes that the agent does not take */
};

/* Attributes of a record that are not written as this program writes them. */
struct as_read {
    const char *attributes; /* for the store's own conditions; nobody else reads it */
    const char *unsafe;     /* names of those that the old reader cannot hand on to a contact flow,
                               which takes text only: "since, site"; NULL: none */
    bool mendable;          /* some of those are this program's own: a rewrite makes them text */
};

/* Whether the time of a slot can be believed (core/pool/stamps.h). */
enum slot_time {
    TIME_SOUND,
    TIME_STANDS, /* the clock cannot be trusted now: its cool-down, or the reservation, does not end in
                    this run */
    TIME_DAMAGED /* it was stamped while a clock was wrong: a free number cools until a repair has
                    given it a new time */
};

struct slot {
    char ext[EXT_ROOM];
    uint8_t state;   /* enum slot_state; of several records, assigned wins, then reserved */
    uint8_t records; /* RECORD_... */
    uint8_t time;    /* enum slot_time: what at_s is worth */
    int64_t at_s; /* assigned, reserved: since when; free: when it was given back; 0: not known */
    const char *agent; /* assigned: the holder's login; free, reserved: who held it last, or NULL */
    const char *note;  /* assigned: the note of the pin, NULL if not pinned; reserved: the note */
    const char *by;    /* who did it, or NULL. An assigned slot with at_s == 0 was written by the
                          program before ours and waits to be adopted */
    int64_t given_back_s;          /* reserved: the at_s that it had when it was free */
    const char *target;            /* reserved: where a call to it goes (target.h), or NULL */
    int64_t until_s;               /* reserved: when it comes back by itself; 0: never */
    const struct belongings *own;  /* assigned: what belongs to the holder; NULL: nothing */
    const struct as_read *as_read; /* NULL: written as this program writes it */
};

/* `agent#alice holds 0042`, kept beside the slots if a store cannot enforce it otherwise. */
struct claim {
    const char *agent;
    char ext[EXT_ROOM];
};

/* An agent of whom somebody said that they need no extension. */
struct exempt {
    const char *agent;
    const char *note; /* NULL: none */
    const char *by;   /* who said it, or NULL */
    int64_t since_s;  /* 0: not known */
};

/* A record that nobody understands; reported, never touched. */
struct unknown_item {
    const char *key;
    const char *detail;
};

/* The time that a store goes by (core/pool/stamps.h). */
struct pool_time {
    int64_t at_ms;    /* what it was when the store was read; 0: the machine's clock tells */
    int64_t ticks_ms; /* clock_ticks_ms() then */
    bool stands;      /* the machine's clock is behind the records: at_ms holds for the whole run */
    int64_t machine_s; /* with `stands`: what the machine's clock said */
    const char *note;  /* what people should know about it, or NULL */
};

/* How many records of the audit trail are of one month. */
struct trail_month {
    const char *month; /* "2099-01" */
    size_t n_records;
};

/* What a consistent read (the doctor's) finds in the audit trail. */
struct trail {
    size_t n_records;
    size_t n_expired;     /* expired ones, if the store does not remove them itself */
    int64_t expired_by_s; /* ... by then */
    struct trail_month
        *ahead; /* records that are stamped more than a day ahead of the time in use */
    size_t n_ahead;
    bool clock_trusted; /* something keeps the machine's clock right: if the records contradict it,
                           a repair may take its word */
};

/* Where a store and its trail stood when a snapshot was read. Only the store that set it reads it. */
struct snapshot_mark {
    uint64_t opened; /* which opening of the store; 0: it says nothing */
    int64_t sequence;
    int64_t version;
    int64_t writes;
};

struct snapshot {
    struct arena arena;
    struct slot *slots; /* sorted by ext, one each */
    size_t n_slots;
    struct claim
        *claims; /* sorted by agent; without `consistent` those of agents with two numbers */
    size_t n_claims;
    struct exempt *exempts; /* sorted by agent; of a `partial` one those that were asked for */
    size_t n_exempts;
    struct unknown_item *unknown_items; /* only with `consistent` */
    size_t n_unknown_items;
    bool consistent;   /* everything was read with strong consistency (doctor) */
    bool keeps_claims; /* the store has claims; with `consistent` they are all in `claims` */
    bool exact;        /* what is not here is not in the store; false if an index may lag */
    bool partial;      /* only the rows that were asked for (struct store_rows): what is not here is
                          not known, but for the numbers that were named if it is also `exact` */
    bool complete;     /* every number of the ranges was looked for: what is not here can be made */
    int64_t read_at_s; /* by the machine's clock */
    struct pool_time time;
    struct trail trail; /* only with `consistent` */
    struct snapshot_mark mark;
    /* Of snapshot_with: the snapshot that has the texts of what is the same, the numbers that were
       given, and how many such snapshots stand behind each other. */
    const struct snapshot *base;
    const char (*changed)[EXT_ROOM];
    size_t n_changed;
    unsigned generation;
    unsigned long references; /* these two: snapshot_ref/unref only */
    unsigned long text_references;
};

/* An empty one with one reference, to be filled by a store. */
struct snapshot *snapshot_new(void);
struct snapshot *snapshot_ref(const struct snapshot *snapshot);
void snapshot_unref(const struct snapshot *snapshot); /* NULL is fine */

/* Room for one more slot at the end; any order. Strings must live in the snapshot's arena. */
struct slot *snapshot_add(struct snapshot *snapshot, const char *ext);

/* The slot with a copy in `arena` of everything that it points to. */
struct slot slot_copy(struct arena *arena, const struct slot *slot);
/* The fallback of the holder, or NULL. */
const char *slot_fallback(const struct slot *slot);
/* Which directory the holder of an assigned number comes from: the name of a file, or else the id of the
   Connect instance in the ARN, which ends at the next '/'. `length` is its length. NULL: not known. */
const char *belongings_source(const struct belongings *own, size_t *length);
const char *slot_source(const struct slot *slot, size_t *length);

/* What is known of an agent's exemption from now on: `entry`, which is copied, or NULL: there is none.
   For stores and pictures in the making, not for one that is shared. */
void snapshot_put_exempt(struct snapshot *snapshot, const char *agent, const struct exempt *entry);
/* All that `from` has. The texts are copied. */
void snapshot_copy_exempts(struct snapshot *snapshot, const struct snapshot *from);
/* Binary search; NULL if nobody said that the agent is exempt. */
const struct exempt *snapshot_find_exempt(const struct snapshot *snapshot, const char *agent);

/* Adds to trail.ahead: so many more records of that month. Copies the text. */
void snapshot_trail_ahead(struct snapshot *snapshot, const char *month, size_t n_records);

/* Sorts, and merges the records of one extension into one slot. Call once, before it is shared. */
void snapshot_seal(struct snapshot *snapshot);

/*
 * What `base` has, but for these numbers: what is in their slots now, sorted by number, one each;
 * SLOT_ABSENT: it is gone. The texts of the slots that are the same stay in `base`, which this
 * snapshot keeps as long as it needs them; those of `slots` are copied. The exempt agents are those of
 * `base`, until snapshot_put_exempt says otherwise. One reference. The store sets time, read_at_s and mark, and judges the times (core/pool/stamps.h).
 */
struct snapshot *snapshot_with(const struct snapshot *base, const struct slot *slots, size_t n);

/* Binary search; NULL if there is none. */
const struct slot *snapshot_find(const struct snapshot *snapshot, const char *ext);

/* The first assigned slot of the agent in order of extension, by scanning; for many look-ups build
   a `struct strmap` (core/base/strmap.h). */
const struct slot *snapshot_find_agent(const struct snapshot *snapshot, const char *agent);

/* Whether an agent holds two numbers. */
bool snapshot_has_twins(const struct snapshot *snapshot);

/* Binary search; NULL if there is none, or if it was not read (see `claims`). */
const struct claim *snapshot_find_claim(const struct snapshot *snapshot, const char *agent);

#endif
