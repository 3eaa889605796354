#include "aws/dynamodb/ddb.h"

#include <string.h>

#include "core/base/banned.h"

/*
 * What became of a unit whose condition did not hold: the conflict rule, asked about what stands in
 * the table now (read with strong consistency). When no extension is in the way, it was a claim that
 * its extension does not confirm: the old program takes an extension back without knowing of
 * claims. Then the unit is tried again, on the condition that the claim still says that and the
 * extension still belongs to somebody else.
 */

/* ---- what the table has now ----------------------------------------------------------------- */

struct looked_at {
    const struct ddb_get *get;
    const struct effects *effects;
};

static const struct slot *slot_now(void *context, const char *ext)
{
    const struct looked_at *at = context;
    return ddb_get_slot(at->get, ext);
}

static const char *claim_now(void *context, const char *agent)
{
    const struct looked_at *at = context;
    return ddb_get_claim(at->get, agent);
}

static const struct exempt *exempt_now(void *context, const char *agent)
{
    const struct looked_at *at = context;
    return ddb_get_exempt(at->get, agent);
}

static const struct slot *held_by(const struct ddb_get *get, const char *ext, const char *agent)
{
    const struct slot *slot = ext ? ddb_get_slot(get, ext) : NULL;
    bool holds = slot && slot->state == SLOT_ASSIGNED && strcmp(slot->agent, agent) == 0;
    return holds ? slot : NULL;
}

/* The one that the claim names, else one of the unit. */
static const struct slot *holding_now(void *context, const char *agent)
{
    const struct looked_at *at = context;
    const struct slot *held = held_by(at->get, ddb_get_claim(at->get, agent), agent);
    for (size_t i = 0; i < at->effects->n_items && !held; i++) {
        held = held_by(at->get, at->effects->items[i].ext, agent);
    }
    return held;
}

static void want_holder(struct ddb_get *get, const struct slot *slot)
{
    if (slot && slot->state == SLOT_ASSIGNED) {
        const char *claimed = ddb_get_claim(get, slot->agent);
        ddb_get_want_claim(get, slot->agent);
        if (claimed) {
            ddb_get_want_slot(get, claimed);
        }
    }
}

/* Whoever becomes exempt must hold none. */
static void want_exempts(struct ddb_get *get, const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_exempts; i++) {
        const char *agent = effects->exempts[i].agent;
        const char *claimed = ddb_get_claim(get, agent);
        ddb_get_want_exempt(get, agent);
        ddb_get_want_claim(get, agent);
        if (claimed) {
            ddb_get_want_slot(get, claimed);
        }
    }
}

void ddb_conflict_want(struct ddb_get *get, const struct effects *effects)
{
    want_exempts(get, effects);
    for (size_t i = 0; i < effects->n_items; i++) {
        ddb_get_want_slot(get, effects->items[i].ext);
        want_holder(get, effects->items[i].before);
        want_holder(get, effects->items[i].after);
    }
    for (size_t i = 0; i < effects->n_claims; i++) {
        const struct claim_effect *claim = &effects->claims[i];
        const char *now = ddb_get_claim(get, claim->agent);
        const char *exts[] = {claim->before, claim->after, now};
        ddb_get_want_claim(get, claim->agent);
        for (size_t j = 0; j < sizeof exts / sizeof *exts; j++) {
            if (exts[j]) {
                ddb_get_want_slot(get, exts[j]);
            }
        }
    }
}

/* ---- claims that no extension confirms -------------------------------------------------------- */

static void add_fix(struct arena *arena, struct ddb_claim_fix **fixes, const char *agent,
                    const char *stale)
{
    struct ddb_claim_fix *fix = arena_alloc(arena, sizeof *fix);
    *fix =
        (struct ddb_claim_fix){.agent = agent, .stale = arena_strdup(arena, stale), .next = *fixes};
    *fixes = fix;
}

static void find_fixes(const struct ddb_get *get, const struct effects *effects,
                       struct arena *arena, struct ddb_claim_fix **fixes,
                       struct conflict_verdict *verdict)
{
    for (size_t i = 0; i < effects->n_claims; i++) {
        const struct claim_effect *claim = &effects->claims[i];
        const char *now = ddb_get_claim(get, claim->agent);
        if (claim_effect_expects(claim, now)) {
            continue;
        }
        if (!now) {
            verdict->fate = CONFLICT_OTHER;
            verdict->change = claim->change;
            verdict->detail = arena_printf(arena, "%s has no claim any more", claim->agent);
            return;
        }
        add_fix(arena, fixes, claim->agent, claim->after ? now : NULL);
    }
    for (size_t i = 0; i < effects->n_exempts; i++) {
        const struct exempt_effect *exempt = &effects->exempts[i];
        const char *now = ddb_get_claim(get, exempt->agent);
        if (exempt->after && now && !effects_find_claim(effects, exempt->agent)) {
            add_fix(arena, fixes, exempt->agent, now);
        }
    }
}

void ddb_conflict_judge(const struct ddb_get *get, const struct plan *plan,
                        const struct effects *effects, struct arena *arena, struct ddb_verdict *out)
{
    struct looked_at at = {.get = get, .effects = effects};
    struct present present = {
        .slot = slot_now,
        .holding = holding_now,
        .claim = claim_now,
        .exempt = exempt_now,
        .context = &at,
    };
    out->fixes = NULL;
    conflict_judge(plan, effects, &present, arena, &out->conflict);
    if (out->conflict.fate == CONFLICT_AS_SEEN) {
        find_fixes(get, effects, arena, &out->fixes, &out->conflict);
    }
}
