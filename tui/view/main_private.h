#ifndef TUI_VIEW_MAIN_PRIVATE_H
#define TUI_VIEW_MAIN_PRIVATE_H

/* Private to the everyday screen: its state, and what its files share. */

#include "tui/panel/pane.h"
#include "tui/view/layout.h"
#include "tui/view/live_watch.h"
#include "tui/view/part.h"
#include "tui/view/seen_watch.h"

/* Where everything was before a jump. */
struct jumped_from {
    enum focus focus;
    bool on_numbers;
    size_t agent, number; /* the cursors */
};

struct main_view {
    struct view view;
    struct pane agents;
    struct pane extensions;
    struct part *details;
    struct part *changes;
    enum focus focus; /* where the keyboard is */
    bool on_numbers;  /* commands are about the extensions' rows */
    struct live_watch live;
    struct seen_watch seen;
    unsigned answers;     /* of live states, when the lists were filtered last */
    struct layout layout; /* as it was drawn last */
    struct jumped_from jumped_from;
    bool recalled;   /* what was chosen in the last run */
    char act_on[32]; /* for the footer: "act on 2" */
};

/* The list that commands are about. */
static inline struct pane *main_list(struct main_view *main)
{
    return main->on_numbers ? &main->extensions : &main->agents;
}

static inline const struct list *main_rows(const struct main_view *main)
{
    return main->on_numbers ? &main->extensions.list : &main->agents.list;
}

static inline struct live_lists main_live_lists(const struct main_view *main)
{
    const struct rect *areas = main->layout.areas;
    return (struct live_lists){
        .agents = &main->agents,
        .numbers = &main->extensions,
        .on_numbers = main->on_numbers,
        .agent_rows = areas[FOCUS_AGENTS].height > 0 ? main->agents.rows.height : 0,
        .number_rows = areas[FOCUS_EXTENSIONS].height > 0 ? main->extensions.rows.height : 0};
}

/* The marked rows of that list, or its current one. Release it with selection_release. */
void main_select(const struct main_view *main, const struct shell *shell,
                 struct selection *selection);

/* ---- where the keyboard is (main_focus.c) ----------------------------------------------------- */

/* The part that has the keyboard; NULL: a list has it. */
struct part *main_part(const struct main_view *main);
/* Gives the keyboard to a list or a part. The extensions begin at the number of the current agent; the
   agents follow its holder back. */
void main_go(struct main_view *main, struct shell *shell, enum focus to);
/* To the first number that begins with these digits, and to its holder. */
void main_jump_begin(struct main_view *main);
void main_jump(struct main_view *main, struct shell *shell, const char *digits);
void main_jump_back(struct main_view *main);

void main_draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret);

#endif
