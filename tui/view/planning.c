#include "tui/view/planning.h"

#include "tui/panel/pages.h"

#include "core/base/banned.h"

static void (*s_ask)(struct console *console, const char *login); /* one console a process */

void planning_asks(void (*ask)(struct console *console, const char *login))
{
    s_ask = ask;
}

static void ask_again(struct console *console, const char *login)
{
    s_ask(console, login);
}

const struct plan_wishes planning_wishes = {.plan = planning_requests, .ask = ask_again};

void planning_requests(struct console *console, const char *action, const struct request *requests,
                       size_t n_requests)
{
    struct plan_input input = console_plan_input(console);
    struct refusals refusals;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    refusals_init(&refusals);
    if (plan_edit(&input, action, requests, n_requests, &refusals, &plan, &err) == ERR_OK) {
        view_plan_open(console, plan, requests, n_requests, &planning_wishes);
    } else if (refusals.n_items > 1) {
        console_say(console, STYLE_ERROR, "%s: %zu of %zu cannot be done", action, refusals.n_items,
                    n_requests);
        console_push(console, page_refusals(action, &refusals));
    } else {
        console_say_error(console, action, &err);
    }
    refusals_release(&refusals);
}
