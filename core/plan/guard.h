#ifndef CORE_GUARD_H
#define CORE_GUARD_H

/*
 * Guards: what keeps one plan from emptying a contact centre.
 *
 * Counted are people, each once: whose number a plan takes or changes, so that they keep none of
 * the numbers that they hold. A repair that leaves everybody a number they had counts nobody.
 *
 *     A derived plan (sync, repair, undo of these) is refused when it takes or changes the numbers
 *     of more than 10 % of the holders and of more than 5, or of all of two or more. [policy]
 *     max_release sets another limit: a count, or a share. With a limit of 0 no release passes.
 *     A plan whose every row a person named (edits, imports, undo of these) is refused above five
 *     people, whatever share they are.
 *
 * --max-release N|N% of this run lifts both, and so does what the console asks to be typed. An
 * empty directory never leads to a release, and nothing lifts that. A read that failed or stopped
 * half way never gets as far as a plan. Of a partial directory (roster->partial) the planner takes
 * nobody for a leaver; the plan says how many that withholds.
 */

#include "core/base/err.h"
#include "core/plan/plan.h"

#define GUARD_NAMED_MAX 5 /* people: more ask for their count */

struct guard_verdict {
    bool refused;  /* more people than allowed, or an empty directory */
    bool named;    /* a person named every row: judged by count alone */
    bool liftable; /* a higher limit would let it pass; an empty directory never does */
    int64_t people;
    int64_t moved;   /* of these, the ones who get another number */
    int64_t holders; /* people who hold a number now */
    int64_t allowed;
    char text[256]; /* "releases 2 of 2,456 = 0.1 % (limit 10 %)" or why it is refused */
};

/* Judges the rows that are to be tried: without those left out, in conflict or already applied. */
void guard_judge(const struct plan *plan, const struct release_limit *limit,
                 struct guard_verdict *verdict);

/* Of how many of these holders a derived plan may take or change the numbers. */
int64_t guard_allows(const struct release_limit *limit, int64_t holders);

/* The verdict on an empty directory: there is no plan, and no option lifts it. */
void guard_empty_directory(const struct snapshot *snapshot, struct guard_verdict *verdict);

/* ERR_GUARD with text and hint if it is refused. */
enum err_code guard_error(const struct guard_verdict *verdict, struct err *err) ERR_CHECK;

#endif
