#include "core/embedded/store_sqlite_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/mem.h"

/*
 * The tables. A file of an older version is read as it is; the first write brings it up, in its own
 * transaction: either both are there afterwards or neither. An older program on the same file
 * can still use the old tables: the copy is made before, under the same write lock.
 */

/*
 * Version 2. %d is the width; the rest of the rules is in each CHECK, so that no other program can
 * write what this one would not understand. None of them says IN: SQLite opens a temporary table for
 * each such list at each row that is written, which was half of all work of a first sync.
 */
#define TEXT_OR_NULL(column)                                                                       \
    " " column " TEXT CHECK (typeof(" column ") = 'text' OR " column " IS NULL)"
#define INTEGER_OR_NULL(column)                                                                    \
    " " column " INTEGER CHECK (typeof(" column ") = 'integer' OR " column " IS NULL)"
// clang-format off
#define EXTENSIONS \
    "CREATE TABLE extension (" \
    " extension TEXT PRIMARY KEY NOT NULL CHECK (typeof(extension) = 'text'" \
    "  AND length(extension) = %d AND extension NOT GLOB '*[^0-9]*')," \
    " state TEXT NOT NULL CHECK (state = 'free' OR state = 'assigned' OR state = 'reserved')," \
    INTEGER_OR_NULL("at") "," \
    " agent TEXT CHECK (agent IS NULL OR (typeof(agent) = 'text'" \
    "  AND length(CAST(agent AS BLOB)) BETWEEN 1 AND 128))," \
    " note TEXT CHECK (note IS NULL OR (typeof(note) = 'text'" \
    "  AND length(CAST(note AS BLOB)) <= 256))," \
    TEXT_OR_NULL("actor") "," \
    INTEGER_OR_NULL("given_back") "," \
    TEXT_OR_NULL("target") "," \
    INTEGER_OR_NULL("until") "," \
    TEXT_OR_NULL("agent_arn") "," \
    TEXT_OR_NULL("source") "," \
    TEXT_OR_NULL("fallback") "," \
    " CHECK (state <> 'assigned' OR agent IS NOT NULL)) WITHOUT ROWID;"
// clang-format on
#define ONE_EXTENSION_PER_AGENT                                                                    \
    "CREATE UNIQUE INDEX one_extension_per_agent"                                                  \
    " ON extension (agent) WHERE state = 'assigned';"

// clang-format off
#define AUDIT_2 \
    "CREATE TABLE audit (" \
    " seq INTEGER PRIMARY KEY," \
    " action_id TEXT NOT NULL," \
    " at_ms INTEGER NOT NULL CHECK (typeof(at_ms) = 'integer')," \
    " actor TEXT NOT NULL," \
    " action TEXT NOT NULL," \
    " changes TEXT NOT NULL," \
    INTEGER_OR_NULL("expires_at") ");" \
    "CREATE INDEX audit_by_action ON audit (action_id);" \
    "CREATE INDEX audit_by_expiry ON audit (expires_at) WHERE expires_at IS NOT NULL;"

/* Version 3: who did it, how, and for what; and what a question about one number needs
   (core/embedded/store_sqlite_index.c). By the indexes of what is free, one assignment finds its
   number without all the others (core/embedded/store_sqlite_rows.c). The text of a record of a first
   sync has megabytes, so the columns that a search reads are also in an index. */
#define AUDIT_3 \
    "ALTER TABLE audit ADD COLUMN" TEXT_OR_NULL("user") ";" \
    "ALTER TABLE audit ADD COLUMN" TEXT_OR_NULL("via") ";" \
    "ALTER TABLE audit ADD COLUMN" TEXT_OR_NULL("ticket") ";" \
    "ALTER TABLE audit ADD COLUMN" TEXT_OR_NULL("undoes") ";" \
    "ALTER TABLE audit ADD COLUMN" TEXT_OR_NULL("plan_file") ";" \
    "ALTER TABLE audit ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;" \
    "ALTER TABLE audit ADD COLUMN n_changes INTEGER NOT NULL DEFAULT 0;" \
    "ALTER TABLE audit ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;" \
    "CREATE TABLE audit_subject (" \
    " agent INTEGER NOT NULL," \
    " name TEXT NOT NULL," \
    " seq INTEGER NOT NULL," \
    " PRIMARY KEY (agent, name, seq)) WITHOUT ROWID;"
#define INDEXES_3 \
    "CREATE INDEX free_numbers ON extension (extension, at) WHERE state = 'free';" \
    "CREATE INDEX former_holders ON extension (agent) WHERE state = 'free' AND agent IS NOT NULL;" \
    "CREATE INDEX audit_not_indexed ON audit (indexed) WHERE indexed = 0;" \
    "CREATE INDEX audit_by_time ON audit (at_ms, actor, user);"

/* Version 4: who needs no extension. */
#define EXEMPT_4 \
    "CREATE TABLE exempt (" \
    " agent TEXT PRIMARY KEY NOT NULL CHECK (typeof(agent) = 'text'" \
    "  AND length(CAST(agent AS BLOB)) BETWEEN 1 AND 128)," \
    " note TEXT CHECK (note IS NULL OR (typeof(note) = 'text'" \
    "  AND length(CAST(note AS BLOB)) <= 256))," \
    INTEGER_OR_NULL("at") "," \
    TEXT_OR_NULL("actor") ") WITHOUT ROWID;"

#define SCHEMA \
    "CREATE TABLE meta (" \
    " key TEXT PRIMARY KEY NOT NULL," \
    " value NOT NULL) WITHOUT ROWID;" \
    EXTENSIONS ONE_EXTENSION_PER_AGENT AUDIT_2 AUDIT_3 INDEXES_3 EXEMPT_4 \
    "INSERT INTO meta VALUES ('width', %d);" \
    "PRAGMA application_id = %d;" \
    "PRAGMA user_version = 4;"
// clang-format on

/* From version 1: other CHECKs, what a reserved number was before, what belongs to an agent. */
#define UPGRADE_TO_2                                                                               \
    "ALTER TABLE extension RENAME TO extension_1;" EXTENSIONS                                      \
    "INSERT INTO extension (" SLOT_COLUMNS_1 ")"                                                   \
    " SELECT " SLOT_COLUMNS_1 " FROM extension_1;"                                                 \
    "DROP TABLE extension_1;" ONE_EXTENSION_PER_AGENT "PRAGMA user_version = 2;"

/* From version 2; the indexes come when the tables are filled. */
static enum err_code upgrade_to_3(struct sqlite_store *store, struct err *err)
{
    static const char doing[] = "bringing the tables up to this version";
    enum err_code code = sqlite_run(store, AUDIT_3, doing, err);
    if (code == ERR_OK) {
        code = sqlite_index_all(store, err);
    }
    return code == ERR_OK ? sqlite_run(store, INDEXES_3 "PRAGMA user_version = 3;", doing, err)
                          : code;
}

enum err_code sqlite_make_tables(struct sqlite_store *store, int width, struct err *err)
{
    char *schema = sqlite3_mprintf(SCHEMA, width, width, APPLICATION_ID);
    enum err_code code = schema ? sqlite_run(store, schema, "making the store", err)
                                : err_set(err, ERR_NOMEM, "no memory left");
    sqlite3_free(schema);
    return code;
}

enum err_code sqlite_see_schema(struct sqlite_store *store, struct err *err)
{
    return sqlite_number(store, "PRAGMA user_version", &store->schema, err);
}

const char *sqlite_slot_columns(const struct sqlite_store *store)
{
    return store->schema >= 2 ? SLOT_COLUMNS
                              : SLOT_COLUMNS_1 ", NULL, NULL, NULL, NULL, NULL, NULL";
}

/* ---- the copy ----------------------------------------------------------------------------- */

/* A connection of its own reads what is committed: the one that holds the write lock cannot. */
static enum err_code copy_into(struct sqlite_store *store, const char *path, struct err *err)
{
    sqlite3 *reader = NULL;
    sqlite3_stmt *copy = NULL;
    int result = sqlite3_open_v2(sqlite3_db_filename(store->db, "main"), &reader,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_prepare_v2(reader, "VACUUM INTO ?1", -1, &copy, NULL);
    }
    if (result == SQLITE_OK) {
        sqlite_bind_text(copy, 1, path);
        result = sqlite3_step(copy);
    }
    enum err_code code = ERR_OK;
    if (result != SQLITE_DONE) {
        code = err_set(err, ERR_IO,
                       "%s: a copy of the store is kept before the first write of this version, "
                       "and it cannot be made: %s",
                       path, reader ? sqlite3_errmsg(reader) : sqlite3_errstr(result));
        err_hint(
            err,
            "Nothing was written. Make room in the folder, and check that you may write there");
    }
    sqlite3_finalize(copy);
    sqlite3_close(reader);
    return code;
}

/* The file as it is, under PATH.schemaN, with the mode of the original. */
static enum err_code keep_copy(struct sqlite_store *store, struct err *err)
{
    char *path = mem_printf("%s.schema%d", store->path, (int)store->schema);
    char *part = mem_printf("%s.part", path);
    enum err_code code = ERR_OK;
    unlink(part); /* of a run that was killed */
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        code = err_set_errno(err, ERR_IO, errno, "%s", part);
    } else {
        (void)!fchmod(fd, store->file.st_mode & 0777);
        close(fd);
        code = copy_into(store, part, err);
    }
    if (code == ERR_OK && rename(part, path) != 0) {
        code = err_set_errno(err, ERR_IO, errno, "%s", path);
    }
    if (code == ERR_OK) {
        log_line(LOG_INFO, "sqlite", "%s is a copy of the store from before this version", path);
    } else {
        unlink(part);
    }
    free(part);
    free(path);
    return code;
}

/* ---- the upgrade -------------------------------------------------------------------------- */

static enum err_code upgrade_to_2(struct sqlite_store *store, int width, struct err *err)
{
    char *sql = sqlite3_mprintf(UPGRADE_TO_2, width);
    enum err_code code = sql ? sqlite_run(store, sql, "bringing the tables up to this version", err)
                             : err_set(err, ERR_NOMEM, "no memory left");
    sqlite3_free(sql);
    return code;
}

enum err_code sqlite_upgrade(struct sqlite_store *store, bool *upgraded, struct err *err)
{
    *upgraded = false;
    enum err_code code = sqlite_see_schema(store, err);
    if (code != ERR_OK || store->schema >= SCHEMA_VERSION) {
        return code;
    }
    int64_t width = 0;
    code = keep_copy(store, err);
    if (code == ERR_OK) {
        code = sqlite_number(store, "SELECT value FROM meta WHERE key = 'width'", &width, err);
    }
    if (code == ERR_OK && store->schema < 2) {
        code = upgrade_to_2(store, (int)width, err);
    }
    if (code == ERR_OK && store->schema < 3) {
        code = upgrade_to_3(store, err);
    }
    if (code == ERR_OK) {
        code = sqlite_run(store, EXEMPT_4 "PRAGMA user_version = 4;",
                          "bringing the tables up to this version", err);
    }
    if (code == ERR_OK) {
        *upgraded = true;
        store->schema = SCHEMA_VERSION;
    }
    return code;
}
