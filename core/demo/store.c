#include "core/demo/store.h"

#include <stdlib.h>

#include "core/demo/demo.h"
#include "core/pool/group.h"
#include "core/base/mem.h"
#include "core/embedded/store_sqlite.h"

#include "core/base/banned.h"

#define DAY_S ((int64_t)86400)

/* Of the people who work here today: so many are new, and so many others have left. */
#define NEWCOMERS 6
#define LEAVERS 4
#define RETURNED 9 /* numbers given back in the last days */

struct demo_store {
    struct store base;
    struct store *inner;
    const struct clock *clock;
    uint64_t seed;
    bool seen;
};

static struct demo_store *demo_of(struct store *store)
{
    return (struct demo_store *)store;
}

/* ---- the past ---------------------------------------------------------------------------- */

/* One step of the past: a plan on what is there, applied `ago_s` before now. */
struct past {
    struct demo_store *demo;
    const struct policy *policy;
    const struct roster *roster;
    const char *actor;
    struct err *err;
};

static enum err_code apply_past(struct past *past, struct plan *plan)
{
    char id[AUDIT_ID_ROOM];
    struct apply_context context = {
        .action_id = id, .actor = past->actor, .at_ms = plan->now_s * 1000};
    context.origin.user = past->actor;
    context.origin.via = plan_is_sync(plan) ? VIA_TIMER : VIA_CONSOLE;
    struct store *inner = past->demo->inner;
    audit_action_id(context.at_ms, id);
    return inner->ops->apply(inner, plan, &context, NULL, past->err);
}

/* `requests` NULL: a sync with the roster. */
static enum err_code happen(struct past *past, int64_t ago_s, const char *action,
                            const struct request *requests, size_t n)
{
    struct store *inner = past->demo->inner;
    struct snapshot *snapshot = NULL;
    struct plan *plan = NULL;
    enum err_code code =
        inner->ops->load(inner, past->policy, LOAD_NORMAL, NULL, &snapshot, past->err);
    if (code == ERR_OK) {
        struct plan_input input = {
            .policy = past->policy,
            .snapshot = snapshot,
            .roster = past->roster,
            .now_s = clock_now_s(past->demo->clock) - ago_s,
            .actor = past->actor,
        };
        code = requests ? plan_edit(&input, action, requests, n, NULL, &plan, past->err)
                        : plan_sync(&input, &plan, past->err);
    }
    if (code == ERR_OK) {
        code = apply_past(past, plan);
    }
    plan_free(plan);
    snapshot_unref(snapshot);
    return code;
}

/* Everyone of three weeks ago: today's people without the newcomers, and those who left since. */
static struct roster *people_then(const struct policy *policy, uint64_t seed, size_t gone)
{
    struct roster *all = roster_new();
    struct roster *then = roster_new();
    demo_roster(seed, DEMO_AGENTS + gone, all);
    for (size_t i = NEWCOMERS; i < all->n_agents; i++) {
        roster_add(then, &all->agents[i]);
    }
    roster_unref(all);
    roster_seal(then);
    groups_find(policy, then);
    return then;
}

static enum err_code fill(struct demo_store *demo, const struct policy *policy, struct err *err)
{
    struct past past = {.demo = demo, .policy = policy, .actor = "demo", .err = err};
    struct roster *before = people_then(policy, demo->seed, LEAVERS + RETURNED);
    struct roster *after = people_then(policy, demo->seed, LEAVERS);
    const struct request kept_back[] = {
        {.kind = CHANGE_RESERVE, .ext = "2000", .note = "night desk"},
        {.kind = CHANGE_RESERVE, .ext = "2001", .note = "night desk, second line"},
        {.kind = CHANGE_RESERVE, .ext = "6555", .note = "lift emergency phone"},
        {.kind = CHANGE_PIN, .agent = before->agents[17].login, .note = "printed on the leaflet"},
        {.kind = CHANGE_PIN, .agent = before->agents[90].login, .note = "head of desk"},
    };
    past.roster = before;
    enum err_code code = happen(&past, 21 * DAY_S, "sync", NULL, 0);
    if (code == ERR_OK) {
        past.actor = "kim@desk7 from 192.0.2.7";
        code =
            happen(&past, 12 * DAY_S, "import", kept_back, sizeof kept_back / sizeof kept_back[0]);
    }
    if (code == ERR_OK) {
        past.actor = "demo";
        past.roster = after;
        code = happen(&past, 2 * DAY_S, "sync", NULL, 0);
    }
    roster_unref(before);
    roster_unref(after);
    return code;
}

/* ---- the port ---------------------------------------------------------------------------- */

static enum err_code demo_init(struct store *store, const struct policy *policy,
                               const struct progress *progress, struct port_info *warnings,
                               struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    return inner->ops->init(inner, policy, progress, warnings, err);
}

static enum err_code demo_load(struct store *store, const struct policy *policy,
                               enum load_mode mode, const struct progress *progress,
                               struct snapshot **out, struct err *err)
{
    struct demo_store *demo = demo_of(store);
    struct err none = ERR_INIT;
    enum err_code code = demo->inner->ops->load(demo->inner, policy, mode, progress, out, &none);
    demo->seen = demo->seen || code == ERR_OK;
    if (code != ERR_NOT_FOUND || demo->seen) { /* one that is gone is not made again */
        return code == ERR_OK ? code : err_set(err, code, "%s", none.text);
    }
    demo->seen = true;
    code = demo->inner->ops->init(demo->inner, policy, NULL, NULL, err);
    if (code == ERR_OK) {
        code = fill(demo, policy, err);
    }
    return code != ERR_OK ? code
                          : demo->inner->ops->load(demo->inner, policy, mode, progress, out, err);
}

/* The first load makes the store, so that a lookup meets one. */
static enum err_code demo_lookup(struct store *store, const struct policy *policy,
                                 const struct store_lookup *wanted, const struct progress *progress,
                                 struct store_found *out, struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    return inner->ops->lookup(inner, policy, wanted, progress, out, err);
}

/* Made as by a load. */
static enum err_code demo_read_rows(struct store *store, const struct policy *policy,
                                    const struct store_rows *wanted,
                                    const struct progress *progress, struct snapshot **out,
                                    struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    return demo_of(store)->seen ? inner->ops->read_rows(inner, policy, wanted, progress, out, err)
                                : demo_load(store, policy, LOAD_POOL, progress, out, err);
}

static enum err_code demo_apply(struct store *store, struct plan *plan,
                                const struct apply_context *context,
                                const struct progress *progress, struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    return inner->ops->apply(inner, plan, context, progress, err);
}

static enum err_code demo_history(struct store *store, const struct history_query *query,
                                  const struct progress *progress, struct history **out,
                                  struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    return inner->ops->history(inner, query, progress, out, err);
}

static enum err_code demo_published(struct store *store, const char *uri,
                                    const struct progress *progress, struct published *out,
                                    struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    return inner->ops->published(inner, uri, progress, out, err);
}

static enum err_code demo_note_published(struct store *store, const char *uri,
                                         const struct published *published,
                                         const struct progress *progress, struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    return inner->ops->note_published(inner, uri, published, progress, err);
}

/* The first read makes the store, as a load does. */
static enum err_code demo_read_changes(struct store *store, const struct policy *policy,
                                       const struct store_since *since,
                                       const struct progress *progress, struct store_changes *out,
                                       struct err *err)
{
    struct store *inner = demo_of(store)->inner;
    struct snapshot *made = NULL;
    enum err_code code = ERR_OK;
    if (!demo_of(store)->seen) {
        code = demo_load(store, policy, LOAD_NORMAL, progress, &made, err);
        snapshot_unref(made);
    }
    return code == ERR_OK ? inner->ops->read_changes(inner, policy, since, progress, out, err)
                          : code;
}

static void demo_facts(struct store *store, struct port_info *facts)
{
    struct store *inner = demo_of(store)->inner;
    inner->ops->facts(inner, facts);
}

static void demo_free(struct store *store)
{
    store_free(demo_of(store)->inner);
    free(store);
}

static const struct store_ops s_ops = {
    .init = demo_init,
    .load = demo_load,
    .read_changes = demo_read_changes,
    .lookup = demo_lookup,
    .read_rows = demo_read_rows,
    .apply = demo_apply,
    .history = demo_history,
    .published = demo_published,
    .note_published = demo_note_published,
    .facts = demo_facts,
    .free = demo_free,
};

struct store *store_demo_new(const char *path, uint64_t seed, const struct clock *clock)
{
    struct demo_store *demo = mem_alloc(sizeof *demo);
    demo->base.ops = &s_ops;
    demo->base.uri = mem_printf("demo:%s", path);
    demo->inner = store_sqlite_new(path, clock);
    demo->clock = clock;
    demo->seed = seed;
    return &demo->base;
}
