/* The basket on new data: a small one is planned at once, a large one on the worker. */

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/plan/builder.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/world.h"
#include "tui/shell/gather.h"

#define AGENTS (GATHER_HERE_MAX + 5)

static int64_t fixed_time(void *context)
{
    (void)context;
    return WORLD_NOW_S * 1000;
}

static const struct clock s_clock = {.now_ms = fixed_time};

struct desk {
    struct scratch scratch;
    struct settings settings;
    struct console_options options;
    struct shell shell;
    struct roster *roster;
    struct arena arena;
};

static const char *login_of(struct desk *desk, size_t i)
{
    return arena_printf(&desk->arena, "agent.%04zu", i);
}

/* Everybody has their number but the one whom somebody else moved, if there is one. */
static void show(struct desk *desk, size_t moved)
{
    struct snapshot *snapshot = snapshot_new();
    for (size_t i = 0; i < AGENTS; i++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%04zu", i == moved ? AGENTS : i);
        struct slot *slot = snapshot_add(snapshot, ext);
        *slot = slot_assigned(ext, arena_strdup(&snapshot->arena, login_of(desk, i)), 1000, NULL,
                              i == moved ? "kim@desk7" : "x");
    }
    snapshot_seal(snapshot);
    snapshot->read_at_s = WORLD_NOW_S;
    struct screen_data *before = desk->shell.data;
    desk->shell.data =
        screen_data_new(&desk->settings.policy, snapshot, desk->roster, false, WORLD_NOW_S);
    snapshot_unref(snapshot);
    gather_reload(&desk->shell);
    screen_data_unref(before);
}

static void gather(struct desk *desk, size_t n)
{
    struct request *requests = mem_array(n, sizeof *requests);
    for (size_t i = 0; i < n; i++) {
        requests[i] = (struct request){.kind = CHANGE_RELEASE, .agent = login_of(desk, i)};
    }
    gather_begin(&desk->shell);
    gather_add(&desk->shell, requests, n);
    free(requests);
}

/* Until nothing runs, and nothing was started by what has ended. */
static void settle(struct desk *desk)
{
    struct worker *worker = desk->shell.jobs.worker;
    do {
        while (worker_busy(worker)) {
            struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};
            assert_int_equal(poll(&fd, 1, 20000), 1);
            worker_dispatch(worker);
        }
    } while (worker_dispatch(worker));
}

static int open_desk(void **state)
{
    struct desk *desk = mem_alloc(sizeof *desk);
    struct err err = ERR_INIT;
    desk->arena = (struct arena)ARENA_INIT;
    scratch_init(&desk->scratch);
    policy_default(&desk->settings.policy);
    desk->settings.store =
        arena_printf(&desk->arena, "sqlite:%s", scratch_path(&desk->scratch, "pool.db"));
    desk->options = (struct console_options){.settings = &desk->settings,
                                             .ports = session_embedded_ports,
                                             .n_ports = session_n_embedded_ports,
                                             .clock = &s_clock};
    desk->shell.options = &desk->options;
    desk->shell.place.settings = &desk->settings;
    bindings_default(&desk->shell.bindings);
    const struct session_options options = {&desk->settings, session_embedded_ports,
                                            session_n_embedded_ports, &s_clock, VIA_CONSOLE};
    assert_int_equal(session_open(&options, &desk->shell.place.session, &err), ERR_OK);
    assert_int_equal(worker_start(&desk->shell.jobs.worker, &err), ERR_OK);
    gather_open(&desk->shell);
    desk->roster = roster_new();
    for (size_t i = 0; i < AGENTS; i++) {
        roster_add(desk->roster, &(struct agent){.login = login_of(desk, i)});
    }
    roster_seal(desk->roster);
    show(desk, SIZE_MAX);
    *state = desk;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    worker_stop(desk->shell.jobs.worker);
    gather_close(&desk->shell);
    session_close(desk->shell.place.session);
    screen_data_unref(desk->shell.data);
    roster_unref(desk->roster);
    activity_release(&desk->shell.messages.activity);
    scratch_release(&desk->scratch);
    arena_release(&desk->arena);
    free(desk);
    return 0;
}

static void expect_conflict(struct desk *desk, size_t wishes)
{
    const struct basket_counts *counts = gather_counts(&desk->shell);
    assert_false(gather_is_planning(&desk->shell));
    assert_int_equal(counts->conflicts, 1);
    assert_int_equal(counts->planned, wishes - 1);
    assert_ptr_equal(gather_plan(&desk->shell)->snapshot, desk->shell.data->snapshot);
    assert_non_null(strstr(desk->shell.messages.flash, "kim@desk7 changed a row of yours: "
                                                       "agent.0003 0003>1005"));
}

static void small_is_planned_at_once(void **state)
{
    struct desk *desk = *state;
    gather(desk, 5);
    show(desk, 3);
    expect_conflict(desk, 5);
}

static void large_is_planned_on_the_worker(void **state)
{
    struct desk *desk = *state;
    gather(desk, AGENTS);
    const struct plan *before = gather_plan(&desk->shell);
    show(desk, 3);
    assert_true(gather_is_planning(&desk->shell));
    assert_ptr_equal(gather_plan(&desk->shell), before);
    assert_int_equal(gather_counts(&desk->shell)->conflicts, 0);
    settle(desk);
    expect_conflict(desk, AGENTS);
    assert_int_equal(gather_count(&desk->shell), AGENTS);
    assert_true(gather_undo(&desk->shell)); /* its deeds are there as before */
    assert_int_equal(gather_count(&desk->shell), 0);
}

/* What is ticked, dropped or read while the worker plans counts. */
static void changes_meanwhile_count(void **state)
{
    struct desk *desk = *state;
    gather(desk, AGENTS);
    show(desk, 2);
    basket_tick(gather_basket(&desk->shell), 7, false);
    gather_know(&desk->shell);
    show(desk, 3);
    basket_tick(gather_basket(&desk->shell), 8, false);
    gather_know(&desk->shell);
    settle(desk);
    expect_conflict(desk, AGENTS);
    assert_int_equal(gather_counts(&desk->shell)->unticked, 2);
    show(desk, SIZE_MAX);
    basket_drop(gather_basket(&desk->shell), 0);
    gather_changed(&desk->shell); /* somebody waits for this one */
    assert_false(gather_is_planning(&desk->shell));
    settle(desk);
    assert_int_equal(gather_counts(&desk->shell)->planned, AGENTS - 1);
}

/* Other work goes first, and takes what waits off the worker. */
static void other_work_goes_first(void **state)
{
    struct desk *desk = *state;
    gather(desk, AGENTS);
    show(desk, 3);
    worker_cancel(desk->shell.jobs.worker, CANCEL_HARD);
    settle(desk);
    expect_conflict(desk, AGENTS);
}

/* Keeps the basket, and opens what was kept beside data of a store that is there. */
static void reopen(struct desk *desk, const char *place)
{
    struct buf text;
    struct err err = ERR_INIT;
    buf_init(&text, 1 << 20);
    assert_int_equal(gather_encode(&desk->shell, &text, &err), ERR_OK);
    scratch_write(&desk->scratch, "basket.json", text.data, text.length);
    buf_release(&text);
    gather_close(&desk->shell);
    gather_open(&desk->shell);
    assert_true(gather_restore(&desk->shell, scratch_path(&desk->scratch, "basket.json")));
    assert_int_equal(gather_count(&desk->shell), 2); /* where the store is was not known before */
    desk->shell.data->store_place = place;
    gather_reload(&desk->shell);
}

/* One table's name in two accounts are two stores. */
static void a_basket_of_another_account_stays_out(void **state)
{
    struct desk *desk = *state;
    desk->shell.data->store_place = "account 111122223333, eu-west-2";
    gather(desk, 2);
    reopen(desk, "account 111122223333, eu-west-2");
    assert_int_equal(gather_count(&desk->shell), 2);
    assert_false(gather_is_foreign(&desk->shell));
    reopen(desk, "account 444455556666, eu-west-2");
    assert_int_equal(gather_count(&desk->shell), 0);
    assert_false(gather_is_on(&desk->shell));
    assert_true(gather_is_foreign(&desk->shell));
    gather_set_aside(&desk->shell, "/there");
    assert_false(gather_is_foreign(&desk->shell));
    assert_non_null(
        strstr(desk->shell.messages.flash,
               "the kept basket is of account 111122223333, eu-west-2 and stays out, "
               "because this is account 444455556666, eu-west-2; it is kept in /there"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(small_is_planned_at_once, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(large_is_planned_on_the_worker, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(changes_meanwhile_count, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_basket_of_another_account_stays_out, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(other_work_goes_first, open_desk, close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
