#include "core/session/session_private.h"

#include "core/base/log.h"
#include "core/pool/stamps.h"

#include "core/base/banned.h"

/* Writing a plan: under which id, and in whose name. */

/* Who was quicker is read from the trail, once, and only after a lost race. */
static void name_quicker(struct session *session, const struct meanwhile *meanwhile,
                         const struct plan *plan, struct outcome *outcome)
{
    const struct history_query newest = {.limit = MEANWHILE_ACTIONS};
    struct history *history = NULL;
    struct err ignored = ERR_INIT;
    (void)!session_history(session, &newest, NULL, &history, &ignored);
    outcome_find_quicker(outcome, meanwhile, plan, history);
    history_free(history);
}

static size_t count_work(const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        n += !plan->changes[i].left_out && plan->changes[i].result == RESULT_PLANNED;
    }
    return n;
}

static void log_outcome(const struct plan *plan, const struct outcome *outcome, enum err_code code,
                        const struct err *err)
{
    bool told = code != ERR_OK && err;
    log_line(
        code == ERR_OK ? LOG_INFO : LOG_ERROR, "apply",
        "%s %s: %zu applied, %zu already applied, %zu conflicts, %zu failed, %zu not tried in %lld "
        "ms%s%s",
        plan->action, outcome->action_id, outcome->applied, outcome->already_applied,
        outcome->conflicts, outcome->failed, outcome->not_tried, (long long)outcome->duration_ms,
        told ? ": " : "", told ? err->text : "");
}

enum err_code session_apply(struct session *session, const struct session_deed *deed,
                            const struct progress *progress, struct outcome *outcome,
                            struct err *err)
{
    struct plan *plan = deed->plan;
    *outcome = (struct outcome){.action_id = ""};
    if (session->settings->read_only) {
        return session_refuse_to_write(session, "read-only: nothing is written", err);
    }
    if (!plan_has_work(plan)) {
        outcome_count(outcome, plan);
        return ERR_OK;
    }
    struct apply_context context = {
        .action_id = outcome->action_id,
        .origin = {.user = session_user(session),
                   .via = session->via,
                   .ticket = deed->ticket,
                   .undoes = plan->undoes,
                   .plan_file = deed->plan_file},
        .at_ms = pool_time_now_ms(&plan->snapshot->time, session->clock),
        .planned = count_work(plan),
        .clock_behind = plan->snapshot->time.stands,
        .audit_keep_s = session->settings->policy.audit_keep_s,
    };
    int64_t start_ms = clock_ticks_ms();
    session_say_phase(progress,
                      session_is_table(session) ? "writing to the table" : "writing the changes");
    enum err_code code = session_actor(session, progress, &context.actor, err);
    if (code == ERR_OK && session->missing) {
        code = session_init_store(session, progress, NULL, err);
    }
    if (code != ERR_OK) {
        return code;
    }
    audit_action_id(context.at_ms, outcome->action_id);
    struct meanwhile meanwhile;
    meanwhile_begin(&meanwhile, plan);
    code = session->store->ops->apply(session->store, plan, &context, progress, err);
    outcome_count(outcome, plan);
    session_forget_ahead(session);
    meanwhile_end(&meanwhile, plan);
    if (code == ERR_OK && meanwhile.n_lost > 0) {
        name_quicker(session, &meanwhile, plan, outcome);
    }
    meanwhile_release(&meanwhile);
    outcome->duration_ms = clock_ticks_ms() - start_ms;
    log_outcome(plan, outcome, code, err);
    if (outcome->applied == 0 && outcome->in_doubt == 0) {
        outcome->action_id[0] = '\0'; /* nothing stands under it */
    } else {
        followed_note_action(&session->followed, arena_strdup(&session->arena, outcome->action_id));
    }
    return code;
}
