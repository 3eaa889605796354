#include "core/headless_run.h"

#include "core/banned.h"

/* What operators ask for by name: edits, imports, and taking an action back. */

/* Whether the requests name agents that have to be in the directory. */
static bool needs_directory(const struct request *requests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (requests[i].kind == CHANGE_ASSIGN ||
            (requests[i].kind == CHANGE_REASSIGN && !requests[i].swap)) {
            return true;
        }
    }
    return false;
}

static int run_requests(struct run *run, const struct request *requests, size_t n, bool ask)
{
    struct plan_input input;
    const char *action = action_info(run->settings->action)->name;
    if (run_load(run, LOAD_NORMAL) == ERR_OK &&
        (!needs_directory(requests, n) || run_read_directory(run) == ERR_OK) &&
        run_plan_input(run, &input) == ERR_OK &&
        plan_edit(&input, action, requests, n, &run->refusals, &run->plan, &run->err) == ERR_OK) {
        run_carry_out(run, ask);
    }
    return run_report_plan(run);
}

int run_edit(struct run *run)
{
    return run_requests(run, run->settings->requests, run->settings->n_requests, false);
}
