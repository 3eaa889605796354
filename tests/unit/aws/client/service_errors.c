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
        assert_int_equal(explain(&what, &err), ERR_DENIED);
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
    what.renew = "aws sso login --profile ops";
    assert_int_equal(explain(&what, &err), ERR_AUTH);
    assert_non_null(strstr(err.text, "have expired"));
    assert_string_equal(err.hint, "log in again: aws sso login --profile ops");

    struct err skewed = ERR_INIT;
    what.error = "InvalidSignatureException";
    what.skew_known = true;
    what.skew_ms = -20 * 60 * 1000;
    assert_int_equal(explain(&what, &skewed), ERR_AUTH);
    assert_non_null(strstr(skewed.hint, "20 minutes ahead of"));

    struct err keys = ERR_INIT;
    what.skew_known = false;
    what.renew = NULL;
    assert_int_equal(explain(&what, &keys), ERR_AUTH);
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
        assert_int_equal(explain(&what, &err), cases[i].code);
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
        {HTTP_BAD_REQUEST, ERR_CONFIG, "AWS_CA_BUNDLE"},
        {HTTP_CANCELLED, ERR_CANCELLED, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct service_error what = s_plain;
        struct err err = ERR_INIT;
        what.failure = cases[i].failure;
        what.detail = "why";
        assert_int_equal(explain(&what, &err), cases[i].code);
        assert_non_null(strstr(err.hint, cases[i].hint));
        if (cases[i].failure != HTTP_CANCELLED) {
            assert_non_null(strstr(err.text, "dynamodb.eu-west-1.amazonaws.com: "));
            assert_non_null(strstr(err.text, "(why)"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_permissions), cmocka_unit_test(test_permission_in_message),
        cmocka_unit_test(test_credentials), cmocka_unit_test(test_codes),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
