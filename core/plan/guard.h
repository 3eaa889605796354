#ifndef CORE_PLAN_GUARD_H
#define CORE_PLAN_GUARD_H

/*
 * Guards: what keeps one plan from emptying a contact centre. A directory that came back empty
 * never leads to a release, and a plan that would release more than the policy's limit (10 %, and
 * more than 5) is refused until --max-release or the typed confirmation in the console allows
 * it. A read that failed or stopped half way never gets as far as a plan.
 */

#include "core/base/err.h"
#include "core/plan/plan.h"

struct guard_verdict {
    bool refused;
    bool limited;  /* judged by its share; false where an operator named each release */
    bool liftable; /* a higher limit would let it pass; an empty directory never does */
    int64_t releases;
    int64_t assigned;
    int64_t allowed;
    char text[256]; /* "releases 2 of 2,456 = 0.1 % (limit 10 %)" or why it is refused */
};

/* Judges the rows that are not left out. Only plans that choose what to release (sync, import,
   repair, undo) are judged by share; a release that an operator names is their will. A repair that
   takes an extension from its holder counts as a release. */
void guard_judge(const struct plan *plan, const struct release_limit *limit,
                 struct guard_verdict *verdict);

/* ERR_GUARD with text and hint where it is refused. */
enum err_code guard_error(const struct guard_verdict *verdict, struct err *err) ERR_CHECK;

#endif
