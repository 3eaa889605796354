#ifndef CORE_PLAN_MEANWHILE_H
#define CORE_PLAN_MEANWHILE_H

/*
 * What somebody else did between the plan and its write: the rows that lost, and who won.
 *
 *     meanwhile_begin(&meanwhile, plan);
 *     ... the store applies the plan ...
 *     meanwhile_end(&meanwhile, plan);
 *     if (meanwhile.n_lost > 0) {
 *         meanwhile_who(&meanwhile, plan, history, own_action_id, text, sizeof text);
 *     }
 *     meanwhile_release(&meanwhile);
 */

#include "core/plan/audit.h"

#define MEANWHILE_ACTIONS 50 /* of the trail: as far back as it is looked for */

struct meanwhile {
    bool *tried; /* by change: it was to be written */
    size_t n_lost;
    size_t n_done; /* of these, already applied */
};

void meanwhile_begin(struct meanwhile *meanwhile, const struct plan *plan);

/* Counts the rows that were to be written and turned out to be already applied or in conflict. */
void meanwhile_end(struct meanwhile *meanwhile, const struct plan *plan);
void meanwhile_release(struct meanwhile *meanwhile);

/* Writes who changed the extensions of the lost rows last, most rows first: "lee@desk7, kim@desk2",
   of roles their session's name; "" if no record tells. `own_id`: an action that does not count, our own. */
void meanwhile_who(const struct meanwhile *meanwhile, const struct plan *plan,
                   const struct history *history, const char *own_id, char *out, size_t size);

#endif
