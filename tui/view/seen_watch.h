#ifndef TUI_VIEW_SEEN_WATCH_H
#define TUI_VIEW_SEEN_WATCH_H

/*
 * A row that somebody else changed is seen when the cursor has rested on it for a second. Nothing
 * runs as long as it stands elsewhere.
 */

#include "tui/shell/shell.h"

struct seen_watch {
    char login[LOGIN_MAX + 1]; /* the row under the cursor; "": none */
    char ext[EXT_ROOM];
    uint64_t serial; /* its newest change that was not seen; 0: none */
    int64_t at_ms;   /* when it will have been seen; LOOP_FOREVER */
};

void seen_watch_init(struct seen_watch *watch);
/* After each drawing; `login` and `ext` of the current row, NULL: none. */
void seen_watch_drawn(struct seen_watch *watch, const struct shell *shell, const char *login,
                      const char *ext);
/* At `at_ms`. A row below another view is not seen. */
unsigned seen_watch_act(struct seen_watch *watch, struct shell *shell);

#endif
