#include "tui/view/jobs.h"

#include <stdio.h>

#include "tui/panel/pages.h"
#include "tui/shell/work.h"
#include "tui/view/applied.h"
#include "tui/view/doctor.h"
#include "tui/view/plan.h"
#include "tui/view/planning.h"

#include "core/base/banned.h"

/* The command that starts the job and opens its result. */
static enum command opened_by(enum work_kind kind)
{
    return kind == WORK_SYNC     ? CMD_SYNC
           : kind == WORK_UNDO   ? CMD_UNDO
           : kind == WORK_REDO   ? CMD_REDO
           : kind == WORK_INIT   ? CMD_INIT
           : kind == WORK_IMPORT ? CMD_IMPORT
                                 : CMD_NONE;
}

static void offer_refusals(struct shell *shell, const struct work *work)
{
    const struct refusals *refusals = &work->use.import.refusals;
    struct ready result = {.opens = opened_by(work->kind),
                           .view = page_refusals(work->job.name, refusals)};
    snprintf(result.badge, sizeof result.badge, "%s refused", work->job.name);
    snprintf(result.says, sizeof result.says, "%s: refused, %s row%s cannot be done",
             work->job.name, frame_count(refusals->n_items), refusals->n_items == 1 ? "" : "s");
    shell_offer(shell, &result, work->typed);
}

/* Shows the plan, or why there is none. */
static void planned(struct shell *shell, struct work *work)
{
    for (size_t i = 0; i < work->use.warnings.n_items; i++) {
        shell_say(shell, STYLE_WARN, "%s: %s", work->use.warnings.items[i].name,
                  work->use.warnings.items[i].value);
    }
    if (work->kind == WORK_SYNC) {
        work_loaded(shell, work);
    } else if (work->job.err.code != ERR_OK) {
        shell_say_error(shell, work->job.name, &work->job.err);
    }
    if (work->use.import.refusals.n_items > 0) {
        offer_refusals(shell, work);
    }
    if (work->use.plan) {
        struct plan *plan = work->use.plan;
        work->use.plan = NULL;
        const struct plan_offer offer = {.requests = work->use.import.requests,
                                         .n_requests = work->use.import.n_requests,
                                         .retry = &planning_retry,
                                         .opens = opened_by(work->kind),
                                         .typed = work->typed};
        view_plan_offer(shell, plan, &offer);
    }
}

static void examined(struct shell *shell, struct work *work)
{
    if (work->job.err.code != ERR_OK) {
        shell_say_error(shell, "doctor", &work->job.err);
        return;
    }
    work_note_sources(shell, work);
    struct diagnosis *diagnosis = work->use.diagnosis;
    work->use.diagnosis = NULL;
    view_doctor_offer(shell, diagnosis, work->data->snapshot, work->data->roster, work->typed);
    shell_take_data(shell, work->data);
    work->data = NULL;
}

static void published(struct shell *shell, struct work *work)
{
    applied_say_export(shell, work, &work->job.err);
}

void job_sync(struct shell *shell)
{
    work_start(shell, WORK_SYNC, NULL, planned);
}

void job_init(struct shell *shell)
{
    work_start(shell, WORK_INIT, NULL, planned);
}

void job_undo(struct shell *shell, const char *action_id)
{
    work_start(shell, WORK_UNDO, action_id, planned);
}

void job_redo(struct shell *shell)
{
    work_start(shell, WORK_REDO, NULL, planned);
}

void job_import(struct shell *shell, const char *path)
{
    work_start(shell, WORK_IMPORT, path, planned);
}

void job_doctor(struct shell *shell)
{
    work_start(shell, WORK_DOCTOR, NULL, examined);
}

void job_export(struct shell *shell, const char *to)
{
    work_start(shell, WORK_EXPORT, to, published);
}
