/*
 * The key behind ' and ": the name of a saved filter. The line at the foot shows those there are.
 */

#include "tui/panel/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/shell/keep.h"

#include "core/base/banned.h"

struct saved_prompt {
    struct view view;
    struct list *list;
    bool saves;
};

static void draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    const struct saved_prompt *prompt = (const struct saved_prompt *)view;
    char line[1024];
    int y = canvas->height - 1;
    size_t used = (size_t)snprintf(line, sizeof line, prompt->saves ? " keep as:" : " show:");
    for (const char *name = SAVED_NAMES; *name && used < sizeof line; name++) {
        const char *text = saved_filters_get(&shell->saved_filters, *name);
        if (*text) {
            used += (size_t)snprintf(line + used, sizeof line - used, " %c %s ", *name, text);
        }
    }
    if (used < sizeof line) {
        snprintf(line + used, sizeof line - used,
                 prompt->saves ? " or another digit or letter" : " ' the one before");
    }
    canvas_fill(canvas, (struct rect){0, y, canvas->width, 1}, STYLE_INPUT);
    canvas_text(canvas, 0, y, canvas->width, STYLE_INPUT, line);
    caret->x = -1;
}

static unsigned save(struct saved_prompt *prompt, struct shell *shell, char name)
{
    const char *text = prompt->list->filter_text;
    keep_filter(shell, name, text);
    if (*text) {
        shell_flash(shell, STYLE_OK, "kept as %c: %s; '%c shows it again", name, text, name);
    } else {
        shell_flash(shell, STYLE_OK, "%c is free again: there is no filter", name);
    }
    return REACT_CLOSE;
}

static unsigned show(struct saved_prompt *prompt, struct shell *shell, char name)
{
    char text[FILTER_TEXT_MAX];
    char problem[FILTER_PROBLEM_MAX];
    bool before = name == '\'';
    snprintf(text, sizeof text, "%s",
             before ? prompt->list->filter_before : saved_filters_get(&shell->saved_filters, name));
    if (!before && !*text) {
        shell_flash(shell, STYLE_WARN, "nothing is kept as %c; \"%c keeps the filter that is shown",
                    name, name);
    } else if (list_change_filter(prompt->list, text, problem) == FILTER_WRONG) {
        shell_flash(shell, STYLE_ERROR, "%s", problem);
    }
    return REACT_CLOSE;
}

static unsigned key(struct view *view, struct shell *shell, uint32_t key)
{
    struct saved_prompt *prompt = (struct saved_prompt *)view;
    if (key == K_ESC || key == (K_CTRL | 'c') || key == (K_CTRL | 'g')) {
        return REACT_CLOSE;
    }
    if (key == (K_CTRL | 'l') || key == (K_CTRL | 'z')) {
        return REACT_PASS;
    }
    if (!saved_filters_is_name(key) && (prompt->saves || key != '\'')) {
        shell_flash(shell, STYLE_WARN, "a filter is kept under a digit or a letter");
        return REACT_CLOSE;
    }
    return prompt->saves ? save(prompt, shell, (char)key) : show(prompt, shell, (char)key);
}

static void release(struct view *view)
{
    free(view);
}

static const struct view_ops s_ops = {
    .title = "saved filter", .overlay = true, .draw = draw, .key = key, .free = release};

void prompt_saved(struct shell *shell, struct list *list, bool saves)
{
    struct saved_prompt *prompt = mem_alloc(sizeof *prompt);
    prompt->view.ops = &s_ops;
    prompt->list = list;
    prompt->saves = saves;
    shell_push(shell, &prompt->view);
}
