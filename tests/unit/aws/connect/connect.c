#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/connect/connect.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tests/unit/support_aws/http_fake.h"

#define ID "11111111-2222-3333-4444-555555555555"

/* ---- a contact centre -------------------------------------------------------------------- */

static const char *const s_nothing[][2] = {{NULL, NULL}};

/* What each operation answers; a page is a number, and so is its token. */
struct centre {
    size_t n_users;
    size_t says;                   /* ApproximateTotalCount */
    size_t list_page, search_page; /* how many a page */
    size_t fails_from;             /* ListUsers pages from this one on (1, 2, ...) fail; 0: none */
    int fail_status;
    const char *fail_body;
    const char *first_page; /* instead of the first page of ListUsers */
    int search_status;      /* 0: 200 */
    const char *search_body;
    int profiles_status;
    int instances_status;
    const char *instances_body;
    size_t lists, searches, profiles, instances;
};

static size_t token_of(const char *text, const char *before)
{
    const char *at = strstr(text, before);
    return at ? (size_t)strtoul(at + strlen(before), NULL, 10) : 0;
}

static void end_page(struct buf *body, size_t next, size_t total)
{
    if (next < total) {
        buf_printf(body, "],\"NextToken\":\"%zu\"}", next);
    } else {
        buf_puts(body, "]}");
    }
}

static void answer_list(struct centre *centre, const struct fake_request *request,
                        struct http_response *response)
{
    size_t first = token_of(request->url, "nextToken=");
    centre->lists++;
    if (centre->fails_from > 0 && centre->lists >= centre->fails_from) {
        http_fake_fill(response, centre->fail_status, "x-amzn-RequestId: bad-1", centre->fail_body);
        return;
    }
    if (centre->first_page && centre->lists == 1) {
        http_fake_fill(response, 200, "x-amzn-RequestId: odd-1", centre->first_page);
        return;
    }
    struct buf body;
    buf_init(&body, 1 << 20);
    buf_puts(&body, "{\"UserSummaryList\":[");
    size_t end = first + centre->list_page;
    for (size_t i = first; i < end && i < centre->n_users; i++) {
        buf_printf(&body, "%s{\"Id\":\"%zu\",\"Username\":\"user%04zu\"}", i > first ? "," : "", i,
                   i);
    }
    end_page(&body, end, centre->n_users);
    http_fake_fill(response, 200, "", body.data);
    buf_release(&body);
}

static void answer_search(struct centre *centre, const struct fake_request *request,
                          struct http_response *response)
{
    centre->searches++;
    if (centre->search_status) {
        http_fake_fill(response, centre->search_status, "x-amzn-RequestId: s-1",
                       centre->search_body);
        return;
    }
    size_t first = token_of(request->body, "\"NextToken\":\"");
    struct buf body;
    buf_init(&body, 1 << 20);
    buf_printf(&body, "{\"ApproximateTotalCount\":%zu,\"Users\":[", centre->says);
    size_t end = first + centre->search_page;
    for (size_t i = first; i < end && i < centre->n_users; i++) {
        buf_printf(&body,
                   "%s{\"Username\":\"user%04zu\",\"RoutingProfileId\":\"p%zu\","
                   "\"IdentityInfo\":{\"FirstName\":\"F%zu\",\"LastName\":\"L%zu\"}}",
                   i > first ? "," : "", i, i % 3, i, i);
    }
    end_page(&body, end, centre->n_users);
    http_fake_fill(response, 200, "", body.data);
    buf_release(&body);
}

static void answer(void *context, const struct fake_request *request,
                   struct http_response *response)
{
    struct centre *centre = context;
    if (strstr(request->url, "/users-summary/" ID)) {
        answer_list(centre, request, response);
    } else if (strstr(request->url, "/search-users")) {
        answer_search(centre, request, response);
    } else if (strstr(request->url, "/routing-profiles-summary/" ID)) {
        centre->profiles++;
        http_fake_fill(response, centre->profiles_status ? centre->profiles_status : 200, "",
                       "{\"RoutingProfileSummaryList\":[{\"Id\":\"p0\",\"Name\":\"Sales\"},"
                       "{\"Id\":\"p1\",\"Name\":\"Help\"}]}");
    } else if (strstr(request->url, "/instance?")) {
        centre->instances++;
        http_fake_fill(response, centre->instances_status ? centre->instances_status : 200, "",
                       centre->instances_body);
    } else {
        fail_msg("nobody answers %s", request->url);
    }
}

struct world {
    struct centre centre;
    struct http_fake *fake;
    struct environment environment;
    struct credentials_provider *provider;
    struct directory *directory;
    size_t reported, reports;
};

static double half(void *context)
{
    (void)context;
    return 0.5;
}

static void world_open(struct world *world, size_t n_users, bool names)
{
    char key[] = "AKIDEXAMPLE";
    char secret[] = "secret";
    struct credentials keys = {.access_key_id = key, .secret_access_key = secret};
    *world = (struct world){.fake = http_fake_new()};
    world->centre =
        (struct centre){.n_users = n_users, .says = n_users, .list_page = 1000, .search_page = 500};
    http_fake_handler(world->fake, answer, &world->centre);
    world->environment = environment_of_pairs(s_nothing);
    world->provider = credentials_static_new(&keys);
    struct connect_options options = {
        .uri = "connect:" ID,
        .names = names,
        .client = {.http = &world->fake->base,
                   .credentials = world->provider,
                   .endpoint = {.region = "eu-west-2", .environment = &world->environment},
                   .random = half},
    };
    struct err err = ERR_INIT;
    assert_int_equal(connect_parse_instance(ID, &options.instance, &err), ERR_OK);
    world->directory = connect_directory_new(&options);
}

static void world_close(struct world *world)
{
    directory_free(world->directory);
    credentials_provider_free(world->provider);
    http_free(&world->fake->base);
}

static void count_rows(void *context, const struct agent *rows, size_t n_rows)
{
    struct world *world = context;
    world->reports++;
    world->reported += n_rows;
    assert_non_null(rows[0].login);
}

static enum err_code read_directory(struct world *world, struct roster **roster, struct err *err)
{
    struct progress progress = {.context = world, .agents = count_rows};
    *err = (struct err)ERR_INIT;
    return world->directory->ops->read(world->directory, &progress, roster, err);
}

/* ---- instances --------------------------------------------------------------------------- */

static void test_instances(void **state)
{
    (void)state;
    struct connect_instance instance;
    struct err err = ERR_INIT;
    assert_int_equal(connect_parse_instance(ID, &instance, &err), ERR_OK);
    assert_string_equal(instance.id, ID);
    assert_string_equal(instance.region, "");
    assert_int_equal(connect_parse_instance("arn:aws-us-gov:connect:us-gov-west-1:111122223333:"
                                            "instance/" ID,
                                            &instance, &err),
                     ERR_OK);
    assert_string_equal(instance.id, ID);
    assert_string_equal(instance.region, "us-gov-west-1");
    assert_string_equal(instance.account, "111122223333");
    static const char *const bad[] = {
        "",
        "a/b",
        "../users",
        "arn:aws:connect:eu-west-2:111122223333:instance/",
        "arn:aws:connect:eu-west-2:111122223333:instance/a/b",
        "arn:aws:connect:eu-west-2:111122223333:queue/" ID,
        "arn:aws:connect:eu-west-2:1111:instance/" ID,
        "arn:aws:connect:eu-west-2:11112222333x:instance/" ID,
        "arn:aws:connect::111122223333:instance/" ID,
        "arn:aws:connect:eu_west:111122223333:instance/" ID,
        "arn:aws:s3:eu-west-2:111122223333:instance/" ID,
        "arn:aws:connect:eu-west-2:111122223333",
        "arn:",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err each = ERR_INIT;
        if (connect_parse_instance(bad[i], &instance, &each) != ERR_USAGE) {
            fail_msg("%s was taken", bad[i]);
        }
        assert_non_null(strstr(each.hint, "ARN"));
    }
}

/* ---- reading ----------------------------------------------------------------------------- */

static void test_pages(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 9500, false);
    struct roster *roster = NULL;
    struct err err;
    assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
    assert_int_equal(roster->n_agents, 9500);
    assert_int_equal(roster->pages, 10);
    assert_int_equal(world.reported, 9500);
    assert_int_equal(world.reports, 10);
    assert_null(roster->note);
    assert_non_null(roster_find(roster, "user9499"));
    assert_null(roster_find(roster, "user9499")->name);
    assert_int_equal(world.centre.searches, 0);
    assert_non_null(strstr(http_fake_request(world.fake, 0)->url, "maxResults=1000"));
    // Two a second after a burst: never sooner than the quota allows.
    for (size_t i = 5; i < 10; i++) {
        int64_t apart =
            http_fake_request(world.fake, i)->at_ms - http_fake_request(world.fake, i - 5)->at_ms;
        assert_true(apart >= 400);
    }
    roster_unref(roster);
    world_close(&world);
}

static void test_begun_while_others_work(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 9500, false);
    struct directory *directory = world.directory;
    struct progress progress = {.context = &world, .agents = count_rows};
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    directory->ops->begin(directory, &progress);
    directory->ops->begin(directory, &progress); // once is enough
    assert_int_equal(http_run(&world.fake->base, &err), ERR_OK);
    assert_true(world.centre.lists < 10); // nobody waited for it
    assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
    assert_int_equal(roster->n_agents, 9500);
    assert_int_equal(world.centre.lists, 10);
    roster_unref(roster);
    world_close(&world);
}

static void test_begun_and_abandoned(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 9500, false);
    struct directory *directory = world.directory;
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    directory->ops->begin(directory, NULL);
    directory->ops->abandon(directory);
    directory->ops->abandon(directory);
    size_t lists = world.centre.lists;
    assert_int_equal(http_run_all(&world.fake->base, &err), ERR_OK);
    assert_int_equal(world.centre.lists, lists); // nothing is under way any more
    assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
    assert_int_equal(roster->n_agents, 9500);
    roster_unref(roster);
    directory->ops->begin(directory, NULL); // and it may be closed as it is
    world_close(&world);
}

static void test_names(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1200, true);
    struct roster *roster = NULL;
    struct err err;
    assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
    assert_int_equal(roster->n_agents, 1200);
    assert_int_equal(world.centre.searches, 3);
    assert_null(roster->note);
    assert_string_equal(roster_find(roster, "user0004")->name, "L4, F4");
    assert_string_equal(roster_find(roster, "user0004")->routing_profile, "Help");
    assert_string_equal(roster_find(roster, "user1199")->name, "L1199, F1199");
    assert_null(roster_find(roster, "user0005")->routing_profile); // a profile without a name
    roster_unref(roster);
    world_close(&world);
}

static void test_names_refused(void **state)
{
    (void)state;
    static const struct {
        int search, profiles;
        const char *note;
    } cases[] = {
        {403, 200, "connect:SearchUsers"},
        {500, 200, "names are left out"},
        {0, 403, "connect:ListRoutingProfiles"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_open(&world, 1500, true);
        world.centre.search_status = cases[i].search;
        world.centre.search_body =
            cases[i].search == 403 ? "{\"__type\":\"AccessDeniedException\"}" : "{}";
        world.centre.profiles_status = cases[i].profiles;
        struct roster *roster = NULL;
        struct err err;
        assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
        assert_int_equal(roster->n_agents, 1500);
        assert_non_null(roster->note);
        assert_non_null(strstr(roster->note, cases[i].note));
        roster_unref(roster);
        world_close(&world);
    }
}

static void test_failing_page(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum err_code code;
    } cases[] = {
        {500, "{\"__type\":\"InternalServiceException\"}", ERR_SERVICE},
        {429, "{\"__type\":\"ThrottlingException\"}", ERR_THROTTLED},
        {403, "{\"__type\":\"AccessDeniedException\"}", ERR_DENIED},
        {400, "{\"__type\":\"InvalidRequestException\"}", ERR_SERVICE},
        {404, "{\"__type\":\"ResourceNotFoundException\"}", ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_open(&world, 3000, true);
        world.centre.fails_from = 2;
        world.centre.fail_status = cases[i].status;
        world.centre.fail_body = cases[i].body;
        struct roster *roster = NULL;
        struct err err;
        assert_int_equal(read_directory(&world, &roster, &err), cases[i].code);
        assert_null(roster);
        assert_non_null(strstr(err.text, "page 2"));
        assert_non_null(strstr(err.text, "bad-1"));
        assert_int_equal(world.centre.instances, 0); // the instance is there, page 1 came
        world_close(&world);
    }
}

static void test_throttled_for_a_while(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 3000, false);
    struct roster *roster = NULL;
    struct err err;
    http_fake_handler(world.fake, NULL, NULL);
    for (int i = 0; i < 6; i++) {
        http_fake_answer(world.fake, 429, "", "{\"__type\":\"TooManyRequestsException\"}");
    }
    http_fake_answer(world.fake, 200, "", "{\"UserSummaryList\":[{\"Username\":\"alice\"}]}");
    assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
    assert_int_equal(roster->n_agents, 1);
    roster_unref(roster);
    world_close(&world);
}

static void test_odd_answers(void **state)
{
    (void)state;
    static const struct {
        const char *page;
        const char *text;
    } cases[] = {
        {"{\"UserSummaryList\":{}}", "page 1: UserSummaryList is not a list"},
        {"{\"UserSummaryList\":[{\"Id\":\"9\",\"Username\":\" a\"}]}",
         "page 1, user 1 (9): the login begins or ends with a blank"},
        {"{\"UserSummaryList\":[{\"Username\":\"a\"},{\"Username\":\"b\\tc\"}]}",
         "page 1, user 2 (without id): the login holds a TAB"},
        {"{}", "has no users"},
        {"{\"UserSummaryList\":null}", "has no users"},
        {"{\"UserSummaryList\":[{\"Id\":\"1\"}]}", "has no users"},
        {"{\"UserSummaryList\":[]}", "has no users"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_open(&world, 10, false);
        world.centre.first_page = cases[i].page;
        struct roster *roster = NULL;
        struct err err;
        enum err_code code = read_directory(&world, &roster, &err);
        assert_int_equal(code, i > 2 ? ERR_GUARD : ERR_SERVICE);
        assert_null(roster);
        assert_non_null(strstr(err.text, cases[i].text));
        world_close(&world);
    }
}

static void test_pages_without_end(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 10, false);
    http_fake_handler(world.fake, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        http_fake_answer(world.fake, 200, "",
                         "{\"UserSummaryList\":[{\"Username\":\"a\"}],\"NextToken\":\"again\"}");
    }
    struct roster *roster = NULL;
    struct err err;
    assert_int_equal(read_directory(&world, &roster, &err), ERR_SERVICE);
    assert_non_null(strstr(err.text, "do not end"));
    world_close(&world);
}

static void test_a_circle_of_tokens_is_told_at_the_first_repeat(void **state)
{
    (void)state;
    for (size_t length = 1; length <= 5; length++) {
        struct world world;
        world_open(&world, 10, false);
        http_fake_handler(world.fake, NULL, NULL);
        for (size_t i = 0; i < 2 + length; i++) {
            char page[128];
            snprintf(page, sizeof page,
                     "{\"UserSummaryList\":[{\"Username\":\"u%zu\"}],\"NextToken\":\"t%zu\"}", i,
                     i < 1 ? i : 1 + (i - 1) % length);
            http_fake_answer(world.fake, 200, "", page);
        }
        struct roster *roster = NULL;
        struct err err;
        char told[100];
        snprintf(told, sizeof told, "the pages do not end: behind page %zu comes page 3 again",
                 2 + length);
        assert_int_equal(read_directory(&world, &roster, &err), ERR_SERVICE);
        assert_non_null(strstr(err.text, told));
        assert_null(roster);
        assert_int_equal(world.fake->n_requests, 2 + length);
        world_close(&world);
    }
}

static void test_tokens_of_any_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {2500, 2501, 5000, 100000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct world world;
        world_open(&world, 10, false);
        http_fake_handler(world.fake, NULL, NULL);
        char *token = mem_alloc(lengths[i] + 1);
        memset(token, '+', lengths[i]);
        char *page =
            mem_printf("{\"UserSummaryList\":[{\"Username\":\"a\"}],\"NextToken\":\"%s\"}", token);
        http_fake_answer(world.fake, 200, "", page);
        http_fake_answer(world.fake, 200, "", "{\"UserSummaryList\":[{\"Username\":\"b\"}]}");
        struct roster *roster = NULL;
        struct err err;
        assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
        assert_int_equal(roster->n_agents, 2);
        const char *sent = strstr(http_fake_request(world.fake, 1)->url, "nextToken=");
        assert_int_equal(strlen(sent), strlen("nextToken=") + 3 * lengths[i]);
        roster_unref(roster);
        free(page);
        free(token);
        world_close(&world);
    }
}

static void test_a_page_without_the_list_and_users_without_a_name(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 10, false);
    http_fake_handler(world.fake, NULL, NULL);
    http_fake_answer(world.fake, 200, "", "{\"NextToken\":\"x\"}");
    http_fake_answer(
        world.fake, 200, "",
        "{\"UserSummaryList\":[{\"Username\":\"a\"},{\"Id\":\"id-7\"},{\"Id\":\"id-8\","
        "\"Username\":\"\"},{\"Username\":\"b\"}],\"NextToken\":\"y\"}");
    http_fake_answer(world.fake, 200, "", "{\"UserSummaryList\":null}");
    struct roster *roster = NULL;
    struct err err;
    assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
    assert_int_equal(roster->n_agents, 2);
    assert_int_equal(roster->pages, 3);
    assert_string_equal(roster->partial, "2 users have no login, the first has the id id-7");
    roster_unref(roster);
    world_close(&world);
}

static void test_fewer_users_than_it_says(void **state)
{
    (void)state;
    static const struct {
        size_t says;
        bool partial;
    } cases[] = {{40, false}, {49, false}, {50, true}, {0, false}, {30, false}, {4000, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_open(&world, 40, true);
        world.centre.says = cases[i].says;
        struct roster *roster = NULL;
        struct err err;
        assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
        assert_int_equal(roster->n_agents, 40);
        assert_int_equal(roster->partial != NULL, cases[i].partial);
        roster_unref(roster);
        world_close(&world);
    }
}

static void test_short_pages_and_twins(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 10, false);
    http_fake_handler(world.fake, NULL, NULL);
    http_fake_answer(world.fake, 200, "",
                     "{\"UserSummaryList\":[{\"Username\":\"a\"},{\"Username\":\"b\"}],"
                     "\"NextToken\":\"x+/=\"}");
    http_fake_answer(world.fake, 200, "", "{\"UserSummaryList\":[],\"NextToken\":\"y\"}");
    http_fake_answer(world.fake, 200, "",
                     "{\"UserSummaryList\":[{\"Username\":\"b\"},{\"Username\":\"B\"}],"
                     "\"NextToken\":\"\"}");
    struct roster *roster = NULL;
    struct err err;
    assert_int_equal(read_directory(&world, &roster, &err), ERR_OK);
    assert_int_equal(roster->n_agents, 3);
    assert_non_null(roster_find(roster, "B"));
    assert_non_null(strstr(http_fake_request(world.fake, 1)->url, "nextToken=x%2B%2F%3D"));
    roster_unref(roster);
    world_close(&world);
}

static void test_unknown_instance(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body, *hint;
    } cases[] = {
        {200,
         "{\"InstanceSummaryList\":[{\"Id\":\"i-1\",\"InstanceAlias\":\"centre\"},"
         "{\"Id\":\"i-2\",\"InstanceAlias\":\"training\"}]}",
         "the instances in eu-west-2: centre (i-1), training (i-2)"},
        {200, "{\"InstanceSummaryList\":[]}", "no Connect instance in eu-west-2"},
        {403, "{\"__type\":\"AccessDeniedException\"}", "AccessDeniedException"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_open(&world, 10, false);
        world.centre.fails_from = 1;
        world.centre.fail_status = 404;
        world.centre.fail_body = "{\"__type\":\"ResourceNotFoundException\"}";
        world.centre.instances_status = cases[i].status;
        world.centre.instances_body = cases[i].body;
        struct roster *roster = NULL;
        struct err err;
        assert_int_equal(read_directory(&world, &roster, &err), ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, ID));
        assert_non_null(strstr(err.hint, cases[i].hint));
        world_close(&world);
    }
}

static enum cancel cancel_after_two(void *context)
{
    struct world *world = context;
    return world->centre.lists >= 2 ? CANCEL_SOFT : CANCEL_NO;
}

static void test_cancel_between_pages(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 9500, true);
    struct progress progress = {.context = &world, .cancel = cancel_after_two};
    struct roster *roster = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(world.directory->ops->read(world.directory, &progress, &roster, &err),
                     ERR_CANCELLED);
    assert_null(roster);
    assert_int_equal(world.centre.lists, 2);
    world_close(&world);
}

static void an_arn_says_where_its_instance_is(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, 1, false);
    struct connect_options options = {
        .uri = "connect:x",
        .client = {.http = &world.fake->base,
                   .endpoint = {.region = "us-east-1", .environment = &world.environment}},
    };
    assert_int_equal(
        connect_parse_instance("arn:aws:connect:eu-central-1:111122223333:instance/" ID,
                               &options.instance, NULL),
        ERR_OK);
    struct directory *directory = connect_directory_new(&options);
    memset(&options, 'x', sizeof options); /* it keeps nothing of them */
    struct port_info facts;
    port_info_init(&facts);
    directory->ops->facts(directory, &facts);
    assert_string_equal(port_info_get(&facts, "instance_region"), "eu-central-1");
    port_info_release(&facts);
    directory_free(directory);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instances),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_begun_while_others_work),
        cmocka_unit_test(test_begun_and_abandoned),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_refused),
        cmocka_unit_test(test_failing_page),
        cmocka_unit_test(test_throttled_for_a_while),
        cmocka_unit_test(test_odd_answers),
        cmocka_unit_test(test_pages_without_end),
        cmocka_unit_test(test_a_circle_of_tokens_is_told_at_the_first_repeat),
        cmocka_unit_test(test_tokens_of_any_length),
        cmocka_unit_test(test_a_page_without_the_list_and_users_without_a_name),
        cmocka_unit_test(test_fewer_users_than_it_says),
        cmocka_unit_test(test_short_pages_and_twins),
        cmocka_unit_test(test_unknown_instance),
        cmocka_unit_test(test_cancel_between_pages),
        cmocka_unit_test(an_arn_says_where_its_instance_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
