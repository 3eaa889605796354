/*
 * One plan for everything that the doctor found and that can be repaired. An extension can have
 * several problems, and some of them touch the claim of its agent. Each extension is changed once and
 * is sound afterwards. Each change of an agent writes the final claim, so no change has to wait for
 * another.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/plan/doctor.h"
#include "core/base/mem.h"
#include "core/plan/builder.h"
#include "core/plan/number_picker.h"
#include "core/base/strmap.h"
#include "core/base/text.h"

struct repair {
    struct plan_builder builder;
    const struct snapshot *snapshot;
    bool *done;            /* by slot: it has its change */
    struct strmap settled; /* agents whose claim is written by a change of a slot */
    bool trusts_clock;
};

static bool *done_mark(struct repair *repair, const struct slot *slot)
{
    return &repair->done[slot - repair->snapshot->slots];
}

static void settle_claim(struct repair *repair, struct change *change, const char *agent,
                         const struct claim *claim, const char *kept)
{
    if (repair->snapshot->keeps_claims) {
        build_claim(&repair->builder, change, agent, claim ? claim->ext : NULL, kept)->tolerant =
            true;
        strmap_add(&repair->settled, agent, 0);
    }
}

static void drop_surplus(struct repair *repair, const struct problem *problem)
{
    struct change *change =
        build_drop_surplus(&repair->builder, problem->slot, problem->kept,
                           builder_given_back(&repair->builder, problem->slot->ext));
    settle_claim(repair, change, problem->slot->agent, problem->claim, problem->kept->ext);
    *done_mark(repair, problem->slot) = true;
}

static void repair_slot(struct repair *repair, const struct problem *problem)
{
    const struct slot *slot = problem->slot;
    if (*done_mark(repair, slot)) {
        return;
    }
    *done_mark(repair, slot) = true;
    struct change *change = build_repair(&repair->builder, slot, slot->own);
    if (slot->state == SLOT_ASSIGNED && slot->at_s == 0) {
        settle_claim(repair, change, slot->agent, problem->claim, slot->ext);
    }
}

/* The extension is rewritten with the claim, so that the claim is only written while it holds. */
static struct change *build_kept(struct repair *repair, const struct slot *kept, const char *why)
{
    *done_mark(repair, kept) = true;
    if (!slot_is_sound(kept) || kept->time == TIME_DAMAGED) {
        return build_repair(&repair->builder, kept, kept->own);
    }
    struct change *change =
        plan_add_plain(repair->builder.plan, CHANGE_REPAIR, kept->ext, kept->agent, 1, why);
    change->steps[0].before = kept;
    change->steps[0].after = *kept;
    return change;
}

static void fix_claim(struct repair *repair, const struct problem *problem)
{
    if (strmap_get(&repair->settled, problem->agent) != STRMAP_NONE) {
        return;
    }
    const struct slot *kept = problem->kept;
    const struct claim *claim = problem->claim;
    const char *claimed = claim ? claim->ext : NULL;
    struct change *change = NULL;
    if (kept) {
        change = build_kept(repair, kept,
                            claim ? "the claim named another extension" : "the claim was missing");
    } else {
        change = plan_add_plain(repair->builder.plan, CHANGE_REPAIR, claimed, problem->agent, 0,
                                "the claim was left behind");
    }
    build_claim(&repair->builder, change, problem->agent, claimed, kept ? kept->ext : NULL);
}

/* What has another problem as well is released by the next repair. */
static void release_exempt(struct repair *repair, const struct problem *problem)
{
    const struct slot *slot = problem->slot;
    struct plan_builder *builder = &repair->builder;
    bool alone = !*done_mark(repair, slot) && slot_is_sound(slot) &&
                 strmap_get(&repair->settled, slot->agent) == STRMAP_NONE;
    if (problem->fixable && alone) {
        *done_mark(repair, slot) = true;
        build_release(builder, slot,
                      arena_printf(&builder->plan->arena, "is exempt; %s",
                                   builder_given_back(builder, slot->ext)));
        strmap_add(&repair->settled, slot->agent, 0);
    }
}

static void create_missing(struct repair *repair)
{
    struct pool_walk walk;
    pool_walk_init(&walk, repair->builder.input);
    while (pool_walk_next(&walk)) {
        if (!walk.slot) {
            build_create(&repair->builder, walk.ext);
        }
    }
}

static struct trail_step *change_trail(struct repair *repair, struct change *change)
{
    change->trail = arena_alloc(&repair->builder.plan->arena, sizeof *change->trail);
    *change->trail = (struct trail_step){.trust_clock = false};
    return change->trail;
}

/* The clock is right and the records are not: what was stamped by them gets the clock's time. */
static void trust_clock(struct repair *repair)
{
    const struct snapshot *snapshot = repair->snapshot;
    struct plan *plan = repair->builder.plan;
    if (repair->trusts_clock) {
        return;
    }
    repair->trusts_clock = true;
    for (size_t i = 0; snapshot->time.stands && i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot_is_ahead(slot, snapshot->time.machine_s) && !*done_mark(repair, slot)) {
            *done_mark(repair, slot) = true;
            struct change *change = plan_add_plain(
                plan, CHANGE_REPAIR, slot->ext, slot->state == SLOT_ASSIGNED ? slot->agent : NULL,
                1, "was stamped while a clock was ahead");
            change->steps[0].before = slot;
            change->steps[0].after = slot_repaired(slot, &repair->builder);
            change->steps[0].after.at_s = snapshot->time.machine_s;
        }
    }
    struct change *change =
        plan_add(plan, CHANGE_REPAIR, NULL, NULL, 0,
                 "the records of the audit trail stay, and no longer count as a clock");
    change_trail(repair, change)->trust_clock = true;
}

/* Never more than half of the trail: the clock that says so may be wrong. */
static void trim_trail(struct repair *repair)
{
    const struct trail *trail = &repair->snapshot->trail;
    size_t half = trail->n_records / 2;
    size_t n = trail->n_expired < half ? trail->n_expired : half;
    if (n == 0) {
        return;
    }
    char number[TEXT_NUMBER_ROOM];
    struct change *change = plan_add(repair->builder.plan, CHANGE_REPAIR, NULL, NULL, 0,
                                     "remove %s expired record%s of the audit trail",
                                     text_number(n, number), n == 1 ? "" : "s");
    struct trail_step *step = change_trail(repair, change);
    step->expired_by_s = trail->expired_by_s;
    step->n_records = n;
}

static void repair_problem(struct repair *repair, const struct problem *problem)
{
    switch (problem->kind) {
    case PROBLEM_TWO_EXTENSIONS:
        drop_surplus(repair, problem);
        break;
    case PROBLEM_CLAIM_MISSING:
    case PROBLEM_CLAIM_STALE:
        fix_claim(repair, problem);
        break;
    case PROBLEM_EXEMPT_HOLDER:
        release_exempt(repair, problem);
        break;
    case PROBLEM_READER_UNSAFE:
        if (problem->fixable) {
            repair_slot(repair, problem);
        }
        break;
    case PROBLEM_NOT_ADOPTED:
    case PROBLEM_LEAKED:
    case PROBLEM_FREE_AND_ASSIGNED:
    case PROBLEM_FREE_AND_RESERVED:
    case PROBLEM_ASSIGNED_AND_RESERVED:
        repair_slot(repair, problem);
        break;
    case PROBLEM_CLOCK:
        if (problem->slot) {
            repair_slot(repair, problem);
        } else if (problem->fixable) {
            trust_clock(repair);
        }
        break;
    case PROBLEM_EXPIRED:
        trim_trail(repair);
        break;
    case PROBLEM_MISSING:
    case PROBLEM_OUT_OF_RANGE:
    case PROBLEM_TARGET:
    case PROBLEM_UNKNOWN_ITEM:
        break;
    }
}

/* Which changes also settle a claim: surplus extensions and adoptions, then the claims that are
   left, then what has nothing to do with one. */
static int turn_of(enum problem_kind kind)
{
    return kind == PROBLEM_TWO_EXTENSIONS || kind == PROBLEM_NOT_ADOPTED  ? 0
           : kind == PROBLEM_CLAIM_MISSING || kind == PROBLEM_CLAIM_STALE ? 1
           : kind == PROBLEM_EXEMPT_HOLDER                                ? 0
                                                                          : 2;
}

static bool finds_missing(const struct diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        if (diagnosis->problems[i].kind == PROBLEM_MISSING) {
            return true;
        }
    }
    return false;
}

enum err_code plan_repair(const struct plan_input *input, const struct diagnosis *diagnosis,
                          struct plan **out, struct err *err)
{
    bool creates = finds_missing(diagnosis);
    if (creates && check_numbers_to_create(input, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    struct repair repair = {.snapshot = input->snapshot};
    plan_builder_init(&repair.builder, input, "repair");
    repair.done = mem_array(input->snapshot->n_slots + 1, sizeof *repair.done);
    strmap_init(&repair.settled, 0);
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < diagnosis->n_problems; i++) {
            if (turn_of(diagnosis->problems[i].kind) == turn) {
                repair_problem(&repair, &diagnosis->problems[i]);
            }
        }
    }
    if (creates) {
        create_missing(&repair);
    }
    strmap_release(&repair.settled);
    free(repair.done);
    *out = repair.builder.plan;
    return ERR_OK;
}
