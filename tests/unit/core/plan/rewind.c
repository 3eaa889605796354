/* Winding back: what the trail tells, and what it cannot tell. The model is tests/unit/support/store_past.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/plan/rewind.h"
#include "tests/unit/support/world.h"

#define DAY_MS (WORLD_DAY_S * 1000)
#define NOW_MS (WORLD_NOW_S * 1000)

struct old_trail {
    struct world w;
    struct history *history;
    int n;
};

static void old_trail_init(struct old_trail *trail, const char *store)
{
    world_init(&trail->w, "0000-0009");
    world_store(&trail->w, store);
    trail->history = history_new();
    trail->n = 0;
}

/* So many days ago. The oldest come first. */
static void did(struct old_trail *trail, int64_t days_ago, const char *changes)
{
    char id[AUDIT_ID_ROOM];
    char json[512];
    int64_t at_ms = NOW_MS - days_ago * DAY_MS;
    struct err err = ERR_INIT;
    audit_action_id(at_ms, id);
    snprintf(json, sizeof json, "[%s]", changes);
    const struct audit_record record = {.action_id = id,
                                        .at_ms = at_ms,
                                        .order = ++trail->n,
                                        .actor = "ops",
                                        .action = "edit",
                                        .changes = json};
    if (history_add(trail->history, &record, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
}

/* "0001 alice 30d ago" of the number then; "-": it was not there; "?5d": not known before 5 days ago. */
static const char *then(struct old_trail *trail, const char *ext, int64_t days_ago)
{
    static char out[128];
    int64_t at_ms = NOW_MS - days_ago * DAY_MS;
    struct rewound *rewound = rewind_snapshot(trail->w.snapshot, trail->history, at_ms);
    const struct rewind_doubt *doubt = rewound_doubt(rewound, ext);
    const struct slot *slot = snapshot_find(rewound->snapshot, ext);
    if (doubt && doubt->kind == DOUBT_NOT_KNOWN_BEFORE) {
        assert_int_equal(slot->state, SLOT_ABSENT);
        snprintf(out, sizeof out, "?%lldd", (long long)((NOW_MS - doubt->at_ms) / DAY_MS));
    } else if (!slot) {
        snprintf(out, sizeof out, "-");
    } else {
        static const char *const states[] = {"absent", "free", "assigned", "reserved"};
        snprintf(out, sizeof out, "%s %s%s%s %lldd%s", states[slot->state],
                 slot->agent ? slot->agent : "-", slot->note ? " " : "",
                 slot->note ? slot->note : "",
                 slot->at_s ? (long long)((WORLD_NOW_S - slot->at_s) / WORLD_DAY_S) : 0,
                 doubt ? " held before" : "");
    }
    rewound_free(rewound);
    return out;
}

static void old_trail_release(struct old_trail *trail)
{
    history_free(trail->history);
    world_release(&trail->w);
}

/* A story: what the store has now, what was done (oldest first), and what was when. "@5" in a
   record is the time 5 days ago. */
struct story {
    const char *name;
    const char *store;
    struct {
        int64_t days_ago;
        const char *changes;
    } done[4];
    struct {
        int64_t days_ago;
        const char *was; /* of 0001 */
    } then[5];
};

#define ALICE "\"extension\":\"0001\",\"agent\":\"alice\""
#define BOB "\"extension\":\"0001\",\"agent\":\"bob\""

static const struct story s_stories[] = {
    {"made, given, given back, given to another",
     "0001 bob 2d\n0002 -\n",
     {{20, "{\"change\":\"create\",\"from\":\"0000\",\"to\":\"0009\"}"},
      {10, "{\"change\":\"assign\"," ALICE ",\"to\":\"0001\"}"},
      {5, "{\"change\":\"release\"," ALICE ",\"was\":{\"at\":@10}}"},
      {2, "{\"change\":\"assign\"," BOB ",\"was\":{\"at\":@5,\"agent\":\"alice\"}}"}},
     {{2, "assigned bob 2d"},
      {3, "free alice 5d"},
      {7, "assigned alice 10d"},
      {11, "free - 0d"},
      {21, "-"}}},
    {"adopted: held before, and nobody knows since when",
     "0001 alice 4d\n",
     {{4, "{\"change\":\"adopt\"," ALICE "}"}},
     {{3, "assigned alice 4d"}, {9, "assigned alice 0d held before"}}},
    {"its ARN was rewritten, which tells nothing new",
     "0001 alice 9d\n",
     {{4, "{\"change\":\"adopt\"," ALICE ",\"was\":{\"at\":@9,\"arn\":\"arn:x\"}}"}},
     {{6, "assigned alice 9d"}, {10, "?9d"}}},
    {"another program gave it to somebody else since",
     "0001 bob ?\n",
     {{6, "{\"change\":\"assign\"," ALICE ",\"to\":\"0001\"}"}},
     {{5, "assigned bob 0d"}, {7, "?6d"}}},
    {"held since then, and no record says from whom",
     "0001 bob 3d\n",
     {{6, "{\"change\":\"reserve\",\"extension\":\"0002\"}"}},
     {{2, "assigned bob 3d"}, {4, "?3d"}}},
    {"the number that was too many",
     "0001 - alice 2d\n",
     {{2,
       "{\"change\":\"repair\"," ALICE ",\"from\":\"0001\",\"to\":\"0002\",\"was\":{\"at\":@8}}"}},
     {{1, "free alice 2d"}, {5, "assigned alice 8d"}, {9, "?8d"}}},
    {"a number that is gone",
     "0002 -\n",
     {{9, "{\"change\":\"create\",\"from\":\"0000\",\"to\":\"0009\"}"},
      {4, "{\"change\":\"assign\"," ALICE ",\"to\":\"0001\"}"}},
     {{3, "-"}, {5, "?4d"}}},
    {"a stamp of a clock that was wrong tells nothing",
     "0001 alice -900d\n",
     {{0, ""}},
     {{3, "?-900d"}}},
};

static char *with_times(const char *text)
{
    struct buf out;
    buf_init(&out, 4096);
    for (; *text; text++) {
        if (*text == '@') {
            char *end;
            int64_t days_ago = strtoll(text + 1, &end, 10);
            buf_printf(&out, "%lld", (long long)(WORLD_NOW_S - days_ago * WORLD_DAY_S));
            text = end - 1;
        } else {
            buf_putc(&out, *text);
        }
    }
    char *copy = mem_strdup(out.data);
    buf_release(&out);
    return copy;
}

static void test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_stories / sizeof *s_stories; i++) {
        const struct story *story = &s_stories[i];
        struct old_trail trail;
        old_trail_init(&trail, story->store);
        for (size_t k = 0; k < 4 && story->done[k].changes; k++) {
            char *changes = with_times(story->done[k].changes);
            did(&trail, story->done[k].days_ago, changes);
            free(changes);
        }
        history_seal(trail.history);
        for (size_t k = 0; k < 5 && story->then[k].was; k++) {
            const char *was = then(&trail, "0001", story->then[k].days_ago);
            if (strcmp(was, story->then[k].was) != 0) {
                fail_msg("%s, %lld days ago: %s, not %s", story->name,
                         (long long)story->then[k].days_ago, was, story->then[k].was);
            }
        }
        old_trail_release(&trail);
    }
}

/* Two machines whose clocks differ by two seconds: what was found tells which one was first. */
static void test_clocks_that_differ(void **state)
{
    (void)state;
    struct old_trail trail;
    old_trail_init(&trail, "0001 bob 1d\n");
    static const char *const done[] = {
        "[{\"change\":\"assign\"," BOB ",\"was\":{\"agent\":\"alice\"}}]",
        "[{\"change\":\"release\"," ALICE ",\"was\":{\"agent\":\"alice\"}}]"};
    for (int i = 0; i < 2; i++) {
        char id[AUDIT_ID_ROOM];
        int64_t at_ms = NOW_MS - DAY_MS + 2000 * i;
        audit_action_id(at_ms, id);
        const struct audit_record record = {.action_id = id,
                                            .at_ms = at_ms,
                                            .written_ms = at_ms,
                                            .order = at_ms,
                                            .actor = "ops",
                                            .action = "edit",
                                            .changes = done[i]};
        assert_int_equal(history_add(trail.history, &record, NULL), ERR_OK);
    }
    history_seal_by_time(trail.history);
    assert_string_equal(then(&trail, "0001", 2), "assigned alice 0d");
    old_trail_release(&trail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_clocks_that_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
