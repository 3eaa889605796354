/* A session on a store whose usual read is an index that may lag behind. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/plan_edit.h"
#include "core/port_store.h"
#include "core/session.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/world.h"

/* ---- a store that shows what it is told to ------------------------------------------------- */

struct shown {
    const struct snapshot *snapshot;
    size_t loads;
};

struct fake_store {
    struct store base;
    struct shown *shown;
};

static enum err_code fake_load(struct store *store, const struct policy *policy,
                               enum load_mode mode, const struct progress *progress,
                               struct snapshot **out, struct err *err)
{
    struct shown *shown = ((struct fake_store *)store)->shown;
    (void)policy, (void)progress, (void)err;
    assert_int_equal(mode, LOAD_NORMAL);
    shown->loads++;
    *out = snapshot_ref(shown->snapshot);
    return ERR_OK;
}

static void fake_free(struct store *store)
{
    free(store);
}

static const struct store_ops s_ops = {.load = fake_load, .free = fake_free};

static enum err_code open_fake(void *context, const struct settings *settings, const char *uri,
                               const char *rest, struct store **out, struct err *err)
{
    (void)settings, (void)rest, (void)err;
    struct fake_store *store = mem_alloc(sizeof *store);
    *store = (struct fake_store){.base = {.ops = &s_ops, .uri = mem_strdup(uri)}, .shown = context};
    *out = &store->base;
    return ERR_OK;
}

struct desk {
    struct world world;
    struct shown shown;
    struct settings settings;
    struct port port;
    struct session *session;
};

static void desk_open(struct desk *desk, const char *ranges)
{
    *desk = (struct desk){.settings = {.store = "fake:x"}};
    world_init(&desk->world, ranges);
    desk->world.keeps_claims = true;
    desk->settings.policy = desk->world.policy;
    desk->port = (struct port){.scheme = "fake", .store = open_fake, .context = &desk->shown};
    assert_int_equal(
        session_open(&desk->settings, &desk->port, 1, &clock_system, &desk->session, NULL), ERR_OK);
}

static void desk_close(struct desk *desk)
{
    session_close(desk->session);
    world_release(&desk->world);
}

/* "0000 alice; 0001 free; " */
static const char *snapshot_text(const struct snapshot *snapshot, struct arena *arena)
{
    static const char *const names[] = {"absent", "free", "assigned", "held"};
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        buf_printf(&out, "%s %s; ", slot->ext,
                   slot->state == SLOT_ASSIGNED ? slot->agent : names[slot->state]);
    }
    const char *text = arena_strdup(arena, out.data);
    buf_release(&out);
    return text;
}

static void set_results(struct plan *plan, enum change_result result)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        plan->changes[i].result = result;
    }
}

static struct plan *plan_of(const struct world *world, const char *lines)
{
    struct requests requests;
    struct plan_input input = world_input(world);
    struct plan *plan = NULL;
    requests_read(&requests, lines);
    assert_int_equal(plan_edit(&input, "edit", requests.items, requests.n, NULL, &plan, NULL),
                     ERR_OK);
    requests_release(&requests);
    return plan;
}

/* Free, and the index cannot see it. */
static void put_leaked(struct world *world, const char *ext)
{
    struct slot slot = {.state = SLOT_FREE, .records = RECORD_LEAKED};
    memcpy(slot.ext, ext, strlen(ext));
    world_put(world, slot);
    world_look(world);
}

/* ---- what was done, laid over what was seen -------------------------------------------------- */

/* The same as the effects of one transaction with everything. */
static void assert_as_effects(struct plan *plan)
{
    struct arena arena = ARENA_INIT;
    struct effects effects;
    effects_of(plan, 0, plan->n_changes, &arena, &effects);
    set_results(plan, RESULT_DONE);
    struct snapshot *after = plan_overlay(plan, plan->snapshot, WORLD_NOW_S);
    for (size_t i = 0; i < effects.n_items; i++) {
        const struct slot *wanted = effects.items[i].after;
        const struct slot *got = snapshot_find(after, wanted->ext);
        assert_non_null(got);
        assert_int_equal(got->state, wanted->state);
        assert_string_equal(got->agent ? got->agent : "", wanted->agent ? wanted->agent : "");
    }
    snapshot_unref(after);
    arena_release(&arena);
}

static void test_overlay(void **state)
{
    (void)state;
    static const struct {
        const char *requests, *after;
    } samples[] = {
        {"swap alice bob", "0000 bob; 0001 alice; 0002 free; 0003 free; "},
        {"swap alice bob\nassign carol 0002", "0000 bob; 0001 alice; 0002 carol; 0003 free; "},
        {"reassign alice 0003", "0000 free; 0001 bob; 0002 free; 0003 alice; "},
        {"reassign alice 0003\nreassign bob 0000", "0000 bob; 0001 free; 0002 free; 0003 alice; "},
        {"release alice\nreserve 0003", "0000 free; 0001 bob; 0002 free; 0003 held; "},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct arena arena = ARENA_INIT;
        struct world w;
        world_init(&w, "0000-0003");
        w.keeps_claims = true;
        world_store(&w, "0000 alice\n0001 bob\n");
        world_fill(&w);
        world_directory(&w, "alice bob carol");
        struct plan *plan = plan_of(&w, samples[i].requests);
        assert_as_effects(plan);
        struct snapshot *after = plan_overlay(plan, plan->snapshot, WORLD_NOW_S);
        assert_string_equal(snapshot_text(after, &arena), samples[i].after);
        snapshot_unref(after);
        arena_release(&arena);
        plan_free(plan);
        world_release(&w);
    }
}

/* A number that goes from a leaver to a newcomer in one group has two steps: the last one stands.
 */
static void test_overlay_of_groups_and_repairs(void **state)
{
    (void)state;
    static const struct {
        const char *ranges, *store, *directory, *after;
    } samples[] = {
        {"0000-0000", "0000 bob\n", "alice", "0000 alice; "},
        {"0000-0001", "0000 bob\n0001 carol\n", "dave carol", "0000 dave; 0001 carol; "},
        {"0000-0001", "0000 bob 1d\n0001 bob 2d\n", "bob", "0000 free; 0001 bob; "},
        {"0000-0001", "0000 bob ? +free\n", "bob", "0000 bob; 0001 free; "},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct arena arena = ARENA_INIT;
        struct world w;
        world_init(&w, samples[i].ranges);
        w.keeps_claims = true;
        world_store(&w, samples[i].store);
        world_fill(&w);
        world_directory(&w, samples[i].directory);
        struct plan *plan = world_sync(&w);
        assert_as_effects(plan);
        struct snapshot *after = plan_overlay(plan, plan->snapshot, WORLD_NOW_S);
        assert_string_equal(snapshot_text(after, &arena), samples[i].after);
        snapshot_unref(after);
        arena_release(&arena);
        plan_free(plan);
        world_release(&w);
    }
}

/* ---- after an apply -------------------------------------------------------------------------- */

static void expect_after(struct desk *desk, const struct plan *plan, size_t loads, const char *text)
{
    struct arena arena = ARENA_INIT;
    struct snapshot *after = NULL;
    desk->shown.loads = 0;
    assert_int_equal(session_after(desk->session, plan, NULL, &after, NULL), ERR_OK);
    assert_string_equal(snapshot_text(after, &arena), text);
    assert_int_equal(desk->shown.loads, loads);
    snapshot_unref(after);
    arena_release(&arena);
}

static void test_after_on_a_lagging_index(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, "0000-0002");
    world_fill(&desk.world);
    world_directory(&desk.world, "alice bob");
    struct plan *plan = world_sync(&desk.world);
    desk.shown.snapshot = desk.world.snapshot; /* shows nothing new, for ever */

    expect_after(&desk, plan, 0, "0000 free; 0001 free; 0002 free; ");
    set_results(plan, RESULT_DONE);
    expect_after(&desk, plan, 0, "0000 alice; 0001 bob; 0002 free; ");
    plan->changes[1].result = RESULT_SKIPPED;
    plan->changes[1].left_out = true;
    expect_after(&desk, plan, 0, "0000 alice; 0001 free; 0002 free; ");
    plan_free(plan);
    desk_close(&desk);
}

/* Somebody else gave bob another number at the same time: that is published too. */
static void test_after_somebody_else_was_met(void **state)
{
    (void)state;
    struct desk desk;
    struct world now;
    desk_open(&desk, "0000-0002");
    world_fill(&desk.world);
    world_directory(&desk.world, "alice bob");
    struct plan *plan = world_sync(&desk.world);
    world_init(&now, "0000-0002");
    now.keeps_claims = true;
    world_store(&now, "0002 bob\n"); /* alice's, which is ours, is not in the index yet */
    world_fill(&now);
    desk.shown.snapshot = now.snapshot;

    plan->changes[0].result = RESULT_DONE;
    plan->changes[1].result = RESULT_SKIPPED; /* has one already */
    expect_after(&desk, plan, 1, "0000 alice; 0001 free; 0002 bob; ");
    plan->changes[1].result = RESULT_CONFLICT;
    expect_after(&desk, plan, 1, "0000 alice; 0001 free; 0002 bob; ");
    set_results(plan, RESULT_SKIPPED); /* the other one did all of it */
    expect_after(&desk, plan, 1, "0000 free; 0001 free; 0002 bob; ");
    plan_free(plan);
    world_release(&now);
    desk_close(&desk);
}

/* The whole table was read before; the index does not know as much. */
static void test_after_a_whole_read(void **state)
{
    (void)state;
    struct desk desk;
    struct world lagging;
    desk_open(&desk, "0000-0001");
    desk.world.whole = true;
    world_store(&desk.world, "0000 alice\n");
    put_leaked(&desk.world, "0001");
    world_directory(&desk.world, "alice bob");
    struct plan *plan = world_sync(&desk.world);
    assert_true(plan->snapshot->exact);
    world_init(&lagging, "0000-0001");
    lagging.keeps_claims = true;
    world_store(&lagging, "0000 alice\n");
    desk.shown.snapshot = lagging.snapshot;
    set_results(plan, RESULT_DONE);
    expect_after(&desk, plan, 1, "0000 alice; 0001 bob; ");
    plan_free(plan);
    world_release(&lagging);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overlay),
        cmocka_unit_test(test_overlay_of_groups_and_repairs),
        cmocka_unit_test(test_after_on_a_lagging_index),
        cmocka_unit_test(test_after_somebody_else_was_met),
        cmocka_unit_test(test_after_a_whole_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
