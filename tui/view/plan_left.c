/*
 * What was not applied of a plan: it is planned again, from its requests or by the job that made it.
 */
#include "tui/view/plan_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

static bool is_about(const struct change *change, const struct request *request)
{
    if (request->agent) {
        return change->agent && strcmp(change->agent, request->agent) == 0;
    }
    return change->ext && request->ext && strcmp(change->ext, request->ext) == 0;
}

/* The row of a request that was not applied; NULL: it was applied, or left out. */
static const struct change *row_left(const struct plan *plan, const struct request *request)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (is_about(change, request) && !change->left_out && view_plan_is_left(change)) {
            return change;
        }
    }
    return NULL;
}

/* The same requests on what the store holds now. */
static void plan_requests_again(struct plan_view *view, struct shell *shell, const char *action)
{
    struct request *wanted = mem_array(view->n_requests, sizeof *wanted);
    const struct change *row = NULL;
    size_t n = 0;
    for (size_t i = 0; i < view->n_requests; i++) {
        const struct change *left = row_left(view->plan, &view->requests[i]);
        if (left) {
            wanted[n++] = view->requests[i];
            row = left;
        }
    }
    bool taken = n == 1 && row->result == RESULT_CONFLICT && !wanted[0].swap && wanted[0].agent &&
                 (wanted[0].kind == CHANGE_ASSIGN || wanted[0].kind == CHANGE_REASSIGN);
    if (taken) { /* the same number on what is there now, or another one? */
        view->retry->ask(shell, wanted[0].agent, wanted[0].ext);
    } else if (n > 0) {
        view->retry->plan(shell, action, wanted, n);
    }
    free(wanted);
}

/* Gives a command to the view below. */
unsigned view_plan_give(struct shell *shell, enum command command)
{
    shell->stack.given = (struct given){.command = command};
    return REACT_CLOSE | REACT_GIVEN;
}

/* Plans again what was not applied: from its requests, or by the job that made the plan. */
unsigned view_plan_again(struct plan_view *view, struct shell *shell)
{
    static const struct {
        const char *action;
        enum command command;
    } jobs[] = {{"sync", CMD_SYNC}, {"init", CMD_INIT}, {"repair", CMD_DOCTOR}};
    char action[32];
    snprintf(action, sizeof action, "%s", view->plan->action);
    if (view->n_requests > 0) {
        plan_requests_again(view, shell, action);
        return REACT_CLOSE;
    }
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        if (strcmp(action, jobs[i].action) == 0) {
            return view_plan_give(shell, jobs[i].command);
        }
    }
    shell_say(shell, STYLE_INFO,
              "%s: the rest was not applied; to plan it again, open the history (%s)", action,
              frame_key(shell, CMD_HISTORY));
    return REACT_CLOSE;
}
