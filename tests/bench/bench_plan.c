/*
 * Planning alone: agents x time x memory, on a pool of width 7. Builds worlds of 100,000 and
 * 1,000,000 agents, and plans a sync of each several times. Planning does nothing but compute, so the
 * time is that of the processor; the memory is what the plan holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/plan/plan.h"
#include "core/plan/builder.h"
#include "tests/bench/bench.h"

#define NOW_S INT64_C(1795348800)
#define RUNS 5

enum kind { NOTHING_TO_DO, CHURN, FIRST_SYNC, EMPTY_STORE, KINDS };

static const struct {
    const char *key, *name;
} s_kinds[] = {
    [NOTHING_TO_DO] = {"nothing", "nothing to do"},
    [CHURN] = {"churn", "5 % leave, 5 % join"},
    [FIRST_SYNC] = {"first", "first sync, all free"},
    [EMPTY_STORE] = {"empty", "first sync, empty store"},
};

static void login_of(size_t i, char out[40])
{
    static const char *const names[] = {"olivia", "noah", "amara", "liam", "yuki", "mateo"};
    snprintf(out, 40, "%s.%zx@contact.example", names[i % 6], i * 2654435761u % 0xFFFFFFFFu);
}

/* Agents hold numbers in no order that their names have. */
static void fill_store(struct snapshot *snapshot, size_t agents, size_t numbers, enum kind kind)
{
    char login[40];
    for (size_t i = 0; i < numbers; i++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%07zu", (1000000 + i) % 10000000);
        struct slot *slot = snapshot_add(snapshot, ext);
        *slot = slot_free(ext, 0, NULL);
        if (kind != FIRST_SYNC && i < agents) {
            login_of(i * 7919 % agents, login);
            *slot = slot_assigned(ext, arena_strdup(&snapshot->arena, login), NOW_S - 1000, NULL,
                                  "bench");
        }
    }
    snapshot_seal(snapshot);
}

static struct roster *people(size_t agents, enum kind kind)
{
    char login[40];
    struct roster *roster = roster_new();
    for (size_t i = 0; i < agents; i++) {
        bool left = kind == CHURN && i % 20 == 0;
        login_of(left ? i + agents : i, login);
        roster_add(roster, &(struct agent){.login = login});
    }
    roster_seal(roster);
    return roster;
}

struct reading {
    double ms;
    double mb;
};

static void fail(const char *what)
{
    fprintf(stderr, "bench_plan: %s\n", what);
    exit(1);
}

/* In a process of its own: a run plans once, with memory that it has not touched before. */
static struct reading plan_in_child(const struct plan_input *input)
{
    struct reading reading = {.ms = 0};
    int ends[2];
    if (pipe(ends) != 0) {
        fail("no pipe");
    }
    pid_t child = fork();
    if (child == 0) {
        struct plan *plan = NULL;
        double start = bench_now_ms();
        if (plan_sync(input, &plan, NULL) != ERR_OK) {
            _exit(1);
        }
        reading.ms = bench_now_ms() - start;
        reading.mb = (double)(plan->arena.used + plan->capacity * sizeof *plan->changes) / 1048576;
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

/* ---- worlds -------------------------------------------------------------------------------- */

struct bench_world {
    struct policy policy;
    struct snapshot *snapshot;
    struct roster *roster;
    struct reading readings[RUNS];
};

static void build(struct bench_world *world, size_t agents, enum kind kind)
{
    struct err err = ERR_INIT;
    char range[32];
    size_t numbers = agents + agents / 5;
    policy_default(&world->policy);
    world->policy.width = 7;
    snprintf(range, sizeof range, "1000000-%07zu", 1000000 + numbers - 1);
    if (policy_set_ranges(&world->policy, range, &err) != ERR_OK) {
        fail(err.text);
    }
    world->snapshot = snapshot_new();
    world->snapshot->exact = true;
    if (kind != EMPTY_STORE) {
        fill_store(world->snapshot, agents, numbers, kind);
    }
    world->roster = people(agents, kind);
}

static void measure(struct bench_world *world, int run)
{
    struct plan_input input = {
        .policy = &world->policy,
        .snapshot = world->snapshot,
        .roster = world->roster,
        .now_s = NOW_S,
        .actor = "bench",
    };
    world->readings[run] = plan_in_child(&input);
}

static void report(enum kind kind, const struct bench_world *small, const struct bench_world *large)
{
    double ms[RUNS];
    double ratios[RUNS];
    char key[40];
    char name[80];
    for (int run = 0; run < RUNS; run++) {
        ms[run] = large->readings[run].ms;
        ratios[run] = ms[run] / small->readings[run].ms;
    }
    snprintf(key, sizeof key, "plan.%s.ms", s_kinds[kind].key);
    snprintf(name, sizeof name, "%s, 1,000,000 agents", s_kinds[kind].name);
    bench_row(key, name, bench_median(ms, RUNS), "ms", 1000);
    snprintf(key, sizeof key, "plan.%s.memory", s_kinds[kind].key);
    bench_row(key, "  memory of the plan", large->readings[0].mb, "MB", 600);
    snprintf(key, sizeof key, "plan.%s.ratio", s_kinds[kind].key);
    bench_ratio(key, "  against 100,000", 12, ratios, RUNS);
}

static void release(struct bench_world *world)
{
    roster_unref(world->roster);
    snapshot_unref(world->snapshot);
}

int main(void)
{
    for (int kind = 0; kind < KINDS; kind++) {
        struct bench_world small, large;
        build(&small, 100000, (enum kind)kind);
        build(&large, 1000000, (enum kind)kind);
        /* In turn, so that what else the machine does meets both alike. */
        for (int run = 0; run < RUNS; run++) {
            measure(&small, run);
            measure(&large, run);
        }
        report((enum kind)kind, &small, &large);
        release(&small);
        release(&large);
        fflush(stdout);
    }
    return 0;
}
