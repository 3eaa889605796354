#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/audit.h"
#include "core/plan/audit_codec.h"

#define AT_MS 1795465921123 /* 2026-11-23T20:32:01.123Z */

/* ---- ids --------------------------------------------------------------------------------- */

static void test_id_has_the_time_and_sorts_by_it(void **state)
{
    (void)state;
    char older[AUDIT_ID_ROOM];
    char newer[AUDIT_ID_ROOM];
    int64_t at_ms = 0;
    audit_action_id(AT_MS, older);
    assert_int_equal(strlen(older), 26);
    assert_int_equal(strncmp(older, "20261123T203201123Z-", 9), 0);
    assert_true(audit_id_time(older, &at_ms));
    assert_int_equal(at_ms, AT_MS);
    int64_t later_ms[] = {AT_MS + 1, AT_MS + 1000, AT_MS + 86400000, AT_MS + 400LL * 86400000};
    for (size_t i = 0; i < sizeof later_ms / sizeof later_ms[0]; i++) {
        audit_action_id(later_ms[i], newer);
        assert_true(strcmp(older, newer) < 0);
        memcpy(older, newer, sizeof older);
    }
}

static void test_ids_of_one_millisecond_differ(void **state)
{
    (void)state;
    char ids[64][AUDIT_ID_ROOM];
    size_t same = 0;
    for (size_t i = 0; i < 64; i++) {
        audit_action_id(AT_MS, ids[i]);
        for (size_t k = 0; k < i; k++) {
            same += strcmp(ids[i], ids[k]) == 0;
        }
    }
    assert_true(same <= 1); /* 2,016 pairs in 2^30: one is a wonder, two are a broken generator */
}

static void test_what_is_not_an_id(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "20261122T203201123Z",
        "20261122T203201123Z-",
        "20261122T203201123Z-k3f9q",
        "20261122T203201123Z-k3f9q2x",
        "20261122T203201123Z-k3f9qi",
        "20261122T203201123Z-K3F9QQ",
        "2026-11-22T20:32:01.123Z-k3f9q2",
        "20261322T203201123Z-k3f9q2",
        "2026112AT203201123Z-k3f9q2",
        "alice",
    };
    int64_t at_ms = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(audit_id_time(texts[i], &at_ms));
    }
    assert_true(audit_id_time("20261122T203201123Z-k3f9q2", &at_ms));
}

/* ---- writing ----------------------------------------------------------------------------- */

struct world {
    struct snapshot *snapshot;
    struct plan *plan;
    struct buf json;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->snapshot = snapshot_new();
    world->plan = plan_new("sync", world->snapshot, NULL, AT_MS / 1000);
    buf_init(&world->json, 1 << 20);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    buf_release(&world->json);
    plan_free(world->plan);
    snapshot_unref(world->snapshot);
    free(world);
    return 0;
}

static struct change *add(struct world *world, enum change_kind kind, const char *ext,
                          const char *agent, const struct slot *before)
{
    struct change *change = plan_add(world->plan, kind, ext, agent, 1, "because");
    change->result = RESULT_DONE;
    change->steps[0].before = before;
    memcpy(change->steps[0].after.ext, ext, strlen(ext) + 1);
    return change;
}

static const char *encoded(struct world *world)
{
    audit_encode(world->plan, 0, world->plan->n_changes, false, &world->json);
    assert_false(buf_failed(&world->json));
    return world->json.data;
}

static void test_nothing_is_an_empty_array(void **state)
{
    assert_string_equal(encoded(*state), "[]");
}

static void test_numbers_that_are_created_stand_as_ranges(void **state)
{
    struct world *world = *state;
    static const char *const exts[] = {"0000", "0001", "0002", "0009", "0010", "0012", "9999"};
    for (size_t i = 0; i < sizeof exts / sizeof exts[0]; i++) {
        add(world, CHANGE_CREATE, exts[i], NULL, NULL);
    }
    world->plan->changes[1].result = RESULT_CONFLICT;
    assert_string_equal(encoded(world),
                        "[{\"change\":\"create\",\"from\":\"0000\",\"to\":\"0000\"},"
                        "{\"change\":\"create\",\"from\":\"0002\",\"to\":\"0002\"},"
                        "{\"change\":\"create\",\"from\":\"0009\",\"to\":\"0010\"},"
                        "{\"change\":\"create\",\"from\":\"0012\",\"to\":\"0012\"},"
                        "{\"change\":\"create\",\"from\":\"9999\",\"to\":\"9999\"}]");
}

static void test_a_range_ends_where_another_change_stands(void **state)
{
    struct world *world = *state;
    add(world, CHANGE_CREATE, "0000", NULL, NULL);
    add(world, CHANGE_ASSIGN, "0000", "alice", NULL)->to = "0000";
    add(world, CHANGE_CREATE, "0001", NULL, NULL);
    assert_string_equal(encoded(world),
                        "[{\"change\":\"create\",\"from\":\"0000\",\"to\":\"0000\"},"
                        "{\"change\":\"assign\",\"extension\":\"0000\",\"agent\":"
                        "\"alice\",\"to\":\"0000\",\"why\":\"because\"},"
                        "{\"change\":\"create\",\"from\":\"0001\",\"to\":\"0001\"}]");
}

static void test_only_what_was_done_is_recorded(void **state)
{
    struct world *world = *state;
    static const enum change_result results[] = {RESULT_CONFLICT, RESULT_FAILED, RESULT_SKIPPED,
                                                 RESULT_PLANNED, RESULT_PLANNED};
    for (size_t i = 0; i < 5; i++) {
        add(world, CHANGE_RELEASE, "0042", "alice", NULL)->result = results[i];
    }
    world->plan->changes[4].left_out = true;
    assert_string_equal(encoded(world), "[]");
    audit_encode(world->plan, 0, 5, true, &world->json);
    assert_string_equal(world->json.data, "[{\"change\":\"release\",\"extension\":\"0042\","
                                          "\"agent\":\"alice\",\"why\":\"because\"}]");
    audit_encode(world->plan, 0, 3, true, &world->json);
    assert_string_equal(world->json.data, "[]");
}

static void test_what_an_undo_needs(void **state)
{
    struct world *world = *state;
    static const struct slot held = {.ext = "0042",
                                     .state = SLOT_ASSIGNED,
                                     .at_s = 17,
                                     .agent = "alice",
                                     .note = "front \"desk\""};
    static const struct slot free_slot = {
        .ext = "0043", .state = SLOT_FREE, .at_s = 16, .agent = "alice"};
    static const struct slot fresh = {.ext = "0044", .state = SLOT_FREE};
    struct change *change = plan_add(world->plan, CHANGE_REASSIGN, "0043", "alice", 2, "asked");
    change->result = RESULT_DONE;
    change->group = 7;
    change->from = "0042";
    change->to = "0043";
    change->steps[0] = (struct step){.before = &held, .after = {.ext = "0042"}};
    change->steps[1] = (struct step){.before = &free_slot, .after = {.ext = "0043"}};
    add(world, CHANGE_ASSIGN, "0044", "bob", &fresh);
    assert_string_equal(encoded(world),
                        "[{\"change\":\"reassign\",\"extension\":\"0043\",\"agent\":\"alice\","
                        "\"from\":\"0042\",\"to\":\"0043\",\"why\":\"asked\",\"group\":7,"
                        "\"was\":{\"at\":16,\"agent\":\"alice\"},"
                        "\"from_was\":{\"at\":17,\"note\":\"front \\\"desk\\\"\"}},"
                        "{\"change\":\"assign\",\"extension\":\"0044\",\"agent\":\"bob\","
                        "\"why\":\"because\"}]");
}

static void test_odd_text_makes_a_record_all_the_same(void **state)
{
    struct world *world = *state;
    add(world, CHANGE_ASSIGN, "0042", "al\x1b\n\"\\ \xc3\xbc", NULL);
    add(world, CHANGE_ASSIGN, "0043", "\xff", NULL);
    assert_string_equal(encoded(world),
                        "[{\"change\":\"assign\",\"extension\":\"0042\",\"agent\":"
                        "\"al\\u001B\\n\\\"\\\\ \xc3\xbc\",\"why\":\"because\"},"
                        "{\"change\":\"assign\",\"extension\":\"0043\",\"agent\":\"<FF>\","
                        "\"why\":\"because\"}]");
}

static void test_a_full_buffer_says_so(void **state)
{
    struct world *world = *state;
    struct buf small;
    buf_init(&small, 50);
    for (size_t i = 0; i < 3; i++) {
        add(world, CHANGE_RELEASE, "0042", "alice", NULL);
    }
    audit_encode(world->plan, 0, 3, false, &small);
    assert_true(buf_failed(&small));
    buf_release(&small);
}

/* ---- counting ---------------------------------------------------------------------------- */

/* The walk over the text counts what a reader of all of it counts. */
static void expect_counted(const char *json)
{
    struct arena arena = ARENA_INIT;
    struct audit_change *changes = NULL;
    size_t n = 0;
    size_t read[CHANGE_KIND_COUNT];
    size_t counted[CHANGE_KIND_COUNT];
    assert_int_equal(audit_decode(&arena, json, &changes, &n, NULL), ERR_OK);
    audit_count_changes(changes, n, read);
    assert_true(audit_count(json, counted));
    assert_memory_equal(read, counted, sizeof read);
    free(changes);
    arena_release(&arena);
}

static void test_changes_are_counted_without_being_read(void **state)
{
    struct world *world = *state;
    expect_counted("[]");
    test_what_an_undo_needs(state);
    add(world, CHANGE_CREATE, "0050", NULL, NULL);
    add(world, CHANGE_CREATE, "0051", NULL, NULL);
    add(world, CHANGE_PIN, "0052", "al\x1b\n\"\\ {[,:", NULL)->to = "a note } with \"from\":1";
    add(world, CHANGE_RELEASE, "0053", "zoe", NULL);
    expect_counted(encoded(world));
}

static void test_what_cannot_be_counted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "[",
        "{}",
        "[{}]",
        "[{\"change\":\"assign\"}",
        "[{\"change\":\"assign\"}]x",
        "[{\"change\":\"assign",
        "[{\"change\":\"teleport\"}]",
        "[{\"change\":7}]",
        "[{\"change\" : \"assign\"}]",
        "[{\"why\":{\"a\":\"b\"",
        "[{\"change\":\"assign\",}]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t counts[CHANGE_KIND_COUNT];
        assert_false(audit_count(texts[i], counts));
    }
}

/* ---- reading ----------------------------------------------------------------------------- */

static void test_what_was_written_is_read(void **state)
{
    struct world *world = *state;
    test_what_an_undo_needs(state);
    add(world, CHANGE_CREATE, "0050", NULL, NULL);
    add(world, CHANGE_CREATE, "0051", NULL, NULL);
    struct err err = ERR_INIT;
    struct history *history = history_new();
    assert_int_equal(history_add(history,
                                 &(struct audit_record){.action_id = "20261122T203201123Z-k3f9q2",
                                                        .at_ms = AT_MS,
                                                        .order = AT_MS,
                                                        .actor = "ops@host",
                                                        .action = "sync",
                                                        .changes = encoded(world)},
                                 &err),
                     ERR_OK);
    history_seal(history);
    assert_int_equal(history->n_actions, 1);
    const struct audit_action *action = &history->actions[0];
    assert_string_equal(action->action_id, "20261122T203201123Z-k3f9q2");
    assert_int_equal(action->at_ms, AT_MS);
    assert_string_equal(action->actor, "ops@host");
    assert_string_equal(action->action, "sync");
    assert_int_equal(action->n_changes, 3);
    const struct audit_change *change = &action->changes[0];
    assert_int_equal(change->kind, CHANGE_REASSIGN);
    assert_string_equal(change->ext, "0043");
    assert_string_equal(change->agent, "alice");
    assert_string_equal(change->from, "0042");
    assert_string_equal(change->to, "0043");
    assert_string_equal(change->why, "asked");
    assert_int_equal(change->group, 7);
    assert_int_equal(change->was.at_s, 16);
    assert_string_equal(change->was.agent, "alice");
    assert_null(change->was.note);
    assert_int_equal(change->from_was.at_s, 17);
    assert_string_equal(change->from_was.note, "front \"desk\"");
    change = &action->changes[1];
    assert_int_equal(change->kind, CHANGE_ASSIGN);
    assert_null(change->from);
    assert_int_equal(change->group, 0);
    assert_int_equal(change->was.at_s, 0);
    assert_null(change->was.agent);
    change = &action->changes[2];
    assert_int_equal(change->kind, CHANGE_CREATE);
    assert_null(change->ext);
    assert_string_equal(change->from, "0050");
    assert_string_equal(change->to, "0051");
    history_free(history);
}

static void test_records_of_one_action_become_one(void **state)
{
    (void)state;
    static const char *const ids[] = {"20261122T203201123Z-bbbbbb", "20261122T203201123Z-aaaaaa",
                                      "20261122T203201123Z-bbbbbb", "20261122T203201124Z-aaaaaa"};
    static const int64_t at_ms[] = {AT_MS, AT_MS, AT_MS, AT_MS + 1};
    static const char *const agents[] = {"one", "two", "three", "four"};
    struct err err = ERR_INIT;
    struct history *history = history_new();
    for (size_t i = 0; i < 4; i++) {
        char json[128];
        snprintf(json, sizeof json,
                 "[{\"change\":\"release\",\"extension\":\"0042\",\"agent\":\"%s\"}]", agents[i]);
        assert_int_equal(history_add(history,
                                     &(struct audit_record){.action_id = ids[i],
                                                            .at_ms = at_ms[i],
                                                            .order = at_ms[i],
                                                            .actor = "a",
                                                            .action = "sync",
                                                            .changes = json},
                                     &err),
                         ERR_OK);
    }
    history_seal(history);
    assert_int_equal(history->n_actions, 3);
    assert_string_equal(history->actions[0].action_id, ids[3]);
    assert_string_equal(history->actions[1].action_id, ids[0]);
    assert_string_equal(history->actions[2].action_id, ids[1]);
    assert_int_equal(history->actions[1].n_changes, 2);
    assert_string_equal(history->actions[1].changes[0].agent, "one");
    assert_string_equal(history->actions[1].changes[1].agent, "three");
    history_free(history);
}

static void test_many_actions(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct history *history = history_new();
    for (int i = 0; i < 2000; i++) {
        char id[16];
        snprintf(id, sizeof id, "id-%d", i % 1000);
        assert_int_equal(history_add(history,
                                     &(struct audit_record){.action_id = id,
                                                            .at_ms = i % 1000,
                                                            .order = i % 1000,
                                                            .actor = "a",
                                                            .action = "sync",
                                                            .changes = "[]"},
                                     &err),
                         ERR_OK);
    }
    history_seal(history);
    assert_int_equal(history->n_actions, 1000);
    assert_int_equal(history->actions[0].at_ms, 999);
    assert_int_equal(history->actions[999].at_ms, 0);
    history_free(history);
}

static void test_what_is_not_a_record(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"", "not JSON"},
        {"[", "not JSON"},
        {"{}", "not a JSON array"},
        {"[1]", "change 1: \"change\" is not an object"},
        {"[{}]", "change 1: \"change\" is not a kind of change"},
        {"[{\"change\":\"assing\",\"extension\":\"1\"}]", "is not a kind of change"},
        {"[{\"change\":\"assign\"}]", "\"extension\" is missing"},
        {"[{\"change\":\"assign\",\"extension\":42}]", "\"extension\" is not a string"},
        {"[{\"change\":\"assign\",\"extension\":\"x\"}]", "\"extension\" is not an extension"},
        {"[{\"change\":\"assign\",\"extension\":\"123456789\"}]", "is not an extension"},
        {"[{\"change\":\"assign\",\"extension\":\"1\",\"group\":-1}]", "\"group\" is out of range"},
        {"[{\"change\":\"assign\",\"extension\":\"1\",\"was\":7}]", "\"was\" is not an object"},
        {"[{\"change\":\"assign\",\"extension\":\"1\",\"was\":{\"at\":\"7\"}}]",
         "\"at\" is not a whole number"},
        {"[{\"change\":\"assign\",\"extension\":\"1\",\"agent\":\"a\\u0000b\"}]", "not JSON"},
        {"[{\"change\":\"assign\",\"change\":\"assign\",\"extension\":\"1\"}]", "not JSON"},
        {"[{\"change\":\"create\"}]", "has no range"},
        {"[{\"change\":\"create\",\"from\":\"01\",\"to\":\"002\"}]", "\"to\" is before \"from\""},
        {"[{\"change\":\"create\",\"from\":\"02\",\"to\":\"01\"}]", "\"to\" is before \"from\""},
    };
    struct history *history = history_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = ERR_INIT;
        assert_int_equal(history_add(history,
                                     &(struct audit_record){.action_id = "id",
                                                            .at_ms = 1,
                                                            .order = 1,
                                                            .actor = "a",
                                                            .action = "sync",
                                                            .changes = cases[i].json},
                                     &err),
                         ERR_INPUT);
        assert_non_null(strstr(err.text, cases[i].says));
        assert_non_null(strstr(err.text, "audit record of id: "));
    }
    assert_int_equal(history->n_actions, 0);
    history_free(history);
}

static void test_members_of_a_newer_version_are_passed_over(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct history *history = history_new();
    assert_int_equal(
        history_add(history,
                    &(struct audit_record){
                        .action_id = "id",
                        .at_ms = 1,
                        .order = 1,
                        .actor = "a",
                        .action = "sync",
                        .changes = "[{\"change\":\"assign\",\"extension\":\"42\",\"mood\":[1]}]"},
                    &err),
        ERR_OK);
    assert_string_equal(history->actions[0].changes[0].ext, "42");
    history_free(history);
    history_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_has_the_time_and_sorts_by_it),
        cmocka_unit_test(test_ids_of_one_millisecond_differ),
        cmocka_unit_test(test_what_is_not_an_id),
        cmocka_unit_test_setup_teardown(test_changes_are_counted_without_being_read, set_up,
                                        tear_down),
        cmocka_unit_test(test_what_cannot_be_counted),
        cmocka_unit_test_setup_teardown(test_nothing_is_an_empty_array, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_that_are_created_stand_as_ranges, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_range_ends_where_another_change_stands, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_only_what_was_done_is_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_an_undo_needs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_text_makes_a_record_all_the_same, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_buffer_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_written_is_read, set_up, tear_down),
        cmocka_unit_test(test_records_of_one_action_become_one),
        cmocka_unit_test(test_many_actions),
        cmocka_unit_test(test_what_is_not_a_record),
        cmocka_unit_test(test_members_of_a_newer_version_are_passed_over),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
