/* The demo's store shows every state there is, and is put right by one sync. */

#include <dirent.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/demo/demo.h"
#include "core/session/rows.h"
#include "core/base/mem.h"
#include "core/session/session.h"
#include "core/demo/store.h"

static void every_state_is_there_and_a_sync_puts_it_right(void **state)
{
    (void)state;
    char folder[] = "/tmp/extpool-demo-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = mem_printf("%s/pool.db", folder);
    struct err err = ERR_INIT;
    struct policy policy;
    struct snapshot *snapshot = NULL;
    struct roster *roster = roster_new();
    struct history *history = NULL;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    uint64_t counts[EXT_STATE_COUNT];
    policy_default(&policy);
    struct store *store = store_demo_new(path, DEMO_SEED, &clock_system);
    demo_roster(DEMO_SEED, DEMO_AGENTS, roster);
    roster_seal(roster);

    assert_int_equal(store->ops->load(store, &policy, LOAD_NORMAL, NULL, &snapshot, &err), ERR_OK);
    snapshot_tally(snapshot, &policy, clock_now_s(&clock_system), counts);
    assert_int_equal(snapshot->n_slots, 10000);
    assert_true(counts[EXT_ASSIGNED] > 200);
    assert_true(counts[EXT_COOLING] > 0);
    assert_int_equal(counts[EXT_RESERVED], 3);
    assert_true(counts[EXT_BLOCKED] > 0);
    agent_rows_join(snapshot, roster, &arena, &rows);
    assert_true(rows.n_new > 0);
    assert_true(rows.n_stale > 0);
    assert_int_equal(store->ops->history(store, 0, NULL, NULL, &history, &err), ERR_OK);
    assert_int_equal(history->n_actions, 3);

    struct plan *plan = NULL;
    struct guard_verdict verdict;
    struct plan_input input = {.policy = &policy,
                               .snapshot = snapshot,
                               .roster = roster,
                               .now_s = clock_now_s(&clock_system),
                               .actor = "test"};
    assert_int_equal(plan_sync(&input, &plan, &err), ERR_OK);
    assert_int_equal(plan->counts[CHANGE_ASSIGN], rows.n_new);
    assert_int_equal(plan->counts[CHANGE_RELEASE], rows.n_stale);
    guard_judge(plan, &policy.limit, &verdict);
    assert_false(verdict.refused);

    plan_free(plan);
    history_free(history);
    roster_unref(roster);
    snapshot_unref(snapshot);
    store_free(store);
    arena_release(&arena);
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    while ((entry = readdir(entries))) {
        unlinkat(dirfd(entries), entry->d_name, 0);
    }
    closedir(entries);
    assert_int_equal(rmdir(folder), 0);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_there_and_a_sync_puts_it_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
