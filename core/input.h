#ifndef CORE_INPUT_H
#define CORE_INPUT_H

/*
 * A text file from outside: read whole, and known to be UTF-8 without NUL bytes when it comes back.
 */

#include "core/buf.h"
#include "core/err.h"

#define INPUT_MAX ((size_t)512 << 20) /* bytes of a directory or an import */

/* Reads `path` ("-": standard input) into `into`, whose max bounds it; a byte order mark stays.
   ERR_NOT_FOUND, ERR_IO, or ERR_INPUT with "FILE:LINE" for what is no UTF-8, holds a NUL, is
   UTF-16, or is no file at all. */
enum err_code input_read(const char *path, struct buf *into, struct err *err) ERR_CHECK;

/* How messages name it: the path, or "standard input". */
const char *input_name(const char *path);

/* The same checks for a text that is in memory. */
enum err_code input_check(const char *name, const char *text, size_t length,
                          struct err *err) ERR_CHECK;

#endif
