#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/guard.h"
#include "tests/unit/support/world.h"

/* A store with `held` holders a000, a001, ... of whom the first `left` are not in the directory. */
static struct plan *plan_with_leavers(struct world *w, int held, int left)
{
    world_init(w, "0000-0999");
    struct slot slot = {.state = SLOT_ASSIGNED, .records = RECORD_ASSIGNED, .at_s = 1};
    char directory[20000] = "";
    size_t used = 0;
    for (int i = 0; i < held; i++) {
        char login[16];
        snprintf(login, sizeof login, "a%03d", i);
        snprintf(slot.ext, sizeof slot.ext, "%04u", (unsigned)i % 10000);
        slot.agent = login;
        world_put(w, slot);
        if (i >= left) {
            used += (size_t)snprintf(directory + used, sizeof directory - used, "%s ", login);
        }
    }
    world_directory(w, directory);
    world_look(w);
    return world_sync(w);
}

struct sample {
    int held, left;
    const char *limit;
    bool refused;
    int64_t allowed;
    const char *text;
};

static const struct sample s_samples[] = {
    {100, 0, "10%", false, 10, "releases 0 of 100 = 0.0 % (limit 10 %)"},
    {100, 10, "10%", false, 10, "releases 10 of 100 = 10.0 % (limit 10 %)"},
    {100, 11, "10%", true, 10, "would release 11 of 100 = 11.0 % (limit 10 %)"},
    {109, 11, "10%", true, 10, "would release 11 of 109 = 10.1 % (limit 10 %)"},
    {110, 11, "10%", false, 11, "releases 11 of 110 = 10.0 % (limit 10 %)"},
    {1000, 1, "10%", false, 100, "releases 1 of 1,000 = 0.1 % (limit 10 %)"},
    {1000, 101, "10%", true, 100, "would release 101 of 1,000 = 10.1 % (limit 10 %)"},
    /* five are always allowed by share, not by count */
    {7, 5, "10%", false, 5, "releases 5 of 7 = 71.5 % (limit 10 %, 5 always may)"},
    {7, 6, "10%", true, 5, "would release 6 of 7 = 85.8 % (limit 10 %)"},
    {7, 5, "0%", false, 5, "releases 5 of 7 = 71.5 % (limit 0 %, 5 always may)"},
    {7, 3, "2", true, 2, "would release 3 of 7 = 42.9 % (limit 2)"},
    {7, 1, "0", true, 0, "would release 1 of 7 = 14.3 % (limit 0)"},
    {7, 6, "6", false, 6, "releases 6 of 7 = 85.8 % (limit 6)"},
    {100, 99, "100%", false, 100, "releases 99 of 100 = 99.0 % (limit 100 %)"},
};

static void test_share(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct world w;
        struct plan *plan = plan_with_leavers(&w, sample->held, sample->left);
        struct release_limit limit;
        assert_int_equal(release_limit_parse(&limit, sample->limit, NULL), ERR_OK);
        struct guard_verdict verdict;
        guard_judge(plan, &limit, &verdict);
        assert_string_equal(verdict.text, sample->text);
        assert_int_equal(verdict.refused, sample->refused);
        assert_int_equal(verdict.allowed, sample->allowed);
        assert_int_equal(verdict.releases, sample->left);
        assert_int_equal(verdict.assigned, sample->held);
        assert_true(verdict.liftable);
        struct err err = ERR_INIT;
        assert_int_equal(guard_error(&verdict, &err), sample->refused ? ERR_GUARD : ERR_OK);
        if (sample->refused) {
            char option[64];
            snprintf(option, sizeof option, "--max-release %d", sample->left);
            assert_non_null(strstr(err.hint, option));
            assert_non_null(strstr(err.text, sample->text));
        }
        plan_free(plan);
        world_release(&w);
    }
}

static void test_empty_directory(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_with_leavers(&w, 3, 3);
    assert_int_equal(plan->n_changes, plan->counts[CHANGE_CREATE]);
    struct release_limit limit = {.percent = true, .value = 100};
    struct guard_verdict verdict;
    struct err err = ERR_INIT;
    guard_judge(plan, &limit, &verdict);
    assert_true(verdict.refused);
    assert_false(verdict.liftable);
    assert_string_equal(
        verdict.text,
        "the directory is empty while 3 extensions are assigned; nothing was changed");
    assert_int_equal(guard_error(&verdict, &err), ERR_GUARD);
    assert_null(strstr(err.hint, "--max-release"));
    plan_free(plan);
    world_release(&w);
}

/* Where nothing is assigned, nothing can be lost: the pool is set up before the people come. */
static void test_empty_directory_and_pool(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_with_leavers(&w, 0, 0);
    assert_int_equal(plan->counts[CHANGE_CREATE], 1000);
    struct release_limit limit = {.percent = true, .value = 10};
    struct guard_verdict verdict;
    guard_judge(plan, &limit, &verdict);
    assert_false(verdict.refused);
    assert_string_equal(verdict.text, "releases 0 (limit 10 %)");
    plan_free(plan);
    world_release(&w);
}

static void test_rows_left_out(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_with_leavers(&w, 20, 6);
    struct release_limit limit = {.percent = true, .value = 10, .floor = 5};
    struct guard_verdict verdict;
    guard_judge(plan, &limit, &verdict);
    assert_true(verdict.refused);
    plan_leave_out(plan, 3, true);
    guard_judge(plan, &limit, &verdict);
    assert_false(verdict.refused);
    assert_int_equal(verdict.releases, 5);
    plan_free(plan);
    world_release(&w);
}

static void test_repairs_count(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0009");
    w.keeps_claims = true;
    world_store(&w, "0000 alice\n0001 alice\n0002 bob +free\n");
    world_fill(&w);
    world_directory(&w, "alice bob");
    struct plan *plan = world_sync(&w);
    struct release_limit limit = {.percent = false, .value = 0};
    struct guard_verdict verdict;
    guard_judge(plan, &limit, &verdict);
    /* Of the two repairs one takes an extension away. */
    assert_int_equal(plan->counts[CHANGE_REPAIR], 2);
    assert_int_equal(verdict.releases, 1);
    assert_true(verdict.refused);
    plan_free(plan);
    world_release(&w);
}

/* What an operator names is their will; what a program chose is judged. */
static void test_actions(void **state)
{
    (void)state;
    static const struct {
        const char *action;
        bool refused;
    } samples[] = {
        {"sync", true},    {"import", true},   {"repair", true},    {"undo", true},
        {"init", true},    {"release", false}, {"reassign", false}, {"swap", false},
        {"assign", false}, {"reserve", false},
    };
    struct world w;
    struct plan *plan = plan_with_leavers(&w, 20, 10);
    struct release_limit limit = {.percent = true, .value = 10, .floor = 5};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct guard_verdict verdict;
        plan->action = samples[i].action;
        guard_judge(plan, &limit, &verdict);
        assert_int_equal(verdict.releases, 10);
        assert_int_equal(verdict.refused, samples[i].refused);
    }
    plan_free(plan);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_empty_directory),
        cmocka_unit_test(test_empty_directory_and_pool),
        cmocka_unit_test(test_rows_left_out),
        cmocka_unit_test(test_repairs_count),
        cmocka_unit_test(test_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
