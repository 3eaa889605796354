#include "core/embedded/store_sqlite_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/base/platform.h"

/*
 * One file, one name. SQLite keeps its journals beside the path that it opens: under another name
 * the file has other journals, and each of the two misses what the other one wrote
 * (https://www.sqlite.org/howtocorrupt.html, 2.5). Symbolic links are resolved, once, so that
 * everybody looks for the same journals. Hard links and a bind-mounted file cannot be told apart
 * from the real name, so they are refused.
 */

const char *sqlite_real_path(const struct sqlite_store *store)
{
    return store->real ? store->real : store->path;
}

enum err_code sqlite_check_name(struct sqlite_store *store, struct err *err)
{
    free(store->real);
    store->real = NULL;
    if (fileio_resolve(store->path, &store->real, err) != ERR_OK) {
        return ERR_IO;
    }
    if (store->file.st_nlink > 1) {
        err_set(err, ERR_INPUT,
                "%s has %lu names (hard links): under each of them the store would have a journal "
                "of its own, and changes would be lost",
                store->path, (unsigned long)store->file.st_nlink);
        err_hint(err,
                 "Keep one name: find DIR -samefile FILE lists them. A symbolic link is fine as "
                 "a second one");
        return ERR_INPUT;
    }
    if (platform_is_mounted(store->real)) {
        err_set(err, ERR_INPUT,
                "%s is mounted as a single file: its journals lie beside another name, and changes "
                "would be lost",
                store->path);
        err_hint(err, "Mount the folder that holds the store, not the file");
        return ERR_INPUT;
    }
    return ERR_OK;
}

/* ---- journals ------------------------------------------------------------------------------ */

static bool has_file(const struct sqlite_store *store, const char *suffix)
{
    struct stat journal;
    char *name = mem_printf("%s%s", sqlite_real_path(store), suffix);
    bool has = stat(name, &journal) == 0 && journal.st_size > 0;
    free(name);
    return has;
}

bool sqlite_has_journal(const struct sqlite_store *store)
{
    return has_file(store, "-wal") || has_file(store, "-journal");
}

/* A journal of a run that was stopped, met by somebody who may not finish it. */
enum err_code sqlite_fail_unfinished(const struct sqlite_store *store, struct err *err)
{
    err_set(err, ERR_READ_ONLY,
            "%s cannot be read as it is: the journal beside it (%s%s) may hold unfinished changes, "
            "and only a user who may write the store can finish them",
            store->path, store->path, has_file(store, "-journal") ? "-journal" : "-wal");
    err_hint(err, "Run extpool --status once as somebody who may write the store, then try again");
    return ERR_READ_ONLY;
}

#define WAL_VERSION_AT                                                                             \
    18 /* in the header; 2: WAL. https://www.sqlite.org/fileformat2.html, 1.3.3 */

/* Read by a child: a process that closes a descriptor of a file loses its own locks on it. */
static void look_at_header(const void *path, void *answer)
{
    unsigned char version = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0 && pread(fd, &version, 1, WAL_VERSION_AT) == 1) {
        *(char *)answer = (char)version;
    }
}

bool sqlite_is_wal(const struct sqlite_store *store)
{
    char version = 0;
    sqlite_ask_child(look_at_header, sqlite_real_path(store), &version, sizeof version);
    return version == 2;
}
