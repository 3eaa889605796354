#include "core/plan/trace.h"

#include <string.h>

#include "core/plan/belongings.h"
#include "core/plan/builder.h"

#include "core/base/banned.h"

static void say_was(struct trace_said *trace, int rank, struct slot was)
{
    if (rank > trace->was_rank) {
        trace->was_rank = rank;
        trace->was = was;
    }
}

static void say_became(struct trace_said *trace, int rank, struct slot became)
{
    if (rank > trace->became_rank) {
        trace->became_rank = rank;
        trace->became = became;
    }
}

/* Somebody left the extension: it was theirs, and nobody's afterwards unless another took it. */
void trace_left(struct trace_said *trace, const char *agent, const struct slot *was)
{
    struct slot assigned = slot_assigned(trace->ext, agent, was->at_s, was->note, was->by);
    assigned.own = was->own;
    say_was(trace, 4, assigned);
    say_became(trace, 2, slot_free(trace->ext, 0, agent));
}

void trace_taken(struct trace_said *trace, const struct audit_change *change)
{
    say_was(trace, 2, slot_free(trace->ext, change->was.at_s, change->was.agent));
    say_became(trace, 3, slot_assigned(trace->ext, change->agent, 0, NULL, NULL));
}

/* The reservation that was there, as the record of a change tells it. */
static struct slot was_reserved(const char *ext, const char *note, const struct slot *was)
{
    struct slot reserved = slot_reserved(ext, note, was->at_s, was->by);
    reserved.target = was->target;
    reserved.until_s = was->until_s;
    reserved.given_back_s = was->given_back_s;
    reserved.agent = was->agent;
    return reserved;
}

static struct slot became_reserved(const char *ext, const char *note,
                                   const struct audit_change *change)
{
    struct slot reserved = slot_reserved(ext, note, 0, NULL);
    reserved.target = change->calls.target;
    reserved.until_s = change->calls.until_s;
    return reserved;
}

static void say_reserved(struct trace_said *trace, const struct audit_change *change)
{
    /* Reserved again under another note: a free number has no note. */
    bool again = change->was.state == SLOT_RESERVED || change->from || change->was.note;
    say_was(trace, 2,
            again ? was_reserved(trace->ext, change->from, &change->was)
                  : slot_free(trace->ext, change->was.at_s, change->was.agent));
    say_became(trace, 3, became_reserved(trace->ext, change->to, change));
}

/* Where calls go was set: of an agent the fallback, else of a reservation target and end. */
static void say_set(struct trace_said *trace, const struct audit_change *change,
                    struct arena *arena)
{
    const struct slot *was = &change->was;
    if (!change->agent) {
        say_was(trace, 1, was_reserved(trace->ext, was->note, was));
        say_became(trace, 1, became_reserved(trace->ext, was->note, change));
        return;
    }
    struct slot held = slot_assigned(trace->ext, change->agent, was->at_s, was->note, was->by);
    struct slot became = slot_assigned(trace->ext, change->agent, 0, was->note, NULL);
    held.own = was->own;
    became.own = belongings_with(arena, was->own, slot_fallback(&change->calls));
    say_was(trace, 1, held);
    say_became(trace, 1, became);
    trace->sets_fallback = true;
}

static void say_marked(struct trace_said *trace, const struct audit_change *change)
{
    struct slot was =
        slot_assigned(trace->ext, change->agent, change->was.at_s, change->from, change->was.by);
    was.own = change->was.own;
    say_was(trace, 1, was);
    say_became(trace, 1, slot_assigned(trace->ext, change->agent, 0, change->to, NULL));
    if (change->kind == CHANGE_PIN) {
        trace->pin = change->to;
    } else {
        trace->unpinned = true;
    }
}

void trace_handed_on(struct trace_said *trace, const struct audit_change *change, int64_t at_s)
{
    say_was(trace, 3, slot_free(trace->ext, at_s, change->agent));
    say_became(trace, 2, slot_free(trace->ext, 0, NULL));
}

void trace_change(struct trace_said *trace, const struct audit_change *change, struct arena *arena)
{
    switch (change->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
        trace_taken(trace, change);
        break;
    case CHANGE_RELEASE:
        trace_left(trace, change->agent, &change->was);
        break;
    case CHANGE_RESERVE:
        say_reserved(trace, change);
        break;
    case CHANGE_UNRESERVE:
        say_was(trace, 3, was_reserved(trace->ext, change->from, &change->was));
        say_became(trace, 2, slot_free(trace->ext, 0, NULL));
        break;
    case CHANGE_PIN:
    case CHANGE_UNPIN:
        say_marked(trace, change);
        break;
    case CHANGE_SET:
        say_set(trace, change, arena);
        break;
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
}

void trace_seal(struct trace_said *trace)
{
    if (trace->became_rank == 3 && trace->became.state == SLOT_ASSIGNED) {
        trace->became.note = trace->pin;
    }
}
