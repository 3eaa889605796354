#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/identity/chain.h"
#include "tests/unit/support_aws/cred_fixture.h"

#define KEYS_OF(name) "aws_access_key_id = AKID" name "\naws_secret_access_key = s3cr3t\n"

static void test_nobody_configured_anything(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials set = CREDENTIALS_INIT;
    struct err err = ERR_INIT;
    fixture_open(&fixture);
    http_fake_fail(fixture.fake, HTTP_TIMED_OUT, false);
    struct credentials_provider *chain = credentials_chain_new(fixture_context(&fixture, NULL));
    assert_int_equal(credentials_get(chain, false, &set, &err), ERR_AUTH);
    assert_string_equal(err.text, "no AWS credentials found");
    static const char *const lines[] = {
        "environment: AWS_ACCESS_KEY_ID is not set\n",
        "\nprofile: no profile \"default\" in /tmp/extpool-creds-",
        "\nweb identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set\n",
        "\ncontainer: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor ",
        "\ninstance metadata: no answer (http://169.254.169.254: timed out",
    };
    const char *at = err.hint;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        at = strstr(at, lines[i]);
        if (!at) {
            fail_msg("no \"%s\" in its place in \"%s\"", lines[i], err.hint);
        }
    }
    assert_int_not_equal(err.hint[strlen(err.hint) - 1], '\n');
    credentials_provider_free(chain);
    fixture_close(&fixture);
}

static void test_the_first_one_counts(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/credentials", "[default]\n" KEYS_OF("FILE"));
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDENV");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    struct credentials_provider *chain = credentials_chain_new(fixture_context(&fixture, NULL));
    expect_key(chain, "AKIDENV");
    credentials_provider_free(chain);

    /* An empty variable is not set; AWS_PROFILE does not outdo keys in the environment. */
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", " ");
    chain = credentials_chain_new(fixture_context(&fixture, NULL));
    expect_key(chain, "AKIDFILE");
    credentials_provider_free(chain);
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDENV");
    fixture_set(&fixture, "AWS_PROFILE", "default");
    chain = credentials_chain_new(fixture_context(&fixture, NULL));
    expect_key(chain, "AKIDENV");
    credentials_provider_free(chain);
    fixture_close(&fixture);
}

static void test_a_given_profile_outdoes_the_environment(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/credentials", "[ops]\n" KEYS_OF("OPS") "[bare]\nregion = x\n");
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDENV");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    fixture_set(&fixture, "AWS_WEB_IDENTITY_TOKEN_FILE", "/t");
    struct credentials_provider *chain = credentials_chain_new(fixture_context(&fixture, "ops"));
    expect_key(chain, "AKIDOPS");
    credentials_provider_free(chain);
    fixture_set(&fixture, "AWS_EC2_METADATA_DISABLED", "true");
    chain = credentials_chain_new(fixture_context(&fixture, "bare"));
    expect_hint(chain, ERR_AUTH,
                "environment: not asked, because a profile was given\n"
                "profile: profile \"bare\" holds no credentials\n"
                "web identity: not asked");
    credentials_provider_free(chain);
    fixture_close(&fixture);
}

static void test_a_failure_is_no_reason_to_go_on(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDENV");
    fixture_file(&fixture, ".aws/credentials", "[default]\n" KEYS_OF("FILE"));
    struct credentials_provider *chain = credentials_chain_new(fixture_context(&fixture, NULL));
    expect_error(chain, ERR_CONFIG, "AWS_SECRET_ACCESS_KEY is not");
    credentials_provider_free(chain);

    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", NULL);
    fixture_file(&fixture, ".aws/credentials", "[default]\nlogin_session = arn:x\n");
    fixture_set(&fixture, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
    chain = credentials_chain_new(fixture_context(&fixture, NULL));
    expect_hint(chain, ERR_AUTH, "Log in again: aws login --profile default");
    assert_int_equal(fixture.fake->n_requests, 0);
    credentials_provider_free(chain);
    fixture_close(&fixture);
}

static void test_the_container_before_the_instance(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_set(&fixture, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
    http_fake_answer(fixture.fake, 200, "",
                     "{\"AccessKeyId\":\"AKIDTASK\",\"SecretAccessKey\":\"s3cr3t\","
                     "\"Token\":\"t\",\"Expiration\":\"2026-01-02T09:04:05Z\"}");
    struct credentials_provider *chain = credentials_chain_new(fixture_context(&fixture, NULL));
    expect_key(chain, "AKIDTASK");
    /* What was found is kept, and stays the one that is asked. */
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDENV");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    expect_key(chain, "AKIDTASK");
    assert_int_equal(fixture.fake->n_requests, 1);
    credentials_provider_free(chain);
    fixture_close(&fixture);
}

static void test_the_instance_is_last(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    /* Expired: the metadata service has trouble, and its keys stay in use. */
    http_fake_answer(fixture.fake, 200, "",
                     "{\"AccessKeyId\":\"AKIDROLE\",\"SecretAccessKey\":\"s3cr3t\","
                     "\"Token\":\"t\",\"Expiration\":\"2026-01-01T00:00:00Z\"}");
    struct credentials_provider *chain = credentials_chain_new(fixture_context(&fixture, NULL));
    expect_key(chain, "AKIDROLE");
    expect_key(chain, "AKIDROLE");
    assert_int_equal(fixture.fake->n_requests, 3);
    credentials_provider_free(chain);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_configured_anything),
        cmocka_unit_test(test_the_first_one_counts),
        cmocka_unit_test(test_a_given_profile_outdoes_the_environment),
        cmocka_unit_test(test_a_failure_is_no_reason_to_go_on),
        cmocka_unit_test(test_the_container_before_the_instance),
        cmocka_unit_test(test_the_instance_is_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
