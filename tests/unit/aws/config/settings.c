#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support_aws/cred_fixture.h"

static void test_nothing_at_all(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    const struct aws_settings *settings = fixture_context(&fixture, NULL)->settings;
    assert_string_equal(settings->profile, "default");
    assert_false(settings->profile_given);
    assert_false(settings->profile_named);
    assert_null(settings->section);
    assert_null(settings->region);
    assert_null(settings->ca_bundle);
    assert_false(settings->fips || settings->dual_stack || settings->ignore_configured_endpoints ||
                 settings->s3_dual_stack || settings->s3_accelerate);
    assert_int_equal(settings->s3_style, AWS_S3_AUTO);
    assert_int_equal(settings->max_attempts, 0);
    assert_int_equal(settings->retry_mode, AWS_RETRY_STANDARD);
    assert_int_equal(settings->account_mode, ACCOUNT_MODE_PREFERRED);
    fixture_close(&fixture);
}

static void test_without_a_home(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_set(&fixture, "HOME", NULL);
    const struct aws_settings *settings = fixture_context(&fixture, NULL)->settings;
    assert_null(settings->home);
    assert_null(settings->config_path);
    assert_null(settings->credentials_path);
    fixture_close(&fixture);
}

static void test_where_the_files_are(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, "a", "[profile x]\nregion = eu-west-3\n");
    fixture_file(&fixture, "b", "[x]\naws_access_key_id = AKID\n");
    fixture_set(&fixture, "AWS_CONFIG_FILE", "~/a");
    char *path = fixture_path(&fixture, "b");
    fixture_set(&fixture, "AWS_SHARED_CREDENTIALS_FILE", path);
    const struct aws_settings *settings = fixture_context(&fixture, "x")->settings;
    assert_string_equal(settings->credentials_path, path);
    assert_string_equal(settings->region, "eu-west-3");
    assert_string_equal(shared_section_get(settings->section, "aws_access_key_id"), "AKID");
    free(path);
    fixture_close(&fixture);
}

static void test_which_profile(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/config", "[default]\n[profile a]\n[profile b]\n[profile c]\n");
    fixture_set(&fixture, "AWS_DEFAULT_PROFILE", "a");
    assert_string_equal(fixture_context(&fixture, NULL)->settings->profile, "a");
    fixture_set(&fixture, "AWS_PROFILE", "b");
    assert_string_equal(fixture_context(&fixture, NULL)->settings->profile, "b");
    assert_true(fixture.settings->profile_named);
    assert_false(fixture.settings->profile_given);
    assert_string_equal(fixture_context(&fixture, "c")->settings->profile, "c");
    assert_true(fixture.settings->profile_given);
    fixture_close(&fixture);
}

static void test_which_region(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/config", "[default]\nregion = eu-west-1\n");
    assert_string_equal(fixture_context(&fixture, NULL)->settings->region, "eu-west-1");
    assert_string_equal(fixture.settings->region_from, "profile");
    fixture_set(&fixture, "AWS_DEFAULT_REGION", "eu-west-2");
    assert_string_equal(fixture_context(&fixture, NULL)->settings->region, "eu-west-2");
    fixture_set(&fixture, "AWS_REGION", "eu-west-3");
    assert_string_equal(fixture_context(&fixture, NULL)->settings->region, "eu-west-3");
    assert_string_equal(fixture.settings->region_from, "AWS_REGION");
    aws_settings_set_region(fixture.settings, "eu-north-1", "instance ARN");
    assert_string_equal(fixture.settings->region, "eu-north-1");

    struct aws_settings *settings;
    struct aws_settings_choice choice = {.region = "sa-east-1"};
    assert_int_equal(aws_settings_load(&fixture.environment, &choice, &settings, NULL), ERR_OK);
    assert_string_equal(settings->region, "sa-east-1");
    aws_settings_free(settings);
    fixture_close(&fixture);
}

static void test_paths_with_variables(void **state)
{
    (void)state;
    static const char *const paths[] = {"$WHERE/a", "${WHERE}/a", "~/conf/a", "$HOME/conf/${NAME}"};
    struct cred_fixture fixture;
    fixture_open(&fixture);
    char *folder = fixture_path(&fixture, "conf");
    fixture_file(&fixture, "conf/a", "[profile x]\nregion = eu-west-3\n");
    fixture_set(&fixture, "WHERE", folder);
    fixture_set(&fixture, "NAME", "a");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        fixture_set(&fixture, "AWS_CONFIG_FILE", paths[i]);
        assert_string_equal(fixture_context(&fixture, "x")->settings->region, "eu-west-3");
    }
    fixture_set(&fixture, "AWS_CONFIG_FILE", "/$NOTHING/${WHERE/$");
    assert_string_equal(fixture_context(&fixture, NULL)->settings->config_path,
                        "/$NOTHING/${WHERE/$");
    fixture_set(&fixture, "AWS_CONFIG_FILE", "~nobody-of-that-name/a");
    assert_string_equal(fixture_context(&fixture, NULL)->settings->config_path,
                        "~nobody-of-that-name/a");
    free(folder);
    fixture_close(&fixture);
}

static void test_a_section_in_the_other_form(void **state)
{
    (void)state;
    static const struct {
        const char *config, *credentials, *hint;
    } samples[] = {
        {"[dev]\n", "", "has [dev]; in that file the section is called [profile dev]"},
        {"", "[profile dev]\n", "has [profile dev]; in that file the section is called [dev]"},
        {"[profile 'dev ops']\n", "", "The profiles are: dev ops"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct cred_fixture fixture;
        struct aws_settings *settings = NULL;
        struct aws_settings_choice choice = {.profile = NULL};
        struct err err = ERR_INIT;
        fixture_open(&fixture);
        fixture_file(&fixture, ".aws/config", samples[i].config);
        fixture_file(&fixture, ".aws/credentials", samples[i].credentials);
        fixture_set(&fixture, "AWS_PROFILE", "dev");
        assert_int_equal(aws_settings_load(&fixture.environment, &choice, &settings, &err),
                         ERR_CONFIG);
        assert_non_null(strstr(err.text, "AWS_PROFILE: there is no profile \"dev\""));
        if (!strstr(err.hint, samples[i].hint)) {
            fail_msg("\"%s\" does not say \"%s\"", err.hint, samples[i].hint);
        }
        fixture_close(&fixture);
    }
}

static void test_switches(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/config",
                 "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = yes\n"
                 "ignore_configured_endpoint_urls = TRUE\nca_bundle = ~/ca.pem\n"
                 "max_attempts = 7\nretry_mode = adaptive\n"
                 "account_id_endpoint_mode = required\n"
                 "s3 =\n addressing_style = path\n use_accelerate_endpoint = TRUE\n"
                 " use_dualstack_endpoint = 1\n");
    const struct aws_settings *settings = fixture_context(&fixture, NULL)->settings;
    char *bundle = fixture_path(&fixture, "ca.pem");
    assert_true(settings->fips);
    assert_false(settings->dual_stack); /* only "true" is true */
    assert_true(settings->ignore_configured_endpoints);
    assert_int_equal(settings->s3_style, AWS_S3_PATH);
    assert_true(settings->s3_accelerate);
    assert_false(settings->s3_dual_stack);
    assert_string_equal(settings->ca_bundle, bundle);
    assert_int_equal(settings->max_attempts, 7);
    assert_int_equal(settings->retry_mode, AWS_RETRY_ADAPTIVE);
    assert_int_equal(settings->account_mode, ACCOUNT_MODE_REQUIRED);
    free(bundle);

    fixture_set(&fixture, "AWS_USE_FIPS_ENDPOINT", "false");
    fixture_set(&fixture, "AWS_USE_DUALSTACK_ENDPOINT", "True");
    fixture_set(&fixture, "AWS_CA_BUNDLE", "/etc/ca.pem");
    fixture_set(&fixture, "AWS_MAX_ATTEMPTS", "2");
    fixture_set(&fixture, "AWS_RETRY_MODE", "legacy");
    settings = fixture_context(&fixture, NULL)->settings;
    assert_false(settings->fips);
    assert_true(settings->dual_stack);
    assert_string_equal(settings->ca_bundle, "/etc/ca.pem");
    assert_int_equal(settings->max_attempts, 2);
    assert_int_equal(settings->retry_mode, AWS_RETRY_STANDARD);
    fixture_close(&fixture);
}

/* The URL and whether somebody configured it. */
static void expect_url(const struct aws_settings *settings, enum aws_service service,
                       const char *url)
{
    struct endpoint_settings endpoints;
    struct endpoint endpoint;
    struct err err = ERR_INIT;
    aws_settings_endpoints(settings, &endpoints);
    if (endpoint_resolve(service, &endpoints, NULL, &endpoint, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    assert_string_equal(endpoint.url, url);
}

static void test_endpoints(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    struct endpoint_settings login;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/config",
                 "[default]\nregion = eu-west-1\nservices = dev\n"
                 "endpoint_url = http://127.0.0.1:1\n"
                 "[services dev]\ndynamodb =\n endpoint_url = http://127.0.0.1:2\n");
    const struct aws_settings *settings = fixture_context(&fixture, NULL)->settings;
    expect_url(settings, SERVICE_DYNAMODB, "http://127.0.0.1:2");
    expect_url(settings, SERVICE_STS, "http://127.0.0.1:1");
    fixture_set(&fixture, "AWS_ENDPOINT_URL", "http://127.0.0.1:3");
    fixture_set(&fixture, "AWS_ENDPOINT_URL_STS", "http://127.0.0.1:4");
    settings = fixture_context(&fixture, NULL)->settings;
    expect_url(settings, SERVICE_DYNAMODB, "http://127.0.0.1:3");
    expect_url(settings, SERVICE_STS, "http://127.0.0.1:4");
    fixture_set(&fixture, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    settings = fixture_context(&fixture, NULL)->settings;
    expect_url(settings, SERVICE_STS, "https://sts.eu-west-1.amazonaws.com");

    /* What is given on the command line is for the services, not for log-ins. */
    struct aws_settings *given;
    struct aws_settings_choice choice = {.endpoint_url = "http://127.0.0.1:5"};
    assert_int_equal(aws_settings_load(&fixture.environment, &choice, &given, NULL), ERR_OK);
    expect_url(given, SERVICE_CONNECT, "http://127.0.0.1:5");
    aws_settings_login_endpoints(given, NULL, &login);
    assert_null(login.endpoint_url);
    assert_string_equal(login.region, "eu-west-1");
    aws_settings_login_endpoints(given, "eu-west-2", &login);
    assert_string_equal(login.region, "eu-west-2");
    aws_settings_free(given);
    fixture_close(&fixture);
}

static void expect_config_error(struct cred_fixture *fixture, const char *profile, const char *text,
                                const char *hint)
{
    struct aws_settings *settings;
    struct aws_settings_choice choice = {.profile = profile};
    struct err err = ERR_INIT;
    assert_int_equal(aws_settings_load(&fixture->environment, &choice, &settings, &err),
                     ERR_CONFIG);
    assert_null(settings);
    if (!strstr(err.text, text) || !strstr(err.hint, hint)) {
        fail_msg("\"%s\" (%s) instead of \"%s\" (%s)", err.text, err.hint, text, hint);
    }
}

static void test_errors(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_file(&fixture, ".aws/config",
                 "[profile a]\nservices = none\n[profile b]\nregion = a/b\n"
                 "[profile c]\nmax_attempts = 0\n[profile d]\nretry_mode = fast\n"
                 "[profile e]\naccount_id_endpoint_mode = maybe\n");
    expect_config_error(&fixture, "nobody", "there is no profile \"nobody\" in ",
                        "The profiles are: a, b, c, d, e");
    expect_config_error(&fixture, "a", "names the services section \"none\"", "");
    expect_config_error(&fixture, "b", "\"a/b\" (profile) cannot be a region", "");
    expect_config_error(&fixture, "c", "\"0\", not a number from 1 to 100", "");
    expect_config_error(&fixture, "d", "AWS_RETRY_MODE (retry_mode) cannot be \"fast\"", "");
    expect_config_error(&fixture, "e", "cannot be \"maybe\"", "");
    fixture_set(&fixture, "AWS_PROFILE", "ghost");
    expect_config_error(&fixture, NULL, "there is no profile \"ghost\"", "");
    fixture_set(&fixture, "HOME", NULL);
    expect_config_error(&fixture, NULL, "there is no profile \"ghost\"", "HOME is not set");
    fixture_set(&fixture, "HOME", fixture.home);
    fixture_set(&fixture, "AWS_PROFILE", NULL);
    fixture_file(&fixture, ".aws/credentials", "[default\n");
    expect_config_error(&fixture, NULL, "/.aws/credentials:1: a section has to end", "");
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_at_all),
        cmocka_unit_test(test_without_a_home),
        cmocka_unit_test(test_where_the_files_are),
        cmocka_unit_test(test_which_profile),
        cmocka_unit_test(test_which_region),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_paths_with_variables),
        cmocka_unit_test(test_a_section_in_the_other_form),
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
