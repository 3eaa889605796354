/* Rows with named columns, as a table, CSV and TSV. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/headless/sheet.h"
#include "tests/unit/support/report_world.h"

static const char *const s_names[] = {"extension", "last_agent", "note", NULL};

static void print_two(struct paper *paper, enum out_format format, const struct settings *settings)
{
    struct sheet sheet;
    struct err err = ERR_INIT;
    paper->report.format = format;
    assert_int_equal(sheet_init(&sheet, &paper->report, s_names, settings, &err), ERR_OK);
    sheet_row(&sheet, (const char *[]){"0042", "o\"brian, jr", "=2+3"});
    sheet_row(&sheet, (const char *[]){"0043", NULL, "a\tb \x1b[2J\xe2\x80\xae"});
    sheet_end(&sheet);
}

static void every_form(void **state)
{
    (void)state;
    struct paper paper;
    struct settings settings = {.csv_safe = false};
    paper_init(&paper);
    print_two(&paper, FORMAT_CSV, &settings);
    paper_expect(&paper,
                 "extension,last_agent,note\n"
                 "0042,\"o\"\"brian, jr\",=2+3\n"
                 "0043,,a^Ib ^[[2J<U+202E>\n",
                 "");
    settings.csv_safe = true;
    print_two(&paper, FORMAT_CSV, &settings);
    paper_expect(&paper,
                 "extension,last_agent,note\n"
                 "0042,\"o\"\"brian, jr\",'=2+3\n"
                 "0043,,a^Ib ^[[2J<U+202E>\n",
                 "");
    print_two(&paper, FORMAT_TSV, &settings);
    paper_expect(&paper,
                 "extension\tlast_agent\tnote\n"
                 "0042\to\"brian, jr\t=2+3\n"
                 "0043\t\ta^Ib ^[[2J<U+202E>\n",
                 "");
    print_two(&paper, FORMAT_TEXT, &settings);
    paper_expect(&paper,
                 "EXTENSION  LAST AGENT   NOTE\n"
                 "0042       o\"brian, jr  =2+3\n"
                 "0043                    a^Ib ^[[2J<U+202E>\n",
                 "");
    paper_release(&paper);
}

static void chosen_columns(void **state)
{
    (void)state;
    struct paper paper;
    struct settings settings = {.columns = "note, extension"};
    paper_init(&paper);
    print_two(&paper, FORMAT_TSV, &settings);
    paper_expect(&paper,
                 "note\textension\n"
                 "=2+3\t0042\n"
                 "a^Ib ^[[2J<U+202E>\t0043\n",
                 "");
    paper_release(&paper);
}

static void expect_wrong(const char *columns, const char *text, const char *hint)
{
    struct err err = ERR_INIT;
    struct settings settings = {.columns = columns};
    assert_int_equal(sheet_check(s_names, &settings, &err), ERR_USAGE);
    assert_string_equal(err.text, text);
    assert_string_equal(err.hint, hint);
}

static void columns_that_are_not_there(void **state)
{
    (void)state;
    expect_wrong("extension,notes", "--columns: there is no column \"notes\" here",
                 "Did you mean \"note\"? There are extension, last_agent and note");
    expect_wrong("extension,", "--columns: there is no column \"\" here",
                 "There are extension, last_agent and note");
    char many[256];
    for (size_t i = 0; i <= TABLE_COLUMNS_MAX; i++) {
        snprintf(many + 5 * i, sizeof many - 5 * i, "%s", i < TABLE_COLUMNS_MAX ? "note," : "note");
    }
    struct err err = ERR_INIT;
    struct settings settings = {.columns = many};
    assert_int_equal(sheet_check(s_names, &settings, &err), ERR_USAGE);
    assert_string_equal(err.text, "--columns: more than 24 columns");
}

static void a_history_has_a_row_for_each_change(void **state)
{
    (void)state;
    struct paper paper;
    struct err err = ERR_INIT;
    struct settings settings = {.columns = "action_id,change,extension,from,to,agent,ticket"};
    struct history *history = history_of_two();
    paper_init(&paper);
    paper.report.format = FORMAT_CSV;
    assert_int_equal(report_rows_history(&paper.report, &settings, history, &err), ERR_OK);
    paper_expect(&paper,
                 "action_id,change,extension,from,to,agent,ticket\n"
                 "20261122T130000000Z-def567,reassign,0007,0001,0007,alice,CHG-4711\n"
                 "20261122T120000000Z-abc234,create,,0002,0099,,\n"
                 "20261122T120000000Z-abc234,assign,0001,,0001,alice,\n",
                 "");
    history_free(history);
    paper_release(&paper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form),
        cmocka_unit_test(chosen_columns),
        cmocka_unit_test(columns_that_are_not_there),
        cmocka_unit_test(a_history_has_a_row_for_each_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
