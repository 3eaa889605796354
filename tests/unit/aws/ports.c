#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/identity/account.h"
#include "aws/ports.h"
#include "tests/unit/support_aws/cred_fixture.h"

#define ID "11111111-2222-3333-4444-555555555555"
#define INSTANCE_ARN "arn:aws:connect:eu-west-2:111122223333:instance/" ID
#define TABLE_ARN "arn:aws:dynamodb:eu-south-1:111122223333:table/extensions"

/* A home folder and an environment; nothing here makes a request. */
struct world {
    struct cred_fixture fixture;
    struct aws *aws;
    struct port ports[AWS_PORTS];
    struct settings settings;
    void *shared; /* of a session */
};

static void open_world(struct world *world)
{
    *world = (struct world){.aws = NULL};
    fixture_open(&world->fixture);
    fixture_set(&world->fixture, "AWS_EC2_METADATA_DISABLED", "true");
    struct aws_options options = {.environment = &world->fixture.environment,
                                  .clock = &world->fixture.clock};
    world->aws = aws_new(&options);
    aws_ports(world->aws, world->ports);
}

static void close_world(struct world *world)
{
    if (world->shared) {
        world->ports[0].service->end(world->shared);
    }
    aws_free(world->aws);
    fixture_close(&world->fixture);
}

static const struct port *port_of(const struct world *world, const char *scheme)
{
    size_t i = 0;
    while (i < AWS_PORTS - 1 && strcmp(world->ports[i].scheme, scheme) != 0) {
        i++;
    }
    assert_string_equal(world->ports[i].scheme, scheme);
    return &world->ports[i];
}

/* As a session opens it: what its ports share is made when the first one needs it. */
static struct port_opening opening(struct world *world, const char *rest)
{
    const struct port_service *service = world->ports[0].service;
    if (!world->shared) {
        world->shared = service->begin(service->context, &world->settings);
    }
    return (struct port_opening){
        .settings = &world->settings, .uri = "x:x", .rest = rest, .shared = world->shared};
}

static enum err_code open_connect(struct world *world, const char *instance,
                                  struct directory **directory, struct err *err)
{
    struct port_opening given = opening(world, instance);
    return port_of(world, "connect")->directory(&given, directory, err);
}

/* The region in which the instance is looked for. */
static void expect_region(struct world *world, const char *instance, const char *region)
{
    struct directory *directory;
    struct err err = ERR_INIT;
    struct port_info facts;
    if (open_connect(world, instance, &directory, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    port_info_init(&facts);
    directory->ops->facts(directory, &facts);
    assert_string_equal(port_info_get(&facts, "instance_region"), region);
    port_info_release(&facts);
    directory_free(directory);
}

static void test_who_names_the_region(void **state)
{
    (void)state;
    struct world world;
    struct directory *directory;
    struct err err = ERR_INIT;

    open_world(&world);
    assert_int_equal(open_connect(&world, ID, &directory, &err), ERR_CONFIG);
    assert_string_equal(err.text, "no AWS region is set");
    assert_non_null(strstr(err.hint, "--region"));
    close_world(&world);

    open_world(&world);
    world.settings.store = "dynamodb:" TABLE_ARN;
    expect_region(&world, ID, "eu-south-1");
    close_world(&world);

    open_world(&world);
    world.settings.store = "dynamodb:" TABLE_ARN;
    fixture_file(&world.fixture, ".aws/config", "[default]\nregion = eu-west-3\n");
    expect_region(&world, ID, "eu-west-3");
    expect_region(&world, INSTANCE_ARN, "eu-west-2"); /* there it is and nowhere else */
    close_world(&world);

    open_world(&world);
    fixture_set(&world.fixture, "AWS_DEFAULT_REGION", "eu-west-1");
    world.settings.region = "us-west-2";
    expect_region(&world, ID, "us-west-2");
    close_world(&world);
}

static void test_what_is_opened(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    struct store *store;
    struct exporter *exporter;
    struct directory *directory;
    open_world(&world);
    world.settings.region = "eu-west-1";
    const struct port *dynamodb = port_of(&world, "dynamodb");
    const struct port *s3 = port_of(&world, "s3");
    assert_null(dynamodb->directory);
    assert_null(s3->store);

    struct port_opening table = opening(&world, "extensions");
    struct port_opening bucket = opening(&world, "//bucket");
    assert_int_equal(dynamodb->store(&table, &store, &err), ERR_OK);
    assert_int_equal(s3->exporter(&bucket, &exporter, &err), ERR_OK);
    store_free(store);
    exporter_free(exporter);

    table.rest = "a";
    bucket.rest = "//";
    assert_int_equal(open_connect(&world, "a/b", &directory, NULL), ERR_USAGE);
    assert_int_equal(dynamodb->store(&table, &store, NULL), ERR_USAGE);
    assert_int_equal(s3->exporter(&bucket, &exporter, NULL), ERR_USAGE);
    close_world(&world);
}

static void test_what_is_known_of_the_account(void **state)
{
    (void)state;
    struct world world;
    struct directory *directory;
    struct port_info facts;
    open_world(&world);
    fixture_file(&world.fixture, ".aws/config", "[profile ops]\nregion = eu-west-1\n");
    world.settings.profile = "ops";
    const struct port_service *service = port_of(&world, "dynamodb")->service;
    assert_ptr_equal(service, port_of(&world, "connect")->service);
    port_info_init(&facts);
    (void)opening(&world, "x");
    service->facts(world.shared, &facts);
    assert_null(port_info_get(&facts, "profile")); /* nothing was opened */
    assert_int_equal(open_connect(&world, ID, &directory, NULL), ERR_OK);
    service->facts(world.shared, &facts);
    assert_string_equal(port_info_get(&facts, "profile"), "ops");
    assert_string_equal(port_info_get(&facts, "requests"), "0");
    assert_null(port_info_get(&facts, "expires_at"));
    port_info_release(&facts);
    directory_free(directory);
    close_world(&world);
}

/* Two sessions at once have an account each; one that comes after another takes what it left. */
static void test_accounts_belong_to_sessions(void **state)
{
    (void)state;
    struct world world;
    struct settings other = {.region = "eu-west-2"};
    open_world(&world);
    const struct port_service *service = world.ports[0].service;
    void *first = service->begin(service->context, &world.settings);
    void *second = service->begin(service->context, &world.settings);
    assert_ptr_not_equal(first, second);
    service->end(first);
    assert_ptr_equal(service->begin(service->context, &world.settings), first);
    service->end(second);
    void *third = service->begin(service->context, &other); /* not those of other settings */
    service->end(first);
    service->end(third);
    close_world(&world);
}

static void test_a_profile_that_is_not_there(void **state)
{
    (void)state;
    struct world world;
    struct directory *directory;
    struct err err = ERR_INIT;
    open_world(&world);
    world.settings.profile = "ghost";
    assert_int_equal(open_connect(&world, ID, &directory, &err), ERR_CONFIG);
    assert_non_null(strstr(err.text, "\"ghost\""));
    close_world(&world);
}

/* ---- an account by itself ------------------------------------------------------------------- */

static void test_who_signs(void **state)
{
    (void)state;
    struct world world;
    struct account *account;
    struct client_options options;
    struct port_info facts;
    open_world(&world);
    fixture_set(&world.fixture, "AWS_ACCESS_KEY_ID", "AKIDENV");
    fixture_set(&world.fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    fixture_set(&world.fixture, "AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:34:05Z");
    fixture_set(&world.fixture, "AWS_MAX_ATTEMPTS", "7");
    struct account_choice choice = {.environment = &world.fixture.environment,
                                    .clock = &world.fixture.clock,
                                    .region_guess = "eu-west-1"};
    assert_int_equal(account_new(&choice, &account, NULL), ERR_OK);
    account_client_options(account, SERVICE_S3, NULL, &options);
    assert_string_equal(options.endpoint.region, "eu-west-1");
    assert_int_equal(options.max_attempts, 7);
    expect_key(options.credentials, "AKIDENV");
    port_info_init(&facts);
    account_facts(account, &facts);
    assert_string_equal(port_info_get(&facts, "credentials"), "environment");
    assert_string_equal(port_info_get(&facts, "expires_at"), "2026-01-02T03:34:05Z");
    assert_string_equal(port_info_get(&facts, "minutes_left"), "30");
    port_info_release(&facts);
    account_client_options(account, SERVICE_S3, "eu-west-2", &options);
    assert_string_equal(options.endpoint.region, "eu-west-2");
    account_free(account);
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_names_the_region),
        cmocka_unit_test(test_what_is_opened),
        cmocka_unit_test(test_what_is_known_of_the_account),
        cmocka_unit_test(test_accounts_belong_to_sessions),
        cmocka_unit_test(test_a_profile_that_is_not_there),
        cmocka_unit_test(test_who_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
