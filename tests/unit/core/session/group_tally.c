#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/session/group_tally.h"
#include "tests/unit/support/world.h"

/* How full each group is. */

static const struct group s_groups[] = {
    {.name = "London", .has_low_water = true, .low_water = {.value = 4}},
    {.name = "Leeds"},
};

/* London has the even tens, Leeds 0010-0019, the others the rest. */
static void divide(struct world *w)
{
    w->policy.groups = s_groups;
    w->policy.n_groups = 2;
    for (size_t i = 0; i < w->policy.n_ranges; i++) {
        bool others = i + 1 == w->policy.n_ranges;
        w->policy.ranges[i].group = others ? GROUP_NONE : (uint16_t)(i % 2);
    }
}

/* "London 0000-0004 2 15: 1 assigned 14 free" a line, and LOW or EXHAUSTED behind it. */
static void expect(const struct group_tallies *tallies, const char *text)
{
    struct buf shown;
    buf_init(&shown, 1 << 16);
    for (size_t i = 0; i < tallies->n; i++) {
        const struct group_tally *tally = &tallies->items[i];
        buf_printf(&shown, "%s %s-%s %zu %d:", tally->name ? tally->name : "-", tally->first,
                   tally->last, tally->n_ranges, (int)tally->total);
        for (int state = 0; state < EXT_STATE_COUNT; state++) {
            if (tally->counts[state] > 0) {
                buf_printf(&shown, " %d %s", (int)tally->counts[state],
                           ext_state_name((enum ext_state)state));
            }
        }
        buf_printf(&shown, "%s%s\n", tally->level.low ? " LOW" : "",
                   tally->level.exhausted ? " EXHAUSTED" : "");
    }
    assert_string_equal(shown.data, text);
    buf_release(&shown);
}

static void each_group_is_counted(void **state)
{
    (void)state;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct group_tallies tallies;
    world_init(&w, "0000-0004 0010-0019 0020-0024 0090-0099");
    divide(&w);
    world_store(&w,
                "0000 alice\n0001 -\n0010 bob\n0011 - carol 2d\n0020 dave\n0090 -held\n0500 eve\n");
    group_tallies_count(w.snapshot, &w.policy, w.now_s, &arena, &tallies);
    expect(&tallies, "London 0000-0004 2 10: 7 absent 1 free 2 assigned\n"
                     "Leeds 0010-0019 1 10: 8 absent 1 cooling 1 assigned\n"
                     "- 0090-0099 1 10: 9 absent 1 reserved\n");
    arena_release(&arena);
    world_release(&w);
}

static void a_group_has_its_own_low_water_mark(void **state)
{
    (void)state;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct group_tallies tallies;
    world_init(&w, "0000-0004 0010-0011 0090-0090");
    divide(&w);
    world_store(&w, "0000 a\n0001 b\n0010 c\n0011 d\n");
    group_tallies_count(w.snapshot, &w.policy, w.now_s, &arena, &tallies);
    expect(&tallies, "London 0000-0004 1 5: 3 absent 2 assigned LOW\n"
                     "Leeds 0010-0011 1 2: 2 assigned LOW EXHAUSTED\n"
                     "- 0090-0090 1 1: 1 absent\n");
    arena_release(&arena);
    world_release(&w);
}

static void without_groups_there_is_none(void **state)
{
    (void)state;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct group_tallies tallies;
    world_init(&w, "0000-0004");
    world_store(&w, "0000 a\n");
    group_tallies_count(w.snapshot, &w.policy, w.now_s, &arena, &tallies);
    assert_int_equal(tallies.n, 0);
    arena_release(&arena);
    world_release(&w);
}

static void a_change_is_counted_alone(void **state)
{
    (void)state;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct group_tallies before;
    struct group_tallies after;
    world_init(&w, "0000-0004 0010-0019 0020-0024 0090-0099");
    divide(&w);
    world_store(&w, "0000 alice\n0001 -\n0010 bob\n0090 -\n");
    group_tallies_count(w.snapshot, &w.policy, w.now_s, &arena, &before);
    const struct slot slots[] = {
        {.ext = "0001", .state = SLOT_ASSIGNED, .records = RECORD_ASSIGNED, .agent = "zoe"},
        {.ext = "0090", .state = SLOT_RESERVED, .records = RECORD_RESERVED},
    };
    struct snapshot *now = snapshot_with(w.snapshot, slots, 2);
    const struct group_tallies_change change = {
        .before = &before, .old = w.snapshot, .now = now, .policy = &w.policy, .now_s = w.now_s};
    group_tallies_update(&change, &arena, &after);
    expect(&after, "London 0000-0004 2 10: 8 absent 2 assigned\n"
                   "Leeds 0010-0019 1 10: 9 absent 1 assigned\n"
                   "- 0090-0099 1 10: 9 absent 1 reserved\n");
    snapshot_unref(now);
    arena_release(&arena);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_group_is_counted),
        cmocka_unit_test(a_group_has_its_own_low_water_mark),
        cmocka_unit_test(without_groups_there_is_none),
        cmocka_unit_test(a_change_is_counted_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
