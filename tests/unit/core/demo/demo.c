#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/demo/demo.h"
#include "core/embedded/directory_parse.h"
#include "core/base/fileio.h"
#include "core/pool/login.h"
#include "core/base/text.h"

#define SAMPLE "tests/data/sample/agents.csv"

static int64_t s_now_s;

static int64_t now_ms(void *context)
{
    (void)context;
    return s_now_s * 1000;
}

static const struct clock s_clock = {.now_ms = now_ms};

static struct roster *people(uint64_t seed, size_t n)
{
    struct roster *roster = roster_new();
    demo_roster(seed, n, roster);
    assert_null(roster_seal(roster)); /* no login twice */
    return roster;
}

static void check_same(const struct roster *a, const struct roster *b)
{
    assert_int_equal(a->n_agents, b->n_agents);
    for (size_t i = 0; i < a->n_agents; i++) {
        assert_string_equal(a->agents[i].login, b->agents[i].login);
        assert_string_equal(a->agents[i].name, b->agents[i].name);
        assert_string_equal(a->agents[i].routing_profile, b->agents[i].routing_profile);
    }
}

/* ---- people -------------------------------------------------------------------------------- */

static void test_everybody_is_sound(void **state)
{
    (void)state;
    struct roster *roster = people(7, 5000);
    assert_int_equal(roster->n_agents, 5000);
    for (size_t i = 0; i < roster->n_agents; i++) {
        const struct agent *agent = &roster->agents[i];
        struct arena arena = ARENA_INIT;
        assert_null(login_fault(agent->login, strlen(agent->login)));
        assert_int_equal(strspn(agent->login, "abcdefghijklmnopqrstuvwxyz.0123456789"),
                         strlen(agent->login));
        assert_non_null(strstr(agent->name, ", "));
        assert_null(strchr(agent->name, '|'));
        assert_ptr_equal(text_sanitise(&arena, agent->name), agent->name);
        assert_non_null(agent->routing_profile);
        assert_int_equal(agent->n_attributes, 1);
        assert_int_equal(agent->attributes[0].field, FIELD_HIERARCHY);
        arena_release(&arena);
    }
    roster_unref(roster);
}

static void test_a_seed_is_a_world(void **state)
{
    (void)state;
    struct roster *one = people(1, 250);
    struct roster *same = people(1, 250);
    struct roster *other = people(2, 250);
    check_same(one, same);
    size_t shared = 0;
    for (size_t i = 0; i < 250; i++) {
        shared += roster_find(other, one->agents[i].login) != NULL;
    }
    assert_true(shared < 125);
    roster_unref(one);
    roster_unref(same);
    roster_unref(other);
}

static void test_more_people_are_the_same_and_others(void **state)
{
    (void)state;
    struct roster *few = people(1, 100);
    struct roster *many = people(1, 300);
    for (size_t i = 0; i < few->n_agents; i++) {
        assert_non_null(roster_find(many, few->agents[i].login));
    }
    roster_unref(few);
    roster_unref(many);
}

static void test_there_is_an_end_to_people(void **state)
{
    (void)state;
    struct roster *roster = people(1, (size_t)DEMO_AGENTS_MAX + 5);
    assert_int_equal(roster->n_agents, DEMO_AGENTS_MAX);
    roster_unref(roster);
}

/* ---- the file ------------------------------------------------------------------------------ */

static void test_the_file_reads_back(void **state)
{
    (void)state;
    struct buf csv;
    struct err err = ERR_INIT;
    const char *format = NULL;
    struct roster *roster = roster_new();
    struct roster *expected = people(3, 1000);
    buf_init(&csv, 1 << 20);
    demo_csv(3, 1000, &csv);
    const struct directory_text source = {
        .file = "f", .text = csv.data, .length = csv.length, .roster = roster};
    assert_int_equal(directory_parse(&source, &format, &err), ERR_OK);
    assert_string_equal(format, "CSV, bulk upload of Amazon Connect");
    check_same(roster, expected);
    roster_unref(roster);
    roster_unref(expected);
    buf_release(&csv);
}

static void test_the_sample_is_made_so(void **state)
{
    (void)state;
    struct buf csv;
    struct buf sample;
    buf_init(&csv, 1 << 20);
    buf_init(&sample, 1 << 20);
    demo_csv(DEMO_SEED, DEMO_AGENTS, &csv);
    assert_int_equal(fileio_read(SAMPLE, &sample, NULL), ERR_OK);
    assert_string_equal(csv.data, sample.data);
    buf_release(&csv);
    buf_release(&sample);
}

/* ---- a directory that lives ------------------------------------------------------------------ */

static struct roster *read_now(struct directory *directory)
{
    struct roster *roster = NULL;
    assert_int_equal(directory->ops->read(directory, NULL, &roster, NULL), ERR_OK);
    assert_int_equal(roster->read_at_s, s_now_s);
    return roster;
}

static size_t missing_from(const struct roster *a, const struct roster *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_agents; i++) {
        n += roster_find(b, a->agents[i].login) == NULL;
    }
    return n;
}

static void test_it_begins_with_the_sample(void **state)
{
    (void)state;
    s_now_s = 1795000000;
    struct directory *directory = directory_demo_new(DEMO_SEED, &s_clock);
    struct roster *expected = people(DEMO_SEED, DEMO_AGENTS);
    struct roster *first = read_now(directory);
    assert_string_equal(directory->uri, "demo:");
    check_same(first, expected);
    roster_unref(first);
    roster_unref(expected);
    directory_free(directory);
}

static void test_something_happens_between_reads(void **state)
{
    (void)state;
    s_now_s = 1795000000;
    struct directory *directory = directory_demo_new(DEMO_SEED, &s_clock);
    struct roster *before = read_now(directory);
    struct port_info facts;
    port_info_init(&facts);
    directory->ops->facts(directory, &facts);
    assert_null(port_info_get(&facts, "directory_event"));
    struct roster *after = read_now(directory);
    assert_int_equal(missing_from(before, after) + missing_from(after, before), 1);
    directory->ops->facts(directory, &facts);
    assert_non_null(port_info_get(&facts, "directory_event"));
    port_info_release(&facts);
    roster_unref(before);
    s_now_s += 100 * 86400;
    before = read_now(directory);
    size_t changed = missing_from(before, after) + missing_from(after, before);
    assert_true(changed > 1 && changed <= 12);
    roster_unref(before);
    roster_unref(after);
    directory_free(directory);
}

static void test_two_live_alike(void **state)
{
    (void)state;
    s_now_s = 1795000000;
    struct directory *one = directory_demo_new(5, &s_clock);
    struct directory *other = directory_demo_new(5, &s_clock);
    for (int i = 0; i < 100; i++) {
        directory_demo_step(one);
        directory_demo_step(other);
    }
    struct roster *a = read_now(one);
    struct roster *b = read_now(other);
    check_same(a, b);
    roster_unref(a);
    roster_unref(b);
    directory_free(one);
    directory_free(other);
}

/* For ever: people join, leave and come back, nobody twice, and the centre keeps its size. */
static void test_it_lives_for_ever(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        s_now_s = 1795000000;
        struct directory *directory = directory_demo_new(seed, &s_clock);
        struct roster *first = read_now(directory);
        struct roster *before = roster_ref(first);
        size_t joined = 0;
        size_t came_back = 0;
        size_t left = 0;
        for (int i = 0; i < 2000; i++) {
            struct roster *after = read_now(directory);
            assert_in_range(after->n_agents, DEMO_AGENTS * 4 / 5, DEMO_AGENTS * 6 / 5);
            left += missing_from(before, after);
            for (size_t k = 0; k < after->n_agents; k++) {
                if (!roster_find(before, after->agents[k].login)) {
                    bool known = roster_find(first, after->agents[k].login) != NULL;
                    came_back += known;
                    joined += !known;
                }
            }
            roster_unref(before);
            before = after;
        }
        assert_int_equal(joined + came_back + left, 2000);
        assert_true(joined > 500 && came_back > 10 && left > 700);
        roster_unref(before);
        roster_unref(first);
        directory_free(directory);
    }
}

static enum cancel stop(void *context)
{
    (void)context;
    return CANCEL_SOFT;
}

static void test_it_stops_when_it_is_told(void **state)
{
    (void)state;
    struct progress progress = {.cancel = stop};
    struct directory *directory = directory_demo_new(1, &s_clock);
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(directory->ops->read(directory, &progress, &roster, &err), ERR_CANCELLED);
    assert_null(roster);
    directory_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everybody_is_sound),
        cmocka_unit_test(test_a_seed_is_a_world),
        cmocka_unit_test(test_more_people_are_the_same_and_others),
        cmocka_unit_test(test_there_is_an_end_to_people),
        cmocka_unit_test(test_the_file_reads_back),
        cmocka_unit_test(test_the_sample_is_made_so),
        cmocka_unit_test(test_it_begins_with_the_sample),
        cmocka_unit_test(test_something_happens_between_reads),
        cmocka_unit_test(test_two_live_alike),
        cmocka_unit_test(test_it_lives_for_ever),
        cmocka_unit_test(test_it_stops_when_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
