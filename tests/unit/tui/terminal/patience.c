/* How long a part of a key waits for the rest. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/terminal/patience.h"

static struct key_reader s_reader;
static struct patience s_patience;
static int64_t s_now_ms;
static uint32_t s_keys[16];
static size_t s_n_keys;

static void take(bool at_end)
{
    struct key_event event;
    while (key_reader_next(&s_reader, at_end, &event)) {
        s_keys[s_n_keys++] = event.key;
    }
}

/* The bytes come one by one, so many ms apart, and at the last there is silence. */
static void slowly(const char *bytes, int apart_ms)
{
    int64_t until_ms = INT64_MAX;
    s_n_keys = 0;
    for (size_t i = 0; i < strlen(bytes); i++) {
        s_now_ms += apart_ms;
        if (s_now_ms > until_ms) {
            take(true);
            until_ms = patience_until(&s_patience, &s_reader, until_ms);
        }
        if (patience_ends(&s_patience, &s_reader, (unsigned char)bytes[i], s_now_ms)) {
            take(true);
        }
        key_reader_feed(&s_reader, bytes + i, 1);
        take(false);
        until_ms = patience_until(&s_patience, &s_reader, s_now_ms);
    }
    s_now_ms = until_ms == INT64_MAX ? s_now_ms + 10000 : until_ms;
    take(true);
}

static int setup(void **state)
{
    (void)state;
    key_reader_init(&s_reader);
    patience_init(&s_patience, -1, 0);
    s_now_ms = 1000;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    key_reader_release(&s_reader);
    return 0;
}

static void a_slow_line_splits_keys_and_they_are_still_keys(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t key;
    } cases[] = {
        {"\033[A", K_UP},    {"\033OA", K_UP},   {"\033[1;5D", K_CTRL | K_LEFT},
        {"\033[24~", K_F12}, {"\303\251", 0xE9}, {"\347\224\260", 0x7530},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        patience_init(&s_patience, -1, 0);
        slowly(cases[i].bytes, 34);
        assert_int_equal(s_n_keys, 1);
        assert_int_equal(s_keys[0], cases[i].key);
    }
    slowly("\033]11;rgb:0000/0000/0000\033\\", 34); /* an answer is no text */
    assert_int_equal(s_n_keys, 0);
}

static void a_line_that_was_slow_is_given_more_time(void **state)
{
    (void)state;
    slowly("\033[A", 40);
    slowly("\033[A", 120);
    assert_int_equal(s_n_keys, 1);
    assert_int_equal(s_keys[0], K_UP);
}

static void esc_and_a_key_a_moment_later_are_two_keys(void **state)
{
    (void)state;
    slowly("\033x", 1);
    assert_int_equal(s_n_keys, 1);
    assert_int_equal(s_keys[0], K_ALT | 'x');
    slowly("\033x", 30);
    assert_int_equal(s_n_keys, 2);
    assert_int_equal(s_keys[0], K_ESC);
    assert_int_equal(s_keys[1], 'x');
    slowly("\033\033", 30);
    assert_int_equal(s_n_keys, 2);
    assert_int_equal(s_keys[1], K_ESC);
}

static void what_the_user_chose_holds(void **state)
{
    (void)state;
    patience_init(&s_patience, 300, 0);
    slowly("\033x", 200);
    assert_int_equal(s_n_keys, 1);
    assert_int_equal(s_keys[0], K_ALT | 'x');
    patience_init(&s_patience, 10, 0);
    slowly("\033[A", 34);
    assert_int_equal(s_keys[0], K_ESC);
}

static void a_serial_line_says_how_slow_it_is(void **state)
{
    (void)state;
    patience_init(&s_patience, -1, 110);
    slowly("\033[A", 91);
    assert_int_equal(s_n_keys, 1);
    patience_init(&s_patience, -1, 38400);
    assert_int_equal(s_patience.esc_ms, 45);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_slow_line_splits_keys_and_they_are_still_keys, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_line_that_was_slow_is_given_more_time, setup, teardown),
        cmocka_unit_test_setup_teardown(esc_and_a_key_a_moment_later_are_two_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_user_chose_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(a_serial_line_says_how_slow_it_is, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
