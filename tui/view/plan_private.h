#ifndef TUI_VIEW_PLAN_PRIVATE_H
#define TUI_VIEW_PLAN_PRIVATE_H

/*
 * Private to plan.c and plan_draw.c: the state of a plan on the screen. plan.c handles the keys,
 * plan_draw.c draws.
 */

#include "core/plan/plan.h"
#include "core/session/session.h"
#include "tui/widget/field.h"
#include "tui/shell/shell.h"
#include "tui/view/judged.h"
#include "tui/view/plan.h"

enum stage { STAGE_PLAN, STAGE_APPLYING, STAGE_APPLIED };

struct plan_view {
    struct view view;
    struct plan *plan; /* NULL while the worker has it */
    enum stage stage;
    struct judged judged;
    struct field field;
    char name[128]; /* the name to type for GATE_NAME */
    size_t cursor, top;
    int page;
    int ext_columns, agent_columns; /* that its rows need */
    bool said_wrong;
    bool seen; /* the plan was drawn as it is now */
    struct outcome outcome;
    size_t known;   /* rows in conflict before anything was written (undo) */
    size_t left;    /* further conflicts, failures, and what was not tried */
    struct err err; /* why the apply ended */
    struct arena arena;
    struct request *requests;
    size_t n_requests;
    const struct plan_retry *retry; /* with requests */
};

/* A sync that finds nothing to do still publishes the list, as `--sync` does. */
bool view_plan_publishes(const struct plan_view *view, const struct shell *shell);

/* What is counted for GATE_COUNT: "the number of releases". */
#define COUNTED_MAX 200
void view_plan_counted(const struct plan_view *view, char out[COUNTED_MAX]);

/* " + assign 6   - release 3": the changes of the plan by kind, appended to `line`. */
void view_plan_counts(const struct plan *plan, char *line, size_t size);

/* Whether a row that was to be applied was not. */
bool view_plan_is_left(const struct change *change);

/* Measures the columns that its rows need; once, when the plan comes. */
void view_plan_measure(struct plan_view *view);

/* The draw function of the view. */
void view_plan_draw(struct view *base, struct shell *shell, struct canvas *canvas,
                    struct caret *caret);

#endif
