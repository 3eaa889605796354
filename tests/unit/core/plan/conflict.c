#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/builder.h"
#include "core/plan/conflict.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/world.h"

/* The rule alone, on what a world holds now. The stores' own races are in the contract suite. */

static const struct slot *slot_now(void *context, const char *ext)
{
    return world_slot(context, ext);
}

static const struct slot *holding_now(void *context, const char *agent)
{
    const struct world *world = context;
    return snapshot_find_agent(world->snapshot, agent);
}

static const char *claim_now(void *context, const char *agent)
{
    return world_claim_of(context, agent);
}

static const struct exempt *exempt_now(void *context, const char *agent)
{
    const struct world *world = context;
    return snapshot_find_exempt(world->snapshot, agent);
}

struct sample {
    const char *requests;
    const char *meanwhile; /* lines of the store that come then */
    const char *claim;     /* what alice's claim says then; NULL: as it is */
    enum conflict_fate fate;
    const char *detail; /* NULL: does not matter */
};

/* alice has 0001, bob 0002; 0003 is reserved. */
static const struct sample s_samples[] = {
    {"release alice", "", NULL, CONFLICT_AS_SEEN, NULL},
    {"release alice", "0001 - alice 0d\n", "-", CONFLICT_ALREADY_APPLIED,
     "0001 is free, given back by alice on 2026-11-22"},
    {"release alice", "0001 - alice 0d\n0005 alice 0d\n", "0005", CONFLICT_OTHER,
     "alice holds 0005 now; 0001 is free, given back by alice on 2026-11-22"},
    {"release 0001", "0001 - alice 0d\n0005 alice 0d\n", "0005", CONFLICT_ALREADY_APPLIED, NULL},
    {"release 0001", "0001 bob 0d\n", "-", CONFLICT_OTHER,
     "0001 is assigned to bob since 2026-11-22"},
    {"release alice", "0001 alice 5d pin=x\n", NULL, CONFLICT_OTHER,
     "0001 is assigned to alice since 2026-11-17, pinned"},
    {"assign zoe 0004", "0004 zoe 0d\n", NULL, CONFLICT_OTHER, NULL}, /* her claim is missing */
    {"assign zoe 0004", "0004 -held note=fax\n", NULL, CONFLICT_OTHER, "0004 is reserved: fax"},
    {"assign zoe 0004", "0006 zoe 0d\n", NULL, CONFLICT_OTHER, "zoe holds 0006 now"},
    {"assign zoe 0004", "0004 ann 0d\n0006 zoe 0d\n", NULL, CONFLICT_OTHER,
     "zoe holds 0006 now; 0004 is assigned to ann since 2026-11-22"},
    {"reassign alice 0005", "0001 - alice 0d\n0006 alice 0d\n", "0006", CONFLICT_OTHER,
     "alice holds 0006 now; 0001 is free, given back by alice on 2026-11-22"},
    {"swap alice bob", "0001 bob 0d\n0002 alice 0d\n", "0002", CONFLICT_OTHER, NULL},
    {"pin alice note=x", "0001 alice 30d pin=x\n", NULL, CONFLICT_ALREADY_APPLIED, NULL},
    {"pin alice note=x", "0001 alice 30d pin=y\n", NULL, CONFLICT_OTHER, NULL},
    {"unreserve 0003", "0003 - 0d\n", NULL, CONFLICT_ALREADY_APPLIED, NULL},
    {"reserve 0004 note=x", "0004 -held note=x\n", NULL, CONFLICT_ALREADY_APPLIED, NULL},
    {"reserve 0004 target=ext:0001", "0004 -held\n", NULL, CONFLICT_OTHER, "0004 is reserved"},
    {"reserve 0003 target=ext:0001", "", NULL, CONFLICT_AS_SEEN, NULL},
    {"reserve 0003 target=ext:0001", "0003 -held note=lift target=ext:0001\n", NULL,
     CONFLICT_ALREADY_APPLIED, NULL},
    {"reserve 0003 target=ext:0001", "0003 -held note=lift target=ext:0002\n", NULL, CONFLICT_OTHER,
     "0003 is reserved: lift, target ext:0002"},
    {"unreserve 0003", "0003 -held note=lift until=1\n", NULL, CONFLICT_OTHER,
     "0003 is reserved: lift, until 2026-11-23T12:00:00Z"},
    {"set alice target=agent:bob", "0001 alice fallback=agent:bob\n", NULL,
     CONFLICT_ALREADY_APPLIED, NULL},
    {"set alice target=agent:bob", "0001 alice 30d fallback=agent:zoe\n", NULL, CONFLICT_OTHER,
     "0001 is assigned to alice since 2026-10-23, fallback agent:zoe"},
    {"set alice target=agent:bob", "0001 zoe 0d\n", "-", CONFLICT_OTHER, NULL},
    {"release alice", "0001 alice fallback=agent:bob\n", NULL, CONFLICT_OTHER, NULL},
    {"assign zoe 0004", "0004 zoe 0d fallback=agent:bob\n", NULL, CONFLICT_OTHER, NULL},
    {"assign zoe 0004", "exempt zoe note=trainer\n", NULL, CONFLICT_OTHER,
     "zoe is exempt since 2026-11-21: trainer"},
    {"exempt zoe", "", NULL, CONFLICT_AS_SEEN, NULL},
    {"exempt zoe", "exempt zoe\n", NULL, CONFLICT_ALREADY_APPLIED,
     "zoe is exempt since 2026-11-21"},
    {"exempt zoe note=a", "exempt zoe note=b\n", NULL, CONFLICT_OTHER,
     "zoe is exempt since 2026-11-21: b"},
    {"exempt zoe", "0005 zoe 0d\n", NULL, CONFLICT_OTHER, "zoe holds 0005 now"},
    {"exempt alice", "0001 - alice 0d\n", "-", CONFLICT_OTHER,
     "0001 is free, given back by alice on 2026-11-22"},
    {"exempt alice note=x", "0001 - alice 0d\nexempt alice note=x\n", "-", CONFLICT_ALREADY_APPLIED,
     NULL},
    {"unexempt yan", "", NULL, CONFLICT_AS_SEEN, NULL},
    {"unexempt yan", "exempt yan note=other\n", NULL, CONFLICT_OTHER,
     "yan is exempt since 2026-11-21: other"},
};

static struct plan *plan_requests(const struct world *w, const char *text)
{
    struct plan_input input = world_input(w);
    struct requests requests;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    requests_read(&requests, text);
    if (plan_edit(&input, "import", requests.items, requests.n, NULL, &plan, &err) != ERR_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    requests_release(&requests);
    return plan;
}

static void check_sample(const struct sample *sample)
{
    struct world w;
    world_init(&w, "0000-0009");
    w.keeps_claims = true;
    world_store(&w, "0001 alice\n0002 bob\n0003 -held note=lift\nexempt yan\n");
    world_fill(&w);
    world_claim_all(&w);
    world_directory(&w, "alice bob zoe");
    struct plan *plan = plan_requests(&w, sample->requests);
    struct arena arena = ARENA_INIT;
    struct effects effects;
    struct conflict_verdict verdict;
    effects_of(plan, 0, plan->n_changes, &arena, &effects);

    world_store(&w, sample->meanwhile);
    if (sample->claim) {
        world_claim(&w, "alice", strcmp(sample->claim, "-") == 0 ? NULL : sample->claim);
    }
    world_look(&w);
    struct present present = {slot_now, holding_now, claim_now, exempt_now, &w};
    conflict_judge(plan, &effects, &present, &arena, &verdict);
    if (verdict.fate != sample->fate ||
        (sample->detail && strcmp(verdict.detail, sample->detail) != 0)) {
        fail_msg("%s, then %s: %d, %s", sample->requests, sample->meanwhile, (int)verdict.fate,
                 verdict.detail);
    }
    arena_release(&arena);
    plan_free(plan);
    world_release(&w);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        check_sample(&s_samples[i]);
    }
}

/* One change of a group lost; the others say which. */
static void test_a_group_refers_to_the_one_that_lost(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0009");
    world_store(&w, "0001 alice\n0002 bob\n");
    world_fill(&w);
    world_directory(&w, "alice bob");
    struct plan *plan = plan_requests(&w, "swap alice bob");
    struct conflict_verdict verdict = {
        .fate = CONFLICT_OTHER, .change = 1, .detail = "it is reserved"};
    assert_int_equal(plan->n_changes, 2);
    conflict_decide(plan, 0, 2, &verdict);
    assert_int_equal(plan_results(plan, RESULT_CONFLICT), 2);
    assert_string_equal(plan->changes[0].detail, "belongs to the change of 0001: it is reserved");
    assert_string_equal(plan->changes[1].detail, "it is reserved");
    assert_false(plan->changes[0].already_applied);
    plan_free(plan);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_a_group_refers_to_the_one_that_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
