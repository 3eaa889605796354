/*
 * What groups cost a sync: 1,000,000 agents in 50 groups, of which five go by a pattern of the login,
 * against the same agents in one pool. The time is that of the processor, from the roster to the plan.
 *
 *     bench_groups                       measures all kinds of syncs, with times
 *     bench_groups KIND plain|grouped    plans one of 100,000 agents, for a program that counts
 *                                        the instructions of plan_once()
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/plan/builder.h"
#include "core/plan/plan.h"
#include "core/pool/group.h"
#include "core/pool/match.h"
#include "tests/bench/bench.h"

#define NOW_S INT64_C(1795348800)
#define RUNS 5
#define AGENTS 1000000
#define AGENTS_COUNTED 100000
#define GROUPS 50
#define BY_LOGIN 5

enum kind { NOTHING_TO_DO, CHURN, FIRST_SYNC, EMPTY_STORE, KINDS };

static const struct {
    const char *key, *name;
} s_kinds[] = {
    [NOTHING_TO_DO] = {"nothing", "nothing to do"},
    [CHURN] = {"churn", "5 % leave, 5 % join"},
    [FIRST_SYNC] = {"first", "first sync, all free"},
    [EMPTY_STORE] = {"empty", "first sync, empty store"},
};

/* How many there are. */
struct size {
    size_t agents;
    size_t each;    /* agents of a group */
    size_t numbers; /* of a group */
};

static struct size size_of(size_t agents)
{
    size_t each = agents / GROUPS;
    return (struct size){agents, each, each + each / 5};
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_groups: %s\n", what);
    exit(1);
}

/* In no order of the names, and the site at the end of the login. */
static void login_of(size_t i, char out[48])
{
    static const char *const names[] = {"olivia", "noah", "amara", "liam", "yuki", "mateo"};
    snprintf(out, 48, "%s.%zx@site%02zu.example", names[i % 6], i * 2654435761u % 0xFFFFFFFFu,
             i % GROUPS);
}

/* Of each group one of twenty left, and another came. */
static struct roster *people(struct size size, enum kind kind)
{
    char login[48];
    char profile[32];
    struct roster *roster = roster_new();
    for (size_t i = 0; i < size.agents; i++) {
        bool left = kind == CHURN && i / GROUPS % 20 == 0;
        login_of(left ? i + size.agents : i, login);
        snprintf(profile, sizeof profile, "Site %02zu Sales", i % GROUPS);
        roster_add(roster, &(struct agent){.login = login, .routing_profile = profile});
    }
    roster_seal(roster);
    return roster;
}

/* Each number of a site that is held is held by an agent of the site. */
static struct snapshot *store_of(struct size size, enum kind kind)
{
    char login[48];
    char ext[EXT_ROOM];
    struct snapshot *snapshot = snapshot_new();
    snapshot->exact = true;
    for (size_t i = 0; kind != EMPTY_STORE && i < GROUPS * size.numbers; i++) {
        size_t group = i / size.numbers;
        size_t nth = i % size.numbers;
        snprintf(ext, sizeof ext, "%07zu", 1000000 + i);
        struct slot *slot = snapshot_add(snapshot, ext);
        *slot = slot_free(ext, 0, NULL);
        if (kind != FIRST_SYNC && nth < size.each) {
            login_of(nth * 7919 % size.each * GROUPS + group, login);
            *slot = slot_assigned(ext, arena_strdup(&snapshot->arena, login), NOW_S - 1000, NULL,
                                  "bench");
        }
    }
    snapshot_seal(snapshot);
    return snapshot;
}

/* ---- the two policies ------------------------------------------------------------------------- */

struct worlds {
    struct arena arena;
    struct size size;
    struct policy plain, grouped;
    struct roster *roster;
    struct snapshot *snapshot;
};

static void add_group(struct worlds *worlds, struct group *group, size_t i)
{
    struct err err = ERR_INIT;
    struct arena *arena = &worlds->arena;
    size_t numbers = worlds->size.numbers;
    struct match_line *line = arena_alloc(arena, sizeof *line);
    const char *text = i < BY_LOGIN ? arena_printf(arena, "login:*@site%02zu.example", i)
                                    : arena_printf(arena, "\"routing_profile:Site %02zu*\"", i);
    const char *range =
        arena_printf(arena, "%zu-%zu", 1000000 + i * numbers, 1000000 + (i + 1) * numbers - 1);
    if (match_parse(text, arena, line, &err) != ERR_OK ||
        policy_add_ranges(&worlds->grouped, (uint16_t)i, range, &err) != ERR_OK) {
        fail(err.text);
    }
    *group = (struct group){
        .name = arena_printf(arena, "site%02zu", i), .lines = line, .n_lines = 1, .at = "bench"};
}

static void make_policies(struct worlds *worlds)
{
    struct err err = ERR_INIT;
    struct policy *plain = &worlds->plain;
    struct policy *grouped = &worlds->grouped;
    const char *all =
        arena_printf(&worlds->arena, "1000000-%zu", 1000000 + GROUPS * worlds->size.numbers - 1);
    policy_default(plain);
    plain->width = 7;
    plain->n_blocked = 0;
    *grouped = *plain;
    if (policy_set_ranges(plain, all, &err) != ERR_OK) {
        fail(err.text);
    }
    struct group *groups = arena_alloc(&worlds->arena, GROUPS * sizeof *groups);
    grouped->n_ranges = 0;
    grouped->groups = groups;
    grouped->n_groups = GROUPS;
    for (size_t i = 0; i < GROUPS; i++) {
        add_group(worlds, &groups[i], i);
    }
}

static void build(struct worlds *worlds, size_t agents, enum kind kind)
{
    *worlds = (struct worlds){.arena = ARENA_INIT, .size = size_of(agents)};
    make_policies(worlds);
    worlds->roster = people(worlds->size, kind);
    worlds->snapshot = store_of(worlds->size, kind);
}

static void release(struct worlds *worlds)
{
    roster_unref(worlds->roster);
    snapshot_unref(worlds->snapshot);
    arena_release(&worlds->arena);
}

/* ---- measuring ---------------------------------------------------------------------------------- */

struct reading {
    double find_ms; /* of finding the groups alone */
    double ms;      /* with the plan */
    size_t changes;
};

/* What a sync does from the roster to the plan. Its instructions are counted by its name. */
__attribute__((noinline)) struct reading plan_once(const struct worlds *worlds, bool in_groups);

struct reading plan_once(const struct worlds *worlds, bool in_groups)
{
    const struct plan_input input = {
        .policy = in_groups ? &worlds->grouped : &worlds->plain,
        .snapshot = worlds->snapshot,
        .roster = worlds->roster,
        .now_s = NOW_S,
        .actor = "bench",
    };
    struct reading reading = {.ms = 0};
    struct plan *plan = NULL;
    double start = bench_now_ms();
    if (in_groups) {
        groups_find(input.policy, worlds->roster);
    }
    reading.find_ms = bench_now_ms() - start;
    if (plan_sync(&input, &plan, NULL) != ERR_OK) {
        fail("a plan failed");
    }
    reading.ms = bench_now_ms() - start;
    reading.changes = plan->n_changes;
    plan_free(plan);
    return reading;
}

static size_t changes_of(const struct worlds *worlds, enum kind kind)
{
    switch (kind) {
    case NOTHING_TO_DO:
        return 0;
    case CHURN:
        return worlds->size.agents / 10;
    case FIRST_SYNC:
        return worlds->size.agents;
    case EMPTY_STORE:
    case KINDS:
        break;
    }
    return GROUPS * worlds->size.numbers;
}

static void check(const struct worlds *worlds, enum kind kind, const struct reading *reading)
{
    if (reading->changes != changes_of(worlds, kind)) {
        fail("a plan is not what it should be");
    }
}

/* In a process of its own: a run plans once, with memory that it has not touched before. */
static struct reading plan_in_child(const struct worlds *worlds, enum kind kind, bool in_groups)
{
    struct reading reading = {.ms = 0};
    int ends[2];
    if (pipe(ends) != 0) {
        fail("no pipe");
    }
    pid_t child = fork();
    if (child == 0) {
        reading = plan_once(worlds, in_groups);
        _exit(write(ends[1], &reading, sizeof reading) == sizeof reading ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &reading, sizeof reading) != sizeof reading) {
        fail("a plan failed");
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    check(worlds, kind, &reading);
    return reading;
}

static void measure(enum kind kind)
{
    double find[RUNS];
    double ratios[RUNS];
    char key[40];
    struct worlds worlds;
    build(&worlds, AGENTS, kind);
    for (int run = 0; run < RUNS; run++) { /* in turn: what else the machine does meets both */
        struct reading plain = plan_in_child(&worlds, kind, false);
        struct reading grouped = plan_in_child(&worlds, kind, true);
        find[run] = grouped.find_ms;
        ratios[run] = grouped.ms / plain.ms;
    }
    release(&worlds);
    if (kind == NOTHING_TO_DO) {
        bench_row("groups.find", "finding the groups", bench_median(find, RUNS), "ms", 500);
    }
    snprintf(key, sizeof key, "groups.%s.ratio", s_kinds[kind].key);
    bench_ratio(key, s_kinds[kind].name, 1.5, ratios, RUNS);
    fflush(stdout);
}

static int plan_for_counting(const char *name, bool in_groups)
{
    for (int kind = 0; kind < KINDS; kind++) {
        if (strcmp(s_kinds[kind].key, name) == 0) {
            struct worlds worlds;
            build(&worlds, AGENTS_COUNTED, (enum kind)kind);
            struct reading reading = plan_once(&worlds, in_groups);
            check(&worlds, (enum kind)kind, &reading);
            release(&worlds);
            return 0;
        }
    }
    fail("there is no such kind");
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 3) {
        return plan_for_counting(argv[1], strcmp(argv[2], "grouped") == 0);
    }
    for (int kind = 0; kind < KINDS; kind++) {
        measure((enum kind)kind);
    }
    return 0;
}
