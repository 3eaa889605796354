/* The extensions and exemptions in a record, and which of them hang together. */
#include "core/plan/undo_private.h"

#include <string.h>

#include "core/base/banned.h"

size_t undo_trace_of(struct undo *undo, const char *ext)
{
    size_t index = strmap_get(&undo->by_ext, ext);
    if (index == STRMAP_NONE) {
        index = undo->n_traces++;
        struct trace *trace = &undo->traces[index];
        memcpy(trace->said.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
        trace->now = snapshot_find(undo->input->snapshot, trace->said.ext);
        trace->joined = index;
        trace->last_change = UNDO_NONE;
        strmap_add(&undo->by_ext, trace->said.ext, index);
    }
    return index;
}

size_t undo_root_of(struct undo *undo, size_t index)
{
    struct trace *traces = undo->traces;
    while (traces[index].joined != index) {
        traces[index].joined = traces[traces[index].joined].joined;
        index = traces[index].joined;
    }
    return index;
}

void undo_join(struct undo *undo, size_t a, size_t b)
{
    undo->traces[undo_root_of(undo, a)].joined = undo_root_of(undo, b);
}

size_t undo_trace_exempt(struct undo *undo, const char *agent)
{
    size_t index = strmap_get(&undo->by_agent, agent);
    if (index == STRMAP_NONE) {
        index = undo->n_traces++;
        struct trace *trace = &undo->traces[index];
        trace->agent = arena_strdup(&undo->builder.plan->arena, agent);
        trace->entry = snapshot_find_exempt(undo->input->snapshot, agent);
        trace->joined = index;
        trace->last_change = UNDO_NONE;
        strmap_add(&undo->by_agent, trace->agent, index);
    }
    return index;
}

void undo_settle(struct undo *undo, struct change *change, const struct trace *root,
                 const char *now)
{
    struct plan *plan = undo->builder.plan;
    if (root->conflict && !root->differs) { /* an undo that was stopped, and is run again */
        change->result = RESULT_SKIPPED;
        change->already_applied = true;
        change->detail = arena_printf(&plan->arena, "already applied: %s", now);
        plan->counts[change->kind]--;
    } else if (root->conflict) {
        change->result = RESULT_CONFLICT;
        change->detail = root->conflict;
        plan->counts[change->kind]--;
    }
}
