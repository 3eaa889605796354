/*
 * The store contract: what a store held at any moment can be told from its trail. A random history
 * is made by the real planners: people come and go, operators ask for all sorts of things, and take
 * some of it back. After each action the store is read. In the end it is wound back to each of these
 * moments, and has to be what was read then, to the last attribute. EXTPOOL_SEED=N makes another history.
 */

#include "tests/unit/support/store_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/plan/builder.h"
#include "core/plan/rewind.h"

#define NUMBERS 12
#define PEOPLE 9
#define ROUNDS 40
#define ASKED_MAX 4

struct moment {
    const struct snapshot *seen;
    int64_t at_ms; /* of the newest record then */
};

struct past {
    struct site *site;
    uint64_t random;
    struct moment moments[ROUNDS + 1];
    size_t n_moments;
    char undoable[ROUNDS + 1][AUDIT_ID_ROOM];
    size_t n_undoable;
};

static size_t below(struct past *past, size_t n)
{
    past->random = past->random * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((past->random >> 33) % n);
}

/* ---- making a history ---------------------------------------------------------------------------- */

static struct plan_input input_of(struct past *past, const struct roster *roster)
{
    struct site *site = past->site;
    int64_t now_ms = clock_now_ms(&clock_system);
    site->clock_ms = now_ms > site->clock_ms ? now_ms : site->clock_ms + 1;
    return (struct plan_input){
        .policy = &site->policy,
        .snapshot = site_see(site, site->store),
        .roster = roster,
        /* a while before it is written: the service's clock is another one */
        .now_s = site->clock_ms / 1000 - 5,
        .actor = ACTOR};
}

static struct roster *some_people(struct past *past)
{
    struct roster *roster = roster_new();
    for (size_t i = 0; i < PEOPLE; i++) {
        char login[16];
        snprintf(login, sizeof login, "agent-%zu", i);
        struct agent agent = {.login = login};
        if (below(past, 4) > 0) {
            roster_add(roster, &agent);
        }
    }
    roster_seal(roster);
    return roster;
}

static const char *a_person(struct past *past, struct arena *arena)
{
    return arena_printf(arena, "agent-%zu", below(past, PEOPLE));
}

static const char *a_number(struct past *past, struct arena *arena)
{
    return arena_printf(arena, "%04zu", below(past, NUMBERS));
}

static struct request a_request(struct past *past, struct arena *arena)
{
    static const enum change_kind kinds[] = {CHANGE_ASSIGN,   CHANGE_RELEASE, CHANGE_REASSIGN,
                                             CHANGE_REASSIGN, CHANGE_RESERVE, CHANGE_UNRESERVE,
                                             CHANGE_PIN,      CHANGE_UNPIN,   CHANGE_SET};
    static const char *const targets[] = {"phone:+441632960000", "ext:0003", ""};
    static const char *const notes[] = {"desk", "fax", NULL};
    struct request request = {.kind = kinds[below(past, sizeof kinds / sizeof *kinds)]};
    switch ((int)request.kind) {
    case CHANGE_RESERVE:
    case CHANGE_UNRESERVE:
        request.ext = a_number(past, arena);
        request.note = notes[below(past, 3)];
        if (request.kind == CHANGE_RESERVE && below(past, 2) == 0) {
            request.target = targets[below(past, 3)];
            request.until = (struct until){.given = true, .in_s = 86400};
        }
        break;
    case CHANGE_REASSIGN:
        request.agent = a_person(past, arena);
        request.swap = below(past, 2) == 0;
        request.other = request.swap ? a_person(past, arena) : NULL;
        request.ext = request.swap ? NULL : a_number(past, arena);
        break;
    case CHANGE_SET:
        request.agent = a_person(past, arena);
        request.target = targets[below(past, 3)];
        break;
    default:
        request.agent = a_person(past, arena);
        request.note = request.kind == CHANGE_PIN ? notes[below(past, 2)] : NULL;
        request.ext =
            request.kind == CHANGE_ASSIGN && below(past, 2) ? a_number(past, arena) : NULL;
        break;
    }
    return request;
}

static struct plan *plan_edits(struct past *past)
{
    struct arena arena = ARENA_INIT;
    struct request requests[ASKED_MAX];
    struct roster *roster = some_people(past);
    size_t n = 1 + below(past, ASKED_MAX);
    for (size_t i = 0; i < n; i++) {
        requests[i] = a_request(past, &arena);
    }
    struct plan_input input = input_of(past, roster);
    struct plan *plan = plan_edit_possible(&input, "edit", requests, n);
    roster_unref(roster);
    arena_release(&arena);
    return plan;
}

static struct plan *plan_a_sync(struct past *past)
{
    struct err err = ERR_INIT;
    struct plan *plan = NULL;
    struct roster *roster = some_people(past);
    struct plan_input input = input_of(past, roster);
    assert_int_equal(plan_sync(&input, &plan, &err), ERR_OK);
    roster_unref(roster);
    return plan;
}

static struct plan *plan_taking_back(struct past *past)
{
    struct err err = ERR_INIT;
    struct plan *plan = NULL;
    const char *id = past->undoable[below(past, past->n_undoable)];
    const struct history *history = site_history(past->site, 0, id);
    struct plan_input input = input_of(past, NULL);
    assert_int_equal(plan_undo(&input, &history->actions[0], &plan, &err), ERR_OK);
    return plan;
}

static void remember(struct past *past)
{
    const struct history *newest = site_history(past->site, 1, NULL);
    const struct audit_action *action = &newest->actions[0];
    struct moment *moment = &past->moments[past->n_moments++];
    moment->seen = site_see(past->site, past->site->store);
    for (size_t i = 0; i < action->n_changes; i++) {
        moment->at_ms =
            action->changes[i].at_ms > moment->at_ms ? action->changes[i].at_ms : moment->at_ms;
    }
}

/* False: there was nothing to do. */
static bool act(struct past *past, struct plan *plan)
{
    struct site *site = past->site;
    struct err err = ERR_INIT;
    bool some = plan_has_work(plan);
    if (some) {
        audit_action_id(site->clock_ms, site->action_id);
        const struct apply_context context = {
            .action_id = site->action_id, .actor = ACTOR, .at_ms = site->clock_ms};
        assert_int_equal(site->store->ops->apply(site->store, plan, &context, NULL, &err), ERR_OK);
        some = plan_results(plan, RESULT_DONE) > 0;
    }
    if (some) {
        memcpy(past->undoable[past->n_undoable++], site->action_id, AUDIT_ID_ROOM);
        remember(past);
    }
    plan_free(plan);
    return some;
}

static void live(struct past *past)
{
    struct err err = ERR_INIT;
    assert_int_equal(policy_set_ranges(&past->site->policy, "0000-0011", &err), ERR_OK);
    act(past, plan_a_sync(past));
    while (past->n_moments < ROUNDS) {
        size_t dice = below(past, 10);
        act(past, dice < 6   ? plan_edits(past)
                  : dice < 8 ? plan_a_sync(past)
                             : plan_taking_back(past));
    }
}

/* ---- winding it back ------------------------------------------------------------------------------ */

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A number that is not there yet is free, and was never used. */
static bool is_new(const struct slot *slot)
{
    return !slot || (slot->state == SLOT_FREE && slot->at_s == 0 && !slot->agent);
}

static bool same_slot(const struct slot *then, const struct slot *seen)
{
    if (!then || !seen) {
        return is_new(then) && is_new(seen);
    }
    return then->state == seen->state && then->at_s == seen->at_s &&
           same(then->agent, seen->agent) && same(then->note, seen->note) &&
           (seen->state == SLOT_FREE || same(then->by, seen->by)) &&
           then->given_back_s == seen->given_back_s && same(then->target, seen->target) &&
           then->until_s == seen->until_s && same(slot_fallback(then), slot_fallback(seen));
}

static void tell(const char *what, const struct slot *slot)
{
    if (slot) {
        print_error(
            "%s: state %d, at %lld, agent %s, note %s, by %s, given back %lld, target %s, until "
            "%lld, fallback %s\n",
            what, slot->state, (long long)slot->at_s, slot->agent ? slot->agent : "-",
            slot->note ? slot->note : "-", slot->by ? slot->by : "-", (long long)slot->given_back_s,
            slot->target ? slot->target : "-", (long long)slot->until_s,
            slot_fallback(slot) ? slot_fallback(slot) : "-");
    } else {
        print_error("%s: nothing\n", what);
    }
}

static void expect_then(const struct moment *moment, const struct rewound *then, const char *ext)
{
    const struct slot *told = snapshot_find(then->snapshot, ext);
    const struct slot *seen = snapshot_find(moment->seen, ext);
    const struct rewind_doubt *doubt = rewound_doubt(then, ext);
    if (doubt || !same_slot(told, seen)) {
        tell("wound back", told);
        tell("read then ", seen);
        fail_msg("%s at %lld: not what it was%s", ext, (long long)moment->at_ms,
                 doubt ? ", but in doubt" : "");
    }
}

/* By all of the trail, and by what it has on one number. */
static void expect_moment(struct past *past, const struct moment *moment)
{
    struct site *site = past->site;
    const struct snapshot *now = past->moments[past->n_moments - 1].seen;
    struct history_query query = rewind_query(moment->at_ms);
    struct rewound *then = rewind_snapshot(now, site_ask(site, &query), moment->at_ms);
    for (size_t i = 0; i < NUMBERS; i++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%04zu", i);
        expect_then(moment, then, ext);
    }
    rewound_free(then);
    struct snapshot *alone = snapshot_new();
    char ext[EXT_ROOM];
    snprintf(ext, sizeof ext, "%04zu", below(past, NUMBERS));
    const struct slot *slot = snapshot_find(now, ext);
    if (slot) {
        struct slot copy = slot_copy(&alone->arena, slot);
        *snapshot_add(alone, ext) = copy;
    }
    snapshot_seal(alone);
    query.ext = ext;
    then = rewind_one(alone, site_ask(site, &query), ext, moment->at_ms);
    expect_then(moment, then, ext);
    assert_true(then->snapshot->n_slots <= 1);
    rewound_free(then);
    snapshot_unref(alone);
}

static void test_a_random_history_wound_back(void **state)
{
    struct site *site = *state;
    static struct past past;
    const char *seed = getenv("EXTPOOL_SEED");
    past = (struct past){.site = site, .random = seed ? strtoull(seed, NULL, 10) : 20261122};
    live(&past);
    size_t n_judged = 0;
    for (size_t i = 0; i + 1 < past.n_moments; i++) {
        /* A service's clock may stand still or step back by less than a second: then no time lies
           between the two actions. */
        bool between = true;
        for (size_t k = i + 1; k < past.n_moments; k++) {
            between = between && past.moments[k].at_ms > past.moments[i].at_ms;
        }
        for (size_t k = 0; k < i; k++) {
            between = between && past.moments[k].at_ms <= past.moments[i].at_ms;
        }
        if (between) {
            expect_moment(&past, &past.moments[i]);
            n_judged++;
        }
    }
    assert_true(n_judged >= ROUNDS / 2);
}

static void test_what_no_record_tells(void **state)
{
    struct site *site = *state;
    struct err err = ERR_INIT;
    if (!site->maker->meddle) {
        skip();
    }
    assert_int_equal(policy_set_ranges(&site->policy, "0000-0009", &err), ERR_OK);
    struct past past = {.site = site};
    site->clock_ms = clock_now_ms(&clock_system);
    struct slot reserved = a_reserved("0001", T0, "fax");
    site_do(site, site->store, CHANGE_RESERVE, reserved);
    remember(&past);
    site->maker->meddle(site->maker->context, "0001", "stranger");
    site->maker->meddle(site->maker->context, "0002", "neighbour");
    struct history_query query = rewind_query(past.moments[0].at_ms - 1);
    struct rewound *then = rewind_snapshot(site_see(site, site->store), site_ask(site, &query),
                                           past.moments[0].at_ms - 1);
    const struct rewind_doubt *doubt = rewound_doubt(then, "0001");
    assert_non_null(doubt);
    assert_int_equal(doubt->kind, DOUBT_NOT_KNOWN_BEFORE);
    const struct slot *unknown = snapshot_find(then->snapshot, "0001");
    assert_int_equal(unknown->state, SLOT_ABSENT);
    assert_non_null(strstr(unknown->note, "not known before 20"));
    assert_true(doubt->at_ms >= past.moments[0].at_ms);
    rewound_free(then);
}

const struct CMUnitTest store_past_tests[] = {
    cmocka_unit_test_setup_teardown(test_a_random_history_wound_back, site_empty, site_end),
    cmocka_unit_test_setup_teardown(test_what_no_record_tells, site_ten, site_end),
};
const size_t store_n_past_tests = sizeof store_past_tests / sizeof store_past_tests[0];
