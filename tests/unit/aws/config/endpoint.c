#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/config/endpoint.h"

static const char *const s_nothing[][2] = {{NULL, NULL}};

enum { FIPS = 1, DUAL = 2, DISABLED = 4, REQUIRED = 8 };

static enum err_code resolve(enum aws_service service, const char *region, int flags,
                             const char *account, struct endpoint *out, struct err *err)
{
    struct environment environment = environment_of_pairs(s_nothing);
    struct endpoint_settings settings = {
        .region = region,
        .environment = &environment,
        .fips = flags & FIPS,
        .dual_stack = flags & DUAL,
        .account_mode = flags & DISABLED   ? ACCOUNT_MODE_DISABLED
                        : flags & REQUIRED ? ACCOUNT_MODE_REQUIRED
                                           : ACCOUNT_MODE_PREFERRED,
    };
    return endpoint_resolve(service, &settings, account, out, err);
}

static void test_rules(void **state)
{
    (void)state;
    static const char acct[] = "123456789012";
    static const struct {
        enum aws_service service;
        const char *region;
        int flags;
        const char *account;
        const char *url;
    } cases[] = {
        {SERVICE_CONNECT, "us-east-1", 0, NULL, "https://connect.us-east-1.amazonaws.com"},
        {SERVICE_CONNECT, "us-east-1", FIPS, NULL, "https://connect-fips.us-east-1.amazonaws.com"},
        {SERVICE_CONNECT, "us-east-1", DUAL, NULL, "https://connect.us-east-1.api.aws"},
        {SERVICE_CONNECT, "us-west-2", FIPS | DUAL, NULL, "https://connect-fips.us-west-2.api.aws"},
        {SERVICE_CONNECT, "us-gov-west-1", 0, NULL, "https://connect.us-gov-west-1.amazonaws.com"},
        {SERVICE_CONNECT, "us-gov-west-1", FIPS, NULL,
         "https://connect.us-gov-west-1.amazonaws.com"},
        {SERVICE_DYNAMODB, "eu-west-2", 0, NULL, "https://dynamodb.eu-west-2.amazonaws.com"},
        {SERVICE_DYNAMODB, "eu-west-2", 0, acct,
         "https://123456789012.ddb.eu-west-2.amazonaws.com"},
        {SERVICE_DYNAMODB, "eu-west-2", DUAL, acct, "https://123456789012.ddb.eu-west-2.api.aws"},
        {SERVICE_DYNAMODB, "eu-west-2", DUAL, NULL, "https://dynamodb.eu-west-2.api.aws"},
        {SERVICE_DYNAMODB, "eu-west-2", DISABLED, acct, "https://dynamodb.eu-west-2.amazonaws.com"},
        {SERVICE_DYNAMODB, "eu-west-2", REQUIRED, acct,
         "https://123456789012.ddb.eu-west-2.amazonaws.com"},
        {SERVICE_DYNAMODB, "us-east-1", FIPS, acct,
         "https://dynamodb-fips.us-east-1.amazonaws.com"},
        {SERVICE_DYNAMODB, "us-gov-east-1", FIPS, acct,
         "https://dynamodb.us-gov-east-1.amazonaws.com"},
        {SERVICE_DYNAMODB, "cn-north-1", 0, acct, "https://dynamodb.cn-north-1.amazonaws.com.cn"},
        {SERVICE_DYNAMODB, "eu-west-2", 0, "12345", "https://dynamodb.eu-west-2.amazonaws.com"},
        {SERVICE_DYNAMODB, "local", 0, acct, "http://localhost:8000"},
        {SERVICE_S3, "us-east-1", 0, NULL, "https://s3.us-east-1.amazonaws.com"},
        {SERVICE_S3, "us-east-1", FIPS, NULL, "https://s3-fips.us-east-1.amazonaws.com"},
        {SERVICE_S3, "us-east-1", DUAL, NULL, "https://s3.dualstack.us-east-1.amazonaws.com"},
        {SERVICE_S3, "us-east-1", FIPS | DUAL, NULL,
         "https://s3-fips.dualstack.us-east-1.amazonaws.com"},
        {SERVICE_S3, "cn-northwest-1", 0, NULL, "https://s3.cn-northwest-1.amazonaws.com.cn"},
        {SERVICE_S3, "eusc-de-east-1", 0, NULL, "https://s3.eusc-de-east-1.amazonaws.eu"},
        {SERVICE_STS, "eu-central-1", 0, NULL, "https://sts.eu-central-1.amazonaws.com"},
        {SERVICE_STS, "us-east-1", FIPS, NULL, "https://sts-fips.us-east-1.amazonaws.com"},
        {SERVICE_STS, "us-gov-west-1", FIPS, NULL, "https://sts.us-gov-west-1.amazonaws.com"},
        {SERVICE_STS, "us-east-1", DUAL, NULL, "https://sts.us-east-1.api.aws"},
        {SERVICE_STS, "aws-global", 0, NULL, "https://sts.amazonaws.com"},
        {SERVICE_SSO, "eu-west-1", 0, NULL, "https://portal.sso.eu-west-1.amazonaws.com"},
        {SERVICE_SSO_OIDC, "eu-west-1", 0, NULL, "https://oidc.eu-west-1.amazonaws.com"},
        {SERVICE_SIGNIN, "us-east-1", 0, NULL, "https://us-east-1.signin.aws.amazon.com"},
        {SERVICE_SIGNIN, "cn-north-1", 0, NULL, "https://cn-north-1.signin.amazonaws.cn"},
        {SERVICE_SIGNIN, "us-gov-west-1", 0, NULL,
         "https://us-gov-west-1.signin.amazonaws-us-gov.com"},
        {SERVICE_STS, "us-iso-east-1", 0, NULL, "https://sts.us-iso-east-1.c2s.ic.gov"},
        {SERVICE_STS, "us-isob-east-1", 0, NULL, "https://sts.us-isob-east-1.sc2s.sgov.gov"},
        {SERVICE_STS, "eu-isoe-west-1", DUAL, NULL,
         "https://sts.eu-isoe-west-1.api.cloud-aws.adc-e.uk"},
        {SERVICE_STS, "us-isof-south-1", 0, NULL, "https://sts.us-isof-south-1.csp.hci.ic.gov"},
        {SERVICE_STS, "xx-nowhere-9", 0, NULL, "https://sts.xx-nowhere-9.amazonaws.com"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = ERR_INIT;
        struct endpoint endpoint;
        assert_int_equal(resolve(cases[i].service, cases[i].region, cases[i].flags,
                                 cases[i].account, &endpoint, &err),
                         ERR_OK);
        assert_string_equal(endpoint.url, cases[i].url);
        assert_string_equal(endpoint.host, strstr(cases[i].url, "://") + 3);
    }
}

static void test_signing_region(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"eu-west-1", "eu-west-1"}, {"aws-global", "us-east-1"}, {"local", "us-east-1"}};
    for (size_t i = 0; i < 3; i++) {
        struct err err = ERR_INIT;
        struct endpoint endpoint;
        assert_int_equal(resolve(SERVICE_STS, cases[i][0], 0, NULL, &endpoint, &err), ERR_OK);
        assert_string_equal(endpoint.signing_region, cases[i][1]);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct endpoint endpoint;
    static const char *const regions[] = {"", "eu west", "-eu", "eu-", "eu.west", "a/b", NULL};
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        struct err err = ERR_INIT;
        assert_int_equal(resolve(SERVICE_S3, regions[i], 0, NULL, &endpoint, &err), ERR_CONFIG);
    }
    static const char acct[] = "123456789012";
    static const struct {
        const char *region;
        int flags;
        const char *account;
        const char *why;
    } required[] = {
        {"eu-west-1", REQUIRED, NULL, "without an account id"},
        {"eu-west-1", REQUIRED | FIPS, acct, "FIPS"},
        {"cn-north-1", REQUIRED, acct, "partition"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct err err = ERR_INIT;
        assert_int_equal(resolve(SERVICE_DYNAMODB, required[i].region, required[i].flags,
                                 required[i].account, &endpoint, &err),
                         ERR_CONFIG);
        assert_non_null(strstr(err.text, required[i].why));
    }
}

/* ---- configured ones --------------------------------------------------------------------- */

static const char *profile_url(void *context, const char *service)
{
    const char *const *urls = context; // of dynamodb, of the profile
    if (!service) {
        return urls[1];
    }
    return strcmp(service, "dynamodb") == 0 ? urls[0] : NULL;
}

static void test_order(void **state)
{
    (void)state;
    const char *profile[] = {"http://services:1", "http://profile:1"};
    static const char *const both[][2] = {{"AWS_ENDPOINT_URL_DYNAMODB", "http://env-service:1"},
                                          {"AWS_ENDPOINT_URL", "http://env:1"},
                                          {NULL, NULL}};
    static const char *const general[][2] = {{"AWS_ENDPOINT_URL", "http://env:1"}, {NULL, NULL}};
    static const char *const ignored[][2] = {{"AWS_ENDPOINT_URL", "http://env:1"},
                                             {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"},
                                             {NULL, NULL}};
    static const char *const blank[][2] = {{"AWS_ENDPOINT_URL", "  "}, {NULL, NULL}};
    const struct {
        const char *given;
        const char *const (*pairs)[2];
        enum aws_service service;
        bool ignore;
        const char *host;
    } cases[] = {
        {"http://given:1", both, SERVICE_DYNAMODB, false, "given:1"},
        {NULL, both, SERVICE_DYNAMODB, false, "env-service:1"},
        {NULL, both, SERVICE_S3, false, "env:1"},
        {NULL, general, SERVICE_DYNAMODB, false, "env:1"},
        {NULL, s_nothing, SERVICE_DYNAMODB, false, "services:1"},
        {NULL, blank, SERVICE_DYNAMODB, false, "services:1"},
        {NULL, s_nothing, SERVICE_S3, false, "profile:1"},
        {NULL, both, SERVICE_S3, true, "s3.eu-west-1.amazonaws.com"},
        {NULL, ignored, SERVICE_S3, false, "s3.eu-west-1.amazonaws.com"},
        {"http://given:1", ignored, SERVICE_S3, false, "given:1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct environment environment = environment_of_pairs(cases[i].pairs);
        struct endpoint_settings settings = {
            .region = "eu-west-1",
            .environment = &environment,
            .endpoint_url = cases[i].given,
            .ignore_configured = cases[i].ignore,
            .profile_url = profile_url,
            .profile_context = profile,
        };
        struct err err = ERR_INIT;
        struct endpoint endpoint;
        assert_int_equal(endpoint_resolve(cases[i].service, &settings, NULL, &endpoint, &err),
                         ERR_OK);
        assert_string_equal(endpoint.host, cases[i].host);
        assert_string_equal(endpoint.signing_region, "eu-west-1");
    }
}

static enum err_code resolve_url(const char *url, int flags, struct endpoint *endpoint,
                                 struct err *err)
{
    struct environment environment = environment_of_pairs(s_nothing);
    struct endpoint_settings settings = {
        .region = "eu-west-1",
        .environment = &environment,
        .endpoint_url = url,
        .fips = flags & FIPS,
        .dual_stack = flags & DUAL,
    };
    return endpoint_resolve(SERVICE_DYNAMODB, &settings, "123456789012", endpoint, err);
}

static void test_urls(void **state)
{
    (void)state;
    static const struct {
        const char *given, *url, *host;
        bool loopback;
    } good[] = {
        {"http://localhost:8000", "http://localhost:8000", "localhost:8000", true},
        {"http://localhost:8000/", "http://localhost:8000", "localhost:8000", true},
        {"https://Example.COM:443/base//", "https://example.com/base", "example.com", false},
        {"http://h:443", "http://h:443", "h:443", false},
        {"http://h:", "http://h", "h", false},
        {"http://127.0.0.1", "http://127.0.0.1", "127.0.0.1", true},
        {"http://127.0.0.1.evil.example", "http://127.0.0.1.evil.example", "127.0.0.1.evil.example",
         false},
        {"https://[::1]:8443/x", "https://[::1]:8443/x", "[::1]:8443", true},
        {"http://[fd00:ec2::254]", "http://[fd00:ec2::254]", "[fd00:ec2::254]", false},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct err err = ERR_INIT;
        struct endpoint endpoint;
        assert_int_equal(resolve_url(good[i].given, 0, &endpoint, &err), ERR_OK);
        assert_string_equal(endpoint.url, good[i].url);
        assert_string_equal(endpoint.host, good[i].host);
        assert_int_equal(endpoint.loopback, good[i].loopback);
        assert_true(endpoint.custom);
    }
    static const char *const bad[] = {
        "localhost:8000", "ftp://h",           "http://",       "http:///x",
        "http://h:0",     "http://h:99999",    "http://user@h", "http://h/x?y",
        "http://h h",     "http://h:80a",      "http://h/a b",  "http://h:80000000000",
        "https://:443",   "https://[:::443/x", "http://[::1",   "http://::1",
        "http://[]",      "http://[h]",        "http://h]",     "http://a:b:80",
        "http://[::1]x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = ERR_INIT;
        struct endpoint endpoint;
        if (resolve_url(bad[i], 0, &endpoint, &err) != ERR_CONFIG) {
            fail_msg("%s is taken, as %s", bad[i], endpoint.url);
        }
    }
    struct err err = ERR_INIT;
    struct endpoint endpoint;
    assert_int_equal(resolve_url("http://h", FIPS, &endpoint, &err), ERR_CONFIG);
    struct err dual = ERR_INIT;
    assert_int_equal(resolve_url("http://h", DUAL, &endpoint, &dual), ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),   cmocka_unit_test(test_signing_region),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_order),
        cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
