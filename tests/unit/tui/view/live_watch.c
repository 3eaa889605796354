/* When the agents on the screen are asked about: after the list has rested, and not too often. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/unit/support/world.h"
#include "tui/terminal/loop.h"
#include "tui/view/live_watch.h"

struct fixture {
    struct world world;
    struct shell shell;
    struct pane agents, numbers;
    uint32_t agents_shown[4], numbers_shown[2];
    struct live_watch watch;
    struct live_lists lists;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    world_init(&f->world, "0010-0011");
    world_store(&f->world, "0010 alice\n0011 -\n");
    world_directory(&f->world, "alice bob carol dave");
    f->shell.data =
        screen_data_new(&f->world.policy, f->world.snapshot, f->world.roster, false, WORLD_NOW_S);
    f->shell.data->tells_live = true;
    for (uint32_t i = 0; i < 4; i++) {
        f->agents_shown[i] = i;
    }
    f->numbers_shown[1] = 1;
    f->agents.list.shown = f->agents_shown;
    f->agents.list.n_shown = 4;
    f->numbers.list.shown = f->numbers_shown;
    f->numbers.list.n_shown = 2;
    f->lists = (struct live_lists){
        .agents = &f->agents, .numbers = &f->numbers, .agent_rows = 2, .number_rows = 2};
    live_watch_init(&f->watch);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    live_cache_release(&f->shell.live.cache);
    screen_data_unref(f->shell.data);
    world_release(&f->world);
    free(f);
    return 0;
}

/* When it will act, after a drawing. */
static int64_t acts_at(struct fixture *f)
{
    live_watch_drawn(&f->watch, &f->shell, &f->lists);
    return live_watch_at(&f->watch, &f->shell);
}

static void know(struct fixture *f, const char *login)
{
    const struct live_state off = {.presence = LIVE_OFFLINE};
    live_cache_put(&f->shell.live.cache, roster_find(f->world.roster, login), &off, WORLD_NOW_S,
                   clock_ticks_ms());
}

static void know_all(struct fixture *f)
{
    know(f, "alice");
    know(f, "bob");
    know(f, "carol");
    know(f, "dave");
}

static void it_asks_when_the_list_rests(void **state)
{
    struct fixture *f = *state;
    int64_t begun_ms = clock_ticks_ms();
    int64_t at_ms = acts_at(f);
    assert_true(at_ms >= begun_ms + 400 && at_ms <= clock_ticks_ms() + 400);
    live_watch_drawn(&f->watch, &f->shell, &f->lists); /* drawn again, but nothing has moved */
    assert_true(live_watch_at(&f->watch, &f->shell) == at_ms);
}

static void it_does_not_ask_for_whom_it_knows(void **state)
{
    struct fixture *f = *state;
    know_all(f);
    assert_true(acts_at(f) == LOOP_FOREVER);
    live_cache_release(&f->shell.live.cache);
    f->agents.list.cursor = 1; /* nobody is known any more, and the list has moved */
    assert_true(acts_at(f) != LOOP_FOREVER);
}

/* The next page and the one before are known when a key leads there. */
static void it_asks_for_the_pages_beside_the_screen_too(void **state)
{
    struct fixture *f = *state;
    know(f, "alice");
    know(f, "bob");
    know(f, "carol");
    assert_true(acts_at(f) != LOOP_FOREVER); /* dave is on the next page */
    know(f, "dave");
    f->agents.list.cursor = 1;
    assert_true(acts_at(f) == LOOP_FOREVER);
    live_cache_release(&f->shell.live.cache);
    know(f, "carol");
    know(f, "dave");
    f->lists.number_rows = 0;
    f->agents.list.cursor = f->agents.list.top = 2;
    assert_true(acts_at(f) != LOOP_FOREVER); /* alice and bob are on the page before */
}

static void it_asks_at_most_once_in_two_seconds(void **state)
{
    struct fixture *f = *state;
    f->shell.live.asked_ms = clock_ticks_ms();
    assert_true(acts_at(f) >= f->shell.live.asked_ms + 2000);
}

static void one_request_at_a_time(void **state)
{
    struct fixture *f = *state;
    f->shell.live.asking = true;
    assert_true(acts_at(f) == LOOP_FOREVER);
    f->shell.live.asking = false;
    assert_true(acts_at(f) != LOOP_FOREVER);
}

static void a_refresh_asks_again(void **state)
{
    struct fixture *f = *state;
    know_all(f);
    assert_true(acts_at(f) == LOOP_FOREVER);
    f->shell.live.renewals++;
    assert_true(acts_at(f) <= clock_ticks_ms());
}

static void it_never_asks_where_it_may_not_or_cannot(void **state)
{
    struct fixture *f = *state;
    f->shell.live.refused = true;
    assert_true(acts_at(f) == LOOP_FOREVER);
    f->shell.live.refused = false;
    f->shell.data->tells_live = false;
    f->agents.list.cursor = 1;
    assert_true(acts_at(f) == LOOP_FOREVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        T(it_asks_when_the_list_rests),
        T(it_does_not_ask_for_whom_it_knows),
        T(it_asks_for_the_pages_beside_the_screen_too),
        T(it_asks_at_most_once_in_two_seconds),
        T(one_request_at_a_time),
        T(a_refresh_asks_again),
        T(it_never_asks_where_it_may_not_or_cannot),
#undef T
    };
    return cmocka_run_group_tests_name("live_watch", tests, NULL, NULL);
}
