#include "core/plan/conflict.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/plan/builder.h"

/* One judgement: the arguments that its parts pass on. */
struct judgement {
    const struct plan *plan;
    const struct effects *effects;
    const struct present *present;
    struct arena *arena;
    struct conflict_verdict *verdict;
};

static bool is_absent(const struct slot *slot)
{
    return !slot || slot->state == SLOT_ABSENT;
}

static const struct slot *slot_now(const struct judgement *judgement, const char *ext)
{
    return judgement->present->slot(judgement->present->context, ext);
}

static const struct slot *holding_now(const struct judgement *judgement, const char *agent)
{
    return judgement->present->holding(judgement->present->context, agent);
}

static const struct change *change_of(const struct judgement *judgement, size_t change)
{
    return &judgement->plan->changes[change];
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

/* ---- words --------------------------------------------------------------------------------- */

static const char *day_of(int64_t at_s, char out[CLOCK_TEXT_MAX])
{
    clock_format_s(at_s, out);
    out[strlen("2026-11-02")] = '\0';
    return out;
}

const char *slot_describe(struct arena *arena, const struct slot *slot)
{
    if (is_absent(slot)) {
        return "there is no record of it";
    }
    char day[CLOCK_TEXT_MAX];
    day_of(slot->at_s, day);
    switch ((enum slot_state)slot->state) {
    case SLOT_ASSIGNED: {
        const char *fallback = slot_fallback(slot);
        return arena_printf(arena, "assigned to %s%s%s%s%s%s", slot->agent,
                            slot->at_s ? " since " : "", slot->at_s ? day : "",
                            slot->note ? ", pinned" : "", fallback ? ", fallback " : "",
                            fallback ? fallback : "");
    }
    case SLOT_RESERVED: {
        const char *calls = format_calls(arena, slot);
        return arena_printf(arena, "reserved%s%s%s%s", slot->note ? ": " : "",
                            slot->note ? slot->note : "", calls ? ", " : "", calls ? calls : "");
    }
    case SLOT_FREE:
    case SLOT_ABSENT:
        break;
    }
    if (slot->at_s == 0) {
        return "free";
    }
    return arena_printf(arena, "free, given back%s%s on %s", slot->agent ? " by " : "",
                        slot->agent ? slot->agent : "", day);
}

/* "0042 is assigned to bob since 2026-11-02". */
static const char *sentence(struct arena *arena, const char *ext, const struct slot *now)
{
    if (is_absent(now)) {
        return arena_printf(arena, "there is no record of %s", ext);
    }
    if (now->records == RECORD_LEAKED) {
        return arena_printf(arena, "%s is free, but the index cannot see it", ext);
    }
    bool also_free = now->state != SLOT_FREE && (now->records & (RECORD_FREE | RECORD_LEAKED));
    return arena_printf(arena, "%s is %s%s", ext, slot_describe(arena, now),
                        also_free ? ", and also recorded as free" : "");
}

static const char *holds_sentence(struct arena *arena, const struct slot *holding)
{
    return arena_printf(arena, "%s holds %s now", holding->agent, holding->ext);
}

/* What became of the number, and before that of the agents whom it was about: "kim holds 2521 now;
   2520 is free, given back by kim on 2026-11-02". */
static const char *what_is_there(const struct judgement *judgement, const struct effect *effect)
{
    struct arena *arena = judgement->arena;
    const char *text = sentence(arena, effect->ext, slot_now(judgement, effect->ext));
    const struct slot *sides[] = {effect->before, effect->after};
    for (size_t i = 0; i < 2; i++) {
        bool assigned = sides[i] && sides[i]->state == SLOT_ASSIGNED;
        const struct slot *holding = assigned ? holding_now(judgement, sides[i]->agent) : NULL;
        if (holding && !touches(judgement->effects, holding->ext)) {
            return arena_printf(arena, "%s; %s", holds_sentence(arena, holding), text);
        }
    }
    return text;
}

const char *exempt_describe(struct arena *arena, const char *agent, const struct exempt *exempt)
{
    char day[CLOCK_TEXT_MAX];
    if (!exempt) {
        return arena_printf(arena, "%s is not exempt", agent);
    }
    day_of(exempt->since_s, day);
    return arena_printf(arena, "%s is exempt%s%s%s%s", agent, exempt->since_s ? " since " : "",
                        exempt->since_s ? day : "", exempt->note ? ": " : "",
                        exempt->note ? exempt->note : "");
}

/* ---- already applied ----------------------------------------------------------------------- */

/* Whether a call goes the same way. */
static bool same_calls(const struct slot *a, const struct slot *b)
{
    return text_same(a->target, b->target) && a->until_s == b->until_s &&
           text_same(slot_fallback(a), slot_fallback(b));
}

/* Whether the number is as the unit would leave it, by whomever and since whenever. A number that
   the plan creates only has to be there. A number that an agent leaves
   for another one is only asked not to be theirs any more. */
static bool number_is_so(const struct judgement *judgement, const struct effect *effect)
{
    enum change_kind kind = change_of(judgement, effect->change)->kind;
    const struct slot *wanted = effect->after;
    const struct slot *now = slot_now(judgement, effect->ext);
    if (is_absent(now) || is_absent(wanted)) {
        return is_absent(now) && is_absent(wanted);
    }
    if (kind == CHANGE_CREATE) {
        return now->records != RECORD_LEAKED;
    }
    if (!slot_is_sound(now)) {
        return false;
    }
    if (wanted->state == SLOT_FREE) {
        bool left = kind == CHANGE_REASSIGN && effect->before &&
                    effect->before->state == SLOT_ASSIGNED &&
                    !slot_holds(now, effect->before->agent);
        return now->state == SLOT_FREE || left;
    }
    bool calls_so = kind == CHANGE_SET || wanted->state == SLOT_RESERVED
                        ? same_calls(wanted, now)
                        : true; /* who gets a number is not asked about their fallback */
    return wanted->state == now->state && text_same(wanted->note, now->note) &&
           text_same(wanted->agent, now->agent) && calls_so;
}

bool claim_effect_expects(const struct claim_effect *claim, const char *now)
{
    if (!now) {
        return !claim->before || claim->tolerant;
    }
    bool expects =
        text_same(claim->before, now) || (claim->tolerant && text_same(claim->after, now));
    for (size_t i = 0; i < claim->n_others && !expects; i++) {
        expects = text_same(claim->others[i], now);
    }
    return expects;
}

/* Whether the agent holds what was asked for, and the claim says the same. */
static bool agent_is_so(const struct judgement *judgement, const struct claim_effect *claim)
{
    const struct present *present = judgement->present;
    const struct change *change = change_of(judgement, claim->change);
    const char *claimed = present->claim ? present->claim(present->context, claim->agent) : NULL;
    if (claim->after) {
        return slot_holds(slot_now(judgement, claim->after), claim->agent) &&
               (!present->claim || text_same(claim->after, claimed));
    }
    bool gone = !claimed || !claim_effect_expects(claim, claimed);
    bool asked_for_agent = change->kind != CHANGE_REPAIR && !change->by_number;
    return gone && !(asked_for_agent && holding_now(judgement, claim->agent));
}

static const struct exempt *exempt_now(const struct judgement *judgement, const char *agent)
{
    const struct present *present = judgement->present;
    return present->exempt ? present->exempt(present->context, agent) : NULL;
}

/* Whether the exemption is as the unit would leave it, by whomever and since whenever. */
static bool exemption_is_so(const struct judgement *judgement, const struct exempt_effect *effect)
{
    const struct exempt *now = exempt_now(judgement, effect->agent);
    return effect->after && now ? text_same(effect->after->note, now->note)
                                : !effect->after && !now;
}

static bool all_so(const struct judgement *judgement)
{
    const struct effects *effects = judgement->effects;
    bool so = true;
    for (size_t i = 0; i < effects->n_items && so; i++) {
        so = number_is_so(judgement, &effects->items[i]);
    }
    for (size_t i = 0; i < effects->n_claims && so; i++) {
        so = agent_is_so(judgement, &effects->claims[i]);
    }
    for (size_t i = 0; i < effects->n_exempts && so; i++) {
        so = exemption_is_so(judgement, &effects->exempts[i]);
    }
    return so;
}

/* The agent is to have any number, and holds one now. */
static const struct slot *find_any_number(const struct judgement *judgement)
{
    const struct effects *effects = judgement->effects;
    if (effects->n_items != 1) {
        return NULL;
    }
    const struct change *change = change_of(judgement, effects->items[0].change);
    return change->any_number && change->agent ? holding_now(judgement, change->agent) : NULL;
}

/* ---- as seen ------------------------------------------------------------------------------- */

bool slot_is_as_seen(const struct slot *seen, const struct slot *now)
{
    bool same_records = !seen->records || !now->records || seen->records == now->records;
    bool adopted = seen->state == SLOT_ASSIGNED && seen->at_s == 0;
    return seen->state == now->state && same_records && (adopted || seen->at_s == now->at_s) &&
           text_same(seen->note, now->note) && same_calls(seen, now) &&
           (seen->state != SLOT_ASSIGNED || text_same(seen->agent, now->agent));
}

bool exempt_is_as_seen(const struct exempt *seen, const struct exempt *now)
{
    return seen && now ? seen->since_s == now->since_s && text_same(seen->note, now->note)
                       : !seen && !now;
}

/* Whether the number is still what the plan saw. A free record that the index cannot see is in
   nobody's way. */
static bool number_is_as_seen(const struct effect *effect, const struct slot *now)
{
    const struct slot *seen = effect->before;
    if (is_absent(seen)) {
        bool leaked = now && now->records == RECORD_LEAKED;
        return is_absent(now) || (leaked && (effect->after->state == SLOT_FREE ||
                                             effect->after->state == SLOT_ASSIGNED));
    }
    return !is_absent(now) && slot_is_as_seen(seen, now);
}

/* An agent of the unit who stands in the way: they hold another number than the plan saw, or not
   the one that their claim is to name. */
static bool find_agent_in_the_way(const struct judgement *judgement)
{
    const struct present *present = judgement->present;
    const struct effects *effects = judgement->effects;
    for (size_t i = 0; i < effects->n_claims; i++) {
        const struct claim_effect *claim = &effects->claims[i];
        const char *claimed =
            present->claim ? present->claim(present->context, claim->agent) : NULL;
        bool expected = claimed && claim_effect_expects(claim, claimed);
        const struct slot *holding =
            claim->after && !expected ? holding_now(judgement, claim->agent) : NULL;
        judgement->verdict->change = claim->change;
        if (claim->after && !touches(effects, claim->after)) {
            const struct slot *kept = slot_now(judgement, claim->after);
            if (!slot_holds(kept, claim->agent)) {
                judgement->verdict->detail = sentence(judgement->arena, claim->after, kept);
                return true;
            }
        } else if (holding && !touches(effects, holding->ext)) {
            judgement->verdict->detail = holds_sentence(judgement->arena, holding);
            return true;
        }
    }
    return false;
}

/* An exemption that is not what the plan saw, or one that is to come to an agent who got a number. */
static bool find_exemption_in_the_way(const struct judgement *judgement)
{
    const struct effects *effects = judgement->effects;
    struct conflict_verdict *verdict = judgement->verdict;
    for (size_t i = 0; i < effects->n_exempts; i++) {
        const struct exempt_effect *effect = &effects->exempts[i];
        const struct exempt *now = exempt_now(judgement, effect->agent);
        const struct slot *holding = effect->after ? holding_now(judgement, effect->agent) : NULL;
        verdict->change = effect->change;
        if (!exempt_is_as_seen(effect->before, now)) {
            verdict->detail = exempt_describe(judgement->arena, effect->agent, now);
            return true;
        }
        if (holding && !touches(effects, holding->ext)) {
            verdict->detail = holds_sentence(judgement->arena, holding);
            return true;
        }
    }
    return false;
}

/* ---- the judgement ------------------------------------------------------------------------- */

static enum conflict_fate judge(const struct judgement *judgement)
{
    const struct effects *effects = judgement->effects;
    struct conflict_verdict *verdict = judgement->verdict;
    const struct slot *any = find_any_number(judgement);
    if (any && slot_is_sound(any)) {
        verdict->detail = holds_sentence(judgement->arena, any);
        return CONFLICT_ALREADY_APPLIED;
    }
    if (all_so(judgement)) {
        return CONFLICT_ALREADY_APPLIED;
    }
    for (size_t i = 0; i < effects->n_items; i++) {
        const struct effect *effect = &effects->items[i];
        if (!number_is_as_seen(effect, slot_now(judgement, effect->ext))) {
            verdict->change = effect->change;
            verdict->number_lost = true;
            verdict->detail = what_is_there(judgement, effect);
            return CONFLICT_OTHER;
        }
    }
    bool other = find_exemption_in_the_way(judgement) || find_agent_in_the_way(judgement);
    return other ? CONFLICT_OTHER : CONFLICT_AS_SEEN;
}

/* The number that the unit is about: one that somebody gets, else the first. NULL: none. */
static const struct effect *find_subject(const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        if (effects->items[i].after->state == SLOT_ASSIGNED) {
            return &effects->items[i];
        }
    }
    return effects->n_items > 0 ? &effects->items[0] : NULL;
}

void conflict_judge(const struct plan *plan, const struct effects *effects,
                    const struct present *present, struct arena *arena,
                    struct conflict_verdict *verdict)
{
    struct judgement judgement = {plan, effects, present, arena, verdict};
    *verdict = (struct conflict_verdict){.detail = "there is nothing to change"};
    const struct effect *about = find_subject(effects);
    if (about) {
        verdict->change = about->change;
        verdict->detail = sentence(arena, about->ext, slot_now(&judgement, about->ext));
    } else if (effects->n_exempts > 0) {
        const struct exempt_effect *exempt = &effects->exempts[0];
        verdict->change = exempt->change;
        verdict->detail =
            exempt_describe(arena, exempt->agent, exempt_now(&judgement, exempt->agent));
    } else if (effects->n_claims > 0) {
        verdict->change = effects->claims[0].change;
    }
    verdict->fate = judge(&judgement);
}

void conflict_decide(struct plan *plan, size_t first, size_t end,
                     const struct conflict_verdict *verdict)
{
    bool so = verdict->fate == CONFLICT_ALREADY_APPLIED;
    bool grouped = verdict->change >= first && verdict->change < end;
    for (size_t i = first; i < end; i++) {
        struct change *change = &plan->changes[i];
        change->result = so ? RESULT_SKIPPED : RESULT_CONFLICT;
        change->already_applied = so;
        if (so) {
            change->detail = arena_printf(&plan->arena, "already applied: %s", verdict->detail);
        } else if (grouped && i != verdict->change) {
            const struct change *lost = &plan->changes[verdict->change];
            change->detail = arena_printf(&plan->arena, "belongs to the change of %s: %s",
                                          change_subject(lost), verdict->detail);
        } else {
            change->detail = arena_strdup(&plan->arena, verdict->detail);
        }
    }
}
