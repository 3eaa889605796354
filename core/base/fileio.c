#include "core/base/fileio.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

#define LOOK_UP_MS 200 /* how often a wait for bytes checks whether to go on */

/* ---- reading ----------------------------------------------------------------------------- */

/* Who waits for the bytes; NULL if nobody does. */
struct watcher {
    const struct progress *progress;
    const char *phase;
};

/* Until there is something to read. A signal ends the poll, whatever its handler was set up with.
 */
static enum err_code wait_for_bytes(int fd, const char *path, size_t so_far,
                                    const struct watcher *watcher, struct err *err)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    struct progress_report report = {.phase = watcher->phase};
    while (progress_cancel(watcher->progress) == CANCEL_NO) {
        if (poll(&ready, 1, LOOK_UP_MS) > 0) {
            return ERR_OK;
        }
        report.done = so_far;
        progress_update(watcher->progress, &report);
    }
    return err_set(err, ERR_CANCELLED, "stopped while reading %s", path);
}

static enum err_code read_all(int fd, const char *path, const struct watcher *watcher,
                              struct buf *into, struct err *err)
{
    char chunk[65536];
    for (;;) {
        if (watcher && wait_for_bytes(fd, path, into->length, watcher, err) != ERR_OK) {
            return ERR_CANCELLED;
        }
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && (errno == EINTR || (watcher && errno == EAGAIN))) {
            continue;
        }
        if (got < 0) {
            return err_set_errno(err, errno == EISDIR ? ERR_INPUT : ERR_IO, errno, "%s", path);
        }
        if (got == 0) {
            return ERR_OK;
        }
        buf_append(into, chunk, (size_t)got);
        if (buf_failed(into)) {
            return err_set(err, ERR_INPUT, "%s: larger than %zu bytes", path, into->max);
        }
    }
}

static enum err_code read_path(const char *path, const struct watcher *watcher, struct buf *into,
                               struct err *err)
{
    if (strcmp(path, "-") == 0) {
        return read_all(STDIN_FILENO, "standard input", watcher, into, err);
    }
    /* If somebody waits, a pipe that nobody writes to yet is waited for by poll, not by open. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (watcher ? O_NONBLOCK : 0));
    if (fd < 0) {
        return err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
    }
    enum err_code code = read_all(fd, path, watcher, into, err);
    close(fd);
    return code;
}

enum err_code fileio_read(const char *path, struct buf *into, struct err *err)
{
    return read_path(path, NULL, into, err);
}

enum err_code fileio_read_slowly(const char *path, const struct progress *progress,
                                 const char *phase, struct buf *into, struct err *err)
{
    struct watcher watcher = {.progress = progress, .phase = phase};
    return read_path(path, &watcher, into, err);
}

bool fileio_holds(const char *path, const void *bytes, size_t length)
{
    struct stat file;
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode) || (size_t)file.st_size != length) {
        return false;
    }
    struct buf there;
    buf_init(&there, length + 1);
    bool same = fileio_read(path, &there, NULL) == ERR_OK && there.length == length &&
                (length == 0 || memcmp(there.data, bytes, length) == 0);
    buf_release(&there);
    return same;
}
