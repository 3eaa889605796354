#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "aws/client/client.h"
#include "tests/unit/support_aws/client_world.h"

struct tally {
    int calls, fine, cancelled, denied;
};

static void count(void *context, struct response *reply, const struct err *err)
{
    struct tally *tally = context;
    tally->calls++;
    tally->fine += reply->code == ERR_OK;
    tally->cancelled += reply->code == ERR_CANCELLED;
    tally->denied += reply->code == ERR_DENIED;
    assert_non_null(reply->response);
    assert_int_equal(err->code, reply->code);
}

static void test_many(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_DYNAMODB);
    for (int i = 0; i < 100; i++) {
        http_fake_answer(world.fake, 200, "", "{\"ConsumedCapacity\":{\"CapacityUnits\":1.5}}");
    }
    struct tally tally = {0};
    for (int i = 0; i < 100; i++) {
        client_submit(world.client, &call_query, count, &tally);
    }
    assert_int_equal(tally.calls, 0); // never from within client_submit
    struct err err = ERR_INIT;
    assert_int_equal(http_run(&world.fake->base, &err), ERR_OK);
    assert_int_equal(tally.fine, 100);
    assert_int_equal(world.fake->most_in_flight, 16);
    assert_int_equal(world.fake->ticks, 70); // ceil(100 / 16) rounds of 10 ms
    assert_true(world.statistics.read_units == 150);
    assert_true(world.statistics.write_units == 0);
    world_close(&world);
}

static void expired(struct http_fake *fake)
{
    http_fake_answer(fake, 403, "x-amzn-ErrorType: ExpiredTokenException",
                     "{\"message\":\"The security token included in the request is expired\"}");
}

/* Several calls in flight are refused with the same old token: one renewal is enough. */
static void test_many_expired(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_CONNECT);
    for (int i = 0; i < 8; i++) {
        expired(world.fake);
    }
    for (int i = 0; i < 8; i++) {
        http_fake_answer(world.fake, 200, "", "{}");
    }
    struct tally tally = {0};
    for (int i = 0; i < 8; i++) {
        client_submit(world.client, &call_list, count, &tally);
    }
    struct err err = ERR_INIT;
    assert_int_equal(http_run(&world.fake->base, &err), ERR_OK);
    assert_int_equal(tally.fine, 8);
    assert_int_equal(world.provider.forced, 1);
    world_close(&world);
}

static void test_paced(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_CONNECT);
    world.options.rate = 2;
    world.options.burst = 5;
    world_reopen(&world);
    for (int i = 0; i < 9; i++) {
        http_fake_answer(world.fake, 200, "", "{}");
    }
    struct tally tally = {0};
    for (int i = 0; i < 9; i++) {
        client_submit(world.client, &call_list, count, &tally);
    }
    struct err err = ERR_INIT;
    assert_int_equal(http_run(&world.fake->base, &err), ERR_OK);
    assert_int_equal(tally.fine, 9);
    assert_int_equal(http_fake_request(world.fake, 4)->at_ms, 0);
    for (size_t i = 5; i < 9; i++) {
        int64_t due_ms = world.fake->latency_ms + (int64_t)(i - 4) * 500; // from the first answer
        int64_t at_ms = http_fake_request(world.fake, i)->at_ms;
        assert_true(at_ms >= due_ms && at_ms <= due_ms + 10);
    }
    world_close(&world);
}

/* Else the pace would wait for an answer to what was never sent, for ever. */
static void test_what_is_not_sent_takes_no_turn(void **state)
{
    (void)state;
    struct world world;
    struct tally tally = {0};
    struct err err = ERR_INIT;
    world_open(&world, SERVICE_CONNECT);
    world.options.rate = 2;
    world.options.burst = 2;
    world_reopen(&world);
    world.provider.fails_at = 1;
    for (int i = 0; i < 5; i++) {
        client_submit(world.client, &call_list, count, &tally);
        assert_int_equal(http_run(&world.fake->base, &err), ERR_OK);
    }
    assert_int_equal(tally.calls, 5);
    assert_int_equal(world.fake->n_requests, 0);
    world.provider.fails_at = 0;
    for (int i = 0; i < 2; i++) {
        http_fake_answer(world.fake, 200, "", "{}");
        client_submit(world.client, &call_list, count, &tally);
    }
    assert_int_equal(http_run(&world.fake->base, &err), ERR_OK);
    assert_int_equal(tally.fine, 2);
    assert_int_equal(http_fake_request(world.fake, 1)->at_ms, 0); /* the whole burst was left */
    world_close(&world);
}

static enum cancel cancel_late(void *context)
{
    int *questions = context;
    return (*questions)++ < 6 ? CANCEL_NO : CANCEL_HARD;
}

static void test_cancel(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_CONNECT);
    world.options.rate = 2;
    world.options.burst = 2;
    world_reopen(&world);
    http_fake_answer(world.fake, 200, "", "{}");
    http_fake_answer(world.fake, 429, "", "{}"); // waits for its next attempt
    http_fake_answer(world.fake, 200, "", "{}");
    struct tally tally = {0};
    for (int i = 0; i < 9; i++) {
        client_submit(world.client, &call_list, count, &tally);
    }
    int questions = 0;
    struct progress progress = {.context = &questions, .cancel = cancel_late};
    http_set_progress(&world.fake->base, &progress);
    struct err err = ERR_INIT;
    assert_int_equal(http_run(&world.fake->base, &err), ERR_CANCELLED);
    assert_int_equal(tally.calls, 9);
    assert_true(tally.fine >= 1 && tally.fine <= 2);
    assert_int_equal(tally.cancelled, 9 - tally.fine);
    world.fake->n_unused = 0;
    world_close(&world);
}

static enum cancel cancel_softly(void *context)
{
    const struct http_fake *fake = context;
    return fake->ticks >= 700 ? CANCEL_SOFT : CANCEL_NO;
}

/* A stop is heard in the middle of a long wait, but not where a write may be half known. */
static void test_soft_cancel_while_waiting(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        struct world world;
        world_open(&world, SERVICE_CONNECT);
        if (round == 1) {
            http_fake_fail(world.fake, HTTP_BROKEN, true);
        }
        http_fake_answer(world.fake, 429, "x-amz-retry-after: 4000", "{}");
        http_fake_answer(world.fake, 200, "", "{}");
        struct tally tally = {0};
        struct progress progress = {.context = world.fake, .cancel = cancel_softly};
        http_set_progress(&world.fake->base, &progress);
        client_submit(world.client, &call_list, count, &tally);
        struct err err = ERR_INIT;
        assert_int_equal(http_run(&world.fake->base, &err), ERR_OK);
        assert_int_equal(tally.cancelled, round == 0);
        assert_int_equal(tally.fine, round == 1);
        assert_true(round == 1 || world.fake->ticks <= 1500);
        world.fake->n_unused = 0;
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),   cmocka_unit_test(test_many_expired),
        cmocka_unit_test(test_paced),  cmocka_unit_test(test_what_is_not_sent_takes_no_turn),
        cmocka_unit_test(test_cancel), cmocka_unit_test(test_soft_cancel_while_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
