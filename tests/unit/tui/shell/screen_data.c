/* The screen's data, joined from what changed, is the same as joined from all of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/builder.h"
#include "tests/unit/support/world.h"
#include "tui/shell/screen_data.h"
#include "tui/widget/filter_block.h"

#define NUMBERS 3000 /* more than one piece of the folded rows */
#define AGENTS 2500
#define STEPS 120

struct model {
    struct policy policy;
    struct roster *roster;
    struct snapshot *snapshot;
    int64_t now_s;
    uint32_t seed;
};

static uint32_t chance(struct model *model, uint32_t below)
{
    model->seed = model->seed * 1664525u + 1013904223u;
    return (model->seed >> 8) % below;
}

static const char *login_of(struct arena *arena, uint32_t number)
{
    return arena_printf(arena, "agent.%04u", number);
}

/* Every other number is held; some of those people are not in the directory. */
static struct snapshot *first_snapshot(struct model *model)
{
    struct snapshot *snapshot = snapshot_new();
    for (uint32_t i = 0; i < NUMBERS; i++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%04u", i % 10000);
        struct slot *slot = snapshot_add(snapshot, ext);
        *slot = i % 2 == 0 ? slot_free(ext, i % 6 == 0 ? model->now_s - 60 * i : 0, NULL)
                           : slot_assigned(ext, login_of(&snapshot->arena, i), 1000 + i, NULL, "x");
    }
    snapshot_seal(snapshot);
    return snapshot;
}

static int set_up(void **state)
{
    struct model *model = calloc(1, sizeof *model);
    struct err err = ERR_INIT;
    policy_default(&model->policy);
    if (policy_set_ranges(&model->policy, "0000-3999", &err) != ERR_OK) {
        return -1;
    }
    model->now_s = WORLD_NOW_S;
    model->seed = 7;
    model->roster = roster_new();
    for (uint32_t i = 0; i < AGENTS; i++) {
        struct arena arena = ARENA_INIT;
        roster_add(model->roster,
                   &(struct agent){.login = login_of(&arena, i),
                                   .name = arena_printf(&arena, "Name %*u", (int)(i % 30), i)});
        arena_release(&arena);
    }
    roster_seal(model->roster);
    roster_describe(model->roster, &(struct roster_directory){
                                       .name = "leeds", .source = "leeds", .uri = "file:leeds"});
    model->snapshot = first_snapshot(model);
    *state = model;
    return 0;
}

static int tear_down(void **state)
{
    struct model *model = *state;
    snapshot_unref(model->snapshot);
    roster_unref(model->roster);
    free(model);
    return 0;
}

/* ---- what happens ----------------------------------------------------------------------------- */

/* Few holders are from another directory, so that they come and go altogether. */
static const struct belongings *own_of(struct model *model)
{
    static const struct belongings sources[] = {{.source = "leeds"}, {.source = "york"}};
    return chance(model, 60) == 0 ? &sources[1] : chance(model, 2) == 0 ? &sources[0] : NULL;
}

static struct slot changed(struct model *model, struct arena *arena, const struct slot *slot)
{
    struct slot now = *slot;
    switch (chance(model, 4)) {
    case 0:
        now = slot_free(slot->ext, model->now_s - chance(model, 8 * 86400), NULL);
        break;
    case 1:
        now = slot_assigned(slot->ext, login_of(arena, chance(model, 4000)), 5, NULL, "y");
        now.own = own_of(model);
        break;
    case 2:
        now.note = slot->note ? NULL : "printed";
        break;
    default:
        now.at_s = slot->at_s + 1;
        break;
    }
    return now;
}

/* A few numbers, each once, in order. */
static size_t change_some(struct model *model, struct arena *arena, struct slot slots[8])
{
    size_t n = 0;
    size_t at = chance(model, 500);
    for (size_t wanted = 1 + chance(model, 8); n < wanted && at < model->snapshot->n_slots; n++) {
        slots[n] = changed(model, arena, &model->snapshot->slots[at]);
        at += 1 + chance(model, 400);
    }
    return n;
}

/* ---- what is compared ------------------------------------------------------------------------- */

static void expect_same_text(const char *a, const char *b)
{
    assert_string_equal(a ? a : "", b ? b : "");
}

static void expect_same_rows(const struct screen_data *a, const struct screen_data *b)
{
    assert_int_equal(a->agents.n_rows, b->agents.n_rows);
    assert_int_equal(a->agents.n_new, b->agents.n_new);
    assert_int_equal(a->agents.n_stale, b->agents.n_stale);
    assert_int_equal(a->agents.n_foreign, b->agents.n_foreign);
    for (size_t i = 0; i < a->agents.n_rows; i++) {
        const struct agent_row *left = &a->agents.rows[i];
        const struct agent_row *right = &b->agents.rows[i];
        expect_same_text(left->login, right->login);
        expect_same_text(left->name, right->name);
        assert_ptr_equal(left->slot, right->slot);
        assert_int_equal(left->state, right->state);
    }
}

static void expect_same_matches(const struct filter_scope *scope, const struct filter_block *a,
                                const struct filter_block *b, size_t n_rows, const char *text)
{
    struct filter filter;
    struct filter_search left;
    struct filter_search right;
    assert_int_equal(filter_parse(&filter, scope, text, FILTER_NO_CURSOR), FILTER_HOLDS);
    filter_search_start(&left, &(struct filter_asked){.filter = &filter, .block = a});
    filter_search_start(&right, &(struct filter_asked){.filter = &filter, .block = b});
    assert_true(filter_search_go_on(&left, INT64_MAX));
    assert_true(filter_search_go_on(&right, INT64_MAX));
    for (size_t i = 0; i < n_rows; i++) {
        assert_int_equal(filter_found(left.found, i), filter_found(right.found, i));
    }
    filter_search_release(&left);
    filter_search_release(&right);
}

static void expect_same(const struct screen_data *a, const struct screen_data *b)
{
    static const char *const filters[] = {"agent.1", "state:pinned", "ext:0100-0300", "note:*"};
    expect_same_rows(a, b);
    assert_memory_equal(a->counts, b->counts, sizeof a->counts);
    assert_int_equal(a->n_pinned, b->n_pinned);
    assert_int_equal(a->login_columns, b->login_columns);
    assert_int_equal(a->name_columns, b->name_columns);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        expect_same_matches(&a->agents_scope, a->agents_block, b->agents_block, a->agents.n_rows,
                            filters[i]);
        expect_same_matches(&a->slots_scope, a->slots_block, b->slots_block, a->snapshot->n_slots,
                            filters[i]);
    }
    expect_same_matches(&a->slots_scope, a->slots_block, b->slots_block, a->snapshot->n_slots,
                        "state:cooling");
    expect_same_matches(&a->agents_scope, a->agents_block, b->agents_block, a->agents.n_rows,
                        "state:foreign");
}

static struct screen_data *join(const struct model *model, const struct screen_data *before)
{
    const struct screen_source source = {.policy = &model->policy,
                                         .snapshot = model->snapshot,
                                         .roster = model->roster,
                                         .now_s = model->now_s};
    return screen_data_join(&source, before);
}

static void any_changes_join_to_the_same(void **state)
{
    struct model *model = *state;
    struct screen_data *shown = join(model, NULL);
    for (int step = 0; step < STEPS; step++) {
        struct arena arena = ARENA_INIT;
        struct slot slots[8];
        size_t n = change_some(model, &arena, slots);
        struct snapshot *next = snapshot_with(model->snapshot, slots, n);
        next->exact = true;
        snapshot_unref(model->snapshot);
        model->snapshot = next;
        model->now_s += chance(model, 3) == 0 ? 3600 : 0; /* cool-downs end meanwhile */
        arena_release(&arena);
        struct screen_data *joined = join(model, shown);
        struct screen_data *whole = join(model, NULL);
        expect_same(joined, whole);
        screen_data_unref(whole);
        screen_data_unref(shown);
        shown = joined;
    }
    screen_data_unref(shown);
}

static void numbers_that_come_and_go(void **state)
{
    struct model *model = *state;
    struct screen_data *shown = join(model, NULL);
    const struct slot slots[] = {{.ext = "0000", .state = SLOT_ABSENT},
                                 slot_free("0001", 0, NULL),
                                 slot_free("3500", 0, NULL)};
    struct snapshot *next = snapshot_with(model->snapshot, slots, 3);
    assert_int_equal(next->n_slots, NUMBERS);
    assert_null(snapshot_find(next, "0000"));
    assert_int_equal(snapshot_find(next, "0001")->state, SLOT_FREE);
    assert_non_null(snapshot_find(next, "3500"));
    snapshot_unref(model->snapshot);
    model->snapshot = next;
    struct screen_data *joined = join(model, shown);
    struct screen_data *whole = join(model, NULL);
    expect_same(joined, whole);
    screen_data_unref(whole);
    screen_data_unref(shown);
    screen_data_unref(joined);
}

/* The snapshot before can go: what the new one shares with it stays. */
static void texts_outlive_the_snapshot_that_had_them(void **state)
{
    struct model *model = *state;
    for (int i = 0; i < 5; i++) {
        struct slot slot = model->snapshot->slots[3];
        slot.at_s += 1;
        struct snapshot *next = snapshot_with(model->snapshot, &slot, 1);
        snapshot_unref(model->snapshot);
        model->snapshot = next;
    }
    assert_string_equal(snapshot_find(model->snapshot, "0001")->agent, "agent.0001");
    assert_string_equal(snapshot_find(model->snapshot, "0003")->agent, "agent.0003");
    assert_int_equal(snapshot_find(model->snapshot, "0003")->at_s, 1008);
    assert_int_equal(model->snapshot->generation, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_changes_join_to_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_that_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_outlive_the_snapshot_that_had_them, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
