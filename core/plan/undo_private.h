#ifndef CORE_PLAN_UNDO_PRIVATE_H
#define CORE_PLAN_UNDO_PRIVATE_H

/*
 * Between the parts of an undo: undo.c finds the inverse of a record, undo_notes.c says what stays as it
 * is, and why.
 */

#include "core/base/strmap.h"
#include "core/plan/audit.h"
#include "core/plan/builder.h"
#include "core/plan/trace.h"

/* An extension in the record. */
struct trace {
    struct trace_said said;        /* what the record says that it was, and became */
    const struct slot *now;        /* NULL: not there */
    const struct slot *moves_back; /* what the agent who gets it back holds until then; or NULL */
    const char *conflict;          /* why it cannot be undone, or NULL */
    bool differs;                  /* at the root: something is not as it was before the action */
    size_t joined;                 /* union-find over the traces */
    size_t last_change; /* of its component, at the root: the end of a list through `previous` */
};

struct undo {
    struct plan_builder builder;
    const struct plan_input *input;
    const struct audit_action *action;
    struct trace *traces;
    size_t n_traces;
    struct strmap by_ext;
    size_t *previous; /* by change: the one before it in its component */
    const char *why;
    size_t n_kept; /* changes that are never undone */
};

/* Notes of what moved on, is undone already, or is never undone. */
void undo_note_rest(struct undo *undo);

#endif
