/* The store contract: history, many rows, stopping half way, two writers at once. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/store_site.h"

static void number_of(size_t i, char ext[EXT_ROOM])
{
    snprintf(ext, EXT_ROOM, "%04zu", i % 10000);
}

/* ---- history ------------------------------------------------------------------------------- */

static void test_history_tells_what_was_done(void **state)
{
    struct site *site = *state;
    int64_t began_ms = site->clock_ms;
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    struct slot slots[] = {an_assigned("0001", "alice", T0), an_assigned("0002", "bob", T0)};
    propose(plan, CHANGE_ASSIGN, &slots[0])->to = "0001";
    propose(plan, CHANGE_ASSIGN, &slots[1])->to = "0002";
    site_apply(site, site->store, plan);
    const struct history *history = site_history(site, 0, site->action_id);
    assert_int_equal(history->n_actions, 1);
    const struct audit_action *action = &history->actions[0];
    assert_string_equal(action->action_id, site->action_id);
    assert_int_equal(action->at_ms, began_ms);
    assert_string_equal(action->actor, ACTOR);
    assert_string_equal(action->action, "sync");
    assert_int_equal(action->n_changes, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(action->changes[i].kind, CHANGE_ASSIGN);
        assert_string_equal(action->changes[i].ext, slots[i].ext);
        assert_string_equal(action->changes[i].agent, slots[i].agent);
        assert_string_equal(action->changes[i].to, slots[i].ext);
        assert_string_equal(action->changes[i].why, "asked by " ACTOR);
    }
}

static void test_history_has_what_an_undo_needs(void **state)
{
    struct site *site = *state;
    site_do(site, site->store, CHANGE_ASSIGN, a_pinned("0001", "alice", T0, "front desk"));
    site_do(site, site->store, CHANGE_RELEASE, a_free("0001", T0 + 60, "alice"));
    const struct history *history = site_history(site, 1, NULL);
    const struct audit_change *change = &history->actions[0].changes[0];
    assert_int_equal(change->kind, CHANGE_RELEASE);
    assert_string_equal(change->agent, "alice");
    assert_int_equal(change->was.at_s, T0);
    assert_string_equal(change->was.note, "front desk");

    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0001", "bob", T0 + 90));
    change = &site_history(site, 1, NULL)->actions[0].changes[0];
    assert_int_equal(change->was.at_s, T0 + 60);
    assert_string_equal(change->was.agent, "alice");

    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "bob", "0001", "0002", T0 + 95)->group = 8;
    site_apply(site, site->store, plan);
    change = &site_history(site, 1, NULL)->actions[0].changes[0];
    assert_int_equal(change->kind, CHANGE_REASSIGN);
    assert_string_equal(change->from, "0001");
    assert_string_equal(change->to, "0002");
    assert_int_equal(change->group, 8);
    assert_int_equal(change->from_was.at_s, T0 + 90);
    assert_null(change->from_was.note);
}

static void test_history_is_newest_first_and_can_be_short(void **state)
{
    struct site *site = *state;
    char ids[5][AUDIT_ID_ROOM];
    for (size_t i = 0; i < 5; i++) {
        char ext[EXT_ROOM];
        number_of(i, ext);
        struct store *writer = i % 2 == 0 ? site->store : site->other;
        site_do(site, writer, CHANGE_RESERVE, a_reserved(ext, T0, "n"));
        memcpy(ids[i], site->action_id, sizeof ids[i]);
    }
    const struct history *history = site_history(site, 3, NULL);
    assert_int_equal(history->n_actions, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(history->actions[i].action_id, ids[4 - i]);
    }
    history = site_history(site, 0, NULL);
    assert_int_equal(history->n_actions, 6); /* with the one that made the numbers */
    assert_string_equal(history->actions[4].action_id, ids[0]);
    const struct audit_change *made = &history->actions[5].changes[0];
    assert_int_equal(made->kind, CHANGE_CREATE);
    assert_string_equal(made->from, "0000");
    assert_string_equal(made->to, "0009");
    assert_int_equal(site_history(site, 100, NULL)->n_actions, 6);
    history = site_history(site, 0, ids[2]);
    assert_int_equal(history->n_actions, 1);
    assert_string_equal(history->actions[0].changes[0].ext, "0002");
}

static void test_history_of_an_action_that_was_not(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    struct history *history = NULL;
    assert_int_equal(site->store->ops->history(
                         site->store,
                         &(struct history_query){.action_id = "20200101T000000000Z-aaaaaa"}, NULL,
                         &history, &err),
                     ERR_NOT_FOUND);
    assert_null(history);
}

/* ---- what is shown of it --------------------------------------------------------------------- */

static void test_a_normal_load_shows_the_same(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    site_do(site, site->store, CHANGE_ASSIGN, a_pinned("0001", "alice", T0, "desk"));
    site_do(site, site->store, CHANGE_RESERVE, a_reserved("0002", T0, "fax"));
    const struct snapshot *whole = site_see(site, site->store);
    struct snapshot *normal = NULL;
    assert_int_equal(
        site->store->ops->load(site->store, &site->policy, LOAD_NORMAL, NULL, &normal, &err),
        ERR_OK);
    assert_int_equal(normal->n_slots, whole->n_slots);
    for (size_t i = 0; i < normal->n_slots; i++) {
        assert_string_equal(normal->slots[i].ext, whole->slots[i].ext);
        assert_int_equal(normal->slots[i].state, whole->slots[i].state);
        assert_int_equal(normal->slots[i].at_s, whole->slots[i].at_s);
    }
    assert_string_equal(snapshot_find(normal, "0001")->agent, "alice");
    assert_string_equal(snapshot_find(normal, "0001")->note, "desk");
    assert_string_equal(snapshot_find(normal, "0002")->note, "fax");
    snapshot_unref(normal);
}

static void test_another_width_is_refused(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    struct snapshot *snapshot = NULL;
    site->policy.width = 5;
    assert_int_equal(
        site->store->ops->load(site->store, &site->policy, LOAD_NORMAL, NULL, &snapshot, &err),
        ERR_INPUT);
    assert_non_null(strchr(err.text, '4'));
    assert_non_null(strchr(err.text, '5'));
    assert_null(snapshot);
}

static void test_facts_can_be_asked_at_any_time(void **state)
{
    struct site *site = *state;
    struct port_info facts;
    port_info_init(&facts);
    site->store->ops->facts(site->store, &facts);
    site_see(site, site->store);
    site->store->ops->facts(site->store, &facts);
    port_info_release(&facts);
}

/* ---- many ---------------------------------------------------------------------------------- */

/* Creates the first half, assigns the other half at once, as a first sync does. */
static struct plan *plan_many(struct site *site)
{
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    for (size_t i = 0; i < site->maker->many; i++) {
        char ext[EXT_ROOM];
        char login[32];
        number_of(i, ext);
        snprintf(login, sizeof login, "agent-%zu", i);
        struct slot slot =
            i < site->maker->many / 2 ? a_free(ext, 0, NULL) : an_assigned(ext, login, T0);
        propose(plan, slot.state == SLOT_FREE ? CHANGE_CREATE : CHANGE_ASSIGN, &slot);
    }
    return plan;
}

static void test_many_rows(void **state)
{
    struct site *site = *state;
    struct plan *plan = plan_many(site);
    size_t many = site->maker->many;
    site_apply(site, site->store, plan);
    assert_int_equal(plan_results(plan, RESULT_DONE), many);
    const struct snapshot *snapshot = site_see(site, site->other);
    assert_int_equal(snapshot->n_slots, many);
    for (size_t i = 0; i < many; i++) {
        char ext[EXT_ROOM];
        number_of(i, ext);
        assert_string_equal(snapshot->slots[i].ext, ext);
        assert_int_equal(snapshot->slots[i].state, i < many / 2 ? SLOT_FREE : SLOT_ASSIGNED);
    }
    assert_string_equal(snapshot->slots[many / 2].by, ACTOR);
    expect_sound(site, many);
    const struct history *history = site_history(site, 0, NULL);
    assert_int_equal(history->n_actions, 1);
    size_t assigned = 0;
    for (size_t i = 0; i < history->actions[0].n_changes; i++) {
        assigned += history->actions[0].changes[i].kind == CHANGE_ASSIGN;
    }
    assert_int_equal(assigned, many - many / 2);
}

/* ---- stopping ------------------------------------------------------------------------------ */

struct stopping {
    enum cancel answer; /* once something is done */
    uint64_t done;
    struct site *site;
    bool meddled;
};

static void note_done(void *context, const struct progress_report *report)
{
    struct stopping *stopping = context;
    stopping->done = report->done > stopping->done ? report->done : stopping->done;
}

static enum cancel stop_after_some(void *context)
{
    const struct stopping *stopping = context;
    return stopping->done > 0 ? stopping->answer : CANCEL_NO;
}

static enum cancel stop_at_once(void *context)
{
    (void)context;
    return CANCEL_SOFT;
}

/* What has result `done` is there and in the audit trail, and nothing else is. */
static void expect_told_truly(struct site *site, const struct plan *plan)
{
    size_t done = plan_results(plan, RESULT_DONE);
    const struct snapshot *snapshot = site_see(site, site->other);
    assert_int_equal(snapshot->n_slots, done);
    size_t recorded = 0;
    const struct history *history = site_history(site, 0, NULL);
    for (size_t i = 0; i < history->n_actions; i++) {
        for (size_t k = 0; k < history->actions[i].n_changes; k++) {
            const struct audit_change *change = &history->actions[i].changes[k];
            recorded += change->kind != CHANGE_CREATE
                            ? 1
                            : strtoul(change->to, NULL, 10) - strtoul(change->from, NULL, 10) + 1;
        }
    }
    assert_int_equal(recorded, done);
    for (size_t i = 0; i < plan->n_changes; i++) {
        bool there = snapshot_find(snapshot, plan->changes[i].ext) != NULL;
        assert_int_equal(there, plan->changes[i].result == RESULT_DONE);
    }
}

static void stop_with(struct site *site, enum cancel answer)
{
    struct stopping stopping = {.answer = answer};
    const struct progress progress = {
        .context = &stopping, .update = note_done, .cancel = stop_after_some};
    struct err err = ERR_INIT;
    struct plan *plan = plan_many(site);
    assert_int_equal(site_try(site, site->store, plan, &progress, &err), ERR_CANCELLED);
    assert_int_equal(plan_results(plan, RESULT_PLANNED), 0);
    assert_true(plan_results(plan, RESULT_DONE) > 0);
    assert_true(plan_results(plan, RESULT_NOT_TRIED) > 0);
    expect_told_truly(site, plan);
    /* What is left can be done afterwards. */
    struct plan *rest = plan_many(site);
    site_apply(site, site->store, rest);
    expect_sound(site, site->maker->many);
}

static void test_stopped_softly(void **state)
{
    stop_with(*state, CANCEL_SOFT);
}

static void test_stopped_hard(void **state)
{
    stop_with(*state, CANCEL_HARD);
}

static void test_stopped_before_it_began(void **state)
{
    struct site *site = *state;
    const struct progress progress = {.cancel = stop_at_once};
    struct err err = ERR_INIT;
    struct plan *plan = plan_many(site);
    assert_int_equal(site_try(site, site->store, plan, &progress, &err), ERR_CANCELLED);
    assert_int_equal(plan_results(plan, RESULT_NOT_TRIED), plan->n_changes);
    expect_told_truly(site, plan);
}

/* ---- somebody else, meanwhile ---------------------------------------------------------------- */

/* Once the first batch is through, the other handle takes the very last number of the plan. */
static void meddle(void *context, const struct progress_report *report)
{
    struct stopping *stopping = context;
    struct site *site = stopping->site;
    if (report->done == 0 || stopping->meddled) {
        return;
    }
    stopping->meddled = true;
    char ext[EXT_ROOM];
    number_of(site->maker->many - 1, ext);
    struct plan *plan = site_plan(site, site_see(site, site->other), "assign");
    struct slot slot = an_assigned(ext, "meddler", T0);
    propose(plan, CHANGE_ASSIGN, &slot);
    site_apply(site, site->other, plan);
    expect_result(&plan->changes[0], RESULT_DONE);
}

static void test_somebody_writes_between_two_batches(void **state)
{
    struct site *site = *state;
    struct stopping stopping = {.site = site};
    const struct progress progress = {.context = &stopping, .update = meddle};
    struct err err = ERR_INIT;
    struct plan *plan = plan_many(site);
    size_t many = site->maker->many;
    assert_int_equal(site_try(site, site->store, plan, &progress, &err), ERR_OK);
    assert_true(stopping.meddled);
    assert_int_equal(plan_results(plan, RESULT_DONE), many - 1);
    expect_conflict(&plan->changes[many - 1], "meddler");
    expect_sound(site, many);
}

struct racer {
    struct site *site;
    struct store *store;
    struct plan *plan;
    enum err_code code;
    struct err err;
    char action_id[AUDIT_ID_ROOM];
};

static void *race(void *argument)
{
    struct racer *racer = argument;
    const struct apply_context context = {
        .action_id = racer->action_id, .actor = ACTOR, .at_ms = (int64_t)T0 * 1000};
    racer->code = racer->store->ops->apply(racer->store, racer->plan, &context, NULL, &racer->err);
    return NULL;
}

#define RACED 10

/* Each wants all ten numbers, one for people of its own, one for people whom both want to serve. */
static struct plan *plan_of_racer(struct site *site, size_t who)
{
    struct plan *plan = site_plan(site, site_see(site, site->store), "sync");
    for (size_t i = 0; i < RACED; i++) {
        char ext[EXT_ROOM];
        char login[32];
        number_of(who == 0 ? i : RACED - 1 - i, ext);
        snprintf(login, sizeof login, i % 2 == 0 ? "shared-%zu" : "own-%zu-%zu", i, who);
        struct slot slot = an_assigned(ext, login, T0 + (int64_t)who);
        propose(plan, CHANGE_ASSIGN, &slot);
    }
    return plan;
}

static void test_two_handles_at_once(void **state)
{
    struct site *site = *state;
    struct racer racers[2] = {{.err = ERR_INIT}, {.err = ERR_INIT}};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        racers[i].site = site;
        racers[i].store = i == 0 ? site->store : site->other;
        racers[i].plan = plan_of_racer(site, i);
        audit_action_id((int64_t)T0 * 1000 + (int64_t)i, racers[i].action_id);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    size_t done = 0;
    size_t settled = 0;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(racers[i].code, ERR_OK);
        done += plan_results(racers[i].plan, RESULT_DONE);
        settled += plan_results(racers[i].plan, RESULT_CONFLICT);
        settled += plan_results(racers[i].plan, RESULT_SKIPPED);
    }
    assert_int_equal(done + settled, 2 * RACED);
    expect_sound(site, RACED);
    const struct snapshot *snapshot = site_see(site, site->store);
    size_t assigned = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        assigned += snapshot->slots[i].state == SLOT_ASSIGNED;
    }
    assert_int_equal(assigned, done);
    assert_true(done > 0);
}

static void *init_at_once(void *argument)
{
    struct racer *racer = argument;
    racer->code =
        racer->store->ops->init(racer->store, &racer->site->policy, NULL, NULL, &racer->err);
    return NULL;
}

static void test_two_make_the_store_at_once(void **state)
{
    struct site *site = *state;
    struct racer racers[2] = {{.err = ERR_INIT}, {.err = ERR_INIT}};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        racers[i].site = site;
        racers[i].store = i == 0 ? site->store : site->other;
        assert_int_equal(pthread_create(&threads[i], NULL, init_at_once, &racers[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        if (racers[i].code != ERR_OK) {
            print_error("init: %s\n", racers[i].err.text);
        }
        assert_int_equal(racers[i].code, ERR_OK);
    }
    site_do(site, site->store, CHANGE_ASSIGN, an_assigned("0000", "alice", T0));
    expect_slot(site, an_assigned("0000", "alice", T0));
}

static struct published published_at(struct store *store, const char *uri)
{
    struct err err = ERR_INIT;
    struct published found = {.rows = 99};
    assert_int_equal(store->ops->published(store, uri, NULL, &found, &err), ERR_OK);
    return found;
}

/* What a store last published where is the store's, not the process's. */
static void test_what_was_published_is_kept(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    static const char *const places[] = {"s3://bucket/list.csv", "file:/srv/\xc3\xbc list.csv"};
    assert_int_equal(published_at(site->store, places[0]).at_s, 0);
    assert_string_equal(published_at(site->store, places[0]).digest, "");
    for (size_t i = 0; i < 2; i++) {
        const struct published first = {.at_s = T0, .rows = 7, .digest = "one"};
        const struct published second = {.at_s = T0 + 1, .rows = i, .digest = "two"};
        assert_int_equal(
            site->store->ops->note_published(site->store, places[i], &first, NULL, &err), ERR_OK);
        assert_string_equal(published_at(site->other, places[i]).digest, "one");
        assert_int_equal(published_at(site->other, places[i]).rows, 7);
        assert_int_equal(
            site->other->ops->note_published(site->other, places[i], &second, NULL, &err), ERR_OK);
        assert_string_equal(published_at(site->store, places[i]).digest, "two");
        assert_int_equal(published_at(site->store, places[i]).at_s, T0 + 1);
        assert_int_equal(published_at(site->store, places[i]).rows, i);
    }
    const struct snapshot *seen = site_see(site, site->store);
    assert_int_equal(seen->n_slots, 10); /* it is nothing of the pool */
    assert_int_equal(seen->n_unknown_items, 0);
    assert_true(seen->exact);
}

static void test_a_store_that_is_not_there_has_published_nothing(void **state)
{
    struct site *site = *state;
    struct published found = {.rows = 99};
    enum err_code code =
        site->store->ops->published(site->store, "file:/srv/x", NULL, &found, NULL);
    assert_true(code == ERR_OK || code == ERR_NOT_FOUND);
    assert_string_equal(found.digest, "");
}

const struct CMUnitTest store_whole_tests[] = {
    cmocka_unit_test_setup_teardown(test_what_was_published_is_kept, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_store_that_is_not_there_has_published_nothing, site_bare,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_history_tells_what_was_done, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_history_has_what_an_undo_needs, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_history_is_newest_first_and_can_be_short, site_ten,
                                    site_end),
    cmocka_unit_test_setup_teardown(test_history_of_an_action_that_was_not, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_a_normal_load_shows_the_same, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_another_width_is_refused, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_facts_can_be_asked_at_any_time, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_many_rows, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_stopped_softly, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_stopped_hard, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_stopped_before_it_began, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_somebody_writes_between_two_batches, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_two_handles_at_once, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_two_make_the_store_at_once, site_bare, site_end),
};
const size_t store_n_whole_tests = sizeof store_whole_tests / sizeof store_whole_tests[0];
