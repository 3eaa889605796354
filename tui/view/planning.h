#ifndef TUI_VIEW_PLANNING_H
#define TUI_VIEW_PLANNING_H

/* Plans requests on the data of the screen, and shows the plan. Nothing here writes. */

#include "core/plan/plan.h"
#include "tui/view/plan.h"

/* Plans the requests (copied) and opens the plan, or says why not; while edits are gathered they go into
   the basket. */
void planning_requests(struct shell *shell, const char *action, const struct request *requests,
                       size_t n_requests);

/* The key of the basket: tui/view/basket.h. */
void planning_basket(struct shell *shell);

/* What a plan made from requests does after a conflict. */
extern const struct plan_retry planning_retry;

/* Sets the function that asks for a number again after a conflict. */
void planning_asks(void (*ask)(struct shell *shell, const char *login, const char *ext));

#endif
