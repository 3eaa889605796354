/* How keys are written, and how a terminal sends them. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/terminal/keys.h"

/* ---- notation ----------------------------------------------------------------------------- */

static void keys_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t key;
        const char *written;
    } cases[] = {
        {"g", 'g', "g"},
        {"G", 'G', "G"},
        {":", ':', ":"},
        {"-", '-', "-"},
        {"^", '^', "^"},
        {"é", 0xE9, "é"},
        {"Space", ' ', "Space"},
        {"<Enter>", K_ENTER, "Enter"},
        {"return", K_ENTER, "Enter"},
        {"f5", K_F5, "F5"},
        {"F12", K_F12, "F12"},
        {"pgup", K_PAGE_UP, "PgUp"},
        {"PageDown", K_PAGE_DOWN, "PgDn"},
        {"C-r", K_CTRL | 'r', "C-r"},
        {"C-R", K_CTRL | 'r', "C-r"},
        {"Ctrl-R", K_CTRL | 'r', "C-r"},
        {"^r", K_CTRL | 'r', "C-r"},
        {"C-i", K_TAB, "Tab"},
        {"C-m", K_ENTER, "Enter"},
        {"C-[", K_ESC, "Esc"},
        {"C-Space", K_CTRL | ' ', "C-Space"},
        {"M-x", K_ALT | 'x', "M-x"},
        {"M-C-x", K_ALT | K_CTRL | 'x', "C-M-x"},
        {"S-Tab", K_SHIFT | K_TAB, "S-Tab"},
        {"BackTab", K_SHIFT | K_TAB, "S-Tab"},
        {"S-a", 'A', "A"},
        {"C-Left", K_CTRL | K_LEFT, "C-Left"},
        {"C--", K_NONE, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t key = K_NONE;
        char text[K_TEXT_MAX];
        assert_int_equal(key_parse(cases[i].text, &key), cases[i].written != NULL);
        if (cases[i].written) {
            assert_int_equal(key, cases[i].key);
            key_format(key, text);
            assert_string_equal(text, cases[i].written);
        }
    }
}

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "<>",   "gg",      "F13",
                                        "C-",   "M-",   "Hyper-x", "C-é",
                                        "\033", "\xff", "C-1",     "averyveryverylongnameofakey"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t key;
        assert_false(key_parse(texts[i], &key));
    }
}

/* ---- input -------------------------------------------------------------------------------- */

static struct key_reader s_reader;

static int setup(void **state)
{
    (void)state;
    key_reader_init(&s_reader);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    key_reader_release(&s_reader);
    return 0;
}

/* The one key that these bytes are, fed whole. */
static uint32_t key_of(const char *bytes, size_t n)
{
    struct key_event event;
    key_reader_feed(&s_reader, bytes, n);
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_int_equal(event.kind, K_EVENT_KEY);
    struct key_event rest;
    assert_false(key_reader_next(&s_reader, true, &rest));
    return event.key;
}

#define KEY_OF(bytes) key_of(bytes, sizeof(bytes) - 1)

static void terminals_send_keys_in_many_ways(void **state)
{
    (void)state;
    assert_int_equal(KEY_OF("a"), 'a');
    assert_int_equal(KEY_OF("\xC3\xA9"), 0xE9);
    assert_int_equal(KEY_OF("\r"), K_ENTER);
    assert_int_equal(KEY_OF("\n"), K_ENTER);
    assert_int_equal(KEY_OF("\t"), K_TAB);
    assert_int_equal(KEY_OF("\x7f"), K_BACKSPACE);
    assert_int_equal(KEY_OF("\b"), K_BACKSPACE);
    assert_int_equal(KEY_OF("\0"), K_CTRL | ' ');
    assert_int_equal(KEY_OF("\x12"), K_CTRL | 'r');
    assert_int_equal(KEY_OF("\033[A"), K_UP);
    assert_int_equal(KEY_OF("\033OA"), K_UP);
    assert_int_equal(KEY_OF("\033[1;5D"), K_CTRL | K_LEFT);
    assert_int_equal(KEY_OF("\033[1;2A"), K_SHIFT | K_UP);
    assert_int_equal(KEY_OF("\033[5~"), K_PAGE_UP);
    assert_int_equal(KEY_OF("\033[3;3~"), K_ALT | K_DELETE);
    assert_int_equal(KEY_OF("\033[Z"), K_SHIFT | K_TAB);
    assert_int_equal(KEY_OF("\033OP"), K_F1);
    assert_int_equal(KEY_OF("\033[11~"), K_F1);
    assert_int_equal(KEY_OF("\033[[A"), K_F1);
    assert_int_equal(KEY_OF("\033[24~"), K_F12);
    assert_int_equal(KEY_OF("\033[H"), K_HOME);
    assert_int_equal(KEY_OF("\033[4~"), K_END);
    assert_int_equal(KEY_OF("\033x"), K_ALT | 'x');
    assert_int_equal(KEY_OF("\033\x7f"), K_ALT | K_BACKSPACE);
}

static void escape_alone_waits_for_the_delay(void **state)
{
    (void)state;
    struct key_event event;
    key_reader_feed(&s_reader, "\033", 1);
    assert_false(key_reader_next(&s_reader, false, &event));
    assert_int_equal(key_reader_waits(&s_reader), KEY_WAIT_ESC);
    assert_true(key_reader_next(&s_reader, true, &event));
    assert_int_equal(event.key, K_ESC);
    assert_int_equal(key_reader_waits(&s_reader), KEY_WAIT_NOTHING);
    key_reader_feed(&s_reader, "\033[", 2);
    assert_true(key_reader_next(&s_reader, true, &event));
    assert_int_equal(event.key, K_ALT | '[');
    assert_int_equal(KEY_OF("q"), 'q');
}

static void sequences_may_come_in_pieces(void **state)
{
    (void)state;
    static const char bytes[] = "\033[1;5C";
    struct key_event event;
    for (size_t i = 0; i + 1 < sizeof bytes - 1; i++) {
        key_reader_feed(&s_reader, bytes + i, 1);
        assert_false(key_reader_next(&s_reader, false, &event));
    }
    key_reader_feed(&s_reader, bytes + sizeof bytes - 2, 1);
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_int_equal(event.key, K_CTRL | K_RIGHT);
}

static void what_is_not_known_is_dropped_whole(void **state)
{
    (void)state;
    static const char *const noise[] = {"\033[?1;2c",       "\033[>0;276;0c",
                                        "\033[99~",         "\033]10;rgb:ff\a",
                                        "\033P1$r0m\033\\", "\033[I",
                                        "\033[1$y",         "\xff",
                                        "\xC2\x9B",         "\033[200000000000000000000u"};
    for (size_t i = 0; i < sizeof noise / sizeof noise[0]; i++) {
        struct key_event event;
        key_reader_feed(&s_reader, noise[i], strlen(noise[i]));
        key_reader_feed(&s_reader, "k", 1);
        assert_true(key_reader_next(&s_reader, false, &event));
        assert_int_equal(event.key, 'k');
        assert_false(key_reader_next(&s_reader, true, &event));
    }
}

static void a_paste_is_one_event(void **state)
{
    (void)state;
    struct key_event event;
    const char *parts[] = {"\033[200~rm -rf", "\r\033[A", " x\033[20", "1~q"};
    for (size_t i = 0; i < 3; i++) {
        key_reader_feed(&s_reader, parts[i], strlen(parts[i]));
        assert_false(key_reader_next(&s_reader, false, &event));
    }
    key_reader_feed(&s_reader, parts[3], strlen(parts[3]));
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_int_equal(event.kind, K_EVENT_PASTE);
    assert_string_equal(s_reader.paste.data, "rm -rf\r\033[A x");
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_int_equal(event.key, 'q');
}

static void a_paste_that_is_too_long_is_emptied(void **state)
{
    (void)state;
    struct key_event event;
    char block[256];
    memset(block, 'x', sizeof block);
    key_reader_feed(&s_reader, "\033[200~", 6);
    for (size_t i = 0; i < K_PASTE_MAX / sizeof block + 4; i++) {
        assert_false(key_reader_next(&s_reader, false, &event));
        assert_true(key_reader_room(&s_reader) >= sizeof block);
        key_reader_feed(&s_reader, block, sizeof block);
    }
    assert_false(key_reader_next(&s_reader, false, &event));
    key_reader_feed(&s_reader, "\033[201~", 6);
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_true(event.too_long);
    assert_false(event.cut);
    assert_int_equal(s_reader.paste.length, 0);
}

static void a_paste_whose_end_is_lost_ends_when_nothing_more_comes(void **state)
{
    (void)state;
    static const char *const tails[] = {"", "\033", "\033[20", "\033[201"};
    struct key_event event;
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        key_reader_feed(&s_reader, "\033[200~ab cd", 11);
        key_reader_feed(&s_reader, tails[i], strlen(tails[i]));
        assert_false(key_reader_next(&s_reader, false, &event));
        assert_int_equal(key_reader_waits(&s_reader), KEY_WAIT_PASTE);
        assert_true(key_reader_next(&s_reader, true, &event));
        assert_int_equal(event.kind, K_EVENT_PASTE);
        assert_true(event.cut);
        assert_string_equal(s_reader.paste.data, "ab cd");
        assert_int_equal(KEY_OF("q"), 'q');
    }
    key_reader_feed(&s_reader, "\033[200~", 6); /* of nothing at all */
    assert_false(key_reader_next(&s_reader, false, &event));
    assert_true(key_reader_next(&s_reader, true, &event));
    assert_true(event.cut);
    assert_int_equal(KEY_OF("\033[201~q"), 'q'); /* an end that comes late is no key */
}

static void the_mouse_says_where(void **state)
{
    (void)state;
    struct key_event event;
    const char *bytes = "\033[<0;11;3M\033[<65;1;1M\033[<0;11;3m";
    key_reader_feed(&s_reader, bytes, strlen(bytes));
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_int_equal(event.kind, K_EVENT_MOUSE);
    assert_int_equal(event.x, 10);
    assert_int_equal(event.y, 2);
    assert_true(event.press);
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_int_equal(event.button, 65);
    assert_true(key_reader_next(&s_reader, false, &event));
    assert_false(event.press);
}

static void what_the_terminal_says_of_itself_wins(void **state)
{
    (void)state;
    key_reader_learn(&s_reader, "\033[11~", K_F7);
    key_reader_learn(&s_reader, "not an escape", K_F8);
    key_reader_learn(&s_reader, "\033far too long a sequence", K_F8);
    assert_int_equal(s_reader.n_extra, 1);
    assert_int_equal(KEY_OF("\033[11~"), K_F7);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read_and_written),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test_setup_teardown(terminals_send_keys_in_many_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(escape_alone_waits_for_the_delay, setup, teardown),
        cmocka_unit_test_setup_teardown(sequences_may_come_in_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_dropped_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_paste_is_one_event, setup, teardown),
        cmocka_unit_test_setup_teardown(a_paste_that_is_too_long_is_emptied, setup, teardown),
        cmocka_unit_test_setup_teardown(a_paste_whose_end_is_lost_ends_when_nothing_more_comes,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(the_mouse_says_where, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_terminal_says_of_itself_wins, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
