#include "tui/panel/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/settings/options.h"
#include "tui/panel/prompt_line.h"
#include "tui/terminal/theme.h"

#include "core/base/banned.h"

struct prompt {
    struct view view;
    struct field field;
    char offers[256]; /* what can be typed there, shown while one types */
};

static void release(struct view *view)
{
    free(view);
}

/* ---- the command line ---------------------------------------------------------------------- */

static bool wanted_here(const struct shell *shell, int command)
{
    const struct view *below = shell->stack.views[shell->stack.n_views - 2];
    return (command_info((enum command)command)->places & below->ops->place) != 0;
}

/* Collects the candidates that begin with `word`. */
struct completion {
    const char *word;
    size_t length;
    char common[FIELD_MAX]; /* the start that all of them share */
    size_t n;
    bool full; /* the list */
    char list[256];
};

static void consider(struct completion *completion, const char *candidate)
{
    if (strncmp(candidate, completion->word, completion->length) != 0) {
        return;
    }
    if (completion->n++ == 0) {
        snprintf(completion->common, sizeof completion->common, "%s", candidate);
    } else {
        size_t same = 0;
        while (completion->common[same] && completion->common[same] == candidate[same]) {
            same++;
        }
        completion->common[same] = '\0';
    }
    if (completion->full) {
        return;
    }
    size_t used = strlen(completion->list);
    completion->full = used + strlen(candidate) + 3 > sizeof completion->list;
    snprintf(completion->list + used, sizeof completion->list - used, "%s%s", used ? "  " : "",
             candidate);
}

static bool takes_login(enum command command)
{
    return command == CMD_ASSIGN || command == CMD_REASSIGN || command == CMD_RELEASE ||
           command == CMD_SWAP || command == CMD_PIN || command == CMD_UNPIN ||
           command == CMD_EXEMPT || command == CMD_UNEXEMPT;
}

static void consider_arguments(struct completion *completion, const struct shell *shell,
                               enum command command)
{
    const struct settings *settings = shell->place.contexts;
    if (command == CMD_THEME) {
        for (const struct theme_source *source = theme_sources; source->name; source++) {
            consider(completion, source->name);
        }
    } else if (command == CMD_CONTEXT) {
        for (size_t i = 0; i < settings->n_contexts; i++) {
            consider(completion, settings->contexts[i].name);
        }
    } else if (takes_login(command) && shell->data) {
        for (size_t i = 0; i < shell->data->agents.n_rows; i++) {
            consider(completion, shell->data->agents.rows[i].login);
        }
    }
}

/* Edits of rows may be gathered in read-only use as well: they do not need to write. */
static bool changes_something(enum command command)
{
    unsigned needs = command_info(command)->needs;
    return (needs & NEED_WRITE) || ((needs & NEED_ROW) && (needs & NEED_IDLE));
}

/* What changes something comes first, what only moves the cursor last. */
static void consider_commands(struct completion *completion, const struct shell *shell)
{
    for (int pass = 0; pass < 3; pass++) {
        for (int i = 0; i < COMMAND_COUNT; i++) {
            int when = i <= CMD_PANE_4 ? 2 : changes_something((enum command)i) ? 0 : 1;
            if (when == pass && wanted_here(shell, i)) {
                consider(completion, command_info((enum command)i)->name);
            }
        }
    }
}

/* Finds the completions of the word at the cursor and the hint about it; returns the bytes of the
   word. */
static size_t look_up(struct prompt *prompt, const struct shell *shell,
                      struct completion *completion, char word[FIELD_MAX])
{
    const struct field *field = &prompt->field;
    size_t from = field->cursor;
    while (from > 0 && field->text[from - 1] != ' ' && field->text[from - 1] != '=') {
        from--;
    }
    snprintf(word, FIELD_MAX, "%.*s", (int)(field->cursor - from), field->text + from);
    *completion = (struct completion){.word = word, .length = strlen(word)};
    char name[64];
    size_t name_length = strcspn(field->text, " ");
    snprintf(name, sizeof name, "%.*s", (int)(name_length < 63 ? name_length : 63), field->text);
    enum command command = command_find(name);
    if (from == 0) {
        consider_commands(completion, shell);
    } else {
        consider_arguments(completion, shell, command);
    }
    const char *say = completion->list;
    if (from == 0 && completion->n == 1) {
        say = command_info(command_find(completion->common))->help;
    } else if (completion->n == 0) {
        say = command == CMD_NONE ? "no command begins like that" : command_info(command)->help;
    }
    snprintf(prompt->offers, sizeof prompt->offers, "%s", say);
    return completion->length;
}

/* Completes the last word as far as all completions agree. */
static unsigned complete(struct prompt *prompt, struct shell *shell)
{
    struct completion completion;
    char word[FIELD_MAX];
    size_t length = look_up(prompt, shell, &completion, word);
    if (strlen(completion.common) > length) {
        field_replace(&prompt->field, length, completion.common);
        look_up(prompt, shell, &completion, word);
    }
    return REACT_DRAW;
}

static void offer(struct prompt *prompt, const struct shell *shell)
{
    struct completion completion;
    char word[FIELD_MAX];
    look_up(prompt, shell, &completion, word);
}

static void draw_command(struct view *view, struct shell *shell, struct canvas *canvas,
                         struct caret *caret)
{
    struct prompt *prompt = (struct prompt *)view;
    if (prompt->offers[0] && !shell->messages.flash[0] && canvas->height > 5) {
        int y = canvas->height - 2;
        canvas_fill(canvas, (struct rect){0, y, canvas->width, 1}, STYLE_TEXT);
        canvas_text(canvas, 0, y, canvas->width, STYLE_INFO, prompt->offers);
    }
    prompt_draw_line(&prompt->field, canvas, ":", caret);
}

/* What was typed, as a command for the view below. */
static unsigned give_line(struct shell *shell, const char *line)
{
    struct given *given = &shell->stack.given;
    char name[64];
    size_t length = strcspn(line, " ");
    snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), line);
    if (!*name) {
        return REACT_CLOSE;
    }
    if (name[strspn(name, "0123456789")] == '\0') { /* a number is for the current row */
        given->command = CMD_REASSIGN;
        snprintf(given->argument, sizeof given->argument, "%s", line);
        return REACT_CLOSE | REACT_GIVEN;
    }
    given->command = command_find(name);
    snprintf(given->argument, sizeof given->argument, "%s",
             line + length + strspn(line + length, " "));
    if (given->command != CMD_NONE) {
        return REACT_CLOSE | REACT_GIVEN;
    }
    const char *names[COMMAND_COUNT + 1] = {NULL};
    for (int i = 0; i < COMMAND_COUNT; i++) {
        names[i] = command_info((enum command)i)->name;
    }
    const char *nearest = nearest_of(name, names);
    shell_flash(shell, STYLE_ERROR, "no command is called %s%s%s%s", name,
                nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    return REACT_CLOSE;
}

static unsigned key_command(struct view *view, struct shell *shell, uint32_t key)
{
    struct prompt *prompt = (struct prompt *)view;
    if (key == K_ESC || key == (K_CTRL | 'c') || key == (K_CTRL | 'g') ||
        (key == K_BACKSPACE && prompt->field.length == 0)) {
        return REACT_CLOSE;
    }
    if (key == (K_CTRL | 'l') || key == (K_CTRL | 'z')) {
        return REACT_PASS;
    }
    if (key == K_TAB) {
        return complete(prompt, shell);
    }
    if (key == K_ENTER) {
        const char *line = prompt->field.text;
        field_history_add(&shell->command_history, line);
        return give_line(shell, line + strspn(line, " "));
    }
    enum field_result result = field_key(&prompt->field, key);
    if (result == FIELD_CHANGED) {
        offer(prompt, shell);
    }
    return result == FIELD_IGNORED ? REACT_NONE : REACT_DRAW;
}

static unsigned paste_command(struct view *view, struct shell *shell, const char *text,
                              size_t length)
{
    struct prompt *prompt = (struct prompt *)view;
    prompt_paste(&prompt->field, shell, text, length);
    offer(prompt, shell);
    return REACT_DRAW;
}

static const struct view_ops s_command_ops = {.title = "command",
                                              .overlay = true,
                                              .freezes_data = true,
                                              .draw = draw_command,
                                              .key = key_command,
                                              .paste = paste_command,
                                              .free = release};

void prompt_command(struct shell *shell)
{
    struct prompt *prompt = mem_alloc(sizeof *prompt);
    prompt->view.ops = &s_command_ops;
    field_init(&prompt->field, &shell->command_history);
    shell_push(shell, &prompt->view);
    if (shell_top(shell) == &prompt->view) {
        (void)!shell_read_contexts(shell, NULL); /* that may be completed */
        offer(prompt, shell);
    }
}
