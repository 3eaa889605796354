#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support_aws/cred_fixture.h"

static void test_all_of_it(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    fixture_set(&fixture, "AWS_SESSION_TOKEN", "token");
    fixture_set(&fixture, "AWS_ACCOUNT_ID", "123456789012");
    fixture_set(&fixture, "AWS_CREDENTIAL_EXPIRATION", "2026-01-02T04:04:05Z");
    struct credentials_provider *provider = cred_env_new(fixture_context(&fixture, NULL));
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "AKIDEXAMPLE");
    assert_string_equal(set.secret_access_key, "s3cr3t");
    assert_string_equal(set.session_token, "token");
    assert_string_equal(set.account_id, "123456789012");
    assert_int_equal(set.expires_at_ms, HTTP_FAKE_EPOCH_MS + 3600 * 1000);
    assert_string_equal(set.source, "environment");
    credentials_release(&set);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_the_two_that_matter(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    fixture_set(&fixture, "AWS_SESSION_TOKEN", " ");
    struct credentials_provider *provider = cred_env_new(fixture_context(&fixture, NULL));
    struct credentials set = expect_set(provider);
    assert_null(set.session_token);
    assert_null(set.account_id);
    assert_int_equal(set.expires_at_ms, 0);
    credentials_release(&set);

    fixture_set(&fixture, "AWS_SECURITY_TOKEN", "old name");
    set = expect_set(provider);
    assert_string_equal(set.session_token, "old name");
    credentials_release(&set);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_refusals(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider = cred_env_new(fixture_context(&fixture, NULL));
    expect_error(provider, ERR_NOT_FOUND, "AWS_ACCESS_KEY_ID is not set");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    expect_error(provider, ERR_NOT_FOUND, "AWS_ACCESS_KEY_ID is not set");
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "");
    expect_error(provider, ERR_CONFIG, "AWS_SECRET_ACCESS_KEY is not");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    fixture_set(&fixture, "AWS_CREDENTIAL_EXPIRATION", "tomorrow");
    expect_error(provider, ERR_CONFIG, "AWS_CREDENTIAL_EXPIRATION is not a time");
    fixture_set(&fixture, "AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05Z");
    expect_error(provider, ERR_AUTH, "expired at 2026-01-02T03:04:05Z");
    fixture_set(&fixture, "AWS_CREDENTIAL_EXPIRATION", NULL);
    fixture_set(&fixture, "AWS_SESSION_TOKEN", "s3cr3t\r\nX-Other: y");
    expect_error(provider, ERR_AUTH, "the credentials (environment) hold a line end");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_refused_keys_are_not_given_again(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials set = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    fixture_open(&fixture);
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    struct credentials_provider *provider = cred_env_new(fixture_context(&fixture, NULL));
    assert_int_equal(credentials_get(provider, true, &set, &err), ERR_AUTH);
    assert_non_null(strstr(err.hint, "AWS_SESSION_TOKEN"));
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_of_it),
        cmocka_unit_test(test_the_two_that_matter),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_refused_keys_are_not_given_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
