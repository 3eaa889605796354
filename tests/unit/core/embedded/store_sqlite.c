/* The embedded store: the contract of every store, and what is its own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "core/embedded/store_sqlite.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/sqlite_calls.h"
#include "tests/unit/support/store_contract.h"

/* ---- the contract -------------------------------------------------------------------------- */

static struct store *fresh(void *context)
{
    struct scratch *scratch = context;
    scratch_init(scratch);
    return store_sqlite_new(scratch_path(scratch, "a/b/pool.db"), &clock_system);
}

static struct store *again(void *context)
{
    return store_sqlite_new(scratch_path(context, "a/b/pool.db"), &clock_system);
}

static void remove_place(void *context)
{
    scratch_release(context);
}

/* ---- what is its own ----------------------------------------------------------------------- */

struct fixture {
    struct scratch scratch;
    char path[512];
    struct policy policy;
    struct store *store; /* on a sample of ten numbers, 0001 assigned to alice */
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    scratch_init(&fixture->scratch);
    policy_default(&fixture->policy);
    snprintf(fixture->path, sizeof fixture->path, "%s", scratch_path(&fixture->scratch, "pool.db"));
    sqlite_sample(fixture->path);
    fixture->store = store_sqlite_new(fixture->path, &clock_system);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    store_free(fixture->store);
    scratch_release(&fixture->scratch);
    free(fixture);
    return 0;
}

static struct snapshot *load(struct fixture *fixture, enum load_mode mode)
{
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    enum err_code code =
        fixture->store->ops->load(fixture->store, &fixture->policy, mode, NULL, &snapshot, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(code, ERR_OK);
    return snapshot;
}

/* Assigns n numbers that are not there yet, from 5000 up, with this handle. */
static void assign(struct fixture *fixture, size_t n)
{
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    struct plan *plan = sqlite_plan(snapshot, n);
    struct err err = ERR_INIT;
    assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_OK);
    assert_int_equal(plan_results(plan, RESULT_DONE), n);
    plan_free(plan);
    snapshot_unref(snapshot);
}

static size_t count_slots(struct fixture *fixture)
{
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    size_t n = snapshot->n_slots;
    snapshot_unref(snapshot);
    return n;
}

static mode_t mode_of(struct fixture *fixture, const char *name)
{
    struct stat about;
    assert_int_equal(stat(scratch_path(&fixture->scratch, name), &about), 0);
    return about.st_mode & 07777;
}

static void test_nobody_else_reads_it(void **state)
{
    struct fixture *fixture = *state;
    mode_t mask = umask(0);
    sqlite_sample(scratch_path(&fixture->scratch, "new/deep/pool.db"));
    umask(mask);
    assert_int_equal(mode_of(fixture, "new"), 0700);
    assert_int_equal(mode_of(fixture, "new/deep"), 0700);
    assert_int_equal(mode_of(fixture, "new/deep/pool.db"), 0600);
    assign(fixture, 1);
    assert_int_equal(mode_of(fixture, "pool.db-wal"), 0600);
    assert_int_equal(mode_of(fixture, "pool.db-shm"), 0600);
}

static void test_nothing_lies_about_when_it_is_closed(void **state)
{
    struct fixture *fixture = *state;
    assign(fixture, 3);
    store_free(fixture->store);
    assert_int_equal(scratch_count(&fixture->scratch), 1);
    fixture->store = store_sqlite_new(fixture->path, &clock_system);
    assert_int_equal(count_slots(fixture), 13);
}

static void test_names_that_sqlite_would_take_for_something_else(void **state)
{
    static const char *const names[] = {":memory:", "file:pool.db?mode=memory", "a%41b#c?d=e f"};
    struct fixture *fixture = *state;
    char *here = getcwd(NULL, 0);
    assert_non_null(here);
    assert_int_equal(chdir(fixture->scratch.folder), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        sqlite_sample(names[i]);
        assert_int_equal(access(names[i], F_OK), 0);
        struct calls calls;
        calls_make(&calls, names[i], 4, 1, 0);
        assert_int_equal(calls.load.code, ERR_OK);
        assert_int_equal(calls.n_slots, 10);
        assert_int_equal(calls.done, 1);
    }
    assert_int_equal(chdir(here), 0);
    free(here);
}

static void test_changes_by_others_are_noticed_cheaply(void **state)
{
    struct fixture *fixture = *state;
    const struct store_ops *ops = fixture->store->ops;
    assert_true(ops->may_have_changed(fixture->store)); /* nothing was loaded yet */
    snapshot_unref(load(fixture, LOAD_NORMAL));
    assert_false(ops->may_have_changed(fixture->store));
    assert_false(ops->may_have_changed(fixture->store));
    sqlite_by_hand(fixture->path, "UPDATE extension SET at = 7 WHERE extension = '0001'");
    assert_true(ops->may_have_changed(fixture->store));
    snapshot_unref(load(fixture, LOAD_NORMAL));
    assert_false(ops->may_have_changed(fixture->store));
    assign(fixture, 1); /* its own writing counts too */
    assert_true(ops->may_have_changed(fixture->store));
    snapshot_unref(load(fixture, LOAD_WHOLE));
    assert_false(ops->may_have_changed(fixture->store));
}

static void test_another_file_in_its_place(void **state)
{
    struct fixture *fixture = *state;
    const struct store_ops *ops = fixture->store->ops;
    assign(fixture, 2);
    assert_int_equal(count_slots(fixture), 12);
    char other[512];
    snprintf(other, sizeof other, "%s", scratch_path(&fixture->scratch, "other.db"));
    sqlite_sample(other);
    assert_int_equal(rename(fixture->path, scratch_path(&fixture->scratch, "old.db")), 0);
    struct err err = ERR_INIT;
    struct snapshot *snapshot = NULL;
    assert_true(ops->may_have_changed(fixture->store));
    assert_int_equal(
        ops->load(fixture->store, &fixture->policy, LOAD_NORMAL, NULL, &snapshot, &err),
        ERR_NOT_FOUND);
    assert_int_equal(unlink(scratch_path(&fixture->scratch, "pool.db-wal")), 0);
    assert_int_equal(unlink(scratch_path(&fixture->scratch, "pool.db-shm")), 0);
    assert_int_equal(rename(other, fixture->path), 0);
    assert_int_equal(count_slots(fixture), 10);
    assign(fixture, 1);
    assert_int_equal(count_slots(fixture), 11);
}

static void test_rows_that_do_not_fit(void **state)
{
    struct fixture *fixture = *state;
    sqlite_by_hand(fixture->path,
                   "PRAGMA ignore_check_constraints = ON;"
                   "INSERT INTO extension (extension, state) VALUES ('12', 'free');"
                   "INSERT INTO extension (extension, state) VALUES ('12x4', 'free');"
                   "INSERT INTO extension (extension, state) VALUES ('2000', 'lost');"
                   "INSERT INTO extension (extension, state) VALUES ('2001', 'assigned');"
                   "INSERT INTO extension (extension, state, agent)"
                   " VALUES ('2002', 'assigned', x'ff00');"
                   "INSERT INTO extension (extension, state, note)"
                   " VALUES ('2003', 'reserved', CAST(x'c328' AS TEXT));");
    struct snapshot *normal = load(fixture, LOAD_NORMAL);
    assert_int_equal(normal->n_slots, 10);
    assert_false(normal->exact); /* nobody may think that 2000 is missing */
    snapshot_unref(normal);
    struct snapshot *whole = load(fixture, LOAD_WHOLE);
    static const char *const keys[] = {"12", "12x4", "2000", "2001", "2002", "2003"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t found = 0;
        for (size_t k = 0; k < whole->n_unknown_items; k++) {
            found += strcmp(whole->unknown_items[k].key, keys[i]) == 0;
        }
        assert_int_equal(found, 1);
    }
    snapshot_unref(whole);
}

static void test_the_rules_hold_for_everybody(void **state)
{
    struct fixture *fixture = *state;
    static const char *const attempts[] = {
        "INSERT INTO extension (extension, state) VALUES ('123', 'free')",
        "INSERT INTO extension (extension, state) VALUES ('12x4', 'free')",
        "INSERT INTO extension (extension, state) VALUES ('2000', 'lost')",
        "INSERT INTO extension (extension, state) VALUES ('2000', 'assigned')",
        "INSERT INTO extension (extension, state, agent) VALUES ('2000', 'assigned', 'alice')",
        "INSERT INTO extension (extension, state, agent) VALUES ('2000', 'assigned', '')",
        "INSERT INTO extension (extension, state) VALUES ('0001', 'free')",
        "UPDATE extension SET state = 'assigned', agent = 'alice' WHERE extension = '0002'",
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "%.6s OR IGNORE %s", attempts[i], attempts[i] + 7);
        sqlite_by_hand(fixture->path, sql);
    }
    struct snapshot *whole = load(fixture, LOAD_WHOLE);
    assert_int_equal(whole->n_slots, 10);
    assert_int_equal(whole->n_unknown_items, 0);
    assert_true(whole->exact);
    assert_int_equal(snapshot_find(whole, "0002")->state, SLOT_FREE);
    snapshot_unref(whole);
}

static void test_the_doctor_misses_the_index(void **state)
{
    struct fixture *fixture = *state;
    sqlite_by_hand(fixture->path, "DROP INDEX one_extension_per_agent");
    struct snapshot *whole = load(fixture, LOAD_WHOLE);
    assert_int_equal(whole->n_unknown_items, 1);
    assert_string_equal(whole->unknown_items[0].key, "one_extension_per_agent");
    snapshot_unref(whole);
}

static void test_code_in_the_file_is_not_run(void **state)
{
    struct fixture *fixture = *state;
    sqlite_by_hand(fixture->path, "CREATE TRIGGER evil AFTER INSERT ON extension BEGIN"
                                  " DELETE FROM extension WHERE extension < '5000'; END");
    assign(fixture, 3);
    assert_int_equal(count_slots(fixture), 13);
}

static void test_a_value_that_the_store_refuses(void **state)
{
    struct fixture *fixture = *state;
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    struct plan *plan = sqlite_plan(snapshot, 3);
    struct err err = ERR_INIT;
    memcpy(plan->changes[1].steps[0].after.ext, "12345", 6);
    assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_OK);
    assert_int_equal(plan->changes[0].result, RESULT_DONE);
    assert_int_equal(plan->changes[1].result, RESULT_FAILED);
    assert_non_null(strstr(plan->changes[1].detail, "the store refuses it"));
    assert_int_equal(plan->changes[2].result, RESULT_DONE);
    plan_free(plan);
    snapshot_unref(snapshot);
}

/* ---- the audit trail ------------------------------------------------------------------------- */

static void reserve_at(struct fixture *fixture, const char *ext, int64_t at_ms, int64_t keep_s)
{
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    struct plan *plan = plan_new("reserve", snapshot, NULL, at_ms / 1000);
    struct change *change = plan_add(plan, CHANGE_RESERVE, ext, NULL, 1, "test");
    struct err err = ERR_INIT;
    char id[AUDIT_ID_ROOM];
    change->steps[0].before = snapshot_find(snapshot, ext);
    change->steps[0].after = *change->steps[0].before;
    change->steps[0].after.state = SLOT_RESERVED;
    audit_action_id(at_ms, id);
    const struct apply_context context = {
        .action_id = id, .actor = "ops@host", .at_ms = at_ms, .audit_keep_s = keep_s};
    assert_int_equal(fixture->store->ops->apply(fixture->store, plan, &context, NULL, &err),
                     ERR_OK);
    assert_int_equal(plan->changes[0].result, RESULT_DONE);
    plan_free(plan);
    snapshot_unref(snapshot);
}

static size_t count_actions(struct fixture *fixture)
{
    struct history *history = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(fixture->store->ops->history(fixture->store, 0, NULL, NULL, &history, &err),
                     ERR_OK);
    size_t n = history->n_actions;
    history_free(history);
    return n;
}

static void test_old_records_go(void **state)
{
    struct fixture *fixture = *state;
    const int64_t day_ms = 86400000;
    const int64_t start_ms = INT64_C(1795000000000) + day_ms;
    assert_int_equal(count_actions(fixture), 1); /* the sample, kept for ever */
    reserve_at(fixture, "0002", start_ms, 10 * 86400);
    reserve_at(fixture, "0003", start_ms + day_ms, 10 * 86400);
    assert_int_equal(count_actions(fixture), 3);
    reserve_at(fixture, "0004", start_ms + 10 * day_ms, 10 * 86400);
    assert_int_equal(count_actions(fixture), 3);
    reserve_at(fixture, "0005", start_ms + 30 * day_ms, 0);
    assert_int_equal(count_actions(fixture), 2);
}

static void test_a_record_that_is_broken(void **state)
{
    struct fixture *fixture = *state;
    struct history *history = NULL;
    struct err err = ERR_INIT;
    sqlite_by_hand(fixture->path, "UPDATE audit SET changes = '[{'");
    assert_int_equal(fixture->store->ops->history(fixture->store, 0, NULL, NULL, &history, &err),
                     ERR_INPUT);
    assert_non_null(strstr(err.text, "audit record of 2026"));
    assert_null(history);
}

static void test_facts(void **state)
{
    struct fixture *fixture = *state;
    struct port_info facts;
    port_info_init(&facts);
    fixture->store->ops->facts(fixture->store, &facts);
    assert_string_equal(port_info_get(&facts, "path"), fixture->path);
    assert_non_null(port_info_get(&facts, "bytes"));
    assert_non_null(port_info_get(&facts, "sqlite"));
    assert_string_equal(fixture->store->uri + strlen("sqlite:"), fixture->path);
    port_info_release(&facts);
}

int main(void)
{
    static struct scratch scratch;
    static const struct store_maker maker = {
        .name = "sqlite",
        .context = &scratch,
        .fresh = fresh,
        .again = again,
        .remove = remove_place,
        .many = 10000,
    };
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_nobody_else_reads_it),
        CASE(test_nothing_lies_about_when_it_is_closed),
        CASE(test_names_that_sqlite_would_take_for_something_else),
        CASE(test_changes_by_others_are_noticed_cheaply),
        CASE(test_another_file_in_its_place),
        CASE(test_rows_that_do_not_fit),
        CASE(test_the_rules_hold_for_everybody),
        CASE(test_the_doctor_misses_the_index),
        CASE(test_code_in_the_file_is_not_run),
        CASE(test_a_value_that_the_store_refuses),
        CASE(test_old_records_go),
        CASE(test_a_record_that_is_broken),
        CASE(test_facts),
    };
    return store_contract_run(&maker) +
           cmocka_run_group_tests_name("store_sqlite", tests, NULL, NULL);
}
