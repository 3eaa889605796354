/* Commands: names, default keys without conflict, rebinding; what a copy sends. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tui/widget/activity.h"
#include "tui/widget/command.h"
#include "tui/terminal/keys.h"
#include "tui/terminal/term.h"

static struct bindings s_bindings;

static uint32_t key_named(const char *text)
{
    uint32_t key = K_NONE;
    assert_true(key_parse(text, &key));
    return key;
}

static void names_and_default_keys_are_unique(void **state)
{
    (void)state;
    bindings_default(&s_bindings);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const struct command_info *info = command_info((enum command)i);
        print_message("%s\n", info->name);
        assert_int_equal(command_find(info->name), i);
        assert_true(*info->help);
        char keys[KEYS_TEXT_MAX];
        bindings_keys(&s_bindings, (enum command)i, keys);
        assert_string_equal(keys, info->keys); /* the table is written as it is shown */
        for (int k = 0; k < KEYS_PER_COMMAND && s_bindings.keys[i][k] != K_NONE; k++) {
            for (unsigned place = 1; place <= PLACE_PICK; place <<= 1) {
                if (info->places & place) {
                    assert_int_equal(bindings_find(&s_bindings, place, s_bindings.keys[i][k]), i);
                }
            }
        }
    }
    assert_int_equal(command_find("no-such-command"), CMD_NONE);
}

/* What people press by mistake, what tmux and screen take, and flow control do nothing. */
static void dangerous_keys_are_left_free(void **state)
{
    (void)state;
    static const char *const keys[] = {"d",   "D",   "Delete", "Backspace", "C-a", "C-Space",
                                       "C-h", "C-j", "C-k",    "C-s",       "C-q", "C-\\"};
    bindings_default(&s_bindings);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint32_t key;
        if (key_parse(keys[i], &key)) {
            for (unsigned place = 1; place <= PLACE_PICK; place <<= 1) {
                assert_int_equal(bindings_find(&s_bindings, place, key), CMD_NONE);
            }
        }
    }
}

static void a_key_moves_to_who_asks_for_it(void **state)
{
    (void)state;
    bindings_default(&s_bindings);
    assert_int_equal(bindings_set(&s_bindings, "sync", "F9 x", NULL), ERR_OK);
    assert_int_equal(bindings_find(&s_bindings, PLACE_MAIN, key_named("x")), CMD_SYNC);
    assert_int_equal(bindings_find(&s_bindings, PLACE_MAIN, key_named("F9")), CMD_SYNC);
    assert_int_equal(bindings_find(&s_bindings, PLACE_MAIN, key_named("s")), CMD_NONE);
    char keys[KEYS_TEXT_MAX];
    bindings_keys(&s_bindings, CMD_RELEASE, keys);
    assert_string_equal(keys, "");
    assert_int_equal(bindings_set(&s_bindings, "mouse", "", NULL), ERR_OK);
    assert_int_equal(bindings_find(&s_bindings, PLACE_MAIN, key_named("m")), CMD_NONE);
    /* another place, the same key: no conflict */
    assert_int_equal(bindings_set(&s_bindings, "toggle", "F9", NULL), ERR_OK);
    assert_int_equal(bindings_find(&s_bindings, PLACE_PLAN, key_named("F9")), CMD_TOGGLE);
    assert_int_equal(bindings_find(&s_bindings, PLACE_MAIN, key_named("F9")), CMD_SYNC);
}

static void conflicts_and_mistakes_are_named(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    bindings_default(&s_bindings);
    assert_int_equal(bindings_set(&s_bindings, "sync", "F9", NULL), ERR_OK);
    assert_int_equal(bindings_set(&s_bindings, "export", "F9", &err), ERR_CONFIG);
    assert_string_equal(err.text, "the key F9 is given to both sync and export");
    err_clear(&err);
    assert_int_equal(bindings_set(&s_bindings, "snyc", "F9", &err), ERR_CONFIG);
    assert_string_equal(err.text, "no command is called 'snyc'");
    err_clear(&err);
    assert_int_equal(bindings_set(&s_bindings, "sync", "F8 Hyper-x", &err), ERR_CONFIG);
    assert_string_equal(err.text, "sync: 'Hyper-x' is not a key, or there are too many keys");
    err_clear(&err);
    assert_int_equal(bindings_set(&s_bindings, "sync", "1 2 3 4 5", &err), ERR_CONFIG);
}

/* ---- the clipboard ------------------------------------------------------------------------- */

static void copied(const char *text, bool tmux, bool screen, const char *expected)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    term_copy_bytes(&out, text, tmux, screen);
    assert_string_equal(out.data, expected);
    buf_release(&out);
}

static void a_copy_goes_through_what_stands_in_between(void **state)
{
    (void)state;
    copied("2041", false, false, "\033]52;c;MjA0MQ==\a");
    copied("20", false, false, "\033]52;c;MjA=\a");
    copied("204", false, false, "\033]52;c;MjA0\a");
    copied("2041", true, false, "\033]52;c;MjA0MQ==\a\033Ptmux;\033\033]52;c;MjA0MQ==\a\033\\");
    copied("2041", false, true, "\033P\033]52;c;MjA0MQ==\a\033\\");
}

static void a_copy_has_no_control_characters(void **state)
{
    (void)state;
    copied("20\x1b"
           "41",
           false, false, "\033]52;c;MjA0MQ==\a");
    copied("\r20\x07"
           "4\x7f"
           "1\xc2\x9b",
           false, false, "\033]52;c;MjA0MQ==\a");
    copied("2041\xff\xe2\x80\xa8", false, false, "\033]52;c;MjA0MQ==\a");
    copied("a\tb\nc", false, false, "\033]52;c;YQliCmM=\a");
    copied("\x1b", false, false, "\033]52;c;\a");
}

/* Old versions of screen drop a string of more than 256 bytes. */
static void screen_gets_it_in_pieces(void **state)
{
    (void)state;
    char text[2000];
    struct buf out;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    buf_init(&out, 1 << 20);
    term_copy_bytes(&out, text, false, true);
    size_t begun = 0;
    size_t pieces = 0;
    for (size_t i = 0; i + 1 < out.length; i++) {
        if (memcmp(out.data + i, "\033P", 2) == 0) {
            begun = i;
        } else if (memcmp(out.data + i, "\033\\", 2) == 0) {
            assert_true(i + 2 - begun <= 256);
            pieces++;
        }
    }
    assert_true(pieces > 5);
    buf_release(&out);
}

/* ---- the activity -------------------------------------------------------------------------- */

static void the_activity_keeps_the_newest(void **state)
{
    (void)state;
    static struct activity activity;
    for (int i = 0; i < ACTIVITY_KEPT + 10; i++) {
        char text[32];
        snprintf(text, sizeof text, "message %d", i);
        activity_add(&activity, i, STYLE_INFO, text);
    }
    assert_string_equal(activity_at(&activity, 0)->text, "message 509");
    assert_string_equal(activity_at(&activity, ACTIVITY_KEPT - 1)->text, "message 10");
    assert_null(activity_at(&activity, ACTIVITY_KEPT));
    activity_release(&activity);
    assert_null(activity_at(&activity, 0));
}

static void moments_are_as_short_as_they_can_be(void **state)
{
    (void)state;
    char out[WHEN_MAX];
    int64_t now_s = 1795379531; /* 2026-11-22 20:32:11 UTC */
    when_time(now_s, out);
    assert_string_equal(out, "20:32:11");
    when_moment(now_s - 3600, now_s, out);
    assert_string_equal(out, "19:32");
    when_moment(now_s - 3 * 86400, now_s, out);
    assert_string_equal(out, "19 Nov 20:32");
    when_moment(now_s - 400 * 86400, now_s, out);
    assert_string_equal(out, "18 Oct 2025");
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("TZ", "UTC0", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_default_keys_are_unique),
        cmocka_unit_test(dangerous_keys_are_left_free),
        cmocka_unit_test(a_key_moves_to_who_asks_for_it),
        cmocka_unit_test(conflicts_and_mistakes_are_named),
        cmocka_unit_test(a_copy_goes_through_what_stands_in_between),
        cmocka_unit_test(a_copy_has_no_control_characters),
        cmocka_unit_test(screen_gets_it_in_pieces),
        cmocka_unit_test(the_activity_keeps_the_newest),
        cmocka_unit_test(moments_are_as_short_as_they_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
