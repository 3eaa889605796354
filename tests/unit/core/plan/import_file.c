#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/pool/export.h"
#include "core/base/fileio.h"
#include "core/plan/import_file.h"
#include "core/base/mem.h"

/* What is read: "LINE kind user ext note\n" for each request ('+' behind the kind: as it fits),
   then "LINE: refusal\n" for each refusal. Only the error where the file as a whole is wrong. */
static char *outcome_of(const char *text, size_t length)
{
    struct import import;
    struct err err = ERR_INIT;
    struct buf out;
    buf_init(&out, 1 << 20);
    if (import_parse("f", text, length, &import, &err) != ERR_OK) {
        assert_int_equal(err.code, ERR_INPUT);
        buf_printf(&out, "%s%s%s\n", err.text, err.hint[0] ? " | " : "", err.hint);
        return buf_take(&out);
    }
    for (size_t i = 0; i < import.n_requests; i++) {
        const struct request *request = &import.requests[i];
        buf_printf(&out, "%zu %s%s %s %s %s\n", request->line, change_kind_name(request->kind),
                   request->as_fits ? "+" : "", request->agent ? request->agent : "-",
                   request->ext ? request->ext : "-", request->note ? request->note : "-");
        assert_false(request->swap);
        assert_null(request->other);
    }
    assert_int_equal(import.n_rows, import.n_requests + import.refusals.n_items);
    for (size_t i = 0; i < import.refusals.n_items; i++) {
        const struct refusal *refusal = &import.refusals.items[i];
        buf_printf(&out, "%zu: %s\n", refusal->line, refusal->text);
        assert_true(refusal->request == SIZE_MAX);
    }
    import_release(&import);
    return buf_take(&out);
}

static void check(const char *text, const char *expected)
{
    char *outcome = outcome_of(text, strlen(text));
    assert_string_equal(outcome, expected);
    free(outcome);
}

/* ---- valid rows ---------------------------------------------------------------------------- */

static void test_every_action(void **state)
{
    (void)state;
    check("user,extension,action,note\n"
          "alice,2041,assign,\n"
          "bob,,assign,\n"
          "carol,2042,Reassign,moved desks\n"
          "dave,,release,left on Friday\n"
          ",2043,RELEASE,\n"
          "erin,2044,release,\n"
          ",2000,reserve,\"night desk, north\"\n"
          ",2001,unreserve,\n"
          "frank,,pin,vip\n"
          ",2045,pin,\n"
          "grace,,unpin,\n",
          "2 assign alice 2041 -\n3 assign bob - -\n4 reassign carol 2042 moved desks\n"
          "5 release dave - left on Friday\n6 release - 2043 -\n7 release erin 2044 -\n"
          "8 reserve - 2000 night desk, north\n9 unreserve - 2001 -\n10 pin frank - vip\n"
          "11 pin - 2045 -\n12 unpin grace - -\n");
}

static void test_without_an_action(void **state)
{
    (void)state;
    check("user,extension\nalice,2041\nbob,\n", "2 assign+ alice 2041 -\n3 assign+ bob - -\n");
    check("Action;Agent;EXT\n;alice;0042\n release ;bob;\n",
          "2 assign+ alice 0042 -\n3 release bob - -\n");
    check("user\nalice\n", "2 assign+ alice - -\n");
    check("extension,action\n2041,release\n", "2 release - 2041 -\n");
}

static void test_what_spreadsheets_do(void **state)
{
    (void)state;
    check("\xEF\xBB\xBFuser,extension,\r\n alice ,'0042,\r\n,,\r\n\r\n'=bob,0043,\r\n",
          "2 assign+ alice 0042 -\n5 assign+ =bob 0043 -\n");
}

static void test_an_export_is_an_import(void **state)
{
    (void)state;
    for (int safe = 0; safe < 2; safe++) {
        struct snapshot *snapshot = snapshot_new();
        static const char *const people[] = {"=cmd", "a,b", "c\"d", "alice", "-x", "\xC3\xA9"};
        for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
            char ext[EXT_ROOM] = "0040";
            ext[3] = (char)('0' + i);
            struct slot *slot = snapshot_add(snapshot, ext);
            slot->state = SLOT_ASSIGNED;
            slot->agent = people[i];
        }
        snapshot_seal(snapshot);
        struct buf csv;
        buf_init(&csv, EXPORT_MAX);
        assert_int_equal(
            export_build(snapshot, &(struct export_form){.csv_safe = safe}, &csv, NULL, NULL),
            ERR_OK);
        check(csv.data,
              "2 assign+ -x 0044 -\n3 assign+ =cmd 0040 -\n4 assign+ a,b 0041 -\n"
              "5 assign+ alice 0043 -\n6 assign+ c\"d 0042 -\n7 assign+ \xC3\xA9 0045 -\n");
        buf_release(&csv);
        snapshot_unref(snapshot);
    }
}

/* ---- invalid rows: each is named ----------------------------------------------------------- */

static void test_every_invalid_row_is_named(void **state)
{
    (void)state;
    check("user,extension,action,note\n"
          ",2041,assign,\n"
          "alice,,reassign,\n"
          "bob,20x1,assign,\n"
          "carol,2041,asign,\n"
          "carol,2041,frobnicate,\n"
          "dave,2041,reserve,\n"
          ",,reserve,\n"
          ",,release,\n"
          ",,pin,x\n"
          "erin,2042\n"
          "frank,2043,assign,,x\n"
          "grace,2044,assign,\"a\nb\"\n"
          "heidi,2045,assign,\n",
          "15 assign heidi 2045 -\n"
          "2: the user is missing\n"
          "3: reassign needs a user and the new extension\n"
          "4: \"20x1\" is not an extension: only digits are allowed\n"
          "5: there is no action \"asign\": did you mean assign?\n"
          "6: there is no action \"frobnicate\": assign release reassign reserve unreserve pin "
          "unpin exempt unexempt\n"
          "7: reserve is about an extension: the user has to be empty\n"
          "8: reserve needs an extension\n"
          "9: release needs a user or an extension\n"
          "10: pin needs a user or an extension\n"
          "11: 2 fields, but the header has 4\n"
          "12: 5 fields, but the header has 4\n"
          "13: the note has a line break\n");
}

static void test_long_users_and_notes(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 4096);
    buf_puts(&text, "user,note\n");
    for (int i = 0; i < LOGIN_MAX + 1; i++) {
        buf_putc(&text, 'x');
    }
    buf_puts(&text, ",\nalice,");
    for (int i = 0; i < NOTE_MAX + 1; i++) {
        buf_putc(&text, 'n');
    }
    check(text.data,
          "2: the user is longer than 128 bytes\n3: the note is longer than 256 bytes\n");
    buf_release(&text);
}

static void test_what_is_shown_is_harmless(void **state)
{
    (void)state;
    check("user,extension\nalice,\x1b[2J\n",
          "2: \"^[[2J\" is not an extension: only digits are allowed\n");
}

static void test_the_first_is_the_error(void **state)
{
    (void)state;
    static const char text[] = "user,extension\nalice,x\nbob,2041\ncarol,y\n,1\n";
    struct import import;
    struct err err = ERR_INIT;
    assert_int_equal(import_parse("f", text, strlen(text), &import, &err), ERR_OK);
    /* A refusal of the plan comes last and belongs between the others. */
    import.refusals.items = mem_resize(import.refusals.items, 16, sizeof *import.refusals.items);
    import.refusals.items[import.refusals.n_items++] =
        (struct refusal){.request = 0, .line = 3, .text = "nobody is called \"bob\""};
    assert_int_equal(import_error(&import, &err), ERR_INPUT);
    assert_string_equal(err.text, "f:2: \"x\" is not an extension: only digits are allowed");
    assert_string_equal(err.hint, "3 more rows are not valid. Nothing was written");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(import.refusals.items[i].line, i + 2);
    }
    import_release(&import);
    err_clear(&err);
    assert_int_equal(import_parse("f", "user\nalice\n", 11, &import, &err), ERR_OK);
    assert_int_equal(import_error(&import, &err), ERR_OK);
    assert_int_equal(err.code, ERR_OK);
    import_release(&import);
}

/* ---- files that are none ------------------------------------------------------------------- */

static void test_files_that_are_no_import(void **state)
{
    (void)state;
    check("", "f: there is nothing in it\n");
    check("user,extension\n", "f: a header and no rows\n");
    check("user,extension\n,\n", "f: a header and no rows\n");
    check("user,extension,acton\na,1,release\n",
          "f:1: column 3, \"acton\", is not one of user, extension, action, note | Did you mean "
          "\"action\"?\n");
    check("user,extension,colour\na,1,red\n",
          "f:1: column 3, \"colour\", is not one of user, extension, action, note | The first line "
          "names the columns; take out those that are not needed\n");
    check("alice,2041\n", "f:1: column 1, \"alice\", is not one of user, extension, action, note | "
                          "The first line names the columns; take out those that are not needed\n");
    check("user,agent,extension\n", "f:1: columns 1 and 2 mean the same\n");
    check("user,user\na,b\n", "f:1: columns 1 and 2 mean the same\n");
    check("action,note\nassign,x\n", "f:1: neither a column user nor a column extension\n");
    check("user,extension\nalice,\"20\n", "f:2: a quote is opened here and never closed\n");
    check("user\nalice\n\xFF\n", "f:3: byte 0xFF (at byte 12) is not UTF-8 | If it is Latin-1: "
                                 "iconv -f WINDOWS-1252 -t UTF-8\n");
    char *nul = outcome_of("user\na\0b\n", 9);
    assert_string_equal(nul, "f:2: a NUL byte (at byte 7): this is not a text file\n");
    free(nul);
}

static void test_from_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/extpool-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "user\nalice\n", 11), 11);
    close(fd);
    struct import import;
    struct err err = ERR_INIT;
    assert_int_equal(import_read(path, NULL, &import, &err), ERR_OK);
    assert_int_equal(import.n_requests, 1);
    assert_string_equal(import.file, path);
    import_release(&import);
    unlink(path);
    assert_int_equal(import_read(path, NULL, &import, &err), ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, path));
    import_release(&import);
}

/* ---- what is left out ------------------------------------------------------------------------ */

static void test_left_out_rows_can_be_mended_and_imported(void **state)
{
    (void)state;
    static const char text[] = "note;user;extension;action\n"
                               "\"a;b\";alice;2041;\n"
                               "=1+1;bob;'0042;pin\n"
                               "\"say \"\"hi\"\", twice\";carol;x;assign\n"
                               "head;dave\n"
                               "head;erin;2043;pin;more;of it\n";
    struct import import;
    struct err err = ERR_INIT;
    struct buf out;
    buf_init(&out, 1 << 16);
    assert_int_equal(import_parse("f", text, strlen(text), &import, &err), ERR_OK);
    import_refuse(&import, 3, "bob is on holiday");
    import_sort_refusals(&import);
    assert_int_equal(import.n_rows, 5);
    import_put_left_out(&import, &out);
    assert_string_equal(
        out.data, "user,extension,action,note,problem\r\n"
                  "bob,'0042,pin,=1+1,bob is on holiday\r\n"
                  "carol,x,assign,\"say \"\"hi\"\", twice\",\"\"\"x\"\" is not an extension: only "
                  "digits are allowed\"\r\n"
                  "dave,,,head,\"2 fields, but the header has 4\"\r\n"
                  "erin,2043,pin;more;of it,head,\"6 fields, but the header has 4\"\r\n");
    import_release(&import);
    check(out.data, "2 pin bob 0042 =1+1\n"
                    "4 assign+ dave - head\n"
                    "3: \"x\" is not an extension: only digits are allowed\n"
                    "5: there is no action \"pin;more;of it\": assign release reassign reserve "
                    "unreserve pin unpin exempt unexempt\n");
    buf_release(&out);
}

static void test_the_problem_of_a_row_is_not_looked_at(void **state)
{
    (void)state;
    check("problem,user,extension\nwas wrong,alice,2041\n,bob,2042\n",
          "2 assign+ alice 2041 -\n3 assign+ bob 2042 -\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_action),
        cmocka_unit_test(test_without_an_action),
        cmocka_unit_test(test_what_spreadsheets_do),
        cmocka_unit_test(test_an_export_is_an_import),
        cmocka_unit_test(test_every_invalid_row_is_named),
        cmocka_unit_test(test_long_users_and_notes),
        cmocka_unit_test(test_what_is_shown_is_harmless),
        cmocka_unit_test(test_the_first_is_the_error),
        cmocka_unit_test(test_files_that_are_no_import),
        cmocka_unit_test(test_from_a_file),
        cmocka_unit_test(test_left_out_rows_can_be_mended_and_imported),
        cmocka_unit_test(test_the_problem_of_a_row_is_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
