/* The form in which texts are searched, and where its bytes come from. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/fold_search.h"
#include "core/base/text.h"

static const char *folded(const char *text)
{
    static char out[256];
    size_t length = fold_search(text, strlen(text), out, sizeof out - 1);
    out[length] = '\0';
    return out;
}

static void what_people_take_for_the_same_is_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *text, *as;
    } cases[] = {
        {"Smith, J.", "smith, j."},
        {"Müller", "muller"},
        {"Mu\u0308ller", "muller"},
        {"Ñandú Ångström", "nandu angstrom"},
        {"Straße STRASSE ẞ", "strasse strasse ss"},
        {"Æsir æ Œuvre œ", "aesir ae oeuvre oe"},
        {"Ørsted ø Łódź ł", "orsted o lodz l"},
        {"Đorđe đ Þór þ", "dorde d thor th"},
        {"Yıldız İnci", "yildiz inci"},
        {"Ελλάς ΕΛΛΆΣ", "ελλασ ελλασ"},
        {"Ёлкин Йогурт", "елкин иогурт"},
        {"Ｓａｌｅｓ　１２", "sales 12"},
        {"ﾀﾅｶ", "たなか"},
        {"タナカ", "たなか"},
        {"ｶﾞｶﾞﾝ", "ががん"},
        {"ガ", "が"},
        {"カ\u3099", "が"},
        {"か\u3099", "が"},
        {"ﾊﾟパは\u309A", "ぱぱぱ"},
        {"ヴｳﾞ", "ゔゔ"},
        {"コーヒーｺｰﾋｰ", "こーひーこーひー"},
        {"田中", "田中"},
        {"김", "김"},
        {"\u1100\u1175\u11B7", "김"},
        {"\u1100\u1175", "기"},
        {"a\u200Bb\u202E", "ab"},
        {"a\tb\u00A0c", "a b c"},
        {"a\x1b[1m", "a\x7F[1m"},
        {"a\xC3", "a\x7F"},
        {"\u0301", ""},
        {"हि", "हि"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(folded(cases[i].text), cases[i].as);
        assert_string_equal(folded(cases[i].as), cases[i].as);
    }
}

static void each_step_takes_whole_characters(void **state)
{
    (void)state;
    const char *text = "ｶﾞß\u1100\u1175\u11B7e\u0301";
    static const size_t wanted[] = {6, 2, 9, 1, 2};
    char out[FOLD_STEP_MAX];
    size_t at = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t used;
        (void)fold_search_step(text + at, strlen(text) - at, &used, out);
        assert_int_equal(used, wanted[i]);
        at += used;
    }
    assert_int_equal(at, strlen(text));
}

static void no_character_gives_more_than_a_step_holds_or_a_control(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < 0x110000; code++) {
        char text[4];
        char out[FOLD_STEP_MAX];
        size_t used;
        if (code >= 0xD800 && code <= 0xDFFF) {
            continue;
        }
        size_t n = fold_search_step(text, text_encode(code, text), &used, out);
        assert_true(n <= FOLD_STEP_MAX);
        assert_int_equal(text_utf8_check(out, n), n);
        for (size_t i = 0; i < n; i++) {
            assert_true((unsigned char)out[i] >= 0x20);
        }
    }
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    char out[4];
    assert_int_equal(fold_search("ab田", 5, out, 4), 2);
    assert_int_equal(fold_search("ßß", 4, out, 3), 2);
    assert_int_equal(fold_search("abcdef", 6, out, 4), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_take_for_the_same_is_the_same),
        cmocka_unit_test(each_step_takes_whole_characters),
        cmocka_unit_test(no_character_gives_more_than_a_step_holds_or_a_control),
        cmocka_unit_test(what_does_not_fit_is_left_out_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
