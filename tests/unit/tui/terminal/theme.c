/* Themes: the syntax, what it falls back to, and that every built-in one is whole. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/terminal/theme.h"

static const char *complaint(const char *text)
{
    static struct err err;
    struct theme theme;
    struct theme before;
    err = (struct err)ERR_INIT;
    theme_plain(&theme);
    before = theme;
    assert_int_equal(theme_parse(&theme, "my.theme", text, strlen(text), &err), ERR_CONFIG);
    assert_memory_equal(&theme, &before, sizeof theme); /* as it was */
    return err.text;
}

static void slots_have_colours_and_attributes(void **state)
{
    (void)state;
    struct theme theme;
    static const char text[] = "# mine\n[theme]\ncursor = default on 238/blue bold\n"
                               "state.new = 214/bright-yellow/yellow underline reverse\n"
                               "ok = bright-green\n";
    theme_plain(&theme);
    assert_int_equal(theme_parse(&theme, "my.theme", text, strlen(text), NULL), ERR_OK);
    const struct look *cursor = &theme.looks[STYLE_CURSOR];
    assert_int_equal(cursor->foreground[DEPTH_256], COLOUR_DEFAULT);
    assert_int_equal(cursor->background[DEPTH_256], 238);
    assert_int_equal(cursor->background[DEPTH_16], 4);
    assert_int_equal(cursor->background[DEPTH_8], 4);
    assert_int_equal(cursor->attributes, ATTRIBUTE_BOLD);
    const struct look *new = &theme.looks[STYLE_STATE_NEW];
    assert_int_equal(new->foreground[DEPTH_256], 214);
    assert_int_equal(new->foreground[DEPTH_16], 11);
    assert_int_equal(new->foreground[DEPTH_8], 3);
    assert_int_equal(new->attributes, ATTRIBUTE_UNDERLINE | ATTRIBUTE_REVERSE);
    assert_int_equal(new->attributes_8, 0);
    const struct look *ok = &theme.looks[STYLE_OK];
    assert_int_equal(ok->foreground[DEPTH_8], 2);
    assert_int_equal(ok->attributes_8, ATTRIBUTE_BOLD); /* what bright was for */
    assert_int_equal(theme.looks[STYLE_TEXT].foreground[DEPTH_256], COLOUR_DEFAULT);
}

static void what_is_not_given_is_derived(void **state)
{
    (void)state;
    assert_int_equal(theme_nearest_16(0), 0);
    assert_int_equal(theme_nearest_16(15), 15);
    assert_int_equal(theme_nearest_16(196), 9);
    assert_int_equal(theme_nearest_16(46), 10);
    assert_int_equal(theme_nearest_16(231), 15);
    assert_int_equal(theme_nearest_16(16), 0);
    assert_int_equal(theme_nearest_16(244), 8);
    struct theme theme;
    theme_plain(&theme);
    assert_int_equal(theme_set(&theme, "ok", "196", NULL), ERR_OK);
    assert_int_equal(theme.looks[STYLE_OK].foreground[DEPTH_16], 9);
    assert_int_equal(theme.looks[STYLE_OK].foreground[DEPTH_8], 1);
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    assert_string_equal(complaint("[theme]\ncursr = bold\n"),
                        "my.theme:2: no style is called 'cursr'; did you mean 'cursor'?");
    assert_string_equal(complaint("[theme]\n\nok = purple\n"),
                        "my.theme:3: 'purple' is not a colour or an attribute");
    assert_string_equal(complaint("[theme]\nok = red on\n"), "my.theme:2: no colour after 'on'");
    assert_string_equal(complaint("[theme]\nok = red on bold\n"),
                        "my.theme:2: 'bold' is not a colour");
    assert_string_equal(complaint("[theme]\nok = 1/2/3/4\n"),
                        "my.theme:2: '1/2/3/4' is not a colour or an attribute");
    assert_string_equal(complaint("[theme]\nok = 256\n"),
                        "my.theme:2: '256' is not a colour or an attribute");
    assert_string_equal(complaint("[colours]\n"), "my.theme:1: a theme has one section, [theme]");
    assert_string_equal(complaint("[theme]\nok = red\ninherit = dark\n"),
                        "my.theme:3: inherit comes before everything else");
    assert_non_null(strstr(complaint("[theme]\ninherit = none\n"), "no theme is called 'none'"));
}

/* A state is told apart without colours: by attributes here, by words on the screen anyway. */
static void mono_has_no_colour(void **state)
{
    (void)state;
    struct theme theme;
    assert_int_equal(theme_load(&theme, NULL, "mono", NULL), ERR_OK);
    for (int i = 0; i < STYLE_COUNT; i++) {
        for (int depth = 0; depth < DEPTH_COUNT; depth++) {
            assert_int_equal(theme.looks[i].foreground[depth], COLOUR_DEFAULT);
            assert_int_equal(theme.looks[i].background[depth], COLOUR_DEFAULT);
        }
    }
}

/* What people have to find on the screen differs from plain text in every theme and depth. */
static void every_theme_is_whole(void **state)
{
    (void)state;
    static const enum style seen[] = {STYLE_HEADER,      STYLE_CURSOR,    STYLE_MARKED,
                                      STYLE_ERROR,       STYLE_STATE_NEW, STYLE_STATE_STALE,
                                      STYLE_TITLE_FOCUS, STYLE_CHOICE,    STYLE_KEY};
    size_t n = 0;
    for (const struct theme_source *source = theme_sources; source->name; source++, n++) {
        struct theme theme;
        struct err err = ERR_INIT;
        print_message("%s\n", source->name);
        assert_int_equal(theme_load(&theme, NULL, source->name, &err), ERR_OK);
        for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
            const struct look *look = &theme.looks[seen[i]];
            const struct look *text = &theme.looks[STYLE_TEXT];
            for (int depth = 0; depth < DEPTH_COUNT; depth++) {
                assert_true(look->attributes != text->attributes ||
                            look->foreground[depth] != text->foreground[depth] ||
                            look->background[depth] != text->background[depth]);
            }
        }
    }
    assert_int_equal(n, 7);
}

/* Never white or black text on a background that nobody knows. */
static void the_default_theme_suits_light_and_dark(void **state)
{
    (void)state;
    struct theme theme;
    assert_int_equal(theme_load(&theme, NULL, "default", NULL), ERR_OK);
    for (int i = 0; i < STYLE_COUNT; i++) {
        int colour = theme.looks[i].foreground[DEPTH_256];
        assert_true(colour != 0 && colour != 7 && colour != 8 && colour != 15);
        assert_int_equal(theme.looks[i].background[DEPTH_256], COLOUR_DEFAULT);
    }
}

static void a_theme_that_is_not_there_names_those_that_are(void **state)
{
    (void)state;
    struct theme theme;
    struct err err = ERR_INIT;
    assert_int_equal(theme_load(&theme, "no/such/folder", "neon", &err), ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "gruvbox"));
    err_clear(&err);
    assert_int_equal(theme_load(&theme, "no/such/folder", "../mono", &err), ERR_NOT_FOUND);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_have_colours_and_attributes),
        cmocka_unit_test(what_is_not_given_is_derived),
        cmocka_unit_test(mistakes_are_named_with_their_line),
        cmocka_unit_test(mono_has_no_colour),
        cmocka_unit_test(every_theme_is_whole),
        cmocka_unit_test(the_default_theme_suits_light_and_dark),
        cmocka_unit_test(a_theme_that_is_not_there_names_those_that_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
