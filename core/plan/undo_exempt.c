/* Exemptions, taken back and brought back. */
#include "core/plan/undo_private.h"

#include "core/base/text.h"
#include "core/plan/conflict.h"
#include "core/plan/holdings.h"

#include "core/base/banned.h"

/* Of several changes the first says what there was, and the last what came of it. */
void undo_read_exempt(struct undo *undo, struct trace *trace, const struct audit_change *change)
{
    struct arena *arena = &undo->builder.plan->arena;
    const struct slot *was = &change->was;
    bool there = change->kind == CHANGE_UNEXEMPT || was->at_s || was->by || was->note;
    if (!trace->is_read && there) {
        struct exempt *entry = arena_alloc(arena, sizeof *entry);
        *entry = (struct exempt){.agent = trace->agent,
                                 .note = arena_strdup(arena, change->from),
                                 .by = arena_strdup(arena, was->by),
                                 .since_s = was->at_s};
        entry->by = entry->by ? entry->by : undo->builder.by;
        entry->since_s = entry->since_s ? entry->since_s : undo->input->now_s;
        trace->entry_was = entry;
    }
    trace->is_read = true;
    trace->entry_became = NULL;
    if (change->kind == CHANGE_EXEMPT) {
        struct exempt *entry = arena_alloc(arena, sizeof *entry);
        *entry = (struct exempt){.agent = trace->agent, .note = arena_strdup(arena, change->to)};
        trace->entry_became = entry;
    }
}

bool undo_exempt_is(const struct trace *trace, const struct exempt *then)
{
    const struct exempt *now = trace->entry;
    return now && then ? text_same(now->note, then->note) : !now && !then;
}

/* ---- what moved on ------------------------------------------------------------------------- */

/* Whoever becomes exempt again holds none then. */
static void find_holders(struct undo *undo)
{
    struct holdings holdings;
    holdings_init(&holdings, undo->by_agent.count);
    for (size_t i = 0; i < undo->n_traces; i++) {
        holdings_want(&holdings, undo->traces[i].entry_was ? undo->traces[i].agent : NULL);
    }
    holdings_read(&holdings, undo->input->snapshot);
    for (size_t i = 0; i < undo->n_traces; i++) {
        struct trace *trace = &undo->traces[i];
        const struct slot *held = trace->entry_was ? holdings_of(&holdings, trace->agent) : NULL;
        size_t also = held ? strmap_get(&undo->by_ext, held->ext) : STRMAP_NONE;
        bool leaves = also != STRMAP_NONE && undo_root_of(undo, also) == undo_root_of(undo, i);
        if (held && !leaves && !trace->conflict) {
            trace->conflict =
                arena_printf(&undo->builder.plan->arena, "%s has %s now", trace->agent, held->ext);
        }
    }
    holdings_release(&holdings);
}

/* Whether the undo ends the exemption in the same group. */
static bool ends_with(struct undo *undo, size_t index, const char *agent)
{
    size_t exempt = strmap_get(&undo->by_agent, agent);
    return exempt != STRMAP_NONE && !undo->traces[exempt].entry_was &&
           undo_root_of(undo, exempt) == undo_root_of(undo, index);
}

/* Whoever would get a number back must not be exempt by now. */
static void find_exempt_receivers(struct undo *undo)
{
    const struct snapshot *snapshot = undo->input->snapshot;
    for (size_t i = 0; i < undo->n_traces && snapshot->n_exempts > 0; i++) {
        struct trace *trace = &undo->traces[i];
        bool back =
            trace->said.was.state == SLOT_ASSIGNED && trace->said.became.state != SLOT_ASSIGNED;
        const struct exempt *entry =
            back ? snapshot_find_exempt(snapshot, trace->said.was.agent) : NULL;
        if (entry && !trace->conflict && !ends_with(undo, i, trace->said.was.agent)) {
            trace->conflict =
                exempt_describe(&undo->builder.plan->arena, trace->said.was.agent, entry);
        }
    }
}

void undo_find_exempt_conflicts(struct undo *undo)
{
    for (size_t i = 0; i < undo->n_traces; i++) {
        struct trace *trace = &undo->traces[i];
        if (trace->agent && !undo_exempt_is(trace, trace->entry_became)) {
            trace->conflict =
                exempt_describe(&undo->builder.plan->arena, trace->agent, trace->entry);
        }
    }
    if (undo->by_agent.count > 0) {
        find_holders(undo);
    }
    find_exempt_receivers(undo);
}

/* ---- the inverse --------------------------------------------------------------------------- */

void undo_add_exempt(struct undo *undo, struct trace *trace)
{
    struct plan *plan = undo->builder.plan;
    if (trace->is_built) {
        return;
    }
    trace->is_built = true;
    enum change_kind kind = trace->entry_was ? CHANGE_EXEMPT : CHANGE_UNEXEMPT;
    struct change *change = plan_add_plain(plan, kind, NULL, trace->agent, 0, undo->why);
    change->exempt = arena_alloc(&plan->arena, sizeof *change->exempt);
    *change->exempt = (struct exempt_step){
        .agent = trace->agent, .before = trace->entry, .after = trace->entry_was};
    change->from = trace->entry ? trace->entry->note : NULL;
    change->to = trace->entry_was ? trace->entry_was->note : NULL;
    undo_settle(undo, change, &undo->traces[undo_root_of(undo, (size_t)(trace - undo->traces))],
                exempt_describe(&plan->arena, trace->agent, trace->entry));
}
