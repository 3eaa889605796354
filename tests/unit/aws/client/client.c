#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/client/client.h"
#include "tests/unit/support_aws/client_world.h"

/* ---- one attempt ------------------------------------------------------------------------- */

static void test_signed_request(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_CONNECT);
    http_fake_answer(world.fake, 200, "x-amzn-RequestId: r-1", "{\"NextToken\":\"n\"}");
    static const struct call_parameter query[] = {{"nextToken", "a+/="}, {"maxResults", "1000"}};
    struct call call = call_list;
    call.query = query;
    call.query_count = 2;
    struct response reply;
    struct err err;
    assert_int_equal(call_once(&world, &call, &reply, &err), ERR_OK);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.attempts, 1);
    assert_string_equal(reply.request_id, "r-1");
    assert_string_equal(json_string_value(json_object_get(reply.json, "NextToken")), "n");
    response_release(&reply);

    const struct fake_request *request = http_fake_request(world.fake, 0);
    assert_string_equal(request->url, "https://connect.eu-west-1.amazonaws.com/users-summary/abc"
                                      "?nextToken=a%2B%2F%3D&maxResults=1000");
    char value[512];
    assert_true(http_fake_header(request, "host", value, sizeof value));
    assert_string_equal(value, "connect.eu-west-1.amazonaws.com");
    assert_true(http_fake_header(request, "x-amz-date", value, sizeof value));
    assert_string_equal(value, "20260102T030405Z");
    assert_true(http_fake_header(request, "x-amz-security-token", value, sizeof value));
    assert_string_equal(value, "token-1");
    assert_true(http_fake_header(request, "authorization", value, sizeof value));
    assert_non_null(strstr(value, "Credential=AK1/20260102/eu-west-1/connect/aws4_request, "
                                  "SignedHeaders=host;x-amz-date;x-amz-security-token, "));
    assert_true(http_fake_header(request, "amz-sdk-request", value, sizeof value));
    assert_string_equal(value, "attempt=1; max=3");
    assert_int_equal(world.statistics.requests, 1);
    world_close(&world);
}

static void test_hosts(void **state)
{
    (void)state;
    struct world world;
    struct response reply;
    struct err err;
    world_open(&world, SERVICE_DYNAMODB); // the account id comes with the credentials
    http_fake_answer(world.fake, 200, "", "{}");
    assert_int_equal(call_once(&world, &call_query, &reply, &err), ERR_OK);
    response_release(&reply);
    assert_string_equal(http_fake_request(world.fake, 0)->url,
                        "https://123456789012.ddb.eu-west-1.amazonaws.com/");
    world_close(&world);

    world_open(&world, SERVICE_S3); // a bucket before the host, in another region
    http_fake_answer(world.fake, 200, "", "");
    struct call put = {.operation = "PutObject",
                       .method = "PUT",
                       .path = "/a%20b.csv",
                       .host_prefix = "bucket.",
                       .region = "us-west-2"};
    assert_int_equal(call_once(&world, &put, &reply, &err), ERR_OK);
    response_release(&reply);
    assert_string_equal(http_fake_request(world.fake, 0)->url,
                        "https://bucket.s3.us-west-2.amazonaws.com/a%20b.csv");
    char value[512];
    assert_true(
        http_fake_header(http_fake_request(world.fake, 0), "authorization", value, sizeof value));
    assert_non_null(strstr(value, "/us-west-2/s3/aws4_request"));
    assert_non_null(strstr(value, "x-amz-content-sha256"));
    world_close(&world);

    world_open(&world, SERVICE_CONNECT); // an endpoint with a path of its own
    world.options.endpoint.endpoint_url = "http://127.0.0.1:4566/connect/";
    world_reopen(&world);
    http_fake_answer(world.fake, 200, "", "{}");
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OK);
    response_release(&reply);
    assert_string_equal(http_fake_request(world.fake, 0)->url,
                        "http://127.0.0.1:4566/connect/users-summary/abc");
    assert_true(http_fake_request(world.fake, 0)->no_proxy);
    world_close(&world);
}

/* ---- again ------------------------------------------------------------------------------- */

static void test_retries(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_CONNECT);
    http_fake_fail(world.fake, HTTP_BROKEN, true);
    http_fake_answer(world.fake, 500, "", "{\"Message\":\"oops\"}");
    http_fake_answer(world.fake, 200, "", "{}");
    struct response reply;
    struct err err;
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OK);
    assert_int_equal(reply.attempts, 3);
    assert_false(reply.maybe_done);
    response_release(&reply);
    // 10 ms each exchange, 25 and 50 ms in between (half of 50 and 100)
    assert_int_equal(http_fake_request(world.fake, 1)->at_ms, 35);
    assert_int_equal(http_fake_request(world.fake, 2)->at_ms, 95);
    assert_int_equal(world.statistics.retries, 2);
    char first[64], last[64], trace[64];
    assert_true(http_fake_header(http_fake_request(world.fake, 0), "amz-sdk-invocation-id", first,
                                 sizeof first));
    assert_true(http_fake_header(http_fake_request(world.fake, 2), "amz-sdk-invocation-id", last,
                                 sizeof last));
    assert_string_equal(first, last);
    assert_true(
        http_fake_header(http_fake_request(world.fake, 2), "amz-sdk-request", trace, sizeof trace));
    assert_string_equal(trace, "attempt=3; max=3");
    world_close(&world);
}

static void test_gives_up(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_DYNAMODB);
    for (int i = 0; i < 4; i++) {
        http_fake_answer(world.fake, 400, "x-amzn-RequestId: r-9",
                         "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
                         "ProvisionedThroughputExceededException\",\"message\":\"slow\"}");
    }
    struct response reply;
    struct err err;
    assert_int_equal(call_once(&world, &call_query, &reply, &err), ERR_THROTTLED);
    assert_string_equal(reply.error, "ProvisionedThroughputExceededException");
    assert_int_equal(reply.attempts, 4);
    assert_false(reply.maybe_done);
    assert_non_null(strstr(err.text, "table agents"));
    assert_non_null(strstr(err.text, "r-9"));
    assert_int_equal(world.statistics.throttled, 4);
    response_release(&reply);
    world_close(&world);
}

static void test_final_at_once(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *headers, *body;
        enum err_code code;
        const char *text, *hint;
    } cases[] = {
        {403, "x-amzn-ErrorType: AccessDeniedException:http://internal/",
         "{\"Message\":\"User: arn:aws:sts::1:x is not authorized to perform: connect:ListUsers "
         "on resource: y\"}",
         ERR_DENIED, "the permission connect:ListUsers is missing", "IAM policy"},
        {403, "", "{\"__type\":\"AccessDeniedException\"}", ERR_DENIED, "connect:ListUsers",
         "profile ops"},
        {403, "", "{\"__type\":\"UnrecognizedClientException\",\"message\":\"no\"}", ERR_AUTH,
         "were refused", "aws sso login --profile ops"},
        {404, "", "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"gone\"}", ERR_NOT_FOUND,
         "ResourceNotFoundException: gone", ""},
        {400, "", "{\"code\":\"InvalidParameterException\"}", ERR_SERVICE,
         "InvalidParameterException", ""},
        {418, "", "<html>teapot</html>", ERR_SERVICE, "HTTP status 418", ""},
        {404, "", "", ERR_NOT_FOUND, "HTTP status 404; Amazon Connect ListUsers", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        world_open(&world, SERVICE_CONNECT);
        http_fake_answer(world.fake, cases[i].status, cases[i].headers, cases[i].body);
        struct response reply;
        struct err err;
        assert_int_equal(call_once(&world, &call_list, &reply, &err), cases[i].code);
        assert_int_equal(reply.attempts, 1);
        assert_non_null(strstr(err.text, cases[i].text));
        assert_non_null(strstr(err.hint, cases[i].hint));
        response_release(&reply);
        world_close(&world);
    }
}

static void test_damaged_answers(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_DYNAMODB);
    http_fake_answer(world.fake, 200, "x-amz-crc32: 1", "{}");
    http_fake_answer(world.fake, 200, "", "{\"Items\":[");
    http_fake_answer(world.fake, 200, "", "");
    http_fake_answer(world.fake, 200, "x-amz-crc32: 2745614147", "{}");
    struct response reply;
    struct err err;
    assert_int_equal(call_once(&world, &call_query, &reply, &err), ERR_OK);
    assert_int_equal(reply.attempts, 4);
    response_release(&reply);
    for (int i = 0; i < 4; i++) {
        http_fake_answer(world.fake, 200, "", "[]");
    }
    assert_int_equal(call_once(&world, &call_query, &reply, &err), ERR_SERVICE);
    assert_non_null(strstr(err.text, "damaged"));
    assert_true(reply.maybe_done);
    response_release(&reply);
    world_close(&world);
}

static void test_offline(void **state)
{
    (void)state;
    struct world world;
    struct response reply;
    struct err err;
    world_open(&world, SERVICE_CONNECT);
    for (int i = 0; i < 3; i++) {
        http_fake_fail(world.fake, HTTP_NO_CONNECTION, false);
    }
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OFFLINE);
    assert_false(reply.maybe_done);
    assert_non_null(strstr(err.text, "connect.eu-west-1.amazonaws.com"));
    response_release(&reply);
    http_fake_fail(world.fake, HTTP_BAD_CERTIFICATE, false); // not tried again
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OFFLINE);
    assert_non_null(strstr(err.hint, "AWS_CA_BUNDLE"));
    response_release(&reply);
    for (int i = 0; i < 3; i++) {
        http_fake_fail(world.fake, HTTP_TIMED_OUT, true);
    }
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OFFLINE);
    assert_true(reply.maybe_done);
    response_release(&reply);
    world_close(&world);
}

static void test_quota_protects_the_service(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_CONNECT);
    // 500 / 14 retries; with 2 a call the 18th call has one left, the 19th none
    for (int i = 0; i < 17 * 3 + 2 + 1; i++) {
        http_fake_answer(world.fake, 500, "", "{}");
    }
    struct response reply;
    struct err err;
    for (int i = 0; i < 19; i++) {
        assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_SERVICE);
        assert_int_equal(reply.attempts, i < 17 ? 3 : i == 17 ? 2 : 1);
        response_release(&reply);
    }
    world_close(&world);
}

/* ---- clock, credentials ------------------------------------------------------------------ */

static void test_wrong_clock(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, SERVICE_CONNECT);
    // The service's clock is 20 minutes ahead: 03:24:05
    http_fake_answer(world.fake, 403,
                     "Date: Fri, 02 Jan 2026 03:24:05 GMT\n"
                     "x-amzn-ErrorType: InvalidSignatureException",
                     "{\"message\":\"Signature expired\"}");
    http_fake_answer(world.fake, 200, "Date: Fri, 02 Jan 2026 03:24:05 GMT", "{}");
    http_fake_answer(world.fake, 200, "Date: Fri, 02 Jan 2026 03:04:05 GMT", "{}");
    http_fake_answer(world.fake, 200, "", "{}");
    struct response reply;
    struct err err;
    char value[64];
    static const char *const dates[] = {"20260102T030405Z", "20260102T032405Z", "20260102T032405Z",
                                        "20260102T030405Z"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OK);
        response_release(&reply);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_true(
            http_fake_header(http_fake_request(world.fake, i), "x-amz-date", value, sizeof value));
        assert_string_equal(value, dates[i]);
    }
    world_close(&world);
}

/* The service's time is the Date of its answers and the monotonic clock since. The machine's clock
   may jump, and a Date that is cut off to the second does not set it back. */
static void test_time_of_the_service(void **state)
{
    (void)state;
    static const int64_t date_ms = INT64_C(1767324245000); /* 03:24:05, twenty minutes ahead */
    struct world world;
    struct response reply;
    struct err err;
    int64_t now_ms = 0;
    world_open(&world, SERVICE_CONNECT);
    assert_false(client_service_now_ms(world.client, &now_ms));
    http_fake_answer(world.fake, 200, "Date: Fri, 02 Jan 2026 03:24:05 GMT", "{}");
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OK);
    response_release(&reply);
    assert_true(client_service_now_ms(world.client, &now_ms));
    assert_int_equal(now_ms, date_ms);

    world.fake->ticks += 700;
    world.fake->now_offset += INT64_C(400) * 86400000;
    assert_true(client_service_now_ms(world.client, &now_ms));
    assert_int_equal(now_ms, date_ms + 700);
    http_fake_answer(world.fake, 200, "Date: Fri, 02 Jan 2026 03:24:05 GMT", "{}");
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OK);
    response_release(&reply);
    assert_true(client_service_now_ms(world.client, &now_ms));
    assert_true(now_ms >= date_ms + 700 && now_ms < date_ms + 2000);

    http_fake_answer(world.fake, 200, "Age: 60\nDate: Fri, 02 Jan 2026 05:00:00 GMT", "{}");
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OK); // out of a cache
    response_release(&reply);
    assert_true(client_service_now_ms(world.client, &now_ms));
    assert_true(now_ms < date_ms + 3000);
    world_close(&world);
}

static void expired(struct http_fake *fake)
{
    http_fake_answer(fake, 403, "x-amzn-ErrorType: ExpiredTokenException",
                     "{\"message\":\"The security token included in the request is expired\"}");
}

static void test_expired_credentials(void **state)
{
    (void)state;
    struct world world;
    struct response reply;
    struct err err;
    char value[64];
    world_open(&world, SERVICE_CONNECT);
    expired(world.fake);
    http_fake_answer(world.fake, 200, "", "{}");
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_OK);
    response_release(&reply);
    assert_int_equal(world.provider.forced, 1);
    assert_true(http_fake_header(http_fake_request(world.fake, 1), "x-amz-security-token", value,
                                 sizeof value));
    assert_string_equal(value, "token-2");

    expired(world.fake); // the new ones are no better: once is enough
    expired(world.fake);
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_AUTH);
    assert_non_null(strstr(err.text, "profile ops"));
    assert_non_null(strstr(err.hint, "aws sso login --profile ops"));
    assert_int_equal(world.provider.forced, 2);
    response_release(&reply);

    world.provider.fails_at = 4; // there are no new ones
    expired(world.fake);
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_AUTH);
    assert_string_equal(err.text, "Amazon Connect ListUsers was refused (ExpiredTokenException; "
                                  "request id none): the log-in has expired");
    response_release(&reply);
    world_close(&world);
}

static void test_without_credentials(void **state)
{
    (void)state;
    struct world world;
    struct response reply;
    struct err err;
    world_open(&world, SERVICE_CONNECT);
    world.provider.fails_at = 1;
    assert_int_equal(call_once(&world, &call_list, &reply, &err), ERR_AUTH);
    assert_int_equal(reply.status, 0);
    response_release(&reply);
    assert_int_equal(world.fake->n_requests, 0);

    world.options.credentials = NULL; // and a call that needs none
    world_reopen(&world);
    struct call open = call_list;
    open.unsigned_call = true;
    http_fake_answer(world.fake, 200, "", "{}");
    assert_int_equal(call_once(&world, &open, &reply, &err), ERR_OK);
    response_release(&reply);
    char value[64];
    assert_false(
        http_fake_header(http_fake_request(world.fake, 0), "authorization", value, sizeof value));
    world_close(&world);
}

static void test_xml_error(void **state)
{
    (void)state;
    struct world world;
    struct response reply;
    struct err err;
    world_open(&world, SERVICE_S3);
    http_fake_answer(world.fake, 400, "x-amz-request-id: h-1",
                     "<?xml version=\"1.0\"?><Error><Code>AuthorizationHeaderMalformed</Code>"
                     "<Message>the region &apos;eu-west-1&apos; is wrong</Message>"
                     "<Region>us-west-2</Region><RequestId>b-1</RequestId></Error>");
    struct call put = {.operation = "PutObject", .method = "PUT", .path = "/k"};
    assert_int_equal(call_once(&world, &put, &reply, &err), ERR_SERVICE);
    assert_string_equal(reply.error, "AuthorizationHeaderMalformed");
    assert_string_equal(reply.message, "the region 'eu-west-1' is wrong");
    assert_string_equal(reply.region_hint, "us-west-2");
    assert_string_equal(reply.request_id, "h-1");
    response_release(&reply);
    http_fake_answer(world.fake, 404, "",
                     "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchBucket</Code></Error>"
                     "<RequestId>b-2</RequestId></ErrorResponse>");
    assert_int_equal(call_once(&world, &put, &reply, &err), ERR_NOT_FOUND);
    assert_string_equal(reply.request_id, "b-2");
    response_release(&reply);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signed_request),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_gives_up),
        cmocka_unit_test(test_final_at_once),
        cmocka_unit_test(test_damaged_answers),
        cmocka_unit_test(test_offline),
        cmocka_unit_test(test_quota_protects_the_service),
        cmocka_unit_test(test_wrong_clock),
        cmocka_unit_test(test_time_of_the_service),
        cmocka_unit_test(test_expired_credentials),
        cmocka_unit_test(test_without_credentials),
        cmocka_unit_test(test_xml_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
