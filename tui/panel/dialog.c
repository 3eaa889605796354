#include "tui/panel/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

static const struct view_ops s_dialog_ops;

struct dialog *dialog_new(const char *title, const char *body)
{
    struct dialog *dialog = mem_alloc(sizeof *dialog);
    dialog->view.ops = &s_dialog_ops;
    dialog->title = mem_strdup(title);
    dialog->body = mem_strdup(body);
    dialog->offers = mem_array(OFFERS_MAX, sizeof *dialog->offers);
    dialog->choice = SIZE_MAX;
    return dialog;
}

void dialog_say(struct dialog *dialog, const char *body)
{
    free(dialog->body);
    dialog->body = mem_strdup(body);
}

void dialog_ask(struct dialog *dialog, const char *label, struct field_history *history)
{
    dialog->asks = true;
    dialog->label = label;
    field_init(&dialog->field, history);
}

bool dialog_offer(struct dialog *dialog, const char *text, const char *detail)
{
    if (dialog->n_offers == OFFERS_MAX) {
        dialog->more++;
        return false;
    }
    struct offer *offer = &dialog->offers[dialog->n_offers++];
    snprintf(offer->text, sizeof offer->text, "%s", text);
    snprintf(offer->detail, sizeof offer->detail, "%s", detail ? detail : "");
    return true;
}

void dialog_clear_offers(struct dialog *dialog)
{
    dialog->n_offers = 0;
    dialog->more = 0;
}

static void refill(struct dialog *dialog, struct shell *shell)
{
    if (dialog->refill) {
        dialog->refill(dialog, shell);
    }
    bool typed_counts = dialog->asks && !dialog->must_choose;
    dialog->choice = typed_counts || dialog->n_offers == 0 ? SIZE_MAX : 0;
    dialog->top = 0;
}

void dialog_open(struct shell *shell, struct dialog *dialog)
{
    if (dialog->refill || dialog->choice == SIZE_MAX) {
        refill(dialog, shell);
    }
    shell_push(shell, &dialog->view);
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* How many offers there is room for below the text. */
static int offer_rows(const struct dialog *dialog, int height, int text_lines)
{
    int used = text_lines + (dialog->asks ? 1 : 0) + (dialog->problem[0] ? 1 : 0) + 2;
    int room = height - 2 - used;
    int wanted = (int)dialog->n_offers < 10 ? (int)dialog->n_offers : 10;
    room += room == 0; /* rather one offer than a free row */
    return room < wanted ? (room < 0 ? 0 : room) : wanted;
}

/* The column of the details: after the longest offer, if that leaves them half the width. */
static int details_column(const struct dialog *dialog, int width)
{
    int column = 14;
    for (size_t i = 0; i < dialog->n_offers; i++) {
        int needed = canvas_columns(dialog->offers[i].text) + 4;
        column = needed > column && needed <= width / 2 ? needed : column;
    }
    return column;
}

static void draw_offers(struct dialog *dialog, struct canvas *canvas, struct rect area)
{
    size_t rows = (size_t)area.height;
    size_t choice = dialog->choice == SIZE_MAX ? 0 : dialog->choice;
    int details = details_column(dialog, area.width);
    if (rows == 0) {
        return;
    }
    if (choice < dialog->top) {
        dialog->top = choice;
    } else if (choice >= dialog->top + rows) {
        dialog->top = choice - rows + 1;
    }
    if (dialog->top + rows > dialog->n_offers) { /* after a small screen there is room again */
        dialog->top = dialog->n_offers > rows ? dialog->n_offers - rows : 0;
    }
    for (size_t i = 0; i < rows && dialog->top + i < dialog->n_offers; i++) {
        const struct offer *offer = &dialog->offers[dialog->top + i];
        bool chosen = dialog->choice == dialog->top + i;
        enum style style = chosen ? STYLE_CHOICE : STYLE_DIALOG;
        int y = area.y + (int)i;
        canvas_fill(canvas, (struct rect){area.x, y, area.width, 1}, style);
        int taken = canvas_printf(canvas, area.x, y, area.width, style, "%s %s", chosen ? ">" : " ",
                                  offer->text);
        int x = taken + 2 > details ? taken + 2 : details;
        if (x < area.width) {
            canvas_text(canvas, area.x + x, y, area.width - x, chosen ? style : STYLE_DIM,
                        offer->detail);
        }
    }
}

static void draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct dialog *dialog = (struct dialog *)view;
    if (dialog->renew) {
        dialog->renew(dialog, shell);
    }
    int width = canvas->width - 4 < 68 ? canvas->width - 2 : 68;
    int text_lines =
        canvas_wrap(NULL, (struct rect){0, 0, width - 4, 99}, STYLE_DIALOG, dialog->body);
    int most = canvas->height - 9; /* the input line and the offers must stay visible */
    text_lines = text_lines > most ? (most > 1 ? most : 1) : text_lines;
    int offers = offer_rows(dialog, canvas->height, text_lines);
    int height =
        2 + text_lines + (dialog->asks ? 1 : 0) + offers + (dialog->problem[0] ? 1 : 0) + 1;
    height = height > canvas->height ? canvas->height : height;
    struct rect area = {(canvas->width - width) / 2, (canvas->height - height) / 2, width, height};
    canvas_fill(canvas, area, STYLE_DIALOG);
    struct rect inside =
        canvas_box(canvas, area, STYLE_DIALOG_FRAME, STYLE_DIALOG_TITLE, dialog->title);
    int x = inside.x + 1;
    int y = inside.y;
    int columns = inside.width - 2;
    canvas_wrap(canvas, (struct rect){x, y, columns, text_lines}, STYLE_DIALOG, dialog->body);
    y += text_lines;
    if (dialog->asks) {
        int label = canvas_printf(canvas, x, y, columns, STYLE_PROMPT, "%s: ", dialog->label);
        caret->x = field_draw(&dialog->field, canvas, x + label, y, columns - label, STYLE_INPUT);
        caret->y = y++;
    }
    draw_offers(dialog, canvas, (struct rect){x, y, columns, offers});
    y += offers;
    if (dialog->problem[0]) {
        canvas_text(canvas, x, y++, columns, STYLE_ERROR, dialog->problem);
    }
    canvas_printf(canvas, x, inside.y + inside.height - 1, columns, STYLE_DIM, "%s%s",
                  dialog->n_offers > 1 ? "Enter takes it  Up Down choose  Esc back"
                                       : "Enter takes it  Esc back",
                  dialog->more ? "  (more: keep typing)" : "");
}

/* ---- keys --------------------------------------------------------------------------------- */

static unsigned move_choice(struct dialog *dialog, struct shell *shell, int by)
{
    bool typed_counts = dialog->asks && !dialog->must_choose;
    if (dialog->n_offers == 0) {
        return REACT_NONE;
    }
    if (dialog->choice == SIZE_MAX) {
        dialog->choice = by > 0 ? 0 : dialog->n_offers - 1;
    } else if (by < 0 && dialog->choice == 0) {
        dialog->choice = typed_counts ? SIZE_MAX : 0;
    } else if ((int64_t)dialog->choice + by < (int64_t)dialog->n_offers) {
        dialog->choice = (size_t)((int64_t)dialog->choice + by);
    }
    if (dialog->moved) {
        dialog->moved(dialog, shell);
    }
    return REACT_DRAW;
}

static unsigned accept(struct dialog *dialog, struct shell *shell)
{
    char text[FIELD_MAX];
    dialog->problem[0] = '\0';
    if (dialog->choice < dialog->n_offers) {
        snprintf(text, sizeof text, "%s", dialog->offers[dialog->choice].text);
    } else if (dialog->must_choose) {
        snprintf(dialog->problem, sizeof dialog->problem, "nothing to choose");
        return REACT_DRAW;
    } else {
        snprintf(text, sizeof text, "%s", dialog->asks ? dialog->field.text : "");
    }
    unsigned reaction = dialog->accept(dialog, shell, text);
    if ((reaction & REACT_CLOSE) && dialog->asks && dialog->field.history) {
        field_history_add(dialog->field.history, text);
    }
    return reaction | REACT_DRAW;
}

static unsigned changed(struct dialog *dialog, struct shell *shell, enum field_result result)
{
    if (result == FIELD_CHANGED) {
        dialog->problem[0] = '\0';
        refill(dialog, shell);
    }
    if (result == FIELD_FULL) {
        snprintf(dialog->problem, sizeof dialog->problem, FIELD_FULL_SAYS, dialog->field.max);
    }
    return result == FIELD_IGNORED ? REACT_NONE : REACT_DRAW;
}

static unsigned key(struct view *view, struct shell *shell, uint32_t key)
{
    struct dialog *dialog = (struct dialog *)view;
    bool list_keys = !dialog->asks;
    unsigned own = dialog->key ? dialog->key(dialog, shell, key) : REACT_PASS;
    if (own != REACT_PASS) {
        return own;
    }
    switch (key) {
    case K_ENTER:
        return accept(dialog, shell);
    case K_ESC:
    case K_CTRL | 'g':
        if (dialog->cancelled) {
            dialog->cancelled(dialog, shell);
        }
        return REACT_CLOSE;
    case K_CTRL | 'c':
        if (shell->jobs.name) {
            return REACT_PASS;
        }
        if (dialog->cancelled) {
            dialog->cancelled(dialog, shell);
        }
        return REACT_CLOSE;
    case K_CTRL | 'l':
    case K_CTRL | 'z':
        return REACT_PASS;
    case K_DOWN:
    case K_UP:
        if (dialog->n_offers > 0) {
            return move_choice(dialog, shell, key == K_DOWN ? 1 : -1);
        }
        break;
    case K_TAB:
    case K_SHIFT | K_TAB:
        return move_choice(dialog, shell, key == K_TAB ? 1 : -1);
    case 'j':
    case 'k':
        if (list_keys) {
            return move_choice(dialog, shell, key == 'j' ? 1 : -1);
        }
        break;
    default:
        break;
    }
    return dialog->asks ? changed(dialog, shell, field_key(&dialog->field, key)) : REACT_NONE;
}

static unsigned paste(struct view *view, struct shell *shell, const char *text, size_t length)
{
    struct dialog *dialog = (struct dialog *)view;
    return dialog->asks ? changed(dialog, shell, field_paste(&dialog->field, text, length))
                        : REACT_NONE;
}

static void release(struct view *view)
{
    struct dialog *dialog = (struct dialog *)view;
    arena_release(&dialog->arena);
    free(dialog->offers);
    free(dialog->title);
    free(dialog->body);
    free(dialog);
}

static const struct view_ops s_dialog_ops = {.title = "dialog",
                                             .place = PLACE_PICK,
                                             .overlay = true,
                                             .freezes_data = true,
                                             .draw = draw,
                                             .key = key,
                                             .paste = paste,
                                             .free = release};
