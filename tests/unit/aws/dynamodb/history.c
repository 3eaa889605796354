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
#define N_RECORDS (sizeof s_records / sizeof *s_records)

/* Two records a page, newest first. */
static void answer_records(void *context, const struct ddb_request *request)
{
    (void)context;
    const json_t *values = json_object_get(request->body, "ExpressionAttributeValues");
    const char *pk = ddb_item_text(values, ":p");
    const char *prefix = ddb_item_text(values, ":s");
    const char *start = ddb_item_text(json_object_get(request->body, "ExclusiveStartKey"), "sk");
    assert_true(json_is_true(json_object_get(request->body, "ConsistentRead")));
    assert_true(json_is_false(json_object_get(request->body, "ScanIndexForward")));
    const struct record *page[N_RECORDS];
    size_t n = 0;
    /* Sorted backwards by sk. */
    for (size_t i = 0; i < N_RECORDS; i++) {
        const struct record *record = &s_records[i];
        if (strcmp(record->pk, pk) != 0 || (start && strcmp(record->sk, start) >= 0) ||
            (prefix && strncmp(record->sk, prefix, strlen(prefix)) != 0)) {
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
    enum err_code code =
        bench->store->ops->history(bench->store, limit, action_id, NULL, &history, &err);
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
    assert_string_equal(read_history(&bench, 3, NULL, out),
                        "bbbbbb:0003 aaaaaa:0001,0002 cccccc:0004");
    ddb_bench_close(&bench);
}

static void all_of_it_ends_after_a_year_without_any(void **state)
{
    (void)state;
    struct ddb_bench bench;
    char out[256];
    ddb_bench_open(&bench, answer_records, NULL);
    assert_string_equal(read_history(&bench, 0, NULL, out),
                        "bbbbbb:0003 aaaaaa:0001,0002 cccccc:0004");
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
        cmocka_unit_test(all_of_it_ends_after_a_year_without_any),
        cmocka_unit_test(one_action_is_one_query),
        cmocka_unit_test(without_a_table_there_is_no_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
