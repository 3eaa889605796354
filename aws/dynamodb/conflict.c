#include "aws/dynamodb/ddb.h"

#include <string.h>

#include "core/base/banned.h"

/*
 * What became of a unit whose condition did not hold, judged by what stands in the table now (read
 * with strong consistency). Either what was wanted is so already, or something else is there, or
 * only a claim was in the way that its extension does not bear out: the old program takes an
 * extension back without knowing of claims. Then the unit is tried again, on the condition that
 * the claim still says that and the extension still belongs to somebody else.
 */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_absent(const struct slot *slot)
{
    return !slot || slot->state == SLOT_ABSENT;
}

/* ---- extensions ---------------------------------------------------------------------------- */

/* Whether what was wanted is there, by whomever and since whenever. A number that shall be created
   is wanted to be there, whatever became of it since. */
static bool is_so(enum change_kind kind, const struct slot *wanted, const struct slot *now)
{
    if (is_absent(now) || is_absent(wanted)) {
        return is_absent(now) && is_absent(wanted);
    }
    if (kind == CHANGE_CREATE) {
        return now->records != RECORD_LEAKED;
    }
    bool one = (now->records & (now->records - 1u)) == 0 && now->records != RECORD_LEAKED;
    return one && wanted->state == now->state &&
           (now->state == SLOT_FREE ||
            (same_text(wanted->note, now->note) && same_text(wanted->agent, now->agent)));
}

/* Whether the conditions of ddb_actions.c would hold now, as far as this slot goes. */
static bool is_as_seen(const struct effect *effect, const struct slot *now)
{
    const struct slot *seen = effect->before;
    if (is_absent(seen)) {
        bool leaked = now && now->records == RECORD_LEAKED;
        return is_absent(now) || (leaked && (effect->after->state == SLOT_FREE ||
                                             effect->after->state == SLOT_ASSIGNED));
    }
    if (is_absent(now) || seen->state != now->state) {
        return false;
    }
    unsigned records = seen->records ? seen->records : now->records;
    if (records != now->records) {
        return false;
    }
    if (seen->state == SLOT_ASSIGNED && seen->at_s == 0) {
        return same_text(seen->agent, now->agent) && same_text(seen->note, now->note);
    }
    return seen->at_s == now->at_s && same_text(seen->note, now->note) &&
           (seen->state != SLOT_ASSIGNED || same_text(seen->agent, now->agent));
}

static const char *describe(struct arena *arena, const struct slot *now)
{
    if (is_absent(now)) {
        return arena_printf(arena, "there is no record of %s", now->ext);
    }
    if (now->records == RECORD_LEAKED) {
        return arena_printf(arena, "%s is free, but the index cannot see it", now->ext);
    }
    bool also_free = now->state != SLOT_FREE && (now->records & (RECORD_FREE | RECORD_LEAKED));
    return arena_printf(arena, "%s is %s%s", now->ext, slot_describe(arena, now),
                        also_free ? ", and also recorded as free" : "");
}

/* ---- claims -------------------------------------------------------------------------------- */

static bool known_claim(const struct claim_effect *claim, const char *now)
{
    if (!now) {
        return !claim->before || claim->tolerant;
    }
    bool known = same_text(claim->before, now) || (claim->tolerant && same_text(claim->after, now));
    for (size_t i = 0; i < claim->n_others && !known; i++) {
        known = same_text(claim->others[i], now);
    }
    return known;
}

static bool claim_is_so(const struct claim_effect *claim, const char *now)
{
    return claim->after ? same_text(claim->after, now) : !now || !known_claim(claim, now);
}

static bool holds(const struct ddb_get *look, const char *ext, const char *agent)
{
    const struct slot *slot = ddb_get_slot(look, ext);
    return slot && slot->state == SLOT_ASSIGNED && strcmp(slot->agent, agent) == 0;
}

static void add_fix(struct arena *arena, struct ddb_claim_fix **fixes, const char *agent,
                    const char *stale)
{
    struct ddb_claim_fix *fix = arena_alloc(arena, sizeof *fix);
    *fix =
        (struct ddb_claim_fix){.agent = agent, .stale = arena_strdup(arena, stale), .next = *fixes};
    *fixes = fix;
}

/* ---- the judgement ------------------------------------------------------------------------- */

void ddb_conflict_want(struct ddb_get *look, const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        ddb_get_want_slot(look, effects->items[i].ext);
    }
    for (size_t i = 0; i < effects->n_claims; i++) {
        const struct claim_effect *claim = &effects->claims[i];
        const char *now = ddb_get_claim(look, claim->agent);
        const char *exts[] = {claim->before, claim->after, now};
        ddb_get_want_claim(look, claim->agent);
        for (size_t j = 0; j < sizeof exts / sizeof *exts; j++) {
            if (exts[j]) {
                ddb_get_want_slot(look, exts[j]);
            }
        }
    }
}

static bool all_so(const struct ddb_get *look, const struct plan *plan,
                   const struct effects *effects)
{
    bool so = true;
    for (size_t i = 0; i < effects->n_items && so; i++) {
        const struct effect *effect = &effects->items[i];
        so = is_so(plan->changes[effect->change].kind, effect->after,
                   ddb_get_slot(look, effect->ext));
    }
    for (size_t i = 0; i < effects->n_claims && so; i++) {
        const struct claim_effect *claim = &effects->claims[i];
        so = claim_is_so(claim, ddb_get_claim(look, claim->agent));
    }
    return so;
}

/* An extension that is not what the plan saw; NULL where all are. */
static const struct effect *find_other(const struct ddb_get *look, const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        if (!is_as_seen(&effects->items[i], ddb_get_slot(look, effects->items[i].ext))) {
            return &effects->items[i];
        }
    }
    return NULL;
}

/* A claim without its extension in the unit, whose extension says otherwise now. */
static bool claim_still_right(const struct ddb_get *look, const struct claim_effect *claim)
{
    return !claim->after || holds(look, claim->after, claim->agent);
}

static bool touches(const struct effects *effects, const char *ext)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        if (strcmp(effects->items[i].ext, ext) == 0) {
            return true;
        }
    }
    return false;
}

enum ddb_verdict ddb_conflict_judge(const struct ddb_get *look, const struct plan *plan,
                                    const struct effects *effects, struct arena *arena,
                                    struct ddb_claim_fix **fixes, const char **detail,
                                    size_t *change)
{
    *fixes = NULL;
    *detail = NULL;
    if (effects->n_items > 0) {
        *change = effects->items[0].change;
        *detail = describe(arena, ddb_get_slot(look, effects->items[0].ext));
    } else if (effects->n_claims > 0) {
        *change = effects->claims[0].change;
    }
    if (all_so(look, plan, effects)) {
        return DDB_SO;
    }
    const struct effect *other = find_other(look, effects);
    if (other) {
        *change = other->change;
        *detail = describe(arena, ddb_get_slot(look, other->ext));
        return DDB_CONFLICT;
    }
    for (size_t i = 0; i < effects->n_claims; i++) {
        const struct claim_effect *claim = &effects->claims[i];
        const char *agent = claim->agent;
        const char *now = ddb_get_claim(look, agent);
        *change = claim->change;
        if (claim->after && !touches(effects, claim->after) && !claim_still_right(look, claim)) {
            *detail = describe(arena, ddb_get_slot(look, claim->after));
            return DDB_CONFLICT;
        }
        if (known_claim(claim, now)) {
            continue;
        }
        if (!now) {
            *detail = arena_printf(arena, "%s has no claim any more", agent);
            return DDB_CONFLICT;
        }
        if (!claim->after) {
            add_fix(arena, fixes, agent, NULL);
        } else if (holds(look, now, agent)) {
            *detail = arena_printf(arena, "%s has %s: %s", agent, now,
                                   slot_describe(arena, ddb_get_slot(look, now)));
            /* A sync wants the agent to have one, and cares little which. */
            bool content = effects->n_items == 1 &&
                           plan->changes[claim->change].kind == CHANGE_ASSIGN &&
                           strcmp(plan->action, "sync") == 0;
            return content ? DDB_SO : DDB_CONFLICT;
        } else {
            add_fix(arena, fixes, agent, now);
        }
    }
    return DDB_AGAIN;
}
