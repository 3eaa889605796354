#ifndef CORE_PLAN_EFFECTS_H
#define CORE_PLAN_EFFECTS_H

/*
 * From changes to what one transaction has to do, for the stores: each extension, each claim and each
 * exemption once. If one of the conditions does not hold, conflict.h judges what the store finds.
 *
 *     struct effects effects;
 *     effects_of(plan, first, n, &arena, &effects);
 */

#include "core/plan/plan.h"

/*
 * The net effect of changes that are applied in one transaction: each extension and each agent's
 * claim at most once. `first` and `n` span whole groups (plan_unit_end); units that have a row left
 * out or already decided are passed over. An extension whose after is what it was before does not
 * appear, unless its change writes a claim: then it is rewritten, so that its condition guards the
 * claim.
 */
struct effect {
    const char *ext;
    const struct slot *before; /* NULL: no record */
    const struct slot *after;
    size_t change; /* index in the plan of the (last) change that it comes from */
};

struct claim_effect {
    const char *agent;
    const char *before;  /* the ext whose claim goes or moves; NULL: there must be none */
    const char **others; /* further exts that the claim may name instead: an agent with several */
    size_t n_others;
    const char *after; /* NULL: it goes */
    bool tolerant;     /* no claim (the old program wrote none), or one that says `after` already,
                          is fine too */
    size_t change;
};

/* An exemption: as in struct exempt_step. One that comes has the condition that the agent holds no
   number when the transaction is through. */
struct exempt_effect {
    const char *agent;
    const struct exempt *before;
    const struct exempt *after;
    size_t change;
};

struct effects {
    struct effect *items;
    size_t n_items;
    struct claim_effect *claims;
    size_t n_claims;
    struct exempt_effect *exempts;
    size_t n_exempts;
};

/* The claim of the agent among the effects; NULL: they leave it alone. */
const struct claim_effect *effects_find_claim(const struct effects *effects, const char *agent);

/* In `arena`. */
void effects_of(const struct plan *plan, size_t first, size_t n, struct arena *arena,
                struct effects *out);

#endif
