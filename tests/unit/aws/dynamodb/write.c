/* Transactions that do not go as they should: lost, busy, cancelled, refused, stopped. */

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

#define ACTION_ID "20260102T030405000Z-k3f9q2"

/* ---- plans --------------------------------------------------------------------------------- */

struct world {
    struct ddb_bench bench;
    struct snapshot *snapshot;
    struct plan *plan;
    struct progress progress;
    size_t answered;    /* a counter for the tests */
    char tokens[8][64]; /* of TransactWriteItems, in order */
    size_t n_tokens;
    bool flag;
};

static void keep_token(struct world *world, const struct ddb_request *request)
{
    const char *token = json_string_value(json_object_get(request->body, "ClientRequestToken"));
    if (token && world->n_tokens < 8) {
        snprintf(world->tokens[world->n_tokens++], sizeof world->tokens[0], "%s", token);
    }
}

/* A plan to assign `n` numbers, from 0000 on, to agent0 ... */
static void world_open(struct world *world, size_t n, ddb_answer_fn answer)
{
    *world = (struct world){.answered = 0};
    ddb_bench_open(&world->bench, answer, world);
    world->snapshot = snapshot_new();
    for (size_t i = 0; i < n; i++) {
        char ext[24];
        snprintf(ext, sizeof ext, "%04zu", i);
        struct slot *slot = snapshot_add(world->snapshot, ext);
        slot->state = SLOT_FREE;
        slot->records = RECORD_FREE;
    }
    snapshot_seal(world->snapshot);
    world->plan = plan_new("sync", world->snapshot, NULL, 1000);
    for (size_t i = 0; i < n; i++) {
        const struct slot *before = &world->snapshot->slots[i];
        char login[32];
        snprintf(login, sizeof login, "agent%zu", i);
        struct change *change = plan_add(world->plan, CHANGE_ASSIGN, before->ext, login, 1, "new");
        change->steps[0].before = before;
        change->steps[0].after = *before;
        change->steps[0].after.state = SLOT_ASSIGNED;
        change->steps[0].after.records = RECORD_ASSIGNED;
        change->steps[0].after.agent = change->agent;
        change->steps[0].after.at_s = 1000;
    }
}

static enum err_code world_apply(struct world *world, struct err *err)
{
    const struct apply_context context = {
        .action_id = ACTION_ID, .actor = "me", .at_ms = HTTP_FAKE_EPOCH_MS};
    const struct progress *progress = world->progress.cancel ? &world->progress : NULL;
    enum err_code code =
        world->bench.store->ops->apply(world->bench.store, world->plan, &context, progress, err);
    assert_int_equal(plan_results(world->plan, RESULT_PLANNED), 0);
    return code;
}

static void world_close(struct world *world)
{
    plan_free(world->plan);
    snapshot_unref(world->snapshot);
    ddb_bench_close(&world->bench);
}

static void expect_results(const struct world *world, size_t done, size_t conflict, size_t failed,
                           size_t rest)
{
    assert_int_equal(plan_results(world->plan, RESULT_DONE), done);
    assert_int_equal(plan_results(world->plan, RESULT_CONFLICT), conflict);
    assert_int_equal(plan_results(world->plan, RESULT_FAILED), failed);
    assert_int_equal(plan_results(world->plan, RESULT_SKIPPED) +
                         plan_results(world->plan, RESULT_NOT_TRIED),
                     rest);
}

static bool is(const struct ddb_request *request, const char *operation)
{
    return strcmp(request->operation, operation) == 0;
}

/* ---- all goes well ----------------------------------------------------------------------------
 */

static void answer_well(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    assert_true(is(request, "TransactWriteItems"));
    keep_token(world, request);
    size_t last = ddb_action_count(request) - 1;
    assert_string_equal(ddb_action_pk(request, last), "audit#2026-01");
    assert_non_null(
        strstr(ddb_action_sk(request, last), "2026-01-02T03:04:05.000Z#" ACTION_ID "#"));
    ddb_answer(request, 200,
               "{'ConsumedCapacity':[{'TableName':'x','CapacityUnits':8,'WriteCapacityUnits':8}]}");
}

static void as_few_requests_as_can_be_and_sixteen_under_way(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1000, answer_well);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 1000, 0, 0, 0);
    assert_int_equal(ddb_bench_count(&world.bench, "TransactWriteItems"), 31); /* 1000 / 33 */
    assert_int_equal(world.bench.fake->most_in_flight, 16);
    assert_string_not_equal(world.tokens[0], world.tokens[1]);
    struct port_info facts;
    port_info_init(&facts);
    world.bench.store->ops->facts(world.bench.store, &facts);
    assert_string_equal(port_info_get(&facts, "read_units"), "0.0");
    assert_string_equal(port_info_get(&facts, "write_units"), "248.0");
    assert_string_equal(port_info_get(&facts, "table"), "extensions");
    assert_string_equal(port_info_get(&facts, "region"), "eu-west-1");
    port_info_release(&facts);
    world_close(&world);
}

static void nothing_to_do_is_no_request(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_well);
    for (size_t i = 0; i < 3; i++) {
        world.plan->changes[i].left_out = true;
    }
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 0, 0, 0, 3);
    assert_int_equal(world.bench.fake->n_requests, 0);
    world_close(&world);
}

static void a_login_that_is_no_key_fails_alone(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_well);
    world.plan->changes[1].steps[0].after.agent = "zo\xEB";
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 2, 0, 1, 0);
    assert_non_null(strstr(world.plan->changes[1].detail, "UTF-8"));
    world_close(&world);
}

static void a_group_that_no_transaction_holds_fails_whole(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 40, answer_well);
    for (size_t i = 2; i < 40; i++) {
        world.plan->changes[i].group = 1;
    }
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 2, 0, 38, 0);
    assert_non_null(strstr(world.plan->changes[39].detail, "one transaction"));
    world_close(&world);
}

static void who_shares_an_agent_waits(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_well);
    world.plan->changes[2].steps[0].after.agent = world.plan->changes[0].agent;
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    assert_int_equal(ddb_bench_count(&world.bench, "TransactWriteItems"), 2);
    assert_int_equal(world.bench.fake->most_in_flight, 1);
    world_close(&world);
}

/* ---- busy and throttled --------------------------------------------------------------------- */

static void answer_busy(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    static const char *const codes[] = {"TransactionConflict", "ThrottlingError",
                                        "ProvisionedThroughputExceeded"};
    keep_token(world, request);
    if (request->number <= 3) {
        const struct ddb_reason reason = {request->number, codes[request->number - 1]};
        ddb_answer_cancelled(request, &reason, 1);
    }
}

static void what_passes_is_tried_again_with_the_same_token(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 5, answer_busy);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 5, 0, 0, 0);
    assert_int_equal(world.n_tokens, 4);
    for (size_t i = 1; i < 4; i++) {
        assert_string_equal(world.tokens[i], world.tokens[0]);
    }
    /* Half of 40, then 100 and 200 doubled, each with the jitter of 0.5; and 10 an answer. */
    assert_int_equal(world.bench.fake->ticks, 4 * 10 + 21 + 101 + 201);
    world_close(&world);
}

static void answer_half_throttled(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    if (++world->answered % 2 == 0) {
        const struct ddb_reason reason = {0, "ThrottlingError"};
        ddb_answer_cancelled(request, &reason, 1);
    }
}

static void a_table_that_throttles_half_of_all_writes(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 2000, answer_half_throttled);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 2000, 0, 0, 0);
    world_close(&world);
}

static void answer_never(void *context, const struct ddb_request *request)
{
    (void)context;
    const struct ddb_reason reason = {0, "ThrottlingError"};
    ddb_answer_cancelled(request, &reason, 1);
}

static void what_never_passes_ends(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 2, answer_never);
    assert_int_equal(world_apply(&world, &err), ERR_THROTTLED);
    expect_results(&world, 0, 0, 2, 0);
    assert_int_equal(ddb_bench_count(&world.bench, "TransactWriteItems"), 41);
    world_close(&world);
}

/* ---- cancelled: somebody lost -----------------------------------------------------------------
 */

/* The second of three: 0001 is bob's now. */
static void answer_one_lost(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    keep_token(world, request);
    if (is(request, "BatchGetItem")) {
        ddb_answer(request, 200,
                   "{'Responses':{'extensions':[{'pk':{'S':'0001'},'sk':{'S':'agentID'},"
                   "'sk_value':{'S':'bob'}},{'pk':{'S':'agent#bob'},'sk':{'S':'claim'},"
                   "'ext':{'S':'0001'}}]}}");
    } else if (request->number == 1) {
        const struct ddb_reason reasons[] = {{3, "ConditionalCheckFailed"},
                                             {4, "ConditionalCheckFailed"}};
        ddb_answer_cancelled(request, reasons, 2);
    } else {
        assert_int_equal(ddb_action_count(request), 7);
    }
}

static void the_rest_goes_on_without_the_one_that_lost(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_one_lost);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 2, 1, 0, 0);
    assert_int_equal(world.plan->changes[1].result, RESULT_CONFLICT);
    assert_string_equal(world.plan->changes[1].detail, "0001 is assigned to bob");
    assert_string_not_equal(world.tokens[0], world.tokens[1]);
    assert_int_equal(ddb_bench_count(&world.bench, "BatchGetItem"), 1);
    world_close(&world);
}

/* agent0's claim names 0077. */
static void answer_claim(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    if (is(request, "BatchGetItem")) {
        ddb_answer(
            request, 200,
            "{'Responses':{'extensions':[{'pk':{'S':'agent#agent0'},'sk':{'S':'claim'},"
            "'ext':{'S':'0077'}},{'pk':{'S':'0000'},'sk':{'S':'nu'},'sk_value':{'S':'0000'}},"
            "{'pk':{'S':'0077'},'sk':{'S':'agentID'},'sk_value':{'S':'%s'}}]}}",
            world->flag ? "agent0" : "bob");
    } else if (request->number == 1) {
        const struct ddb_reason reason = {2, "ConditionalCheckFailed"};
        ddb_answer_cancelled(request, &reason, 1);
    } else {
        /* Over the stale claim, as long as 0077 is not agent0's. */
        assert_int_equal(ddb_action_count(request), 5);
        assert_string_equal(ddb_action_pk(request, 3), "0077");
        world->answered++;
    }
}

static void who_holds_one_already_is_left_alone_by_a_sync(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1, answer_claim);
    world.flag = true;
    world.plan->changes[0].any_number = true;
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 0, 0, 0, 1);
    assert_string_equal(world.plan->changes[0].detail, "already applied: agent0 holds 0077 now");
    world_close(&world);
}

static void a_claim_that_the_old_program_left_behind_is_written_over(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1, answer_claim);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 1, 0, 0, 0);
    assert_int_equal(world.answered, 1);
    world_close(&world);
}

/* Conditions that fail though everything is as it was seen. */
static void answer_always_lost(void *context, const struct ddb_request *request)
{
    (void)context;
    if (is(request, "BatchGetItem")) {
        ddb_answer(request, 200,
                   "{'Responses':{'extensions':[{'pk':{'S':'0000'},'sk':{'S':'nu'},"
                   "'sk_value':{'S':'0000'}}]}}");
    } else {
        const struct ddb_reason reason = {1, "ConditionalCheckFailed"};
        ddb_answer_cancelled(request, &reason, 1);
    }
}

static void who_loses_again_and_again_is_given_up(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1, answer_always_lost);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 0, 1, 0, 0);
    assert_int_equal(ddb_bench_count(&world.bench, "TransactWriteItems"), 9);
    world_close(&world);
}

static void answer_invalid_item(void *context, const struct ddb_request *request)
{
    (void)context;
    if (request->number == 1) {
        const struct ddb_reason reason = {4, "ValidationError"};
        ddb_answer_cancelled(request, &reason, 1);
    }
}

static void what_the_service_finds_invalid_fails_alone(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_invalid_item);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 2, 0, 1, 0);
    assert_string_equal(world.plan->changes[1].detail, "because");
    world_close(&world);
}

static void answer_without_reasons(void *context, const struct ddb_request *request)
{
    (void)context;
    ddb_answer_error(request, 400, "TransactionCanceledException");
}

static void a_cancellation_without_reasons_ends(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_without_reasons);
    assert_int_equal(world_apply(&world, &err), ERR_SERVICE);
    expect_results(&world, 0, 0, 3, 0);
    world_close(&world);
}

/* ---- lost answers -----------------------------------------------------------------------------
 */

/* The first four attempts (all that the client makes) are lost; the record says whether it was
   carried out. */
static void answer_lost(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    keep_token(world, request);
    if (is(request, "GetItem")) {
        assert_string_equal(ddb_action_pk(request, 0), "audit#2026-01");
        assert_true(json_is_true(json_object_get(request->body, "ConsistentRead")));
        ddb_answer(request, 200, world->flag ? "{'Item':{'pk':{'S':'audit#2026-01'}}}" : "{}");
    } else if (request->number <= 4) {
        ddb_answer_lost(request);
    }
}

static void the_record_tells_that_it_was_carried_out(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_lost);
    world.flag = true;
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 3, 0, 0, 0);
    assert_int_equal(ddb_bench_count(&world.bench, "TransactWriteItems"), 4);
    world_close(&world);
}

static void without_a_record_it_is_sent_again_with_its_token(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_lost);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 3, 0, 0, 0);
    assert_int_equal(ddb_bench_count(&world.bench, "TransactWriteItems"), 5);
    assert_string_equal(world.tokens[4], world.tokens[0]);
    world_close(&world);
}

/* The token is forgotten and the attempt evaluated anew: the record is in its own way. */
static void answer_recorded(void *context, const struct ddb_request *request)
{
    (void)context;
    const struct ddb_reason reasons[] = {{0, "ConditionalCheckFailed"},
                                         {1, "ConditionalCheckFailed"},
                                         {2, "ConditionalCheckFailed"},
                                         {3, "ConditionalCheckFailed"}};
    ddb_answer_cancelled(request, reasons, 4);
}

static void a_record_that_is_there_means_it_was_carried_out_before(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1, answer_recorded);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 1, 0, 0, 0);
    assert_int_equal(world.bench.fake->n_requests, 1);
    world_close(&world);
}

/* No write comes through any more; reads and single writes do. */
static void answer_lost_for_good(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    if (is(request, "TransactWriteItems")) {
        ddb_answer_lost(request);
    } else if (is(request, "PutItem")) {
        assert_string_equal(ddb_action_pk(request, 0), "audit#2026-01");
        if (world->flag) {
            ddb_answer_error(request, 400, "ConditionalCheckFailedException");
        }
    } else if (world->flag && ddb_bench_count(request->bench, "PutItem") > 0) {
        ddb_answer(request, 200, "{'Item':{'changes':{'S':'[{}]'}}}");
    }
}

static void what_stays_unknown_is_found_out_at_the_end(void **state)
{
    (void)state;
    for (int carried_out = 0; carried_out < 2; carried_out++) {
        struct world world;
        struct err err = ERR_INIT;
        world_open(&world, 3, answer_lost_for_good);
        world.flag = carried_out == 1;
        assert_int_equal(world_apply(&world, &err), ERR_OFFLINE);
        assert_int_equal(ddb_bench_count(&world.bench, "PutItem"), 1);
        expect_results(&world, carried_out ? 3 : 0, 0, carried_out ? 0 : 3, 0);
        world_close(&world);
    }
}

static void answer_nothing(void *context, const struct ddb_request *request)
{
    (void)context;
    ddb_answer_lost(request);
}

static void what_cannot_be_found_out_is_said_so(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 3, answer_nothing);
    assert_int_equal(world_apply(&world, &err), ERR_OFFLINE);
    assert_int_equal(plan_results(world.plan, RESULT_IN_DOUBT), 3);
    assert_non_null(strstr(world.plan->changes[0].detail, "not known whether it was written: "));
    world_close(&world);
}

static void answer_in_progress(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    keep_token(world, request);
    if (request->number <= 4) {
        ddb_answer_error(request, 400, "TransactionInProgressException");
    }
}

static void an_attempt_that_is_still_under_way_is_waited_for(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1, answer_in_progress);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 1, 0, 0, 0);
    assert_string_equal(world.tokens[4], world.tokens[0]);
    assert_true(world.bench.fake->ticks > 5000);
    world_close(&world);
}

static void answer_mismatch(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    if (is(request, "TransactWriteItems")) {
        ddb_answer_error(request, 400, "IdempotentParameterMismatchException");
    } else if (is(request, "GetItem") && world->flag) {
        ddb_answer(request, 200, "{'Item':{'pk':{'S':'x'}}}");
    }
}

static void a_token_that_means_something_else_is_an_error(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1, answer_mismatch);
    assert_int_equal(world_apply(&world, &err), ERR_SERVICE);
    assert_non_null(strstr(err.text, "IdempotentParameterMismatch"));
    expect_results(&world, 0, 0, 1, 0);
    world_close(&world);
    world_open(&world, 1, answer_mismatch);
    world.flag = true;
    err_clear(&err);
    assert_int_equal(world_apply(&world, &err), ERR_OK);
    expect_results(&world, 1, 0, 0, 0);
    world_close(&world);
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static void answer_denied(void *context, const struct ddb_request *request)
{
    (void)context;
    if (request->number > 2) {
        ddb_answer_error(request, 400, "AccessDeniedException");
    }
}

static void a_refusal_stops_the_rest(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1000, answer_denied);
    assert_int_equal(world_apply(&world, &err), ERR_DENIED);
    assert_int_equal(ddb_bench_count(&world.bench, "TransactWriteItems"), 18);
    expect_results(&world, 66, 0, 16 * 33, 1000 - 66 - 16 * 33);
    assert_non_null(strstr(world.plan->changes[100].detail, "dynamodb:PutItem"));
    world_close(&world);
}

static enum cancel cancel_after_two(void *context)
{
    struct world *world = context;
    return world->answered >= 2 ? (world->flag ? CANCEL_HARD : CANCEL_SOFT) : CANCEL_NO;
}

static void answer_and_count(void *context, const struct ddb_request *request)
{
    struct world *world = context;
    if (is(request, "TransactWriteItems")) {
        world->answered++;
    } else if (is(request, "PutItem") && request->number % 2 == 0) {
        ddb_answer_error(request, 400, "ConditionalCheckFailedException");
    } else if (is(request, "GetItem")) {
        ddb_answer(request, 200, "{'Item':{'changes':{'S':'[{}]'}}}");
    }
}

static void stopped_softly_what_is_under_way_is_finished(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1000, answer_and_count);
    world.progress = (struct progress){.context = &world, .cancel = cancel_after_two};
    assert_int_equal(world_apply(&world, &err), ERR_CANCELLED);
    assert_int_equal(world.answered, 16);
    expect_results(&world, 16 * 33, 0, 0, 1000 - 16 * 33);
    world_close(&world);
}

/* Sixteen are under way, and of every other one the record is there. */
static void stopped_hard_what_was_carried_out_is_found_out(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1000, answer_and_count);
    world.progress = (struct progress){.context = &world, .cancel = cancel_after_two};
    world.flag = true;
    assert_int_equal(world_apply(&world, &err), ERR_CANCELLED);
    assert_int_equal(ddb_bench_count(&world.bench, "PutItem"), 16);
    expect_results(&world, 8 * 33, 0, 0, 1000 - 8 * 33);
    world_close(&world);
}

static enum cancel hard_then_now(void *context)
{
    struct world *world = context;
    bool asks = ddb_bench_count(&world->bench, "PutItem") > 0;
    return world->answered < 2 ? CANCEL_NO : asks ? CANCEL_NOW : CANCEL_HARD;
}

/* Sixteen are under way; the questions after them end with the next level of the stop. */
static void stopped_for_now_what_is_not_known_is_in_doubt(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1000, answer_and_count);
    world.progress = (struct progress){.context = &world, .cancel = hard_then_now};
    assert_int_equal(world_apply(&world, &err), ERR_CANCELLED);
    size_t done = plan_results(world.plan, RESULT_DONE);
    size_t in_doubt = plan_results(world.plan, RESULT_IN_DOUBT);
    assert_true(in_doubt >= 14 * 33);
    assert_int_equal(done + in_doubt + plan_results(world.plan, RESULT_NOT_TRIED), 1000);
    assert_non_null(strstr(err.text, " of them in doubt"));
    world_close(&world);
}

static void answer_no_table(void *context, const struct ddb_request *request)
{
    (void)context;
    if (is(request, "ListTables")) {
        ddb_answer(request, 200, "{'TableNames':['agents','extension']}");
    } else {
        ddb_answer_error(request, 400, "ResourceNotFoundException");
    }
}

static void a_missing_table_names_those_that_are_there(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    world_open(&world, 1, answer_no_table);
    assert_int_equal(world_apply(&world, &err), ERR_NOT_FOUND);
    assert_string_equal(err.text, "there is no table extensions in eu-west-1");
    assert_non_null(strstr(err.hint, "agents, extension\n"));
    assert_non_null(strstr(err.hint, "--init"));
    expect_results(&world, 0, 0, 0, 1);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_few_requests_as_can_be_and_sixteen_under_way),
        cmocka_unit_test(nothing_to_do_is_no_request),
        cmocka_unit_test(a_login_that_is_no_key_fails_alone),
        cmocka_unit_test(a_group_that_no_transaction_holds_fails_whole),
        cmocka_unit_test(who_shares_an_agent_waits),
        cmocka_unit_test(what_passes_is_tried_again_with_the_same_token),
        cmocka_unit_test(a_table_that_throttles_half_of_all_writes),
        cmocka_unit_test(what_never_passes_ends),
        cmocka_unit_test(the_rest_goes_on_without_the_one_that_lost),
        cmocka_unit_test(who_holds_one_already_is_left_alone_by_a_sync),
        cmocka_unit_test(a_claim_that_the_old_program_left_behind_is_written_over),
        cmocka_unit_test(who_loses_again_and_again_is_given_up),
        cmocka_unit_test(what_the_service_finds_invalid_fails_alone),
        cmocka_unit_test(a_cancellation_without_reasons_ends),
        cmocka_unit_test(the_record_tells_that_it_was_carried_out),
        cmocka_unit_test(without_a_record_it_is_sent_again_with_its_token),
        cmocka_unit_test(a_record_that_is_there_means_it_was_carried_out_before),
        cmocka_unit_test(what_stays_unknown_is_found_out_at_the_end),
        cmocka_unit_test(what_cannot_be_found_out_is_said_so),
        cmocka_unit_test(an_attempt_that_is_still_under_way_is_waited_for),
        cmocka_unit_test(a_token_that_means_something_else_is_an_error),
        cmocka_unit_test(a_refusal_stops_the_rest),
        cmocka_unit_test(stopped_softly_what_is_under_way_is_finished),
        cmocka_unit_test(stopped_hard_what_was_carried_out_is_found_out),
        cmocka_unit_test(stopped_for_now_what_is_not_known_is_in_doubt),
        cmocka_unit_test(a_missing_table_names_those_that_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
