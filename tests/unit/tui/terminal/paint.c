/* What is sent for a change on the screen: as little as possible, and all of it. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/terminal/paint.h"

struct fixture {
    struct theme theme;
    struct canvas canvas, shown;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    setlocale(LC_ALL, "C.UTF-8");
    theme_plain(&f->theme);
    f->theme.looks[STYLE_CURSOR].attributes = ATTRIBUTE_REVERSE;
    f->theme.looks[STYLE_WARN].attributes = ATTRIBUTE_BOLD;
    f->theme.looks[STYLE_WARN].foreground[DEPTH_256] = 63;
    f->theme.looks[STYLE_FRAME].foreground[DEPTH_256] = 6;
    f->theme.looks[STYLE_ERROR].foreground[DEPTH_256] = 9;
    canvas_init(&f->canvas, 40, 4);
    canvas_init(&f->shown, 40, 4);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    canvas_release(&f->canvas);
    canvas_release(&f->shown);
    free(f);
    return 0;
}

static void sends(struct fixture *f, const char *expected)
{
    struct painter painter = {.theme = &f->theme,
                              .depth = DEPTH_256,
                              .colours = true,
                              .attributes =
                                  ATTRIBUTE_BOLD | ATTRIBUTE_UNDERLINE | ATTRIBUTE_REVERSE};
    struct buf out;
    buf_init(&out, 1 << 16);
    paint_changes(&painter, &f->canvas, &f->shown, &out);
    assert_string_equal(out.data, expected);
    size_t sent = out.length;
    paint_changes(&painter, &f->canvas, &f->shown, &out); /* nothing is sent twice */
    assert_int_equal(out.length, sent);
    buf_release(&out);
}

static void text(struct fixture *f, int x, int y, enum style style, const char *text)
{
    canvas_text(&f->canvas, x, y, 40, style, text);
}

static void nothing_is_sent_for_nothing(void **state)
{
    sends(*state, "");
}

static void the_way_to_a_change_is_short(void **state)
{
    struct fixture *f = *state;
    text(f, 4, 1, STYLE_TEXT, "abc");
    text(f, 12, 1, STYLE_TEXT, "d");
    text(f, 30, 1, STYLE_TEXT, "e");
    text(f, 4, 2, STYLE_TEXT, "f");
    text(f, 7, 2, STYLE_TEXT, "g");
    sends(f, "\033[2;5Habc\033[5Cd\033[31Ge\n\033[5Gf  g");
}

static void only_cells_that_differ_are_sent(void **state)
{
    struct fixture *f = *state;
    text(f, 0, 0, STYLE_TEXT, "agent.000015");
    sends(f, "\033[1;1Hagent.000015");
    text(f, 0, 0, STYLE_TEXT, "agent.000030");
    sends(f, "\033[1;11H30");
}

static void the_pen_changes_by_what_differs(void **state)
{
    struct fixture *f = *state;
    text(f, 0, 0, STYLE_CURSOR, "a");
    text(f, 1, 0, STYLE_TEXT, "b");
    text(f, 2, 0, STYLE_WARN, "c");
    text(f, 3, 0, STYLE_FRAME, "d");
    text(f, 4, 0, STYLE_ERROR, "e");
    text(f, 5, 0, STYLE_TEXT, "f");
    sends(f, "\033[1;1H\033[7ma\033[mb\033[1;38;5;63mc\033[0;36md\033[91me\033[mf");
    canvas_found(&f->canvas, 5, 0, 1);
    sends(f, "\033[1;6H\033[1;4mf\033[m");
}

static void blanks_are_erased(void **state)
{
    struct fixture *f = *state;
    text(f, 0, 0, STYLE_TEXT, "abcdefghijklmnopqrst");
    text(f, 35, 0, STYLE_TEXT, "x");
    text(f, 0, 1, STYLE_TEXT, "abcdefgh");
    sends(f, "\033[1;1Habcdefghijklmnopqrst\033[36Gx\n\033[1Gabcdefgh");
    canvas_fill(&f->canvas, (struct rect){2, 0, 18, 1}, STYLE_TEXT);
    text(f, 34, 0, STYLE_TEXT, "yz");
    canvas_fill(&f->canvas, (struct rect){2, 1, 6, 1}, STYLE_TEXT);
    sends(f, "\033[1;3H\033[18X\033[35Gyz\n\033[3G\033[K");
    canvas_fill(&f->canvas, (struct rect){0, 0, 40, 1}, STYLE_CURSOR); /* these are not erased */
    sends(f, "\033[1;1H\033[7m                                        \033[m");
}

static void wide_and_combined_characters_are_sent_whole(void **state)
{
    struct fixture *f = *state;
    text(f, 0, 0, STYLE_TEXT, "\u6b63e\u0301x");
    sends(f, "\033[1;1H\u6b63e\u0301x");
    text(f, 1, 0, STYLE_TEXT, "b");
    sends(f, "\033[1;1H b");
}

static void behind_the_last_column_the_way_is_told_anew(void **state)
{
    struct fixture *f = *state;
    text(f, 38, 0, STYLE_TEXT, "ab");
    text(f, 38, 1, STYLE_TEXT, "cd");
    sends(f, "\033[1;39Hab\033[2;39Hcd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        T(nothing_is_sent_for_nothing),
        T(the_way_to_a_change_is_short),
        T(only_cells_that_differ_are_sent),
        T(the_pen_changes_by_what_differs),
        T(blanks_are_erased),
        T(wide_and_combined_characters_are_sent_whole),
        T(behind_the_last_column_the_way_is_told_anew),
#undef T
    };
    return cmocka_run_group_tests_name("paint", tests, NULL, NULL);
}
