#ifndef TUI_VIEW_BASKET_H
#define TUI_VIEW_BASKET_H

/*
 * The key `b`: begins to gather edits, shows what is gathered, and ends gathering while nothing is.
 */

#include "tui/view/plan.h"

/* `retry` handles rows that somebody else changed: another number. */
void basket_command(struct shell *shell, const struct plan_retry *retry);
/* Adds an edit. Several rows at once are shown. */
void basket_gather(struct shell *shell, const struct request *requests, size_t n_requests,
                   const struct plan_retry *retry);

#endif
