#include "tui/panel/jump.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/panel/prompt_line.h"

#include "core/base/banned.h"

struct jump {
    struct view view;
    struct field field;
};

static size_t digits_of_pool(const struct shell *shell)
{
    return (size_t)session_policy(shell->place.session)->width;
}

static void draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    (void)shell;
    prompt_draw_line(&((struct jump *)view)->field, canvas, "#", caret);
}

static void tell(struct shell *shell, const char *digits)
{
    struct view *first = shell_bottom(shell);
    (void)first->ops->argument(first, shell, CMD_JUMP, digits);
}

static unsigned changed(struct jump *jump, struct shell *shell, enum field_result result)
{
    if (result != FIELD_CHANGED) {
        return result == FIELD_IGNORED ? REACT_NONE : REACT_DRAW;
    }
    tell(shell, jump->field.text);
    return jump->field.length == digits_of_pool(shell) ? REACT_CLOSE : REACT_DRAW;
}

static unsigned key(struct view *view, struct shell *shell, uint32_t key)
{
    struct jump *jump = (struct jump *)view;
    switch (key) {
    case K_ENTER:
        return REACT_CLOSE;
    case K_ESC:
    case K_CTRL | 'g':
    case K_CTRL | 'c':
        tell(shell, "");
        return REACT_CLOSE;
    case K_CTRL | 'l':
    case K_CTRL | 'z':
        return REACT_PASS;
    default:
        return changed(jump, shell, field_key(&jump->field, key));
    }
}

static unsigned paste(struct view *view, struct shell *shell, const char *text, size_t length)
{
    struct jump *jump = (struct jump *)view;
    return changed(jump, shell, prompt_paste(&jump->field, shell, text, length));
}

static void release(struct view *view)
{
    free(view);
}

static const struct view_ops s_jump_ops = {
    .title = "jump", .overlay = true, .draw = draw, .key = key, .paste = paste, .free = release};

void jump_open(struct shell *shell)
{
    struct jump *jump = mem_alloc(sizeof *jump);
    jump->view.ops = &s_jump_ops;
    field_init(&jump->field, NULL);
    jump->field.digits = true;
    jump->field.max = digits_of_pool(shell);
    shell_push(shell, &jump->view);
}
