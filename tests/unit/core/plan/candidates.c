#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/candidates.h"
#include "tests/unit/support/world.h"

/* A pool of thirty with holders, pins, reservations and a cooling number. */
static void open_desk(struct world *w)
{
    world_init(w, "0000-0029");
    world_store(w, "0003 alice\n0011 bob pin=desk\n0012 carol\n0014 -held note=fax\n"
                   "0013 - erin 3d\n0015 - frank 2d\n0021 dave\n");
    world_fill(w);
    world_directory(w, "alice bob carol dave newcomer");
}

/* "0013 0010 ..." as far as `most`. */
static const char *listed(const struct candidates *candidates, size_t most)
{
    static char text[512];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < most; i++) {
        const struct slot *slot = candidates_at(candidates, i, NULL);
        used += slot ? (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "",
                                        slot->ext)
                     : 0;
    }
    return text;
}

static void test_free_first_and_the_nearest_first(void **state)
{
    (void)state;
    struct world w;
    struct candidates candidates;
    char says[128];
    open_desk(&w);
    struct plan_input input = world_input(&w);
    candidates_init(&candidates, &input, "0012");
    candidates_narrow(&candidates, "001");
    assert_string_equal(listed(&candidates, 20),
                        "0010 0016 0017 0018 0019 0013 0015 0012 0011 0014");
    candidates_says(&candidates, says, sizeof says);
    assert_string_equal(says, "5 free, 2 cooling, 2 held, 1 reserved begin so");
    candidates_narrow(&candidates, "");
    candidates_says(&candidates, says, sizeof says);
    assert_null(strstr(says, "begin so"));
    candidates_narrow(&candidates, "001");
    enum candidate_class class;
    assert_string_equal(candidates_at(&candidates, 5, &class)->ext, "0013");
    assert_int_equal(class, CANDIDATE_COOLING);
    assert_null(candidates_at(&candidates, 10, NULL));
    candidates_release(&candidates);
    world_release(&w);
}

static void test_without_a_number_the_lowest_come_first(void **state)
{
    (void)state;
    struct world w;
    struct candidates candidates;
    open_desk(&w);
    struct plan_input input = world_input(&w);
    candidates_init(&candidates, &input, NULL);
    assert_string_equal(listed(&candidates, 5), "0000 0001 0002 0004 0005");
    candidates_narrow(&candidates, "002");
    assert_string_equal(listed(&candidates, 3), "0020 0022 0023");
    candidates_release(&candidates);
    world_release(&w);
}

/* Both sides of the number are near. */
static void test_the_nearest_of_both_sides(void **state)
{
    (void)state;
    struct world w;
    struct candidates candidates;
    open_desk(&w);
    struct plan_input input = world_input(&w);
    candidates_init(&candidates, &input, "0021");
    assert_string_equal(listed(&candidates, 6), "0020 0022 0019 0023 0018 0024");
    assert_string_equal(candidates_nearest_free(&candidates, "0012")->ext, "0010");
    candidates_narrow(&candidates, "0012");
    assert_string_equal(candidates_nearest_free(&candidates, "0029")->ext, "0029");
    candidates_release(&candidates);
    world_release(&w);
}

static void test_what_nobody_can_get_is_not_listed(void **state)
{
    (void)state;
    struct world w;
    struct candidates candidates;
    char says[128];
    world_init(&w, "0910-0912 9110-9119");
    world_fill(&w);
    struct plan_input input = world_input(&w);
    candidates_init(&candidates, &input, NULL);
    assert_string_equal(listed(&candidates, 5), "0910 0911 0912");
    candidates_narrow(&candidates, "911"); /* an emergency code */
    candidates_says(&candidates, says, sizeof says);
    assert_string_equal(says, "no number begins so");
    assert_int_equal(candidates.n, 0);
    candidates_release(&candidates);
    world_release(&w);
}

/* The plan of one way, as text; NULL: the way is closed. */
static struct plan *taken_by(const struct world *w, enum taking taking, const char *agent,
                             const char *ext)
{
    struct plan_input input = world_input(w);
    struct candidates candidates;
    struct request requests[TAKING_REQUESTS_MAX];
    struct plan *plan = NULL;
    const struct slot *held = snapshot_find_agent(w->snapshot, agent);
    candidates_init(&candidates, &input, NULL);
    struct taken taken = {.agent = agent,
                          .holds = held ? held->ext : NULL,
                          .slot = snapshot_find(w->snapshot, ext),
                          .free = candidates_nearest_free(&candidates, ext)->ext};
    size_t n = taking_requests(taking, &taken, requests);
    if (n > 0) {
        assert_int_equal(plan_edit(&input, "reassign", requests, n, NULL, &plan, NULL), ERR_OK);
    } else {
        assert_non_null(taking_fault(taking, &taken));
    }
    candidates_release(&candidates);
    return plan;
}

static void assert_taken(const struct world *w, enum taking taking, const char *agent,
                         const char *ext, const char *text)
{
    struct plan *plan = taken_by(w, taking, agent, ext);
    if (!text) {
        assert_null(plan);
        return;
    }
    assert_non_null(plan);
    assert_plan(plan, text);
    plan_free(plan);
}

static void test_three_ways_to_a_number_that_is_held(void **state)
{
    (void)state;
    struct world w;
    open_desk(&w);
    assert_taken(&w, TAKING_SWAP, "alice", "0012",
                 "~ 0012 alice (0003 -> 0012) #1\n~ 0003 carol (0012 -> 0003) #1\n");
    assert_taken(&w, TAKING_OVER, "alice", "0012",
                 "~ 0012 alice (0003 -> 0012) #1\n~ 0000 carol (0012 -> 0000) #1\n");
    assert_taken(&w, TAKING_NEAREST, "alice", "0012", "~ 0010 alice (0003 -> 0010)\n");
    world_release(&w);
}

static void test_a_newcomer_has_nothing_to_swap(void **state)
{
    (void)state;
    struct world w;
    open_desk(&w);
    assert_taken(&w, TAKING_SWAP, "newcomer", "0012", NULL);
    assert_taken(&w, TAKING_OVER, "newcomer", "0012",
                 "+ 0012 newcomer #1\n~ 0000 carol (0012 -> 0000) #1\n");
    assert_taken(&w, TAKING_NEAREST, "newcomer", "0012", "+ 0010 newcomer\n");
    world_release(&w);
}

static void test_a_pinned_number_is_never_taken(void **state)
{
    (void)state;
    struct world w;
    open_desk(&w);
    assert_taken(&w, TAKING_SWAP, "alice", "0011", NULL);
    assert_taken(&w, TAKING_OVER, "alice", "0011", NULL);
    assert_taken(&w, TAKING_NEAREST, "alice", "0011", "~ 0010 alice (0003 -> 0010)\n");
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_free_first_and_the_nearest_first),
        cmocka_unit_test(test_without_a_number_the_lowest_come_first),
        cmocka_unit_test(test_the_nearest_of_both_sides),
        cmocka_unit_test(test_what_nobody_can_get_is_not_listed),
        cmocka_unit_test(test_three_ways_to_a_number_that_is_held),
        cmocka_unit_test(test_a_newcomer_has_nothing_to_swap),
        cmocka_unit_test(test_a_pinned_number_is_never_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
