#include "tui/view/jobs.h"

#include <stdio.h>

#include "tui/panel/pages.h"
#include "tui/shell/work.h"
#include "tui/view/applied.h"
#include "tui/view/doctor.h"
#include "tui/view/left_out.h"
#include "tui/view/plan.h"
#include "tui/view/planning.h"

#include "core/base/banned.h"

/* The command that starts the job and opens its result. */
static enum command opened_by(enum work_kind kind)
{
    return kind == WORK_SYNC       ? CMD_SYNC
           : kind == WORK_UNDO     ? CMD_UNDO
           : kind == WORK_REDO     ? CMD_REDO
           : kind == WORK_INIT     ? CMD_INIT
           : kind == WORK_IMPORT   ? CMD_IMPORT
           : kind == WORK_RENUMBER ? CMD_RENUMBER
                                   : CMD_NONE;
}

/* The rows that cannot be done come first; the plan of the others is behind them. */
static void offer_left_out(struct shell *shell, struct work *work)
{
    struct import *import = &work->use.import;
    size_t n_out = import->refusals.n_items;
    struct ready result = {.opens = CMD_IMPORT};
    snprintf(result.badge, sizeof result.badge, "import: %s out", frame_count(n_out));
    snprintf(result.says, sizeof result.says, "import: %s of %s row%s left out", frame_count(n_out),
             frame_count(import->n_rows), n_out == 1 ? " is" : "s are");
    result.view = view_left_out_new(import, work->use.plan, work->argument);
    work->use.plan = NULL;
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
        offer_left_out(shell, work);
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
    /* An undo that waits can be opened meanwhile, a new one cannot begin. */
    if (shell_busy(shell)) {
        shell_flash(shell, STYLE_WARN, "undo: other work is under way");
        return;
    }
    work_start(shell, WORK_UNDO, action_id, planned);
}

void job_redo(struct shell *shell)
{
    work_start(shell, WORK_REDO, NULL, planned);
}

void job_renumber(struct shell *shell, const char *ranges)
{
    work_start(shell, WORK_RENUMBER, ranges, planned);
}

void job_import(struct shell *shell, const char *path)
{
    work_start(shell, WORK_IMPORT, path, planned);
}

/* ---- what was then ---------------------------------------------------------------------------- */

#define PAST_MAX ((size_t)16 << 20)

static void put_then(struct buf *out, const struct shell *shell, const struct rewound *then,
                     const struct slot *slot)
{
    int64_t at_s = then->snapshot->read_at_s;
    enum ext_state state = policy_state(session_policy(shell->place.session), slot, at_s);
    const struct rewind_doubt *doubt = rewound_doubt(then, slot->ext);
    char when[WHEN_MAX];
    when_moment(slot->at_s, shell_now_s(shell), when);
    buf_printf(out, "%s  %-8s  %s", slot->ext,
               state == EXT_ABSENT ? "unknown" : ext_state_name(state),
               slot->agent ? slot->agent : "");
    if (doubt && doubt->kind == DOUBT_HELD_BEFORE) {
        buf_puts(out, "  held since before it was adopted");
    } else if (slot->at_s != 0) {
        buf_printf(out, "  since %s", when);
    }
    buf_printf(out, "%s%s\n", slot->note ? "  " : "", slot->note ? slot->note : "");
}

/* What somebody had, or nobody could get; free numbers are counted. */
static void wound_back(struct shell *shell, struct work *work)
{
    struct buf text;
    char when[WHEN_MAX];
    size_t n_free = 0;
    if (work->job.err.code != ERR_OK) {
        shell_say_error(shell, "at", &work->job.err);
        return;
    }
    const struct snapshot *snapshot = work->then->snapshot;
    buf_init(&text, PAST_MAX);
    when_moment(snapshot->read_at_s, shell_now_s(shell), when);
    buf_printf(&text, "#As of %s\n", when);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        bool is_free = slot->state == SLOT_FREE && !slot->agent;
        n_free += is_free;
        if (!is_free) {
            put_then(&text, shell, work->then, slot);
        }
    }
    buf_printf(&text, "\n%s free and never used\n", frame_count(n_free));
    struct ready result = {.opens = CMD_AT, .view = page_new("AS OF THEN", text.data)};
    snprintf(result.badge, sizeof result.badge, "at");
    snprintf(result.says, sizeof result.says, "the pool as of %s", when);
    buf_release(&text);
    shell_offer(shell, &result, work->typed);
}

void job_past(struct shell *shell, const char *at)
{
    work_start(shell, WORK_PAST, at, wound_back);
}

void job_doctor(struct shell *shell)
{
    work_start(shell, WORK_DOCTOR, NULL, examined);
}

void job_export(struct shell *shell, const char *to)
{
    work_start(shell, WORK_EXPORT, to, published);
}
