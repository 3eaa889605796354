#ifndef TUI_VIEW_PLAN_PRIVATE_H
#define TUI_VIEW_PLAN_PRIVATE_H

/*
 * Private to plan.c and plan_draw.c: the state of a plan on the screen. plan.c handles the keys,
 * plan_draw.c draws.
 */

#include "core/plan/plan.h"
#include "core/session/session.h"
#include "tui/widget/field.h"
#include "tui/widget/list.h"
#include "tui/shell/shell.h"
#include "tui/view/judged.h"
#include "tui/view/plan.h"

/* What is being asked for, in lines of its own. */
enum asking { ASKS_NOTHING, ASKS_COUNT, ASKS_NAME };

enum stage { STAGE_PLAN, STAGE_APPLYING, STAGE_APPLIED };

struct plan_view {
    struct view view;
    struct plan *plan; /* NULL while the worker has it */
    enum stage stage;
    struct judged judged;
    bool basket; /* the plan is that of the basket: the shell's (tui/shell/gather.h) */
    enum asking asking;
    struct field field;
    size_t at;           /* the wish under the cursor */
    const char *ticket;  /* of a plan; that of the basket is in the basket */
    char apply_hint[32]; /* "Apply 5" */
    struct ready ready;  /* the badge behind which it goes back; opens CMD_NONE: none */
    char name[128];      /* the name to type for GATE_NAME */
    size_t cursor;       /* the change that is current: plan_rows_follow */
    struct list list;
    struct plan_rows *rows;
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

/* Whether nobody can have read the plan as it is now: Enter writes nothing. */
bool view_plan_is_early(const struct plan_view *view, const struct shell *shell);

/* Gives a command to the view below, and closes this one. */
unsigned view_plan_give(struct shell *shell, enum command command);
/* Plans again what was not applied. */
unsigned view_plan_again(struct plan_view *view, struct shell *shell);

/* What is counted for GATE_COUNT: "the number of releases". */
#define COUNTED_MAX 200
void view_plan_counted(const struct plan_view *view, char out[COUNTED_MAX]);

/* " + assign 6   - release 3": the changes of the plan by kind, appended to `line`. */
void view_plan_counts(const struct plan *plan, char *line, size_t size);

/* Whether a row that was to be applied was not. */
bool view_plan_is_left(const struct change *change);

const char *view_plan_ticket(const struct plan_view *view, const struct shell *shell);

/* How many rows Enter applies. */
size_t view_plan_ticked(const struct plan *plan);

/* ---- the basket's rows: basket_rows.c --------------------------------------------------------- */

/* What stands behind a row: "you asked, 14:30", "out: ...", "kim made it 0077 at 14:31: Enter asks". */
void basket_row_says(const struct plan_view *view, const struct shell *shell, size_t index,
                     char *out, size_t size);
/* The row in full. */
void basket_row_detail(const struct plan_view *view, const struct shell *shell, size_t index,
                       char *out, size_t size);
/* "2 people change (typed count above 5); releases 1 of 2,457 (limit 10 %)" */
void basket_guards(const struct plan_view *view, const struct shell *shell, char *out, size_t size);

/* The same for a narrow screen: "2 people change, 1 release, limit 10 %" */
void basket_guards_short(const struct plan_view *view, const struct shell *shell, char *out,
                         size_t size);

/* Asks what becomes of the row under the cursor, which somebody else changed. */
void basket_ask_conflict(struct plan_view *view, struct shell *shell);
/* The view shows this plan of the basket (NULL: there is none); the cursor stays on its wish. */
void basket_show_plan(struct plan_view *view, struct plan *plan);
/* Ticks and drops. */
void basket_tick_rows(struct plan_view *view, struct shell *shell);
void basket_drop_row(struct plan_view *view, struct shell *shell);

/* Asks for the ticket, and for the path of a plan file: plan_ask.c */
void plan_ask_ticket(struct plan_view *view, struct shell *shell);
void plan_ask_file(struct plan_view *view, struct shell *shell);

/* ---- the rows as a list: plan_rows.c ---------------------------------------------------------- */

extern const char *const plan_columns[];
/* The plan is another one, or its rows are: takes them into the list, whose cursor goes to
   view->cursor. */
void plan_rows_take(struct plan_view *view, const struct shell *shell);
/* view->cursor becomes the list's; it stays if the filter hides all rows. */
void plan_rows_follow(struct plan_view *view);
/* Whether the filter shows the change. */
bool plan_rows_shown(const struct plan_view *view, size_t row);
void plan_rows_release(struct plan_view *view);

/* Measures the columns that its rows need; once, when the plan comes. */
void view_plan_measure(struct plan_view *view);

/* The word in the footer for the command; "": it does nothing now. */
const char *view_plan_hint(const struct view *base, const struct shell *shell,
                           enum command command);

/* The draw function of the view. */
void view_plan_draw(struct view *base, struct shell *shell, struct canvas *canvas,
                    struct caret *caret);

#endif
