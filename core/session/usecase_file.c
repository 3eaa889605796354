#include "core/session/usecase.h"

#include <string.h>

#include "core/plan/plan_file_now.h"

#include "core/base/banned.h"

/*
 * Plan files: a plan that one person makes, and another one carries out. Who may carry it out is
 * decided by the store's permissions, not here.
 */

/* ---- writing ---------------------------------------------------------------------------------- */

enum err_code usecase_save_plan(struct usecase *use, const char *path, char digest[DIGEST_ROOM])
{
    const struct plan *plan = use->plan;
    struct arena arena = ARENA_INIT;
    const struct plan_file_content content = {
        .store = session_store_name(use->session, &arena),
        .place = session_store_place(use->session, &arena),
        .maker = session_user(use->session),
        .made_at_s = plan->now_s,
        .action = plan->action,
        .ticket = use->ticket,
        .guard = use->judged ? &use->guard : NULL,
        .plan = plan,
    };
    enum err_code code = plan_file_save(path, &content, digest, &use->err);
    arena_release(&arena);
    return code;
}

/* ---- applying --------------------------------------------------------------------------------- */

static bool makes_numbers(const struct plan_file *file)
{
    for (size_t i = 0; i < file->n_changes; i++) {
        if (file->changes[i].kind == CHANGE_CREATE) {
            return true;
        }
    }
    return false;
}

/* The store and, if its rows rest on it, the directory as they are now. */
static enum err_code read_now(struct usecase *use, struct plan_input *input)
{
    const char *actor;
    const struct plan_file *file = &use->file;
    enum err_code code = usecase_read_store(use, makes_numbers(file) ? LOAD_POOL : LOAD_NORMAL);
    if (code == ERR_OK && plan_file_needs_directory(file)) {
        code = usecase_read_directory(use);
    }
    if (code == ERR_OK) {
        code = session_actor(use->session, use->progress, &actor, &use->err);
    }
    if (code != ERR_OK) {
        return code;
    }
    *input = session_plan_input(use->session, use->snapshot, use->roster);
    return ERR_OK;
}

static enum err_code check_file(struct usecase *use, int64_t now_s)
{
    struct arena arena = ARENA_INIT;
    const char *place = session_store_place(use->session, &arena);
    const char *store = session_store_name(use->session, &arena);
    enum err_code code = plan_file_check(&use->file, store, place, now_s, &use->err);
    arena_release(&arena);
    return code;
}

/* What was carried out from it before, and how much of it. The clocks of the two may differ. */
static enum err_code skip_done(struct usecase *use)
{
    const struct history_query query = {
        .plan_file = use->file.digest,
        .since_ms = (use->file.made_at_s - CLOCK_DAY_S) * 1000,
    };
    struct history *history = NULL;
    enum err_code code = session_history(use->session, &query, use->progress, &history, &use->err);
    if (code == ERR_OK) {
        code = plan_file_skip_done(use->plan, history, &use->err);
    }
    history_free(history);
    return code;
}

enum err_code usecase_plan_file(struct usecase *use, const char *path)
{
    struct plan_input input;
    plan_file_release(&use->file);
    if (plan_file_load(&use->file, path, &use->err) != ERR_OK || read_now(use, &input) != ERR_OK ||
        check_file(use, input.now_s) != ERR_OK) {
        return use->err.code;
    }
    use->plan = plan_file_plan(&use->file, &input);
    if (skip_done(use) != ERR_OK) {
        plan_free(use->plan);
        use->plan = NULL;
        return use->err.code;
    }
    plan_file_meet(use->plan);
    use->ticket = use->file.ticket;
    use->plan_file = use->file.digest;
    return ERR_OK;
}
