#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tests/unit/support/requests.h"
#include "tests/unit/support/world.h"

static const char s_store[] = "0001 alice 9d\n"
                              "0002 bob 8d\n"
                              "0003 carol 7d pin=desk\n"
                              "0004 dave 6d\n"
                              "0006 -held note=fax\n";
static const char s_directory[] = "alice bob carol dave erin fay gus hal";

/* "~ 0002 alice: asked for" for what is planned, "! 0002 alice: why" for what is refused. */
static const char *rows_text(struct plan *plan)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        assert_true(change->request > 0);
        assert_true(!change->refused || (change->left_out && change->n_steps == 0));
        buf_printf(&out, "%zu%c %s %s%s%s\n", change->request,
                   change->refused ? '!' : change_kind_mark(change->kind),
                   change->ext ? change->ext : "-", change->agent ? change->agent : "-",
                   change->refused ? ": " : "", change->refused ? change->detail : "");
    }
    const char *text = arena_strdup(&plan->arena, out.data);
    buf_release(&out);
    return text;
}

static void test_samples(void **state)
{
    (void)state;
    static const struct {
        const char *requests;
        const char *rows;
    } samples[] = {
        {"assign erin 0020\nrelease carol\nassign nobody",
         "1+ 0020 erin\n2! 0003 carol: carol is pinned to 0003 (desk); unpin first\n"
         "3! - nobody: nobody in the directory is called \"nobody\"\n"},
        /* what counts on a refused request is refused with it, along the whole chain */
        {"reassign alice 0003\nrelease carol\nreassign bob 0001\nassign fay 0020",
         "4+ 0020 fay\n1! 0003 alice: 0003 is assigned to carol; swap exchanges two\n"
         "2! 0003 carol: carol is pinned to 0003 (desk); unpin first\n"
         "3! 0001 bob: 0001 is assigned to alice; swap exchanges two\n"},
        {"reassign alice 0002\nreassign bob 0006",
         "1! 0002 alice: 0002 is assigned to bob; swap exchanges two\n"
         "2! 0006 bob: 0006 is reserved: fax\n"},
        /* who wanted the same as a refused one gets it after all */
        {"reassign carol 0030\nassign erin 0030",
         "2+ 0030 erin\n1! 0030 carol: carol is pinned to 0003 (desk); unpin first\n"},
        {"swap carol alice\nassign erin 0001\nrelease alice",
         "2+ 0001 erin\n3- 0001 alice\n1! 0003 carol: carol is pinned to 0003 (desk); unpin "
         "first\n"},
        /* but of two that are possible the first counts */
        {"assign erin 0030\nassign fay 0030",
         "1+ 0030 erin\n2! 0030 fay: 0030 is already wanted by another request\n"},
        /* the number of a refused request is there for others */
        {"assign nobody 0000\nassign erin",
         "2+ 0000 erin\n1! 0000 nobody: nobody in the directory is called \"nobody\"\n"},
        {"pin alice note=x\nrelease alice\nreserve 0006",
         "2- 0001 alice\n3r 0006 -\n1! 0001 alice: alice is given back by another request\n"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct world w;
        struct requests requests;
        world_init(&w, "0000-0099");
        world_store(&w, s_store);
        world_fill(&w);
        world_directory(&w, s_directory);
        requests_read(&requests, samples[i].requests);
        struct plan_input input = world_input(&w);
        struct plan *plan = plan_edit_possible(&input, "import", requests.items, requests.n);
        assert_string_equal(rows_text(plan), samples[i].rows);
        for (size_t k = 0; k < plan->n_changes; k++) {
            plan_leave_out(plan, k, false); /* nobody takes a refused row in */
            assert_int_equal(plan->changes[k].left_out, plan->changes[k].refused);
        }
        assert_int_equal(world_apply(&w, plan), 0);
        assert_null(world_fault(&w));
        plan_free(plan);
        requests_release(&requests);
        world_release(&w);
    }
}

/* Longer chains than a transaction takes: all of it is refused, the rest is planned. */
static void test_a_long_chain(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0099");
    char logins[1024] = "zed";
    for (int i = 0; i < 40; i++) {
        char line[40];
        snprintf(line, sizeof line, "%04d a%02d\n", i, i);
        world_store(&w, line);
        snprintf(logins + strlen(logins), sizeof logins - strlen(logins), " a%02d", i);
    }
    world_fill(&w);
    world_directory(&w, logins);
    struct request requests[41];
    char names[40][8];
    char exts[40][8];
    for (int i = 0; i < 40; i++) {
        snprintf(names[i], sizeof names[i], "a%02d", i);
        snprintf(exts[i], sizeof exts[i], "%04d", i + 1);
        requests[i] = (struct request){.kind = CHANGE_REASSIGN, .agent = names[i], .ext = exts[i]};
    }
    requests[40] = (struct request){.kind = CHANGE_ASSIGN, .agent = "zed"};
    struct plan_input input = world_input(&w);
    struct plan *plan = plan_edit_possible(&input, "import", requests, 41);
    assert_int_equal(plan->n_changes, 41);
    assert_int_equal(plan->counts[CHANGE_ASSIGN], 1);
    assert_int_equal(plan->counts[CHANGE_REASSIGN], 0);
    assert_string_equal(plan->changes[0].agent, "zed");
    assert_non_null(strstr(plan->changes[1].detail, "break the chain"));
    assert_int_equal(world_apply(&w, plan), 0);
    plan_free(plan);
    world_release(&w);
}

/* A number that was chosen before is kept while it is free. */
static void test_kept(void **state)
{
    (void)state;
    static const struct {
        const char *kept;
        const char *expected;
    } samples[] = {{NULL, "0000"},   {"0050", "0050"}, {"0001", "0000"}, {"0006", "0000"},
                   {"9999", "0000"}, {"x", "0000"},    {"0020", "0000"}};
    struct world w;
    world_init(&w, "0000-0099");
    world_store(&w, s_store);
    world_fill(&w);
    world_directory(&w, s_directory);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct request requests[] = {
            {.kind = CHANGE_ASSIGN, .agent = "erin", .kept = samples[i].kept},
            {.kind = CHANGE_ASSIGN, .agent = "fay", .ext = "0020"}};
        struct plan_input input = world_input(&w);
        struct plan *plan = plan_edit_possible(&input, "import", requests, 2);
        assert_string_equal(plan->changes[0].ext, samples[i].expected);
        assert_true(plan->changes[0].chosen);
        assert_string_equal(plan->changes[0].why, "asked for, lowest free");
        plan_free(plan);
    }
    world_release(&w);
}

static void test_not_read_yet(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0000-0099");
    world_store(&w, s_store);
    world_fill(&w);
    world_directory(&w, "alice");
    const struct request requests[] = {{.kind = CHANGE_ASSIGN, .agent = "erin"}};
    struct plan_input input = world_input(&w);
    input.still_reading = true;
    struct plan *plan = plan_edit_possible(&input, "assign", requests, 1);
    assert_string_equal(plan->changes[0].detail, "erin is not read yet");
    assert_null(plan->roster); /* nobody is judged by a part of the directory */
    plan_free(plan);
    world_release(&w);
}

static uint32_t s_random = 7;

static uint32_t below(uint32_t n)
{
    s_random = s_random * 1664525u + 1013904223u;
    return (s_random >> 8) % n;
}

/* Whatever is asked for: what is not refused is a list that the planner takes whole. */
static void test_what_is_left_is_possible(void **state)
{
    (void)state;
    static const char *const agents[] = {"alice", "bob", "carol", "dave",
                                         "erin",  "fay", "gus",   "nobody"};
    static const char *const exts[] = {NULL, "0001", "0002", "0003", "0004", "0006", "0020", "0x"};
    static const enum change_kind kinds[] = {CHANGE_ASSIGN, CHANGE_RELEASE, CHANGE_REASSIGN,
                                             CHANGE_PIN, CHANGE_UNPIN};
    for (int round = 0; round < 2000; round++) {
        struct world w;
        struct request requests[8];
        struct request possible[8];
        size_t n = 1 + below(8);
        size_t n_possible = 0;
        world_init(&w, "0000-0029");
        world_store(&w, s_store);
        world_fill(&w);
        world_directory(&w, s_directory);
        for (size_t i = 0; i < n; i++) {
            requests[i] = (struct request){.kind = kinds[below(5)], .agent = agents[below(8)]};
            requests[i].ext = requests[i].kind == CHANGE_ASSIGN ? exts[below(8)] : NULL;
            requests[i].ext =
                requests[i].kind == CHANGE_REASSIGN ? exts[below(8)] : requests[i].ext;
            if (requests[i].kind == CHANGE_REASSIGN && below(3) == 0) {
                requests[i].swap = true;
                requests[i].ext = NULL;
                requests[i].other = agents[below(8)];
            }
        }
        struct plan_input input = world_input(&w);
        struct plan *plan = plan_edit_possible(&input, "import", requests, n);
        for (size_t i = 0; i < n; i++) {
            bool refused = false;
            for (size_t k = 0; k < plan->n_changes; k++) {
                refused =
                    refused || (plan->changes[k].request == i + 1 && plan->changes[k].refused);
            }
            if (!refused) {
                possible[n_possible++] = requests[i];
            }
        }
        struct plan *whole = NULL;
        struct err err = ERR_INIT;
        if (plan_edit(&input, "import", possible, n_possible, NULL, &whole, &err) != ERR_OK) {
            fail_msg("round %d: %s\n%s", round, err.text, rows_text(plan));
        }
        assert_int_equal(world_apply(&w, plan), 0);
        assert_null(world_fault(&w));
        plan_free(whole);
        plan_free(plan);
        world_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_a_long_chain),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_not_read_yet),
        cmocka_unit_test(test_what_is_left_is_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
