#include "core/headless/run.h"

#include <string.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* ---- what an exit status says ------------------------------------------------------------ */

int run_status_of_plan(const struct run *run)
{
    const struct plan *plan = run->use.plan;
    enum err_code export_code = run->use.export_err.code;
    bool some = run->use.outcome.applied > 0 || run->use.outcome.in_doubt > 0;
    if (run->use.err.code != ERR_OK) {
        return err_exit_status(some ? ERR_PARTIAL : run->use.err.code);
    }
    if (run->use.outcome.conflicts > 0 || run->use.outcome.failed > 0) {
        return err_exit_status(ERR_PARTIAL);
    }
    if (plan_results(plan, RESULT_CONFLICT) > 0) {
        return err_exit_status(ERR_PARTIAL); /* an undo that found something else there */
    }
    if (plan_lacks_directory(plan) || plan->n_withheld_groups > 0) {
        return err_exit_status(ERR_GUARD); /* the rest is applied */
    }
    if (run->settings->dry_run && run->settings->exit_code && plan_has_work(plan)) {
        return 2;
    }
    /* The pool is in order, but its list is not published: that is told apart from a failure. */
    if (export_code != ERR_OK) {
        bool told = some && export_code != ERR_GUARD;
        return err_exit_status(told ? ERR_PARTIAL : export_code);
    }
    return err_exit_status(plan->n_unassigned > 0 ? ERR_POOL_EMPTY : ERR_OK);
}

/* ---- steps ------------------------------------------------------------------------------- */

static void say_note(struct run *run, const char *before, const char *note)
{
    struct arena arena = ARENA_INIT;
    progress_line_end(&run->line);
    fprintf(run->report->err, "%snote: %s%s\n", report_priority(run->report, LOG_INFO), before,
            text_sanitise(&arena, note));
    arena_release(&arena);
}

void run_say_note(struct run *run)
{
    const struct roster *roster = run->use.roster;
    if (roster && roster->note && !run->settings->quiet) {
        say_note(run, "", roster->note);
    }
    if (roster && roster->partial && !run->use.plan && !run->settings->quiet) {
        say_note(run, "the directory was read only in part: ", roster->partial);
    }
}

/* If a person is at both ends, they confirm once the changes that they did not name one by one. */
static bool confirmed(struct run *run)
{
    if (run->settings->yes || run->settings->dry_run || run->report->json ||
        !plan_has_work(run->use.plan) || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        return true;
    }
    struct action_report shown = {.action = run->use.plan->action,
                                  .dry_run = true,
                                  .plan = run->use.plan,
                                  .guard = &run->use.guard};
    run->asked = true;
    progress_line_end(&run->line);
    report_text_action(run->report, &shown);
    fflush(run->report->out);
    fprintf(run->report->err, "Apply this plan? [y/N] ");
    fflush(run->report->err);
    char answer[16] = "";
    if (!interrupt_wait_input(STDIN_FILENO)) {
        fputc('\n', run->report->err);
        err_set(&run->use.err, ERR_CANCELLED, "stopped: nothing was written");
        return false;
    }
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y')) {
        return true;
    }
    err_set(&run->use.err, ERR_CANCELLED, "not confirmed: nothing was written");
    return false;
}

static const struct refusals *refusals_of(const struct run *run)
{
    return run->use.import.file ? &run->use.import.refusals : &run->use.refusals;
}

struct action_report run_action_report(struct run *run, int status)
{
    if (run->session) {
        session_facts(run->session, &run->facts);
    }
    return (struct action_report){
        .action = action_info(run->settings->action)->name,
        .dry_run = run->settings->dry_run,
        .plan = run->use.plan,
        .plan_said = run->asked,
        .plan_out = run->settings->plan_out,
        .digest = run->digest[0] ? run->digest : run->use.plan_file,
        .outcome = run->use.tried ? &run->use.outcome : NULL,
        .export =
            run->use.exported || run->use.export_err.code != ERR_OK ? &run->use.receipt : NULL,
        .publish_guard = run->use.receipt.guard.refused ? &run->use.receipt.guard : NULL,
        .guard = run->use.judged ? &run->use.guard : NULL,
        .err = &run->use.err,
        .refusals = refusals_of(run),
        .facts = &run->facts,
        .export_err = &run->use.export_err,
        .duration_ms = clock_ticks_ms() - run->start_ms,
        .exit = status,
    };
}

/* The report of an action that makes a plan; without one there is only the error. */
int run_report_plan(struct run *run)
{
    progress_line_end(&run->line);
    run_say_note(run);
    bool refused = refusals_of(run)->n_items > 0;
    int status = run->use.plan ? run_status_of_plan(run) : err_exit_status(run->use.err.code);
    struct action_report action = run_action_report(run, status);
    if (run->report->json && !run->use.plan && !refused && !run->use.judged) {
        report_json_error(run->report, &run->use.err, status);
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
    int status = err_exit_status(run->use.err.code);
    if (run->report->json) {
        report_json_error(run->report, &run->use.err, status);
    } else {
        report_text_error(run->report, &run->use.err);
    }
    return status;
}

/* After a stop. Numbers that are not made yet are no sign that the pool ran out. */
static void hint_the_rest(struct usecase *use)
{
    char number[TEXT_NUMBER_ROOM];
    size_t unmade = 0;
    for (size_t i = 0; i < use->plan->n_changes; i++) {
        const struct change *change = &use->plan->changes[i];
        for (size_t k = 0; k < change->n_steps && change->result != RESULT_DONE; k++) {
            unmade += !change->steps[k].before;
        }
    }
    if (unmade == 0) {
        err_hint(&use->err, "Applied changes stay; the same command does the rest");
    } else {
        err_hint(&use->err,
                 "Applied changes stay; %s number%s not made yet; the same command does the rest",
                 text_number(unmade, number), unmade == 1 ? " is" : "s are");
    }
}

/* Also a plan that a guard refuses is kept: it is judged again when the file is applied. */
static void save_plan(struct run *run)
{
    struct usecase *use = &run->use;
    struct err judged = use->err;
    if (!run->settings->plan_out || !plan_has_work(use->plan)) {
        return;
    }
    err_clear(&use->err);
    if (usecase_save_plan(use, run->settings->plan_out, run->digest) == ERR_OK) {
        use->err = judged;
    }
}

/* Judges, asks, writes. */
void run_carry_out(struct run *run, bool ask)
{
    struct usecase *use = &run->use;
    enum err_code judged = usecase_judge(use);
    save_plan(run);
    if (judged != ERR_OK || run->settings->dry_run || (ask && !confirmed(run))) {
        return;
    }
    /* What stopped it stands in use->err; what was done in the outcome. */
    enum err_code code = usecase_apply(use);
    if (code == ERR_OK) {
        return;
    }
    if (use->outcome.in_doubt > 0) {
        err_hint(&use->err, "Changes in doubt were sent, but no answer came. Run the same command "
                            "again: it finds out what became of them and does the rest");
    } else if (code == ERR_CANCELLED && use->outcome.applied > 0) {
        hint_the_rest(use);
    }
}
