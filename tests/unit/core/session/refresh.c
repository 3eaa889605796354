/* What changed since the last look, and whose it is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/session/usecase.h"
#include "tests/unit/support/settings_world.h"
#include "tests/unit/support/sqlite_calls.h"

/* Two people at work on one store. */
struct desk {
    struct settings settings;
    struct session *session;
    struct snapshot *seen;
};

struct place {
    char *path;
    struct desk mine, other;
};

static void write_agents(const char *text)
{
    char *path = mem_printf("%s/agents.csv", sw_home);
    assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    free(path);
}

static void open_desk(struct desk *desk, const char *path)
{
    char *words = mem_printf("--sync --no-export --store %s --directory ~/agents.csv", path);
    const struct settings_world world = {.words = words};
    sw_good(&world, &desk->settings);
    const struct session_options options = {&desk->settings, session_embedded_ports,
                                            session_n_embedded_ports, &clock_system, VIA_CONSOLE};
    assert_int_equal(session_open(&options, &desk->session, NULL), ERR_OK);
    desk->seen = NULL;
    free(words);
}

static void close_desk(struct desk *desk)
{
    snapshot_unref(desk->seen);
    session_close(desk->session);
    settings_release(&desk->settings);
}

static const struct feed *refresh(struct desk *desk)
{
    struct snapshot *now = NULL;
    struct err err = ERR_INIT;
    enum err_code code = session_refresh(desk->session, desk->seen, NULL, &now, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(code, ERR_OK);
    snapshot_unref(desk->seen);
    desk->seen = now;
    return session_feed(desk->session);
}

static void carry_out(struct usecase *use)
{
    use->wants_after = true;
    assert_int_equal(usecase_apply(use), ERR_OK);
    assert_int_equal(use->outcome.conflicts, 0);
    usecase_release(use);
}

static void sync_as(struct desk *desk)
{
    struct usecase use;
    usecase_init(&use, desk->session, NULL);
    assert_int_equal(usecase_plan_sync(&use), ERR_OK);
    carry_out(&use);
}

static void move_as(struct desk *desk, const char *agent, const char *ext)
{
    struct usecase use;
    const struct request request = {.kind = CHANGE_REASSIGN, .agent = agent, .ext = ext};
    usecase_init(&use, desk->session, NULL);
    assert_int_equal(usecase_plan_edit(&use, "reassign", &request, 1), ERR_OK);
    carry_out(&use);
}

static int set_up(void **state)
{
    static int s_number;
    struct place *place = mem_alloc(sizeof *place);
    place->path = mem_printf("%s/%d.db", sw_home, s_number++);
    write_agents("user\nalice\nbob\n");
    open_desk(&place->mine, place->path);
    open_desk(&place->other, place->path);
    sync_as(&place->other);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    close_desk(&place->mine);
    close_desk(&place->other);
    free(place->path);
    free(place);
    return 0;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void what_was_before_is_no_news(void **state)
{
    struct place *place = *state;
    assert_null(refresh(&place->mine));
    struct snapshot *before = place->mine.seen;
    assert_null(refresh(&place->mine));
    assert_ptr_equal(place->mine.seen, before);
}

static void what_i_did_is_mine_here_and_elsewhere(void **state)
{
    struct place *place = *state;
    refresh(&place->mine);
    refresh(&place->other);
    move_as(&place->mine, "alice", "0500");
    const struct feed *feed = refresh(&place->mine);
    assert_int_equal(feed->n_entries, 1);
    assert_int_equal(feed->entries[0].origin, FEED_MINE);
    assert_null(feed_find_agent(feed, "alice"));
    feed = refresh(&place->other);
    assert_int_equal(feed->n_entries, 1);
    assert_int_equal(feed->entries[0].origin, FEED_MINE_ELSEWHERE);
    assert_string_equal(feed->entries[0].action, "reassign");
    assert_string_equal(feed->entries[0].via, "console");
    assert_non_null(feed_find_agent(feed, "alice"));
    assert_non_null(feed_find_ext(feed, "0500"));
}

static void what_no_record_explains_is_nobodys(void **state)
{
    struct place *place = *state;
    refresh(&place->mine);
    sqlite_by_hand(place->path, "UPDATE extension SET note = 'x' WHERE agent = 'bob'");
    const struct feed *feed = refresh(&place->mine);
    assert_int_equal(feed->n_entries, 1);
    assert_int_equal(feed->entries[0].origin, FEED_UNKNOWN);
    assert_int_equal(feed->entries[0].n_rows, 1);
    assert_string_equal(feed->entries[0].rows[0].agent, "bob");
    assert_string_equal(feed->entries[0].rows[0].note, "note");
}

/* The record says that alice has it, and then she has not. */
static void a_record_explains_only_what_it_led_to(void **state)
{
    struct place *place = *state;
    refresh(&place->mine);
    move_as(&place->other, "alice", "0500");
    sqlite_by_hand(place->path, "UPDATE extension SET agent = 'mallory' WHERE extension = '0500'");
    const struct feed *feed = refresh(&place->mine);
    assert_int_equal(feed->n_entries, 2);
    assert_int_equal(feed->entries[0].origin, FEED_UNKNOWN);
    assert_string_equal(feed->entries[0].rows[0].ext, "0500");
    assert_int_equal(feed->entries[0].n_rows, 1);
    assert_int_equal(feed->entries[1].origin, FEED_MINE_ELSEWHERE);
}

static void who_came_and_who_went(void **state)
{
    struct place *place = *state;
    struct roster *roster = NULL;
    struct session *session = place->mine.session;
    assert_int_equal(session_read_directory(session, NULL, &roster, NULL), ERR_OK);
    roster_unref(roster);
    write_agents("user\nalice\ncarol\n");
    assert_false(session_directory_unchanged(session)); /* its time is too new to tell */
    assert_int_equal(session_read_directory(session, NULL, &roster, NULL), ERR_OK);
    roster_unref(roster);
    const struct feed *feed = session_feed(session);
    assert_int_equal(feed->n_entries, 2);
    assert_string_equal(feed->entries[0].action, "joined");
    assert_string_equal(feed->entries[0].rows[0].agent, "carol");
    assert_string_equal(feed->entries[1].action, "left");
    assert_string_equal(feed->entries[1].rows[0].agent, "bob");
}

/* The next run begins where this one ended. */
static void from_a_place_on(void **state)
{
    struct place *place = *state;
    refresh(&place->mine);
    move_as(&place->other, "alice", "0500");
    refresh(&place->mine);
    char *seen = mem_strdup(session_place(place->mine.session));
    move_as(&place->other, "alice", "0600");
    close_desk(&place->mine);
    open_desk(&place->mine, place->path);
    session_follow(place->mine.session, seen);
    free(seen);
    const struct feed *feed = refresh(&place->mine);
    assert_int_equal(feed->n_entries, 1);
    assert_string_equal(feed->entries[0].rows[0].ext, "0600");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(what_was_before_is_no_news),
        CASE(what_i_did_is_mine_here_and_elsewhere),
        CASE(what_no_record_explains_is_nobodys),
        CASE(a_record_explains_only_what_it_led_to),
        CASE(who_came_and_who_went),
        CASE(from_a_place_on),
    };
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
