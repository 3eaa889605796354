/* UTF-8, harmless text, columns, and the small ASCII helpers. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/text.h"

static void utf8_is_checked_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t good; /* bytes before the first bad one */
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"h\xC3\xA9llo", 6},
        {"\xE2\x82\xAC", 3},
        {"\xF0\x9F\x98\x80", 4},
        {"ab\xC0\xAF", 2},       /* overlong */
        {"\xE0\x80\xAF", 0},     /* overlong */
        {"x\xED\xA0\x80", 1},    /* surrogate */
        {"\xF4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"ok\xE2\x82", 2},       /* cut */
        {"\x80", 0},             /* continuation alone */
        {"\xFF", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = strlen(cases[i].text);
        assert_int_equal(text_utf8_check(cases[i].text, length), cases[i].good);
    }
}

static void every_code_point_goes_both_ways(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 37) {
        if (code >= 0xD800 && code <= 0xDFFF) {
            continue;
        }
        char bytes[4];
        size_t size = text_encode(code, bytes);
        uint32_t back = 1;
        assert_int_equal(text_decode(bytes, size, &back), size);
        assert_int_equal(back, code);
    }
}

static void blanks_of_every_alphabet_are_blanks(void **state)
{
    (void)state;
    static const char *const blanks[] = {" ",
                                         "\t",
                                         "\r\n",
                                         "\xC2\xA0",
                                         "\xC2\x85",
                                         "\xE1\x9A\x80",
                                         "\xE2\x80\x83",
                                         "\xE2\x80\xAF",
                                         "\xE3\x80\x80",
                                         "\xE2\x80\x8B",
                                         "\xEF\xBB\xBF",
                                         "\xE2\x81\xA0",
                                         "\xE2\x80\xAA"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        char text[16];
        size_t n = strlen(blanks[i]);
        memcpy(text, blanks[i], n);
        memcpy(text + n, "x", 1);
        memcpy(text + n + 1, blanks[i], n);
        assert_int_equal(text_blanks_before(text, 2 * n + 1), n);
        assert_int_equal(text_blanks_behind(text, 2 * n + 1), n);
        assert_int_equal(text_blanks_before(blanks[i], n), n);
        assert_int_equal(text_blanks_behind(blanks[i], n), n);
    }
    assert_int_equal(text_blanks_behind("\x80\x80", 2), 0);
    assert_int_equal(text_blanks_before("", 0), 0);
    assert_int_equal(text_blanks_behind("", 0), 0);
}

static void controls_are_found(void **state)
{
    (void)state;
    assert_int_equal(text_find_control("plain \xC3\xA9", 8), TEXT_NO_CONTROL);
    assert_int_equal(text_find_control("a\tb", 3), '\t');
    assert_int_equal(text_find_control("a\xC2\x9B"
                                       "b",
                                       4),
                     0x9B);
    assert_int_equal(text_find_control("a\xE2\x80\xA9", 4), 0x2029);
    assert_int_equal(text_find_control("a\xE2\x80\xAE", 4), TEXT_NO_CONTROL);
}

static void hostile_text_is_shown_not_obeyed(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    assert_string_equal(text_sanitise(&arena, "\033[2J"), "^[[2J");
    assert_string_equal(text_sanitise(&arena, "a\tb\nc\x7F"), "a^Ib^Jc^?");
    assert_string_equal(text_sanitise(&arena, "\xC2\x9B"
                                              "31m"),
                        "<U+009B>31m");
    assert_string_equal(text_sanitise(&arena, "\xE2\x80\xAE"
                                              "evil"),
                        "<U+202E>evil");
    assert_string_equal(text_sanitise(&arena, "zero\xE2\x80\x8Bwidth"), "zero<U+200B>width");
    assert_string_equal(text_sanitise(&arena, "\xFE\xFF"), "<FE><FF>");
    assert_string_equal(text_sanitise(&arena, "\xF3\xA0\x81\x81"), "<U+E0041>");
    const char *plain = "Zo\xC3\xAB \xE5\xB1\xB1\xE7\x94\xB0";
    assert_ptr_equal(text_sanitise(&arena, plain), plain);
    char small[6];
    assert_int_equal(text_sanitise_to(small, sizeof small, "ab\033c\xE2\x82\xAC", 7, 0), 5);
    assert_string_equal(small, "ab^[c");
    arena_release(&arena);
}

static void columns_are_those_of_a_terminal(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        skip();
    }
    size_t taken = 0;
    assert_int_equal(text_columns("abc"), 3);
    assert_int_equal(text_columns("\xE5\xB1\xB1\xE7\x94\xB0"), 4);
    assert_int_equal(text_columns("e\xCC\x81"), 1);
    assert_int_equal(text_fit("\xE5\xB1\xB1\xE7\x94\xB0", 3, &taken), 3);
    assert_int_equal(taken, 2);
    assert_int_equal(text_fit("e\xCC\x81x", 1, &taken), 3); /* the accent stays with its letter */
    assert_int_equal(text_fit("abc", 0, &taken), 0);
}

static void numbers_are_whole_and_bounded(void **state)
{
    (void)state;
    int64_t value = 0;
    assert_true(text_to_int64("42", 0, 100, &value) && value == 42);
    assert_true(text_to_int64("-1", -5, 5, &value) && value == -1);
    assert_false(text_to_int64("101", 0, 100, &value));
    assert_false(text_to_int64("", 0, 100, &value));
    assert_false(text_to_int64(" 1", 0, 100, &value));
    assert_false(text_to_int64("1x", 0, 100, &value));
    assert_false(text_to_int64("+1", 0, 100, &value));
    assert_false(text_to_int64("99999999999999999999", 0, INT64_MAX, &value));
    assert_true(text_is_digits("0042"));
    assert_false(text_is_digits(""));
    assert_false(text_is_digits("4 2"));
}

static void distances_find_what_was_meant(void **state)
{
    (void)state;
    assert_int_equal(text_distance("sync", "sync"), 0);
    assert_int_equal(text_distance("--synk", "--sync"), 1);
    assert_int_equal(text_distance("relase", "release"), 1);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_true(text_same("user", "user") && text_same(NULL, NULL));
    assert_false(text_same("user", "User") || text_same("user", NULL) || text_same(NULL, ""));
    assert_true(text_equal_nocase("User Login", "user login"));
    assert_false(text_equal_nocase("user", "users"));
}

/* A bad byte is found wherever it stands among good ones. */
static void test_a_bad_byte_anywhere(void **state)
{
    (void)state;
    for (size_t length = 1; length <= 40; length++) {
        char text[40];
        memset(text, 'a', sizeof text);
        assert_int_equal(text_utf8_check(text, length), length);
        for (size_t at = 0; at < length; at++) {
            text[at] = '\xFF';
            assert_int_equal(text_utf8_check(text, length), at);
            text[at] = 'a';
            if (at + 2 <= length) {
                memcpy(text + at, "\xC3\xA9", 2);
                assert_int_equal(text_utf8_check(text, length), length);
                assert_int_equal(text_utf8_check(text, at + 1), at);
                memcpy(text + at, "aa", 2);
            }
        }
    }
}

static void numbers_are_grouped_and_counted(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    char out[TEXT_NUMBER_ROOM];
    assert_string_equal(text_number(0, out), "0");
    assert_string_equal(text_number(999, out), "999");
    assert_string_equal(text_number(1000, out), "1,000");
    assert_string_equal(text_number(UINT64_MAX, out), "18,446,744,073,709,551,615");
    assert_string_equal(text_count(&arena, 0, "row"), "0 rows");
    assert_string_equal(text_count(&arena, 1, "row"), "1 row");
    assert_string_equal(text_count(&arena, 12345, "row"), "12,345 rows");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bad_byte_anywhere),
        cmocka_unit_test(utf8_is_checked_strictly),
        cmocka_unit_test(every_code_point_goes_both_ways),
        cmocka_unit_test(blanks_of_every_alphabet_are_blanks),
        cmocka_unit_test(controls_are_found),
        cmocka_unit_test(hostile_text_is_shown_not_obeyed),
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(numbers_are_whole_and_bounded),
        cmocka_unit_test(numbers_are_grouped_and_counted),
        cmocka_unit_test(distances_find_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
