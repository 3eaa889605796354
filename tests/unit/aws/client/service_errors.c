#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/client/service_errors.h"

static const struct service_error s_plain = {
    .service = SERVICE_DYNAMODB,
    .operation = "TransactWriteItems",
    .resource = "table agents",
    .region = "eu-west-1",
    .host = "dynamodb.eu-west-1.amazonaws.com",
    .detail = "",
    .status = 400,
    .error = "",
    .message = "",
    .request_id = "rq-1",
    .attempts = 1,
    .source = "profile ops",
};

static void test_permissions(void **state)
{
    (void)state;
    static const struct {
        enum aws_service service;
        const char *operation, *permission;
    } cases[] = {
        {SERVICE_CONNECT, "ListUsers", "connect:ListUsers"},
        {SERVICE_DYNAMODB, "Query", "dynamodb:Query"},
        {SERVICE_DYNAMODB, "TransactWriteItems",
         "dynamodb:PutItem, dynamodb:DeleteItem, dynamodb:UpdateItem and "
         "dynamodb:ConditionCheckItem"},
        {SERVICE_S3, "PutObject", "s3:PutObject"},
        {SERVICE_S3, "HeadObject", "s3:GetObject"},
        {SERVICE_S3, "ListBuckets", "s3:ListAllMyBuckets"},
        {SERVICE_STS, "AssumeRole", "sts:AssumeRole"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char permission[256];
        service_error_permission(cases[i].service, cases[i].operation, permission,
                                 sizeof permission);
        assert_string_equal(permission, cases[i].permission);
    }
}

/* What the service says is missing counts before what we think it needs. */
static void test_permission_in_message(void **state)
{
    (void)state;
    static const char *const messages[][2] = {
        {"User: a is not authorized to perform: dynamodb:PutItem on resource: b",
         "the permission dynamodb:PutItem is missing"},
        {"not authorized to perform: ", "the permission dynamodb:PutItem, dynamodb:DeleteItem"},
        {"not authorized to perform: \x1b[31m:", "dynamodb:ConditionCheckItem"},
        {"", "dynamodb:ConditionCheckItem"},
    };
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct service_error what = s_plain;
        struct err err = ERR_INIT;
        what.error = "AccessDeniedException";
        what.message = messages[i][0];
        assert_int_equal(service_error_explain(&what, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, messages[i][1]));
        assert_non_null(strstr(err.text, "request id rq-1"));
        assert_non_null(strstr(err.hint, "profile ops"));
        assert_null(strchr(err.text, '\x1b'));
    }
}

static void test_credentials(void **state)
{
    (void)state;
    struct service_error what = s_plain;
    struct err err = ERR_INIT;
    what.error = "ExpiredTokenException";
    what.renew = "Log in again: aws sso login --profile ops";
    assert_int_equal(service_error_explain(&what, &err), ERR_AUTH);
    assert_non_null(strstr(err.text, "have expired"));
    assert_string_equal(err.hint, "Log in again: aws sso login --profile ops");
    assert_int_equal(strncmp(err.text, "the credentials (profile ops) have expired", 42), 0);

    struct err skewed = ERR_INIT;
    what.error = "InvalidSignatureException";
    what.skew_known = true;
    what.skew_ms = -20 * 60 * 1000;
    assert_int_equal(service_error_explain(&what, &skewed), ERR_AUTH);
    assert_non_null(strstr(skewed.hint, "20 minutes ahead of"));

    struct err keys = ERR_INIT;
    what.skew_known = false;
    what.renew = NULL;
    assert_int_equal(service_error_explain(&what, &keys), ERR_AUTH);
    assert_non_null(strstr(keys.text, "were refused"));
    assert_non_null(strstr(keys.hint, "secret"));
}

static void test_codes(void **state)
{
    (void)state;
    static const struct {
        const char *error;
        int status;
        enum err_code code;
    } cases[] = {
        {"ResourceNotFoundException", 400, ERR_NOT_FOUND},
        {"TransactionCanceledException", 400, ERR_CONFLICT},
        {"ConditionalCheckFailedException", 400, ERR_CONFLICT},
        {"PreconditionFailed", 412, ERR_CONFLICT},
        {"ValidationException", 400, ERR_SERVICE},
        {"", 401, ERR_AUTH},
        {"", 403, ERR_DENIED},
        {"", 404, ERR_NOT_FOUND},
        {"", 412, ERR_CONFLICT},
        {"", 500, ERR_SERVICE},
        {"", 301, ERR_SERVICE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct service_error what = s_plain;
        struct err err = ERR_INIT;
        what.error = cases[i].error;
        what.status = cases[i].status;
        assert_int_equal(service_error_explain(&what, &err), cases[i].code);
        assert_non_null(strstr(err.text, "table agents"));
        assert_non_null(strstr(err.text, "rq-1"));
    }
}

/* Every failure of the transport has a text, and none blames the service. */
static void test_failures(void **state)
{
    (void)state;
    static const struct {
        enum http_failure failure;
        enum err_code code;
        const char *hint;
    } cases[] = {
        {HTTP_NO_NAME, ERR_OFFLINE, "region \"eu-west-1\""},
        {HTTP_NO_CONNECTION, ERR_OFFLINE, "HTTPS_PROXY"},
        {HTTP_TIMED_OUT, ERR_OFFLINE, "tried 1 time;"},
        {HTTP_BROKEN, ERR_OFFLINE, ""},
        {HTTP_TLS, ERR_OFFLINE, ""},
        {HTTP_BAD_CERTIFICATE, ERR_OFFLINE, "AWS_CA_BUNDLE"},
        {HTTP_TOO_LARGE, ERR_SERVICE, ""},
        {HTTP_BAD_REQUEST, ERR_CONFIG, "endpoint URL"},
        {HTTP_CANCELLED, ERR_CANCELLED, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct service_error what = s_plain;
        struct err err = ERR_INIT;
        what.failure = cases[i].failure;
        what.detail = "why";
        assert_int_equal(service_error_explain(&what, &err), cases[i].code);
        assert_non_null(strstr(err.hint, cases[i].hint));
        if (cases[i].failure != HTTP_CANCELLED) {
            assert_non_null(strstr(err.text, "(dynamodb.eu-west-1.amazonaws.com: why)"));
            assert_int_equal(strncmp(err.text, http_failure_text(cases[i].failure), 5), 0);
        }
    }
}

/* A call that is not signed is refused for its token, and a role is no matter of README's policy. */
static void test_log_ins(void **state)
{
    (void)state;
    struct service_error what = s_plain;
    struct err err = ERR_INIT;
    what.service = SERVICE_STS;
    what.operation = "AssumeRoleWithWebIdentity";
    what.source = NULL;
    what.error = "InvalidIdentityToken";
    assert_int_equal(service_error_explain(&what, &err), ERR_AUTH);
    assert_int_equal(strncmp(err.text, "the token was refused: ", 23), 0);
    assert_null(strstr(err.hint, "secret"));
    err_clear(&err);
    what.operation = "AssumeRole";
    what.source = "profile ops";
    what.error = "AccessDenied";
    assert_int_equal(service_error_explain(&what, &err), ERR_DENIED);
    assert_non_null(strstr(err.text, "the permission sts:AssumeRole is missing"));
    assert_non_null(strstr(err.hint, "let the role trust them"));
    assert_null(strstr(err.hint, "README"));
}

/* The cause comes first, and the hint follows from it. */
static void test_causes(void **state)
{
    (void)state;
    static const struct {
        enum http_failure failure;
        enum http_reason reason;
        bool custom, loopback;
        const char *text, *hint, *not_hint;
    } cases[] = {
        {HTTP_BAD_CERTIFICATE, HTTP_CERTIFICATE_EXPIRED, false, false,
         "the certificate has expired (", "renew it", "AWS_CA_BUNDLE"},
        {HTTP_BAD_CERTIFICATE, HTTP_CERTIFICATE_EARLY, false, false,
         "the certificate is not valid yet (", "clock is probably behind", "AWS_CA_BUNDLE"},
        {HTTP_BAD_CERTIFICATE, HTTP_CERTIFICATE_ELSEWHERE, true, false,
         "the certificate is for another host (", "endpoint URL", "AWS_CA_BUNDLE"},
        {HTTP_BAD_CERTIFICATE, HTTP_CERTIFICATE_UNKNOWN, false, false,
         "the certificate is not signed by an authority", "AWS_CA_BUNDLE", "renew"},
        {HTTP_BAD_REQUEST, HTTP_CA_FILE, false, false, "the file of authorities cannot be read",
         "AWS_CA_BUNDLE", "endpoint"},
        {HTTP_NO_CONNECTION, HTTP_REASON_NONE, true, true, "no connection (", "is a server running",
         "HTTPS_PROXY"},
        {HTTP_TIMED_OUT, HTTP_REASON_NONE, true, true, "timed out (", "is a server running",
         "HTTPS_PROXY"},
        {HTTP_NO_CONNECTION, HTTP_REASON_NONE, false, false, "no connection (", "HTTPS_PROXY",
         "is a server running"},
        {HTTP_NO_NAME, HTTP_REASON_NONE, true, false, "the host name does not resolve (",
         "endpoint URL", "region"},
        {HTTP_NO_NAME, HTTP_PROXY, false, false, "the proxy does not let it through (",
         "HTTPS_PROXY and NO_PROXY", "region"},
        {HTTP_TLS, HTTP_REASON_NONE, true, false, "TLS did not come about (", "http://", "PROXY"},
        {HTTP_NO_CONNECTION, HTTP_NO_DESCRIPTOR, false, false,
         "this process may open no more files (", "ulimit -n", "PROXY"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct service_error what = s_plain;
        struct err err = ERR_INIT;
        what.failure = cases[i].failure;
        what.reason = cases[i].reason;
        what.custom = cases[i].custom;
        what.loopback = cases[i].loopback;
        (void)service_error_explain(&what, &err);
        assert_int_equal(strncmp(err.text, cases[i].text, strlen(cases[i].text)), 0);
        if (!strstr(err.hint, cases[i].hint) || strstr(err.hint, cases[i].not_hint)) {
            fail_msg("%zu: %s", i, err.hint);
        }
    }
}

static void test_redirects(void **state)
{
    (void)state;
    struct service_error what = s_plain;
    struct err err = ERR_INIT;
    what.status = 302;
    what.location = "https://login.example.com/portal?token=s3cr3t";
    assert_int_equal(service_error_explain(&what, &err), ERR_SERVICE);
    assert_non_null(strstr(err.text, "sends us to login.example.com, HTTP status 302"));
    assert_null(strstr(err.text, "s3cr3t"));
    assert_non_null(strstr(err.hint, "is the region \"eu-west-1\" right"));
    err_clear(&err);
    what.custom = true;
    what.location = NULL;
    (void)service_error_explain(&what, &err);
    assert_non_null(strstr(err.text, "sends us to somewhere else"));
    assert_non_null(strstr(err.hint, "endpoint URL"));
}

static void test_unknown_operations(void **state)
{
    (void)state;
    static const struct {
        const char *error;
        int status;
        bool custom, unknown;
    } cases[] = {
        {"UnknownOperationException", 400, false, true},
        {"UnknownOperationException", 400, true, true},
        {"InvalidAction", 400, true, true},
        {"NotImplemented", 501, true, true},
        {"", 404, true, true},
        {"", 405, true, true},
        {"", 404, false, false},
        {"", 500, true, false},
        {"ValidationException", 400, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct service_error what = s_plain;
        struct err err = ERR_INIT;
        what.error = cases[i].error;
        what.status = cases[i].status;
        what.custom = cases[i].custom;
        (void)service_error_explain(&what, &err);
        bool told = strstr(err.text, "does not know the operation TransactWriteItems") != NULL;
        assert_int_equal(told, cases[i].unknown);
        assert_int_equal(strstr(err.hint, "endpoint URL") != NULL,
                         cases[i].unknown && cases[i].custom);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_permission_in_message),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_causes),
        cmocka_unit_test(test_log_ins),
        cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_unknown_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
