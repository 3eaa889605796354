/*
 * The dialog that shows, hides and orders the columns of a pane.
 */

#include "tui/panel/pane.h"

#include <stdio.h>
#include <string.h>

#include "tui/panel/dialog.h"

#include "core/base/banned.h"

struct choosing {
    struct pane *pane;
    char before[256]; /* the columns as they were */
};

static void offer(struct dialog *dialog, const struct pane *pane, const char *name)
{
    for (size_t i = 0; i < dialog->n_offers; i++) {
        if (strcmp(dialog->offers[i].text, name) == 0) {
            return;
        }
    }
    dialog_offer(dialog, name, pane_has_column(pane, name) ? "shown" : "hidden");
}

/* The shown ones in their order, then the hidden ones. */
static void refill(struct dialog *dialog, struct shell *shell)
{
    const struct choosing *choosing = dialog->data;
    const struct pane *pane = choosing->pane;
    (void)shell;
    dialog_clear_offers(dialog);
    for (int k = 0; k < pane->n_chosen; k++) {
        offer(dialog, pane, pane->ops->columns[pane->chosen[k]].name);
    }
    for (int i = 0; i < pane->ops->n_columns; i++) {
        offer(dialog, pane, pane->ops->columns[i].name);
    }
}

static unsigned key(struct dialog *dialog, struct shell *shell, uint32_t key)
{
    struct choosing *choosing = dialog->data;
    char name[sizeof dialog->offers[0].text];
    if ((key != ' ' && key != '<' && key != '>') || dialog->choice >= dialog->n_offers) {
        return REACT_PASS;
    }
    dialog->problem[0] = '\0';
    snprintf(name, sizeof name, "%s", dialog->offers[dialog->choice].text);
    if (key != ' ') {
        pane_shift_column(choosing->pane, name, key == '<' ? -1 : 1);
    } else if (!pane_toggle_column(choosing->pane, name)) {
        snprintf(dialog->problem, sizeof dialog->problem, "one column has to stay");
    }
    refill(dialog, shell);
    for (size_t i = 0; i < dialog->n_offers; i++) {
        dialog->choice = strcmp(dialog->offers[i].text, name) == 0 ? i : dialog->choice;
    }
    return REACT_DRAW;
}

static unsigned accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    const struct choosing *choosing = dialog->data;
    (void)text;
    pane_keep(choosing->pane, shell);
    return REACT_CLOSE;
}

static void cancelled(struct dialog *dialog, struct shell *shell)
{
    struct choosing *choosing = dialog->data;
    (void)shell;
    pane_columns_parse(choosing->pane, choosing->before);
}

void pane_choose_columns(struct pane *pane, struct shell *shell)
{
    struct dialog *dialog =
        dialog_new("Columns", "Space shows or hides a column, < and > move it. Columns that do not "
                              "fit are left out from the right.");
    struct choosing *choosing = arena_alloc(&dialog->arena, sizeof *choosing);
    choosing->pane = pane;
    pane_columns_text(pane, choosing->before, sizeof choosing->before);
    dialog->data = choosing;
    dialog->refill = refill;
    dialog->key = key;
    dialog->accept = accepted;
    dialog->cancelled = cancelled;
    dialog_open(shell, dialog);
}
