#include "core/embedded/store_sqlite_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

/*
 * What was written since a snapshot was read. Every write of this program adds one record to the
 * audit trail in its own transaction, so the records behind the snapshot's sequence tell which
 * numbers to read again. SQLite counts the transactions: if there were more than records, another
 * tool wrote something, and everything is read.
 */

#define GENERATIONS_MAX 64 /* small snapshots that stand behind each other; then one is whole */
#define NUMBERS_MIN 256    /* so many are read one by one, and an eighth of a large pool */

/* ---- the records ----------------------------------------------------------------------------- */

struct reading {
    struct sqlite_store *store;
    const struct policy *policy;
    const struct snapshot *seen; /* NULL: everything is read */
    struct snapshot_mark now;
    struct store_changes *out;
    size_t n_records; /* behind `seen` */
    bool told;        /* they name all that changed */
    struct err *err;
};

static size_t numbers_limit(const struct snapshot *seen)
{
    size_t part = seen ? seen->n_slots / 8 : 0;
    return part > NUMBERS_MIN ? part : NUMBERS_MIN;
}

static void take_record(struct reading *reading, sqlite3_stmt *row)
{
    char place[STORE_PLACE_ROOM];
    struct audit_record record;
    sqlite_audit_record(row, &record);
    int64_t sequence = record.order;
    snprintf(place, sizeof place, "%lld", (long long)sequence);
    record.place = place;
    if (reading->seen && sequence > reading->seen->mark.sequence) {
        reading->n_records++;
        reading->told = reading->told && numbers_add_record(&reading->out->numbers, &record,
                                                            numbers_limit(reading->seen));
    }
    if (sequence > reading->store->told) {
        audit_records_add(&reading->out->records, &record);
    }
}

static enum err_code prepare_records(struct reading *reading, int64_t behind, sqlite3_stmt **out)
{
    struct sqlite_store *store = reading->store;
    int64_t first = reading->now.sequence - STORE_RECORDS_MAX;
    char *sql = sqlite3_mprintf("SELECT %s FROM audit WHERE seq > ?1 ORDER BY seq",
                                sqlite_audit_columns(store));
    enum err_code code = sql ? sqlite_prepare(store, sql, out, reading->err)
                             : err_set(reading->err, ERR_NOMEM, "no memory left");
    sqlite3_free(sql);
    if (code == ERR_OK) {
        sqlite3_bind_int64(*out, 1, first > behind ? first : behind);
    }
    return code;
}

/* The newest records behind the sequence, the oldest first. */
static enum err_code read_records(struct reading *reading, int64_t behind)
{
    sqlite3_stmt *rows = NULL;
    int result = SQLITE_DONE;
    if (reading->now.sequence <= behind) {
        return ERR_OK;
    }
    reading->told = reading->told && reading->now.sequence - behind <= STORE_RECORDS_MAX;
    enum err_code code = prepare_records(reading, behind, &rows);
    if (code == ERR_OK) {
        while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
            take_record(reading, rows);
        }
        if (result != SQLITE_DONE) {
            code = sqlite_fail(reading->store, result, "reading the audit trail", reading->err);
        }
    }
    sqlite3_finalize(rows);
    return code;
}

/* ---- the numbers ----------------------------------------------------------------------------- */

/* Whether the records tell all that was written since the snapshot. */
static bool told_by_records(const struct reading *reading)
{
    const struct snapshot_mark *then = &reading->seen->mark;
    const struct snapshot_mark *now = &reading->now;
    return reading->told && then->writes != WRITES_UNKNOWN && now->writes != WRITES_UNKNOWN &&
           (uint32_t)(now->writes - then->writes) == reading->n_records;
}

/* *odd: a row is not understood, which only a whole read deals with. */
static enum err_code read_numbers(struct reading *reading, struct snapshot *scratch, bool *odd)
{
    struct sqlite_store *store = reading->store;
    const struct numbers *numbers = &reading->out->numbers;
    sqlite3_stmt *query = NULL;
    char *sql = sqlite3_mprintf("SELECT %s FROM extension WHERE extension = ?1",
                                sqlite_slot_columns(store));
    enum err_code code = sql ? sqlite_prepare(store, sql, &query, reading->err)
                             : err_set(reading->err, ERR_NOMEM, "no memory left");
    sqlite3_free(sql);
    for (size_t i = 0; code == ERR_OK && !*odd && i < numbers->n; i++) {
        struct slot *slot = snapshot_add(scratch, numbers->exts[i]);
        const char *why = NULL;
        sqlite_bind_text(query, 1, numbers->exts[i]);
        int result = sqlite3_step(query);
        if (result == SQLITE_ROW) {
            *odd = !sqlite_slot(&scratch->arena, query, reading->policy->width, slot, &why);
        } else if (result != SQLITE_DONE) {
            code = sqlite_fail(store, result, "reading what changed", reading->err);
        }
        sqlite3_reset(query);
    }
    sqlite3_finalize(query);
    return code;
}

/* A snapshot that shares what did not change. Not made if a row is not understood. */
static enum err_code read_parts(struct reading *reading)
{
    struct snapshot *scratch = snapshot_new();
    bool odd = false;
    numbers_seal(&reading->out->numbers);
    enum err_code code = read_numbers(reading, scratch, &odd);
    if (code == ERR_OK && !odd) {
        struct snapshot *fresh = snapshot_with(reading->seen, scratch->slots, scratch->n_slots);
        fresh->read_at_s = clock_now_s(reading->store->clock);
        fresh->mark = reading->now;
        reading->out->snapshot = fresh;
        for (size_t i = 0; code == ERR_OK && i < reading->out->numbers.n_agents; i++) {
            code = sqlite_read_exempts(reading->store, reading->out->numbers.agents[i], fresh,
                                       reading->err);
        }
        if (code == ERR_OK) {
            code = sqlite_judge_time(reading->store, reading->policy, false, fresh, reading->err);
        }
    }
    snapshot_unref(scratch);
    return code;
}

static bool is_unchanged(const struct reading *reading)
{
    const struct snapshot_mark *then = &reading->seen->mark;
    return then->version == reading->now.version && then->sequence == reading->now.sequence;
}

static enum err_code read_slots(struct reading *reading)
{
    struct store_changes *out = reading->out;
    enum err_code code = ERR_OK;
    if (reading->seen && is_unchanged(reading)) {
        out->snapshot = snapshot_ref(reading->seen);
    } else if (reading->seen && told_by_records(reading)) {
        code = read_parts(reading);
    }
    if (code == ERR_OK && !out->snapshot) {
        out->whole = true;
        code = sqlite_read_all(reading->store, reading->policy, LOAD_NORMAL, &out->snapshot,
                               reading->err);
    }
    return code;
}

/* ---- the call -------------------------------------------------------------------------------- */

/* Up to where records were given before; another file can have fewer. */
static void find_place(struct sqlite_store *store, const struct store_since *since,
                       int64_t last_sequence)
{
    if (!store->told_any) {
        store->told = since->place ? strtoll(since->place, NULL, 10) : last_sequence;
    }
    if (store->told > last_sequence) {
        store->told = last_sequence;
    }
}

static enum err_code read_moment(struct reading *reading, const struct store_since *since)
{
    struct sqlite_store *store = reading->store;
    enum err_code code = sqlite_begin_moment(store, reading->err);
    if (code == ERR_OK) {
        code = sqlite_see_schema(store, reading->err);
    }
    if (code == ERR_OK) {
        code = sqlite_mark(store, &reading->now, reading->err);
    }
    if (code == ERR_OK) {
        find_place(store, since, reading->now.sequence);
        int64_t behind = store->told;
        if (reading->seen && reading->seen->mark.sequence < behind) {
            behind = reading->seen->mark.sequence;
        }
        code = read_records(reading, behind);
    }
    if (code == ERR_OK) {
        code = read_slots(reading);
    }
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code == ERR_OK ? sqlite_check_frozen(store, reading->err) : code;
}

enum err_code sqlite_read_changes(struct store *base, const struct policy *policy,
                                  const struct store_since *since, const struct progress *progress,
                                  struct store_changes *out, struct err *err)
{
    struct sqlite_store *store = sqlite_begin(base, progress);
    struct reading reading = {
        .store = store, .policy = policy, .out = out, .told = true, .err = err};
    *out = (struct store_changes){.snapshot = NULL};
    enum err_code code = sqlite_open(store, policy, err);
    if (code != ERR_OK) {
        return code;
    }
    const struct snapshot *seen = since->whole ? NULL : since->snapshot;
    if (seen && seen->exact && seen->mark.opened == store->opened &&
        seen->generation < GENERATIONS_MAX) {
        reading.seen = seen;
    }
    code = read_moment(&reading, since);
    if (code != ERR_OK) {
        store_changes_release(out);
        return code;
    }
    store->told_any = true;
    store->told = reading.now.sequence;
    snprintf(out->place, sizeof out->place, "%lld", (long long)store->told);
    return ERR_OK;
}
