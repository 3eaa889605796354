#ifndef TUI_VIEW_MAIN_PRIVATE_H
#define TUI_VIEW_MAIN_PRIVATE_H

/* Private to the everyday screen: its state, and what its files share. */

#include "tui/panel/pane.h"
#include "tui/view/layout.h"
#include "tui/view/part.h"

struct main_view {
    struct view view;
    struct pane agents;
    struct pane extensions;
    struct part *details;
    struct part *changes;
    enum focus focus;     /* where the keyboard is */
    bool on_numbers;      /* commands are about the extensions' rows */
    struct layout layout; /* as it was drawn last */
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

/* The marked rows of that list, or its current one. Release it with selection_release. */
void main_select(const struct main_view *main, const struct shell *shell,
                 struct selection *selection);

void main_draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret);

#endif
