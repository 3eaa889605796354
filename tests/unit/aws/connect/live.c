/* GetCurrentUserData: what is asked, what an answer says of an agent, what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "aws/connect/connect.h"
#include "core/base/mem.h"
#include "tests/unit/support_aws/http_fake.h"

#define ID "11111111-2222-3333-4444-555555555555"
#define ARN "arn:aws:connect:eu-west-2:111122223333:instance/" ID "/agent/"
#define QUEUES "{\"QueueSummaryList\":[{\"Id\":\"q-1\",\"Name\":\"Sales\\u001b[2J\"}]}"

static const char *const s_nothing[][2] = {{NULL, NULL}};

struct world {
    struct http_fake *fake;
    struct environment environment;
    struct credentials_provider *provider;
    struct directory *directory;
    struct live *live;
    struct err err;
};

static int open_world(void **state)
{
    struct world *world = mem_alloc(sizeof *world);
    char key[] = "AKIDEXAMPLE";
    char secret[] = "secret";
    struct credentials keys = {.access_key_id = key, .secret_access_key = secret};
    *world = (struct world){.fake = http_fake_new(),
                            .environment = environment_of_pairs(s_nothing),
                            .provider = credentials_static_new(&keys)};
    struct connect_options options = {
        .uri = "connect:" ID,
        .client = {.http = &world->fake->base,
                   .credentials = world->provider,
                   .endpoint = {.region = "eu-west-2", .environment = &world->environment}},
    };
    assert_int_equal(connect_parse_instance(ID, &options.instance, &world->err), ERR_OK);
    world->directory = connect_directory_new(&options);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    live_free(world->live);
    directory_free(world->directory);
    credentials_provider_free(world->provider);
    http_free(&world->fake->base);
    free(world);
    return 0;
}

static const struct agent s_agents[] = {
    {.login = "alice", .arn = ARN "a-1", .routing_profile = "London\tVoice"},
    {.login = "bob", .arn = ARN "b-2"},
    {.login = "no id"},
    {.login = "carol", .arn = ARN "c-3"},
};

static enum err_code ask(struct world *world)
{
    const struct live_wanted wanted = {s_agents, sizeof s_agents / sizeof s_agents[0]};
    live_free(world->live);
    world->live = NULL;
    err_clear(&world->err);
    return world->directory->ops->live(world->directory, &wanted, NULL, &world->live, &world->err);
}

static const struct live_state *state_of(const struct world *world, size_t i)
{
    return &world->live->states[i];
}

/* One answer, all of it about alice. */
static const struct live_state *told(struct world *world, const char *user)
{
    char *body = mem_printf("{\"UserDataList\":[{\"User\":{\"Id\":\"a-1\"},%s}]}", user);
    http_fake_answer(world->fake, 200, "", body);
    free(body);
    assert_int_equal(ask(world), ERR_OK);
    return state_of(world, 0);
}

static void it_asks_by_id_and_takes_the_rest_for_offline(void **state)
{
    struct world *world = *state;
    http_fake_answer(world->fake, 200, "",
                     "{\"UserDataList\":[{\"User\":{\"Id\":\"b-2\"},\"Status\":{\"StatusName\":"
                     "\"Available\",\"StatusStartTimestamp\":1767323000.25},"
                     "\"MaxSlotsByChannel\":{\"VOICE\":1,\"CHAT\":3},"
                     "\"AvailableSlotsByChannel\":{\"VOICE\":1}},"
                     "{\"User\":{\"Id\":\"somebody else\"}}]}");
    assert_int_equal(ask(world), ERR_OK);
    const struct fake_request *request = http_fake_request(world->fake, 0);
    assert_string_equal(request->method, "POST");
    assert_non_null(strstr(request->url, "/metrics/userdata/" ID));
    assert_string_equal(request->body, "{\"Filters\":{\"Agents\":[\"a-1\",\"b-2\",\"c-3\"]},"
                                       "\"MaxResults\":100}");
    assert_int_equal(world->fake->n_requests, 1); /* nobody is on a contact: no queue to name */
    assert_int_equal(world->live->n_states, 4);
    assert_int_equal(world->live->at_s, HTTP_FAKE_EPOCH_MS / 1000);
    assert_int_equal(state_of(world, 0)->presence, LIVE_OFFLINE);
    assert_int_equal(state_of(world, 0)->since_s, 0);
    assert_string_equal(state_of(world, 0)->profile, "London^IVoice");
    assert_int_equal(state_of(world, 1)->presence, LIVE_AVAILABLE);
    assert_int_equal(state_of(world, 1)->since_s, 1767323000);
    assert_string_equal(state_of(world, 1)->status, "Available");
    assert_int_equal(state_of(world, 1)->voice_max, 1);
    assert_int_equal(state_of(world, 1)->voice_free, 1);
    assert_int_equal(state_of(world, 1)->voice_used, 0);
    assert_int_equal(state_of(world, 2)->presence, LIVE_UNKNOWN);
    assert_int_equal(state_of(world, 3)->presence, LIVE_OFFLINE);
}

static void nobody_with_an_id_costs_no_request(void **state)
{
    struct world *world = *state;
    const struct live_wanted wanted = {&s_agents[2], 1};
    assert_int_equal(
        world->directory->ops->live(world->directory, &wanted, NULL, &world->live, &world->err),
        ERR_OK);
    assert_int_equal(world->fake->n_requests, 0);
    assert_int_equal(state_of(world, 0)->presence, LIVE_UNKNOWN);
}

/* As Amazon's "Agent activity" orders several contacts. */
static void of_several_contacts_the_worst_counts(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *contacts;
        enum live_presence presence;
        enum live_channel channel;
    } cases[] = {
        {"{\"AgentContactState\":\"CONNECTED\",\"Channel\":\"VOICE\"}", LIVE_ON_CONTACT,
         LIVE_VOICE},
        {"{\"AgentContactState\":\"CONNECTED_ONHOLD\",\"Channel\":\"VOICE\"}", LIVE_ON_CONTACT,
         LIVE_VOICE},
        {"{\"AgentContactState\":\"ENDED\",\"Channel\":\"VOICE\"},"
         "{\"AgentContactState\":\"CONNECTED\",\"Channel\":\"CHAT\"}",
         LIVE_ON_CONTACT, LIVE_CHAT},
        {"{\"AgentContactState\":\"INCOMING\",\"Channel\":\"TASK\"},"
         "{\"AgentContactState\":\"ENDED\",\"Channel\":\"EMAIL\"}",
         LIVE_AFTER_CONTACT, LIVE_EMAIL},
        {"{\"AgentContactState\":\"CONNECTED\",\"Channel\":\"CHAT\"},"
         "{\"AgentContactState\":\"MISSED\",\"Channel\":\"VOICE\"}",
         LIVE_MISSED, LIVE_VOICE},
        {"{\"AgentContactState\":\"MISSED\"},{\"AgentContactState\":\"ERROR\"}", LIVE_ERROR,
         LIVE_NO_CHANNEL},
        {"{\"AgentContactState\":\"PENDING\",\"Channel\":\"FAX\"}", LIVE_RINGING, LIVE_NO_CHANNEL},
        {"{\"AgentContactState\":\"DREAMING\"},7,null", LIVE_OTHER, LIVE_NO_CHANNEL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *user = mem_printf("\"Status\":{\"StatusName\":\"Lunch\"},\"Contacts\":[%s]",
                                cases[i].contacts);
        const struct live_state *one = told(world, user);
        assert_int_equal(one->presence, cases[i].presence);
        assert_int_equal(one->channel, cases[i].channel);
        free(user);
    }
}

static void queues_are_named_by_one_more_request(void **state)
{
    struct world *world = *state;
    static const char busy[] =
        "\"Status\":{\"StatusName\":\"Available\",\"StatusStartTimestamp\":1767320000},"
        "\"ActiveSlotsByChannel\":{\"VOICE\":1},\"MaxSlotsByChannel\":{\"VOICE\":1},"
        "\"Contacts\":[{\"AgentContactState\":\"CONNECTED\",\"Channel\":\"VOICE\","
        "\"StateStartTimestamp\":1767322940,\"Queue\":{\"Id\":\"q-1\"}}]";
    char *body = mem_printf("{\"UserDataList\":[{\"User\":{\"Id\":\"a-1\"},%s}]}", busy);
    http_fake_answer(world->fake, 200, "", body);
    http_fake_answer(world->fake, 200, "", QUEUES);
    free(body);
    assert_int_equal(ask(world), ERR_OK);
    const char *url = http_fake_request(world->fake, 1)->url;
    assert_non_null(strstr(url, "/queues-summary/" ID "?"));
    assert_non_null(strstr(url, "queueTypes=STANDARD"));
    assert_string_equal(state_of(world, 0)->queue, "Sales^[[2J");
    assert_int_equal(state_of(world, 0)->since_s, 1767322940); /* of the contact, not the status */
    assert_int_equal(state_of(world, 0)->voice_used, 1);
    assert_int_equal(state_of(world, 0)->voice_free, 0);
    assert_string_equal(told(world, busy)->queue, "Sales^[[2J"); /* remembered */
    assert_int_equal(world->fake->n_requests, 3);
}

static void queues_that_may_not_be_read_are_left_out(void **state)
{
    struct world *world = *state;
    static const char busy[] = "\"Contacts\":[{\"AgentContactState\":\"CONNECTED\","
                               "\"Queue\":{\"Id\":\"q-1\"}}]";
    char *body = mem_printf("{\"UserDataList\":[{\"User\":{\"Id\":\"a-1\"},%s}]}", busy);
    http_fake_answer(world->fake, 200, "", body);
    http_fake_answer(world->fake, 403, "x-amzn-ErrorType: AccessDeniedException", "{}");
    free(body);
    assert_int_equal(ask(world), ERR_OK);
    assert_int_equal(state_of(world, 0)->presence, LIVE_ON_CONTACT);
    assert_null(state_of(world, 0)->queue);
    assert_null(told(world, busy)->queue);
    assert_int_equal(world->fake->n_requests, 3); /* and not asked for again */
}

static void pages_are_read_to_their_end(void **state)
{
    struct world *world = *state;
    http_fake_answer(world->fake, 200, "", "{\"UserDataList\":[],\"NextToken\":\"t+/=\"}");
    http_fake_answer(world->fake, 200, "",
                     "{\"UserDataList\":[{\"User\":{\"Id\":\"c-3\"},"
                     "\"Status\":{\"StatusName\":\"Offline\"}}]}");
    assert_int_equal(ask(world), ERR_OK);
    assert_non_null(strstr(http_fake_request(world->fake, 1)->body, "\"NextToken\":\"t+/=\""));
    assert_int_equal(state_of(world, 3)->presence, LIVE_OFFLINE);
    assert_string_equal(state_of(world, 3)->status, "Offline");
    http_fake_answer(world->fake, 200, "", "{\"NextToken\":\"t\"}");
    http_fake_answer(world->fake, 200, "", "{\"NextToken\":\"t\"}");
    assert_int_equal(ask(world), ERR_SERVICE);
    assert_non_null(strstr(world->err.text, "the pages do not end"));
}

static void a_refusal_names_the_permission(void **state)
{
    struct world *world = *state;
    http_fake_answer(world->fake, 403,
                     "x-amzn-ErrorType: AccessDeniedException\nx-amzn-RequestId: r-1", "{}");
    assert_int_equal(ask(world), ERR_DENIED);
    assert_null(world->live);
    assert_non_null(strstr(world->err.text, "live states are not allowed: the permission "
                                            "connect:GetCurrentUserData is missing"));
    assert_non_null(strstr(world->err.text, "r-1"));
}

/* The next refresh asks anew: nobody waits for a second try. */
static void a_failure_is_not_tried_again(void **state)
{
    struct world *world = *state;
    http_fake_answer(world->fake, 429, "x-amzn-ErrorType: ThrottlingException", "{}");
    assert_int_equal(ask(world), ERR_THROTTLED);
    http_fake_answer(world->fake, 500, "", "{}");
    assert_int_equal(ask(world), ERR_SERVICE);
    http_fake_fail(world->fake, HTTP_TIMED_OUT, true);
    assert_int_equal(ask(world), ERR_OFFLINE);
    assert_int_equal(world->fake->n_requests, 3);
    assert_int_equal(told(world, "\"Status\":{\"StatusName\":\"Available\"}")->presence,
                     LIVE_AVAILABLE);
}

/* Never sooner than two a second after a rest, whoever asks. */
static void it_keeps_to_the_quota(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < 12; i++) {
        told(world, "\"Status\":{\"StatusName\":\"Available\"}");
    }
    for (size_t i = 5; i < 12; i++) {
        int64_t apart =
            http_fake_request(world->fake, i)->at_ms - http_fake_request(world->fake, i - 5)->at_ms;
        assert_true(apart >= 400);
    }
}

static void odd_numbers_are_no_numbers(void **state)
{
    struct world *world = *state;
    const struct live_state *one =
        told(world, "\"Status\":{\"StatusName\":\"\",\"StatusStartTimestamp\":-1e300},"
                    "\"MaxSlotsByChannel\":{\"VOICE\":99999999999},"
                    "\"ActiveSlotsByChannel\":{\"VOICE\":-2},\"AvailableSlotsByChannel\":[1]");
    assert_int_equal(one->presence, LIVE_UNKNOWN);
    assert_null(one->status);
    assert_int_equal(one->since_s, 0);
    assert_int_equal(one->voice_max, 0);
    assert_int_equal(one->voice_used, 0);
    assert_int_equal(one->voice_free, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_asks_by_id_and_takes_the_rest_for_offline),
        TEST(nobody_with_an_id_costs_no_request),
        TEST(of_several_contacts_the_worst_counts),
        TEST(queues_are_named_by_one_more_request),
        TEST(queues_that_may_not_be_read_are_left_out),
        TEST(pages_are_read_to_their_end),
        TEST(a_refusal_names_the_permission),
        TEST(a_failure_is_not_tried_again),
        TEST(it_keeps_to_the_quota),
        TEST(odd_numbers_are_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
