#include "core/embedded/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

#define PUBLISHED_MODE 0666 /* less the umask: it is there to be read */

struct exporter_file {
    struct exporter base;
    char *path;
    bool makes_folders;
    /* What was read last. */
    bool has_read, found;
    struct stat seen;
};

/* Whether it is the same file with the same bytes, as far as the file system tells. */
static bool is_as_seen(const struct stat *seen, const struct stat *now)
{
    return seen->st_dev == now->st_dev && seen->st_ino == now->st_ino &&
           seen->st_size == now->st_size && seen->st_mtim.tv_sec == now->st_mtim.tv_sec &&
           seen->st_mtim.tv_nsec == now->st_mtim.tv_nsec;
}

/* ERR_CONFLICT if something else lies there than was read. Somebody who replaces it in the moment
   between this look and the renaming is not noticed: a file system has no condition for that. */
static enum err_code check_unchanged(const struct exporter_file *self, struct err *err)
{
    struct stat now;
    bool exists = stat(self->path, &now) == 0;
    if (!self->has_read || self->base.fleeting ||
        (exists == self->found && (!exists || is_as_seen(&self->seen, &now)))) {
        return ERR_OK;
    }
    return err_set(err, ERR_CONFLICT, "%s was changed meanwhile", self->path);
}

static enum err_code read_there(struct exporter *exporter, const struct progress *progress,
                                struct buf *into, struct err *err)
{
    (void)progress;
    struct exporter_file *self = (struct exporter_file *)exporter;
    struct stat there = {.st_size = 0};
    char *resolved = NULL;
    bool exists = stat(self->path, &there) == 0;
    self->base.fleeting = strcmp(self->path, "-") == 0 || (exists && !S_ISREG(there.st_mode));
    self->has_read = true;
    self->found = exists;
    self->seen = there;
    if (!exists || self->base.fleeting) {
        return err_set(err, ERR_NOT_FOUND, "%s: there is no such file", self->path);
    }
    enum err_code code = fileio_resolve(self->path, &resolved, err);
    if (code == ERR_OK && faccessat(AT_FDCWD, resolved, R_OK, AT_EACCESS) != 0) {
        code = err_set_errno(err, ERR_DENIED, errno, "%s", self->path);
    }
    if (code == ERR_OK) {
        code = fileio_read(resolved, into, err);
    }
    free(resolved);
    return code;
}

static enum err_code publish(struct exporter *exporter, const struct publication *what,
                             const struct progress *progress, struct err *err)
{
    struct exporter_file *self = (struct exporter_file *)exporter;
    struct progress_report report = {.phase = "writing the export", .total = what->length};
    progress_update(progress, &report);
    enum err_code code = ERR_OK;
    bool only_new = what->over == PUBLISH_OVER_NOTHING;
    self->base.unchanged = !only_new && fileio_holds(self->path, what->bytes, what->length);
    if (!self->base.unchanged && self->makes_folders) {
        code = fileio_make_parents(self->path, err);
    }
    if (code == ERR_OK && !self->base.unchanged && what->over == PUBLISH_OVER_READ) {
        code = check_unchanged(self, err);
    }
    if (code == ERR_OK && !self->base.unchanged) {
        enum err_code (*write)(const char *, const void *, size_t, unsigned, struct err *) =
            only_new ? fileio_create : fileio_replace;
        code = write(self->path, what->bytes, what->length, PUBLISHED_MODE, err);
    }
    report.done = what->length;
    self->has_read = false; // what lies there now is ours
    if (code == ERR_OK) {
        progress_update(progress, &report);
    }
    return code;
}

static void release(struct exporter *exporter)
{
    struct exporter_file *self = (struct exporter_file *)exporter;
    free(self->path);
    free(self);
}

static const struct exporter_ops s_ops = {.read = read_there, .publish = publish, .free = release};

/* The same place by one name, wherever the program was started. */
static char *uri_of(const char *path)
{
    char here[PATH_MAX];
    if (path[0] == '/' || strcmp(path, "-") == 0 || !getcwd(here, sizeof here)) {
        return mem_printf("file:%s", path);
    }
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    return mem_printf("file:%s/%s", here, path);
}

struct exporter *exporter_file_new(const char *path, bool makes_folders)
{
    struct exporter_file *self = mem_alloc(sizeof *self);
    self->base.ops = &s_ops;
    self->base.uri = uri_of(path);
    self->path = mem_strdup(path);
    self->makes_folders = makes_folders;
    return &self->base;
}
