#include "core/embedded/store_sqlite_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define SMALLEST_PAGE 512 /* of any SQLite database */

/* ---- opening ------------------------------------------------------------------------------ */

void sqlite_close(struct sqlite_store *store)
{
    /* The last one to close a store folds its journal into the file; if that is not possible,
       the next one to open it does. */
    sqlite3_close(store->db);
    store->db = NULL;
    store->frozen = false;
}

bool sqlite_same_file(const struct sqlite_store *store)
{
    struct stat now;
    return store->db && stat(store->path, &now) == 0 && now.st_dev == store->file.st_dev &&
           now.st_ino == store->file.st_ino;
}

bool sqlite_still_frozen(const struct sqlite_store *store)
{
    struct stat now;
    const struct stat *then = &store->file;
    return stat(store->path, &now) == 0 && now.st_ino == then->st_ino &&
           now.st_size == then->st_size && now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == then->st_mtim.tv_nsec && !sqlite_has_journal(store);
}

enum err_code sqlite_check_frozen(const struct sqlite_store *store, struct err *err)
{
    if (!store->frozen || sqlite_still_frozen(store)) {
        return ERR_OK;
    }
    err_set(err, ERR_BUSY, "%s changed while it was read", store->path);
    err_hint(err, "Try again.");
    return ERR_BUSY;
}

/* The path as SQLite takes it: never as a URI, never ":memory:". */
static char *plain_name(const char *path)
{
    return mem_printf("%s%s", path[0] == '/' ? "" : "./", path);
}

/* A URI that says: nobody can write this file. */
static char *frozen_name(const char *path)
{
    struct buf uri;
    buf_init(&uri, (size_t)1 << 20);
    buf_puts(&uri, "file:");
    char *plain = plain_name(path);
    for (const char *c = plain; *c; c++) {
        if (*c == '%' || *c == '?' || *c == '#') {
            buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*c);
        } else {
            buf_putc(&uri, *c);
        }
    }
    free(plain);
    buf_puts(&uri, "?immutable=1");
    return buf_take(&uri);
}

static enum err_code connect(struct sqlite_store *store, bool frozen, struct err *err)
{
    char *name =
        frozen ? frozen_name(sqlite_real_path(store)) : plain_name(sqlite_real_path(store));
    int flags = SQLITE_OPEN_NOMUTEX |
                (frozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE);
    int result = sqlite3_open_v2(name, &store->db, flags, NULL);
    free(name);
    if (result != SQLITE_OK) {
        return sqlite_fail(store, result, "opening it", err);
    }
    store->frozen = frozen;
    store->opened++;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_handler(store->db, sqlite_wait, store);
    /* A file from elsewhere is data, not code: https://www.sqlite.org/security.html */
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    return sqlite_run(store,
                      "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                      "PRAGMA cell_size_check = ON",
                      "opening it", err);
}

/* ---- what the file is --------------------------------------------------------------------- */

enum identity {
    IDENTITY_EMPTY, /* a database without a table: init did not get further */
    IDENTITY_OURS,
    IDENTITY_NEWER,
    IDENTITY_FOREIGN
};

static enum err_code identify(struct sqlite_store *store, enum identity *identity, int64_t *version,
                              struct err *err)
{
    int64_t application = 0;
    int64_t tables = 0;
    enum err_code code = sqlite_number(store, "PRAGMA application_id", &application, err);
    if (code == ERR_OK) {
        code = sqlite_number(store, "PRAGMA user_version", version, err);
    }
    if (code == ERR_OK) {
        code = sqlite_number(store, "SELECT count(*) FROM sqlite_master", &tables, err);
    }
    if (code != ERR_OK) {
        return code;
    }
    if (application == APPLICATION_ID && *version > SCHEMA_VERSION) {
        *identity = IDENTITY_NEWER;
    } else if (application == APPLICATION_ID && *version >= SCHEMA_OLDEST) {
        *identity = IDENTITY_OURS;
    } else if (application == 0 && *version == 0 && tables == 0) {
        *identity = IDENTITY_EMPTY;
    } else {
        *identity = IDENTITY_FOREIGN;
    }
    return ERR_OK;
}

static enum err_code fail_not_there(const struct sqlite_store *store, struct err *err)
{
    enum err_code code = err_set(err, ERR_NOT_FOUND, "%s: store not found", store->path);
    err_hint(err, "extpool --init makes a new one. If there should already be one, check --store, "
                  "AWS_TABLE, HOME and the context");
    return code;
}

static enum err_code check_width(struct sqlite_store *store, const struct policy *policy,
                                 struct err *err)
{
    int64_t width = 0;
    enum err_code code =
        sqlite_number(store, "SELECT value FROM meta WHERE key = 'width'", &width, err);
    if (code != ERR_OK || !policy || width == policy->width) {
        return code;
    }
    if (width < EXT_WIDTH_MIN || width > EXT_WIDTH_MAX) {
        return err_set(err, ERR_INPUT, "%s does not say how many digits its extensions have",
                       store->path);
    }
    code = err_set(err, ERR_INPUT, "%s was made for extensions of %d digits, not of %d",
                   store->path, (int)width, policy->width);
    err_hint(err,
             "Set width = %d in the section [policy] of the configuration, or name another"
             " store.",
             (int)width);
    return code;
}

static enum err_code judge_identity(struct sqlite_store *store, const struct policy *policy,
                                    bool *empty, struct err *err)
{
    enum identity identity = IDENTITY_FOREIGN;
    int64_t version = 0;
    enum err_code code = identify(store, &identity, &version, err);
    store->schema = version;
    *empty = code == ERR_OK && identity == IDENTITY_EMPTY;
    if (code != ERR_OK || *empty) {
        return code;
    }
    if (identity == IDENTITY_NEWER) {
        code = err_set(err, ERR_INPUT,
                       "%s was written by a newer extpool: its schema is %d, this program knows %d",
                       store->path, (int)version, SCHEMA_VERSION);
        err_hint(err, "Use the newer program; this one does not touch the store.");
        return code;
    }
    if (identity == IDENTITY_FOREIGN) {
        code = err_set(err, ERR_INPUT, "%s is a SQLite database, but not a store of extpool",
                       store->path);
        err_hint(err, "Name another path; this file is left as it is.");
        return code;
    }
    return check_width(store, policy, err);
}

/* In one transaction: between two looks somebody could make the store. */
static enum err_code check_identity(struct sqlite_store *store, const struct policy *policy,
                                    bool *empty, struct err *err)
{
    bool alone = sqlite3_get_autocommit(store->db) != 0;
    enum err_code code = alone ? sqlite_run(store, "BEGIN", "opening it", err) : ERR_OK;
    if (code == ERR_OK) {
        code = judge_identity(store, policy, empty, err);
    }
    if (alone) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return code;
}

/* What stands at the path, before SQLite sees it. */
static enum err_code look(struct sqlite_store *store, struct err *err)
{
    if (stat(store->path, &store->file) != 0) {
        return errno == ENOENT ? fail_not_there(store, err)
                               : err_set_errno(err, ERR_IO, errno, "%s", store->path);
    }
    if (S_ISDIR(store->file.st_mode)) {
        return err_set(err, ERR_INPUT, "%s is a folder, not a store", store->path);
    }
    if (!S_ISREG(store->file.st_mode)) {
        return err_set(err, ERR_INPUT, "%s is not a file", store->path);
    }
    if (store->file.st_size > 0 && store->file.st_size < SMALLEST_PAGE) {
        /* SQLite takes a file of one byte for an empty one. */
        return sqlite_fail(store, SQLITE_NOTADB, "opening it", err);
    }
    return sqlite_check_name(store, err);
}

/*
 * A reader of a WAL store writes too: its place in FILE-shm. Who may not write, and finds no
 * journal waiting, leaves no such files behind and reads the file alone; sqlite_still_frozen tells
 * afterwards whether somebody came in between. A store without a write-ahead log is read under
 * SQLite's locks by everybody.
 */
static enum err_code open_file(struct sqlite_store *store, const struct policy *policy, bool *empty,
                               struct err *err)
{
    enum err_code code = look(store, err);
    if (code != ERR_OK) {
        return code;
    }
    bool alone = !sqlite_may_write(store) && !sqlite_has_journal(store) && sqlite_is_wal(store);
    code = connect(store, alone, err);
    if (code == ERR_OK) {
        code = check_identity(store, policy, empty, err);
    }
    if (code != ERR_OK) {
        sqlite_close(store);
    }
    return code;
}

enum err_code sqlite_look(struct sqlite_store *store, const struct policy *policy, struct err *err)
{
    bool empty = false;
    enum err_code code = look(store, err);
    if (code == ERR_OK) {
        code = connect(store, true, err);
    }
    return code == ERR_OK ? check_identity(store, policy, &empty, err) : code;
}

enum err_code sqlite_open(struct sqlite_store *store, const struct policy *policy, struct err *err)
{
    bool empty = false;
    enum err_code code;
    if (sqlite_same_file(store) && !store->frozen) {
        code = check_identity(store, policy, &empty, err);
    } else {
        sqlite_close(store);
        code = open_file(store, policy, &empty, err);
    }
    if (code == ERR_OK && empty) {
        sqlite_close(store);
        code = fail_not_there(store, err);
    }
    return code;
}

enum err_code sqlite_open_to_write(struct sqlite_store *store, const struct policy *policy,
                                   struct err *err)
{
    enum err_code code = sqlite_open(store, policy, err);
    if (code == ERR_OK && (store->frozen || sqlite3_db_readonly(store->db, "main") != 0)) {
        code = sqlite_fail_read_only(store, err);
    }
    return code;
}

/* ---- making ------------------------------------------------------------------------------- */

/* Two may do it at once: the one who comes second finds it done. */
static enum err_code make_schema(struct sqlite_store *store, const struct policy *policy,
                                 struct err *err)
{
    bool empty = false;
    enum err_code code = sqlite_run(store, "BEGIN IMMEDIATE", "making the store", err);
    if (code == ERR_OK) {
        code = check_identity(store, policy, &empty, err);
    }
    if (code == ERR_OK && empty) {
        code = sqlite_make_tables(store, policy->width, err);
    }
    if (code == ERR_OK) {
        code = sqlite_run(store, "COMMIT", "making the store", err);
    }
    if (code != ERR_OK && !sqlite3_get_autocommit(store->db)) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return code;
}

/* SQLite does not call the busy handler while the kind of journal changes: that would be a
   deadlock if both waited. So the wait is ours. */
static enum err_code use_wal(struct sqlite_store *store, bool *possible, struct err *err)
{
    sqlite3_stmt *query = NULL;
    enum err_code code = sqlite_prepare(store, "PRAGMA journal_mode = WAL", &query, err);
    int result = SQLITE_DONE;
    for (int attempt = 0; code == ERR_OK; attempt++) {
        result = sqlite3_step(query);
        if ((result & 0xff) != SQLITE_BUSY || !sqlite_wait(store, attempt)) {
            break;
        }
        sqlite3_reset(query);
    }
    if (code == ERR_OK && result == SQLITE_ROW) {
        const char *mode = (const char *)sqlite3_column_text(query, 0);
        *possible = mode && strcmp(mode, "wal") == 0;
    } else if (code == ERR_OK) {
        code = sqlite_fail(store, result, "making the store", err);
    }
    sqlite3_finalize(query);
    return code;
}

/* Makes the file with its mode before SQLite would make it readable for all. *made: it is new. */
static enum err_code make_file(struct sqlite_store *store, bool *made, struct err *err)
{
    enum err_code code = fileio_make_parents(store->path, err);
    if (code == ERR_OK) {
        free(store->real);
        store->real = NULL;
        code = fileio_resolve(store->path, &store->real, err);
    }
    if (code != ERR_OK) {
        return code;
    }
    /* Never opened if it exists: closing a descriptor ends the locks that another handle of
       this process has on the file. */
    int fd = open(store->real, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd >= 0) {
        *made = true;
        (void)!fchmod(fd, (mode_t)store->mode); /* a disk without modes has its own */
        close(fd);
    } else if (errno != EEXIST) {
        return err_set_errno(err, ERR_IO, errno, "%s", store->path);
    }
    return ERR_OK;
}

/* By path: closing a descriptor of the file would end locks of this process. */
static void set_mode(const struct sqlite_store *store)
{
    static const char *const parts[] = {"", "-wal", "-shm"};
    if (store->file.st_uid != geteuid() || (store->file.st_mode & 0777) == store->mode) {
        return;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char *path = mem_printf("%s%s", store->real, parts[i]);
        (void)!chmod(path, (mode_t)store->mode);
        free(path);
    }
}

/* A new file that stayed empty is taken away again. */
static void unmake_file(const struct sqlite_store *store)
{
    struct stat now;
    if (stat(store->real, &now) == 0 && now.st_size == 0) {
        unlink(store->real);
    }
}

enum err_code sqlite_create(struct sqlite_store *store, const struct policy *policy,
                            struct port_info *warnings, struct err *err)
{
    bool made = false;
    bool empty = false;
    bool wal = false;
    sqlite_close(store);
    enum err_code code = make_file(store, &made, err);
    if (code == ERR_OK) {
        code = open_file(store, policy, &empty, err);
    }
    if (code == ERR_OK && !made && store->mode_of_old) {
        set_mode(store);
    }
    if (code == ERR_OK && empty && store->frozen) {
        code = sqlite_fail_read_only(store, err);
    }
    if (code == ERR_OK && empty) {
        code = use_wal(store, &wal, err);
    }
    if (code == ERR_OK && empty) {
        code = make_schema(store, policy, err);
    }
    if (code == ERR_OK && empty && !wal && warnings) {
        port_info_set(warnings, "journal",
                      "the file system does not allow a write-ahead log for %s: the store works, "
                      "but readers wait for writers",
                      store->path);
    }
    if (code != ERR_OK) {
        sqlite_close(store);
        if (made) {
            unmake_file(store);
        }
    }
    return code;
}
