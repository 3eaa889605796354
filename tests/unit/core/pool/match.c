/* Lines of `match`: their words and terms, and what they say about each other. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/match.h"

static struct arena s_arena = ARENA_INIT;

static struct match_line line_of(const char *text)
{
    struct match_line line;
    struct err err = ERR_INIT;
    if (match_parse(text, &s_arena, &line, &err) != ERR_OK) {
        print_error("%s: %s\n", text, err.text);
        fail();
    }
    return line;
}

/* The terms as they read, each in brackets. */
static void check(const char *text, const char *expected)
{
    struct match_line line = line_of(text);
    const char *all = "";
    for (size_t i = 0; i < line.n_terms; i++) {
        all = arena_printf(&s_arena, "%s[%s]", all, match_term_text(&line.terms[i], &s_arena));
    }
    assert_string_equal(all, expected);
    struct match_line again = line_of(match_line_text(&line, &s_arena));
    assert_int_equal(again.n_terms, line.n_terms);
    for (size_t i = 0; i < line.n_terms; i++) {
        assert_string_equal(match_term_text(&again.terms[i], &s_arena),
                            match_term_text(&line.terms[i], &s_arena));
    }
}

static void test_terms_stand_between_blanks(void **state)
{
    (void)state;
    check("login:kim", "[login:kim]");
    check(" \tlogin:CORP\\kim   tag:a=b=c ", "[login:CORP\\kim][tag:a=b=c]");
    check("routing_profile:\"Team 4\"", "[routing_profile:Team 4]");
    check("\"hierarchy:UK/Team 4\" column:\"Cost Centre\"=12*",
          "[hierarchy:UK/Team 4][column:Cost Centre=12*]");
    check("login:O'Brien* directory:a:b", "[login:O'Brien*][directory:a:b]");
}

static void test_words_with_commas(void **state)
{
    (void)state;
    const char *const *words;
    struct err err = ERR_INIT;
    assert_int_equal(match_words("a, \"b c\",,d ", ",", &s_arena, &words, &err), ERR_OK);
    assert_string_equal(words[0], "a");
    assert_string_equal(words[1], "b c");
    assert_string_equal(words[2], "d");
    assert_null(words[3]);
    assert_int_equal(match_words(" ", ",", &s_arena, &words, &err), ERR_OK);
    assert_null(words[0]);
    assert_int_equal(match_words("a \"b", ",", &s_arena, &words, &err), ERR_CONFIG);
}

static void test_too_many_terms(void **state)
{
    (void)state;
    struct match_line line;
    struct err err = ERR_INIT;
    const char *text = "";
    for (int i = 0; i < MATCH_TERMS_MAX; i++) {
        text = arena_printf(&s_arena, "%s login:a*", text);
    }
    assert_int_equal(line_of(text).n_terms, MATCH_TERMS_MAX);
    text = arena_printf(&s_arena, "%s login:a*", text);
    assert_int_equal(match_parse(text, &s_arena, &line, &err), ERR_CONFIG);
    assert_string_equal(err.text, "more than 16 terms in one line");
}

static void test_terms_that_nobody_has_at_once(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool contradicts;
    } cases[] = {
        {"login:a login:a", false},        {"login:a login:b", true},
        {"login:a* login:*b", false},      {"login:a*c login:b*", true},
        {"login:*x login:*y", true},       {"login:ab* login:a*b", false},
        {"login:abc login:a*", false},     {"login:abc login:b*", true},
        {"tag:a=x tag:b=y", false},        {"tag:a=x column:a=y", false},
        {"tag:a=x login:q tag:a=y", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct match_term *first;
        const struct match_term *second;
        struct match_line line = line_of(cases[i].text);
        if (match_contradicts(&line, &first, &second) != cases[i].contradicts) {
            print_error("%s\n", cases[i].text);
            fail();
        }
    }
}

static void test_one_line_takes_all_of_another(void **state)
{
    (void)state;
    static const struct {
        const char *wide, *narrow;
        bool covers;
    } cases[] = {
        {"login:a", "login:a", true},
        {"login:*", "tag:site=leeds", true},
        {"tag:site=*", "login:a", false}, /* not everybody has the tag */
        {"login:a*", "login:ab*c", true},
        {"login:ab*", "login:a*", false},
        {"login:a*", "login:a* tag:x=y", true},
        {"login:a* tag:x=y", "login:a*", false},
        {"tag:x=y*", "tag:x=yes login:b", true},
        {"tag:x=y", "tag:z=y", false},
        {"routing_profile:London", "routing_profile:L*", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct match_line wide = line_of(cases[i].wide);
        struct match_line narrow = line_of(cases[i].narrow);
        if (match_covers(&wide, &narrow) != cases[i].covers) {
            print_error("%s | %s\n", cases[i].wide, cases[i].narrow);
            fail();
        }
    }
}

static int release(void **state)
{
    (void)state;
    arena_release(&s_arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms_stand_between_blanks),
        cmocka_unit_test(test_words_with_commas),
        cmocka_unit_test(test_too_many_terms),
        cmocka_unit_test(test_terms_that_nobody_has_at_once),
        cmocka_unit_test(test_one_line_takes_all_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
