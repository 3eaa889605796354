/* A plain list: what is shown follows the cursor by half a page at least. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/widget/rows.h"

static void at_the_edge_it_scrolls_half_a_page(void **state)
{
    (void)state;
    assert_int_equal(rows_scrolled(0, 14, 15), 0);
    assert_int_equal(rows_scrolled(0, 15, 15), 7);
    assert_int_equal(rows_scrolled(20, 19, 15), 13);
    assert_int_equal(rows_scrolled(3, 2, 15), 0);
    assert_int_equal(rows_scrolled(0, 80, 15), 66); /* farther than half a page: just to the row */
    assert_int_equal(rows_scrolled(80, 4, 15), 4);
    assert_int_equal(rows_scrolled(5, 6, 1), 6);
}

static void a_page_keeps_the_cursor_where_it_is_on_the_screen(void **state)
{
    struct rows rows = {.n = 100, .cursor = 3, .top = 0, .page = 15};
    (void)state;
    rows_command(&rows, CMD_PAGE_DOWN);
    rows_fit(&rows, 100, 15);
    assert_int_equal(rows.cursor, 18);
    assert_int_equal(rows.top, 15);
    rows_command(&rows, CMD_PAGE_UP);
    rows_fit(&rows, 100, 15);
    assert_int_equal(rows.cursor, 3);
    assert_int_equal(rows.top, 0);
    for (int i = 0; i < 10; i++) {
        rows_command(&rows, CMD_PAGE_DOWN);
        rows_fit(&rows, 100, 15);
    }
    assert_int_equal(rows.cursor, 99);
    assert_int_equal(rows.top, 85);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_edge_it_scrolls_half_a_page),
        cmocka_unit_test(a_page_keeps_the_cursor_where_it_is_on_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
