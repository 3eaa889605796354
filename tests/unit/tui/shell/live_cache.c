/* What is known of agents: by their id, fresh for half a minute, and kept longer than that. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tui/shell/live_cache.h"

static const struct agent s_kim = {.login = "kim", .arn = "arn:1"};
static const struct agent s_lee = {.login = "lee"};

static void an_agent_is_known_after_an_answer(void **state)
{
    struct live_cache cache = {.n = 0};
    struct live_state lunch = {.presence = LIVE_OTHER, .status = "Lunch"};
    (void)state;
    assert_null(live_cache_get(&cache, &s_kim));
    assert_false(live_cache_is_fresh(&cache, &s_kim, 0));
    live_cache_put(&cache, &s_kim, &lunch, 1000, 50);
    assert_null(live_cache_get(&cache, &s_lee));
    assert_string_equal(live_cache_get(&cache, &s_kim)->state.status, "Lunch");
    assert_int_equal(live_cache_get(&cache, &s_kim)->at_s, 1000);
    assert_true(live_cache_is_fresh(&cache, &s_kim, 50 + LIVE_FRESH_MS - 1));
    assert_false(live_cache_is_fresh(&cache, &s_kim, 50 + LIVE_FRESH_MS));
    assert_non_null(live_cache_get(&cache, &s_kim)); /* old, and still what is known */
    live_cache_release(&cache);
}

static void a_new_answer_replaces_the_old_one(void **state)
{
    struct live_cache cache = {.n = 0};
    struct live_state call = {.presence = LIVE_ON_CONTACT, .queue = "Sales", .profile = "London"};
    struct live_state off = {.presence = LIVE_OFFLINE};
    (void)state;
    live_cache_put(&cache, &s_lee, &call, 1, 10);
    live_cache_put(&cache, &s_lee, &off, 2, 20);
    const struct live_seen *seen = live_cache_get(&cache, &s_lee);
    assert_int_equal(seen->state.presence, LIVE_OFFLINE);
    assert_null(seen->state.queue);
    assert_int_equal(cache.n, 1);
    live_cache_release(&cache);
}

static void a_user_who_was_made_again_is_another_one(void **state)
{
    struct live_cache cache = {.n = 0};
    struct live_state off = {.presence = LIVE_OFFLINE};
    const struct agent again = {.login = "kim", .arn = "arn:2"};
    (void)state;
    live_cache_put(&cache, &s_kim, &off, 1, 10);
    assert_null(live_cache_get(&cache, &again));
    live_cache_release(&cache);
}

static void many_agents(void **state)
{
    struct live_cache cache = {.n = 0};
    char login[24];
    struct agent agent = {.login = login};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct live_state one = {.presence = LIVE_AVAILABLE, .since_s = i};
        snprintf(login, sizeof login, "agent%d", i);
        live_cache_put(&cache, &agent, &one, i, i);
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(login, sizeof login, "agent%d", i);
        assert_int_equal(live_cache_get(&cache, &agent)->state.since_s, i);
    }
    live_cache_release(&cache);
    assert_null(live_cache_get(&cache, &agent));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agent_is_known_after_an_answer),
        cmocka_unit_test(a_new_answer_replaces_the_old_one),
        cmocka_unit_test(a_user_who_was_made_again_is_another_one),
        cmocka_unit_test(many_agents),
    };
    return cmocka_run_group_tests_name("live_cache", tests, NULL, NULL);
}
