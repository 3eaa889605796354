#include "tui/shell/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/plan/guard.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/settings/location.h"

#include "core/base/banned.h"

/* How often rows of the directory appear while it is read, at the most. */
#define SHOW_AGENTS_MS 250
#define ROW_ACTIONS 50 /* of a row: so many are shown */

static const struct {
    const char *name;
    bool asked;
    bool writes;
} s_kinds[] = {
#define X(kind, name, asked, writes) [kind] = {name, asked, writes},
    WORK_KINDS(X)
#undef X
};

/* ---- on the worker's thread ---------------------------------------------------------------- */

/* Data on its way from the worker to the screen. */
struct update {
    struct shell *shell;
    struct screen_data *data;
    unsigned generation;
};

static void update_arrived(void *context)
{
    struct update *update = context;
    if (update->generation == update->shell->jobs.generation) {
        shell_take_data(update->shell, update->data);
    } else {
        screen_data_unref(update->data);
    }
    free(update);
}

static void update_dropped(void *context)
{
    struct update *update = context;
    screen_data_unref(update->data);
    free(update);
}

static struct screen_data *make_data(struct work *work, const struct snapshot *snapshot,
                                     const struct roster *roster, bool partial)
{
    const struct screen_source source = {.policy = work->policy,
                                         .snapshot = snapshot,
                                         .roster = roster,
                                         .feed = session_feed(work->session),
                                         .partial = partial,
                                         .now_s = session_now_s(work->session)};
    struct screen_data *data = screen_data_join(&source, work->seen);
    data->place = arena_strdup(&data->arena, session_place(work->session));
    data->store_name = arena_strdup(&data->arena, session_store_name(work->session, &data->arena));
    data->store_place = session_store_place(work->session, &data->arena);
    data->user = arena_strdup(&data->arena, session_user(work->session));
    data->tells_live = roster && session_tells_live(work->session);
    session_facts(work->session, &data->info);
    return data;
}

static void show_data(struct work *work, struct screen_data *data)
{
    struct update *update = mem_alloc(sizeof *update);
    *update = (struct update){work->shell, data, work->generation};
    job_post(&work->job, update_arrived, update_dropped, update);
}

/* Rows of the directory arrive a page at a time and are shown before the last page is read, but not
   more often than people can see, and not so often that showing them takes most of the time. */
static void on_agents(void *context, const struct agent *rows, size_t n_rows)
{
    struct work *work = context; /* job is its first member */
    for (size_t i = 0; i < n_rows; i++) {
        roster_add(work->agents_so_far, &rows[i]);
    }
    int64_t now_ms = clock_ticks_ms();
    if (!work->show_with || now_ms < work->show_at_ms) {
        return;
    }
    struct roster *shown = roster_new();
    for (size_t i = 0; i < work->agents_so_far->n_agents; i++) {
        roster_add(shown, &work->agents_so_far->agents[i]);
    }
    roster_seal(shown);
    shown->read_at_s = clock_now_s(work->shell->options->clock);
    show_data(work, make_data(work, work->show_with, shown, true));
    roster_unref(shown);
    int64_t cost_ms = clock_ticks_ms() - now_ms;
    work->show_at_ms = now_ms + (10 * cost_ms > SHOW_AGENTS_MS ? 10 * cost_ms : SHOW_AGENTS_MS);
}

static enum err_code note(struct work *work, enum source_id source, enum err_code code)
{
    work->read[source] = code == ERR_OK;
    if (code != ERR_OK) {
        work->failed = source;
    }
    return code;
}

/* Agents are shown as they come, beside the extensions of `show_with`. NULL: a whole list is on the
   screen already and stays until the new one is complete. */
static enum err_code read_directory(struct work *work, const struct snapshot *show_with)
{
    work->agents_so_far = roster_new();
    work->show_with = show_with;
    work->job.progress.agents = on_agents;
    enum err_code code = note(work, SOURCE_DIRECTORY, usecase_read_directory(&work->use));
    work->job.progress.agents = NULL;
    return code;
}

/* Reads the store, and the directory if there is one. Leaves what could be read in work->data; an
   interrupted first look at the directory stays on the screen, marked as partial. */
static enum err_code read_both(struct work *work, enum load_mode mode)
{
    struct usecase *use = &work->use;
    const struct roster *before = work->seen && !work->seen->partial ? work->seen->roster : NULL;
    if (before) { /* no rows are shown as they come: both may come at once */
        session_begin_directory(work->session, &work->job.progress);
    }
    enum err_code code = mode == LOAD_NORMAL ? session_refresh(work->session, NULL, use->progress,
                                                               &use->snapshot, &use->err)
                                             : usecase_read_store(use, mode);
    if (note(work, SOURCE_STORE, code) != ERR_OK) {
        session_abandon_directory(work->session);
        return code;
    }
    if (!session_directory_uri(work->session)) {
        work->data = make_data(work, use->snapshot, NULL, false);
        return ERR_OK;
    }
    if (!before) { /* shows the extensions first: they are read quickly */
        show_data(work, make_data(work, use->snapshot, NULL, true));
    }
    code = read_directory(work, before ? NULL : use->snapshot);
    if (code == ERR_OK) {
        work->data = make_data(work, use->snapshot, use->roster, false);
    } else if (before || work->agents_so_far->n_agents == 0) {
        work->data = make_data(work, use->snapshot, before, false);
    } else {
        roster_seal(work->agents_so_far);
        work->agents_so_far->read_at_s = clock_now_s(work->shell->options->clock);
        work->data = make_data(work, use->snapshot, work->agents_so_far, true);
    }
    roster_unref(work->agents_so_far);
    work->agents_so_far = NULL;
    return code;
}

static void name_actor(struct work *work)
{
    const char *actor = NULL;
    if (work->data && session_actor(work->session, &work->job.progress, &actor, NULL) == ERR_OK &&
        actor) {
        work->data->actor = arena_strdup(&work->data->arena, actor);
        work->data->store_place = session_store_place(work->session, &work->data->arena);
    }
}

/* What the screen shows already is not read again, if it is complete. */
static void use_known_roster(struct work *work)
{
    if (work->seen && work->seen->roster && !work->seen->partial) {
        work->use.roster = roster_ref(work->seen->roster);
    }
}

static void run_sync(struct work *work)
{
    struct usecase *use = &work->use;
    if (!session_directory_uri(work->session)) {
        (void)note(work, SOURCE_DIRECTORY,
                   settings_no_directory(session_settings(work->session), &use->err));
    } else if (read_both(work, LOAD_POOL) == ERR_OK) {
        (void)!usecase_plan_sync(use);
    }
}

static void run_load(struct work *work)
{
    (void)!read_both(work, LOAD_NORMAL);
}

/* Directories that cost nothing to ask are asked again at every refresh; Amazon's has a quota. */
static bool are_cheap(const struct settings *settings)
{
    bool cheap = settings->n_directories > 0;
    for (size_t i = 0; cheap && i < settings->n_directories; i++) {
        const char *uri = settings->directories[i].uri;
        cheap = location_rest(uri, "file") || location_rest(uri, "demo");
    }
    return cheap;
}

static bool same_roster(const struct roster *a, const struct roster *b)
{
    bool same = a && b && a->n_agents == b->n_agents && text_same(a->partial, b->partial);
    for (size_t i = 0; same && i < a->n_agents; i++) {
        same = text_same(a->agents[i].login, b->agents[i].login) &&
               text_same(a->agents[i].name, b->agents[i].name) &&
               text_same(a->agents[i].routing_profile, b->agents[i].routing_profile) &&
               a->agents[i].group == b->agents[i].group &&
               a->agents[i].directory == b->agents[i].directory;
    }
    return same;
}

/* What others changed meanwhile. Nothing new gives no new data, and nothing is drawn. */
static void run_refresh(struct work *work)
{
    const struct screen_data *seen = work->seen;
    struct err *err = &work->job.err;
    struct snapshot *snapshot = NULL;
    struct roster *roster = NULL;
    enum err_code code =
        session_refresh(work->session, seen->snapshot, &work->job.progress, &snapshot, err);
    if (note(work, SOURCE_STORE, code) == ERR_OK && are_cheap(session_settings(work->session)) &&
        (!seen->roster || !session_directory_unchanged(work->session))) {
        (void)!note(work, SOURCE_DIRECTORY,
                    session_read_directory(work->session, &work->job.progress, &roster, err));
    }
    bool joined = roster && !same_roster(roster, seen->roster);
    bool changed = snapshot && snapshot != seen->snapshot;
    if (joined || changed || session_feed(work->session) != seen->feed) {
        work->data = make_data(work, snapshot ? snapshot : seen->snapshot,
                               joined || (roster && seen->partial) ? roster : seen->roster,
                               !roster && seen->partial);
    }
    snapshot_unref(snapshot);
    roster_unref(roster);
}

static void run_export(struct work *work)
{
    struct usecase *use = &work->use;
    use_known_roster(work);
    struct publish_source source = {.to = work->argument, .roster = use->roster};
    use->exported =
        session_export(work->session, &source, use->progress, &use->receipt, &use->err) == ERR_OK;
}

static void run_apply(struct work *work)
{
    struct usecase *use = &work->use;
    use->wants_after = true;
    (void)!usecase_apply(use);
    if (use->after) {
        work->read[SOURCE_STORE] = true;
        const struct roster *roster = use->plan->roster ? use->plan->roster
                                      : work->seen      ? work->seen->roster
                                                        : NULL;
        work->data = make_data(work, use->after, roster, false);
    }
}

#define NEWEST 200 /* actions */

/* Whether the newest history is short. It is counted, which costs little beside reading it. */
static bool is_short(struct work *work)
{
    const struct history_query counted = {.limit = NEWEST, .counts_only = true};
    struct history *history = NULL;
    size_t n = 0;
    if (session_history(work->session, &counted, &work->job.progress, &history, &work->job.err) !=
        ERR_OK) {
        return false;
    }
    for (size_t i = 0; i < history->n_actions; i++) {
        for (size_t kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
            /* numbers that are made stand as ranges */
            n += kind == CHANGE_CREATE ? 0 : history->actions[i].counts[kind];
        }
    }
    history_free(history);
    return n <= HISTORY_SHORT;
}

static void run_history(struct work *work)
{
    const struct history_query newest = {.limit = NEWEST};
    if (work->short_only && session_is_embedded(work->session) && !is_short(work)) {
        return;
    }
    (void)!session_history(work->session, &newest, &work->job.progress, &work->history,
                           &work->job.err);
}

/* What was done to an agent and to an extension: each by its own index. */
static void run_row(struct work *work)
{
    const struct history_query of_agent = {.agent = work->row_login, .limit = ROW_ACTIONS};
    const struct history_query of_ext = {.ext = work->row_ext, .limit = ROW_ACTIONS};
    struct err *err = &work->job.err;
    const struct progress *progress = &work->job.progress;
    enum err_code code = ERR_OK;
    if (work->row_login[0]) {
        code = session_history(work->session, &of_agent, progress, &work->history, err);
    }
    if (code == ERR_OK && work->row_ext[0]) {
        (void)!session_history(work->session, &of_ext, progress, &work->ext_history, err);
    }
}

static void run_undo(struct work *work)
{
    use_known_roster(work);
    (void)!usecase_plan_undo(&work->use, work->argument);
}

static void run_redo(struct work *work)
{
    use_known_roster(work);
    (void)!usecase_plan_redo(&work->use);
}

static void run_doctor(struct work *work)
{
    struct usecase *use = &work->use;
    use_known_roster(work);
    if (note(work, SOURCE_STORE, usecase_examine(use)) == ERR_OK) {
        work->data = make_data(work, use->snapshot, use->roster, false);
    }
}

static void run_import(struct work *work)
{
    use_known_roster(work);
    (void)!usecase_plan_import_possible(&work->use, work->argument);
}

static void run_renumber(struct work *work)
{
    struct renumbering renumbering;
    if (renumbering_parse(work->argument, work->policy->width, &renumbering, &work->use.err) ==
        ERR_OK) {
        (void)!usecase_plan_renumber(&work->use, &renumbering);
    }
}

static void run_live(struct work *work)
{
    const struct live_wanted wanted = {work->live_agents, work->n_live_agents};
    (void)!session_read_live(work->session, &wanted, &work->job.progress, &work->live,
                             &work->job.err);
}

static void run_past(struct work *work)
{
    struct until at;
    struct err *err = &work->job.err;
    int64_t now_ms = session_now_s(work->session) * 1000 + 999;
    if (past_parse(work->argument, PAST_UNTIL, &at, err) == ERR_OK) {
        int64_t at_ms = past_moment_ms(&at, now_ms);
        at_ms = at_ms < now_ms ? at_ms : now_ms; /* today: as far as it is gone */
        (void)!session_past(work->session, at_ms, &work->job.progress, &work->then, err);
    }
}

static void run(struct job *job)
{
    struct work *work = (struct work *)job;
    switch (work->kind) {
    case WORK_LOAD:
        run_load(work);
        break;
    case WORK_REFRESH:
        run_refresh(work);
        break;
    case WORK_SYNC:
        run_sync(work);
        break;
    case WORK_APPLY:
        run_apply(work);
        break;
    case WORK_EXPORT:
        run_export(work);
        break;
    case WORK_HISTORY:
        run_history(work);
        break;
    case WORK_DOCTOR:
        run_doctor(work);
        break;
    case WORK_UNDO:
        run_undo(work);
        break;
    case WORK_REDO:
        run_redo(work);
        break;
    case WORK_INIT:
        (void)!usecase_plan_init(&work->use, false);
        break;
    case WORK_IMPORT:
        run_import(work);
        break;
    case WORK_RENUMBER:
        run_renumber(work);
        break;
    case WORK_PAST:
        run_past(work);
        break;
    case WORK_LIVE:
        run_live(work);
        break;
    case WORK_ROW:
        run_row(work);
        break;
    }
    if (work->use.err.code != ERR_OK) {
        work->job.err = work->use.err;
    }
    name_actor(work);
}

/* ---- on the UI thread ----------------------------------------------------------------------- */

static void done(struct job *job)
{
    struct work *work = (struct work *)job;
    struct shell *shell = work->shell;
    if (work->generation != shell->jobs.generation) {
        return;
    }
    if (s_kinds[work->kind].asked) {
        shell->jobs.name = NULL;
        shell->jobs.reporting = false;
    }
    (shell->jobs.ending ? shell->jobs.ending : work->done)(shell, work);
}

static void release(struct job *job)
{
    struct work *work = (struct work *)job;
    screen_data_unref(work->seen);
    screen_data_unref(work->data);
    usecase_release(&work->use);
    history_free(work->history);
    history_free(work->ext_history);
    rewound_free(work->then);
    live_free(work->live);
    free(work->live_agents);
    free(work->argument);
    free(work);
}

static struct work *make_work(struct shell *shell, enum work_kind kind, const char *argument)
{
    struct work *work = mem_alloc(sizeof *work);
    work->job = (struct job){.name = s_kinds[kind].name, .run = run, .done = done, .free = release};
    work->shell = shell;
    work->session = shell->place.session;
    work->policy = session_policy(shell->place.session);
    work->generation = shell->jobs.generation;
    work->typed = shell->stack.typed;
    work->kind = kind;
    work->failed = SOURCES;
    work->argument = mem_strdup(argument);
    work->seen = shell->data ? screen_data_ref(shell->data) : NULL;
    usecase_init(&work->use, work->session, &work->job.progress);
    return work;
}

static void show_job(struct shell *shell, const char *name, bool writes)
{
    shell->jobs.name = name;
    shell->jobs.writes = writes;
    shell->jobs.since_ms = clock_ticks_ms();
    shell->jobs.stopping = CANCEL_NO;
    shell->jobs.reporting = false;
}

static void submit(struct shell *shell, struct work *work)
{
    if (s_kinds[work->kind].asked) {
        if (!shell->jobs.name) {
            worker_cancel(shell->jobs.worker, CANCEL_HARD); /* a refresh is stopped for it */
        }
        show_job(shell, s_kinds[work->kind].name, s_kinds[work->kind].writes);
    }
    worker_submit(shell->jobs.worker, &work->job);
}

void work_await(struct shell *shell, struct job *job)
{
    show_job(shell, job->name, false);
    worker_submit(shell->jobs.worker, job);
}

void work_awaited(struct shell *shell)
{
    shell->jobs.name = NULL;
    shell->jobs.reporting = false;
    shell->messages.flash[0] = '\0'; /* how it was to be stopped is over, too */
}

void work_start(struct shell *shell, enum work_kind kind, const char *argument, work_done_fn ended)
{
    struct work *work = make_work(shell, kind, argument);
    work->done = ended;
    submit(shell, work);
}

void work_ask_live(struct shell *shell, const struct live_wanted *wanted, work_done_fn ended)
{
    struct work *work = make_work(shell, WORK_LIVE, NULL);
    size_t n = wanted->n_agents < LIVE_AGENTS_MAX ? wanted->n_agents : LIVE_AGENTS_MAX;
    work->live_agents = mem_array(n + 1, sizeof *work->live_agents);
    work->n_live_agents = n;
    for (size_t i = 0; i < n; i++) {
        work->live_agents[i] = wanted->agents[i]; /* their texts are those of work->seen */
    }
    work->done = ended;
    submit(shell, work);
}

void work_ask_short_history(struct shell *shell, work_done_fn ended)
{
    struct work *work = make_work(shell, WORK_HISTORY, NULL);
    work->short_only = true;
    work->done = ended;
    submit(shell, work);
}

void work_ask_row(struct shell *shell, const char *login, const char *ext, work_done_fn ended)
{
    struct work *work = make_work(shell, WORK_ROW, NULL);
    snprintf(work->row_login, sizeof work->row_login, "%s", login);
    snprintf(work->row_ext, sizeof work->row_ext, "%s", ext);
    work->done = ended;
    submit(shell, work);
}

void work_apply(struct shell *shell, struct plan *plan, struct view *view, work_done_fn ended)
{
    work_apply_for(shell, plan, NULL, view, ended);
}

void work_apply_for(struct shell *shell, struct plan *plan, const char *ticket, struct view *view,
                    work_done_fn ended)
{
    struct work *work = make_work(shell, WORK_APPLY, ticket);
    work->done = ended;
    if (!plan->derived) {
        plan->n_spares = 0; /* somebody read this number: another one would be a surprise */
    }
    work->use.ticket = work->argument;
    work->use.plan = plan;
    work->view = view;
    submit(shell, work);
}

bool work_publishes(const struct work *work)
{
    return !session_settings(work->session)->no_export && session_export_uri(work->session);
}
