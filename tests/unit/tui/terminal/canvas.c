/* Cells: wide and combining characters, what is cut, what is hostile, lines, the dump. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/terminal/canvas.h"

static struct canvas make(int width, int height)
{
    struct canvas canvas;
    canvas_init(&canvas, width, height);
    return canvas;
}

/* Compares what the canvas shows and lets go of it. */
static void shows(struct canvas *canvas, const char *expected)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    canvas_dump(canvas, &text);
    assert_string_equal(text.data, expected);
    buf_release(&text);
    canvas_release(canvas);
}

static void text_is_cut_with_a_mark(void **state)
{
    (void)state;
    struct canvas canvas = make(10, 3);
    canvas.ascii = true;
    assert_int_equal(canvas_text(&canvas, 0, 0, 5, STYLE_TEXT, "abcde"), 5);
    assert_int_equal(canvas_text(&canvas, 0, 1, 5, STYLE_TEXT, "abcdef"), 5);
    assert_int_equal(canvas_text(&canvas, 0, 2, 0, STYLE_TEXT, "abc"), 0);
    shows(&canvas, "abcde\nabcd~\n\n");
}

static void nothing_is_drawn_outside(void **state)
{
    (void)state;
    struct canvas canvas = make(4, 2);
    canvas_text(&canvas, -2, 0, 10, STYLE_TEXT, "abcdefghij");
    canvas_text(&canvas, 0, -1, 4, STYLE_TEXT, "xxxx");
    canvas_text(&canvas, 0, 2, 4, STYLE_TEXT, "yyyy");
    canvas_fill(&canvas, (struct rect){-5, 1, 100, 100}, STYLE_DIM);
    assert_null(canvas_at(&canvas, 4, 0));
    assert_null(canvas_at(&canvas, 0, -1));
    shows(&canvas, "cdef\n\n");
}

static void wide_characters_take_two_cells(void **state)
{
    (void)state;
    struct canvas canvas = make(6, 4);
    assert_int_equal(canvas_columns("日本"), 4);
    canvas_text(&canvas, 0, 0, 6, STYLE_TEXT, "日本x");
    canvas_text(&canvas, 5, 1, 6, STYLE_TEXT, "日"); /* half outside */
    canvas_text(&canvas, 0, 2, 6, STYLE_TEXT, "日本");
    canvas_text(&canvas, 1, 2, 1, STYLE_TEXT, "a"); /* over the right half of the first */
    canvas_text(&canvas, 0, 3, 6, STYLE_TEXT, "日本");
    canvas_text(&canvas, 2, 3, 1, STYLE_TEXT, "b"); /* over the left half of the second */
    assert_int_equal(canvas_at(&canvas, 0, 0)->width, 2);
    assert_int_equal(canvas_at(&canvas, 1, 0)->width, 0);
    shows(&canvas, "日本x\n\n a本\n日b\n");
}

static void a_wide_character_is_not_cut_in_half(void **state)
{
    (void)state;
    struct canvas canvas = make(8, 1);
    assert_int_equal(canvas_text(&canvas, 0, 0, 4, STYLE_TEXT, "a日本"), 4);
    shows(&canvas, "a日~\n");
}

static void combining_marks_stay_with_their_character(void **state)
{
    (void)state;
    struct canvas canvas = make(8, 2);
    assert_int_equal(canvas_text(&canvas, 0, 0, 8, STYLE_TEXT, "e\u0301x"), 2);
    assert_int_equal(canvas_at(&canvas, 0, 0)->codes[1], 0x0301);
    canvas_text(&canvas, 0, 1, 8, STYLE_TEXT,
                "e\u0301\u0302\u0303\u0304\u0305z"); /* more than fit */
    assert_int_equal(canvas_at(&canvas, 1, 1)->codes[0], 'z');
    shows(&canvas, "e\u0301x\ne\u0301\u0302\u0303z\n");
}

static void hostile_characters_are_spelled_out(void **state)
{
    (void)state;
    struct canvas canvas = make(40, 3);
    canvas_text(&canvas, 0, 0, 40, STYLE_TEXT, "a\033[31mb\xff");
    canvas_text(&canvas, 0, 1, 40, STYLE_TEXT, "x\u202Ey\u200Bz");
    canvas_text(&canvas, 0, 2, 3, STYLE_TEXT, "a\033b"); /* its form fits just so far */
    for (int i = 0; i < 40 * 3; i++) {
        assert_true(canvas.cells[i].codes[0] >= 0x20);
        assert_int_not_equal(canvas.cells[i].codes[0], 0x7F);
    }
    shows(&canvas, "a^[[31mb<FF>\nx<U+202E>y<U+200B>z\na^~\n");
}

static void a_box_has_a_title_and_an_inside(void **state)
{
    (void)state;
    struct canvas canvas = make(14, 3);
    canvas.ascii = true;
    struct rect inside =
        canvas_box(&canvas, (struct rect){0, 0, 14, 3}, STYLE_FRAME, STYLE_TITLE, "Agents 7");
    assert_int_equal(inside.x, 1);
    assert_int_equal(inside.width, 12);
    assert_int_equal(inside.height, 1);
    canvas_field(&canvas, inside.x, inside.y, 4, STYLE_TEXT, "ab");
    canvas_right(&canvas, inside.x, inside.y, inside.width, STYLE_TEXT, "42");
    shows(&canvas, "+- Agents 7 -+\n|ab        42|\n+------------+\n");
}

static void boxes_of_no_size_do_nothing(void **state)
{
    (void)state;
    struct canvas canvas = make(5, 5);
    for (int w = -2; w < 3; w++) {
        for (int h = -2; h < 3; h++) {
            canvas_box(&canvas, (struct rect){2, 2, w, h}, STYLE_FRAME, STYLE_TITLE, "title");
        }
    }
    assert_int_equal(canvas_at(&canvas, 0, 0)->codes[0], ' ');
    canvas_release(&canvas);
}

static void text_is_wrapped_at_blanks(void **state)
{
    (void)state;
    struct canvas canvas = make(10, 5);
    const char *text = "one two three\nfour abcdefghijklmno";
    assert_int_equal(canvas_wrap(NULL, (struct rect){0, 0, 10, 0}, STYLE_TEXT, text), 5);
    assert_int_equal(canvas_wrap(&canvas, (struct rect){0, 0, 10, 5}, STYLE_TEXT, text), 5);
    shows(&canvas, "one two\nthree\nfour\nabcdefghij\nklmno\n");
}

static void styles_change_without_the_text(void **state)
{
    (void)state;
    struct canvas canvas = make(4, 1);
    canvas_text(&canvas, 0, 0, 4, STYLE_TEXT, "abcd");
    struct cell before = *canvas_at(&canvas, 1, 0);
    canvas_restyle(&canvas, 1, 0, 2, STYLE_CURSOR);
    assert_int_equal(canvas_at(&canvas, 1, 0)->style, STYLE_CURSOR);
    assert_int_equal(canvas_at(&canvas, 3, 0)->style, STYLE_TEXT);
    assert_false(cell_equal(&before, canvas_at(&canvas, 1, 0)));
    shows(&canvas, "abcd\n");
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_with_a_mark),
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(wide_characters_take_two_cells),
        cmocka_unit_test(a_wide_character_is_not_cut_in_half),
        cmocka_unit_test(combining_marks_stay_with_their_character),
        cmocka_unit_test(hostile_characters_are_spelled_out),
        cmocka_unit_test(a_box_has_a_title_and_an_inside),
        cmocka_unit_test(boxes_of_no_size_do_nothing),
        cmocka_unit_test(text_is_wrapped_at_blanks),
        cmocka_unit_test(styles_change_without_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
