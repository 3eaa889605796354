#include "tests/unit/support/report_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- paper --------------------------------------------------------------------------------- */

static void start(struct paper *paper)
{
    paper->report.out = open_memstream(&paper->out, &paper->out_length);
    paper->report.err = open_memstream(&paper->err, &paper->err_length);
}

static void stop(struct paper *paper)
{
    fclose(paper->report.out);
    fclose(paper->report.err);
}

void paper_init(struct paper *paper)
{
    *paper = (struct paper){.out = NULL};
    start(paper);
}

void paper_expect(struct paper *paper, const char *out, const char *err)
{
    stop(paper);
    assert_string_equal(paper->out, out);
    assert_string_equal(paper->err, err);
    free(paper->out);
    free(paper->err);
    start(paper);
}

void paper_release(struct paper *paper)
{
    stop(paper);
    free(paper->out);
    free(paper->err);
}

/* ---- a sync -------------------------------------------------------------------------------- */

void sync_story_init(struct sync_story *story)
{
    *story = (struct sync_story){.err = ERR_INIT};
    struct world *w = &story->world;
    world_init(w, "0001-0004");
    w->policy.limit = (struct release_limit){.percent = true, .value = 10, .floor = 5};
    world_store(w, "0001 -\n0002 bob\n0003 -\n");
    world_directory(w, "alice carol dave erin frank");
    story->plan = world_sync(w);
    assert_plan(story->plan,
                "- 0002 bob #1\n+ 0002 erin #1\n+ 0001 alice\n+ 0003 carol\n+ 0004 dave\n");
    struct change *changes = story->plan->changes;
    changes[0].result = RESULT_DONE;
    changes[1].result = RESULT_DONE;
    changes[2].result = RESULT_DONE;
    changes[3].result = RESULT_CONFLICT;
    changes[3].detail = "assigned to zoe since this morning";
    changes[4].result = RESULT_FAILED;
    changes[4].detail = "the disk is full";
    story->outcome = (struct outcome){.action_id = "20261122T120000000Z-abc234",
                                      .applied = 3,
                                      .conflicts = 1,
                                      .failed = 1,
                                      .duration_ms = 1234};
    story->receipt =
        (struct export_receipt){.to = "file:/srv/export.csv", .rows = 1, .bytes = 1026};
    guard_judge(story->plan, &w->policy.limit, &story->guard);
    story->action = (struct action_report){
        .action = "sync",
        .plan = story->plan,
        .outcome = &story->outcome,
        .export = &story->receipt,
        .guard = &story->guard,
        .err = &story->err,
        .duration_ms = 1300,
        .exit = 3,
    };
}

void sync_story_release(struct sync_story *story)
{
    plan_free(story->plan);
    world_release(&story->world);
}

/* ---- history ------------------------------------------------------------------------------- */

struct history *history_of_two(void)
{
    struct history *history = history_new();
    assert_int_equal(
        history_add(history,
                    &(struct audit_record){
                        .action_id = "20261122T120000000Z-abc234",
                        .at_ms = WORLD_NOW_S * 1000,
                        .order = WORLD_NOW_S * 1000,
                        .actor = "kim@desk7",
                        .origin = {.user = "kim@desk7", .via = VIA_TIMER},
                        .action = "sync",
                        .changes =
                            "[{\"change\":\"create\",\"from\":\"0002\",\"to\":\"0099\"},"
                            "{\"change\":\"assign\",\"extension\":\"0001\",\"agent\":\"alice\","
                            "\"to\":\"0001\",\"why\":\"new agent, lowest free\"}]"},
                    NULL),
        ERR_OK);
    assert_int_equal(
        history_add(history,
                    &(struct audit_record){
                        .action_id = "20261122T130000000Z-def567",
                        .at_ms = WORLD_NOW_S * 1000 + 3600000,
                        .order = WORLD_NOW_S * 1000 + 3600000,
                        .actor = "kim@desk7 from 192.0.2.7",
                        .origin = {.user = "kim@desk7",
                                   .via = VIA_CONSOLE,
                                   .ticket = "CHG-4711",
                                   .undoes = "20261122T120000000Z-abc234",
                                   .plan_file = "3f2a"},
                        .action = "reassign",
                        .changes =
                            "[{\"change\":\"reassign\",\"extension\":\"0007\",\"agent\":\"alice\","
                            "\"from\":\"0001\",\"to\":\"0007\",\"why\":\"asked for\"}]"},
                    NULL),
        ERR_OK);
    history_seal(history);
    return history;
}
