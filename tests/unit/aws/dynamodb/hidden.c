/* Numbers of the ranges that the index does not show are looked for in the table itself. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support_aws/ddb_bench.h"

#define SEGMENTS 8

/* A pool from 0000 up. The index shows the first numbers as free; of the next ones only the table
   knows; the rest has no item. */
struct table {
    struct ddb_bench bench;
    struct policy policy;
    size_t n_shown;
    size_t n_leaked;
    const char *late; /* this one is assigned by the time of the second look; NULL: none */
    bool refused;     /* the table may not be read by key */
};

static void answer_query(const struct table *table, const struct ddb_request *request)
{
    const json_t *values = json_object_get(request->body, "ExpressionAttributeValues");
    const char *sk = ddb_item_text(values, ":k");
    const char *low = ddb_item_text(values, ":a");
    const char *high = ddb_item_text(values, ":b");
    struct buf items;
    buf_init(&items, 1 << 22);
    for (size_t i = 0; i < table->n_shown && strcmp(sk, "nu") == 0; i++) {
        char ext[24];
        snprintf(ext, sizeof ext, "%04zu", i);
        if ((!low || strcmp(ext, low) >= 0) && (!high || strcmp(ext, high) <= 0)) {
            buf_printf(&items, "%s{'pk':{'S':'%s'},'sk':{'S':'nu'},'sk_value':{'S':'%s'}}",
                       items.length > 0 ? "," : "", ext, ext);
        }
    }
    ddb_answer(request, 200, "{'Items':[%s]}", items.data);
    buf_release(&items);
}

static void add_leaked(struct buf *items, const char *ext)
{
    buf_printf(items, "%s{'pk':{'S':'%s'},'sk':{'S':'nu'}}", items->length > 0 ? "," : "", ext);
}

static void answer_keys(const struct table *table, const struct ddb_request *request)
{
    const json_t *tables = json_object_get(request->body, "RequestItems");
    const json_t *asked = json_object_get(tables, "extensions");
    const json_t *key = NULL;
    size_t i = 0;
    struct buf items;
    assert_true(json_is_true(json_object_get(asked, "ConsistentRead")));
    buf_init(&items, 1 << 20);
    json_array_foreach(json_object_get(asked, "Keys"), i, key)
    {
        const char *ext = ddb_item_text(key, "pk");
        const char *sk = ddb_item_text(key, "sk");
        size_t number = strtoul(ext, NULL, 10);
        bool late = table->late && strcmp(ext, table->late) == 0 && request->number > 1;
        if (strcmp(sk, "nu") == 0 && number >= table->n_shown &&
            number < table->n_shown + table->n_leaked) {
            add_leaked(&items, ext);
        } else if (strcmp(sk, "agentID") == 0 && late) {
            buf_printf(&items, "%s{'pk':{'S':'%s'},'sk':{'S':'agentID'},'sk_value':{'S':'zoe'}}",
                       items.length > 0 ? "," : "", ext);
        }
    }
    ddb_answer(request, 200, "{'Responses':{'extensions':[%s]}}", items.data);
    buf_release(&items);
}

static void answer_scan(const struct table *table, const struct ddb_request *request)
{
    struct buf items;
    assert_true(json_is_true(json_object_get(request->body, "ConsistentRead")));
    buf_init(&items, 1 << 22);
    bool first = json_integer_value(json_object_get(request->body, "Segment")) == 0;
    for (size_t i = 0; i < table->n_shown + table->n_leaked && first; i++) {
        char ext[24];
        snprintf(ext, sizeof ext, "%04zu", i);
        add_leaked(&items, ext);
    }
    ddb_answer(request, 200, "{'Items':[%s]}", items.data);
    buf_release(&items);
}

static void answer(void *context, const struct ddb_request *request)
{
    const struct table *table = context;
    if (strcmp(request->operation, "Query") == 0) {
        answer_query(table, request);
    } else if (strcmp(request->operation, "Scan") == 0) {
        answer_scan(table, request);
    } else if (table->refused) {
        ddb_answer_error(request, 400, "AccessDeniedException");
    } else {
        answer_keys(table, request);
    }
}

static void open_table(struct table *table, const char *ranges)
{
    *table = (struct table){.n_shown = 0};
    policy_default(&table->policy);
    assert_int_equal(policy_set_ranges(&table->policy, ranges, NULL), ERR_OK);
    ddb_bench_open(&table->bench, answer, table);
}

static struct snapshot *load(struct table *table)
{
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    struct store *store = table->bench.store;
    assert_int_equal(store->ops->load(store, &table->policy, LOAD_POOL, NULL, &snapshot, &err),
                     ERR_OK);
    assert_true(snapshot->complete);
    assert_false(snapshot->exact || snapshot->consistent);
    return snapshot;
}

static void close_table(struct table *table, struct snapshot *snapshot)
{
    snapshot_unref(snapshot);
    ddb_bench_close(&table->bench);
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void where_nothing_is_hidden_nothing_is_asked(void **state)
{
    (void)state;
    struct table table;
    open_table(&table, "0000-0099");
    table.n_shown = 100;
    struct snapshot *snapshot = load(&table);
    assert_int_equal(snapshot->n_slots, 100);
    assert_int_equal(ddb_bench_count(&table.bench, "BatchGetItem"), 0);
    assert_int_equal(ddb_bench_count(&table.bench, "Scan"), 0);
    close_table(&table, snapshot);
}

/* Given back without sk_value: it is there, so there is nothing to wait for. */
static void a_leaked_number_is_found_by_key(void **state)
{
    (void)state;
    struct table table;
    open_table(&table, "0000-0099");
    table.n_shown = 98;
    table.n_leaked = 2;
    struct snapshot *snapshot = load(&table);
    assert_int_equal(snapshot->n_slots, 100);
    assert_int_equal(snapshot_find(snapshot, "0098")->records, RECORD_LEAKED);
    assert_int_equal(ddb_bench_count(&table.bench, "BatchGetItem"), 1);
    assert_true(table.bench.fake->ticks < 1000);
    close_table(&table, snapshot);
}

/* The old program may stand between its delete and its put. */
static void what_has_no_item_is_looked_for_twice(void **state)
{
    (void)state;
    struct table table;
    open_table(&table, "0000-0009");
    table.n_shown = 7;
    table.late = "0008";
    struct snapshot *snapshot = load(&table);
    assert_int_equal(ddb_bench_count(&table.bench, "BatchGetItem"), 2);
    assert_true(table.bench.fake->ticks >= 3000);
    assert_int_equal(snapshot->n_slots, 8);
    assert_string_equal(snapshot_find(snapshot, "0008")->agent, "zoe");
    assert_null(snapshot_find(snapshot, "0007"));
    close_table(&table, snapshot);
}

static void many_are_found_by_one_scan(void **state)
{
    (void)state;
    struct table table;
    open_table(&table, "0000-1999");
    table.n_shown = 500;
    table.n_leaked = 1500;
    struct snapshot *snapshot = load(&table);
    assert_int_equal(snapshot->n_slots, 2000);
    assert_int_equal(ddb_bench_count(&table.bench, "Scan"), SEGMENTS);
    assert_int_equal(ddb_bench_count(&table.bench, "BatchGetItem"), 0);
    close_table(&table, snapshot);
}

/* Nobody can have taken a number from a table that has none. */
static void an_empty_table_is_not_waited_for(void **state)
{
    (void)state;
    struct table table;
    open_table(&table, "0000-0009");
    struct snapshot *snapshot = load(&table);
    assert_int_equal(snapshot->n_slots, 0);
    assert_int_equal(ddb_bench_count(&table.bench, "BatchGetItem"), 1);
    assert_true(table.bench.fake->ticks < 1000);
    close_table(&table, snapshot);
}

static void what_may_not_be_asked_is_an_error(void **state)
{
    (void)state;
    struct table table;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    open_table(&table, "0000-0009");
    table.n_shown = 5;
    table.refused = true;
    struct store *store = table.bench.store;
    assert_int_equal(store->ops->load(store, &table.policy, LOAD_POOL, NULL, &snapshot, &err),
                     ERR_DENIED);
    assert_null(snapshot);
    close_table(&table, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_nothing_is_hidden_nothing_is_asked),
        cmocka_unit_test(a_leaked_number_is_found_by_key),
        cmocka_unit_test(what_has_no_item_is_looked_for_twice),
        cmocka_unit_test(many_are_found_by_one_scan),
        cmocka_unit_test(an_empty_table_is_not_waited_for),
        cmocka_unit_test(what_may_not_be_asked_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
