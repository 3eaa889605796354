#ifndef CORE_PLAN_UNDO_PRIVATE_H
#define CORE_PLAN_UNDO_PRIVATE_H

/*
 * Between the parts of an undo: undo_trace.c finds the trace of each extension and exemption,
 * and which of them hang together; undo_exempt.c takes exemptions back; undo.c finds the inverse of a
 * record; undo_notes.c says what stays as it is, and why.
 */

#include "core/base/strmap.h"
#include "core/plan/audit.h"
#include "core/plan/builder.h"
#include "core/plan/trace.h"

#define UNDO_NONE SIZE_MAX

/* An extension in the record, or the exemption of an agent. */
struct trace {
    struct trace_said said;        /* what the record says that it was, and became */
    const struct slot *now;        /* NULL: not there */
    const struct slot *moves_back; /* what the agent who gets it back holds until then; or NULL */
    const char *agent;             /* whose exemption it is; NULL: it is an extension */
    const struct exempt *entry;    /* the exemption now; NULL: none, and so in the next two */
    const struct exempt *entry_was;
    const struct exempt *entry_became;
    bool is_read, is_built; /* an exemption in several changes has one row */
    const char *conflict;   /* why it cannot be undone, or NULL */
    bool differs;           /* at the root: something is not as it was before the action */
    size_t joined;          /* union-find over the traces */
    size_t last_change; /* of its component, at the root: the end of a list through `previous` */
};

struct undo {
    struct plan_builder builder;
    const struct plan_input *input;
    const struct audit_action *action;
    struct trace *traces;
    size_t n_traces;
    struct strmap by_ext;
    struct strmap by_agent; /* exemptions */
    size_t *previous;       /* by change: the one before it in its component */
    const char *why;
    size_t n_kept; /* changes that are never undone */
};

/* ---- undo_trace.c */

/* The trace of an extension, and of an agent's exemption; made if there is none. */
size_t undo_trace_of(struct undo *undo, const char *ext);
size_t undo_trace_exempt(struct undo *undo, const char *agent);
/* Those that hang together have one root. */
size_t undo_root_of(struct undo *undo, size_t index);
void undo_join(struct undo *undo, size_t a, size_t b);
/* Marks a change that cannot be undone, or is undone already: `now` says what is there. */
void undo_settle(struct undo *undo, struct change *change, const struct trace *root,
                 const char *now);

/* ---- undo_exempt.c */

void undo_read_exempt(struct undo *undo, struct trace *trace, const struct audit_change *change);
/* Whether the exemption is that now. */
bool undo_exempt_is(const struct trace *trace, const struct exempt *then);
/* Exemptions that moved on, agents who hold a number by now, and exempt ones who would get one back. */
void undo_find_exempt_conflicts(struct undo *undo);
void undo_add_exempt(struct undo *undo, struct trace *trace);

/* Notes of what moved on, is undone already, or is never undone. */
void undo_note_rest(struct undo *undo);

#endif
