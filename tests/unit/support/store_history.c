/* The store contract: whose an action is, and questions to the audit trail. */

#include "core/base/clock.h"
#include "core/pool/group.h"
#include "tests/unit/support/store_site.h"

#include <stdio.h>
#include <string.h>

#define MANY 150 /* changes of an action that no index has */

static enum err_code try_as(struct site *site, struct plan *plan, const char *actor,
                            const struct audit_origin *origin)
{
    struct err err = ERR_INIT;
    audit_action_id(site->clock_ms, site->action_id);
    const struct apply_context context = {
        .action_id = site->action_id, .actor = actor, .origin = *origin, .at_ms = site->clock_ms};
    site->clock_ms += 60000;
    return site->store->ops->apply(site->store, plan, &context, NULL, &err);
}

static void reserve_as(struct site *site, const char *ext, const char *actor,
                       const struct audit_origin *origin)
{
    struct plan *plan = site_plan(site, site_see(site, site->store), "reserve");
    struct slot reserved = a_reserved(ext, T0, "note");
    propose(plan, CHANGE_RESERVE, &reserved);
    assert_int_equal(try_as(site, plan, actor, origin), ERR_OK);
    expect_result(&plan->changes[0], RESULT_DONE);
}

static void assign_as(struct site *site, const char *ext, const char *agent,
                      const struct audit_origin *origin)
{
    struct plan *plan = site_plan(site, site_see(site, site->store), "assign");
    struct slot assigned = an_assigned(ext, agent, T0);
    propose(plan, CHANGE_ASSIGN, &assigned);
    assert_int_equal(try_as(site, plan, ACTOR, origin), ERR_OK);
    expect_result(&plan->changes[0], RESULT_DONE);
}

static void same(const char *a, const char *b)
{
    if (b) {
        assert_string_equal(a, b);
    } else {
        assert_null(a);
    }
}

/* ---- whose it is ----------------------------------------------------------------------------- */

static void test_a_record_says_whose_it_is(void **state)
{
    struct site *site = *state;
    static const struct audit_origin origins[] = {
        {.user = "kim@desk7",
         .via = VIA_CONSOLE,
         .ticket = "CHG-4711 \xe2\x82\xac",
         .undoes = "20261122T120000000Z-abc234",
         .plan_file = "3f2a"},
        {.user = "root@ops1", .via = VIA_COMMAND},
        {.user = "root@ops1", .via = VIA_TIMER},
        {.user = "sync@lambda", .via = VIA_LAMBDA},
        {.user = NULL, .via = VIA_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "000%zu", i);
        reserve_as(site, ext, ACTOR, &origins[i]);
        const struct audit_action *action = site_history(site, 1, NULL)->actions;
        same(action->origin.user, origins[i].user);
        assert_int_equal(action->origin.via, origins[i].via);
        same(action->origin.ticket, origins[i].ticket);
        same(action->origin.undoes, origins[i].undoes);
        same(action->origin.plan_file, origins[i].plan_file);
        assert_string_equal(action->actor, ACTOR);
        assert_string_equal(audit_who(action), origins[i].user ? origins[i].user : ACTOR);
    }
}

/* ---- questions --------------------------------------------------------------------------------- */

/* "0001 0002,0003": the extensions of each action, newest first; of numbers that were made "-". */
static const char *answer(struct site *site, struct history_query query)
{
    static char out[512];
    const struct history *history = site_ask(site, &query);
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < history->n_actions; i++) {
        for (size_t k = 0; k < history->actions[i].n_changes; k++) {
            const char *ext = history->actions[i].changes[k].ext;
            length += (size_t)snprintf(out + length, sizeof out - length, "%s%s",
                                       k > 0   ? ","
                                       : i > 0 ? " "
                                               : "",
                                       ext ? ext : "-");
        }
    }
    return out;
}

static void test_questions_about_a_number_and_an_agent(void **state)
{
    struct site *site = *state;
    const struct audit_origin origin = {.user = "kim@desk7", .via = VIA_COMMAND};
    assign_as(site, "0001", "alice", &origin);
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "alice", "0001", "0002", T0);
    struct slot bob = an_assigned("0003", "bob", T0);
    propose(plan, CHANGE_ASSIGN, &bob);
    assert_int_equal(try_as(site, plan, ACTOR, &origin), ERR_OK);
    assign_as(site, "0004", "0002", &origin); /* a login that looks like a number */

    assert_string_equal(answer(site, (struct history_query){.ext = "0001"}), "0002 0001 -");
    assert_string_equal(answer(site, (struct history_query){.ext = "0002"}), "0002 -");
    assert_string_equal(answer(site, (struct history_query){.ext = "0003"}), "0003 -");
    assert_string_equal(answer(site, (struct history_query){.ext = "0003", .limit = 1}), "0003");
    assert_string_equal(answer(site, (struct history_query){.ext = "0009"}), "-");
    assert_string_equal(answer(site, (struct history_query){.ext = "0010"}), "");
    assert_string_equal(answer(site, (struct history_query){.agent = "alice"}), "0002 0001");
    assert_string_equal(answer(site, (struct history_query){.agent = "0002"}), "0004");
    assert_string_equal(answer(site, (struct history_query){.agent = "carol"}), "");
    assert_string_equal(answer(site, (struct history_query){.ext = "0001", .agent = "alice"}),
                        "0002 0001");
    assert_string_equal(answer(site, (struct history_query){.ext = "0003", .agent = "alice"}), "");
}

static void test_questions_about_a_long_action(void **state)
{
    struct site *site = *state;
    const struct audit_origin origin = {.user = "kim@desk7", .via = VIA_COMMAND};
    struct plan *plan = site_plan(site, site_see(site, site->store), "import");
    for (size_t i = 0; i < MANY; i++) {
        char ext[EXT_ROOM];
        char agent[32];
        snprintf(ext, sizeof ext, "%04zu", 100 + i);
        snprintf(agent, sizeof agent, "agent-%zu", i);
        struct slot slot = an_assigned(ext, agent, T0);
        propose(plan, CHANGE_ASSIGN, &slot);
    }
    assert_int_equal(try_as(site, plan, ACTOR, &origin), ERR_OK);
    reserve_as(site, "0005", ACTOR, &origin);
    assert_string_equal(answer(site, (struct history_query){.ext = "0142"}), "0142");
    assert_string_equal(answer(site, (struct history_query){.agent = "agent-149"}), "0249");
    assert_string_equal(answer(site, (struct history_query){.ext = "0005", .limit = 1}), "0005");
}

static void test_questions_about_a_group(void **state)
{
    struct site *site = *state;
    const struct audit_origin origin = {.user = "kim@desk7", .via = VIA_COMMAND};
    static const struct group groups[] = {{.name = "Leeds"}, {.name = "York"}};
    struct policy policy = site->policy;
    policy.groups = groups;
    policy.n_groups = 2;
    policy.n_ranges = 3;
    policy.ranges[0] = (struct ext_range){"0000", "0002", 0};
    policy.ranges[1] = (struct ext_range){"0003", "0003", 1};
    policy.ranges[2] = (struct ext_range){"0007", "0009", 1};
    assign_as(site, "0001", "alice", &origin);
    assign_as(site, "0003", "bob", &origin);
    struct plan *plan = site_plan(site, site_see(site, site->store), "reassign");
    propose_move(plan, "alice", "0001", "0008", T0);
    struct slot carol = an_assigned("0005", "carol", T0);
    propose(plan, CHANGE_ASSIGN, &carol);
    assert_int_equal(try_as(site, plan, ACTOR, &origin), ERR_OK);

    struct history_query query = {.policy = &policy, .group = "Leeds"};
    assert_string_equal(answer(site, query), "0008 0001 -");
    query.limit = 1;
    assert_string_equal(answer(site, query), "0008");
    query = (struct history_query){.policy = &policy, .group = "York"};
    assert_string_equal(answer(site, query), "0008 0003 -");
    query.agent = "bob";
    assert_string_equal(answer(site, query), "0003");
    query.group = "Leeds";
    assert_string_equal(answer(site, query), "");
}

static void test_questions_about_people_and_times(void **state)
{
    struct site *site = *state;
    /* A store of a service writes by the service's time: the actions begin no earlier than now. */
    int64_t now_ms = clock_now_ms(&clock_system);
    site->clock_ms = now_ms > site->clock_ms ? now_ms : site->clock_ms;
    int64_t first_ms = site->clock_ms;
    const struct audit_origin kim = {.user = "kim@desk7", .via = VIA_CONSOLE};
    const struct audit_origin lee = {.user = "lee@desk2", .via = VIA_COMMAND};
    reserve_as(site, "0001", "arn:aws:sts::1:assumed-role/Ops/kim", &kim);
    reserve_as(site, "0002", "arn:aws:sts::1:assumed-role/Ops/lee", &lee);
    reserve_as(site, "0003", "arn:aws:sts::1:assumed-role/Ops/kim", &kim);

    assert_string_equal(answer(site, (struct history_query){.actor = "KIM@desk"}), "0003 0001");
    assert_string_equal(answer(site, (struct history_query){.actor = "kim", .limit = 1}), "0003");
    assert_string_equal(answer(site, (struct history_query){.actor = "role/ops/LEE"}), "0002");
    assert_string_equal(answer(site, (struct history_query){.actor = "nobody"}), "");
    assert_string_equal(answer(site, (struct history_query){.actor = "k_m@"}), "");
    assert_string_equal(answer(site, (struct history_query){.actor = "kim%"}), "");
    assert_string_equal(answer(site, (struct history_query){.actor = "\\"}), "");
    assert_string_equal(answer(site, (struct history_query){.since_ms = first_ms + 60000}),
                        "0003 0002");
    assert_string_equal(answer(site, (struct history_query){.since_ms = first_ms + 60001}), "0003");
    assert_string_equal(
        answer(site, (struct history_query){.since_ms = first_ms, .until_ms = first_ms + 60000}),
        "0001");
    assert_string_equal(answer(site, (struct history_query){.until_ms = first_ms}), "-");
    assert_string_equal(
        answer(site,
               (struct history_query){.actor = "kim", .ext = "0003", .since_ms = first_ms + 1}),
        "0003");
}

const struct CMUnitTest store_history_tests[] = {
    cmocka_unit_test_setup_teardown(test_a_record_says_whose_it_is, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_questions_about_a_number_and_an_agent, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_questions_about_a_long_action, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_questions_about_a_group, site_ten, site_end),
    cmocka_unit_test_setup_teardown(test_questions_about_people_and_times, site_ten, site_end),
};
const size_t store_n_history_tests = sizeof store_history_tests / sizeof store_history_tests[0];
