#include "core/embedded/store_sqlite_private.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

/*
 * The audit trail as a clock. Its records are in order by their sequence, whatever the machine's
 * clock said when they were written. So they tell when that clock is wrong (core/pool/stamps.h),
 * and no record goes because of what a clock says: only the doctor's plan removes any.
 */

#define DOUBTFUL "doubtful_stamp:"        /* keys of the table `meta` */
#define COUNTS_AFTER "clock_counts_after" /* the sequence behind which records count as a clock */
#define COUNTING "seq > coalesce((SELECT value FROM meta WHERE key = '" COUNTS_AFTER "'), 0)"
#define EXPIRED "FROM audit WHERE expires_at <= ?1"

struct query {
    const char *sql;
    int64_t argument; /* for its ?1, if it has one */
    void (*take)(void *context, sqlite3_stmt *row);
    void *context;
};

/* Runs the query and gives each row to `take`. */
static enum err_code each_row_of(struct sqlite_store *store, const struct query *query,
                                 struct err *err)
{
    sqlite3_stmt *rows = NULL;
    enum err_code code = sqlite_prepare(store, query->sql, &rows, err);
    if (code == ERR_OK) {
        if (sqlite3_bind_parameter_count(rows) > 0) {
            sqlite3_bind_int64(rows, 1, query->argument);
        }
        int result;
        while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
            query->take(query->context, rows);
        }
        if (result != SQLITE_DONE) {
            code = sqlite_fail(store, result, "reading the audit trail", err);
        }
    }
    sqlite3_finalize(rows);
    return code;
}

/* ---- what the trail says about the time ---------------------------------------------------- */

struct reading {
    struct trail_times times;
    int64_t *doubtful_s;
    struct snapshot *snapshot;
};

static void take_time(void *context, sqlite3_stmt *row)
{
    struct trail_times *times = &((struct reading *)context)->times;
    times->at_ms[times->n++] = sqlite3_column_int64(row, 0);
}

static void take_doubtful(void *context, sqlite3_stmt *row)
{
    struct reading *reading = context;
    struct trail_times *times = &reading->times;
    reading->doubtful_s =
        mem_resize(reading->doubtful_s, times->n_doubtful + 1, sizeof *reading->doubtful_s);
    reading->doubtful_s[times->n_doubtful++] = sqlite3_column_int64(row, 0);
    times->doubtful_s = reading->doubtful_s;
}

static enum err_code read_times(struct sqlite_store *store, struct reading *reading,
                                struct err *err)
{
    const struct query times = {.sql = "SELECT at_ms FROM audit WHERE " COUNTING
                                       " ORDER BY seq DESC LIMIT ?1",
                                .argument = STAMPS_RECORDS,
                                .take = take_time,
                                .context = reading};
    const struct query doubtful = {.sql = "SELECT value FROM meta WHERE key GLOB '" DOUBTFUL
                                          "*' ORDER BY key",
                                   .take = take_doubtful,
                                   .context = reading};
    enum err_code code = each_row_of(store, &times, err);
    return code == ERR_OK ? each_row_of(store, &doubtful, err) : code;
}

/* ---- what the doctor wants to know ------------------------------------------------------- */

static void take_count(void *context, sqlite3_stmt *row)
{
    *(size_t *)context = (size_t)sqlite3_column_int64(row, 0);
}

static void take_month(void *context, sqlite3_stmt *row)
{
    const char *month = (const char *)sqlite3_column_text(row, 0);
    snapshot_trail_ahead(((struct reading *)context)->snapshot, month ? month : "?",
                         (size_t)sqlite3_column_int64(row, 1));
}

static enum err_code examine_trail(struct sqlite_store *store, struct reading *reading,
                                   struct err *err)
{
    struct snapshot *snapshot = reading->snapshot;
    struct trail *trail = &snapshot->trail;
    int64_t ahead_ms = clock_now_ms(store->clock) + CLOCK_DAY_S * 1000;
    trail->clock_trusted = clock_synchronised(store->clock);
    trail->expired_by_s = stamps_ended_by_s(store->clock, &reading->times);
    const struct query queries[] = {
        {"SELECT count(*) FROM audit", 0, take_count, &trail->n_records},
        {"SELECT count(*) " EXPIRED, trail->expired_by_s, take_count, &trail->n_expired},
        {"SELECT strftime('%Y-%m', at_ms / 1000, 'unixepoch'), count(*)"
         " FROM audit WHERE at_ms > ?1 AND " COUNTING " GROUP BY 1 ORDER BY 1",
         ahead_ms, take_month, reading},
    };
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < sizeof queries / sizeof queries[0] && code == ERR_OK; i++) {
        code = each_row_of(store, &queries[i], err);
    }
    return code;
}

enum err_code sqlite_judge_time(struct sqlite_store *store, const struct policy *policy,
                                bool consistent, struct snapshot *snapshot, struct err *err)
{
    struct reading reading = {.snapshot = snapshot};
    enum err_code code = read_times(store, &reading, err);
    if (code == ERR_OK) {
        stamps_judge_host(snapshot, policy, store->clock, &reading.times);
    }
    if (code == ERR_OK && consistent) {
        code = examine_trail(store, &reading, err);
    }
    free(reading.doubtful_s);
    return code;
}

/* ---- writing ----------------------------------------------------------------------------- */

/* A statement with numbers for its parameters. */
static enum err_code run_with(struct sqlite_store *store, const char *sql, int64_t first,
                              int64_t second, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    enum err_code code = sqlite_prepare(store, sql, &statement, err);
    if (code == ERR_OK) {
        sqlite3_bind_int64(statement, 1, first);
        if (sqlite3_bind_parameter_count(statement) > 1) {
            sqlite3_bind_int64(statement, 2, second);
        }
        int result = sqlite3_step(statement);
        code = result == SQLITE_DONE ? ERR_OK : sqlite_fail(store, result, "writing a change", err);
    }
    sqlite3_finalize(statement);
    return code;
}

enum err_code sqlite_doubt_stamp(struct sqlite_store *store, int64_t stamp_s, struct err *err)
{
    return run_with(store, "INSERT OR IGNORE INTO meta VALUES ('" DOUBTFUL "' || ?1, ?1)", stamp_s,
                    0, err);
}

enum err_code sqlite_change_trail(struct sqlite_store *store, const struct trail_step *step,
                                  size_t *n, struct err *err)
{
    enum err_code code;
    if (step->trust_clock) {
        /* The record of this very repair is written next, and does not count either. */
        code = run_with(store,
                        "INSERT OR REPLACE INTO meta"
                        " SELECT '" COUNTS_AFTER "', coalesce(max(seq), 0) + ?1 FROM audit",
                        1, 0, err);
    } else {
        code = run_with(store,
                        "DELETE FROM audit WHERE seq IN (SELECT seq " EXPIRED " ORDER BY seq"
                        " LIMIT min(?2, (SELECT count(*) / 2 FROM audit)))",
                        step->expired_by_s, (int64_t)step->n_records, err);
    }
    *n = code == ERR_OK ? (size_t)sqlite3_changes(store->db) : 0;
    if (code == ERR_OK && !step->trust_clock) {
        code =
            sqlite_run(store, "DELETE FROM audit_subject WHERE seq NOT IN (SELECT seq FROM audit)",
                       "removing records from the index", err);
    }
    return code;
}
