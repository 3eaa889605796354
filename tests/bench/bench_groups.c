/*
 * What groups cost a sync: 1,000,000 agents in 50 groups, of which five go by a pattern of the login,
 * against the same agents in one pool. The time is that of the processor, from the roster to the plan.
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
#define GROUPS 50
#define BY_LOGIN 5
#define EACH (AGENTS / GROUPS)    /* agents of a group */
#define NUMBERS (EACH + EACH / 5) /* of a group */

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

static struct roster *people(void)
{
    char login[48];
    char profile[32];
    struct roster *roster = roster_new();
    for (size_t i = 0; i < AGENTS; i++) {
        login_of(i, login);
        snprintf(profile, sizeof profile, "Site %02zu Sales", i % GROUPS);
        roster_add(roster, &(struct agent){.login = login, .routing_profile = profile});
    }
    roster_seal(roster);
    return roster;
}

/* Each number of a site is held by an agent of the site; `held`: else all are free. */
static struct snapshot *store_of(bool held)
{
    char login[48];
    char ext[EXT_ROOM];
    struct snapshot *snapshot = snapshot_new();
    snapshot->exact = true;
    for (size_t i = 0; i < (size_t)GROUPS * NUMBERS; i++) {
        size_t group = i / NUMBERS;
        size_t nth = i % NUMBERS;
        snprintf(ext, sizeof ext, "%07zu", 1000000 + i);
        struct slot *slot = snapshot_add(snapshot, ext);
        *slot = slot_free(ext, 0, NULL);
        if (held && nth < EACH) {
            login_of(nth * 7919 % EACH * GROUPS + group, login);
            *slot = slot_assigned(ext, arena_strdup(&snapshot->arena, login), NOW_S - 1000, NULL,
                                  "bench");
        }
    }
    snapshot_seal(snapshot);
    return snapshot;
}

/* ---- the two policies ------------------------------------------------------------------------- */

static void add_group(struct policy *policy, struct group *group, size_t i, struct arena *arena)
{
    struct err err = ERR_INIT;
    struct match_line *line = arena_alloc(arena, sizeof *line);
    const char *text = i < BY_LOGIN ? arena_printf(arena, "login:*@site%02zu.example", i)
                                    : arena_printf(arena, "\"routing_profile:Site %02zu*\"", i);
    const char *range =
        arena_printf(arena, "%zu-%zu", 1000000 + i * NUMBERS, 1000000 + (i + 1) * NUMBERS - 1);
    if (match_parse(text, arena, line, &err) != ERR_OK ||
        policy_add_ranges(policy, (uint16_t)i, range, &err) != ERR_OK) {
        fail(err.text);
    }
    *group = (struct group){
        .name = arena_printf(arena, "site%02zu", i), .lines = line, .n_lines = 1, .at = "bench"};
}

static void make_policies(struct policy *plain, struct policy *grouped, struct arena *arena)
{
    struct err err = ERR_INIT;
    const char *all = arena_printf(arena, "1000000-%d", 1000000 + GROUPS * NUMBERS - 1);
    policy_default(plain);
    plain->width = 7;
    plain->n_blocked = 0;
    *grouped = *plain;
    if (policy_set_ranges(plain, all, &err) != ERR_OK) {
        fail(err.text);
    }
    struct group *groups = arena_alloc(arena, GROUPS * sizeof *groups);
    grouped->n_ranges = 0;
    grouped->groups = groups;
    grouped->n_groups = GROUPS;
    for (size_t i = 0; i < GROUPS; i++) {
        add_group(grouped, &groups[i], i, arena);
    }
}

/* ---- measuring ---------------------------------------------------------------------------------- */

struct reading {
    double find_ms; /* of finding the groups alone */
    double ms;      /* with the plan */
    size_t changes;
};

struct bench_world {
    struct roster *roster;
    struct snapshot *snapshot;
};

/* In a process of its own: a run plans once, with memory that it has not touched before. */
static struct reading plan_in_child(const struct policy *policy, const struct bench_world *world)
{
    struct reading reading = {.ms = 0};
    int ends[2];
    if (pipe(ends) != 0) {
        fail("no pipe");
    }
    pid_t child = fork();
    if (child == 0) {
        const struct plan_input input = {.policy = policy,
                                         .snapshot = world->snapshot,
                                         .roster = world->roster,
                                         .now_s = NOW_S,
                                         .actor = "bench"};
        struct plan *plan = NULL;
        double start = bench_now_ms();
        groups_find(policy, world->roster);
        reading.find_ms = bench_now_ms() - start;
        if (plan_sync(&input, &plan, NULL) != ERR_OK) {
            _exit(1);
        }
        reading.ms = bench_now_ms() - start;
        reading.changes = plan->n_changes;
        _exit(write(ends[1], &reading, sizeof reading) == sizeof reading ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &reading, sizeof reading) != sizeof reading) {
        fail("a plan failed");
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    return reading;
}

static void measure(const char *kind, const char *about, size_t changes,
                    const struct policy *const policies[2], const struct bench_world *world)
{
    double find[RUNS];
    double ratios[RUNS];
    char key[40];
    char name[80];
    for (int run = 0; run < RUNS; run++) { /* in turn: what else the machine does meets both */
        struct reading plain = plan_in_child(policies[0], world);
        struct reading grouped = plan_in_child(policies[1], world);
        if (plain.changes != changes || grouped.changes != changes) {
            fail("a plan is not what it should be");
        }
        find[run] = grouped.find_ms;
        ratios[run] = grouped.ms / plain.ms;
    }
    snprintf(key, sizeof key, "groups.%s.find", kind);
    snprintf(name, sizeof name, "%s: finding the groups", about);
    bench_row(key, name, bench_median(find, RUNS), "ms", 500);
    snprintf(key, sizeof key, "groups.%s.ratio", kind);
    bench_ratio(key, "  the plan, against one pool", 1.5, ratios, RUNS);
}

int main(void)
{
    struct arena arena = ARENA_INIT;
    struct policy plain, grouped;
    make_policies(&plain, &grouped, &arena);
    const struct policy *const policies[2] = {&plain, &grouped};
    struct bench_world world = {.roster = people(), .snapshot = store_of(true)};
    measure("nothing", "nothing to do", 0, policies, &world);
    snapshot_unref(world.snapshot);
    world.snapshot = store_of(false);
    measure("first", "first sync", AGENTS, policies, &world);
    snapshot_unref(world.snapshot);
    roster_unref(world.roster);
    arena_release(&arena);
    return 0;
}
