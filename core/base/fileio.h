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
   where there is no such file, ERR_INPUT where it is larger than the maximum or a directory,
   ERR_IO otherwise. */
enum err_code fileio_read(const char *path, struct buf *into, struct err *err) ERR_CHECK;

/* The same for what may take its time, a pipe or a terminal: tells how many bytes have come, and
   stops between two reads with ERR_CANCELLED where that is asked for. */
enum err_code fileio_read_slowly(const char *path, const struct progress *progress,
                                 const char *phase, struct buf *into, struct err *err) ERR_CHECK;

/* Whether `path` is a regular file with exactly these bytes. */
bool fileio_holds(const char *path, const void *bytes, size_t length);

/* Writes a temporary file beside `path`, flushes it to the disk and renames it over `path`, then
   flushes the folder: after a crash the old or the new file is there, never a part. A symbolic
   link is followed; what is no regular file (a pipe, a device, "-" for standard output) is written
   in place. `mode` is for a new file; an existing file keeps its own. */
enum err_code fileio_replace(const char *path, const void *bytes, size_t length, unsigned mode,
                             struct err *err) ERR_CHECK;

/* Makes the folder that `path` lies in, with its parents (mode 0700 for new ones). */
enum err_code fileio_make_parents(const char *path, struct err *err) ERR_CHECK;

#endif
