/* What can be wrong with a file that is to be a store: each gets a clear sentence, and the file is
   byte for byte what it was. */

#define _GNU_SOURCE /* unshare */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/embedded/store_sqlite.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/sqlite_calls.h"

#define NOBODY 65534

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
    chmod(fixture->scratch.folder, 0700);
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

/* Every call says so, and the file is as it was. */
static void expect_refused(struct fixture *fixture, int width, enum err_code code, const char *word)
{
    struct calls calls;
    remember(fixture);
    calls_make(&calls, fixture->path, width, 3, 0);
    expect_all(&calls, code, word);
    assert_int_equal(calls.not_tried, 3);
    expect_untouched(fixture);
}

/* ---- files that are no store ------------------------------------------------------------------
 */

static void test_text(void **state)
{
    struct fixture *fixture = *state;
    char text[9000];
    memset(text, 'x', sizeof text);
    static const size_t lengths[] = {1, 10, 99, 100, 512, 4096, sizeof text};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        scratch_write(&fixture->scratch, "pool.db", text, lengths[i]);
        expect_refused(fixture, 4, ERR_INPUT, "pool.db is not a SQLite database");
    }
}

static void test_half_a_header(void **state)
{
    struct fixture *fixture = *state;
    scratch_write(&fixture->scratch, "pool.db", fixture->before.data, 60);
    expect_refused(fixture, 4, ERR_INPUT, "pool.db");
}

static void test_a_store_cut_off(void **state)
{
    struct fixture *fixture = *state;
    scratch_write(&fixture->scratch, "pool.db", fixture->before.data, 4096 * 2);
    struct calls calls;
    remember(fixture);
    calls_make(&calls, fixture->path, 4, 3, 0);
    expect_call(calls.load, ERR_INPUT, "pool.db is damaged");
    expect_call(calls.whole, ERR_INPUT, "pool.db is damaged");
    assert_non_null(strstr(calls.load.hint, ".recover"));
    assert_int_equal(calls.done, 0);
    expect_untouched(fixture);
}

static void test_a_store_with_pages_overwritten(void **state)
{
    struct fixture *fixture = *state;
    for (size_t page = 1; page * 4096 < fixture->before.length; page++) {
        struct buf broken;
        buf_init(&broken, 1 << 20);
        buf_append(&broken, fixture->before.data, fixture->before.length);
        memset(broken.data + page * 4096, 0xA5, 4096);
        scratch_write(&fixture->scratch, "pool.db", broken.data, broken.length);
        buf_release(&broken);
        /* What the page was decides who meets it; the doctor meets every one. */
        struct calls calls;
        struct snapshot *snapshot = NULL;
        struct err err = ERR_INIT;
        struct policy policy;
        policy_default(&policy);
        struct store *store = store_sqlite_new(fixture->path, &clock_system);
        enum err_code code =
            store->ops->load(store, &policy, LOAD_CONSISTENT, NULL, &snapshot, &err);
        assert_true(code == ERR_INPUT || (code == ERR_OK && snapshot->n_unknown_items > 0));
        assert_true(code == ERR_OK || strstr(err.text, "damaged"));
        snapshot_unref(snapshot);
        store_free(store);
        calls_make(&calls, fixture->path, 4, 3, 0);
        assert_true(calls.load.code == ERR_OK || calls.load.code == ERR_INPUT);
        scratch_write(&fixture->scratch, "pool.db", fixture->before.data, fixture->before.length);
    }
}

static void test_a_database_of_others(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->path);
    sqlite_by_hand(fixture->path, "CREATE TABLE songs (title); INSERT INTO songs VALUES ('x')");
    expect_refused(fixture, 4, ERR_INPUT, "not a store of extpool");
    sqlite_by_hand(fixture->path, "PRAGMA application_id = 7; PRAGMA user_version = 1");
    expect_refused(fixture, 4, ERR_INPUT, "not a store of extpool");
}

static void test_a_newer_schema(void **state)
{
    struct fixture *fixture = *state;
    sqlite_by_hand(fixture->path, "PRAGMA user_version = 5");
    expect_refused(fixture, 4, ERR_INPUT, "newer extpool: its schema is 5, this program knows 4");
}

static void test_another_width(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    calls_make(&calls, fixture->path, 6, 0, 0);
    expect_call(calls.load, ERR_INPUT, "was made for extensions of 4 digits, not of 6");
    expect_call(calls.init, ERR_INPUT, "was made for extensions of 4 digits, not of 6");
    assert_non_null(strstr(calls.load.hint, "width = 4"));
    expect_untouched(fixture);
}

static void test_tables_that_are_missing(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    sqlite_by_hand(fixture->path, "DROP TABLE audit");
    remember(fixture);
    calls_make(&calls, fixture->path, 4, 0, 0);
    expect_call(calls.history, ERR_INPUT, "not as extpool made it: no such table: audit");
    sqlite_by_hand(fixture->path, "DROP TABLE meta");
    expect_refused(fixture, 4, ERR_INPUT, "not as extpool made it: no such table: meta");
}

static void test_what_is_not_a_file(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    calls_make(&calls, fixture->scratch.folder, 4, 1, 0);
    expect_all(&calls, ERR_INPUT, "is a folder");
    const char *fifo = scratch_path(&fixture->scratch, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    calls_make(&calls, fifo, 4, 1, 0);
    expect_all(&calls, ERR_INPUT, "is not a file");
    const char *below = scratch_path(&fixture->scratch, "pool.db/pool.db");
    calls_make(&calls, below, 4, 1, 0);
    expect_all(&calls, ERR_IO, "Not a directory");
}

static void test_a_missing_file(void **state)
{
    struct fixture *fixture = *state;
    struct err err = ERR_INIT;
    struct snapshot *snapshot = NULL;
    struct policy policy;
    policy_default(&policy);
    struct store *store =
        store_sqlite_new(scratch_path(&fixture->scratch, "no/such/pool.db"), &clock_system);
    assert_int_equal(store->ops->load(store, &policy, LOAD_NORMAL, NULL, &snapshot, &err),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "store not found"));
    assert_int_equal(scratch_count(&fixture->scratch), 1);
    store_free(store);
}

/* init was killed between making the file and filling it. */
static void test_an_empty_file(void **state)
{
    struct fixture *fixture = *state;
    scratch_write(&fixture->scratch, "pool.db", "", 0);
    struct calls calls;
    calls_make(&calls, fixture->path, 4, 2, 0);
    expect_call(calls.load, ERR_NOT_FOUND, "store not found");
    expect_call(calls.init, ERR_OK, "");
    expect_call(calls.apply, ERR_OK, "");
    assert_int_equal(calls.done, 2);
}

/* ---- who may not ------------------------------------------------------------------------------
 */

struct as_nobody {
    const char *path;
    size_t n;
};

/* Root may do everything, so it becomes somebody else first. */
static void work_as_nobody(struct calls *calls, void *context)
{
    const struct as_nobody *as = context;
    if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
        return;
    }
    calls_make(calls, as->path, 4, as->n, 0);
}

static void calls_as_nobody(struct fixture *fixture, struct calls *calls, mode_t file,
                            mode_t folder)
{
    struct as_nobody as = {.path = fixture->path, .n = 3};
    assert_int_equal(chmod(fixture->path, file), 0);
    assert_int_equal(chmod(fixture->scratch.folder, folder), 0);
    calls_in_child(calls, work_as_nobody, &as);
    assert_true(calls->possible);
    assert_int_equal(chmod(fixture->scratch.folder, 0700), 0);
}

static void test_a_file_that_can_only_be_read(void **state)
{
    struct calls calls;
    calls_as_nobody(*state, &calls, 0444, 0777);
    expect_call(calls.load, ERR_OK, "");
    expect_call(calls.whole, ERR_OK, "");
    expect_call(calls.history, ERR_OK, "");
    expect_call(calls.init, ERR_OK, ""); /* there is nothing to make */
    expect_call(calls.apply, ERR_READ_ONLY, "pool.db cannot be written: Permission denied");
    assert_int_equal(calls.n_slots, 10);
    assert_int_equal(calls.not_tried, 3);
    expect_untouched(*state);
}

/* The mode is what was asked for, whatever the umask; only init gives it to a file that is there. */
static void test_the_mode_can_be_set(void **state)
{
    struct fixture *fixture = *state;
    struct err err = ERR_INIT;
    struct policy policy;
    struct stat file;
    policy_default(&policy);
    mode_t before = umask(077);
    const char *path = scratch_path(&fixture->scratch, "team.db");
    for (int round = 0; round < 3; round++) {
        static const unsigned modes[] = {0660, 0640, 0640};
        struct store *store = store_sqlite_new(path, &clock_system);
        store_sqlite_set_mode(store, modes[round], round == 2);
        assert_int_equal(store->ops->init(store, &policy, NULL, NULL, &err), ERR_OK);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 0777, round == 2 ? 0640 : 0660);
        store_free(store);
    }
    umask(before);
}

static void test_a_folder_that_can_only_be_read(void **state)
{
    static const mode_t files[] = {0444, 0666};
    for (size_t i = 0; i < 2; i++) {
        struct calls calls;
        calls_as_nobody(*state, &calls, files[i], 0555);
        expect_call(calls.load, ERR_OK, "");
        expect_call(calls.whole, ERR_OK, "");
        expect_call(calls.history, ERR_OK, "");
        expect_call(calls.apply, ERR_READ_ONLY, "cannot be written: Permission denied");
        assert_int_equal(calls.n_slots, 10);
        assert_int_equal(calls.n_assigned, 1);
        assert_int_equal(calls.not_tried, 3);
        expect_untouched(*state);
    }
}

static void test_a_file_of_others(void **state)
{
    struct calls calls;
    calls_as_nobody(*state, &calls, 0, 0755);
    expect_all(&calls, ERR_IO, "Permission denied");
    assert_non_null(strstr(calls.load.hint, "store_mode = 0660"));
    expect_untouched(*state);
}

static void test_no_room_for_a_new_one(void **state)
{
    struct fixture *fixture = *state;
    struct calls calls;
    struct as_nobody as = {.path = scratch_path(&fixture->scratch, "new/pool.db"), .n = 1};
    assert_int_equal(chmod(fixture->scratch.folder, 0555), 0);
    calls_in_child(&calls, work_as_nobody, &as);
    expect_call(calls.init, ERR_IO, "Permission denied");
    expect_untouched(fixture);
}

/* ---- disks ------------------------------------------------------------------------------------
 */

struct disk {
    struct fixture *fixture;
    const char *options; /* of the tmpfs */
    bool read_only;
    size_t n;
    bool whole_after; /* out: the load after the failure showed what was there before */
};

/* A small disk of its own, in a mount namespace that ends with the child. The store is copied onto
   it and compared afterwards. */
static void work_on_disk(struct calls *calls, void *context)
{
    struct disk *disk = context;
    struct fixture *fixture = disk->fixture;
    struct calls after;
    struct buf now;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", fixture->scratch.folder, "tmpfs", 0, disk->options) != 0) {
        return;
    }
    scratch_write(&fixture->scratch, "pool.db", fixture->before.data, fixture->before.length);
    if (disk->read_only &&
        mount(NULL, fixture->scratch.folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0) {
        return;
    }
    calls_make(calls, fixture->path, 4, disk->n, 0);
    buf_init(&now, 1 << 20);
    calls->possible = fileio_read(fixture->path, &now, NULL) == ERR_OK &&
                      now.length == fixture->before.length &&
                      memcmp(now.data, fixture->before.data, now.length) == 0;
    buf_release(&now);
    if (!calls->possible) {
        calls->apply = (struct call){.code = ERR_INTERNAL, .text = "the file has changed"};
        calls->possible = true;
        return;
    }
    calls_make(&after, fixture->path, 4, 0, 0);
    if (after.n_slots != 10 || after.whole.code != ERR_OK) {
        calls->whole = (struct call){.code = ERR_INTERNAL, .text = "the store is not whole"};
    }
}

static void test_a_disk_that_can_only_be_read(void **state)
{
    struct disk disk = {.fixture = *state, .options = "size=8m", .read_only = true, .n = 3};
    struct calls calls;
    calls_in_child(&calls, work_on_disk, &disk);
    if (!calls.possible) {
        skip(); /* no mount without being root */
    }
    expect_call(calls.load, ERR_OK, "");
    expect_call(calls.whole, ERR_OK, "");
    expect_call(calls.history, ERR_OK, "");
    expect_call(calls.apply, ERR_READ_ONLY, "pool.db is on a read-only disk");
    assert_int_equal(calls.n_slots, 10);
    assert_int_equal(calls.not_tried, 3);
}

static void test_a_disk_that_is_full(void **state)
{
    struct disk disk = {.fixture = *state, .options = "size=256k", .n = 2000};
    struct calls calls;
    calls_in_child(&calls, work_on_disk, &disk);
    if (!calls.possible) {
        skip();
    }
    expect_call(calls.load, ERR_OK, "");
    expect_call(calls.whole, ERR_OK, "");
    expect_call(calls.apply, ERR_IO, "the disk is full");
    assert_non_null(
        strstr(calls.apply.hint, "Make room and run the same command again.\nNothing was written"));
    assert_int_equal(calls.done, 0);
    assert_true(calls.failed > 0);
    assert_int_equal(calls.failed + calls.not_tried, 2000);
}

static void work_under_limit(struct calls *calls, void *context)
{
    struct fixture *fixture = context;
    const struct rlimit limit = {.rlim_cur = 100000, .rlim_max = 100000};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) == 0) {
        calls_make(calls, fixture->path, 4, 2000, 0);
    }
}

static void test_a_file_that_may_not_grow(void **state)
{
    struct calls calls;
    calls_in_child(&calls, work_under_limit, *state);
    assert_true(calls.possible);
    expect_call(calls.apply, ERR_IO, "pool.db: ");
    assert_int_equal(calls.done, 0);
    assert_int_equal(calls.failed + calls.not_tried, 2000);
    expect_untouched(*state);
    calls_make(&calls, ((struct fixture *)*state)->path, 4, 0, 0);
    assert_int_equal(calls.n_slots, 10);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_text),
        CASE(test_half_a_header),
        CASE(test_a_store_cut_off),
        CASE(test_a_store_with_pages_overwritten),
        CASE(test_a_database_of_others),
        CASE(test_a_newer_schema),
        CASE(test_another_width),
        CASE(test_tables_that_are_missing),
        CASE(test_what_is_not_a_file),
        CASE(test_a_missing_file),
        CASE(test_an_empty_file),
        CASE(test_a_file_that_can_only_be_read),
        CASE(test_the_mode_can_be_set),
        CASE(test_a_folder_that_can_only_be_read),
        CASE(test_a_file_of_others),
        CASE(test_no_room_for_a_new_one),
        CASE(test_a_disk_that_can_only_be_read),
        CASE(test_a_disk_that_is_full),
        CASE(test_a_file_that_may_not_grow),
    };
    return cmocka_run_group_tests_name("store_sqlite_faults", tests, NULL, NULL);
}
