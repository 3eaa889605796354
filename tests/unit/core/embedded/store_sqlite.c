/* The embedded store: the contract of every store, and what is its own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/embedded/store_sqlite.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/sqlite_calls.h"
#include "tests/unit/support/store_contract.h"

/* An hour after the first time that the tests give: a store that was not written for a month says so. */
static int64_t some_time(void *context)
{
    (void)context;
    return INT64_C(1795003600000);
}

static const struct clock s_clock = {.now_ms = some_time};

/* ---- the contract -------------------------------------------------------------------------- */

static struct store *fresh(void *context)
{
    struct scratch *scratch = context;
    scratch_init(scratch);
    return store_sqlite_new(scratch_path(scratch, "a/b/pool.db"), &s_clock);
}

static struct store *again(void *context)
{
    return store_sqlite_new(scratch_path(context, "a/b/pool.db"), &s_clock);
}

static void remove_place(void *context)
{
    scratch_release(context);
}

static void meddle(void *context, const char *ext, const char *agent)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "UPDATE extension SET state = 'assigned', agent = '%s' WHERE extension = '%s'", agent,
             ext);
    sqlite_by_hand(scratch_path(context, "a/b/pool.db"), sql);
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
    fixture->store = store_sqlite_new(fixture->path, &s_clock);
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
    fixture->store = store_sqlite_new(fixture->path, &s_clock);
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

/* What the store holds now, from what was seen; takes the reference. */
static struct snapshot *refresh(struct fixture *fixture, struct snapshot *seen, bool *whole)
{
    struct err err = ERR_INIT;
    struct store_changes changes;
    const struct store_since since = {.snapshot = seen};
    enum err_code code = fixture->store->ops->read_changes(fixture->store, &fixture->policy, &since,
                                                           NULL, &changes, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(code, ERR_OK);
    struct snapshot *now = snapshot_ref(changes.snapshot);
    *whole = changes.whole;
    store_changes_release(&changes);
    snapshot_unref(seen);
    return now;
}

/* Without a write-ahead log, too: a file that was taken there by hand. */
static void test_what_changed_is_noticed_cheaply(void **state)
{
    struct fixture *fixture = *state;
    static const char *const journals[] = {"WAL", "DELETE"};
    bool whole = false;
    for (size_t i = 0; i < 2; i++) {
        char mode[64];
        store_free(fixture->store);
        snprintf(mode, sizeof mode, "PRAGMA journal_mode = %s", journals[i]);
        sqlite_by_hand(fixture->path, mode);
        fixture->store = store_sqlite_new(fixture->path, &s_clock);
        struct snapshot *seen = refresh(fixture, NULL, &whole);
        assert_true(whole);
        struct snapshot *before = seen;
        seen = refresh(fixture, seen, &whole);
        assert_ptr_equal(seen, before);
        assert_false(whole);
        assign(fixture, 1);
        seen = refresh(fixture, seen, &whole);
        assert_false(whole);
        assert_ptr_equal(seen->base, before);
        sqlite_by_hand(fixture->path, "UPDATE extension SET at = at + 7 WHERE extension = '0001'");
        seen = refresh(fixture, seen, &whole);
        assert_true(whole);
        snapshot_unref(seen);
    }
}

/* Somebody puts another file into its place, newer or restored from a copy. */
static void test_a_file_that_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    bool whole = false;
    struct snapshot *seen = refresh(fixture, NULL, &whole);
    char other[512];
    snprintf(other, sizeof other, "%s", scratch_path(&fixture->scratch, "other.db"));
    sqlite_sample(other);
    sqlite_by_hand(other, "UPDATE extension SET at = 99 WHERE extension = '0001'");
    assert_int_equal(rename(other, fixture->path), 0);
    seen = refresh(fixture, seen, &whole);
    assert_true(whole);
    assert_int_equal(snapshot_find(seen, "0001")->at_s, 99);
    snapshot_unref(seen);
}

/* Snapshots that stand behind each other end in one that is whole. */
static void test_many_refreshes(void **state)
{
    struct fixture *fixture = *state;
    bool whole = false;
    unsigned most = 0;
    struct snapshot *seen = refresh(fixture, NULL, &whole);
    for (int64_t i = 1; i <= 150; i++) {
        struct plan *plan = plan_new("assign", seen, NULL, i);
        struct change *change = plan_add(plan, CHANGE_PIN, "0001", "alice", 1, "asked");
        change->steps[0].before = snapshot_find(seen, "0001");
        change->steps[0].after = *change->steps[0].before;
        change->steps[0].after.at_s = i;
        struct err err = ERR_INIT;
        assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_OK);
        seen = refresh(fixture, seen, &whole);
        plan_free(plan);
        most = seen->generation > most ? seen->generation : most;
        assert_int_equal(snapshot_find(seen, "0001")->at_s, i);
    }
    assert_int_equal(most, 64);
    snapshot_unref(seen);
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
    struct snapshot *whole = load(fixture, LOAD_CONSISTENT);
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
    struct snapshot *whole = load(fixture, LOAD_CONSISTENT);
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
    struct snapshot *whole = load(fixture, LOAD_CONSISTENT);
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
    assert_int_equal(fixture->store->ops->history(fixture->store,
                                                  &(struct history_query){.action_id = NULL}, NULL,
                                                  &history, &err),
                     ERR_OK);
    size_t n = history->n_actions;
    history_free(history);
    return n;
}

static void test_no_record_goes_by_itself(void **state)
{
    struct fixture *fixture = *state;
    const int64_t day_ms = 86400000;
    const int64_t start_ms = INT64_C(1795000000000) + day_ms;
    reserve_at(fixture, "0002", start_ms, 10 * 86400);
    reserve_at(fixture, "0003", start_ms + 30 * day_ms, 10 * 86400);
    reserve_at(fixture, "0004", start_ms + 4000 * day_ms, 10 * 86400);
    assert_int_equal(count_actions(fixture), 4); /* with the sample's */
}

static void test_a_record_that_is_broken(void **state)
{
    struct fixture *fixture = *state;
    struct history *history = NULL;
    struct err err = ERR_INIT;
    sqlite_by_hand(fixture->path, "UPDATE audit SET changes = '[{'");
    assert_int_equal(fixture->store->ops->history(fixture->store,
                                                  &(struct history_query){.action_id = NULL}, NULL,
                                                  &history, &err),
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

/* ---- a file of an older version ------------------------------------------------------------ */

static void make_schema_2(struct fixture *fixture)
{
    sqlite_by_hand(fixture->path, "DROP TABLE exempt;"
                                  "DROP TABLE audit_subject;"
                                  "DROP INDEX free_numbers;"
                                  "DROP INDEX former_holders;"
                                  "DROP INDEX audit_not_indexed;"
                                  "DROP INDEX audit_by_time;"
                                  "ALTER TABLE audit DROP COLUMN user;"
                                  "ALTER TABLE audit DROP COLUMN via;"
                                  "ALTER TABLE audit DROP COLUMN ticket;"
                                  "ALTER TABLE audit DROP COLUMN undoes;"
                                  "ALTER TABLE audit DROP COLUMN plan_file;"
                                  "ALTER TABLE audit DROP COLUMN planned;"
                                  "ALTER TABLE audit DROP COLUMN n_changes;"
                                  "ALTER TABLE audit DROP COLUMN indexed;"
                                  "PRAGMA user_version = 2");
}

static void make_old(struct fixture *fixture)
{
    make_schema_2(fixture);
    sqlite_by_hand(fixture->path, "ALTER TABLE extension ADD COLUMN old TEXT CHECK (old IN ('x'));"
                                  "ALTER TABLE extension DROP COLUMN given_back;"
                                  "ALTER TABLE extension DROP COLUMN agent_arn;"
                                  "ALTER TABLE extension DROP COLUMN target;"
                                  "ALTER TABLE extension DROP COLUMN until;"
                                  "ALTER TABLE extension DROP COLUMN source;"
                                  "ALTER TABLE extension DROP COLUMN fallback;"
                                  "PRAGMA user_version = 1");
}

static const char *copy_of(struct fixture *fixture)
{
    return scratch_path(&fixture->scratch, "pool.db.schema1");
}

static int64_t number_of(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *query = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return number;
}

static int64_t version_of(const char *path)
{
    return number_of(path, "PRAGMA user_version");
}

/* Rules of the table that make SQLite open a temporary table at each row that is written. */
static int64_t costly_rules_of(const char *path)
{
    return number_of(path, "SELECT count(*) FROM sqlite_master WHERE sql LIKE '% IN (%'");
}

/* Gives alice an ARN, with the snapshot's slot as it was seen; `since_s` changes what was seen. */
static size_t fill_in_arn(struct fixture *fixture, int64_t later_s)
{
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    struct plan *plan = plan_new("adopt", snapshot, NULL, 0);
    static const struct belongings own = {.arn = "arn:1", .source = "york", .fallback = "ext:1"};
    struct slot *alice = &snapshot->slots[1];
    assert_string_equal(alice->ext, "0001");
    assert_null(alice->own);
    struct change *change = plan_add(plan, CHANGE_ADOPT, "0001", "alice", 1, "test");
    change->steps[0].after = *alice;
    change->steps[0].after.own = &own;
    alice->at_s += later_s;
    change->steps[0].before = alice;
    struct err err = ERR_INIT;
    assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_OK);
    size_t n = plan_results(plan, RESULT_DONE);
    plan_free(plan);
    snapshot_unref(snapshot);
    return n;
}

static void test_an_older_file_is_read_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    assert_int_equal(count_slots(fixture), 10);
    snapshot_unref(load(fixture, LOAD_CONSISTENT));
    assert_int_equal(fill_in_arn(fixture, 1), 0); /* a conflict: nothing is written */
    assert_int_equal(version_of(fixture->path), 1);
    assert_int_equal(count_slots(fixture), 10);
}

static void test_the_first_write_brings_it_up(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    assert_int_equal(chmod(fixture->path, 0640), 0);
    assert_int_equal(fill_in_arn(fixture, 0), 1);
    assert_int_equal(version_of(fixture->path), 4);
    assert_int_equal(costly_rules_of(fixture->path), 0);
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    assert_string_equal(snapshot->slots[1].own->arn, "arn:1");
    assert_string_equal(snapshot->slots[1].own->source, "york");
    assert_string_equal(snapshot->slots[1].own->fallback, "ext:1");
    snapshot_unref(snapshot);
    /* The copy is the file as it was. */
    assert_int_equal(version_of(copy_of(fixture)), 1);
    assert_int_equal(mode_of(fixture, "pool.db.schema1"), 0640);
    struct calls calls;
    calls_make(&calls, copy_of(fixture), 4, 0, 0);
    assert_int_equal(calls.load.code, ERR_OK);
    assert_int_equal(calls.n_slots, 10);
    assert_int_equal(calls.n_assigned, 1);
}

/* How many actions changed the number, and how many changes of it were recorded. */
static size_t actions_about(struct fixture *fixture, const char *ext)
{
    struct err err = ERR_INIT;
    struct history *history = NULL;
    const struct history_query query = {.ext = ext};
    assert_int_equal(fixture->store->ops->history(fixture->store, &query, NULL, &history, &err),
                     ERR_OK);
    size_t n = history->n_actions;
    for (size_t i = 0; i < n; i++) {
        assert_null(history->actions[i].origin.user);
        assert_int_equal(history->actions[i].origin.via, VIA_UNKNOWN);
    }
    history_free(history);
    return n;
}

static void test_the_trail_of_schema_2_is_read_and_then_indexed(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fill_in_arn(fixture, 0), 1);
    make_schema_2(fixture);
    size_t before = actions_about(fixture, "0001");
    assert_true(before >= 2);
    assert_int_equal(version_of(fixture->path), 2);
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    struct plan *plan = sqlite_plan(snapshot, 3);
    struct err err = ERR_INIT;
    assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_OK);
    plan_free(plan);
    snapshot_unref(snapshot);
    assert_int_equal(version_of(fixture->path), 4);
    assert_int_equal(version_of(scratch_path(&fixture->scratch, "pool.db.schema2")), 2);
    assert_int_equal(actions_about(fixture, "0001"), before);
    assert_int_equal(number_of(fixture->path, "SELECT count(*) FROM audit WHERE n_changes = 0"), 0);
    assert_true(number_of(fixture->path, "SELECT count(*) FROM audit WHERE indexed = 1") >= 2);
    assert_int_equal(number_of(fixture->path, "SELECT count(*) FROM audit_subject"
                                              " WHERE agent = 1 AND name = 'alice'"),
                     before - 1); /* the numbers were made without her */
}

/* Nobody is exempt in a file of version 3, and the first write makes room for those. */
static void test_schema_3_gets_the_exempt_agents(void **state)
{
    struct fixture *fixture = *state;
    sqlite_by_hand(fixture->path, "DROP TABLE exempt; PRAGMA user_version = 3");
    struct snapshot *snapshot = load(fixture, LOAD_CONSISTENT);
    assert_int_equal(snapshot->n_exempts, 0);
    assert_int_equal(version_of(fixture->path), 3);
    static const struct exempt kim = {.agent = "kim", .since_s = 7};
    struct plan *plan = plan_new("exempt", snapshot, NULL, 0);
    struct change *change = plan_add(plan, CHANGE_EXEMPT, NULL, "kim", 0, "test");
    struct exempt_step step = {.agent = "kim", .after = &kim};
    struct err err = ERR_INIT;
    change->exempt = &step;
    assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_OK);
    assert_int_equal(plan_results(plan, RESULT_DONE), 1);
    plan_free(plan);
    snapshot_unref(snapshot);
    assert_int_equal(version_of(fixture->path), 4);
    assert_int_equal(version_of(scratch_path(&fixture->scratch, "pool.db.schema3")), 3);
    snapshot = load(fixture, LOAD_NORMAL);
    assert_int_equal(snapshot_find_exempt(snapshot, "kim")->since_s, 7);
    snapshot_unref(snapshot);
}

static void test_without_room_for_the_copy_nothing_is_written(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    /* A folder stands where the copy would go. */
    assert_int_equal(mkdir(copy_of(fixture), 0700), 0);
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    struct plan *plan = sqlite_plan(snapshot, 3);
    struct err err = ERR_INIT;
    assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_IO);
    assert_non_null(strstr(err.text, "pool.db.schema1"));
    assert_int_equal(plan_results(plan, RESULT_DONE), 0);
    plan_free(plan);
    snapshot_unref(snapshot);
    assert_int_equal(version_of(fixture->path), 1);
    assert_int_equal(count_slots(fixture), 10);
}

/* Many batches, the first of which brings the tables up. */
static void test_a_long_plan_on_an_older_file(void **state)
{
    struct fixture *fixture = *state;
    make_old(fixture);
    assign(fixture, 4500);
    assert_int_equal(version_of(fixture->path), 4);
    assert_int_equal(count_slots(fixture), 4510);
}

/* What a reserved number was before, and what belongs to an agent, is kept. */
static void test_all_of_a_slot_is_kept(void **state)
{
    struct fixture *fixture = *state;
    struct snapshot *snapshot = load(fixture, LOAD_NORMAL);
    struct plan *plan = plan_new("reserve", snapshot, NULL, 0);
    struct change *change = plan_add(plan, CHANGE_RESERVE, "0002", NULL, 1, "test");
    change->steps[0].before = &snapshot->slots[2];
    change->steps[0].after = snapshot->slots[2];
    change->steps[0].after.state = SLOT_RESERVED;
    change->steps[0].after.records = RECORD_RESERVED;
    change->steps[0].after.at_s = 50;
    change->steps[0].after.given_back_s = 40;
    change->steps[0].after.agent = "zoe";
    struct err err = ERR_INIT;
    assert_int_equal(sqlite_apply_plan(fixture->store, plan, NULL, &err), ERR_OK);
    assert_int_equal(plan_results(plan, RESULT_DONE), 1);
    plan_free(plan);
    snapshot_unref(snapshot);
    snapshot = load(fixture, LOAD_NORMAL);
    assert_int_equal(snapshot->slots[2].given_back_s, 40);
    assert_string_equal(snapshot->slots[2].agent, "zoe");
    snapshot_unref(snapshot);
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
        .meddle = meddle,
        .tells_meddling = true,
        .many = 10000,
    };
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_nobody_else_reads_it),
        CASE(test_nothing_lies_about_when_it_is_closed),
        CASE(test_names_that_sqlite_would_take_for_something_else),
        CASE(test_what_changed_is_noticed_cheaply),
        CASE(test_a_file_that_is_replaced),
        CASE(test_many_refreshes),
        CASE(test_another_file_in_its_place),
        CASE(test_rows_that_do_not_fit),
        CASE(test_the_rules_hold_for_everybody),
        CASE(test_the_doctor_misses_the_index),
        CASE(test_code_in_the_file_is_not_run),
        CASE(test_a_value_that_the_store_refuses),
        CASE(test_no_record_goes_by_itself),
        CASE(test_a_record_that_is_broken),
        CASE(test_facts),
        CASE(test_an_older_file_is_read_as_it_is),
        CASE(test_the_first_write_brings_it_up),
        CASE(test_the_trail_of_schema_2_is_read_and_then_indexed),
        CASE(test_schema_3_gets_the_exempt_agents),
        CASE(test_without_room_for_the_copy_nothing_is_written),
        CASE(test_a_long_plan_on_an_older_file),
        CASE(test_all_of_a_slot_is_kept),
    };
    return store_contract_run(&maker) +
           cmocka_run_group_tests_name("store_sqlite", tests, NULL, NULL);
}
