/* The store contract: what was written since a snapshot was read, at the cost of what changed. */

#include "tests/unit/support/store_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/plan/builder.h"

/* ---- reading ------------------------------------------------------------------------------- */

/* What one console knows, refreshed again and again. */
struct watcher {
    struct site *site;
    struct store *store;
    struct snapshot *seen;
    struct store_changes changes; /* of the last reading */
    size_t n_records;             /* so far */
};

static bool names(const struct store_changes *changes, const char *ext)
{
    for (size_t i = 0; i < changes->numbers.n; i++) {
        if (strcmp(changes->numbers.exts[i], ext) == 0) {
            return true;
        }
    }
    return false;
}

static void watch_place(struct watcher *watcher, const char *place, bool whole)
{
    struct err err = ERR_INIT;
    const struct store_since since = {.snapshot = watcher->seen, .place = place, .whole = whole};
    store_changes_release(&watcher->changes);
    enum err_code code = watcher->store->ops->read_changes(watcher->store, &watcher->site->policy,
                                                           &since, NULL, &watcher->changes, &err);
    if (code != ERR_OK) {
        print_error("read_changes: %s\n", err.text);
    }
    assert_int_equal(code, ERR_OK);
    snapshot_unref(watcher->seen);
    watcher->seen = snapshot_ref(watcher->changes.snapshot);
    watcher->n_records += watcher->changes.records.n;
}

static void watch(struct watcher *watcher)
{
    watch_place(watcher, NULL, false);
}

static struct watcher watcher_of(struct site *site, struct store *store)
{
    struct watcher watcher = {.site = site, .store = store};
    watch(&watcher);
    return watcher;
}

static void watcher_end(struct watcher *watcher)
{
    store_changes_release(&watcher->changes);
    snapshot_unref(watcher->seen);
}

/* It knows exactly what is in the store. */
#define expect_current(watcher) expect_current_at(watcher, __FILE__, __LINE__)
static void expect_current_at(const struct watcher *watcher, const char *file, int line)
{
    struct site *site = watcher->site;
    struct store *other = watcher->store == site->store ? site->other : site->store;
    const struct snapshot *now = site_see(site, other);
    bool same = now->n_slots == watcher->seen->n_slots;
    for (size_t i = 0; same && i < now->n_slots; i++) {
        same = slot_same(&now->slots[i], &watcher->seen->slots[i]);
        if (!same) {
            print_error("%s differs\n", now->slots[i].ext);
        }
    }
    if (!same) {
        print_error("%zu numbers are seen, there are %zu\n", watcher->seen->n_slots, now->n_slots);
        _fail(file, line);
    }
}

/* ---- one thing at a time ------------------------------------------------------------------- */

static void test_nothing_changed(void **state)
{
    struct site *site = *state;
    struct watcher watcher = watcher_of(site, site->store);
    expect_current(&watcher);
    for (int i = 0; i < 3; i++) {
        struct snapshot *before = watcher.seen;
        watch(&watcher);
        if (i > 0 || watcher.seen->exact) { /* an index may lag behind what was written just now */
            assert_ptr_equal(watcher.seen, before);
        }
        assert_false(watcher.changes.whole);
        assert_int_equal(watcher.changes.records.n, 0);
    }
    watcher_end(&watcher);
}

static void test_what_another_console_did(void **state)
{
    struct site *site = *state;
    struct watcher watcher = watcher_of(site, site->store);
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0003", "alice", T0));
    watch(&watcher);
    expect_current(&watcher);
    assert_false(watcher.changes.whole);
    assert_true(names(&watcher.changes, "0003"));
    assert_int_equal(watcher.changes.records.n, 1);
    const struct audit_record *record = &watcher.changes.records.records[0];
    assert_string_equal(record->action_id, site->action_id);
    assert_string_equal(record->actor, ACTOR);
    assert_string_equal(record->place, watcher.changes.place);
    assert_non_null(strstr(record->changes, "alice"));
    watch(&watcher);
    assert_int_equal(watcher.changes.records.n, 0); /* each once */
    watcher_end(&watcher);
}

static void test_what_it_did_itself(void **state)
{
    struct site *site = *state;
    struct watcher watcher = watcher_of(site, site->store);
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0003", "alice", T0));
    site_do(site, site->store, CHANGE_RESERVE, a_reserved("0004", T0, "fax"));
    watch(&watcher);
    expect_current(&watcher);
    assert_false(watcher.changes.whole);
    assert_int_equal(watcher.changes.records.n, 2);
    watcher_end(&watcher);
}

static void test_a_move_is_two_numbers(void **state)
{
    struct site *site = *state;
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0003", "alice", T0));
    struct watcher watcher = watcher_of(site, site->store);
    struct plan *plan = site_plan(site, site_see(site, site->other), "reassign");
    propose_move(plan, "alice", "0003", "0007", T0 + 5);
    site_apply(site, site->other, plan);
    watch(&watcher);
    expect_current(&watcher);
    assert_false(watcher.changes.whole);
    assert_true(names(&watcher.changes, "0003"));
    assert_true(names(&watcher.changes, "0007"));
    watcher_end(&watcher);
}

static void test_numbers_that_are_new(void **state)
{
    struct site *site = *state;
    struct watcher watcher = watcher_of(site, site->store);
    struct plan *plan = site_plan(site, site_see(site, site->other), "init");
    struct slot first = a_free("0010", 0, NULL);
    struct slot second = a_free("0011", 0, NULL);
    propose(plan, CHANGE_CREATE, &first);
    propose(plan, CHANGE_CREATE, &second);
    site_apply(site, site->other, plan);
    watch(&watcher);
    expect_current(&watcher);
    assert_int_equal(watcher.seen->n_slots, 12);
    watcher_end(&watcher);
}

/* A snapshot that was read before others were made is as good a beginning as any. */
static void test_from_an_older_snapshot(void **state)
{
    struct site *site = *state;
    struct watcher watcher = watcher_of(site, site->store);
    struct snapshot *older = snapshot_ref(watcher.seen);
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0003", "alice", T0));
    watch(&watcher);
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0004", "bob", T0));
    snapshot_unref(watcher.seen);
    watcher.seen = older;
    watch(&watcher);
    expect_current(&watcher);
    assert_int_equal(watcher.changes.records.n, 1); /* alice's was told */
    watcher_end(&watcher);
}

static void test_another_program_wrote(void **state)
{
    struct site *site = *state;
    const struct store_maker *maker = site->maker;
    struct watcher watcher = watcher_of(site, site->store);
    maker->meddle(maker->context, "0005", "mallory");
    watch_place(&watcher, NULL, !maker->tells_meddling);
    expect_current(&watcher);
    assert_true(watcher.changes.whole);
    assert_int_equal(watcher.changes.records.n, 0);
    /* ... and between two of ours */
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0003", "alice", T0));
    maker->meddle(maker->context, "0006", "mallory2");
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0004", "bob", T0));
    watch_place(&watcher, NULL, !maker->tells_meddling);
    expect_current(&watcher);
    assert_int_equal(watcher.changes.records.n, 2);
    watcher_end(&watcher);
}

static void test_the_records_since_a_place(void **state)
{
    struct site *site = *state;
    struct watcher first = watcher_of(site, site->store);
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0001", "ann", T0));
    watch(&first);
    char place[STORE_PLACE_ROOM];
    snprintf(place, sizeof place, "%s", first.changes.place);
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0002", "bob", T0));
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0003", "cid", T0));
    struct watcher later = {.site = site, .store = site->other};
    watch_place(&later, place, false);
    assert_int_equal(later.changes.records.n, 2);
    assert_non_null(strstr(later.changes.records.records[0].changes, "bob"));
    assert_non_null(strstr(later.changes.records.records[1].changes, "cid"));
    expect_current(&later);
    watch_place(&later, place, false);
    assert_int_equal(later.changes.records.n, 0);
    watcher_end(&first);
    watcher_end(&later);
}

static void test_an_undo(void **state)
{
    struct site *site = *state;
    site_do(site, site->other, CHANGE_ASSIGN, an_assigned("0003", "alice", T0));
    struct watcher watcher = watcher_of(site, site->store);
    const struct snapshot *now = site_see(site, site->other);
    const struct plan_input input = {
        .policy = &site->policy, .snapshot = now, .now_s = T0 + 10, .actor = ACTOR};
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    const struct history_query newest = {.limit = 1};
    const struct history *history = site_ask(site, &newest);
    assert_int_equal(plan_undo(&input, &history->actions[0], &plan, &err), ERR_OK);
    site_apply(site, site->other, plan);
    plan_free(plan);
    watch(&watcher);
    expect_current(&watcher);
    assert_int_equal(snapshot_find(watcher.seen, "0003")->state, SLOT_FREE);
    watcher_end(&watcher);
}

/* ---- while an action is written -------------------------------------------------------------- */

static void watch_now(void *context, const struct progress_report *report)
{
    (void)report;
    watch(context);
}

static void test_an_action_in_several_batches(void **state)
{
    struct site *site = *state;
    struct watcher watcher = watcher_of(site, site->other);
    const struct progress progress = {.context = &watcher, .update = watch_now};
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    struct err err = ERR_INIT;
    for (size_t i = 0; i < site->maker->many; i++) {
        char ext[EXT_ROOM];
        char login[32];
        snprintf(ext, sizeof ext, "%04u", (unsigned)(i % 10000));
        snprintf(login, sizeof login, "agent-%zu", i);
        struct slot slot = an_assigned(ext, login, T0);
        propose(plan, CHANGE_ASSIGN, &slot);
    }
    assert_int_equal(site_try(site, site->store, plan, &progress, &err), ERR_OK);
    watch(&watcher);
    expect_current(&watcher);
    size_t n = watcher.n_records;
    assert_true(n > 1);
    watch(&watcher);
    assert_int_equal(watcher.n_records, n);
    watcher_end(&watcher);
}

/* ---- anything ------------------------------------------------------------------------------- */

#define STEPS 60

static uint32_t chance(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

/* One change that fits what is there. */
static void do_anything(struct site *site, uint32_t *seed)
{
    struct store *store = chance(seed, 2) == 0 ? site->store : site->other;
    const struct snapshot *now = site_see(site, store);
    const struct slot *slot = &now->slots[chance(seed, (uint32_t)now->n_slots)];
    int64_t at_s = T0 + (int64_t)chance(seed, 1000);
    char login[32];
    snprintf(login, sizeof login, "agent-%u", chance(seed, 1000000));
    if (slot->state == SLOT_RESERVED) {
        site_do(site, store, CHANGE_UNRESERVE, a_free(slot->ext, at_s, NULL));
    } else if (slot->state == SLOT_FREE && chance(seed, 3) == 0) {
        site_do(site, store, CHANGE_RESERVE, a_reserved(slot->ext, at_s, "desk"));
    } else if (slot->state == SLOT_FREE) {
        site_do(site, store, CHANGE_ASSIGN, an_assigned(slot->ext, login, at_s));
    } else if (!slot->note && chance(seed, 3) == 0) {
        site_do(site, store, CHANGE_PIN, a_pinned(slot->ext, slot->agent, slot->at_s, "note"));
    } else {
        site_do(site, store, CHANGE_RELEASE, a_free(slot->ext, at_s, slot->agent));
    }
}

static void meddle_with_any(struct site *site, uint32_t *seed)
{
    const struct snapshot *now = site_see(site, site->store);
    const struct slot *slot = &now->slots[chance(seed, (uint32_t)now->n_slots)];
    char login[32];
    snprintf(login, sizeof login, "foreign-%u", chance(seed, 1000000));
    if (slot->state == SLOT_FREE) {
        site->maker->meddle(site->maker->context, slot->ext, login);
    }
}

/* Whatever is written by whomever, a refresh knows what a new reading would. */
static void test_any_order_of_writes(void **state)
{
    struct site *site = *state;
    uint32_t seed = 4711;
    struct watcher watchers[2] = {watcher_of(site, site->store), watcher_of(site, site->other)};
    for (int step = 0; step < STEPS; step++) {
        bool meddled = chance(&seed, 4) == 0;
        for (uint32_t n = chance(&seed, 3); n > 0; n--) {
            do_anything(site, &seed);
        }
        if (meddled) {
            meddle_with_any(site, &seed);
        }
        for (size_t i = 0; i < 2; i++) {
            watch_place(&watchers[i], NULL, meddled && !site->maker->tells_meddling);
            expect_current(&watchers[i]);
        }
    }
    assert_int_equal(watchers[0].n_records, watchers[1].n_records);
    watcher_end(&watchers[0]);
    watcher_end(&watchers[1]);
}

const struct CMUnitTest store_refresh_tests[] = {
    cmocka_unit_test_setup_teardown(test_nothing_changed, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_what_another_console_did, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_what_it_did_itself, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_move_is_two_numbers, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_numbers_that_are_new, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_from_an_older_snapshot, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_another_program_wrote, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_the_records_since_a_place, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_an_undo, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_an_action_in_several_batches, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_any_order_of_writes, site_ten, site_end),
};
const size_t store_n_refresh_tests = sizeof store_refresh_tests / sizeof store_refresh_tests[0];
