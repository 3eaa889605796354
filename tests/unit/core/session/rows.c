#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/plan/overlay.h"
#include "core/pool/exempt.h"
#include "core/session/rows.h"
#include "tests/unit/support/world.h"

/* What lists and the screen show: pictures joined, counted, and laid over each other. */

/* "alice 0001 assigned" a line. */
static void expect_rows(const struct world *w, bool with_directory, const char *text)
{
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    struct buf shown;
    buf_init(&shown, 1 << 20);
    agent_rows_join(w->snapshot, with_directory ? w->roster : NULL, &w->policy, &arena, &rows);
    for (size_t i = 0; i < rows.n_rows; i++) {
        const struct agent_row *row = &rows.rows[i];
        buf_printf(&shown, "%s %s %s\n", row->login, row->slot ? row->slot->ext : "-",
                   agent_state_name(row->state));
    }
    buf_printf(&shown, "new %zu, stale %zu", rows.n_new, rows.n_stale);
    assert_string_equal(shown.data, text);
    buf_release(&shown);
    arena_release(&arena);
}

static void agents_and_what_they_hold(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0009");
    world_store(&w, "0001 bob\n0002 zoe\n0003 -\n0004 alice\n0005 -held\n0006 - carol 3d\n");
    world_directory(&w, "alice bob carol");
    expect_rows(&w, true,
                "alice 0004 assigned\n"
                "bob 0001 assigned\n"
                "carol - new\n"
                "zoe 0002 stale\n"
                "new 1, stale 1");
    expect_rows(&w, false,
                "alice 0004 assigned\n"
                "bob 0001 assigned\n"
                "zoe 0002 assigned\n"
                "new 0, stale 0");
    world_release(&w);
}

static void nobody_and_nothing(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0009");
    world_store(&w, "");
    expect_rows(&w, false, "new 0, stale 0");
    world_directory(&w, "alice");
    expect_rows(&w, true, "alice - new\nnew 1, stale 0");
    world_release(&w);
}

/* An agent with two has a row for each, of the directory or not, until a plan puts it right. */
static void two_extensions_two_rows(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0009");
    w.keeps_claims = true;
    world_store(&w, "0001 bob\n0002 bob\n0003 zoe\n0004 zoe\n");
    world_directory(&w, "bob");
    expect_rows(&w, true,
                "bob 0001 assigned\n"
                "bob 0002 assigned\n"
                "zoe 0003 stale\n"
                "zoe 0004 stale\n"
                "new 0, stale 2");
    world_release(&w);
}

/* Logins are compared as bytes: another case is another agent. */
static void another_case_is_another_agent(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0009");
    world_store(&w, "0001 Bob\n");
    world_directory(&w, "bob");
    expect_rows(&w, true, "Bob 0001 stale\nbob - new\nnew 1, stale 1");
    world_release(&w);
}

static void states_are_counted(void **state)
{
    (void)state;
    struct world w;
    uint64_t counts[EXT_STATE_COUNT];
    world_init(&w, "0001-9119");
    world_store(&w, "0001 bob\n0002 -\n0003 - carol 3d\n0004 - dave 30d\n0005 -held\n9110 -\n");
    snapshot_tally(w.snapshot, &w.policy, w.now_s, counts);
    assert_int_equal(counts[EXT_ASSIGNED], 1);
    assert_int_equal(counts[EXT_FREE], 2);
    assert_int_equal(counts[EXT_COOLING], 1);
    assert_int_equal(counts[EXT_RESERVED], 1);
    assert_int_equal(counts[EXT_BLOCKED], 1);
    world_release(&w);
}

/* What was done over what was seen is what a look at the store shows; what was not done is not. */
static void what_was_done_is_laid_over_what_was_seen(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0006");
    world_store(&w, "0001 bob\n0002 zoe\n0003 -\n0004 alice\n");
    world_directory(&w, "alice bob carol dave");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "- 0002 zoe\n+ 0003 carol\n+ 0005 dave\n. 0006\n");
    plan->changes[1].left_out = true;
    world_apply(&w, plan);
    struct snapshot *over = plan_overlay(plan, plan->snapshot, w.now_s);
    world_look(&w);
    assert_int_equal(over->n_slots, w.snapshot->n_slots);
    for (size_t i = 0; i < over->n_slots; i++) {
        const struct slot *one = &over->slots[i];
        const struct slot *other = &w.snapshot->slots[i];
        assert_string_equal(one->ext, other->ext);
        assert_int_equal(one->state, other->state);
        assert_int_equal(one->at_s, other->at_s);
        assert_int_equal(one->agent != NULL, other->agent != NULL);
        if (one->agent) {
            assert_string_equal(one->agent, other->agent);
        }
    }
    assert_int_equal(snapshot_find(over, "0003")->state, SLOT_FREE);
    assert_string_equal(snapshot_find(over, "0005")->agent, "dave");
    plan_free(plan); /* the overlay owns what it shows */
    assert_string_equal(snapshot_find(over, "0004")->agent, "alice");
    snapshot_unref(over);
    world_release(&w);
}

/* Who is exempt and holds none is not new. */
static void exempt_agents_are_not_new(void **state)
{
    (void)state;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    world_init(&w, "0001-0006");
    assert_int_equal(policy_set_exempt(&w.policy, "svc-*", NULL), ERR_OK);
    world_store(&w, "0001 svc-2\n0002 bob\nexempt kim\n");
    world_directory(&w, "alice bob kim svc-1 svc-2");
    agent_rows_join(w.snapshot, w.roster, &w.policy, &arena, &rows);
    static const enum agent_state states[] = {AGENT_NEW, AGENT_ASSIGNED, AGENT_EXEMPT, AGENT_EXEMPT,
                                              AGENT_ASSIGNED};
    assert_int_equal(rows.n_rows, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(rows.rows[i].state, states[i]);
    }
    assert_int_equal(rows.n_new, 1);
    assert_int_equal(rows.n_exempt, 2);
    assert_string_equal(agent_state_name(AGENT_EXEMPT), "exempt");
    /* An update does not know them: all is joined anew. */
    struct snapshot *now = snapshot_with(w.snapshot, NULL, 0);
    struct agent_rows updated;
    const struct agent_rows_change change = {
        .before = &rows, .old = w.snapshot, .now = now, .roster = w.roster, .policy = &w.policy};
    assert_true(agent_rows_update(&change, &arena, &updated));
    assert_int_equal(updated.n_exempt, 2);
    snapshot_put_exempt(now, "kim", NULL);
    assert_false(agent_rows_update(&change, &arena, &updated));
    snapshot_unref(now);
    arena_release(&arena);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agents_and_what_they_hold),
        cmocka_unit_test(nobody_and_nothing),
        cmocka_unit_test(two_extensions_two_rows),
        cmocka_unit_test(another_case_is_another_agent),
        cmocka_unit_test(exempt_agents_are_not_new),
        cmocka_unit_test(states_are_counted),
        cmocka_unit_test(what_was_done_is_laid_over_what_was_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
