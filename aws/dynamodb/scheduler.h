#ifndef AWS_DYNAMODB_SCHEDULER_H
#define AWS_DYNAMODB_SCHEDULER_H

/*
 * The writer: one machine that applies a plan, in four files. Each uses those above it only; what is
 * above learns of what happens below by `go_on`.
 *
 *     units.c        the units of the plan, what waits, results, the window
 *     in_doubt.c     a transaction whose answer was lost: was it carried out?
 *     transaction.c  one transaction, over all of its attempts
 *     write.c        what is packed into the next one, and when; the whole apply
 *
 * Who owns what (changes it; the others read):
 *
 *     results, decided, n_decided, decided_up_to    units.c
 *     window, n_parts, stop                         units.c
 *     err                                           ddb_stop sets it (the first counts), write.c tells
 *     waiting                                       write.c takes from the front, units.c gives back
 *     losses, fixes of a unit                       transaction.c
 *     struct ddb_transaction                        transaction.c; `known`, `next`: in_doubt.c
 *     in_doubt, the list                            in_doubt.c
 *     last_number, one_by_one                       transaction.c
 *     cancelled                                     write.c
 *
 * Two layers try again, and for a write the outer one has the last word. The inner one is the
 * client's (aws/client/retry.h): it sends a request up to four times within some seconds, corrects
 * the clock and renews credentials. The outer one is transaction.c: what the client has given up
 * as throttled or busy is sent again, up to forty times, and of an answer that was lost the audit
 * record tells whether there is anything to send again. Body and token are the same for all
 * attempts of both, so none of them is a second write. After a stop (ddb->hurry) the inner one sends
 * once, and the outer one not at all.
 */

#include "aws/sign/crypto.h"
#include "aws/dynamodb/ddb.h"

#define DDB_NONE SIZE_MAX

/* A change alone or a group: applied together or not at all. */
struct ddb_unit {
    size_t first, end; /* changes of the plan */
    size_t next;       /* in the list of those that wait */
    bool waits;        /* until everything up to waits_for is decided: something is shared */
    size_t waits_for;
    bool decided;
    unsigned losses;
    struct ddb_claim_fix *fixes;
};

struct ddb_transaction;

struct ddb_scheduler {
    struct ddb *ddb;
    struct plan *plan;
    const struct apply_context *context;
    const struct progress *progress;
    struct arena arena; /* fixes */
    int width;          /* of extensions */
    struct ddb_unit *units;
    size_t n_units;
    size_t waiting;       /* the first in the list */
    size_t decided_up_to; /* all units before this one are decided */
    size_t n_changes;     /* to write */
    size_t n_decided;
    size_t n_parts;                   /* under way */
    struct ddb_transaction *in_doubt; /* given up, although DynamoDB may have carried them out */
    unsigned last_number;             /* of a part */
    double window;                    /* how many parts may be under way */
    bool stop;                        /* nothing new is begun */
    bool one_by_one;                  /* one of several units is not allowed: each goes alone */
    bool cancelled;                   /* by the operator, before anything else went wrong */
    struct err err;
    /* Something was decided or goes back: begins what can be begun. */
    void (*go_on)(struct ddb_scheduler *writer);
};

/* Whether the record of a transaction is there; `err` is set if that could not be found out. */
typedef void (*ddb_known_fn)(struct ddb_transaction *part, bool there, const struct err *err);

/* A transaction, over all of its attempts. */
struct ddb_transaction {
    struct ddb_scheduler *writer;
    struct ddb_audit_part record;
    char token[CRYPTO_UUID_TEXT]; /* the same for all attempts: none is a second write */
    char *body;
    size_t n_actions;
    size_t owner[DDB_ACTIONS_MAX]; /* the unit of each action; DDB_NONE: the audit record */
    size_t units[DDB_ACTIONS_MAX];
    size_t n_units;
    unsigned tries;    /* refusals that may pass */
    unsigned unknowns; /* answers that were lost */
    bool in_doubt;     /* an attempt may have been carried out */
    bool hopeless;     /* another attempt would be refused like the last */
    struct err err;    /* why it was given up, or may be */
    ddb_known_fn known;
    struct ddb_transaction *next;
    /* Settling: the units that lost, and what the table has now. */
    size_t lost[DDB_ACTIONS_MAX];
    size_t n_lost;
    struct ddb_get *get;
};

/* ---- units.c ------------------------------------------------------------------------------- */

/* Cuts the plan into units; the caller frees `units`. */
void ddb_units_make(struct ddb_scheduler *writer);
/* The result of all changes of a unit. `detail` is copied. */
void ddb_decide(struct ddb_scheduler *writer, size_t index, enum change_result result,
                const char *detail);
/* The same for all units of a transaction. */
void ddb_decide_all(struct ddb_transaction *part, enum change_result result, const char *detail);
/* The result of a unit that lost against somebody else, or found what it wants to do done. */
void ddb_decide_lost(struct ddb_scheduler *writer, size_t index,
                     const struct conflict_verdict *verdict);
/* The unit goes back to the front of the list. */
void ddb_again(struct ddb_scheduler *writer, size_t index);
/* Nothing new is begun; `err` is what apply returns. */
void ddb_stop(struct ddb_scheduler *writer, const struct err *err);
void ddb_throttled(struct ddb_scheduler *writer);
void ddb_went_well(struct ddb_scheduler *writer);
/* A transaction is under way, or no longer. */
void ddb_began(struct ddb_scheduler *writer);
void ddb_ended(struct ddb_scheduler *writer);

/* ---- in_doubt.c ---------------------------------------------------------------------------- */

/* Asks whether the transaction was carried out, and tells `known`. */
void ddb_in_doubt_ask(struct ddb_transaction *part, ddb_known_fn known);
/* Given up, although DynamoDB may have carried it out: kept for the end. */
void ddb_in_doubt_keep(struct ddb_transaction *part);
/* On an engine that is at rest: decides those that were kept; nothing of what is known not to be
   carried out can be carried out afterwards. */
void ddb_in_doubt_resolve(struct ddb_scheduler *writer);
/* Takes one out of the list; NULL: it is empty. */
struct ddb_transaction *ddb_in_doubt_take(struct ddb_scheduler *writer);

/* ---- transaction.c ------------------------------------------------------------------------- */

struct ddb_transaction *ddb_transaction_new(struct ddb_scheduler *writer);
void ddb_transaction_free(struct ddb_transaction *part);
/* Adds the audit record and sends; sees it through to its end. */
void ddb_transaction_send(struct ddb_transaction *part, struct ddb_actions *actions);

#endif
