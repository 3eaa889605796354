#ifndef AWS_DYNAMODB_DDB_H
#define AWS_DYNAMODB_DDB_H

/*
 * The parts of the store `dynamodb:TABLE` (aws/dynamodb/store.h), private to this room.
 *
 * What the table holds (README, "The table"):
 *
 *     free      {pk: "0042", sk: "nu", sk_value: "0042" [, released_at, last_agent]}
 *     assigned  {pk: "0042", sk: "agentID", sk_value: "alice" [, since, by] [, pinned]
 *                [, agent_arn] [, source] [, fallback]}, all of it text
 *     reserved  {pk: "0042", sk: "held", sk_value: "0042" [, note, since, by] [, target, until]
 *                [, released_at, last_agent]}
 *     claim     {pk: "agent#alice", sk: "claim", ext: "0042"}
 *     exempt    {pk: "agent#kim", sk: "exempt", sk_value: "kim" [, note, since, by]}
 *     export    {pk: "export", sk: "<URI>", at, rows, digest}: what was last published there
 *     audit     {pk: "audit#2026-11", sk: "<time>#<action id>#<part>", action, actor, changes
 *                [, user, via, ticket, undoes, plan_file, planned, expires_at]}
 *
 * and an index `skIndex` on (sk, sk_value) with all attributes. The first two are what the program
 * before ours wrote, and what the contact flow reads. The index lags behind the table, so what it
 * says is only ever a guess that the condition of a write proves.
 *
 *     items.c       an item <-> a slot, a claim: the only file that knows the attributes
 *     actions.c     what happens to extensions and claims -> actions of a transaction (pure)
 *     key_ranges.c  a range of logins cut into ranges that are read side by side (pure)
 *     load.c        a snapshot by Queries; scan.c: by a parallel Scan; snapshot.c: both
 *     hidden.c      numbers that the index does not show; lookup.c: one agent or number
 *     get.c         single items, read with strong consistency; rows.c: those of a few requests
 *     write.c       the writer of plans, with units.c, transaction.c, in_doubt.c (scheduler.h), and
 *                   conflict.c: what became of the changes that lost
 *     changes.c     what was written since a snapshot was read
 *     published.c   what was last published; history.c: the audit trail
 *     table.c       creation; tables.c: which there are; call.c: requests; store.c: the operations of core/port/store.h
 *
 * All of it runs on the thread of the client's engine.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/client/client.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/pool/policy.h"
#include "core/plan/conflict.h"
#include "core/port/store.h"
#include "core/base/strmap.h"

#define DDB_INDEX "skIndex"
#define DDB_ACTIONS_MAX 100 /* of one transaction, its audit record included */
#define DDB_IN_FLIGHT 16
#define DDB_BATCH_GET_MAX 100 /* keys of one BatchGetItem */

/* The end of the audit trail, as far as it was read (changes.c). */
struct ddb_tail {
    bool read;        /* it was, at least once */
    int64_t read_ms;  /* when the last reading began, by the service's time */
    int64_t readings; /* so many */
    /* The snapshot that the last reading gave; it has all that was written before that time. */
    uint64_t current;
    int64_t current_ms, current_reading;
    uint64_t snapshots;           /* so many were numbered */
    char place[STORE_PLACE_ROOM]; /* the sort key of the newest record; "": none was seen */
    struct ddb_known {
        char *sk;
        int64_t at_ms, reading; /* of which reading it was new */
    } * known;                  /* records that the next reading reads again */
    size_t n_known;
};

struct ddb {
    struct client *client;                      /* borrowed */
    const struct client_statistics *statistics; /* borrowed: the client counts there */
    double read_before, write_before;           /* units that were counted before this store */
    const struct clock *clock;
    char *table;                     /* as requests name it: a name, or an ARN */
    char *name;                      /* for people */
    char *what;                      /* \"table NAME\", in errors */
    char *region;                    /* the one in an ARN; NULL: the client's */
    bool hurry;                      /* somebody waits for the end: short time-outs, no retries */
    double (*random)(void *context); /* uniform in [0,1): jitter */
    void *random_context;
    struct ddb_tail tail;
};

/* ---- call.c ---------------------------------------------------------------------------------- */

/* A request whose body gets TableName if it has none of RequestItems and TransactItems. The
   body moves in. */
void ddb_submit(struct ddb *ddb, const char *operation, json_t *body_new, call_done_fn done,
                void *context);

/* The same with the body as text, for what is sent again as it was. */
void ddb_submit_text(struct ddb *ddb, const char *operation, const char *body, call_done_fn done,
                     void *context);

/* The body of a Query on the index, or on the table if `index` is NULL. */
json_t *ddb_query_body(const char *index, const char *condition, json_t *values_new);

/* One request, waited for. The caller releases `reply`. Not in a callback. */
enum err_code ddb_call(struct ddb *ddb, const char *operation, json_t *body_new,
                       struct response *reply, struct err *err) ERR_CHECK;

/* Waits, with the progress that the engine has. */
enum err_code ddb_wait(struct ddb *ddb, int64_t wait_ms, struct err *err) ERR_CHECK;

/* Full jitter: uniform in [0, min(cap, base * 2^tries)]. */
int64_t ddb_backoff_ms(struct ddb *ddb, int64_t base_ms, unsigned tries, int64_t cap_ms);

/* Reports how far it is, with the client's counts of requests, retries and throttling added. */
void ddb_progress(const struct ddb *ddb, const struct progress *progress,
                  struct progress_report report);

/* Copies code, text and hint into `err` unless something is set there. */
void ddb_take_err(struct err *err, const struct err *from);

/* An error of a read put into the words of a store: a missing table names those that are there, a
   missing index names --init. Makes requests; not in a callback. */
enum err_code ddb_explain(struct ddb *ddb, struct err *err);

/* The time that the table goes by: the service's. Before its first answer the machine's. */
int64_t ddb_now_ms(const struct ddb *ddb);

/* If no answer told the time yet, asks for an item that does not exist: the answer's Date does.
   Not in a callback. */
enum err_code ddb_ask_time(struct ddb *ddb, struct err *err) ERR_CHECK;

/* Marks in a snapshot what was stamped ahead of that time. */
void ddb_judge_time(const struct ddb *ddb, struct snapshot *snapshot);

/* ---- items.c --------------------------------------------------------------------------------- */

json_t *ddb_text(const char *text); /* {"S": text} */
json_t *ddb_number(int64_t value);  /* {"N": "value"} */

/* {"pk": ..., "sk": ...}. ddb_claim_key: that of the agent's claim. */
json_t *ddb_key(const char *pk, const char *sk);
json_t *ddb_claim_key(const char *agent);

/* The record that a slot of this state has when it is sound; 0: none. */
unsigned ddb_state_record(enum slot_state state);

/* The sort key of a record: one of RECORD_FREE, RECORD_LEAKED, RECORD_ASSIGNED, RECORD_RESERVED. */
const char *ddb_record_sk(unsigned record);

/* The attributes of a record beside its key and sk_value, one after the other: NULL begins, and
   NULL comes at the end. */
struct ddb_attribute;
const struct ddb_attribute *ddb_next_attribute(unsigned record,
                                               const struct ddb_attribute *attribute);
const char *ddb_attribute_name(const struct ddb_attribute *attribute);

/* Whether a change that meets the record expects the attribute as it was seen. */
bool ddb_attribute_is_condition(const struct ddb_attribute *attribute, const struct slot *seen);

/* What the attribute is when this program writes the slot; what it was when the slot was read, of
   the same type and with the same bytes. A new reference; NULL: it is not there. */
json_t *ddb_attribute_written(const struct ddb_attribute *attribute, const struct slot *slot);
json_t *ddb_attribute_seen(const struct ddb_attribute *attribute, const struct slot *slot);

/* The key and the item of an exemption. */
#define DDB_EXEMPT_SK "exempt"
json_t *ddb_exempt_key(const char *agent);
json_t *ddb_exempt_item(const struct exempt *exempt);

/* The item of a slot in its state, and of a claim. */
json_t *ddb_slot_item(const struct slot *slot);
json_t *ddb_claim_item(const char *agent, const char *ext);

/* Whether an item can hold the slot, or the exemption: UTF-8, sizes of keys. NULL: it can; else what is
   wrong. */
const char *ddb_slot_problem(const struct slot *slot);
const char *ddb_exempt_problem(const struct exempt *exempt);

enum ddb_kind {
    DDB_SLOT,
    DDB_CLAIM,
    DDB_EXEMPT,
    DDB_AUDIT,       /* a record beside the pool: of an action, or of a publication */
    DDB_OTHER_WIDTH, /* an extension, but of another width than the policy's */
    DDB_ODD
};

struct ddb_item {
    enum ddb_kind kind;
    struct slot slot;                 /* DDB_SLOT: exactly one record */
    struct claim claim;               /* DDB_CLAIM */
    struct exempt exempt;             /* DDB_EXEMPT */
    struct unknown_item unknown_item; /* DDB_ODD, DDB_OTHER_WIDTH */
};

/* Reads items; strings go to `arena`. Whoever wrote most of them is kept once. */
struct ddb_reader {
    struct arena *arena;
    int width;      /* of extensions; 0: not known, each is one */
    const char *sk; /* what the items' sk is if they come without it; NULL: they have it */
    const char *last_by;
};

/* Total: whatever the item is, `out` says something about it. */
void ddb_item_read(struct ddb_reader *reader, const json_t *item, struct ddb_item *out);

/* The text of an attribute of type S; NULL if it is absent, of another type or holds NUL. */
const char *ddb_item_text(const json_t *item, const char *name);
/* Of type N, whole, in [1, year 9999]; 0 otherwise. */
int64_t ddb_item_seconds(const json_t *item, const char *name);

/* ---- actions.c ------------------------------------------------------------------------------- */

/* What the table says about an agent's claim, if the plan could not know it. */
struct ddb_claim_fix {
    const char *agent;
    const char *stale; /* the claim names this one, which the agent does not hold: write over it.
                          NULL: the claim is for another extension of the agent, leave it alone */
    struct ddb_claim_fix *next;
};

struct ddb_action {
    json_t *element;  /* {"Put": {...}}, ...; owned */
    const char *item; /* pk and sk in one text: no item twice in a transaction */
    size_t unit;      /* whose it is; the caller's number */
};

struct ddb_actions {
    struct arena arena; /* the texts */
    struct ddb_action items[DDB_ACTIONS_MAX];
    size_t n;
    bool full;      /* more than fit: nothing holds */
    bool clashes;   /* two on one item: nothing holds */
    bool populated; /* the caller's to set: the table had records when the plan was made */
};

void ddb_actions_init(struct ddb_actions *actions);
void ddb_actions_clear(struct ddb_actions *actions); /* empty again */
void ddb_actions_release(struct ddb_actions *actions);

/* Takes back everything after the first `n`. */
void ddb_actions_cut(struct ddb_actions *actions, size_t n);

/* Adds the actions of the effects, each with its condition. If they do not fit, `full` or
   `clashes` is set; cut and clear reset both. */
void ddb_actions_add(struct ddb_actions *actions, const char *table, size_t unit,
                     const struct effects *effects, const struct ddb_claim_fix *fixes);

/* Adds the Put of the audit record (it must not be there). */
void ddb_actions_add_audit(struct ddb_actions *actions, const char *table, size_t unit,
                           json_t *item_new);

/* The body of TransactWriteItems. */
json_t *ddb_actions_body(const struct ddb_actions *actions, const char *token);

/* ---- key_ranges.c ---------------------------------------------------------------------------- */

#define DDB_CUTS_MAX 15
#define DDB_CUT_ROOM 136

/* Texts between `low` and `high` (low < cut < high), ascending, that cut the range into parts of
   about one size if its texts are spread evenly. Printable ASCII after the common start. Returns
   how many there are, at most `wanted` and DDB_CUTS_MAX. */
size_t ddb_key_ranges(const char *low, const char *high, size_t wanted,
                      char cuts[DDB_CUTS_MAX][DDB_CUT_ROOM]);

/* ---- get.c ----------------------------------------------------------------------------------- */

/*
 * Items by key, read with strong consistency, as few requests as possible, in parallel.
 *
 *     struct ddb_get *get = ddb_get_new(ddb, width);
 *     ddb_get_want_slot(get, "0042");
 *     ddb_get_want_claim(get, "alice");
 *     ddb_get_start(get, on_looked, context);      within a running engine, or before http_run
 *     ... in on_looked:
 *     ddb_get_slot(get, "0042")   a slot in its state now, SLOT_ABSENT if there is none
 *     ddb_get_claim(get, "alice") the extension it is for, NULL if there is none
 *
 * More may be wanted and started again when the first is done.
 */
struct ddb_get;
typedef void (*ddb_got_fn)(void *context, const struct err *err);

struct ddb_get *ddb_get_new(struct ddb *ddb, int width);
void ddb_get_free(struct ddb_get *get);
void ddb_get_want_slot(struct ddb_get *get, const char *ext);
/* Only these records of it: RECORD_FREE (a leaked one too), RECORD_ASSIGNED, RECORD_RESERVED. */
void ddb_get_want_records(struct ddb_get *get, const char *ext, unsigned records);
void ddb_get_want_claim(struct ddb_get *get, const char *agent);
void ddb_get_want_exempt(struct ddb_get *get, const char *agent);
bool ddb_get_wants(const struct ddb_get *get); /* something is not read yet */
void ddb_get_start(struct ddb_get *get, ddb_got_fn done, void *context);
const struct slot *ddb_get_slot(const struct ddb_get *get, const char *ext);
const char *ddb_get_claim(const struct ddb_get *get, const char *agent);
const struct exempt *ddb_get_exempt(const struct ddb_get *get, const char *agent); /* NULL: none */

/* ---- load.c, scan.c, snapshot.c, hidden.c, lookup.c ------------------------------------------ */

enum err_code ddb_load(struct ddb *ddb, const struct policy *policy,
                       const struct progress *progress, struct snapshot **out,
                       struct err *err) ERR_CHECK;
enum err_code ddb_scan(struct ddb *ddb, const struct policy *policy,
                       const struct progress *progress, struct snapshot **out,
                       struct err *err) ERR_CHECK;

/* A point read (struct store_ops). */
enum err_code ddb_lookup(struct ddb *ddb, const struct policy *policy,
                         const struct store_lookup *wanted, const struct progress *progress,
                         struct store_found *out, struct err *err) ERR_CHECK;

/* The rows that a few requests are about (struct store_ops). */
enum err_code ddb_read_rows(struct ddb *ddb, const struct policy *policy,
                            const struct store_rows *wanted, const struct progress *progress,
                            struct snapshot **out, struct err *err) ERR_CHECK;

/* A snapshot of what the index shows as free; moves on, and waits for, what was submitted before. */
enum err_code ddb_load_free(struct ddb *ddb, const struct policy *policy,
                            const struct progress *progress, struct snapshot **out,
                            struct err *err) ERR_CHECK;

/* Adds a record of the same extension: assigned counts most, then reserved, as in a snapshot. */
void ddb_merge_record(struct slot *into, const struct slot *record);

/* Looks in the table itself for the numbers of the ranges that the snapshot of ddb_load does not
   show, and adds what is there. After an error *out is NULL. */
enum err_code ddb_find_hidden(struct ddb *ddb, const struct policy *policy,
                              const struct progress *progress, struct snapshot **out,
                              struct err *err) ERR_CHECK;

/* Items that were read so far, on their way into a snapshot. */
struct ddb_snapshot {
    const struct ddb *ddb;
    struct snapshot *snapshot;
    struct ddb_reader reader;
    struct claim *claims;
    size_t n_claims, claims_room;
    struct unknown_item *unknown_items;
    size_t n_unknown_items, oddities_room;
    bool right_width;           /* an extension of the policy's width was seen */
    char other_width[EXT_ROOM]; /* one of another width, or "" */
};

void ddb_snapshot_init(struct ddb_snapshot *gather, const struct ddb *ddb, int width);
void ddb_snapshot_add(struct ddb_snapshot *gather, const json_t *item, const char *sk);
/* Seals. ERR_INPUT if the table is of another width; the snapshot goes with it. */
enum err_code ddb_snapshot_finish(struct ddb_snapshot *gather, const struct ddb *ddb, bool whole,
                                  struct snapshot **out, struct err *err) ERR_CHECK;
void ddb_snapshot_drop(struct ddb_snapshot *gather);

/* Whether a table, as DescribeTable tells it, can be a store: ERR_INPUT with the reason. It may
   lack the index, which --init adds. */
enum err_code ddb_check_table(const json_t *table, const char *name, struct err *err) ERR_CHECK;

/* ---- write.c (and scheduler.h), conflict.c, table.c, history.c ------------------------------- */

enum err_code ddb_apply(struct ddb *ddb, struct plan *plan, const struct apply_context *context,
                        const struct progress *progress, struct err *err) ERR_CHECK;

/* What the judgement of a unit that lost wants to know is asked with ddb_conflict_want, until it
   wants nothing more. */
void ddb_conflict_want(struct ddb_get *get, const struct effects *effects);
struct ddb_verdict {
    struct conflict_verdict conflict;
    struct ddb_claim_fix *fixes; /* what to do about claims that no extension confirms */
};

/* Applies the conflict rule (core/plan/conflict.h) to what the table has now. If all is as it was
   seen, the unit may be tried again, with `fixes`. */
void ddb_conflict_judge(const struct ddb_get *get, const struct plan *plan,
                        const struct effects *effects, struct arena *arena,
                        struct ddb_verdict *out);

enum err_code ddb_create(struct ddb *ddb, const struct progress *progress,
                         struct port_info *warnings, struct err *err) ERR_CHECK;

/* One part of an action: its number, and when it was sent, which is the time of its record. */
struct ddb_audit_part {
    unsigned number;
    int64_t at_ms;
};

/* The audit record of one part, and its key alone. */
json_t *ddb_audit_item(const struct apply_context *context, const char *action,
                       const struct ddb_audit_part *part, const char *changes);
json_t *ddb_audit_key(const struct apply_context *context, const struct ddb_audit_part *part);

/* The partition of the audit trail that has this moment. */
#define DDB_AUDIT_PK_ROOM 24
void ddb_audit_pk(int64_t at_ms, char out[DDB_AUDIT_PK_ROOM]);

/* The month of the partition that a record is in ("2026-11"), and when it was written; NULL where
   its key is not one of ours. In `arena`. */
const char *ddb_audit_month(struct arena *arena, const json_t *item, int64_t *at_ms);

/* The item as a record; its texts are those of the item and of `id`. False if it is none. */
#define DDB_AUDIT_ID_ROOM 128
bool ddb_audit_record(const json_t *item, char id[DDB_AUDIT_ID_ROOM], struct audit_record *out);

/* ---- changes.c */

/* What was written since (struct store_ops). */
enum err_code ddb_read_changes(struct ddb *ddb, const struct policy *policy,
                               const struct store_since *since, const struct progress *progress,
                               struct store_changes *out, struct err *err) ERR_CHECK;
void ddb_tail_release(struct ddb_tail *tail);

/* Where the table stood, for a snapshot whose reading, by the index or by a scan, began then. */
struct snapshot_mark ddb_mark(struct ddb *ddb, int64_t began_ticks_ms);

/* ---- published.c */

#define DDB_EXPORT_PK "export"

enum err_code ddb_published(struct ddb *ddb, const char *uri, struct published *out,
                            struct err *err) ERR_CHECK;
enum err_code ddb_note_published(struct ddb *ddb, const char *uri,
                                 const struct published *published, struct err *err) ERR_CHECK;

/* ---- history.c */

enum err_code ddb_history(struct ddb *ddb, const struct history_query *query,
                          const struct progress *progress, struct history **out,
                          struct err *err) ERR_CHECK;

#endif
