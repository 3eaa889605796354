#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/format/csv.h"
#include "core/base/mem.h"

/* The rows of a text: "LINE:field|field\n" each, "ERROR text" where it stops. Line ends inside of a
   field are shown as '~'. */
static char *rows_of(const char *text, size_t length)
{
    struct buf out;
    struct csv csv;
    struct csv_row row;
    struct err err = ERR_INIT;
    /* A copy of the exact size, so that the sanitizer sees a read past the end. */
    char *exact = mem_alloc(length ? length : 1);
    memcpy(exact, text, length);
    buf_init(&out, 1 << 20);
    csv_init(&csv, "f", exact, length);
    while (csv_next(&csv, &row, &err) == ERR_OK && row.n_fields > 0) {
        buf_printf(&out, "%zu:", row.line);
        for (size_t i = 0; i < row.n_fields; i++) {
            buf_puts(&out, i ? "|" : "");
            buf_append(&out, row.fields[i].text, row.fields[i].length);
        }
        buf_putc(&out, '\n');
    }
    if (err.code != ERR_OK) {
        assert_int_equal(err.code, ERR_INPUT);
        buf_printf(&out, "ERROR %s\n", err.text);
        assert_int_equal(csv_next(&csv, &row, &err), ERR_OK);
        assert_int_equal(row.n_fields, 0);
    }
    csv_release(&csv);
    free(exact);
    return buf_take(&out);
}

static void check(const char *text, const char *expected)
{
    char *rows = rows_of(text, strlen(text));
    assert_string_equal(rows, expected);
    free(rows);
}

/* ---- reading ------------------------------------------------------------------------------- */

static void test_plain_rows(void **state)
{
    (void)state;
    check("", "");
    check("a", "1:a\n");
    check("a,b\nc,d\n", "1:a|b\n2:c|d\n");
    check("a,b\r\nc,d\r\n", "1:a|b\n2:c|d\n");
    check("a,b\rc,d\r", "1:a|b\n2:c|d\n");
    check("a,b\nc,d", "1:a|b\n2:c|d\n");
    check(",\n", "1:|\n");
    check("a,,b,\n", "1:a||b|\n");
    check("\xEF\xBB\xBF"
          "a,b\n",
          "1:a|b\n");
    check(" a , b \n", "1: a | b \n");
}

static void test_blank_lines_are_passed_over_and_counted(void **state)
{
    (void)state;
    check("\n\na\n\r\n\nb\n\n", "3:a\n6:b\n");
    check("\n\n", "");
}

static void test_quotes(void **state)
{
    (void)state;
    check("\"a\",b\n", "1:a|b\n");
    check("\"a,b\",c\n", "1:a,b|c\n");
    check("\"a \"\"quoted\"\" word\",c\n", "1:a \"quoted\" word|c\n");
    check("\"\"\"\",\"\"\n", "1:\"|\n");
    check("\"\"\"a\"\"\",\"\"\"b\"\"\"\n", "1:\"a\"|\"b\"\n");
    check("5\" disk,a\"b\"\n", "1:5\" disk|a\"b\"\n");
    check("\"a\"", "1:a\n");
}

static void test_blanks_around_quotes(void **state)
{
    (void)state;
    check("a, \"b\"\n", "1:a|b\n");
    check("\"a\" ,b\n", "1:a|b\n");
    check(" \"a,b\" , \"c \"\"d\"\"\" \n", "1:a,b|c \"d\"\n");
    check("a,\t\"b\"\t\r\n", "1:a|b\n");
    check("a\t\"b\"\t\"c\"\n", "1:a|b|c\n");
    check("a,\xC2\xA0\"b\"\xE2\x80\x8B\nc, \"d\"", "1:a|b\n2:c|d\n");
    check("a, b \"c\" \n", "1:a| b \"c\" \n");
    check("a, \n\"b\"\n", "1:a| \n2:b\n");
}

static void test_lines_before_the_header(void **state)
{
    (void)state;
    check("sep=;\na;b,c\n", "2:a|b,c\n");
    check("\xEF\xBB\xBFSEP=,\r\na;b,c\r\n", "2:a;b|c\n");
    check("\"sep=;\"\na;b\n", "2:a|b\n");
    check("sep=\t\na\tb,c\n", "2:a|b,c\n");
    check("sep=\\t\na\tb\n", "2:a|b\n");
    check("sep=|\na|b;c\n", "2:a|b;c\n");
    check("#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\n\"a\",\"b\"\n", "2:a|b\n");
    check("\n#TYPE System.Object\n\nsep=;\na;b\n", "5:a|b\n");
    check("version:v1.0\na,b\n", "2:a|b\n");
    check("sep=;", "");
    check("separator\na\n", "1:separator\n2:a\n");
    check("#type\na\n", "1:#type\n2:a\n");
    check("a\nsep=;\n", "1:a\n2:sep=;\n");
}

static void test_a_field_of_several_lines(void **state)
{
    (void)state;
    check("\"a\nb\",c\nd\n", "1:a\nb|c\n3:d\n");
    check("\"a\r\nb\r\n\r\nc\",d\r\ne\r\n", "1:a\r\nb\r\n\r\nc|d\n5:e\n");
}

static void test_refusals(void **state)
{
    (void)state;
    check("a\n\"b\nc\n", "1:a\nERROR f:2: a quote is opened here and never closed\n");
    check("\"", "ERROR f:1: a quote is opened here and never closed\n");
    check("\"a\"\"", "ERROR f:1: a quote is opened here and never closed\n");
    check("a\n\"b\nc\"d,e\n",
          "1:a\nERROR f:3: text after a closing quote; a quote inside a field is written twice\n");
    check("\"a\" x,b\n",
          "ERROR f:1: text after a closing quote; a quote inside a field is written twice\n");
    check(" \"a\"x,b\n",
          "ERROR f:1: text after a closing quote; a quote inside a field is written twice\n");
}

static void test_too_many_fields(void **state)
{
    (void)state;
    char line[CSV_FIELDS_MAX + 2];
    memset(line, ',', CSV_FIELDS_MAX);
    line[CSV_FIELDS_MAX - 1] = '\0'; /* 1,024 fields */
    char *rows = rows_of(line, strlen(line));
    assert_int_equal(strlen(rows), 2 + CSV_FIELDS_MAX - 1 + 1);
    free(rows);
    line[CSV_FIELDS_MAX - 1] = ',';
    line[CSV_FIELDS_MAX] = '\0';
    check(line, "ERROR f:1: more than 1,024 fields in a row\n");
}

static void test_separators_of_spreadsheets(void **state)
{
    (void)state;
    check("a;b\nc,d;e\n", "1:a|b\n2:c,d|e\n");
    check("a\tb\nc\td\n", "1:a|b\n2:c|d\n");
    check("a;b,c\n", "1:a;b|c\n");
    check("\"a;b\"\nc;d\n", "1:a;b\n2:c;d\n");
    check("\n\na;b\n", "3:a|b\n");
    check("\"a\n,\";b\n", "1:a\n,|b\n");
}

static void test_many_rows_with_doubled_quotes(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 2000; i++) {
        buf_printf(&text, "\"%d \"\"x\"\"\",\"\"\"%d\"\n", i, i);
    }
    struct csv csv;
    struct csv_row row;
    struct err err = ERR_INIT;
    csv_init(&csv, "f", text.data, text.length);
    for (int i = 0; i < 2000; i++) {
        char *first = mem_printf("%d \"x\"", i);
        char *second = mem_printf("\"%d", i);
        assert_int_equal(csv_next(&csv, &row, &err), ERR_OK);
        assert_int_equal(row.n_fields, 2);
        assert_int_equal(row.fields[0].length, strlen(first));
        assert_memory_equal(row.fields[0].text, first, strlen(first));
        assert_int_equal(row.fields[1].length, strlen(second));
        assert_memory_equal(row.fields[1].text, second, strlen(second));
        free(first);
        free(second);
    }
    csv_release(&csv);
    buf_release(&text);
}

/* ---- writing ------------------------------------------------------------------------------- */

static void check_put(const char *text, bool safe, const char *expected)
{
    struct buf out;
    buf_init(&out, 1024);
    csv_put(&out, text, safe);
    assert_string_equal(out.data, expected);
    buf_release(&out);
}

static void test_writing(void **state)
{
    (void)state;
    check_put("alice", false, "alice");
    check_put("", false, "");
    check_put("a,b", false, "\"a,b\"");
    check_put("a\"b\"", false, "\"a\"\"b\"\"\"");
    check_put("a\nb", false, "\"a\nb\"");
    check_put("a\rb", false, "\"a\rb\"");
    check_put(" a", false, "\" a\"");
    check_put("a ", false, "\"a \"");
}

static void test_formulas(void **state)
{
    (void)state;
    static const char *const formulas[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", NULL};
    for (int i = 0; formulas[i]; i++) {
        char *neutral = mem_printf("'%s", formulas[i]);
        check_put(formulas[i], false, formulas[i]);
        check_put(formulas[i], true, neutral);
        free(neutral);
    }
    check_put("\r=1", true, "\"'\r=1\"");
    check_put("=\"a\",b", true, "\"'=\"\"a\"\",b\"");
    check_put("a=1", true, "a=1");
    check_put("'=1", true, "'=1");
    check_put("", true, "");
    assert_false(csv_is_formula("", 0));
}

static void test_the_apostrophe_goes_again(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"'=1", "=1"}, {"'-a", "-a"}, {"'a", "'a"},
                                           {"'", "'"},    {"", ""},      {"=1", "=1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct csv_field field = csv_unsafe((struct csv_field){cases[i][0], strlen(cases[i][0])});
        assert_int_equal(field.length, strlen(cases[i][1]));
        assert_memory_equal(field.text, cases[i][1], field.length);
    }
}

static void test_what_is_written_reads_back(void **state)
{
    (void)state;
    static const char *const fields[] = {"a",  "",    "a,b", "\"", "\"\"",    "a\r\nb",
                                         " a", "b\"", "=1",  "\n", "\xC3\xA9"};
    struct buf text;
    buf_init(&text, 1024);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        buf_puts(&text, i ? "," : "");
        csv_put(&text, fields[i], false);
    }
    struct csv csv;
    struct csv_row row;
    csv_init(&csv, "f", text.data, text.length);
    assert_int_equal(csv_next(&csv, &row, NULL), ERR_OK);
    assert_int_equal(row.n_fields, sizeof fields / sizeof fields[0]);
    for (size_t i = 0; i < row.n_fields; i++) {
        assert_int_equal(row.fields[i].length, strlen(fields[i]));
        assert_memory_equal(row.fields[i].text, fields[i], row.fields[i].length);
    }
    csv_release(&csv);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_rows),
        cmocka_unit_test(test_blank_lines_are_passed_over_and_counted),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_blanks_around_quotes),
        cmocka_unit_test(test_lines_before_the_header),
        cmocka_unit_test(test_a_field_of_several_lines),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_too_many_fields),
        cmocka_unit_test(test_separators_of_spreadsheets),
        cmocka_unit_test(test_many_rows_with_doubled_quotes),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_the_apostrophe_goes_again),
        cmocka_unit_test(test_what_is_written_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
