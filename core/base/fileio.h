#ifndef CORE_BASE_FILEIO_H
#define CORE_BASE_FILEIO_H

/*
 * Whole files: read with a stated maximum, replaced whole or not at all.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/progress.h"

/* Reads all of `path` ("-" is standard input) into `into`, whose max bounds it. ERR_NOT_FOUND
   if there is no such file, ERR_INPUT if it is larger than the maximum or a directory,
   ERR_IO otherwise. */
enum err_code fileio_read(const char *path, struct buf *into, struct err *err) ERR_CHECK;

/* The same for what may take its time, a pipe or a terminal: tells how many bytes have come, and
   stops between two reads with ERR_CANCELLED if that is asked for. */
enum err_code fileio_read_slowly(const char *path, const struct progress *progress,
                                 const char *phase, struct buf *into, struct err *err) ERR_CHECK;

/* Whether `path` is a regular file with exactly these bytes. */
bool fileio_holds(const char *path, const void *bytes, size_t length);

/* Writes a temporary file beside `path`, flushes it to the disk and renames it over `path`, then
   flushes the folder: after a crash the old or the new file is there, never a part. What a killed
   run left in the folder is swept. What is not a regular file (a pipe, a device, "-" for standard
   output) is written in place. A new file gets `mode` less the umask; an existing one keeps its
   mode, and its owner and group if this process may give them. ERR_IO if there is no such folder,
   and for what fileio_resolve refuses. */
enum err_code fileio_replace(const char *path, const void *bytes, size_t length, unsigned mode,
                             struct err *err) ERR_CHECK;

/* The same for a file that must not be there yet: ERR_CONFLICT if something is. */
enum err_code fileio_create(const char *path, const void *bytes, size_t length, unsigned mode,
                            struct err *err) ERR_CHECK;

/*
 * The path without symbolic links, in *resolved (free it). Its last part need not exist. A link in
 * a folder that everybody can write is not followed, ERR_IO: anybody may have put it there, and it
 * would lead what we write to a file of ours that they choose. The kernel's own protection
 * (fs.protected_symlinks) is passed by whoever resolves paths, so this one is ours.
 */
enum err_code fileio_resolve(const char *path, char **resolved, struct err *err) ERR_CHECK;

/* Makes the folder that `path` lies in, with its parents (mode 0700 for new ones). */
enum err_code fileio_make_parents(const char *path, struct err *err) ERR_CHECK;

#endif
