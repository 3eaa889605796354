/*
 * What a refresh of the console costs when one row of 100,000 agents has changed on SQLite: the
 * median of some, from the question whether anything changed to the screen's data with the folded
 * rows that a filter searches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/embedded/store_sqlite.h"
#include "core/plan/builder.h"
#include "core/port/store.h"
#include "tests/bench/bench.h"
#include "tests/unit/support/scratch.h"
#include "tui/shell/screen_data.h"

#define AGENTS 100000
#define RUNS 41

static void check(enum err_code code, const struct err *err)
{
    if (code != ERR_OK) {
        fprintf(stderr, "bench_refresh: %s\n", err->text);
        exit(1);
    }
}

static struct roster *people(void)
{
    struct roster *roster = roster_new();
    for (size_t i = 0; i < AGENTS; i++) {
        char login[40];
        char name[40];
        snprintf(login, sizeof login, "agent.%06zu", i);
        snprintf(name, sizeof name, "Agent, Number %zu", i);
        roster_add(roster, &(struct agent){.login = login, .name = name});
    }
    roster_seal(roster);
    return roster;
}

static void apply(struct store *store, struct plan *plan)
{
    char id[AUDIT_ID_ROOM];
    struct err err = ERR_INIT;
    audit_action_id(clock_now_ms(&clock_system), id);
    const struct apply_context context = {
        .action_id = id, .actor = "bench@host", .at_ms = clock_now_ms(&clock_system)};
    check(store->ops->apply(store, plan, &context, NULL, &err), &err);
}

static void add_step(struct plan *plan, enum change_kind kind, const struct slot *after)
{
    struct change *change = plan_add(plan, kind, after->ext, after->agent, 1, "bench");
    change->steps[0].before = snapshot_find(plan->snapshot, after->ext);
    change->steps[0].after = slot_copy(&plan->arena, after);
}

static void fill(struct store *store, const struct policy *policy)
{
    struct err err = ERR_INIT;
    check(store->ops->init(store, policy, NULL, NULL, &err), &err);
    struct snapshot *empty = snapshot_new();
    struct plan *plan = plan_new("sync", empty, NULL, 1000);
    for (size_t i = 0; i < AGENTS; i++) {
        char ext[EXT_ROOM];
        char login[40];
        snprintf(ext, sizeof ext, "%06u", (unsigned)(i * 7919 % AGENTS));
        snprintf(login, sizeof login, "agent.%06zu", i);
        struct slot slot = slot_assigned(ext, login, 1000, NULL, "bench");
        add_step(plan, CHANGE_ASSIGN, &slot);
    }
    apply(store, plan);
    plan_free(plan);
    snapshot_unref(empty);
}

/* One console, and another that writes. */
struct two {
    struct store *mine, *other;
    struct policy policy;
    struct roster *roster;
    struct snapshot *seen;
    struct screen_data *data;
};

static void read_changes(struct two *two, struct store_changes *changes)
{
    struct err err = ERR_INIT;
    const struct store_since since = {.snapshot = two->seen};
    check(two->mine->ops->read_changes(two->mine, &two->policy, &since, NULL, changes, &err), &err);
}

static void pin_another(struct two *two, int run)
{
    struct plan *plan = plan_new("pin", two->seen, NULL, 2000);
    struct slot slot = two->seen->slots[(size_t)run * 1709 % AGENTS];
    slot.note = "printed";
    add_step(plan, CHANGE_PIN, &slot);
    apply(two->other, plan);
    plan_free(plan);
}

/* Milliseconds, with the screen data that comes of it and the rows folded for a filter. */
static void refresh(struct two *two, double *ms)
{
    struct store_changes changes;
    double start = bench_now_ms();
    read_changes(two, &changes);
    const struct screen_source source = {
        .policy = &two->policy, .snapshot = changes.snapshot, .roster = two->roster, .now_s = 3000};
    struct screen_data *data = screen_data_join(&source, two->data);
    *ms = bench_now_ms() - start;
    snapshot_unref(two->seen);
    two->seen = snapshot_ref(changes.snapshot);
    screen_data_unref(two->data);
    two->data = data;
    store_changes_release(&changes);
}

static double quiet(struct two *two)
{
    double ms[RUNS];
    for (int run = 0; run < RUNS; run++) {
        struct store_changes changes;
        double start = bench_now_ms();
        read_changes(two, &changes);
        ms[run] = bench_now_ms() - start;
        store_changes_release(&changes);
    }
    return bench_median(ms, RUNS);
}

int main(void)
{
    struct scratch scratch;
    struct err err = ERR_INIT;
    struct two two = {.roster = people()};
    double ms[RUNS];
    scratch_init(&scratch);
    policy_default(&two.policy);
    two.policy.width = 6;
    check(policy_set_ranges(&two.policy, "000000-099999", &err), &err);
    two.mine = store_sqlite_new(scratch_path(&scratch, "pool.db"), &clock_system);
    two.other = store_sqlite_new(scratch_path(&scratch, "pool.db"), &clock_system);
    fill(two.other, &two.policy);
    double whole = 0;
    refresh(&two, &whole);
    for (int run = 0; run < RUNS; run++) {
        pin_another(&two, run);
        refresh(&two, &ms[run]);
    }
    double news = bench_median(ms, RUNS);
    double nothing = quiet(&two);
    bench_row("refresh.whole", "all of it, the first time", whole, "ms", 0);
    bench_row("refresh.nothing", "nothing changed", nothing, "ms", 0.5);
    bench_row("refresh.one", "one row changed", news, "ms", 5);
    screen_data_unref(two.data);
    snapshot_unref(two.seen);
    roster_unref(two.roster);
    store_free(two.mine);
    store_free(two.other);
    scratch_release(&scratch);
    return 0;
}
