#ifndef CORE_EMBEDDED_STORE_SQLITE_PRIVATE_H
#define CORE_EMBEDDED_STORE_SQLITE_PRIVATE_H

/*
 * Between the parts of the embedded store, and for nobody else:
 *
 *     store_sqlite.c         the store's calls: init, load, facts
 *     store_sqlite_load.c    a snapshot of all of it
 *     store_sqlite_mark.c    where it stands, so that changes are noticed
 *     store_sqlite_changes.c what was written since a snapshot was read
 *     store_sqlite_rows.c    the rows that a few requests are about
 *     store_sqlite_apply.c   the call that writes, batch by batch
 *     store_sqlite_unit.c    one change or group of a batch, and what was in its way
 *     store_sqlite_exempt.c  who needs no extension
 *     store_sqlite_trail.c   the audit trail: the times in it, records whose time is over
 *     store_sqlite_history.c the audit trail, read
 *     store_sqlite_index.c   which record is about which extension and agent
 *     store_sqlite_file.c    the file: opened, checked, made
 *     store_sqlite_schema.c  the tables: made, and brought up from an older version
 *     store_sqlite_name.c    its name: one, without links, with its journals beside it
 *     store_sqlite_published.c  what was last published where
 *     store_sqlite_fail.c    what SQLite's results mean to people, and who holds the lock
 */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/pool/policy.h"
#include "core/plan/conflict.h"
#include "core/pool/stamps.h"
#include "core/port/store.h"

#define PATIENCE_MS 5000

struct sqlite_store {
    struct store base;
    char *path; /* as it was named */
    char *real; /* without symbolic links, of the last look; NULL: none yet */
    const struct clock *clock;
    int64_t busy_timeout_ms;
    unsigned mode;    /* of a file that is made */
    bool mode_of_old; /* and of one that is there */

    sqlite3 *db;      /* NULL: not open */
    struct stat file; /* of the file that is open: another one can be put in its place */
    bool frozen;      /* opened as one that nobody can write: nothing is locked, nothing followed */

    const struct progress *progress; /* of the call under way; also asked while waiting */
    int64_t waiting_since_ms;
    bool gave_up; /* the wait ended because the caller cancelled */

    int64_t schema; /* the version of the file's tables, as it was last seen */

    uint64_t opened; /* how often a file was opened */
    int64_t writes;  /* transactions, counted right before the moment that is read */
    bool told_any;   /* read_changes was called: */
    int64_t told;    /* it gave the records up to this sequence */
};

/* ---- store_sqlite_load.c ------------------------------------------------------------------ */

/* All slots, and what the trail says about the time, inside a transaction of the caller's: a sealed
   snapshot with one reference. */
enum err_code sqlite_read_all(struct sqlite_store *store, const struct policy *policy,
                              enum load_mode mode, struct snapshot **out,
                              struct err *err) ERR_CHECK;

/* ---- store_sqlite_mark.c ------------------------------------------------------------------ */

#define WRITES_UNKNOWN (-1) /* of snapshot_mark.writes */

/* Begins a transaction that reads one moment. */
enum err_code sqlite_begin_moment(struct sqlite_store *store, struct err *err) ERR_CHECK;

/* Where the file and its trail stand in that moment. */
enum err_code sqlite_mark(struct sqlite_store *store, struct snapshot_mark *out,
                          struct err *err) ERR_CHECK;

/* ---- store_sqlite_changes.c --------------------------------------------------------------- */

/* What was written since (struct store_ops). */
enum err_code sqlite_read_changes(struct store *store, const struct policy *policy,
                                  const struct store_since *since, const struct progress *progress,
                                  struct store_changes *out, struct err *err) ERR_CHECK;

/* ---- store_sqlite_file.c ------------------------------------------------------------------ */

/* Opens the file, or keeps it if it is still the one at the path, and makes sure that it is
   a store of this schema and width. ERR_NOT_FOUND if there is none yet. */
enum err_code sqlite_open(struct sqlite_store *store, const struct policy *policy,
                          struct err *err) ERR_CHECK;

/* Whether it is a store of this policy, without a lock and without a journal of its own. */
enum err_code sqlite_look(struct sqlite_store *store, const struct policy *policy,
                          struct err *err) ERR_CHECK;

/* The same for a caller that will write: ERR_READ_ONLY if that is not possible. */
enum err_code sqlite_open_to_write(struct sqlite_store *store, const struct policy *policy,
                                   struct err *err) ERR_CHECK;

/* Makes what is missing: folder, file, schema. */
enum err_code sqlite_create(struct sqlite_store *store, const struct policy *policy,
                            struct port_info *warnings, struct err *err) ERR_CHECK;

void sqlite_close(struct sqlite_store *store);

/* Whether the file at the path is still the one that is open. */
bool sqlite_same_file(const struct sqlite_store *store);

/* Whether a frozen file is unchanged since it was opened: read first, then ask. */
bool sqlite_still_frozen(const struct sqlite_store *store);
/* ERR_BUSY if it is frozen and has changed: the data may be from two moments. */
enum err_code sqlite_check_frozen(const struct sqlite_store *store, struct err *err) ERR_CHECK;

/* ---- store_sqlite_schema.c ---------------------------------------------------------------- */

#define APPLICATION_ID 0x45787450 /* "ExtP" */
#define SCHEMA_VERSION 4
#define SCHEMA_OLDEST 1 /* that is read as it is, and brought up by the first write */

/* Makes the tables in a database that has none. In a transaction of the caller's. */
enum err_code sqlite_make_tables(struct sqlite_store *store, int width, struct err *err) ERR_CHECK;

/* Brings the tables up to this version, in a transaction of the caller's that holds the write lock.
   A copy of the file as it was stays beside it: PATH.schema1. *upgraded: there was something to do.
   When the transaction is rolled back, the caller calls sqlite_see_schema again. */
enum err_code sqlite_upgrade(struct sqlite_store *store, bool *upgraded, struct err *err) ERR_CHECK;

/* Finds out which version the tables have, in the transaction of the caller if there is one. */
enum err_code sqlite_see_schema(struct sqlite_store *store, struct err *err) ERR_CHECK;

/* What a query selects to get the columns of sqlite_slot from tables of the version last seen. */
const char *sqlite_slot_columns(const struct sqlite_store *store);

/* ---- store_sqlite_fail.c ------------------------------------------------------------------ */

/* Sets `err` from the result of a SQLite call; `doing` completes "while ...". Never ERR_OK. */
enum err_code sqlite_fail(struct sqlite_store *store, int result, const char *doing,
                          struct err *err);

/* For a file that cannot be written: says which of the file, its folder and its disk it is. */
enum err_code sqlite_fail_read_only(const struct sqlite_store *store, struct err *err);

/* Whether the file and its folder can be written by this process. */
bool sqlite_may_write(const struct sqlite_store *store);

/* SQLite's busy handler: waits its turn, up to the store's busy timeout. */
int sqlite_wait(void *store, int attempt);

/* ---- store_sqlite_child.c ----------------------------------------------------------------- */

/* Has a child look at files of the store: `look` fills `size` bytes of the answer, which stay as they
   are if there is no child. */
void sqlite_ask_child(void (*look)(const void *what, void *answer), const void *what, void *answer,
                      size_t size);

/* ---- store_sqlite_query.c ------------------------------------------------------- */

/* Every call begins here: who is told, who may cancel. */
struct sqlite_store *sqlite_begin(struct store *store, const struct progress *progress);

enum err_code sqlite_run(struct sqlite_store *store, const char *sql, const char *doing,
                         struct err *err) ERR_CHECK;
enum err_code sqlite_prepare(struct sqlite_store *store, const char *sql, sqlite3_stmt **out,
                             struct err *err) ERR_CHECK;
/* The first column of the first row, 0 if there is none. */
enum err_code sqlite_number(struct sqlite_store *store, const char *sql, int64_t *out,
                            struct err *err) ERR_CHECK;

/* NULL binds NULL; the text is not copied. */
void sqlite_bind_text(sqlite3_stmt *query, int index, const char *text);

/* A text column in the arena: NULL for NULL. *sound becomes false for what no text of ours is:
   a blob, a NUL inside, bytes that are not UTF-8. */
const char *sqlite_text(struct arena *arena, sqlite3_stmt *row, int column, bool *sound);

/* ---- store_sqlite_row.c ------------------------------------------------------------------ */

#define SLOT_COLUMNS_1 "extension, state, at, agent, note, actor"
#define SLOT_COLUMNS SLOT_COLUMNS_1 ", given_back, agent_arn, source, fallback, target, until"

/* The slot of a row of SLOT_COLUMNS; false, with *why, if it does not fit. */
bool sqlite_slot(struct arena *arena, sqlite3_stmt *row, int width, struct slot *slot,
                 const char **why);
const char *sqlite_state_name(enum slot_state state);

/* ---- store_sqlite_lookup.c ------------------------------------------------------------------ */

/* A point read (struct store_ops). */
enum err_code sqlite_lookup(struct sqlite_store *store, const struct policy *policy,
                            const struct store_lookup *wanted, struct store_found *out,
                            struct err *err) ERR_CHECK;

/* ---- store_sqlite_rows.c -------------------------------------------------------------------- */

/* The rows that a few requests are about (struct store_ops). */
enum err_code sqlite_read_rows(struct store *store, const struct policy *policy,
                               const struct store_rows *wanted, const struct progress *progress,
                               struct snapshot **out, struct err *err) ERR_CHECK;

/* ---- store_sqlite_exempt.c ------------------------------------------------------------------ */

/* Puts into the snapshot whether the agent is exempt; NULL: everybody who is. For tables of the version
   last seen. */
enum err_code sqlite_read_exempts(struct sqlite_store *store, const char *agent,
                                  struct snapshot *into, struct err *err) ERR_CHECK;

/* One row, on condition. *touched: the condition held. Returns the result of the statement. */
int sqlite_write_exempt(struct sqlite_store *store, const struct exempt_effect *effect,
                        bool *touched, struct err *err);

/* ---- store_sqlite_unit.c -------------------------------------------------------------------- */

#define UNIT_QUERIES 9

struct unit_writer {
    struct sqlite_store *store;
    struct plan *plan;
    struct err *err;
    sqlite3_stmt *queries[UNIT_QUERIES];
    struct arena scratch; /* of one batch: the caller releases it between two */
};

enum err_code unit_writer_init(struct unit_writer *writer, struct sqlite_store *store,
                               struct plan *plan, struct err *err) ERR_CHECK;
void unit_writer_release(struct unit_writer *writer);

/* Tries the changes [first, end) of the plan, inside a transaction, and sets their results:
   done, conflict, skipped, failed. An error ends the batch; the results are then as they were. */
enum err_code unit_write(struct unit_writer *writer, size_t first, size_t end) ERR_CHECK;

/* ---- store_sqlite_trail.c ------------------------------------------------------------------- */

/* Compares the machine's clock with the trail and judges the stamps of the snapshot, whose slots
   are read; with `consistent` counts what the doctor wants to know. Inside the load's transaction. */
enum err_code sqlite_judge_time(struct sqlite_store *store, const struct policy *policy,
                                bool consistent, struct snapshot *snapshot,
                                struct err *err) ERR_CHECK;

/* Remembers a stamp that is given while the clock is behind. Inside the write's transaction. */
enum err_code sqlite_doubt_stamp(struct sqlite_store *store, int64_t stamp_s,
                                 struct err *err) ERR_CHECK;

/* Removes records whose time was over, never more than half of the trail, or has those that there
   are no longer count as a clock. *n: how many rows changed. */
enum err_code sqlite_change_trail(struct sqlite_store *store, const struct trail_step *step,
                                  size_t *n, struct err *err) ERR_CHECK;

/* ---- store_sqlite_history.c ----------------------------------------------------------------- */

enum err_code sqlite_history(struct store *store, const struct history_query *query,
                             const struct progress *progress, struct history **out,
                             struct err *err) ERR_CHECK;

/* What a query of `audit` selects to get the columns of sqlite_audit_record from tables of the version
   last seen. The texts of the record are those of the row. */
const char *sqlite_audit_columns(const struct sqlite_store *store);
void sqlite_audit_record(sqlite3_stmt *row, struct audit_record *out);

/* ---- store_sqlite_index.c ------------------------------------------------------------------- */

/* The table `audit_subject`: a record of fewer than this many changes stands in it under each of its
   extensions and agents, and has `indexed`. Longer ones are looked through, and so are those with
   ranges of numbers. */
#define INDEXED_CHANGES 100

#define SUBJECT_EXTENSION 0 /* its column `agent` */
#define SUBJECT_AGENT 1

/* Adds a record that was just inserted to the index. `changes` is its text. */
enum err_code sqlite_index_record(struct sqlite_store *store, int64_t seq, const char *changes,
                                  struct err *err) ERR_CHECK;

/* The same for every record, in tables that have just been brought up to this version. */
enum err_code sqlite_index_all(struct sqlite_store *store, struct err *err) ERR_CHECK;

/* ---- store_sqlite_apply.c ------------------------------------------------------------------- */

enum err_code sqlite_apply(struct store *store, struct plan *plan,
                           const struct apply_context *context, const struct progress *progress,
                           struct err *err) ERR_CHECK;

/* ---- store_sqlite_name.c -------------------------------------------------------------------- */

/* The path that SQLite gets, and that the journals lie beside. */
const char *sqlite_real_path(const struct sqlite_store *store);

/* Resolves the path of the file that store->file is about, and refuses one with several names. */
enum err_code sqlite_check_name(struct sqlite_store *store, struct err *err) ERR_CHECK;

/* Whether a journal of either kind with something in it lies beside the file. */
bool sqlite_has_journal(const struct sqlite_store *store);
enum err_code sqlite_fail_unfinished(const struct sqlite_store *store, struct err *err);

/* Whether the file says that it has a write-ahead log. */
bool sqlite_is_wal(const struct sqlite_store *store);

/* ---- store_sqlite_published.c --------------------------------------------------------------- */

enum err_code sqlite_published(struct store *store, const char *uri,
                               const struct progress *progress, struct published *out,
                               struct err *err) ERR_CHECK;
enum err_code sqlite_note_published(struct store *store, const char *uri,
                                    const struct published *published,
                                    const struct progress *progress, struct err *err) ERR_CHECK;

#endif
