#ifndef AWS_DYNAMODB_SCHEDULER_H
#define AWS_DYNAMODB_SCHEDULER_H

/*
 * What aws/dynamodb/write.c (the plan and its units), aws/dynamodb/transaction.c (one transaction) and
 * aws/dynamodb/in_doubt.c (one whose answer was lost) share.
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
    struct ddb_transaction *in_doubt; /* given up, and perhaps carried out all the same */
    unsigned last_number;             /* of a part */
    double window;                    /* how many parts may be under way */
    bool stop;                        /* nothing new is begun */
    bool cancelled;
    struct err err;
};

/* The result of all changes of a unit. `detail` is copied. */
void ddb_decide(struct ddb_scheduler *writer, size_t index, enum change_result result,
                const char *detail);
/* The result of a unit that lost against somebody else, or found what it wants to do done. */
void ddb_decide_lost(struct ddb_scheduler *writer, size_t index,
                     const struct conflict_verdict *verdict);
/* The unit goes back to the front of the list. */
void ddb_again(struct ddb_scheduler *writer, size_t index);
/* Nothing new is begun; `err` is what apply returns. */
void ddb_stop(struct ddb_scheduler *writer, const struct err *err);
void ddb_throttled(struct ddb_scheduler *writer);
void ddb_went_well(struct ddb_scheduler *writer);
/* Something was decided or goes back: begins what can be begun. */
void ddb_scheduler_go_on(struct ddb_scheduler *writer);

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
    struct ddb_transaction *next;
    /* Settling: the units that lost, and what is there now. */
    size_t lost[DDB_ACTIONS_MAX];
    size_t n_lost;
    struct ddb_get *look;
};

struct ddb_transaction *ddb_transaction_new(struct ddb_scheduler *writer);
void ddb_transaction_free(struct ddb_transaction *part);
/* Adds the audit record and sends. */
void ddb_transaction_send(struct ddb_transaction *part, struct ddb_actions *actions);
void ddb_transaction_again_after(struct ddb_transaction *part, int64_t wait_ms);

/* The result of all its units. */
void ddb_transaction_decide(struct ddb_transaction *part, enum change_result result,
                            const char *detail);
/* It was carried out, and is over. */
void ddb_transaction_done(struct ddb_transaction *part);
/* The apply stops. Where an attempt may have been carried out, the part is kept for the end. */
void ddb_transaction_refused(struct ddb_transaction *part, const struct err *err);

/* The answer was lost: goes on with the part when it is known what became of it. */
void ddb_transaction_find_out(struct ddb_transaction *part, const struct err *err);

/* The same for those that were given up, on an engine that is at rest; nothing of them can be
   carried out afterwards. */
void ddb_in_doubt_resolve(struct ddb_scheduler *writer);

#endif
