#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/format/csv.h"
#include "core/pool/export.h"

static void add(struct snapshot *snapshot, const char *ext, enum slot_state state,
                const char *agent)
{
    struct slot *slot = snapshot_add(snapshot, ext);
    slot->state = (uint8_t)state;
    slot->agent = agent;
}

/* Added in an order that is nobody's. */
static struct snapshot *some_snapshot(void)
{
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, "0100", SLOT_ASSIGNED, "bob");
    add(snapshot, "0007", SLOT_ASSIGNED, "=cmd|' /C calc'!A0");
    add(snapshot, "0042", SLOT_ASSIGNED, "alice");
    add(snapshot, "0043", SLOT_FREE, "carol");
    add(snapshot, "0044", SLOT_FREE, NULL);
    add(snapshot, "0045", SLOT_RESERVED, NULL);
    add(snapshot, "0041", SLOT_ASSIGNED, "Alice");
    add(snapshot, "0001", SLOT_ASSIGNED, "smith, \"j\"");
    add(snapshot, "0099", SLOT_ASSIGNED, "bob");
    add(snapshot, "0046", SLOT_ASSIGNED, "\xC3\xA9lodie");
    snapshot_seal(snapshot);
    return snapshot;
}

static const char s_expected[] = "user,extension\r\n"
                                 "=cmd|' /C calc'!A0,0007\r\n"
                                 "Alice,0041\r\n"
                                 "alice,0042\r\n"
                                 "bob,0099\r\n"
                                 "bob,0100\r\n"
                                 "\"smith, \"\"j\"\"\",0001\r\n"
                                 "\xC3\xA9lodie,0046\r\n";

static void test_rows_are_sorted_and_quoted(void **state)
{
    (void)state;
    struct snapshot *snapshot = some_snapshot();
    struct buf out;
    size_t rows = 0;
    buf_init(&out, EXPORT_MAX);
    assert_int_equal(
        export_build(snapshot, &(struct export_form){.csv_safe = false}, &out, &rows, NULL),
        ERR_OK);
    assert_string_equal(out.data, s_expected);
    assert_int_equal(rows, 7);
    buf_release(&out);
    snapshot_unref(snapshot);
}

static void test_csv_safe_neutralises_formulas_only(void **state)
{
    (void)state;
    struct snapshot *snapshot = some_snapshot();
    struct buf out;
    buf_init(&out, EXPORT_MAX);
    assert_int_equal(
        export_build(snapshot, &(struct export_form){.csv_safe = true}, &out, NULL, NULL), ERR_OK);
    assert_non_null(strstr(out.data, "\r\n'=cmd|' /C calc'!A0,0007\r\n"));
    assert_non_null(strstr(out.data, "\r\nalice,0042\r\n"));
    buf_release(&out);
    snapshot_unref(snapshot);
}

static void test_nobody_gives_the_header(void **state)
{
    (void)state;
    struct snapshot *snapshot = snapshot_new();
    struct buf out;
    size_t rows = 1;
    buf_init(&out, EXPORT_MAX);
    assert_int_equal(
        export_build(snapshot, &(struct export_form){.csv_safe = false}, &out, &rows, NULL),
        ERR_OK);
    assert_string_equal(out.data, "user,extension\r\n");
    assert_int_equal(rows, 0);
    buf_release(&out);
    snapshot_unref(snapshot);
}

static void test_what_does_not_fit_is_an_error(void **state)
{
    (void)state;
    struct snapshot *snapshot = some_snapshot();
    struct err err = ERR_INIT;
    struct buf out;
    buf_init(&out, 20);
    assert_int_equal(
        export_build(snapshot, &(struct export_form){.csv_safe = false}, &out, NULL, &err),
        ERR_NOMEM);
    assert_non_null(strstr(err.text, "7 rows"));
    buf_release(&out);
    snapshot_unref(snapshot);
}

static void test_more_columns_behind_the_old_two(void **state)
{
    (void)state;
    struct snapshot *snapshot = snapshot_new();
    struct roster *roster = roster_new();
    struct buf out;
    struct err err = ERR_INIT;
    struct export_form form = {.csv_safe = true, .roster = roster};
    static const struct belongings own = {.arn = "arn:x", .fallback = "ext:0001"};
    const struct agent alice = {.login = "alice", .name = "=Al, Ice", .routing_profile = "Night"};
    add(snapshot, "0042", SLOT_ASSIGNED, "alice");
    snapshot->slots[0].at_s = 1795379521;
    snapshot->slots[0].own = &own;
    add(snapshot, "0043", SLOT_ASSIGNED, "bob");
    snapshot->slots[1].note = "desk";
    snapshot_seal(snapshot);
    roster_add(roster, &alice);
    roster_seal(roster);
    buf_init(&out, EXPORT_MAX);
    assert_int_equal(
        export_columns_parse("name,profile  since, pinned,agent_arn,fallback,source,group",
                             &form.columns, &err),
        ERR_OK);
    assert_true(export_columns_want_roster(&form.columns));
    assert_int_equal(export_build(snapshot, &form, &out, NULL, NULL), ERR_OK);
    assert_string_equal(
        out.data, "user,extension,name,profile,since,pinned,agent_arn,fallback,source,group\r\n"
                  "alice,0042,\"'=Al, Ice\",Night,2026-11-22T20:32:01Z,,arn:x,ext:0001,,\r\n"
                  "bob,0043,,,,desk,,,,\r\n");
    assert_int_equal(export_columns_parse("since", &form.columns, &err), ERR_OK);
    assert_false(export_columns_want_roster(&form.columns));
    assert_int_equal(export_columns_parse("nam", &form.columns, &err), ERR_INPUT);
    assert_non_null(strstr(err.hint, "Did you mean \"name\"?"));
    err_clear(&err);
    assert_int_equal(export_columns_parse("since, since", &form.columns, &err), ERR_INPUT);
    buf_release(&out);
    roster_unref(roster);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_sorted_and_quoted),
        cmocka_unit_test(test_csv_safe_neutralises_formulas_only),
        cmocka_unit_test(test_nobody_gives_the_header),
        cmocka_unit_test(test_what_does_not_fit_is_an_error),
        cmocka_unit_test(test_more_columns_behind_the_old_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
