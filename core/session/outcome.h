#ifndef CORE_SESSION_OUTCOME_H
#define CORE_SESSION_OUTCOME_H

/*
 * What one apply did, in numbers: every row of the plan is accounted for.
 */

#include "core/plan/meanwhile.h"

#define OUTCOME_LOST_ROOM 256

/* Each row that was not left out is counted as one of these. */
struct outcome {
    char action_id[AUDIT_ID_ROOM]; /* "" if there was nothing to write */
    size_t applied, already_applied, conflicts, failed;
    size_t not_tried, in_doubt; /* after a stop, or a failure that ended the apply */
    /* Rows that somebody else did or changed between the plan and the write. */
    size_t lost;
    size_t lost_done; /* of these, the ones that already were as the plan wanted them */
    char lost_to[OUTCOME_LOST_ROOM]; /* who that was ("lee@desk7, kim@desk2"); "" is not known */
    int64_t duration_ms;
};

/* Counts the rows of an applied plan by what became of them; `lost` and `lost_to` stay. */
void outcome_count(struct outcome *outcome, const struct plan *plan);

/* Sets what was lost, and to whom. `history` has the newest MEANWHILE_ACTIONS actions; NULL: it could
   not be read, and nobody is named. */
void outcome_find_quicker(struct outcome *outcome, const struct meanwhile *meanwhile,
                          const struct plan *plan, const struct history *history);

/* Who was quicker, for people: "603 were done by lee@desk7 meanwhile". */
#define OUTCOME_LOST_SENTENCE (OUTCOME_LOST_ROOM + 96)
void outcome_lost_sentence(const struct outcome *outcome, char out[OUTCOME_LOST_SENTENCE]);

#endif
