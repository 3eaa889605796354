#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support_aws/cred_fixture.h"

#define KEYS                                                                                       \
    "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"AKIDROLE\","                    \
    "\"SecretAccessKey\":\"s3cr3t\",\"Token\":\"t\",\"Expiration\":\"2026-01-02T09:04:05Z\"}"
#define ROOT "http://169.254.169.254/latest"
#define LIST ROOT "/meta-data/iam/security-credentials/"

static void expect_request(const struct cred_fixture *fixture, size_t index, const char *method,
                           const char *url, const char *header, const char *expected)
{
    char value[128];
    const struct fake_request *request = http_fake_request(fixture->fake, index);
    assert_string_equal(request->method, method);
    assert_string_equal(request->url, url);
    assert_true(request->no_proxy);
    assert_true(http_fake_header(request, header, value, sizeof value));
    assert_string_equal(value, expected);
}

static void test_token_role_keys(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    http_fake_answer(fixture.fake, 200, "", "TOKEN1");
    http_fake_answer(fixture.fake, 200, "", "ops-role\nother");
    http_fake_answer(fixture.fake, 200, "", KEYS);
    struct credentials_provider *provider = cred_imds_new(fixture_context(&fixture, NULL));
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "AKIDROLE");
    assert_string_equal(set.session_token, "t");
    assert_string_equal(set.source, "instance role ops-role");
    assert_int_equal(set.expires_at_ms, HTTP_FAKE_EPOCH_MS + 6 * 3600 * 1000);
    credentials_release(&set);
    expect_request(&fixture, 0, "PUT", ROOT "/api/token", "x-aws-ec2-metadata-token-ttl-seconds",
                   "21600");
    expect_request(&fixture, 1, "GET", LIST, "x-aws-ec2-metadata-token", "TOKEN1");
    expect_request(&fixture, 2, "GET", LIST "ops-role", "x-aws-ec2-metadata-token", "TOKEN1");

    /* The token is kept, until two minutes before its six hours are over. */
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 200, "", KEYS);
    fixture_wait(&fixture, 21600 - 125);
    expect_key(provider, "AKIDROLE");
    assert_int_equal(fixture.fake->n_requests, 5);
    fixture_wait(&fixture, 10);
    http_fake_answer(fixture.fake, 200, "", "TOKEN2");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 200, "", KEYS);
    expect_key(provider, "AKIDROLE");
    expect_request(&fixture, 6, "GET", LIST, "x-aws-ec2-metadata-token", "TOKEN2");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_a_refused_token_is_replaced_once(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    http_fake_answer(fixture.fake, 200, "", "TOKEN1");
    http_fake_answer(fixture.fake, 401, "", "");
    http_fake_answer(fixture.fake, 200, "", "TOKEN2");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 200, "", KEYS);
    struct credentials_provider *provider = cred_imds_new(fixture_context(&fixture, NULL));
    expect_key(provider, "AKIDROLE");
    expect_request(&fixture, 3, "GET", LIST, "x-aws-ec2-metadata-token", "TOKEN2");

    http_fake_answer(fixture.fake, 401, "", "");
    http_fake_answer(fixture.fake, 200, "", "TOKEN3");
    http_fake_answer(fixture.fake, 401, "", "");
    expect_error(provider, ERR_AUTH, "refuses its own session tokens");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_settings(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/config",
                 "[default]\nec2_metadata_service_endpoint_mode = ipv6\n"
                 "[profile named]\nec2_instance_profile_name = fixed\n"
                 "[profile bad]\nec2_metadata_service_endpoint_mode = v6\n");
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 200, "", KEYS);
    struct credentials_provider *provider = cred_imds_new(fixture_context(&fixture, NULL));
    expect_key(provider, "AKIDROLE");
    assert_string_equal(http_fake_request(fixture.fake, 0)->url,
                        "http://[fd00:ec2::254]/latest/api/token");
    credentials_provider_free(provider);

    /* An address wins over the mode; the role's name can be given. */
    fixture_set(&fixture, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9999/");
    provider = cred_imds_new(fixture_context(&fixture, "named"));
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 200, "", KEYS);
    expect_key(provider, "AKIDROLE");
    assert_string_equal(http_fake_request(fixture.fake, 4)->url,
                        "http://127.0.0.1:9999/latest/meta-data/iam/security-credentials/fixed");
    credentials_provider_free(provider);

    provider = cred_imds_new(fixture_context(&fixture, "bad"));
    expect_error(provider, ERR_CONFIG, "\"v6\", not IPv4 or IPv6");
    credentials_provider_free(provider);

    fixture_set(&fixture, "AWS_EC2_METADATA_DISABLED", "TRUE");
    provider = cred_imds_new(fixture_context(&fixture, NULL));
    expect_error(provider, ERR_NOT_FOUND, "AWS_EC2_METADATA_DISABLED is true");
    credentials_provider_free(provider);
    assert_int_equal(fixture.fake->n_requests, 5);
    fixture_close(&fixture);
}

static void test_nobody_there(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider = cred_imds_new(fixture_context(&fixture, NULL));
    http_fake_fail(fixture.fake, HTTP_TIMED_OUT, false); /* one attempt, no more */
    expect_error(provider, ERR_NOT_FOUND, "no answer (http://169.254.169.254: timed out");
    http_fake_answer(fixture.fake, 404, "", "");
    expect_error(provider, ERR_NOT_FOUND, "gives no session token (HTTP 404)");
    http_fake_answer(fixture.fake, 403, "", "");
    expect_error(provider, ERR_NOT_FOUND, "gives no session token (HTTP 403)");
    http_fake_answer(fixture.fake, 200, "", "<html>\n<body>captive portal");
    expect_error(provider, ERR_NOT_FOUND, "something else than a session token");
    http_fake_answer(fixture.fake, 400, "", "");
    expect_error(provider, ERR_SERVICE, "gives no session token (HTTP 400)");
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 404, "", "");
    expect_error(provider, ERR_NOT_FOUND, "the instance has no role");
    fixture_set(&fixture, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2");
    credentials_provider_free(provider);
    provider = cred_imds_new(fixture_context(&fixture, NULL));
    http_fake_fail(fixture.fake, HTTP_TIMED_OUT, false);
    http_fake_fail(fixture.fake, HTTP_NO_CONNECTION, false);
    expect_error(provider, ERR_NOT_FOUND, "no connection");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_trouble_there(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider = cred_imds_new(fixture_context(&fixture, NULL));
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 200, "",
                     "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"EC2 cannot\"}");
    expect_error(provider, ERR_AUTH, "says AssumeRoleUnauthorizedAccess: EC2 cannot");
    http_fake_answer(fixture.fake, 200, "", "../../user-data");
    expect_error(provider, ERR_AUTH, "cannot be the name of the instance's role");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 500, "", "");
    http_fake_answer(fixture.fake, 500, "", "");
    http_fake_answer(fixture.fake, 500, "", "");
    expect_error(provider, ERR_SERVICE, "HTTP 500");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 200, "", "{\"Code\":\"Success\",\"AccessKeyId\":\"s3cr3t\"}");
    expect_error(provider, ERR_INPUT, "has no SecretAccessKey");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_region(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct err err = ERR_INIT;
    char *region;
    fixture_open(&fixture);
    const struct cred_context *context = fixture_context(&fixture, NULL);
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 200, "", "eu-west-2");
    assert_int_equal(cred_imds_region(context, &region, &err), ERR_OK);
    assert_string_equal(region, "eu-west-2");
    assert_string_equal(http_fake_request(fixture.fake, 1)->url,
                        ROOT "/meta-data/placement/region");
    free(region);
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 200, "", "evil.example.com/");
    assert_int_equal(cred_imds_region(context, &region, &err), ERR_NOT_FOUND);
    assert_null(region);
    http_fake_fail(fixture.fake, HTTP_TIMED_OUT, false);
    assert_int_equal(cred_imds_region(context, &region, NULL), ERR_NOT_FOUND);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token_role_keys),
        cmocka_unit_test(test_a_refused_token_is_replaced_once),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_trouble_there),
        cmocka_unit_test(test_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
