#ifndef CORE_SESSION_LOOKUP_H
#define CORE_SESSION_LOOKUP_H

/*
 * Who answers a number: the question that a call asks. The answer takes point reads of one or two
 * items, never by reading the pool. A reservation is followed to its target, and an agent's fallback
 * to where it leads; one step, and each costs two more reads.
 *
 *     struct lookup_question question = {.ext = "0042"};
 *     session_lookup(session, &question, progress, &lookup, &err);
 *     ... lookup.reason, lookup.kind, lookup.target ...
 *     lookup_release(&lookup);
 */

#include "core/base/arena.h"
#include "core/pool/target.h"
#include "core/session/session.h"

struct lookup_question {
    const char *ext;   /* one of them is set */
    const char *agent; /* a login */
};

/* reason, its name in answers */
#define LOOKUP_REASONS(X)                                                                          \
    X(LOOKUP_FOUND, "")                                                                            \
    X(LOOKUP_ABSENT, "absent")           /* nobody to reach; `state` says why */                   \
    X(LOOKUP_INVALID, "invalid")         /* no extension of this pool, no login */                 \
    X(LOOKUP_UNAVAILABLE, "unavailable") /* the store did not answer */                            \
    X(LOOKUP_UNRESOLVED, "unresolved")   /* a target or an agent that leads nowhere */

enum lookup_reason {
#define X(reason, name) reason,
    LOOKUP_REASONS(X)
#undef X
};

const char *lookup_reason_name(enum lookup_reason reason);

/* Where a call goes. */
struct lookup_place {
    const char *kind;  /* "agent", "queue", "phone"; "" if nowhere */
    const char *value; /* bare: an ARN, an id, or a number in E.164; "" */
};

struct lookup {
    struct arena arena;
    enum lookup_reason reason;
    struct slot slot;           /* as the store has it; state SLOT_ABSENT: no record */
    enum ext_state state;       /* of the extension at this moment */
    struct lookup_place place;  /* where the call goes */
    struct lookup_place backup; /* the fallback of the agent whom the call goes to; nowhere also if
                                   the store did not say it in time */
};

/* ERR_OK with every reason but LOOKUP_UNAVAILABLE, which comes with the error of the store. `lookup`
   is the caller's to release in every case. */
enum err_code session_lookup(struct session *session, const struct lookup_question *question,
                             const struct progress *progress, struct lookup *lookup,
                             struct err *err) ERR_CHECK;
void lookup_release(struct lookup *lookup);

#endif
