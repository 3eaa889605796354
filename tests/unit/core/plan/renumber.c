#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/renumber.h"
#include "tests/unit/support/world.h"

/* Whole ranges that get other numbers. */

static struct plan *renumber(const struct world *w, const char *text)
{
    const struct plan_input input = world_input(w);
    struct renumbering asked;
    struct plan *plan = NULL;
    assert_int_equal(renumbering_parse(text, 4, &asked, NULL), ERR_OK);
    assert_int_equal(plan_renumber(&input, &asked, &plan, NULL), ERR_OK);
    return plan;
}

static void open_world(struct world *w)
{
    world_init(w, "0000-0009 0500-0509");
    world_store(w, "0000 alice\n0001 bob\n0002 carol pin=desk\n0003 -held\n0004 dave\n0005 -\n"
                   "0500 -\n0501 -\n0504 zoe\n0505 -\n");
    world_directory(w, "alice bob carol dave zoe");
}

static void who_can_go_goes_and_the_others_are_named(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    struct plan *plan = renumber(&w, "0000-0009=0500-0509");
    assert_plan(plan, "~ 0500 alice (0000 -> 0500)\n~ 0501 bob (0001 -> 0501)\n");
    assert_true(plan->derived);
    assert_int_equal(plan->n_notes, 3);
    assert_string_equal(plan->notes[0], "1 is pinned and not renumbered: carol");
    assert_string_equal(plan->notes[1], "1 cannot be renumbered, since the new number is not free: "
                                        "0004 (0504 is assigned)");
    assert_string_equal(plan->notes[2], "1 reserved number is left as it is: 0003");
    assert_int_equal(world_apply(&w, plan), 0);
    assert_null(world_fault(&w));
    plan_free(plan);
    world_release(&w);
}

/* Where somebody goes depends on their number alone. */
static void a_second_run_completes_a_stopped_one(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    struct plan *first = renumber(&w, "0000-0009=0500-0509");
    plan_leave_out(first, 1, true);
    world_apply(&w, first);
    struct plan *second = renumber(&w, "0000-0009=0500-0509");
    assert_plan(second, "~ 0501 bob (0001 -> 0501)\n");
    world_apply(&w, second);
    struct plan *third = renumber(&w, "0000-0009=0500-0509");
    assert_plan(third, "");
    plan_free(first);
    plan_free(second);
    plan_free(third);
    world_release(&w);
}

static void old_numbers_lead_to_their_holders_for_a_while(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    struct plan *plan = renumber(&w, "0000-0001=0500-0501 30d");
    assert_int_equal(world_do(&w, plan), 0);
    assert_null(world_fault(&w));
    const struct slot *old = world_slot(&w, "0001");
    assert_int_equal(old->state, SLOT_RESERVED);
    assert_string_equal(old->target, "agent:bob");
    assert_int_equal(old->until_s, w.now_s + 30 * WORLD_DAY_S);
    assert_string_equal(world_slot(&w, "0501")->agent, "bob");
    struct plan *again = renumber(&w, "0000-0001=0500-0501 30d");
    assert_plan(again, "");
    assert_int_equal(again->n_notes, 0);
    struct plan *undo = world_undo(&w);
    assert_int_equal(world_apply(&w, undo), 0);
    assert_string_equal(world_slot(&w, "0001")->agent, "bob");
    assert_int_equal(world_slot(&w, "0501")->state, SLOT_FREE);
    plan_free(plan);
    plan_free(again);
    plan_free(undo);
    world_release(&w);
}

static void the_new_range_has_to_be_in_the_pool(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    const struct plan_input input = world_input(&w);
    struct renumbering asked;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(renumbering_parse("0000-0009=0505-0514", 4, &asked, NULL), ERR_OK);
    assert_int_equal(plan_renumber(&input, &asked, &plan, &err), ERR_CONFIG);
    assert_string_equal(err.text, "0510 is not in the ranges of the pool");
    assert_null(plan);
    world_release(&w);
}

static void two_ranges_of_one_size(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"2000-2499", "is not two ranges of 4 digits"},
        {"2000-2499=600-1099", "is not two ranges of 4 digits"},
        {"2000-2499=6000-6499x", "is not two ranges of 4 digits"},
        {"2000-2499=6000-6499 soon", "is not two ranges of 4 digits"},
        {"2499-2000=6000-6499", "a range runs backwards"},
        {"2000-2499=6000-6500", "the two ranges are not of one size"},
        {"2000-2499=2400-2899", "the two ranges overlap"},
        {"2000=2000", "the two ranges overlap"},
    };
    struct renumbering asked;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = ERR_INIT;
        assert_int_equal(renumbering_parse(wrong[i].text, 4, &asked, &err), ERR_USAGE);
        assert_non_null(strstr(err.text, wrong[i].says));
    }
    assert_int_equal(renumbering_parse("2000=6000 12h", 4, &asked, NULL), ERR_OK);
    assert_string_equal(asked.to_last, "6000");
    assert_int_equal(asked.keep_old_s, 43200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_can_go_goes_and_the_others_are_named),
        cmocka_unit_test(a_second_run_completes_a_stopped_one),
        cmocka_unit_test(old_numbers_lead_to_their_holders_for_a_while),
        cmocka_unit_test(the_new_range_has_to_be_in_the_pool),
        cmocka_unit_test(two_ranges_of_one_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
