#ifndef TUI_PANEL_PROMPT_LINE_H
#define TUI_PANEL_PROMPT_LINE_H

/*
 * What the prompts share: the line at the foot that somebody types in.
 */

#include "tui/shell/shell.h"

void prompt_draw_line(struct field *field, struct canvas *canvas, const char *label,
                      struct caret *caret);

/* A paste that does not fit is refused with a message. */
enum field_result prompt_paste(struct field *field, struct shell *shell, const char *text,
                               size_t length);

#endif
