#ifndef CORE_PLAN_TRACE_H
#define CORE_PLAN_TRACE_H

/*
 * What one action of the audit trail says about one extension: what it was before, and what the
 * action made of it. One extension can be in several changes of an action (released and taken over,
 * assigned and pinned): of several, the one with the highest rank tells.
 *
 *     struct trace_said said = {.ext = "0042"};
 *     ... for each change of the action that is about 0042: trace_change(&said, change, &arena) ...
 *     trace_seal(&said);
 *
 * What is not recorded is not set: of what an extension became the time and who did it.
 */

#include "core/plan/audit.h"

struct trace_said {
    char ext[EXT_ROOM];
    struct slot was;
    int was_rank; /* 0: nothing said */
    struct slot became;
    int became_rank;
    const char *pin;    /* the note of a pin that came with an assignment */
    bool sets_fallback; /* a change set the holder's fallback */
    bool unpinned;      /* a change lifts a pin that a release ended */
};

/* Of a reassign what it says about the new extension; trace_left tells about the former one. Nothing
   for create, adopt and repair. Texts are those of the change, or in `arena`. */
void trace_change(struct trace_said *trace, const struct audit_change *change, struct arena *arena);

/* Somebody took the extension, or left it, which they had as `was` says. */
void trace_taken(struct trace_said *trace, const struct audit_change *change);
void trace_left(struct trace_said *trace, const char *agent, const struct slot *was);

/* A repair took one extension too many from somebody, for another to get it at once: it counts as
   given back at that time. */
void trace_handed_on(struct trace_said *trace, const struct audit_change *change, int64_t at_s);

/* After the last change. */
void trace_seal(struct trace_said *trace);

#endif
