#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/format/table.h"

/* Prints the table and lets go of it. */
static void expect(struct table *table, const char *indent, const char *text)
{
    char *shown = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&shown, &length);
    table_print(table, out, indent);
    fclose(out);
    assert_string_equal(shown, text);
    free(shown);
    table_release(table);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, 3);
    table_heading(&table, "LOGIN", "EXT", "NOTE");
    table_row(&table, "alice", "0042", "front desk");
    table_row(&table, "z", NULL, NULL);
    table_row(&table, NULL, "0043", NULL);
    expect(&table, "  ",
           "  LOGIN  EXT   NOTE\n"
           "  alice  0042  front desk\n"
           "  z\n"
           "         0043\n");
}

static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, 2);
    table_row(&table, "山田", "1");
    table_row(&table, "Ünal", "2");
    expect(&table, "",
           "山田  1\n"
           "Ünal  2\n");
}

static void cells_are_made_harmless(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, 2);
    table_row(&table, "a\033[2Jb", "x\ny");
    expect(&table, "", "a^[[2Jb  x^Jy\n");
}

static void nothing_is_cut_for_a_pipe(void **state)
{
    (void)state;
    char *name = mem_alloc(301);
    memset(name, 'n', 300);
    char *text = mem_printf("%s  1\n", name);
    struct table table;
    table_init(&table, 2);
    table_row(&table, name, "1");
    expect(&table, "", text);
    free(text);
    free(name);
}

static void on_a_terminal_the_widest_columns_give_way(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, 4);
    table.columns = 48;
    table.whole = 1u << 0;
    table_row(&table, "0123456789012345", "a name that is long", "assigned", "2026-11-22");
    expect(&table, "", "0123456789012345  a nam...  assigned  2026-11-22\n");
    table_init(&table, 3);
    table.columns = 40;
    table_row(&table, "twenty columns of it", "fifteen columns", "x");
    table_row(&table, "b", "c", "y");
    expect(&table, "",
           "twenty columns of it  fifteen columns  x\n"
           "b                     c                y\n");
    table_init(&table, 3);
    table.columns = 30;
    table_row(&table, "twenty columns of it", "fifteen columns", "x");
    expect(&table, "", "twenty co...  fifteen co...  x\n");
}

/* The last column is broken by the terminal: a reason that is cut says nothing. */
static void the_last_column_is_never_cut(void **state)
{
    (void)state;
    static const char reason[] = "conflict: assigned to somebody else since this morning";
    struct table table;
    table_init(&table, 2);
    table.columns = 20;
    table_row(&table, "carol.the.agent@example.com", reason);
    char *text = mem_printf("carol...  %s\n", reason);
    expect(&table, "", text);
    free(text);
}

static void headings_and_marks_are_styled_where_wanted(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, 2);
    table.styled = true;
    table_heading(&table, "A", "B");
    table_row(&table, "+", "one");
    table_mark(&table, "\033[32m");
    table_row(&table, "-", "two");
    expect(&table, " ",
           " \033[1mA  B\033[0m\n"
           " \033[32m+  \033[0mone\n"
           " -  two\n");
    table_init(&table, 2);
    table_heading(&table, "A", "B");
    table_row(&table, "+", "one");
    table_mark(&table, "\033[32m");
    expect(&table, "", "A  B\n+  one\n");
}

static void many_rows(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, 8);
    for (int i = 0; i < 1000; i++) {
        table_row(&table, "a", "b", "c", "d", "e", "f", "g", "h");
    }
    assert_int_equal(table.n_rows, 1000);
    table_release(&table);
    table_init(&table, 1);
    expect(&table, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(cells_are_made_harmless),
        cmocka_unit_test(nothing_is_cut_for_a_pipe),
        cmocka_unit_test(on_a_terminal_the_widest_columns_give_way),
        cmocka_unit_test(the_last_column_is_never_cut),
        cmocka_unit_test(headings_and_marks_are_styled_where_wanted),
        cmocka_unit_test(many_rows),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
