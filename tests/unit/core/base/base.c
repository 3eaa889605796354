/* Errors, buffers, arenas, time, whole files: what everything else stands on. */

#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

/* ---- errors ------------------------------------------------------------------------------ */

static void the_first_failure_wins(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_int_equal(err_set(&err, ERR_INPUT, "%s:%d: bad", "a.csv", 3), ERR_INPUT);
    assert_int_equal(err_set(&err, ERR_IO, "later"), ERR_INPUT);
    assert_string_equal(err.text, "a.csv:3: bad");
    err_hint(&err, "first");
    err_hint(&err, "second");
    assert_string_equal(err.hint, "first");
    err_prefix(&err, "page %d", 2);
    assert_string_equal(err.text, "page 2: a.csv:3: bad");
    err_clear(&err);
    assert_int_equal(err_set_errno(&err, ERR_IO, ENOENT, "x"), ERR_IO);
    assert_string_equal(err.text, "x: No such file or directory");
    err_clear(&err);
    assert_int_equal(err_set_errno(&err, ERR_IO, EMFILE, "x"), ERR_IO);
    assert_string_equal(err.text, "x: no file descriptor left");
    assert_non_null(strstr(err.hint, "ulimit -n"));
    assert_int_equal(err_set(NULL, ERR_BUSY, "nobody listens"), ERR_BUSY);
}

static void errors_never_carry_escapes(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    err_set(&err, ERR_INPUT, "login \"%s\"", "\033]0;pwned\a\xE2\x80\xAEx\xFF");
    assert_string_equal(err.text, "login \"^[]0;pwned^G<U+202E>x<FF>\"");
    err_hint(&err, "one\ntwo\033[m");
    assert_string_equal(err.hint, "one\ntwo^[[m");
}

static void every_code_has_a_name_and_a_status(void **state)
{
    (void)state;
    assert_string_equal(err_code_name(ERR_GUARD), "guard");
    assert_int_equal(err_exit_status(ERR_OK), 0);
    assert_int_equal(err_exit_status(ERR_PARTIAL), 3);
    assert_int_equal(err_exit_status(ERR_GUARD), 4);
    assert_int_equal(err_exit_status(ERR_POOL_EMPTY), 5);
    assert_int_equal(err_exit_status(ERR_AUTH), 6);
    assert_int_equal(err_exit_status(ERR_USAGE), 64);
}

/* ---- buffers and arenas ------------------------------------------------------------------ */

static void a_buffer_keeps_its_maximum_and_its_error(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 10);
    assert_string_equal(buf.data, "");
    buf_puts(&buf, "12345");
    buf_printf(&buf, "%d", 67890);
    assert_string_equal(buf.data, "1234567890");
    assert_false(buf_failed(&buf));
    buf_putc(&buf, 'x');
    assert_true(buf_failed(&buf));
    assert_int_equal(buf.length, 0);
    buf_puts(&buf, "y");
    assert_int_equal(buf.length, 0);
    buf_clear(&buf);
    buf_puts(&buf, "again");
    char *taken = buf_take(&buf);
    assert_string_equal(taken, "again");
    assert_string_equal(buf.data, "");
    free(taken);
    buf_release(&buf);
}

static void a_secret_buffer_stays_one(void **state)
{
    (void)state;
    struct buf buf;
    buf_init_secret(&buf, 1000);
    for (int i = 0; i < 100; i++) {
        buf_puts(&buf, "0123456789"); /* grows several times */
    }
    assert_false(buf_failed(&buf));
    assert_int_equal(buf.length, 1000);
    assert_memory_equal(buf.data + 990, "0123456789", 11);
    buf_release(&buf);
    assert_true(buf.secret);
    buf_puts(&buf, "again");
    buf_wipe_release(&buf);
    assert_string_equal(buf.data, "");
}

static void an_arena_gives_zeroed_memory(void **state)
{
    (void)state;
    struct arena one = ARENA_INIT;
    char *large = arena_alloc(&one, 300000);
    for (size_t i = 0; i < 300000; i++) {
        assert_int_equal(large[i], 0);
    }
    for (int i = 0; i < 10000; i++) {
        char *text = arena_printf(&one, "agent.%d", i);
        assert_int_equal(strncmp(text, "agent.", 6), 0);
    }
    assert_string_equal(arena_strdup(&one, "kept"), "kept");
    assert_null(arena_strdup(&one, NULL));
    arena_release(&one);
    arena_release(&one);
}

/* ---- time -------------------------------------------------------------------------------- */

static void rfc3339_goes_both_ways(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at_ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-22T20:32:01Z", 1795379521000},
        {"2026-11-22T20:32:01.123Z", 1795379521123},
        {"2024-02-29T23:59:59Z", 1709251199000},
        {"2026-11-22T21:32:01+01:00", 1795379521000},
        {"2026-11-22T15:02:01.5-05:30", 1795379521500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t at_ms = -1;
        assert_true(clock_parse(cases[i].text, &at_ms));
        assert_int_equal(at_ms, cases[i].at_ms);
    }
    char text[CLOCK_TEXT_MAX];
    clock_format_ms(1795379521123, text);
    assert_string_equal(text, "2026-11-22T20:32:01.123Z");
    clock_format_s(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    static const char *const bad[] = {"",
                                      "2026-11-22",
                                      "2026-13-01T00:00:00Z",
                                      "2025-02-29T00:00:00Z",
                                      "2026-11-22T24:00:00Z",
                                      "2026-11-22T20:32:01",
                                      "2026-11-22T20:32:01Zx",
                                      "2026-11-22T20:32:01+25:00"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t at_ms;
        assert_false(clock_parse(bad[i], &at_ms));
    }
}

static void durations_have_units(void **state)
{
    (void)state;
    int64_t s = 0;
    assert_true(clock_parse_duration("90", &s) && s == 90);
    assert_true(clock_parse_duration("7d", &s) && s == 604800);
    assert_true(clock_parse_duration("2w", &s) && s == 1209600);
    assert_true(clock_parse_duration("0", &s) && s == 0);
    assert_false(clock_parse_duration("", &s));
    assert_false(clock_parse_duration("d", &s));
    assert_false(clock_parse_duration("-1d", &s));
    assert_false(clock_parse_duration("7days", &s));
    assert_false(clock_parse_duration("99999999999", &s));
    char text[CLOCK_TEXT_MAX];
    clock_format_span(41 * 60, text);
    assert_string_equal(text, "41m");
    clock_format_span(-90000, text);
    assert_string_equal(text, "1d");
}

/* ---- files ------------------------------------------------------------------------------- */

static void a_file_is_replaced_whole_and_keeps_its_mode(void **state)
{
    (void)state;
    char folder[] = "/tmp/extpool-base-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = mem_printf("%s/a/b/file", folder);
    char *link = mem_printf("%s/link", folder);
    struct err err = ERR_INIT;
    assert_int_equal(fileio_replace(path, "x", 1, 0600, &err), ERR_IO);
    err_clear(&err);
    assert_int_equal(fileio_make_parents(path, &err), ERR_OK);
    assert_int_equal(fileio_replace(path, "one", 3, 0600, &err), ERR_OK);
    struct stat stat_now;
    assert_int_equal(stat(path, &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(fileio_replace(link, "three", 5, 0600, &err), ERR_OK);
    assert_int_equal(lstat(link, &stat_now), 0);
    assert_true(S_ISLNK(stat_now.st_mode));
    assert_int_equal(stat(path, &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0777, 0640);

    struct buf buf;
    buf_init(&buf, 5);
    assert_int_equal(fileio_read(path, &buf, &err), ERR_OK);
    assert_string_equal(buf.data, "three");
    buf_release(&buf);
    buf_init(&buf, 4);
    assert_int_equal(fileio_read(path, &buf, &err), ERR_INPUT);
    err_clear(&err);
    assert_int_equal(fileio_read(folder, &buf, &err), ERR_INPUT);
    err_clear(&err);
    assert_int_equal(fileio_replace(folder, "x", 1, 0600, &err), ERR_IO);
    buf_release(&buf);
    unlink(link);
    unlink(path);
    char *inner = mem_printf("%s/a/b", folder);
    rmdir(inner);
    inner[strlen(inner) - 2] = '\0';
    rmdir(inner);
    assert_int_equal(rmdir(folder), 0); /* no temporary file was left */
    free(inner);
    free(link);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_wins),
        cmocka_unit_test(errors_never_carry_escapes),
        cmocka_unit_test(every_code_has_a_name_and_a_status),
        cmocka_unit_test(a_buffer_keeps_its_maximum_and_its_error),
        cmocka_unit_test(a_secret_buffer_stays_one),
        cmocka_unit_test(an_arena_gives_zeroed_memory),
        cmocka_unit_test(rfc3339_goes_both_ways),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(a_file_is_replaced_whole_and_keeps_its_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
