/* For fileio.h: paths without symbolic links. */

#include "core/base/fileio.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

#define LINKS_MAX 40 /* as many as the kernel follows */

/* A path on its way: `done` has no links, `rest` is still to be walked. Both are owned. */
struct walk {
    const char *path; /* as it was given */
    char *done;
    char *rest;
    int links;
};

static char *below(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    const char *slash = length == 0 || folder[length - 1] == '/' ? "" : "/";
    return mem_printf("%s%s%s", folder, slash, name);
}

static void replace_text(char **place, char *text_new)
{
    free(*place);
    *place = text_new;
}

static enum err_code follow(struct walk *walk, const char *link, struct err *err)
{
    struct stat folder;
    char target[PATH_MAX];
    if (stat(*walk->done ? walk->done : ".", &folder) == 0 && (folder.st_mode & S_IWOTH)) {
        err_set(
            err, ERR_IO,
            "%s: %s is a symbolic link in a folder that everybody can write; it is not followed",
            walk->path, link);
        err_hint(err, "Name the file itself that the link leads to, or put it into a folder of "
                      "your own");
        return ERR_IO;
    }
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0 || ++walk->links > LINKS_MAX) {
        return err_set_errno(err, ERR_IO, length < 0 ? errno : ELOOP, "%s", walk->path);
    }
    target[length] = '\0';
    if (target[0] == '/') {
        replace_text(&walk->done, mem_strdup("/"));
    }
    replace_text(&walk->rest,
                 *walk->rest ? mem_printf("%s/%s", target, walk->rest) : mem_strdup(target));
    return ERR_OK;
}

/* Takes the first part off the rest. */
static enum err_code step(struct walk *walk, struct err *err)
{
    struct stat info;
    const char *begin = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(begin, "/");
    char *name = mem_strndup(begin, length);
    const char *after = begin + length + strspn(begin + length, "/");
    char *next = below(walk->done, name);
    bool last = *after == '\0';
    replace_text(&walk->rest, mem_strdup(after));
    enum err_code code = ERR_OK;
    if (length == 0 || strcmp(name, ".") == 0) {
        replace_text(&next, mem_strdup(walk->done));
    } else if (lstat(next, &info) != 0) {
        bool missing = errno == ENOENT;
        if (missing && !last) {
            code = err_set(err, ERR_IO, "%s: there is no folder %s", walk->path, next);
            err_hint(err, "Make it first, or name another place");
        } else if (!missing) {
            code = err_set_errno(err, ERR_IO, errno, "%s", walk->path);
        }
    } else if (S_ISLNK(info.st_mode)) {
        code = follow(walk, next, err);
        replace_text(&next, mem_strdup(walk->done));
    }
    replace_text(&walk->done, next);
    free(name);
    return code;
}

enum err_code fileio_resolve(const char *path, char **resolved, struct err *err)
{
    struct walk walk = {
        .path = path, .done = mem_strdup(path[0] == '/' ? "/" : ""), .rest = mem_strdup(path)};
    enum err_code code = ERR_OK;
    while (code == ERR_OK && walk.rest[strspn(walk.rest, "/")] != '\0') {
        code = step(&walk, err);
    }
    free(walk.rest);
    if (code != ERR_OK) {
        free(walk.done);
        return code;
    }
    *resolved = walk.done;
    return ERR_OK;
}
