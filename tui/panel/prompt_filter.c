/*
 * The filter while it is typed. Each key searches; a search that takes longer than a key may take
 * goes on between the keys (view_ops.go_on), and so long the list stays as it was.
 */

#include "tui/panel/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "tui/panel/prompt_line.h"

#include "core/base/banned.h"

#define SLICE_MS 8 /* a key has an answer within 16 */

enum leaving {
    LEAVING_NOT,
    LEAVING_KEPT,  /* with what was typed */
    LEAVING_BEFORE /* with what was before */
};

struct filter_prompt {
    struct view view;
    struct field field;
    struct list *list;
    char before[FILTER_TEXT_MAX];
    char *row; /* the key of the row that the cursor was on, NULL: nobody had moved it */
    enum filter_verdict verdict;
    char problem[FILTER_PROBLEM_MAX];
    bool asked;           /* Enter was pressed: an open end is told as well */
    enum leaving leaving; /* when the search is over */
    enum command then;    /* and then the view below gets this command */
};

/* ---- drawing -------------------------------------------------------------------------------- */

static const struct view *below(const struct shell *shell)
{
    return shell->stack.views[shell->stack.n_views - 2];
}

/* Adds the part if there is room for it. */
static void add(char *line, size_t size, int width, const char *part)
{
    size_t length = strlen(line);
    if (canvas_columns(line) + canvas_columns(part) <= width) {
        snprintf(line + length, size - length, "%s", part);
    }
}

static bool acts(const struct shell *shell)
{
    return (below(shell)->ops->place & PLACE_MAIN) && !shell->place.read_only;
}

static void draw_count(const struct filter_prompt *prompt, const struct shell *shell,
                       struct canvas *canvas, int y)
{
    char line[256];
    size_t n = prompt->list->n_shown;
    if (prompt->list->search) {
        snprintf(line, sizeof line, " searching...");
    } else if (n == 0) {
        snprintf(line, sizeof line, " nothing matches.");
    } else {
        snprintf(line, sizeof line, " %s match%s.", frame_count(n), n == 1 ? "es" : "");
    }
    if (n > 0) {
        add(line, sizeof line, canvas->width, " Up Down move, Enter keeps,");
    }
    if (n > 0 && acts(shell)) {
        add(line, sizeof line, canvas->width, " M-r M-x M-a act,");
    }
    add(line, sizeof line, canvas->width, " C-p before,");
    add(line, sizeof line, canvas->width, n > 0 ? " M-\"x saves it" : " Esc goes back");
    size_t length = strlen(line);
    line[length - (line[length - 1] == ',')] = '\0';
    canvas_text(canvas, 0, y, canvas->width, STYLE_STRONG, line);
}

static void draw_problem(const struct filter_prompt *prompt, struct canvas *canvas, int y)
{
    char line[FILTER_PROBLEM_MAX + 64];
    snprintf(line, sizeof line, " %s", prompt->problem);
    add(line, sizeof line, canvas->width, ". Shown: the last that held");
    canvas_text(canvas, 0, y, canvas->width, STYLE_ERROR, line);
}

static void draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct filter_prompt *prompt = (struct filter_prompt *)view;
    int y = canvas->height - 2;
    bool wrong = prompt->verdict == FILTER_WRONG || (prompt->asked && prompt->problem[0]);
    if (canvas->height > 5 && !shell->messages.flash[0]) {
        canvas_fill(canvas, (struct rect){0, y, canvas->width, 1}, STYLE_TEXT);
        if (wrong) {
            draw_problem(prompt, canvas, y);
        } else {
            draw_count(prompt, shell, canvas, y);
        }
    }
    prompt_draw_line(&prompt->field, canvas, "/", caret);
    if (canvas->width >= 60 && prompt->field.length == 0) {
        canvas_text(canvas, 3, canvas->height - 1, canvas->width - 3, STYLE_DIM,
                    "text  ext:20-29  state:new  since:7d  note:*  a or b  !not  ~fuzzy");
    }
}

/* ---- the search ----------------------------------------------------------------------------- */

/* Puts the list back to the row that it was on when the prompt opened. */
static void restore_row(struct filter_prompt *prompt)
{
    if (prompt->row) {
        (void)list_seek(prompt->list, prompt->row);
    } else {
        list_move_to(prompt->list, 0);
        prompt->list->moved = false;
    }
}

/* Searches for a while; returns whether the prompt can close. */
static unsigned search_on(struct filter_prompt *prompt, struct shell *shell)
{
    bool over = list_search(prompt->list, clock_ticks_ms() + SLICE_MS);
    shell->stack.searching = over ? NULL : &prompt->view;
    if (!over || prompt->leaving == LEAVING_NOT) {
        return REACT_DRAW;
    }
    if (prompt->leaving == LEAVING_BEFORE) {
        restore_row(prompt);
    } else if (strcmp(prompt->before, prompt->list->filter_text) != 0) {
        memcpy(prompt->list->filter_before, prompt->before, sizeof prompt->before);
    }
    if (prompt->then == CMD_NONE) {
        return REACT_CLOSE;
    }
    shell->stack.given = (struct given){.command = prompt->then};
    return REACT_CLOSE | REACT_GIVEN;
}

static unsigned go_on(struct view *view, struct shell *shell)
{
    return search_on((struct filter_prompt *)view, shell);
}

/* Begins to search for what the list is to show. */
static void begin(struct filter_prompt *prompt)
{
    if (prompt->leaving == LEAVING_BEFORE) {
        (void)list_filter_typed(prompt->list, prompt->before, FILTER_NO_CURSOR, NULL);
    } else {
        size_t cursor = prompt->asked ? FILTER_NO_CURSOR : prompt->field.cursor;
        prompt->verdict =
            list_filter_typed(prompt->list, prompt->field.text, cursor, prompt->problem);
    }
}

static unsigned typed(struct filter_prompt *prompt, struct shell *shell)
{
    prompt->asked = false;
    begin(prompt);
    return search_on(prompt, shell);
}

/* ---- leaving -------------------------------------------------------------------------------- */

static unsigned leave_before(struct filter_prompt *prompt, struct shell *shell)
{
    prompt->leaving = LEAVING_BEFORE;
    begin(prompt);
    return search_on(prompt, shell);
}

/* What is wrong, or not complete, stays in the prompt. */
static unsigned keep(struct filter_prompt *prompt, struct shell *shell, enum command then)
{
    prompt->asked = true;
    begin(prompt);
    if (prompt->verdict == FILTER_HOLDS) {
        prompt->leaving = LEAVING_KEPT;
        prompt->then = then;
        field_history_add(&shell->filter_history, prompt->field.text);
    }
    return search_on(prompt, shell);
}

/* The search ends, the cursor stays on its row, and the view below gets the command for it. */
static unsigned act(struct filter_prompt *prompt, struct shell *shell, enum command command)
{
    struct list *list = prompt->list;
    (void)list_search(list, INT64_MAX);
    const char *key = list_current_key(list);
    if (!key) {
        shell_flash(shell, STYLE_WARN, "%s: %s", command_info(command)->name, SHELL_NO_ROW);
        return REACT_DRAW;
    }
    char *row = mem_strdup(key);
    field_history_add(&shell->filter_history, prompt->field.text);
    (void)list_filter(list, prompt->before, NULL);
    if (!list_seek(list, row)) { /* the filter before does not show it */
        (void)list_filter(list, "", NULL);
        (void)list_seek(list, row);
    }
    free(row);
    list->alone = true;
    shell->stack.searching = NULL;
    shell->stack.given = (struct given){.command = command};
    return REACT_CLOSE | REACT_GIVEN;
}

/* The command that the key without Alt has below, if it is one for a row. */
static enum command command_of(const struct shell *shell, uint32_t key)
{
    static const enum command rows[] = {CMD_ASSIGN, CMD_REASSIGN, CMD_RELEASE, CMD_SWAP,    CMD_PIN,
                                        CMD_EXEMPT, CMD_RESERVE,  CMD_COPY,    CMD_COPY_ROW};
    if (!(key & K_ALT)) {
        return CMD_NONE;
    }
    enum command command = bindings_find(&shell->bindings, below(shell)->ops->place, key & ~K_ALT);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i] == command) {
            return command;
        }
    }
    return CMD_NONE;
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool moved(struct list *list, uint32_t key)
{
    switch (key) {
    case K_UP:
    case K_DOWN:
        list_move(list, key == K_UP ? -1 : 1);
        return true;
    case K_PAGE_UP:
    case K_PAGE_DOWN:
        list_turn(list, key == K_PAGE_UP ? -list->page : list->page);
        return true;
    default:
        return false;
    }
}

static unsigned key(struct view *view, struct shell *shell, uint32_t key)
{
    struct filter_prompt *prompt = (struct filter_prompt *)view;
    enum command command = command_of(shell, key);
    if (prompt->leaving != LEAVING_NOT) { /* until the search is over, nothing else can be done */
        return REACT_NONE;
    }
    if (command != CMD_NONE) {
        return act(prompt, shell, command);
    }
    if (moved(prompt->list, key)) {
        return REACT_DRAW;
    }
    switch (key) {
    case K_ESC:
    case K_CTRL | 'c':
    case K_CTRL | 'g':
        return leave_before(prompt, shell);
    case K_ENTER:
        return keep(prompt, shell, CMD_NONE);
    case K_ALT | '"':
        return keep(prompt, shell, CMD_SAVE_FILTER);
    case K_CTRL | 'l':
    case K_CTRL | 'z':
        return REACT_PASS;
    case K_BACKSPACE:
        if (prompt->field.length == 0) {
            return keep(prompt, shell, CMD_NONE);
        }
        break;
    default:
        break;
    }
    enum field_result result = field_key(&prompt->field, key);
    if (result == FIELD_CHANGED || result == FIELD_MOVED) { /* what is open depends on the place */
        return typed(prompt, shell);
    }
    return result == FIELD_IGNORED ? REACT_NONE : REACT_DRAW;
}

static unsigned paste(struct view *view, struct shell *shell, const char *text, size_t length)
{
    struct filter_prompt *prompt = (struct filter_prompt *)view;
    if (prompt->leaving == LEAVING_NOT &&
        prompt_paste(&prompt->field, shell, text, length) == FIELD_CHANGED) {
        return typed(prompt, shell);
    }
    return REACT_DRAW;
}

/* ---- life ----------------------------------------------------------------------------------- */

/* The list has other rows: what was typed is searched for among them. */
static void reload(struct view *view, struct shell *shell)
{
    struct filter_prompt *prompt = (struct filter_prompt *)view;
    begin(prompt);
    shell->stack.searching = view;
}

static void release(struct view *view)
{
    free(((struct filter_prompt *)view)->row);
    free(view);
}

/* It does not freeze the data: the list may go on filling while the operator types. */
static const struct view_ops s_ops = {.title = "filter",
                                      .overlay = true,
                                      .draw = draw,
                                      .key = key,
                                      .paste = paste,
                                      .reload = reload,
                                      .go_on = go_on,
                                      .free = release};

void prompt_filter(struct shell *shell, struct list *list, const char *text)
{
    struct filter_prompt *prompt = mem_alloc(sizeof *prompt);
    const char *row = list->moved ? list_current_key(list) : NULL;
    prompt->view.ops = &s_ops;
    prompt->then = CMD_NONE;
    prompt->list = list;
    prompt->row = row ? mem_strdup(row) : NULL;
    memcpy(prompt->before, list->filter_text, sizeof prompt->before);
    field_init(&prompt->field, &shell->filter_history);
    prompt->field.max = FILTER_TEXT_MAX - 1;
    field_set(&prompt->field, text ? text : list->filter_text);
    shell_push(shell, &prompt->view);
}
