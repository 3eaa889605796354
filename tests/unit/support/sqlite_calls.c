#include "tests/unit/support/sqlite_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/embedded/store_sqlite.h"

#define AT_S 1795000000

static void note(struct call *call, enum err_code code, const struct err *err)
{
    call->code = code;
    snprintf(call->text, sizeof call->text, "%.500s", err->text);
    snprintf(call->hint, sizeof call->hint, "%.500s", err->hint);
}

enum err_code sqlite_apply_plan(struct store *store, struct plan *plan,
                                const struct progress *progress, struct err *err)
{
    char id[AUDIT_ID_ROOM];
    audit_action_id((int64_t)AT_S * 1000, id);
    const struct apply_context context = {
        .action_id = id, .actor = "ops@host", .at_ms = (int64_t)AT_S * 1000};
    return store->ops->apply(store, plan, &context, progress, err);
}

static void propose(struct plan *plan, enum change_kind kind, size_t number, const char *agent)
{
    char ext[EXT_ROOM];
    snprintf(ext, sizeof ext, "%04zu", number % 10000);
    struct change *change = plan_add(plan, kind, ext, agent, 1, "test");
    struct step *step = &change->steps[0];
    step->before = snapshot_find(plan->snapshot, ext);
    memcpy(step->after.ext, ext, sizeof ext);
    step->after.state = agent ? SLOT_ASSIGNED : SLOT_FREE;
    step->after.at_s = agent ? AT_S : 0;
    step->after.agent = change->agent;
    step->after.by = agent ? "ops@host" : NULL;
}

struct plan *sqlite_plan(const struct snapshot *snapshot, size_t n)
{
    struct plan *plan = plan_new("assign", snapshot, NULL, AT_S);
    for (size_t i = 0; i < n; i++) {
        char agent[32];
        snprintf(agent, sizeof agent, "agent-%zu", i);
        propose(plan, CHANGE_ASSIGN, 5000 + i, agent);
    }
    return plan;
}

static void make_apply(struct calls *calls, struct store *store, const struct snapshot *snapshot,
                       size_t n)
{
    struct err err = ERR_INIT;
    struct plan *plan = sqlite_plan(snapshot, n);
    enum err_code code = sqlite_apply_plan(store, plan, NULL, &err);
    note(&calls->apply, code, &err);
    calls->done = plan_results(plan, RESULT_DONE);
    calls->failed = plan_results(plan, RESULT_FAILED);
    calls->not_tried = plan_results(plan, RESULT_NOT_TRIED);
    plan_free(plan);
}

static struct snapshot *make_load(struct call *call, struct store *store,
                                  const struct policy *policy, enum load_mode mode)
{
    struct err err = ERR_INIT;
    struct snapshot *snapshot = NULL;
    enum err_code code = store->ops->load(store, policy, mode, NULL, &snapshot, &err);
    note(call, code, &err);
    return snapshot;
}

void calls_make(struct calls *calls, const char *path, int width, size_t n, int64_t busy_timeout_ms)
{
    struct policy policy;
    struct history *history = NULL;
    struct err err = ERR_INIT;
    policy_default(&policy);
    policy.width = width;
    struct store *store = store_sqlite_new(path, &clock_system);
    if (busy_timeout_ms > 0) {
        store_sqlite_set_patience(store, busy_timeout_ms);
    }
    *calls = (struct calls){.possible = true};
    struct snapshot *snapshot = make_load(&calls->load, store, &policy, LOAD_NORMAL);
    snapshot_unref(make_load(&calls->whole, store, &policy, LOAD_CONSISTENT));
    note(&calls->history,
         store->ops->history(store, &(struct history_query){.action_id = NULL}, NULL, &history,
                             &err),
         &err);
    err_clear(&err);
    note(&calls->init, store->ops->init(store, &policy, NULL, NULL, &err), &err);
    snapshot = snapshot ? snapshot : snapshot_new();
    calls->n_slots = snapshot->n_slots;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        calls->n_assigned += snapshot->slots[i].state == SLOT_ASSIGNED;
    }
    make_apply(calls, store, snapshot, n);
    snapshot_unref(snapshot);
    history_free(history);
    store_free(store);
}

void calls_in_child(struct calls *calls, void (*work)(struct calls *calls, void *context),
                    void *context)
{
    int pipe_ends[2];
    int status = 0;
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct calls made = {.possible = false};
        work(&made, context);
        _exit(write(pipe_ends[1], &made, sizeof made) == (ssize_t)sizeof made ? 0 : 1);
    }
    close(pipe_ends[1]);
    ssize_t got = read(pipe_ends[0], calls, sizeof *calls);
    close(pipe_ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(got, sizeof *calls);
}

void sqlite_sample(const char *path)
{
    struct err err = ERR_INIT;
    struct policy policy;
    policy_default(&policy);
    struct store *store = store_sqlite_new(path, &clock_system);
    struct snapshot *empty = snapshot_new();
    struct plan *plan = plan_new("init", empty, NULL, AT_S);
    for (size_t i = 0; i < 10; i++) {
        propose(plan, i == 1 ? CHANGE_ASSIGN : CHANGE_CREATE, i, i == 1 ? "alice" : NULL);
    }
    assert_int_equal(store->ops->init(store, &policy, NULL, NULL, &err), ERR_OK);
    assert_int_equal(sqlite_apply_plan(store, plan, NULL, &err), ERR_OK);
    assert_int_equal(plan_results(plan, RESULT_DONE), 10);
    plan_free(plan);
    snapshot_unref(empty);
    store_free(store);
}

void sqlite_by_hand(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    int result = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (result != SQLITE_OK) {
        print_error("%s: %s\n", sql, message);
    }
    sqlite3_free(message);
    assert_int_equal(result, SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

void sqlite_cut_off(const char *path, const char *sql)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        bool done = sqlite3_open(path, &db) == SQLITE_OK &&
                    sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
        _exit(done ? 0 : 1); /* not closed, not committed */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}
