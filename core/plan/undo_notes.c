/* What people are told of an undo besides its rows. */
#include "core/plan/undo_private.h"

#include "core/base/banned.h"

void undo_note_rest(struct undo *undo)
{
    struct plan *plan = undo->builder.plan;
    struct name_list moved = {.n = 0};
    size_t n_undone = 0;
    struct name_list strangers = {.n = 0};
    const struct roster *roster = undo->input->roster;
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->result == RESULT_CONFLICT) {
            name_list_add(&moved, change_subject(change));
        } else if (change->already_applied) {
            n_undone++;
        } else if (change->kind == CHANGE_ASSIGN && roster && roster->n_agents > 0 &&
                   !roster_find(roster, change->agent)) {
            name_list_add(&strangers, change->agent);
        }
    }
    if (moved.n > 0) {
        plan_note(plan, "%zu of %zu changes stay, because this has changed since: %s", moved.n,
                  plan->n_changes, moved.text);
    }
    if (n_undone > 0) {
        plan_note(plan, "%zu of %zu changes are already undone", n_undone, plan->n_changes);
    }
    if (strangers.n > 0) {
        plan_note(plan, "%zu not in the directory; the next sync takes their extensions back: %s",
                  strangers.n, strangers.text);
    }
    if (undo->n_kept > 0) {
        plan_note(plan, "what was created, adopted or repaired stays as it is");
    }
}
