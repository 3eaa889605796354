/* Snapshots, rosters, string maps, facts. */

#include <pthread.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/port_info.h"
#include "core/base/mem.h"
#include "core/pool/model.h"
#include "core/base/strmap.h"

static void a_sealed_snapshot_is_sorted_and_has_one_slot_a_number(void **state)
{
    (void)state;
    struct snapshot *snapshot = snapshot_new();
    struct slot *slot = snapshot_add(snapshot, "0042");
    slot->state = SLOT_FREE;
    slot->records = RECORD_FREE;
    slot = snapshot_add(snapshot, "0007");
    slot->state = SLOT_FREE;
    slot->records = RECORD_FREE;
    slot = snapshot_add(snapshot, "0042");
    slot->state = SLOT_ASSIGNED;
    slot->records = RECORD_ASSIGNED;
    slot->agent = "alice";
    snapshot_seal(snapshot);

    assert_int_equal(snapshot->n_slots, 2);
    assert_string_equal(snapshot->slots[0].ext, "0007");
    const struct slot *both = snapshot_find(snapshot, "0042");
    assert_non_null(both);
    assert_int_equal(both->state, SLOT_ASSIGNED);
    assert_int_equal(both->records, RECORD_FREE | RECORD_ASSIGNED);
    assert_ptr_equal(snapshot_find_agent(snapshot, "alice"), both);
    assert_null(snapshot_find(snapshot, "0043"));
    assert_null(snapshot_find_agent(snapshot, "Alice"));
    snapshot_unref(snapshot);
}

static void a_sealed_roster_has_nobody_twice(void **state)
{
    (void)state;
    struct roster *roster = roster_new();
    roster_add(roster, &(struct agent){.login = "zoe", .name = NULL, .routing_profile = NULL});
    roster_add(roster,
               &(struct agent){.login = "alice", .name = "Alice A.", .routing_profile = "Sales"});
    roster_add(roster, &(struct agent){.login = "zoe", .name = "Zoe", .routing_profile = NULL});
    roster->note = arena_strdup(&roster->arena, "no names");
    assert_string_equal(roster_seal(roster), "zoe");
    assert_int_equal(roster->n_agents, 2);
    assert_string_equal(roster->note, "no names");
    assert_string_equal(roster->agents[0].name, "Alice A.");
    assert_string_equal(roster->agents[1].login, "zoe");
    assert_string_equal(roster_find(roster, "alice")->routing_profile, "Sales");
    assert_null(roster_find(roster, "bob"));
    assert_null(roster_seal(roster));
    roster_unref(roster);
}

/* A sealed roster of these logins, one word each, of a directory of that name. */
static struct roster *part_of(const char *name, const char *logins, int64_t read_at_s)
{
    struct roster *roster = roster_new();
    char *copy = mem_strdup(logins);
    char *rest = NULL;
    for (char *login = strtok_r(copy, " ", &rest); login; login = strtok_r(NULL, " ", &rest)) {
        roster_add(roster, &(struct agent){.login = login, .name = name});
    }
    free(copy);
    roster->read_at_s = read_at_s;
    roster->pages = 2;
    roster_seal(roster);
    return roster;
}

static void several_rosters_become_one(void **state)
{
    (void)state;
    struct roster *parts[] = {part_of("leeds", "zoe kim bob", 50), part_of("york", "", 40),
                              part_of("hull", "kim alice zoe", 60)};
    const char *const names[] = {"leeds", NULL, "hull"};
    roster_partial(parts[1], "it cannot be read");
    roster_note(parts[2], "%s", "no names");
    parts[2]->last_login = arena_strdup(&parts[2]->arena, "zoe");
    for (size_t i = 0; i < 3; i++) {
        roster_describe(parts[i], &(struct roster_directory){.name = names[i],
                                                             .source = names[i],
                                                             .uri = "file:x.csv",
                                                             .unread = i == 1});
    }
    struct roster *all = roster_merge(parts, 3);
    for (size_t i = 0; i < 3; i++) {
        roster_unref(parts[i]);
    }
    static const char *const logins[] = {"alice", "bob", "kim", "zoe"};
    static const int from[] = {2, 0, 0, 0};
    assert_int_equal(all->n_agents, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(all->agents[i].login, logins[i]);
        assert_int_equal(all->agents[i].directory, from[i]);
        assert_int_equal(all->agents[i].next != NULL, i >= 2);
    }
    assert_string_equal(all->agents[2].name, "leeds"); /* the first one counts */
    assert_string_equal(all->agents[2].next->name, "hull");
    assert_int_equal(all->agents[2].next->directory, 2);
    assert_null(all->agents[2].next->next);
    assert_string_equal(all->partial, "file:x.csv: it cannot be read");
    assert_string_equal(all->note, "hull: no names");
    assert_int_equal(all->pages, 6);
    assert_int_equal(all->read_at_s, 40);
    assert_int_equal(all->n_directories, 3);
    assert_true(all->directories[1].unread && !all->directories[0].unread);
    assert_string_equal(all->directories[2].last_login, "zoe");
    assert_int_equal(all->directories[2].n_agents, 3);
    roster_unref(all);
}

static void one_login_in_three_directories(void **state)
{
    (void)state;
    struct roster *parts[3];
    for (size_t i = 0; i < 3; i++) {
        parts[i] = part_of("x", "kim", (int64_t)i);
        roster_describe(parts[i], &(struct roster_directory){.uri = "file:x.csv"});
    }
    struct roster *all = roster_merge(parts, 3);
    assert_int_equal(all->n_agents, 1);
    assert_int_equal(all->agents[0].directory, 0);
    assert_int_equal(all->agents[0].next->directory, 1);
    assert_int_equal(all->agents[0].next->next->directory, 2);
    assert_null(all->agents[0].next->next->next);
    assert_int_equal(all->read_at_s, 0);
    for (size_t i = 0; i < 3; i++) {
        roster_unref(parts[i]);
    }
    roster_unref(all);
}

static void *hold_and_drop(void *shared)
{
    for (int i = 0; i < 20000; i++) {
        const struct snapshot *mine = snapshot_ref(shared);
        assert_int_equal(mine->n_slots, 1);
        snapshot_unref(mine);
    }
    snapshot_unref(shared);
    return NULL;
}

static void references_are_counted_across_threads(void **state)
{
    (void)state;
    struct snapshot *snapshot = snapshot_new();
    snapshot_add(snapshot, "01")->state = SLOT_FREE;
    snapshot_seal(snapshot);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, hold_and_drop, snapshot_ref(snapshot));
    }
    snapshot_unref(snapshot);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void a_map_finds_what_was_put_in(void **state)
{
    (void)state;
    enum { N = 5000 };
    static char keys[N][16];
    struct strmap map;
    strmap_init(&map, 0);
    for (size_t i = 0; i < N; i++) {
        snprintf(keys[i], sizeof keys[i], "agent.%zu", i);
        assert_int_equal(strmap_add(&map, keys[i], i), i);
    }
    assert_int_equal(strmap_add(&map, "agent.7", 9999), 7);
    strmap_set(&map, "agent.8", 88);
    assert_int_equal(strmap_get(&map, "agent.8"), 88);
    assert_int_equal(strmap_get(&map, "agent.4999"), 4999);
    assert_true(strmap_get(&map, "agent.5000") == STRMAP_NONE);
    assert_true(strmap_get(&map, "") == STRMAP_NONE);
    assert_int_equal(map.count, N);
    strmap_release(&map);
}

/* Whatever the size of the last batch. */
static void a_map_does_many_at_once_like_one_after_the_other(void **state)
{
    (void)state;
    static char texts[200][16];
    const char *keys[200];
    size_t values[200];
    for (size_t i = 0; i < 200; i++) {
        snprintf(texts[i], sizeof texts[i], "agent.%zu", i);
        keys[i] = texts[i];
    }
    for (size_t n = 0; n <= 100; n++) {
        struct strmap map = {.entries = NULL};
        strmap_get_all(&map, keys, n, values);
        for (size_t i = 0; i < n; i++) {
            assert_true(values[i] == STRMAP_NONE);
        }
        strmap_init(&map, 0);
        strmap_add(&map, keys[0], 4711);
        strmap_add_all(&map, keys, n, 1000);
        assert_int_equal(map.count, n ? n : 1);
        strmap_get_all(&map, keys, 200, values);
        assert_int_equal(values[0], 4711);
        for (size_t i = 1; i < 200; i++) {
            assert_true(values[i] == (i < n ? 1000 + i : STRMAP_NONE));
        }
        strmap_release(&map);
    }
}

static void facts_keep_their_order_and_the_last_value(void **state)
{
    (void)state;
    struct port_info facts;
    port_info_init(&facts);
    port_info_set(&facts, "region", "%s", "eu-west-2");
    port_info_set(&facts, "account", "%d", 1);
    port_info_set(&facts, "region", "%s", "us-east-1");
    assert_int_equal(facts.n_items, 2);
    assert_string_equal(facts.items[0].name, "region");
    assert_string_equal(port_info_get(&facts, "region"), "us-east-1");
    assert_null(port_info_get(&facts, "role"));
    port_info_release(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_snapshot_is_sorted_and_has_one_slot_a_number),
        cmocka_unit_test(a_sealed_roster_has_nobody_twice),
        cmocka_unit_test(several_rosters_become_one),
        cmocka_unit_test(one_login_in_three_directories),
        cmocka_unit_test(references_are_counted_across_threads),
        cmocka_unit_test(a_map_finds_what_was_put_in),
        cmocka_unit_test(a_map_does_many_at_once_like_one_after_the_other),
        cmocka_unit_test(facts_keep_their_order_and_the_last_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
