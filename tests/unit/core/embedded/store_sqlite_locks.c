/* Other processes at work on the same file: who is waited for, who is named, who was killed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/embedded/store_sqlite.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/sqlite_calls.h"

struct fixture {
    struct scratch scratch;
    char path[512]; /* pool.db, a sound store with ten numbers */
    struct buf before;
};

static void remember(struct fixture *fixture)
{
    buf_clear(&fixture->before);
    assert_int_equal(fileio_read(fixture->path, &fixture->before, NULL), ERR_OK);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    scratch_init(&fixture->scratch);
    snprintf(fixture->path, sizeof fixture->path, "%s", scratch_path(&fixture->scratch, "pool.db"));
    sqlite_sample(fixture->path);
    buf_init(&fixture->before, 1 << 20);
    remember(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    scratch_release(&fixture->scratch);
    buf_release(&fixture->before);
    free(fixture);
    return 0;
}

/* The file has the bytes it had, and nothing lies beside it. */
static void expect_untouched(struct fixture *fixture)
{
    struct buf now;
    buf_init(&now, 1 << 20);
    assert_int_equal(fileio_read(fixture->path, &now, NULL), ERR_OK);
    assert_int_equal(now.length, fixture->before.length);
    assert_memory_equal(now.data, fixture->before.data, now.length);
    assert_int_equal(scratch_count(&fixture->scratch), 1);
    buf_release(&now);
}

#define expect_call(call, wanted, word) expect_call_at(&(call), wanted, word, __FILE__, __LINE__)
static void expect_call_at(const struct call *call, enum err_code wanted, const char *word,
                           const char *file, int line)
{
    if (call->code != wanted || !strstr(call->text, word)) {
        print_error("%s, \"%s\" instead of %s, \"...%s...\"\n", err_code_name(call->code),
                    call->text, err_code_name(wanted), word);
        _fail(file, line);
    }
}

static void expect_all(const struct calls *calls, enum err_code code, const char *word)
{
    expect_call(calls->load, code, word);
    expect_call(calls->whole, code, word);
    expect_call(calls->history, code, word);
    expect_call(calls->init, code, word);
    expect_call(calls->apply, code, word);
    assert_int_equal(calls->done, 0);
}

struct holder {
    pid_t pid;
    int go; /* close it, and the holder ends */
};

/* A process that does `sql` on the file and then sits on it. */
static struct holder hold(const char *path, const char *sql)
{
    struct holder holder = {.pid = -1};
    int ready[2];
    int go[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    holder.pid = fork();
    assert_true(holder.pid >= 0);
    if (holder.pid == 0) {
        sqlite3 *db = NULL;
        close(go[1]);
        byte = sqlite3_open(path, &db) == SQLITE_OK &&
               sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
        if (write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) == 0) {
            sqlite3_close(db);
        }
        _exit(0);
    }
    close(ready[1]);
    close(go[0]);
    holder.go = go[1];
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 1);
    close(ready[0]);
    return holder;
}

static void let_go(const struct holder *holder)
{
    close(holder->go);
    assert_int_equal(waitpid(holder->pid, NULL, 0), holder->pid);
}

static void test_somebody_writes_and_does_not_end(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    char blame[64];
    struct holder holder = hold(fixture->path, "BEGIN IMMEDIATE");
    snprintf(blame, sizeof blame, "pool.db is locked by pid %ld (", (long)holder.pid);
    calls_make(&calls, fixture->path, 4, 3, 30);
    let_go(&holder);
    expect_call(calls.load, ERR_OK, ""); /* readers do not wait for a writer */
    expect_call(calls.whole, ERR_OK, "");
    expect_call(calls.history, ERR_OK, "");
    expect_call(calls.apply, ERR_BUSY, blame);
    assert_non_null(strstr(calls.apply.text, "store_sqlite_locks"));
    assert_non_null(strstr(calls.apply.text, ", user "));
    assert_int_equal(calls.not_tried, 3);
    expect_untouched(fixture);
    calls_make(&calls, fixture->path, 4, 3, 30);
    assert_int_equal(calls.done, 3);
}

static void test_somebody_has_it_for_himself(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    char blame[64];
    struct holder holder = hold(fixture->path, "PRAGMA locking_mode = EXCLUSIVE;"
                                               "BEGIN IMMEDIATE; COMMIT");
    snprintf(blame, sizeof blame, "pool.db is locked by pid %ld (", (long)holder.pid);
    calls_make(&calls, fixture->path, 4, 3, 30);
    let_go(&holder);
    expect_all(&calls, ERR_BUSY, blame);
}

static void test_this_process_has_it(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    calls_make(&calls, fixture->path, 4, 3, 30);
    expect_call(calls.apply, ERR_BUSY, "locked by this process itself");
    /* To look who it is has not cost the lock. */
    struct holder other = hold(fixture->path, "PRAGMA busy_timeout = 30; SELECT 1");
    calls_make(&calls, fixture->path, 4, 3, 30);
    expect_call(calls.apply, ERR_BUSY, "locked by this process itself");
    let_go(&other);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static enum cancel cancelled(void *context)
{
    int *asked = context;
    return ++*asked > 3 ? CANCEL_SOFT : CANCEL_NO;
}

static void test_the_wait_can_be_cancelled(void **state)
{
    struct fixture *fixture = *state;
    int asked = 0;
    const struct progress progress = {.context = &asked, .cancel = cancelled};
    struct err err = ERR_INIT;
    struct holder holder = hold(fixture->path, "BEGIN IMMEDIATE");
    struct store *store = store_sqlite_new(fixture->path, &clock_system);
    store_sqlite_set_patience(store, 600000);
    struct snapshot *empty = snapshot_new();
    struct plan *plan = sqlite_plan(empty, 1);
    assert_int_equal(sqlite_apply_plan(store, plan, &progress, &err), ERR_CANCELLED);
    assert_int_equal(plan_results(plan, RESULT_NOT_TRIED), 1);
    plan_free(plan);
    snapshot_unref(empty);
    store_free(store);
    let_go(&holder);
    expect_untouched(fixture);
}

/* The journal of a writer who was killed is part of the store. */
static void test_the_writer_was_killed(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    struct holder holder =
        hold(fixture->path, "UPDATE extension SET state = 'assigned', agent = 'bob', at = 5"
                            " WHERE extension = '0002';"
                            "BEGIN IMMEDIATE;"
                            "UPDATE extension SET state = 'assigned', agent = 'carol', at = 5"
                            " WHERE extension = '0003'");
    kill(holder.pid, SIGKILL);
    let_go(&holder);
    assert_true(scratch_has(&fixture->scratch, "pool.db-wal"));
    calls_make(&calls, fixture->path, 4, 3, 0);
    expect_call(calls.load, ERR_OK, "");
    expect_call(calls.whole, ERR_OK, "");
    assert_int_equal(calls.n_slots, 10);
    assert_int_equal(calls.n_assigned, 2); /* alice and bob: carol was never committed */
    assert_int_equal(calls.done, 3);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_somebody_writes_and_does_not_end),
        CASE(test_somebody_has_it_for_himself),
        CASE(test_this_process_has_it),
        CASE(test_the_wait_can_be_cancelled),
        CASE(test_the_writer_was_killed),
    };
    return cmocka_run_group_tests_name("store_sqlite_locks", tests, NULL, NULL);
}
