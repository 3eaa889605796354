#include "tui/view/planning.h"

#include "tui/shell/gather.h"
#include "tui/view/basket.h"

#include "core/base/banned.h"

/* One console a process. */
static void (*s_ask)(struct shell *shell, const char *login, const char *ext);

void planning_asks(void (*ask)(struct shell *shell, const char *login, const char *ext))
{
    s_ask = ask;
}

static void ask_again(struct shell *shell, const char *login, const char *ext)
{
    s_ask(shell, login, ext);
}

const struct plan_retry planning_retry = {.plan = planning_requests, .ask = ask_again};

/* The only row is not possible: why. NULL: there is something to show. */
static const char *refusal_of(const struct plan *plan)
{
    bool alone = plan->n_changes == 1 && plan->changes[0].refused;
    return alone ? plan->changes[0].detail : NULL;
}

void planning_requests(struct shell *shell, const char *action, const struct request *requests,
                       size_t n_requests)
{
    if (gather_is_on(shell)) {
        basket_gather(shell, requests, n_requests, &planning_retry);
        return;
    }
    struct plan_input input = shell_plan_input(shell);
    struct plan *plan = plan_edit_possible(&input, action, requests, n_requests);
    const char *refusal = refusal_of(plan);
    if (refusal) {
        shell_say(shell, STYLE_ERROR, "%s: %s", action, refusal);
        plan_free(plan);
        return;
    }
    view_plan_open(shell, plan, requests, n_requests, &planning_retry);
}

void planning_basket(struct shell *shell)
{
    basket_command(shell, &planning_retry);
}
