#include "core/embedded/store_sqlite_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

/*
 * What the store last published where: rows of `meta` with the key "export URI" and the value
 * "at rows digest". They need no other schema, and programs that do not know them pass them over.
 */

static void take_value(const char *value, struct published *out)
{
    char *rows = NULL;
    char *digest = NULL;
    if (!value) {
        return;
    }
    errno = 0;
    struct published read = {.at_s = strtoll(value, &rows, 10)};
    read.rows = strtoull(rows, &digest, 10);
    size_t length = strlen(digest);
    if (errno == 0 && digest > rows && digest[0] == ' ' && length > 1 && length <= DIGEST_ROOM) {
        memcpy(read.digest, digest + 1, length);
        *out = read;
    }
}

enum err_code sqlite_published(struct store *base, const char *uri, const struct progress *progress,
                               struct published *out, struct err *err)
{
    struct sqlite_store *store = sqlite_begin(base, progress);
    struct err why = ERR_INIT;
    sqlite3_stmt *query = NULL;
    *out = (struct published){.at_s = 0};
    enum err_code code = sqlite_open(store, NULL, &why);
    if (code == ERR_OK) {
        code = sqlite_prepare(store, "SELECT value FROM meta WHERE key = 'export ' || ?1", &query,
                              &why);
    }
    if (code == ERR_OK) {
        sqlite_bind_text(query, 1, uri);
        int result = sqlite3_step(query);
        if (result == SQLITE_ROW) {
            take_value((const char *)sqlite3_column_text(query, 0), out);
        } else if (result != SQLITE_DONE) {
            code = sqlite_fail(store, result, "reading what was published", &why);
        }
    }
    sqlite3_finalize(query);
    if (code == ERR_NOT_FOUND) {
        return ERR_OK;
    }
    return code == ERR_OK ? ERR_OK : err_set(err, code, "%s", why.text);
}

enum err_code sqlite_note_published(struct store *base, const char *uri,
                                    const struct published *published,
                                    const struct progress *progress, struct err *err)
{
    struct sqlite_store *store = sqlite_begin(base, progress);
    sqlite3_stmt *query = NULL;
    char *value = mem_printf("%lld %llu %s", (long long)published->at_s,
                             (unsigned long long)published->rows, published->digest);
    enum err_code code = sqlite_open_to_write(store, NULL, err);
    if (code == ERR_OK) {
        code = sqlite_prepare(
            store, "INSERT OR REPLACE INTO meta (key, value) VALUES ('export ' || ?1, ?2)", &query,
            err);
    }
    if (code == ERR_OK) {
        sqlite_bind_text(query, 1, uri);
        sqlite_bind_text(query, 2, value);
        int result = sqlite3_step(query);
        if (result != SQLITE_DONE) {
            code = sqlite_fail(store, result, "noting what was published", err);
        }
    }
    sqlite3_finalize(query);
    free(value);
    return code;
}
