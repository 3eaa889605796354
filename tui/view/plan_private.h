#ifndef TUI_VIEW_PLAN_PRIVATE_H
#define TUI_VIEW_PLAN_PRIVATE_H

/*
 * Private to plan.c and plan_draw.c: the state of a plan on the screen. plan.c has what the keys do,
 * plan_draw.c draws it.
 */

#include "core/plan/guard.h"
#include "core/plan/plan.h"
#include "core/session/session.h"
#include "tui/widget/field.h"
#include "tui/shell/shell.h"
#include "tui/view/plan.h"

/* What it takes to apply it. */
enum gate {
    GATE_OPEN,   /* Enter */
    GATE_COUNT,  /* how many people's numbers are taken or changed */
    GATE_NAME,   /* the name of the place: a guard is lifted */
    GATE_SHUT,   /* a guard that nothing lifts */
    GATE_NOTHING /* nothing to do */
};

enum stage { STAGE_PLAN, STAGE_APPLYING, STAGE_APPLIED };

struct plan_view {
    struct view view;
    struct plan *plan; /* NULL while the worker has it */
    enum stage stage;
    enum gate gate;
    struct guard_verdict verdict;
    uint64_t after[EXT_STATE_COUNT]; /* what it would make of the pool */
    struct field field;
    char name[128]; /* what GATE_NAME wants typed */
    size_t cursor, top;
    int page;
    int ext_columns, agent_columns; /* that its rows take */
    bool said_wrong;
    struct outcome outcome;
    size_t known;   /* rows that conflicted before anything was written: an undo's */
    size_t left;    /* further conflicts, failures, and what was not tried */
    struct err err; /* what ended the apply */
    struct arena arena;
    struct request *requests;
    size_t n_requests;
    const struct plan_retry *retry; /* with requests */
};

/* A sync that finds nothing to do publishes the list all the same, as it does without a screen. */
bool view_plan_publishes(const struct plan_view *view, const struct shell *shell);

/* What GATE_COUNT wants counted: "the number of releases". */
const char *view_plan_counted(const struct plan_view *view);

/* " + assign 6   - release 3": what the plan holds, kind by kind, behind what stands there. */
void view_plan_counts(const struct plan *plan, char *line, size_t size);

/* Whether a row that was to be applied was not. */
bool view_plan_is_left(const struct change *change);

/* Measures what its rows take; once, when it comes. */
void view_plan_measure(struct plan_view *view);

/* The draw function of the view. */
void view_plan_draw(struct view *base, struct shell *shell, struct canvas *canvas,
                    struct caret *caret);

#endif
