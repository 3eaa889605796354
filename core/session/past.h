#ifndef CORE_SESSION_PAST_H
#define CORE_SESSION_PAST_H

/*
 * What the store held at a moment of the past (core/plan/rewind.h): all of it, or one number.
 *
 *     session_past(session, at_ms, progress, &then, err);
 *     ... then->snapshot, then->doubts ...
 *     rewound_free(then);
 *
 * It reads what is there now, and of the trail what was written since. One number of an embedded store
 * costs what was done to that number.
 */

#include "core/plan/rewind.h"
#include "core/session/session.h"

enum err_code session_past(struct session *session, int64_t at_ms, const struct progress *progress,
                           struct rewound **out, struct err *err) ERR_CHECK;

/* Exactly one of `ext` and `agent`. */
struct past_question {
    const char *ext;
    const char *agent;
    int64_t at_ms;
};

/* One number, or the one that an agent held. */
struct past_lookup {
    struct slot slot; /* state SLOT_ABSENT: there was none, or it is not known */
    bool doubted;
    struct rewind_doubt doubt; /* if `doubted`: about this number, or about one that the agent may
                                  have held */
    struct arena arena;
};

/* ERR_OK also if nothing is known. `out` is the caller's to release in every case. */
enum err_code session_past_lookup(struct session *session, const struct past_question *question,
                                  const struct progress *progress, struct past_lookup *out,
                                  struct err *err) ERR_CHECK;
void past_lookup_release(struct past_lookup *lookup);

#endif
