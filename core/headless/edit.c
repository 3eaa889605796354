#include "core/headless/run.h"

#include "core/plan/import_file.h"

#include "core/base/banned.h"

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

static int run_requests(struct run *run, const struct request *requests, size_t n)
{
    struct plan_input input;
    const char *action = action_info(run->settings->action)->name;
    if (run_load(run, LOAD_NORMAL) == ERR_OK &&
        (!needs_directory(requests, n) || run_read_directory(run) == ERR_OK) &&
        run_plan_input(run, &input) == ERR_OK &&
        plan_edit(&input, action, requests, n, &run->refusals, &run->plan, &run->err) == ERR_OK) {
        run_carry_out(run, false);
    }
    return run_report_plan(run);
}

int run_edit(struct run *run)
{
    return run_requests(run, run->settings->requests, run->settings->n_requests);
}

/* Every row is judged, by the reader and by the planner, before the first refusal counts. */
static void plan_import(struct run *run)
{
    struct plan_input input;
    struct import *import = &run->import;
    struct err planned = ERR_INIT;
    if (run_load(run, LOAD_NORMAL) != ERR_OK ||
        (needs_directory(import->requests, import->n_requests) &&
         run_read_directory(run) != ERR_OK) ||
        run_plan_input(run, &input) != ERR_OK) {
        return;
    }
    enum err_code code = plan_edit(&input, "import", import->requests, import->n_requests,
                                   &import->refusals, &run->plan, &planned);
    if (import_error(import, &run->err) != ERR_OK) {
        plan_free(run->plan);
        run->plan = NULL;
    } else if (code != ERR_OK) {
        run->err = planned;
    } else {
        run_carry_out(run, true);
    }
}

int run_import(struct run *run)
{
    run->imported = import_read(run->settings->import_path, &run->line.progress, &run->import,
                                &run->err) == ERR_OK;
    if (run->imported) {
        plan_import(run);
    }
    return run_report_plan(run);
}

int run_undo(struct run *run)
{
    struct history *history = NULL;
    struct plan_input input;
    enum err_code code = session_history(run->session, 1, run->settings->undo_id,
                                         &run->line.progress, &history, &run->err);
    if (code == ERR_OK && history->n_actions == 0) {
        code = err_set(&run->err, ERR_NOT_FOUND, "there is no action to undo");
    }
    if (code == ERR_OK && run_load(run, LOAD_NORMAL) == ERR_OK &&
        run_plan_input(run, &input) == ERR_OK &&
        plan_undo(&input, &history->actions[0], &run->plan, &run->err) == ERR_OK) {
        run_carry_out(run, true);
    }
    int status = run_report_plan(run);
    history_free(history);
    return status;
}
