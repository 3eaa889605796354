/* What the Changes pane says of entries of the feed: items, their lines, what they are about. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tui/view/changes_lines.h"

#define NOON_MS INT64_C(1795348800000) /* 2026-11-22T12:00:00Z */

struct fixture {
    struct changes changes;
    struct change_items items;
};

static bool is_own(const void *context, const char *action_id)
{
    (void)context;
    return strcmp(action_id, "own") == 0;
}

static const struct feed_reader s_reader = {.user = "me@desk1", .is_own = is_own};

static void record(struct fixture *f, const char *id, int64_t ago_s, const char *user,
                   const char *action, const char *ticket, const char *changes)
{
    struct feed_builder *builder = feed_begin(f->changes.feed, &s_reader);
    struct audit_record record = {.action_id = id,
                                  .at_ms = NOON_MS - ago_s * 1000,
                                  .order = NOON_MS - ago_s * 1000,
                                  .actor = user,
                                  .origin = {.user = user, .via = VIA_CONSOLE, .ticket = ticket},
                                  .action = action,
                                  .changes = changes,
                                  .place = id};
    feed_add_record(builder, &record);
    changes_take(&f->changes, feed_end(builder, id));
    change_items_make(&f->changes, &f->items);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    change_items_release(&f->items);
    changes_release(&f->changes);
    free(f);
    return 0;
}

static void move_rossi(struct fixture *f)
{
    record(f, "move", 60, "kim@desk7", "reassign", "CHG-4698",
           "[{\"change\":\"reassign\",\"extension\":\"0077\",\"agent\":\"m.rossi\","
           "\"from\":\"0042\",\"to\":\"0077\"}]");
}

static void sync_seven(struct fixture *f)
{
    record(f, "sync", 700, "cron@lambda", "sync", NULL,
           "[{\"change\":\"assign\",\"extension\":\"0267\",\"agent\":\"a\"},"
           "{\"change\":\"assign\",\"extension\":\"0268\",\"agent\":\"b\"},"
           "{\"change\":\"assign\",\"extension\":\"0269\",\"agent\":\"c\"},"
           "{\"change\":\"release\",\"extension\":\"0270\",\"agent\":\"d\"}]");
}

static const char *drawn(const struct lines *lines, int width)
{
    static struct buf s_text;
    struct canvas canvas;
    buf_release(&s_text);
    buf_init(&s_text, 1 << 16);
    canvas_init(&canvas, width, (int)lines->n);
    canvas.ascii = true;
    canvas_clear(&canvas, STYLE_TEXT);
    lines_draw(lines, &canvas, (struct rect){0, 0, width, (int)lines->n});
    canvas_dump(&canvas, &s_text);
    canvas_release(&canvas);
    return s_text.data;
}

static bool holds_0042(const void *context, const char *login, const char *ext)
{
    (void)context, (void)login;
    return ext && strcmp(ext, "0042") == 0;
}

static void assert_item(const struct fixture *f, size_t at, bool wide, const char *expected)
{
    struct changes_look look = {
        .now_s = NOON_MS / 1000, .width = wide ? 57 : 31, .wide = wide, .is_mine = holds_0042};
    struct lines lines = LINES_INIT;
    changes_lines(&look, &f->items.items[at], &lines);
    assert_string_equal(drawn(&lines, look.width), expected);
    lines_release(&lines);
}

static void assert_about(const struct fixture *f, size_t at, const char *expected)
{
    struct changes_keys keys = {"Enter", "h", "z"};
    struct lines lines = LINES_INIT;
    changes_about(&f->items.items[at], &keys, &lines);
    assert_string_equal(drawn(&lines, 31), expected);
    lines_release(&lines);
}

static void assert_activity(const struct fixture *f, size_t at, const char *expected)
{
    char line[200];
    changes_activity(f->items.items[at].entry, line, sizeof line);
    assert_string_equal(line, expected);
}

static void one_row_in_two_lines(void **state)
{
    struct fixture *f = *state;
    move_rossi(f);
    assert_int_equal(f->items.n, 1);
    assert_int_equal(f->items.n_unseen, 1);
    assert_item(f, 0, false,
                "11:59 kim@desk7  0042>0077\n"
                "   ~ m.rossi, row of yours  !\n");
    assert_item(f, 0, true, "11:59 kim@desk7   ~ 0042>0077 m.rossi   ! row of yours\n");
    assert_about(f, 0,
                 "m.rossi had 0042, asked for:\n"
                 "\"CHG-4698\"; Enter: menu\n"
                 "h history, z plans back\n");
    assert_activity(f, 0, "kim@desk7 reassign: 0042>0077 m.rossi");
}

static void a_ticket_stands_in_a_line_of_its_own(void **state)
{
    struct fixture *f = *state;
    record(f, "one", 60, "root@desk7", "basket", "CHG-4711",
           "[{\"change\":\"pin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
    assert_about(f, 0,
                 "basket 0014 by root@desk7\n"
                 "for \"CHG-4711\"; Enter: menu\n"
                 "h history, z plans back\n");
}

static void a_large_action_is_one_item(void **state)
{
    struct fixture *f = *state;
    sync_seven(f);
    assert_int_equal(f->items.n, 1);
    assert_item(f, 0, false,
                "11:48 cron@lamb~ sync +3 -1\n"
                "   4 rows, first 0267\n");
    assert_item(f, 0, true, "11:48 cron@lambda   sync +3 -1 4 rows, first 0267  c\n");
    assert_activity(f, 0, "cron@lambda sync: +3 -1");
    assert_about(f, 0, "sync by cron@lambda\nEnter: menu\nh history, z plans back\n");
}

static void a_small_action_has_an_item_for_each_row(void **state)
{
    struct fixture *f = *state;
    record(f, "two", 60, "kim@desk7", "edit", NULL,
           "[{\"change\":\"reassign\",\"extension\":\"0077\",\"agent\":\"m.rossi\","
           "\"from\":\"0041\",\"to\":\"0077\"},"
           "{\"change\":\"pin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
    assert_int_equal(f->items.n, 2);
    assert_item(f, 1, false, "11:59 kim@desk7  0014 pin\n   p a.bondar\n");
    assert_item(f, 1, true, "11:59 kim@desk7   p 0014 a.bondar  c\n");
    assert_activity(f, 0, "kim@desk7 edit: 0041>0077 m.rossi, 0014 a.bondar");
    assert_about(f, 1, "edit 0014 by kim@desk7\nEnter: menu\nh history, z plans back\n");
}

static void my_own_are_no_news_and_mine_elsewhere_say_where(void **state)
{
    struct fixture *f = *state;
    record(f, "own", 60, "me@desk1", "pin", NULL,
           "[{\"change\":\"pin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
    assert_int_equal(f->items.n_unseen, 0);
    record(f, "elsewhere", 50, "me@desk1", "unpin", NULL,
           "[{\"change\":\"unpin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
    assert_int_equal(f->items.n_unseen, 1);
    assert_activity(f, 0, "you on desk1 unpin: 0014 a.bondar");
}

static void what_no_record_tells(void **state)
{
    struct fixture *f = *state;
    struct slot before = {.ext = "0023", .state = SLOT_ASSIGNED, .agent = "kim", .at_s = 1};
    struct slot after = {.ext = "0023", .state = SLOT_ASSIGNED, .agent = "kim", .at_s = 2};
    struct feed_builder *builder = feed_begin(NULL, &s_reader);
    feed_add_unexplained(builder, &before, &after, NOON_MS - 3600000);
    changes_take(&f->changes, feed_end(builder, "x"));
    change_items_make(&f->changes, &f->items);
    assert_item(f, 0, false, "11:00 (unknown)  0023 since\n   not by extpool\n");
    assert_about(f, 0, "written by another tool\nEnter: menu\nh history\n");
}

static void agents_who_joined(void **state)
{
    struct fixture *f = *state;
    struct roster *before = roster_new();
    struct roster *after = roster_new();
    roster_add(after, &(struct agent){.login = "a.new"});
    roster_seal(before);
    roster_seal(after);
    struct feed_builder *builder = feed_begin(NULL, &s_reader);
    feed_add_directory(builder, before, after, NOON_MS - 60000);
    changes_take(&f->changes, feed_end(builder, "x"));
    change_items_make(&f->changes, &f->items);
    assert_item(f, 0, false, "11:59 directory  joined\n   a.new\n");
    assert_activity(f, 0, "directory joined: a.new");
    roster_unref(before);
    roster_unref(after);
}

static void older_than_today(void **state)
{
    struct fixture *f = *state;
    struct changes_look look = {.now_s = NOON_MS / 1000, .width = 31};
    struct lines lines = LINES_INIT;
    record(f, "old", 86400 * 5, "kim@desk7", "pin", NULL,
           "[{\"change\":\"pin\",\"extension\":\"0014\",\"agent\":\"a.bondar\"}]");
    assert_item(f, 0, false, "17Nov kim@desk7  0014 pin\n   p a.bondar\n");
    changes_seen_line(&look, NOON_MS / 1000 - 60, &lines);
    assert_string_equal(drawn(&lines, 31), "--- seen before 11:59 ---\n");
    lines_release(&lines);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        T(one_row_in_two_lines),
        T(a_ticket_stands_in_a_line_of_its_own),
        T(a_large_action_is_one_item),
        T(a_small_action_has_an_item_for_each_row),
        T(my_own_are_no_news_and_mine_elsewhere_say_where),
        T(what_no_record_tells),
        T(agents_who_joined),
        T(older_than_today),
#undef T
    };
    return cmocka_run_group_tests_name("changes_lines", tests, NULL, NULL);
}
