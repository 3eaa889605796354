#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/identity/sts.h"
#include "core/base/mem.h"
#include "tests/unit/support_aws/http_fake.h"

static const char *const s_nothing[][2] = {{NULL, NULL}};

struct world {
    struct http_fake *fake;
    struct environment environment;
    struct credentials_provider *provider;
    struct client *client;
};

static void world_open(struct world *world, bool with_keys)
{
    char key[] = "AKIDEXAMPLE";
    char secret[] = "secret";
    struct credentials keys = {.access_key_id = key, .secret_access_key = secret};
    *world = (struct world){.fake = http_fake_new()};
    world->environment = environment_of_pairs(s_nothing);
    world->provider = with_keys ? credentials_static_new(&keys) : NULL;
    struct client_options options = {
        .service = SERVICE_STS,
        .http = &world->fake->base,
        .credentials = world->provider,
        .endpoint = {.region = "eu-west-1", .environment = &world->environment},
    };
    world->client = client_new(&options);
}

static void world_close(struct world *world)
{
    client_free(world->client);
    credentials_provider_free(world->provider);
    http_free(&world->fake->base);
}

#define ASSUMED(action)                                                                            \
    "<" action "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" action "Result>"   \
    "<AssumedRoleUser><AssumedRoleId>AROA:alice</AssumedRoleId>"                                   \
    "<Arn>arn:aws:sts::111122223333:assumed-role/Ops/alice</Arn></AssumedRoleUser>"                \
    "<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s/e+c</SecretAccessKey>"        \
    "<SessionToken>tok==</SessionToken><Expiration>2026-01-02T04:04:05Z</Expiration>"              \
    "</Credentials></" action "Result></" action "Response>"

static void test_identity(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    http_fake_answer(world.fake, 200, "",
                     "<GetCallerIdentityResponse xmlns=\"x\"><GetCallerIdentityResult>"
                     "<Arn>arn:aws:iam::111122223333:user/kim</Arn><UserId>AIDA</UserId>"
                     "<Account>111122223333</Account></GetCallerIdentityResult>"
                     "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
                     "</GetCallerIdentityResponse>");
    struct sts_identity identity;
    struct err err = ERR_INIT;
    assert_int_equal(sts_get_caller_identity(world.client, &identity, &err), ERR_OK);
    assert_string_equal(identity.arn, "arn:aws:iam::111122223333:user/kim");
    assert_string_equal(identity.account, "111122223333");
    assert_string_equal(identity.user_id, "AIDA");
    sts_identity_release(&identity);
    const struct fake_request *request = http_fake_request(world.fake, 0);
    assert_string_equal(request->body, "Action=GetCallerIdentity&Version=2011-06-15");
    char value[512];
    assert_true(http_fake_header(request, "content-type", value, sizeof value));
    assert_string_equal(value, "application/x-www-form-urlencoded; charset=utf-8");

    http_fake_answer(world.fake, 200, "", "<html>a captive portal</html>");
    assert_int_equal(sts_get_caller_identity(world.client, &identity, &err), ERR_SERVICE);
    world_close(&world);
}

/* In the background: what is asked meanwhile does not wait for it, and it may be given up. */
static void test_identity_beside_other_work(void **state)
{
    (void)state;
    struct world world;
    struct sts_asking asking;
    struct sts_identity identity;
    struct err err = ERR_INIT;
    world_open(&world, true);
    http_fake_answer(world.fake, 200, "",
                     "<GetCallerIdentityResponse><GetCallerIdentityResult>"
                     "<Arn>arn:aws:iam::111122223333:user/kim</Arn><UserId>AIDA</UserId>"
                     "<Account>111122223333</Account></GetCallerIdentityResult>"
                     "</GetCallerIdentityResponse>");
    sts_begin_caller_identity(world.client, &asking);
    assert_true(asking.under_way);
    assert_int_equal(sts_end_caller_identity(world.client, &asking, &identity, &err), ERR_OK);
    assert_false(asking.under_way);
    assert_string_equal(identity.arn, "arn:aws:iam::111122223333:user/kim");
    sts_identity_release(&identity);

    http_fake_answer(world.fake, 200, "", "<html>a captive portal</html>");
    sts_begin_caller_identity(world.client, &asking);
    assert_int_equal(sts_end_caller_identity(world.client, &asking, &identity, &err), ERR_SERVICE);
    assert_null(identity.arn);

    sts_begin_caller_identity(world.client, &asking);
    sts_abandon_caller_identity(world.client, &asking);
    assert_false(asking.under_way);
    world_close(&world);
}

static void test_assume_role(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    http_fake_answer(world.fake, 200, "", ASSUMED("AssumeRole"));
    struct sts_assume_role_input input = {
        .role_arn = "arn:aws:iam::111122223333:role/Ops",
        .session_name = "extpool 1",
        .duration_s = 900,
        .external_id = "a+b",
        .mfa_serial = "arn:aws:iam::1:mfa/kim",
        .mfa_code = "123456",
    };
    struct credentials keys = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    assert_int_equal(sts_assume_role(world.client, &input, &keys, &err), ERR_OK);
    assert_string_equal(keys.access_key_id, "ASIA1");
    assert_string_equal(keys.secret_access_key, "s/e+c");
    assert_string_equal(keys.session_token, "tok==");
    assert_string_equal(keys.account_id, "111122223333");
    assert_int_equal(keys.expires_at_ms, HTTP_FAKE_EPOCH_MS + 3600 * 1000);
    credentials_release(&keys);
    assert_string_equal(http_fake_request(world.fake, 0)->body,
                        "Action=AssumeRole&Version=2011-06-15"
                        "&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2FOps"
                        "&RoleSessionName=extpool%201&DurationSeconds=900&ExternalId=a%2Bb"
                        "&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fkim&TokenCode=123456");
    world_close(&world);
}

static void test_web_identity(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, false);
    http_fake_answer(world.fake, 400, "",
                     "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error>"
                     "</ErrorResponse>");
    http_fake_answer(world.fake, 200, "", ASSUMED("AssumeRoleWithWebIdentity"));
    struct sts_assume_role_input input = {.role_arn = "r", .session_name = "s"};
    struct credentials keys = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    assert_int_equal(sts_assume_role_web(world.client, &input, "jwt.a.b", &keys, &err), ERR_OK);
    assert_string_equal(keys.access_key_id, "ASIA1");
    credentials_release(&keys);
    char value[64];
    assert_false(
        http_fake_header(http_fake_request(world.fake, 1), "authorization", value, sizeof value));
    world_close(&world);
}

static void test_half_an_answer(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "<AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>",
        "<AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId></Credentials>"
        "</AssumeRoleResult>",
        "<AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s"
        "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>soon</Expiration>"
        "</Credentials></AssumeRoleResult>",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct world world;
        world_open(&world, true);
        http_fake_answer(world.fake, 200, "", bodies[i]);
        struct sts_assume_role_input input = {.role_arn = "r", .session_name = "s"};
        struct credentials keys = CREDENTIALS_INIT;
        struct err err = ERR_INIT;
        assert_int_equal(sts_assume_role(world.client, &input, &keys, &err), ERR_SERVICE);
        assert_null(keys.access_key_id);
        world_close(&world);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    http_fake_answer(world.fake, 403, "",
                     "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                     "<Message>User: x is not authorized to perform: sts:AssumeRole on resource: y"
                     "</Message></Error><RequestId>q-7</RequestId></ErrorResponse>");
    struct sts_assume_role_input input = {.role_arn = "r", .session_name = "s"};
    struct credentials keys = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    assert_int_equal(sts_assume_role(world.client, &input, &keys, &err), ERR_DENIED);
    assert_non_null(strstr(err.text, "sts:AssumeRole"));
    assert_non_null(strstr(err.text, "q-7"));
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),       cmocka_unit_test(test_identity_beside_other_work),
        cmocka_unit_test(test_assume_role),    cmocka_unit_test(test_web_identity),
        cmocka_unit_test(test_half_an_answer), cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
