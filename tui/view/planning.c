#include "tui/view/planning.h"

#include "tui/panel/pages.h"

#include "core/base/banned.h"

static void (*s_ask)(struct shell *shell, const char *login); /* one console a process */

void planning_asks(void (*ask)(struct shell *shell, const char *login))
{
    s_ask = ask;
}

static void ask_again(struct shell *shell, const char *login)
{
    s_ask(shell, login);
}

const struct plan_retry planning_retry = {.plan = planning_requests, .ask = ask_again};

void planning_requests(struct shell *shell, const char *action, const struct request *requests,
                       size_t n_requests)
{
    struct plan_input input = shell_plan_input(shell);
    struct refusals refusals;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    refusals_init(&refusals);
    if (plan_edit(&input, action, requests, n_requests, &refusals, &plan, &err) == ERR_OK) {
        view_plan_open(shell, plan, requests, n_requests, &planning_retry);
    } else if (refusals.n_items > 1) {
        shell_say(shell, STYLE_ERROR, "%s: %zu of %zu cannot be done", action, refusals.n_items,
                  n_requests);
        shell_push(shell, page_refusals(action, &refusals));
    } else {
        shell_say_error(shell, action, &err);
    }
    refusals_release(&refusals);
}
