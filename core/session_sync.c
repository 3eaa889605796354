/*
 * A sync on a store whose usual read is an index that may lag behind: which plan it makes, and what
 * there is to export afterwards.
 */
#include "core/session.h"

#include "core/banned.h"

/* ---- planning ---------------------------------------------------------------------------- */

/* Replaces the plan by one that knows the whole store. */
static enum err_code look_closer(struct session *session, const struct roster *roster,
                                 const struct progress *progress, struct plan **plan,
                                 struct err *err)
{
    struct snapshot *whole = NULL;
    struct plan *closer = NULL;
    struct err why = ERR_INIT;
    enum err_code code = session_load(session, LOAD_WHOLE, progress, &whole, &why);
    if (code == ERR_CANCELLED) {
        return err_set(err, code, "%s", why.text);
    }
    if (code != ERR_OK) {
        plan_note(*plan, "the store could not be read whole to look for them: %s", why.text);
        return ERR_OK;
    }
    struct plan_input input = session_plan_input(session, whole, roster);
    code = plan_sync(&input, &closer, err);
    if (code == ERR_OK) {
        plan_note(closer, "numbers ran out that the index does not show, so the whole store was "
                          "read");
        plan_free(*plan);
        *plan = closer;
    }
    snapshot_unref(whole);
    return code;
}

enum err_code session_plan_sync(struct session *session, const struct snapshot *snapshot,
                                const struct roster *roster, const struct progress *progress,
                                struct plan **out, struct err *err)
{
    const char *actor = NULL;
    struct plan *plan = NULL;
    enum err_code code = session_actor(session, &actor, err);
    if (code == ERR_OK) {
        struct plan_input input = session_plan_input(session, snapshot, roster);
        code = plan_sync(&input, &plan, err);
    }
    if (code == ERR_OK && plan->n_unassigned > 0 && plan->missing > 0) {
        code = look_closer(session, roster, progress, &plan, err);
    }
    if (code != ERR_OK) {
        plan_free(plan);
        plan = NULL;
    }
    *out = plan;
    return code;
}

/* ---- afterwards -------------------------------------------------------------------------- */

/* Whether something was not written because it was so already or somebody else was there first. */
static bool met_others(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->result == RESULT_CONFLICT ||
            (change->result == RESULT_SKIPPED && !change->left_out)) {
            return true;
        }
    }
    return false;
}

enum err_code session_after(struct session *session, const struct plan *plan,
                            const struct progress *progress, struct snapshot **out, struct err *err)
{
    bool others = met_others(plan);
    struct snapshot *now = NULL;
    *out = NULL;
    if (plan_results(plan, RESULT_DONE) == 0 && !others) {
        *out = snapshot_ref(plan->snapshot);
        return ERR_OK;
    }
    if (plan->snapshot->exact || others) {
        enum err_code code = session_load(session, LOAD_NORMAL, progress, &now, err);
        if (code != ERR_OK || now->exact) {
            *out = now;
            return code;
        }
    }
    *out = plan_overlay(plan, others ? now : plan->snapshot, session_now_s(session));
    snapshot_unref(now);
    return ERR_OK;
}
