/* Which letters the terminal can show, when the locale that is asked for is not here. */

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/locale.h"

/* What locale_narrow says with these three in the environment. */
static const char *with(const char *lc_all, const char *lc_ctype, const char *lang)
{
    const char *const pairs[][2] = {
        {"LC_ALL", lc_all}, {"LC_CTYPE", lc_ctype}, {"LANG", lang}, {NULL, NULL}};
    struct environment environment = environment_of_pairs(pairs);
    locale_start(&environment);
    return locale_narrow();
}

static void utf8_is_kept_where_the_locale_is_not_here(void **state)
{
    (void)state;
    static const char *const names[] = {"C.UTF-8",     "UTF-8",         "xx_YY.UTF-8", "xx_YY.utf8",
                                        "xx_YY.Utf-8", "xx.UTF-8@euro", "utf8"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_null(with(names[i], "", ""));
        assert_string_equal(nl_langinfo(CODESET), "UTF-8");
        assert_null(with("", names[i], "C"));
        assert_null(with("", "", names[i]));
    }
}

static void what_is_not_utf8_says_why(void **state)
{
    (void)state;
    const char *why = with("", "", "");
    assert_non_null(strstr(why, "no locale is set"));
    assert_non_null(strstr(why, "LC_ALL=C.UTF-8"));
    why = with("C", "C.UTF-8", "C.UTF-8"); /* the first one counts */
    assert_non_null(strstr(why, "locale C (LC_ALL): letters"));
    why = with("", "", "xx_YY");
    assert_non_null(strstr(why, "locale xx_YY (LANG) is not on this machine: letters"));
    why = with("", "xx_YY.ISO-8859-1", "C.UTF-8");
    assert_non_null(strstr(why, "(LC_CTYPE) is not on this machine"));
}

static void a_name_from_outside_is_no_escape_sequence(void **state)
{
    (void)state;
    const char *why = with("\033]0;x\a", "", "");
    assert_null(strchr(why, '\033'));
    assert_null(strchr(why, '\a'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_kept_where_the_locale_is_not_here),
        cmocka_unit_test(what_is_not_utf8_says_why),
        cmocka_unit_test(a_name_from_outside_is_no_escape_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
