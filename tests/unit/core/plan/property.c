/*
 * Thousands of random worlds: people join, leave and come back, operators ask for all sorts of
 * things, the old program writes into the table without conditions, records get lost. After
 * every round the rules hold:
 *   no agent has two extensions, no extension two agents, no claim is wrong (after the doctor);
 *   no number is lost; everyone has one as long as there are any; who left has none unless pinned;
 *   what is blocked, reserved or outside is not handed out; a second sync has nothing to do;
 *   an undo brings back exactly what was;
 *   a guard refuses exactly the plans that its rule, told here once more, says.
 *
 * EXTPOOL_SEED=N starts with world N, EXTPOOL_WORLDS=N makes so many. A failure names its world.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/plan/doctor.h"
#include "core/base/mem.h"
#include "core/plan/builder.h"
#include "core/plan/guard.h"
#include "tests/unit/support/world.h"

#define ROUNDS 8
#define PEOPLE 24

struct run {
    struct world w;
    uint64_t seed;
    uint64_t random;
    int round;
    struct buf log;
    bool present[PEOPLE];
    struct slot *saved;
    size_t n_saved;
};

/* What the worlds came to see: a test that never gets there shows nothing. */
#define SIGHTS(X)                                                                                  \
    X(EDIT)                                                                                        \
    X(REFUSAL)                                                                                     \
    X(EDIT_IN_A_GROUP)                                                                             \
    X(EDIT_CONFLICT)                                                                               \
    X(EDIT_UNDONE)                                                                                 \
    X(PIN_HOLDS)                                                                                   \
    X(SYNC_UNDONE)                                                                                 \
    X(SYNC_CONFLICT)                                                                               \
    X(EXHAUSTION)                                                                                  \
    X(TAKEN_OVER)                                                                                  \
    X(CREATION)                                                                                    \
    X(ADOPTION)                                                                                    \
    X(REPAIR_BY_SYNC)                                                                              \
    X(REPAIR_BY_DOCTOR)                                                                            \
    X(GUARD_REFUSES_DERIVED)                                                                       \
    X(GUARD_REFUSES_NAMED)                                                                         \
    X(GUARD_REFUSES_EVERYBODY)                                                                     \
    X(GUARD_COUNTS_FEWER_PEOPLE_THAN_NUMBERS)

enum sight {
#define X(name) SEEN_##name,
    SIGHTS(X)
#undef X
        SIGHT_COUNT
};

static size_t s_seen[SIGHT_COUNT];

static void see(enum sight sight, size_t times)
{
    s_seen[sight] += times;
}

static uint64_t next_random(struct run *run)
{
    run->random += 0x9E3779B97F4A7C15u;
    uint64_t z = run->random;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(struct run *run, size_t n)
{
    return (size_t)(next_random(run) % n);
}

static bool one_in(struct run *run, size_t n)
{
    return below(run, n) == 0;
}

static void must(struct run *run, bool holds, const char *what, const char *detail)
{
    if (!holds) {
        print_error("%s\nthe store has\n%s\n", run->log.data, world_text(&run->w));
        fail_msg("EXTPOOL_SEED=%llu EXTPOOL_WORLDS=1, round %d: %s: %s",
                 (unsigned long long)run->seed, run->round, what, detail ? detail : "");
    }
}

static void say(struct run *run, const char *what, const char *detail)
{
    buf_printf(&run->log, "[%d] %s\n%s", run->round, what, detail ? detail : "");
}

/* Even ones differ from the odd ones behind them in case only. */
static const char *login_of(size_t person, char out[16])
{
    snprintf(out, 16, "%sgent%zu", person % 2 ? "a" : "A", person / 2 % 100);
    return out;
}

/* ---- the world ----------------------------------------------------------------------------- */

static void open_run(struct run *run, uint64_t seed)
{
    static const char *const ranges[] = {"00-09", "00-31", "10-15 20-25 98-99",
                                         "88-99", "00-02", "40-70"};
    *run = (struct run){.seed = seed, .random = seed};
    buf_init(&run->log, 1 << 22);
    struct world *w = &run->w;
    world_init(w, "0000-0001");
    w->policy.width = 2;
    assert_int_equal(policy_set_ranges(&w->policy, ranges[below(run, 6)], NULL), ERR_OK);
    assert_int_equal(policy_set_blocked(&w->policy, one_in(run, 2) ? "91 11 5" : "", NULL), ERR_OK);
    w->policy.cooldown_s = one_in(run, 4) ? 0 : 7 * WORLD_DAY_S;
    w->keeps_claims = !one_in(run, 3);
    for (size_t i = 0; i < PEOPLE; i++) {
        run->present[i] = one_in(run, 3);
    }
    if (one_in(run, 2)) {
        world_fill(w);
    }
}

static void close_run(struct run *run)
{
    world_release(&run->w);
    buf_release(&run->log);
    free(run->saved);
}

static const char *random_ext(struct run *run, char out[EXT_ROOM])
{
    const struct policy *policy = &run->w.policy;
    if (one_in(run, 12)) {
        snprintf(out, EXT_ROOM, "%02zu", below(run, 100));
        return out;
    }
    size_t steps = 1 + below(run, (size_t)policy_size(policy));
    out[0] = '\0';
    while (steps-- > 0 && policy_next_ext(policy, out)) {
    }
    return out;
}

static void people_come_and_go(struct run *run)
{
    char directory[PEOPLE * 16] = "";
    char login[16];
    size_t rate = 2 + below(run, 20);
    for (size_t i = 0; i < PEOPLE; i++) {
        run->present[i] ^= one_in(run, rate);
        if (run->present[i]) {
            size_t used = strlen(directory);
            snprintf(directory + used, sizeof directory - used, "%s ", login_of(i, login));
        }
    }
    world_directory(&run->w, one_in(run, 30) ? "" : directory);
    say(run, "directory:", directory);
    buf_putc(&run->log, '\n');
}

/* ---- others who write -------------------------------------------------------------------------
 */

/* What the old program does, one call after the other, each without a condition. */
static void old_program_writes(struct run *run)
{
    struct world *w = &run->w;
    char ext[EXT_ROOM];
    char login[16];
    struct slot *slot = world_slot(w, random_ext(run, ext));
    login_of(below(run, PEOPLE), login);
    switch (below(run, 5)) {
    case 0: /* gives a number to somebody, whatever stood there */
        if (slot && !(slot->records & RECORD_RESERVED)) {
            world_put(w, slot_assigned(ext, login, 0, NULL, NULL));
        }
        break;
    case 1: /* takes one back, and leaks it */
        if (slot && slot->state == SLOT_ASSIGNED) {
            struct slot leaked = slot_free(ext, 0, NULL);
            leaked.records = RECORD_LEAKED;
            world_put(w, leaked);
        }
        break;
    case 2: /* writes it as free again, beside whatever stands there */
        if (slot) {
            slot->records = (uint8_t)((slot->records & ~RECORD_LEAKED) | RECORD_FREE);
        } else {
            world_put(w, slot_free(ext, 0, NULL));
        }
        break;
    case 3: /* is stopped between delete and put */
        if (slot) {
            world_remove(w, ext);
        }
        break;
    default: /* somebody deletes a claim, or makes one up */
        world_claim(w, login, one_in(run, 2) ? NULL : ext);
        break;
    }
    world_look(w);
}

/* Some slot in that state, or NULL: most of what people ask for makes sense. */
static const struct slot *some_slot(struct run *run, enum slot_state state)
{
    const struct snapshot *snapshot = run->w.snapshot;
    for (size_t tries = 0; tries < 8 && snapshot->n_slots > 0; tries++) {
        const struct slot *slot = &snapshot->slots[below(run, snapshot->n_slots)];
        if (slot->state == state) {
            return slot;
        }
    }
    return NULL;
}

static void make_sensible(struct run *run, struct request *request)
{
    bool about_holder = request->kind == CHANGE_RELEASE || request->kind == CHANGE_REASSIGN ||
                        request->kind == CHANGE_PIN || request->kind == CHANGE_UNPIN;
    const struct slot *slot = some_slot(run, about_holder                        ? SLOT_ASSIGNED
                                             : request->kind == CHANGE_UNRESERVE ? SLOT_RESERVED
                                                                                 : SLOT_FREE);
    const struct slot *other = some_slot(run, one_in(run, 3) ? SLOT_ASSIGNED : SLOT_FREE);
    if (slot && about_holder) {
        request->agent = slot->agent;
    } else if (slot && request->ext) {
        request->ext = slot->ext;
    }
    if (request->kind == CHANGE_REASSIGN && request->ext && other) {
        request->ext = other->ext;
    }
    if (request->swap && other && other->state == SLOT_ASSIGNED) {
        request->other = other->agent;
    }
    const struct roster *roster = run->w.roster;
    if (request->kind == CHANGE_ASSIGN && roster->n_agents > 0) {
        request->agent = roster->agents[below(run, roster->n_agents)].login;
    }
}

static struct request random_request(struct run *run, struct arena *arena)
{
    static const enum change_kind kinds[] = {
        CHANGE_ASSIGN,   CHANGE_ASSIGN,  CHANGE_RELEASE,   CHANGE_RELEASE, CHANGE_REASSIGN,
        CHANGE_REASSIGN, CHANGE_RESERVE, CHANGE_UNRESERVE, CHANGE_PIN,     CHANGE_UNPIN};
    char login[16];
    char ext[EXT_ROOM];
    struct request request = {.kind = kinds[below(run, sizeof kinds / sizeof kinds[0])]};
    bool about_ext = request.kind == CHANGE_RESERVE || request.kind == CHANGE_UNRESERVE;
    if (!about_ext) {
        request.agent = arena_strdup(arena, login_of(below(run, PEOPLE), login));
    }
    if (about_ext || (request.kind == CHANGE_ASSIGN && one_in(run, 2)) ||
        (request.kind == CHANGE_REASSIGN && !one_in(run, 4))) {
        request.ext = arena_strdup(arena, random_ext(run, ext));
    }
    request.swap = request.kind == CHANGE_REASSIGN && one_in(run, 4);
    if (request.swap) {
        request.ext = NULL;
        request.other = arena_strdup(arena, login_of(below(run, PEOPLE), login));
    }
    request.as_fits = request.kind == CHANGE_ASSIGN && one_in(run, 2);
    request.note = one_in(run, 3) ? "note" : NULL;
    request.line = one_in(run, 2) ? 1 + below(run, 9) : 0;
    if (!one_in(run, 5)) {
        make_sensible(run, &request);
    }
    return request;
}

/* ---- what has to hold ------------------------------------------------------------------------ */

static void save_store(struct run *run)
{
    run->n_saved = run->w.n_slots;
    run->saved = mem_resize(run->saved, run->n_saved + 1, sizeof *run->saved);
    memcpy(run->saved, run->w.slots, run->n_saved * sizeof *run->saved);
}

/* All as it was saved, but for who wrote it and for numbers that were created. */
static void check_restored(struct run *run)
{
    size_t k = 0;
    for (size_t i = 0; i < run->w.n_slots; i++) {
        struct slot now = run->w.slots[i];
        if (k < run->n_saved && strcmp(run->saved[k].ext, now.ext) == 0) {
            struct slot then = run->saved[k++];
            then.by = now.by = NULL;
            must(run, slot_same(&then, &now), "an undo restores", now.ext);
        } else {
            must(run, now.state == SLOT_FREE && now.at_s == 0, "a created number stays free",
                 now.ext);
        }
    }
    must(run, k == run->n_saved, "an undo loses nothing", NULL);
}

static void check_sound(struct run *run, const char *when)
{
    const char *fault = world_fault(&run->w);
    must(run, !fault, when, fault);
}

/* What a plan hands out is to be had. */
static void check_handed_out(struct run *run, const struct plan *plan)
{
    const struct policy *policy = &run->w.policy;
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        if (change->kind != CHANGE_ASSIGN || change->already_applied) {
            continue;
        }
        const struct slot *before = change->steps[0].before;
        must(run, policy_in_ranges(policy, change->ext), "handed out in the ranges", change->ext);
        must(run, !policy_is_blocked(policy, change->ext), "blocked is not handed out",
             change->ext);
        must(run, !before || before->state != SLOT_RESERVED || change->group, "nor is reserved",
             change->ext);
        must(run, !before || before->state != SLOT_ASSIGNED || change->group,
             "an assigned one only where its holder gives it back", change->ext);
    }
}

static bool is_to_be_had(const struct run *run, const struct slot *slot)
{
    return slot->state == SLOT_FREE && policy_in_ranges(&run->w.policy, slot->ext) &&
           !policy_is_blocked(&run->w.policy, slot->ext);
}

/* Everyone of the directory has one while there are any; nobody else has but who is pinned. */
static void check_served(struct run *run)
{
    const struct world *w = &run->w;
    size_t to_be_had = 0;
    for (size_t i = 0; i < w->n_slots; i++) {
        const struct slot *slot = &w->slots[i];
        to_be_had += is_to_be_had(run, slot);
        bool stays = slot->state != SLOT_ASSIGNED || slot->note || w->roster->n_agents == 0 ||
                     roster_find(w->roster, slot->agent);
        must(run, stays, "who left has none", slot->ext);
    }
    for (size_t i = 0; i < w->roster->n_agents; i++) {
        const char *login = w->roster->agents[i].login;
        must(run, to_be_had == 0 || snapshot_find_agent(w->snapshot, login),
             "nobody goes without while there are any", login);
    }
}

static void check_none_lost(struct run *run)
{
    char ext[EXT_ROOM] = "";
    while (policy_next_ext(&run->w.policy, ext)) {
        must(run, world_slot(&run->w, ext) != NULL, "no number is lost", ext);
    }
}

/* ---- the rule of the guards, told once more ---------------------------------------------------- */

/* Who holds the number, as text; "" is nobody. */
struct holding {
    const char *ext;
    const char *before;
    const char *after;
};

static const char *holder_of(const struct slot *slot)
{
    return slot && slot->state == SLOT_ASSIGNED ? slot->agent : "";
}

/* All numbers that somebody holds before the plan, and who holds them if all of it is done. */
static size_t look_at_holdings(const struct plan *plan, struct holding *holdings)
{
    const struct snapshot *snapshot = plan->snapshot;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const char *holder = holder_of(&snapshot->slots[i]);
        holdings[i] = (struct holding){snapshot->slots[i].ext, holder, holder};
    }
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t k = 0; k < change->n_steps && change->result == RESULT_PLANNED; k++) {
            for (size_t h = 0; h < snapshot->n_slots; h++) {
                if (strcmp(holdings[h].ext, change->steps[k].after.ext) == 0) {
                    holdings[h].after = holder_of(&change->steps[k].after);
                }
            }
        }
    }
    return snapshot->n_slots;
}

struct people {
    int64_t holders, losers, lost_numbers;
};

/* A loser holds at least one number before and none of these afterwards. */
static struct people count_people(const struct plan *plan)
{
    struct holding *holdings = mem_array(plan->snapshot->n_slots + 1, sizeof *holdings);
    struct people people = {0};
    size_t n = look_at_holdings(plan, holdings);
    for (size_t i = 0; i < n; i++) {
        const char *person = holdings[i].before;
        bool seen = person[0] == '\0';
        for (size_t k = 0; k < i && !seen; k++) {
            seen = strcmp(holdings[k].before, person) == 0;
        }
        bool keeps = false;
        for (size_t k = 0; k < n && !seen; k++) {
            keeps = keeps || (strcmp(holdings[k].before, person) == 0 &&
                              strcmp(holdings[k].after, person) == 0);
        }
        people.holders += !seen;
        people.losers += !seen && !keeps;
        people.lost_numbers +=
            strcmp(holdings[i].before, holdings[i].after) != 0 && person[0] != '\0';
    }
    free(holdings);
    return people;
}

static bool shall_be_refused(const struct people *people, const struct release_limit *limit,
                             bool named)
{
    int64_t n = people->losers;
    bool within = limit->percent ? n * 100 <= people->holders * limit->value : n <= limit->value;
    if (named) {
        return limit->given ? !within : n > 5;
    }
    bool all = n >= 2 && n == people->holders;
    if (all && !(limit->given && within)) {
        return true;
    }
    bool few = limit->percent && limit->value > 0 && n <= 5;
    return !within && !few;
}

static void check_guard(struct run *run, const struct plan *plan, bool named)
{
    static const int64_t values[] = {0, 1, 2, 5, 6, 10, 50, 100};
    struct release_limit limit;
    struct guard_verdict verdict;
    char text[16];
    snprintf(text, sizeof text, "%d%s", (int)values[below(run, 8)], one_in(run, 2) ? "%" : "");
    assert_int_equal(release_limit_parse(&limit, one_in(run, 3) ? "10%" : text, NULL), ERR_OK);
    limit.given = one_in(run, 2);
    guard_judge(plan, &limit, &verdict);
    if (verdict.holders > 0 && !verdict.liftable) {
        must(run, plan->roster->n_agents == 0 && verdict.refused, "an empty directory", NULL);
        return;
    }
    struct people people = count_people(plan);
    bool refused = shall_be_refused(&people, &limit, named);
    must(run, verdict.named == named, "a guard knows who chose the rows", plan->action);
    must(run, verdict.people == people.losers, "a guard counts people", verdict.text);
    must(run, verdict.holders == people.holders, "a guard counts holders", verdict.text);
    must(run, verdict.refused == refused, "a guard refuses what it shall", verdict.text);
    see(SEEN_GUARD_REFUSES_DERIVED, refused && !named);
    see(SEEN_GUARD_REFUSES_NAMED, refused && named);
    see(SEEN_GUARD_REFUSES_EVERYBODY, refused && people.losers == people.holders);
    see(SEEN_GUARD_COUNTS_FEWER_PEOPLE_THAN_NUMBERS, people.losers < people.lost_numbers);
}

/* ---- rounds -------------------------------------------------------------------------------- */

static struct plan *sync_once(struct run *run, const char *what)
{
    struct plan *plan = world_sync(&run->w);
    say(run, what, plan_text(plan));
    check_handed_out(run, plan);
    check_guard(run, plan, false);
    see(SEEN_EXHAUSTION, plan->n_unassigned > 0);
    see(SEEN_CREATION, plan->counts[CHANGE_CREATE] > 0);
    see(SEEN_ADOPTION, plan->counts[CHANGE_ADOPT] > 0);
    see(SEEN_REPAIR_BY_SYNC, plan->counts[CHANGE_REPAIR] > 0);
    see(SEEN_TAKEN_OVER, plan->n_changes > 0 && plan->changes[0].group > 0);
    return plan;
}

static void operator_asks(struct run *run)
{
    struct arena arena = ARENA_INIT;
    struct request requests[5];
    size_t n = 1 + below(run, 1 + below(run, 5));
    for (size_t i = 0; i < n; i++) {
        requests[i] = random_request(run, &arena);
    }
    struct plan_input input = world_input(&run->w);
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    if (plan_edit(&input, "import", requests, n, NULL, &plan, &err) == ERR_OK) {
        say(run, "edit", plan_text(plan));
        check_handed_out(run, plan);
        check_guard(run, plan, true);
        if (one_in(run, 3)) { /* somebody else is quicker */
            struct plan *other = sync_once(run, "a sync overtakes");
            world_apply(&run->w, other);
            plan_free(other);
        }
        save_store(run);
        size_t conflicts = world_do(&run->w, plan);
        see(SEEN_EDIT, plan->n_changes > 0);
        see(SEEN_EDIT_IN_A_GROUP, plan->n_changes > 0 && plan->changes[0].group > 0);
        see(SEEN_EDIT_CONFLICT, conflicts > 0);
        check_sound(run, "an edit keeps the store sound");
        if (conflicts == 0 && one_in(run, 2)) {
            see(SEEN_EDIT_UNDONE, plan->n_changes > 0);
            struct plan *undo = world_undo(&run->w);
            say(run, "undone", plan_text(undo));
            check_guard(run, undo, true);
            must(run, world_do(&run->w, undo) == 0, "nothing moved on", plan_text(undo));
            must(run, plan_results(undo, RESULT_CONFLICT) == 0, "no conflicts", plan_text(undo));
            plan_free(undo);
            check_restored(run);
        }
        plan_free(plan);
    } else {
        must(run, err.text[0] != '\0', "a refusal has its reason", NULL);
        see(SEEN_REFUSAL, 1);
        see(SEEN_PIN_HOLDS, strstr(err.text, "unpin first") != NULL);
    }
    arena_release(&arena);
}

/* The doctor sees all of a table, and leaves it sound. */
static void doctor_visits(struct run *run)
{
    run->w.consistent = true;
    world_look(&run->w);
    struct plan_input input = world_input(&run->w);
    struct diagnosis *diagnosis = doctor_examine(&input);
    struct plan *plan = NULL;
    assert_int_equal(plan_repair(&input, diagnosis, &plan, NULL), ERR_OK);
    diagnosis_free(diagnosis);
    say(run, "repair", plan_text(plan));
    check_guard(run, plan, false);
    see(SEEN_REPAIR_BY_DOCTOR, plan_has_work(plan));
    must(run, world_apply_by(&run->w, plan, 1 + below(run, 40)) == 0, "a repair has no conflicts",
         plan_text(plan));
    plan_free(plan);
    check_sound(run, "the doctor leaves a sound store");
    check_none_lost(run);
    run->w.consistent = false;
    world_look(&run->w);
}

static void sync_and_check(struct run *run)
{
    struct world *w = &run->w;
    save_store(run);
    struct plan *plan = sync_once(run, "sync");
    must(run, world_do(w, plan) == 0, "a sync of a sound store has no conflicts", plan_text(plan));
    size_t created =
        plan->counts[CHANGE_CREATE] + plan->counts[CHANGE_ADOPT] + plan->counts[CHANGE_REPAIR];
    plan_free(plan);
    check_sound(run, "a sync keeps the store sound");
    check_served(run);
    struct plan *again = sync_once(run, "second sync");
    must(run, !plan_has_work(again), "a second sync has nothing to do", plan_text(again));
    plan_free(again);
    if (created == 0 && one_in(run, 2)) {
        struct plan *undo = world_undo(w);
        see(SEEN_SYNC_UNDONE, undo->n_changes > 0);
        say(run, "undone", plan_text(undo));
        check_guard(run, undo, false);
        must(run, world_do(w, undo) == 0, "an undo has no conflicts", plan_text(undo));
        plan_free(undo);
        check_restored(run);
        check_sound(run, "an undo keeps the store sound");
    }
}

static void play_round(struct run *run)
{
    struct world *w = &run->w;
    w->now_s += (int64_t)below(run, 10) * WORLD_DAY_S + (int64_t)below(run, 1000) + 1;
    people_come_and_go(run);
    bool damaged = w->keeps_claims && one_in(run, 3);
    for (size_t i = damaged ? 1 + below(run, 6) : 0; i > 0; i--) {
        old_program_writes(run);
    }
    say(run, damaged ? "the old program wrote" : "", damaged ? world_text(w) : "");
    if (damaged) {
        /* A sync sees what an index shows. It writes on its conditions, and makes nothing worse:
           what it wrote about is sound, the rest is for the doctor. */
        struct plan *plan = sync_once(run, "sync of a damaged store");
        see(SEEN_SYNC_CONFLICT, world_apply_by(w, plan, 1 + below(run, 40)) > 0);
        plan_free(plan);
        doctor_visits(run);
    }
    if (!w->keeps_claims && w->n_slots < policy_size(&w->policy)) {
        /* An embedded store that has not all numbers yet. */
        struct plan_input input = world_input(w);
        struct plan *plan = NULL;
        assert_int_equal(plan_init(&input, &plan, NULL), ERR_OK);
        if (one_in(run, 6)) {
            world_apply(w, plan);
        }
        plan_free(plan);
    }
    if (w->n_slots > 0) {
        for (size_t i = below(run, 4); i > 0; i--) {
            operator_asks(run);
        }
    }
    sync_and_check(run);
}

static void test_worlds(void **state)
{
    (void)state;
    const char *seed_text = getenv("EXTPOOL_SEED");
    const char *worlds_text = getenv("EXTPOOL_WORLDS");
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    uint64_t worlds = worlds_text ? strtoull(worlds_text, NULL, 10) : 4000;
    for (uint64_t i = 0; i < worlds; i++) {
        struct run run;
        open_run(&run, seed + i);
        for (run.round = 1; run.round <= ROUNDS; run.round++) {
            play_round(&run);
        }
        close_run(&run);
    }
    static const char *const names[] = {
#define X(name) [SEEN_##name] = #name,
        SIGHTS(X)
#undef X
    };
    for (size_t i = 0; worlds >= 1000 && i < SIGHT_COUNT; i++) {
        if (s_seen[i] < worlds / 50) {
            fail_msg("%s was seen %zu times only", names[i], s_seen[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
