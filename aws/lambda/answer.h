#ifndef AWS_LAMBDA_ANSWER_H
#define AWS_LAMBDA_ANSWER_H

/*
 * What a contact flow is told about a number: a flat object of texts, because a flow takes nothing
 * else, every value bare, because a flow cannot cut texts. `pk`, `sk` and `sk_value` are what the
 * program before this one gave. No fault is an error of the function: the caller is on the line, and
 * an error would be tried again while they wait in silence.
 *
 * Source: Amazon Connect Administrator Guide, "Grant Amazon Connect access to your AWS Lambda
 * functions" (STRING_MAP, 32 KB, 8 s).
 */

#include "core/session/session.h"

struct answer_question {
    struct session *session;
    const char *extension; /* as it was typed; NULL */
    const char *agent;     /* NULL */
    int64_t time_ms;       /* until the invocation's deadline */
};

/* For the log. */
struct answer_note {
    bool found;
    const char *reason; /* "" if found */
    struct err err;     /* why the store did not answer */
};

/* The JSON text, to be freed. It takes at most the smaller of two seconds and the time that is left
   less half a second. */
char *answer_lookup(const struct answer_question *question, struct answer_note *note);

/* Opens the connection to the store with a question that changes nothing; a fault is not one. */
void answer_warm_up(struct session *session);

#endif
