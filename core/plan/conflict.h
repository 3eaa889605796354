#ifndef CORE_PLAN_CONFLICT_H
#define CORE_PLAN_CONFLICT_H

/*
 * The one conflict rule. A store writes each unit (a change alone, or a group) on the condition
 * that what the plan saw is still there. When a condition does not hold, the store looks again and
 * asks here what that means. Every store asks, so the same race has the same answer on each.
 *
 * A unit is judged by what was asked for:
 *     already applied   every number is as the unit would leave it, and every agent holds what was
 *                       asked for; not "release kim" while kim holds another number
 *     as seen           nothing that the plan saw has changed; something else was in the way
 *     conflict          something else is there now; `detail` says what
 *
 *     struct present present = {.slot = look_up, .holding = find, .context = &mine};
 *     conflict_judge(plan, &effects, &present, &plan->arena, &verdict);
 */

#include "core/plan/effects.h"

/* What is in the store now. Each function answers NULL for "none"; the slots have to live until
   the judgement is made. */
struct present {
    const struct slot *(*slot)(void *context, const char *ext);
    const struct slot *(*holding)(void *context, const char *agent); /* one that the agent holds */
    /* The extension that the agent's claim names. NULL: the store keeps no claims. */
    const char *(*claim)(void *context, const char *agent);
    /* The agent's exemption. */
    const struct exempt *(*exempt)(void *context, const char *agent);
    void *context;
};

enum conflict_fate { CONFLICT_AS_SEEN, CONFLICT_ALREADY_APPLIED, CONFLICT_OTHER };

struct conflict_verdict {
    enum conflict_fate fate;
    bool number_lost;   /* with CONFLICT_OTHER: a number has changed; no agent is in the way */
    size_t change;      /* index in the plan of the change that it is about */
    const char *detail; /* in `arena`: what is there now */
};

/* Judges one unit by its effects. */
void conflict_judge(const struct plan *plan, const struct effects *effects,
                    const struct present *present, struct arena *arena,
                    struct conflict_verdict *verdict);

/* Sets result and detail of all changes [first, end) of a unit: skipped and already applied, or
   conflict. Of a group, the change that lost has the detail, and the others refer to it. */
void conflict_decide(struct plan *plan, size_t first, size_t end,
                     const struct conflict_verdict *verdict);

/* Whether the claim is one that the effect expects (`now` NULL: no claim). */
bool claim_effect_expects(const struct claim_effect *claim, const char *now);

/* Whether a record, present both times, is still what was seen. Whether an assigned one was adopted
   meanwhile makes no difference. */
bool slot_is_as_seen(const struct slot *seen, const struct slot *now);

/* The same of an exemption; NULL: there is none. */
bool exempt_is_as_seen(const struct exempt *seen, const struct exempt *now);

/* "kim is exempt since 2026-11-02: trainer", "kim is not exempt". */
const char *exempt_describe(struct arena *arena, const char *agent, const struct exempt *exempt);

/* What a slot is now, for `detail` ("assigned to bob since 2026-11-02"). */
const char *slot_describe(struct arena *arena, const struct slot *slot);

#endif
