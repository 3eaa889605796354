#ifndef CORE_POOL_LOGIN_H
#define CORE_POOL_LOGIN_H

/*
 * What a login and a note may be, wherever they come from: the command line, a file, a service, the
 * console. Neither holds a control character. A store may hold older logins that do: their numbers
 * are released by number.
 */

#include <stddef.h>

#include "core/base/buf.h"

/* A login is 1 to LOGIN_MAX bytes of UTF-8, without control characters and without a blank of any
   alphabet at either end. Returns what is wrong with it ("is empty", "holds a TAB", ...) or NULL. */
const char *login_fault(const char *login, size_t length);

/* The same for a note of at most NOTE_MAX bytes, which may begin and end with blanks. */
const char *note_fault(const char *note, size_t length);

/* Appends "Last, First", as lists of people sort; one of them alone where the other is missing
   (NULL or empty). */
void login_display_name(struct buf *out, const char *first, size_t first_length, const char *last,
                        size_t last_length);

#endif
