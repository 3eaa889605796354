#ifndef CORE_PLAN_CANDIDATES_H
#define CORE_PLAN_CANDIDATES_H

/*
 * What a field for a number offers while somebody types: the numbers that begin with the typed
 * digits, the free ones first, and the nearest ones first within each class. And what a number
 * offers that somebody else holds: to swap, to take it over, or to take the nearest free one.
 *
 *     candidates_init(&candidates, &input, "0012");          one pass over the pool
 *     candidates_narrow(&candidates, "01");
 *     candidates_says(&candidates, text, sizeof text);       "22 free, 1 cooling, 76 held begin so"
 *     for (size_t i = top; i < top + 4; i++) { slot = candidates_at(&candidates, i, &class); }
 *     candidates_release(&candidates);
 *
 * After the pass a new beginning costs a few binary searches, and a row costs no more than its
 * place in the list. Pure; the input must outlive it.
 */

#include "core/plan/plan.h"

enum candidate_class {
    CANDIDATE_FREE,
    CANDIDATE_COOLING,
    CANDIDATE_HELD,
    CANDIDATE_RESERVED,
    CANDIDATE_CLASSES
};

/* The numbers of one class: indexes of slots, in order of the numbers. */
struct candidate_list {
    uint32_t *slots;
    size_t n;
    size_t from, to; /* those that begin as typed */
};

struct candidates {
    const struct snapshot *snapshot;
    struct candidate_list lists[CANDIDATE_CLASSES];
    char near[EXT_ROOM]; /* the number that the others are near to; "": the lowest come first */
    size_t n;            /* all that begin as typed */
    bool narrowed;       /* something was typed */
};

/* `near`: NULL if the agent holds no number. Numbers that the policy never assigns are left out. */
void candidates_init(struct candidates *candidates, const struct plan_input *input,
                     const char *near);
void candidates_release(struct candidates *candidates);

/* Only the numbers that begin with these digits; "": all. */
void candidates_narrow(struct candidates *candidates, const char *digits);
/* The number at this place of the list; NULL: it has fewer. `class` may be NULL. */
const struct slot *candidates_at(const struct candidates *candidates, size_t place,
                                 enum candidate_class *class);
/* The free number that is nearest to `ext`, whatever is typed; NULL: none is free. */
const struct slot *candidates_nearest_free(const struct candidates *candidates, const char *ext);

/* "22 free, 1 cooling, 76 held begin so"; a class without numbers is left out. */
void candidates_says(const struct candidates *candidates, char *out, size_t size);

/* ---- a number that is taken ------------------------------------------------------------------ */

enum taking { TAKING_SWAP, TAKING_OVER, TAKING_NEAREST, TAKINGS };

/* Somebody wants a number that another one holds. */
struct taken {
    const char *agent;
    const char *holds;       /* their number now; NULL: none, so that there is nothing to swap */
    const struct slot *slot; /* the number that is wanted, with its holder */
    const char *free;        /* the nearest free number; NULL: none */
};

#define TAKING_REQUESTS_MAX 2

/* What to ask the planner for; returns how many requests, 0 if this way is closed. The strings are
   those of `taken`. */
size_t taking_requests(enum taking taking, const struct taken *taken,
                       struct request out[TAKING_REQUESTS_MAX]);
/* Why the way is closed, NULL if it is open. A pinned number is never taken. */
const char *taking_fault(enum taking taking, const struct taken *taken);

#endif
