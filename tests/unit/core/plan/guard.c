#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/guard.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/world.h"

/* A store with `held` holders a000, a001, ... of whom the first `left` are not in the directory,
   which has `newcomer` as well if that is not "". */
static struct plan *plan_beside(struct world *w, int held, int left, const char *newcomer)
{
    world_init(w, "0000-0999");
    struct slot slot = {.state = SLOT_ASSIGNED, .records = RECORD_ASSIGNED, .at_s = 1};
    char directory[20000] = "";
    size_t used = 0;
    for (int i = 0; i < held; i++) {
        char login[16];
        snprintf(login, sizeof login, "a%03d", i);
        snprintf(slot.ext, sizeof slot.ext, "%04u", (unsigned)i % 10000);
        slot.agent = login;
        world_put(w, slot);
        if (i >= left) {
            used += (size_t)snprintf(directory + used, sizeof directory - used, "%s ", login);
        }
    }
    snprintf(directory + used, sizeof directory - used, "%s", newcomer);
    world_directory(w, directory);
    world_look(w);
    return world_sync(w);
}

static struct plan *plan_with_leavers(struct world *w, int held, int left)
{
    return plan_beside(w, held, left, "");
}

struct sample {
    int held, left;
    const char *limit;
    bool refused;
    int64_t allowed;
    const char *text;
};

static const struct sample s_samples[] = {
    {100, 0, "10%", false, 10, "releases 0 of 100 = 0.0 % (limit 10 %)"},
    {100, 10, "10%", false, 10, "releases 10 of 100 = 10.0 % (limit 10 %)"},
    {100, 11, "10%", true, 10, "would release 11 of 100 = 11.0 % (limit 10 %)"},
    {109, 11, "10%", true, 10, "would release 11 of 109 = 10.1 % (limit 10 %)"},
    {110, 11, "10%", false, 11, "releases 11 of 110 = 10.0 % (limit 10 %)"},
    {1000, 1, "10%", false, 100, "releases 1 of 1,000 = 0.1 % (limit 10 %)"},
    {1000, 101, "10%", true, 100, "would release 101 of 1,000 = 10.1 % (limit 10 %)"},
    /* five are always allowed by share, not by count */
    {7, 5, "10%", false, 5, "releases 5 of 7 = 71.5 % (limit 10 %, 5 always may)"},
    {7, 6, "10%", true, 5, "would release 6 of 7 = 85.8 % (limit 10 %)"},
    {7, 5, "1%", false, 5, "releases 5 of 7 = 71.5 % (limit 1 %, 5 always may)"},
    /* no limit at all means none, as a count and as a share */
    {7, 1, "0%", true, 0, "would release 1 of 7 = 14.3 % (limit 0 %)"},
    {7, 0, "0%", false, 0, "releases 0 of 7 = 0.0 % (limit 0 %)"},
    {7, 3, "2", true, 2, "would release 3 of 7 = 42.9 % (limit 2)"},
    {7, 1, "0", true, 0, "would release 1 of 7 = 14.3 % (limit 0)"},
    {7, 6, "6", false, 6, "releases 6 of 7 = 85.8 % (limit 6)"},
    {100, 99, "100%", false, 99, "releases 99 of 100 = 99.0 % (limit 100 %)"},
};

static void test_share(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct world w;
        struct plan *plan = plan_with_leavers(&w, sample->held, sample->left);
        struct release_limit limit;
        assert_int_equal(release_limit_parse(&limit, sample->limit, NULL), ERR_OK);
        struct guard_verdict verdict;
        guard_judge(plan, &limit, &verdict);
        assert_string_equal(verdict.text, sample->text);
        assert_int_equal(verdict.refused, sample->refused);
        assert_int_equal(verdict.allowed, sample->allowed);
        assert_int_equal(verdict.people, sample->left);
        assert_int_equal(verdict.holders, sample->held);
        assert_true(verdict.liftable);
        struct err err = ERR_INIT;
        assert_int_equal(guard_error(&verdict, &err), sample->refused ? ERR_GUARD : ERR_OK);
        if (sample->refused) {
            char option[64];
            snprintf(option, sizeof option, "--max-release %d", sample->left);
            assert_non_null(strstr(err.hint, option));
            assert_non_null(strstr(err.text, sample->text));
        }
        plan_free(plan);
        world_release(&w);
    }
}

static void test_empty_directory(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_with_leavers(&w, 3, 3);
    assert_int_equal(plan->n_changes, plan->counts[CHANGE_CREATE]);
    struct release_limit limit = {.percent = true, .value = 100};
    struct guard_verdict verdict;
    struct err err = ERR_INIT;
    guard_judge(plan, &limit, &verdict);
    assert_true(verdict.refused);
    assert_false(verdict.liftable);
    assert_string_equal(
        verdict.text,
        "the directory is empty while 3 agents hold an extension; nothing was changed");
    assert_int_equal(guard_error(&verdict, &err), ERR_GUARD);
    assert_null(strstr(err.hint, "--max-release"));
    plan_free(plan);
    world_release(&w);
}

/* Where nothing is assigned, nothing can be lost: the pool is set up before the people come. */
static void test_empty_directory_and_pool(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_with_leavers(&w, 0, 0);
    assert_int_equal(plan->counts[CHANGE_CREATE], 1000);
    struct release_limit limit = {.percent = true, .value = 10};
    struct guard_verdict verdict;
    guard_judge(plan, &limit, &verdict);
    assert_false(verdict.refused);
    assert_string_equal(verdict.text, "releases 0 (limit 10 %)");
    plan_free(plan);
    world_release(&w);
}

static void test_rows_left_out(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_with_leavers(&w, 20, 6);
    struct release_limit limit = {.percent = true, .value = 10, .floor = 5};
    struct guard_verdict verdict;
    guard_judge(plan, &limit, &verdict);
    assert_true(verdict.refused);
    plan_leave_out(plan, 3, true);
    guard_judge(plan, &limit, &verdict);
    assert_false(verdict.refused);
    assert_int_equal(verdict.people, 5);
    plan_free(plan);
    world_release(&w);
}

/* ---- all of two or more ---------------------------------------------------------------------- */

struct everybody {
    int held, left;
    const char *limit;
    bool given; /* with --max-release; otherwise by the configuration */
    bool refused;
    const char *text;
};

static const struct everybody s_everybody[] = {
    {1, 1, "10%", false, false, "releases 1 of 1 = 100.0 % (limit 10 %, 5 always may)"},
    {2, 2, "10%", false, true, "would release 2 of 2 = 100.0 % (limit 10 %, never everybody)"},
    {2, 1, "10%", false, false, "releases 1 of 2 = 50.0 % (limit 10 %, 5 always may)"},
    {5, 5, "10%", false, true, "would release 5 of 5 = 100.0 % (limit 10 %, never everybody)"},
    {6, 6, "10%", false, true, "would release 6 of 6 = 100.0 % (limit 10 %)"},
    {3, 3, "25", false, true, "would release 3 of 3 = 100.0 % (limit 25, never everybody)"},
    {3, 3, "100%", false, true, "would release 3 of 3 = 100.0 % (limit 100 %, never everybody)"},
    {3, 3, "100%", true, false, "releases 3 of 3 = 100.0 % (limit 100 %)"},
    {3, 3, "3", true, false, "releases 3 of 3 = 100.0 % (limit 3)"},
    {3, 3, "2", true, true, "would release 3 of 3 = 100.0 % (limit 2)"},
    {3, 3, "50%", true, true, "would release 3 of 3 = 100.0 % (limit 50 %, never everybody)"},
    {1, 1, "0", true, true, "would release 1 of 1 = 100.0 % (limit 0)"},
    {1, 1, "0%", true, true, "would release 1 of 1 = 100.0 % (limit 0 %)"},
};

static void test_everybody(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_everybody / sizeof s_everybody[0]; i++) {
        const struct everybody *sample = &s_everybody[i];
        struct world w;
        struct plan *plan = plan_beside(&w, sample->held, sample->left, "newcomer");
        struct release_limit limit;
        struct guard_verdict verdict;
        assert_int_equal(release_limit_parse(&limit, sample->limit, NULL), ERR_OK);
        limit.given = sample->given;
        guard_judge(plan, &limit, &verdict);
        assert_string_equal(verdict.text, sample->text);
        assert_int_equal(verdict.refused, sample->refused);
        plan_free(plan);
        world_release(&w);
    }
}

/* ---- who counts ------------------------------------------------------------------------------ */

static const struct release_limit s_ten_percent = {.percent = true, .value = 10, .floor = 5};

static void open_world(struct world *w, const char *store, const char *directory)
{
    world_init(w, "0000-0019");
    w->keeps_claims = true;
    world_store(w, store);
    world_fill(w);
    world_claim_all(w);
    world_directory(w, directory);
}

struct counted {
    const char *store, *directory;
    int people, holders;
};

/* What a sync does, and to how many. */
static const struct counted s_syncs[] = {
    {"0000 alice\n0001 bob\n", "bob", 1, 2},
    /* who keeps one of two loses nothing, who loses both counts once */
    {"0000 alice 5d\n0001 alice 6d\n0002 bob\n", "alice bob", 0, 2},
    {"0000 alice 5d\n0001 alice 6d\n0002 bob\n", "bob", 1, 2},
    {"0000 alice 5d pin=x\n0001 alice 6d\n0002 bob\n", "bob", 0, 2},
    /* adopted, seen by the index again, found twice */
    {"0000 alice ?\n0001 bob +free\n0002 - +leaked\n", "alice bob", 0, 2},
    {"0000 alice ?\n0001 alice ?\n0002 bob ?\n0003 bob ?\n0004 carol ?\n0005 carol\n",
     "alice bob carol", 0, 3},
};

static void test_who_counts_in_a_sync(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_syncs / sizeof s_syncs[0]; i++) {
        struct world w;
        struct guard_verdict verdict;
        open_world(&w, s_syncs[i].store, s_syncs[i].directory);
        struct plan *plan = world_sync(&w);
        guard_judge(plan, &s_ten_percent, &verdict);
        assert_int_equal(verdict.people, s_syncs[i].people);
        assert_int_equal(verdict.holders, s_syncs[i].holders);
        assert_false(verdict.named);
        plan_free(plan);
        world_release(&w);
    }
}

/* A table that another writer damaged heals by itself, however many have two numbers. */
static void test_second_numbers_do_not_count(void **state)
{
    (void)state;
    struct world w;
    char lines[2000] = "";
    char directory[1000] = "";
    world_init(&w, "0000-0099");
    for (int i = 0; i < 20; i++) {
        size_t used = strlen(lines);
        snprintf(lines + used, sizeof lines - used, "00%02d a%02d\n00%02d a%02d\n", i, i, 40 + i,
                 i);
        used = strlen(directory);
        snprintf(directory + used, sizeof directory - used, "a%02d ", i);
    }
    world_store(&w, lines);
    world_fill(&w);
    world_directory(&w, directory);
    struct plan *plan = world_sync(&w);
    struct guard_verdict verdict;
    struct release_limit none = {.value = 0, .given = true};
    assert_int_equal(plan->counts[CHANGE_REPAIR], 20);
    guard_judge(plan, &none, &verdict);
    assert_false(verdict.refused);
    assert_int_equal(verdict.people, 0);
    assert_int_equal(verdict.holders, 20);
    plan_free(plan);
    world_release(&w);
}

/* ---- rows that a person named ------------------------------------------------------------------ */

struct named {
    const char *requests;
    int people, moved;
    bool refused; /* with nothing given */
    const char *text;
};

static const struct named s_named[] = {
    {"release a\nrelease b\nrelease c\nrelease d\nrelease e", 5, 0, false,
     "releases 5 of 8 = 62.5 %"},
    {"release a\nrelease b\nrelease c\nrelease d\nrelease e\nrelease f", 6, 0, true,
     "would release 6 of 8 = 75.0 % (limit 5 people)"},
    {"reassign a\nreassign b\nreassign c\nreassign d\nreassign e\nreassign f", 6, 6, true,
     "would take or change the numbers of 6 of 8 = 75.0 % (limit 5 people)"},
    {"swap a b\nswap c d\nswap e f", 6, 6, true,
     "would take or change the numbers of 6 of 8 = 75.0 % (limit 5 people)"},
    {"swap a b\nrelease c\nrelease d\nrelease e", 5, 2, false,
     "takes or changes the numbers of 5 of 8 = 62.5 %"},
    /* what is given to those who have none takes from nobody */
    {"assign j\nassign k\nassign l\nassign m\nassign n\nassign o\nassign p", 0, 0, false,
     "releases 0 of 8 = 0.0 %"},
    {"pin a note=x\npin b note=x\npin c note=x\npin d note=x\npin e note=x\npin f note=x", 0, 0,
     false, "releases 0 of 8 = 0.0 %"},
    {"release a\nassign j 0000", 1, 0, false, "releases 1 of 8 = 12.5 %"},
};

static struct plan *plan_requests(const struct world *w, const char *text)
{
    struct plan_input input = world_input(w);
    struct requests requests;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    requests_read(&requests, text);
    if (plan_edit(&input, "import", requests.items, requests.n, NULL, &plan, &err) != ERR_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    requests_release(&requests);
    return plan;
}

static const char s_eight[] = "0000 a\n0001 b\n0002 c\n0003 d\n0004 e\n0005 f\n0006 g\n0007 h\n";

static void test_named_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_named / sizeof s_named[0]; i++) {
        const struct named *sample = &s_named[i];
        struct world w;
        struct guard_verdict verdict;
        /* What is configured for derived plans says nothing about what a person names. */
        struct release_limit none = {.percent = true, .value = 0};
        struct release_limit given = {.value = sample->people, .given = true};
        open_world(&w, s_eight, "a b c d e f g h j k l m n o p");
        struct plan *plan = plan_requests(&w, sample->requests);
        guard_judge(plan, &none, &verdict);
        assert_string_equal(verdict.text, sample->text);
        assert_true(verdict.named);
        assert_int_equal(verdict.people, sample->people);
        assert_int_equal(verdict.moved, sample->moved);
        assert_int_equal(verdict.refused, sample->refused);
        guard_judge(plan, &given, &verdict);
        assert_false(verdict.refused);
        if (sample->people > 0) {
            given.value--;
            guard_judge(plan, &given, &verdict);
            assert_true(verdict.refused);
        }
        given = (struct release_limit){.percent = true, .value = 100, .given = true};
        guard_judge(plan, &given, &verdict);
        assert_false(verdict.refused);
        plan_free(plan);
        world_release(&w);
    }
}

/* What takes back a derived plan is derived, what takes back an edit is named. */
static void test_undo_is_what_it_undoes(void **state)
{
    (void)state;
    struct world w;
    struct guard_verdict verdict;
    open_world(&w, "", "a b");
    struct plan *plan = world_sync(&w);
    world_do(&w, plan);
    plan_free(plan);
    plan = world_undo(&w);
    guard_judge(plan, &s_ten_percent, &verdict);
    assert_false(verdict.named);
    assert_string_equal(verdict.text,
                        "would release 2 of 2 = 100.0 % (limit 10 %, never everybody)");
    plan_free(plan);
    world_release(&w);

    open_world(&w, "", "a b");
    plan = plan_requests(&w, "assign a\nassign b");
    world_do(&w, plan);
    plan_free(plan);
    plan = world_undo(&w);
    guard_judge(plan, &s_ten_percent, &verdict);
    assert_true(verdict.named);
    assert_false(verdict.refused);
    plan_free(plan);
    world_release(&w);
}

/* Rows that were left out and rows that conflict already take nothing. */
static void test_what_is_not_tried_does_not_count(void **state)
{
    (void)state;
    struct world w;
    struct guard_verdict verdict;
    open_world(&w, s_eight, "");
    struct plan *plan = plan_requests(&w, "release a\nrelease b\nrelease c");
    plan_leave_out(plan, 0, true);
    plan->changes[1].result = RESULT_CONFLICT;
    guard_judge(plan, &s_ten_percent, &verdict);
    assert_int_equal(verdict.people, 1);
    plan_free(plan);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_empty_directory),
        cmocka_unit_test(test_empty_directory_and_pool),
        cmocka_unit_test(test_rows_left_out),
        cmocka_unit_test(test_everybody),
        cmocka_unit_test(test_who_counts_in_a_sync),
        cmocka_unit_test(test_second_numbers_do_not_count),
        cmocka_unit_test(test_named_rows),
        cmocka_unit_test(test_undo_is_what_it_undoes),
        cmocka_unit_test(test_what_is_not_tried_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
