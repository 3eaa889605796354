#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/report_world.h"
#include "tests/unit/support/settings_world.h"

/* What people read, to the letter. */

/* ---- errors -------------------------------------------------------------------------------- */

static void an_error_and_what_to_do(void **state)
{
    (void)state;
    struct paper paper;
    struct err err = ERR_INIT;
    paper_init(&paper);
    err_set(&err, ERR_GUARD, "refused: would release 3 of 5");
    report_text_error(&paper.report, &err);
    paper_expect(&paper, "", "extpool: refused: would release 3 of 5\n");
    err_hint(&err, "look at the plan\nthen allow it");
    report_text_error(&paper.report, &err);
    paper_expect(&paper, "",
                 "extpool: refused: would release 3 of 5\n  look at the plan\n  then allow it\n");
    paper_release(&paper);
}

/* ---- actions ------------------------------------------------------------------------------- */

#define SYNC_ROWS                                                                                  \
    "  -  0002  bob    left the directory; goes to a new agent, nothing else is left\n"            \
    "  +  0002  erin   new agent, takes over what is given back: nothing else is left\n"           \
    "  +  0001  alice  new agent, lowest free\n"                                                   \
    "  +  0003  carol  conflict: assigned to zoe since this morning\n"                             \
    "  +  0004  dave   failed: the disk is full\n"                                                 \
    "plan: assign 4, release 1\n"
#define SYNC_NOTES                                                                                 \
    "note: the pool ran out: 1 agent has no extension: frank\n"                                    \
    "note: widen the ranges ([policy] ranges), release extensions or end reservations\n"

static void a_sync_that_went_half_well(void **state)
{
    (void)state;
    struct paper paper;
    struct sync_story story;
    paper_init(&paper);
    sync_story_init(&story);
    report_text_action(&paper.report, &story.action);
    paper_expect(&paper,
                 SYNC_ROWS "guard: releases 1 of 1 = 100.0 % (limit 10 %, 5 always may)\n"
                           "done: 3 applied, 1 conflict, 1 failed in 1.23 s; undo with --undo "
                           "20261122T120000000Z-abc234\n"
                           "export: file:/srv/export.csv, 1 row, 1,026 bytes\n",
                 SYNC_NOTES);
    sync_story_release(&story);
    paper_release(&paper);
}

/* Trouble is an error: --quiet leaves it. */
static void a_quiet_sync_shows_trouble_alone(void **state)
{
    (void)state;
    struct paper paper;
    struct sync_story story;
    paper_init(&paper);
    sync_story_init(&story);
    paper.report.quiet = true;
    report_text_action(&paper.report, &story.action);
    paper_expect(&paper,
                 "  +  0003  carol  conflict: assigned to zoe since this morning\n"
                 "  +  0004  dave   failed: the disk is full\n",
                 SYNC_NOTES);
    for (size_t i = 0; i < story.plan->n_changes; i++) {
        story.plan->changes[i].result = RESULT_DONE;
    }
    story.plan->n_unassigned = story.plan->n_notes = 0;
    report_text_action(&paper.report, &story.action);
    paper_expect(&paper, "", "");
    sync_story_release(&story);
    paper_release(&paper);
}

static void what_was_asked_about_is_not_said_again(void **state)
{
    (void)state;
    struct paper paper;
    struct sync_story story;
    paper_init(&paper);
    sync_story_init(&story);
    story.action.plan_said = true;
    story.action.export = NULL;
    report_text_action(&paper.report, &story.action);
    paper_expect(&paper,
                 "  +  0003  carol  conflict: assigned to zoe since this morning\n"
                 "  +  0004  dave   failed: the disk is full\n"
                 "done: 3 applied, 1 conflict, 1 failed in 1.23 s; undo with --undo "
                 "20261122T120000000Z-abc234\n",
                 "");
    sync_story_release(&story);
    paper_release(&paper);
}

static void a_sync_that_was_stopped(void **state)
{
    (void)state;
    struct paper paper;
    struct sync_story story;
    paper_init(&paper);
    sync_story_init(&story);
    story.action.export = NULL;
    story.action.guard = NULL;
    story.plan->n_unassigned = story.plan->n_notes = 0;
    story.plan->changes[3].result = story.plan->changes[4].result = RESULT_NOT_TRIED;
    story.plan->changes[3].detail = story.plan->changes[4].detail = NULL;
    story.outcome = (struct outcome){.applied = 3, .not_tried = 2, .duration_ms = 10};
    err_set(&story.err, ERR_CANCELLED, "stopped after 3 of 5 changes");
    report_text_action(&paper.report, &story.action);
    paper_expect(
        &paper,
        "  -  0002  bob    left the directory; goes to a new agent, nothing else is left\n"
        "  +  0002  erin   new agent, takes over what is given back: nothing else is left\n"
        "  +  0001  alice  new agent, lowest free\n"
        "  +  0003  carol  not tried: new agent, lowest free\n"
        "  +  0004  dave   not tried: new agent, lowest free\n"
        "plan: assign 4, release 1\n"
        "done: 3 applied, 2 not tried in 0.01 s\n",
        "extpool: stopped after 3 of 5 changes\n");
    sync_story_release(&story);
    paper_release(&paper);
}

static void colours_are_those_of_the_marks(void **state)
{
    (void)state;
    struct paper paper;
    struct sync_story story;
    paper_init(&paper);
    sync_story_init(&story);
    story.action.guard = NULL;
    story.action.outcome = NULL;
    story.action.export = NULL;
    story.action.dry_run = true;
    story.plan->n_unassigned = story.plan->n_notes = 0;
    story.plan->n_changes = 2;
    paper.report.color = true;
    report_text_action(&paper.report, &story.action);
    paper_expect(&paper,
                 "  \033[31m-  \033[0m0002  bob   left the directory; goes to a new agent, nothing "
                 "else is left\n"
                 "  \033[32m+  \033[0m0002  erin  new agent, takes over what is given back: "
                 "nothing else is left\n"
                 "plan: assign 4, release 1\n",
                 "");
    sync_story_release(&story);
    paper_release(&paper);
}

static void numbers_that_are_made_are_one_line_a_run(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    paper_init(&paper);
    world_init(&w, "0001-0010,0020-0029,0031");
    world_store(&w, "0005 -\n");
    world_directory(&w, "alice");
    struct plan *plan = world_sync(&w);
    struct action_report action = {.action = "sync", .dry_run = true, .plan = plan};
    report_text_action(&paper.report, &action);
    paper_expect(&paper,
                 "  +  0001       alice  new agent, lowest free\n"
                 "  .  0002-0004         3 numbers: a number of the pool that was not there\n"
                 "  .  0006-0010         5 numbers: a number of the pool that was not there\n"
                 "  .  0020-0029         10 numbers: a number of the pool that was not there\n"
                 "  .  0031              1 number: a number of the pool that was not there\n"
                 "plan: create 19, assign 1\n",
                 "");
    plan_free(plan);
    world_release(&w);
    paper_release(&paper);
}

/* A real run shows the first forty; all of them are in the history. */
static void a_long_plan_is_cut_and_says_so(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    char logins[100 * 8] = "";
    paper_init(&paper);
    world_init(&w, "0100-0199");
    world_fill(&w);
    for (int i = 0; i < 42; i++) {
        snprintf(logins + strlen(logins), 8, "a%02d ", i);
    }
    world_directory(&w, logins);
    struct plan *plan = world_sync(&w);
    struct action_report action = {.action = "sync", .plan = plan};
    report_text_action(&paper.report, &action);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "a39  new agent, lowest free\n"
                                      "     and 2 more changes (--verbose shows all)\n"
                                      "plan: assign 42\n"));
    paper.report.verbose = true;
    report_text_action(&paper.report, &action);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "a41  new agent, lowest free\nplan: assign 42\n"));
    plan_free(plan);
    world_release(&w);
    paper_release(&paper);
}

static void refusals_are_a_line_each(void **state)
{
    (void)state;
    struct paper paper;
    struct err err = ERR_INIT;
    paper_init(&paper);
    struct refusal items[] = {{.line = 3, .text = "nobody\033 is not here"},
                              {.text = "dave has one"}};
    struct refusals refusals = {.items = items, .n_items = 2};
    err_set(&err, ERR_INPUT, "two are refused");
    struct action_report action = {.action = "import", .err = &err, .refusals = &refusals};
    report_text_action(&paper.report, &action);
    paper_expect(&paper, "",
                 "refused: line 3: nobody^[ is not here\n"
                 "refused: dave has one\n"
                 "extpool: two are refused\n");
    paper_release(&paper);
}

/* ---- what only looks ----------------------------------------------------------------------- */

static void a_status(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    struct settings settings;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    struct port_info facts;
    uint64_t counts[EXT_STATE_COUNT];
    struct group_tallies groups;
    struct settings_world sw = {.config = "[defaults]\ncontext = prod\n[context prod]\n"
                                          "read_only = yes\nregion = eu-west-2\n",
                                .words =
                                    "--status -v --directory file:/a.csv --store sqlite:/p.db"};
    sw_good(&sw, &settings);
    settings.export_to = NULL;
    settings.config_path = "/etc/extpool/config";
    settings.origins[OPT_REGION].text = "/etc/extpool/config:5 [context prod]";
    settings.origins[OPT_READ_ONLY].text = "/etc/extpool/config:4 [context prod]";
    settings.origins[OPT_CONTEXT].text = "/etc/extpool/config:2 [defaults]";
    paper_init(&paper);
    world_init(&w, "0001-0009");
    world_store(&w, "0001 bob\n0002 zoe\n0003 - carol 3d\n0004 -held\n");
    world_directory(&w, "alice bob");
    port_info_init(&facts);
    port_info_set(&facts, "actor", "kim@desk7");
    port_info_set(&facts, "directory_format", "CSV");
    agent_rows_join(w.snapshot, w.roster, &w.policy, &arena, &rows);
    snapshot_tally(w.snapshot, &w.policy, w.now_s, counts);
    group_tallies_count(w.snapshot, &w.policy, w.now_s, &arena, &groups);
    struct status_report status = {
        .snapshot = w.snapshot,
        .roster = w.roster,
        .rows = &rows,
        .counts = counts,
        .groups = &groups,
        .facts = &facts,
        .store_uri = settings.store,
        .directory_uri = settings.directory,
        .settings = &settings,
    };
    report_text_status(&paper.report, &status);
    paper_expect(&paper,
                 "context     prod\n"
                 "directory   file:/a.csv\n"
                 "store       sqlite:/p.db\n"
                 "export      not set\n"
                 "read-only   yes\n"
                 "actor       kim@desk7\n"
                 "extensions  4: 2 assigned, 0 free, 1 cooling, 1 reserved, 0 blocked; "
                 "5 numbers not made yet, the next sync makes them\n"
                 "agents      2: 1 without an extension, 1 extension of people who left\n",
                 "");
    settings.policy.low_water = (struct low_water){.value = 6};
    report_text_status(&paper.report, &status);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "\npool        LOW: 5 of 9 numbers left, the low water mark "
                                      "is 6\n"));
    paper_release(&paper);
    paper_init(&paper);
    settings.policy.low_water = (struct low_water){.percent = true, .value = 5};
    paper.report.verbose = true;
    report_text_status(&paper.report, &status);
    paper_expect(&paper,
                 "context           prod (/etc/extpool/config:2 [defaults])\n"
                 "directory         file:/a.csv (--directory)\n"
                 "store             sqlite:/p.db (--store)\n"
                 "export            not set\n"
                 "read-only         yes (/etc/extpool/config:4 [context prod])\n"
                 "config            /etc/extpool/config (built in)\n"
                 "store mode        0600 (built in)\n"
                 "region            eu-west-2 (/etc/extpool/config:5 [context prod])\n"
                 "connect rate      2 (built in)\n"
                 "connect burst     5 (built in)\n"
                 "width             4 (built in)\n"
                 "cooldown          7d (built in)\n"
                 "max release       10% (built in)\n"
                 "audit keep        400d (built in)\n"
                 "low water         5% (built in)\n"
                 "log format        text (built in)\n"
                 "log level         info (built in)\n"
                 "refresh           30s (built in)\n"
                 "full refresh      10m (built in)\n"
                 "confirm           strip (built in)\n"
                 "actor             kim@desk7\n"
                 "directory format  CSV\n"
                 "extensions        4: 2 assigned, 0 free, 1 cooling, 1 reserved, 0 blocked; "
                 "5 numbers not made yet, the next sync makes them\n"
                 "agents            2: 1 without an extension, 1 extension of people who left\n",
                 "");
    port_info_release(&facts);
    arena_release(&arena);
    world_release(&w);
    settings_release(&settings);
    paper_release(&paper);
}

static void lists(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    struct arena arena = ARENA_INIT;
    struct agent_rows rows;
    paper_init(&paper);
    world_init(&w, "0001-0009");
    world_store(&w, "0001 bob pin=desk\n0002 -\n0003 - carol 3d\n0004 -held note=fax\n");
    world_directory(&w, "alice bob");
    agent_rows_join(w.snapshot, w.roster, &w.policy, &arena, &rows);
    report_text_agents(&paper.report, &(struct agents_report){&rows, &w.policy, w.roster});
    paper_expect(&paper,
                 "LOGIN  NAME  EXT   STATE     SINCE                 PINNED\n"
                 "alice        -     new\n"
                 "bob          0001  assigned  2026-10-23T12:00:00Z  desk\n",
                 "");
    report_text_extensions(&paper.report, &(struct extensions_report){w.snapshot, &w.policy,
                                                                      w.now_s, false, NULL, NULL});
    paper_expect(&paper,
                 "EXT   STATE     AGENT      SINCE                 NOTE\n"
                 "0001  assigned  bob        2026-10-23T12:00:00Z  desk\n"
                 "0002  free\n"
                 "0003  cooling   was carol  2026-11-19T12:00:00Z\n"
                 "0004  reserved             2026-11-21T12:00:00Z  fax\n",
                 "");
    report_text_extensions(&paper.report, &(struct extensions_report){w.snapshot, &w.policy,
                                                                      w.now_s, true, NULL, NULL});
    paper_expect(&paper,
                 "EXT   STATE  AGENT  SINCE  NOTE\n"
                 "0002  free\n",
                 "");
    arena_release(&arena);
    world_release(&w);
    paper_release(&paper);
}

static void print_lookup(struct paper *paper, const struct world *w, const struct agent_row *agent,
                         const struct slot *slot)
{
    struct lookup lookup = {.slot = slot ? *slot : (struct slot){.state = SLOT_ABSENT},
                            .state = policy_state(&w->policy, slot, w->now_s),
                            .place = {"", ""},
                            .backup = {"", ""}};
    struct lookup_report shown = {
        .agent = agent, .lookup = &lookup, .policy = &w->policy, .now_s = w->now_s};
    report_text_lookup(&paper->report, &shown);
}

/* Where a call goes is told beside what the number is. */
static void targets(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    paper_init(&paper);
    world_init(&w, "0001-0009");
    struct lookup lookup = {
        .slot = {.ext = "0005",
                 .state = SLOT_RESERVED,
                 .note = "fax",
                 .target = "agent:alice",
                 .until_s = 1764028800,
                 .at_s = 1763942400},
        .state = EXT_COOLING, /* it has ended, and no sync was there since */
        .place = {"agent", "arn:1"},
        .backup = {"phone", "+441632960000"},
    };
    struct lookup_report shown = {.lookup = &lookup, .policy = &w.policy, .now_s = w.now_s};
    report_text_lookup(&paper.report, &shown);
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "state             cooling\n"));
    assert_non_null(strstr(paper.out, "target            agent:alice\n"));
    assert_non_null(strstr(paper.out, "until             2025-11-25T00:00:00Z\n"));
    assert_non_null(strstr(paper.out, "a call goes to    agent arn:1\n"));
    assert_non_null(strstr(paper.out, "fallback goes to  phone +441632960000\n"));
    assert_non_null(strstr(paper.out, "phone +441632960000\n"));
    world_release(&w);
    paper_release(&paper);
}

static void look_ups(void **state)
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
    print_lookup(&paper, &w, &rows.rows[0], NULL);
    paper_expect(&paper, "agent      alice\nextension  none\nstate      new\n", "");
    print_lookup(&paper, &w, NULL, snapshot_find(w.snapshot, "0003"));
    paper_expect(&paper,
                 "extension    0003\n"
                 "state        cooling\n"
                 "last agent   carol\n"
                 "given back   2026-11-19T12:00:00Z\n"
                 "cools until  2026-11-26T12:00:00Z\n",
                 "");
    print_lookup(&paper, &w, NULL, snapshot_find(w.snapshot, "0001"));
    fflush(paper.report.out);
    assert_non_null(strstr(paper.out, "agent      bob\n"));
    assert_non_null(strstr(paper.out, "pinned     desk\n"));
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
    report_text_history(&paper.report, history);
    paper_expect(
        &paper,
        "ACTION-ID                   AT                    ACTION    USER       VIA      ACTOR     "
        " "
        "               CHANGES\n"
        "20261122T130000000Z-def567  2026-11-22T13:00:00Z  reassign  kim@desk7  console  kim@desk7 "
        "from 192.0.2.7  reassign 1; undoes 20261122T120000000Z-abc234; ticket CHG-4711; "
        "plan file 3f2a\n"
        "20261122T120000000Z-abc234  2026-11-22T12:00:00Z  sync      kim@desk7  timer    kim@desk7 "
        "                create 98, assign 1\n",
        "");
    paper.report.verbose = true;
    report_text_history(&paper.report, history);
    paper_expect(
        &paper,
        "20261122T130000000Z-def567  2026-11-22T13:00:00Z  reassign  kim@desk7  console  kim@desk7 "
        "from 192.0.2.7  reassign 1; undoes 20261122T120000000Z-abc234; ticket CHG-4711; "
        "plan file 3f2a\n"
        "  ~  0001>0007  alice  asked for\n"
        "20261122T120000000Z-abc234  2026-11-22T12:00:00Z  sync  kim@desk7  timer  kim@desk7  "
        "create 98, assign 1\n"
        "  .  0002-0099         98 numbers\n"
        "  +  0001       alice  new agent, lowest free\n",
        "");
    history_free(history);
    /* Who acted as nobody else needs no second column. */
    history = history_new();
    struct audit_record plain = {.action_id = "20261122T120000000Z-abc234",
                                 .at_ms = 1795348800000,
                                 .actor = "kim@desk7",
                                 .action = "pin",
                                 .changes = "[{\"change\":\"pin\",\"extension\":\"0001\"}]"};
    assert_int_equal(history_add(history, &plain, NULL), ERR_OK);
    paper.report.verbose = false;
    report_text_history(&paper.report, history);
    paper_expect(
        &paper,
        "ACTION-ID                   AT                    ACTION  USER       VIA  CHANGES\n"
        "20261122T120000000Z-abc234  2026-11-22T12:00:00Z  pin     kim@desk7       pin 1\n",
        "");
    history_free(history);
    history = history_new();
    report_text_history(&paper.report, history);
    paper_expect(&paper, "", "no such action\n");
    history_free(history);
    paper_release(&paper);
}

static void a_doctor(void **state)
{
    (void)state;
    struct paper paper;
    struct world w;
    paper_init(&paper);
    world_init(&w, "0001-0004");
    w.keeps_claims = w.consistent = true;
    world_store(&w, "0001 bob\n0003 -\n9999 zoe\n");
    world_claim_all(&w);
    struct plan_input input = world_input(&w);
    struct diagnosis *diagnosis = doctor_examine(&input);
    struct doctor_report doctor = {.diagnosis = diagnosis, .exit = 2};
    report_text_doctor(&paper.report, &doctor);
    paper_expect(
        &paper,
        "PROBLEM       EXT   AGENT  DETAIL                          FIX\n"
        "out_of_range  9999  zoe    outside the ranges of the pool  none: extend the ranges or "
        "release it\n"
        "missing       0002         is not in the store             create the number as free\n"
        "missing       0004         is not in the store             create the number as free\n"
        "checked 5 records: 3 problems; --doctor --fix repairs 2\n",
        "");
    diagnosis_free(diagnosis);
    world_store(&w, "0002 -\n0004 -\n");
    world_remove(&w, "9999");
    w.n_claims = 0;
    world_claim_all(&w);
    world_look(&w);
    input = world_input(&w);
    doctor.diagnosis = diagnosis = doctor_examine(&input);
    report_text_doctor(&paper.report, &doctor);
    paper_expect(&paper, "checked 5 records: all is well\n", "");
    diagnosis_free(diagnosis);
    world_release(&w);
    paper_release(&paper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_and_what_to_do),
        cmocka_unit_test(a_sync_that_went_half_well),
        cmocka_unit_test(a_quiet_sync_shows_trouble_alone),
        cmocka_unit_test(what_was_asked_about_is_not_said_again),
        cmocka_unit_test(a_sync_that_was_stopped),
        cmocka_unit_test(colours_are_those_of_the_marks),
        cmocka_unit_test(numbers_that_are_made_are_one_line_a_run),
        cmocka_unit_test(a_long_plan_is_cut_and_says_so),
        cmocka_unit_test(refusals_are_a_line_each),
        cmocka_unit_test(a_status),
        cmocka_unit_test(lists),
        cmocka_unit_test(look_ups),
        cmocka_unit_test(targets),
        cmocka_unit_test(a_history),
        cmocka_unit_test(a_doctor),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
