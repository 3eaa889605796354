#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/publish_guard.h"
#include "core/pool/exempt.h"
#include "tests/unit/support/world.h"

/* One sync: a pool, a store, a directory, and the plan that has to come out. Having been applied,
   it leaves nothing to do. */
struct sample {
    const char *name;
    const char *ranges;
    const char *store;
    const char *directory;
    const char *plan;
    bool filled; /* the store has the rest of the ranges as free */
    bool table;  /* like a DynamoDB table: an index that may lag, claims */
};

static const struct sample s_samples[] = {
    {"nothing at all", "0000-0002", "", "", "", .filled = true},
    {"everyone has one", "0000-0002", "0001 alice\n", "alice", "", .filled = true},
    {"lowest free first", "0000-0009", "0000 alice\n0003 bob\n", "alice bob carol dave erin",
     "+ 0001 carol\n+ 0002 dave\n+ 0004 erin\n", .filled = true},
    {"in order of login", "0000-0009", "", "zoe adam", "+ 0000 adam\n+ 0001 zoe\n", .filled = true},
    {"a leaver", "0000-0009", "0000 alice\n0001 bob\n", "alice", "- 0001 bob\n", .filled = true},
    {"one leaves, one joins", "0000-0009", "0000 alice\n", "bob", "- 0000 alice\n+ 0001 bob\n",
     .filled = true},
    {"a returning agent", "0000-0009", "0005 - alice 3d\n", "alice", "+ 0005 alice\n",
     .filled = true},
    {"returning after the cool-down", "0000-0009", "0005 - alice 300d\n", "alice", "+ 0005 alice\n",
     .filled = true},
    {"the extension given back last", "0000-0009", "0005 - alice 9d\n0006 - alice 2d\n", "alice",
     "+ 0006 alice\n", .filled = true},
    {"the former one went to somebody else", "0000-0009", "0005 bob\n", "alice bob",
     "+ 0000 alice\n", .filled = true},
    {"the former one is not given away first", "0000-0009", "0000 - zoe 300d\n", "alice zoe",
     "+ 0001 alice\n+ 0000 zoe\n", .filled = true},
    {"the former one is reserved now", "0000-0009", "0005 -held alice\n", "alice", "+ 0000 alice\n",
     .filled = true},
    {"the former one is blocked now", "9100-9119", "9110 - alice 30d\n", "alice", "+ 9100 alice\n",
     .filled = true},
    {"the former one is outside the ranges now", "0000-0009", "0500 - alice 30d\n", "alice",
     "+ 0000 alice\n", .filled = true},
    {"blocked ones are passed over", "9109-9121", "9109 bob\n", "alice bob carol",
     "+ 9120 alice\n+ 9121 carol\n", .filled = true},
    {"reserved ones are passed over", "0000-0009", "0000 -held note=fax\n", "alice",
     "+ 0001 alice\n", .filled = true},
    {"cooling ones are passed over", "0000-0002", "0000 - bob 1d\n", "alice", "+ 0001 alice\n",
     .filled = true},
    {"the cool-down is over", "0000-0002", "0000 - bob 7d\n", "alice", "+ 0000 alice\n",
     .filled = true},
    {"the longest cooling when nothing is free", "0000-0002",
     "0000 - bob 1d\n0001 - carol 3d\n0002 - dave 2d\n", "alice erin",
     "+ 0001 alice\n+ 0002 erin\n", .filled = true},
    {"what is given back here only as the last resort", "0000-0001", "0000 bob\n0001 - carol 1d\n",
     "alice", "- 0000 bob\n+ 0001 alice\n", .filled = true},
    {"taken over at once", "0000-0001", "0000 bob\n0001 carol\n", "alice carol",
     "- 0000 bob #1\n+ 0000 alice #1\n", .filled = true},
    {"taken over, and not enough", "0000-0001", "0000 bob\n0001 carol\n", "alice dave erin",
     "- 0000 bob #1\n+ 0000 alice #1\n- 0001 carol #2\n+ 0001 dave #2\n", .filled = true},
    {"a blocked one is not taken over", "9110-9111", "9110 bob\n", "alice", "- 9110 bob\n",
     .filled = true},
    {"nothing is left", "0000-0000", "0000 bob\n", "alice bob", "", .filled = true},
    {"a pinned leaver", "0000-0009", "0000 bob pin=desk\n", "alice", "+ 0001 alice\n",
     .filled = true},
    {"an empty directory", "0000-0009", "0000 bob\n0001 carol\n", "", "", .filled = true},
    {"assigned outside of the ranges", "0000-0001", "0500 alice\n", "alice bob", "+ 0000 bob\n",
     .filled = true},
    {"a leaver outside of the ranges", "0000-0001", "0500 alice\n", "bob",
     "- 0500 alice\n+ 0000 bob\n", .filled = true},
    {"case makes another agent", "0000-0009", "0000 Alice\n", "alice",
     "- 0000 Alice\n+ 0001 alice\n", .filled = true},
    /* what the old program wrote */
    {"adopted", "0000-0002", "0000 alice ?\n", "alice", "= 0000 alice\n", .filled = true},
    {"adopted in a table", "0000-0002", "0000 alice ?\n0001 bob\n", "alice bob", "= 0000 alice\n",
     .filled = true, .table = true},
    {"not adopted but released", "0000-0002", "0000 alice ?\n", "bob", "- 0000 alice\n+ 0001 bob\n",
     .filled = true, .table = true},
    {"two extensions, the known one stays", "0000-0002", "0000 alice ?\n0001 alice\n", "alice",
     "! 0000 alice (0000 -> 0001)\n", .filled = true, .table = true},
    {"two extensions, the older one stays", "0000-0002", "0000 alice 2d\n0001 alice 9d\n", "alice",
     "! 0000 alice (0000 -> 0001)\n", .filled = true, .table = true},
    {"two extensions, the pinned one stays", "0000-0002", "0000 alice 99d\n0001 alice 9d pin=x\n",
     "alice", "! 0000 alice (0000 -> 0001)\n", .filled = true, .table = true},
    {"two unknown extensions, the lower one stays", "0000-0002", "0000 alice ?\n0001 alice ?\n",
     "alice", "! 0001 alice (0001 -> 0000)\n= 0000 alice\n", .filled = true, .table = true},
    {"three extensions", "0000-0003", "0000 alice ?\n0001 alice ?\n0002 alice\n", "alice",
     "! 0000 alice (0000 -> 0002)\n! 0001 alice (0001 -> 0002)\n", .filled = true, .table = true},
    {"a leaver with two", "0000-0002", "0000 alice 3d\n0001 alice 2d\n", "bob",
     "- 0000 alice\n- 0001 alice\n+ 0002 bob\n", .filled = true, .table = true},
    {"a leaver with two, one of them pinned", "0000-0002", "0000 alice 9d\n0001 alice 2d pin=x\n",
     "bob", "! 0000 alice (0000 -> 0001)\n+ 0002 bob\n", .filled = true, .table = true},
    {"one too many, taken over at once", "0000-0001", "0000 alice 2d\n0001 alice\n", "alice bob",
     "! 0000 alice (0000 -> 0001) #1\n+ 0000 bob #1\n", .filled = true, .table = true},
    {"free and assigned", "0000-0002", "0000 alice +free\n", "alice", "! 0000 alice\n",
     .filled = true, .table = true},
    {"free and assigned, not adopted", "0000-0002", "0000 alice ? +free\n", "alice",
     "! 0000 alice\n", .filled = true, .table = true},
    {"free and assigned, and left", "0000-0002", "0000 alice +free\n", "bob",
     "- 0000 alice\n+ 0001 bob\n", .filled = true, .table = true},
    {"free and reserved", "0000-0002", "0000 -held +free\n", "", "! 0000\n", .filled = true,
     .table = true},
    {"reserved and assigned", "0000-0002", "0000 alice +held\n", "alice", "! 0000 alice\n",
     .filled = true, .table = true},
    /* reservations that have an end */
    {"a reservation that is over", "0000-0002", "0000 -held bob note=fax until=-9d\n", "alice",
     "u 0000 (fax -> )\n+ 0001 alice\n", .filled = true},
    {"one that is not over yet", "0000-0002", "0000 -held until=1d\n", "alice", "+ 0001 alice\n",
     .filled = true},
    {"over, and nothing else is left", "0000-0001", "0000 -held until=-1d\n0001 bob\n", "alice bob",
     "u 0000 #1\n+ 0000 alice #1\n", .filled = true},
    {"over, and free too", "0000-0002", "0000 -held until=-1d +free\n", "alice",
     "u 0000\n+ 0001 alice\n", .filled = true, .table = true},
    {"over, outside of the ranges", "0000-0002", "0500 -held until=-1d\n", "alice",
     "u 0500\n+ 0000 alice\n", .filled = true},
    /* numbers that are not there */
    {"an empty store", "0000-0003", "", "alice bob", "+ 0000 alice\n+ 0001 bob\n. 0002\n. 0003\n",
     .filled = false},
    {"an empty table", "0000-0003", "", "alice bob", "+ 0000 alice\n+ 0001 bob\n. 0002\n. 0003\n",
     .table = true},
    {"blocked numbers are made too", "9108-9111", "", "alice bob",
     "+ 9108 alice\n+ 9109 bob\n. 9110\n. 9111\n", .filled = false},
    {"wider ranges", "0000-0001, 0100-0102", "0000 alice\n0001 - bob 1d\n", "alice bob carol",
     "+ 0001 bob\n+ 0100 carol\n. 0101\n. 0102\n", .filled = false},
    {"a table with gaps", "0000-0003", "0001 alice\n0003 -\n", "alice bob", "+ 0003 bob\n",
     .table = true},
    {"a table with gaps and nothing free", "0000-0003", "0001 alice\n", "alice bob", "+ 0000 bob\n",
     .table = true},
};

static void open_world(struct world *w, const struct sample *sample)
{
    world_init(w, sample->ranges);
    w->keeps_claims = sample->table;
    world_store(w, sample->store);
    if (sample->filled) {
        world_fill(w);
    }
    world_claim_all(w);
    world_directory(w, sample->directory);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        struct world w;
        open_world(&w, sample);
        struct plan *plan = world_sync(&w);
        const char *text = plan_text(plan);
        if (strcmp(text, sample->plan) != 0) {
            fail_msg("%s:\nplanned\n%sexpected\n%s", sample->name, text, sample->plan);
        }
        if (world_apply(&w, plan) != 0) {
            fail_msg("%s: conflicts\n%s", sample->name, plan_text(plan));
        }
        if (world_fault(&w) && sample->directory[0] != '\0') {
            fail_msg("%s: %s", sample->name, world_fault(&w));
        }
        plan_free(plan);
        plan = world_sync(&w);
        if (plan_has_work(plan)) {
            fail_msg("%s: a second sync has work to do\n%s", sample->name, plan_text(plan));
        }
        plan_free(plan);
        world_release(&w);
    }
}

/* A world of numbers 0000 to 0009 for one look at what a plan says. */
static struct plan *plan_of(struct world *w, const char *store, const char *directory)
{
    world_init(w, "0000-0009");
    w->keeps_claims = true;
    world_store(w, store);
    world_fill(w);
    world_directory(w, directory);
    return world_sync(w);
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        const char *store, *directory, *why;
    } samples[] = {
        {"", "alice", "new agent, lowest free"},
        {"0005 - alice 2d\n", "alice", "returns to the former extension"},
        {"0001 alice\n", "bob", "left the directory; cools until 29 Nov"},
        {"0001 Alice\n", "alice",
         "left the directory (\"alice\" is another agent); cools until 29 Nov"},
        {"0001 alice ?\n", "alice", "written by the program before this one"},
        {"0001 alice 2d\n0002 alice 3d\n", "alice",
         "has two extensions and keeps 0002; cools until 29 Nov"},
        {"0001 alice +free\n", "alice", "was free and assigned at once; stays assigned"},
        {"0001 alice +held\n", "alice", "was reserved and assigned at once; stays assigned"},
        {"0001 -held +free\n", "", "was free and reserved at once; stays reserved"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        struct plan *plan = plan_of(&w, samples[i].store, samples[i].directory);
        assert_string_equal(plan->changes[0].why, samples[i].why);
        plan_free(plan);
        world_release(&w);
    }
}

static void test_reasons_when_short(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0001");
    world_store(&w, "0000 left\n0001 - somebody 3d\n");
    world_directory(&w, "alice bob");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "- 0000 left #1\n+ 0000 bob #1\n+ 0001 alice\n");
    assert_string_equal(plan->changes[0].why,
                        "left the directory; goes to a new agent, nothing else is left");
    assert_string_equal(plan->changes[1].why,
                        "new agent, takes over what is given back: nothing else is left");
    assert_string_equal(plan->changes[2].why, "new agent, was cooling, nothing else is free");
    plan_free(plan);
    world_release(&w);
}

/* Nobody who is exempt gets a number, and nothing is taken for that: a holder keeps it. */
static void test_exempt_agents(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0009");
    assert_int_equal(policy_set_exempt(&w.policy, "svc-*", NULL), ERR_OK);
    w.keeps_claims = true;
    world_store(&w, "0001 svc-1\n0002 bob\n0003 - kim 3d\n0004 yan\n0005 svc-3\n"
                    "exempt kim note=trainer\nexempt yan\nexempt stranger\n");
    world_fill(&w);
    world_claim_all(&w);
    world_directory(&w, "alice bob carol dave kim svc-1 svc-2 yan");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "- 0005 svc-3\n+ 0000 alice\n+ 0006 carol\n+ 0007 dave\n");
    assert_int_equal(plan->keep, 3);
    assert_int_equal(plan->holders, 4);
    assert_int_equal(plan->n_unassigned, 0);
    assert_int_equal(plan->n_notes, 2);
    assert_string_equal(plan->notes[0],
                        "1 agent matches [policy] exempt and keeps the extension: svc-1");
    assert_string_equal(plan->notes[1], "1 exempt agent holds an extension all the same: yan; "
                                        "--doctor --fix takes it back");
    assert_int_equal(world_apply(&w, plan), 0);
    plan_free(plan);
    plan = world_sync(&w);
    assert_false(plan_has_work(plan));
    plan_free(plan);
    world_release(&w);
}

/* A pattern for more than half of the directory is a mistake in writing. */
static void test_a_pattern_for_nearly_everybody(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    world_init(&w, "0000-0009");
    world_directory(&w, "a.one a.two b.one");
    assert_int_equal(policy_set_exempt(&w.policy, "a.*", NULL), ERR_OK);
    struct plan_input input = world_input(&w);
    assert_int_equal(plan_sync(&input, &plan, &err), ERR_CONFIG);
    assert_null(plan);
    assert_non_null(strstr(err.text, "\"a.*\" of [policy] exempt matches 2 of the 3 agents"));
    world_release(&w);
}

/* How long a number rests, in the words of a calendar. */
static void test_cooling_words(void **state)
{
    (void)state;
    static const struct {
        int64_t cooldown_s;
        const char *why;
    } samples[] = {
        {0, "left the directory; free again at once"},
        {3600, "left the directory; cools until 22 Nov 13:00 UTC"},
        {2 * WORLD_DAY_S, "left the directory; cools until 24 Nov"},
        {60 * WORLD_DAY_S, "left the directory; cools until 21 Jan 2027"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        plan_free(plan_of(&w, "0001 alice\n", "bob"));
        w.policy.cooldown_s = samples[i].cooldown_s;
        struct plan *plan = world_sync(&w);
        assert_string_equal(plan->changes[0].why, samples[i].why);
        plan_free(plan);
        world_release(&w);
    }
}

/* What the policy never assigns again does not cool either. */
static void test_given_back_for_good(void **state)
{
    (void)state;
    static const struct {
        const char *store, *directory, *why;
    } samples[] = {
        {"9110 alice\n", "bob", "left the directory; stays blocked by the policy"},
        {"9110 Alice\n", "alice",
         "left the directory (\"alice\" is another agent); stays blocked by the policy"},
        {"0001 alice 3d\n9110 alice 2d\n", "alice",
         "has two extensions and keeps 0001; stays blocked by the policy"},
        {"8000 alice\n", "bob", "left the directory; stays outside the ranges"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        world_init(&w, "0000-0009 9110-9119");
        world_store(&w, samples[i].store);
        world_fill(&w);
        world_directory(&w, samples[i].directory);
        struct plan *plan = world_sync(&w);
        assert_string_equal(plan->changes[0].why, samples[i].why);
        plan_free(plan);
        world_release(&w);
    }
}

/* A reservation that ends says when it did, and the number is given back since then. */
static void test_ended_reservations(void **state)
{
    (void)state;
    static const struct {
        const char *until, *why;
    } samples[] = {
        {"-9", "the reservation ended on 13 Nov 12:00 UTC; free again at once"},
        {"-2", "the reservation ended on 20 Nov 12:00 UTC; cools until 27 Nov"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        char line[64];
        snprintf(line, sizeof line, "0001 -held zoe until=%sd\n", samples[i].until);
        struct plan *plan = plan_of(&w, line, "alice");
        assert_string_equal(plan->changes[0].why, samples[i].why);
        const struct slot *after = &plan->changes[0].steps[0].after;
        assert_int_equal(after->at_s,
                         WORLD_NOW_S + strtol(samples[i].until, NULL, 10) * WORLD_DAY_S);
        assert_string_equal(after->agent, "zoe");
        plan_free(plan);
        world_release(&w);
    }
    /* Nothing ends while the clock cannot be believed. */
    struct world w;
    world_init(&w, "0000-0003");
    world_store(&w, "0001 -held until=-9d\n");
    w.snapshot->slots[0].time = TIME_STANDS;
    world_directory(&w, "alice");
    struct plan *plan = world_sync(&w);
    assert_int_equal(plan->counts[CHANGE_UNRESERVE], 0);
    plan_free(plan);
    world_release(&w);
}

static void test_notes(void **state)
{
    (void)state;
    static const struct {
        const char *store, *directory, *note;
    } samples[] = {
        {"0001 alice pin=x\n", "bob",
         "1 left the directory and is pinned, nothing is taken back: alice"},
        {"0001 alice pin=x\n0002 carol pin=y\n", "bob",
         "2 left the directory and are pinned, nothing is taken back: alice, carol"},
        {"0500 alice\n", "alice", "1 assigned extension is outside the ranges, kept: 0500"},
        {"0001 Alice\n", "alice",
         "1 left, and a new agent has a login that differs only in case; these are two agents: "
         "Alice / alice"},
        {"0001 \xC3\x89va\n", "\xC3\xA9va.x",
         "1 new login cannot be a user name of Amazon Connect (a-z A-Z 0-9 _ . @ -, at most 100): "
         "\xC3\xA9va.x"},
        {"0001 007\n", "7",
         "1 left, and a new agent has a login that differs only in zeros before or behind a "
         "number; these are two agents: 007 / 7"},
        {"0001 bob\n", "bob Bob BOB",
         "2 pairs of logins in the directory differ only in case and count as two agents: "
         "BOB / Bob, bob / BOB"},
        {"0001 bob\n0002 Bob\n", "bob Bob x", NULL},
        {"", "None null", "2 new logins look like missing values: None, null"},
        {"0001 None\n", "None x", NULL},
        {"", "#N/A #REF! x", "2 new logins look like errors of a spreadsheet: #N/A, #REF!"},
        {"0001 alice\n", "", "the directory is empty, so nothing is taken back"},
        {"0001 a\n0002 left\n", "a b c d e f g h i j",
         "the pool is low: 0 of 10 numbers left then, the low water mark is 1"},
        {"0001 a\n0002 left\n", "a b c d e f g h", NULL},
        {"0000 a\n0001 b\n0002 c\n0003 d\n0004 e\n0005 f\n0006 g\n0007 h\n0008 i\n0009 j\n",
         "a b c d e f g h i j", NULL},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        struct plan *plan = plan_of(&w, samples[i].store, samples[i].directory);
        assert_int_equal(plan->n_notes, samples[i].note != NULL);
        if (samples[i].note) {
            assert_string_equal(plan->notes[0], samples[i].note);
        }
        plan_free(plan);
        world_release(&w);
    }
}

static void test_a_partial_directory_takes_nothing_back(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0005");
    w.keeps_claims = true;
    world_store(&w, "0000 alice\n0001 bob\n0002 carol\n0003 -\n0004 -\n");
    world_directory(&w, "alice dave");
    roster_partial(w.roster, "a.csv ends in the middle of line 4");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "+ 0003 dave\n");
    assert_int_equal(plan->withheld, 2);
    assert_string_equal(plan->notes[0], "the directory was read only in part (a.csv ends in the "
                                        "middle of line 4), so nothing is taken back; not in it: "
                                        "bob, carol");
    plan_free(plan);
    world_release(&w);
}

static void test_a_login_that_is_cut(void **state)
{
    (void)state;
    static const struct {
        const char *directory, *last, *plan;
        size_t withheld;
    } samples[] = {
        {"alice ca", "ca", "", 2},
        {"alice ca", NULL, "- 0001 bob\n- 0002 carol\n+ 0003 ca\n", 0},
        {"alice cb", "cb", "- 0001 bob\n- 0002 carol\n+ 0003 cb\n", 0},
        {"alice bob", "bob", "- 0002 carol\n", 0},
        {"alice bob carol", "carol", "", 0},
        {"alice dave ca", "ca", "+ 0003 dave\n", 2},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        world_init(&w, "0000-0005");
        w.keeps_claims = true;
        world_store(&w, "0000 alice\n0001 bob\n0002 carol\n0003 -\n0004 -\n0005 -\n");
        world_directory(&w, samples[i].directory);
        w.roster->last_login = samples[i].last;
        struct plan *plan = world_sync(&w);
        assert_plan(plan, samples[i].plan);
        assert_int_equal(plan->withheld, samples[i].withheld);
        assert_int_equal(plan->partial != NULL, samples[i].withheld > 0);
        plan_free(plan);
        world_release(&w);
    }
}

/* Each of several directories can end in the middle of a login. */
static void test_logins_that_are_cut_in_two_directories(void **state)
{
    (void)state;
    static const char *const logins[] = {"alice ca", "dave bo"};
    static const char *const last[] = {"ca", "bo"};
    struct roster *parts[2];
    struct world w;
    world_init(&w, "0000-0005");
    w.keeps_claims = true;
    world_store(&w, "0000 alice\n0001 bob\n0002 carol\n0003 -\n0004 -\n0005 -\n");
    for (size_t i = 0; i < 2; i++) {
        world_directory(&w, logins[i]);
        parts[i] = roster_ref(w.roster);
        parts[i]->last_login = arena_strdup(&parts[i]->arena, last[i]);
        roster_describe(parts[i],
                        &(struct roster_directory){.name = i ? "york" : "hull", .uri = "file:x"});
    }
    roster_unref(w.roster);
    w.roster = roster_merge(parts, 2);
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "+ 0003 dave\n");
    assert_int_equal(plan->withheld, 2);
    assert_string_equal(plan->partial,
                        "hull: it ends with \"ca\" and without a line end, and \"carol\" is not "
                        "in it; york: it ends with \"bo\" and without a line end, and \"bob\" is "
                        "not in it");
    plan_free(plan);
    roster_unref(parts[0]);
    roster_unref(parts[1]);
    world_release(&w);
}

/* A number that cools is the last resort: one of the ranges that nobody made yet comes before it,
   whatever the store could show of it. */
static void test_unmade_before_cooling(void **state)
{
    (void)state;
    static const struct {
        bool shows_all, complete;
    } kinds[] = {{true, false}, {false, true}, {false, false}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct world w;
        world_init(&w, "0000-0003");
        w.keeps_claims = !kinds[i].shows_all;
        world_store(&w, "0000 alice\n0001 - zoe 2d\n");
        world_look(&w);
        w.snapshot->complete = kinds[i].complete;
        world_directory(&w, "alice bob carol dave");
        struct plan *plan = world_sync(&w);
        assert_plan(plan, "+ 0002 bob\n+ 0003 carol\n+ 0001 dave\n");
        assert_string_equal(plan->changes[2].why, "new agent, was cooling, nothing else is free");
        plan_free(plan);
        world_release(&w);
    }
}

/* What was looked for and has no item is made; so nothing is missing any more. */
static void test_complete_snapshots_make_numbers(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0003");
    w.keeps_claims = true;
    world_store(&w, "0001 alice\n");
    world_look(&w);
    w.snapshot->complete = true;
    world_directory(&w, "alice");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, ". 0000\n. 0002\n. 0003\n");
    assert_int_equal(plan->missing, 0);
    plan_free(plan);
    world_release(&w);
}

/* What would be chosen next is at hand for a number that another takes meanwhile. What has a change of
   its own in the plan is none of it. */
static void test_spares(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0009");
    world_store(&w, "0000 -\n0001 -\n0002 - +held\n0003 alice\n0004 - zoe 2d\n0005 -\n");
    world_directory(&w, "alice bob");
    struct plan *plan = world_sync(&w);
    assert_string_equal(plan->changes[1].agent, "bob");
    assert_true(plan->changes[1].chosen);
    static const char *const spares[] = {"0001", "0005", "0004"};
    assert_int_equal(plan->n_spares, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(plan->spares[i].slot->ext, spares[i]);
    }
    assert_true(plan_choose_again(plan, 1, 2));
    assert_string_equal(plan->changes[1].ext, "0001");
    assert_string_equal(plan->changes[1].why,
                        "new agent, lowest free; 0000 went to somebody else meanwhile");
    assert_true(plan_choose_again(plan, 1, 2));
    assert_true(plan_choose_again(plan, 1, 2));
    assert_false(plan_choose_again(plan, 1, 2)); /* none is left */
    plan_free(plan);
    world_release(&w);
}

static void test_numbers_of_a_plan(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0003");
    w.keeps_claims = true;
    world_store(&w, "0000 alice\n0001 left\n");
    world_directory(&w, "alice bob carol dave erin frank");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "- 0001 left #1\n+ 0001 dave #1\n+ 0002 bob\n+ 0003 carol\n");
    assert_string_equal(plan->changes[2].why, "new agent, lowest free that the store did not show");
    assert_null(plan->changes[2].steps[0].before);
    assert_int_equal(plan->keep, 1);
    assert_int_equal(plan->assigned_before, 2);
    assert_int_equal(plan->missing, 2);
    assert_int_equal(plan->n_unassigned, 2);
    assert_string_equal(plan->unassigned[0], "erin");
    assert_string_equal(plan->unassigned[1], "frank");
    assert_int_equal(plan->counts[CHANGE_RELEASE], 1);
    assert_int_equal(plan->counts[CHANGE_ASSIGN], 3);
    assert_int_equal(plan->n_notes, 2);
    assert_string_equal(plan->notes[0],
                        "the pool ran out: 2 agents have no extension: erin, frank");
    assert_string_equal(plan->notes[1], "2 numbers of the ranges are not to be seen in the store; "
                                        "--doctor says why");
    plan_free(plan);
    world_release(&w);
}

/* A note names some and counts all. */
static void test_long_lists(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0000");
    char directory[4000] = "";
    for (int i = 0; i < 200; i++) {
        snprintf(directory + strlen(directory), 16, "agent%03d ", i);
    }
    world_directory(&w, directory);
    struct plan *plan = world_sync(&w);
    assert_int_equal(plan->n_unassigned, 199);
    assert_int_equal(plan->n_notes, 1);
    static const char begins[] =
        "the pool ran out: 199 agents have no extension: agent001, agent002, ";
    assert_memory_equal(plan->notes[0], begins, sizeof begins - 1);
    assert_string_equal(plan->notes[0] + strlen(plan->notes[0]) - 5, ", ...");
    assert_in_range(strlen(plan->notes[0]), 100, 250);
    plan_free(plan);
    world_release(&w);
}

/* What is written holds what a later reader needs. */
static void test_what_is_written(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_of(&w, "0001 left 9d\n0002 - dave 2d\n", "alice dave");
    assert_plan(plan, "- 0001 left\n+ 0000 alice\n+ 0002 dave\n");
    const struct slot *released = &plan->changes[0].steps[0].after;
    assert_int_equal(released->state, SLOT_FREE);
    assert_int_equal(released->records, RECORD_FREE);
    assert_int_equal(released->at_s, w.now_s);
    assert_string_equal(released->agent, "left");
    assert_null(released->note);
    const struct slot *assigned = &plan->changes[2].steps[0].after;
    assert_int_equal(assigned->state, SLOT_ASSIGNED);
    assert_int_equal(assigned->records, RECORD_ASSIGNED);
    assert_int_equal(assigned->at_s, w.now_s);
    assert_string_equal(assigned->by, "test");
    assert_ptr_equal(plan->changes[2].steps[0].before, snapshot_find(w.snapshot, "0002"));
    assert_string_equal(plan->changes[0].from, "0001");
    assert_null(plan->changes[0].to);
    assert_null(plan->changes[2].from);
    assert_string_equal(plan->changes[2].to, "0002");
    plan_free(plan);
    world_release(&w);
}

/* The directory says which user an agent is; a user who was made again has another ARN. */
static void test_arns(void **state)
{
    (void)state;
    static const char old_arn[] = "arn:aws:connect:eu-west-2:1:instance/i/agent/1";
    static const char new_arn[] = "arn:aws:connect:eu-west-2:1:instance/i/agent/2";
    struct world w;
    struct belongings own = {.arn = old_arn, .fallback = "ext:0100"};
    world_init(&w, "0000-0003");
    world_store(&w, "0000 alice\n0001 bob\n0002 carol ?\n");
    world_slot(&w, "0000")->own = &own;
    world_slot(&w, "0001")->own = &own;
    world_look(&w);
    roster_unref(w.roster);
    w.roster = roster_new();
    roster_add(w.roster, &(struct agent){.login = "alice", .arn = new_arn});
    roster_add(w.roster, &(struct agent){.login = "bob", .arn = old_arn});
    roster_add(w.roster, &(struct agent){.login = "carol"});
    roster_add(w.roster, &(struct agent){.login = "dave", .arn = new_arn});
    roster_seal(w.roster);
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "+ 0003 dave\n= 0000 alice\n= 0002 carol\n");
    assert_string_equal(plan->changes[0].steps[0].after.own->arn, new_arn);
    const struct slot *alice = &plan->changes[1].steps[0].after;
    assert_string_equal(alice->own->arn, new_arn);
    assert_string_equal(alice->own->fallback, "ext:0100"); /* the rest stays */
    assert_int_equal(alice->at_s, plan->changes[1].steps[0].before->at_s);
    assert_string_equal(plan->changes[1].why, "the directory has another ARN now");
    assert_int_equal(world_apply(&w, plan), 0);
    plan_free(plan);
    world_look(&w);
    plan = world_sync(&w);
    assert_plan(plan, "");
    plan_free(plan);
    world_release(&w);
}

/* What an earlier program wrote as a number is rewritten, and means the same moment. */
static void test_not_text(void **state)
{
    (void)state;
    struct as_read mendable = {
        .attributes = "{\"since\":{\"N\":\"5\"}}", .unsafe = "since", .mendable = true};
    struct as_read foreign = {.attributes = "{}", .unsafe = "colour"};
    struct world w;
    world_init(&w, "0000-0001");
    world_store(&w, "0000 alice 5d\n0001 bob 5d\n");
    world_slot(&w, "0000")->as_read = &mendable;
    world_slot(&w, "0001")->as_read = &foreign;
    world_look(&w);
    world_directory(&w, "alice bob");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "= 0000 alice\n");
    assert_int_equal(plan->changes[0].steps[0].after.at_s, w.now_s - 5 * WORLD_DAY_S);
    assert_null(plan->changes[0].steps[0].after.as_read);
    assert_string_equal(plan->changes[0].why,
                        "rewritten as text, because a contact flow takes nothing else: since");
    plan_free(plan);
    world_release(&w);
}

static void test_init(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0003 9110-9111");
    w.keeps_claims = true;
    world_store(&w, "0001 alice\n0003 -held\n");
    struct plan_input input = world_input(&w);
    input.roster = NULL;
    struct plan *plan = NULL;
    assert_int_equal(plan_init(&input, &plan, NULL), ERR_OK);
    assert_plan(plan, ". 0000\n. 0002\n. 9110\n. 9111\n");
    assert_string_equal(plan->action, "init");
    assert_int_equal(world_apply(&w, plan), 0);
    plan_free(plan);
    input = world_input(&w);
    assert_int_equal(plan_init(&input, &plan, NULL), ERR_OK);
    assert_false(plan_has_work(plan));
    plan_free(plan);
    world_release(&w);
}

/* A plan outlives who made it: it holds what it points to. */
static void test_references(void **state)
{
    (void)state;
    struct world w;
    struct plan *plan = plan_of(&w, "0001 left 9d\n", "alice");
    world_release(&w);
    assert_plan(plan, "- 0001 left\n+ 0000 alice\n");
    assert_string_equal(plan->changes[0].steps[0].before->agent, "left");
    plan_free(plan);
    plan_free(NULL);
}

/* Without a claim the published one stays, whatever its age; a claim beats it. */
static void test_the_published_one_stays(void **state)
{
    (void)state;
    static const struct {
        const char *list, *claim, *plan;
    } samples[] = {
        {"user,extension\nalice,0000\n", NULL, "! 0001 alice (0001 -> 0000)\n= 0000 alice\n"},
        {"extension;login\n0;alice\n", NULL, "! 0001 alice (0001 -> 0000)\n= 0000 alice\n"},
        {"user,extension\nalice,0001\n", NULL, "! 0000 alice (0000 -> 0001)\n"},
        {"user,extension\nbob,0000\n", NULL, "! 0000 alice (0000 -> 0001)\n"},
        {"no list at all", NULL, "! 0000 alice (0000 -> 0001)\n"},
        {"user,extension\nalice,0000\n", "0001", "! 0000 alice (0000 -> 0001)\n"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        struct plan *plan = NULL;
        world_init(&w, "0000-0009");
        w.keeps_claims = true;
        world_store(&w, "0000 alice ?\n0001 alice 9d\n");
        world_fill(&w);
        world_claim(&w, "alice", samples[i].claim);
        world_directory(&w, "alice");
        world_look(&w);
        assert_true(snapshot_has_twins(w.snapshot));
        struct plan_input input = world_input(&w);
        bool *listed = publish_find_listed(w.snapshot, samples[i].list, strlen(samples[i].list));
        input.listed = listed;
        assert_int_equal(plan_sync(&input, &plan, NULL), ERR_OK);
        assert_plan(plan, samples[i].plan);
        plan_free(plan);
        free(listed);
        world_release(&w);
    }
}

/* Of two numbers the one stays that the claim names, even if the other is older; a pin beats it. */
static void test_the_claimed_one_stays(void **state)
{
    (void)state;
    static const struct {
        const char *store, *claim, *plan;
    } samples[] = {
        {"0000 alice 2d\n0001 alice 9d\n", "0000", "! 0001 alice (0001 -> 0000)\n"},
        {"0000 alice 2d\n0001 alice 9d\n", "0001", "! 0000 alice (0000 -> 0001)\n"},
        {"0000 alice 2d\n0001 alice 9d\n", "0009", "! 0000 alice (0000 -> 0001)\n"},
        {"0000 alice 2d\n0001 alice 9d\n", NULL, "! 0000 alice (0000 -> 0001)\n"},
        {"0000 alice 2d\n0001 alice 9d pin=x\n", "0000", "! 0000 alice (0000 -> 0001)\n"},
        {"0000 alice ?\n0001 alice 9d\n", "0000", "! 0001 alice (0001 -> 0000)\n= 0000 alice\n"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        world_init(&w, "0000-0009");
        w.keeps_claims = true;
        world_store(&w, samples[i].store);
        world_fill(&w);
        world_claim(&w, "alice", samples[i].claim);
        world_directory(&w, "alice");
        world_look(&w);
        struct plan *plan = world_sync(&w);
        assert_plan(plan, samples[i].plan);
        if (world_apply(&w, plan) == 0) { /* a claim of neither is for the doctor */
            assert_null(world_fault(&w));
        }
        plan_free(plan);
        world_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_reasons_when_short),
        cmocka_unit_test(test_exempt_agents),
        cmocka_unit_test(test_a_pattern_for_nearly_everybody),
        cmocka_unit_test(test_cooling_words),
        cmocka_unit_test(test_given_back_for_good),
        cmocka_unit_test(test_ended_reservations),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_a_partial_directory_takes_nothing_back),
        cmocka_unit_test(test_a_login_that_is_cut),
        cmocka_unit_test(test_logins_that_are_cut_in_two_directories),
        cmocka_unit_test(test_unmade_before_cooling),
        cmocka_unit_test(test_complete_snapshots_make_numbers),
        cmocka_unit_test(test_spares),
        cmocka_unit_test(test_numbers_of_a_plan),
        cmocka_unit_test(test_long_lists),
        cmocka_unit_test(test_what_is_written),
        cmocka_unit_test(test_arns),
        cmocka_unit_test(test_not_text),
        cmocka_unit_test(test_init),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_the_claimed_one_stays),
        cmocka_unit_test(test_the_published_one_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
