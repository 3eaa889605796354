/*
 * Planning alone: agents x time x memory, on a pool of width 7. Builds worlds of 10,000 to
 * 1,000,000 agents, plans a sync of each, and prints the median of seven plans: the time
 * of the processor, as planning does nothing but compute, and the memory that the plan holds. The
 * bound: a million agents in under a second, and in at most twelve times what a hundred thousand
 * take.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/plan/plan.h"
#include "core/plan/builder.h"

#define NOW_S INT64_C(1795348800)
#define RUNS 7

enum kind { NOTHING_TO_DO, CHURN, FIRST_SYNC, EMPTY_STORE, KINDS };

static const char *const s_names[] = {
    [NOTHING_TO_DO] = "nothing to do",
    [CHURN] = "5 % leave, 5 % join",
    [FIRST_SYNC] = "first sync, all free",
    [EMPTY_STORE] = "first sync, empty store",
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

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
    size_t changes;
};

static int compare_readings(const void *a, const void *b)
{
    double left = ((const struct reading *)a)->ms;
    double right = ((const struct reading *)b)->ms;
    return left < right ? -1 : left > right;
}

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
        double start = now_ms();
        if (plan_sync(input, &plan, NULL) != ERR_OK) {
            _exit(1);
        }
        reading.ms = now_ms() - start;
        reading.mb = (double)(plan->arena.used + plan->capacity * sizeof *plan->changes) / 1048576;
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

/* ---- worlds -------------------------------------------------------------------------------- */

struct bench_world {
    size_t agents;
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
    world->agents = agents;
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

/* Prints the median, and returns it. */
static double report(struct bench_world *world, enum kind kind)
{
    qsort(world->readings, RUNS, sizeof world->readings[0], compare_readings);
    const struct reading *median = &world->readings[RUNS / 2];
    printf("%-24s %10zu %10zu %10.1f %8.0f %8.1f\n", s_names[kind], world->agents, median->changes,
           median->ms, median->ms * 1e6 / (double)world->agents, median->mb);
    roster_unref(world->roster);
    snapshot_unref(world->snapshot);
    return median->ms;
}

int main(void)
{
    static const size_t sizes[] = {10000, 100000, 1000000};
    bool holds = true;
    printf("planning a sync%9s %10s %10s %10s %8s %8s\n", "", "agents", "changes", "ms", "ns each",
           "plan MB");
    for (int kind = 0; kind < KINDS; kind++) {
        struct bench_world worlds[3];
        double ms[3];
        for (size_t i = 0; i < 3; i++) {
            build(&worlds[i], sizes[i], (enum kind)kind);
        }
        /* In turn, so that what else the machine does meets all sizes alike. */
        for (int run = 0; run < RUNS; run++) {
            for (size_t i = 0; i < 3; i++) {
                measure(&worlds[i], run);
            }
        }
        for (size_t i = 0; i < 3; i++) {
            ms[i] = report(&worlds[i], (enum kind)kind);
        }
        bool good = ms[2] < 1000 && ms[2] <= 12 * ms[1];
        printf("%24s 1,000,000 take %.1f times as long as 100,000: %s\n", "", ms[2] / ms[1],
               good ? "within the bounds" : "OUT OF THE BOUNDS");
        holds = holds && good;
        fflush(stdout);
    }
    return holds ? 0 : 1;
}
