#include "core/plan/guard.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"
#include "core/base/text.h"
#include "core/plan/builder.h"

/* ---- who is counted ------------------------------------------------------------------------ */

/* A number that somebody holds and that the plan touches. */
struct touched {
    const struct slot *before;
    const struct slot *after; /* of the last change that touches it */
};

/* Somebody who loses a number. */
struct loser {
    size_t lost;
    size_t held;
    bool gets; /* another one, by this plan */
};

struct tally {
    struct touched *touched;
    size_t n_touched;
    struct strmap by_ext;
    struct loser *losers;
    size_t n_losers;
    struct strmap by_agent;
};

static bool is_assigned(const struct slot *slot)
{
    return slot && slot->state == SLOT_ASSIGNED;
}

/* Whether a row is about a number that somebody has. Adoptions are, and are many, but leave it. */
static bool takes_or_moves(const struct step *step)
{
    return is_assigned(step->before) && !slot_holds(&step->after, step->before->agent);
}

static size_t count_takings(const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t k = 0; k < change->n_steps && change_is_tried(change); k++) {
            n += takes_or_moves(&change->steps[k]);
        }
    }
    return n;
}

static void touch(struct tally *tally, const struct step *step)
{
    const char *ext = step->after.ext;
    size_t index = strmap_get(&tally->by_ext, ext);
    if (index == STRMAP_NONE && takes_or_moves(step)) {
        index = tally->n_touched++;
        tally->touched[index].before = step->before;
        strmap_add(&tally->by_ext, ext, index);
    }
    if (index != STRMAP_NONE) {
        tally->touched[index].after = &step->after;
    }
}

static struct loser *find_loser(const struct tally *tally, const struct slot *slot)
{
    size_t index = is_assigned(slot) ? strmap_get(&tally->by_agent, slot->agent) : STRMAP_NONE;
    return index == STRMAP_NONE ? NULL : &tally->losers[index];
}

static void find_losers(struct tally *tally)
{
    for (size_t i = 0; i < tally->n_touched; i++) {
        const struct touched *touched = &tally->touched[i];
        const char *agent = touched->before->agent;
        if (slot_holds(touched->after, agent)) {
            continue;
        }
        size_t index = strmap_add(&tally->by_agent, agent, tally->n_losers);
        tally->n_losers += index == tally->n_losers;
        tally->losers[index].lost++;
    }
}

/* Calls `visit` for each step of the rows that are to be tried. */
static void each_step(const struct plan *plan, struct tally *tally,
                      void (*visit)(struct tally *tally, const struct step *step))
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t k = 0; k < change->n_steps && change_is_tried(change); k++) {
            visit(tally, &change->steps[k]);
        }
    }
}

static void note_gain(struct tally *tally, const struct step *step)
{
    struct loser *loser = find_loser(tally, &step->after);
    if (loser) {
        loser->gets = true;
    }
}

/* Who keeps none of the numbers that they hold. */
static void count_people(const struct plan *plan, struct guard_verdict *verdict)
{
    size_t n = count_takings(plan);
    if (n == 0) {
        return;
    }
    struct tally tally = {.touched = mem_array(n, sizeof *tally.touched),
                          .losers = mem_array(n, sizeof *tally.losers)};
    strmap_init(&tally.by_ext, n);
    strmap_init(&tally.by_agent, n);
    each_step(plan, &tally, touch);
    find_losers(&tally);
    for (size_t i = 0; i < plan->snapshot->n_slots; i++) {
        struct loser *loser = find_loser(&tally, &plan->snapshot->slots[i]);
        if (loser) {
            loser->held++;
        }
    }
    each_step(plan, &tally, note_gain);
    for (size_t i = 0; i < tally.n_losers; i++) {
        bool counts = tally.losers[i].lost == tally.losers[i].held;
        verdict->people += counts;
        verdict->moved += counts && tally.losers[i].gets;
    }
    strmap_release(&tally.by_ext);
    strmap_release(&tally.by_agent);
    free(tally.touched);
    free(tally.losers);
}

static int64_t count_holders(const struct snapshot *snapshot)
{
    struct strmap holders;
    strmap_init(&holders, 0);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (is_assigned(slot)) {
            strmap_add(&holders, slot->agent, i);
        }
    }
    int64_t n = (int64_t)holders.count;
    strmap_release(&holders);
    return n;
}

/* ---- how many may be ----------------------------------------------------------------------- */

int64_t guard_allows(const struct release_limit *limit, int64_t holders)
{
    int64_t allowed = release_limit_allows(limit, holders);
    bool lifted = limit->given && release_limit_bare(limit, holders) >= holders;
    bool all = holders > 1 && allowed >= holders && !lifted;
    return all ? holders - 1 : allowed;
}

static int64_t allowed_of(const struct release_limit *limit, const struct guard_verdict *verdict)
{
    if (verdict->named) {
        return limit->given ? release_limit_bare(limit, verdict->holders) : GUARD_NAMED_MAX;
    }
    return guard_allows(limit, verdict->holders);
}

/* ---- words --------------------------------------------------------------------------------- */

/* "10 %", "10 %, 5 always may" if only that lets it pass, "10 %, never everybody" if only that
   stops it. */
static void format_limit(const struct release_limit *limit, const struct guard_verdict *verdict,
                         char *out, size_t size)
{
    char number[TEXT_NUMBER_ROOM];
    if (verdict->named) {
        snprintf(out, size, "%s people", text_number((uint64_t)verdict->allowed, number));
        return;
    }
    bool floor = !verdict->refused && verdict->people > release_limit_bare(limit, verdict->holders);
    bool everybody =
        verdict->refused && verdict->people <= release_limit_allows(limit, verdict->holders);
    int n = snprintf(out, size, "%s%s", text_number((uint64_t)limit->value, number),
                     limit->percent ? " %" : "");
    if (floor) {
        snprintf(out + n, size - (size_t)n, ", %s always may",
                 text_number((uint64_t)limit->floor, number));
    } else if (everybody) {
        snprintf(out + n, size - (size_t)n, ", never everybody");
    }
}

/* "2 of 2,456 = 0.1 %" */
static void format_share(const struct guard_verdict *verdict, char *out, size_t size)
{
    char people[TEXT_NUMBER_ROOM];
    char holders[TEXT_NUMBER_ROOM];
    text_number((uint64_t)verdict->people, people);
    text_number((uint64_t)verdict->holders, holders);
    if (verdict->holders == 0) {
        snprintf(out, size, "%s", people);
        return;
    }
    /* Rounded up: 0.0 % would look like nothing, and what is over 10 % must not read 10.0 %. */
    int64_t tenths = (verdict->people * 1000 + verdict->holders - 1) / verdict->holders;
    snprintf(out, size, "%s of %s = %" PRId64 ".%" PRId64 " %%", people, holders, tenths / 10,
             tenths % 10);
}

static void describe(const struct release_limit *limit, struct guard_verdict *verdict)
{
    static const char *const verbs[2][2] = {
        {"releases", "takes or changes the numbers of"},
        {"would release", "would take or change the numbers of"},
    };
    char share[3 * TEXT_NUMBER_ROOM];
    char words[3 * TEXT_NUMBER_ROOM];
    const char *verb = verbs[verdict->refused][verdict->moved > 0];
    format_share(verdict, share, sizeof share);
    if (verdict->named && verdict->people <= GUARD_NAMED_MAX && !verdict->refused) {
        snprintf(verdict->text, sizeof verdict->text, "%s %s", verb, share);
        return;
    }
    format_limit(limit, verdict, words, sizeof words);
    snprintf(verdict->text, sizeof verdict->text, "%s %s (limit %s)", verb, share, words);
}

/* ---- the judgement ------------------------------------------------------------------------- */

void guard_empty_directory(const struct snapshot *snapshot, struct guard_verdict *verdict)
{
    int64_t holders = count_holders(snapshot);
    char number[TEXT_NUMBER_ROOM];
    *verdict = (struct guard_verdict){.refused = true, .people = holders, .holders = holders};
    snprintf(verdict->text, sizeof verdict->text,
             "the directory is empty while %s %s an extension; nothing was changed",
             text_number((uint64_t)holders, number), holders == 1 ? "agent holds" : "agents hold");
}

void guard_judge(const struct plan *plan, const struct release_limit *limit,
                 struct guard_verdict *verdict)
{
    if (plan_is_sync(plan) && plan->roster && plan->roster->n_agents == 0 &&
        plan->assigned_before > 0) {
        guard_empty_directory(plan->snapshot, verdict);
        return;
    }
    *verdict = (struct guard_verdict){
        .named = !plan->derived,
        .holders = plan->holders > 0         ? (int64_t)plan->holders
                   : plan->snapshot->partial ? 0 /* not known, and not asked for */
                                             : count_holders(plan->snapshot),
        .liftable = true,
    };
    count_people(plan, verdict);
    verdict->allowed = allowed_of(limit, verdict);
    verdict->refused = verdict->people > verdict->allowed;
    describe(limit, verdict);
}

enum err_code guard_error(const struct guard_verdict *verdict, struct err *err)
{
    if (!verdict->refused) {
        return ERR_OK;
    }
    err_set(err, ERR_GUARD, "refused: %s", verdict->text);
    if (verdict->liftable) {
        err_hint(err,
                 "look at the plan with --dry-run; if it is right, allow it with "
                 "--max-release %" PRId64,
                 verdict->people);
    } else {
        err_hint(err, "see why the directory has no agents; no option lifts this guard");
    }
    return ERR_GUARD;
}
