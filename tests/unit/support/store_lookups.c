#include <string.h>

#include "core/plan/builder.h"
#include "tests/unit/support/store_site.h"

/* The contract, part four: point reads. They say what a call is told, from one or two records, and
   what a plan of a few requests goes by. */

struct looked {
    struct arena arena;
    struct slot slot;
};

static struct looked look(struct site *site, const char *ext, const char *agent)
{
    struct looked looked = {.arena = ARENA_INIT};
    struct store_lookup wanted = {.ext = ext, .agent = agent, .arena = &looked.arena};
    struct err err = ERR_INIT;
    struct store_found found;
    enum err_code code =
        site->other->ops->lookup(site->other, &site->policy, &wanted, NULL, &found, &err);
    looked.slot = found.slot;
    if (code != ERR_OK) {
        print_error("lookup: %s\n", err.text);
    }
    assert_int_equal(code, ERR_OK);
    return looked;
}

static void expect_state(struct site *site, const char *ext, enum slot_state state)
{
    struct looked looked = look(site, ext, NULL);
    assert_int_equal(looked.slot.state, state);
    assert_string_equal(looked.slot.ext, ext);
    arena_release(&looked.arena);
}

static void test_an_extension_in_each_state(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_RESERVE, a_reserved("0003", T0, "fax"));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    expect_state(site, "0003", SLOT_RESERVED);
    expect_state(site, "0005", SLOT_FREE);
    expect_state(site, "0042", SLOT_ABSENT);
    struct looked looked = look(site, "0004", NULL);
    assert_int_equal(looked.slot.state, SLOT_ASSIGNED);
    assert_string_equal(looked.slot.agent, "alice");
    arena_release(&looked.arena);
}

static void test_what_a_call_needs_comes_along(void **state)
{
    struct site *site = *state;
    static const struct belongings own = {.arn = "arn:aws:connect:r:1:instance/i/agent/a",
                                          .fallback = "phone:+441632960000"};
    struct slot reserved = a_reserved("0003", T0, "desk");
    struct slot assigned = an_assigned("0004", "alice", T0);
    reserved.target = "agent:alice";
    reserved.until_s = T0 + 3600;
    assigned.own = &own;
    site_do(site, site->store, CHANGE_RESERVE, reserved);
    site_do(site, site->store, CHANGE_ASSIGN, assigned);
    struct looked looked = look(site, "0003", NULL);
    assert_string_equal(looked.slot.target, "agent:alice");
    assert_int_equal(looked.slot.until_s, T0 + 3600);
    arena_release(&looked.arena);
    looked = look(site, NULL, "alice");
    assert_string_equal(looked.slot.ext, "0004");
    assert_string_equal(looked.slot.own->arn, own.arn);
    assert_string_equal(looked.slot.own->fallback, own.fallback);
    arena_release(&looked.arena);
}

static void test_an_agent_who_holds_none(void **state)
{
    struct site *site = *state;
    struct looked looked = look(site, NULL, "nobody");
    assert_int_equal(looked.slot.state, SLOT_ABSENT);
    arena_release(&looked.arena);
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    site_do(site, site->store, CHANGE_RELEASE, a_free("0004", T0, "alice"));
    looked = look(site, NULL, "alice");
    assert_int_equal(looked.slot.state, SLOT_ABSENT);
    arena_release(&looked.arena);
}

static void test_no_store(void **state)
{
    struct site *site = *state;
    struct arena arena = ARENA_INIT;
    struct store_lookup wanted = {.ext = "0004", .arena = &arena};
    struct store_found found;
    struct err err = ERR_INIT;
    assert_int_equal(
        site->store->ops->lookup(site->store, &site->policy, &wanted, NULL, &found, &err),
        ERR_NOT_FOUND);
    assert_int_equal(found.slot.state, SLOT_ABSENT);
    arena_release(&arena);
}

/* ---- the rows that requests are about --------------------------------------------------------- */

static struct snapshot *read_rows(struct site *site, const struct store_rows *rows)
{
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    enum err_code code =
        site->other->ops->read_rows(site->other, &site->policy, rows, NULL, &snapshot, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(code, ERR_OK);
    return snapshot;
}

/* The slot as all of the store has it. */
static void expect_row(struct site *site, const struct snapshot *part, const char *ext)
{
    const struct slot *found = snapshot_find(part, ext);
    const struct slot *whole = snapshot_find(site_see(site, site->other), ext);
    assert_non_null(found);
    assert_true(slot_same(found, whole));
}

static void test_rows_about_an_agent(void **state)
{
    struct site *site = *state;
    const struct store_rows rows = {.items = {{ROW_AGENT, "alice"}}, .n = 1};
    site_do(site, site->store, CHANGE_ASSIGN, a_pinned("0004", "alice", T0, "desk"));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0005", "bob", T0));
    struct snapshot *part = read_rows(site, &rows);
    assert_true(part->partial);
    expect_row(site, part, "0004");
    assert_null(snapshot_find_agent(part, "bob"));
    snapshot_unref(part);
    site_do(site, site->store, CHANGE_RELEASE, a_free("0004", T0, "alice"));
    part = read_rows(site, &rows);
    assert_null(snapshot_find_agent(part, "alice"));
    snapshot_unref(part);
}

static void test_rows_about_numbers(void **state)
{
    struct site *site = *state;
    const struct store_rows one = {.items = {{ROW_NUMBER, "0003"}}, .n = 1};
    const struct store_rows held = {.items = {{ROW_HELD, "0004"}}, .n = 1};
    const struct store_rows free_one = {.items = {{ROW_NUMBER, "0006"}, {ROW_AGENT, "bob"}},
                                        .n = 2};
    site_do(site, site->store, CHANGE_RESERVE, a_reserved("0003", T0, "fax"));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    struct snapshot *part = read_rows(site, &one);
    expect_row(site, part, "0003");
    snapshot_unref(part);
    part = read_rows(site, &held);
    expect_row(site, part, "0004");
    snapshot_unref(part);
    part = read_rows(site, &free_one);
    expect_row(site, part, "0006");
    assert_null(snapshot_find_agent(part, "bob"));
    snapshot_unref(part);
}

static void test_rows_about_targets(void **state)
{
    struct site *site = *state;
    const struct store_rows rows = {
        .items = {{ROW_NUMBER, "0003"}, {ROW_TARGET_EXT, "0004"}, {ROW_TARGET_AGENT, "bob"}},
        .n = 3};
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0004", "alice", T0));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0005", "bob", T0));
    struct snapshot *part = read_rows(site, &rows);
    expect_row(site, part, "0003");
    assert_int_equal(snapshot_find(part, "0004")->state, SLOT_ASSIGNED);
    assert_string_equal(snapshot_find_agent(part, "bob")->ext, "0005");
    snapshot_unref(part);
}

/* Each that it shows is free, and of a swap both are there. */
static void test_rows_to_choose_from(void **state)
{
    struct site *site = *state;
    const struct store_rows choice = {.items = {{ROW_AGENT, "carol"}}, .n = 1, .chooses = true};
    const struct store_rows swap = {.items = {{ROW_AGENT, "alice"}, {ROW_AGENT, "bob"}}, .n = 2};
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0000", "alice", T0));
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0001", "bob", T0));
    struct snapshot *part = read_rows(site, &choice);
    assert_true(part->n_slots > 0);
    for (size_t i = 0; i < part->n_slots; i++) {
        expect_row(site, part, part->slots[i].ext);
    }
    snapshot_unref(part);
    part = read_rows(site, &swap);
    expect_row(site, part, "0000");
    expect_row(site, part, "0001");
    snapshot_unref(part);
}

static void test_rows_of_no_store(void **state)
{
    struct site *site = *state;
    const struct store_rows rows = {.items = {{ROW_AGENT, "alice"}}, .n = 1};
    struct snapshot *part = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(
        site->store->ops->read_rows(site->store, &site->policy, &rows, NULL, &part, &err),
        ERR_NOT_FOUND);
    assert_null(part);
}

const struct CMUnitTest store_lookup_tests[] = {
    cmocka_unit_test_setup_teardown(test_rows_about_an_agent, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_rows_about_numbers, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_rows_about_targets, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_rows_to_choose_from, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_rows_of_no_store, site_bare, site_end),
    cmocka_unit_test_setup_teardown(test_an_extension_in_each_state, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_what_a_call_needs_comes_along, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_an_agent_who_holds_none, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_no_store, site_bare, site_end),
};
const size_t store_n_lookup_tests = sizeof store_lookup_tests / sizeof store_lookup_tests[0];
