#include "tui/view/start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/panel/pages.h"
#include "tui/view/start_private.h"

#include "core/base/banned.h"

static const struct view_ops s_ops;

/* ---- what others put in and take out ---------------------------------------------------------- */

struct view *view_start_new(const struct setup *proposed, const char *path,
                            const struct start_hooks *hooks)
{
    struct start *start = mem_alloc(sizeof *start);
    start->view.ops = &s_ops;
    start->hooks = hooks;
    snprintf(start->path, sizeof start->path, "%s", path);
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        field_init(&start->fields[i], NULL);
        field_set(&start->fields[i], proposed->values[i]);
    }
    start->fields[SETUP_WIDTH].digits = true;
    start->fields[SETUP_WIDTH].max = 1;
    snprintf(start->profile, sizeof start->profile, "%s", "...");
    return &start->view;
}

struct view *view_start_find(const struct shell *shell)
{
    for (size_t i = 0; i < shell->stack.n_views; i++) {
        if (shell->stack.views[i]->ops == &s_ops) {
            return shell->stack.views[i];
        }
    }
    return NULL;
}

void view_start_read(const struct view *view, struct setup *out)
{
    const struct start *start = (const struct start *)view;
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        snprintf(out->values[i], sizeof out->values[i], "%s", start->fields[i].text);
    }
}

void view_start_set(struct view *view, enum setup_field field, const char *text)
{
    field_set(&((struct start *)view)->fields[field], text);
}

void view_start_tell(struct view *view, enum setup_field place, const char *text)
{
    struct start *start = (struct start *)view;
    snprintf(start->told[place], sizeof start->told[place], "%s", text);
}

void view_start_say(struct view *view, enum style style, const char *text)
{
    struct start *start = (struct start *)view;
    snprintf(start->says, sizeof start->says, "%s", text);
    start->says_style = style;
}

void view_start_say_error(struct view *view, enum setup_field field, const struct err *err)
{
    struct start *start = (struct start *)view;
    snprintf(start->says, sizeof start->says, "%s%s%s", err->text, err->hint[0] ? "; " : "",
             err->hint);
    for (char *c = start->says; *c; c++) {
        *c = *c == '\n' ? ' ' : *c;
    }
    start->says_style = err->code == ERR_CANCELLED ? STYLE_INFO : STYLE_ERROR;
    if (field < START_FIELDS) {
        start->focus = field;
        start->typing = true; /* it is to be mended, not replaced */
    }
}

void view_start_offer(struct view *view, enum setup_field field, const char *typed,
                      const struct path_offers *offers)
{
    struct start *start = (struct start *)view;
    if (start->focus != field || strcmp(start->fields[field].text, typed) != 0) {
        return; /* the person has typed on */
    }
    start->offers[0] = '\0';
    size_t used = 0;
    for (size_t i = 0; i < offers->n_names && used < sizeof start->offers - 1; i++) {
        used += (size_t)snprintf(start->offers + used, sizeof start->offers - used, "%s%s",
                                 i > 0 ? "  " : "", offers->names[i]);
    }
    if (offers->n_names == 0) {
        snprintf(start->offers, sizeof start->offers, "nothing begins so");
    }
    if (offers->more[0]) {
        field_paste(&start->fields[field], offers->more, strlen(offers->more));
        start->typing = true;
    }
}

void view_start_tell_profile(struct view *view, const char *text)
{
    struct start *start = (struct start *)view;
    snprintf(start->profile, sizeof start->profile, "%s", text);
}

/* ---- keys --------------------------------------------------------------------------------------- */

static void help(struct shell *shell)
{
    page_open(shell, "FIRST START",
              "#Directory: who works here\n"
              "file:PATH     a CSV with a header (user, or user login), such as the\n"
              "              bulk-upload file of Amazon Connect; or JSON as\n"
              "              aws connect list-users prints it\n"
              "connect:ID    an Amazon Connect instance, by its id or ARN\n\n"
              "#Store: who holds what\n"
              "sqlite:PATH   a file of this machine; the first plan that you apply makes it\n"
              "dynamodb:NAME a table; one of the older Lambda opens unchanged.\n"
              "              A new one: extpool --init --store dynamodb:NAME\n\n"
              "#Export: where the list of extensions goes after each sync\n"
              "file:PATH, s3://BUCKET[/KEY], or none\n\n"
              "#Numbers\n"
              "Their width, and the ranges: 2000-2999, 7100-7199\n\n"
              "#What happens\n"
              "Enter tries all of it and then writes the configuration. The first plan is\n"
              "shown then. No number is written until you apply that plan.\n\n"
              "#Keys\n"
              "Enter         try it, and write it\n"
              "Tab           complete a path; ~/ is your home folder\n"
              "Up Down, 1-5  another field\n"
              "A             Amazon: choose a profile; instances, tables and buckets are\n"
              "              listed\n"
              "D             look at the demo; nothing is kept\n"
              "Esc           stop typing; then: not now\n"
              "q             leave\n"
              "While you type, letters are text: Esc first.\n");
}

static void choose(struct start *start, enum setup_field field)
{
    start->focus = field;
    start->typing = false;
    start->offers[0] = '\0';
}

static unsigned move(struct start *start, int by)
{
    choose(start, (enum setup_field)(((int)start->focus + by + START_FIELDS) % START_FIELDS));
    return REACT_DRAW;
}

/* The path in the text of a field, behind its scheme; NULL: it is a place of Amazon. */
static const char *path_in(enum setup_field field, const char *text)
{
    static const char *const schemes[] = {"file:", "sqlite:", "file:"};
    size_t length = strlen(schemes[field]);
    if (strncmp(text, schemes[field], length) == 0) {
        return text + length;
    }
    return strchr(text, ':') ? NULL : text;
}

static unsigned complete(struct start *start, struct shell *shell)
{
    const struct field *field = &start->fields[start->focus];
    const char *path = start->focus <= SETUP_EXPORT ? path_in(start->focus, field->text) : NULL;
    if (!path || field->cursor != field->length) {
        return move(start, 1);
    }
    start->hooks->complete(shell, start->focus, path);
    return REACT_DRAW;
}

static bool takes_text(const struct start *start, uint32_t key)
{
    bool number =
        start->focus == SETUP_WIDTH || start->focus == SETUP_RANGES || start->focus == SETUP_NAME;
    return key >= 0x20 && key < K_NAMED && key != 'A' && key != 'D' && key != '?' && key != 'q' &&
           (number || key < '1' || key > '5');
}

/* A key while a field is chosen, and nothing is typed yet. */
static unsigned command_key(struct start *start, struct shell *shell, uint32_t key)
{
    static const enum setup_field numbered[] = {SETUP_DIRECTORY, SETUP_STORE, SETUP_EXPORT,
                                                SETUP_WIDTH, SETUP_NAME};
    switch (key) {
    case 'A':
        start->hooks->amazon(shell);
        return REACT_DRAW;
    case 'D':
        start->hooks->demo(shell);
        return REACT_DRAW;
    case '?':
        help(shell);
        return REACT_DRAW;
    case 'q':
        return REACT_LEAVE;
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
        choose(start, numbered[key - '1']);
        return REACT_DRAW;
    default:
        return REACT_NONE;
    }
}

static unsigned edited(struct start *start, struct shell *shell, enum field_result result)
{
    if (result == FIELD_FULL) {
        shell_flash(shell, STYLE_WARN, FIELD_FULL_SAYS, start->fields[start->focus].max);
    }
    if (result == FIELD_CHANGED) {
        start->says[0] = '\0';
        start->offers[0] = '\0';
    }
    start->typing = start->typing || result != FIELD_IGNORED;
    return result == FIELD_IGNORED ? REACT_NONE : REACT_DRAW;
}

/* What is typed first replaces the text, but for a scheme that waits for its path. */
static void begin_typing(struct start *start)
{
    struct field *field = &start->fields[start->focus];
    if (!start->typing && (field->length == 0 || field->text[field->length - 1] != ':')) {
        field_set(field, "");
    }
    start->typing = true;
}

static unsigned text_key(struct start *start, struct shell *shell, uint32_t key)
{
    if (!start->typing && key < K_NAMED) {
        if (!takes_text(start, key)) {
            return command_key(start, shell, key);
        }
        begin_typing(start);
    }
    return edited(start, shell, field_key(&start->fields[start->focus], key));
}

static unsigned on_key(struct view *view, struct shell *shell, uint32_t key)
{
    struct start *start = (struct start *)view;
    switch (key) {
    case K_ENTER:
        start->hooks->try_it(shell);
        return REACT_DRAW;
    case K_TAB:
        return complete(start, shell);
    case K_SHIFT | K_TAB:
    case K_UP:
    case K_CTRL | 'p':
        return move(start, -1);
    case K_DOWN:
    case K_CTRL | 'n':
        return move(start, 1);
    case K_ESC:
        if (start->typing) {
            start->typing = false;
        } else {
            start->hooks->not_now(shell);
        }
        return REACT_DRAW;
    case K_F1:
        help(shell);
        return REACT_DRAW;
    case K_F10:
        return REACT_LEAVE;
    case K_CTRL | 'c':
    case K_CTRL | 'l':
    case K_CTRL | 'z':
        return REACT_PASS;
    default:
        return text_key(start, shell, key);
    }
}

static unsigned on_paste(struct view *view, struct shell *shell, const char *text, size_t length)
{
    struct start *start = (struct start *)view;
    begin_typing(start);
    return edited(start, shell, field_paste(&start->fields[start->focus], text, length));
}

static void release(struct view *view)
{
    free(view);
}

static const struct view_ops s_ops = {.title = "first start",
                                      .freezes_data = true,
                                      .draw = start_draw,
                                      .key = on_key,
                                      .paste = on_paste,
                                      .free = release};
