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
#include "tests/unit/support/sites.h"
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
    if (rows.n_foreign > 0 || strstr(text, ", foreign")) {
        buf_printf(&shown, ", foreign %zu", rows.n_foreign);
    }
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

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part)) {
        n++;
    }
    return n;
}

/* The states of all rows by the rule that a sync goes by. */
struct source_sample {
    const char *name;
    const char *store;
    const char *directories;
    const char *rows; /* "alice 0001 assigned" a line */
    size_t n_stale, n_foreign;
};

static const struct source_sample s_sources[] = {
    {"read, and left", "0001 alice source=leeds\n", "leeds: bob\n", "alice 0001 stale\nbob - new\n",
     1, 0},
    {"another's, and in none", "0001 alice source=york\n0002 bob instance=i-1\n", "leeds: carol\n",
     "alice 0001 foreign\nbob 0002 foreign\ncarol - new\n", 0, 2},
    {"another's, and in mine", "0001 alice source=york\n", "leeds: alice\n", "alice 0001 foreign\n",
     0, 1},
    {"another's number beside the own", "0001 alice source=york\n0002 alice source=leeds\n",
     "leeds: alice\n", "alice 0001 foreign\nalice 0002 assigned\n", 0, 1},
    {"none, and others write", "0001 alice\n0002 bob source=york\n", "leeds: carol\n",
     "alice 0001 foreign\nbob 0002 foreign\ncarol - new\n", 0, 2},
    {"none, outside of the ranges", "0500 alice\n", "leeds: bob\n",
     "alice 0500 foreign\nbob - new\n", 0, 1},
    {"none, and nobody else writes", "0001 alice\n", "leeds: bob\n",
     "alice 0001 stale\nbob - new\n", 1, 0},
    {"one read in part, and nobody left", "0001 alice source=york\n0002 bob source=hull\n",
     "leeds: c\nyork!: d\n", "alice 0001 assigned\nbob 0002 foreign\nc - new\nd - new\n", 0, 1},
    {"no name, where a sync is refused", "0001 alice source=york\n0002 bob\n", "-: bob\n",
     "alice 0001 foreign\nbob 0002 assigned\n", 0, 1},
};

static void states_go_by_the_table_of_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_sources / sizeof s_sources[0]; i++) {
        const struct source_sample *sample = &s_sources[i];
        struct world w;
        struct buf text;
        buf_init(&text, 1 << 20);
        buf_printf(&text, "%snew %zu, stale %zu, foreign %zu", sample->rows,
                   count_of(sample->rows, " new\n"), sample->n_stale, sample->n_foreign);
        world_init(&w, "0001-0009");
        world_store(&w, sample->store);
        sites_directories(&w, sample->directories);
        expect_rows(&w, true, text.data);
        buf_release(&text);
        world_release(&w);
    }
}

/* A holder's own directory says which group they are of, not the first one that lists them. */
static void the_group_is_that_of_the_holders_source(void **state)
{
    (void)state;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    size_t length = 0;
    world_init(&w, "0001-0009");
    sites_groups(&w, "leeds 2000-2003 Leeds*\nyork 3000-3003 York*\n");
    world_store(&w, "3000 alice source=york\n2000 bob\n");
    sites_directories(&w, "leeds: alice/Leeds bob/Leeds carol/York\nyork: alice/York bob/York\n");
    agent_rows_join(w.snapshot, w.roster, &w.policy, &arena, &rows);
    static const char *const groups[] = {"york", "leeds", "york"};
    static const char *const sources[] = {"york", "leeds", "leeds"};
    assert_int_equal(rows.n_rows, 3);
    for (size_t i = 0; i < 3; i++) {
        const char *source = agent_row_source(w.roster, &rows.rows[i], &length);
        assert_string_equal(agent_row_group_name(&w.policy, &rows.rows[i]), groups[i]);
        assert_int_equal(length, strlen(sources[i]));
        assert_memory_equal(source, sources[i], length);
    }
    assert_string_equal(rows.rows[0].routing_profile, "York");
    agent_rows_narrow(&rows, &w.policy, "york");
    assert_int_equal(rows.n_rows, 2);
    assert_int_equal(rows.n_new, 1);
    assert_string_equal(rows.rows[1].login, "carol");
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
        cmocka_unit_test(states_go_by_the_table_of_sources),
        cmocka_unit_test(the_group_is_that_of_the_holders_source),
        cmocka_unit_test(states_are_counted),
        cmocka_unit_test(what_was_done_is_laid_over_what_was_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
