#ifndef TUI_VIEW_JUDGED_H
#define TUI_VIEW_JUDGED_H

/*
 * What a plan leads to, and what a person must do before it is written. The strip, the plan and the
 * basket show it, so that the same plan asks for the same thing in each of them.
 *
 *     five people's numbers or fewer         Enter on what is shown
 *     more                                   their count, typed
 *     what takes back somebody else's work   the count, even if it is 1
 *     a guard that can be lifted             the name of the place, typed
 *     a guard that nothing lifts             no way through
 */

#include "core/plan/guard.h"
#include "core/plan/plan.h"
#include "tui/shell/shell.h"

/* What must be done to apply it. */
enum gate {
    GATE_OPEN,   /* Enter */
    GATE_COUNT,  /* how many people's numbers are taken or changed, or how many rows of another's */
    GATE_NAME,   /* the name of the place: a guard is lifted */
    GATE_SHUT,   /* a guard that cannot be lifted */
    GATE_NOTHING /* nothing to do */
};

struct judged {
    enum gate gate;
    size_t count; /* what has to be typed for GATE_COUNT */
    struct guard_verdict verdict;
    uint64_t after[EXT_STATE_COUNT]; /* the states of the pool after the plan */
};

/* Counts the plan's rows again, and judges those that are not left out. */
void judge_plan(struct plan *plan, const struct shell *shell, struct judged *judged);

/* "2,457 assigned  3,838 free  44 cooling  16 reserved": the pool after the plan. */
void judged_after(const struct judged *judged, char *out, size_t size);
/* What the guards say to the edit of a row: "1 person changes (typed count above 5), 0 releases". */
void judged_guards(const struct judged *judged, char *out, size_t size);

/* The extension of a change: "0042", or "0012>0131" of one that moves somebody. */
void judged_ext(const struct change *change, char *out, size_t size);

#endif
