#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/connect/connect.h"
#include "aws/connect/people.h"
#include "core/base/buf.h"
#include "core/pool/group.h"
#include "tests/unit/support_aws/http_fake.h"

#define ID "11111111-2222-3333-4444-555555555555"

enum { LIST, SEARCH, PROFILES, HIERARCHY, OPERATIONS };

static const char *const s_paths[OPERATIONS] = {"/users-summary/", "/search-users",
                                                "/routing-profiles-summary/",
                                                "/search-user-hierarchy-groups"};

/* ---- groups ------------------------------------------------------------------------------ */

/* A group for each term, in the order given. */
struct rules {
    struct policy policy;
    struct match_term terms[4];
    struct match_line lines[4];
    struct group groups[4];
};

static void add_group(struct rules *rules, const char *name, struct match_term term)
{
    size_t i = rules->policy.n_groups++;
    rules->terms[i] = term;
    rules->lines[i] = (struct match_line){&rules->terms[i], 1};
    rules->groups[i] = (struct group){.name = name, .lines = &rules->lines[i], .n_lines = 1};
    rules->policy.groups = rules->groups;
}

/* By login, routing profile, hierarchy and tag. */
static void all_groups(struct rules *rules)
{
    *rules = (struct rules){.policy.n_groups = 0};
    add_group(rules, "desk", (struct match_term){FIELD_LOGIN, NULL, "desk*"});
    add_group(rules, "london", (struct match_term){FIELD_ROUTING_PROFILE, NULL, "London*"});
    add_group(rules, "leeds", (struct match_term){FIELD_HIERARCHY, NULL, "UK/Leeds*"});
    add_group(rules, "york", (struct match_term){FIELD_TAG, "site", "york"});
}

/* ---- a contact centre -------------------------------------------------------------------- */

struct centre {
    const char *bodies[OPERATIONS]; /* of the first page, and of every other one */
    int statuses[OPERATIONS];       /* 0: 200 */
    size_t fails_from;              /* pages of the search from this one on fail; 0: none */
    size_t n_users;                 /* made up, if there are no bodies */
    size_t asked[OPERATIONS];
    int64_t last_ms[OPERATIONS];
};

static void answer_many(const struct centre *centre, size_t operation,
                        const struct fake_request *request, struct buf *body)
{
    const char *where = operation == LIST ? request->url : request->body;
    const char *token = strstr(where, operation == LIST ? "nextToken=" : "\"NextToken\":\"");
    size_t first = token ? strtoul(token + (operation == LIST ? 10 : 13), NULL, 10) : 0;
    size_t end = first + (operation == LIST ? 1000 : 500);
    buf_puts(body, operation == LIST ? "{\"UserSummaryList\":[" : "{\"Users\":[");
    for (size_t i = first; i < end && i < centre->n_users; i++) {
        buf_printf(body,
                   "%s{\"Id\":\"%zu\",\"Username\":\"u%05zu\",\"RoutingProfileId\":\"p\","
                   "\"Tags\":{\"site\":\"york\"}}",
                   i > first ? "," : "", i, i);
    }
    if (end < centre->n_users) {
        buf_printf(body, "],\"NextToken\":\"%zu\"}", end);
    } else {
        buf_puts(body, "]}");
    }
}

static void answer(void *context, const struct fake_request *request,
                   struct http_response *response)
{
    struct centre *centre = context;
    size_t operation = 0;
    while (operation < OPERATIONS && !strstr(request->url, s_paths[operation])) {
        operation++;
    }
    assert_true(operation < OPERATIONS);
    centre->asked[operation]++;
    centre->last_ms[operation] = request->at_ms;
    struct buf body;
    buf_init(&body, 1 << 20);
    bool fails = operation == SEARCH && centre->fails_from > 0 &&
                 centre->asked[SEARCH] >= centre->fails_from;
    int status = fails ? 500 : centre->statuses[operation];
    if (fails) {
        buf_puts(&body, "{}");
    } else if (centre->bodies[operation]) {
        buf_puts(&body, centre->bodies[operation]);
    } else if (operation <= SEARCH) {
        answer_many(centre, operation, request, &body);
    } else {
        buf_puts(&body, "{}");
    }
    http_fake_fill(response, status ? status : 200, "x-amzn-RequestId: r-1", body.data);
    buf_release(&body);
}

struct world {
    struct centre centre;
    struct http_fake *fake;
    struct environment environment;
    struct credentials_provider *provider;
    struct directory *directory;
};

static double half(void *context)
{
    (void)context;
    return 0.5;
}

static void world_open(struct world *world, const struct policy *policy)
{
    static const char *const nothing[][2] = {{NULL, NULL}};
    char key[] = "AKIDEXAMPLE";
    char secret[] = "secret";
    struct credentials keys = {.access_key_id = key, .secret_access_key = secret};
    *world = (struct world){.fake = http_fake_new()};
    http_fake_handler(world->fake, answer, &world->centre);
    world->environment = environment_of_pairs(nothing);
    world->provider = credentials_static_new(&keys);
    struct connect_options options = {
        .uri = "connect:" ID,
        .policy = policy,
        .client = {.http = &world->fake->base,
                   .credentials = world->provider,
                   .endpoint = {.region = "eu-west-2", .environment = &world->environment},
                   .random = half},
    };
    assert_int_equal(connect_parse_instance(ID, &options.instance, NULL), ERR_OK);
    world->directory = connect_directory_new(&options);
}

static void world_close(struct world *world)
{
    directory_free(world->directory);
    credentials_provider_free(world->provider);
    http_free(&world->fake->base);
}

static struct roster *read_all(struct world *world)
{
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(world->directory->ops->read(world->directory, NULL, &roster, &err), ERR_OK);
    return roster;
}

static const char s_list[] =
    "{\"UserSummaryList\":[{\"Id\":\"1\",\"Username\":\"alice\"},{\"Id\":\"2\",\"Username\":"
    "\"bob\"},{\"Id\":\"3\",\"Username\":\"carol\"},{\"Id\":\"4\",\"Username\":\"desk1\"}]}";
static const char s_search[] =
    "{\"Users\":[{\"Id\":\"1\",\"Username\":\"alice\",\"RoutingProfileId\":\"p1\","
    "\"HierarchyGroupId\":\"h3\",\"Tags\":{\"site\":\"york\",\"cost\":\"7\"}},"
    "{\"Id\":\"2\",\"Username\":\"bob\",\"RoutingProfileId\":\"p2\"}]}";
static const char s_profiles[] =
    "{\"RoutingProfileSummaryList\":[{\"Id\":\"p1\",\"Name\":\"London sales\"},"
    "{\"Id\":\"p2\",\"Name\":\"Help\"}]}";
static const char s_hierarchy[] =
    "{\"UserHierarchyGroups\":[{\"Id\":\"h0\",\"Name\":\"ROOT\",\"LevelId\":\"0\"},"
    "{\"Id\":\"h3\",\"Name\":\"Team 4\",\"HierarchyPath\":{\"LevelOne\":{\"Id\":\"h1\","
    "\"Name\":\"UK\"},\"LevelTwo\":{\"Id\":\"h2\",\"Name\":\"Leeds\"},\"LevelThree\":"
    "{\"Id\":\"h3\",\"Name\":\"Team 4\"}}}]}";
static const char s_denied[] = "{\"__type\":\"AccessDeniedException\"}";

static void open_centre(struct world *world, const struct policy *policy)
{
    world_open(world, policy);
    world->centre.bodies[LIST] = s_list;
    world->centre.bodies[SEARCH] = s_search;
    world->centre.bodies[PROFILES] = s_profiles;
    world->centre.bodies[HIERARCHY] = s_hierarchy;
}

static const char *attribute(const struct agent *agent, enum agent_field field)
{
    for (size_t i = 0; i < agent->n_attributes; i++) {
        if (agent->attributes[i].field == field) {
            return agent->attributes[i].value;
        }
    }
    return NULL;
}

static uint16_t group_of(const struct rules *rules, const struct roster *roster, const char *login)
{
    return group_of_agent(&rules->policy, roster_find(roster, login), NULL);
}

#define ALL_FIELDS                                                                                 \
    (FIELD_BIT(FIELD_ROUTING_PROFILE) | FIELD_BIT(FIELD_HIERARCHY) | FIELD_BIT(FIELD_TAG))

/* ---- what is asked ----------------------------------------------------------------------- */

static void no_more_is_asked_than_the_groups_look_at(void **state)
{
    (void)state;
    static const struct {
        struct match_term term;
        size_t search, profiles, hierarchy;
    } cases[] = {
        {{FIELD_LOGIN, NULL, "*@leeds"}, 0, 0, 0},
        {{FIELD_DIRECTORY, NULL, "leeds"}, 0, 0, 0},
        {{FIELD_COLUMN, "department", "Sales"}, 0, 0, 0},
        {{FIELD_TAG, "site", "leeds"}, 1, 0, 0},
        {{FIELD_ROUTING_PROFILE, NULL, "London*"}, 1, 1, 0},
        {{FIELD_HIERARCHY, NULL, "UK*"}, 1, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rules rules = {.policy.n_groups = 0};
        struct world world;
        add_group(&rules, "leeds", cases[i].term);
        open_centre(&world, &rules.policy);
        roster_unref(read_all(&world));
        assert_int_equal(world.centre.asked[SEARCH], cases[i].search);
        assert_int_equal(world.centre.asked[PROFILES], cases[i].profiles);
        assert_int_equal(world.centre.asked[HIERARCHY], cases[i].hierarchy);
        world_close(&world);
    }
    struct world world;
    open_centre(&world, NULL);
    roster_unref(read_all(&world));
    assert_int_equal(world.fake->n_requests, 1);
    world_close(&world);
}

/* 9,500 agents at two requests a second and five at once: each operation within its own quota, and all
   of them side by side. */
static void the_search_takes_as_long_as_its_quota(void **state)
{
    (void)state;
    struct rules rules;
    struct world world;
    all_groups(&rules);
    world_open(&world, &rules.policy);
    world.centre.n_users = 9500;
    world.centre.bodies[PROFILES] = "{\"RoutingProfileSummaryList\":[{\"Id\":\"p\","
                                    "\"Name\":\"Help\"}]}";
    struct roster *roster = read_all(&world);
    assert_int_equal(roster->n_agents, 9500);
    assert_string_equal(roster_find(roster, "u09499")->routing_profile, "Help");
    assert_int_equal(group_of(&rules, roster, "u09499"), 3);
    assert_int_equal(world.centre.asked[LIST], 10);
    assert_int_equal(world.centre.asked[SEARCH], 19);
    assert_int_equal(world.centre.asked[PROFILES], 1);
    assert_int_equal(world.centre.asked[HIERARCHY], 1);
    assert_in_range(world.centre.last_ms[SEARCH], 6500, 7500);
    assert_true(world.centre.last_ms[LIST] < 3000);
    roster_unref(roster);
    world_close(&world);
}

/* ---- what comes of it -------------------------------------------------------------------- */

static void what_groups_are_matched_by(void **state)
{
    (void)state;
    struct rules rules;
    struct world world;
    all_groups(&rules);
    open_centre(&world, &rules.policy);
    struct roster *roster = read_all(&world);
    const struct agent *alice = roster_find(roster, "alice");
    assert_string_equal(alice->routing_profile, "London sales");
    assert_string_equal(attribute(alice, FIELD_HIERARCHY), "UK/Leeds/Team 4");
    assert_string_equal(attribute(alice, FIELD_TAG), "york");
    assert_int_equal(alice->n_attributes, 2); // nobody looks at the other tag
    assert_int_equal(alice->not_read, 0);
    const struct agent *bob = roster_find(roster, "bob");
    assert_int_equal(bob->n_attributes, 0);
    assert_int_equal(bob->not_read, 0); // who has none, has none
    assert_int_equal(group_of(&rules, roster, "bob"), GROUP_NONE);
    roster_unref(roster);
    world_close(&world);
}

static void who_is_not_shown_is_not_known(void **state)
{
    (void)state;
    struct rules rules;
    struct world world;
    all_groups(&rules);
    open_centre(&world, &rules.policy);
    // bob was deleted and made again: the search still shows the user of before.
    world.centre.bodies[LIST] =
        "{\"UserSummaryList\":[{\"Id\":\"1\",\"Username\":\"alice\"},{\"Id\":\"22\",\"Username\":"
        "\"bob\"},{\"Id\":\"3\",\"Username\":\"carol\"},{\"Id\":\"4\",\"Username\":\"desk1\"}]}";
    struct roster *roster = read_all(&world);
    assert_int_equal(roster->n_agents, 4);
    assert_int_equal(roster_find(roster, "bob")->not_read, ALL_FIELDS);
    assert_null(roster_find(roster, "bob")->routing_profile);
    assert_int_equal(roster_find(roster, "carol")->not_read, ALL_FIELDS);
    assert_int_equal(group_of(&rules, roster, "carol"), GROUP_UNKNOWN);
    assert_int_equal(group_of(&rules, roster, "desk1"), 0);
    assert_string_equal(roster->note,
                        "SearchUsers does not show 3 of the agents yet, the first is bob");
    roster_unref(roster);
    world_close(&world);
}

static void a_page_that_fails_leaves_its_people_not_known(void **state)
{
    (void)state;
    struct rules rules;
    struct world world;
    all_groups(&rules);
    world_open(&world, &rules.policy);
    world.centre.n_users = 1200;
    world.centre.fails_from = 2;
    struct roster *roster = read_all(&world);
    assert_int_equal(roster->n_agents, 1200);
    assert_int_equal(roster_find(roster, "u00499")->not_read & FIELD_BIT(FIELD_TAG), 0);
    assert_int_equal(roster_find(roster, "u00500")->not_read, ALL_FIELDS);
    assert_non_null(strstr(roster->note, "it is not fully known who belongs to the groups london, "
                                         "leeds, york: "));
    roster_unref(roster);
    world_close(&world);
}

static void a_missing_permission_names_its_action_and_its_groups(void **state)
{
    (void)state;
    static const struct {
        size_t operation;
        const char *body;
        unsigned not_read; /* of alice */
        const char *note;
    } cases[] = {
        {SEARCH, s_denied, ALL_FIELDS,
         "it is not fully known who belongs to the groups london, leeds, york: the permission "
         "connect:SearchUsers is missing (request id r-1)"},
        {SEARCH,
         "{\"__type\":\"AccessDeniedException\",\"Message\":\"User: kim is not authorized to "
         "perform: connect:DescribeUser on resource: *\"}",
         ALL_FIELDS,
         "it is not fully known who belongs to the groups london, leeds, york: the permission "
         "connect:DescribeUser is missing (request id r-1)"},
        {PROFILES, s_denied, FIELD_BIT(FIELD_ROUTING_PROFILE),
         "it is not fully known who belongs to the group london: the permission "
         "connect:ListRoutingProfiles is missing (request id r-1)"},
        {HIERARCHY, s_denied, FIELD_BIT(FIELD_HIERARCHY),
         "it is not fully known who belongs to the group leeds: the permission "
         "connect:SearchUserHierarchyGroups is missing (request id r-1)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rules rules;
        struct world world;
        all_groups(&rules);
        open_centre(&world, &rules.policy);
        world.centre.bodies[cases[i].operation] = cases[i].body;
        world.centre.statuses[cases[i].operation] = 403;
        struct roster *roster = read_all(&world);
        assert_int_equal(roster_find(roster, "alice")->not_read, cases[i].not_read);
        assert_string_equal(roster->note, cases[i].note);
        assert_int_equal(group_of(&rules, roster, "desk1"), 0); // an earlier group needs nothing
        roster_unref(roster);
        world_close(&world);
    }
}

static void ids_that_are_not_listed_are_not_known(void **state)
{
    (void)state;
    struct rules rules;
    struct world world;
    all_groups(&rules);
    open_centre(&world, &rules.policy);
    world.centre.bodies[PROFILES] = "{\"RoutingProfileSummaryList\":[{\"Id\":\"p2\",\"Name\":"
                                    "\"Help\"}]}";
    world.centre.bodies[HIERARCHY] = "{\"UserHierarchyGroups\":[]}";
    struct roster *roster = read_all(&world);
    const struct agent *alice = roster_find(roster, "alice");
    assert_int_equal(alice->not_read, ALL_FIELDS & ~FIELD_BIT(FIELD_TAG));
    assert_int_equal(roster_find(roster, "bob")->not_read, 0);
    assert_non_null(strstr(roster->note, "of 1 agent is not listed yet, the first is alice"));
    roster_unref(roster);
    world_close(&world);
}

static void odd_answers_are_not_taken_for_something_else(void **state)
{
    (void)state;
    struct rules rules;
    struct world world;
    all_groups(&rules);
    open_centre(&world, &rules.policy);
    // Behind a NUL a text would be cut: "york" and "alice" are then somebody else's.
    world.centre.bodies[SEARCH] =
        "{\"Users\":[7,null,{},{\"Username\":\"alice\\u0000x\",\"Tags\":{\"site\":\"york\"}},"
        "{\"Username\":\"bob\",\"RoutingProfileId\":\"p1\",\"HierarchyGroupId\":\"h1\",\"Tags\":"
        "{\"site\":\"york\\u0000x\"}},"
        "{\"Username\":\"carol\",\"RoutingProfileId\":\"p2\",\"HierarchyGroupId\":\"h2\",\"Tags\":"
        "{\"site\":5}},"
        "{\"Username\":\"desk1\",\"HierarchyGroupId\":\"h3\",\"Tags\":[]}]}";
    world.centre.bodies[PROFILES] =
        "{\"RoutingProfileSummaryList\":[{\"Id\":\"p1\",\"Name\":\"London\\u0000x\"},{\"Id\":7},"
        "{\"Id\":\"p2\",\"Name\":\"\\u001b[2J\"}]}";
    world.centre.bodies[HIERARCHY] =
        "{\"UserHierarchyGroups\":[{\"Id\":\"h1\",\"Name\":\"Leeds\",\"HierarchyPath\":{"
        "\"LevelOne\":{\"Name\":\"UK\\u0000\"},\"LevelTwo\":{\"Name\":\"Leeds\"}}},"
        "{\"Id\":\"h2\",\"Name\":\"Leeds\",\"HierarchyPath\":{\"LevelOne\":{\"Name\":\"UK\"}}},"
        "{\"Id\":\"h3\",\"Name\":\"Alone\"}]}";
    struct roster *roster = read_all(&world);
    assert_int_equal(roster_find(roster, "alice")->not_read, ALL_FIELDS);
    assert_int_equal(roster_find(roster, "bob")->not_read, ALL_FIELDS);
    const struct agent *carol = roster_find(roster, "carol");
    assert_int_equal(carol->not_read, FIELD_BIT(FIELD_TAG));
    assert_string_equal(attribute(carol, FIELD_HIERARCHY), "UK/Leeds"); // it ends with the group
    assert_string_equal(carol->routing_profile, "\x1b[2J");             // cleaned by who shows it
    const struct agent *desk = roster_find(roster, "desk1");
    assert_int_equal(desk->not_read, FIELD_BIT(FIELD_ROUTING_PROFILE));
    assert_string_equal(attribute(desk, FIELD_HIERARCHY), "Alone");
    roster_unref(roster);
    world_close(&world);
}

/* ---- one agent --------------------------------------------------------------------------- */

static struct roster *find_one(struct world *world, const char *login)
{
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(world->directory->ops->find(world->directory, login, NULL, &roster, &err),
                     ERR_OK);
    return roster;
}

static void one_agent_in_as_few_requests_as_can_be(void **state)
{
    (void)state;
    struct rules rules;
    struct world world;
    all_groups(&rules);
    open_centre(&world, &rules.policy);
    struct roster *roster = find_one(&world, "alice");
    assert_int_equal(roster->n_agents, 1);
    const struct agent *alice = &roster->agents[0];
    assert_string_equal(alice->routing_profile, "London sales");
    assert_string_equal(attribute(alice, FIELD_HIERARCHY), "UK/Leeds/Team 4");
    assert_string_equal(attribute(alice, FIELD_TAG), "york");
    assert_int_equal(world.fake->n_requests, 3);
    assert_int_equal(world.centre.asked[LIST], 0);
    bool named = false;
    for (size_t i = 0; i < 3; i++) {
        named = named || strstr(http_fake_request(world.fake, i)->body,
                                "\"FieldName\":\"resourceID\",\"Value\":\"h3\"");
    }
    assert_true(named); // that group alone
    roster_unref(roster);

    roster = find_one(&world, "bob"); // no hierarchy group: nothing to ask
    assert_string_equal(roster->agents[0].routing_profile, "Help");
    assert_int_equal(roster->agents[0].not_read, 0);
    assert_int_equal(world.fake->n_requests, 5);
    roster_unref(roster);

    roster = find_one(&world, "erin"); // nobody: neither
    assert_int_equal(roster->n_agents, 0);
    assert_int_equal(world.fake->n_requests, 6);
    roster_unref(roster);

    world.centre.statuses[HIERARCHY] = 403;
    world.centre.bodies[HIERARCHY] = s_denied;
    roster = find_one(&world, "alice");
    assert_int_equal(roster->agents[0].not_read, FIELD_BIT(FIELD_HIERARCHY));
    assert_non_null(strstr(roster->note, "connect:SearchUserHierarchyGroups"));
    roster_unref(roster);
    world_close(&world);
}

static void one_agent_without_groups_is_one_request(void **state)
{
    (void)state;
    struct world world;
    open_centre(&world, NULL);
    struct roster *roster = find_one(&world, "alice");
    assert_int_equal(roster->n_agents, 1);
    assert_int_equal(roster->agents[0].n_attributes, 0);
    assert_int_equal(roster->agents[0].not_read, 0);
    assert_int_equal(world.fake->n_requests, 1);
    roster_unref(roster);
    world.centre.statuses[SEARCH] = 403;
    world.centre.bodies[SEARCH] = s_denied;
    struct err err = ERR_INIT;
    roster = NULL;
    assert_int_equal(world.directory->ops->find(world.directory, "alice", NULL, &roster, &err),
                     ERR_DENIED);
    assert_null(roster);
    assert_non_null(strstr(err.text, "connect:SearchUsers"));
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_is_asked_than_the_groups_look_at),
        cmocka_unit_test(the_search_takes_as_long_as_its_quota),
        cmocka_unit_test(what_groups_are_matched_by),
        cmocka_unit_test(who_is_not_shown_is_not_known),
        cmocka_unit_test(a_page_that_fails_leaves_its_people_not_known),
        cmocka_unit_test(a_missing_permission_names_its_action_and_its_groups),
        cmocka_unit_test(ids_that_are_not_listed_are_not_known),
        cmocka_unit_test(odd_answers_are_not_taken_for_something_else),
        cmocka_unit_test(one_agent_in_as_few_requests_as_can_be),
        cmocka_unit_test(one_agent_without_groups_is_one_request),
    };
    return cmocka_run_group_tests_name("connect/people", tests, NULL, NULL);
}
