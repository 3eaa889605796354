#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/guard.h"
#include "tests/unit/support/sites.h"

/* Two groups by routing profile; an agent of neither is Temp. */
#define SITES "leeds 2000-2003 Leeds*\nyork 3000-3003 York*\n"
#define OTHERS "others 9000-9001\n"
#define MOVES "leeds 2000-2003 Leeds* on_move=renumber\nyork 3000-3003 York* on_move=renumber\n"
#define AT_ONCE                                                                                    \
    "leeds 2000-2001 Leeds* on_move=renumber cooldown=0\n"                                         \
    "york 3000-3002 York* on_move=renumber cooldown=0\n"

struct sample {
    const char *name;
    const char *groups;
    const char *store;
    const char *directories;
    const char *plan;
    size_t unassigned, no_group, unknown;
};

static const struct sample s_samples[] = {
    {"the lowest of the own ranges", SITES, "", "-: a/Leeds b/York c/LeedsEast\n",
     "+ 2000 a\n+ 3000 b\n+ 2001 c\n", 0, 0, 0},
    {"the former one, if the group has it", SITES, "3002 - a 9d\n2003 - a 99d\n", "-: a/Leeds\n",
     "+ 2003 a\n", 0, 0, 0},
    {"the former one of another group", SITES, "3002 - a 9d\n", "-: a/Leeds\n", "+ 2000 a\n", 0, 0,
     0},
    {"cooling as the last resort of the group", SITES, "2000 x\n2001 y\n2002 - z 2d\n2003 - w 3d\n",
     "-: x/Leeds y/Leeds a/Leeds b/York\n", "+ 2003 a\n+ 3000 b\n", 0, 0, 0},
    {"a group that ran out, another has enough", SITES, "2000 w\n2001 x\n2002 y\n2003 z\n",
     "-: w/Leeds x/Leeds y/Leeds z/Leeds a/Leeds b/York\n", "+ 3000 b\n", 1, 0, 0},
    {"what leavers of the group give back", SITES, "2000 w\n2001 x\n2002 y\n2003 z\n3000 q\n",
     "-: w/Leeds x/Leeds y/Leeds a/Leeds\n", "- 2003 z #1\n+ 2003 a #1\n- 3000 q\n", 0, 0, 0},
    {"of no group", SITES, "", "-: a/Temp b/Leeds c\n", "+ 2000 b\n", 0, 2, 0},
    {"of no group, with a pool for the others", SITES OTHERS, "", "-: a/Temp b/Leeds c\n",
     "+ 9000 a\n+ 2000 b\n+ 9001 c\n", 0, 0, 0},
    {"no number of a group for the others", SITES OTHERS, "9000 a\n9001 b\n", "-: a b c\n", "", 1,
     0, 0},
    {"not known is not no", SITES OTHERS, "2000 a\n", "-: a/? b/? c/York\n", "+ 3000 c\n", 0, 0, 2},
    {"of no group, and holds one", SITES, "2000 a\n", "-: a/Temp\n", "", 0, 0, 0},
    /* who moved to another group */
    {"keeps the number", SITES, "3000 a\n", "-: a/Leeds\n", "", 0, 0, 0},
    {"gets one of the new group", MOVES, "3000 a\n", "-: a/Leeds\n", "~ 2000 a (3000 -> 2000)\n", 0,
     0, 0},
    {"joiners come first", MOVES, "3000 a\n", "-: a/Leeds b/Leeds\n",
     "~ 2001 a (3000 -> 2001)\n+ 2000 b\n", 0, 0, 0},
    {"not if a number of the new group only cools", MOVES,
     "3000 a\n2000 - z 1d\n2001 w\n2002 x\n2003 y\n", "-: a/Leeds w/Leeds x/Leeds y/Leeds\n", "", 0,
     0, 0},
    {"a pinned one stays", MOVES, "3000 a pin=desk\n", "-: a/Leeds\n", "", 0, 0, 0},
    {"whose group is not known stays", MOVES, "3000 a\n", "-: a/?\n", "", 0, 0, 1},
    {"of no group stays", MOVES, "3000 a\n", "-: a/Temp\n", "", 0, 0, 0},
    {"outside of all groups moves in", MOVES OTHERS, "9000 a\n", "-: a/Leeds\n",
     "~ 2000 a (9000 -> 2000)\n", 0, 0, 0},
    {"a joiner takes what a mover leaves", MOVES, "3000 a\n3001 w\n3002 x\n3003 y\n",
     "-: a/Leeds b/York w/York x/York y/York\n", "~ 2000 a (3000 -> 2000) #1\n+ 3000 b #1\n", 0, 0,
     0},
    {"without a cool-down one after the other", AT_ONCE,
     "2000 a\n2001 b\n3000 c\n3001 gone\n3002 d\n", "-: a/York b/Leeds c/Leeds d/York\n",
     "- 3001 gone #1\n~ 3001 a (2000 -> 3001) #1\n~ 2000 c (3000 -> 2000) #1\n", 0, 0, 0},
    {"a circle stays", AT_ONCE, "2000 a\n2001 b\n3000 c\n3001 d\n3002 e\n",
     "-: a/York b/Leeds c/Leeds d/York e/York\n", "", 0, 0, 0},
    /* with several directories */
    {"the entry of the source at the number says the group", MOVES, "3000 a source=york\n",
     "leeds: a/Leeds\nyork: a/York\n", "", 0, 0, 0},
    {"theirs does not move", MOVES, "3000 a source=hull\n", "leeds: a/Leeds\n", "", 0, 0, 0},
    {"by the directory", "leeds 2000-2003 directory:leeds\nyork 3000-3003 directory:york\n", "",
     "leeds: a\nyork: a b\n", "+ 2000 a\n+ 3000 b\n", 0, 0, 0},
};

static void open_world(struct world *w, const struct sample *sample)
{
    world_init(w, "2000-2003");
    sites_groups(w, sample->groups);
    world_store(w, sample->store);
    world_fill(w);
    sites_directories(w, sample->directories);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct world w;
        open_world(&w, sample);
        struct plan *plan = world_sync(&w);
        if (strcmp(plan_text(plan), sample->plan) != 0) {
            fail_msg("%s:\nplanned\n%sexpected\n%s", sample->name, plan_text(plan), sample->plan);
        }
        assert_int_equal(plan->n_unassigned, sample->unassigned);
        assert_int_equal(plan->n_no_group, sample->no_group);
        assert_int_equal(plan->n_group_unknown, sample->unknown);
        assert_int_equal(world_apply(&w, plan), 0);
        assert_null(world_fault(&w));
        plan_free(plan);
        plan = world_sync(&w);
        if (plan->n_changes > 0) {
            fail_msg("%s: a second sync has work to do\n%s", sample->name, plan_text(plan));
        }
        plan_free(plan);
        world_release(&w);
    }
}

/* ---- what is said ------------------------------------------------------------------------------ */

static void test_notes(void **state)
{
    (void)state;
    static const struct {
        const char *groups, *store, *directories, *note;
    } samples[] = {
        {SITES, "", "-: a/Temp b/Leeds c\n",
         "no group matches 2 agents, so they get no extension: a, c"},
        {SITES, "", "-: a/? b/Leeds\n",
         "the group of 1 agent is not known, because this was not read: routing_profile; they are "
         "neither assigned nor moved: a"},
        {SITES, "2000 w\n2001 x\n2002 y\n2003 z\n", "-: w x y z a/Leeds b/York\n",
         "the group leeds ran out: 1 agent has no extension: a"},
        {OTHERS "york 3000-3003 York*\n", "9000 w\n9001 x\n", "-: w x a b/York\n",
         "the pool for the others ran out: 1 agent has no extension: a"},
        {"leeds 2000-2003 Leeds* low_water=3\nyork 3000-3003 York*\n", "", "-: a/Leeds b/Leeds\n",
         "the group leeds is low: 2 of 4 numbers left then, the low water mark is 3"},
        {"leeds 2000-2019 Leeds* max_release=1\n", "2000 a\n2001 b\n2002 c\n2003 d\n", "-: a b\n",
         "nothing is taken back in the group leeds: it would take or change the numbers of 2 of 4 "
         "in "
         "the group leeds (limit 1); --max-release N allows it"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct sample sample = {.groups = samples[i].groups,
                                      .store = samples[i].store,
                                      .directories = samples[i].directories};
        struct world w;
        open_world(&w, &sample);
        struct plan *plan = world_sync(&w);
        assert_true(plan->n_notes > 0);
        assert_string_equal(plan->notes[0], samples[i].note);
        plan_free(plan);
        world_release(&w);
    }
}

static void test_reasons(void **state)
{
    (void)state;
    static const char groups[] = "leeds 2000-2003 Leeds* on_move=renumber\n"
                                 "york 3000-3003 York* cooldown=2\n";
    const struct sample sample = {
        .groups = groups,
        .store = "2000 left\n3000 gone\n3001 moves fallback=ext:2001\n3002 y\n",
        .directories = "-: moves/Leeds x y/York\n"};
    struct world w;
    open_world(&w, &sample);
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "- 2000 left\n- 3000 gone\n~ 2001 moves (3001 -> 2001)\n");
    assert_string_equal(plan->changes[0].why, "left the directory; cools until 29 Nov");
    assert_string_equal(plan->changes[1].why, "left the directory; cools until 24 Nov");
    assert_string_equal(plan->changes[2].why, "moves to the group leeds; 3001 cools until 24 Nov");
    assert_string_equal(slot_fallback(&plan->changes[2].steps[0].after), "ext:2001");
    plan_free(plan);
    world_release(&w);
}

/* ---- the limit of a group ---------------------------------------------------------------------- */

/* A group over its limit keeps all it has, and the others go on. */
static void test_a_group_over_its_limit(void **state)
{
    (void)state;
    static const char groups[] = "leeds 2000-2009 Leeds* max_release=1 on_move=renumber\n"
                                 "york 3000-3009 York* max_release=5\n";
    const struct sample sample = {.groups = groups,
                                  .store = "2000 a\n2001 b\n2002 c\n3000 d\n3001 e\n3002 f\n",
                                  .directories = "-: c/Leeds d/York x/Leeds y/York e/Leeds\n"};
    struct world w;
    struct guard_verdict verdict;
    open_world(&w, &sample);
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "~ 2004 e (3001 -> 2004)\n- 3002 f\n+ 2003 x\n+ 3003 y\n");
    assert_int_equal(plan->n_withheld_groups, 1);
    assert_string_equal(plan->withheld_groups[0].name, "leeds");
    assert_int_equal(plan->withheld_groups[0].people, 2);
    assert_int_equal(plan->withheld_groups[0].allowed, 1);
    guard_judge(plan, &w.policy.limit, &verdict);
    assert_false(verdict.refused);
    plan_free(plan);
    /* What this run allows counts for all groups. */
    assert_int_equal(release_limit_parse(&w.policy.limit, "9", NULL), ERR_OK);
    w.policy.limit.given = true;
    plan = world_sync(&w);
    assert_plan(plan,
                "- 2000 a\n- 2001 b\n~ 2004 e (3001 -> 2004)\n- 3002 f\n+ 2003 x\n+ 3003 y\n");
    assert_int_equal(plan->n_withheld_groups, 0);
    plan_free(plan);
    world_release(&w);
}

/* Who would move is kept by the group that they would leave, and the number is nobody's. */
static void test_movers_are_withheld(void **state)
{
    (void)state;
    static const char groups[] = "leeds 2000-2009 Leeds* on_move=renumber\n"
                                 "york 3000-3009 York* max_release=0\n";
    const struct sample sample = {.groups = groups,
                                  .store = "3000 a\n3001 b\n2000 - +held\n",
                                  .directories = "-: a/Leeds b/York\n"};
    struct world w;
    open_world(&w, &sample);
    struct plan *plan = world_sync(&w);
    assert_int_equal(plan->n_withheld_groups, 1);
    assert_int_equal(plan->counts[CHANGE_REASSIGN], 0);
    plan_free(plan);
    world_release(&w);
}

/* ---- spares -------------------------------------------------------------------------------------- */

/* A number that went to somebody else is replaced by one of the same group. */
static void test_spares_are_of_the_group(void **state)
{
    (void)state;
    const struct sample sample = {
        .groups = SITES OTHERS, .store = "", .directories = "-: a/Leeds b/York\n"};
    struct world w;
    open_world(&w, &sample);
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "+ 2000 a\n+ 3000 b\n");
    static const char *const wanted[] = {"3001", "3002", "3003"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(plan_choose_again(plan, 1, 2));
        assert_string_equal(plan->changes[1].ext, wanted[i]);
    }
    assert_false(plan_choose_again(plan, 1, 2));
    assert_true(plan_choose_again(plan, 0, 1));
    assert_string_equal(plan->changes[0].ext, "2001");
    plan_free(plan);
    world_release(&w);
}

/* Numbers that are made by their first assignment are made once, whatever the order of the groups. */
static void test_an_empty_store(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "2000-2003");
    sites_groups(&w, "york 3000-3001 York*\nleeds 2000-2001 Leeds*\n");
    sites_directories(&w, "-: a/York b/Leeds\n");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "+ 3000 a\n+ 2000 b\n. 2001\n. 3001\n");
    plan_free(plan);
    world_release(&w);
}

/* The ranges of one group lie between those of another, and joiners of both come by turns. */
static void test_an_empty_store_of_many_ranges(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "2000-2003");
    sites_groups(&w, "york 3000-3001,1000-1001 York*\nleeds 2000-2001,3100-3101 Leeds*\n" OTHERS);
    sites_directories(&w, "-: a/York b/Leeds c/York d/Leeds e/York f/Leeds g\n");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "+ 1000 a\n+ 2000 b\n+ 1001 c\n+ 2001 d\n+ 3000 e\n+ 3100 f\n+ 9000 g\n"
                      ". 3001\n. 3101\n. 9001\n");
    plan_free(plan);
    world_release(&w);
}

/* Who moves to a number that is not there makes it too; who is kept by their group does not. */
static void test_movers_make_numbers(void **state)
{
    (void)state;
    static const char *const limits[] = {"", " max_release=0"};
    static const char *const plans[] = {
        "~ 2001 m (3000 -> 2001)\n+ 2000 a\n+ 3001 b\n. 2002\n",
        "+ 2000 a\n+ 3001 b\n. 2001\n. 2002\n",
    };
    for (size_t i = 0; i < 2; i++) {
        char groups[120];
        struct world w;
        world_init(&w, "2000-2003");
        snprintf(groups, sizeof groups,
                 "leeds 2000-2002 Leeds* on_move=renumber\nyork 3000-3001 York*%s\n", limits[i]);
        sites_groups(&w, groups);
        world_store(&w, "3000 m\n");
        sites_directories(&w, "-: a/Leeds b/York m/Leeds\n");
        struct plan *plan = world_sync(&w);
        assert_plan(plan, plans[i]);
        plan_free(plan);
        world_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_a_group_over_its_limit),
        cmocka_unit_test(test_movers_are_withheld),
        cmocka_unit_test(test_spares_are_of_the_group),
        cmocka_unit_test(test_an_empty_store),
        cmocka_unit_test(test_an_empty_store_of_many_ranges),
        cmocka_unit_test(test_movers_make_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
