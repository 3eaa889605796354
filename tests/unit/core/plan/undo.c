#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/requests.h"
#include "tests/unit/support/sites.h"
#include "tests/unit/support/world.h"

/* Each sample does something, changes the world in between, and undoes it. */
struct sample {
    const char *name;
    const char *requests;  /* what is done; "sync" */
    const char *meanwhile; /* lines of the store that come then, or NULL */
    const char *undo;      /* the plan */
    const char *note;      /* one of its notes, or NULL */
};

static const char s_store[] = "0001 alice 9d\n"
                              "0002 bob 8d\n"
                              "0003 carol 7d pin=desk\n"
                              "0004 - dave 2d\n"
                              "0006 -held note=fax\n"
                              "0007 left 5d\n"
                              "0008 old ?\n"
                              "0009 -held target=ext:0001 until=3\n"
                              "0010 dan 4d fallback=ext:0001\n"
                              "exempt yan note=trainer\n";
static const char s_directory[] = "alice bob carol dan dave erin old yan";

static const struct sample s_samples[] = {
    {"assign", "assign erin 0020", NULL, "- 0020 erin\n", NULL},
    {"assign of a cooling one", "assign erin 0004", NULL, "- 0004 erin\n", NULL},
    {"release", "release alice", NULL, "+ 0001 alice\n", NULL},
    {"release of one not adopted", "release old", NULL, "+ 0008 old\n", NULL},
    {"release of one who left", "release left", NULL, "+ 0007 left\n",
     "1 not in the directory; the next sync takes their extensions back: left"},
    {"reassign", "reassign alice 0020", NULL, "~ 0001 alice (0020 -> 0001)\n", NULL},
    {"swap", "swap alice bob", NULL,
     "~ 0002 bob (0001 -> 0002) #1\n~ 0001 alice (0002 -> 0001) #1\n", NULL},
    {"chain", "reassign alice 0002\nreassign bob 0020", NULL,
     "~ 0002 bob (0020 -> 0002) #1\n~ 0001 alice (0002 -> 0001) #1\n", NULL},
    {"released and taken over", "assign erin 0001\nrelease alice", NULL,
     "+ 0001 alice #1\n- 0001 erin #1\n", NULL},
    {"reserve", "reserve 0020 note=door", NULL, "u 0020 (door -> )\n", NULL},
    {"reserve without a note", "reserve 0020", NULL, "u 0020\n", NULL},
    {"reserve a cooling one", "reserve 0004", NULL, "u 0004\n", NULL},
    {"another note", "reserve 0006 note=door", NULL, "r 0006 (door -> fax)\n", NULL},
    {"unreserve", "unreserve 0006", NULL, "r 0006 ( -> fax)\n", NULL},
    {"unreserved and taken", "unreserve 0006\nassign erin 0006", NULL,
     "- 0006 erin #1\nr 0006 ( -> fax) #1\n", NULL},
    {"released and reserved", "release alice\nreserve 0001 note=door", NULL,
     "u 0001 (door -> ) #1\n+ 0001 alice #1\n", NULL},
    {"target", "reserve 0006 target=agent:bob until=9d", NULL,
     "s 0006 (target agent:bob, until 2026-12-01T12:00:00Z -> )\n", NULL},
    {"no target any more", "reserve 0009 target= until=never", NULL,
     "s 0009 ( -> target ext:0001, until 2026-11-25T12:00:00Z)\n", NULL},
    {"another note, with the target", "reserve 0009 note=door target=ext:0002", NULL,
     "r 0009 (door -> )\n", NULL},
    {"unreserved with its target", "unreserve 0009", NULL, "r 0009\n", NULL},
    {"another target since", "reserve 0006 target=agent:bob",
     "0006 -held note=fax target=agent:erin\n", "s 0006 (target agent:bob -> ) !conflict\n", NULL},
    {"a target since it was reserved", "reserve 0020", "0020 -held target=agent:erin\n",
     "u 0020 !conflict\n", NULL},
    {"fallback", "set alice target=agent:bob", NULL, "s 0001 alice (agent:bob -> )\n", NULL},
    {"no fallback any more", "set dan target=", NULL, "s 0010 dan ( -> ext:0001)\n", NULL},
    {"another fallback since", "set alice target=agent:bob", "0001 alice 9d fallback=agent:dan\n",
     "s 0001 alice (agent:bob -> ) !conflict\n", NULL},
    {"the fallback went already", "set alice target=agent:bob", "0001 alice 9d\n",
     "s 0001 alice (agent:bob -> ) !skipped\n", NULL},
    {"released with a fallback", "release dan", NULL, "+ 0010 dan\n", NULL},
    {"moved with a fallback", "reassign dan 0020", NULL, "~ 0010 dan (0020 -> 0010)\n", NULL},
    {"pin", "pin alice note=lift", NULL, "n 0001 alice (lift -> )\n", NULL},
    {"another pin", "pin carol note=lift", NULL, "p 0003 carol (lift -> desk)\n", NULL},
    {"unpin", "unpin carol", NULL, "p 0003 carol ( -> desk)\n", NULL},
    {"unpinned and released", "unpin carol\nrelease carol", NULL,
     "+ 0003 carol #1\np 0003 carol ( -> desk) #1\n", NULL},
    {"released and unpinned", "release carol\nunpin carol", NULL,
     "p 0003 carol ( -> desk) #1\n+ 0003 carol #1\n", NULL},
    {"unpinned and moved", "unpin carol\nreassign carol 0020", NULL,
     "~ 0003 carol (0020 -> 0003) #1\np 0003 carol ( -> desk) #1\n", NULL},
    {"assigned and pinned", "pin erin note=lift\nassign erin 0020", NULL,
     "- 0020 erin #1\nn 0020 erin (lift -> ) #1\n", NULL},
    {"exempt", "exempt erin note=away", NULL, "i - erin (away -> )\n", NULL},
    {"exempt, a holder", "exempt bob", NULL, "i - bob #1\n+ 0002 bob #1\n", NULL},
    {"another note of an exemption", "exempt yan note=away", NULL, "e - yan (away -> trainer)\n",
     NULL},
    {"unexempt", "unexempt yan", NULL, "e - yan ( -> trainer)\n", NULL},
    {"unexempt and assign", "unexempt yan\nassign yan 0020", NULL,
     "- 0020 yan #1\ne - yan ( -> trainer) #1\n", NULL},
    {"exempt with another note since", "exempt erin note=away", "exempt erin note=gone\n",
     "i - erin (gone -> ) !conflict\n",
     "1 of 1 changes stay, because this has changed since: erin"},
    {"exempt again since", "unexempt yan", "exempt yan note=trainer\n",
     "e - yan (trainer -> trainer) !skipped\n", NULL},
    {"unexempt, and given a number since", "unexempt yan", "0020 yan 0d\n",
     "e - yan ( -> trainer) !conflict\n", NULL},
    {"exempt, and the number went to another", "exempt bob", "0002 zoe 0d\n",
     "i - bob #1 !conflict\n+ 0002 bob #1 !conflict\n", NULL},
    {"released, and exempt since", "release bob", "exempt bob\n", "+ 0002 bob !conflict\n", NULL},
    {"a sync", "sync", NULL, "- 0000 erin\n- 0004 dave\n+ 0007 left\n",
     "what was created, adopted or repaired stays as it is"},
    {"two at once", "assign erin 0020\nrelease bob", NULL, "+ 0002 bob\n- 0020 erin\n", NULL},
    {"nothing was done", "", NULL, "", NULL},
    /* what moved on since */
    {"went to somebody else", "release alice", "0001 zoe 0d\n", "+ 0001 alice !conflict\n",
     "1 of 1 changes stay, because this has changed since: 0001"},
    {"has another one", "release alice", "0030 alice 0d\n", "+ 0001 alice !conflict\n", NULL},
    {"given back meanwhile", "assign erin 0020", "0020 - erin 0d\n", "- 0020 erin !skipped\n",
     NULL},
    {"pinned meanwhile", "assign erin 0020", "0020 erin 0d pin=x\n", "- 0020 erin !conflict\n",
     NULL},
    {"the former one is gone", "reassign alice 0020", "0001 zoe 0d\n",
     "~ 0001 alice (0020 -> 0001) !conflict\n", NULL},
    {"moved on", "reassign alice 0020", "0020 - alice 0d\n0030 alice 0d\n",
     "~ 0001 alice (0020 -> 0001) !conflict\n", NULL},
    {"half of a swap", "swap alice bob", "0001 zoe 0d\n0030 bob 0d\n",
     "~ 0002 bob (0001 -> 0002) #1 !conflict\n~ 0001 alice (0002 -> 0001) #1 !conflict\n", NULL},
    {"one of two", "assign erin 0020\nrelease bob", "0002 zoe 0d\n",
     "+ 0002 bob !conflict\n- 0020 erin\n",
     "1 of 2 changes stay, because this has changed since: 0002"},
    {"another note since", "pin alice note=lift", "0001 alice 9d pin=door\n",
     "n 0001 alice (lift -> ) !conflict\n", NULL},
    {"reserved since", "unreserve 0006", "0006 zoe 0d\n", "r 0006 ( -> fax) !conflict\n", NULL},
    /* run again after it was stopped: what is undone already is no conflict */
    {"one of two was undone already", "assign erin 0020\nrelease bob", "0002 bob 8d\n",
     "+ 0002 bob !skipped\n- 0020 erin\n", "1 of 2 changes are already undone"},
    {"all of it was undone already", "swap alice bob", "0001 alice 9d\n0002 bob 8d\n",
     "~ 0002 bob (0001 -> 0002) #1 !skipped\n~ 0001 alice (0002 -> 0001) #1 !skipped\n",
     "2 of 2 changes are already undone"},
    {"the pin was lifted already", "pin alice note=lift", "0001 alice 9d\n",
     "n 0001 alice (lift -> ) !skipped\n", NULL},
    {"half of a group was brought back by hand", "release alice\nassign erin 0001",
     "0001 alice 9d\n0020 erin 0d\n", "- 0001 erin #1 !skipped\n+ 0001 alice #1 !skipped\n", NULL},
    {"in between it was somebody's", "release alice", "0001 - zoe 0d\n", "+ 0001 alice\n", NULL},
};

static struct plan *plan_requests(const struct world *w, const char *text)
{
    struct plan_input input = world_input(w);
    if (strcmp(text, "sync") == 0) {
        return world_sync(w);
    }
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

static void open_world(struct world *w)
{
    world_init(w, "0000-0049");
    w->keeps_claims = true;
    world_store(w, s_store);
    world_fill(w);
    world_claim_all(w);
    world_directory(w, s_directory);
}

/* The store, where everything was adopted: an undo does not bring back what nobody wrote. */
static const char *adopted_text(struct world *w)
{
    const char *text = world_text(w);
    const char *old = strstr(text, "0008 old ?");
    if (old) {
        return arena_printf(&w->arena, "%.*s0008 old 0d%s", (int)(old - text), text,
                            old + strlen("0008 old ?"));
    }
    return text;
}

static void check_note(const struct plan *plan, const struct sample *sample)
{
    for (size_t i = 0; i < plan->n_notes; i++) {
        if (sample->note && strcmp(plan->notes[i], sample->note) == 0) {
            return;
        }
    }
    if (sample->note) {
        fail_msg("%s: no such note", sample->name);
    }
}

static void check_sample(const struct sample *sample)
{
    struct world w;
    open_world(&w);
    const char *before = adopted_text(&w);
    struct plan *plan = plan_requests(&w, sample->requests);
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    const char *done = adopted_text(&w);
    if (sample->meanwhile) {
        world_store(&w, sample->meanwhile);
        w.n_claims = 0;
        world_claim_all(&w);
        done = adopted_text(&w);
    }
    plan = world_undo(&w);
    const char *text = plan_text(plan);
    if (strcmp(text, sample->undo) != 0) {
        fail_msg("%s:\nplanned\n%sexpected\n%s", sample->name, text, sample->undo);
    }
    check_note(plan, sample);
    bool conflicts = plan_results(plan, RESULT_CONFLICT) > 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        assert_int_equal(plan->changes[i].detail != NULL,
                         plan->changes[i].result != RESULT_PLANNED);
    }
    if (world_do(&w, plan) != 0) {
        fail_msg("%s: conflicts\n%s", sample->name, plan_text(plan));
    }
    bool work = plan_results(plan, RESULT_DONE) > 0;
    plan_free(plan);
    if (world_fault(&w)) {
        fail_msg("%s: %s", sample->name, world_fault(&w));
    }
    const char *now = adopted_text(&w);
    if (!sample->meanwhile && strcmp(now, before) != 0) {
        fail_msg("%s:\nundone\n%sbefore\n%s", sample->name, now, before);
    }
    if (conflicts && !work && strcmp(now, done) != 0) {
        fail_msg("%s:\nall conflicts, and yet\n%s", sample->name, now);
    }
    if (work && !sample->meanwhile) {
        plan = world_undo(&w);
        if (world_do(&w, plan) != 0 || strcmp(adopted_text(&w), done) != 0) {
            fail_msg("%s: undone twice\n%s%swas\n%s", sample->name, plan_text(plan), world_text(&w),
                     done);
        }
        plan_free(plan);
    }
    world_release(&w);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        check_sample(&s_samples[i]);
    }
}

static void test_words(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    struct plan *plan = plan_requests(&w, "release alice");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    world_store(&w, "0001 zoe 0d\n");
    plan = world_undo(&w);
    assert_string_equal(plan->action, "undo");
    assert_string_equal(plan->changes[0].why, "undoes import of 2026-11-22 12:00 UTC");
    assert_string_equal(plan->changes[0].detail,
                        "0001 has changed since: assigned to zoe since 2026-11-22");
    /* It is in the plan to be seen, and no work. */
    assert_int_equal(plan->counts[CHANGE_ASSIGN], 0);
    assert_false(plan_has_work(plan));
    plan_leave_out(plan, 0, true);
    plan_leave_out(plan, 0, false);
    assert_int_equal(plan->counts[CHANGE_ASSIGN], 0);
    plan_free(plan);
    world_release(&w);
}

/* Two extensions of one agent are a damage that an undo does not bring back. */
static void test_surplus_handed_on(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0001");
    w.keeps_claims = true;
    world_store(&w, "0000 alice 2d\n0001 alice 9d\n");
    world_claim_all(&w);
    world_directory(&w, "alice bob");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "! 0000 alice (0000 -> 0001) #1\n+ 0000 bob #1\n");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    plan = world_undo(&w);
    assert_plan(plan, "- 0000 bob\n");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    assert_string_equal(world_text(&w), "0000 - alice 0d\n0001 alice 9d\n");
    assert_null(world_fault(&w));
    world_release(&w);
}

/* What was handed out by mistake is as it was before. What somebody held for long is known to
   callers as theirs, and cools when it is given back. */
static void test_an_old_assignment_cools(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int64_t later_s;
        const char *line; /* of the store afterwards */
    } samples[] = {
        {"assign erin 0004", 60, "0004 - dave 2d\n"},
        {"assign erin 0004", 30 * WORLD_DAY_S, "0004 - erin 0d\n"},
        {"reassign alice 0004", 30 * WORLD_DAY_S, "0004 - alice 0d\n"},
        {"reserve 0004", 30 * WORLD_DAY_S, "0004 - dave 32d\n"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        open_world(&w);
        struct plan *plan = plan_requests(&w, samples[i].request);
        assert_int_equal(world_do(&w, plan), 0);
        plan_free(plan);
        w.now_s += samples[i].later_s;
        world_look(&w);
        plan = world_undo(&w);
        assert_int_equal(world_do(&w, plan), 0);
        plan_free(plan);
        if (!strstr(world_text(&w), samples[i].line)) {
            fail_msg("%s:\n%s", samples[i].request, world_text(&w));
        }
        world_release(&w);
    }
}

/* All of the item that a release took comes back: since when, by whom, pin, what is the agent's. */
static void test_all_of_it_comes_back(void **state)
{
    (void)state;
    struct world w;
    struct belongings own = {.arn = "arn:carol", .source = "york", .fallback = "ext:0100"};
    open_world(&w);
    struct slot *carol = world_slot(&w, "0003");
    carol->own = &own;
    carol->by = "kim";
    int64_t since_s = carol->at_s;
    world_look(&w);
    struct plan *plan = plan_requests(&w, "unpin carol\nrelease carol");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    plan = world_undo(&w);
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    carol = world_slot(&w, "0003");
    assert_int_equal(carol->state, SLOT_ASSIGNED);
    assert_int_equal(carol->at_s, since_s);
    assert_string_equal(carol->by, "kim");
    assert_string_equal(carol->note, "desk");
    assert_string_equal(carol->own->arn, "arn:carol");
    assert_string_equal(carol->own->source, "york");
    assert_string_equal(carol->own->fallback, "ext:0100");
    world_release(&w);
}

/* An agent who moves back takes along what is theirs by now. */
static void test_what_is_theirs_moves_back(void **state)
{
    (void)state;
    struct world w;
    struct belongings before = {.arn = "arn:1"};
    struct belongings now = {.arn = "arn:2", .fallback = "ext:0100"};
    open_world(&w);
    world_slot(&w, "0001")->own = &before;
    world_look(&w);
    struct plan *plan = plan_requests(&w, "reassign alice 0020");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    world_slot(&w, "0020")->own = &now;
    world_look(&w);
    plan = world_undo(&w);
    assert_plan(plan, "~ 0001 alice (0020 -> 0001)\n");
    assert_string_equal(plan->changes[0].steps[0].after.own->arn, "arn:2");
    assert_string_equal(plan->changes[0].steps[0].after.own->fallback, "ext:0100");
    plan_free(plan);
    world_release(&w);
}

/* A reservation that comes back knows who held the number before, or held it since for long. */
static void test_a_reservation_keeps_the_last_holder(void **state)
{
    (void)state;
    static const struct {
        const char *requests;
        int until_days; /* of 0005, which dave gave back 40 days ago; 0: it never ends */
        int64_t later_s;
        const char *holder; /* the last one afterwards */
        int given_back_days;
        bool has_erin; /* the directory, and no other number is left for her */
    } samples[] = {
        {"sync", -1, 60, "dave", 40, false}, /* it ended */
        {"sync", -1, 30 * WORLD_DAY_S, "dave", 40, false},
        {"unreserve 0005", 0, 30 * WORLD_DAY_S, "dave", 40, false},
        {"reserve 0005 note=door", 0, 30 * WORLD_DAY_S, "dave", 40, false},
        {"unreserve 0005\nassign erin 0005", 0, 60, "dave", 40, true},
        {"unreserve 0005\nassign erin 0005", 0, 30 * WORLD_DAY_S, "erin", -30, true},
        {"unreserve 0005\nreassign alice 0005", 0, 30 * WORLD_DAY_S, "alice", -30, false},
        {"sync", -1, 60, "dave", 40, true}, /* it ended, and goes to erin */
        {"sync", -1, 30 * WORLD_DAY_S, "erin", -30, true},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        world_init(&w, "0001-0005");
        w.keeps_claims = true;
        world_store(&w, "0001 alice 9d\n0002 bob 9d\n0003 carol 9d\n0004 dan 9d\n"
                        "0005 -held note=fax\n");
        world_claim_all(&w);
        world_directory(&w,
                        samples[i].has_erin ? "alice bob carol dan erin" : "alice bob carol dan");
        struct slot *slot = world_slot(&w, "0005");
        slot->agent = "dave";
        slot->given_back_s = w.now_s - 40 * WORLD_DAY_S;
        slot->until_s = samples[i].until_days ? w.now_s + samples[i].until_days * WORLD_DAY_S : 0;
        world_look(&w);
        struct plan *plan = plan_requests(&w, samples[i].requests);
        assert_int_equal(world_do(&w, plan), 0);
        plan_free(plan);
        w.now_s += samples[i].later_s;
        world_look(&w);
        plan = world_undo(&w);
        assert_int_equal(world_do(&w, plan), 0);
        plan_free(plan);
        slot = world_slot(&w, "0005");
        assert_int_equal(slot->state, SLOT_RESERVED);
        assert_string_equal(slot->note, "fax");
        assert_string_equal(slot->agent, samples[i].holder);
        assert_int_equal(slot->given_back_s,
                         WORLD_NOW_S - samples[i].given_back_days * WORLD_DAY_S);
        world_release(&w);
    }
}

/* Whoever had the number for a while since then, and gave it back, is its last holder. */
static void test_a_holder_in_between_is_the_last(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0005");
    world_store(&w, "0005 -held note=fax until=-1\n");
    world_slot(&w, "0005")->agent = "dave";
    world_look(&w);
    world_directory(&w, "");
    struct plan *plan = world_sync(&w);
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    world_store(&w, "0005 - zoe 0d\n");
    plan = world_undo(&w);
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    assert_int_equal(world_slot(&w, "0005")->state, SLOT_RESERVED);
    assert_string_equal(world_slot(&w, "0005")->agent, "zoe");
    assert_int_equal(world_slot(&w, "0005")->given_back_s, WORLD_NOW_S);
    world_release(&w);
}

/* A number that was taken comes back with its source. A source that was written where the number stayed
   is no loss: it stays. */
static void test_sources_that_a_sync_wrote(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0009");
    w.keeps_claims = true;
    world_store(&w, "0001 alice source=york\n0002 bob source=york\n0003 carol\n");
    world_fill(&w);
    world_claim_all(&w);
    sites_directories(&w, "leeds: bob carol\n");
    w.take_over = "york";
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "- 0001 alice\n= 0002 bob\n= 0003 carol\n");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    w.take_over = NULL;
    plan = world_undo(&w);
    assert_plan(plan, "+ 0001 alice\n");
    check_note(plan,
               &(struct sample){.name = "sources",
                                .note = "what was created, adopted or repaired stays as it is"});
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    assert_string_equal(world_text(&w), "0001 alice 30d source=york\n"
                                        "0002 bob 30d source=leeds\n"
                                        "0003 carol 30d source=leeds\n");
    assert_null(world_fault(&w));
    world_release(&w);
}

/* Who said it, and since when, comes back with the exemption; what is undone can be done again. */
static void test_an_exemption_comes_back_whole(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    int64_t since_s = snapshot_find_exempt(w.exempts, "yan")->since_s;
    struct plan *plan = plan_requests(&w, "unexempt yan");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    assert_null(snapshot_find_exempt(w.exempts, "yan"));
    plan = world_undo(&w);
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    assert_string_equal(snapshot_find_exempt(w.exempts, "yan")->note, "trainer");
    assert_string_equal(snapshot_find_exempt(w.exempts, "yan")->by, "test");
    assert_int_equal(snapshot_find_exempt(w.exempts, "yan")->since_s, since_s);
    plan = world_undo(&w);
    assert_plan(plan, "i - yan (trainer -> )\n");
    plan_free(plan);
    world_release(&w);
}

/* A record that no plan of ours wrote: nothing is lost, and nothing breaks. */
static void test_strange_records(void **state)
{
    (void)state;
    struct audit_change changes[] = {
        {.kind = CHANGE_ASSIGN},
        {.kind = CHANGE_RELEASE, .ext = "0001"},
        {.kind = CHANGE_REASSIGN, .ext = "0001", .agent = "alice"},
        {.kind = CHANGE_ASSIGN, .ext = "0123456789", .agent = "alice"},
        {.kind = CHANGE_RELEASE, .ext = "0001", .agent = "alice"},
        {.kind = CHANGE_RELEASE, .ext = "0001", .agent = "alice"},
        {.kind = CHANGE_RELEASE, .ext = "4711", .agent = "alice"},
        {.kind = CHANGE_REASSIGN, .ext = "0002", .agent = "bob", .from = "0002"},
        {.kind = CHANGE_CREATE, .from = "0000", .to = "0009"},
        {.kind = CHANGE_REPAIR, .agent = "x"},
        {.kind = CHANGE_EXEMPT, .ext = "0001"},
    };
    struct audit_action action = {
        .action_id = "x",
        .actor = "x",
        .action = "x",
        .changes = changes,
        .n_changes = sizeof changes / sizeof changes[0],
    };
    struct world w;
    open_world(&w);
    struct plan_input input = world_input(&w);
    struct plan *plan = NULL;
    assert_int_equal(plan_undo(&input, &action, &plan, NULL), ERR_OK);
    assert_plan(plan, "~ 0002 bob (0002 -> 0002)\n"
                      "+ 4711 alice !conflict\n"
                      "+ 0001 alice #1 !skipped\n"
                      "+ 0001 alice #1 !skipped\n");
    world_do(&w, plan);
    assert_null(world_fault(&w));
    plan_free(plan);
    world_release(&w);
}

/* Who left and was made anew has another ARN; nobody may be called by the old one. */
static void test_who_was_made_anew_comes_back_with_the_present_arn(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0002");
    world_store(&w, "0001 alice 3d instance=i-1\n0002 bob 3d instance=i-1\n");
    const struct belongings old = {.arn = "arn:aws:connect:eu-west-2:1:instance/i-1/agent/old"};
    world_slot(&w, "0001")->own = &old;
    world_look(&w);
    sites_directories(&w, "connect:i-1: bob\n");
    struct plan *plan = world_sync(&w);
    assert_plan(plan, "- 0001 alice\n");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    sites_directories(&w, "connect:i-1: alice bob\n");
    plan = world_undo(&w);
    assert_plan(plan, "+ 0001 alice\n");
    assert_int_equal(world_do(&w, plan), 0);
    plan_free(plan);
    assert_string_equal(world_slot(&w, "0001")->own->arn, world_arn(&w.arena, "i-1", "alice"));
    plan = world_sync(&w);
    assert_plan(plan, "");
    plan_free(plan);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_surplus_handed_on),
        cmocka_unit_test(test_an_old_assignment_cools),
        cmocka_unit_test(test_all_of_it_comes_back),
        cmocka_unit_test(test_what_is_theirs_moves_back),
        cmocka_unit_test(test_a_reservation_keeps_the_last_holder),
        cmocka_unit_test(test_a_holder_in_between_is_the_last),
        cmocka_unit_test(test_sources_that_a_sync_wrote),
        cmocka_unit_test(test_an_exemption_comes_back_whole),
        cmocka_unit_test(test_strange_records),
        cmocka_unit_test(test_who_was_made_anew_comes_back_with_the_present_arn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
