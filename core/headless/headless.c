#include "core/headless/run.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static void run_release(struct run *run)
{
    progress_line_end(&run->line);
    usecase_release(&run->use);
    port_info_release(&run->facts);
    rewound_free(run->then);
    session_close(run->session);
}

/* ---- the whole --------------------------------------------------------------------------- */

static int run_action(struct run *run)
{
    const struct settings *settings = run->settings;
    switch (settings->action) {
    case ACTION_SYNC:
        return run_sync(run);
    case ACTION_INIT:
        return run_init(run);
    case ACTION_ASSIGN:
    case ACTION_RELEASE:
    case ACTION_REASSIGN:
    case ACTION_SWAP:
    case ACTION_RESERVE:
    case ACTION_UNRESERVE:
    case ACTION_PIN:
    case ACTION_UNPIN:
    case ACTION_EXEMPT:
    case ACTION_UNEXEMPT:
    case ACTION_FALLBACK:
        return run_edit(run);
    case ACTION_RENUMBER:
        return run_renumber(run);
    case ACTION_IMPORT:
        return run_import(run);
    case ACTION_UNDO:
        return run_undo(run);
    case ACTION_REDO:
        return run_redo(run);
    case ACTION_APPLY:
        return run_apply(run);
    case ACTION_DOCTOR:
        return run_doctor(run);
    case ACTION_EXPORT:
        return run_export(run);
    case ACTION_STATUS:
        return run_status(run);
    case ACTION_METRICS:
        return run_metrics(run);
    case ACTION_LIST_:
        return run_list(run);
    case ACTION_LOOKUP:
        return run_lookup(run);
    case ACTION_HISTORY:
        return run_history(run);
    case ACTION_REPORT:
        return run_report(run);
    case ACTION_CONSOLE:
    case ACTION_DEMO:
    case ACTION_CHECK_CONFIG:
    case ACTION_HELP:
    case ACTION_VERSION:
    case ACTION_COMPLETION:
    case ACTION_COMPLETE:
    case ACTION_COUNT:
        break;
    }
    err_set(&run->use.err, ERR_INTERNAL, "not a headless action");
    return run_report_failure(run);
}

static size_t count_done(const struct plan *plan, enum change_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        n += plan->changes[i].kind == kind && plan->changes[i].result == RESULT_DONE;
    }
    return n;
}

static void tell(const struct run *run, struct headless_result *result)
{
    const struct usecase *use = &run->use;
    const struct snapshot *now = use->after ? use->after : use->snapshot;
    *result = (struct headless_result){.err = use->err.code != ERR_OK ? use->err : use->export_err,
                                       .applied = use->outcome.applied,
                                       .conflicts = use->outcome.conflicts,
                                       .failed = use->outcome.failed,
                                       .not_tried = use->outcome.not_tried,
                                       .in_doubt = use->outcome.in_doubt};
    if (now && run->session) {
        snapshot_tally(now, session_policy(run->session), session_now_s(run->session),
                       result->counts);
        result->counted = true;
    }
    if (use->plan) {
        if (plan_lacks_directory(use->plan)) {
            err_set(&result->err, ERR_GUARD,
                    "the directory was read only in part, and nothing is taken back: %s",
                    use->plan->partial);
        }
        for (size_t i = 0; i < use->plan->n_withheld_groups; i++) {
            err_set(&result->err, ERR_GUARD, "nothing is taken back in the group %s: it %s",
                    use->plan->withheld_groups[i].name, use->plan->withheld_groups[i].text);
        }
        result->unassigned = use->plan->n_unassigned;
        result->released = count_done(use->plan, CHANGE_RELEASE);
    }
}

int headless_run(const struct headless_options *options, struct headless_result *result)
{
    struct report *report = options->report;
    struct run run = {
        .settings = options->settings,
        .report = report,
        .start_ms = clock_ticks_ms(),
    };
    interrupt_install();
    progress_line_init(&run.line, report->quiet ? NULL : report->err, report->err_columns);
    run.line.stop_at_ms = options->stop_at_ticks_ms;
    usecase_init(&run.use, NULL, &run.line.progress);
    run.use.wants_after = result != NULL;
    run.use.publishes_after_stop = options->publishes_after_stop;
    port_info_init(&run.facts);
    int status;
    const struct session_options opening = {options->settings, options->ports, options->n_ports,
                                            options->clock, options->via};
    if (session_open(&opening, &run.session, &run.use.err) != ERR_OK) {
        status = run_report_failure(&run);
    } else {
        run.use.session = run.session;
        status = run_action(&run);
    }
    if (result) {
        tell(&run, result);
    }
    run_release(&run);
    interrupt_restore();
    return status;
}
