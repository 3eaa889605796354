#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/lookalike.h"

static void test_pairs(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        enum login_difference difference;
    } pairs[] = {
        {"alice", "Alice", LOGIN_DIFFERS_IN_CASE},
        {"\xC3\xA9lodie", "\xC3\x89lodie", LOGIN_DIFFERS_IN_CASE},
        {"\xD0\xB1\xD0\xBE\xD0\xB1", "\xD0\x91\xD0\xBE\xD0\xB1", LOGIN_DIFFERS_IN_CASE},
        {"stra\xC3\x9F"
         "e",
         "STRASSE", LOGIN_DIFFERS_IN_CASE},
        {"\xCF\x83\xCE\xB1\xCF\x82", "\xCE\xA3\xCE\x91\xCE\xA3", LOGIN_DIFFERS_IN_CASE},
        {"zo\xC3\xAB", "zoe\xCC\x88", LOGIN_DIFFERS_IN_FORM},
        {"\xEF\xBD\x81lice", "alice", LOGIN_DIFFERS_IN_FORM},
        {"al\xE2\x80\x8Bice", "alice", LOGIN_DIFFERS_UNSEEN},
        {"al\xC2\xADice", "alice", LOGIN_DIFFERS_UNSEEN},
        {"alice\xE2\x80\xAE", "alice", LOGIN_DIFFERS_UNSEEN},
        {"0042", "42", LOGIN_DIFFERS_IN_ZEROS},
        {"1001", "1001.0", LOGIN_DIFFERS_IN_ZEROS},
        {"Zo\xC3\x8B", "zoe\xCC\x88", LOGIN_DIFFERS_IN_SEVERAL},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char a[FOLD_ROOM];
        char b[FOLD_ROOM];
        assert_string_equal(login_key(pairs[i].a, a), login_key(pairs[i].b, b));
        assert_int_equal(login_difference(pairs[i].a, pairs[i].b), pairs[i].difference);
    }
}

static void test_others_are_no_pairs(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"alice", "alicia"}, {"zoe", "zo\xC3\xAB"},
                                           {"0042a", "42a"},    {"1001.5", "1001"},
                                           {"\xFF", "\xFE"},    {"0", "00x"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char a[FOLD_ROOM];
        char b[FOLD_ROOM];
        assert_string_not_equal(login_key(pairs[i][0], a), login_key(pairs[i][1], b));
    }
}

static void check(enum login_doubt doubt, const char *const *logins)
{
    for (; *logins; logins++) {
        if (login_doubt(*logins) != doubt) {
            print_error("%s is %d\n", *logins, (int)login_doubt(*logins));
        }
        assert_int_equal(login_doubt(*logins), doubt);
    }
}

static void test_what_is_hardly_a_login(void **state)
{
    (void)state;
    static const char *const fine[] = {
        "alice",     "j.smith",    "J_Smith-2", "a@example.com", "2",      "1001",
        "1e5",       "1E5",        "nancy",     "nullo",         "jan.01", "mar",
        "10.2.3.4",  "2.10",       "true.blue", "agent007",      "12-34",  "2026-1",
        "none.such", "undefined1", "dec-x",     "1-mart",        "Err",    NULL};
    static const char *const errors[] = {"#N/A",          "#REF!",    "#VALUE!",
                                         "#NAME?",        "#DIV/0!",  "#NULL!",
                                         "#NUM!",         "#SPILL!",  "#CALC!",
                                         "#GETTING_DATA", "#NV",      "#BEZUG!",
                                         "#WERT!",        "#ZAHL!",   "#VALEUR!",
                                         "#NOM?",         "#NOMBRE!", "#\xC2\xA1VALOR!",
                                         "#N/D",          "#RIF!",    "#\xD0\x9D/\xD0\x94",
                                         "#ERROR!",       "########", "Err:502",
                                         "Err:504",       NULL};
    static const char *const rewritten[] = {"1.23E+11",
                                            "1,23E+11",
                                            "1E+05",
                                            "-1.2e-07",
                                            "1.23457E+011",
                                            "1001.0",
                                            "1001,00",
                                            "123456789012345000",
                                            "1-Mar",
                                            "01-Mar",
                                            "Mar-01",
                                            "1-Mrz",
                                            "5-ene",
                                            "2026-03-01",
                                            "2026-03-01 00:00:00",
                                            "2026-03-01T00:00:00",
                                            "01.03.2026",
                                            "3/1/2026",
                                            "TRUE",
                                            "False",
                                            "WAHR",
                                            "vrai",
                                            NULL};
    static const char *const nothing[] = {"None", "none", "null",      "NULL",   "NaN",
                                          "nil",  "N/A",  "undefined", "<null>", "(null)",
                                          "\\N",  "-",    NULL};
    static const char *const not_connects[] = {
        "zo\xC3\xAB",
        "al ice",
        "al\xE2\x80\x8Bice",
        "'alice'",
        "\"alice\"",
        "a+b",
        "a/b",
        "DOMAIN\\alice",
        "alice;",
        "<alice>",
        "alice@ex,bob@ex",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        NULL};
    check(LOGIN_IS_FINE, fine);
    check(LOGIN_IS_SPREADSHEET_ERROR, errors);
    check(LOGIN_IS_REWRITTEN, rewritten);
    check(LOGIN_IS_NO_VALUE, nothing);
    check(LOGIN_IS_NOT_CONNECTS, not_connects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_others_are_no_pairs),
        cmocka_unit_test(test_what_is_hardly_a_login),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
