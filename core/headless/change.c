/*
 * Actions that change something: each plans through its use-case, carries out, and reports.
 */
#include "core/headless/run.h"
#include "core/session/places.h"

#include "core/base/text.h"

#include "core/base/banned.h"

int run_sync(struct run *run)
{
    run->use.take_over = run->settings->take_over;
    if (usecase_plan_sync(&run->use) == ERR_OK) {
        run_carry_out(run, false);
    }
    int status = run_report_plan(run);
    if (!run->settings->dry_run && !run->settings->read_only) { /* these are no syncs */
        const struct outcome *outcome = &run->use.outcome;
        const struct last_sync last = {.at_s = clock_now_ms(&clock_system) / 1000,
                                       .exit = status,
                                       .duration_ms = clock_ticks_ms() - run->start_ms,
                                       .conflicts = outcome->conflicts,
                                       .failed = outcome->failed};
        last_sync_save(run->settings, &last);
    }
    return status;
}

int run_init(struct run *run)
{
    const struct port_info *warnings = &run->use.warnings;
    enum err_code code = usecase_plan_init(&run->use, run->settings->dry_run);
    progress_line_end(&run->line);
    for (size_t i = 0; i < warnings->n_items; i++) {
        struct arena arena = ARENA_INIT;
        fprintf(run->report->err, "%swarning: %s: %s\n", report_priority(run->report, LOG_WARN),
                warnings->items[i].name, text_sanitise(&arena, warnings->items[i].value));
        arena_release(&arena);
    }
    if (code == ERR_OK) {
        run_carry_out(run, false);
    }
    return run_report_plan(run);
}

int run_edit(struct run *run)
{
    const struct settings *settings = run->settings;
    if (usecase_plan_edit(&run->use, action_info(settings->action)->name, settings->requests,
                          settings->n_requests) == ERR_OK) {
        run_carry_out(run, false);
    }
    return run_report_plan(run);
}

int run_renumber(struct run *run)
{
    if (usecase_plan_renumber(&run->use, &run->settings->renumbering) == ERR_OK) {
        run_carry_out(run, true);
    }
    return run_report_plan(run);
}

int run_import(struct run *run)
{
    if (usecase_plan_import(&run->use, run->settings->import_path) == ERR_OK) {
        run_carry_out(run, true);
    }
    return run_report_plan(run);
}

int run_undo(struct run *run)
{
    if (usecase_plan_undo(&run->use, run->settings->undo_id) == ERR_OK) {
        run_carry_out(run, true);
    }
    return run_report_plan(run);
}

int run_redo(struct run *run)
{
    if (usecase_plan_redo(&run->use) == ERR_OK) {
        run_carry_out(run, true);
    }
    return run_report_plan(run);
}

int run_apply(struct run *run)
{
    if (usecase_plan_file(&run->use, run->settings->plan_path) == ERR_OK) {
        run_carry_out(run, true);
    }
    return run_report_plan(run);
}

/* The places first: what they say explains why the store cannot be read. */
static int report_doctor(struct run *run, struct doctor_report *doctor, const struct checks *checks)
{
    doctor->checks = run->settings->all ? checks : NULL;
    if (doctor->checks) {
        doctor->directory_uri = NULL;
        doctor->export_uri = NULL;
        doctor->exit = doctor->exit == 0 && checks_wrong(checks) > 0 ? 2 : doctor->exit;
    }
    progress_line_end(&run->line);
    if (run->report->json) {
        report_json_doctor(run->report, doctor);
    } else {
        report_text_doctor(run->report, doctor);
    }
    return doctor->exit;
}

static int examine_and_repair(struct run *run, const struct checks *checks)
{
    struct usecase *use = &run->use;
    struct action_report action;
    int status = 0;
    if (usecase_examine(use) != ERR_OK) {
        struct doctor_report failed = {.err = &use->err, .exit = err_exit_status(use->err.code)};
        return run->settings->all ? report_doctor(run, &failed, checks) : run_report_failure(run);
    }
    struct arena arena = ARENA_INIT;
    struct source_counts sources;
    session_count_sources(use->session, use->snapshot, &arena, &sources);
    struct doctor_report doctor = {
        .diagnosis = use->diagnosis,
        .policy = session_policy(use->session),
        .sources = &sources,
        .directory_uri = session_directory_uri(use->session),
        .export_uri = session_export_uri(use->session),
    };
    size_t left = use->diagnosis->n_problems;
    if (run->settings->fix && left > 0) {
        if (usecase_plan_repair(use) == ERR_OK) {
            run_carry_out(run, true);
        }
        if (use->tried && use->outcome.applied > 0) {
            left = usecase_problems_left(use);
            size_t found = use->diagnosis->n_problems;
            doctor.fixed = found > left ? found - left : 0;
        }
        status = use->plan ? run_status_of_plan(run) : err_exit_status(use->err.code);
        action = run_action_report(run, status);
        doctor.repair = &action;
    }
    if (use->roster) {
        doctor.directory_uri = NULL; /* a repair read it */
    }
    doctor.exit = status != 0 ? status : left > 0 ? 2 : 0;
    status = report_doctor(run, &doctor, checks);
    arena_release(&arena);
    return status;
}

int run_doctor(struct run *run)
{
    struct checks checks;
    checks_init(&checks);
    if (run->settings->all) {
        places_examine(run->session, run->use.progress, &checks);
    }
    int status = examine_and_repair(run, &checks);
    checks_release(&checks);
    return status;
}
