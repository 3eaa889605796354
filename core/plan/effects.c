/*
 * From changes to what one transaction has to do: each extension, each claim, each exemption once.
 *
 * The extensions are folded in order: the first `before`, the last `after`. Whose claim goes, comes
 * or moves follows from that, whatever the changes are called: who held an extension and does not
 * any more loses it, who holds one now gets it. A repair says itself what a claim is to hold.
 */
#include "core/plan/effects.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/strmap.h"
#include "core/plan/builder.h"

/* What is known of one agent's claim while the extensions are gone through. */
struct claimant {
    const char *agent;
    const char **lost; /* exts that the claim may name now, without the kept one */
    size_t n_lost;
    const char *gained;
    const char *written; /* stays where it is, and its claim is written: an adoption */
    const struct claim_step *said;
    size_t change;
};

struct folding {
    const struct plan *plan;
    struct arena *arena;
    struct effects *out;
    struct strmap by_ext;
    struct strmap by_agent;
    struct claimant *claimants;
    size_t n_claimants;
    size_t n_steps; /* at most so many extensions, and twice as many agents */
    size_t n_exempts;
};

/* ---- extensions ---------------------------------------------------------------------------- */

static bool unit_counts(const struct plan *plan, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (plan->changes[i].left_out || plan->changes[i].result != RESULT_PLANNED) {
            return false;
        }
    }
    return true;
}

static void fold_step(struct folding *folding, const struct step *step, size_t change)
{
    struct effects *out = folding->out;
    size_t index = strmap_add(&folding->by_ext, step->after.ext, out->n_items);
    struct effect *effect = &out->items[index];
    if (index == out->n_items) {
        out->n_items++;
        effect->ext = step->after.ext;
        effect->before = step->before && step->before->state != SLOT_ABSENT ? step->before : NULL;
    }
    effect->after = &step->after;
    effect->change = change;
}

/* Calls `visit` for each change that counts. */
static void each_change(struct folding *folding, size_t first, size_t n,
                        void (*visit)(struct folding *folding, size_t change))
{
    const struct plan *plan = folding->plan;
    for (size_t unit = first; unit < first + n && unit < plan->n_changes;) {
        size_t end = plan_unit_end(plan, unit);
        if (unit_counts(plan, unit, end)) {
            for (size_t i = unit; i < end; i++) {
                visit(folding, i);
            }
        }
        unit = end;
    }
}

static void visit_count(struct folding *folding, size_t change)
{
    folding->n_steps += folding->plan->changes[change].n_steps + 1;
    folding->n_exempts += folding->plan->changes[change].exempt != NULL;
}

static void visit_steps(struct folding *folding, size_t change)
{
    const struct change *row = &folding->plan->changes[change];
    for (size_t i = 0; i < row->n_steps; i++) {
        fold_step(folding, &row->steps[i], change);
    }
}

/* ---- claims -------------------------------------------------------------------------------- */

static struct claimant *claimant_of(struct folding *folding, const char *agent, size_t change)
{
    size_t index = strmap_add(&folding->by_agent, agent, folding->n_claimants);
    struct claimant *claimant = &folding->claimants[index];
    if (index == folding->n_claimants) {
        folding->n_claimants++;
        claimant->agent = agent;
    }
    if (change > claimant->change) {
        claimant->change = change;
    }
    return claimant;
}

static void add_lost(struct folding *folding, struct claimant *claimant, const char *ext)
{
    /* Nearly always one: the list is made anew for each further. */
    const char **lost = arena_alloc(folding->arena, (claimant->n_lost + 1) * sizeof *lost);
    for (size_t i = 0; i < claimant->n_lost; i++) {
        if (strcmp(claimant->lost[i], ext) == 0) {
            return;
        }
        lost[i] = claimant->lost[i];
    }
    lost[claimant->n_lost++] = ext;
    claimant->lost = lost;
}

static void visit_claim(struct folding *folding, size_t change)
{
    const struct claim_step *step = folding->plan->changes[change].claim;
    if (step) {
        struct claimant *claimant = claimant_of(folding, step->agent, change);
        claimant->said = step;
        if (step->before) {
            add_lost(folding, claimant, step->before);
        }
    }
}

static void derive_claims(struct folding *folding)
{
    for (size_t i = 0; i < folding->out->n_items; i++) {
        const struct effect *effect = &folding->out->items[i];
        const struct slot *before = effect->before;
        const struct slot *after = effect->after;
        const char *loser = before && before->state == SLOT_ASSIGNED ? before->agent : NULL;
        const char *winner = after->state == SLOT_ASSIGNED ? after->agent : NULL;
        if (loser && winner && strcmp(loser, winner) == 0) {
            if (before->at_s == 0) {
                claimant_of(folding, winner, effect->change)->written = effect->ext;
            }
            continue;
        }
        if (loser) {
            struct claimant *claimant = claimant_of(folding, loser, effect->change);
            if (!claimant->said) {
                add_lost(folding, claimant, effect->ext);
            }
        }
        if (winner) {
            claimant_of(folding, winner, effect->change)->gained = effect->ext;
        }
    }
}

static void write_claim(struct folding *folding, const struct claimant *claimant)
{
    const struct claim_step *said = claimant->said;
    const char *after = said               ? said->after
                        : claimant->gained ? claimant->gained
                                           : claimant->written;
    bool exact = said && !said->tolerant;
    const char *before = claimant->n_lost ? claimant->lost[0] : said ? NULL : claimant->written;
    if (exact && (before == after || (before && after && strcmp(before, after) == 0))) {
        return; /* the claim is right already */
    }
    struct claim_effect *claim = &folding->out->claims[folding->out->n_claims++];
    *claim = (struct claim_effect){
        .agent = claimant->agent,
        .before = before,
        .others = claimant->n_lost > 1 ? claimant->lost + 1 : NULL,
        .n_others = claimant->n_lost > 1 ? claimant->n_lost - 1 : 0,
        .after = after,
        .tolerant = said ? said->tolerant : before != NULL,
        .change = claimant->change,
    };
}

const struct claim_effect *effects_find_claim(const struct effects *effects, const char *agent)
{
    for (size_t i = 0; i < effects->n_claims; i++) {
        if (strcmp(effects->claims[i].agent, agent) == 0) {
            return &effects->claims[i];
        }
    }
    return NULL;
}

/* ---- exemptions ---------------------------------------------------------------------------- */

static void visit_exempt(struct folding *folding, size_t change)
{
    const struct exempt_step *step = folding->plan->changes[change].exempt;
    struct effects *out = folding->out;
    if (!step) {
        return;
    }
    size_t i = 0;
    while (i < out->n_exempts && strcmp(out->exempts[i].agent, step->agent) != 0) {
        i++;
    }
    struct exempt_effect *effect = &out->exempts[i];
    if (i == out->n_exempts) {
        out->n_exempts++;
        *effect = (struct exempt_effect){.agent = step->agent, .before = step->before};
    }
    effect->after = step->after;
    effect->change = change;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void drop_unchanged(const struct plan *plan, struct effects *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->n_items; i++) {
        const struct effect *effect = &out->items[i];
        if (plan->changes[effect->change].claim || !slot_same(effect->before, effect->after)) {
            out->items[kept++] = *effect;
        }
    }
    out->n_items = kept;
}

void effects_of(const struct plan *plan, size_t first, size_t n, struct arena *arena,
                struct effects *out)
{
    struct folding folding = {.plan = plan, .arena = arena, .out = out};
    *out = (struct effects){.n_items = 0};
    each_change(&folding, first, n, visit_count);
    if (folding.n_steps == 0) {
        return;
    }
    out->items = arena_alloc(arena, folding.n_steps * sizeof *out->items);
    strmap_init(&folding.by_ext, folding.n_steps);
    each_change(&folding, first, n, visit_steps);

    size_t n_agents = 2 * folding.n_steps;
    folding.claimants = arena_alloc(arena, n_agents * sizeof *folding.claimants);
    out->claims = arena_alloc(arena, n_agents * sizeof *out->claims);
    strmap_init(&folding.by_agent, n_agents);
    each_change(&folding, first, n, visit_claim);
    derive_claims(&folding);
    for (size_t i = 0; i < folding.n_claimants; i++) {
        write_claim(&folding, &folding.claimants[i]);
    }
    drop_unchanged(plan, out);
    if (folding.n_exempts > 0) {
        out->exempts = arena_alloc(arena, folding.n_exempts * sizeof *out->exempts);
        each_change(&folding, first, n, visit_exempt);
    }
    strmap_release(&folding.by_agent);
    strmap_release(&folding.by_ext);
}
