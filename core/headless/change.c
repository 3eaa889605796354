#include "core/headless/run.h"

#include "core/base/text.h"

#include "core/base/banned.h"

/* ---- actions that change ----------------------------------------------------------------- */

static void export_after(struct run *run)
{
    struct snapshot *after = NULL;
    if (session_after(run->session, run->plan, &run->line.progress, &after, &run->export_err) ==
        ERR_OK) {
        run->exported = session_export(run->session, NULL, after, &run->line.progress,
                                       &run->receipt, &run->export_err) == ERR_OK;
    }
    if (run->export_err.code != ERR_OK) {
        err_prefix(&run->export_err, "the pool is in order, but the export failed");
    }
    snapshot_unref(after);
}

int run_sync(struct run *run)
{
    struct plan_input input;
    if (run_load(run, LOAD_NORMAL) == ERR_OK && run_read_directory(run) == ERR_OK &&
        run_plan_input(run, &input) == ERR_OK &&
        plan_sync(&input, &run->plan, &run->err) == ERR_OK) {
        run_carry_out(run, false);
        if (run->tried && run->err.code == ERR_OK && !run->settings->no_export &&
            session_export_uri(run->session)) {
            export_after(run);
        }
    }
    return run_report_plan(run);
}

int run_init(struct run *run)
{
    struct plan_input input;
    struct port_info warnings;
    enum err_code code = ERR_OK;
    port_info_init(&warnings);
    if (!run->settings->dry_run) {
        code = session_init_store(run->session, &run->line.progress, &warnings, &run->err);
    }
    progress_line_end(&run->line);
    for (size_t i = 0; i < warnings.n_items; i++) {
        struct arena arena = ARENA_INIT;
        fprintf(run->report->err, "warning: %s: %s\n", warnings.items[i].name,
                text_sanitise(&arena, warnings.items[i].value));
        arena_release(&arena);
    }
    port_info_release(&warnings);
    if (code == ERR_OK && run_load(run, LOAD_WHOLE) == ERR_OK &&
        run_plan_input(run, &input) == ERR_OK &&
        plan_init(&input, &run->plan, &run->err) == ERR_OK) {
        run_carry_out(run, false);
    }
    return run_report_plan(run);
}
