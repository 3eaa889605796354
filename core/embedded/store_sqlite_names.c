#include "core/embedded/store_sqlite_names.h"

#include <stdlib.h>
#include <string.h>

#include "core/embedded/store_sqlite_private.h"

#include "core/base/banned.h"

/* Both walk an index from the typed text on. */
static const char s_agents[] = "SELECT agent, extension FROM extension"
                               " WHERE state = 'assigned' AND agent >= ?1 ORDER BY agent";
static const char s_extensions[] =
    "SELECT extension, CASE state WHEN 'assigned' THEN agent ELSE state END"
    " FROM extension WHERE extension >= ?1 AND (?2 = 0 OR state = 'free')"
    " ORDER BY extension";

static const char *column(sqlite3_stmt *query, int at)
{
    const char *text = (const char *)sqlite3_column_text(query, at);
    return text ? text : "";
}

static void walk(sqlite3_stmt *query, const char *begin, const struct store_names *names)
{
    size_t length = strlen(begin);
    for (int n = 0; n < STORE_NAMES_MAX && sqlite3_step(query) == SQLITE_ROW; n++) {
        const char *name = column(query, 0);
        if (strncmp(name, begin, length) != 0) {
            break;
        }
        names->put(names->context, name, column(query, 1));
    }
}

void store_sqlite_names(struct store *base, enum store_names_kind kind, const char *begin,
                        const struct store_names *names)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sqlite3_stmt *query = NULL;
    if (sqlite_look(store, NULL, NULL) == ERR_OK &&
        sqlite3_prepare_v2(store->db, kind == STORE_NAMES_AGENTS ? s_agents : s_extensions, -1,
                           &query, NULL) == SQLITE_OK) {
        sqlite3_bind_text(query, 1, begin, -1, SQLITE_TRANSIENT);
        if (kind != STORE_NAMES_AGENTS) {
            sqlite3_bind_int(query, 2, kind == STORE_NAMES_FREE);
        }
        walk(query, begin, names);
    }
    sqlite3_finalize(query);
}
