/* What the Details pane says of an agent, a number, marked rows and nothing, in each of its forms. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tests/unit/support/sites.h"
#include "tests/unit/support/world.h"
#include "tui/view/details_lines.h"
#include "tui/view/details_values.h"

struct fixture {
    struct world world;
    struct screen_data *data;
    struct history *history;
    struct past past;
};

static const char *const s_store = "0010 a.adeyemi\n"
                                   "0012 a.bennett 18d\n"
                                   "0013 a.berg 18d pin=leaflet\n"
                                   "0014 ghost 3d\n"
                                   "0015 - j.kerr 30d\n"
                                   "0016 -\n"
                                   "0017 - m.greco 1d\n"
                                   "0018 -held note=fax\n";

static void add(struct history *history, const char *id, int64_t ago_s, const char *actor,
                const char *action, const char *changes)
{
    struct err err = ERR_INIT;
    struct audit_record record = {.action_id = id,
                                  .at_ms = (WORLD_NOW_S - ago_s) * 1000,
                                  .order = (WORLD_NOW_S - ago_s) * 1000,
                                  .actor = actor,
                                  .action = action,
                                  .changes = changes};
    assert_int_equal(history_add(history, &record, &err), ERR_OK);
}

/* The store has the same of who wrote it as the history. */
static void write_by(struct snapshot *snapshot, const char *ext, const char *actor)
{
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        if (strcmp(snapshot->slots[i].ext, ext) == 0) {
            snapshot->slots[i].by = actor;
        }
    }
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    world_init(&f->world, "0010-0019");
    world_store(&f->world, s_store);
    write_by(f->world.snapshot, "0010", "cron@lambda");
    write_by(f->world.snapshot, "0012", "cron@lambda");
    world_directory(&f->world, "a.adeyemi a.bennett a.berg a.hakansson");
    f->data =
        screen_data_new(&f->world.policy, f->world.snapshot, f->world.roster, false, WORLD_NOW_S);
    f->history = history_new();
    add(f->history, "20261104T142100000Z-aaaaaa", 18 * WORLD_DAY_S, "cron@lambda", "sync",
        "[{\"change\":\"assign\",\"extension\":\"0012\",\"agent\":\"a.bennett\","
        "\"was\":{\"at\":1792000000,\"agent\":\"b.smith\"}},"
        "{\"change\":\"assign\",\"extension\":\"0010\",\"agent\":\"a.adeyemi\"}]");
    add(f->history, "20261003T090200000Z-bbbbbb", 50 * WORLD_DAY_S,
        "arn:aws:sts::123456789012:assumed-role/ops/kim@desk7", "release",
        "[{\"change\":\"release\",\"extension\":\"0012\",\"agent\":\"b.smith\"}]");
    add(f->history, "20261122T090200000Z-cccccc", 3600, "kim@desk7", "reassign",
        "[{\"change\":\"reassign\",\"extension\":\"0017\",\"agent\":\"m.greco\",\"from\":\"0019\","
        "\"to\":\"0017\"}]");
    history_seal(f->history);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    past_release(&f->past);
    history_free(f->history);
    screen_data_unref(f->data);
    world_release(&f->world);
    free(f);
    return 0;
}

static struct details of_agent(const struct fixture *f, const char *login, int width, int height)
{
    const struct agent_row *row = screen_data_find_agent(f->data, login);
    return (struct details){.data = f->data,
                            .row = row,
                            .slot = row ? row->slot : NULL,
                            .width = width,
                            .height = height};
}

static struct details of_number(const struct fixture *f, const char *ext, int width, int height)
{
    const struct slot *slot = screen_data_find_slot(f->data, ext);
    const struct agent_row *row =
        slot && slot->state == SLOT_ASSIGNED ? screen_data_find_agent(f->data, slot->agent) : NULL;
    return (struct details){.data = f->data,
                            .row = row,
                            .slot = slot,
                            .about_number = true,
                            .width = width,
                            .height = height};
}

static void with_past(struct fixture *f, struct details *about)
{
    past_release(&f->past);
    past_add_history(&f->past, f->history, about->row ? about->row->login : NULL,
                     about->slot ? about->slot->ext : NULL);
    about->past = &f->past;
}

static void assert_lines(const struct details *about, const char *expected)
{
    struct lines lines = LINES_INIT;
    struct canvas canvas;
    struct buf text;
    canvas_init(&canvas, about->width, about->height);
    canvas.ascii = true;
    canvas_clear(&canvas, STYLE_TEXT);
    buf_init(&text, 1 << 16);
    details_lines(about, &lines);
    lines_draw(&lines, &canvas, (struct rect){0, 0, about->width, about->height});
    canvas_dump(&canvas, &text);
    while (text.length > 1 && strcmp(text.data + text.length - 2, "\n\n") == 0) {
        text.data[--text.length] = '\0';
    }
    assert_string_equal(text.data, expected);
    buf_release(&text);
    canvas_release(&canvas);
    lines_release(&lines);
}

/* ---- six lines -------------------------------------------------------------------------------- */

static void six_lines_of_an_agent(void **state)
{
    struct fixture *f = *state;
    struct details about = of_agent(f, "a.bennett", 31, 6);
    with_past(f, &about);
    assert_lines(&about, "a.bennett\n"
                         "ext   0012 since 4 Nov 12:00\n"
                         "by    sync (cron@lambda)\n"
                         "of    -\n"
                         "note  -\n");
    about = of_agent(f, "a.berg", 31, 6);
    assert_lines(&about, "a.berg\n"
                         "ext   0013 since 4 Nov 12:00\n"
                         "by    test\n"
                         "of    -\n"
                         "note  leaflet\n");
}

static void six_lines_of_agents_that_need_something(void **state)
{
    struct fixture *f = *state;
    struct details about = of_agent(f, "a.hakansson", 31, 6);
    assert_lines(&about, "a.hakansson\n"
                         "ext   none yet\n"
                         "by    -\n"
                         "of    -\n"
                         "note  -\n");
    about = of_agent(f, "ghost", 31, 6);
    about.marks = (struct details_marks){2, {{"a", 2}, {"r", 0}, {"x", 0}, {"p", 0}}};
    assert_lines(&about, "ghost  (left)\n"
                         "ext   0014 since 19 Nov 12:00\n"
                         "by    test\n"
                         "of    -\n"
                         "2 marked: a fits 2, r x p none\n");
}

static void six_lines_of_a_number(void **state)
{
    struct fixture *f = *state;
    struct details about = of_number(f, "0012", 31, 6);
    assert_lines(&about, "0012  assigned\n"
                         "agent a.bennett\n"
                         "since 4 Nov 12:00\n"
                         "by    cron@lambda\n"
                         "note  -\n");
    about = of_number(f, "0017", 40, 6);
    assert_lines(&about, "0017  cooling\n"
                         "agent was m.greco\n"
                         "since 21 Nov 12:00, until 28 Nov 12:00\n"
                         "by    -\n"
                         "note  -\n");
    world_slot(&f->world, "0018")->target = "queue:sales";
    world_slot(&f->world, "0018")->until_s = WORLD_NOW_S + 3600;
    world_look(&f->world);
    screen_data_unref(f->data);
    f->data = screen_data_new(&f->world.policy, f->world.snapshot, NULL, false, WORLD_NOW_S);
    about = of_number(f, "0018", 40, 6);
    assert_lines(&about, "0018  reserved\n"
                         "agent never used\n"
                         "since 21 Nov 12:00, until 13:00\n"
                         "by    test\n"
                         "note  fax, calls to queue:sales\n");
}

/* ---- full ------------------------------------------------------------------------------------- */

static void all_of_an_agent(void **state)
{
    struct fixture *f = *state;
    struct details about = of_agent(f, "a.bennett", 31, 16);
    with_past(f, &about);
    about.marks = (struct details_marks){2, {{"a", 2}, {"r", 0}, {"x", 0}, {"p", 0}}};
    assert_lines(&about, "a.bennett\n"
                         "login    a.bennett\n"
                         "ext      0012  assigned\n"
                         "profile  -\n"
                         "since    4 Nov 12:00\n"
                         "by       sync (cron@lambda)\n"
                         "before   free, was b.smith\n"
                         "note     -\n"
                         "\n"
                         "History                2 of 2\n"
                         "4 Nov 12:00  + assign  cron@l~\n"
                         "3 Oct 12:00  - release kim@de~\n"
                         "\n"
                         "\n"
                         "2 marked: a fits 2, r x p none\n");
}

static void all_of_an_agent_in_two_columns(void **state)
{
    struct fixture *f = *state;
    struct details about = of_agent(f, "a.bennett", 57, 16);
    with_past(f, &about);
    f->past.changes[0].had = NULL; /* as in a trail that does not keep it: the release tells it */
    assert_lines(&about, "a.bennett\n"
                         "login    a.bennett     profile  -\n"
                         "ext      0012  assigned\n"
                         "since    4 Nov 12:00 by sync (cron@lambda)\n"
                         "before   free, was b.smith until 3 Oct 12:00\n"
                         "note     -    until -    fallback -\n"
                         "\n"
                         "History                                          2 of 2\n"
                         "4 Nov 12:00  + assign 0012   sync by cron@lambda\n"
                         "3 Oct 12:00  - release 0012  b.smith, by kim@desk7\n");
}

static void a_history_that_was_not_read_and_one_that_is_cut(void **state)
{
    struct fixture *f = *state;
    struct details about = of_agent(f, "a.bennett", 31, 14);
    assert_lines(&about, "a.bennett\n"
                         "login    a.bennett\n"
                         "ext      0012  assigned\n"
                         "profile  -\n"
                         "since    4 Nov 12:00\n"
                         "by       cron@lambda\n"
                         "before   -\n"
                         "note     -\n"
                         "\n"
                         "History\n");
    with_past(f, &about);
    for (about.height = 10; about.height >= 9; about.height--) {
        assert_lines(&about, "a.bennett\n"
                             "ext   0012 since 4 Nov 12:00\n"
                             "by    sync (cron@lambda)\n"
                             "of    -\n"
                             "note  -\n"
                             "\n"
                             "History                2 of 2\n"
                             "4 Nov 12:00  + assign  cron@l~\n"
                             "3 Oct 12:00  - release kim@de~\n");
    }
}

static void a_number_has_the_moves_from_it_in_its_history(void **state)
{
    struct fixture *f = *state;
    struct details about = of_number(f, "0017", 57, 16);
    with_past(f, &about);
    assert_lines(&about, "0017  cooling\n"
                         "holder   -             name     -\n"
                         "since    21 Nov 12:00 by kim@desk7\n"
                         "before   was m.greco until 21 Nov 12:00\n"
                         "note     -    until 28 Nov 12:00    fallback -\n"
                         "\n"
                         "History                                          1 of 1\n"
                         "11:00        ~ reassign 0019>0017 m.greco, by kim@desk7\n");
    past_release(&f->past);
    past_add_history(&f->past, f->history, NULL, "0019");
    assert_int_equal(f->past.n, 1);
}

static void nothing_says_what_to_do(void **state)
{
    struct fixture *f = *state;
    struct details about = {
        .data = f->data, .empty = "no agents\nC-r reads again", .width = 30, .height = 6};
    assert_lines(&about, "no agents\nC-r reads again\n");
}

/* ---- live -------------------------------------------------------------------------------------- */

static const struct live_state s_on_call = {.presence = LIVE_ON_CONTACT,
                                            .channel = LIVE_VOICE,
                                            .since_s = WORLD_NOW_S - 120,
                                            .status = "Available",
                                            .queue = "Sales",
                                            .voice_max = 1,
                                            .voice_used = 1};
static const struct live_state s_offline = {.presence = LIVE_OFFLINE};
static const struct live_state s_lunch = {
    .presence = LIVE_OTHER, .status = "Lunch", .since_s = WORLD_NOW_S - 60, .voice_max = 2};

static void live_state_of_an_agent(void **state)
{
    struct fixture *f = *state;
    struct details about = of_agent(f, "a.bennett", 31, 6);
    about.tells_live = true;
    assert_lines(&about, "a.bennett\n"
                         "ext   0012 since 4 Nov 12:00\n"
                         "by    cron@lambda\n"
                         "live\n"
                         "of    -\n"
                         "note  -\n");
    about.live = &s_offline;
    about.live_at_s = WORLD_NOW_S - 2;
    assert_lines(&about, "a.bennett\n"
                         "ext   0012 since 4 Nov 12:00\n"
                         "by    cron@lambda\n"
                         "live  offline at 11:59\n"
                         "of    -\n"
                         "note  -\n");
    about.height = 16;
    about.live = &s_on_call;
    assert_lines(&about, "a.bennett\n"
                         "login    a.bennett\n"
                         "ext      0012  assigned\n"
                         "live     ON CONTACT since 11:58\n"
                         ".        voice, Sales\n"
                         "status   Available\n"
                         "voice    0 of 1 slot free\n"
                         "seen     11:59:58\n"
                         "profile  -\n"
                         "since    4 Nov 12:00\n"
                         "by       cron@lambda\n"
                         "before   -\n"
                         "note     -\n"
                         "\n"
                         "History\n");
}

static void assert_holder_lives(struct fixture *f, const struct live_state *live, const char *line)
{
    struct details about = of_number(f, "0012", 31, 6);
    char expected[200];
    about.tells_live = true;
    about.live = live;
    about.live_at_s = WORLD_NOW_S;
    snprintf(expected, sizeof expected,
             "0012  assigned\n"
             "agent a.bennett\n"
             "since 4 Nov 12:00\n"
             "by    cron@lambda\n"
             "live  %s\n"
             "note  -\n",
             line);
    assert_lines(&about, expected);
}

static void live_state_of_a_holder(void **state)
{
    assert_holder_lives(*state, &s_lunch, "Lunch since 11:59");
}

static void the_time_of_a_live_state_stays_in_a_narrow_pane(void **state)
{
    static const struct live_state after = {.presence = LIVE_AFTER_CONTACT,
                                            .since_s = WORLD_NOW_S - 60};
    assert_holder_lives(*state, &after, "after contact work 11:59");
}

static void what_a_caller_gets(void **state)
{
    struct fixture *f = *state;
    char text[256];
    struct details about = of_agent(f, "a.bennett", 31, 6);
    details_live_sentence(&about, text, sizeof text);
    assert_string_equal(text, "");
    about.live = &s_on_call;
    details_live_sentence(&about, text, sizeof text);
    assert_string_equal(text,
                        "a.bennett is on a contact: a call to 0012 waits or goes to the fallback");
    about.live = &s_offline;
    details_live_sentence(&about, text, sizeof text);
    assert_string_equal(text, ""); /* its line in the pane says it */
    about.live = &s_lunch;
    details_live_sentence(&about, text, sizeof text);
    assert_string_equal(text,
                        "a.bennett is in the status Lunch: a call to 0012 goes to the fallback");
    about.live = &(const struct live_state){.presence = LIVE_AVAILABLE};
    details_live_sentence(&about, text, sizeof text);
    assert_string_equal(text, "");
    details_one_line(&about, text, sizeof text);
    assert_string_equal(text, "0012 avl, since 4 Nov by cron@lambda");
}

/* ---- what was done to a row -------------------------------------------------------------------- */

static void two_answers_about_a_row_are_one(void **state)
{
    struct fixture *f = *state;
    past_add_history(&f->past, f->history, NULL, "0012");
    past_add_history(&f->past, f->history, "a.bennett", NULL);
    past_add_history(&f->past, f->history, "m.greco", NULL);
    assert_int_equal(f->past.n, 4);
    past_sort(&f->past);
    assert_int_equal(f->past.n, 3);
    assert_string_equal(f->past.changes[0].agent, "m.greco");
    assert_string_equal(f->past.changes[1].agent, "a.bennett");
    assert_string_equal(f->past.changes[2].agent, "b.smith");
}

static void the_feed_adds_what_the_history_does_not_have(void **state)
{
    struct fixture *f = *state;
    const struct feed_reader reader = {.user = "me"};
    struct feed_builder *builder = feed_begin(NULL, &reader);
    const char *changes = "[{\"change\":\"pin\",\"extension\":\"0012\",\"agent\":\"a.bennett\"}]";
    struct audit_record known = {.action_id = "20261104T142100000Z-aaaaaa",
                                 .actor = "cron@lambda",
                                 .action = "sync",
                                 .changes = changes,
                                 .place = "1"};
    struct audit_record fresh = {.action_id = "20261122T115900000Z-dddddd",
                                 .at_ms = WORLD_NOW_S * 1000,
                                 .actor = "kim@desk7",
                                 .action = "pin",
                                 .changes = changes,
                                 .place = "2"};
    feed_add_record(builder, &known);
    feed_add_record(builder, &fresh);
    struct feed *feed = feed_end(builder, "2");
    past_add_feed(&f->past, feed, f->history, "a.bennett", "0012");
    assert_int_equal(f->past.n, 1);
    assert_string_equal(f->past.changes[0].who, "kim@desk7");
    past_add_feed(&f->past, NULL, f->history, "a.bennett", "0012");
    assert_int_equal(f->past.n, 1);
    feed_unref(feed);
}

/* A store of a service writes the principal into the number; people know its user. */
static void the_holding_of_a_principal_names_its_user(void **state)
{
    struct fixture *f = *state;
    const struct feed_reader reader = {.user = "me"};
    struct feed_builder *builder = feed_begin(NULL, &reader);
    struct slot slot = {.ext = "0030",
                        .state = SLOT_ASSIGNED,
                        .agent = "a.new",
                        .by = "arn:aws:sts::123456789012:assumed-role/Operator/alice"};
    struct audit_record record = {
        .action_id = "20261122T115900000Z-eeeeee",
        .at_ms = WORLD_NOW_S * 1000,
        .actor = "arn:aws:sts::123456789012:assumed-role/Operator/alice",
        .origin = {.user = "kim@desk7"},
        .action = "sync",
        .changes = "[{\"change\":\"assign\",\"extension\":\"0030\",\"agent\":\"a.new\"}]",
        .place = "1"};
    struct past from_feed = PAST_INIT;
    struct past from_history = PAST_INIT;
    struct past *pasts[] = {&from_feed, &from_history};
    feed_add_record(builder, &record);
    struct feed *feed = feed_end(builder, "1");
    past_add_feed(&from_feed, feed, NULL, "a.new", "0030");
    struct history *history = history_new();
    struct err err = ERR_INIT;
    assert_int_equal(history_add(history, &record, &err), ERR_OK);
    history_seal(history);
    past_add_history(&from_history, history, "a.new", "0030");
    for (size_t i = 0; i < 2; i++) {
        struct details about = {.past = pasts[i], .slot = &slot};
        assert_int_equal(pasts[i]->n, 1);
        assert_string_equal(details_by(&f->past.arena, &about), "sync (kim@desk7)");
        past_release(pasts[i]);
    }
    history_free(history);
    feed_unref(feed);
}

/* ---- one line ---------------------------------------------------------------------------------- */

static void assert_one_line(const struct details *about, const char *expected)
{
    char line[200];
    details_one_line(about, line, sizeof line);
    assert_string_equal(line, expected);
}

static void a_narrow_screen_has_one_line(void **state)
{
    struct fixture *f = *state;
    struct details about = of_agent(f, "a.bennett", 39, 1);
    assert_one_line(&about, "0012, since 4 Nov by cron@lambda");
    about = of_agent(f, "a.berg", 39, 1);
    assert_one_line(&about, "0013 pinned, since 4 Nov by test");
    about = of_agent(f, "ghost", 39, 1);
    assert_one_line(&about, "0014 left, since 19 Nov by test");
    about = of_agent(f, "a.hakansson", 39, 1);
    assert_one_line(&about, "a.hakansson: no extension yet");
    about = of_number(f, "0017", 39, 1);
    assert_one_line(&about, "0017 cooling until 28 Nov 12:00, was m.greco");
    about = of_number(f, "0012", 39, 1);
    assert_one_line(&about, "0012 assigned, a.bennett");
    about = of_number(f, "0016", 39, 1);
    assert_one_line(&about, "0016 free");
}

static void marks_that_fit_as_many_stand_together(void **state)
{
    char text[160];
    (void)state;
    struct details_marks marks = {5, {{"a", 1}, {"r", 4}, {"x", 4}, {"F9", 4}}};
    details_marks_text(&marks, 80, text, sizeof text);
    assert_string_equal(text, "5 marked: a fits 1, r x F9 fit 4");
    struct details_marks mixed = {2, {{"a", 0}, {"r", 1}, {"x", 1}, {"p", 2}}};
    details_marks_text(&mixed, 30, text, sizeof text);
    assert_string_equal(text, "2 marked: r x fit 1, p fits 2");
    details_marks_text(&marks, 80, text, 12);
    assert_string_equal(text, "5 marked: a");
}

static void a_holder_of_another_source_is_told_as_theirs(void **state)
{
    struct fixture *f = *state;
    struct arena arena = ARENA_INIT;
    screen_data_unref(f->data);
    world_store(&f->world, "0019 jo source=york\n");
    sites_directories(&f->world, "leeds: a.adeyemi a.bennett\n");
    f->data =
        screen_data_new(&f->world.policy, f->world.snapshot, f->world.roster, false, WORLD_NOW_S);
    struct details jo = of_agent(f, "jo", 60, 20);
    struct details ghost = of_agent(f, "ghost", 60, 20);
    assert_string_equal(details_held(&arena, &jo), "0019  assigned, from york");
    assert_string_equal(details_held(&arena, &ghost), "0014  assigned, of unknown origin");
    assert_one_line(&jo, "0019 from york, since 23 Oct by test");
    assert_string_equal(screen_data_agent_look(f->data, jo.row)->mark, "OTHER");
    assert_int_equal(f->data->agents.n_stale, 0);
    arena_release(&arena);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        T(a_holder_of_another_source_is_told_as_theirs),
        T(six_lines_of_an_agent),
        T(six_lines_of_agents_that_need_something),
        T(six_lines_of_a_number),
        T(all_of_an_agent),
        T(all_of_an_agent_in_two_columns),
        T(a_history_that_was_not_read_and_one_that_is_cut),
        T(a_number_has_the_moves_from_it_in_its_history),
        T(nothing_says_what_to_do),
        T(two_answers_about_a_row_are_one),
        T(the_feed_adds_what_the_history_does_not_have),
        T(the_holding_of_a_principal_names_its_user),
        T(live_state_of_an_agent),
        T(live_state_of_a_holder),
        T(the_time_of_a_live_state_stays_in_a_narrow_pane),
        T(what_a_caller_gets),
        T(a_narrow_screen_has_one_line),
        T(marks_that_fit_as_many_stand_together),
#undef T
    };
    return cmocka_run_group_tests_name("details_lines", tests, NULL, NULL);
}
