/* One file, one name: under a second one the store would have journals that nobody else sees. */

#define _GNU_SOURCE /* unshare */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/embedded/store_sqlite.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/sqlite_calls.h"

#define NOBODY 65534

static struct scratch s_scratch;
static char *s_path;  /* pool.db, a sound store with ten numbers */
static char *s_other; /* its second name, in a folder of its own */

static int set_up(void **state)
{
    (void)state;
    scratch_init(&s_scratch);
    s_path = mem_strdup(scratch_path(&s_scratch, "pool.db"));
    sqlite_sample(s_path);
    mkdir(scratch_path(&s_scratch, "elsewhere"), 0755);
    s_other = mem_strdup(scratch_path(&s_scratch, "elsewhere/pool.db"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    chmod(s_scratch.folder, 0700);
    unlink(s_other);
    rmdir(scratch_path(&s_scratch, "elsewhere"));
    scratch_release(&s_scratch);
    free(s_path);
    free(s_other);
    return 0;
}

static void expect_refused(const struct calls *calls, enum err_code code, const char *why)
{
    const struct call *all[] = {&calls->load, &calls->whole, &calls->history, &calls->init,
                                &calls->apply};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i]->code != code || !strstr(all[i]->text, why)) {
            print_error("call %zu: %s, \"%s\"\n", i, err_code_name(all[i]->code), all[i]->text);
        }
        assert_int_equal(all[i]->code, code);
        assert_non_null(strstr(all[i]->text, why));
        assert_true(all[i]->hint[0] != '\0');
    }
    assert_int_equal(calls->done, 0);
}

static void a_hard_link_is_refused_under_both_names(void **state)
{
    (void)state;
    struct calls calls;
    assert_int_equal(link(s_path, s_other), 0);
    calls_make(&calls, s_path, 4, 3, 0);
    expect_refused(&calls, ERR_INPUT, "has 2 names (hard links)");
    calls_make(&calls, s_other, 4, 3, 0);
    expect_refused(&calls, ERR_INPUT, "has 2 names (hard links)");
    unlink(s_other);
    calls_make(&calls, s_path, 4, 3, 0);
    assert_int_equal(calls.done, 3);
}

static void work_on_a_mount(struct calls *calls, void *context)
{
    (void)context;
    FILE *made = fopen(s_other, "w");
    if (made) {
        fclose(made);
    }
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount(s_path, s_other, NULL, MS_BIND, NULL) != 0) {
        calls->possible = false;
        return;
    }
    calls_make(calls, s_other, 4, 3, 0);
}

static void a_file_that_is_mounted_is_refused(void **state)
{
    (void)state;
    struct calls calls;
    calls_in_child(&calls, work_on_a_mount, NULL);
    if (!calls.possible) {
        skip(); /* no mount without being root */
    }
    expect_refused(&calls, ERR_INPUT, "is mounted as a single file");
    assert_non_null(strstr(calls.load.hint, "folder"));
}

static void a_symbolic_link_is_the_same_store(void **state)
{
    (void)state;
    struct calls calls;
    assert_int_equal(symlink("../pool.db", s_other), 0);
    calls_make(&calls, s_other, 4, 3, 0);
    assert_int_equal(calls.done, 3);
    assert_false(scratch_has(&s_scratch, "elsewhere/pool.db-wal"));
    calls_make(&calls, s_path, 4, 0, 0);
    assert_int_equal(calls.n_assigned, 4);
    /* Not one that anybody may have planted. */
    chmod(scratch_path(&s_scratch, "elsewhere"), 01777);
    calls_make(&calls, s_other, 4, 3, 0);
    expect_refused(&calls, ERR_IO, "a symbolic link in a folder that everybody can write");
}

/* ---- readers who may not write --------------------------------------------------------------- */

static void work_as_nobody(struct calls *calls, void *path)
{
    if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
        calls->possible = false;
        return;
    }
    calls_make(calls, path, 4, 0, 0);
}

static void open_to_readers(void)
{
    static const char *const names[] = {"pool.db", "pool.db-wal", "pool.db-shm", "pool.db-journal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        chmod(scratch_path(&s_scratch, names[i]), 0444);
    }
    chmod(s_scratch.folder, 0555);
}

/* What is committed but still in the journal is not passed over because the journal lies beside
   another name. */
static void a_reader_sees_through_a_link_what_is_committed(void **state)
{
    (void)state;
    struct calls calls;
    struct policy policy;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    policy_default(&policy);
    assert_int_equal(symlink("../pool.db", s_other), 0);
    struct store *writer = store_sqlite_new(s_path, &clock_system);
    assert_int_equal(writer->ops->load(writer, &policy, LOAD_NORMAL, NULL, &snapshot, &err),
                     ERR_OK);
    struct plan *plan = sqlite_plan(snapshot, 5);
    assert_int_equal(sqlite_apply_plan(writer, plan, NULL, &err), ERR_OK);
    assert_true(scratch_has(&s_scratch, "pool.db-wal"));
    open_to_readers();
    calls_in_child(&calls, work_as_nobody, s_other);
    if (calls.possible) {
        bool latest = calls.load.code == ERR_OK && calls.n_assigned == 6;
        assert_true(latest || strstr(calls.load.text, "cannot be read as it is"));
    }
    plan_free(plan);
    snapshot_unref(snapshot);
    store_free(writer);
}

#define CUT_OFF                                                                                    \
    "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 2; BEGIN;"                                  \
    "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"            \
    " INSERT INTO extension (extension, state, agent) SELECT i, 'assigned', 'ghost' || i FROM n;"

static void a_reader_is_not_shown_what_was_never_committed(void **state)
{
    (void)state;
    struct calls calls;
    sqlite_by_hand(s_path, "PRAGMA journal_mode = DELETE");
    assert_int_equal(symlink("../pool.db", s_other), 0);
    open_to_readers();
    const char *names[] = {s_path, s_other};
    for (size_t i = 0; i < 2; i++) {
        calls_in_child(&calls, work_as_nobody, (void *)(uintptr_t)names[i]);
        assert_int_equal(calls.load.code, ERR_OK); /* at rest it is read under SQLite's locks */
        assert_int_equal(calls.n_slots, 10);
    }
    chmod(s_scratch.folder, 0700);
    chmod(s_path, 0600);
    sqlite_cut_off(s_path, CUT_OFF);
    assert_true(scratch_has(&s_scratch, "pool.db-journal"));
    open_to_readers();
    for (size_t i = 0; i < 2 && geteuid() == 0; i++) {
        calls_in_child(&calls, work_as_nobody, (void *)(uintptr_t)names[i]);
        assert_int_equal(calls.load.code, ERR_READ_ONLY);
        assert_non_null(strstr(calls.load.text, "cannot be read as it is"));
        assert_non_null(strstr(calls.load.text, "-journal"));
        assert_int_equal(calls.history.code, ERR_READ_ONLY);
    }
    /* Whoever may write takes back what was not committed. */
    chmod(s_scratch.folder, 0700);
    chmod(s_path, 0600);
    chmod(scratch_path(&s_scratch, "pool.db-journal"), 0600);
    calls_make(&calls, s_other, 4, 0, 0);
    assert_int_equal(calls.load.code, ERR_OK);
    assert_int_equal(calls.n_slots, 10);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OWN(a_hard_link_is_refused_under_both_names),
        OWN(a_file_that_is_mounted_is_refused),
        OWN(a_symbolic_link_is_the_same_store),
        OWN(a_reader_sees_through_a_link_what_is_committed),
        OWN(a_reader_is_not_shown_what_was_never_committed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
