#ifndef CORE_POOL_LOGIN_H
#define CORE_POOL_LOGIN_H

/*
 * What a login and a note may be, wherever they come from: the command line, a file, a service, the
 * console. Neither holds a control character. A store may hold older logins that do: their numbers
 * are released by number.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* A login is 1 to LOGIN_MAX bytes of UTF-8, without control characters and without a blank of any
   alphabet at either end. Returns what is wrong with it ("is empty", "holds a TAB", ...) or NULL. */
const char *login_fault(const char *login, size_t length);

/* The same for a note of at most NOTE_MAX bytes, which may begin and end with blanks. */
const char *note_fault(const char *note, size_t length);

/* Whether the text is the ARN of an Amazon Connect user:
   arn:PARTITION:connect:REGION:ACCOUNT:instance/ID/agent/ID. Of plain ASCII, at most ARN_MAX. */
#define ARN_MAX 512
bool login_is_user_arn(const char *text);
/* The id of the instance in such an ARN, which ends at the next '/'; NULL if it is none. */
const char *login_arn_instance(const char *arn, size_t *length);

/* Appends "Last, First", as lists of people sort; one of them alone where the other is missing
   (NULL or empty). */
void login_display_name(struct buf *out, const char *first, size_t first_length, const char *last,
                        size_t last_length);

#endif
