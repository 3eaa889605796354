#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/demo/demo.h"
#include "core/demo/live.h"

#define NOW_S INT64_C(1795000000)

static struct roster *people(void)
{
    struct roster *roster = roster_new();
    demo_roster(DEMO_SEED, DEMO_AGENTS, roster);
    roster_seal(roster);
    return roster;
}

static size_t count_changed(const struct live *a, const struct live *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_states; i++) {
        n += a->states[i].presence != b->states[i].presence ||
             a->states[i].since_s != b->states[i].since_s;
    }
    return n;
}

static void the_same_moment_shows_the_same(void **state)
{
    (void)state;
    struct roster *roster = people();
    const struct live_wanted wanted = {roster->agents, LIVE_AGENTS_MAX};
    struct live *one = demo_live(&wanted, NOW_S);
    struct live *same = demo_live(&wanted, NOW_S);
    struct live *later = demo_live(&wanted, NOW_S + 60);
    struct live *tomorrow = demo_live(&wanted, NOW_S + 86400);
    assert_int_equal(one->n_states, LIVE_AGENTS_MAX);
    assert_int_equal(one->at_s, NOW_S);
    assert_int_equal(count_changed(one, same), 0);
    assert_in_range(count_changed(one, later), 1, 20);
    assert_in_range(count_changed(one, tomorrow), 60, LIVE_AGENTS_MAX);
    live_free(one);
    live_free(same);
    live_free(later);
    live_free(tomorrow);
    roster_unref(roster);
}

static void all_that_people_do_is_on_one_screen(void **state)
{
    (void)state;
    struct roster *roster = people();
    const struct live_wanted wanted = {roster->agents, LIVE_AGENTS_MAX};
    struct live *live = demo_live(&wanted, NOW_S);
    size_t counts[LIVE_N] = {0};
    for (size_t i = 0; i < live->n_states; i++) {
        const struct live_state *one = &live->states[i];
        counts[one->presence]++;
        assert_string_equal(one->profile, roster->agents[i].routing_profile);
        if (one->presence == LIVE_OFFLINE) {
            assert_null(one->status);
            assert_int_equal(one->since_s, 0);
            continue;
        }
        assert_in_range(NOW_S - one->since_s, 0, 1500);
        assert_int_equal(one->voice_max, 1);
        assert_int_equal(one->voice_used, one->channel == LIVE_VOICE);
        assert_int_equal(one->queue != NULL, one->channel != LIVE_NO_CHANNEL);
    }
    assert_int_equal(counts[LIVE_UNKNOWN], 0);
    assert_true(counts[LIVE_OFFLINE] && counts[LIVE_AVAILABLE] && counts[LIVE_ON_CONTACT]);
    assert_true(counts[LIVE_AFTER_CONTACT] && counts[LIVE_OTHER]);
    live_free(live);
    roster_unref(roster);
}

static void a_contact_has_the_word_of_its_channel(void **state)
{
    (void)state;
    struct live_state one = {.presence = LIVE_ON_CONTACT, .channel = LIVE_VOICE};
    assert_string_equal(live_word(&one), "call");
    one.channel = LIVE_CHAT;
    assert_string_equal(live_word(&one), "chat");
    one.presence = LIVE_AFTER_CONTACT;
    assert_string_equal(live_word(&one), "acw");
    assert_string_equal(live_words(LIVE_OFFLINE), "offline");
    assert_string_equal(live_channel_word(LIVE_NO_CHANNEL), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_moment_shows_the_same),
        cmocka_unit_test(all_that_people_do_is_on_one_screen),
        cmocka_unit_test(a_contact_has_the_word_of_its_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
