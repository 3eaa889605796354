#include "core/plan/overlay.h"

#include "core/base/banned.h"

/* What was done, or will be, laid over what was seen. Pure. */

static void lay_over(struct snapshot *snapshot, const struct slot *slot)
{
    const struct slot *found = snapshot_find(snapshot, slot->ext);
    if (!found) {
        return;
    }
    struct slot *place = &snapshot->slots[found - snapshot->slots];
    *place = slot_copy(&snapshot->arena, slot);
}

static bool is_done(const struct change *change)
{
    return change->result == RESULT_DONE;
}

static bool will_be_done(const struct change *change)
{
    return change->result == RESULT_PLANNED && !change->left_out;
}

static struct snapshot *overlay(const struct plan *plan, const struct snapshot *base,
                                bool (*counts)(const struct change *), int64_t now_s)
{
    struct snapshot *fresh = snapshot_new();
    for (size_t i = 0; i < base->n_slots; i++) {
        struct slot *slot = snapshot_add(fresh, base->slots[i].ext);
        *slot = slot_copy(&fresh->arena, &base->slots[i]);
    }
    /* Numbers that were made come first, so that there is a place for every step. */
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t s = 0; counts(change) && s < change->n_steps; s++) {
            if (!snapshot_find(base, change->steps[s].after.ext)) {
                snapshot_add(fresh, change->steps[s].after.ext)->state = SLOT_ABSENT;
            }
        }
    }
    snapshot_seal(fresh);
    /* In the order of the plan: of several steps on one extension the last is what stands. */
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t s = 0; counts(change) && s < change->n_steps; s++) {
            lay_over(fresh, &change->steps[s].after);
        }
    }
    snapshot_copy_exempts(fresh, base);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->exempt && counts(change)) {
            snapshot_put_exempt(fresh, change->exempt->agent, change->exempt->after);
        }
    }
    fresh->exact = base->exact;
    fresh->mark = base->mark;
    fresh->complete = base->complete;
    fresh->read_at_s = now_s;
    fresh->time = base->time;
    fresh->time.note = arena_strdup(&fresh->arena, base->time.note);
    return fresh;
}

struct snapshot *plan_overlay(const struct plan *plan, const struct snapshot *base, int64_t now_s)
{
    return overlay(plan, base, is_done, now_s);
}

struct snapshot *plan_preview(const struct plan *plan)
{
    return overlay(plan, plan->snapshot, will_be_done, plan->now_s);
}
