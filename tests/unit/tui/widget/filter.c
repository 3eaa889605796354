/* The filter language: what it means, what it matches, when it narrows. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/widget/filter.h"

static const struct filter_subject s_jane = {.fields = {[FILTER_LOGIN] = "j.smith",
                                                        [FILTER_NAME] = "Smith, Jané",
                                                        [FILTER_EXT] = "2041",
                                                        [FILTER_STATE] = "ok assigned pinned",
                                                        [FILTER_NOTE] = "night desk"}};
static const struct filter_subject s_new = {
    .fields = {[FILTER_LOGIN] = "k.smidt", [FILTER_STATE] = "new"}};

static int score(const char *text, const struct filter_subject *subject)
{
    struct filter filter;
    filter_parse(&filter, text);
    return filter_match(&filter, subject);
}

static void terms_mean_what_the_help_says(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool jane, new;
    } cases[] = {
        {"", true, true},
        {"smi", true, true},
        {"SMITH", true, false},
        {"jané", true, false},
        {"JANÉ", true, false},
        {"\"smith, j\"", true, false},
        {"\"smith, j", true, false},
        {"smith night", true, false},
        {"smith day", false, false},
        {"ext:20", true, false},
        {"ext:41", false, false},
        {"041", true, false},
        {"state:pin", true, false},
        {"state:new", false, true},
        {"state:ed", false, false},
        {"!state:new", true, false},
        {"!smith", false, true},
        {"login:smi", true, true},
        {"name:smi", true, false},
        {"note:desk", true, false},
        {"~jsm", true, false},
        {"~ksdt", false, true},
        {"!~ksdt", true, false},
        {"~zz", false, false},
        {"unknown:smith", false, false},
        {"!", true, true},
        {"ext:", true, true},
        {"~", true, true},
        {"   smi   ", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].text);
        assert_int_equal(score(cases[i].text, &s_jane) > 0, cases[i].jane);
        assert_int_equal(score(cases[i].text, &s_new) > 0, cases[i].new);
    }
}

static int fuzzy(const char *pattern, const char *login)
{
    struct filter_subject subject = {.fields = {[FILTER_LOGIN] = login}};
    return score(pattern, &subject);
}

static void fuzzy_puts_the_better_match_first(void **state)
{
    (void)state;
    assert_true(fuzzy("~smith", "smith") > fuzzy("~smith", "sxmxixtxh"));
    assert_true(fuzzy("~js", "j.smith") > fuzzy("~js", "ajxxs"));
    assert_true(fuzzy("~smith", "smith") > fuzzy("~smith", "smith.with.a.long.tail"));
    assert_int_equal(fuzzy("~smith", "smit"), 0);
}

static void narrowing_is_never_claimed_wrongly(void **state)
{
    (void)state;
    static const struct {
        const char *wide, *narrow;
        bool narrows;
    } cases[] = {
        {"", "s", true},
        {"s", "sm", true},
        {"sm", "s", false},
        {"sm", "xm", false},
        {"ext:2", "ext:20", true},
        {"ext:2", "2", false},
        {"!s", "!sm", false},
        {"!s", "!s x", true},
        {"a b", "a", false},
        {"a", "a b", true},
        {"~s", "~sm", true},
        {"~s", "s", false},
        {"state:o", "state:ok", true},
        /* A character that comes byte by byte is another one until it is complete. */
        {"\xC3", "\xC3\xA9", false},
        {"j\xC3", "j\xC3\xA9", false},
        {"~\xE7\x94", "~\xE7\x94\xB0", false},
        {"\xC3", "\xC3\xC3", true},
        {"\xC3\xA9", "\xC3\xA9\xC3", true},
        {"jan", "jan\xC3", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter wide;
        struct filter narrow;
        filter_parse(&wide, cases[i].wide);
        filter_parse(&narrow, cases[i].narrow);
        assert_int_equal(filter_narrows(&wide, &narrow), cases[i].narrows);
    }
}

/* Whatever is typed next: a row that the longer text shows was shown by the shorter one. */
static void what_narrows_shows_no_row_that_was_hidden(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a", "e", " ", "\xC3", "\xA9", "\xC3\xA9", "\xE9", "\x80"};
    enum { N = sizeof pieces / sizeof pieces[0], ALL = N * N * N };
    static char texts[ALL][16];
    static struct filter filters[ALL];
    for (int i = 0; i < ALL; i++) {
        snprintf(texts[i], sizeof texts[i], "%s%s%s", pieces[i % N], pieces[i / N % N],
                 pieces[i / N / N]);
        filter_parse(&filters[i], texts[i]);
    }
    for (int i = 0; i < ALL * N; i++) {
        struct filter wide;
        char start[16];
        snprintf(start, sizeof start, "%s%s", pieces[i % N], pieces[i / N % N]);
        filter_parse(&wide, i < ALL ? start : pieces[i % N]);
        const struct filter *narrow = &filters[i % ALL];
        for (int k = 0; filter_narrows(&wide, narrow) && k < ALL; k++) {
            struct filter_subject row = {.fields = {[FILTER_LOGIN] = texts[k]}};
            assert_false(filter_match(narrow, &row) > 0 && filter_match(&wide, &row) == 0);
        }
    }
}

static void many_and_long_terms_are_bounded(void **state)
{
    (void)state;
    struct filter filter;
    char text[4096];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    filter_parse(&filter, text);
    assert_int_equal(filter.n_terms, 1);
    assert_true(filter.terms[0].length < FILTER_TEXT_MAX);
    for (size_t i = 1; i < sizeof text - 1; i += 2) {
        text[i] = ' ';
    }
    filter_parse(&filter, text);
    assert_int_equal(filter.n_terms, FILTER_TERMS_MAX);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_mean_what_the_help_says),
        cmocka_unit_test(fuzzy_puts_the_better_match_first),
        cmocka_unit_test(narrowing_is_never_claimed_wrongly),
        cmocka_unit_test(what_narrows_shows_no_row_that_was_hidden),
        cmocka_unit_test(many_and_long_terms_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
