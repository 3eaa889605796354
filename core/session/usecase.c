#include "core/session/usecase.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/scope.h"
#include "core/plan/undo_mine.h"
#include "core/session/sources.h"
#include "core/session/usecase_rows.h"

#include "core/base/banned.h"

void usecase_init(struct usecase *use, struct session *session, const struct progress *progress)
{
    *use = (struct usecase){
        .session = session, .progress = progress, .err = ERR_INIT, .export_err = ERR_INIT};
    refusals_init(&use->refusals);
    refusals_init(&use->import.refusals);
    port_info_init(&use->warnings);
}

void usecase_release(struct usecase *use)
{
    plan_free(use->plan);
    free(use->listed);
    diagnosis_free(use->diagnosis);
    roster_unref(use->roster);
    snapshot_unref(use->snapshot);
    snapshot_unref(use->after);
    refusals_release(&use->refusals);
    import_release(&use->import);
    plan_file_release(&use->file);
    port_info_release(&use->warnings);
}

/* ---- reading ----------------------------------------------------------------------------- */

enum err_code usecase_read_store(struct usecase *use, enum load_mode mode)
{
    if (use->snapshot) {
        return ERR_OK;
    }
    return session_load(use->session, mode, use->progress, &use->snapshot, &use->err);
}

enum err_code usecase_read_directory(struct usecase *use)
{
    if (use->roster) {
        return ERR_OK;
    }
    return session_read_directory(use->session, use->progress, &use->roster, &use->err);
}

/* The actor is part of a plan (`by`), so the service is asked who acts before one is made. */
static enum err_code plan_input(struct usecase *use, struct plan_input *input)
{
    const char *actor;
    enum err_code code = session_actor(use->session, use->progress, &actor, &use->err);
    *input = session_plan_input(use->session, use->snapshot, use->roster);
    return code;
}

/* Of two numbers of an agent the published one is rather kept. The list is read only for that. */
static void find_listed(struct usecase *use, struct plan_input *input)
{
    if (use->snapshot->keeps_claims && !use->listed && snapshot_has_twins(use->snapshot)) {
        use->listed = session_find_listed(use->session, use->snapshot, use->progress);
    }
    input->listed = use->listed;
}

/* ---- planning ---------------------------------------------------------------------------- */

/* Everything else is asked for while the pages of the directory come in. */
static enum err_code read_for_sync(struct usecase *use)
{
    const struct settings *settings = session_settings(use->session);
    const char *actor = NULL;
    bool ahead = !use->roster && !settings->dry_run && !settings->no_export && settings->export_to;
    if (!use->roster) {
        session_begin_directory(use->session, use->progress);
    }
    if (usecase_read_store(use, LOAD_POOL) == ERR_OK &&
        session_actor(use->session, use->progress, &actor, &use->err) == ERR_OK) {
        if (ahead) {
            session_look_ahead(use->session, use->progress);
        }
        return usecase_read_directory(use);
    }
    session_abandon_directory(use->session);
    return use->err.code;
}

enum err_code usecase_plan_sync(struct usecase *use)
{
    struct plan_input input;
    if (read_for_sync(use) == ERR_OK && plan_input(use, &input) == ERR_OK) {
        find_listed(use, &input);
        input.take_over = use->take_over;
        return plan_sync(&input, &use->plan, &use->err);
    }
    if (use->err.code == ERR_GUARD && use->snapshot) {
        guard_empty_directory(use->snapshot, &use->guard);
        use->judged = true;
    }
    return use->err.code;
}

enum err_code usecase_plan_init(struct usecase *use, bool dry_run)
{
    struct plan_input input;
    enum err_code code = ERR_OK;
    if (!dry_run) {
        code = session_init_store(use->session, use->progress, &use->warnings, &use->err);
    }
    if (code == ERR_OK && usecase_read_store(use, LOAD_POOL) == ERR_OK &&
        plan_input(use, &input) == ERR_OK) {
        return plan_init(&input, &use->plan, &use->err);
    }
    return use->err.code;
}

enum err_code usecase_plan_renumber(struct usecase *use, const struct renumbering *renumbering)
{
    struct plan_input input;
    bool reads = session_directory_uri(use->session) != NULL;
    if (usecase_read_store(use, LOAD_POOL) == ERR_OK &&
        (!reads || usecase_read_directory(use) == ERR_OK) && plan_input(use, &input) == ERR_OK) {
        return plan_renumber(&input, renumbering, &use->plan, &use->err);
    }
    return use->err.code;
}

/* Whether a request names an agent who has to be in the directory. */
static bool needs_directory(const struct request *requests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (requests[i].kind == CHANGE_ASSIGN ||
            (requests[i].kind == CHANGE_REASSIGN && !requests[i].swap)) {
            return true;
        }
    }
    return false;
}

/* Whether a request leaves the choice of a number to the pool. */
static bool chooses_number(const struct request *requests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!requests[i].ext && !requests[i].swap &&
            (requests[i].kind == CHANGE_ASSIGN || requests[i].kind == CHANGE_REASSIGN)) {
            return true;
        }
    }
    return false;
}

/* A file without a name does not go together with holders of other sources. */
static enum err_code check_sources(struct usecase *use, const struct plan_input *input)
{
    struct scope scope;
    enum err_code code = scope_init(&scope, input, &use->err);
    scope_release(&scope);
    return code;
}

static enum err_code read_for_requests(struct usecase *use, const struct request *requests,
                                       size_t n_requests, struct plan_input *input)
{
    enum load_mode mode = chooses_number(requests, n_requests) ? LOAD_POOL : LOAD_NORMAL;
    bool asks = needs_directory(requests, n_requests);
    if (usecase_read_store(use, mode) == ERR_OK &&
        (!asks || usecase_read_directory(use) == ERR_OK) && plan_input(use, input) == ERR_OK) {
        return asks ? check_sources(use, input) : ERR_OK;
    }
    return use->err.code;
}

enum err_code usecase_plan_edit(struct usecase *use, const char *action,
                                const struct request *requests, size_t n_requests)
{
    struct plan_input input;
    const struct edit_wish wish = {action, requests, n_requests};
    enum err_code code = usecase_plan_rows(use, &wish);
    if (code == ERR_OK && !use->plan) {
        code = read_for_requests(use, requests, n_requests, &input);
        if (code == ERR_OK) {
            code = plan_edit(&input, action, requests, n_requests, &use->refusals, &use->plan,
                             &use->err);
        }
    }
    if (code == ERR_OK) {
        usecase_note_staying(use);
    }
    return code;
}

/* The file, and what planning its rows needs. */
static enum err_code read_import(struct usecase *use, const char *path, struct plan_input *input)
{
    struct import *import = &use->import;
    import_release(import);
    if (import_read(path, use->progress, import, &use->err) != ERR_OK) {
        refusals_init(&import->refusals);
        return use->err.code;
    }
    return read_for_requests(use, import->requests, import->n_requests, input);
}

enum err_code usecase_plan_import(struct usecase *use, const char *path)
{
    struct plan_input input;
    struct import *import = &use->import;
    struct err planned = ERR_INIT;
    if (read_import(use, path, &input) != ERR_OK) {
        return use->err.code;
    }
    enum err_code code = plan_edit(&input, "import", import->requests, import->n_requests,
                                   &import->refusals, &use->plan, &planned);
    if (import_error(import, &use->err) != ERR_OK) {
        plan_free(use->plan);
        use->plan = NULL;
    } else if (code != ERR_OK) {
        use->err = planned;
    }
    return use->err.code;
}

/* Notes the rows that the planner refused; returns how many it did not. */
static size_t note_refused(struct import *import, const struct plan *plan)
{
    size_t n_possible = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->refused && change->request > 0) {
            import_refuse(import, import->requests[change->request - 1].line, change->detail);
        } else {
            n_possible++;
        }
    }
    return n_possible;
}

enum err_code usecase_plan_import_possible(struct usecase *use, const char *path)
{
    struct plan_input input;
    struct import *import = &use->import;
    if (read_import(use, path, &input) != ERR_OK) {
        return use->err.code;
    }
    use->plan = plan_edit_possible(&input, "import", import->requests, import->n_requests);
    if (note_refused(import, use->plan) == 0) {
        plan_free(use->plan);
        use->plan = NULL;
    }
    import_sort_refusals(import);
    return ERR_OK;
}

/* The store, the actor and the actions that an undo needs: the one with this id, or all of the last
   day. */
static enum err_code read_for_undo(struct usecase *use, const char *action_id,
                                   struct plan_input *input, struct history **history)
{
    struct history_query query = {.action_id = action_id};
    enum err_code code = usecase_read_store(use, LOAD_NORMAL);
    if (code == ERR_OK) {
        code = plan_input(use, input);
    }
    if (code != ERR_OK) {
        return code;
    }
    if (!action_id) {
        query.since_ms = (input->now_s - UNDO_LONGEST_S) * 1000;
    }
    return session_history(use->session, &query, use->progress, history, &use->err);
}

static enum err_code plan_turn(struct usecase *use, const char *action_id, bool redo)
{
    struct history *history = NULL;
    struct plan_input input;
    if (read_for_undo(use, action_id, &input, &history) == ERR_OK) {
        const struct undo_self self = {session_user(use->session), input.actor};
        (void)!(action_id
                    ? plan_undo_named(&input, &history->actions[0], &self, &use->plan, &use->err)
                : redo ? plan_redo_newest(&input, history, &self, &use->plan, &use->err)
                       : plan_undo_newest(&input, history, &self, &use->plan, &use->err));
    }
    history_free(history);
    return use->err.code;
}

enum err_code usecase_plan_undo(struct usecase *use, const char *action_id)
{
    return plan_turn(use, action_id, false);
}

enum err_code usecase_plan_redo(struct usecase *use)
{
    return plan_turn(use, NULL, true);
}

/* ---- the doctor -------------------------------------------------------------------------- */

/* Where others number their people is theirs. */
static void drop_foreign(struct usecase *use)
{
    struct arena arena = ARENA_INIT;
    struct source_counts sources;
    struct diagnosis *diagnosis = use->diagnosis;
    size_t n = diagnosis->n_problems;
    diagnosis->n_problems = 0;
    session_count_sources(use->session, use->snapshot, &arena, &sources);
    for (size_t i = 0; i < n; i++) {
        const struct problem *problem = &diagnosis->problems[i];
        const struct slot *slot = problem->kind == PROBLEM_OUT_OF_RANGE
                                      ? snapshot_find(use->snapshot, problem->ext)
                                      : NULL;
        if (!slot || !source_counts_foreign(&sources, slot)) {
            diagnosis->problems[diagnosis->n_problems++] = *problem;
        }
    }
    arena_release(&arena);
}

enum err_code usecase_examine(struct usecase *use)
{
    enum err_code code = usecase_read_store(use, LOAD_CONSISTENT);
    if (code == ERR_OK) {
        struct plan_input input = session_plan_input(use->session, use->snapshot, use->roster);
        find_listed(use, &input);
        use->diagnosis = doctor_examine(&input);
        drop_foreign(use);
    }
    return code;
}

static bool has_kind(const struct diagnosis *diagnosis, enum problem_kind kind)
{
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        if (diagnosis->problems[i].kind == kind) {
            return true;
        }
    }
    return false;
}

enum err_code usecase_plan_repair(struct usecase *use)
{
    struct plan_input input;
    /* The directory helps to choose which of two extensions an agent keeps, but is not required. */
    if (has_kind(use->diagnosis, PROBLEM_TWO_EXTENSIONS) && session_directory_uri(use->session) &&
        usecase_read_directory(use) != ERR_OK) {
        err_clear(&use->err);
    }
    enum err_code code = plan_input(use, &input);
    if (code == ERR_OK) {
        code = plan_repair(&input, use->diagnosis, &use->plan, &use->err);
    }
    return code;
}

size_t usecase_problems_left(struct usecase *use)
{
    struct snapshot *again = NULL;
    struct err ignored = ERR_INIT;
    size_t left = use->diagnosis->n_problems;
    if (session_load(use->session, LOAD_CONSISTENT, use->progress, &again, &ignored) == ERR_OK) {
        struct plan_input input = session_plan_input(use->session, again, NULL);
        struct diagnosis *after = doctor_examine(&input);
        left = after->n_problems;
        diagnosis_free(after);
        snapshot_unref(again);
    }
    return left;
}

/* ---- carrying out ------------------------------------------------------------------------- */

/* A sync publishes, unless the settings say no. */
static bool publishes(const struct usecase *use)
{
    return plan_is_sync(use->plan) && !session_settings(use->session)->no_export &&
           session_export_uri(use->session);
}

static void forward(void *context, const struct progress_report *report)
{
    progress_update(context, report);
}

static enum cancel only_at_once(void *context)
{
    enum cancel level = progress_cancel(context);
    return level >= CANCEL_HARD ? level : CANCEL_NO;
}

static struct progress patient_progress(const struct progress *progress)
{
    return (struct progress){
        .context = (void *)(uintptr_t)progress, .update = forward, .cancel = only_at_once};
}

/* Once, before anything is written. */
static enum err_code foresee_publication(struct usecase *use)
{
    if (use->foreseen || !publishes(use)) {
        return ERR_OK;
    }
    use->foreseen = true;
    return session_foresee_export(use->session, use->plan, use->progress, &use->receipt, &use->err);
}

enum err_code usecase_judge(struct usecase *use)
{
    guard_judge(use->plan, &session_policy(use->session)->limit, &use->guard);
    use->judged = true;
    enum err_code code = guard_error(&use->guard, &use->err);
    return code == ERR_OK ? foresee_publication(use) : code;
}

static void publish_after(struct usecase *use, const struct progress *progress)
{
    struct publish_source source = {.snapshot = use->after, .roster = use->roster};
    if (!source.roster) {
        source.roster = use->plan->roster;
    }
    use->exported =
        session_export(use->session, &source, progress, &use->receipt, &use->export_err) == ERR_OK;
}

enum err_code usecase_apply(struct usecase *use)
{
    enum err_code code = foresee_publication(use);
    if (code != ERR_OK) {
        return code;
    }
    use->tried = true;
    const struct session_deed deed = {use->plan, use->ticket, use->plan_file};
    code = session_apply(use->session, &deed, use->progress, &use->outcome, &use->err);
    bool stopped = code == ERR_CANCELLED && use->publishes_after_stop;
    bool publish = (code == ERR_OK || stopped) && publishes(use);
    if (!publish && !use->wants_after) {
        return code;
    }
    /* A first stop is not asked about again, but a stop at once counts: the next step may hang. */
    struct progress patient = patient_progress(use->progress);
    const struct progress *progress = code == ERR_OK ? use->progress : &patient;
    struct err ignored = ERR_INIT;
    if (session_after(use->session, use->plan, progress, &use->after,
                      publish ? &use->export_err : &ignored) == ERR_OK &&
        publish) {
        publish_after(use, progress);
    }
    if (use->export_err.code != ERR_OK && use->export_err.code != ERR_GUARD) {
        err_prefix(&use->export_err, "the pool is in order, but the export failed");
    }
    return code;
}
