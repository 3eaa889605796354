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
#include "core/base/mem.h"
#include "core/demo/sites.h"
#include "core/demo/store.h"
#include "core/plan/guard.h"
#include "core/plan/plan.h"
#include "core/pool/group.h"
#include "core/pool/policy.h"

/* Every number that is held, or that the plan gives out, is one of the holder's site. */
static void check_sites(const struct policy *policy, const struct roster *roster,
                        const struct snapshot *snapshot, const struct plan *plan)
{
    size_t newcomers[3] = {0};
    size_t held[3] = {0};
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        const struct agent *agent =
            slot->state == SLOT_ASSIGNED ? roster_find(roster, slot->agent) : NULL;
        if (agent) {
            assert_in_range(agent->group, 0, 2);
            assert_int_equal(agent->group, group_of_ext(policy, slot->ext));
            held[agent->group]++;
        }
    }
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->kind == CHANGE_ASSIGN) {
            uint16_t group = roster_find(roster, change->agent)->group;
            assert_in_range(group, 0, 2);
            assert_int_equal(group, group_of_ext(policy, change->ext));
            newcomers[group]++;
        }
    }
    assert_true(held[0] > 100 && held[1] > 30 && held[2] > 30);
    assert_true(newcomers[0] + newcomers[1] + newcomers[2] == plan->counts[CHANGE_ASSIGN]);
}

/* Leeds has few numbers left, the others have many. */
static void check_levels(const struct policy *policy, const struct snapshot *snapshot)
{
    for (uint16_t group = 0; group < policy->n_groups; group++) {
        uint64_t counts[EXT_STATE_COUNT] = {0};
        for (size_t i = 0; i < snapshot->n_slots; i++) {
            const struct slot *slot = &snapshot->slots[i];
            if (group_of_ext(policy, slot->ext) == group) {
                counts[policy_state(policy, slot, clock_now_s(&clock_system))]++;
            }
        }
        struct pool_level level = policy_level_of(policy, group, counts);
        assert_int_equal(level.low, strcmp(group_name(policy, group), "Leeds") == 0);
        assert_false(level.exhausted);
    }
}

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
    int counts[SLOT_RESERVED + 1] = {0};
    int cooling = 0;
    int blocked = 0;
    policy_default(&policy);
    demo_sites(&policy);
    struct store *store = store_demo_new(path, DEMO_SEED, &clock_system);
    demo_roster(DEMO_SEED, DEMO_AGENTS, roster);
    roster_seal(roster);
    groups_find(&policy, roster);

    assert_int_equal(store->ops->load(store, &policy, LOAD_NORMAL, NULL, &snapshot, &err), ERR_OK);
    assert_int_equal(snapshot->n_slots, policy_size(&policy));
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        counts[snapshot->slots[i].state]++;
        cooling += snapshot->slots[i].state == SLOT_FREE && snapshot->slots[i].agent;
        blocked += policy_is_blocked(&policy, snapshot->slots[i].ext);
    }
    assert_true(counts[SLOT_ASSIGNED] > 200);
    assert_int_equal(counts[SLOT_RESERVED], 3);
    assert_true(cooling > 0);
    assert_true(blocked > 0);
    assert_int_equal(store->ops->history(store, &(struct history_query){.action_id = NULL}, NULL,
                                         &history, &err),
                     ERR_OK);
    assert_int_equal(history->n_actions, 3);

    struct plan *plan = NULL;
    struct guard_verdict verdict;
    struct plan_input input = {.policy = &policy,
                               .snapshot = snapshot,
                               .roster = roster,
                               .now_s = clock_now_s(&clock_system),
                               .actor = "test"};
    assert_int_equal(plan_sync(&input, &plan, &err), ERR_OK);
    assert_true(plan->counts[CHANGE_ASSIGN] > 0);
    assert_true(plan->counts[CHANGE_RELEASE] > 0);
    guard_judge(plan, &policy.limit, &verdict);
    assert_false(verdict.refused);
    check_sites(&policy, roster, snapshot, plan);
    check_levels(&policy, snapshot);

    plan_free(plan);
    history_free(history);
    roster_unref(roster);
    snapshot_unref(snapshot);
    store_free(store);
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
