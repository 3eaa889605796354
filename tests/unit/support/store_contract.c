#include "tests/unit/support/store_contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/strmap.h"
#include "tests/unit/support/store_site.h"

const struct store_maker *store_site_maker;

/* ---- worlds -------------------------------------------------------------------------------- */

int site_bare(void **state)
{
    struct site *site = mem_alloc(sizeof *site);
    site->maker = store_site_maker;
    site->clock_ms = (int64_t)T0 * 1000;
    policy_default(&site->policy);
    site->store = site->maker->fresh(site->maker->context);
    site->other = site->maker->again(site->maker->context);
    *state = site;
    return site->store && site->other ? 0 : -1;
}

int site_empty(void **state)
{
    struct err err = ERR_INIT;
    if (site_bare(state) != 0) {
        return -1;
    }
    struct site *site = *state;
    if (site->store->ops->init(site->store, &site->policy, NULL, NULL, &err) != ERR_OK) {
        print_error("init: %s\n", err.text);
        return -1;
    }
    return 0;
}

int site_ten(void **state)
{
    if (site_empty(state) != 0) {
        return -1;
    }
    struct site *site = *state;
    struct plan *plan = site_plan(site, site_see(site, site->store), "init");
    for (int i = 0; i < 10; i++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%04d", i);
        struct slot slot = a_free(ext, 0, NULL);
        propose(plan, CHANGE_CREATE, &slot);
    }
    site_apply(site, site->store, plan);
    return 0;
}

int site_end(void **state)
{
    struct site *site = *state;
    for (size_t i = 0; i < site->n_plans; i++) {
        plan_free(site->plans[i]);
    }
    for (size_t i = 0; i < site->n_seen; i++) {
        snapshot_unref(site->seen[i]);
    }
    for (size_t i = 0; i < site->n_histories; i++) {
        history_free(site->histories[i]);
    }
    free(site->plans);
    free(site->seen);
    free(site->histories);
    store_free(site->store);
    store_free(site->other);
    if (site->maker->remove) {
        site->maker->remove(site->maker->context);
    }
    free(site);
    return 0;
}

/* ---- reading and writing ------------------------------------------------------------------- */

const struct snapshot *site_see(struct site *site, struct store *store)
{
    struct err err = ERR_INIT;
    struct snapshot *snapshot = NULL;
    enum err_code code =
        store->ops->load(store, &site->policy, LOAD_CONSISTENT, NULL, &snapshot, &err);
    if (code != ERR_OK) {
        print_error("load: %s\n", err.text);
    }
    assert_int_equal(code, ERR_OK);
    site->seen = mem_resize(site->seen, site->n_seen + 1, sizeof *site->seen);
    site->seen[site->n_seen++] = snapshot;
    return snapshot;
}

struct plan *site_plan(struct site *site, const struct snapshot *snapshot, const char *action)
{
    site->plans = mem_resize(site->plans, site->n_plans + 1, sizeof *site->plans);
    return site->plans[site->n_plans++] = plan_new(action, snapshot, NULL, site->clock_ms / 1000);
}

static const char *agent_of(const struct slot *before, const struct slot *after)
{
    if (after->state == SLOT_ASSIGNED) {
        return after->agent;
    }
    return before && before->state == SLOT_ASSIGNED ? before->agent : NULL;
}

struct change *propose(struct plan *plan, enum change_kind kind, const struct slot *after)
{
    const struct slot *before = snapshot_find(plan->snapshot, after->ext);
    struct change *change =
        plan_add(plan, kind, after->ext, agent_of(before, after), 1, "asked by %s", ACTOR);
    change->steps[0].before = before;
    change->steps[0].after = slot_copy(&plan->arena, after);
    return change;
}

struct change *propose_move(struct plan *plan, const char *agent, const char *from, const char *to,
                            int64_t at_s)
{
    struct change *change = plan_add(plan, CHANGE_REASSIGN, to, agent, 2, "asked by %s", ACTOR);
    struct slot given_back = a_free(from, at_s, agent);
    struct slot taken = an_assigned(to, agent, at_s);
    change->from = arena_strdup(&plan->arena, from);
    change->to = arena_strdup(&plan->arena, to);
    change->steps[0].before = snapshot_find(plan->snapshot, from);
    change->steps[0].after = slot_copy(&plan->arena, &given_back);
    change->steps[1].before = snapshot_find(plan->snapshot, to);
    change->steps[1].after = slot_copy(&plan->arena, &taken);
    return change;
}

enum err_code site_try(struct site *site, struct store *store, struct plan *plan,
                       const struct progress *progress, struct err *err)
{
    audit_action_id(site->clock_ms, site->action_id);
    const struct apply_context context = {
        .action_id = site->action_id, .actor = ACTOR, .at_ms = site->clock_ms};
    site->clock_ms += 1000;
    return store->ops->apply(store, plan, &context, progress, err);
}

void site_apply(struct site *site, struct store *store, struct plan *plan)
{
    struct err err = ERR_INIT;
    enum err_code code = site_try(site, store, plan, NULL, &err);
    if (code != ERR_OK) {
        print_error("apply: %s\n", err.text);
    }
    assert_int_equal(code, ERR_OK);
    assert_string_equal(err.text, "");
    assert_int_equal(plan_results(plan, RESULT_PLANNED), 0);
}

void site_do(struct site *site, struct store *store, enum change_kind kind, struct slot after)
{
    struct plan *plan = site_plan(site, site_see(site, store), change_kind_name(kind));
    propose(plan, kind, &after);
    site_apply(site, store, plan);
    expect_result(&plan->changes[0], RESULT_DONE);
}

const struct history *site_history(struct site *site, size_t limit, const char *action_id)
{
    return site_ask(site, &(struct history_query){.limit = limit, .action_id = action_id});
}

const struct history *site_ask(struct site *site, const struct history_query *query)
{
    struct err err = ERR_INIT;
    struct history *history = NULL;
    enum err_code code = site->store->ops->history(site->store, query, NULL, &history, &err);
    if (code != ERR_OK) {
        print_error("history: %s\n", err.text);
    }
    assert_int_equal(code, ERR_OK);
    site->histories = mem_resize(site->histories, site->n_histories + 1, sizeof *site->histories);
    site->histories[site->n_histories++] = history;
    return history;
}

/* ---- values -------------------------------------------------------------------------------- */

static struct slot a_slot(const char *ext, enum slot_state state, unsigned record, int64_t at_s)
{
    struct slot slot = {.state = (uint8_t)state, .records = (uint8_t)record, .at_s = at_s};
    memcpy(slot.ext, ext, strlen(ext) + 1);
    return slot;
}

struct slot a_free(const char *ext, int64_t at_s, const char *last_agent)
{
    struct slot slot = a_slot(ext, SLOT_FREE, RECORD_FREE, at_s);
    slot.agent = last_agent;
    return slot;
}

struct slot a_pinned(const char *ext, const char *agent, int64_t since_s, const char *note)
{
    struct slot slot = a_slot(ext, SLOT_ASSIGNED, RECORD_ASSIGNED, since_s);
    slot.agent = agent;
    slot.note = note;
    slot.by = ACTOR;
    return slot;
}

struct slot an_assigned(const char *ext, const char *agent, int64_t since_s)
{
    return a_pinned(ext, agent, since_s, NULL);
}

struct slot a_reserved(const char *ext, int64_t since_s, const char *note)
{
    struct slot slot = a_slot(ext, SLOT_RESERVED, RECORD_RESERVED, since_s);
    slot.note = note;
    slot.by = ACTOR;
    return slot;
}

struct slot going_to(struct slot reserved, const char *target, int64_t until_s)
{
    reserved.target = target;
    reserved.until_s = until_s;
    return reserved;
}

struct slot falling_back_to(struct slot assigned, const struct belongings *own)
{
    assigned.own = own;
    return assigned;
}

struct slot an_absent(const char *ext)
{
    return a_slot(ext, SLOT_ABSENT, 0, 0);
}

/* ---- expectations -------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void print_slot(const char *what, const struct slot *slot)
{
    print_error("%s: state %d, records %u, at %lld, agent %s, note %s, by %s\n", what, slot->state,
                slot->records, (long long)slot->at_s, slot->agent ? slot->agent : "-",
                slot->note ? slot->note : "-", slot->by ? slot->by : "-");
}

void expect_slot_at(struct site *site, struct slot wanted, const char *file, int line)
{
    /* Through the other handle: what one has written is what everybody sees. */
    const struct slot none = an_absent(wanted.ext);
    const struct slot *there = snapshot_find(site_see(site, site->other), wanted.ext);
    there = there ? there : &none;
    if (there->state != wanted.state || there->records != wanted.records ||
        there->at_s != wanted.at_s || !same(there->agent, wanted.agent) ||
        !same(there->note, wanted.note) || !same(there->by, wanted.by) ||
        !same(there->target, wanted.target) || there->until_s != wanted.until_s ||
        !same(slot_fallback(there), slot_fallback(&wanted))) {
        print_error("%s\n", wanted.ext);
        print_slot("wanted", &wanted);
        print_slot("found ", there);
        _fail(file, line);
    }
}

void expect_result_at(const struct change *change, enum change_result wanted, const char *file,
                      int line)
{
    if (change->result != wanted) {
        print_error("%s %s: %s instead of %s (%s)\n", change_kind_name(change->kind),
                    change_subject(change), change_result_name(change->result),
                    change_result_name(wanted), change->detail ? change->detail : "no detail");
        _fail(file, line);
    }
}

static void expect_detail(const struct change *change, const char *word, const char *file, int line)
{
    if (!change->detail || !strstr(change->detail, word)) {
        print_error("%s: \"%s\" does not tell of \"%s\"\n", change_subject(change),
                    change->detail ? change->detail : "", word);
        _fail(file, line);
    }
}

void expect_conflict_at(const struct change *change, const char *word, const char *file, int line)
{
    expect_result_at(change, RESULT_CONFLICT, file, line);
    expect_detail(change, word, file, line);
}

void expect_already_so_at(const struct change *change, const char *word, const char *file, int line)
{
    expect_result_at(change, RESULT_SKIPPED, file, line);
    _assert_true(change->already_applied, "change->already_so", file, line);
    expect_detail(change, word, file, line);
}

void expect_sound_at(struct site *site, size_t n, const char *file, int line)
{
    const struct snapshot *snapshot = site_see(site, site->other);
    struct strmap agents;
    size_t twice = 0;
    strmap_init(&agents, snapshot->n_slots);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state == SLOT_ASSIGNED && strmap_add(&agents, slot->agent, i) != i) {
            print_error("%s has two\n", slot->agent);
            twice++;
        }
        if ((slot->records & (slot->records - 1u)) != 0) {
            print_error("%s has several records\n", slot->ext);
            twice++;
        }
    }
    strmap_release(&agents);
    if (twice > 0 || snapshot->n_slots != n || snapshot->n_unknown_items > 0) {
        print_error("%zu numbers instead of %zu, %zu odd\n", snapshot->n_slots, n,
                    snapshot->n_unknown_items);
        _fail(file, line);
    }
}

/* ---- the suite ----------------------------------------------------------------------------- */

int store_contract_run(const struct store_maker *maker)
{
    const struct {
        const char *name;
        const struct CMUnitTest *tests;
        size_t n;
    } parts[] = {
        {"changes", store_change_tests, store_n_change_tests},
        {"conflicts", store_conflict_tests, store_n_conflict_tests},
        {"the whole", store_whole_tests, store_n_whole_tests},
        {"history", store_history_tests, store_n_history_tests},
        {"the past", store_past_tests, store_n_past_tests},
        {"what changed", store_refresh_tests, store_n_refresh_tests},
        {"lookups", store_lookup_tests, store_n_lookup_tests},
        {"exempt agents", store_exempt_tests, store_n_exempt_tests},
    };
    int failed = 0;
    store_site_maker = maker;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char name[128];
        snprintf(name, sizeof name, "store contract, %s: %s", maker->name, parts[i].name);
        failed += _cmocka_run_group_tests(name, parts[i].tests, parts[i].n, NULL, NULL);
    }
    return failed;
}
