/* Which changes of others were seen: by resting on a row, by the list of changes, all at once. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tui/shell/changes.h"

#define KIM "kim@desk7"

static bool is_own(const void *context, const char *action_id)
{
    (void)context;
    return strstr(action_id, "own") != NULL;
}

static const struct feed_reader s_reader = {.actor = "me@desk1", .is_own = is_own};

/* Adds an action of one change to the feed that `changes` has. */
static void act(struct changes *changes, const char *id, const char *actor, const char *change)
{
    static int64_t s_at_ms = 1795348800000;
    struct feed_builder *builder = feed_begin(changes->feed, &s_reader);
    struct audit_record record = {.action_id = id,
                                  .at_ms = ++s_at_ms,
                                  .order = s_at_ms,
                                  .actor = actor,
                                  .action = "edit",
                                  .changes = change,
                                  .place = id};
    feed_add_record(builder, &record);
    changes_take(changes, feed_end(builder, id));
}

static void move(struct changes *changes, const char *id)
{
    act(changes, id, KIM,
        "[{\"change\":\"reassign\",\"extension\":\"0077\",\"agent\":\"m.rossi\",\"from\":\"0042\","
        "\"to\":\"0077\"}]");
}

static void pin(struct changes *changes, const char *id)
{
    act(changes, id, KIM, "[{\"change\":\"pin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
}

static void what_others_did_is_new(void **state)
{
    struct changes changes = {.feed = NULL};
    (void)state;
    assert_null(changes_of_ext(&changes, "0077"));
    move(&changes, "1");
    pin(&changes, "2");
    assert_int_equal(changes.n_unseen, 2);
    assert_non_null(changes_of_agent(&changes, "m.rossi"));
    assert_non_null(changes_of_ext(&changes, "0077"));
    assert_non_null(changes_of_ext(&changes, "0042")); /* the number that was left */
    assert_null(changes_of_ext(&changes, "0099"));
    assert_null(changes_of_agent(&changes, NULL));
    changes_release(&changes);
}

static void what_this_session_did_is_not(void **state)
{
    struct changes changes = {.feed = NULL};
    (void)state;
    act(&changes, "own1", "me@desk1",
        "[{\"change\":\"pin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
    assert_int_equal(changes.n_unseen, 0);
    assert_null(changes_of_ext(&changes, "0014"));
    act(&changes, "2", "me@desk1",
        "[{\"change\":\"unpin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
    assert_int_equal(changes.n_unseen, 1); /* the same person, in another console */
    assert_non_null(changes_of_ext(&changes, "0014"));
    changes_release(&changes);
}

static void a_row_that_was_looked_at_is_seen(void **state)
{
    struct changes changes = {.feed = NULL};
    (void)state;
    move(&changes, "1");
    pin(&changes, "2");
    assert_true(changes_see_row(&changes, "m.rossi", "0077"));
    assert_int_equal(changes.n_unseen, 1);
    assert_null(changes_of_agent(&changes, "m.rossi"));
    assert_null(changes_of_ext(&changes, "0042"));
    assert_non_null(changes_of_agent(&changes, "a.bondar"));
    assert_false(changes_see_row(&changes, "m.rossi", "0077"));
    pin(&changes, "3"); /* a later feed has the seen row still */
    assert_int_equal(changes.n_unseen, 2);
    assert_null(changes_of_agent(&changes, "m.rossi"));
    assert_true(changes_see_row(&changes, NULL, "0014"));
    assert_int_equal(changes.n_unseen, 0);
    changes_release(&changes);
}

static void all_at_once(void **state)
{
    struct changes changes = {.feed = NULL};
    (void)state;
    assert_false(changes_see_all(&changes, 1000));
    move(&changes, "1");
    assert_true(changes_see_all(&changes, 1000));
    assert_null(changes_of_ext(&changes, "0077"));
    pin(&changes, "2");
    assert_int_equal(changes.n_unseen, 1);
    assert_null(changes_of_ext(&changes, "0077"));
    changes_release(&changes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_did_is_new),
        cmocka_unit_test(what_this_session_did_is_not),
        cmocka_unit_test(a_row_that_was_looked_at_is_seen),
        cmocka_unit_test(all_at_once),
    };
    return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
