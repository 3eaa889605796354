#ifndef TUI_VIEW_STRIP_PRIVATE_H
#define TUI_VIEW_STRIP_PRIVATE_H

/*
 * Private to the strip's files: its state. strip.c opens it and handles the keys, strip_plan.c makes
 * the plan of what is typed, strip_people.c finds agents, strip_draw.c draws, strip_apply.c writes.
 *
 * What is typed or chosen makes the plan out of date (`stale`). The plan is made when it is drawn,
 * so that a burst of keys costs one plan; and Enter counts only for a plan that was drawn.
 */

#include "core/plan/candidates.h"
#include "tui/view/judged.h"
#include "tui/view/strip.h"
#include "tui/widget/field.h"

enum strip_asks {
    STRIP_NUMBER,
    STRIP_AGENT,
    STRIP_PARTNER,
    STRIP_NOTE,
    STRIP_TARGET,
    STRIP_UNTIL,
    STRIP_NOTHING
};

/* Agents that match what is typed: rows of the data on the screen. */
struct people {
    uint32_t *rows;
    size_t n;
};

#define STRIP_NO_CHOICE SIZE_MAX

struct strip {
    struct view view;
    struct arena arena;
    enum strip_asks asks;
    enum change_kind kind; /* of a number that is asked for */
    const char *action;    /* the name of the plan */
    const char *title;
    const char *login, *ext, *holds; /* whom and what it is about; each may be NULL */
    struct request *about; /* a note or nothing is asked for: the requests without the note */
    size_t n_about;
    struct field field;
    bool selected; /* the first character replaces the text */
    struct candidates candidates;
    struct people people;
    size_t choice, top; /* in the candidates or the people */
    int rows;           /* of them, that were drawn last */
    bool taken;         /* the number in the field is held by somebody else */
    enum taking taking; /* chosen for it; TAKINGS: nothing yet */
    /* what Enter does */
    bool stale; /* the plan is not that of what is typed */
    struct request *requests;
    size_t n_requests;
    struct plan *plan; /* NULL: nothing can be applied; while the worker has it */
    struct judged judged;
    char problem[ERR_TEXT_MAX]; /* why there is no plan */
    bool drawn;                 /* this plan was drawn */
    bool whole;                 /* ... in full */
    bool early;                 /* Enter came before it was drawn */
    bool nagged;                /* Enter came although there is nothing to apply */
    bool applying;
};

/* ---- strip_plan.c -------------------------------------------------------------------------- */

/* Something was typed or chosen. */
void strip_changed(struct strip *strip, const struct shell *shell);
/* Makes the plan, if it is not that of what is typed. */
void strip_settle(struct strip *strip, const struct shell *shell);
/* Whether the text is the beginning of a number, or nothing, so that a choice fills it in. */
bool strip_chooses(const struct strip *strip, const struct shell *shell);
/* How many rows there are to choose from. */
size_t strip_choices(const struct strip *strip, const struct shell *shell);
/* The number in the field that somebody else holds. */
struct taken strip_taken(const struct strip *strip, const struct shell *shell);

/* ---- strip_people.c ------------------------------------------------------------------------ */

/* The agents for the question whose login or name has every word of the text. */
void strip_find_people(struct strip *strip, const struct shell *shell);
const struct agent_row *strip_person(const struct strip *strip, const struct shell *shell,
                                     size_t place);

/* ---- strip_draw.c -------------------------------------------------------------------------- */

void strip_draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret);
/* The rows at the foot that it covers, with the footer; view_ops.covers. */
int strip_covers(const struct view *view, int height);

/* ---- strip_words.c ------------------------------------------------------------------------- */

/* The plan in one line; false: it does not fit into `columns` in full. */
bool strip_plan_text(const struct strip *strip, int columns, char *out, size_t size);
/* What Enter and Esc do now, in so many columns. */
enum style strip_last_line(const struct strip *strip, const struct shell *shell, int columns,
                           char *out, size_t size);
/* The word for a key in the footer; "": it does nothing now. */
const char *strip_hint(const struct view *view, const struct shell *shell, enum command command);

/* ---- strip_apply.c ------------------------------------------------------------------------- */

/* Whether Enter writes the plan; otherwise it opens it. */
bool strip_applies(const struct strip *strip, const struct shell *shell);
/* Enter. Returns reactions. */
unsigned strip_confirm(struct strip *strip, struct shell *shell);

#endif
