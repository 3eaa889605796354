#include "core/headless/run.h"

#include <string.h>

#include "core/pool/export.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* ---- actions that only look -------------------------------------------------------------- */

int run_export(struct run *run)
{
    const char *to = run->settings->export_to;
    if (run->settings->dry_run && to) {
        struct buf bytes;
        buf_init(&bytes, EXPORT_MAX);
        if (usecase_read_store(&run->use, LOAD_NORMAL) == ERR_OK &&
            export_build(run->use.snapshot, run->settings->csv_safe, &bytes, &run->use.receipt.rows,
                         &run->use.err) == ERR_OK) {
            run->use.receipt.bytes = bytes.length;
            text_sanitise_to(run->use.receipt.to, sizeof run->use.receipt.to, to, strlen(to), 0);
            run->use.exported = true;
        }
        buf_release(&bytes);
    } else {
        run->use.exported = session_export(run->session, NULL, NULL, &run->line.progress,
                                           &run->use.receipt, &run->use.err) == ERR_OK;
    }
    if (!run->use.exported) {
        return run_report_failure(run);
    }
    struct action_report action = run_action_report(run, 0);
    struct report report = *run->report;
    if (!run->settings->dry_run && to && strcmp(to, "file:-") == 0) {
        report.out = report.err; /* standard output has the CSV, and nothing else */
    }
    progress_line_end(&run->line);
    if (report.json) {
        report_json_action(&report, &action);
    } else {
        report_text_action(&report, &action);
    }
    return 0;
}

int run_status(struct run *run)
{
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    uint64_t counts[EXT_STATE_COUNT];
    struct err directory_err = ERR_INIT;
    const char *actor = NULL;
    if (usecase_read_store(&run->use, LOAD_NORMAL) != ERR_OK ||
        session_actor(run->session, &run->line.progress, &actor, &run->use.err) != ERR_OK) {
        return run_report_failure(run);
    }
    if (session_directory_uri(run->session) && usecase_read_directory(&run->use) != ERR_OK) {
        directory_err = run->use.err;
    }
    progress_line_end(&run->line);
    run_say_note(run);
    agent_rows_join(run->use.snapshot, run->use.roster, &arena, &rows);
    snapshot_tally(run->use.snapshot, session_policy(run->session), session_now_s(run->session),
                   counts);
    session_facts(run->session, &run->facts);
    port_info_set(&run->facts, "actor", "%s", actor);
    struct status_report status = {
        .snapshot = run->use.snapshot,
        .roster = run->use.roster,
        .rows = &rows,
        .counts = counts,
        .facts = &run->facts,
        .store_uri = session_store_uri(run->session),
        .directory_uri = session_directory_uri(run->session),
        .export_uri = session_export_uri(run->session),
        .settings = run->settings,
        .directory_err = &directory_err,
    };
    if (run->report->json) {
        report_json_status(run->report, &status);
    } else {
        report_text_status(run->report, &status);
    }
    arena_release(&arena);
    return err_exit_status(directory_err.code);
}

static int run_list_agents(struct run *run)
{
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    if (session_directory_uri(run->session) && usecase_read_directory(&run->use) != ERR_OK) {
        return run_report_failure(run);
    }
    progress_line_end(&run->line);
    run_say_note(run);
    agent_rows_join(run->use.snapshot, run->use.roster, &arena, &rows);
    if (run->report->json) {
        report_json_agents(run->report, &rows);
    } else {
        report_text_agents(run->report, &rows);
    }
    arena_release(&arena);
    return 0;
}

int run_list(struct run *run)
{
    if (usecase_read_store(&run->use, LOAD_NORMAL) != ERR_OK) {
        return run_report_failure(run);
    }
    if (run->settings->list_kind == LIST_AGENTS) {
        return run_list_agents(run);
    }
    progress_line_end(&run->line);
    bool free_only = run->settings->list_kind == LIST_FREE;
    void (*print)(const struct report *, const struct snapshot *, const struct policy *, int64_t,
                  bool) = run->report->json ? report_json_extensions : report_text_extensions;
    print(run->report, run->use.snapshot, session_policy(run->session), session_now_s(run->session),
          free_only);
    return 0;
}

static const struct agent_row *row_of(const struct agent_rows *rows, const char *login)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (strcmp(rows->rows[i].login, login) == 0) {
            return &rows->rows[i];
        }
    }
    return NULL;
}

int run_lookup(struct run *run)
{
    const struct request *wanted = run->settings->lookup;
    struct arena arena = ARENA_INIT;
    const struct agent_row *agent = NULL;
    const struct slot *slot = NULL;
    enum err_code code = usecase_read_store(&run->use, LOAD_NORMAL);
    if (code == ERR_OK && wanted->ext) {
        slot = snapshot_find(run->use.snapshot, wanted->ext);
    } else if (code == ERR_OK) {
        struct agent_rows rows;
        if (session_directory_uri(run->session)) {
            code = usecase_read_directory(&run->use);
            run_say_note(run);
        }
        agent_rows_join(run->use.snapshot, run->use.roster, &arena, &rows);
        agent = row_of(&rows, wanted->agent);
    }
    if (code == ERR_OK && !agent && !slot) {
        code = err_set(&run->use.err, ERR_NOT_FOUND, "%s: no such %s",
                       wanted->ext ? wanted->ext : wanted->agent,
                       wanted->ext ? "extension in the store" : "agent, here or in the directory");
    }
    int status = code == ERR_OK ? 0 : run_report_failure(run);
    progress_line_end(&run->line);
    if (code == ERR_OK) {
        void (*print)(const struct report *, const struct agent_row *, const struct slot *,
                      const struct policy *, int64_t) =
            run->report->json ? report_json_lookup : report_text_lookup;
        print(run->report, agent, slot, session_policy(run->session), session_now_s(run->session));
    }
    arena_release(&arena);
    return status;
}

int run_history(struct run *run)
{
    struct history *history = NULL;
    if (session_history(run->session, run->settings->history_limit, NULL, &run->line.progress,
                        &history, &run->use.err) != ERR_OK) {
        return run_report_failure(run);
    }
    progress_line_end(&run->line);
    if (run->report->json) {
        report_json_history(run->report, history);
    } else {
        report_text_history(run->report, history);
    }
    history_free(history);
    return 0;
}
