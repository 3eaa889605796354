#include "tui/panel/prompt_line.h"

#include "core/base/banned.h"

void prompt_draw_line(struct field *field, struct canvas *canvas, const char *label,
                      struct caret *caret)
{
    int y = canvas->height - 1;
    canvas_fill(canvas, (struct rect){0, y, canvas->width, 1}, STYLE_INPUT);
    canvas_text(canvas, 0, y, 1, STYLE_PROMPT, label);
    caret->x = field_draw(field, canvas, 1, y, canvas->width - 1, STYLE_INPUT);
    caret->y = y;
}

enum field_result prompt_paste(struct field *field, struct shell *shell, const char *text,
                               size_t length)
{
    enum field_result result = field_paste(field, text, length);
    if (result == FIELD_FULL) {
        shell_flash(shell, STYLE_WARN, FIELD_FULL_SAYS, field->max);
    }
    return result;
}
