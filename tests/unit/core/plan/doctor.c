#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/plan/doctor.h"
#include "core/base/mem.h"
#include "tests/unit/support/world.h"

struct sample {
    const char *name;
    const char *ranges;
    const char *store;
    const char *claims;   /* "alice 0001\n"; "*": everyone has theirs */
    const char *problems; /* "kind ext agent", a line each */
    const char *plan;
    const char *left; /* what is still wrong afterwards */
};

static const struct sample s_samples[] = {
    {"sound", "0000-0003", "0000 alice\n0001 -held\n0002 - bob 3d\n0003 -\n", "*", "", "", ""},
    {"targets and fallbacks that lead somewhere", "0000-0004",
     "0000 alice fallback=ext:0001\n0001 bob fallback=agent:alice\n0002 -held target=agent:bob\n"
     "0003 -held target=phone:+442071838750\n0004 -held target=agent:gone until=-1\n",
     "*", "", "", ""},
    {"targets that lead nowhere", "0000-0003",
     "0000 alice\n0001 -held target=agent:gone\n0002 -held target=ext:0003\n0003 -\n", "*",
     "target 0001\ntarget 0002\n", "", "target 0001\ntarget 0002\n"},
    {"fallbacks that lead nowhere", "0000-0002",
     "0000 alice fallback=ext:0002\n0001 bob fallback=agent:gone\n0002 -held\n", "*",
     "target 0000 alice\ntarget 0001 bob\n", "", "target 0000 alice\ntarget 0001 bob\n"},
    {"leaked", "0000-0001", "0000 - bob 3d leaked\n0001 -\n", "*", "leaked 0000\n", "! 0000\n", ""},
    {"free and assigned", "0000-0001", "0000 alice +free\n0001 -\n", "*",
     "free_and_assigned 0000 alice\n", "! 0000 alice\n", ""},
    {"leaked and assigned", "0000-0001", "0000 alice +leaked\n0001 -\n", "*",
     "free_and_assigned 0000 alice\n", "! 0000 alice\n", ""},
    {"free and reserved", "0000-0001", "0000 -held +free\n0001 -\n", "*",
     "free_and_reserved 0000\n", "! 0000\n", ""},
    {"reserved and assigned", "0000-0001", "0000 alice +held\n0001 -\n", "*",
     "assigned_and_reserved 0000 alice\n", "! 0000 alice\n", ""},
    {"three records", "0000-0001", "0000 alice +held +leaked\n0001 -\n", "*",
     "free_and_assigned 0000 alice\nassigned_and_reserved 0000 alice\n", "! 0000 alice\n", ""},
    {"exempt, and holds one", "0000-0001", "0000 alice\n0001 bob\nexempt alice\n", "*",
     "exempt_holder 0000 alice\n", "- 0000 alice\n", ""},
    {"exempt, pinned", "0000-0000", "0000 alice pin=x\nexempt alice\n", "*",
     "exempt_holder 0000 alice\n", "", "exempt_holder 0000 alice\n"},
    {"exempt, and in no directory", "0000-0000", "0000 bob\nexempt stranger\n", "*", "", "", ""},
    {"two extensions", "0000-0001", "0000 alice 2d\n0001 alice 9d\n", "alice 0001\n",
     "two_extensions 0000 alice\n", "! 0000 alice (0000 -> 0001)\n", ""},
    {"two extensions, the claimed one stays", "0000-0001", "0000 alice 2d\n0001 alice 9d\n",
     "alice 0000\n", "two_extensions 0001 alice\n", "! 0001 alice (0001 -> 0000)\n", ""},
    {"two extensions, the pinned one stays", "0000-0001", "0000 alice 2d pin=x\n0001 alice 9d\n",
     "alice 0001\n", "two_extensions 0001 alice\nclaim_stale 0001 alice\n",
     "! 0001 alice (0001 -> 0000)\n", ""},
    {"two extensions and no claim", "0000-0001", "0000 alice 2d\n0001 alice 9d\n", "",
     "two_extensions 0000 alice\nclaim_missing 0001 alice\n", "! 0000 alice (0000 -> 0001)\n", ""},
    {"two extensions, and the claim is on a third", "0000-0002",
     "0000 alice 2d\n0001 alice 9d\n0002 -\n", "alice 0002\n",
     "two_extensions 0000 alice\nclaim_stale 0002 alice\n", "! 0000 alice (0000 -> 0001)\n", ""},
    {"three extensions", "0000-0002", "0000 alice 2d\n0001 alice 9d\n0002 alice 1d\n",
     "alice 0000\n", "two_extensions 0001 alice\ntwo_extensions 0002 alice\n",
     "! 0001 alice (0001 -> 0000)\n! 0002 alice (0002 -> 0000)\n", ""},
    {"three extensions and no claim", "0000-0002",
     "0000 alice 2d\n0001 alice 9d +free\n0002 alice ? +free\n", "",
     "two_extensions 0000 alice\nfree_and_assigned 0001 alice\nfree_and_assigned 0002 alice\n"
     "two_extensions 0002 alice\nclaim_missing 0001 alice\n",
     "! 0000 alice (0000 -> 0001)\n! 0002 alice (0002 -> 0001)\n! 0001 alice\n", ""},
    {"two extensions, none adopted", "0000-0001", "0000 alice ?\n0001 alice ?\n", "",
     "not_adopted 0000 alice\ntwo_extensions 0001 alice\n",
     "= 0000 alice\n! 0001 alice (0001 -> 0000)\n", ""},
    {"claim missing", "0000-0001", "0000 alice\n0001 -\n", "", "claim_missing 0000 alice\n",
     "! 0000 alice\n", ""},
    {"claim missing, and free too", "0000-0001", "0000 alice +free\n0001 -\n", "",
     "free_and_assigned 0000 alice\nclaim_missing 0000 alice\n", "! 0000 alice\n", ""},
    {"claim of another", "0000-0001", "0000 alice\n0001 -\n", "alice 0001\n",
     "claim_stale 0001 alice\n", "! 0000 alice\n", ""},
    {"claim left behind", "0000-0001", "0000 -\n0001 alice\n", "alice 0001\nbob 0001\nzoe 0000\n",
     "claim_stale 0001 bob\nclaim_stale 0000 zoe\n", "! 0001 bob\n! 0000 zoe\n", ""},
    {"claims the wrong way round", "0000-0001", "0000 alice\n0001 bob\n", "alice 0001\nbob 0000\n",
     "claim_stale 0001 alice\nclaim_stale 0000 bob\n", "! 0000 alice\n! 0001 bob\n", ""},
    {"not adopted", "0000-0001", "0000 alice ?\n0001 -\n", "", "not_adopted 0000 alice\n",
     "= 0000 alice\n", ""},
    {"not adopted, free too", "0000-0001", "0000 alice ? +free\n0001 -\n", "",
     "free_and_assigned 0000 alice\nnot_adopted 0000 alice\n", "! 0000 alice\n", ""},
    {"not adopted, and an old claim", "0000-0001", "0000 alice ?\n0001 -\n", "alice 0001\n",
     "not_adopted 0000 alice\nclaim_stale 0001 alice\n", "= 0000 alice\n", ""},
    {"overwritten by the old program", "0000-0002", "0000 bob ?\n0001 -\n0002 -\n", "alice 0000\n",
     "not_adopted 0000 bob\nclaim_stale 0000 alice\n", "= 0000 bob\n! 0000 alice\n", ""},
    {"missing", "0000-0003", "0000 -\n0002 alice\n", "*", "missing 0001\nmissing 0003\n",
     ". 0001\n. 0003\n", ""},
    {"missing in a row", "0000-0003 0005-0006", "0000 -\n", "", "missing 0001\nmissing 0005\n",
     ". 0001\n. 0002\n. 0003\n. 0005\n. 0006\n", ""},
    {"outside", "0000-0000", "0000 -\n0005 alice\n0006 -\n0007 -held\n", "*",
     "out_of_range 0005 alice\n", "", "out_of_range 0005 alice\n"},
};

static const char *problems_text(const struct diagnosis *diagnosis, struct arena *arena)
{
    struct buf out;
    buf_init(&out, 65536);
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        const struct problem *problem = &diagnosis->problems[i];
        assert_non_null(problem->detail);
        assert_non_null(problem->fix);
        buf_printf(&out, "%s%s%s%s%s\n", problem_kind_name(problem->kind), problem->ext ? " " : "",
                   problem->ext ? problem->ext : "", problem->agent ? " " : "",
                   problem->agent ? problem->agent : "");
    }
    const char *text = arena_strdup(arena, out.data);
    buf_release(&out);
    return text;
}

static void read_claims(struct world *w, const char *lines)
{
    if (strcmp(lines, "*") == 0) {
        world_claim_all(w);
        return;
    }
    char *copy = mem_strdup(lines);
    char *state = NULL;
    for (char *line = strtok_r(copy, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        char *blank = strchr(line, ' ');
        *blank = '\0';
        world_claim(w, line, blank + 1);
    }
    free(copy);
}

static const char *examine(struct world *w, struct plan **plan)
{
    struct plan_input input = world_input(w);
    struct diagnosis *diagnosis = doctor_examine(&input);
    const char *text = problems_text(diagnosis, &w->arena);
    assert_int_equal(diagnosis->checked, w->n_slots + w->n_claims);
    assert_int_equal(plan_repair(&input, diagnosis, plan, NULL), ERR_OK);
    diagnosis_free(diagnosis);
    return text;
}

static void check_sample(const struct sample *sample, size_t batch)
{
    struct world w;
    world_init(&w, sample->ranges);
    w.keeps_claims = w.consistent = true;
    world_store(&w, sample->store);
    read_claims(&w, sample->claims);
    struct plan *plan = NULL;
    const char *text = examine(&w, &plan);
    if (strcmp(text, sample->problems) != 0) {
        fail_msg("%s:\nfound\n%sexpected\n%s", sample->name, text, sample->problems);
    }
    if (strcmp(plan_text(plan), sample->plan) != 0) {
        fail_msg("%s:\nplanned\n%sexpected\n%s", sample->name, plan_text(plan), sample->plan);
    }
    if (world_apply_by(&w, plan, batch) != 0) {
        fail_msg("%s: conflicts\n%s", sample->name, plan_text(plan));
    }
    plan_free(plan);
    if (world_fault(&w)) {
        fail_msg("%s: %s", sample->name, world_fault(&w));
    }
    text = examine(&w, &plan);
    if (strcmp(text, sample->left) != 0 || plan_has_work(plan)) {
        fail_msg("%s: repaired, and yet\n%s", sample->name, text);
    }
    plan_free(plan);
    world_release(&w);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        check_sample(&s_samples[i], 33);
        check_sample(&s_samples[i], 1);
    }
}

/* Whatever of a plan gets through while others write, the rest is found again. */
static void test_each_change_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        for (size_t only = 0; only < 8; only++) {
            struct world w;
            world_init(&w, sample->ranges);
            w.keeps_claims = w.consistent = true;
            world_store(&w, sample->store);
            read_claims(&w, sample->claims);
            struct plan *plan = NULL;
            examine(&w, &plan);
            for (size_t k = 0; k < plan->n_changes; k++) {
                plan->changes[k].left_out = k != only;
            }
            if (world_apply(&w, plan) != 0) {
                fail_msg("%s: change %zu conflicts", sample->name, only);
            }
            plan_free(plan);
            examine(&w, &plan);
            assert_int_equal(world_apply(&w, plan), 0);
            plan_free(plan);
            if (world_fault(&w)) {
                fail_msg("%s: after change %zu: %s", sample->name, only, world_fault(&w));
            }
            world_release(&w);
        }
    }
}

/* A store that cannot have claims is not asked for them; an index is not asked what it hides. */
static void test_stores(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0003");
    world_store(&w, "0000 alice\n");
    struct plan *plan = NULL;
    assert_string_equal(examine(&w, &plan), "missing 0001\n");
    assert_int_equal(plan->counts[CHANGE_CREATE], 3);
    plan_free(plan);
    w.keeps_claims = true;
    world_look(&w);
    assert_string_equal(examine(&w, &plan), "");
    assert_false(plan_has_work(plan));
    plan_free(plan);
    world_release(&w);
}

static void test_words(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-2000");
    w.keeps_claims = w.consistent = true;
    world_store(&w, "0000 alice 2d\n0001 alice 9d\n0003 -\n9999 zoe\n");
    world_claim(&w, "alice", "0003");
    world_claim(&w, "zoe", "9999");
    struct unknown_item unknown_item = {.key = "0042/what",
                                        .detail = "a record of an unknown kind"};
    w.snapshot->unknown_items = &unknown_item;
    w.snapshot->n_unknown_items = 1;
    struct plan_input input = world_input(&w);
    struct diagnosis *diagnosis = doctor_examine(&input);
    static const char *const details[] = {
        "also has 0001, which stays",
        "outside the ranges of the pool",
        "is claimed, but the agent keeps 0001",
        "is not in the store",
        "0004 to 2000 are not in the store: 1,997 numbers",
        "0042/what: a record of an unknown kind",
    };
    assert_int_equal(diagnosis->n_problems, sizeof details / sizeof details[0]);
    assert_int_equal(diagnosis->checked, 4 + 2 + 1);
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        assert_string_equal(diagnosis->problems[i].detail, details[i]);
        bool by_hand = diagnosis->problems[i].kind == PROBLEM_OUT_OF_RANGE ||
                       diagnosis->problems[i].kind == PROBLEM_UNKNOWN_ITEM;
        assert_int_equal(diagnosis->problems[i].fixable, !by_hand);
    }
    struct plan *plan = NULL;
    assert_int_equal(plan_repair(&input, diagnosis, &plan, NULL), ERR_OK);
    assert_string_equal(plan->action, "repair");
    assert_string_equal(plan->changes[0].why,
                        "has two extensions and keeps 0001; cools until 29 Nov");
    plan_free(plan);
    diagnosis_free(diagnosis);
    diagnosis_free(NULL);
    world_release(&w);
}

static void test_too_many_to_create(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0001");
    w.policy.width = 8;
    assert_int_equal(policy_set_ranges(&w.policy, "00000000-10000000", NULL), ERR_OK);
    struct plan_input input = world_input(&w);
    struct diagnosis *diagnosis = doctor_examine(&input);
    assert_int_equal(diagnosis->n_problems, 1);
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    static const char text[] = "10,000,001 numbers of the ranges would have to be created, a plan "
                               "creates 10,000,000 at most";
    assert_int_equal(plan_repair(&input, diagnosis, &plan, &err), ERR_CONFIG);
    assert_string_equal(err.text, text);
    err_clear(&err);
    assert_int_equal(plan_sync(&input, &plan, &err), ERR_CONFIG);
    assert_string_equal(err.text, text);
    err_clear(&err);
    assert_int_equal(plan_init(&input, &plan, &err), ERR_CONFIG);
    assert_string_equal(err.text, text);
    diagnosis_free(diagnosis);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_each_change_alone),
        cmocka_unit_test(test_stores),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_too_many_to_create),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
