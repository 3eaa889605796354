/* What was written since a snapshot was read: the end of the trail, and the items that it names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "tests/unit/support_aws/ddb_bench.h"

#define NUMBERS 10
#define RECORDS 16
#define PAGE 2

struct record {
    char pk[DDB_AUDIT_PK_ROOM];
    char sk[96];
    char ext[EXT_ROOM];
};

struct table {
    struct ddb_bench bench;
    struct policy policy;
    const char *holders[NUMBERS]; /* NULL: free */
    const char *stale[NUMBERS];   /* what the index shows instead; NULL: the same */
    struct record records[RECORDS];
    size_t n_records;
    bool unprocessed; /* the first read by key is not answered in full */
    bool broken;      /* reads by key fail */
    size_t n_keys;    /* read by key */
    struct snapshot *seen;
};

/* ---- the service --------------------------------------------------------------------------- */

static void add_item(struct buf *items, size_t number, const char *holder)
{
    buf_printf(items, "%s{'pk':{'S':'%04zu'},'sk':{'S':'%s'},", items->length > 0 ? "," : "",
               number, holder ? "agentID" : "nu");
    if (holder) {
        buf_printf(items, "'sk_value':{'S':'%s'},'since':{'S':'2026-11-01T00:00:00Z'}}", holder);
    } else {
        buf_printf(items, "'sk_value':{'S':'%04zu'}}", number);
    }
}

static void answer_index(const struct table *table, const struct ddb_request *request)
{
    const json_t *values = json_object_get(request->body, "ExpressionAttributeValues");
    const char *sk = ddb_item_text(values, ":k");
    const char *low = ddb_item_text(values, ":a");
    struct buf items;
    buf_init(&items, 1 << 16);
    for (size_t i = 0; i < NUMBERS && !low; i++) {
        const char *holder = table->stale[i] ? table->stale[i] : table->holders[i];
        if (strcmp(sk, holder ? "agentID" : "nu") == 0) {
            add_item(&items, i, holder);
        }
    }
    ddb_answer(request, 200, "{'Items':[%s]}", items.data);
    buf_release(&items);
}

/* The records from :a on, newest first, a few a page. */
static void answer_trail(const struct table *table, const struct ddb_request *request)
{
    const json_t *values = json_object_get(request->body, "ExpressionAttributeValues");
    const char *pk = ddb_item_text(values, ":p");
    const char *low = ddb_item_text(values, ":a");
    const char *start = ddb_item_text(json_object_get(request->body, "ExclusiveStartKey"), "sk");
    const struct record *found[RECORDS];
    size_t n = 0;
    struct buf items;
    assert_true(json_is_true(json_object_get(request->body, "ConsistentRead")));
    for (size_t i = 0; i < table->n_records; i++) {
        const struct record *record = &table->records[i];
        if (strcmp(record->pk, pk) == 0 && strcmp(record->sk, low) >= 0 &&
            (!start || strcmp(record->sk, start) < 0)) {
            size_t at = n++;
            for (; at > 0 && strcmp(found[at - 1]->sk, record->sk) < 0; at--) {
                found[at] = found[at - 1];
            }
            found[at] = record;
        }
    }
    buf_init(&items, 1 << 16);
    for (size_t i = 0; i < n && i < PAGE; i++) {
        buf_printf(
            &items,
            "%s{'pk':{'S':'%s'},'sk':{'S':'%s'},'action':{'S':'assign'},'actor':{'S':'kim'},"
            "'changes':{'S':'[{\\\"change\\\":\\\"assign\\\",\\\"extension\\\":\\\"%s\\\"}]'}}",
            i > 0 ? "," : "", pk, found[i]->sk, found[i]->ext);
    }
    if (n > PAGE) {
        ddb_answer(request, 200,
                   "{'Items':[%s],'LastEvaluatedKey':{'pk':{'S':'%s'},'sk':{'S':'%s'}}}",
                   items.data, pk, found[PAGE - 1]->sk);
    } else {
        ddb_answer(request, 200, "{'Items':[%s]}", items.data);
    }
    buf_release(&items);
}

static void answer_keys(struct table *table, const struct ddb_request *request)
{
    json_t *tables = json_object_get(request->body, "RequestItems");
    const json_t *key = NULL;
    size_t i = 0;
    struct buf items;
    if (table->broken) {
        ddb_answer_error(request, 400, "ValidationException");
        return;
    }
    if (table->unprocessed) {
        char *left = json_dumps(tables, JSON_COMPACT);
        table->unprocessed = false;
        ddb_answer(request, 200, "{'Responses':{},'UnprocessedKeys':%s}", left);
        free(left);
        return;
    }
    buf_init(&items, 1 << 16);
    json_array_foreach(json_object_get(json_object_get(tables, "extensions"), "Keys"), i, key)
    {
        size_t number = strtoul(ddb_item_text(key, "pk"), NULL, 10);
        const char *sk = ddb_item_text(key, "sk");
        table->n_keys++;
        if (strcmp(sk, table->holders[number] ? "agentID" : "nu") == 0) {
            add_item(&items, number, table->holders[number]);
        }
    }
    ddb_answer(request, 200, "{'Responses':{'extensions':[%s]}}", items.data);
    buf_release(&items);
}

static void answer(void *context, const struct ddb_request *request)
{
    if (strcmp(request->operation, "BatchGetItem") == 0) {
        answer_keys(context, request);
    } else if (json_object_get(request->body, "IndexName")) {
        answer_index(context, request);
    } else if (strcmp(request->operation, "Query") == 0) {
        answer_trail(context, request);
    }
}

/* ---- what is done with it -------------------------------------------------------------------- */

static void at(struct table *table, const char *time)
{
    assert_true(clock_parse(time, &table->bench.now_ms));
}

static int set_up(void **state)
{
    struct table *table = calloc(1, sizeof *table);
    ddb_bench_open(&table->bench, answer, table);
    policy_default(&table->policy);
    at(table, "2026-11-20T12:00:00.000Z");
    *state = table;
    return 0;
}

static int tear_down(void **state)
{
    struct table *table = *state;
    snapshot_unref(table->seen);
    ddb_bench_close(&table->bench);
    free(table);
    return 0;
}

/* Somebody assigns the number at that time. */
static void assign(struct table *table, const char *time, size_t number, const char *agent)
{
    struct record *record = &table->records[table->n_records++];
    int64_t at_ms = 0;
    assert_true(clock_parse(time, &at_ms));
    ddb_audit_pk(at_ms, record->pk);
    snprintf(record->sk, sizeof record->sk, "%s#id-%zu#000001", time, table->n_records);
    snprintf(record->ext, sizeof record->ext, "%04u", (unsigned)(number % NUMBERS));
    table->holders[number] = agent;
}

static enum err_code try_refresh(struct table *table, bool whole, struct store_changes *changes)
{
    struct err err = ERR_INIT;
    const struct store_since since = {.snapshot = table->seen, .whole = whole};
    struct store *store = table->bench.store;
    table->n_keys = 0;
    enum err_code code =
        store->ops->read_changes(store, &table->policy, &since, NULL, changes, &err);
    if (code == ERR_OK) {
        snapshot_unref(table->seen);
        table->seen = snapshot_ref(changes->snapshot);
    }
    return code;
}

/* Refreshes; returns how many records were new. What is known is what the table has. */
static size_t refresh_as(struct table *table, bool whole)
{
    struct store_changes changes;
    assert_int_equal(try_refresh(table, whole, &changes), ERR_OK);
    size_t n = changes.records.n;
    for (size_t i = 0; i < NUMBERS; i++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%04u", (unsigned)i);
        const struct slot *slot = snapshot_find(table->seen, ext);
        assert_non_null(slot);
        assert_int_equal(slot->state, table->holders[i] ? SLOT_ASSIGNED : SLOT_FREE);
        if (table->holders[i]) {
            assert_string_equal(slot->agent, table->holders[i]);
        }
    }
    store_changes_release(&changes);
    return n;
}

static size_t refresh(struct table *table)
{
    return refresh_as(table, false);
}

static void one_request_if_nothing_was_written(void **state)
{
    struct table *table = *state;
    refresh(table);
    size_t before = ddb_bench_count(&table->bench, "Query");
    assert_int_equal(refresh(table), 0);
    assert_int_equal(ddb_bench_count(&table->bench, "Query"), before + 1);
    assert_int_equal(ddb_bench_count(&table->bench, "BatchGetItem"), 0);
}

static void the_items_that_changed_are_read_by_key(void **state)
{
    struct table *table = *state;
    refresh(table);
    assign(table, "2026-11-20T12:00:10.000Z", 3, "alice");
    at(table, "2026-11-20T12:00:20.000Z");
    size_t before = ddb_bench_count(&table->bench, "Query");
    assert_int_equal(refresh(table), 1);
    assert_int_equal(ddb_bench_count(&table->bench, "Query"), before + 1);
    assert_int_equal(table->n_keys, 3); /* the three records that a number can have */
    at(table, "2026-11-20T12:00:30.000Z");
    assert_int_equal(refresh(table), 0);
    assert_int_equal(table->n_keys, 0); /* it is known */
}

/* Sent before the last reading, arrived after it. */
static void a_record_that_is_late(void **state)
{
    struct table *table = *state;
    refresh(table);
    assign(table, "2026-11-20T12:00:30.000Z", 3, "alice");
    at(table, "2026-11-20T12:00:40.000Z");
    assert_int_equal(refresh(table), 1);
    assign(table, "2026-11-20T12:00:25.000Z", 4, "bob");
    at(table, "2026-11-20T12:02:00.000Z");
    assert_int_equal(refresh(table), 1);
    assert_int_equal(refresh(table), 0);
}

static void over_the_edge_of_a_month(void **state)
{
    struct table *table = *state;
    at(table, "2026-11-30T23:59:40.000Z");
    refresh(table);
    assign(table, "2026-11-30T23:59:50.000Z", 3, "alice");
    assign(table, "2026-12-01T00:00:05.000Z", 4, "bob");
    at(table, "2026-12-01T00:00:10.000Z");
    assert_int_equal(refresh(table), 2);
    assign(table, "2026-11-30T23:59:59.000Z", 5, "carol"); /* late, in the month before */
    at(table, "2026-12-01T00:00:20.000Z");
    assert_int_equal(refresh(table), 1);
    at(table, "2026-12-01T00:10:00.000Z");
    assert_int_equal(refresh(table), 0);
    size_t before = ddb_bench_count(&table->bench, "Query");
    at(table, "2026-12-01T00:20:00.000Z");
    assert_int_equal(refresh(table), 0);
    assert_int_equal(ddb_bench_count(&table->bench, "Query"), before + 1); /* one month again */
}

static void records_come_in_pages(void **state)
{
    struct table *table = *state;
    static const char *const agents[] = {"a", "b", "c", "d", "e", "f", "g"};
    refresh(table);
    for (size_t i = 0; i < 7; i++) {
        char time[CLOCK_TEXT_MAX];
        snprintf(time, sizeof time, "2026-11-20T12:00:1%u.000Z", (unsigned)i);
        assign(table, time, i, agents[i]);
    }
    at(table, "2026-11-20T12:00:30.000Z");
    assert_int_equal(refresh(table), 7);
    assert_int_equal(table->n_keys, 21);
}

static void what_is_left_unprocessed_is_asked_again(void **state)
{
    struct table *table = *state;
    refresh(table);
    assign(table, "2026-11-20T12:00:10.000Z", 3, "alice");
    at(table, "2026-11-20T12:00:20.000Z");
    table->unprocessed = true;
    assert_int_equal(refresh(table), 1);
    assert_int_equal(ddb_bench_count(&table->bench, "BatchGetItem"), 2);
}

/* What was read before the error is not lost. */
static void after_an_error_it_is_told_again(void **state)
{
    struct table *table = *state;
    struct store_changes changes;
    refresh(table);
    assign(table, "2026-11-20T12:00:10.000Z", 3, "alice");
    at(table, "2026-11-20T12:00:20.000Z");
    table->broken = true;
    assert_int_not_equal(try_refresh(table, false, &changes), ERR_OK);
    assert_null(changes.snapshot);
    table->broken = false;
    at(table, "2026-11-20T12:00:30.000Z");
    assert_int_equal(refresh(table), 1);
}

/* The index shows what was: a whole read does not take it for a change. */
static void an_index_that_lags(void **state)
{
    struct table *table = *state;
    refresh(table);
    assign(table, "2026-11-20T12:00:10.000Z", 3, "alice");
    table->stale[3] = NULL;
    at(table, "2026-11-20T12:00:20.000Z");
    refresh(table);
    assign(table, "2026-11-20T12:00:21.000Z", 3, "bob");
    table->stale[3] = "alice";
    at(table, "2026-11-20T12:00:25.000Z");
    assert_int_equal(refresh_as(table, true), 1);
    assert_int_equal(refresh(table), 0);
}

/* What has no record is seen by a whole read. */
static void another_program_wrote(void **state)
{
    struct table *table = *state;
    refresh(table);
    table->holders[6] = "mallory";
    assert_int_equal(refresh_as(table, true), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(one_request_if_nothing_was_written),
        CASE(the_items_that_changed_are_read_by_key),
        CASE(a_record_that_is_late),
        CASE(over_the_edge_of_a_month),
        CASE(records_come_in_pages),
        CASE(what_is_left_unprocessed_is_asked_again),
        CASE(after_an_error_it_is_told_again),
        CASE(an_index_that_lags),
        CASE(another_program_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
