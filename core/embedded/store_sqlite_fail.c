#include "core/embedded/store_sqlite_private.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/platform.h"

/*
 * What SQLite's results mean to people. Its own texts ("database is locked", "disk I/O error") say
 * neither which file nor what to do, so the result is looked into: the errno behind it, the file's
 * and the folder's permissions, and for a lock the process that holds it.
 */

/* ---- who holds the lock -------------------------------------------------------------------
 * SQLite locks byte ranges of the file and, in WAL mode, of FILE-shm; the kernel tells who holds a
 * range. But a process that closes any descriptor of a file loses all of its own POSIX locks on
 * it (https://www.sqlite.org/howtocorrupt.html, 2.2), so a child looks: it has no locks to lose.
 * The ranges are those of https://www.sqlite.org/walformat.html, 2.3.1, and of fileformat2,
 * "the lock-byte page". */

#define WAL_LOCKS_AT 120 /* write, checkpoint, recover: a byte each */
#define WAL_LOCKS_LENGTH 3
#define FILE_LOCKS_AT 0x40000000 /* pending, reserved, 510 shared ones */
#define FILE_LOCKS_LENGTH 512

static pid_t range_holder(const char *path, off_t at, off_t length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return 0;
    }
    /* Would a read lock be in the way? Then somebody has a write lock. */
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = length};
    int asked = fcntl(fd, F_GETLK, &lock);
    close(fd);
    return asked == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

static void look_for_holder(const void *path, void *answer)
{
    char *shm = mem_printf("%s-shm", (const char *)path);
    pid_t holder = range_holder(shm, WAL_LOCKS_AT, WAL_LOCKS_LENGTH);
    if (holder == 0) {
        holder = range_holder(path, FILE_LOCKS_AT, FILE_LOCKS_LENGTH);
    }
    memcpy(answer, &holder, sizeof holder);
    free(shm);
}

static pid_t find_holder(const char *path)
{
    pid_t holder = 0;
    sqlite_ask_child(look_for_holder, path, &holder, sizeof holder);
    return holder;
}

/* "anna", or "id 1004" for one without a name here. */
static void name_user(uid_t uid, char *out, size_t size)
{
    struct passwd entry;
    struct passwd *user = NULL;
    char names[1024];
    if (getpwuid_r(uid, &entry, names, sizeof names, &user) == 0 && user) {
        snprintf(out, size, "%.60s", user->pw_name);
    } else {
        snprintf(out, size, "id %lu", (unsigned long)uid);
    }
}

/* "pid 4711 (sqlite3 pool.db, user anna)", as much of it as the system tells. */
static void describe_process(pid_t pid, char *out, size_t size)
{
    char command[121];
    char user[64] = "not known";
    unsigned long uid;
    platform_process_command(pid, command, sizeof command);
    if (platform_process_owner(pid, &uid)) {
        name_user((uid_t)uid, user, sizeof user);
    }
    snprintf(out, size, "pid %ld (%s%suser %s)", (long)pid, command, command[0] ? ", " : "", user);
}

static enum err_code fail_busy(struct sqlite_store *store, struct err *err)
{
    if (store->gave_up) {
        return err_set(err, ERR_CANCELLED, "stopped while waiting for %s", store->path);
    }
    char who[256] = "another process";
    pid_t holder = find_holder(sqlite_real_path(store));
    if (holder == getpid()) {
        snprintf(who, sizeof who, "this process itself (pid %ld)", (long)holder);
    } else if (holder > 0) {
        describe_process(holder, who, sizeof who);
    }
    enum err_code code = err_set(err, ERR_BUSY, "%s is locked by %s", store->path, who);
    err_hint(err, "Waited for %.1f s. Try again when the other one has finished, or stop it.",
             (double)store->busy_timeout_ms / 1000.0);
    return code;
}

int sqlite_wait(void *context, int attempt)
{
    struct sqlite_store *store = context;
    int64_t now_ms = clock_ticks_ms();
    if (attempt == 0) {
        store->waiting_since_ms = now_ms;
    }
    store->gave_up = progress_cancel(store->progress) != CANCEL_NO;
    if (store->gave_up || now_ms - store->waiting_since_ms >= store->busy_timeout_ms) {
        return 0;
    }
    /* A batch takes some 20 ms: look often at first, and never so rarely that the others, who come
       and go, leave no gap. */
    long pause_ms = attempt < 4 ? 1L << attempt : 10 + attempt % 7;
    struct timespec pause = {.tv_sec = 0, .tv_nsec = pause_ms * 1000000};
    nanosleep(&pause, NULL);
    return 1;
}

/* ---- files and disks ---------------------------------------------------------------------- */

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return mem_strdup(".");
    }
    return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* What a write to that place would meet: 0, EACCES, EROFS, ... */
static int write_obstacle(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ? 0 : errno;
}

bool sqlite_may_write(const struct sqlite_store *store)
{
    char *folder = folder_of(sqlite_real_path(store));
    bool may = write_obstacle(folder) == 0 && write_obstacle(sqlite_real_path(store)) == 0;
    free(folder);
    return may;
}

/* Whom a refusal for lack of permission is about, and how a team shares a store. */
static void hint_permission(const struct sqlite_store *store, int number, struct err *err)
{
    struct stat file;
    char owner[64];
    if ((number != EACCES && number != EPERM) || stat(sqlite_real_path(store), &file) != 0) {
        return;
    }
    name_user(file.st_uid, owner, sizeof owner);
    err_hint(
        err,
        "It belongs to %s and has mode %04o. A team on one host shares it with store_mode = 0660 "
        "in the configuration: %s runs extpool --init once, and file and folder belong to a group "
        "of the team that may write the folder",
        owner, (unsigned)(file.st_mode & 0777), owner);
}

enum err_code sqlite_fail_read_only(const struct sqlite_store *store, struct err *err)
{
    char *folder = folder_of(sqlite_real_path(store));
    int file_obstacle = write_obstacle(sqlite_real_path(store));
    int folder_obstacle = write_obstacle(folder);
    enum err_code code = ERR_READ_ONLY;
    if (file_obstacle == EROFS || folder_obstacle == EROFS) {
        err_set(err, code, "%s is on a read-only disk", store->path);
    } else if (file_obstacle != 0) {
        code = err_set_errno(err, code, file_obstacle, "%s cannot be written", store->path);
        hint_permission(store, file_obstacle, err);
    } else if (folder_obstacle != 0) {
        err_set_errno(err, code, folder_obstacle, "the folder %s cannot be written", folder);
        err_hint(err, "The store keeps its journal (%s-wal) beside the file.", store->path);
    } else {
        err_set(err, code, "%s cannot be written", store->path);
    }
    free(folder);
    return code;
}

#define MAKE_ROOM "Make room and run the same command again."

/* An input or output error with the errno behind it. */
static enum err_code fail_io(const struct sqlite_store *store, const char *doing, struct err *err)
{
    int number = store->db ? sqlite3_system_errno(store->db) : 0;
    enum err_code code = ERR_IO;
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        err_set(err, code, "%s: the disk is full, while %s", store->path, doing);
        err_hint(err, MAKE_ROOM);
        break;
    case EFBIG:
        err_set(err, code, "%s: the file may not grow any further, while %s", store->path, doing);
        err_hint(err, "A limit of the process (ulimit -f) or of the file system.");
        break;
    case 0:
        err_set(err, code, "%s: input or output error, while %s", store->path, doing);
        break;
    default:
        err_set_errno(err, code, number, "%s: while %s", store->path, doing);
        break;
    }
    return code;
}

static enum err_code fail_cannot_open(const struct sqlite_store *store, const char *doing,
                                      struct err *err)
{
    int number = store->db ? sqlite3_system_errno(store->db) : 0;
    if (faccessat(AT_FDCWD, store->path, R_OK, AT_EACCESS) != 0) {
        int obstacle = errno;
        enum err_code code = err_set_errno(err, ERR_IO, obstacle, "%s", store->path);
        hint_permission(store, obstacle, err);
        return code;
    }
    if (number == EMFILE || number == ENFILE) {
        return err_set_errno(err, ERR_IO, number, "%s", store->path);
    }
    if (!sqlite_may_write(store) && sqlite_has_journal(store)) {
        return sqlite_fail_unfinished(store, err);
    }
    return sqlite_may_write(store) ? fail_io(store, doing, err) : sqlite_fail_read_only(store, err);
}

enum err_code sqlite_fail(struct sqlite_store *store, int result, const char *doing,
                          struct err *err)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail_busy(store, err);
    case SQLITE_FULL: {
        enum err_code code =
            err_set(err, ERR_IO, "%s: the disk is full, while %s", store->path, doing);
        err_hint(err, MAKE_ROOM);
        return code;
    }
    case SQLITE_IOERR:
        return fail_io(store, doing, err);
    case SQLITE_CANTOPEN:
        return fail_cannot_open(store, doing, err);
    case SQLITE_READONLY: {
        bool unfinished = result == SQLITE_READONLY_ROLLBACK ||
                          result == SQLITE_READONLY_RECOVERY || result == SQLITE_READONLY_CANTINIT;
        return unfinished ? sqlite_fail_unfinished(store, err) : sqlite_fail_read_only(store, err);
    }
    case SQLITE_NOTADB:
        return err_set(err, ERR_INPUT, "%s is not a SQLite database", store->path);
    case SQLITE_CORRUPT: {
        enum err_code code = err_set(err, ERR_INPUT, "%s is damaged: %s, while %s", store->path,
                                     sqlite3_errmsg(store->db), doing);
        err_hint(err, "Put a backup in its place, or save what is left with"
                      " sqlite3 FILE .recover.");
        return code;
    }
    case SQLITE_ERROR:
        /* A table or a column that is not there: somebody changed the schema by hand. */
        return err_set(err, ERR_INPUT, "%s is not as extpool made it: %s", store->path,
                       sqlite3_errmsg(store->db));
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set(err, ERR_IO, "%s: permission denied, while %s", store->path, doing);
    case SQLITE_NOMEM:
        return err_set(err, ERR_NOMEM, "%s: no memory left, while %s", store->path, doing);
    case SQLITE_INTERRUPT:
        return err_set(err, ERR_CANCELLED, "stopped while %s", doing);
    default:
        return err_set(err, ERR_INTERNAL, "%s: %s (%d), while %s", store->path,
                       store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(result), result,
                       doing);
    }
}
