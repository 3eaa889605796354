/* Reading a table: streams, pages, what is in doubt, and answers that are none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "tests/unit/support_aws/ddb_bench.h"

/* ---- a table ------------------------------------------------------------------------------- */

struct table {
    struct ddb_bench bench;
    struct policy policy;
    size_t n_assigned; /* agent00000 on 0000, ... */
    size_t n_free;     /* the numbers behind them */
    size_t fails_at;   /* the Query that fails; 0: none */
    const char *odd_answer;
    const char *tables; /* what ListTables answers; NULL: denied */
    bool doubt;         /* 0000 shows as free too; the table knows which */
    bool unprocessed;   /* the first BatchGetItem leaves a key */
    size_t most_items;  /* in one page */
    bool consistent;    /* some Query asked for it */
};

static void open_table(struct table *table, ddb_answer_fn answer)
{
    *table = (struct table){.n_assigned = 0};
    policy_default(&table->policy);
    ddb_bench_open(&table->bench, answer, table);
}

static enum err_code load(struct table *table, enum load_mode mode, struct snapshot **out,
                          struct err *err)
{
    *out = NULL;
    return table->bench.store->ops->load(table->bench.store, &table->policy, mode, NULL, out, err);
}

static const char *value(const struct ddb_request *request, const char *placeholder)
{
    return ddb_item_text(json_object_get(request->body, "ExpressionAttributeValues"), placeholder);
}

static void add_item(struct buf *items, const char *pk, const char *sk_value)
{
    buf_printf(items, "%s{'pk':{'S':'%s'},'sk_value':{'S':'%s'},'since':{'N':'5'}}",
               items->length > 0 ? "," : "", pk, sk_value);
}

/* The index, as it answers a Query: range, start, direction and limit. */
static void answer_query(struct table *table, const struct ddb_request *request)
{
    const char *sk = value(request, ":k");
    const char *low = value(request, ":a");
    const char *high = value(request, ":b");
    const json_t *from = json_object_get(request->body, "ExclusiveStartKey");
    const char *start = ddb_item_text(from, "sk_value");
    bool backwards = json_is_false(json_object_get(request->body, "ScanIndexForward"));
    size_t limit = (size_t)json_integer_value(json_object_get(request->body, "Limit"));
    bool assigned = strcmp(sk, "agentID") == 0;
    size_t first = assigned ? 0 : table->n_assigned;
    size_t n = assigned ? table->n_assigned : strcmp(sk, "nu") == 0 ? table->n_free : 0;
    table->consistent = table->consistent || json_object_get(request->body, "ConsistentRead");
    struct buf items;
    buf_init(&items, 1 << 22);
    size_t count = 0;
    char pk[24] = "", login[24] = "";
    bool more = false;
    if (table->doubt && !assigned && !low && n < 100) {
        add_item(&items, "0000", "0000");
    }
    for (size_t i = 0; i < n && !more; i++) {
        size_t number = first + (backwards ? n - 1 - i : i);
        char this_pk[24], this_login[24];
        snprintf(this_pk, sizeof this_pk, "%04zu", number);
        snprintf(this_login, sizeof this_login, "%s%0*zu", assigned ? "agent" : "",
                 assigned ? 5 : 4, number);
        bool within = (!low || strcmp(this_login, low) >= 0) &&
                      (!high || strcmp(this_login, high) <= 0) &&
                      (!start || strcmp(this_login, start) > 0);
        more = within && count == limit;
        if (within && !more) {
            memcpy(pk, this_pk, sizeof pk);
            memcpy(login, this_login, sizeof login);
            add_item(&items, pk, login);
            count++;
        }
    }
    table->most_items = count > table->most_items ? count : table->most_items;
    if (more) {
        ddb_answer(request, 200,
                   "{'Items':[%s],'LastEvaluatedKey':{'pk':{'S':'%s'},'sk':{'S':'%s'},"
                   "'sk_value':{'S':'%s'}}}",
                   items.data, pk, sk, login);
    } else {
        ddb_answer(request, 200, "{'Items':[%s]}", items.data);
    }
    buf_release(&items);
}

static void answer_table(void *context, const struct ddb_request *request)
{
    struct table *table = context;
    if (strcmp(request->operation, "BatchGetItem") == 0) {
        bool again = table->unprocessed && request->number == 1;
        ddb_answer(request, 200,
                   "{'Responses':{'extensions':[{'pk':{'S':'0000'},'sk':{'S':'agentID'},"
                   "'sk_value':{'S':'agent00000'},'since':{'N':'5'}}]}%s}",
                   again ? ",'UnprocessedKeys':{'extensions':{'ConsistentRead':true,'Keys':"
                           "[{'pk':{'S':'0000'},'sk':{'S':'held'}}]}}"
                         : "");
    } else if (strcmp(request->operation, "ListTables") == 0) {
        ddb_answer(request, table->tables ? 200 : 400, "%s",
                   table->tables ? table->tables : "{'__type':'x#AccessDeniedException'}");
    } else if (table->fails_at == request->number) {
        ddb_answer(request, 400, "%s", table->odd_answer);
    } else {
        answer_query(table, request);
    }
}

/* ---- normal loads ---------------------------------------------------------------------------- */

static void expect_all(struct table *table, const struct snapshot *snapshot)
{
    assert_int_equal(snapshot->n_slots, table->n_assigned + table->n_free);
    assert_false(snapshot->exact || snapshot->consistent);
    assert_true(snapshot->keeps_claims);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        char ext[24];
        snprintf(ext, sizeof ext, "%04zu", i);
        const struct slot *slot = &snapshot->slots[i];
        assert_string_equal(slot->ext, ext);
        bool assigned = i < table->n_assigned;
        assert_int_equal(slot->state, assigned ? SLOT_ASSIGNED : SLOT_FREE);
        assert_int_equal(slot->records, assigned ? RECORD_ASSIGNED : RECORD_FREE);
    }
}

static void tables_of_all_sizes_are_read_whole(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{0, 0},     {1, 9},      {0, 10000}, {2500, 0},
                                      {2501, 12}, {9500, 500}, {10000, 0}, {5000, 5000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct table table;
        struct snapshot *snapshot = NULL;
        struct err err = ERR_INIT;
        open_table(&table, answer_table);
        table.n_assigned = sizes[i][0];
        table.n_free = sizes[i][1];
        assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), ERR_OK);
        expect_all(&table, snapshot);
        assert_true(table.most_items <= 2500);
        assert_false(table.consistent); /* an index does not take it */
        assert_int_equal(ddb_bench_count(&table.bench, "BatchGetItem"), 0);
        snapshot_unref(snapshot);
        ddb_bench_close(&table.bench);
    }
}

static void a_large_table_takes_two_rounds(void **state)
{
    (void)state;
    struct table table;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    open_table(&table, answer_table);
    table.n_assigned = 9500;
    table.n_free = 500;
    assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), ERR_OK);
    assert_int_equal(table.bench.fake->ticks, 20); /* at 10 ms an answer */
    assert_int_equal(ddb_bench_count(&table.bench, "Query"), 16);
    snapshot_unref(snapshot);
    ddb_bench_close(&table.bench);
}

static void what_is_in_doubt_is_read_from_the_table(void **state)
{
    (void)state;
    struct table table;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    open_table(&table, answer_table);
    table.n_assigned = 3;
    table.n_free = 5;
    table.doubt = true;
    table.unprocessed = true;
    assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), ERR_OK);
    expect_all(&table, snapshot); /* 0000 is not free: the index was late */
    assert_int_equal(ddb_bench_count(&table.bench, "BatchGetItem"), 2);
    snapshot_unref(snapshot);
    ddb_bench_close(&table.bench);
}

static void a_page_that_fails_fails_the_read(void **state)
{
    (void)state;
    for (size_t at = 1; at <= 15; at++) {
        struct table table;
        struct snapshot *snapshot = NULL;
        struct err err = ERR_INIT;
        open_table(&table, answer_table);
        table.n_assigned = 9500;
        table.n_free = 500;
        table.fails_at = at;
        table.odd_answer = "{'__type':'x#AccessDeniedException','message':'no'}";
        assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), ERR_DENIED);
        assert_null(snapshot);
        ddb_bench_close(&table.bench);
    }
}

/* A policy for one table denies what is asked of any other: a wrong name looks so too. */
static void a_denial_may_be_a_wrong_name(void **state)
{
    (void)state;
    static const struct {
        const char *tables; /* NULL: denied as well */
        enum err_code code;
    } samples[] = {
        {NULL, ERR_DENIED},
        {"{'TableNames':['agents','extensions']}", ERR_DENIED},
        {"{'TableNames':['agents'],'LastEvaluatedTableName':'agents'}", ERR_DENIED},
        {"{'TableNames':['agents']}", ERR_NOT_FOUND},
        {"{'TableNames':[]}", ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct table table;
        struct snapshot *snapshot = NULL;
        struct err err = ERR_INIT;
        open_table(&table, answer_table);
        table.fails_at = 1;
        table.odd_answer = "{'__type':'x#AccessDeniedException','message':'no'}";
        table.tables = samples[i].tables;
        assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), samples[i].code);
        const char *said = samples[i].code == ERR_DENIED ? "dynamodb:Query is missing"
                                                         : "there is no table extensions in ";
        assert_non_null(strstr(err.text, said));
        ddb_bench_close(&table.bench);
    }
}

static void answer_nonsense(void *context, const struct ddb_request *request)
{
    const struct table *table = context;
    ddb_answer(request, 200, "%s", table->odd_answer);
}

static void answers_that_are_none_fail_the_read(void **state)
{
    (void)state;
    static const char *const answers[] = {"{}", "{'Items':7}", "{'Items':{}}"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        for (int mode = LOAD_NORMAL; mode <= LOAD_CONSISTENT; mode++) {
            struct table table;
            struct snapshot *snapshot = NULL;
            struct err err = ERR_INIT;
            open_table(&table, answer_nonsense);
            table.odd_answer = answers[i];
            assert_int_equal(load(&table, (enum load_mode)mode, &snapshot, &err), ERR_SERVICE);
            assert_non_null(strstr(err.text, "R1"));
            ddb_bench_close(&table.bench);
        }
    }
}

static void items_that_are_odd_do_not_disturb(void **state)
{
    (void)state;
    struct table table;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    open_table(&table, answer_nonsense);
    table.odd_answer = "{'Items':[7,null,[],{},{'pk':{'S':'0007'},'sk_value':{'S':'a\\u0000'}},"
                       "{'pk':{'N':'7'},'sk_value':{'S':'7'}},{'pk':{'S':'12345'}}]}";
    assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), ERR_INPUT); /* of width 5 */
    assert_non_null(strstr(err.text, "5 digits (12345)"));
    table.odd_answer = "{'Items':[7,null,[],{},{'pk':{'S':'0007'},'sk_value':{'S':'a\\u0000'}},"
                       "{'pk':{'N':'7'},'sk_value':{'S':'7'}}]}";
    err_clear(&err);
    assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), ERR_OK);
    assert_int_equal(snapshot->n_slots, 0);
    snapshot_unref(snapshot);
    ddb_bench_close(&table.bench);
}

static void answer_no_index(void *context, const struct ddb_request *request)
{
    (void)context;
    ddb_answer(request, 400,
               "{'__type':'x#ValidationException','message':"
               "'The table does not have the specified index: skIndex'}");
}

static void a_missing_index_names_the_cure(void **state)
{
    (void)state;
    struct table table;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    open_table(&table, answer_no_index);
    assert_int_equal(load(&table, LOAD_NORMAL, &snapshot, &err), ERR_NOT_FOUND);
    assert_string_equal(err.text, "table extensions has no index skIndex");
    assert_non_null(strstr(err.hint, "--init"));
    ddb_bench_close(&table.bench);
}

/* ---- the whole table --------------------------------------------------------------------------
 */

/* Each segment has two pages: its number as a free extension, then an unknown_item and a claim. */
static void answer_scan(void *context, const struct ddb_request *request)
{
    (void)context;
    int segment = (int)json_integer_value(json_object_get(request->body, "Segment"));
    assert_string_equal(request->operation, "Scan");
    assert_true(json_is_true(json_object_get(request->body, "ConsistentRead")));
    assert_int_equal(json_integer_value(json_object_get(request->body, "TotalSegments")), 8);
    if (!json_object_get(request->body, "ExclusiveStartKey")) {
        ddb_answer(request, 200,
                   "{'Items':[{'pk':{'S':'%04d'},'sk':{'S':'nu'}%s}],"
                   "'LastEvaluatedKey':{'pk':{'S':'x'},'sk':{'S':'y'}}}",
                   segment, segment % 2 == 0 ? "" : ",'sk_value':{'S':'0001'}");
    } else {
        ddb_answer(request, 200,
                   "{'Items':[{'pk':{'S':'agent#a%d'},'sk':{'S':'claim'},'ext':{'S':'0001'}},"
                   "{'pk':{'S':'lobby'},'sk':{'S':'%d'}}]}",
                   segment, segment);
    }
}

static void a_whole_read_has_everything(void **state)
{
    (void)state;
    struct table table;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    open_table(&table, answer_scan);
    assert_int_equal(load(&table, LOAD_CONSISTENT, &snapshot, &err), ERR_OK);
    assert_true(snapshot->consistent && snapshot->exact);
    assert_int_equal(snapshot->n_slots, 5); /* 0000 0001 0002 0004 0006; 3 5 7 say another number */
    assert_int_equal(snapshot->slots[0].records, RECORD_LEAKED);
    assert_int_equal(snapshot->slots[1].records, RECORD_FREE);
    assert_int_equal(snapshot->n_claims, 8);
    assert_string_equal(snapshot->claims[7].agent, "a7");
    assert_int_equal(snapshot->n_unknown_items, 8 + 3);
    assert_int_equal(table.bench.fake->most_in_flight, 8);
    snapshot_unref(snapshot);
    ddb_bench_close(&table.bench);
}

/* ---- stopping ----------------------------------------------------------------------------------
 */

static enum cancel softly(void *context)
{
    const struct table *table = context;
    return table->bench.fake->n_requests > 5 ? CANCEL_SOFT : CANCEL_NO;
}

static void a_read_can_be_stopped(void **state)
{
    (void)state;
    struct table table;
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    open_table(&table, answer_table);
    table.n_assigned = 9500;
    const struct progress progress = {.context = &table, .cancel = softly};
    assert_int_equal(table.bench.store->ops->load(table.bench.store, &table.policy, LOAD_NORMAL,
                                                  &progress, &snapshot, &err),
                     ERR_CANCELLED);
    assert_true(table.bench.fake->n_requests <= 8);
    ddb_bench_close(&table.bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_all_sizes_are_read_whole),
        cmocka_unit_test(a_large_table_takes_two_rounds),
        cmocka_unit_test(what_is_in_doubt_is_read_from_the_table),
        cmocka_unit_test(a_page_that_fails_fails_the_read),
        cmocka_unit_test(a_denial_may_be_a_wrong_name),
        cmocka_unit_test(answers_that_are_none_fail_the_read),
        cmocka_unit_test(items_that_are_odd_do_not_disturb),
        cmocka_unit_test(a_missing_index_names_the_cure),
        cmocka_unit_test(a_whole_read_has_everything),
        cmocka_unit_test(a_read_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
