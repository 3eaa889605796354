/*
 * A thousand random worlds of several sites on one store: two contexts with two directories each, groups,
 * people who come, leave, and move between directories and groups, directories that fail, holders of
 * unknown origin, reservations that end, exempt agents, and operators who edit between the syncs. After every sync the rules hold:
 *   nothing is taken from somebody of a source that was not read, nor while a directory is not whole;
 *   who is given a number gets one of their group; who has another one had it before;
 *   no number is lost, nobody has two, and what is written of an agent is what the directory says;
 *   who is exempt is given nothing: one by one they never hold a number, by a pattern they keep theirs;
 *   a second sync has nothing to do, and an undo gives all of it back;
 *   contexts that take turns come to an end.
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
#include "core/plan/belongings.h"
#include "core/plan/builder.h"
#include "core/plan/renumber.h"
#include "core/pool/exempt.h"
#include "core/pool/group.h"
#include "tests/unit/support/sites.h"

#define ROUNDS 6
#define PEOPLE 20
#define DIRECTORIES 4 /* the first two are those of one context, the others of the other */
#define TURNS_MAX 12

static const char *const s_directories[DIRECTORIES] = {"leeds", "connect:i-1", "york",
                                                       "connect:i-2"};
static const char *const s_profiles[] = {"Leeds", "York", "Hull", "Temp", "?"};

struct run {
    struct world w;
    uint64_t seed;
    uint64_t random;
    int round;
    bool listed[PEOPLE][DIRECTORIES];
    uint8_t profile[PEOPLE];
    bool cut[DIRECTORIES];
};

/* What the worlds came to see: a test that never gets there shows nothing. */
#define SIGHTS(X)                                                                                  \
    X(ASSIGN)                                                                                      \
    X(RELEASE)                                                                                     \
    X(MOVE)                                                                                        \
    X(TAKEN_OVER)                                                                                  \
    X(SOURCE_REWRITTEN)                                                                            \
    X(RESERVATION_ENDED)                                                                           \
    X(FOREIGN)                                                                                     \
    X(UNKNOWN_ORIGIN)                                                                              \
    X(NO_GROUP)                                                                                    \
    X(GROUP_UNKNOWN)                                                                               \
    X(GROUP_WITHHELD)                                                                              \
    X(DIRECTORY_FAILED)                                                                            \
    X(EXHAUSTION)                                                                                  \
    X(EXEMPT)                                                                                      \
    X(EXEMPT_RELEASED)                                                                             \
    X(EXEMPT_HOLDER)                                                                               \
    X(EDIT_MOVE)                                                                                   \
    X(RENUMBER)                                                                                    \
    X(EDIT)                                                                                        \
    X(UNDO)

enum sight {
#define X(name) SEEN_##name,
    SIGHTS(X)
#undef X
        SIGHT_COUNT
};

static size_t s_seen[SIGHT_COUNT];

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
        print_error("the store has\n%s\n", world_text(&run->w));
        fail_msg("EXTPOOL_SEED=%llu EXTPOOL_WORLDS=1, round %d: %s: %s",
                 (unsigned long long)run->seed, run->round, what, detail ? detail : "");
    }
}

/* ---- the world ----------------------------------------------------------------------------- */

static void add_group(struct run *run, struct buf *out, const char *name, int first)
{
    static const char *const limits[] = {"", " max_release=0", " max_release=50%",
                                         " max_release=9"};
    buf_printf(out, "%s %02d-%02zu %c%s* cooldown=%zu%s%s\n", name, first,
               (size_t)first + 1 + below(run, 9), name[0] - 'a' + 'A', name + 1,
               one_in(run, 2) ? 0 : 1 + below(run, 9), one_in(run, 2) ? " on_move=renumber" : "",
               limits[below(run, 4)]);
}

static void open_run(struct run *run, uint64_t seed)
{
    *run = (struct run){.seed = seed, .random = seed};
    struct buf groups;
    buf_init(&groups, 4096);
    world_init(&run->w, "0000-0001");
    run->w.policy.width = 2;
    assert_int_equal(policy_set_exempt(&run->w.policy, one_in(run, 2) ? "a18 a07" : "a19", NULL),
                     ERR_OK);
    assert_int_equal(policy_set_blocked(&run->w.policy, one_in(run, 2) ? "12 5" : "", NULL),
                     ERR_OK);
    add_group(run, &groups, "leeds", 10);
    add_group(run, &groups, "york", 30);
    if (one_in(run, 2)) {
        add_group(run, &groups, "hull", 50);
    }
    if (one_in(run, 2)) {
        buf_puts(&groups, "others 90-93\n");
    }
    sites_groups(&run->w, groups.data);
    buf_release(&groups);
    if (one_in(run, 2)) {
        world_fill(&run->w);
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        run->profile[i] = (uint8_t)below(run, 4);
        size_t directory = below(run, DIRECTORIES);
        run->listed[i][directory] = one_in(run, 2);
    }
}

static void people_come_and_go(struct run *run)
{
    size_t rate = 2 + below(run, 12);
    for (size_t i = 0; i < PEOPLE; i++) {
        size_t directory = below(run, DIRECTORIES);
        run->listed[i][directory] ^= one_in(run, rate);
        if (one_in(run, rate)) {
            run->listed[i][below(run, DIRECTORIES)] = false;
        }
        if (one_in(run, rate)) {
            run->profile[i] = (uint8_t)below(run, sizeof s_profiles / sizeof s_profiles[0]);
        }
    }
    for (size_t i = 0; i < DIRECTORIES; i++) {
        run->cut[i] = one_in(run, 10);
    }
    run->w.now_s += (int64_t)below(run, 5) * WORLD_DAY_S;
}

/* Somebody reserves a number for a while; the old program gives one to somebody. */
static void others_write(struct run *run)
{
    char ext[EXT_ROOM];
    char login[16];
    snprintf(ext, sizeof ext, "%zu", 10 + below(run, 50));
    snprintf(login, sizeof login, "a%02zu", below(run, PEOPLE));
    struct slot *slot = world_slot(&run->w, ext);
    if (slot && slot->state == SLOT_FREE && one_in(run, 2)) {
        struct slot reserved = slot_reserved(ext, "x", run->w.now_s, "test");
        reserved.until_s = run->w.now_s + (int64_t)below(run, 6) * WORLD_DAY_S;
        slot_keep_former(&reserved, slot);
        world_put(&run->w, reserved);
    } else if ((!slot || slot->state == SLOT_FREE) &&
               !snapshot_find_agent(run->w.snapshot, login) &&
               !snapshot_find_exempt(run->w.snapshot, login)) {
        world_put(&run->w,
                  slot_assigned(ext, login, run->w.now_s, one_in(run, 8) ? "desk" : NULL, "test"));
    }
    world_look(&run->w);
}

/* What the context reads, as text. */
static void read_directories(struct run *run, size_t context)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t d = 2 * context; d < 2 * context + 2; d++) {
        buf_printf(&out, "%s%s: ", s_directories[d], run->cut[d] ? "!" : "");
        for (size_t i = 0; i < PEOPLE; i++) {
            if (run->listed[i][d]) {
                buf_printf(&out, "a%02zu/%s ", i, s_profiles[run->profile[i]]);
            }
        }
        buf_putc(&out, '\n');
    }
    sites_directories(&run->w, out.data);
    buf_release(&out);
    /* Of a few people a pattern can match more than half: it is refused, and nothing is planned. */
    if (policy_check_exempt(&run->w.policy, run->w.roster, NULL) != ERR_OK) {
        run->w.policy.n_exempt = 0;
    }
}

/* ---- what has to hold ------------------------------------------------------------------------ */

static bool is_whole(const struct run *run)
{
    for (size_t i = 0; i < run->w.roster->n_directories; i++) {
        if (run->w.roster->directories[i].partial || run->w.roster->directories[i].n_agents == 0) {
            return false;
        }
    }
    return true;
}

static bool is_read(const struct run *run, const char *source, size_t length)
{
    for (size_t i = 0; i < run->w.roster->n_directories; i++) {
        const char *read = run->w.roster->directories[i].source;
        if (strlen(read) == length && memcmp(read, source, length) == 0) {
            return true;
        }
    }
    return false;
}

static uint16_t group_of(const struct run *run, const struct agent *agent)
{
    return group_of_agent(&run->w.policy, agent, &run->w.roster->directories[agent->directory]);
}

/* Of those who can be an agent's groups: that of each entry. */
static bool may_have(const struct run *run, const struct agent *agent, const char *ext)
{
    for (; agent; agent = agent->next) {
        uint16_t group = group_of(run, agent);
        if (group != GROUP_UNKNOWN && policy_in_ranges(&run->w.policy, ext) &&
            group_of_ext(&run->w.policy, ext) == group) {
            return true;
        }
    }
    return false;
}

static void check_release(struct run *run, const struct slot *slot)
{
    size_t length = 0;
    const char *source = slot_source(slot, &length);
    must(run, !roster_find(run->w.roster, slot->agent), "who works here keeps it", slot->agent);
    must(run, is_whole(run), "nobody is released while a directory is not whole", slot->agent);
    must(run, source ? is_read(run, source, length) : policy_in_ranges(&run->w.policy, slot->ext),
         "no foreign release", slot->agent);
}

static void check_given(struct run *run, const struct change *change)
{
    const struct agent *agent = roster_find(run->w.roster, change->agent);
    must(run, agent != NULL, "who is given one works here", change->agent);
    must(run, may_have(run, agent, change->to), "a number of their group", change->to);
    must(run, !policy_is_blocked(&run->w.policy, change->to), "none that is blocked", change->to);
    must(run,
         change->kind == CHANGE_REASSIGN ||
             !agent_is_exempt(&run->w.policy, run->w.snapshot, change->agent),
         "who is exempt is given none", change->agent);
}

static void check_plan(struct run *run, const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        bool gives = change->kind == CHANGE_ASSIGN || change->kind == CHANGE_REASSIGN;
        if (change->kind == CHANGE_RELEASE) {
            check_release(run, change->steps[0].before);
            s_seen[SEEN_RELEASE]++;
        } else if (gives) {
            check_given(run, change);
            s_seen[change->kind == CHANGE_ASSIGN ? SEEN_ASSIGN : SEEN_MOVE]++;
            s_seen[SEEN_TAKEN_OVER] += change->group > 0;
        } else if (change->kind == CHANGE_UNRESERVE) {
            must(run, change->steps[0].before->until_s <= run->w.now_s, "what ended", change->ext);
            s_seen[SEEN_RESERVATION_ENDED]++;
        } else if (change->kind == CHANGE_ADOPT) {
            s_seen[SEEN_SOURCE_REWRITTEN]++;
        } else {
            must(run, change->kind == CHANGE_CREATE, "nothing else",
                 change_kind_name(change->kind));
        }
        for (size_t k = 0; k < change->n_steps; k++) {
            const struct slot *was = change->steps[k].before;
            bool pinned = was && was->state == SLOT_ASSIGNED && was->note;
            must(run, !pinned || slot_holds(&change->steps[k].after, was->agent),
                 "a pinned one stays", change->ext);
        }
    }
    s_seen[SEEN_FOREIGN] += plan->foreign;
    s_seen[SEEN_UNKNOWN_ORIGIN] += plan->unknown_origin;
    s_seen[SEEN_NO_GROUP] += plan->n_no_group;
    s_seen[SEEN_GROUP_UNKNOWN] += plan->n_group_unknown;
    s_seen[SEEN_GROUP_WITHHELD] += plan->n_withheld_groups;
    s_seen[SEEN_DIRECTORY_FAILED] += plan->partial != NULL;
    s_seen[SEEN_EXHAUSTION] += plan->n_unassigned;
}

/* What is written of a holder is what some directory of the context says, if their source was read. */
static void check_belongings(struct run *run)
{
    for (size_t i = 0; i < run->w.n_slots; i++) {
        const struct slot *slot = &run->w.slots[i];
        const struct agent *agent =
            slot->state == SLOT_ASSIGNED ? roster_find(run->w.roster, slot->agent) : NULL;
        size_t length = 0;
        const char *source = agent ? slot_source(slot, &length) : NULL;
        must(run, !agent || source, "a source is written", slot->agent);
        must(run, !agent || !snapshot_find_exempt(run->w.snapshot, slot->agent),
             "who is exempt one by one holds none", slot->agent);
        s_seen[SEEN_EXEMPT_HOLDER] += agent && policy_exempt_pattern(&run->w.policy, slot->agent);
        if (source && is_read(run, source, length) && is_whole(run)) {
            const struct agent *entry = agent_entry_of(run->w.roster, agent, source, length);
            must(run, entry != NULL, "the source lists the holder", slot->agent);
            must(run, !entry->arn || strcmp(entry->arn, slot->own->arn) == 0,
                 "the ARN is the directory's", slot->agent);
        }
    }
}

static void check_store(struct run *run)
{
    char ext[EXT_ROOM] = "";
    const char *fault = world_fault(&run->w);
    must(run, !fault, "sound", fault);
    while (policy_next_ext(&run->w.policy, ext)) {
        must(run, world_slot(&run->w, ext) != NULL, "no number is lost", ext);
    }
    check_belongings(run);
}

/* Who of the context's directories has no number of their group had theirs before. */
static void check_groups(struct run *run, const char *before)
{
    for (size_t i = 0; i < run->w.n_slots; i++) {
        const struct slot *slot = &run->w.slots[i];
        const struct agent *agent =
            slot->state == SLOT_ASSIGNED ? roster_find(run->w.roster, slot->agent) : NULL;
        if (agent && !may_have(run, agent, slot->ext)) {
            char line[64];
            snprintf(line, sizeof line, "%s %s ", slot->ext, slot->agent);
            must(run, strstr(before, line) != NULL, "another group's was kept", line);
        }
    }
}

/* Who holds what since when, and what is reserved. That a source was written is not taken back. */
static const char *holdings(struct run *run)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < run->w.n_slots; i++) {
        const struct slot *slot = &run->w.slots[i];
        if (slot->state != SLOT_FREE || slot->at_s != 0) {
            buf_printf(&out, "%s %d %s %s %lld %lld\n", slot->ext, slot->state,
                       slot->state == SLOT_ASSIGNED ? slot->agent : "-",
                       slot->note ? slot->note : "-", (long long)slot->at_s,
                       (long long)slot->until_s);
        }
    }
    const char *text = arena_strdup(&run->w.arena, out.data);
    buf_release(&out);
    return text;
}

/* A sync of the context; false: there was nothing to do. */
static bool sync_once(struct run *run, size_t context)
{
    read_directories(run, context);
    const char *before = world_text(&run->w);
    const char *held = holdings(run);
    struct plan *plan = world_sync(&run->w);
    bool worked = plan->n_changes > 0;
    check_plan(run, plan);
    bool undoes = worked && one_in(run, 5);
    must(run, (undoes ? world_do(&run->w, plan) : world_apply(&run->w, plan)) == 0, "no conflict",
         "");
    plan_free(plan);
    if (undoes) {
        plan = world_undo(&run->w);
        must(run, world_apply(&run->w, plan) == 0, "the undo meets no conflict", "");
        must(run, strcmp(holdings(run), held) == 0, "an undo gives all of it back", held);
        plan_free(plan);
        s_seen[SEEN_UNDO]++;
        plan = world_sync(&run->w);
        must(run, world_apply(&run->w, plan) == 0, "no conflict", "");
        plan_free(plan);
    }
    check_store(run);
    check_groups(run, before);
    plan = world_sync(&run->w);
    must(run, plan->n_changes == 0, "a second sync has nothing to do", plan_text(plan));
    plan_free(plan);
    return worked;
}

/* A request of an operator: a swap, a row of an import, or who is exempt. */
static struct request random_request(struct run *run)
{
    static const enum change_kind kinds[] = {CHANGE_REASSIGN, CHANGE_ASSIGN, CHANGE_EXEMPT,
                                             CHANGE_UNEXEMPT};
    size_t kind = below(run, 4);
    struct arena *arena = &run->w.arena;
    const char *agent = arena_printf(arena, "a%02zu", below(run, PEOPLE));
    struct request request = {.kind = kinds[kind], .agent = agent};
    if (kind == 0) {
        request.swap = true;
        request.other = arena_printf(arena, "a%02zu", below(run, PEOPLE));
    } else if (kind == 1) {
        request.as_fits = true;
        request.ext = arena_printf(arena, "%zu", 10 + below(run, 50));
    }
    return request;
}

/* Two numbers of one group become those of another. */
static struct plan *renumber(struct run *run)
{
    struct plan_input input = world_input(&run->w);
    struct renumbering asked;
    struct plan *plan = NULL;
    const char *text = one_in(run, 2) ? "10-11=30-31" : "30-31=10-11 3d";
    assert_int_equal(renumbering_parse(text, 2, &asked, NULL), ERR_OK);
    assert_int_equal(plan_renumber(&input, &asked, &plan, NULL), ERR_OK);
    s_seen[SEEN_RENUMBER] += plan->n_changes > 0;
    return plan;
}

static struct plan *edit(struct run *run)
{
    struct request requests[4];
    size_t n = 1 + below(run, 4);
    for (size_t i = 0; i < n; i++) {
        requests[i] = random_request(run);
    }
    struct plan_input input = world_input(&run->w);
    return plan_edit_possible(&input, "import", requests, n);
}

/* What an operator does with one of the directories at hand. What is not possible is left out. */
static void operator_edits(struct run *run)
{
    read_directories(run, below(run, 2));
    bool renumbers = one_in(run, 4);
    struct plan *plan = renumbers ? renumber(run) : edit(run);
    const char *held = holdings(run);
    bool undoes = one_in(run, 4);
    must(run, world_do(&run->w, plan) == 0, "an edit meets no conflict", plan_text(plan));
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        s_seen[SEEN_EDIT] += !change->refused && change->kind == CHANGE_ASSIGN;
        s_seen[SEEN_EDIT_MOVE] += !change->refused && !renumbers && change->kind == CHANGE_REASSIGN;
        s_seen[SEEN_EXEMPT] += !change->refused && change->kind == CHANGE_EXEMPT;
        s_seen[SEEN_EXEMPT_RELEASED] += !change->refused && change->kind == CHANGE_RELEASE;
    }
    plan_free(plan);
    if (undoes) {
        plan = world_undo(&run->w);
        must(run, world_apply(&run->w, plan) == 0, "the undo of an edit meets no conflict", "");
        must(run, strcmp(holdings(run), held) == 0, "an undo of an edit gives it back", held);
        plan_free(plan);
    }
}

static void play_round(struct run *run)
{
    people_come_and_go(run);
    others_write(run);
    operator_edits(run);
    size_t first = below(run, 2);
    size_t idle = 0;
    for (size_t turn = 0; idle < 2; turn++) {
        must(run, turn < TURNS_MAX, "contexts that take turns come to an end", "");
        idle = sync_once(run, (first + turn) % 2) ? 0 : idle + 1;
    }
}

static void test_worlds(void **state)
{
    (void)state;
    const char *seed_text = getenv("EXTPOOL_SEED");
    const char *worlds_text = getenv("EXTPOOL_WORLDS");
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    uint64_t worlds = worlds_text ? strtoull(worlds_text, NULL, 10) : 1000;
    for (uint64_t i = 0; i < worlds; i++) {
        struct run run;
        open_run(&run, seed + i);
        for (run.round = 1; run.round <= ROUNDS; run.round++) {
            play_round(&run);
        }
        world_release(&run.w);
    }
    static const char *const names[] = {
#define X(name) [SEEN_##name] = #name,
        SIGHTS(X)
#undef X
    };
    for (size_t i = 0; worlds >= 1000 && i < SIGHT_COUNT; i++) {
        if (s_seen[i] < worlds / 20) {
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
