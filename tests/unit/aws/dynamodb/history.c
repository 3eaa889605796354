/* The audit trail of a table: months backwards, parts put together, what is expired or strange. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support_aws/ddb_bench.h"

/* The clock of a bench stands at 2026-01-02T03:04:05Z. */

struct record {
    const char *pk;
    const char *sk;
    const char *more; /* further attributes */
};

#define CHANGES(ext)                                                                               \
    "'changes':{'S':'[{\\\"change\\\":\\\"reserve\\\",\\\"extension\\\":\\\"" ext "\\\"}]'}"
#define WHO "'action':{'S':'sync'},'actor':{'S':'me'},"

static const struct record s_records[] = {
    {"audit#2026-01", "2026-01-02T03:00:00.000Z#20260102T030000000Z-aaaaaa#000001",
     WHO CHANGES("0001")},
    {"audit#2026-01", "2026-01-02T03:00:00.000Z#20260102T030000000Z-aaaaaa#000002",
     WHO CHANGES("0002")},
    {"audit#2026-01", "2026-01-02T03:00:00.000Z#20260102T030000000Z-bbbbbb#000001",
     WHO CHANGES("0003")},
    /* Of an action that began in the old year, and one that came in between. */
    {"audit#2026-01", "2026-01-01T00:00:02.000Z#20251231T235959000Z-gggggg#000002",
     WHO CHANGES("0009")},
    {"audit#2026-01", "2026-01-01T00:00:01.000Z#20260101T000001000Z-hhhhhh#000001",
     WHO CHANGES("0010")},
    {"audit#2025-12", "2025-12-31T23:59:59.500Z#20251231T235959000Z-gggggg#000001",
     WHO CHANGES("0008")},
    {"audit#2025-11", "2025-11-30T23:59:59.999Z#20251130T235959999Z-cccccc#000001",
     WHO CHANGES("0004") ",'expires_at':{'N':'1767323046'}"},
    {"audit#2025-11", "2025-11-30T23:59:59.998Z#20251130T235959998Z-dddddd#000001",
     WHO CHANGES("0005") ",'expires_at':{'N':'1767323045'}"}, /* its time is over */
    {"audit#2025-11", "nonsense", WHO CHANGES("0006")},
    {"audit#2025-11", "2025-11-30T23:59:59.997Z#20251130T235959997Z-eeeeee#000001",
     WHO "'changes':{'S':'[7'}"}, /* nobody can read it */
    {"audit#2024-06", "2024-06-01T00:00:00.000Z#20240601T000000000Z-ffffff#000001",
     WHO CHANGES("0007")},
};
#define ALL "bbbbbb:0003 aaaaaa:0001,0002 gggggg:0008,0009 hhhhhh:0010 cccccc:0004"
#define N_RECORDS (sizeof s_records / sizeof *s_records)

/* Two records a page, newest first. */
static void answer_records(void *context, const struct ddb_request *request)
{
    (void)context;
    const json_t *values = json_object_get(request->body, "ExpressionAttributeValues");
    const char *pk = ddb_item_text(values, ":p");
    const char *low = ddb_item_text(values, ":a");
    const char *high = ddb_item_text(values, ":b");
    const char *start = ddb_item_text(json_object_get(request->body, "ExclusiveStartKey"), "sk");
    assert_true(json_is_true(json_object_get(request->body, "ConsistentRead")));
    assert_true(json_is_false(json_object_get(request->body, "ScanIndexForward")));
    const struct record *page[N_RECORDS];
    size_t n = 0;
    /* Sorted backwards by sk. */
    for (size_t i = 0; i < N_RECORDS; i++) {
        const struct record *record = &s_records[i];
        if (strcmp(record->pk, pk) != 0 || (start && strcmp(record->sk, start) >= 0) ||
            (low && strcmp(record->sk, low) < 0) || (high && strcmp(record->sk, high) > 0)) {
            continue;
        }
        size_t at = n++;
        for (; at > 0 && strcmp(page[at - 1]->sk, record->sk) < 0; at--) {
            page[at] = page[at - 1];
        }
        page[at] = record;
    }
    struct buf items;
    buf_init(&items, 1 << 16);
    for (size_t i = 0; i < n && i < 2; i++) {
        buf_printf(&items, "%s{'pk':{'S':'%s'},'sk':{'S':'%s'},%s}", i > 0 ? "," : "", page[i]->pk,
                   page[i]->sk, page[i]->more);
    }
    if (n > 2) {
        ddb_answer(request, 200,
                   "{'Items':[%s],'LastEvaluatedKey':{'pk':{'S':'%s'},'sk':{'S':'%s'}}}",
                   items.data, pk, page[1]->sk);
    } else {
        ddb_answer(request, 200, "{'Items':[%s]}", items.data);
    }
    buf_release(&items);
}

/* "aaaaaa:0001,0002 bbbbbb:0003": the end of each id, and the extensions. */
static const char *read_history(struct ddb_bench *bench, size_t limit, const char *action_id,
                                char out[256])
{
    struct history *history = NULL;
    struct err err = ERR_INIT;
    enum err_code code = bench->store->ops->history(
        bench->store, &(struct history_query){.limit = limit, .action_id = action_id}, NULL,
        &history, &err);
    size_t length = 0;
    out[0] = '\0';
    if (code != ERR_OK) {
        snprintf(out, 256, "%s", err_code_name(code));
        return out;
    }
    for (size_t i = 0; i < history->n_actions; i++) {
        const struct audit_action *action = &history->actions[i];
        assert_string_equal(action->actor, "me");
        length += (size_t)snprintf(out + length, 256 - length, "%s%s:", i > 0 ? " " : "",
                                   strchr(action->action_id, '-') + 1);
        for (size_t k = 0; k < action->n_changes; k++) {
            length += (size_t)snprintf(out + length, 256 - length, "%s%s", k > 0 ? "," : "",
                                       action->changes[k].ext);
        }
    }
    history_free(history);
    return out;
}

static void actions_come_newest_first_up_to_the_limit(void **state)
{
    (void)state;
    struct ddb_bench bench;
    char out[256];
    ddb_bench_open(&bench, answer_records, NULL);
    assert_string_equal(read_history(&bench, 1, NULL, out), "bbbbbb:0003");
    size_t requests = bench.fake->n_requests;
    assert_true(requests <= 6);
    assert_string_equal(read_history(&bench, 2, NULL, out), "bbbbbb:0003 aaaaaa:0001,0002");
    assert_string_equal(read_history(&bench, 5, NULL, out), ALL);
    ddb_bench_close(&bench);
}

static void an_action_is_read_back_to_its_begin(void **state)
{
    (void)state;
    struct ddb_bench bench;
    char out[256];
    ddb_bench_open(&bench, answer_records, NULL);
    assert_string_equal(read_history(&bench, 3, NULL, out),
                        "bbbbbb:0003 aaaaaa:0001,0002 gggggg:0008,0009");
    assert_string_equal(read_history(&bench, 0, "20251231T235959000Z-gggggg", out),
                        "gggggg:0008,0009");
    assert_string_equal(read_history(&bench, 0, "20260101T000001000Z-hhhhhh", out), "hhhhhh:0010");
    ddb_bench_close(&bench);
}

/* Two machines whose clocks differ by a second: what one found is what the other had left. */
static void close_actions_are_in_the_order_of_what_they_found(void **state)
{
    (void)state;
    struct history *history = history_new();
    static const struct audit_record records[] = {
        {.action_id = "later",
         .at_ms = 1000,
         .order = 1000,
         .actor = "b",
         .action = "assign",
         .changes = "[{\"change\":\"assign\",\"extension\":\"0001\",\"agent\":\"bob\","
                    "\"was\":{\"at\":1,\"agent\":\"alice\"}}]"},
        {.action_id = "between",
         .at_ms = 1500,
         .order = 1500,
         .actor = "c",
         .action = "pin",
         .changes = "[{\"change\":\"pin\",\"extension\":\"0007\",\"agent\":\"kim\"}]"},
        {.action_id = "first",
         .at_ms = 2000,
         .order = 2000,
         .actor = "a",
         .action = "release",
         .changes = "[{\"change\":\"release\",\"extension\":\"0001\",\"agent\":\"alice\"}]"},
        {.action_id = "far",
         .at_ms = 9000,
         .order = 9000,
         .actor = "a",
         .action = "release",
         .changes = "[{\"change\":\"release\",\"extension\":\"0007\",\"agent\":\"kim\"}]"},
    };
    struct err err = ERR_INIT;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        assert_int_equal(history_add(history, &records[i], &err), ERR_OK);
    }
    history_seal_by_time(history);
    static const char *const wanted[] = {"far", "later", "first", "between"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(history->actions[i].action_id, wanted[i]);
    }
    history_free(history);
}

static void all_of_it_ends_after_a_year_without_any(void **state)
{
    (void)state;
    struct ddb_bench bench;
    char out[256];
    ddb_bench_open(&bench, answer_records, NULL);
    assert_string_equal(read_history(&bench, 0, NULL, out), ALL);
    assert_true(bench.fake->n_requests <= 4 + 12 + 12 + 3);
    ddb_bench_close(&bench);
}

static void one_action_is_one_query(void **state)
{
    (void)state;
    struct ddb_bench bench;
    char out[256];
    ddb_bench_open(&bench, answer_records, NULL);
    assert_string_equal(read_history(&bench, 0, "20240601T000000000Z-ffffff", out), "ffffff:0007");
    assert_int_equal(bench.fake->n_requests, 1);
    assert_string_equal(read_history(&bench, 1, "20260102T030000000Z-aaaaaa", out),
                        "aaaaaa:0001,0002");
    assert_string_equal(read_history(&bench, 0, "20260102T030000000Z-zzzzzz", out), "not_found");
    assert_string_equal(read_history(&bench, 0, "20251130T235959998Z-dddddd", out), "not_found");
    assert_string_equal(read_history(&bench, 0, "20251130T235959997Z-eeeeee", out), "input");
    size_t before = bench.fake->n_requests;
    assert_string_equal(read_history(&bench, 0, "last tuesday", out), "not_found");
    assert_int_equal(bench.fake->n_requests, before);
    ddb_bench_close(&bench);
}

static void answer_gone(void *context, const struct ddb_request *request)
{
    (void)context;
    ddb_answer_error(request, 400, "ResourceNotFoundException");
}

static void without_a_table_there_is_no_history(void **state)
{
    (void)state;
    struct ddb_bench bench;
    char out[256];
    ddb_bench_open(&bench, answer_gone, NULL);
    assert_string_equal(read_history(&bench, 0, NULL, out), "not_found");
    assert_int_equal(ddb_bench_count(&bench, "ListTables"), 1);
    ddb_bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_come_newest_first_up_to_the_limit),
        cmocka_unit_test(an_action_is_read_back_to_its_begin),
        cmocka_unit_test(close_actions_are_in_the_order_of_what_they_found),
        cmocka_unit_test(all_of_it_ends_after_a_year_without_any),
        cmocka_unit_test(one_action_is_one_query),
        cmocka_unit_test(without_a_table_there_is_no_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
