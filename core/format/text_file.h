#ifndef CORE_FORMAT_TEXT_FILE_H
#define CORE_FORMAT_TEXT_FILE_H

/*
 * A text file from outside: read whole, and checked to be UTF-8 without NUL bytes.
 */

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/progress.h"

#define TEXT_FILE_MAX ((size_t)512 << 20) /* bytes of a directory or an import */

/* Reads `path` ("-": standard input) into `into`, whose max bounds it; a byte order mark stays. The
   text is not checked yet: text_file_check. `progress` may be NULL; `phase` is what it is told.
   ERR_CANCELLED, ERR_NOT_FOUND, ERR_IO, or ERR_INPUT for a folder. */
enum err_code text_file_read(const char *path, const struct progress *progress, const char *phase,
                             struct buf *into, struct err *err) ERR_CHECK;

/* How messages name it: the path, or "standard input". */
const char *text_file_name(const char *path);

/* ERR_INPUT with "FILE:LINE" for what is no UTF-8 or holds a NUL, and for UTF-16, workbooks, archives
   and their kind, with what to do. */
enum err_code text_file_check(const char *name, const char *text, size_t length,
                              struct err *err) ERR_CHECK;

/* A text that is neither CSV nor JSON: what it looks like, and what to do. */
struct text_file_guess {
    const char *what; /* "YAML"; NULL: nothing that is known */
    const char *hint;
};
struct text_file_guess text_file_guess(const char *text, size_t length);

#endif
