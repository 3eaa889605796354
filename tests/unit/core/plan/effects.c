#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/plan/builder.h"
#include "core/plan/conflict.h"
#include "core/plan/effects.h"
#include "tests/unit/support/world.h"

static const char *state_text(const struct slot *slot)
{
    static const char *const names[] = {"absent", "free", "assigned", "held"};
    return slot ? slot->state == SLOT_ASSIGNED ? slot->agent : names[slot->state] : "absent";
}

/* "0000 free>alice; alice ->0000;": extensions, then claims; "a|b" what a claim may be, '~' where
   none is fine too. */
static const char *effects_text(const struct plan *plan, size_t first, size_t n,
                                struct arena *arena)
{
    struct effects effects;
    effects_of(plan, first, n, arena, &effects);
    struct buf out;
    buf_init(&out, 65536);
    for (size_t i = 0; i < effects.n_items; i++) {
        const struct effect *effect = &effects.items[i];
        assert_string_equal(effect->ext, effect->after->ext);
        assert_in_range(effect->change, first, first + n - 1);
        buf_printf(&out, "%s %s>%s; ", effect->ext, state_text(effect->before),
                   state_text(effect->after));
    }
    for (size_t i = 0; i < effects.n_claims; i++) {
        const struct claim_effect *claim = &effects.claims[i];
        assert_in_range(claim->change, first, first + n - 1);
        buf_printf(&out, "%s %s%s", claim->agent, claim->tolerant ? "~" : "",
                   claim->before ? claim->before : "");
        for (size_t k = 0; k < claim->n_others; k++) {
            buf_printf(&out, "|%s", claim->others[k]);
        }
        buf_printf(&out, "->%s; ", claim->after ? claim->after : "");
    }
    const char *text = arena_strdup(arena, out.data);
    buf_release(&out);
    return text;
}

static struct plan *sync_of(struct world *w, const char *ranges, const char *store,
                            const char *directory)
{
    world_init(w, ranges);
    w->keeps_claims = true;
    world_store(w, store);
    world_fill(w);
    world_directory(w, directory);
    return world_sync(w);
}

static void test_of_sync(void **state)
{
    (void)state;
    static const struct {
        const char *ranges, *store, *directory, *effects;
    } samples[] = {
        {"0000-0003", "0001 bob\n", "alice bob", "0000 free>alice; alice ->0000; "},
        {"0000-0003", "0001 bob\n", "carol",
         "0001 bob>free; 0000 free>carol; bob ~0001->; carol ->0000; "},
        /* taken over: one effect, two claims */
        {"0000-0000", "0000 bob\n", "alice", "0000 bob>alice; bob ~0000->; alice ->0000; "},
        {"0000-0001", "0000 bob ?\n", "bob", "0000 bob>bob; bob ~0000->0000; "},
        {"0000-0001", "0000 bob +free\n", "bob", "0000 bob>bob; "},
        {"0000-0001", "0000 bob ? +free\n", "bob", "0000 bob>bob; bob ~0000->0000; "},
        {"0000-0001", "0000 bob 1d\n0001 bob 2d\n", "bob", "0000 bob>free; bob ~0000->0001; "},
        {"0000-0002", "0000 bob 1d\n0001 bob 2d\n0002 bob 3d\n", "bob",
         "0000 bob>free; 0001 bob>free; bob ~0000|0001->0002; "},
        {"0000-0001", "0000 bob ?\n0001 bob ?\n", "bob",
         "0001 bob>free; 0000 bob>bob; bob ~0001->0000; "},
        {"0000-0002", "0000 bob 1d\n0001 bob 2d\n", "alice",
         "0000 bob>free; 0001 bob>free; 0002 free>alice; bob ~0000|0001->; alice ->0002; "},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        struct plan *plan = sync_of(&w, samples[i].ranges, samples[i].store, samples[i].directory);
        struct arena arena = ARENA_INIT;
        assert_string_equal(effects_text(plan, 0, plan->n_changes, &arena), samples[i].effects);
        arena_release(&arena);
        plan_free(plan);
        world_release(&w);
    }
}

static void test_of_numbers_that_are_made(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0001");
    w.keeps_claims = true;
    world_look(&w);
    world_directory(&w, "alice");
    struct plan *plan = world_sync(&w);
    struct arena arena = ARENA_INIT;
    assert_string_equal(effects_text(plan, 0, plan->n_changes, &arena),
                        "0000 absent>alice; 0001 absent>free; alice ->0000; ");
    assert_string_equal(effects_text(plan, 1, 1, &arena), "0001 absent>free; ");
    arena_release(&arena);
    plan_free(plan);
    world_release(&w);
}

/* Half a group would take a number from its holder, who stays in the directory's eyes. */
static void test_units(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = sync_of(&w, "0000-0002", "0000 a\n0001 b\n0002 c\n", "x y");
    assert_plan(plan, "- 0000 a #1\n+ 0000 x #1\n- 0001 b #2\n+ 0001 y #2\n- 0002 c\n");
    assert_int_equal(plan_unit_end(plan, 0), 2);
    assert_int_equal(plan_unit_end(plan, 2), 4);
    assert_int_equal(plan_unit_end(plan, 4), 5);
    struct arena arena = ARENA_INIT;

    plan_leave_out(plan, 1, true);
    assert_true(plan->changes[0].left_out);
    assert_int_equal(plan->counts[CHANGE_RELEASE], 2);
    assert_int_equal(plan->counts[CHANGE_ASSIGN], 1);
    assert_string_equal(effects_text(plan, 0, 4, &arena), "0001 b>y; b ~0001->; y ->0001; ");
    plan_leave_out(plan, 0, false);
    assert_int_equal(plan->counts[CHANGE_RELEASE], 3);
    assert_int_equal(plan->counts[CHANGE_ASSIGN], 2);

    /* Set by hand, it counts for the whole group too. */
    plan->changes[2].left_out = true;
    assert_string_equal(effects_text(plan, 0, 4, &arena), "0000 a>x; a ~0000->; x ->0000; ");
    plan_count(plan);
    assert_true(plan->changes[3].left_out);
    assert_int_equal(plan->counts[CHANGE_RELEASE], 2);
    assert_int_equal(plan->counts[CHANGE_ASSIGN], 1);

    plan->changes[0].result = plan->changes[1].result = RESULT_CONFLICT;
    assert_string_equal(effects_text(plan, 0, plan->n_changes, &arena), "0002 c>free; c ~0002->; ");
    assert_true(plan_has_work(plan));
    plan_leave_out(plan, 4, true);
    assert_string_equal(effects_text(plan, 0, plan->n_changes, &arena), "");
    assert_false(plan_has_work(plan));
    assert_int_equal(plan_results(plan, RESULT_CONFLICT), 2);
    arena_release(&arena);
    plan_free(plan);
    world_release(&w);
}

static void test_claim_steps(void **state)
{
    (void)state;
    struct world w;
    struct plan *empty = sync_of(&w, "0000-0001", "0000 bob\n", "bob");
    plan_free(empty);
    struct plan *plan = plan_new("repair", w.snapshot, NULL, w.now_s);
    const struct slot *bob = snapshot_find(w.snapshot, "0000");
    struct claim_step stale = {.agent = "zoe", .before = "0001", .after = NULL};
    struct claim_step missing = {.agent = "bob", .before = NULL, .after = "0000"};
    struct claim_step right = {.agent = "ann", .before = "0001", .after = "0001"};
    plan_add(plan, CHANGE_REPAIR, "0001", "zoe", 0, "%s", "stale")->claim = &stale;
    struct change *change = plan_add(plan, CHANGE_REPAIR, "0000", "bob", 1, "missing");
    change->claim = &missing;
    change->steps[0].before = bob;
    change->steps[0].after = *bob;
    plan_add(plan, CHANGE_REPAIR, "0001", "ann", 0, "right")->claim = &right;
    struct arena arena = ARENA_INIT;
    /* The extension is rewritten as it was, so that the claim is only written while it holds. */
    assert_string_equal(effects_text(plan, 0, plan->n_changes, &arena),
                        "0000 bob>bob; zoe 0001->; bob ->0000; ");
    change = &plan->changes[1];
    change->claim = NULL;
    assert_string_equal(effects_text(plan, 1, 1, &arena), "");
    arena_release(&arena);
    plan_free(plan);
    world_release(&w);
}

static void test_slots(void **state)
{
    (void)state;
    struct slot slot = slot_assigned("0000", "bob", 5, NULL, "me");
    struct slot other = slot;
    struct slot absent = {.ext = "0000", .state = SLOT_ABSENT};
    assert_true(slot_same(&slot, &other));
    assert_true(slot_same(NULL, &absent));
    assert_false(slot_same(NULL, &slot));
    other.records = 0; /* a store that has no flags */
    assert_true(slot_same(&slot, &other));
    other.records = RECORD_ASSIGNED | RECORD_FREE;
    assert_false(slot_same(&slot, &other));
    other = slot;
    other.note = "desk";
    assert_false(slot_same(&slot, &other));
    other = slot;
    other.at_s = 6;
    assert_false(slot_same(&slot, &other));
    other = slot;
    other.by = NULL;
    assert_false(slot_same(&slot, &other));
    other = slot;
    other.agent = "Bob";
    assert_false(slot_same(&slot, &other));
}

static void test_descriptions(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    struct slot slot = slot_assigned("0000", "bob", WORLD_NOW_S, NULL, NULL);
    assert_string_equal(slot_describe(&arena, NULL), "there is no record of it");
    assert_string_equal(slot_describe(&arena, &slot), "assigned to bob since 2026-11-22");
    slot.at_s = 0;
    slot.note = "desk";
    assert_string_equal(slot_describe(&arena, &slot), "assigned to bob, pinned");
    slot = slot_reserved("0000", NULL, WORLD_NOW_S, NULL);
    assert_string_equal(slot_describe(&arena, &slot), "reserved");
    slot.note = "fax";
    assert_string_equal(slot_describe(&arena, &slot), "reserved: fax");
    slot = slot_free("0000", 0, NULL);
    assert_string_equal(slot_describe(&arena, &slot), "free");
    slot = slot_free("0000", WORLD_NOW_S, "bob");
    assert_string_equal(slot_describe(&arena, &slot), "free, given back by bob on 2026-11-22");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_sync), cmocka_unit_test(test_of_numbers_that_are_made),
        cmocka_unit_test(test_units),   cmocka_unit_test(test_claim_steps),
        cmocka_unit_test(test_slots),   cmocka_unit_test(test_descriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
