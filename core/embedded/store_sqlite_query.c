/*
 * What each call and each statement has in common.
 */
#include "core/embedded/store_sqlite_private.h"

#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

struct sqlite_store *sqlite_begin(struct store *base, const struct progress *progress)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    store->progress = progress;
    store->gave_up = false;
    return store;
}

enum err_code sqlite_run(struct sqlite_store *store, const char *sql, const char *doing,
                         struct err *err)
{
    int result = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? ERR_OK : sqlite_fail(store, result, doing, err);
}

enum err_code sqlite_prepare(struct sqlite_store *store, const char *sql, sqlite3_stmt **out,
                             struct err *err)
{
    int result = sqlite3_prepare_v2(store->db, sql, -1, out, NULL);
    return result == SQLITE_OK ? ERR_OK : sqlite_fail(store, result, "preparing a query", err);
}

enum err_code sqlite_number(struct sqlite_store *store, const char *sql, int64_t *out,
                            struct err *err)
{
    sqlite3_stmt *query = NULL;
    enum err_code code = sqlite_prepare(store, sql, &query, err);
    *out = 0;
    if (code == ERR_OK) {
        int result = sqlite3_step(query);
        if (result == SQLITE_ROW) {
            *out = sqlite3_column_int64(query, 0);
        } else if (result != SQLITE_DONE) {
            code = sqlite_fail(store, result, "opening it", err);
        }
    }
    sqlite3_finalize(query);
    return code;
}

void sqlite_bind_text(sqlite3_stmt *query, int index, const char *text)
{
    sqlite3_bind_text(query, index, text, -1, SQLITE_STATIC);
}

const char *sqlite_text(struct arena *arena, sqlite3_stmt *row, int column, bool *sound)
{
    int type = sqlite3_column_type(row, column);
    if (type == SQLITE_NULL) {
        return NULL;
    }
    const char *text = (const char *)sqlite3_column_text(row, column);
    size_t length = (size_t)sqlite3_column_bytes(row, column);
    if (!text) {
        *sound = false;
        return NULL;
    }
    if (type != SQLITE_TEXT || strlen(text) != length || text_utf8_check(text, length) != length) {
        *sound = false;
    }
    return arena_strndup(arena, text, length);
}
