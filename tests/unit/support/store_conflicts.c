/* The store contract: what somebody else did since the plan was made is neither overwritten nor in
   the way of the rest. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/store_site.h"

/* A plan of ours from what is there now, with one change; it is applied later. */
static struct plan *ours(struct site *site, enum change_kind kind, struct slot after)
{
    struct plan *plan = site_plan(site, site_see(site, site->store), change_kind_name(kind));
    propose(plan, kind, &after);
    return plan;
}

/* A bystander in the plan, who must not suffer. */
static void with_dave(struct plan *plan)
{
    struct slot slot = an_assigned("0009", "dave", T0);
    propose(plan, CHANGE_ASSIGN, &slot);
}

static void theirs(struct site *site, enum change_kind kind, struct slot after)
{
    site_do(site, site->other, kind, after);
}

/* Applies our plan: its first change meets `word`, dave gets his number all the same. */
static void expect_first_in_the_way(struct site *site, struct plan *plan, const char *word)
{
    with_dave(plan);
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], word);
    expect_result(&plan->changes[plan->n_changes - 1], RESULT_DONE);
    expect_slot(site, an_assigned("0009", "dave", T0));
    expect_sound(site, 10);
    const struct history *history = site_history(site, 0, site->action_id);
    assert_int_equal(history->n_actions, 1);
    assert_int_equal(history->actions[0].n_changes, 1);
    assert_string_equal(history->actions[0].changes[0].agent, "dave");
}

/* ---- single changes ------------------------------------------------------------------------ */

static const struct belongings s_desk = {.fallback = "phone:+441632960000"};
static const struct belongings s_bob = {.fallback = "agent:bob"};

static void test_set_what_somebody_else_set(void **state)
{
    struct site *site = *state;
    const struct slot fax = a_reserved("0001", T0, "fax");
    const struct slot alice = an_assigned("0002", "alice", T0);
    site_do(site, site->store, CHANGE_RESERVE, fax);
    site_do(site, site->store, CHANGE_ASSIGN, alice);
    struct plan *plan = ours(site, CHANGE_SET, going_to(fax, "agent:alice", 0));
    theirs(site, CHANGE_SET, going_to(fax, "ext:0002", 0));
    expect_first_in_the_way(site, plan, "ext:0002");
    expect_slot(site, going_to(fax, "ext:0002", 0));
    plan = ours(site, CHANGE_SET, falling_back_to(alice, &s_desk));
    theirs(site, CHANGE_SET, falling_back_to(alice, &s_bob));
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], "agent:bob");
    expect_slot(site, falling_back_to(alice, &s_bob));
}

static void test_set_what_is_set_already(void **state)
{
    struct site *site = *state;
    const struct slot fax = a_reserved("0001", T0, "fax");
    const struct slot alice = an_assigned("0002", "alice", T0);
    site_do(site, site->store, CHANGE_RESERVE, fax);
    site_do(site, site->store, CHANGE_ASSIGN, alice);
    struct plan *plan = ours(site, CHANGE_SET, going_to(fax, NULL, T0 + 60));
    struct slot set = falling_back_to(alice, &s_bob);
    propose(plan, CHANGE_SET, &set);
    theirs(site, CHANGE_SET, going_to(fax, NULL, T0 + 60));
    theirs(site, CHANGE_SET, set);
    site_apply(site, site->store, plan);
    expect_already_applied(&plan->changes[0], "until");
    expect_already_applied(&plan->changes[1], "agent:bob");
}

/* A fallback that came in between would be lost with the item, and no record would tell of it. */
static void test_move_one_who_got_a_fallback(void **state)
{
    struct site *site = *state;
    const struct slot alice = an_assigned("0001", "alice", T0);
    site_do(site, site->store, CHANGE_ASSIGN, alice);
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "alice", "0001", "0003", T0 + 5);
    theirs(site, CHANGE_SET, falling_back_to(alice, &s_bob));
    expect_first_in_the_way(site, plan, "agent:bob");
    expect_slot(site, falling_back_to(alice, &s_bob));
    plan = ours(site, CHANGE_RELEASE, a_free("0001", T0 + 9, "alice"));
    theirs(site, CHANGE_SET, falling_back_to(alice, &s_desk));
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], "phone:+441632960000");
}

static void test_unreserve_what_leads_elsewhere(void **state)
{
    struct site *site = *state;
    const struct slot fax = a_reserved("0001", T0, "fax");
    site_do(site, site->store, CHANGE_RESERVE, fax);
    struct plan *plan = ours(site, CHANGE_UNRESERVE, a_free("0001", 0, NULL));
    theirs(site, CHANGE_SET, going_to(fax, NULL, T0 + 60));
    expect_first_in_the_way(site, plan, "until");
    expect_slot(site, going_to(fax, NULL, T0 + 60));
}

static void test_assign_what_somebody_else_got(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0));
    expect_first_in_the_way(site, plan, "bob");
    expect_slot(site, an_assigned("0001", "bob", T0));
}

static void test_assign_to_one_who_got_another(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    theirs(site, CHANGE_ASSIGN, an_assigned("0005", "alice", T0));
    expect_first_in_the_way(site, plan, "0005");
    expect_slot(site, a_free("0001", 0, NULL));
    expect_slot(site, an_assigned("0005", "alice", T0));
}

static void test_assign_what_is_reserved_now(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    theirs(site, CHANGE_RESERVE, a_reserved("0001", T0, "fax machine"));
    expect_first_in_the_way(site, plan, "fax machine");
    expect_slot(site, a_reserved("0001", T0, "fax machine"));
}

static void test_assign_a_missing_number_that_is_there_now(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_REPAIR, an_absent("0001"));
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0));
    expect_first_in_the_way(site, plan, "bob");
}

static void test_assign_a_number_that_is_gone(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    theirs(site, CHANGE_REPAIR, an_absent("0001"));
    with_dave(plan);
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], "no record");
    expect_result(&plan->changes[1], RESULT_DONE);
    expect_slot(site, an_absent("0001"));
    expect_sound(site, 9);
}

static void test_release_what_somebody_else_has_now(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_RELEASE, a_free("0001", T0 + 60, "alice"));
    theirs(site, CHANGE_RELEASE, a_free("0001", T0 + 30, "alice"));
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0 + 40));
    expect_first_in_the_way(site, plan, "bob");
    expect_slot(site, an_assigned("0001", "bob", T0 + 40));
}

static void test_release_what_is_pinned_now(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_RELEASE, a_free("0001", T0 + 60, "alice"));
    theirs(site, CHANGE_PIN, a_pinned("0001", "alice", T0, "on leave"));
    expect_first_in_the_way(site, plan, "alice");
    expect_slot(site, a_pinned("0001", "alice", T0, "on leave"));
}

static void test_release_what_was_given_anew(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_RELEASE, a_free("0001", T0 + 60, "alice"));
    theirs(site, CHANGE_RELEASE, a_free("0001", T0 + 30, "alice"));
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0 + 40));
    expect_first_in_the_way(site, plan, "alice");
    expect_slot(site, an_assigned("0001", "alice", T0 + 40));
}

static void test_reserve_what_is_assigned_now(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_RESERVE, a_reserved("0001", T0, "fax"));
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0));
    expect_first_in_the_way(site, plan, "bob");
    expect_slot(site, an_assigned("0001", "bob", T0));
}

static void test_pin_what_was_given_back(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_PIN, a_pinned("0001", "alice", T0, "note"));
    theirs(site, CHANGE_RELEASE, a_free("0001", T0 + 30, "alice"));
    expect_first_in_the_way(site, plan, "free");
    expect_slot(site, a_free("0001", T0 + 30, "alice"));
}

static void test_unpin_what_has_another_note(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, a_pinned("0001", "alice", T0, "one"));
    struct plan *plan = ours(site, CHANGE_UNPIN, an_assigned("0001", "alice", T0));
    theirs(site, CHANGE_PIN, a_pinned("0001", "alice", T0, "two"));
    expect_first_in_the_way(site, plan, "alice");
    expect_slot(site, a_pinned("0001", "alice", T0, "two"));
}

static void test_move_to_what_is_taken(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "alice", "0001", "0002", T0 + 60);
    theirs(site, CHANGE_ASSIGN, an_assigned("0002", "bob", T0));
    expect_first_in_the_way(site, plan, "bob");
    expect_slot(site, an_assigned("0001", "alice", T0));
    expect_slot(site, an_assigned("0002", "bob", T0));
}

static void test_move_of_one_who_moved(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "alice", "0001", "0002", T0 + 60);
    struct plan *moved = site_plan(site, site_see(site, site->other), "reassign");
    propose_move(moved, "alice", "0001", "0003", T0 + 30);
    site_apply(site, site->other, moved);
    expect_first_in_the_way(site, plan, "0001");
    expect_slot(site, an_assigned("0003", "alice", T0 + 30));
    expect_slot(site, a_free("0002", 0, NULL));
}

static void test_one_plan_cannot_give_an_agent_two(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct slot second = an_assigned("0002", "alice", T0);
    propose(plan, CHANGE_ASSIGN, &second);
    with_dave(plan);
    site_apply(site, site->store, plan);
    assert_int_equal(plan_results(plan, RESULT_DONE), 2);
    assert_int_equal(plan_results(plan, RESULT_CONFLICT), 1);
    expect_result(&plan->changes[2], RESULT_DONE);
    expect_sound(site, 10);
}

/* ---- judged by what was asked --------------------------------------------------------------- */

/* alice moves from 0001 to 0005 behind our back. */
static void alice_moves(struct site *site)
{
    struct plan *moved = site_plan(site, site_see(site, site->other), "reassign");
    propose_move(moved, "alice", "0001", "0005", T0 + 30);
    site_apply(site, site->other, moved);
}

static void test_a_sync_is_content_with_another_number(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    plan->changes[0].any_number = true;
    theirs(site, CHANGE_ASSIGN, an_assigned("0005", "alice", T0));
    with_dave(plan);
    site_apply(site, site->store, plan);
    expect_already_applied(&plan->changes[0], "alice holds 0005 now");
    expect_result(&plan->changes[1], RESULT_DONE);
    expect_slot(site, a_free("0001", 0, NULL));
    expect_slot(site, an_assigned("0005", "alice", T0));
}

static void test_a_sync_that_lost_the_number_and_whose_agent_has_another(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    plan->changes[0].any_number = true;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0));
    theirs(site, CHANGE_ASSIGN, an_assigned("0005", "alice", T0));
    site_apply(site, site->store, plan);
    expect_already_applied(&plan->changes[0], "alice holds 0005 now");
}

static void test_release_of_one_who_moved(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_RELEASE, a_free("0001", T0 + 60, "alice"));
    alice_moves(site);
    expect_first_in_the_way(site, plan, "alice holds 0005 now");
    expect_slot(site, an_assigned("0005", "alice", T0 + 30));
}

static void test_release_of_one_whose_number_went_to_another(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_RELEASE, a_free("0001", T0 + 60, "alice"));
    alice_moves(site);
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0 + 40));
    expect_first_in_the_way(site, plan, "alice holds 0005 now; 0001 is assigned to bob");
}

static void test_release_of_a_number_whose_holder_moved(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_RELEASE, a_free("0001", T0 + 60, "alice"));
    plan->changes[0].by_number = true;
    alice_moves(site);
    site_apply(site, site->store, plan);
    expect_already_applied(&plan->changes[0], "0001 is free");
    expect_slot(site, an_assigned("0005", "alice", T0 + 30));
}

static void test_pin_of_one_who_moved(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = ours(site, CHANGE_PIN, a_pinned("0001", "alice", T0, "note"));
    alice_moves(site);
    expect_first_in_the_way(site, plan, "alice holds 0005 now");
}

/* What was left behind is somebody else's by now: that was nobody's wish, and in nobody's way. */
static void test_a_move_that_was_made_already(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "alice", "0001", "0005", T0 + 60);
    alice_moves(site);
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0 + 40));
    site_apply(site, site->store, plan);
    expect_already_applied(&plan->changes[0], "0005 is assigned to alice");
    expect_slot(site, an_assigned("0005", "alice", T0 + 30));
    expect_slot(site, an_assigned("0001", "bob", T0 + 40));
}

/* ---- already applied ---------------------------------------------------------------------------- */

static void test_what_is_so_already_is_skipped(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0005", "eve", T0));
    theirs(site, CHANGE_ASSIGN, an_assigned("0006", "frank", T0));
    const struct snapshot *snapshot = site_see(site, site->store);
    struct slot wanted[] = {
        a_free("4711", 0, NULL),
        an_assigned("0001", "alice", T0),
        a_reserved("0002", T0, "fax"),
        a_free("0005", T0 + 60, "eve"),
        a_pinned("0006", "frank", T0, "note"),
    };
    enum change_kind kinds[] = {CHANGE_CREATE, CHANGE_ASSIGN, CHANGE_RESERVE, CHANGE_RELEASE,
                                CHANGE_PIN};
    struct plan *first = site_plan(site, snapshot, "import");
    struct plan *second = site_plan(site, snapshot, "import");
    for (size_t i = 0; i < 5; i++) {
        propose(first, kinds[i], &wanted[i]);
        wanted[i].at_s += wanted[i].at_s ? 5 : 0; /* the same, a little later */
        propose(second, kinds[i], &wanted[i]);
    }
    site_apply(site, site->other, first);
    assert_int_equal(plan_results(first, RESULT_DONE), 5);
    size_t n_actions = site_history(site, 0, NULL)->n_actions;
    site_apply(site, site->store, second);
    for (size_t i = 0; i < 5; i++) {
        expect_already_applied(&second->changes[i], "already applied");
    }
    assert_int_equal(site_history(site, 0, NULL)->n_actions, n_actions);
    expect_slot(site, an_assigned("0001", "alice", T0));
    expect_sound(site, 11);
}

static void test_a_number_to_create_may_be_in_use_already(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site, CHANGE_CREATE, a_free("4711", 0, NULL));
    theirs(site, CHANGE_CREATE, a_free("4711", 0, NULL));
    theirs(site, CHANGE_ASSIGN, an_assigned("4711", "alice", T0));
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_SKIPPED);
    expect_slot(site, an_assigned("4711", "alice", T0));
    expect_sound(site, 11);
}

static void test_a_group_that_is_so_already_is_skipped(void **state)
{
    struct site *site = *state;
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    const struct snapshot *snapshot = site_see(site, site->store);
    struct plan *first = site_plan(site, snapshot, "reassign");
    struct plan *second = site_plan(site, snapshot, "reassign");
    propose_move(first, "alice", "0001", "0002", T0 + 60);
    propose_move(second, "alice", "0001", "0002", T0 + 61);
    site_apply(site, site->other, first);
    site_apply(site, site->store, second);
    expect_result(&second->changes[0], RESULT_SKIPPED);
    expect_slot(site, an_assigned("0002", "alice", T0 + 60));
}

/* ---- groups -------------------------------------------------------------------------------- */

/* alice has 0001, bob 0002; the plan swaps them, and dave gets 0009 beside it. */
static struct plan *plan_a_swap(struct site *site)
{
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    theirs(site, CHANGE_ASSIGN, an_assigned("0002", "bob", T0));
    struct plan *plan = site_plan(site, site_see(site, site->store), "swap");
    struct slot to_alice = an_assigned("0002", "alice", T0 + 60);
    struct slot to_bob = an_assigned("0001", "bob", T0 + 60);
    propose(plan, CHANGE_REASSIGN, &to_alice)->group = 3;
    propose(plan, CHANGE_REASSIGN, &to_bob)->group = 3;
    with_dave(plan);
    return plan;
}

static void test_a_swap_is_whole_or_not_at_all(void **state)
{
    struct site *site = *state;
    struct plan *plan = plan_a_swap(site);
    theirs(site, CHANGE_PIN, a_pinned("0002", "bob", T0, "stays here"));
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_CONFLICT);
    expect_result(&plan->changes[1], RESULT_CONFLICT);
    assert_non_null(plan->changes[0].detail);
    assert_non_null(plan->changes[1].detail);
    expect_result(&plan->changes[2], RESULT_DONE);
    expect_slot(site, an_assigned("0001", "alice", T0));
    expect_slot(site, a_pinned("0002", "bob", T0, "stays here"));
    expect_slot(site, an_assigned("0009", "dave", T0));
}

static void test_a_swap_with_one_who_left(void **state)
{
    struct site *site = *state;
    struct plan *plan = plan_a_swap(site);
    theirs(site, CHANGE_RELEASE, a_free("0002", T0 + 30, "bob"));
    theirs(site, CHANGE_ASSIGN, an_assigned("0008", "bob", T0 + 31));
    site_apply(site, site->store, plan);
    assert_int_equal(plan_results(plan, RESULT_CONFLICT), 2);
    assert_int_equal(plan_results(plan, RESULT_DONE), 1);
    expect_slot(site, an_assigned("0001", "alice", T0));
    expect_slot(site, a_free("0002", T0 + 30, "bob"));
    expect_slot(site, an_assigned("0008", "bob", T0 + 31));
    expect_sound(site, 10);
}

/* ---- numbers that the pool chose ----------------------------------------------------------- */

/* Alice gets a number that the pool chose; the next ones that it would choose are `spares`. */
static struct plan *chosen(struct site *site, const char *const *spares, size_t n)
{
    struct plan *plan = ours(site, CHANGE_ASSIGN, an_assigned("0001", "alice", T0));
    plan->changes[0].chosen = true;
    plan->spares = calloc(n, sizeof *plan->spares);
    for (size_t i = 0; i < n; i++) {
        plan->spares[plan->n_spares++] =
            (struct spare){snapshot_find(plan->snapshot, spares[i]), GROUP_NONE};
    }
    return plan;
}

static void test_a_number_that_was_lost_is_chosen_again(void **state)
{
    struct site *site = *state;
    static const char *const spares[] = {"0002", "0003", "0004"};
    struct plan *plan = chosen(site, spares, 3);
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0));
    theirs(site, CHANGE_RESERVE, a_reserved("0002", T0, "fax"));
    with_dave(plan);
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_DONE);
    assert_string_equal(plan->changes[0].ext, "0003");
    assert_string_equal(plan->changes[0].to, "0003");
    assert_non_null(strstr(plan->changes[0].why, "0002 went to somebody else meanwhile"));
    expect_slot(site, an_assigned("0003", "alice", T0));
    expect_slot(site, an_assigned("0001", "bob", T0));
    expect_slot(site, an_assigned("0009", "dave", T0));
    expect_sound(site, 10);
    const struct history *history = site_history(site, 0, site->action_id);
    const char *recorded = NULL;
    for (size_t i = 0; i < history->actions[0].n_changes; i++) {
        const struct audit_change *change = &history->actions[0].changes[i];
        recorded = strcmp(change->agent, "alice") == 0 ? change->ext : recorded;
    }
    assert_string_equal(recorded, "0003");
}

/* Five times, then it is a conflict; and an agent who has one by now gets no second. */
static void test_a_number_is_not_chosen_for_ever(void **state)
{
    struct site *site = *state;
    static const char *const spares[] = {"0002", "0003", "0004", "0005", "0006", "0007"};
    struct plan *plan = chosen(site, spares, 6);
    for (size_t i = 0; i < 6; i++) {
        char agent[16];
        char ext[EXT_ROOM] = "0001";
        snprintf(agent, sizeof agent, "other%zu", i);
        ext[3] = (char)('1' + i);
        theirs(site, CHANGE_ASSIGN, an_assigned(ext, agent, T0));
    }
    with_dave(plan);
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], "other5");
    expect_slot(site, a_free("0007", 0, NULL));
    expect_sound(site, 10);
}

static void test_a_number_is_not_chosen_for_one_who_has_one(void **state)
{
    struct site *site = *state;
    static const char *const spares[] = {"0002"};
    struct plan *plan = chosen(site, spares, 1);
    theirs(site, CHANGE_ASSIGN, an_assigned("0001", "bob", T0));
    theirs(site, CHANGE_ASSIGN, an_assigned("0005", "alice", T0));
    with_dave(plan);
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], "0005");
    expect_slot(site, a_free("0002", 0, NULL));
    expect_sound(site, 10);
}

static void test_many_conflicts_at_once(void **state)
{
    struct site *site = *state;
    const struct snapshot *snapshot = site_see(site, site->store);
    struct plan *first = site_plan(site, snapshot, "sync");
    struct plan *second = site_plan(site, snapshot, "sync");
    for (int i = 0; i < 10; i++) {
        const char ext[] = {'0', '0', '0', (char)('0' + i), '\0'};
        const char one[] = {'a', (char)('0' + i), '\0'};
        const char two[] = {'b', (char)('0' + i), '\0'};
        struct slot slot = an_assigned(ext, one, T0);
        if (i % 2 == 0) {
            propose(first, CHANGE_ASSIGN, &slot);
        }
        slot = an_assigned(ext, two, T0);
        propose(second, CHANGE_ASSIGN, &slot);
    }
    site_apply(site, site->other, first);
    site_apply(site, site->store, second);
    for (size_t i = 0; i < 10; i++) {
        expect_result(&second->changes[i], i % 2 == 0 ? RESULT_CONFLICT : RESULT_DONE);
    }
    expect_sound(site, 10);
}

const struct CMUnitTest store_conflict_tests[] = {
    cmocka_unit_test_setup_teardown(test_set_what_somebody_else_set, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_set_what_is_set_already, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_move_one_who_got_a_fallback, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_unreserve_what_leads_elsewhere, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_assign_what_somebody_else_got, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_assign_to_one_who_got_another, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_assign_what_is_reserved_now, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_assign_a_missing_number_that_is_there_now, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_assign_a_number_that_is_gone, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_release_what_somebody_else_has_now, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_release_what_is_pinned_now, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_release_what_was_given_anew, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_reserve_what_is_assigned_now, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_pin_what_was_given_back, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_unpin_what_has_another_note, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_move_to_what_is_taken, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_move_of_one_who_moved, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_one_plan_cannot_give_an_agent_two, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_sync_is_content_with_another_number, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_sync_that_lost_the_number_and_whose_agent_has_another,
                                    site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_release_of_one_who_moved, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_release_of_one_whose_number_went_to_another, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_release_of_a_number_whose_holder_moved, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_pin_of_one_who_moved, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_move_that_was_made_already, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_what_is_so_already_is_skipped, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_number_to_create_may_be_in_use_already, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_a_group_that_is_so_already_is_skipped, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_swap_is_whole_or_not_at_all, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_swap_with_one_who_left, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_number_that_was_lost_is_chosen_again, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_a_number_is_not_chosen_for_ever, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_number_is_not_chosen_for_one_who_has_one, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_many_conflicts_at_once, site_ten, site_end),
};
const size_t store_n_conflict_tests = sizeof store_conflict_tests / sizeof store_conflict_tests[0];
