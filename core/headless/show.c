#include "core/headless/run.h"

#include <string.h>

#include "core/base/nearest.h"
#include "core/base/text.h"
#include "core/headless/sheet.h"

#include "core/pool/exempt.h"

#include "core/base/banned.h"

/* ---- actions that only look -------------------------------------------------------------- */

int run_export(struct run *run)
{
    const char *to = run->settings->export_to;
    struct publish_source source = {.to = NULL};
    run->use.exported = session_export(run->session, &source, &run->line.progress,
                                       &run->use.receipt, &run->use.err) == ERR_OK;
    if (!run->use.exported && !run->use.receipt.guard.refused) {
        return run_report_failure(run);
    }
    int status = err_exit_status(run->use.err.code);
    struct action_report action = run_action_report(run, status);
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
    return status;
}

static int run_check(struct run *run)
{
    struct health health;
    health_look(&run->use, &health);
    progress_line_end(&run->line);
    if (run->use.roster) {
        run_say_note(run);
    }
    void (*print)(const struct report *, const struct health *) =
        run->report->json ? report_json_health : report_text_health;
    print(run->report, &health);
    int status = health.exit;
    health_release(&health);
    return status;
}

/* --group: what the status says of one group alone. */
static void narrow_status(const struct run *run, struct agent_rows *rows, uint64_t *counts,
                          struct group_tallies *groups)
{
    const char *group = run->settings->group;
    if (!group) {
        return;
    }
    agent_rows_narrow(rows, session_policy(run->session), group);
    for (size_t i = 0; i < groups->n; i++) {
        struct group_tally *tally = &groups->items[i];
        if (tally->name && strcmp(tally->name, group) == 0) {
            memcpy(counts, tally->counts, sizeof tally->counts);
            *groups = (struct group_tallies){.items = tally, .n = 1};
            return;
        }
    }
}

int run_status(struct run *run)
{
    if (run->settings->check) {
        return run_check(run);
    }
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    uint64_t counts[EXT_STATE_COUNT];
    struct err directory_err = ERR_INIT;
    const char *actor = NULL;
    if (run_read_store(run) != ERR_OK ||
        session_actor(run->session, &run->line.progress, &actor, &run->use.err) != ERR_OK) {
        return run_report_failure(run);
    }
    if (!run->then && session_directory_uri(run->session) &&
        usecase_read_directory(&run->use) != ERR_OK) {
        directory_err = run->use.err;
    }
    progress_line_end(&run->line);
    run_say_note(run);
    agent_rows_join(run->use.snapshot, run->use.roster, session_policy(run->session), &arena,
                    &rows);
    snapshot_tally(run->use.snapshot, session_policy(run->session), session_now_s(run->session),
                   counts);
    struct group_tallies groups;
    group_tallies_count(run->use.snapshot, session_policy(run->session),
                        session_now_s(run->session), &arena, &groups);
    narrow_status(run, &rows, counts, &groups);
    session_facts(run->session, &run->facts);
    port_info_set(&run->facts, "actor", "%s", actor);
    struct status_report status = {
        .snapshot = run->use.snapshot,
        .roster = run->use.roster,
        .rows = &rows,
        .counts = counts,
        .groups = &groups,
        .group = run->settings->group,
        .facts = &run->facts,
        .store_uri = session_store_uri(run->session),
        .directory_uri = session_directory_uri(run->session),
        .export_uri = session_export_uri(run->session),
        .then = run->then,
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

static enum err_code print_agents(struct run *run, const struct agents_report *shown)
{
    const struct report *report = run->report;
    if (report->json) {
        report_json_agents(report, shown);
    } else if (report->format == FORMAT_TEXT && !run->settings->columns) {
        report_text_agents(report, shown);
    } else {
        return report_rows_agents(report, run->settings, shown, &run->use.err);
    }
    return ERR_OK;
}

static enum err_code list_agents(struct run *run)
{
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    if (!run->then && session_directory_uri(run->session) &&
        usecase_read_directory(&run->use) != ERR_OK) {
        return run->use.err.code; /* nobody knows who was in the directory then */
    }
    progress_line_end(&run->line);
    run_say_note(run);
    agent_rows_join(run->use.snapshot, run->use.roster, session_policy(run->session), &arena,
                    &rows);
    if (run->settings->group) {
        agent_rows_narrow(&rows, session_policy(run->session), run->settings->group);
    }
    const struct agents_report shown = {
        .rows = &rows, .policy = session_policy(run->session), .roster = run->use.roster};
    enum err_code code = print_agents(run, &shown);
    arena_release(&arena);
    return code;
}

static enum err_code list_extensions(struct run *run)
{
    const struct report *report = run->report;
    const struct extensions_report shown = {
        .snapshot = run->use.snapshot,
        .policy = session_policy(run->session),
        .now_s = run_shown_s(run),
        .free_only = run->settings->list_kind == LIST_FREE,
        .then = run->then,
        .group = run->settings->group,
    };
    progress_line_end(&run->line);
    if (report->json) {
        report_json_extensions(report, &shown);
    } else if (report->format == FORMAT_TEXT && !run->settings->columns) {
        report_text_extensions(report, &shown);
    } else {
        return report_rows_extensions(report, run->settings, &shown, &run->use.err);
    }
    return ERR_OK;
}

int run_list(struct run *run)
{
    bool agents = run->settings->list_kind == LIST_AGENTS;
    enum err_code code = sheet_check(agents ? report_agent_columns : report_extension_columns,
                                     run->settings, &run->use.err);
    if (code == ERR_OK) {
        code = run_read_store(run);
    }
    if (code == ERR_OK) {
        code = agents ? list_agents(run) : list_extensions(run);
    }
    return code == ERR_OK ? 0 : run_report_failure(run);
}

/* What the rows of all agents would say of this one. A holder without a source is judged by all holders
   of the store (core/plan/scope.h). */
static enum err_code judge_agent(struct run *run, struct agent_row *row)
{
    struct usecase *use = &run->use;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    size_t length = 0;
    const struct slot *slot = row->slot;
    struct slot held = slot ? *slot : (struct slot){.state = SLOT_ABSENT};
    const struct snapshot one = {.slots = &held, .n_slots = 1};
    bool alone = !slot || slot_source(slot, &length) || roster_find(use->roster, row->login);
    enum err_code code = alone ? ERR_OK : usecase_read_store(use, LOAD_NORMAL);
    if (code == ERR_OK) {
        agent_rows_join(alone ? &one : use->snapshot, use->roster, session_policy(run->session),
                        &arena, &rows);
        const struct agent_row *found = agent_rows_find(&rows, row->login);
        *row = found ? *found : *row;
        row->slot = slot;
    }
    arena_release(&arena);
    return code;
}

/* Who else knows the agent: the directory, which costs a request for each hundred agents. */
static enum err_code find_in_directory(struct run *run, struct agent_row *row)
{
    if (!run->report->verbose || !session_directory_uri(run->session)) {
        return ERR_OK;
    }
    enum err_code code = usecase_read_directory(&run->use);
    run_say_note(run);
    return code == ERR_OK ? judge_agent(run, row) : code;
}

/* Somebody who holds no number may be exempt: by the store, or by a pattern. */
static enum err_code find_exempt(struct run *run, struct agent_row *row)
{
    const struct store_rows rows = {.items = {{ROW_AGENT, row->login}}, .n = 1, .exempts = true};
    struct snapshot *snapshot = NULL;
    bool exempt = policy_exempt_pattern(session_policy(run->session), row->login) != NULL;
    enum err_code code = ERR_OK;
    if (!exempt) {
        code =
            session_read_rows(run->session, &rows, &run->line.progress, &snapshot, &run->use.err);
        exempt = snapshot && snapshot_find_exempt(snapshot, row->login);
    }
    if (exempt) {
        row->state = AGENT_EXEMPT;
    }
    snapshot_unref(snapshot);
    return code;
}

/* A login like the one that nobody has, of those who hold a number and of the directory if it was
   read. A store that costs nothing to read is read for it. */
static const char *similar_login(struct run *run, const char *wanted, struct arena *arena)
{
    struct usecase *use = &run->use;
    struct err kept = use->err;
    if (session_is_embedded(run->session) && !use->snapshot) {
        (void)!usecase_read_store(use, LOAD_NORMAL);
        use->err = kept;
    }
    size_t n_slots = use->snapshot ? use->snapshot->n_slots : 0;
    size_t n_agents = use->roster ? use->roster->n_agents : 0;
    const char **names = arena_alloc(arena, (n_slots + n_agents + 1) * sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < n_slots; i++) {
        if (use->snapshot->slots[i].state == SLOT_ASSIGNED) {
            names[n++] = use->snapshot->slots[i].agent;
        }
    }
    for (size_t i = 0; i < n_agents; i++) {
        names[n++] = use->roster->agents[i].login;
    }
    names[n] = NULL;
    return nearest_of(wanted, names);
}

static void hint_agent(struct run *run, const char *wanted)
{
    struct err *err = &run->use.err;
    struct arena arena = ARENA_INIT;
    size_t width = (size_t)session_policy(run->session)->width;
    size_t length = strlen(wanted);
    const char *near = NULL;
    if (text_is_digits(wanted) && length < width) {
        err_hint(err, "An extension has %zu digits: did you mean %.*s%s?", width,
                 (int)(width - length), "00000000", wanted);
    } else if (text_is_digits(wanted)) {
        err_hint(err, "An extension has %zu digits", width);
    } else if ((near = similar_login(run, wanted, &arena)) != NULL) {
        err_hint(err, "Did you mean \"%s\"?%s", near,
                 text_equal_nocase(near, wanted) ? " Case counts" : "");
    } else if (!run->report->verbose) {
        err_hint(err, "--lookup reads only the store; with --verbose it also reads the directory");
    }
    arena_release(&arena);
}

static enum err_code not_there(struct run *run, const struct request *wanted)
{
    struct err *err = &run->use.err;
    if (!wanted->agent) {
        return err_set(err, ERR_NOT_FOUND, "%s: no such extension in the store", wanted->ext);
    }
    err_set(err, ERR_NOT_FOUND, "%s holds no extension", wanted->agent);
    hint_agent(run, wanted->agent);
    return ERR_NOT_FOUND;
}

int run_lookup(struct run *run)
{
    if (run->settings->at.given) {
        return run_lookup_at(run);
    }
    const struct request *wanted = run->settings->lookup;
    struct lookup_question question = {.ext = wanted->ext, .agent = wanted->agent};
    struct agent_row agent = {.login = wanted->agent};
    struct lookup lookup;
    enum err_code code =
        session_lookup(run->session, &question, &run->line.progress, &lookup, &run->use.err);
    bool there = code == ERR_OK && lookup.slot.state != SLOT_ABSENT;
    agent.slot = there ? &lookup.slot : NULL;
    if (code == ERR_OK && wanted->agent) {
        code = find_in_directory(run, &agent);
    }
    if (code == ERR_OK && wanted->agent && !there) {
        code = find_exempt(run, &agent);
    }
    bool known = there || agent.state == AGENT_NEW || agent.state == AGENT_EXEMPT;
    if (code == ERR_OK && !known) {
        code = not_there(run, wanted);
    }
    int status = code == ERR_OK ? 0 : run_report_failure(run);
    progress_line_end(&run->line);
    if (code == ERR_OK) {
        struct lookup_report shown = {
            .agent = wanted->agent ? &agent : NULL,
            .lookup = &lookup,
            .policy = session_policy(run->session),
            .roster = run->use.roster,
            .now_s = session_now_s(run->session),
        };
        void (*print)(const struct report *, const struct lookup_report *) =
            run->report->json ? report_json_lookup : report_text_lookup;
        print(run->report, &shown);
    }
    lookup_release(&lookup);
    return status;
}
