/*
 * Undo: the inverse of what the audit trail says was done, on what is there today.
 *
 * One extension can be in several changes of a record (released and taken over, assigned and
 * pinned). So the first step finds, for each extension, what it was before the action and what the
 * action made of it. The second compares that with what the store has today. If they differ, the
 * extension has changed since: its change stays, and so do those that depend on it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/plan/belongings.h"
#include "core/plan/undo_private.h"
#include "core/plan/conflict.h"
#include "core/base/text.h"

#define MISTAKE_S 3600 /* an assignment that is undone within this time counts as never made */

/* ---- what was, what became ------------------------------------------------------------------ */

static bool is_ext(const char *text)
{
    return text && strlen(text) <= EXT_WIDTH_MAX;
}

static bool is_undone(const struct audit_change *change)
{
    if (audit_is_exemption(change)) {
        return true;
    }
    if (!is_ext(change->ext)) {
        return false;
    }
    switch (change->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_RELEASE:
    case CHANGE_PIN:
    case CHANGE_UNPIN:
        return change->agent != NULL;
    case CHANGE_REASSIGN:
        return change->agent && is_ext(change->from);
    case CHANGE_RESERVE:
    case CHANGE_UNRESERVE:
    case CHANGE_SET:
        return true;
    /* A source, an ARN or a time that was filled in or rewritten took nothing from anybody. It says what
       the directory says of the holder, which an undo does not change. The source of somebody whose
       number was taken is in the record of that, and comes back with the number. */
    case CHANGE_ADOPT:
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
    case CHANGE_CREATE:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return false;
}

/* A repair that took one extension too many from somebody, for another to get it at once: that they
   had it is not brought back, but the number was given back then. */
static bool is_surplus_handed_on(const struct audit_change *change)
{
    return change->kind == CHANGE_REPAIR && change->group != 0 && is_ext(change->ext) &&
           change->agent && change->from;
}

static void read_change(struct undo *undo, const struct audit_change *change, size_t index)
{
    struct arena *arena = &undo->builder.plan->arena;
    struct trace *trace = &undo->traces[index];
    struct trace_said *said = &trace->said;
    if (trace->agent) {
        undo_read_exempt(undo, trace, change);
    } else if (change->kind == CHANGE_REASSIGN) {
        size_t from = undo_trace_of(undo, change->from);
        trace_taken(said, change);
        trace_left(&undo->traces[from].said, change->agent, &change->from_was);
        undo_join(undo, index, from);
    } else if (change->kind == CHANGE_REPAIR) {
        trace_handed_on(said, change, undo->action->at_ms / 1000);
    } else {
        trace_change(said, change, arena);
    }
}

static size_t trace_of_change(struct undo *undo, const struct audit_change *change)
{
    return audit_is_exemption(change) ? undo_trace_exempt(undo, change->agent)
                                      : undo_trace_of(undo, change->ext);
}

/* A release and the exemption that it comes with have no number in common. */
static void join_exemptions(struct undo *undo)
{
    for (size_t i = 1; i < undo->action->n_changes; i++) {
        const struct audit_change *change = &undo->action->changes[i];
        bool grouped = change->group != 0 && change->group == change[-1].group;
        if (grouped && is_undone(change) && is_undone(change - 1)) {
            size_t index = trace_of_change(undo, change);
            size_t before = trace_of_change(undo, change - 1);
            if (undo->traces[index].agent || undo->traces[before].agent) {
                undo_join(undo, index, before);
            }
        }
    }
}

static void read_action(struct undo *undo)
{
    for (size_t i = 0; i < undo->action->n_changes; i++) {
        const struct audit_change *change = &undo->action->changes[i];
        undo->n_kept += !is_undone(change);
        if (is_undone(change) || is_surplus_handed_on(change)) {
            read_change(undo, change, trace_of_change(undo, change));
        }
    }
    join_exemptions(undo);
    for (size_t i = 0; i < undo->n_traces; i++) {
        trace_seal(&undo->traces[i].said);
    }
}

/* ---- what moved on ------------------------------------------------------------------------- */

/* Whether today's slot is in that state. Whoever held a free number in between does not matter: it
   is free again. */
static bool is_now(const struct trace *trace, const struct slot *then)
{
    const struct slot *now = trace->now;
    if (!now || now->state != then->state) {
        return false;
    }
    switch ((enum slot_state)now->state) {
    case SLOT_ASSIGNED:
        return slot_holds(now, then->agent) && text_same(now->note, then->note) &&
               (!trace->said.sets_fallback || text_same(slot_fallback(now), slot_fallback(then)));
    case SLOT_RESERVED:
        return text_same(now->note, then->note) && text_same(now->target, then->target) &&
               now->until_s == then->until_s;
    case SLOT_FREE:
    case SLOT_ABSENT:
        break;
    }
    return true;
}

/* An agent who gets an extension back must not have another one by now. */
static void find_other_holdings(struct undo *undo)
{
    struct strmap owners;
    strmap_init(&owners, undo->n_traces);
    for (size_t i = 0; i < undo->n_traces; i++) {
        if (undo->traces[i].said.was.state == SLOT_ASSIGNED) {
            strmap_add(&owners, undo->traces[i].said.was.agent, i);
        }
    }
    const struct snapshot *snapshot = undo->input->snapshot;
    for (size_t i = 0; i < snapshot->n_slots && owners.count > 0; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state != SLOT_ASSIGNED) {
            continue;
        }
        size_t owned = strmap_get(&owners, slot->agent);
        size_t also = owned == STRMAP_NONE ? STRMAP_NONE : strmap_get(&undo->by_ext, slot->ext);
        bool moves_too =
            also != STRMAP_NONE && undo_root_of(undo, also) == undo_root_of(undo, owned);
        if (moves_too) {
            undo->traces[owned].moves_back = slot;
        }
        if (owned != STRMAP_NONE && !moves_too && !undo->traces[owned].conflict) {
            undo->traces[owned].conflict =
                arena_printf(&undo->builder.plan->arena, "%s has %s now", slot->agent, slot->ext);
        }
    }
    strmap_release(&owners);
}

static void find_conflicts(struct undo *undo)
{
    struct arena *arena = &undo->builder.plan->arena;
    for (size_t i = 0; i < undo->n_traces; i++) {
        struct trace *trace = &undo->traces[i];
        if (trace->agent) {
            continue;
        }
        if (!is_now(trace, &trace->said.became)) {
            trace->conflict = arena_printf(arena, "%s has changed since: %s", trace->said.ext,
                                           slot_describe(arena, trace->now));
        }
    }
    find_other_holdings(undo);
    undo_find_exempt_conflicts(undo);
    for (size_t i = 0; i < undo->n_traces; i++) {
        struct trace *root = &undo->traces[undo_root_of(undo, i)];
        if (undo->traces[i].conflict && !root->conflict) {
            root->conflict = undo->traces[i].conflict;
        }
        const struct trace *trace = &undo->traces[i];
        bool as_it_was = trace->agent ? undo_exempt_is(trace, trace->entry_was)
                                      : is_now(trace, &trace->said.was);
        root->differs = root->differs || !as_it_was;
    }
}

/* ---- the inverse --------------------------------------------------------------------------- */

static const struct trace *find_trace(const struct undo *undo, const char *ext)
{
    size_t index = strmap_get(&undo->by_ext, ext);
    assert(undo->traces && index != STRMAP_NONE); /* read_action made one for each */
    return &undo->traces[index];
}

/* The free slot that an undo leaves. What was assigned by mistake a moment ago becomes as it was
   before. What somebody held for longer is known to callers as theirs: it cools from now on. */
static struct slot freed(struct undo *undo, const struct trace *trace)
{
    struct plan *plan = undo->builder.plan;
    const struct slot *now = trace->now;
    if (now && now->state == SLOT_ASSIGNED && plan->now_s - now->at_s > MISTAKE_S) {
        return slot_free(trace->said.ext, plan->now_s, now->agent);
    }
    return slot_copy(&plan->arena, &trace->said.was);
}

/* The last holder of a reserved number, and when they gave it back. They stay those of the record, unless
   somebody had the number since: callers know it as theirs. A record of an older version does not say
   them. */
static void keep_last_holder(struct slot *reserved, const struct slot *now, int64_t now_s)
{
    if (now->state == SLOT_ASSIGNED && now_s - now->at_s > MISTAKE_S) {
        reserved->agent = now->agent;
        reserved->given_back_s = now_s;
        return;
    }
    bool as_it_ended = now->state == SLOT_FREE && reserved->until_s > 0 &&
                       now->at_s == reserved->until_s && text_same(now->agent, reserved->agent);
    if (!as_it_ended) {
        slot_keep_former(reserved, now);
    }
}

/* Who gets a number back comes with what belongs to them now: the directory may have made them anew. */
static void set_own(const struct undo *undo, const struct trace *trace, struct slot *after)
{
    const struct roster *roster = undo->input->roster;
    const struct belongings *own = trace->moves_back ? trace->moves_back->own : after->own;
    after->own = belongings_now(&undo->builder.plan->arena, own, roster,
                                roster ? roster_find(roster, after->agent) : NULL);
}

static void set_step(struct undo *undo, struct step *step, const struct trace *trace)
{
    struct plan *plan = undo->builder.plan;
    const struct slot *now = trace->now;
    step->before = now;
    if (trace->said.was.state == SLOT_FREE) {
        step->after = freed(undo, trace);
        return;
    }
    step->after = slot_copy(&plan->arena, &trace->said.was);
    step->after.by = trace->said.was.by ? step->after.by : undo->builder.by;
    /* Not known since when: what is written now is ours, and adopted. */
    step->after.at_s = trace->said.was.at_s ? trace->said.was.at_s : plan->now_s;
    if (trace->said.was.state == SLOT_RESERVED && now) {
        keep_last_holder(&step->after, now, plan->now_s);
    } else if (now && slot_holds(now, trace->said.was.agent)) {
        const char *fallback = slot_fallback(&step->after);
        step->after.own = trace->said.sets_fallback
                              ? belongings_with(&plan->arena, now->own, fallback)
                              : now->own;
    } else if (step->after.state == SLOT_ASSIGNED) {
        set_own(undo, trace, &step->after);
    }
}

/* A change of one extension and, if the agent moves, of the one that they leave. */
static struct change *add(struct undo *undo, enum change_kind kind, const struct trace *trace,
                          const char *agent, const struct trace *left)
{
    struct plan *plan = undo->builder.plan;
    const struct trace *root = &undo->traces[undo_root_of(undo, (size_t)(trace - undo->traces))];
    struct change *change =
        plan_add_plain(plan, kind, arena_strdup(&plan->arena, trace->said.ext),
                       arena_strdup(&plan->arena, agent), left ? 2 : 1, undo->why);
    set_step(undo, &change->steps[0], trace);
    if (left) {
        set_step(undo, &change->steps[1], left);
    }
    undo_settle(undo, change, root,
                arena_printf(&plan->arena, "%s is %s", trace->said.ext,
                             slot_describe(&plan->arena, trace->now)));
    return change;
}

static void add_with_notes(struct undo *undo, enum change_kind kind, const struct trace *trace,
                           const char *agent, const char *from, const char *to)
{
    struct arena *arena = &undo->builder.plan->arena;
    struct change *change = add(undo, kind, trace, agent, NULL);
    change->from = arena_strdup(arena, from);
    change->to = arena_strdup(arena, to);
    if (kind == CHANGE_SET) {
        change->why = format_set(arena, undo->why, change);
    }
    const char *calls =
        kind == CHANGE_RESERVE ? format_calls(arena, &change->steps[0].after) : NULL;
    if (calls) {
        change->why = arena_printf(arena, "%s; %s", undo->why, calls);
    }
}

/* The pin that a release or a move had ended, unless an unpin of the record brings it back. */
static void add_pin(struct undo *undo, const struct trace *trace, const char *agent)
{
    if (trace->said.was.note && !trace->said.unpinned) {
        add_with_notes(undo, CHANGE_PIN, trace, agent, NULL, trace->said.was.note);
    }
}

static void invert(struct undo *undo, const struct audit_change *change)
{
    if (audit_is_exemption(change)) {
        undo_add_exempt(undo, &undo->traces[undo_trace_exempt(undo, change->agent)]);
        return;
    }
    const struct trace *trace = find_trace(undo, change->ext);
    struct change *fresh = NULL;
    switch (change->kind) {
    case CHANGE_ASSIGN:
        fresh = add(undo, CHANGE_RELEASE, trace, change->agent, NULL);
        fresh->from = fresh->ext;
        break;
    case CHANGE_RELEASE:
        fresh = add(undo, CHANGE_ASSIGN, trace, change->agent, NULL);
        fresh->to = fresh->ext;
        add_pin(undo, trace, change->agent);
        break;
    case CHANGE_REASSIGN: {
        const struct trace *back = find_trace(undo, change->from);
        fresh = add(undo, CHANGE_REASSIGN, back, change->agent, trace);
        fresh->to = fresh->ext;
        fresh->from = arena_strdup(&undo->builder.plan->arena, trace->said.ext);
        add_pin(undo, back, change->agent);
        break;
    }
    case CHANGE_RESERVE:
        add_with_notes(undo,
                       trace->said.was.state == SLOT_RESERVED ? CHANGE_RESERVE : CHANGE_UNRESERVE,
                       trace, NULL, change->to, change->from);
        break;
    case CHANGE_UNRESERVE:
        add_with_notes(undo, CHANGE_RESERVE, trace, NULL, NULL, change->from);
        break;
    case CHANGE_PIN:
        add_with_notes(undo, change->from ? CHANGE_PIN : CHANGE_UNPIN, trace, change->agent,
                       change->to, change->from);
        break;
    case CHANGE_UNPIN:
        add_with_notes(undo, CHANGE_PIN, trace, change->agent, NULL, change->from);
        break;
    case CHANGE_SET:
        add_with_notes(undo, CHANGE_SET, trace, change->agent, change->to, change->from);
        break;
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break; /* is_undone */
    }
}

/* Chains the changes of each component, the last one first. */
static void chain_changes(struct undo *undo)
{
    undo->previous = mem_array(undo->action->n_changes + 1, sizeof *undo->previous);
    for (size_t i = 0; i < undo->action->n_changes; i++) {
        const struct audit_change *change = &undo->action->changes[i];
        if (is_undone(change)) {
            size_t index = trace_of_change(undo, change);
            struct trace *root = &undo->traces[undo_root_of(undo, index)];
            undo->previous[i] = root->last_change;
            root->last_change = i;
        }
    }
}

/* The last change is undone first, with all that depends on it. */
static void build_inverse(struct undo *undo)
{
    struct plan *plan = undo->builder.plan;
    chain_changes(undo);
    for (size_t i = undo->action->n_changes; i > 0; i--) {
        const struct audit_change *change = &undo->action->changes[i - 1];
        if (!is_undone(change)) {
            continue;
        }
        size_t index = trace_of_change(undo, change);
        if (undo->traces[undo_root_of(undo, index)].last_change != i - 1) {
            continue; /* went with a later one */
        }
        size_t first = plan->n_changes;
        for (size_t k = i - 1; k != UNDO_NONE; k = undo->previous[k]) {
            invert(undo, &undo->action->changes[k]);
        }
        if (plan->n_changes - first > 1) {
            uint32_t group = ++undo->builder.groups;
            for (size_t k = first; k < plan->n_changes; k++) {
                plan->changes[k].group = group;
            }
        }
    }
}

enum err_code plan_undo(const struct plan_input *input, const struct audit_action *action,
                        struct plan **out, struct err *err)
{
    (void)err;
    struct undo undo = {.input = input, .action = action};
    plan_builder_init(&undo.builder, input, "undo");
    undo.builder.plan->derived = plan_action_derives(action->action);
    struct arena *arena = &undo.builder.plan->arena;
    char at[CLOCK_TEXT_MAX];
    clock_format_s(action->at_ms / 1000, at);
    undo.why = arena_printf(arena, "undoes %s of %.10s %.5s UTC", action->action, at, at + 11);
    undo.builder.plan->undoes = arena_strdup(arena, action->action_id);
    undo.traces = mem_array(2 * action->n_changes + 1, sizeof *undo.traces);
    strmap_init(&undo.by_ext, action->n_changes);
    strmap_init(&undo.by_agent, 0);
    read_action(&undo);
    find_conflicts(&undo);
    build_inverse(&undo);
    undo_note_rest(&undo);
    strmap_release(&undo.by_ext);
    strmap_release(&undo.by_agent);
    free(undo.traces);
    free(undo.previous);
    *out = undo.builder.plan;
    return ERR_OK;
}
