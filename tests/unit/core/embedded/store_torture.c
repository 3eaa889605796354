/*
 * Processes at work on one file, killed at random: whatever the moment, the store opens, nobody has
 * two extensions, no number is lost, and the audit trail leads to what the store shows. The first
 * of them find no file yet, so that making it is killed too. The larger sister of this test, with
 * the program itself, is tests/e2e/test_torture_sqlite.py.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/embedded/store_sqlite.h"
#include "core/base/strmap.h"
#include "tests/unit/support/replay.h"
#include "tests/unit/support/scratch.h"

#define WORKERS 4
#define KILLS 60
#define NUMBERS 100 /* 000-099 */
#define PEOPLE 90

static char s_path[512];
static struct policy s_policy;

/* ---- a worker ------------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void login_of(size_t person, char out[16])
{
    snprintf(out, 16, "p%02zu", person % 100);
}

/* A directory with each of the people with a chance of three in four. */
static struct roster *some_people(uint32_t *seed)
{
    struct roster *roster = roster_new();
    for (size_t i = 0; i < PEOPLE; i++) {
        char login[16];
        login_of(i, login);
        if (next_random(seed) % 4 != 0) {
            roster_add(roster, &(struct agent){.login = login});
        }
    }
    roster_seal(roster);
    return roster;
}

/* Something that an operator could ask for; what is not possible just now is refused. */
static enum err_code plan_a_request(const struct plan_input *input, uint32_t *seed,
                                    struct plan **plan)
{
    char login[16];
    char other[16];
    login_of(next_random(seed) % PEOPLE, login);
    login_of(next_random(seed) % PEOPLE, other);
    const struct request requests[] = {
        {.kind = CHANGE_ASSIGN, .agent = login},
        {.kind = CHANGE_RELEASE, .agent = login},
        {.kind = CHANGE_REASSIGN, .swap = true, .agent = login, .other = other},
    };
    const struct request *request = &requests[next_random(seed) % 3];
    return plan_edit(input, change_kind_name(request->kind), request, 1, NULL, plan, NULL);
}

/* A wait that was too long is the only thing that may go wrong for a worker. */
static void expect_usual(enum err_code code, const struct err *err)
{
    if (code != ERR_OK && code != ERR_BUSY) {
        fprintf(stderr, "worker: %s\n", err->text);
        abort();
    }
}

static void work_once(struct store *store, uint32_t *seed)
{
    struct snapshot *snapshot = NULL;
    struct plan *plan = NULL;
    struct roster *roster = some_people(seed);
    char id[AUDIT_ID_ROOM];
    struct err err = ERR_INIT;
    expect_usual(store->ops->load(store, &s_policy, LOAD_NORMAL, NULL, &snapshot, &err), &err);
    if (snapshot) {
        struct plan_input input = {.policy = &s_policy,
                                   .snapshot = snapshot,
                                   .roster = roster,
                                   .now_s = clock_now_s(&clock_system),
                                   .actor = "torture"};
        bool sync = snapshot->n_slots == 0 || next_random(seed) % 3 == 0;
        enum err_code code =
            sync ? plan_sync(&input, &plan, NULL) : plan_a_request(&input, seed, &plan);
        if (code == ERR_OK) {
            struct apply_context context = {
                .action_id = id, .actor = "torture", .at_ms = clock_now_ms(&clock_system)};
            audit_action_id(context.at_ms, id);
            expect_usual(store->ops->apply(store, plan, &context, NULL, &err), &err);
        }
    }
    plan_free(plan);
    snapshot_unref(snapshot);
    roster_unref(roster);
}

/* Works until it is killed, or until `rounds` are done. */
static void work(uint32_t seed, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        struct store *store = store_sqlite_new(s_path, &clock_system);
        struct err err = ERR_INIT;
        expect_usual(store->ops->init(store, &s_policy, NULL, NULL, &err), &err);
        for (uint32_t i = next_random(&seed) % 8; i > 0; i--) {
            work_once(store, &seed);
        }
        store_free(store);
    }
}

static pid_t start_worker(uint32_t seed, int rounds)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that failed leaves nobody behind */
        work(seed * 2654435761u + 1, rounds);
        _exit(0);
    }
    return child;
}

/* ---- what must hold ---------------------------------------------------------------------------
 */

static struct snapshot *load_whole(void)
{
    struct store *store = store_sqlite_new(s_path, &clock_system);
    struct snapshot *snapshot = NULL;
    struct err err = ERR_INIT;
    enum err_code code = store->ops->load(store, &s_policy, LOAD_CONSISTENT, NULL, &snapshot, &err);
    store_free(store);
    if (code != ERR_OK && code != ERR_NOT_FOUND) {
        print_error("load: %s\n", err.text);
        fail();
    }
    return snapshot; /* NULL: nobody has got as far as to make it */
}

static void check_sound(void)
{
    struct snapshot *snapshot = load_whole();
    struct strmap agents;
    if (!snapshot) {
        return;
    }
    assert_int_equal(snapshot->n_unknown_items, 0);
    assert_true(snapshot->n_slots == 0 || snapshot->n_slots == NUMBERS);
    strmap_init(&agents, snapshot->n_slots);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state == SLOT_ASSIGNED) {
            assert_int_equal(strmap_add(&agents, slot->agent, i), i);
        }
    }
    strmap_release(&agents);
    snapshot_unref(snapshot);
}

/* Records in the order of their commits, which the history by itself does not keep. */
static void check_audit(void)
{
    static struct replay replay;
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    size_t n_records = 0;
    struct snapshot *snapshot = load_whole();
    assert_non_null(snapshot);
    replay_init(&replay);
    assert_int_equal(sqlite3_open_v2(s_path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT action_id, changes FROM audit ORDER BY seq", -1,
                                        &rows, NULL),
                     SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        struct err err = ERR_INIT;
        struct history *history = history_new();
        assert_int_equal(history_add(history,
                                     &(struct audit_record){
                                         .action_id = (const char *)sqlite3_column_text(rows, 0),
                                         .at_ms = 0,
                                         .order = 0,
                                         .actor = "",
                                         .action = "",
                                         .changes = (const char *)sqlite3_column_text(rows, 1)},
                                     &err),
                         ERR_OK);
        bool possible =
            replay_record(&replay, history->actions[0].changes, history->actions[0].n_changes);
        assert_string_equal(replay.fault, "");
        assert_true(possible);
        history_free(history);
        n_records++;
    }
    assert_true(n_records > KILLS / 10); /* they did get something done */
    bool equal = replay_equals(&replay, snapshot);
    assert_string_equal(replay.fault, "");
    assert_true(equal);
    sqlite3_finalize(rows);
    sqlite3_close(db);
    snapshot_unref(snapshot);
}

/* ---- the test ---------------------------------------------------------------------------------
 */

static void pause_us(long us)
{
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = us * 1000};
    nanosleep(&pause, NULL);
}

static void test_killed_at_any_moment(void **state)
{
    (void)state;
    struct scratch scratch;
    pid_t workers[WORKERS];
    uint32_t seed = 20261122;
    scratch_init(&scratch);
    snprintf(s_path, sizeof s_path, "%s", scratch_path(&scratch, "pool.db"));
    policy_default(&s_policy);
    s_policy.width = 3;
    assert_int_equal(policy_set_blocked(&s_policy, "", NULL), ERR_OK);
    assert_int_equal(policy_set_ranges(&s_policy, "000-099", NULL), ERR_OK);
    for (uint32_t i = 0; i < WORKERS; i++) {
        workers[i] = start_worker(i, 1000000);
    }
    for (uint32_t kills = 0; kills < KILLS; kills++) {
        size_t victim = next_random(&seed) % WORKERS;
        int status = 0;
        /* The first ones die while they make the store. */
        pause_us((long)(next_random(&seed) % (kills < 10 ? 3000 : 20000)));
        assert_int_equal(kill(workers[victim], SIGKILL), 0);
        assert_int_equal(waitpid(workers[victim], &status, 0), workers[victim]);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        check_sound();
        workers[victim] = start_worker(WORKERS + kills, 1000000);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        kill(workers[i], SIGKILL);
        assert_int_equal(waitpid(workers[i], NULL, 0), workers[i]);
    }
    check_sound();
    /* Who comes afterwards finds everything in order, and something was done before. */
    pid_t last = start_worker(7, 3);
    int status = 0;
    assert_int_equal(waitpid(last, &status, 0), last);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_sound();
    check_audit();
    scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_killed_at_any_moment)};
    return cmocka_run_group_tests_name("store_torture", tests, NULL, NULL);
}
