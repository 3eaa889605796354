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

/* The table of sources, row by row: a store, the directories, and what a sync has to do. */
struct sample {
    const char *name;
    const char *store;
    const char *directories;
    const char *plan;
    const char *after; /* the store then; NULL: not looked at */
    size_t foreign, unknown;
    const char *take_over;
};

static const struct sample s_samples[] = {
    {"read, and still there", "0001 alice source=leeds\n", "leeds: alice\n", "",
     .after = "0001 alice 30d source=leeds\n"},
    {"read, and left", "0001 alice source=leeds\n", "leeds: bob\n", "- 0001 alice\n+ 0000 bob\n",
     .after = "0000 bob 0d source=leeds\n0001 - alice 0d\n"},
    {"read, left, outside of the ranges", "0500 alice source=leeds\n", "leeds: bob\n",
     "- 0500 alice\n+ 0000 bob\n", .after = NULL},
    {"read instance, and left", "0001 alice instance=i-1\n", "connect:i-1: bob\n",
     "- 0001 alice\n+ 0000 bob\n", .after = "0000 bob 0d instance=i-1\n0001 - alice 0d\n"},
    {"another's, and in mine", "0001 alice source=york\n", "leeds: alice\n", "",
     .after = "0001 alice 30d source=york\n"},
    {"another's, and in none", "0001 alice source=york\n0002 bob instance=i-1\n", "leeds: carol\n",
     "+ 0000 carol\n", .after = NULL, .foreign = 2},
    {"another instance's", "0001 alice instance=i-10\n", "connect:i-1: bob\n", "+ 0000 bob\n",
     .after = NULL, .foreign = 1},
    {"none, and in mine", "0001 alice\n", "leeds: alice\n", "= 0001 alice\n",
     .after = "0001 alice 30d source=leeds\n"},
    {"none, and in my instance", "0001 alice\n", "connect:i-1: alice\n", "= 0001 alice\n",
     .after = "0001 alice 30d instance=i-1\n"},
    {"none, in none, and nobody else writes", "0001 alice\n", "leeds: bob\n",
     "- 0001 alice\n+ 0000 bob\n", .after = NULL},
    {"none, in none, outside of my ranges", "0500 alice\n", "leeds: bob\n", "+ 0000 bob\n",
     .after = NULL, .unknown = 1},
    {"none, in none, and others write", "0001 alice\n0002 bob source=york\n", "leeds: carol\n",
     "+ 0000 carol\n", .after = NULL, .foreign = 1, .unknown = 1},
    {"no name at all", "0500 alice\n", "-: bob\n", "- 0500 alice\n+ 0000 bob\n",
     .after = "0000 bob 0d\n0500 - alice 0d\n"},
    /* the source moves */
    {"moved from one to the other, both read", "0001 alice source=york\n",
     "leeds: alice\nyork: bob\n", "+ 0000 bob\n= 0001 alice\n",
     .after = "0000 bob 0d source=york\n0001 alice 30d source=leeds\n"},
    {"in both: the source at the number wins", "0001 alice source=york\n",
     "leeds: alice\nyork: alice\n", "", .after = NULL},
    {"in both, and none written: the first line", "0001 alice\n", "leeds: alice\nyork: alice\n",
     "= 0001 alice\n", .after = "0001 alice 30d source=leeds\n"},
    {"from an instance into a file", "0001 alice instance=i-1\n", "leeds: alice\nconnect:i-1: b\n",
     "+ 0000 b\n= 0001 alice\n", .after = "0000 b 0d instance=i-1\n0001 alice 30d source=leeds\n"},
    {"from a file into an instance", "0001 alice source=leeds\n", "leeds: b\nconnect:i-1: alice\n",
     "+ 0000 b\n= 0001 alice\n", .after = "0000 b 0d source=leeds\n0001 alice 30d instance=i-1\n"},
    {"not while the old one was read in part", "0001 alice source=york\n",
     "leeds: alice\nyork!: bob\n", "+ 0000 bob\n", .after = NULL},
    {"absent from all is a leaver", "0001 alice source=york\n0002 bob source=leeds\n",
     "leeds: c\nyork: d\n", "- 0001 alice\n- 0002 bob\n+ 0000 c\n+ 0003 d\n", .after = NULL},
    {"one read in part, and nobody left", "0001 alice source=york\n0002 bob source=leeds\n",
     "leeds: c\nyork!: d\n", "+ 0000 c\n+ 0003 d\n", .after = NULL},
    {"one of two is empty, and nobody left", "0001 alice source=york\n0002 bob source=leeds\n",
     "leeds: c\nyork: \n", "+ 0000 c\n", .after = NULL},
    /* taking over */
    {"a retired file", "0001 alice source=york\n0002 bob source=york\n", "leeds: bob\n",
     "- 0001 alice\n= 0002 bob\n", .after = "0001 - alice 0d\n0002 bob 30d source=leeds\n",
     .take_over = "york"},
    {"a retired instance by its id", "0001 alice instance=i-1\n", "leeds: bob\n",
     "- 0001 alice\n+ 0000 bob\n", .after = NULL, .take_over = "i-1"},
    {"and by its ARN", "0001 alice instance=i-1\n", "leeds: bob\n", "- 0001 alice\n+ 0000 bob\n",
     .after = NULL, .take_over = "arn:aws:connect:eu-west-2:1:instance/i-1"},
    {"those without a source", "0500 alice\n0002 bob source=york\n", "leeds: c\n",
     "- 0500 alice\n+ 0000 c\n", .after = NULL, .foreign = 1, .take_over = "none"},
    {"into a file without a name", "0001 alice instance=i-1\n0002 bob instance=i-1\n", "-: bob\n",
     "- 0001 alice\n= 0002 bob\n", .after = "0001 - alice 0d\n0002 bob 30d\n", .take_over = "i-1"},
};

static void open_world(struct world *w, const struct sample *sample)
{
    world_init(w, "0000-0009");
    world_store(w, sample->store);
    world_fill(w);
    sites_directories(w, sample->directories);
    w->take_over = sample->take_over;
}

static void test_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct world w;
        open_world(&w, sample);
        struct plan *plan = world_sync(&w);
        assert_plan(plan, sample->plan);
        assert_int_equal(plan->foreign, sample->foreign);
        assert_int_equal(plan->unknown_origin, sample->unknown);
        assert_int_equal(world_apply(&w, plan), 0);
        plan_free(plan);
        if (sample->after) {
            assert_string_equal(world_text(&w), sample->after);
        }
        w.take_over = NULL;
        plan = world_sync(&w);
        assert_plan(plan, "");
        plan_free(plan);
        world_release(&w);
    }
}

/* ---- what is said ------------------------------------------------------------------------------ */

static void test_notes(void **state)
{
    (void)state;
    static const struct {
        const char *store, *directories, *note;
    } samples[] = {
        {"0001 alice source=york\n", "leeds: bob\n",
         "1 holder is from other directories, left alone"},
        {"0500 alice\n", "leeds: bob\n",
         "1 holder of unknown origin is in no directory and is left alone: alice; --sync "
         "--take-over "
         "none takes their numbers back"},
        {"0001 alice source=york\n0002 bob\n", "leeds!: bob\nyork: c\n",
         "the directory was read only in part (leeds: it was cut), so nothing is taken back; not "
         "in "
         "it: alice"},
        {"0001 alice source=york\n", "leeds: bob\nyork: \n",
         "the directory was read only in part (york: it is empty), so nothing is taken back; not "
         "in "
         "it: alice"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        world_init(&w, "0000-0009");
        world_store(&w, samples[i].store);
        sites_directories(&w, samples[i].directories);
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
    static const struct {
        const char *store, *directories, *why, *take_over;
    } samples[] = {
        {"0001 a\n", "leeds: a\n", "gets the name of the directory: leeds", NULL},
        {"0001 a\n", "connect:i-1: a\n", "gets the ARN from the directory", NULL},
        {"0001 a source=york\n", "connect:i-1: a\nyork: b\n",
         "is in i-1 now, and no longer in york", NULL},
        {"0001 a source=york\n", "-: a\n", "is no longer in york", "york"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        world_init(&w, "0001-0002");
        world_store(&w, samples[i].store);
        world_fill(&w);
        sites_directories(&w, samples[i].directories);
        w.take_over = samples[i].take_over;
        struct plan *plan = world_sync(&w);
        assert_string_equal(plan->changes[plan->n_changes - 1].why, samples[i].why);
        plan_free(plan);
        world_release(&w);
    }
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *store, *directories, *take_over, *text, *hint;
        enum err_code code;
    } samples[] = {
        {"0001 a source=york\n0002 b instance=i-1\n", "-: a\n", NULL,
         "the store has numbers of other sources (york, i-1), so the directory file needs a name",
         "write NAME=file:PATH as the directory; if this file has replaced one of these sources, "
         "run "
         "--sync --take-over SOURCE once instead",
         ERR_CONFIG},
        {"0001 a source=york\n0002 b instance=i-1\n", "leeds: a\n", "york.csv",
         "take-over: nobody in the store comes from \"york.csv\"",
         "the store has holders from: york, i-1; \"none\" means those without a source", ERR_INPUT},
        {"0001 a\n", "leeds: a\n", "york", "take-over: nobody in the store comes from \"york\"",
         "no holder of the store has a source", ERR_INPUT},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        struct plan *plan = NULL;
        struct err err = ERR_INIT;
        world_init(&w, "0000-0009");
        world_store(&w, samples[i].store);
        sites_directories(&w, samples[i].directories);
        w.take_over = samples[i].take_over;
        struct plan_input input = world_input(&w);
        assert_int_equal(plan_sync(&input, &plan, &err), samples[i].code);
        assert_string_equal(err.text, samples[i].text);
        assert_string_equal(err.hint, samples[i].hint);
        assert_null(plan);
        world_release(&w);
    }
}

/* ---- two contexts on one store ------------------------------------------------------------------ */

/* They take turns, and have nothing to do after the first time. */
static void test_turns(void **state)
{
    (void)state;
    struct world w;
    static const char *const contexts[] = {"leeds: alice bob both\n", "connect:i-1: carol both\n"};
    world_init(&w, "0000-0009");
    world_store(&w, "0007 zoe\n");
    world_fill(&w);
    for (int turn = 0; turn < 6; turn++) {
        sites_directories(&w, contexts[turn % 2]);
        struct plan *plan = world_sync(&w);
        assert_true(turn < 2 || plan->n_changes == 0);
        world_apply(&w, plan);
        plan_free(plan);
    }
    assert_string_equal(world_text(&w), "0000 alice 0d source=leeds\n0001 bob 0d source=leeds\n"
                                        "0002 both 0d source=leeds\n0003 carol 0d instance=i-1\n"
                                        "0007 - zoe 0d\n");
    world_release(&w);
}

/* The share that a guard allows is one of those whose numbers this sync could take. */
static void test_guard_counts_no_foreign_holders(void **state)
{
    (void)state;
    struct world w;
    struct guard_verdict verdict;
    char line[64];
    world_init(&w, "0000-0999");
    for (int i = 0; i < 120; i++) {
        snprintf(line, sizeof line, "%04d a%03d source=%s\n", i, i, i < 20 ? "leeds" : "york");
        world_store(&w, line);
    }
    sites_directories(&w, "leeds: a000 a001 a002 a003 a004 a005 a006 a007 a008 a009 a010 a011\n");
    struct plan *plan = world_sync(&w);
    guard_judge(plan, &w.policy.limit, &verdict);
    assert_true(verdict.refused);
    assert_string_equal(verdict.text, "would release 8 of 20 = 40.0 % (limit 10 %)");
    plan_free(plan);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources), cmocka_unit_test(test_notes),
        cmocka_unit_test(test_reasons), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_turns),   cmocka_unit_test(test_guard_counts_no_foreign_holders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
