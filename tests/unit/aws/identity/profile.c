#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/unit/support_aws/cred_fixture.h"

#define ASSUMED(key, operation)                                                                    \
    "<" operation "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"                  \
    "<" operation "Result><AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId>"                  \
    "<Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>"                      \
    "<Credentials><AccessKeyId>" key "</AccessKeyId>"                                              \
    "<SecretAccessKey>s3cr3t</SecretAccessKey><SessionToken>t</SessionToken>"                      \
    "<Expiration>2026-01-02T04:04:05Z</Expiration></Credentials></" operation "Result>"            \
    "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></" operation "Response>"

#define STS_ERROR(code)                                                                            \
    "<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code>"                               \
    "<Message>no</Message></Error><RequestId>id</RequestId></ErrorResponse>"

#define ROLE_A "role_arn = arn:aws:iam::1:role/A\n"
#define ROLE_B "role_arn = arn:aws:iam::1:role/B\n"
#define KEYS_OF(name) "aws_access_key_id = AKID" name "\naws_secret_access_key = s3cr3t\n"

static struct credentials_provider *open_profile(struct cred_fixture *fixture, const char *config,
                                                 const char *name)
{
    fixture_open(fixture);
    fixture_file(fixture, ".aws/config", config);
    fixture_set(fixture, "AWS_REGION", "eu-west-1");
    return cred_profile_new(fixture_context(fixture, name));
}

static void close_profile(struct cred_fixture *fixture, struct credentials_provider *provider)
{
    credentials_provider_free(provider);
    fixture_close(fixture);
}

static void refuse(const char *config, enum err_code code, const char *part)
{
    struct cred_fixture fixture;
    struct credentials_provider *provider = open_profile(&fixture, config, "A");
    expect_error(provider, code, part);
    assert_int_equal(fixture.fake->n_requests, 0);
    close_profile(&fixture, provider);
}

static void expect_signed_by(const struct cred_fixture *fixture, size_t index, const char *key)
{
    char value[1024];
    const struct fake_request *request = http_fake_request(fixture->fake, index);
    assert_string_equal(request->url, "https://sts.eu-west-1.amazonaws.com/");
    assert_true(http_fake_header(request, "Authorization", value, sizeof value));
    if (!strstr(value, key)) {
        fail_msg("request %zu is not signed by %s", index, key);
    }
}

static void expect_in_body(const struct cred_fixture *fixture, size_t index, const char *part)
{
    const char *body = http_fake_request(fixture->fake, index)->body;
    if (!strstr(body, part)) {
        fail_msg("request %zu has no %s", index, part);
    }
}

/* ---- keys --------------------------------------------------------------------------------- */

static void test_keys(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials_provider *provider = open_profile(
        &fixture, "[profile A]\naws_session_token = t\naws_account_id = 42\n" KEYS_OF("A"), "A");
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "AKIDA");
    assert_string_equal(set.session_token, "t");
    assert_string_equal(set.account_id, "42");
    assert_string_equal(set.source, "keys of profile A");
    credentials_release(&set);
    close_profile(&fixture, provider);
}

static void test_profiles_without_a_source(void **state)
{
    (void)state;
    refuse("[profile A]\naws_access_key_id = AKIDA\n", ERR_CONFIG, "without aws_secret_access_key");
    refuse("[profile A]\naws_secret_access_key = s3cr3t\n", ERR_CONFIG,
           "without aws_access_key_id");
    refuse("[profile A]\nec2_metadata_service_endpoint_mode = IPv6\n", ERR_NOT_FOUND,
           "profile \"A\" holds no credentials");

    struct cred_fixture fixture;
    struct credentials_provider *provider = open_profile(&fixture, "[profile A]\n", NULL);
    expect_error(provider, ERR_NOT_FOUND, "no profile \"default\" in /tmp/");
    credentials_provider_free(provider);
    fixture_set(&fixture, "HOME", NULL);
    provider = cred_profile_new(fixture_context(&fixture, NULL));
    expect_error(provider, ERR_NOT_FOUND, "HOME is not set");
    close_profile(&fixture, provider);
}

/* ---- roles -------------------------------------------------------------------------------- */

static void test_a_role(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials_provider *provider =
        open_profile(&fixture,
                     "[profile A]\n" ROLE_A "source_profile = B\nexternal_id = ext/1\n"
                     "role_session_name = me\nduration_seconds = 900\n[profile B]\n" KEYS_OF("B"),
                     "A");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA1", "AssumeRole"));
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "ASIA1");
    assert_string_equal(set.session_token, "t");
    assert_string_equal(set.account_id, "123456789012");
    assert_int_equal(set.expires_at_ms, HTTP_FAKE_EPOCH_MS + 3600 * 1000);
    assert_string_equal(set.source, "role arn:aws:iam::1:role/A by keys of profile B");
    credentials_release(&set);
    expect_signed_by(&fixture, 0, "AKIDB/20260102/eu-west-1/sts/");
    expect_in_body(&fixture, 0, "Action=AssumeRole&");
    expect_in_body(&fixture, 0, "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2FA");
    expect_in_body(&fixture, 0, "RoleSessionName=me");
    expect_in_body(&fixture, 0, "DurationSeconds=900");
    expect_in_body(&fixture, 0, "ExternalId=ext%2F1");

    expect_key(provider, "ASIA1"); /* kept */
    assert_int_equal(fixture.fake->n_requests, 1);
    fixture_wait(&fixture, 50 * 60);
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA2", "AssumeRole"));
    expect_key(provider, "ASIA2");
    close_profile(&fixture, provider);
}

static void test_a_chain_of_roles(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials_provider *provider =
        open_profile(&fixture,
                     "[profile A]\n" ROLE_A "source_profile = B\n"
                     "[profile B]\n" ROLE_B "source_profile = C\n"
                     "[profile C]\n" KEYS_OF("C"),
                     "A");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIAB", "AssumeRole"));
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIAA", "AssumeRole"));
    expect_key(provider, "ASIAA");
    expect_signed_by(&fixture, 0, "AKIDC/");
    expect_in_body(&fixture, 0, "role%2FB");
    expect_in_body(&fixture, 0, "RoleSessionName=extpool-1767323045");
    expect_signed_by(&fixture, 1, "ASIAB/");
    expect_in_body(&fixture, 1, "role%2FA");
    close_profile(&fixture, provider);
}

static void expect_source(const char *config, const char *signer)
{
    struct cred_fixture fixture;
    struct credentials_provider *provider = open_profile(&fixture, config, "A");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA1", "AssumeRole"));
    expect_key(provider, "ASIA1");
    assert_int_equal(fixture.fake->n_requests, 1);
    expect_signed_by(&fixture, 0, signer);
    close_profile(&fixture, provider);
}

static void test_which_keys_sign(void **state)
{
    (void)state;
    /* a role is meant where there is one, whatever keys stand beside it */
    expect_source("[profile A]\n" ROLE_A KEYS_OF("A") "source_profile = B\n"
                                                      "[profile B]\n" KEYS_OF("B"),
                  "AKIDB/");
    /* a profile may be its own source */
    expect_source("[profile A]\n" ROLE_A KEYS_OF("A") "source_profile = A\n", "AKIDA/");
    /* a source with keys ends the chain */
    expect_source("[profile A]\n" ROLE_A KEYS_OF("A") "source_profile = B\n"
                                                      "[profile B]\n" ROLE_B KEYS_OF(
                                                          "B") "source_profile = C\n"
                                                               "[profile C]\n" KEYS_OF("C"),
                  "AKIDB/");
}

static void test_roles_that_make_no_sense(void **state)
{
    (void)state;
    refuse("[profile A]\n" ROLE_A, ERR_CONFIG, "neither source_profile and credential_source");
    refuse("[profile A]\n" ROLE_A "source_profile = B\ncredential_source = Environment\n",
           ERR_CONFIG, "both source_profile and credential_source");
    refuse("[profile A]\n" ROLE_A "source_profile = B\n", ERR_CONFIG,
           "names the source_profile \"B\", which does not exist");
    refuse("[profile A]\n" ROLE_A "source_profile = B\n[profile B]\n", ERR_CONFIG,
           "profile \"B\" holds no credentials");
    refuse("[profile A]\n" ROLE_A "source_profile = B\n[profile B]\naws_access_key_id = x\n",
           ERR_CONFIG, "profile \"B\" has aws_access_key_id without");
    refuse("[profile A]\n" ROLE_A "source_profile = A\n", ERR_CONFIG, "infinite loop: A -> A");
    refuse("[profile A]\n" ROLE_A "source_profile = B\n[profile B]\n" ROLE_B "source_profile = A\n",
           ERR_CONFIG, "infinite loop: A -> B -> A");
    refuse("[profile A]\n" ROLE_A KEYS_OF("A") "source_profile = B\n[profile B]\n" ROLE_B
                                               "source_profile = A\n",
           ERR_CONFIG, "infinite loop");
    refuse("[profile A]\n" ROLE_A "credential_source = Thin Air\n", ERR_CONFIG, "\"Thin Air\"");
    refuse("[profile A]\nweb_identity_token_file = /t\n", ERR_CONFIG, "without role_arn");
    refuse("[profile A]\n" ROLE_A "source_profile = A\nduration_seconds = 899\n", ERR_CONFIG,
           "duration_seconds of profile \"A\" is \"899\"");
}

static void test_named_sources(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials_provider *provider =
        open_profile(&fixture, "[profile A]\n" ROLE_A "credential_source = environment\n", "A");
    expect_error(provider, ERR_AUTH,
                 "profile \"A\" has nothing to assume its role with: AWS_ACCESS_KEY_ID is not set");
    fixture_set(&fixture, "AWS_ACCESS_KEY_ID", "AKIDENV");
    fixture_set(&fixture, "AWS_SECRET_ACCESS_KEY", "s3cr3t");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA1", "AssumeRole"));
    expect_key(provider, "ASIA1");
    expect_signed_by(&fixture, 0, "AKIDENV/");
    close_profile(&fixture, provider);

    provider = open_profile(
        &fixture, "[profile A]\n" ROLE_A "credential_source = Ec2InstanceMetadata\n", "A");
    http_fake_answer(fixture.fake, 200, "", "TOKEN");
    http_fake_answer(fixture.fake, 200, "", "ops-role");
    http_fake_answer(fixture.fake, 200, "",
                     "{\"AccessKeyId\":\"ASIAEC2\",\"SecretAccessKey\":\"s3cr3t\","
                     "\"Token\":\"t\",\"Expiration\":\"2026-01-02T09:04:05Z\"}");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA1", "AssumeRole"));
    expect_key(provider, "ASIA1");
    expect_signed_by(&fixture, 3, "ASIAEC2/");
    close_profile(&fixture, provider);
}

static void test_refused_by_sts(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials_provider *provider = open_profile(
        &fixture, "[profile A]\n" ROLE_A "source_profile = B\n[profile B]\n" KEYS_OF("B"), "A");
    http_fake_answer(fixture.fake, 403, "", STS_ERROR("AccessDenied"));
    expect_error(provider, ERR_DENIED, "AssumeRole");
    close_profile(&fixture, provider);
}

/* A profile that holds everything at once: the first of its kinds counts, and so on. */
static void test_the_order_inside(void **state)
{
    (void)state;
    static const char *const kinds[] = {
        "sso_account_id = 1\nsso_role_name = r\n", /* fails: it is not whole, and no other is asked */
        "",                                        /* the credentials file */
        "",
        "credential_process = false\n",
    };
    static const char *const expected[] = {"sso_", "AKIDCREDENTIALS", "AKIDCONFIG", "status 1"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct cred_fixture fixture;
        struct credentials set = CREDENTIALS_INIT;
        struct err err = ERR_INIT;
        char *config = mem_printf("[profile A]\n" KEYS_OF("CONFIG") "%s", kinds[i]);
        struct credentials_provider *provider = open_profile(&fixture, config, NULL);
        fixture_file(&fixture, ".aws/credentials", i < 2 ? "[A]\n" KEYS_OF("CREDENTIALS") : "");
        credentials_provider_free(provider);
        provider = cred_profile_new(fixture_context(&fixture, "A"));
        enum err_code code = credentials_get(provider, false, &set, &err);
        const char *seen = code == ERR_OK ? set.access_key_id : err.text;
        if (!strstr(seen, expected[i])) {
            fail_msg("%zu: \"%s\" instead of \"%s\"", i, seen, expected[i]);
        }
        credentials_release(&set);
        free(config);
        close_profile(&fixture, provider);
    }
}

/* ---- MFA ---------------------------------------------------------------------------------- */

#define MFA_CONFIG                                                                                 \
    "[profile A]\n" ROLE_A "source_profile = B\nmfa_serial = arn:aws:iam::1:mfa/kim\n"             \
    "[profile B]\n" KEYS_OF("B")

static void test_a_code_is_asked_for(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials_provider *provider = open_profile(&fixture, MFA_CONFIG, "A");
    expect_error(provider, ERR_AUTH, "there is no terminal to ask at");
    fixture_type(&fixture, "12345");
    expect_error(provider, ERR_AUTH, "an MFA code has 6 digits");
    assert_string_equal(fixture.asked, "MFA code for arn:aws:iam::1:mfa/kim");
    assert_int_equal(fixture.fake->n_requests, 0);
    close_profile(&fixture, provider);

    provider = open_profile(&fixture, MFA_CONFIG, "A");
    fixture_type(&fixture, "654321");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA1", "AssumeRole"));
    expect_key(provider, "ASIA1");
    expect_in_body(&fixture, 0, "SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fkim");
    expect_in_body(&fixture, 0, "TokenCode=654321");
    fixture_wait(&fixture, 3600 - 90); /* nobody is asked before there is no way around it */
    expect_key(provider, "ASIA1");
    assert_int_equal(fixture.n_asked, 1);
    close_profile(&fixture, provider);
}

/* ---- web identity ------------------------------------------------------------------------- */

static void test_web_identity(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    char value[256];
    struct credentials_provider *provider =
        open_profile(&fixture, "[profile A]\n" ROLE_A "web_identity_token_file = ~/token\n", "A");
    expect_error(provider, ERR_AUTH, "the web identity token: /tmp/");
    fixture_file(&fixture, "token", " \n");
    expect_error(provider, ERR_AUTH, "is empty or not text");
    fixture_file(&fixture, "token", "jwt.s3cr3t\n");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA1", "AssumeRoleWithWebIdentity"));
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "ASIA1");
    assert_string_equal(set.source, "web identity, role arn:aws:iam::1:role/A");
    credentials_release(&set);
    expect_in_body(&fixture, 0, "WebIdentityToken=jwt.s3cr3t");
    expect_in_body(&fixture, 0, "RoleSessionName=extpool-1767323045");
    assert_false(
        http_fake_header(http_fake_request(fixture.fake, 0), "Authorization", value, sizeof value));
    close_profile(&fixture, provider);
}

static void test_web_identity_as_a_source(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct credentials_provider *provider =
        open_profile(&fixture,
                     "[profile A]\n" ROLE_A "source_profile = B\n"
                     "[profile B]\n" ROLE_B "web_identity_token_file = ~/token\n",
                     "A");
    fixture_file(&fixture, "token", "jwt");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIAB", "AssumeRoleWithWebIdentity"));
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIAA", "AssumeRole"));
    expect_key(provider, "ASIAA");
    expect_signed_by(&fixture, 1, "ASIAB/");
    close_profile(&fixture, provider);
}

static void test_web_identity_of_the_environment(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider =
        cred_web_identity_env_new(fixture_context(&fixture, NULL));
    expect_error(provider, ERR_NOT_FOUND, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    char *path = fixture_path(&fixture, "token");
    fixture_set(&fixture, "AWS_WEB_IDENTITY_TOKEN_FILE", path);
    expect_error(provider, ERR_CONFIG, "AWS_ROLE_ARN is not");
    fixture_set(&fixture, "AWS_ROLE_ARN", "arn:aws:iam::1:role/A");
    fixture_set(&fixture, "AWS_ROLE_SESSION_NAME", "pod");
    fixture_file(&fixture, "token", "jwt");
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA1", "AssumeRoleWithWebIdentity"));
    expect_key(provider, "ASIA1");
    expect_in_body(&fixture, 0, "RoleSessionName=pod");
    fixture_file(&fixture, "token", "jwt2"); /* read anew */
    http_fake_answer(fixture.fake, 200, "", ASSUMED("ASIA2", "AssumeRoleWithWebIdentity"));
    expect_key(provider, "ASIA2");
    expect_in_body(&fixture, 1, "WebIdentityToken=jwt2");
    free(path);
    close_profile(&fixture, provider);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_profiles_without_a_source),
        cmocka_unit_test(test_a_role),
        cmocka_unit_test(test_a_chain_of_roles),
        cmocka_unit_test(test_which_keys_sign),
        cmocka_unit_test(test_roles_that_make_no_sense),
        cmocka_unit_test(test_named_sources),
        cmocka_unit_test(test_refused_by_sts),
        cmocka_unit_test(test_a_code_is_asked_for),
        cmocka_unit_test(test_the_order_inside),
        cmocka_unit_test(test_web_identity),
        cmocka_unit_test(test_web_identity_as_a_source),
        cmocka_unit_test(test_web_identity_of_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
