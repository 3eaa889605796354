#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/session/feed.h"
#include "tests/unit/support/world.h"

/* What changed and who did it, from records, from pictures that differ, from the directory. */

#define T0_MS 1795000000000LL

static bool is_own(const void *context, const char *action_id)
{
    return strcmp(context, action_id) == 0;
}

static const struct feed_reader s_me = {.actor = "kim@desk3", .is_own = is_own, .context = "own"};

static struct audit_record record(const char *id, const char *actor, const char *changes)
{
    return (struct audit_record){.action_id = id,
                                 .at_ms = T0_MS,
                                 .actor = actor,
                                 .action = "reassign",
                                 .changes = changes,
                                 .place = "7"};
}

#define MOVED                                                                                      \
    "[{\"change\":\"reassign\",\"extension\":\"0077\",\"agent\":\"m.rossi\",\"from\":\"0042\","    \
    "\"to\":\"0077\",\"why\":\"CHG-1\"}]"
#define PINNED                                                                                     \
    "[{\"change\":\"pin\",\"extension\":\"0014\",\"agent\":\"a.bondar\",\"to\":\"desk\"}]"

/* How many rows of others came after that one. */
static size_t count_after(const struct feed *feed, uint64_t serial)
{
    size_t n = 0;
    for (size_t i = 0; i < feed->n_entries; i++) {
        const struct feed_entry *entry = &feed->entries[i];
        for (size_t k = 0; entry->origin != FEED_MINE && k < entry->n_rows; k++) {
            n += entry->rows[k].serial > serial;
        }
    }
    return n;
}

static struct feed *after_records(const struct feed *before, const struct audit_record *records,
                                  size_t n)
{
    struct feed_builder *builder = feed_begin(before, &s_me);
    for (size_t i = 0; i < n; i++) {
        feed_add_record(builder, &records[i]);
    }
    return feed_end(builder, "9");
}

static void expect_what(const struct feed_entry *entry, size_t row, const char *text)
{
    char what[FEED_TEXT];
    feed_row_what(entry, &entry->rows[row], what);
    assert_string_equal(what, text);
}

static void an_action_is_one_entry(void **state)
{
    (void)state;
    const struct audit_record records[] = {record("a1", "lee@desk7 from 10.0.0.7", MOVED),
                                           record("a2", "lee@desk7", PINNED),
                                           record("a1", "lee@desk7", PINNED)};
    struct feed *first = after_records(NULL, records, 2);
    struct feed *feed = after_records(first, records + 2, 1);
    feed_unref(first);
    assert_int_equal(feed->n_entries, 2);
    const struct feed_entry *entry = &feed->entries[0]; /* it went on last */
    char counts[FEED_TEXT];
    assert_string_equal(entry->action_id, "a1");
    assert_string_equal(entry->who, "lee@desk7");
    assert_string_equal(entry->place, "7");
    assert_int_equal(entry->n_rows, 2);
    assert_int_equal(entry->n_numbers, 2);
    feed_entry_counts(entry, counts);
    assert_string_equal(counts, "~1 p1");
    expect_what(entry, 0, "0042>0077");
    expect_what(entry, 1, "0014 pin");
    assert_int_equal(entry->rows[1].serial, feed->serial);
    assert_ptr_equal(feed_entry_of(feed, &entry->rows[1]), entry);
    feed_unref(feed);
}

static void whose_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        const char *actor;
        enum feed_origin origin;
    } cases[] = {
        {"own", "kim@desk3", FEED_MINE},
        {"b", "kim@desk7", FEED_MINE_ELSEWHERE},
        {"c", "kimberly@desk3", FEED_OTHER},
        {"d", "arn:aws:sts::1:assumed-role/Ops/kim", FEED_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct audit_record one = record(cases[i].id, cases[i].actor, PINNED);
        struct feed *feed = after_records(NULL, &one, 1);
        assert_int_equal(feed->entries[0].origin, cases[i].origin);
        assert_int_equal(count_after(feed, 0), cases[i].origin != FEED_MINE);
        assert_int_equal(feed_find_ext(feed, "0014") != NULL, cases[i].origin != FEED_MINE);
        feed_unref(feed);
    }
}

static void the_person_of_an_arn(void **state)
{
    (void)state;
    struct feed_reader me = {.actor = "arn:aws:sts::1:assumed-role/Ops/kim"};
    struct audit_record one = record("a", me.actor, PINNED);
    struct feed_builder *builder = feed_begin(NULL, &me);
    feed_add_record(builder, &one);
    struct feed *feed = feed_end(builder, "");
    assert_int_equal(feed->entries[0].origin, FEED_MINE_ELSEWHERE);
    assert_string_equal(feed->entries[0].who, "kim");
    feed_unref(feed);
}

static void rows_are_found_by_number_and_agent(void **state)
{
    (void)state;
    const struct audit_record records[] = {record("a1", "lee@desk7", MOVED),
                                           record("a2", "lee@desk7", PINNED)};
    struct feed *feed = after_records(NULL, records, 2);
    const struct feed_row *moved = feed_find_ext(feed, "0042"); /* the former number, too */
    assert_non_null(moved);
    assert_ptr_equal(moved, feed_find_ext(feed, "0077"));
    assert_ptr_equal(moved, feed_find_agent(feed, "m.rossi"));
    assert_string_equal(moved->note, "CHG-1");
    assert_null(feed_find_ext(feed, "0043"));
    assert_null(feed_find_ext(NULL, "0042"));
    assert_int_equal(count_after(feed, moved->serial), 1);
    feed_unref(feed);
}

static void a_record_that_nobody_can_read(void **state)
{
    (void)state;
    struct audit_record one = record("a1", "lee@desk7", "[{\"change\":\"teleport\"}]");
    struct feed *feed = after_records(NULL, &one, 1);
    assert_int_equal(feed->n_entries, 1);
    assert_int_equal(feed->entries[0].n_rows, 0);
    assert_int_equal(feed->serial, 1);
    feed_unref(feed);
}

static void what_no_record_explains(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, "0001-0009");
    world_store(&w, "0001 bob\n0002 zoe\n0003 -\n");
    struct slot later = w.snapshot->slots[0];
    later.at_s += 60;
    struct slot taken = w.snapshot->slots[1];
    taken.agent = "ann";
    struct feed_builder *builder = feed_begin(NULL, &s_me);
    feed_add_unexplained(builder, &w.snapshot->slots[0], &later, T0_MS);
    feed_add_unexplained(builder, &w.snapshot->slots[1], &taken, T0_MS);
    feed_add_unexplained(builder, &w.snapshot->slots[2], NULL, T0_MS);
    struct feed *feed = feed_end(builder, "9");
    assert_int_equal(feed->n_entries, 1);
    const struct feed_entry *entry = &feed->entries[0];
    assert_int_equal(entry->origin, FEED_UNKNOWN);
    assert_string_equal(entry->who, "(unknown)");
    assert_string_equal(entry->place, "9");
    assert_null(entry->action_id);
    expect_what(entry, 0, "0001 since");
    expect_what(entry, 1, "0002 agent");
    expect_what(entry, 2, "0003 state");
    assert_string_equal(entry->rows[1].agent, "ann");
    feed_unref(feed);
    world_release(&w);
}

static void who_joined_and_who_left(void **state)
{
    (void)state;
    struct world before;
    struct world after;
    world_init(&before, "0001-0009");
    world_init(&after, "0001-0009");
    world_directory(&before, "alice bob zoe");
    world_directory(&after, "alice carol dan zoe");
    struct feed_builder *builder = feed_begin(NULL, &s_me);
    feed_add_directory(builder, before.roster, after.roster, T0_MS);
    struct feed *feed = feed_end(builder, "");
    assert_int_equal(feed->n_entries, 2);
    assert_string_equal(feed->entries[0].action, "joined");
    assert_int_equal(feed->entries[0].n_rows, 2);
    assert_string_equal(feed->entries[0].rows[0].agent, "carol");
    assert_string_equal(feed->entries[0].rows[1].agent, "dan");
    assert_string_equal(feed->entries[1].action, "left");
    assert_string_equal(feed->entries[1].rows[0].agent, "bob");
    expect_what(&feed->entries[1], 0, "left");
    feed_unref(feed);
    world_release(&before);
    world_release(&after);
}

static void nothing_new_is_the_same_feed(void **state)
{
    (void)state;
    struct audit_record one = record("a1", "lee@desk7", MOVED);
    struct feed *feed = after_records(NULL, &one, 1);
    struct feed *again = after_records(feed, NULL, 0);
    assert_ptr_equal(again, feed);
    assert_null(after_records(NULL, NULL, 0));
    feed_unref(again);
    feed_unref(feed);
}

/* A sync of ten thousand is one entry with some rows, and many actions push out the oldest. */
static void it_is_bounded(void **state)
{
    (void)state;
    struct feed *feed = NULL;
    for (size_t i = 0; i < 6; i++) {
        struct feed_builder *builder = feed_begin(feed, &s_me);
        for (size_t k = 0; k < FEED_ROWS_MAX / 4; k++) {
            char id[32];
            snprintf(id, sizeof id, "a%zu-%zu", i, i == 0 ? 0 : k);
            struct audit_record one = record(id, "lee@desk7", PINNED);
            feed_add_record(builder, &one);
        }
        feed_unref(feed);
        feed = feed_end(builder, "");
        if (i == 0) {
            assert_int_equal(feed->n_entries, 1);
            assert_int_equal(feed->entries[0].n_rows, FEED_ROWS_OF_ONE);
            assert_int_equal(feed->entries[0].n_numbers, FEED_ROWS_MAX / 4);
        }
    }
    assert_true(feed->n_rows <= FEED_ROWS_MAX);
    assert_int_equal(feed->n_entries, FEED_ROWS_MAX);
    assert_string_equal(feed->entries[0].action_id, "a5-999");
    feed_unref(feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_action_is_one_entry),
        cmocka_unit_test(whose_it_is),
        cmocka_unit_test(the_person_of_an_arn),
        cmocka_unit_test(rows_are_found_by_number_and_agent),
        cmocka_unit_test(a_record_that_nobody_can_read),
        cmocka_unit_test(what_no_record_explains),
        cmocka_unit_test(who_joined_and_who_left),
        cmocka_unit_test(nothing_new_is_the_same_feed),
        cmocka_unit_test(it_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
