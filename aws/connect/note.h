#ifndef AWS_CONNECT_NOTE_H
#define AWS_CONNECT_NOTE_H

/*
 * A note of what could not be read and why: "names are left out: the permission connect:SearchUsers
 * is missing (request id 5f1c)".
 */

#include "aws/client/client.h"

#define CONNECT_NOTE_ROOM 768

struct connect_note {
    char text[CONNECT_NOTE_ROOM]; /* "": all went well */
};

/* Writes the note, unless there is one already: only the first failure is told. `reply` is the answer
   that refused the operation, or NULL. A run that was cancelled leaves no note. */
void connect_note(struct connect_note *note, const char *what, const char *operation,
                  const struct response *reply, const struct err *err);

#endif
