#include "core/headless/run.h"

#include <string.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static void run_release(struct run *run)
{
    progress_line_end(&run->line);
    plan_free(run->plan);
    roster_unref(run->roster);
    snapshot_unref(run->snapshot);
    refusals_release(&run->refusals);
    if (run->imported) {
        import_release(&run->import);
    }
    port_info_release(&run->facts);
    session_close(run->session);
}

/* ---- what an exit status says ------------------------------------------------------------ */

int run_status_of_plan(const struct run *run)
{
    const struct plan *plan = run->plan;
    if (run->err.code != ERR_OK) {
        bool some = run->outcome.applied > 0;
        return err_exit_status(some ? ERR_PARTIAL : run->err.code);
    }
    if (run->outcome.conflicts > 0 || run->outcome.failed > 0) {
        return err_exit_status(ERR_PARTIAL);
    }
    if (plan_results(plan, RESULT_CONFLICT) > 0) {
        return err_exit_status(ERR_PARTIAL); /* an undo that found something else there */
    }
    if (run->settings->dry_run && run->settings->exit_code && plan_has_work(plan)) {
        return 2;
    }
    if (plan->n_unassigned > 0) {
        return err_exit_status(ERR_POOL_EMPTY);
    }
    return err_exit_status(run->export_err.code);
}

/* ---- steps ------------------------------------------------------------------------------- */

enum err_code run_load(struct run *run, enum load_mode mode)
{
    return session_load(run->session, mode, &run->line.progress, &run->snapshot, &run->err);
}

enum err_code run_read_directory(struct run *run)
{
    enum err_code code =
        session_read_directory(run->session, &run->line.progress, &run->roster, &run->err);
    if (code == ERR_OK && run->roster->note && !run->settings->quiet) {
        struct arena arena = ARENA_INIT;
        progress_line_end(&run->line);
        fprintf(run->report->err, "note: %s\n", text_sanitise(&arena, run->roster->note));
        arena_release(&arena);
    }
    return code;
}

/* The actor is part of a plan (`by`), so it is asked for before one is made. */
enum err_code run_plan_input(struct run *run, struct plan_input *input)
{
    const char *actor;
    enum err_code code = session_actor(run->session, &actor, &run->err);
    *input = session_plan_input(run->session, run->snapshot, run->roster);
    return code;
}

static enum err_code judge(struct run *run)
{
    guard_judge(run->plan, &run->settings->policy.limit, &run->guard);
    run->judged = true;
    return guard_error(&run->guard, &run->err);
}

/* Where a person sits at both ends, what they did not name change by change is asked for once. */
static bool confirmed(struct run *run)
{
    if (run->settings->yes || run->settings->dry_run || run->report->json ||
        !plan_has_work(run->plan) || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        return true;
    }
    struct action_report shown = {
        .action = run->plan->action, .dry_run = true, .plan = run->plan, .guard = &run->guard};
    run->asked = true;
    progress_line_end(&run->line);
    report_text_action(run->report, &shown);
    fflush(run->report->out);
    fprintf(run->report->err, "Apply this plan? [y/N] ");
    fflush(run->report->err);
    char answer[16] = "";
    if (!interrupt_wait_input(STDIN_FILENO)) {
        fputc('\n', run->report->err);
        err_set(&run->err, ERR_CANCELLED, "stopped: nothing was written");
        return false;
    }
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y')) {
        return true;
    }
    err_set(&run->err, ERR_CANCELLED, "not confirmed: nothing was written");
    return false;
}

static void apply(struct run *run)
{
    run->tried = true;
    enum err_code code =
        session_apply(run->session, run->plan, &run->line.progress, &run->outcome, &run->err);
    /* What stopped it stands in run->err; what was done in the outcome. */
    if (code == ERR_CANCELLED && run->outcome.applied > 0) {
        err_hint(&run->err, "What was applied stays; the same command does the rest");
    }
}

static const struct refusals *refusals_of(const struct run *run)
{
    return run->imported ? &run->import.refusals : &run->refusals;
}

struct action_report run_action_report(struct run *run, int status)
{
    if (run->session) {
        session_facts(run->session, &run->facts);
    }
    return (struct action_report){
        .action = action_info(run->settings->action)->name,
        .dry_run = run->settings->dry_run,
        .plan = run->plan,
        .plan_said = run->asked,
        .outcome = run->tried ? &run->outcome : NULL,
        .export = run->exported ? &run->receipt : NULL,
        .guard = run->judged ? &run->guard : NULL,
        .err = &run->err,
        .refusals = refusals_of(run),
        .facts = &run->facts,
        .export_err = &run->export_err,
        .duration_ms = clock_ticks_ms() - run->start_ms,
        .exit = status,
    };
}

/* The report of an action that makes a plan; without one there is only the error. */
int run_report_plan(struct run *run)
{
    progress_line_end(&run->line);
    bool refused = refusals_of(run)->n_items > 0;
    int status = run->plan ? run_status_of_plan(run) : err_exit_status(run->err.code);
    struct action_report action = run_action_report(run, status);
    if (run->report->json && !run->plan && !refused) {
        report_json_error(run->report, &run->err, status);
    } else if (run->report->json) {
        report_json_action(run->report, &action);
    } else {
        report_text_action(run->report, &action);
    }
    return status;
}

int run_report_failure(struct run *run)
{
    progress_line_end(&run->line);
    int status = err_exit_status(run->err.code);
    if (run->report->json) {
        report_json_error(run->report, &run->err, status);
    } else {
        report_text_error(run->report, &run->err);
    }
    return status;
}

/* Judges, asks, writes. */
void run_carry_out(struct run *run, bool ask)
{
    enum err_code code = judge(run);
    if (code != ERR_OK || run->settings->dry_run || (ask && !confirmed(run))) {
        return;
    }
    apply(run);
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
        return run_edit(run);
    case ACTION_IMPORT:
        return run_import(run);
    case ACTION_UNDO:
        return run_undo(run);
    case ACTION_DOCTOR:
        return run_doctor(run);
    case ACTION_EXPORT:
        return run_export(run);
    case ACTION_STATUS:
        return run_status(run);
    case ACTION_LIST_:
        return run_list(run);
    case ACTION_LOOKUP:
        return run_lookup(run);
    case ACTION_HISTORY:
        return run_history(run);
    case ACTION_CONSOLE:
    case ACTION_DEMO:
    case ACTION_HELP:
    case ACTION_VERSION:
    case ACTION_COMPLETION:
    case ACTION_COUNT:
        break;
    }
    err_set(&run->err, ERR_INTERNAL, "not a headless action");
    return run_report_failure(run);
}

int headless_run(const struct settings *settings, const struct port *ports, size_t n_ports,
                 const struct clock *clock, struct report *report)
{
    struct run run = {
        .settings = settings,
        .report = report,
        .err = ERR_INIT,
        .export_err = ERR_INIT,
        .start_ms = clock_ticks_ms(),
    };
    interrupt_install();
    progress_line_init(&run.line, report->quiet ? NULL : report->err, report->err_columns);
    refusals_init(&run.refusals);
    port_info_init(&run.facts);
    int status;
    if (session_open(settings, ports, n_ports, clock, &run.session, &run.err) != ERR_OK) {
        status = run_report_failure(&run);
    } else {
        status = run_action(&run);
    }
    run_release(&run);
    interrupt_restore();
    return status;
}
