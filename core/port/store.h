#ifndef CORE_PORT_STORE_H
#define CORE_PORT_STORE_H

/*
 * A store: who holds what; every write conditional. `sqlite:PATH` in core/embedded/store_sqlite.c,
 * `dynamodb:TABLE` in aws/. tests/unit/support/store_contract.c runs against every one.
 *
 * All calls of one store come from one thread at a time. Several processes may use the same
 * store at once; none trusts what it read before, every write says what it expects.
 */

#include "core/plan/audit.h"
#include "core/plan/audit_query.h"
#include "core/plan/audit_records.h"
#include "core/plan/effects.h"
#include "core/base/digest.h"
#include "core/base/err.h"
#include "core/base/port_info.h"
#include "core/pool/model.h"
#include "core/plan/plan.h"
#include "core/base/progress.h"

struct store;

enum load_mode {
    LOAD_NORMAL, /* what lists and the screen show, as cheap as the store can */
    LOAD_POOL,   /* also looks for every number of the ranges that a cheap read does not show: for
                    plans that make numbers, or choose one */
    LOAD_CONSISTENT /* everything, strongly consistent, with claims and unknown_items: the doctor */
};

/* Who writes, under which action. */
struct apply_context {
    const char *action_id; /* audit_action_id() */
    const char *actor;
    struct audit_origin origin;
    int64_t at_ms;        /* when the action began: the audit trail's time */
    size_t planned;       /* how many changes are to be made under it; 0: not told */
    bool clock_behind;    /* that time stands still, because the machine's clock is wrong */
    int64_t audit_keep_s; /* 0: for ever */
};

/* What a point read is about. */
struct store_lookup {
    const char *ext;     /* an extension of the policy's width, or NULL: */
    const char *agent;   /* whoever has this login */
    struct arena *arena; /* the texts of the answer go here */
};

/* What the rows that a few requests are about are for: a store reads no more than that needs. */
enum row_kind {
    ROW_NUMBER,       /* an extension */
    ROW_GAINED,       /* one that an agent is to get: the write proves that nobody holds it */
    ROW_HELD,         /* an extension, and whatever else its holder holds */
    ROW_AGENT,        /* all that the agent holds */
    ROW_TARGET_EXT,   /* an extension that calls may go to */
    ROW_TARGET_AGENT, /* one that an agent holds to whom calls may go */
};

struct store_row {
    enum row_kind kind;
    const char *name; /* an extension of the policy's width, or a login */
};

#define STORE_ROWS_MAX 8

struct store_rows {
    struct store_row items[STORE_ROWS_MAX];
    size_t n;
    bool chooses; /* a number is to be chosen too: what the agents held last, and what is free */
    bool exempts; /* whether the agents of ROW_AGENT are exempt is to be told too */
};

/* A publication of the list of extensions, as the store keeps it: the publishing guard lets a list
   be replaced whose digest is the one that this store published. */
struct published {
    int64_t at_s;
    uint64_t rows;
    char digest[DIGEST_ROOM]; /* "": none */
};

struct store_found {
    struct slot slot;      /* state SLOT_ABSENT: no record */
    struct pool_time time; /* the time to judge it by */
};

/* What is known of a store, and where to go on in its trail. */
struct store_since {
    const struct snapshot *snapshot; /* of this store; NULL: nothing is known, all of it is read */
    const char *place; /* at the first call: give the records behind this one; NULL: from now on */
    bool whole;        /* read all of it, which also shows what was written without a record */
};

#define STORE_PLACE_ROOM 128
#define STORE_RECORDS_MAX 2000 /* that one call gives: the newest */

struct store_changes {
    struct snapshot *snapshot;    /* one reference; the one that was given if nothing changed */
    bool whole;                   /* all of it was read */
    struct numbers numbers;       /* else: those that were read, with what changed among them */
    struct audit_records records; /* new ones, the oldest first; a handle gives each once */
    char place[STORE_PLACE_ROOM]; /* of the newest record that is known */
};

void store_changes_release(struct store_changes *changes); /* port.c */

struct store_ops {
    /*
     * Creates what is missing (file, schema, table, index) so that load and apply can work. Safe to
     * repeat, safe when two do it at once. Numbers are not made here: plan_init's plan does that.
     * Lines for people (a server that does not know a feature) go to `warnings`, may be NULL.
     */
    enum err_code (*init)(struct store *store, const struct policy *policy,
                          const struct progress *progress, struct port_info *warnings,
                          struct err *err) ERR_CHECK;

    /*
     * Reads all slots into a sealed snapshot with one reference. ERR_NOT_FOUND if the store does
     * not exist yet (hint: --init); ERR_INPUT if it is something else or newer than this
     * program or of another width; ERR_BUSY, naming who holds it, after 5 s.
     */
    enum err_code (*load)(struct store *store, const struct policy *policy, enum load_mode mode,
                          const struct progress *progress, struct snapshot **out,
                          struct err *err) ERR_CHECK;

    /*
     * What was written since a snapshot was read, at the cost of what changed: the audit trail says
     * which numbers to read again. After an error nothing is given, and the next call gives it. What
     * another tool writes without a record is only promised with `whole`; a store that can tell that
     * there was such a write reads everything by itself.
     */
    enum err_code (*read_changes)(struct store *store, const struct policy *policy,
                                  const struct store_since *since, const struct progress *progress,
                                  struct store_changes *out, struct err *err) ERR_CHECK;

    /*
     * Applies the changes that are not left out, in batches, each batch with its audit record in
     * one transaction, each change on the condition that every step's `before` is still there and
     * that no agent gets a second extension. Sets `result` and `detail` of every change:
     *   done; conflict (something else is there now: detail says what; its group goes with it; the
     *   rest goes on); skipped (left out, or already applied); failed. core/plan/conflict.h
     *   decides between conflict and already applied.
     * ERR_OK also with conflicts. An error means that it stopped: what was not tried is `skipped`.
     * If the store can tell, it finds out before it returns what was written.
     * ERR_CANCELLED on CANCEL_SOFT after the batch in flight.
     */
    enum err_code (*apply)(struct store *store, struct plan *plan,
                           const struct apply_context *context, const struct progress *progress,
                           struct err *err) ERR_CHECK;

    /*
     * One extension, or the one that an agent holds, by reading one or two records: never the pool,
     * because a caller waits for it. ERR_OK with state SLOT_ABSENT if there is no record, or if the
     * agent holds none. It may be as old as an eventually consistent read.
     */
    enum err_code (*lookup)(struct store *store, const struct policy *policy,
                            const struct store_lookup *wanted, const struct progress *progress,
                            struct store_found *out, struct err *err) ERR_CHECK;

    /*
     * A `partial` snapshot with the rows that a few requests are about, strongly consistent but for
     * targets and for the choice of a number, as cheap as the store can. A slot that is not among
     * what was asked for may be left out or be there. A store that cannot tell enough by single rows
     * (one is damaged, the clock is wrong, numbers of the ranges are missing) gives all of it, as
     * load does with LOAD_POOL or LOAD_NORMAL, and that is not partial. Errors as of load. NULL: it
     * always reads all of it.
     */
    enum err_code (*read_rows)(struct store *store, const struct policy *policy,
                               const struct store_rows *wanted, const struct progress *progress,
                               struct snapshot **out, struct err *err) ERR_CHECK;

    /* The actions that answer the query (core/plan/audit_query.h), newest first. ERR_NOT_FOUND if it
       asks for an action that is not there. A store reads no more of its trail than the question
       needs: an index for an extension or an agent, only the months between two times. */
    enum err_code (*history)(struct store *store, const struct history_query *query,
                             const struct progress *progress, struct history **out,
                             struct err *err) ERR_CHECK;

    /* What this store last published at the URI; `out` all zero: nothing yet, or there is no store.
     */
    enum err_code (*published)(struct store *store, const char *uri,
                               const struct progress *progress, struct published *out,
                               struct err *err) ERR_CHECK;
    /* Keeps that it published that there. */
    enum err_code (*note_published)(struct store *store, const char *uri,
                                    const struct published *published,
                                    const struct progress *progress, struct err *err) ERR_CHECK;

    /* What a status line shows: path or table, region, account, capacity used so far. */
    void (*facts)(struct store *store, struct port_info *facts);

    /* Who this store's service says we are, for the audit trail ("arn:aws:sts::..."); an arena
       string, or NULL if it has no opinion and user@host is used. May be NULL. */
    enum err_code (*identity)(struct store *store, struct arena *arena,
                              const struct progress *progress, const char **actor,
                              struct err *err) ERR_CHECK;

    void (*free)(struct store *store);
};

/* The first member of every implementation's own struct. */
struct store {
    const struct store_ops *ops;
    char *uri; /* owned, freed by store_free */
};

void store_free(struct store *store); /* NULL is fine; port.c */

#endif
