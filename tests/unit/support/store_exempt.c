/* The store contract: agents who need no extension. */

#include <string.h>

#include "core/base/text.h"
#include "tests/unit/support/store_site.h"

/* ---- plans by hand --------------------------------------------------------------------------- */

static const struct exempt s_trainer = {
    .agent = "kim", .note = "trainer", .by = ACTOR, .since_s = T0};
static const struct exempt s_lead = {
    .agent = "kim", .note = "lead", .by = ACTOR, .since_s = T0 + 9};

/* Adds an exempt or unexempt of kim, from what the plan's snapshot has; `after` NULL: it ends. */
static struct change *propose_exempt(struct plan *plan, const struct exempt *after)
{
    struct change *change =
        plan_add(plan, after ? CHANGE_EXEMPT : CHANGE_UNEXEMPT, NULL, "kim", 0, "%s", "test");
    const struct exempt *before = snapshot_find_exempt(plan->snapshot, "kim");
    change->exempt = arena_alloc(&plan->arena, sizeof *change->exempt);
    *change->exempt = (struct exempt_step){.agent = "kim", .before = before, .after = after};
    change->from = before ? before->note : NULL;
    change->to = after ? after->note : NULL;
    return change;
}

/* The same of a holder: the release comes with it. */
static void propose_exempt_holder(struct plan *plan, const char *ext)
{
    struct slot given_back = a_free(ext, T0 + 9, "kim");
    propose(plan, CHANGE_RELEASE, &given_back)->group = 1;
    propose_exempt(plan, &s_trainer)->group = 1;
}

static struct plan *ours(struct site *site)
{
    return site_plan(site, site_see(site, site->store), "exempt");
}

/* The other handle makes it so now; `after` NULL: ends it. */
static void theirs(struct site *site, const struct exempt *after)
{
    struct plan *plan = site_plan(site, site_see(site, site->other), "exempt");
    struct change *change = propose_exempt(plan, after);
    site_apply(site, site->other, plan);
    expect_result(change, RESULT_DONE);
}

#define expect_exempt(site, wanted) expect_exempt_at(site, wanted, __FILE__, __LINE__)
static void expect_exempt_at(struct site *site, const struct exempt *wanted, const char *file,
                             int line)
{
    const struct exempt *now = snapshot_find_exempt(site_see(site, site->other), "kim");
    bool same = wanted && now
                    ? text_same(now->note, wanted->note) && text_same(now->by, wanted->by) &&
                          now->since_s == wanted->since_s
                    : !wanted && !now;
    if (!same) {
        print_error("kim: %s\n", now ? now->note : "not exempt");
        _fail(file, line);
    }
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void test_one_comes_and_goes(void **state)
{
    struct site *site = *state;
    theirs(site, &s_trainer);
    expect_exempt(site, &s_trainer);
    expect_sound(site, 10);
    const struct history *history = site_history(site, 0, site->action_id);
    assert_int_equal(history->actions[0].n_changes, 1);
    const struct audit_change *change = &history->actions[0].changes[0];
    assert_int_equal(change->kind, CHANGE_EXEMPT);
    assert_string_equal(change->agent, "kim");
    assert_string_equal(change->to, "trainer");
    theirs(site, &s_lead);
    expect_exempt(site, &s_lead);
    theirs(site, NULL);
    expect_exempt(site, NULL);
    history = site_ask(site, &(struct history_query){.agent = "kim"});
    assert_int_equal(history->n_actions, 3);
    change = &history->actions[0].changes[0];
    assert_int_equal(change->kind, CHANGE_UNEXEMPT);
    assert_string_equal(change->was.note, "lead");
    assert_string_equal(change->was.by, ACTOR);
    assert_int_equal(change->was.at_s, T0 + 9);
}

static void test_a_holder_gives_the_number_back_at_once(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0003", "kim", T0));
    struct plan *plan = ours(site);
    propose_exempt_holder(plan, "0003");
    site_apply(site, site->store, plan);
    expect_result(&plan->changes[0], RESULT_DONE);
    expect_result(&plan->changes[1], RESULT_DONE);
    expect_slot(site, a_free("0003", T0 + 9, "kim"));
    expect_exempt(site, &s_trainer);
}

static void test_what_is_so_already_is_skipped(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site);
    struct change *change = propose_exempt(plan, &s_trainer);
    theirs(site, &s_trainer);
    site_apply(site, site->store, plan);
    expect_already_applied(change, "kim is exempt since 2026-11-18: trainer");
    plan = ours(site);
    change = propose_exempt(plan, NULL);
    theirs(site, NULL);
    site_apply(site, site->store, plan);
    expect_already_applied(change, "kim is not exempt");
}

static void test_what_somebody_else_wrote_stays(void **state)
{
    struct site *site = *state;
    struct slot slot = an_assigned("0009", "dave", T0);
    struct plan *plan = ours(site);
    struct change *change = propose_exempt(plan, &s_trainer);
    propose(plan, CHANGE_ASSIGN, &slot);
    theirs(site, &s_lead);
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], "kim is exempt since 2026-11-18: lead");
    expect_result(&plan->changes[1], RESULT_DONE);
    expect_exempt(site, &s_lead);
    plan = ours(site);
    change = propose_exempt(plan, NULL);
    theirs(site, &s_trainer);
    site_apply(site, site->store, plan);
    expect_conflict(change, "trainer");
    expect_exempt(site, &s_trainer);
}

static void test_one_who_got_a_number_does_not_become_exempt(void **state)
{
    struct site *site = *state;
    struct plan *plan = ours(site);
    struct change *change = propose_exempt(plan, &s_trainer);
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0003", "kim", T0));
    site_apply(site, site->store, plan);
    expect_conflict(change, "kim holds 0003 now");
    expect_exempt(site, NULL);
    expect_slot(site, an_assigned("0003", "kim", T0));
}

static void test_a_holder_who_moved_keeps_all(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0003", "kim", T0));
    struct plan *plan = ours(site);
    propose_exempt_holder(plan, "0003");
    struct plan *moved = site_plan(site, site_see(site, site->other), "reassign");
    propose_move(moved, "kim", "0003", "0005", T0 + 5);
    site_apply(site, site->other, moved);
    site_apply(site, site->store, plan);
    expect_conflict(&plan->changes[0], "kim holds 0005 now");
    expect_conflict(&plan->changes[1], "kim holds 0005 now");
    expect_slot(site, an_assigned("0005", "kim", T0 + 5));
    expect_exempt(site, NULL);
}

/* An assign that somebody asked for expects that the agent is not exempt. */
static void test_one_who_became_exempt_is_not_assigned(void **state)
{
    struct site *site = *state;
    struct slot slot = an_assigned("0003", "kim", T0);
    struct plan *plan = site_plan(site, site_see(site, site->store), "assign");
    struct change *change = propose(plan, CHANGE_ASSIGN, &slot);
    change->exempt = arena_alloc(&plan->arena, sizeof *change->exempt);
    *change->exempt = (struct exempt_step){.agent = "kim"};
    theirs(site, &s_trainer);
    site_apply(site, site->store, plan);
    expect_conflict(change, "kim is exempt since 2026-11-18: trainer");
    expect_slot(site, a_free("0003", 0, NULL));
    theirs(site, NULL);
    plan = site_plan(site, site_see(site, site->store), "assign");
    change = propose(plan, CHANGE_ASSIGN, &slot);
    change->exempt = arena_alloc(&plan->arena, sizeof *change->exempt);
    *change->exempt = (struct exempt_step){.agent = "kim"};
    site_apply(site, site->store, plan);
    expect_result(change, RESULT_DONE);
    expect_slot(site, slot);
}

static void test_a_refresh_shows_it(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    struct store_since since = {.snapshot = NULL};
    struct store_changes first, second;
    const struct exempt *steps[] = {&s_trainer, &s_lead, NULL};
    assert_int_equal(
        site->store->ops->read_changes(site->store, &site->policy, &since, NULL, &first, &err),
        ERR_OK);
    for (size_t i = 0; i < 3; i++) {
        theirs(site, steps[i]);
        since.snapshot = first.snapshot;
        assert_int_equal(
            site->store->ops->read_changes(site->store, &site->policy, &since, NULL, &second, &err),
            ERR_OK);
        const struct exempt *now = snapshot_find_exempt(second.snapshot, "kim");
        assert_int_equal(now != NULL, steps[i] != NULL);
        assert_true(!now || text_same(now->note, steps[i]->note));
        assert_int_equal(second.snapshot->n_slots, 10);
        assert_false(second.whole);
        store_changes_release(&first);
        first = second;
    }
    store_changes_release(&first);
}

static void test_a_few_rows_tell_it(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    struct snapshot *part = NULL;
    const struct store_rows rows = {
        .items = {{ROW_AGENT, "kim"}, {ROW_AGENT, "alice"}}, .n = 2, .exempts = true};
    theirs(site, &s_trainer);
    assert_int_equal(
        site->other->ops->read_rows(site->other, &site->policy, &rows, NULL, &part, &err), ERR_OK);
    assert_string_equal(snapshot_find_exempt(part, "kim")->note, "trainer");
    assert_null(snapshot_find_exempt(part, "alice"));
    snapshot_unref(part);
}

#define TEN(test) cmocka_unit_test_setup_teardown(test, site_ten, site_end)
const struct CMUnitTest store_exempt_tests[] = {
    TEN(test_one_comes_and_goes),
    TEN(test_a_holder_gives_the_number_back_at_once),
    TEN(test_what_is_so_already_is_skipped),
    TEN(test_what_somebody_else_wrote_stays),
    TEN(test_one_who_got_a_number_does_not_become_exempt),
    TEN(test_a_holder_who_moved_keeps_all),
    TEN(test_one_who_became_exempt_is_not_assigned),
    TEN(test_a_refresh_shows_it),
    TEN(test_a_few_rows_tell_it),
};
const size_t store_n_exempt_tests = sizeof store_exempt_tests / sizeof store_exempt_tests[0];
