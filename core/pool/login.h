#ifndef CORE_POOL_LOGIN_H
#define CORE_POOL_LOGIN_H

/*
 * What a login and a note may be, wherever they come from: the command line, a file, the console.
 * Both are data: a control character in one is kept, and made harmless where it is shown.
 */

#include <stddef.h>

#include "core/base/buf.h"

/* A login is 1 to LOGIN_MAX bytes of UTF-8, without NUL and without a blank at either end. Returns
   what is wrong with it ("is empty", "is longer than 128 bytes", ...) or NULL. */
const char *login_fault(const char *login, size_t length);

/* The same for a note of at most NOTE_MAX bytes; it has no line breaks. */
const char *note_fault(const char *note, size_t length);

/* Appends "Last, First", as lists of people sort; one of them alone where the other is missing
   (NULL or empty). */
void login_display_name(struct buf *out, const char *first, size_t first_length, const char *last,
                        size_t last_length);

#endif
