/* For fileio.h: files that are written, whole or not at all. */

#include "core/base/fileio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/platform.h"

/* Temporary files: FOLDER/.extpool-0123456789abcdef.tmp. Whoever writes one holds a lock on it, so
   one without a lock was left by a run that was killed. */
#define TEMPORARY_BEFORE ".extpool-"
#define TEMPORARY_AFTER ".tmp"
#define TEMPORARY_TRIES 16

/* ---- one write --------------------------------------------------------------------------- */

static enum err_code write_all(int fd, const char *path, const char *bytes, size_t length,
                               struct err *err)
{
    while (length > 0) {
        ssize_t wrote = write(fd, bytes, length);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            return err_set_errno(err, ERR_IO, errno, "%s", path);
        }
        bytes += wrote;
        length -= (size_t)wrote;
    }
    return ERR_OK;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return mem_strdup(".");
    }
    return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        /* Some file systems cannot flush a folder; the file itself is flushed. */
        (void)fsync(fd);
        close(fd);
    }
}

static bool everybody_can_write(const char *folder)
{
    struct stat info;
    return stat(folder, &info) == 0 && (info.st_mode & S_IWOTH);
}

/* What exists and is not a regular file (a pipe, /dev/stdout) is written in place. */
static enum err_code write_in_place(const char *path, const struct stat *there, const void *bytes,
                                    size_t length, struct err *err)
{
    char *folder = folder_of(path);
    bool trap = there->st_uid != geteuid() && everybody_can_write(folder);
    free(folder);
    if (trap) {
        return err_set(err, ERR_IO,
                       "%s belongs to somebody else and is in a folder that everybody can write: "
                       "nothing is written to it",
                       path);
    }
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, errno, "%s", path);
    }
    enum err_code code = write_all(fd, path, bytes, length, err);
    close(fd);
    return code;
}

/* ---- temporary files --------------------------------------------------------------------- */

static bool is_temporary(const char *name)
{
    size_t length = strlen(name);
    size_t before = strlen(TEMPORARY_BEFORE);
    size_t after = strlen(TEMPORARY_AFTER);
    return length == before + 16 + after && strncmp(name, TEMPORARY_BEFORE, before) == 0 &&
           strspn(name + before, "0123456789abcdef") == 16 &&
           strcmp(name + length - after, TEMPORARY_AFTER) == 0;
}

static void sweep_one(int folder, const char *name)
{
    struct stat info;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
        flock(fd, LOCK_EX | LOCK_NB) == 0) {
        unlinkat(folder, name, 0);
    }
    close(fd);
}

/* What killed runs left behind. */
static void sweep(const char *folder)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;
    while (list && (entry = readdir(list))) {
        if (is_temporary(entry->d_name)) {
            sweep_one(dirfd(list), entry->d_name);
        }
    }
    if (list) {
        closedir(list);
    }
}

/* A new and locked file in the folder; *name is its path, to be freed. -1 with errno. */
static int open_temporary(const char *folder, mode_t mode, char **name)
{
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        uint64_t random = 0;
        struct stat info;
        if (!platform_random(&random, sizeof random)) {
            return -1;
        }
        *name = mem_printf("%s/" TEMPORARY_BEFORE "%016llx" TEMPORARY_AFTER, folder,
                           (unsigned long long)random);
        int fd = open(*name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode);
        if (fd >= 0) {
            /* On a file system without locks nobody sweeps. */
            (void)flock(fd, LOCK_EX);
            if (fstat(fd, &info) == 0 && info.st_nlink > 0) {
                return fd;
            }
            close(fd); /* swept between the two calls */
        }
        free(*name);
        *name = NULL;
        if (fd < 0 && errno != EEXIST) {
            return -1;
        }
    }
    return -1;
}

/* ---- replacing --------------------------------------------------------------------------- */

/* The new file looks to others as the old one did. Whoever gets it into another group gives that
   group no more than everybody has. */
static int keep_manners(int fd, const struct stat *old)
{
    struct stat now;
    mode_t mode = old->st_mode & 0777;
    if (fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0 &&
        errno != EPERM && errno != EINVAL) {
        return -1;
    }
    if (fstat(fd, &now) != 0) {
        return -1;
    }
    if (now.st_gid != old->st_gid) {
        mode &= (mode_t) ~(S_IRWXG & ~((mode & S_IRWXO) << 3));
    }
    return fchmod(fd, mode);
}

struct replacing {
    const char *path; /* as it was given, for messages */
    unsigned mode;    /* of a new file */
    const char *target;
    const char *folder;
    const struct stat *old; /* NULL: there is no file yet */
    bool only_new;
};

static enum err_code fail_to_write(const struct replacing *replacing, int number, struct err *err)
{
    enum err_code code = err_set_errno(err, ERR_IO, number, "%s", replacing->path);
    err_hint(err,
             replacing->old ? "The old file is still there, unchanged" : "Nothing was written");
    return code;
}

static enum err_code fail_to_begin(const struct replacing *replacing, int number, struct err *err)
{
    if (number != EACCES && number != EPERM && number != EROFS) {
        return fail_to_write(replacing, number, err);
    }
    enum err_code code = err_set_errno(err, ERR_IO, number, "%s: the folder %s cannot be written",
                                       replacing->path, replacing->folder);
    err_hint(err, "A file is replaced by a new one, so its folder has to be writable too");
    return code;
}

static int move_into_place(const struct replacing *replacing, const char *temporary)
{
    if (!replacing->only_new) {
        return rename(temporary, replacing->target);
    }
    int linked = link(temporary, replacing->target); /* never over anything */
    int number = errno;
    unlink(temporary);
    errno = number;
    return linked;
}

static enum err_code replace(const struct replacing *replacing, const void *bytes, size_t length,
                             struct err *err)
{
    char *temporary = NULL;
    sweep(replacing->folder);
    int fd = open_temporary(replacing->folder, replacing->old ? 0600 : (mode_t)replacing->mode,
                            &temporary);
    if (fd < 0) {
        return fail_to_begin(replacing, errno, err);
    }
    struct err why = ERR_INIT;
    int number = 0;
    if (write_all(fd, replacing->path, bytes, length, &why) != ERR_OK ||
        (replacing->old && keep_manners(fd, replacing->old) != 0) || fsync(fd) != 0 ||
        move_into_place(replacing, temporary) != 0) {
        number = errno;
        unlink(temporary);
    }
    if (close(fd) != 0 && number == 0) {
        number = errno;
    }
    free(temporary);
    if (number == EEXIST && replacing->only_new) {
        return err_set(err, ERR_CONFLICT, "%s: the file already exists", replacing->path);
    }
    if (number != 0) {
        return fail_to_write(replacing, number, err);
    }
    sync_folder(replacing->folder);
    return ERR_OK;
}

/* `asked` has path, mode and only_new; the rest is found here. */
static enum err_code write_file(const struct replacing *asked, const void *bytes, size_t length,
                                struct err *err)
{
    const char *path = asked->path;
    struct stat old;
    char *target = NULL;
    if (strcmp(path, "-") == 0) {
        return write_all(STDOUT_FILENO, "standard output", bytes, length, err);
    }
    bool exists = stat(path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) {
        return err_set(err, ERR_IO, "%s: is a folder, not a file", path);
    }
    if (exists && !S_ISREG(old.st_mode)) {
        return write_in_place(path, &old, bytes, length, err);
    }
    if (fileio_resolve(path, &target, err) != ERR_OK) {
        return ERR_IO;
    }
    char *folder = folder_of(target);
    struct replacing replacing = *asked;
    replacing.target = target;
    replacing.folder = folder;
    replacing.old = exists ? &old : NULL;
    enum err_code code = replace(&replacing, bytes, length, err);
    free(folder);
    free(target);
    return code;
}

enum err_code fileio_replace(const char *path, const void *bytes, size_t length, unsigned mode,
                             struct err *err)
{
    struct replacing replacing = {.path = path, .mode = mode};
    return write_file(&replacing, bytes, length, err);
}

enum err_code fileio_create(const char *path, const void *bytes, size_t length, unsigned mode,
                            struct err *err)
{
    struct replacing replacing = {.path = path, .mode = mode, .only_new = true};
    return write_file(&replacing, bytes, length, err);
}

enum err_code fileio_make_parents(const char *path, struct err *err)
{
    char *partial = mem_strdup(path);
    enum err_code code = ERR_OK;
    for (char *slash = strchr(partial + (partial[0] == '/'), '/'); slash && code == ERR_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(partial, 0700) != 0 && errno != EEXIST) {
            code = err_set_errno(err, ERR_IO, errno, "%s", partial);
        }
        *slash = '/';
    }
    free(partial);
    return code;
}
