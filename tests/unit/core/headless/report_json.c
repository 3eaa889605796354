#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/report_world.h"

/* What programs read, to the letter: members, their order, null where there is nothing. */

static void an_error(void **state)
{
    (void)state;
    struct paper paper;
    struct err err = ERR_INIT;
    paper_init(&paper);
    err_set(&err, ERR_INPUT, "a.csv:3: \"x\" is wrong");
    report_json_error(&paper.report, &err, 1);
    paper_expect(&paper,
                 "{\"error\":{\"code\":\"input\",\"message\":\"a.csv:3: \\\"x\\\" is wrong\","
                 "\"hint\":null},\"exit\":1}\n",
                 "");
    err_hint(&err, "one\ntwo");
    report_json_error(&paper.report, &err, 1);
    paper_expect(&paper,
                 "{\"error\":{\"code\":\"input\",\"message\":\"a.csv:3: \\\"x\\\" is wrong\","
                 "\"hint\":\"one\\ntwo\"},\"exit\":1}\n",
                 "");
    paper_release(&paper);
}

static void what_a_terminal_obeys_is_escaped(void **state)
{
    (void)state;
    struct paper paper;
    struct err err = ERR_INIT;
    paper_init(&paper);
    err_set(&err, ERR_INPUT, "caf\xC3\xA9 \xE6\xBC\xA2 \xF0\x9F\x98\x80");
    report_json_error(&paper.report, &err, 1);
    paper_expect(&paper,
                 "{\"error\":{\"code\":\"input\",\"message\":\"caf\xC3\xA9 \xE6\xBC\xA2 "
                 "\xF0\x9F\x98\x80\",\"hint\":null},\"exit\":1}\n",
                 "");
    err_clear(&err);
    /* C1, DEL, a direction mark, a line separator, a zero-width space, a tag beyond U+FFFF */
    snprintf(err.text, sizeof err.text, "%s",
             "\xC2\x9B|\x7F|\xE2\x80\xAE|\xE2\x80\xA8|\xE2\x80\x8B|\xF3\xA0\x81\x81");
    err.code = ERR_INPUT;
    report_json_error(&paper.report, &err, 1);
    paper_expect(&paper,
                 "{\"error\":{\"code\":\"input\",\"message\":\"\\u009B|\\u007F|\\u202E|\\u2028|"
                 "\\u200B|\\uDB40\\uDC41\",\"hint\":null},\"exit\":1}\n",
                 "");
    paper_release(&paper);
}

#define COUNTS(create, assign, release, keep, unassigned)                                          \
    "\"plan\":{\"create\":" create ",\"assign\":" assign ",\"release\":" release                   \
    ",\"reassign\":0,\"reserve\":0,\"unreserve\":0,\"pin\":0,\"unpin\":0,\"exempt\":0,"            \
    "\"unexempt\":0,\"set\":0,"                                                                    \
    "\"adopt\":0,"                                                                                 \
    "\"repair\":0,\"keep\":" keep ",\"unassigned\":" unassigned                                    \
    ",\"foreign\":0,\"unknown_origin\":0,\"no_group\":0,\"group_unknown\":0}"

static void a_sync(void **state)
{
    (void)state;
    struct paper paper;
    struct sync_story story;
    struct port_info facts;
    paper_init(&paper);
    sync_story_init(&story);
    story.plan->n_changes = 4;
    port_info_init(&facts);
    port_info_set(&facts, "read_units", "2.5");
    port_info_set(&facts, "write_units", "14");
    story.action.facts = &facts;
    report_json_action(&paper.report, &story.action);
    paper_expect(
        &paper,
        "{\"action\":\"sync\",\"action_id\":\"20261122T120000000Z-abc234\",\"dry_run\":"
        "false," COUNTS(
            "0", "4", "1", "0",
            "1") ",\"changes\":["
                 "{\"change\":\"release\",\"extension\":\"0002\",\"agent\":\"bob\",\"from\":"
                 "\"0002\","
                 "\"to\":null,\"why\":\"left the directory; goes to a new agent, nothing else is "
                 "left\","
                 "\"result\":\"done\"},"
                 "{\"change\":\"assign\",\"extension\":\"0002\",\"agent\":\"erin\",\"from\":null,"
                 "\"to\":\"0002\",\"why\":\"new agent, takes over what is given back: nothing else "
                 "is left\","
                 "\"result\":\"done\"},"
                 "{\"change\":\"assign\",\"extension\":\"0001\",\"agent\":\"alice\",\"from\":null,"
                 "\"to\":\"0001\",\"why\":\"new agent, lowest free\",\"result\":\"done\"},"
                 "{\"change\":\"assign\",\"extension\":\"0003\",\"agent\":\"carol\",\"from\":null,"
                 "\"to\":\"0003\",\"why\":\"new agent, lowest free\",\"result\":\"conflict\","
                 "\"detail\":\"assigned to zoe since this morning\"}],"
                 "\"applied\":3,\"skipped\":0,\"conflicts\":1,\"failed\":1,"
                 "\"export\":{\"to\":\"file:/srv/"
                 "export.csv\",\"rows\":1,\"bytes\":1026,\"unchanged\":false},"
                 "\"unassigned_agents\":[\"frank\"],"
                 "\"notes\":[\"the pool ran out: 1 agent has no extension: frank\"],"
                 "\"capacity\":{\"read\":2.5,\"write\":14.0},"
                 "\"duration_ms\":1300,\"exit\":3}\n",
        "");
    port_info_release(&facts);
    sync_story_release(&story);
    paper_release(&paper);
}

static void an_action_that_never_came_to_a_plan(void **state)
{
    (void)state;
    struct paper paper;
    struct err err = ERR_INIT;
    struct refusal items[] = {{.line = 3, .text = "nobody is not here"}, {.text = "dave has one"}};
    struct refusals refusals = {.items = items, .n_items = 2};
    err_set(&err, ERR_INPUT, "two are refused");
    struct action_report action = {
        .action = "import", .dry_run = true, .err = &err, .refusals = &refusals, .exit = 1};
    paper_init(&paper);
    report_json_action(&paper.report, &action);
    paper_expect(
        &paper,
        "{\"action\":\"import\",\"action_id\":null,\"dry_run\":true," COUNTS(
            "0", "0", "0", "0",
            "0") ",\"changes\":[],\"applied\":0,\"skipped\":0,\"conflicts\":0,\"failed\":0,"
                 "\"export\":null,"
                 "\"refused\":[{\"line\":3,\"message\":\"nobody is not here\"},"
                 "{\"message\":\"dave has one\"}],"
                 "\"error\":{\"code\":\"input\",\"message\":\"two are refused\",\"hint\":null},"
                 "\"duration_ms\":0,\"exit\":1}\n",
        "");
    paper_release(&paper);
}

/* Only one document fits: what stopped the work counts before what became of its export. */
static void a_failed_export(void **state)
{
    (void)state;
    struct paper paper;
    struct err export_err = ERR_INIT;
    err_set(&export_err, ERR_IO, "/srv: the disk is full");
    struct action_report action = {.action = "sync", .export_err = &export_err, .exit = 1};
    paper_init(&paper);
    report_json_action(&paper.report, &action);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "\"export\":null,\"error\":{\"code\":\"io\",\"message\":"
                                      "\"/srv: the disk is full\",\"hint\":null}"));
    paper_release(&paper);
}

static void the_groups_of_a_status(void **state)
{
    (void)state;
    static const struct group group = {
        .name = "London", .has_low_water = true, .low_water = {.value = 9}};
    struct paper paper;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct port_info facts;
    struct settings settings = {.context = NULL};
    struct agent_rows rows = {.n_rows = 0};
    uint64_t counts[EXT_STATE_COUNT] = {0};
    struct group_tallies groups;
    paper_init(&paper);
    world_init(&w, "0001-0009 0020-0021");
    w.policy.groups = &group;
    w.policy.n_groups = 1;
    w.policy.ranges[0].group = 0;
    world_store(&w, "0001 bob\n0003 - carol 3d\n0004 -held\n0020 -\n");
    port_info_init(&facts);
    group_tallies_count(w.snapshot, &w.policy, w.now_s, &arena, &groups);
    const struct status_report status = {.snapshot = w.snapshot,
                                         .rows = &rows,
                                         .counts = counts,
                                         .groups = &groups,
                                         .facts = &facts,
                                         .settings = &settings};
    report_json_status(&paper.report, &status);
    fflush(paper.report.out);
    assert_non_null(strstr(
        paper.out,
        "\"groups\":[{\"group\":\"London\",\"total\":9,\"assigned\":1,\"free\":0,\"cooling\":1,"
        "\"reserved\":1,\"blocked\":0,\"not_made\":6,\"low_water\":9,\"low\":true,"
        "\"exhausted\":false},{\"group\":null,\"total\":2,"));
    report_text_status(&paper.report, &status);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out,
                           "group London  0001-0009: 1 of 9 assigned, 6 free, 1 cooling, "
                           "1 reserved; LOW: 6 of 9 numbers left, the low water mark is "
                           "9\nno group      0020-0021: 0 of 2 assigned, 2 free, "));
    port_info_release(&facts);
    arena_release(&arena);
    world_release(&w);
    paper_release(&paper);
}

static void a_status(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    struct port_info facts;
    struct settings settings = {.policy.low_water.value = 6};
    uint64_t counts[EXT_STATE_COUNT];
    struct group_tallies groups;
    paper_init(&paper);
    world_init(&w, "0001-0009");
    world_store(&w, "0001 bob\n0002 zoe\n0003 - carol 3d\n0004 -held\n");
    world_directory(&w, "alice bob");
    port_info_init(&facts);
    port_info_set(&facts, "actor", "kim@desk7");
    agent_rows_join(w.snapshot, w.roster, &w.policy, &arena, &rows);
    snapshot_tally(w.snapshot, &w.policy, w.now_s, counts);
    group_tallies_count(w.snapshot, &w.policy, w.now_s, &arena, &groups);
    struct status_report status = {.snapshot = w.snapshot,
                                   .roster = w.roster,
                                   .rows = &rows,
                                   .counts = counts,
                                   .groups = &groups,
                                   .facts = &facts,
                                   .store_uri = "sqlite:/p.db",
                                   .directory_uri = "file:/a.csv",
                                   .settings = &settings};
    report_json_status(&paper.report, &status);
    paper_expect(
        &paper,
        "{\"agents\":2,\"extensions\":{\"total\":4,\"assigned\":2,\"free\":0,\"cooling\":1,"
        "\"reserved\":1,\"blocked\":0,\"not_made\":5},\"unassigned_agents\":1,\"stale\":1,"
        "\"store\":\"sqlite:/p.db\",\"directory\":\"file:/"
        "a.csv\",\"directories\":[],\"export\":null,"
        "\"context\":null,\"low_water\":6,\"low\":true,\"exhausted\":false,"
        "\"exempt_agents\":0,\"foreign\":0,\"groups\":[],"
        "\"facts\":{\"actor\":\"kim@desk7\"}}\n",
        "");
    status.roster = NULL;
    status.directory_uri = NULL;
    report_json_status(&paper.report, &status);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "{\"agents\":null,"));
    assert_non_null(strstr(paper.out, "\"unassigned_agents\":null,\"stale\":null,"));
    assert_non_null(strstr(paper.out, "\"directory\":null,"));
    port_info_release(&facts);
    arena_release(&arena);
    world_release(&w);
    paper_release(&paper);
}

static void lists_and_look_ups(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    paper_init(&paper);
    world_init(&w, "0001-0009");
    world_store(&w, "0001 bob pin=desk\n0003 - carol 3d\n");
    world_directory(&w, "alice bob");
    agent_rows_join(w.snapshot, w.roster, &w.policy, &arena, &rows);
#define BOB                                                                                        \
    "{\"agent\":\"bob\",\"name\":null,\"extension\":\"0001\",\"state\":\"assigned\","              \
    "\"since\":\"2026-10-23T12:00:00Z\",\"pinned\":\"desk\",\"group\":null,\"source\":null}"
#define CAROL                                                                                      \
    "{\"extension\":\"0003\",\"state\":\"cooling\",\"agent\":null,"                                \
    "\"since\":\"2026-11-19T12:00:00Z\",\"note\":null,\"target\":null,\"until\":null,"             \
    "\"group\":null,\"source\":null,\"last_agent\":\"carol\"}"
    report_json_agents(&paper.report, &(struct agents_report){&rows, &w.policy, w.roster});
    paper_expect(&paper,
                 "[{\"agent\":\"alice\",\"name\":null,\"extension\":null,\"state\":\"new\","
                 "\"since\":null,\"pinned\":null,\"group\":null,\"source\":null}," BOB "]\n",
                 "");
    report_json_extensions(&paper.report, &(struct extensions_report){w.snapshot, &w.policy,
                                                                      w.now_s, false, NULL, NULL});
    paper_expect(&paper,
                 "[{\"extension\":\"0001\",\"state\":\"assigned\",\"agent\":\"bob\","
                 "\"since\":\"2026-10-23T12:00:00Z\",\"note\":\"desk\","
                 "\"target\":null,\"until\":null,\"group\":null,\"source\":null}," CAROL "]\n",
                 "");
    report_json_extensions(&paper.report, &(struct extensions_report){w.snapshot, &w.policy,
                                                                      w.now_s, true, NULL, NULL});
    paper_expect(&paper, "[]\n", ""); /* what cools is not free */
    struct lookup lookup = {
        .slot = *rows.rows[1].slot, .place = {"agent", "arn:1"}, .backup = {"", ""}};
    struct lookup_report shown = {
        .agent = &rows.rows[1], .lookup = &lookup, .policy = &w.policy, .now_s = w.now_s};
    report_json_lookup(&paper.report, &shown);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "\"state\":\"assigned\""));
    assert_non_null(strstr(paper.out,
                           "\"target\":null,\"until\":null,"
                           "\"call_goes_to\":{\"kind\":\"agent\",\"value\":\"arn:1\"},"
                           "\"fallback\":null,\"fallback_target\":null,\"reason\":\"\"}\n"));
    arena_release(&arena);
    world_release(&w);
    paper_release(&paper);
}

static void a_history(void **state)
{
    (void)state;
    struct paper paper;
    struct history *history = history_of_two();
    paper_init(&paper);
    report_json_history(&paper.report, history);
    paper_expect(
        &paper,
        "[{\"action_id\":\"20261122T130000000Z-def567\",\"at\":\"2026-11-22T13:00:00.000Z\","
        "\"actor\":\"kim@desk7 from 192.0.2.7\",\"user\":\"kim@desk7\",\"via\":\"console\","
        "\"action\":\"reassign\",\"ticket\":\"CHG-4711\","
        "\"undoes\":\"20261122T120000000Z-abc234\",\"plan_file\":\"3f2a\",\"changes\":["
        "{\"change\":\"reassign\",\"extension\":\"0007\",\"agent\":\"alice\",\"from\":\"0001\","
        "\"to\":\"0007\",\"why\":\"asked for\"}]},"
        "{\"action_id\":\"20261122T120000000Z-abc234\",\"at\":\"2026-11-22T12:00:00.000Z\","
        "\"actor\":\"kim@desk7\",\"user\":\"kim@desk7\",\"via\":\"timer\",\"action\":\"sync\","
        "\"ticket\":null,\"undoes\":null,\"plan_file\":null,\"changes\":["
        "{\"change\":\"create\",\"extension\":null,\"agent\":null,\"from\":\"0002\","
        "\"to\":\"0099\",\"why\":null},"
        "{\"change\":\"assign\",\"extension\":\"0001\",\"agent\":\"alice\",\"from\":null,"
        "\"to\":\"0001\",\"why\":\"new agent, lowest free\"}]}]\n",
        "");
    history_free(history);
    history = history_new();
    report_json_history(&paper.report, history);
    paper_expect(&paper, "[]\n", "");
    history_free(history);
    paper_release(&paper);
}

static void a_doctor(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    paper_init(&paper);
    world_init(&w, "0001-0003");
    world_store(&w, "0001 -\n0002 -\n");
    struct plan_input input = world_input(&w);
    struct diagnosis *diagnosis = doctor_examine(&input);
    struct doctor_report doctor = {.diagnosis = diagnosis, .exit = 2};
    report_json_doctor(&paper.report, &doctor);
    paper_expect(
        &paper,
        "{\"checked\":2,\"problems\":[{\"kind\":\"missing\",\"extension\":\"0003\","
        "\"agent\":null,\"detail\":\"is not in the store\","
        "\"fix\":\"create the number as "
        "free\",\"group\":null}],\"fixed\":0,\"sources\":[],\"not_checked\":[],\"exit\":2}\n",
        "");
    diagnosis_free(diagnosis);
    world_release(&w);
    paper_release(&paper);
}

/* JSON is UTF-8: what is not is shown in its harmless form instead of being dropped. */
static void text_that_is_no_utf8(void **state)
{
    (void)state;
    struct paper paper;
    struct agent_row row = {.login = "al\xFFice\033", .state = AGENT_NEW};
    struct agent_rows rows = {.rows = &row, .n_rows = 1};
    const struct policy policy = {.n_groups = 0};
    paper_init(&paper);
    report_json_agents(&paper.report, &(struct agents_report){&rows, &policy, NULL});
    paper_expect(&paper,
                 "[{\"agent\":\"al<FF>ice^[\",\"name\":null,\"extension\":null,\"state\":\"new\","
                 "\"since\":null,\"pinned\":null,\"group\":null,\"source\":null}]\n",
                 "");
    paper_release(&paper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error),
        cmocka_unit_test(what_a_terminal_obeys_is_escaped),
        cmocka_unit_test(a_sync),
        cmocka_unit_test(an_action_that_never_came_to_a_plan),
        cmocka_unit_test(a_failed_export),
        cmocka_unit_test(a_status),
        cmocka_unit_test(the_groups_of_a_status),
        cmocka_unit_test(lists_and_look_ups),
        cmocka_unit_test(a_history),
        cmocka_unit_test(a_doctor),
        cmocka_unit_test(text_that_is_no_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
