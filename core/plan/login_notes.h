#ifndef CORE_PLAN_LOGIN_NOTES_H
#define CORE_PLAN_LOGIN_NOTES_H

/*
 * What a plan says about the logins in it: pairs that look alike, and new ones that are
 * probably not logins. One note for each kind; the notes change nothing in the plan.
 */

#include "core/plan/plan.h"

/* Who is new, and who holds an extension and is not in the directory. */
struct lookalikes {
    struct plan *plan;
    const struct roster *roster;
    const char *const *newcomers; /* of the roster, without an extension */
    size_t n_newcomers;
    const char *const *leavers;
    size_t n_leavers;
    const char **left_as; /* out, by newcomer: a leaver's login that looks like it, or NULL */
    const char **came_as; /* out, by leaver: a newcomer's login that looks like it, or NULL */
};

/* Fills both arrays, which are all NULL before, and adds the notes, also of pairs within the
   directory of which one is new. */
void lookalikes_find(struct lookalikes *lookalikes);

/* Adds the notes about the logins that get an extension in this plan, or would if there were one. */
void plan_note_doubtful_logins(struct plan *plan);

#endif
