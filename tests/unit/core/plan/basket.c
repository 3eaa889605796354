#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/plan/basket.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/world.h"

struct site {
    struct world world;
    struct basket basket;
};

static void open_site(struct site *site)
{
    world_init(&site->world, "0000-0099");
    world_store(&site->world, "0001 alice 9d\n"
                              "0002 bob 8d\n"
                              "0003 carol 7d pin=desk\n"
                              "0004 dave 6d\n"
                              "0005 left 5d\n"
                              "0006 -held note=fax\n");
    world_fill(&site->world);
    world_directory(&site->world, "alice bob carol dave erin fay gus");
    basket_init(&site->basket);
}

static void close_site(struct site *site)
{
    basket_release(&site->basket);
    world_release(&site->world);
}

static size_t gather(struct site *site, const char *lines)
{
    struct requests requests;
    requests_read(&requests, lines);
    struct plan_input input = world_input(&site->world);
    size_t replaced =
        basket_add(&site->basket, &input, requests.items, requests.n, site->world.now_s);
    requests_release(&requests);
    return replaced;
}

/* What another console does. */
static void meanwhile(struct site *site, const char *lines)
{
    struct requests requests;
    struct plan *plan = NULL;
    struct err err = ERR_INIT;
    requests_read(&requests, lines);
    struct plan_input input = world_input(&site->world);
    input.actor = "kim@desk7 from 192.0.2.7";
    if (plan_edit(&input, "import", requests.items, requests.n, NULL, &plan, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(world_apply(&site->world, plan), 0);
    plan_free(plan);
    requests_release(&requests);
}

static struct plan *plan_site(struct site *site, struct basket_counts *counts)
{
    struct plan_input input = world_input(&site->world);
    return basket_plan(&site->basket, &input, NULL, counts);
}

/* "[x]~ 0010 alice", "[ ]", or "[!]" and "o" (out), each with its reason. */
static const char *rows_of(struct plan *plan)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        bool conflict = change->result == RESULT_CONFLICT;
        bool told = conflict || change->refused;
        bool moves = change->kind == CHANGE_REASSIGN && change->from;
        const char *box = conflict           ? "[!]"
                          : change->refused  ? "out"
                          : change->left_out ? "[ ]"
                                             : "[x]";
        buf_printf(&out, "%s%c %s%s%s %s%s%s\n", box, change_kind_mark(change->kind),
                   moves ? change->from : "", moves ? ">" : "", change->ext ? change->ext : "-",
                   change->agent ? change->agent : "-", told ? ": " : "",
                   told ? change->detail : "");
    }
    const char *text = arena_strdup(&plan->arena, out.data);
    buf_release(&out);
    return text;
}

static void expect(struct site *site, const char *rows)
{
    struct plan *plan = plan_site(site, NULL);
    assert_string_equal(rows_of(plan), rows);
    plan_free(plan);
}

/* ---- gathering ------------------------------------------------------------------------------- */

static void test_one_wish_an_agent(void **state)
{
    (void)state;
    struct site site;
    open_site(&site);
    assert_int_equal(gather(&site, "reassign alice 0020"), 0);
    assert_int_equal(gather(&site, "release bob"), 0);
    assert_int_equal(gather(&site, "reassign alice 0021"), 1);
    assert_int_equal(gather(&site, "release 0001"), 1); /* the number names its holder */
    expect(&site, "[x]- 0001 alice\n[x]- 0002 bob\n");
    assert_int_equal(gather(&site, "reserve 0030 note=x"), 0);
    assert_int_equal(gather(&site, "reserve 0030 note=y"), 1);
    assert_int_equal(gather(&site, "swap alice bob"), 2); /* it is about both */
    expect(&site, "[x]~ 0001>0002 alice\n[x]~ 0002>0001 bob\n[x]r 0030 -\n");
    assert_int_equal(gather(&site, "pin bob note=z"), 1);
    assert_int_equal(gather(&site, "pin alice note=z"), 0);
    expect(&site, "[x]p 0002 bob\n[x]r 0030 -\n[x]p 0001 alice\n");
    close_site(&site);
}

static void test_undo_and_redo(void **state)
{
    (void)state;
    struct site site;
    size_t n = 0;
    open_site(&site);
    gather(&site, "assign erin 0020\nassign fay 0021\nrelease left");
    gather(&site, "reassign alice 0030");
    gather(&site, "reassign alice 0031");
    gather(&site, "swap alice bob");
    basket_drop(&site.basket, 1);
    const char *dropped = "[x]+ 0020 erin\n[x]- 0005 left\n[x]~ 0001>0002 alice\n"
                          "[x]~ 0002>0001 bob\n";
    expect(&site, dropped);
    assert_string_equal(basket_undo(&site.basket, &n)->asked.agent, "fay");
    assert_int_equal(n, 1);
    basket_undo(&site.basket, NULL);
    expect(&site, "[x]+ 0020 erin\n[x]+ 0021 fay\n[x]- 0005 left\n[x]~ 0001>0031 alice\n");
    basket_undo(&site.basket, NULL);
    expect(&site, "[x]+ 0020 erin\n[x]+ 0021 fay\n[x]- 0005 left\n[x]~ 0001>0030 alice\n");
    basket_undo(&site.basket, NULL);
    n = 0;
    basket_undo(&site.basket, &n);
    assert_int_equal(n, 3); /* one deed */
    assert_int_equal(site.basket.n_wishes, 0);
    assert_null(basket_undo(&site.basket, NULL));
    for (int i = 0; i < 5; i++) {
        assert_non_null(basket_redo(&site.basket, NULL));
    }
    assert_null(basket_redo(&site.basket, NULL));
    expect(&site, dropped);
    basket_undo(&site.basket, NULL);
    gather(&site, "release dave"); /* a new deed cuts the redo line */
    assert_null(basket_redo(&site.basket, NULL));
    close_site(&site);
}

static void test_undo_passes_over_what_has_left(void **state)
{
    (void)state;
    struct site site;
    size_t n = 0;
    open_site(&site);
    gather(&site, "release dave");
    gather(&site, "reassign alice 0020");
    meanwhile(&site, "reassign alice 0020");
    plan_free(plan_site(&site, NULL));
    assert_int_equal(site.basket.n_wishes, 1);
    assert_string_equal(basket_undo(&site.basket, &n)->asked.agent, "dave");
    assert_int_equal(n, 1);
    assert_int_equal(site.basket.n_wishes, 0);
    assert_null(basket_undo(&site.basket, NULL));
    close_site(&site);
}

static void test_finding(void **state)
{
    (void)state;
    struct site site;
    open_site(&site);
    gather(&site, "reassign alice 0020\nassign erin\nreserve 0030\nswap bob dave");
    plan_free(plan_site(&site, NULL));
    const struct basket *basket = &site.basket;
    static const struct {
        const char *agent, *ext;
        char mark;
    } samples[] = {{"alice", "0001", '~'}, {"alice", "0020", '~'}, {"erin", "0000", '+'},
                   {NULL, "0030", 'r'},    {"dave", "0002", '~'},  {"dave", "0004", '~'},
                   {"carol", "0003", '\0'}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        size_t by_ext = basket_find_ext(basket, samples[i].ext);
        assert_int_equal(basket_mark(basket, by_ext), samples[i].mark);
        if (samples[i].agent) {
            assert_int_equal(basket_find_agent(basket, samples[i].agent), by_ext);
        }
    }
    close_site(&site);
}

/* ---- planning -------------------------------------------------------------------------------- */

static void test_what_does_not_fit_is_left_out(void **state)
{
    (void)state;
    struct site site;
    struct basket_counts counts;
    open_site(&site);
    gather(&site, "release carol\nassign nobody\nreassign alice 0006\nrelease left\n"
                  "reassign bob 0003\nassign erin");
    struct plan *plan = plan_site(&site, &counts);
    assert_string_equal(rows_of(plan),
                        "[x]- 0005 left\n[x]+ 0000 erin\n"
                        "out- 0003 carol: carol is pinned to 0003 (desk); unpin first\n"
                        "out+ - nobody: nobody in the directory is called \"nobody\"\n"
                        "out~ 0001>0006 alice: 0006 is reserved: fax\n"
                        "out~ 0002>0003 bob: 0003 is assigned to carol; swap exchanges two\n");
    assert_int_equal(counts.planned, 2);
    assert_int_equal(counts.out, 4);
    assert_false(plan->derived);
    basket_tick(&site.basket, 3, false);
    plan_free(plan);
    expect(&site, "[ ]- 0005 left\n[x]+ 0000 erin\n"
                  "out- 0003 carol: carol is pinned to 0003 (desk); unpin first\n"
                  "out+ - nobody: nobody in the directory is called \"nobody\"\n"
                  "out~ 0001>0006 alice: 0006 is reserved: fax\n"
                  "out~ 0002>0003 bob: 0003 is assigned to carol; swap exchanges two\n");
    meanwhile(&site, "unpin carol\nunreserve 0006"); /* what stood in the way is gone */
    basket_tick(&site.basket, 3, true);
    plan = plan_site(&site, &counts);
    assert_int_equal(counts.planned, 3);
    assert_int_equal(counts.conflicts, 1); /* carol's pin was seen, and is gone */
    assert_int_equal(counts.out, 2);
    plan_free(plan);
    close_site(&site);
}

static void test_changed_by_another(void **state)
{
    (void)state;
    static const struct {
        const char *wish;
        const char *meanwhile;
        const char *rows;
        size_t already;
    } samples[] = {
        {"reassign alice 0020", "reassign alice 0077", "[!]~ 0001>0020 alice: alice has 0077\n", 0},
        {"reassign alice 0020", "release alice", "[!]~ 0001>0020 alice: alice has no extension\n",
         0},
        {"reassign alice 0020", "assign erin 0020",
         "[!]~ 0001>0020 alice: 0020 is assigned to erin; swap exchanges two\n", 0},
        {"reassign alice 0020", "reserve 0020 note=door",
         "[!]~ 0001>0020 alice: 0020 is reserved: door\n", 0},
        {"reassign alice 0020", "reassign alice 0020", "", 1},
        {"reassign alice 0020", "pin alice note=z",
         "[!]~ 0001>0020 alice: 0001 is assigned to alice since 2026-11-13, pinned\n", 0},
        {"release alice", "release alice", "", 1},
        {"release alice", "reassign alice 0030", "[!]- 0001 alice: alice has 0030\n", 0},
        {"release 0001", "release alice", "", 1},
        {"assign erin", "assign erin 0040", "[!]+ 0000 erin: erin has 0040\n", 0},
        {"assign erin", "assign erin 0000", "", 1},
        {"assign erin 0040", "assign erin 0040", "", 1},
        {"pin alice note=a", "pin alice note=a", "", 1},
        {"pin alice note=a", "pin alice note=b",
         "[!]p 0001 alice: 0001 is assigned to alice since 2026-11-13, pinned\n", 0},
        {"unpin carol", "unpin carol", "", 1},
        {"swap alice bob", "swap alice bob", "", 1},
        {"swap alice bob", "reassign bob 0030", "[!]~ 0001>0002 alice: bob has 0030\n", 0},
        {"reserve 0020 note=a", "reserve 0020 note=a", "", 1},
        {"reserve 0020 note=a", "assign erin 0020",
         "[!]r 0020 -: 0020 is assigned to erin since 2026-11-22\n", 0},
        {"unreserve 0006", "unreserve 0006", "", 1},
        {"set alice target=ext:0002", "set alice target=ext:0002", "", 1},
        /* what others did elsewhere */
        {"reassign alice 0020", "release bob", "[x]~ 0001>0020 alice\n", 0},
        {"assign erin", "release bob", "[x]+ 0000 erin\n", 0},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct site site;
        struct basket_counts counts;
        open_site(&site);
        gather(&site, samples[i].wish);
        plan_free(plan_site(&site, NULL));
        meanwhile(&site, samples[i].meanwhile);
        struct plan *plan = plan_site(&site, &counts);
        if (strcmp(rows_of(plan), samples[i].rows) != 0 || counts.already != samples[i].already) {
            fail_msg("%s after %s:\n%s%zu already: %s", samples[i].wish, samples[i].meanwhile,
                     rows_of(plan), counts.already, counts.already_says);
        }
        assert_int_equal(site.basket.n_wishes, plan->n_changes);
        if (counts.conflicts > 0) {
            assert_string_equal(site.basket.wishes[0]->detail, plan->changes[0].detail);
        }
        plan_free(plan);
        close_site(&site);
    }
}

static bool who(void *context, const char *ext, const char *agent, const char **actor,
                int64_t *at_s)
{
    assert_string_equal(ext, "0077");
    assert_string_equal(agent, "alice");
    *actor = context;
    *at_s = 77;
    return true;
}

/* The record that is there tells who and when; what the feed says is better. */
static void test_who(void **state)
{
    (void)state;
    struct site site;
    open_site(&site);
    gather(&site, "reassign alice 0020");
    meanwhile(&site, "reassign alice 0077");
    plan_free(plan_site(&site, NULL));
    const struct wish *wish = site.basket.wishes[0];
    assert_string_equal(wish->actor, "kim@desk7 from 192.0.2.7");
    assert_int_equal(wish->changed_at_s, site.world.now_s);
    assert_string_equal(wish->now.ext, "0077");
    struct plan_input input = world_input(&site.world);
    char lee[] = "lee";
    const struct basket_feed feed = {.who = who, .context = lee};
    plan_free(basket_plan(&site.basket, &input, &feed, NULL));
    assert_string_equal(wish->actor, "lee");
    assert_int_equal(wish->changed_at_s, 77);
    close_site(&site);
}

static void test_insist(void **state)
{
    (void)state;
    static const struct {
        const char *wish, *meanwhile, *rows;
    } samples[] = {
        {"reassign alice 0020", "reassign alice 0077", "[x]~ 0077>0020 alice\n"},
        {"reassign alice 0020", "release alice", "[x]+ 0020 alice\n"},
        {"assign erin", "assign erin 0040", "[x]~ 0040>0000 erin\n"},
        {"release 0001", "reassign alice 0077", "[x]- 0077 alice\n"},
        {"pin alice note=a", "pin alice note=b", "[x]p 0001 alice\n"},
        {"swap alice bob", "reassign bob 0030", "[x]~ 0001>0030 alice\n[x]~ 0030>0001 bob\n"},
        /* a number that somebody has is not taken from them */
        {"reassign alice 0020", "assign erin 0020",
         "out~ 0001>0020 alice: 0020 is assigned to erin; swap exchanges two\n"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct site site;
        open_site(&site);
        gather(&site, samples[i].wish);
        plan_free(plan_site(&site, NULL));
        meanwhile(&site, samples[i].meanwhile);
        plan_free(plan_site(&site, NULL));
        assert_int_equal(site.basket.wishes[0]->state, WISH_CONFLICT);
        struct plan_input input = world_input(&site.world);
        basket_insist(&site.basket, 0, &input);
        expect(&site, samples[i].rows);
        close_site(&site);
    }
}

/* "Lowest free" keeps its number until somebody takes it. */
static void test_lowest_free_is_kept(void **state)
{
    (void)state;
    struct site site;
    struct basket_counts counts;
    open_site(&site);
    meanwhile(&site, "reserve 0000 note=x");
    gather(&site, "assign erin\nassign fay");
    expect(&site, "[x]+ 0007 erin\n[x]+ 0008 fay\n");
    meanwhile(&site, "unreserve 0000"); /* a lower one is free again */
    expect(&site, "[x]+ 0007 erin\n[x]+ 0008 fay\n");
    basket_drop(&site.basket, 0);
    expect(&site, "[x]+ 0008 fay\n");
    meanwhile(&site, "assign gus 0008");
    struct plan *plan = plan_site(&site, &counts);
    assert_string_equal(rows_of(plan), "[x]+ 0000 fay\n");
    assert_int_equal(counts.moved, 1);
    assert_true(site.basket.wishes[0]->moved);
    assert_string_equal(site.basket.wishes[0]->lost, "0008");
    plan_free(plan);
    close_site(&site);
}

static void test_preview(void **state)
{
    (void)state;
    static const struct {
        const char *request, *rows;
    } samples[] = {
        {"assign fay", "[x]+ 0007 fay\n"}, /* 0000 is erin's in the basket */
        {"reassign alice 0002", "[x]- 0002 bob\n[x]~ 0001>0002 alice\n"},
        {"reassign alice 0020",
         "out~ 0001>0020 alice: 0020 is already wanted by another request\n"},
        {"assign erin 0040", "[x]+ 0040 erin\n"}, /* instead of the one in the basket */
        {"assign erin", "[x]+ 0000 erin\n"},
        {"release carol", "out- 0003 carol: carol is pinned to 0003 (desk); unpin first\n"},
    };
    struct site site;
    open_site(&site);
    gather(&site, "assign erin\nrelease bob\nreassign dave 0020");
    plan_free(plan_site(&site, NULL));
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct requests requests;
        requests_read(&requests, samples[i].request);
        struct plan_input input = world_input(&site.world);
        struct plan *plan =
            basket_preview(&site.basket, &input, "test", requests.items, requests.n);
        size_t tried = 0;
        for (size_t k = 0; k < plan->n_changes; k++) {
            tried += plan->counts[plan->changes[k].kind] > 0;
        }
        if (strcmp(rows_of(plan), samples[i].rows) != 0) {
            fail_msg("%s:\n%s", samples[i].request, rows_of(plan));
        }
        assert_int_equal(tried, plan->changes[0].refused ? 0 : plan->n_changes);
        plan_free(plan);
        plan = basket_preview(NULL, &input, "test", requests.items, requests.n);
        assert_int_equal(plan->n_changes, 1);
        plan_free(plan);
        requests_release(&requests);
    }
    assert_int_equal(site.basket.n_wishes, 3);
    close_site(&site);
}

/* ---- applied --------------------------------------------------------------------------------- */

static void test_results(void **state)
{
    (void)state;
    struct site site;
    struct basket_counts counts;
    open_site(&site);
    gather(&site, "reassign alice 0020\nrelease carol\nassign erin\nrelease bob\nswap dave alice");
    gather(&site, "reassign alice 0021");
    basket_tick(&site.basket, basket_find_agent(&site.basket, "bob"), false);
    struct plan *plan = plan_site(&site, NULL);
    meanwhile(&site, "assign fay 0021"); /* between the plan and its write */
    assert_int_equal(world_apply(&site.world, plan), 1);
    plan_settle_rest(plan);
    assert_int_equal(basket_take_results(&site.basket, plan), 1);
    plan_free(plan);
    assert_null(basket_undo(&site.basket, NULL));
    plan = plan_site(&site, &counts);
    assert_string_equal(rows_of(plan),
                        "[ ]- 0002 bob\n"
                        "[!]~ 0001>0021 alice: 0021 is assigned to fay; swap exchanges two\n"
                        "out- 0003 carol: carol is pinned to 0003 (desk); unpin first\n");
    assert_int_equal(counts.unticked, 1);
    plan_free(plan);
    close_site(&site);
}

static void test_copy(void **state)
{
    (void)state;
    struct site site;
    struct basket copy;
    open_site(&site);
    gather(&site, "reassign alice 0020\nassign erin\nset bob target=ext:0001");
    basket_set_ticket(&site.basket, "CHG-1");
    basket_tick(&site.basket, 0, false);
    plan_free(plan_site(&site, NULL));
    basket_copy(&copy, &site.basket);
    basket_clear(&site.basket);
    assert_null(site.basket.ticket);
    assert_int_equal(site.basket.n_wishes, 0);
    struct plan_input input = world_input(&site.world);
    struct plan *plan = basket_plan(&copy, &input, NULL, NULL);
    assert_string_equal(rows_of(plan), "[ ]~ 0001>0020 alice\n[x]+ 0000 erin\n[x]s 0002 bob\n");
    assert_string_equal(copy.ticket, "CHG-1");
    assert_string_equal(copy.wishes[1]->given, "0000");
    plan_free(plan);
    basket_release(&copy);
    close_site(&site);
}

/* A plan that was made on a copy, taken into the basket, is the same as one of the basket. */
static void test_planned_on_a_copy(void **state)
{
    (void)state;
    struct site site;
    struct basket copy;
    struct basket_counts counts;
    open_site(&site);
    gather(&site, "assign erin\nreassign alice 0020\nrelease bob\nrelease carol\nassign fay");
    plan_free(plan_site(&site, NULL));
    meanwhile(&site, "release bob\nassign gus 0007\nreassign alice 0030");
    basket_copy(&copy, &site.basket);
    struct plan_input input = world_input(&site.world);
    struct plan *plan = basket_plan(&copy, &input, NULL, &counts);
    basket_take_planned(&site.basket, &copy);
    basket_release(&copy);
    assert_int_equal(counts.already, 1);
    assert_int_equal(site.basket.n_wishes, 4);
    assert_string_equal(site.basket.wishes[1]->asked.agent, "alice");
    assert_int_equal(site.basket.wishes[1]->state, WISH_CONFLICT);
    assert_string_equal(site.basket.wishes[1]->actor, "kim@desk7 from 192.0.2.7");
    assert_string_equal(site.basket.wishes[1]->detail, "alice has 0030");
    assert_string_equal(site.basket.wishes[1]->now.ext, "0030");
    assert_int_equal(site.basket.wishes[2]->state, WISH_OUT);
    expect(&site, rows_of(plan));
    plan_free(plan);
    size_t n = 0;
    assert_non_null(basket_undo(&site.basket, &n)); /* the deed is still known */
    assert_int_equal(n, 5);
    close_site(&site);
}

static void test_empty(void **state)
{
    (void)state;
    struct site site;
    open_site(&site);
    struct plan *plan = plan_site(&site, NULL);
    assert_int_equal(plan->n_changes, 0);
    assert_null(basket_undo(&site.basket, NULL));
    assert_int_equal(basket_take_results(&site.basket, plan), 0);
    plan_free(plan);
    close_site(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_wish_an_agent),
        cmocka_unit_test(test_undo_and_redo),
        cmocka_unit_test(test_undo_passes_over_what_has_left),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_what_does_not_fit_is_left_out),
        cmocka_unit_test(test_changed_by_another),
        cmocka_unit_test(test_who),
        cmocka_unit_test(test_insist),
        cmocka_unit_test(test_lowest_free_is_kept),
        cmocka_unit_test(test_preview),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_planned_on_a_copy),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
