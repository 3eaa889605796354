#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "tests/unit/support_aws/cred_fixture.h"

/* sha1("corp") and sha1("https://ssotest.awsapps.com/start") */
#define BY_SESSION ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
#define BY_URL ".aws/sso/cache/dace00cba5f8355ec9d274ceb2bcebdfbeed0e12.json"

#define ROLE                                                                                       \
    "{\"roleCredentials\":{\"accessKeyId\":\"AKIDSSO\",\"secretAccessKey\":\"s3cr3t\","            \
    "\"sessionToken\":\"t\",\"expiration\":1767345000123}}"

static const struct cred_sso s_corp = {.profile = "ops",
                                       .session = "corp",
                                       .region = "eu-west-1",
                                       .start_url = "https://ssotest.awsapps.com/start",
                                       .account_id = "123456789012",
                                       .role_name = "Ops & Co"};

static const struct cred_sso s_legacy = {.profile = "old",
                                         .region = "eu-west-1",
                                         .start_url = "https://ssotest.awsapps.com/start",
                                         .account_id = "123456789012",
                                         .role_name = "Ops"};

/* A cached token that ends so many seconds from now. */
static void put_token(struct cred_fixture *fixture, const char *path, int64_t ends_s,
                      const char *more)
{
    char at[CLOCK_TEXT_MAX];
    fixture_rfc3339(fixture, ends_s, at);
    char *text = mem_printf("{\"startUrl\":\"https://ssotest.awsapps.com/start\","
                            "\"accessToken\":\"bearer1\",\"expiresAt\":\"%s\"%s}",
                            at, more);
    fixture_file(fixture, path, text);
    free(text);
}

#define REFRESHABLE                                                                                \
    ",\"refreshToken\":\"s3cr3t-r1\",\"clientId\":\"client\",\"clientSecret\":\"s3cr3t-c\","       \
    "\"registrationExpiresAt\":\"2026-03-01T00:00:00Z\",\"kept\":{\"a\":[1]}"

static void expect_bearer(const struct cred_fixture *fixture, size_t index, const char *token)
{
    char value[64];
    assert_true(http_fake_header(http_fake_request(fixture->fake, index), "x-amz-sso_bearer_token",
                                 value, sizeof value));
    assert_string_equal(value, token);
}

static void test_a_token_buys_keys(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    put_token(&fixture, BY_SESSION, 3600, "");
    http_fake_answer(fixture.fake, 200, "", ROLE);
    struct credentials_provider *provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "AKIDSSO");
    assert_int_equal(set.expires_at_ms, INT64_C(1767345000123));
    assert_string_equal(set.account_id, "123456789012");
    assert_string_equal(set.source, "SSO session corp");
    assert_string_equal(set.renew, "Log in again: aws sso login --profile ops");
    credentials_release(&set);
    const struct fake_request *request = http_fake_request(fixture.fake, 0);
    assert_string_equal(request->method, "GET");
    assert_string_equal(request->url,
                        "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials"
                        "?role_name=Ops%20%26%20Co&account_id=123456789012");
    assert_false(request->no_proxy);
    expect_bearer(&fixture, 0, "bearer1");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_the_legacy_form(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, BY_URL,
                 "{\"accessToken\":\"bearer1\",\"expiresAt\":\"2026-01-02T09:00:00UTC\"}");
    http_fake_answer(fixture.fake, 200, "", ROLE);
    struct credentials_provider *provider =
        cred_sso_new(fixture_context(&fixture, NULL), &s_legacy);
    expect_key(provider, "AKIDSSO");
    fixture_wait(&fixture, 6 * 3600);
    expect_error(provider, ERR_AUTH, "the SSO log-in of profile \"old\" has expired");
    expect_hint(provider, ERR_AUTH, "aws sso login --profile old");
    assert_int_equal(fixture.fake->n_requests, 1);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_a_token_is_renewed(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct stat status;
    fixture_open(&fixture);
    put_token(&fixture, BY_SESSION, 14 * 60, REFRESHABLE);
    http_fake_answer(fixture.fake, 200, "",
                     "{\"accessToken\":\"bearer2\",\"expiresIn\":3600,\"refreshToken\":\"r2\"}");
    http_fake_answer(fixture.fake, 200, "", ROLE);
    struct credentials_provider *provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    expect_key(provider, "AKIDSSO");
    const struct fake_request *request = http_fake_request(fixture.fake, 0);
    assert_string_equal(request->method, "POST");
    assert_string_equal(request->url, "https://oidc.eu-west-1.amazonaws.com/token");
    assert_string_equal(request->body,
                        "{\"grantType\":\"refresh_token\",\"clientId\":\"client\","
                        "\"clientSecret\":\"s3cr3t-c\",\"refreshToken\":\"s3cr3t-r1\"}");
    expect_bearer(&fixture, 1, "bearer2");

    char *saved = fixture_read(&fixture, BY_SESSION);
    assert_non_null(strstr(saved, "\"accessToken\": \"bearer2\""));
    assert_non_null(strstr(saved, "\"refreshToken\": \"r2\""));
    assert_non_null(strstr(saved, "\"expiresAt\": \"2026-01-02T04:04:05Z\""));
    assert_non_null(strstr(saved, "\"kept\"")); /* what is not ours stays */
    free(saved);
    char *path = fixture_path(&fixture, BY_SESSION);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    free(path);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_a_token_that_is_not_renewed_serves_to_its_end(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    put_token(&fixture, BY_SESSION, 10 * 60, REFRESHABLE);
    http_fake_answer(fixture.fake, 400, "", "{\"error\":\"invalid_grant\"}");
    http_fake_answer(fixture.fake, 200, "", ROLE);
    http_fake_answer(fixture.fake, 200, "", ROLE);
    struct credentials_provider *provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    expect_key(provider, "AKIDSSO");
    expect_bearer(&fixture, 1, "bearer1");
    fixture_wait(&fixture, 30); /* not tried again within the minute */
    expect_key(provider, "AKIDSSO");
    expect_bearer(&fixture, 2, "bearer1");
    fixture_wait(&fixture, 11 * 60);
    http_fake_answer(fixture.fake, 400, "", "{\"error\":\"invalid_grant\"}");
    expect_error(provider, ERR_AUTH, "has expired");
    expect_hint(provider, ERR_AUTH, "Log in again: aws sso login --profile ops");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_a_service_that_is_down_is_not_an_expired_login(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    put_token(&fixture, BY_SESSION, -60, REFRESHABLE);
    for (int i = 0; i < 3; i++) {
        http_fake_fail(fixture.fake, HTTP_NO_NAME, false);
    }
    struct credentials_provider *provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    expect_error(provider, ERR_OFFLINE, "oidc.eu-west-1.amazonaws.com");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_what_cannot_be_renewed(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    expect_error(provider, ERR_AUTH, "has not been made yet");
    expect_hint(provider, ERR_AUTH, "aws sso login --profile ops");
    put_token(&fixture, BY_SESSION, -1, "");
    expect_error(provider, ERR_AUTH, "has expired");
    put_token(&fixture, BY_SESSION, -1,
              ",\"refreshToken\":\"r\",\"clientId\":\"c\",\"clientSecret\":\"s3cr3t\","
              "\"registrationExpiresAt\":\"2026-01-01T00:00:00Z\"");
    expect_error(provider, ERR_AUTH, "has expired");
    fixture_file(&fixture, BY_SESSION, "{\"accessToken\":\"s3cr3t\"}");
    expect_error(provider, ERR_AUTH, "has no expiresAt");
    fixture_file(&fixture, BY_SESSION, "{\"expiresAt\":\"2026-02-02T00:00:00Z\"}");
    expect_error(provider, ERR_AUTH, "has no accessToken");
    fixture_file(&fixture, BY_SESSION,
                 "{\"expiresAt\":\"2026-02-02T00:00:00Z\",\"accessToken\":\"s3cr3t\\r\\nX: y\"}");
    expect_error(provider, ERR_AUTH, "has no accessToken");
    fixture_file(&fixture, BY_SESSION, "s3cr3t");
    expect_error(provider, ERR_AUTH, "is not JSON");
    expect_hint(provider, ERR_AUTH, "aws sso login --profile ops");
    assert_int_equal(fixture.fake->n_requests, 0);
    credentials_provider_free(provider);
    fixture_set(&fixture, "HOME", "");
    provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    expect_error(provider, ERR_AUTH, "HOME is not set");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_a_revoked_token(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    put_token(&fixture, BY_SESSION, 3600, REFRESHABLE);
    http_fake_answer(fixture.fake, 401, "", "");
    http_fake_answer(fixture.fake, 200, "", "{\"accessToken\":\"bearer2\",\"expiresIn\":3600}");
    http_fake_answer(fixture.fake, 200, "", ROLE);
    struct credentials_provider *provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    expect_key(provider, "AKIDSSO");
    expect_bearer(&fixture, 2, "bearer2");
    credentials_provider_free(provider);

    put_token(&fixture, BY_SESSION, 3600, "");
    http_fake_answer(fixture.fake, 401, "", "");
    provider = cred_sso_new(&fixture.context, &s_corp);
    expect_hint(provider, ERR_AUTH, "aws sso login --profile ops");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_refusals_of_the_portal(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    put_token(&fixture, BY_SESSION, 3600, "");
    struct credentials_provider *provider = cred_sso_new(fixture_context(&fixture, NULL), &s_corp);
    http_fake_answer(fixture.fake, 403, "", "{\"message\":\"No access\"}");
    expect_error(provider, ERR_AUTH, "does not give role Ops & Co of account 123456789012");
    http_fake_answer(fixture.fake, 404, "", "");
    expect_error(provider, ERR_AUTH, "(HTTP 404)");
    for (int i = 0; i < 3; i++) {
        http_fake_answer(fixture.fake, 429, "", "");
    }
    expect_error(provider, ERR_THROTTLED, "HTTP 429");
    http_fake_answer(fixture.fake, 200, "", "{\"roleCredentials\":{\"accessKeyId\":\"s3cr3t\"}}");
    expect_error(provider, ERR_INPUT, "has no secretAccessKey");
    http_fake_answer(fixture.fake, 200, "", "{}");
    expect_error(provider, ERR_INPUT, "has no accessKeyId");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_what_a_profile_has_to_say(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        const char *error; /* NULL: fine */
    } samples[] = {
        {"[profile p]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n"
         "[sso-session s]\nsso_region=eu-west-1\nsso_start_url=u\n",
         NULL},
        {"[profile p]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nsso_region=eu-west-1\n"
         "[sso-session s]\nsso_region=eu-west-1\nsso_start_url=u\n",
         NULL},
        {"[profile p]\nsso_account_id=1\nsso_role_name=r\nsso_region=eu-west-1\n"
         "sso_start_url=u\n",
         NULL},
        {"[profile p]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nsso_region=eu-west-2\n"
         "[sso-session s]\nsso_region=eu-west-1\nsso_start_url=u\n",
         "disagree about sso_region"},
        {"[profile p]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nsso_start_url=v\n"
         "[sso-session s]\nsso_region=eu-west-1\nsso_start_url=u\n",
         "disagree about sso_start_url"},
        {"[profile p]\nsso_session=s\nsso_region=eu-west-1\n[sso-session s]\nsso_start_url=u\n",
         "its sso-session has no sso_region"},
        {"[profile p]\nsso_session=oops\n", "names the sso-session \"oops\", which does not exist"},
        {"[profile p]\nsso_role_name=r\nsso_region=e\nsso_start_url=u\n", "no sso_account_id"},
        {"[profile p]\nsso_account_id=1\nsso_region=e\nsso_start_url=u\n", "no sso_role_name"},
        {"[profile p]\nsso_account_id=1\nsso_role_name=r\nsso_start_url=u\n", "no sso_region"},
        {"[profile p]\nsso_account_id=1\nsso_role_name=r\nsso_region=e\n", "no sso_start_url"},
        {"[profile p]\nsso_session=s\nsso_account_id=1\n"
         "[sso-session s]\nsso_region=eu-west-1\nsso_start_url=u\n",
         "no sso_role_name"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct cred_fixture fixture;
        struct credentials_provider *provider = NULL;
        struct err err = ERR_INIT;
        fixture_open(&fixture);
        fixture_file(&fixture, ".aws/config", samples[i].config);
        const struct cred_context *context = fixture_context(&fixture, "p");
        enum err_code code =
            cred_sso_of_profile(context, context->settings->section, &provider, &err);
        if (samples[i].error ? code != ERR_CONFIG || !strstr(err.text, samples[i].error)
                             : code != ERR_OK) {
            fail_msg("%zu: \"%s\"", i, err.text);
        }
        credentials_provider_free(provider);
        fixture_close(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_buys_keys),
        cmocka_unit_test(test_the_legacy_form),
        cmocka_unit_test(test_a_token_is_renewed),
        cmocka_unit_test(test_a_token_that_is_not_renewed_serves_to_its_end),
        cmocka_unit_test(test_a_service_that_is_down_is_not_an_expired_login),
        cmocka_unit_test(test_what_cannot_be_renewed),
        cmocka_unit_test(test_a_revoked_token),
        cmocka_unit_test(test_refusals_of_the_portal),
        cmocka_unit_test(test_what_a_profile_has_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
