#include "core/headless/run.h"

#include "core/base/banned.h"

/* ---- the doctor -------------------------------------------------------------------------- */

static bool has_kind(const struct diagnosis *diagnosis, enum problem_kind kind)
{
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        if (diagnosis->problems[i].kind == kind) {
            return true;
        }
    }
    return false;
}

/* Repairs, then looks again: what is gone was fixed. Returns how many that are. */
static size_t repair(struct run *run, const struct diagnosis *diagnosis, size_t *left)
{
    struct plan_input input;
    size_t fixed = 0;
    *left = diagnosis->n_problems;
    /* Who works here helps to choose which of two extensions an agent keeps; it is no condition. */
    if (has_kind(diagnosis, PROBLEM_TWO_EXTENSIONS) && session_directory_uri(run->session) &&
        run_read_directory(run) != ERR_OK) {
        err_clear(&run->err);
    }
    if (run_plan_input(run, &input) == ERR_OK &&
        plan_repair(&input, diagnosis, &run->plan, &run->err) == ERR_OK) {
        run_carry_out(run, true);
    }
    if (run->tried && run->outcome.applied > 0) {
        struct snapshot *again = NULL;
        struct err err = ERR_INIT;
        if (session_load(run->session, LOAD_WHOLE, &run->line.progress, &again, &err) == ERR_OK) {
            input = session_plan_input(run->session, again, NULL);
            struct diagnosis *after = doctor_examine(&input);
            *left = after->n_problems;
            fixed = diagnosis->n_problems > *left ? diagnosis->n_problems - *left : 0;
            diagnosis_free(after);
            snapshot_unref(again);
        }
    }
    return fixed;
}

int run_doctor(struct run *run)
{
    struct plan_input input;
    if (run_load(run, LOAD_WHOLE) != ERR_OK) {
        return run_report_failure(run);
    }
    input = session_plan_input(run->session, run->snapshot, NULL);
    struct diagnosis *diagnosis = doctor_examine(&input);
    struct doctor_report doctor = {.diagnosis = diagnosis};
    struct action_report action;
    size_t left = diagnosis->n_problems;
    int status = 0;
    if (run->settings->fix && left > 0) {
        doctor.fixed = repair(run, diagnosis, &left);
        status = run->plan ? run_status_of_plan(run) : err_exit_status(run->err.code);
        action = run_action_report(run, status);
        doctor.repair = &action;
    }
    doctor.exit = status != 0 ? status : left > 0 ? 2 : 0;
    progress_line_end(&run->line);
    if (run->report->json) {
        report_json_doctor(run->report, &doctor);
    } else {
        report_text_doctor(run->report, &doctor);
    }
    diagnosis_free(diagnosis);
    return doctor.exit;
}
