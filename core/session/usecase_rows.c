#include "core/session/usecase_rows.h"

#include <string.h>

#include "core/plan/guard.h"
#include "core/plan/notes.h"
#include "core/pool/login.h"
#include "core/pool/target.h"

#include "core/base/banned.h"

/*
 * One row is one row: the plan of a few requests, from the records that they are about. It is the
 * plan that the whole store and the whole directory would give; where that is not certain, or where
 * a request is refused, the caller reads all of it and plans again, and so every message is made
 * there.
 */

#define REQUESTS_MAX 2 /* of one command that is planned so */

_Static_assert(4 * REQUESTS_MAX <= STORE_ROWS_MAX, "two agents, a number and a target each");
_Static_assert(2 * REQUESTS_MAX <= GUARD_NAMED_MAX, "so many people need no count of all");

/* ---- what they are about --------------------------------------------------------------------- */

static bool takes_number(const struct request *request)
{
    return !request->swap && (request->kind == CHANGE_ASSIGN || request->kind == CHANGE_REASSIGN);
}

static void want(struct store_rows *rows, enum row_kind kind, const char *name)
{
    if (name && name[0] != '\0') {
        rows->items[rows->n++] = (struct store_row){kind, name};
    }
}

static void want_target(struct store_rows *rows, const struct policy *policy, const char *text)
{
    enum target_kind kind;
    const char *bare = NULL;
    if (!text || text[0] == '\0' ||
        target_parse(text, policy->width, &kind, &bare, NULL) != ERR_OK) {
        return;
    }
    if (kind == TARGET_EXT) {
        want(rows, ROW_TARGET_EXT, bare);
    } else if (kind == TARGET_AGENT) {
        want(rows, ROW_TARGET_AGENT, bare);
    }
}

static void want_request(struct store_rows *rows, const struct policy *policy,
                         const struct request *request)
{
    bool reserves = request->kind == CHANGE_RESERVE || request->kind == CHANGE_UNRESERVE;
    want(rows, ROW_AGENT, request->agent);
    want(rows, ROW_AGENT, request->other);
    want(rows, takes_number(request) ? ROW_GAINED : reserves ? ROW_NUMBER : ROW_HELD, request->ext);
    want_target(rows, policy, request->target);
    rows->exempts = rows->exempts || request->kind == CHANGE_ASSIGN ||
                    request->kind == CHANGE_EXEMPT || request->kind == CHANGE_UNEXEMPT;
    rows->chooses = rows->chooses || (takes_number(request) && !request->ext);
}

static bool is_login_or_none(const char *text)
{
    return !text || !login_fault(text, strlen(text));
}

/* Whether such a request can be planned so at all. */
static bool fits(const struct policy *policy, const struct request *request)
{
    return !request->kept && (!request->ext || policy_valid_ext(policy, request->ext)) &&
           is_login_or_none(request->agent) && is_login_or_none(request->other);
}

static bool find_rows(const struct usecase *use, const struct edit_wish *wish,
                      struct store_rows *rows)
{
    const struct settings *settings = session_settings(use->session);
    bool few = wish->n > 0 && wish->n <= REQUESTS_MAX;
    /* These need the whole store all the same: a count of those who hold a number, what is after. */
    if (use->snapshot || use->roster || use->wants_after || settings->policy.limit.given ||
        settings->plan_out) {
        return false;
    }
    for (size_t i = 0; few && i < wish->n; i++) {
        /* What an agent's group is, and what it has left, only all of it tells. */
        few = !(settings->policy.n_groups > 0 && takes_number(&wish->requests[i])) &&
              fits(&settings->policy, &wish->requests[i]);
        if (few) {
            want_request(rows, &settings->policy, &wish->requests[i]);
        }
    }
    return few;
}

/* ---- who works here -------------------------------------------------------------------------- */

static bool holds(const struct snapshot *snapshot, const char *agent)
{
    return agent && snapshot_find_agent(snapshot, agent);
}

/* One who is not found by name is looked for in all of it, by the caller. */
static enum err_code ask_directory(struct usecase *use, const char *login, struct roster **found)
{
    enum err_code code = session_find_agent(use->session, login, use->progress, found, &use->err);
    if (code == ERR_OK && !*found) {
        code = session_read_directory(use->session, use->progress, &use->roster, &use->err);
        *found = code == ERR_OK ? roster_ref(use->roster) : NULL;
    }
    return code;
}

/* The directory is only asked about an agent whom the store does not know: who holds a number was in
   it. *found stays NULL if nobody is to be asked about. False: only all of it tells. */
static bool find_agents(struct usecase *use, const struct edit_wish *wish,
                        const struct snapshot *snapshot, struct roster **found)
{
    const char *asked = NULL;
    bool opens = false;
    for (size_t i = 0; i < wish->n; i++) {
        const struct request *request = &wish->requests[i];
        opens = opens || takes_number(request);
        if (!takes_number(request) || holds(snapshot, request->agent)) {
            continue;
        }
        if (!request->agent || request->kind == CHANGE_REASSIGN || asked) {
            return false; /* refused, or too many questions */
        }
        asked = request->agent;
    }
    if (!asked) {
        return !opens || session_has_directory(use->session);
    }
    return ask_directory(use, asked, found) == ERR_OK && *found && (*found)->n_agents > 0;
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* A plan that is certain, or NULL. */
static struct plan *plan_on(const struct usecase *use, const struct edit_wish *wish,
                            const struct snapshot *snapshot, const struct roster *roster)
{
    struct err refused = ERR_INIT;
    struct plan *plan = NULL;
    const struct plan_input input = session_plan_input(use->session, snapshot, roster);
    enum err_code code =
        plan_edit(&input, wish->action, wish->requests, wish->n, NULL, &plan, &refused);
    if (code == ERR_OK && plan->unsure) {
        plan_free(plan);
        return NULL;
    }
    return code == ERR_OK ? plan : NULL;
}

static enum err_code plan_on_part(struct usecase *use, const struct edit_wish *wish,
                                  struct snapshot *snapshot)
{
    struct roster *found = NULL;
    const char *actor;
    if (!find_agents(use, wish, snapshot, &found) ||
        session_actor(use->session, use->progress, &actor, &use->err) != ERR_OK) {
        roster_unref(found);
        return use->err.code;
    }
    use->plan = plan_on(use, wish, snapshot, found);
    if (use->plan) {
        use->snapshot = snapshot_ref(snapshot);
        roster_unref(use->roster);
        use->roster = found ? roster_ref(found) : NULL;
    }
    roster_unref(found);
    return ERR_OK;
}

enum err_code usecase_plan_rows(struct usecase *use, const struct edit_wish *wish)
{
    struct store_rows rows = {.n = 0};
    struct snapshot *snapshot = NULL;
    if (!find_rows(use, wish, &rows)) {
        return ERR_OK;
    }
    enum err_code code =
        session_read_rows(use->session, &rows, use->progress, &snapshot, &use->err);
    if (code == ERR_OK && snapshot && snapshot->partial) {
        code = plan_on_part(use, wish, snapshot);
    } else if (code == ERR_OK && snapshot) {
        use->snapshot = snapshot_ref(snapshot);
    }
    snapshot_unref(snapshot);
    return code;
}

/* ---- who stays ------------------------------------------------------------------------------- */

#define ASKED_MAX 5 /* agents: more than that is a reason to read the directory beforehand */

static bool is_asked_about(const struct plan *plan, const struct change *change)
{
    return change->kind == CHANGE_RELEASE && change_is_tried(change) &&
           !snapshot_find_exempt(plan->snapshot, change->agent);
}

/* Those of them who are in the directory, asked one by one. What cannot be asked is not told. */
static struct roster *find_staying(struct usecase *use)
{
    const struct plan *plan = use->plan;
    struct roster *staying = roster_new();
    for (size_t i = 0; i < plan->n_changes; i++) {
        struct roster *found = NULL;
        struct err ignored = ERR_INIT;
        if (is_asked_about(plan, &plan->changes[i]) &&
            session_find_agent(use->session, plan->changes[i].agent, use->progress, &found,
                               &ignored) == ERR_OK &&
            found && found->n_agents > 0) {
            roster_add(staying, &found->agents[0]);
        }
        roster_unref(found);
    }
    roster_seal(staying);
    return staying;
}

void usecase_note_staying(struct usecase *use)
{
    const struct policy *policy = session_policy(use->session);
    struct plan *plan = use->plan;
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        n += is_asked_about(plan, &plan->changes[i]);
    }
    if (n > 0 && use->roster && !use->roster->partial) {
        plan_note_staying(plan, policy, use->roster);
    } else if (n > 0 && n <= ASKED_MAX && session_has_directory(use->session)) {
        struct roster *staying = find_staying(use);
        plan_note_staying(plan, policy, staying);
        roster_unref(staying);
    }
}
