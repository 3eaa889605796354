/* The virtual list: order, filter, marks and what stays on its record through a refresh. */

#include <locale.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/widget/list.h"

/* Rows of a test: a login and a number, sorted by login. */
struct person {
    const char *login;
    int number;
};

struct people {
    const struct person *rows;
    size_t n;
};

static const char *key(const void *context, size_t row)
{
    return ((const struct people *)context)->rows[row].login;
}

static size_t find(const void *context, const char *login)
{
    const struct people *people = context;
    for (size_t i = 0; i < people->n; i++) {
        if (strcmp(people->rows[i].login, login) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static int compare(const void *context, int column, size_t a, size_t b)
{
    const struct person *rows = ((const struct people *)context)->rows;
    return column == 1 ? rows[a].number - rows[b].number : strcmp(rows[a].login, rows[b].login);
}

static void subject(const void *context, size_t row, struct filter_subject *out)
{
    out->texts[FILTER_LOGIN] = key(context, row);
}

static const struct filter_scope s_scope = {.fields = FILTER_BIT(FILTER_LOGIN)};

static struct list_source source_of(const struct people *people)
{
    return (struct list_source){.context = people,
                                .n_rows = people->n,
                                .key = key,
                                .find = find,
                                .compare = compare,
                                .subject = subject,
                                .scope = &s_scope};
}

static const struct person s_first[] = {{"ann", 5}, {"bob", 3}, {"cid", 4}, {"dan", 1}, {"eve", 2}};
static const struct person s_second[] = {{"aaa", 9}, {"ann", 5}, {"cid", 4}, {"eve", 2}};
static const struct people s_five = {s_first, 5};
static const struct people s_four = {s_second, 4};
static const struct people s_none = {NULL, 0};

static struct list s_list;

static int setup(void **state)
{
    (void)state;
    struct list_source source = source_of(&s_five);
    list_init(&s_list, 2);
    list_reload(&s_list, &source);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    list_release(&s_list);
    return 0;
}

static void reload(const struct people *people)
{
    struct list_source source = source_of(people);
    list_reload(&s_list, &source);
}

/* The logins shown, the cursor in brackets, marks with a star. */
static void shows(const char *expected)
{
    char text[512] = "";
    for (size_t i = 0; i < s_list.n_shown; i++) {
        size_t used = strlen(text);
        size_t row = s_list.shown[i];
        bool current = i == s_list.cursor;
        snprintf(text + used, sizeof text - used, "%s%s%s%s ", current ? "[" : "",
                 list_is_marked(&s_list, row) ? "*" : "",
                 s_list.source.key(s_list.source.context, row), current ? "]" : "");
    }
    assert_string_equal(text, expected);
}

static void it_is_sorted_by_any_column_and_stays_on_its_record(void **state)
{
    (void)state;
    shows("[ann] bob cid dan eve ");
    list_move(&s_list, 1);
    list_sort(&s_list, 1, false);
    shows("dan eve [bob] cid ann ");
    list_sort(&s_list, 1, true);
    shows("ann cid [bob] eve dan ");
}

static const struct person s_alike[] = {{"ann", 2}, {"bob", 1}, {"cid", 2}, {"dan", 1}};
static const struct people s_pairs = {s_alike, 4};

static void what_is_equal_is_sorted_by_the_column_before(void **state)
{
    (void)state;
    reload(&s_pairs);
    list_sort(&s_list, 0, true);
    shows("[dan] cid bob ann ");
    list_sort(&s_list, 1, false);
    shows("[dan] bob cid ann ");
    list_sort(&s_list, 1, true); /* the order is reversed, the second column stays */
    shows("[cid] ann dan bob ");
    assert_int_equal(s_list.second, 0);
    assert_true(s_list.second_reverse);
}

/* What cannot be used leaves the list as it is, and says why. */
static void a_wrong_filter_changes_nothing(void **state)
{
    (void)state;
    char problem[FILTER_PROBLEM_MAX];
    assert_int_equal(list_filter(&s_list, "a", problem), FILTER_HOLDS);
    shows("[ann] dan ");
    assert_int_equal(list_filter(&s_list, "foo:a", problem), FILTER_WRONG);
    assert_string_equal(problem, "no field foo: login");
    assert_string_equal(s_list.filter_text, "a");
    shows("[ann] dan ");
}

static void movement_stops_at_the_ends_and_cycles_round_them(void **state)
{
    (void)state;
    list_move(&s_list, -3);
    shows("[ann] bob cid dan eve ");
    list_move(&s_list, 100);
    shows("ann bob cid dan [eve] ");
    list_cycle(&s_list, 1);
    shows("[ann] bob cid dan eve ");
    list_cycle(&s_list, -1);
    shows("ann bob cid dan [eve] ");
    list_move(&s_list, INT64_MIN + 1);
    shows("[ann] bob cid dan eve ");
}

static void the_filter_keeps_the_cursor_where_it_can(void **state)
{
    (void)state;
    list_move(&s_list, 4);
    assert_int_equal(list_filter(&s_list, "e", NULL), FILTER_HOLDS);
    shows("[eve] ");
    assert_int_equal(list_filter(&s_list, "", NULL), FILTER_HOLDS);
    shows("ann bob cid dan [eve] ");
    assert_int_equal(list_filter(&s_list, "!e", NULL), FILTER_HOLDS);
    shows("[ann] bob cid dan ");
    assert_int_equal(list_filter(&s_list, "zzz", NULL), FILTER_HOLDS);
    shows("");
    assert_int_equal(list_current(&s_list), SIZE_MAX);
    assert_null(list_current_key(&s_list));
    list_move(&s_list, 1);
    list_cycle(&s_list, 1);
    list_toggle(&s_list);
    list_range(&s_list);
    assert_int_equal(s_list.n_marked, 0);
    assert_int_equal(s_list.range, SIZE_MAX);
}

static void a_fuzzy_filter_ranks(void **state)
{
    (void)state;
    assert_int_equal(list_filter(&s_list, "~n", NULL), FILTER_HOLDS);
    shows("[ann] dan ");
    assert_int_equal(list_filter(&s_list, "~dn", NULL), FILTER_HOLDS);
    shows("[dan] ");
    assert_int_equal(list_filter(&s_list, "~n", NULL), FILTER_HOLDS);
    assert_int_equal(s_list.n_shown, 2);
}

static void marks_ranges_and_all(void **state)
{
    (void)state;
    list_toggle(&s_list);
    shows("*ann [bob] cid dan eve ");
    list_move(&s_list, 1);
    list_range(&s_list);
    list_move(&s_list, 1);
    assert_true(list_in_range(&s_list, 2));
    assert_false(list_in_range(&s_list, 1));
    list_range(&s_list);
    shows("*ann bob *cid [*dan] eve ");
    assert_int_equal(list_filter(&s_list, "b", NULL), FILTER_HOLDS);
    list_mark_shown(&s_list);
    assert_int_equal(s_list.n_marked, 4);
    assert_int_equal(list_filter(&s_list, "", NULL), FILTER_HOLDS);
    list_unmark_all(&s_list);
    shows("ann [bob] cid dan eve ");
}

static void chosen_are_the_marked_in_the_order_shown(void **state)
{
    (void)state;
    size_t n;
    uint32_t *rows = list_chosen(&s_list, &n);
    assert_int_equal(n, 1);
    assert_int_equal(rows[0], 0);
    free(rows);
    list_mark_shown(&s_list);
    list_sort(&s_list, 1, false);
    assert_int_equal(list_filter(&s_list, "!cid", NULL),
                     FILTER_HOLDS); /* a mark that is hidden is still a mark */
    rows = list_chosen(&s_list, &n);
    assert_int_equal(n, 5);
    assert_string_equal(s_first[rows[0]].login, "dan");
    assert_string_equal(s_first[rows[3]].login, "ann");
    assert_string_equal(s_first[rows[4]].login, "cid");
    free(rows);
}

static void a_refresh_keeps_everything_on_its_record(void **state)
{
    (void)state;
    list_move(&s_list, 2);
    list_toggle(&s_list); /* cid */
    list_seek(&s_list, "bob");
    list_toggle(&s_list);
    list_seek(&s_list, "cid");
    reload(&s_four);
    shows("aaa ann [*cid] eve ");
    assert_int_equal(s_list.n_absent, 1); /* bob's mark waits */
    reload(&s_five);
    shows("ann *bob [*cid] dan eve ");
    assert_int_equal(s_list.n_absent, 0);
    assert_int_equal(s_list.n_marked, 2);
}

static void a_record_that_went_gives_its_place_to_the_next(void **state)
{
    (void)state;
    list_seek(&s_list, "dan");
    reload(&s_four);
    shows("aaa ann cid [eve] ");
    list_range(&s_list);
    reload(&s_none);
    shows("");
    assert_int_equal(s_list.range, SIZE_MAX);
    list_toggle(&s_list);
    reload(&s_five);
    shows("[ann] bob cid dan eve ");
}

/* Rows arrive page by page: until somebody moves, the first one is the current one. */
static void a_cursor_that_nobody_moved_stays_at_the_top(void **state)
{
    (void)state;
    reload(&s_four);
    shows("[aaa] ann cid eve ");
    list_move(&s_list, 1);
    reload(&s_five);
    shows("[ann] bob cid dan eve ");
    reload(&s_four);
    shows("aaa [ann] cid eve ");
}

static void filter_and_sort_hold_through_a_refresh(void **state)
{
    (void)state;
    list_sort(&s_list, 1, false);
    assert_int_equal(list_filter(&s_list, "a", NULL), FILTER_HOLDS);
    shows("[dan] ann ");
    list_move(&s_list, 1);
    reload(&s_four);
    shows("[ann] aaa ");
}

static void the_page_is_always_full(void **state)
{
    (void)state;
    list_move_to(&s_list, SIZE_MAX);
    list_scroll(&s_list, 3);
    assert_int_equal(s_list.top, 2);
    list_scroll(&s_list, 10);
    assert_int_equal(s_list.top, 0);
    list_scroll(&s_list, 0);
    assert_int_equal(s_list.top, 4);
}

static void a_page_moves_cursor_and_screen_alike(void **state)
{
    (void)state;
    list_move_to(&s_list, 1);
    list_turn(&s_list, 2);
    list_scroll(&s_list, 2);
    assert_int_equal(s_list.cursor, 3);
    assert_int_equal(s_list.top, 2);
    list_turn(&s_list, -2);
    list_scroll(&s_list, 2);
    assert_int_equal(s_list.cursor, 1);
    assert_int_equal(s_list.top, 0);
}

static void it_opens_at_a_row_as_if_nobody_had_moved(void **state)
{
    (void)state;
    size_t row = s_list.shown[2];
    list_open_at(&s_list, row);
    assert_int_equal(list_current(&s_list), row);
    assert_int_equal(s_list.top, 2);
    assert_false(s_list.moved);
    list_open_at(&s_list, SIZE_MAX);
    assert_int_equal(list_current(&s_list), row);
}

/* ---- a hundred thousand -------------------------------------------------------------------- */

#define MANY 100000

static unsigned long s_looked; /* rows that the filter was asked about */

static const char *many_key(const void *context, size_t row)
{
    return (const char *)context + row * 8;
}

static size_t many_find(const void *context, const char *login)
{
    (void)context;
    return (size_t)strtoul(login, NULL, 10);
}

static int many_compare(const void *context, int column, size_t a, size_t b)
{
    (void)column;
    return strcmp(many_key(context, a), many_key(context, b));
}

static void many_subject(const void *context, size_t row, struct filter_subject *out)
{
    s_looked++;
    out->texts[FILTER_LOGIN] = many_key(context, row);
}

static void rows_are_folded_once_and_searched_in_pieces(void **state)
{
    (void)state;
    char *rows = calloc(MANY, 8);
    struct list list;
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(rows + i * 8, 8, "%06u", i);
    }
    struct list_source source = {.context = rows,
                                 .n_rows = MANY,
                                 .key = many_key,
                                 .find = many_find,
                                 .compare = many_compare,
                                 .subject = many_subject,
                                 .scope = &s_scope};
    list_init(&list, 1);
    list_reload(&list, &source);
    assert_int_equal(s_looked, 0); /* nobody has asked for a filter yet */
    assert_int_equal(list_filter(&list, "123", NULL), FILTER_HOLDS);
    assert_int_equal(s_looked, MANY);
    size_t left = list.n_shown;
    assert_true(left > 0 && left < MANY / 100);
    assert_int_equal(list_filter(&list, "1234", NULL), FILTER_HOLDS);
    assert_true(list.n_shown < left);
    assert_int_equal(list_filter(&list, "123", NULL), FILTER_HOLDS); /* wider again */
    assert_int_equal(list.n_shown, left);
    assert_int_equal(s_looked, MANY);

    /* A search that is not over leaves the list as it was; the next key may come before its end. */
    assert_int_equal(list_filter_typed(&list, "9", 1, NULL), FILTER_HOLDS);
    assert_false(list_search(&list, INT64_MIN));
    assert_int_equal(list.n_shown, left);
    assert_string_equal(list.filter_text, "123");
    assert_int_equal(list_filter_typed(&list, "98", 2, NULL), FILTER_HOLDS);
    size_t pieces = 1;
    while (!list_search(&list, INT64_MIN)) {
        assert_int_equal(list.n_shown, left);
        pieces++;
    }
    assert_true(pieces > 1);
    assert_string_equal(list.filter_text, "98");
    assert_true(list_search(&list, INT64_MIN));
    list_mark_shown(&list);
    size_t marked = list.n_marked;
    list_reload(&list, &source);
    assert_int_equal(list.n_marked, marked);
    list_release(&list);
    free(rows);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_sorted_by_any_column_and_stays_on_its_record, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_equal_is_sorted_by_the_column_before, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_wrong_filter_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(movement_stops_at_the_ends_and_cycles_round_them, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_filter_keeps_the_cursor_where_it_can, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fuzzy_filter_ranks, setup, teardown),
        cmocka_unit_test_setup_teardown(marks_ranges_and_all, setup, teardown),
        cmocka_unit_test_setup_teardown(chosen_are_the_marked_in_the_order_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refresh_keeps_everything_on_its_record, setup, teardown),
        cmocka_unit_test_setup_teardown(a_record_that_went_gives_its_place_to_the_next, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_cursor_that_nobody_moved_stays_at_the_top, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(filter_and_sort_hold_through_a_refresh, setup, teardown),
        cmocka_unit_test_setup_teardown(the_page_is_always_full, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_moves_cursor_and_screen_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(it_opens_at_a_row_as_if_nobody_had_moved, setup, teardown),
        cmocka_unit_test(rows_are_folded_once_and_searched_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
