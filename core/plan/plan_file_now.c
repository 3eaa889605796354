#include "core/plan/plan_file_now.h"

#include <string.h>

#include "core/base/strmap.h"
#include "core/plan/conflict.h"
#include "core/plan/holdings.h"

#include "core/base/banned.h"

/* ---- the directory --------------------------------------------------------------------------- */

bool plan_file_needs_directory(const struct plan_file *file)
{
    static const char *const actions[] = {"sync", "assign", "reassign", "import", "basket"};
    bool asks = false;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        asks = asks || strcmp(file->action, actions[i]) == 0;
    }
    for (size_t i = 0; asks && i < file->n_changes; i++) {
        enum change_kind kind = file->changes[i].kind;
        if (kind == CHANGE_ASSIGN || kind == CHANGE_REASSIGN || strcmp(file->action, "sync") == 0) {
            return true;
        }
    }
    return false;
}

/* Why the directory of today does not want the row any more; NULL: it does. */
static const char *against_directory(struct plan *plan, const struct change *change)
{
    const struct roster *roster = plan->roster;
    const struct agent *agent = roster && change->agent ? roster_find(roster, change->agent) : NULL;
    bool gives = change->kind == CHANGE_ASSIGN || change->kind == CHANGE_REASSIGN;
    bool takes = change->kind == CHANGE_RELEASE && plan_is_sync(plan);
    if (!roster || !change->agent) {
        return NULL;
    }
    if (gives && !agent) {
        return arena_printf(&plan->arena, "%s is not in the directory any more", change->agent);
    }
    if (takes && agent) {
        return arena_printf(&plan->arena, "%s is in the directory again", change->agent);
    }
    if (takes && roster->partial) {
        return arena_printf(&plan->arena, "the directory was read only in part: %s",
                            roster->partial);
    }
    return NULL;
}

static void lose_unit(struct plan *plan, size_t first, size_t end, const char *detail)
{
    for (size_t i = first; i < end; i++) {
        plan->changes[i].result = RESULT_CONFLICT;
        plan->changes[i].detail = detail;
    }
}

/* ---- the store ------------------------------------------------------------------------------- */

struct now {
    const struct snapshot *snapshot;
    struct holdings holdings;
};

static const struct slot *slot_now(void *context, const char *ext)
{
    return snapshot_find(((const struct now *)context)->snapshot, ext);
}

static const struct slot *holding_now(void *context, const char *agent)
{
    return holdings_of(&((const struct now *)context)->holdings, agent);
}

static const struct exempt *exempt_now(void *context, const char *agent)
{
    return snapshot_find_exempt(((const struct now *)context)->snapshot, agent);
}

static bool is_as_seen(const struct plan *plan, const struct change *change)
{
    const struct exempt_step *exempt = change->exempt;
    if (exempt &&
        !exempt_is_as_seen(exempt->before, snapshot_find_exempt(plan->snapshot, exempt->agent))) {
        return false;
    }
    for (size_t i = 0; i < change->n_steps; i++) {
        const struct slot *seen = change->steps[i].before;
        const struct slot *now = snapshot_find(plan->snapshot, change->steps[i].after.ext);
        bool as_seen = seen && now ? slot_is_as_seen(seen, now) : !seen && !now;
        if (!as_seen) {
            return false;
        }
    }
    return true;
}

static void meet_store(struct plan *plan, struct now *now, size_t first, size_t end)
{
    struct arena scratch = ARENA_INIT;
    struct effects effects;
    struct conflict_verdict verdict;
    const struct present present = {
        .slot = slot_now, .holding = holding_now, .exempt = exempt_now, .context = now};
    bool as_seen = true;
    for (size_t i = first; i < end; i++) {
        as_seen = as_seen && is_as_seen(plan, &plan->changes[i]);
    }
    if (!as_seen) {
        effects_of(plan, first, end - first, &scratch, &effects);
        conflict_judge(plan, &effects, &present, &plan->arena, &verdict);
        if (verdict.fate != CONFLICT_AS_SEEN) {
            conflict_decide(plan, first, end, &verdict);
        }
    }
    arena_release(&scratch);
}

static void find_holdings(const struct plan *plan, struct now *now)
{
    holdings_init(&now->holdings, plan->n_changes);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        holdings_want(&now->holdings, change->agent);
        for (size_t k = 0; k < change->n_steps; k++) {
            const struct slot *before = change->steps[k].before;
            holdings_want(&now->holdings, before ? before->agent : NULL);
            holdings_want(&now->holdings, change->steps[k].after.agent);
        }
    }
    holdings_read(&now->holdings, plan->snapshot);
}

void plan_file_meet(struct plan *plan)
{
    struct now now = {.snapshot = plan->snapshot};
    find_holdings(plan, &now);
    for (size_t first = 0; first < plan->n_changes;) {
        size_t end = plan_unit_end(plan, first);
        const char *why = NULL;
        if (plan->changes[first].result != RESULT_PLANNED) {
            first = end;
            continue;
        }
        for (size_t i = first; i < end && !why; i++) {
            why = against_directory(plan, &plan->changes[i]);
        }
        if (why) {
            lose_unit(plan, first, end, why);
        } else if (plan->snapshot->exact) { /* an index that lags proves nothing */
            meet_store(plan, &now, first, end);
        }
        first = end;
    }
    holdings_release(&now.holdings);
    plan_count(plan);
}

/* ---- applied already --------------------------------------------------------------------------- */

/* What tells a row from the others: its number, or the agent of an exemption. A login of digits is
   no number of the same plan: one who is exempt holds none. */
static const char *subject_of(enum change_kind kind, const char *ext, const char *agent)
{
    return kind == CHANGE_EXEMPT || kind == CHANGE_UNEXEMPT ? agent : ext;
}

static void note_done(struct strmap *done, const struct audit_action *action)
{
    for (size_t i = 0; i < action->n_changes; i++) {
        const char *subject =
            subject_of(action->changes[i].kind, action->changes[i].ext, action->changes[i].agent);
        if (subject) {
            strmap_add(done, subject, 0);
        }
    }
}

/* Numbers that were made stand as ranges. */
static bool is_made(const struct audit_action *action, const char *ext)
{
    for (size_t i = 0; i < action->n_changes; i++) {
        const struct audit_change *change = &action->changes[i];
        if (!change->ext && change->from && change->to && strcmp(change->from, ext) <= 0 &&
            strcmp(ext, change->to) <= 0) {
            return true;
        }
    }
    return false;
}

static bool was_done(const struct history *done, const struct strmap *by_ext,
                     const struct change *change)
{
    const char *subject = subject_of(change->kind, change->ext, change->agent);
    if (!subject || strmap_get(by_ext, subject) != STRMAP_NONE) {
        return true;
    }
    for (size_t i = 0; change->kind == CHANGE_CREATE && i < done->n_actions; i++) {
        if (is_made(&done->actions[i], change->ext)) {
            return true;
        }
    }
    return false;
}

/* Returns how many rows are left. */
static size_t skip_rows(struct plan *plan, const struct history *done, const char *action_id)
{
    struct strmap by_ext;
    size_t left = 0;
    strmap_init(&by_ext, 0);
    for (size_t i = 0; i < done->n_actions; i++) {
        note_done(&by_ext, &done->actions[i]);
    }
    for (size_t i = 0; i < plan->n_changes; i++) {
        struct change *change = &plan->changes[i];
        if (was_done(done, &by_ext, change)) {
            change->result = RESULT_SKIPPED;
            change->already_applied = true;
            change->detail =
                arena_printf(&plan->arena, "already applied from this file: %s", action_id);
        } else {
            left++;
        }
    }
    strmap_release(&by_ext);
    plan_count(plan);
    return left;
}

enum err_code plan_file_skip_done(struct plan *plan, const struct history *done, struct err *err)
{
    const struct audit_action *newest = NULL;
    char at[CLOCK_TEXT_MAX];
    for (size_t i = 0; i < done->n_actions && !newest; i++) {
        newest = done->actions[i].n_changes > 0 ? &done->actions[i] : NULL;
    }
    if (!newest) {
        return ERR_OK;
    }
    clock_format_s(newest->at_ms / 1000, at);
    if (skip_rows(plan, done, newest->action_id) > 0) {
        plan_note(plan, "%s applied a part of this file at %s (%s); here is the rest",
                  audit_who(newest), at, newest->action_id);
        return ERR_OK;
    }
    err_set(err, ERR_INPUT, "the plan file was applied already: by %s at %s (%s)",
            audit_who(newest), at, newest->action_id);
    err_hint(err, "A plan file is applied once. Make the plan anew, or undo that action by its id");
    return ERR_INPUT;
}
