/* Which columns a pane shows, and in which order. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/panel/pane.h"

static const struct pane_column s_columns[] = {
    {.name = "LOGIN"}, {.name = "NAME"}, {.name = "LIVE"}, {.name = "LIVE"}, {.name = "SINCE"}};
static const struct pane_ops s_ops = {.columns = s_columns, .n_columns = 5};

static struct pane all_columns(void)
{
    struct pane pane = {.ops = &s_ops};
    pane_all_columns(&pane);
    return pane;
}

static void shows(const struct pane *pane, const char *expected)
{
    char text[128];
    pane_columns_text(pane, text, sizeof text);
    assert_string_equal(text, expected);
}

static void a_column_is_hidden_and_comes_back_at_the_end(void **state)
{
    (void)state;
    struct pane pane = all_columns();
    shows(&pane, "LOGIN,NAME,LIVE,SINCE");
    assert_true(pane_toggle_column(&pane, "NAME"));
    shows(&pane, "LOGIN,LIVE,SINCE");
    assert_true(pane_toggle_column(&pane, "LIVE")); /* both of that name */
    shows(&pane, "LOGIN,SINCE");
    assert_true(pane_toggle_column(&pane, "LIVE"));
    shows(&pane, "LOGIN,SINCE,LIVE");
    assert_int_equal(pane.n_chosen, 4);
}

static void one_column_stays(void **state)
{
    (void)state;
    struct pane pane = all_columns();
    pane_columns_parse(&pane, "NAME");
    assert_false(pane_toggle_column(&pane, "NAME"));
    shows(&pane, "NAME");
}

static void a_column_moves_past_others_of_one_name_at_once(void **state)
{
    (void)state;
    struct pane pane = all_columns();
    assert_true(pane_shift_column(&pane, "NAME", 1));
    shows(&pane, "LOGIN,LIVE,NAME,SINCE");
    assert_true(pane_shift_column(&pane, "NAME", -1));
    shows(&pane, "LOGIN,NAME,LIVE,SINCE");
    assert_true(pane_shift_column(&pane, "LIVE", -1));
    assert_true(pane_shift_column(&pane, "LIVE", -1));
    assert_false(pane_shift_column(&pane, "LIVE", -1));
    shows(&pane, "LIVE,LOGIN,NAME,SINCE");
    assert_false(pane_shift_column(&pane, "SINCE", 1));
    assert_false(pane_shift_column(&pane, "PHONE", 1));
    assert_int_equal(pane.n_chosen, 5);
}

static void what_was_kept_is_read_again(void **state)
{
    (void)state;
    struct pane pane = all_columns();
    pane_columns_parse(&pane, "SINCE,PHONE,LOGIN,SINCE");
    shows(&pane, "SINCE,LOGIN");
    pane_columns_parse(&pane, "");
    shows(&pane, "LOGIN,NAME,LIVE,SINCE");
}

static void sideways_stops_at_both_ends(void **state)
{
    (void)state;
    struct pane pane = all_columns();
    pane.placed[0] = (struct placed){.column = 0};
    pane.n_placed = 1;
    assert_false(pane_move_columns(&pane, NULL, -1));
    int steps = 0;
    while (pane_move_columns(&pane, NULL, 1)) {
        steps++;
    }
    assert_int_equal(steps, 3); /* the first and the last stay */
    pane.placed[1] = (struct placed){.column = 4};
    pane.n_placed = 2;
    pane.sideways = 0;
    assert_false(pane_move_columns(&pane, NULL, 1)); /* the last one is in sight */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_is_hidden_and_comes_back_at_the_end),
        cmocka_unit_test(one_column_stays),
        cmocka_unit_test(a_column_moves_past_others_of_one_name_at_once),
        cmocka_unit_test(what_was_kept_is_read_again),
        cmocka_unit_test(sideways_stops_at_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
