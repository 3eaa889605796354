#ifndef TUI_PANEL_DIALOG_H
#define TUI_PANEL_DIALOG_H

/*
 * A dialog: a title, a text, perhaps a line to type into, perhaps offers to choose from. Enter
 * takes what is typed or chosen, Esc changes nothing. While it is open, the data under it
 * does not change.
 *
 *     struct dialog *dialog = dialog_new("Reserve 2043", "Why? It leaves the pool until ...");
 *     dialog_ask(dialog, "note", history);
 *     dialog->accept = reserve_accepted;
 *     dialog_open(shell, dialog);
 */

#include "tui/widget/field.h"
#include "tui/shell/shell.h"

#define OFFERS_MAX 64

struct offer {
    char text[256];   /* what is taken */
    char detail[160]; /* what is shown beside it */
};

struct dialog {
    struct view view;
    char *title;
    char *body;
    char problem[ERR_TEXT_MAX]; /* why Enter did not take it */
    bool asks;
    struct field field;
    const char *label;
    struct offer *offers;
    size_t n_offers;
    size_t more;   /* offers that did not fit */
    size_t choice; /* SIZE_MAX: what is typed counts */
    size_t top;
    bool must_choose; /* what is typed only narrows the offers */
    /* Fills the offers for the typed text, at the start and after each change; may be NULL. */
    void (*refill)(struct dialog *dialog, struct shell *shell);
    /* A key before the dialog takes it; REACT_PASS: it is not its own. May be NULL. */
    unsigned (*key)(struct dialog *dialog, struct shell *shell, uint32_t key);
    /* Before each drawing: its texts go by what holds now. May be NULL. */
    void (*renew)(struct dialog *dialog, struct shell *shell);
    /* The choice moved (a preview); may be NULL. */
    void (*moved)(struct dialog *dialog, struct shell *shell);
    /* Enter. `text`: typed or chosen. Returns REACT_CLOSE if it is taken, else sets `problem`. */
    unsigned (*accept)(struct dialog *dialog, struct shell *shell, const char *text);
    void (*cancelled)(struct dialog *dialog, struct shell *shell); /* Esc; may be NULL */
    struct arena arena; /* what `data` needs; freed with the dialog */
    void *data;
};

/* Both texts are copied. */
struct dialog *dialog_new(const char *title, const char *body);
/* Another text; it is copied. */
void dialog_say(struct dialog *dialog, const char *body);
void dialog_ask(struct dialog *dialog, const char *label, struct field_history *history);
/* Enter takes the first offer by default: put the harmless one first. Returns false if full. */
bool dialog_offer(struct dialog *dialog, const char *text, const char *detail);
void dialog_clear_offers(struct dialog *dialog);
void dialog_open(struct shell *shell, struct dialog *dialog);

#endif
