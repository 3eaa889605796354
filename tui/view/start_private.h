#ifndef TUI_VIEW_START_PRIVATE_H
#define TUI_VIEW_START_PRIVATE_H

/* Between start.c, which takes the keys of the form, and start_draw.c, which draws it. */

#include "tui/view/start.h"
#include "tui/widget/field.h"

#define START_FIELDS SETUP_PROFILE /* the fields that have the keyboard come before it */

struct start {
    struct view view;
    const struct start_hooks *hooks;
    char path[SETUP_ROOM];
    struct field fields[SETUP_N];
    enum setup_field focus;
    bool typing;      /* keys are text */
    char offers[512]; /* what Tab found; "" */
    char told[SETUP_EXPORT + 1][ERR_TEXT_MAX];
    char profile[256];
    char says[ERR_TEXT_MAX + ERR_HINT_MAX + 4];
    enum style says_style;
};

void start_draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret);

#endif
