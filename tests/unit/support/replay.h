#ifndef SUPPORT_REPLAY_H
#define SUPPORT_REPLAY_H

/*
 * A store played again from its audit trail alone: every recorded change must be possible where it
 * stands, and in the end everybody has what the store says they have.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/plan/audit.h"
#include "core/pool/model.h"

#define REPLAY_NUMBERS 1000 /* extensions of three digits */

struct replay {
    struct {
        unsigned char state; /* enum slot_state */
        char agent[32];
    } numbers[REPLAY_NUMBERS];
    char fault[256]; /* the first thing that could not be; "" */
};

void replay_init(struct replay *replay);

/* The changes of one record, in its order. False, with `fault`, where one is not possible. */
bool replay_record(struct replay *replay, const struct audit_change *changes, size_t n);

/* Whether the snapshot shows what the records lead to. */
bool replay_equals(struct replay *replay, const struct snapshot *snapshot);

#endif
