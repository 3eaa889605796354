#ifndef TUI_VIEW_LIVE_WATCH_H
#define TUI_VIEW_LIVE_WATCH_H

/*
 * Asks what the agents on the screen do now. When the lists have rested, one request goes out for
 * those whom the cache does not know; the answer goes into the cache (tui/shell/live_cache.h),
 * wherever the cursor is by then.
 *
 *     live_watch_drawn(&watch, shell, lists);     after each drawing
 *     live_watch_at(&watch, shell)                when it wants to act
 *     live_watch_act(&watch, shell, lists);       then
 */

#include "tui/panel/pane.h"

struct live_watch {
    const struct screen_data *data; /* as it was drawn last; only compared */
    size_t top[2], cursor[2];
    int rows[2];
    unsigned renewals;
    int64_t at_ms;
};

/* The two lists as they stand on the screen; `rows` 0: not shown. */
struct live_lists {
    const struct pane *agents, *numbers;
    bool on_numbers; /* the cursor is there */
    int agent_rows, number_rows;
};

void live_watch_init(struct live_watch *watch);
void live_watch_drawn(struct live_watch *watch, const struct shell *shell,
                      const struct live_lists *lists);
/* clock_ticks_ms; LOOP_FOREVER: not by itself. */
int64_t live_watch_at(const struct live_watch *watch, const struct shell *shell);
void live_watch_act(struct live_watch *watch, struct shell *shell, const struct live_lists *lists);

#endif
