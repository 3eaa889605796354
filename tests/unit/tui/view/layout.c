/* Where the parts of the everyday screen stand, at every size. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/view/layout.h"

static struct layout laid_out(int width, int height, enum focus focus)
{
    struct layout layout;
    layout_everyday(width, height, focus, &layout);
    return layout;
}

static void stands(const struct layout *layout, enum focus part, int x, int y, int width,
                   int height)
{
    struct rect area = layout->areas[part];
    assert_int_equal(area.x, x);
    assert_int_equal(area.y, y);
    assert_int_equal(area.width, width);
    assert_int_equal(area.height, height);
}

static void at_80x24_the_extensions_stand_over_the_details(void **state)
{
    (void)state;
    struct layout layout = laid_out(80, 24, FOCUS_AGENTS);
    assert_true(layout.gauge && layout.small_details);
    stands(&layout, FOCUS_AGENTS, 0, 2, 46, 18);
    stands(&layout, FOCUS_EXTENSIONS, 46, 2, 34, 11);
    stands(&layout, FOCUS_DETAILS, 46, 12, 34, 8); /* six lines, and one line is shared */
    assert_int_equal(layout.areas[FOCUS_CHANGES].height, 0);
    assert_int_equal(layout.activity.y, 20);
    assert_int_equal(layout.activity.height, 2);
}

static void details_and_changes_cover_the_right_side(void **state)
{
    (void)state;
    for (enum focus focus = FOCUS_DETAILS; focus <= FOCUS_CHANGES; focus++) {
        struct layout layout = laid_out(80, 24, focus);
        assert_false(layout.small_details);
        stands(&layout, FOCUS_AGENTS, 0, 2, 46, 18);
        stands(&layout, focus, 46, 2, 34, 18);
        assert_int_equal(layout.areas[FOCUS_EXTENSIONS].height, 0);
    }
}

static void at_200x50_there_are_three_columns(void **state)
{
    (void)state;
    for (enum focus focus = FOCUS_AGENTS; focus < FOCUS_COUNT; focus++) {
        struct layout layout = laid_out(200, 50, focus);
        assert_true(layout.activity_frame);
        stands(&layout, FOCUS_AGENTS, 0, 2, 84, 37);
        stands(&layout, FOCUS_EXTENSIONS, 84, 2, 56, 37);
        stands(&layout, FOCUS_DETAILS, 140, 2, 60, 21);
        stands(&layout, FOCUS_CHANGES, 140, 23, 60, 16);
        assert_int_equal(layout.activity.height, 9);
    }
}

static void below_66_columns_there_is_one_list(void **state)
{
    (void)state;
    for (enum focus focus = FOCUS_AGENTS; focus < FOCUS_COUNT; focus++) {
        struct layout layout = laid_out(40, 10, focus);
        assert_false(layout.gauge);
        for (enum focus part = FOCUS_AGENTS; part < FOCUS_COUNT; part++) {
            assert_int_equal(layout.areas[part].height, part == focus ? 7 : 0);
        }
    }
    assert_int_equal(laid_out(65, 24, FOCUS_AGENTS).areas[FOCUS_EXTENSIONS].height, 0);
    assert_true(laid_out(66, 24, FOCUS_AGENTS).areas[FOCUS_EXTENSIONS].height > 0);
}

static bool is_within(struct rect area, int width, int height)
{
    return area.height == 0 || (area.x >= 0 && area.y >= 0 && area.width > 0 &&
                                area.x + area.width <= width && area.y + area.height <= height);
}

static void nothing_stands_outside_the_screen(void **state)
{
    (void)state;
    for (int width = 30; width <= 210; width++) {
        for (int height = 5; height <= 60; height++) {
            for (enum focus focus = FOCUS_AGENTS; focus < FOCUS_COUNT; focus++) {
                struct layout layout = laid_out(width, height, focus);
                for (enum focus part = FOCUS_AGENTS; part < FOCUS_COUNT; part++) {
                    assert_true(is_within(layout.areas[part], width, height - 1));
                }
                assert_true(is_within(layout.activity, width, height - 1));
                assert_true(layout.areas[focus].height >= 3); /* a row in its frame */
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_80x24_the_extensions_stand_over_the_details),
        cmocka_unit_test(details_and_changes_cover_the_right_side),
        cmocka_unit_test(at_200x50_there_are_three_columns),
        cmocka_unit_test(below_66_columns_there_is_one_list),
        cmocka_unit_test(nothing_stands_outside_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
