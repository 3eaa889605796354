/* Exempt agents: the table `exempt` has a row for each. A file of an older version has none. */
#include "core/embedded/store_sqlite_private.h"

#include "core/base/banned.h"

#define SCHEMA_WITH_EXEMPTS 4

#define AS_SEEN " WHERE agent = ?1 AND at IS ?2 AND note IS ?3"

static enum err_code prepare(struct sqlite_store *store, const char *sql, const char *agent,
                             sqlite3_stmt **out, struct err *err)
{
    enum err_code code = sqlite_prepare(store, sql, out, err);
    if (code == ERR_OK && agent) {
        sqlite_bind_text(*out, 1, agent);
    }
    return code;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* One that is no text, or has more in it, is not one of ours: integrity_check tells the doctor. */
static void take_row(struct snapshot *snapshot, sqlite3_stmt *row)
{
    bool sound = true;
    const char *agent = sqlite_text(&snapshot->arena, row, 0, &sound);
    const struct exempt entry = {.note = sqlite_text(&snapshot->arena, row, 1, &sound),
                                 .by = sqlite_text(&snapshot->arena, row, 2, &sound),
                                 .since_s = sqlite3_column_int64(row, 3)};
    if (sound && agent) {
        snapshot_put_exempt(snapshot, agent, &entry);
    }
}

enum err_code sqlite_read_exempts(struct sqlite_store *store, const char *agent,
                                  struct snapshot *into, struct err *err)
{
    sqlite3_stmt *rows = NULL;
    int result = SQLITE_DONE;
    if (agent) {
        snapshot_put_exempt(into, agent, NULL);
    }
    if (store->schema < SCHEMA_WITH_EXEMPTS) {
        return ERR_OK;
    }
    enum err_code code =
        prepare(store,
                agent ? "SELECT agent, note, actor, at FROM exempt WHERE agent = ?1"
                      : "SELECT agent, note, actor, at FROM exempt ORDER BY agent",
                agent, &rows, err);
    while (code == ERR_OK && (result = sqlite3_step(rows)) == SQLITE_ROW) {
        take_row(into, rows);
    }
    if (code == ERR_OK && result != SQLITE_DONE) {
        code = sqlite_fail(store, result, "reading who is exempt", err);
    }
    sqlite3_finalize(rows);
    return code;
}

/* ---- writing ------------------------------------------------------------------------------- */

static void bind_time(sqlite3_stmt *query, int index, int64_t at_s)
{
    if (at_s != 0) {
        sqlite3_bind_int64(query, index, at_s);
    } else {
        sqlite3_bind_null(query, index);
    }
}

static const char *statement_for(const struct exempt_effect *effect)
{
    static const char *const statements[2][2] = {
        {"SELECT agent FROM exempt WHERE agent = ?1",
         "INSERT INTO exempt (agent, at, note, actor) VALUES (?1, ?4, ?5, ?6)"},
        {"DELETE FROM exempt" AS_SEEN, "UPDATE exempt SET at = ?4, note = ?5, actor = ?6" AS_SEEN},
    };
    return statements[effect->before != NULL][effect->after != NULL];
}

int sqlite_write_exempt(struct sqlite_store *store, const struct exempt_effect *effect,
                        bool *touched, struct err *err)
{
    sqlite3_stmt *write = NULL;
    *touched = false;
    if (prepare(store, statement_for(effect), effect->agent, &write, err) != ERR_OK) {
        return SQLITE_ERROR;
    }
    if (effect->before) {
        bind_time(write, 2, effect->before->since_s);
        sqlite_bind_text(write, 3, effect->before->note);
    }
    if (effect->after) {
        bind_time(write, 4, effect->after->since_s);
        sqlite_bind_text(write, 5, effect->after->note);
        sqlite_bind_text(write, 6, effect->after->by);
    }
    int result = sqlite3_step(write);
    bool asks = !effect->before && !effect->after; /* that there is none */
    *touched = result == SQLITE_DONE && (asks || sqlite3_changes(store->db) == 1);
    sqlite3_finalize(write);
    return result == SQLITE_ROW ? SQLITE_DONE : result;
}
