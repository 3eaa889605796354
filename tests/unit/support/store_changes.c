/* The store contract: each kind of change does what it says, alone and in groups. */

#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/store_site.h"

/* ---- making -------------------------------------------------------------------------------- */

static void test_before_init_there_is_nothing(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    struct snapshot *snapshot = NULL;
    struct history *history = NULL;
    const struct store_ops *ops = site->store->ops;
    assert_int_equal(ops->load(site->store, &site->policy, LOAD_NORMAL, NULL, &snapshot, &err),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(err.hint, "--init"));
    err_clear(&err);
    assert_int_equal(ops->load(site->store, &site->policy, LOAD_CONSISTENT, NULL, &snapshot, &err),
                     ERR_NOT_FOUND);
    err_clear(&err);
    assert_int_equal(
        ops->history(site->store, &(struct history_query){.action_id = NULL}, NULL, &history, &err),
        ERR_NOT_FOUND);
    assert_null(snapshot);
    assert_null(history);
}

static void test_nothing_can_be_written_before_init(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    struct snapshot *empty = snapshot_new();
    struct plan *plan = site_plan(site, empty, "init");
    struct slot slot = a_free("0000", 0, NULL);
    propose(plan, CHANGE_CREATE, &slot);
    assert_int_equal(site_try(site, site->store, plan, NULL, &err), ERR_NOT_FOUND);
    expect_result(&plan->changes[0], RESULT_NOT_TRIED);
    snapshot_unref(empty);
}

static void test_a_new_store_is_empty(void **state)
{
    struct site *site = *state;
    const struct snapshot *snapshot = site_see(site, site->store);
    assert_int_equal(snapshot->n_slots, 0);
    assert_int_equal(snapshot->n_claims, 0);
    assert_int_equal(snapshot->n_unknown_items, 0);
    assert_true(snapshot->consistent);
    assert_int_equal(site_history(site, 0, NULL)->n_actions, 0);
}

static void test_init_can_be_repeated(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    struct port_info warnings;
    port_info_init(&warnings);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(site->other->ops->init(site->other, &site->policy, NULL, &warnings, &err),
                         ERR_OK);
        assert_int_equal(site->store->ops->init(site->store, &site->policy, NULL, NULL, &err),
                         ERR_OK);
    }
    port_info_release(&warnings);
    expect_sound(site, 10);
}

/* ---- one change ---------------------------------------------------------------------------- */

static void test_create(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_CREATE, a_free("4711", 0, NULL));
    expect_slot(site, a_free("4711", 0, NULL));
    expect_sound(site, 11);
}

static void test_assign(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    expect_slot(site, an_assigned("0004", "alice", T0));
    expect_slot(site, a_free("0003", 0, NULL));
    expect_sound(site, 10);
}

static void test_assign_a_number_that_is_not_there_yet(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("4711", "alice", T0));
    expect_slot(site, an_assigned("4711", "alice", T0));
    expect_sound(site, 11);
}

static void test_release_remembers_who_and_when(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    site_do(site, site->store, CHANGE_RELEASE, a_free("0004", T0 + 60, "alice"));
    expect_slot(site, a_free("0004", T0 + 60, "alice"));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "bob", T0 + 90));
    expect_slot(site, an_assigned("0004", "bob", T0 + 90));
    /* alice has none now, so she can get another. */
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0005", "alice", T0 + 91));
    expect_sound(site, 10);
}

static void test_reassign(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "alice", "0004", "0007", T0 + 5);
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_DONE);
    expect_slot(site, a_free("0004", T0 + 5, "alice"));
    expect_slot(site, an_assigned("0007", "alice", T0 + 5));
    expect_sound(site, 10);
}

static void test_reserve_and_unreserve(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_RESERVE, a_reserved("0001", T0, "fax"));
    expect_slot(site, a_reserved("0001", T0, "fax"));
    site_do(site, site->store, CHANGE_RESERVE, a_reserved("0002", T0, NULL));
    expect_slot(site, a_reserved("0002", T0, NULL));
    site_do(site, site->store, CHANGE_UNRESERVE, a_free("0001", T0 + 1, NULL));
    expect_slot(site, a_free("0001", T0 + 1, NULL));
}

static void test_pin_and_unpin(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    site_do(site, site->store, CHANGE_PIN, a_pinned("0004", "alice", T0, "printed on the door"));
    expect_slot(site, a_pinned("0004", "alice", T0, "printed on the door"));
    site_do(site, site->store, CHANGE_PIN, a_pinned("0004", "alice", T0, "another note"));
    expect_slot(site, a_pinned("0004", "alice", T0, "another note"));
    site_do(site, site->store, CHANGE_UNPIN, an_assigned("0004", "alice", T0));
    expect_slot(site, an_assigned("0004", "alice", T0));
}

static void test_pins_without_words(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    site_do(site, site->store, CHANGE_PIN, a_pinned("0004", "alice", T0, ""));
    expect_slot(site, a_pinned("0004", "alice", T0, ""));
}

static const struct belongings s_desk = {.arn = "arn:1", .fallback = "phone:+441632960000"};
static const struct belongings s_colleague = {.arn = "arn:1", .fallback = "agent:bob"};

static void test_where_calls_to_a_reserved_number_go(void **state)
{
    struct site *site = *state;
    const struct slot fax = a_reserved("0001", T0, "fax");
    site_do(site, site->store, CHANGE_RESERVE, going_to(fax, "agent:alice", T0 + 60));
    expect_slot(site, going_to(fax, "agent:alice", T0 + 60));
    site_do(site, site->store, CHANGE_SET, going_to(fax, "ext:0004", T0 + 60));
    expect_slot(site, going_to(fax, "ext:0004", T0 + 60));
    site_do(site, site->store, CHANGE_SET, going_to(fax, "ext:0004", T0 + 90));
    expect_slot(site, going_to(fax, "ext:0004", T0 + 90));
    site_do(site, site->store, CHANGE_SET, fax);
    expect_slot(site, fax);
    const struct audit_change *change = site_history(site, 2, NULL)->actions[1].changes;
    assert_int_equal(change->kind, CHANGE_SET);
    assert_string_equal(change->calls.target, "ext:0004");
    assert_int_equal(change->calls.until_s, T0 + 90);
    assert_int_equal(change->was.until_s, T0 + 60);
    site_do(site, site->store, CHANGE_UNRESERVE, a_free("0001", 0, NULL));
    expect_slot(site, a_free("0001", 0, NULL));
}

static void test_the_fallback_of_an_agent(void **state)
{
    struct site *site = *state;
    const struct slot alice = an_assigned("0004", "alice", T0);
    site_do(site, site->store, CHANGE_ASSIGN, alice);
    site_do(site, site->store, CHANGE_SET, falling_back_to(alice, &s_desk));
    expect_slot(site, falling_back_to(alice, &s_desk));
    site_do(site, site->store, CHANGE_SET, falling_back_to(alice, &s_colleague));
    expect_slot(site, falling_back_to(alice, &s_colleague));
    const struct audit_change *change = site_history(site, 1, NULL)->actions[0].changes;
    assert_string_equal(slot_fallback(&change->calls), "agent:bob");
    assert_string_equal(change->was.own->fallback, "phone:+441632960000");
    site_do(site, site->store, CHANGE_SET, alice);
    expect_slot(site, alice);
    expect_sound(site, 10);
}

static void test_adopt(void **state)
{
    struct site *site = *state;
    struct slot old = an_assigned("0004", "alice", 0);
    old.by = NULL;
    site_do(site, site->store, CHANGE_ASSIGN, old);
    expect_slot(site, old);
    site_do(site, site->store, CHANGE_ADOPT, an_assigned("0004", "alice", T0));
    expect_slot(site, an_assigned("0004", "alice", T0));
}

static void test_a_number_can_go(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_REPAIR, an_absent("0003"));
    expect_slot(site, an_absent("0003"));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    site_do(site, site->store, CHANGE_REPAIR, an_absent("0004"));
    expect_slot(site, an_absent("0004"));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0005", "alice", T0));
    expect_sound(site, 8);
}

static void test_odd_characters_come_back_as_they_were(void **state)
{
    struct site *site = *state;
    char login[LOGIN_MAX + 1];
    char note[NOTE_MAX + 1];
    memset(login, 'l', LOGIN_MAX);
    memset(note, 'n', NOTE_MAX);
    login[LOGIN_MAX] = note[NOTE_MAX] = '\0';
    const char *const texts[][2] = {
        {"o'brien", "it's \"here\""},
        {"Robert'); DROP TABLE extension;--", "a;b"},
        {"zo\xc3\xab@example.org", "caf\xc3\xa9 \xe2\x98\x8e \xf0\x9f\x93\x9e"},
        {"tab\there", "two\nlines\r\n"},
        {"esc\x1b[31m", "\\ / \x01 \x7f"},
        {"=cmd|' /C calc'!A0", "%s %n ? ?1 :x @y $z {} []"},
        {"agent#x", " leading and trailing "},
        {"ALICE", "upper"},
        {"alice", "lower"},
        {login, note},
    };
    size_t n = sizeof texts / sizeof texts[0];
    struct plan *plan = site_plan(site, site_see(site, site->store), "import");
    for (size_t i = 0; i < n; i++) {
        const char ext[] = {'0', '0', '0', (char)('0' + i), '\0'};
        struct slot slot = a_pinned(ext, texts[i][0], T0, texts[i][1]);
        propose(plan, CHANGE_ASSIGN, &slot);
    }
    site_apply(site, site->store, plan);
    for (size_t i = 0; i < n; i++) {
        const char ext[] = {'0', '0', '0', (char)('0' + i), '\0'};
        expect_slot(site, a_pinned(ext, texts[i][0], T0, texts[i][1]));
    }
    const struct history *history = site_history(site, 1, NULL);
    assert_int_equal(history->actions[0].n_changes, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(history->actions[0].changes[i].agent, texts[i][0]);
    }
}

/* ---- several ------------------------------------------------------------------------------- */

static void test_an_empty_plan_writes_nothing(void **state)
{
    struct site *site = *state;
    size_t before = site_history(site, 0, NULL)->n_actions;
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    site_apply(site, site->store, plan);
    assert_int_equal(site_history(site, 0, NULL)->n_actions, before);
}

static void test_what_is_left_out_is_not_written(void **state)
{
    struct site *site = *state;
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    struct slot slots[] = {an_assigned("0001", "alice", T0), an_assigned("0002", "bob", T0),
                           an_assigned("0003", "carol", T0)};
    for (size_t i = 0; i < 3; i++) {
        propose(plan, CHANGE_ASSIGN, &slots[i]);
    }
    plan->changes[0].left_out = true;
    plan->changes[2].result = RESULT_CONFLICT; /* decided by the planner: an undo does that */
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_SKIPPED);
    expect_result(&plan->changes[1], RESULT_DONE);
    expect_result(&plan->changes[2], RESULT_CONFLICT);
    expect_slot(site, a_free("0001", 0, NULL));
    expect_slot(site, slots[1]);
    expect_slot(site, a_free("0003", 0, NULL));
    assert_int_equal(site_history(site, 1, NULL)->actions[0].n_changes, 1);
}

static void test_a_plan_with_everything_left_out_writes_nothing(void **state)
{
    struct site *site = *state;
    size_t before = site_history(site, 0, NULL)->n_actions;
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    struct slot slot = an_assigned("0001", "alice", T0);
    propose(plan, CHANGE_ASSIGN, &slot)->left_out = true;
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_SKIPPED);
    assert_int_equal(site_history(site, 0, NULL)->n_actions, before);
}

/* Gives 0001 to alice, 0002 to bob, 0003 to carol. */
static void assign_three(struct site *site)
{
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    struct slot slots[] = {an_assigned("0001", "alice", T0), an_assigned("0002", "bob", T0),
                           an_assigned("0003", "carol", T0)};
    for (size_t i = 0; i < 3; i++) {
        propose(plan, CHANGE_ASSIGN, &slots[i]);
    }
    site_apply(site, site->store, plan);
}

static struct change *propose_in(struct plan *plan, uint32_t group, enum change_kind kind,
                                 struct slot after)
{
    struct change *change = propose(plan, kind, &after);
    change->group = group;
    return change;
}

static void test_swap(void **state)
{
    struct site *site = *state;
    assign_three(site);
    struct plan *plan = site_plan(site, site_see(site, site->store), "swap");
    propose_in(plan, 1, CHANGE_REASSIGN, an_assigned("0002", "alice", T0 + 9));
    propose_in(plan, 1, CHANGE_REASSIGN, an_assigned("0001", "bob", T0 + 9));
    site_apply(site, site->store, plan);
    assert_int_equal(plan_results(plan, RESULT_DONE), 2);
    expect_slot(site, an_assigned("0002", "alice", T0 + 9));
    expect_slot(site, an_assigned("0001", "bob", T0 + 9));
    expect_sound(site, 10);
}

static void test_a_ring_of_three(void **state)
{
    struct site *site = *state;
    assign_three(site);
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_in(plan, 4, CHANGE_REASSIGN, an_assigned("0002", "alice", T0 + 9));
    propose_in(plan, 4, CHANGE_REASSIGN, an_assigned("0003", "bob", T0 + 9));
    propose_in(plan, 4, CHANGE_REASSIGN, an_assigned("0001", "carol", T0 + 9));
    site_apply(site, site->store, plan);
    assert_int_equal(plan_results(plan, RESULT_DONE), 3);
    expect_slot(site, an_assigned("0002", "alice", T0 + 9));
    expect_slot(site, an_assigned("0003", "bob", T0 + 9));
    expect_slot(site, an_assigned("0001", "carol", T0 + 9));
    expect_sound(site, 10);
}

static void test_one_number_from_one_to_the_next(void **state)
{
    struct site *site = *state;
    assign_three(site);
    /* alice leaves 0001, dave gets it: both steps have seen alice there, and the last one stands.
     */
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    propose_in(plan, 1, CHANGE_RELEASE, a_free("0001", T0 + 9, "alice"));
    propose_in(plan, 1, CHANGE_ASSIGN, an_assigned("0001", "dave", T0 + 9));
    /* A second group beside it: bob moves to what carol leaves. */
    propose_in(plan, 2, CHANGE_RELEASE, a_free("0003", T0 + 9, "carol"));
    struct change *move = propose_move(plan, "bob", "0002", "0003", T0 + 9);
    move->group = 2;
    site_apply(site, site->store, plan);
    assert_int_equal(plan_results(plan, RESULT_DONE), 4);
    expect_slot(site, an_assigned("0001", "dave", T0 + 9));
    expect_slot(site, a_free("0002", T0 + 9, "bob"));
    expect_slot(site, an_assigned("0003", "bob", T0 + 9));
    expect_sound(site, 10);
}

static void test_a_group_with_a_row_left_out_is_left_out_whole(void **state)
{
    struct site *site = *state;
    assign_three(site);
    struct plan *plan = site_plan(site, site_see(site, site->store), "swap");
    propose_in(plan, 1, CHANGE_REASSIGN, an_assigned("0002", "alice", T0 + 9))->left_out = true;
    propose_in(plan, 1, CHANGE_REASSIGN, an_assigned("0001", "bob", T0 + 9));
    propose_in(plan, 0, CHANGE_RELEASE, a_free("0003", T0 + 9, "carol"));
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_SKIPPED);
    expect_result(&plan->changes[1], RESULT_SKIPPED);
    expect_result(&plan->changes[2], RESULT_DONE);
    expect_slot(site, an_assigned("0001", "alice", T0));
}

const struct CMUnitTest store_change_tests[] = {
    cmocka_unit_test_setup_teardown(test_before_init_there_is_nothing, site_bare, site_end),
    cmocka_unit_test_setup_teardown(test_nothing_can_be_written_before_init, site_bare, site_end),
    cmocka_unit_test_setup_teardown(test_a_new_store_is_empty, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_init_can_be_repeated, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_create, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_assign, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_assign_a_number_that_is_not_there_yet, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_release_remembers_who_and_when, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_reassign, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_reserve_and_unreserve, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_pin_and_unpin, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_pins_without_words, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_where_calls_to_a_reserved_number_go, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_the_fallback_of_an_agent, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_adopt, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_number_can_go, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_odd_characters_come_back_as_they_were, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_an_empty_plan_writes_nothing, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_what_is_left_out_is_not_written, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_plan_with_everything_left_out_writes_nothing, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_swap, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_ring_of_three, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_one_number_from_one_to_the_next, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_group_with_a_row_left_out_is_left_out_whole, site_ten,
                                    site_end),
};
const size_t store_n_change_tests = sizeof store_change_tests / sizeof store_change_tests[0];
