#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/stop.h"

#define NOW_MS 1000000

static void nobody_asked(void **state)
{
    (void)state;
    struct stop stop;
    stop_init(&stop);
    assert_int_equal(stop_level(&stop), CANCEL_NO);
    assert_int_equal(stop_level_at(&stop, INT64_MAX), CANCEL_NO);
}

static void one_request_hardens_by_itself(void **state)
{
    (void)state;
    struct stop stop = {.soft_at_ms = NOW_MS};
    assert_int_equal(stop_level_at(&stop, NOW_MS), CANCEL_SOFT);
    assert_int_equal(stop_level_at(&stop, NOW_MS + STOP_SOFT_MS - 1), CANCEL_SOFT);
    assert_int_equal(stop_level_at(&stop, NOW_MS + STOP_SOFT_MS), CANCEL_HARD);
    assert_int_equal(stop_level_at(&stop, NOW_MS + STOP_SOFT_MS + STOP_HARD_MS - 1), CANCEL_HARD);
    assert_int_equal(stop_level_at(&stop, NOW_MS + STOP_SOFT_MS + STOP_HARD_MS), CANCEL_NOW);
    assert_true(STOP_SOFT_MS + STOP_HARD_MS < 5000);
}

static void a_second_one_is_for_now(void **state)
{
    (void)state;
    struct stop stop;
    stop_init(&stop);
    stop_ask(&stop);
    assert_int_not_equal(stop_level(&stop), CANCEL_NO);
    assert_int_not_equal(stop_level(&stop), CANCEL_NOW);
    stop_ask(&stop);
    assert_int_equal(stop_level(&stop), CANCEL_NOW);
    stop_init(&stop);
    assert_int_equal(stop_level(&stop), CANCEL_NO);
}

static void what_is_cut_off_may_still_ask(void **state)
{
    (void)state;
    struct stop stop = {.hard_at_ms = NOW_MS};
    assert_int_equal(stop_level_at(&stop, NOW_MS), CANCEL_HARD);
    assert_int_equal(stop_level_at(&stop, NOW_MS + STOP_HARD_MS), CANCEL_NOW);
    stop = (struct stop){.soft_at_ms = NOW_MS - 100, .hard_at_ms = NOW_MS};
    assert_int_equal(stop_level_at(&stop, NOW_MS), CANCEL_HARD);
    stop = (struct stop){.soft_at_ms = NOW_MS - STOP_SOFT_MS - 500, .hard_at_ms = NOW_MS};
    assert_int_equal(stop_level_at(&stop, NOW_MS - 500 + STOP_HARD_MS), CANCEL_NOW);
    stop_init(&stop);
    stop_cut(&stop);
    assert_int_equal(stop_level(&stop), CANCEL_HARD);
    stop_ask(&stop);
    assert_int_equal(stop_level(&stop), CANCEL_NOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_asked),
        cmocka_unit_test(one_request_hardens_by_itself),
        cmocka_unit_test(a_second_one_is_for_now),
        cmocka_unit_test(what_is_cut_off_may_still_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
