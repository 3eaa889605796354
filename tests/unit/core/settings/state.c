#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/settings/state.h"
#include "tests/unit/support/scratch.h"

static struct state *open_state(const struct scratch *scratch, const char *place)
{
    struct err err = ERR_INIT;
    struct state *state = state_open(scratch->folder, place, &err);
    if (err.code != ERR_OK) {
        fail_msg("%s", err.text);
    }
    return state;
}

static void save(struct state *state)
{
    struct err err = ERR_INIT;
    if (state_save(state, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    assert_false(state_is_changed(state));
}

static void assert_is(const struct state *state, const char *key, const char *value)
{
    const char *is = state_get(state, STATE_PERSON, key);
    if (value) {
        assert_non_null(is);
        assert_string_equal(is, value);
    } else {
        assert_null(is);
    }
}

static void test_kept(void **state)
{
    (void)state;
    struct scratch scratch;
    struct stat status;
    scratch_init(&scratch);
    struct state *one = open_state(&scratch, "context-a/../b");
    assert_is(one, "theme", NULL);
    assert_false(state_is_changed(one));
    assert_true(state_set(one, STATE_PERSON, "theme", "dark = darker"));
    assert_true(state_set(one, STATE_PERSON, "filter.x", "state:new or ~smrn"));
    assert_true(state_set(one, STATE_PLACE, "seen", "17"));
    assert_true(state_is_changed(one));
    assert_is(one, "theme", "dark = darker");
    save(one);
    assert_string_equal(strrchr(state_path(one, "basket.json"), '/'), "/basket.json");
    assert_null(strstr(state_path(one, "x"), "/../"));
    state_close(one);
    assert_int_equal(stat(scratch_path(&scratch, "preferences"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    one = open_state(&scratch, "context-a/../b");
    assert_is(one, "theme", "dark = darker");
    assert_string_equal(state_get(one, STATE_PLACE, "seen"), "17");
    struct state *other = open_state(&scratch, "context-c"); /* another place, the same person */
    assert_is(other, "filter.x", "state:new or ~smrn");
    assert_null(state_get(other, STATE_PLACE, "seen"));
    assert_true(state_set(other, STATE_PERSON, "theme", "")); /* removed */
    save(other);
    state_close(other);
    state_close(one);
    one = open_state(&scratch, "context-c");
    assert_is(one, "theme", NULL);
    state_close(one);
    scratch_release(&scratch);
}

/* Two consoles at once: neither loses what the other one saved. */
static void test_two_at_once(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    struct state *one = open_state(&scratch, "p");
    struct state *two = open_state(&scratch, "p");
    state_set(one, STATE_PERSON, "filter.a", "A");
    state_set(two, STATE_PERSON, "filter.b", "B");
    state_set(one, STATE_PERSON, "theme", "one");
    state_set(two, STATE_PERSON, "theme", "two");
    save(one);
    save(two);
    assert_is(two, "filter.a", "A");
    assert_is(two, "theme", "two"); /* the later one counts */
    assert_is(one, "filter.b", NULL);
    state_set(one, STATE_PERSON, "filter.a", NULL);
    save(one);
    assert_is(one, "filter.b", "B");
    assert_is(one, "theme", "two");
    state_set(two, STATE_PERSON, "filter.c", "C");
    save(two);
    assert_is(two, "filter.a", NULL); /* what the other one removed does not come back */
    state_close(one);
    state_close(two);
    scratch_release(&scratch);
}

/* Many processes at once. */
static void test_many_at_once(void **state)
{
    (void)state;
    enum { N = 8 };
    struct scratch scratch;
    pid_t pids[N];
    scratch_init(&scratch);
    for (int i = 0; i < N; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            struct err err = ERR_INIT;
            char key[16];
            snprintf(key, sizeof key, "filter.%d", i);
            struct state *own = state_open(scratch.folder, "p", &err);
            bool fine = state_set(own, STATE_PERSON, key, "x") && state_save(own, &err) == ERR_OK;
            state_close(own);
            _exit(fine ? 0 : 1);
        }
    }
    for (int i = 0; i < N; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    struct state *all = open_state(&scratch, "p");
    for (int i = 0; i < N; i++) {
        char key[16];
        snprintf(key, sizeof key, "filter.%d", i);
        assert_non_null(state_get(all, STATE_PERSON, key));
    }
    state_close(all);
    scratch_release(&scratch);
}

/* Saved on another thread, while more is set. */
static void test_fork(void **state)
{
    (void)state;
    struct scratch scratch;
    struct err err = ERR_INIT;
    scratch_init(&scratch);
    struct state *one = open_state(&scratch, "p");
    struct state *two = open_state(&scratch, "p");
    state_set(two, STATE_PERSON, "filter.b", "B");
    save(two);
    state_set(one, STATE_PERSON, "theme", "dark");
    state_set(one, STATE_PERSON, "sort", "ext");
    struct state *fork = state_fork(one);
    state_set(one, STATE_PERSON, "theme", "light");
    assert_int_equal(state_save(fork, &err), ERR_OK);
    state_join(one, fork);
    assert_is(one, "theme", "light");
    assert_is(one, "sort", "ext");
    assert_is(one, "filter.b", "B");
    assert_true(state_is_changed(one));
    save(one);
    fork = state_fork(one);
    state_join(one, fork); /* nothing was set, nothing is lost */
    assert_is(one, "theme", "light");
    assert_false(state_is_changed(one));
    state_close(one);
    state_close(two);
    two = open_state(&scratch, "p");
    assert_is(two, "theme", "light");
    state_close(two);
    scratch_release(&scratch);
}

static void test_what_cannot_be_kept(void **state)
{
    (void)state;
    struct scratch scratch;
    char longest[STATE_VALUE_MAX + 2];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    scratch_init(&scratch);
    struct state *one = open_state(&scratch, "p");
    assert_false(state_set(one, STATE_PERSON, "", "x"));
    assert_false(state_set(one, STATE_PERSON, "a b", "x"));
    assert_false(state_set(one, STATE_PERSON, "a\nb", "x"));
    assert_false(state_set(one, STATE_PERSON, "a", "x\ny"));
    assert_false(state_set(one, STATE_PERSON, "a", "x\xff"));
    assert_false(state_set(one, STATE_PERSON, "a", longest));
    assert_true(state_set(one, STATE_PERSON, "a", longest + 1));
    assert_true(state_set(one, STATE_PERSON, "a", NULL));
    state_close(one);
    scratch_release(&scratch);
}

static void test_nothing_is_kept(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    const char *const folders[] = {NULL, "/nonexistent"};
    const char *const places[] = {"p", ""};
    for (size_t i = 0; i < 2; i++) {
        struct state *one = state_open(folders[i], places[i], &err);
        assert_int_equal(err.code, ERR_OK);
        assert_true(state_set(one, STATE_PLACE, "a", "b"));
        assert_string_equal(state_get(one, STATE_PLACE, "a"), "b");
        assert_null(state_path(one, "x"));
        assert_int_equal(state_save(one, &err), ERR_OK);
        state_close(one);
    }
}

/* Neither damage nor a folder that cannot be used stops anything. */
static void test_damage(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why;
    } samples[] = {
        {"theme = dark\nnonsense\n= x\nfilter.a = A\n", "line 2 is damaged and was passed over"},
        {"theme = dark\nfilter.a = A\nx = \xff\n", "line 3 is damaged"},
        {"theme = dark\nfilter.a = A", NULL}, /* cut behind the last line */
        {"# a note\n\ntheme = dark\nfilter.a = A\n", NULL},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct scratch scratch;
        struct err err = ERR_INIT;
        scratch_init(&scratch);
        scratch_write(&scratch, "preferences", samples[i].text, strlen(samples[i].text));
        struct state *one = state_open(scratch.folder, "p", &err);
        assert_is(one, "theme", "dark");
        assert_is(one, "filter.a", "A");
        assert_int_equal(err.code, samples[i].why ? ERR_INPUT : ERR_OK);
        assert_true(!samples[i].why || strstr(err.text, samples[i].why));
        state_set(one, STATE_PERSON, "theme", "light");
        save(one); /* mends it */
        state_close(one);
        one = open_state(&scratch, "p");
        assert_is(one, "filter.a", "A");
        state_close(one);
        scratch_release(&scratch);
    }
}

static void test_not_writable(void **state)
{
    (void)state;
    struct scratch scratch;
    struct err err = ERR_INIT;
    scratch_init(&scratch);
    scratch_write(&scratch, "file", "x", 1); /* where the folder should be */
    struct state *one = state_open(scratch_path(&scratch, "file"), "p", &err);
    assert_int_equal(err.code, ERR_IO);
    assert_true(state_set(one, STATE_PERSON, "theme", "dark"));
    err_clear(&err);
    assert_int_equal(state_save(one, &err), ERR_IO);
    assert_true(state_is_changed(one)); /* it may be tried again */
    assert_is(one, "theme", "dark");
    state_close(one);
    scratch_release(&scratch);
}

static void test_place(void **state)
{
    (void)state;
    char name[STATE_PLACE_ROOM];
    struct settings settings = {.context = "prod", .store = "sqlite:/a"};
    state_place(&settings, name);
    assert_string_equal(name, "context-prod");
    settings.context = NULL;
    state_place(&settings, name);
    assert_int_equal(strncmp(name, "store-", 6), 0);
    char first[STATE_PLACE_ROOM];
    char uri[200];
    struct scratch scratch;
    scratch_init(&scratch);
    assert_int_equal(chdir(scratch.folder), 0);
    snprintf(uri, sizeof uri, "sqlite:%s", scratch_path(&scratch, "pool.db"));
    settings.store = uri;
    state_place(&settings, first);
    settings.store = "sqlite:pool.db"; /* one file, one place, before it is there and after */
    state_place(&settings, name);
    assert_string_equal(name, first);
    scratch_write(&scratch, "pool.db", "x", 1);
    assert_int_equal(symlink("pool.db", "link.db"), 0);
    settings.store = "sqlite:./link.db";
    state_place(&settings, name);
    assert_string_equal(name, first);
    settings.store = "sqlite:other.db";
    state_place(&settings, name);
    assert_string_not_equal(name, first);
    settings.store = "dynamodb:t";
    state_place(&settings, name);
    assert_string_not_equal(name, first);
    assert_int_equal(chdir("/"), 0);
    scratch_release(&scratch);
    settings.action = ACTION_DEMO;
    state_place(&settings, name);
    assert_string_equal(name, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_what_cannot_be_kept),
        cmocka_unit_test(test_nothing_is_kept),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_not_writable),
        cmocka_unit_test(test_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
