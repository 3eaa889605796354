#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/client/rate_limiter.h"
#include "aws/client/retry.h"

#define CONNECT SERVICE_CONNECT
#define DYNAMODB SERVICE_DYNAMODB

static void test_classes(void **state)
{
    (void)state;
    static const struct {
        struct retry_answer answer;
        enum retry_class class;
    } cases[] = {
        {{CONNECT, HTTP_OK, 429, "ThrottlingException", 0, 0, 0}, RETRY_THROTTLING},
        {{CONNECT, HTTP_OK, 429, "TooManyRequestsException", 0, 0, 0}, RETRY_THROTTLING},
        {{CONNECT, HTTP_OK, 429, "", 0, 0, 0}, RETRY_THROTTLING},
        {{CONNECT, HTTP_OK, 402, "ServiceQuotaExceededException", 0, 0, 0}, RETRY_NOT},
        {{CONNECT, HTTP_OK, 400, "LimitExceededException", 0, 0, 0}, RETRY_NOT},
        {{CONNECT, HTTP_OK, 500, "InternalServiceException", 0, 0, 0}, RETRY_TRANSIENT},
        {{CONNECT, HTTP_OK, 501, "", 0, 0, 0}, RETRY_NOT},
        {{CONNECT, HTTP_OK, 502, "", 0, 0, 0}, RETRY_TRANSIENT},
        {{CONNECT, HTTP_OK, 404, "ResourceNotFoundException", 0, 0, 0}, RETRY_NOT},
        {{CONNECT, HTTP_OK, 403, "AccessDeniedException", 0, 0, 0}, RETRY_NOT},
        {{CONNECT, HTTP_OK, 403, "AccessDeniedException", 0, 1, 600000}, RETRY_SKEW},
        {{CONNECT, HTTP_OK, 403, "AccessDeniedException", 0, 1, 240000}, RETRY_NOT},
        {{CONNECT, HTTP_OK, 403, "ResourceNotFoundException", 0, 1, 600000}, RETRY_NOT},
        {{SERVICE_S3, HTTP_OK, 403, "RequestTimeTooSkewed", 0, 1, -240001}, RETRY_SKEW},
        {{SERVICE_S3, HTTP_OK, 403, "RequestTimeTooSkewed", 0, 0, 0}, RETRY_NOT},
        {{SERVICE_S3, HTTP_OK, 503, "SlowDown", 0, 0, 0}, RETRY_THROTTLING},
        {{SERVICE_S3, HTTP_OK, 503, "", 0, 0, 0}, RETRY_TRANSIENT},
        {{SERVICE_S3, HTTP_OK, 400, "RequestTimeout", 0, 0, 0}, RETRY_TRANSIENT},
        {{SERVICE_S3, HTTP_OK, 301, "PermanentRedirect", 0, 0, 0}, RETRY_NOT},
        {{SERVICE_STS, HTTP_OK, 400, "IDPCommunicationError", 0, 0, 0}, RETRY_TRANSIENT},
        {{DYNAMODB, HTTP_OK, 400, "LimitExceededException", 0, 0, 0}, RETRY_THROTTLING},
        {{DYNAMODB, HTTP_OK, 400, "ProvisionedThroughputExceededException", 0, 0, 0},
         RETRY_THROTTLING},
        {{DYNAMODB, HTTP_OK, 400, "TransactionInProgressException", 0, 0, 0}, RETRY_THROTTLING},
        {{DYNAMODB, HTTP_OK, 400, "TransactionCanceledException", 0, 0, 0}, RETRY_NOT},
        {{DYNAMODB, HTTP_OK, 400, "TransactionConflictException", 0, 0, 0}, RETRY_NOT},
        {{DYNAMODB, HTTP_OK, 400, "ConditionalCheckFailedException", 0, 0, 0}, RETRY_NOT},
        {{DYNAMODB, HTTP_OK, 409, "ReplicatedWriteConflictException", 0, 0, 0}, RETRY_TRANSIENT},
        {{DYNAMODB, HTTP_OK, 200, "", 1, 0, 0}, RETRY_TRANSIENT},
        {{DYNAMODB, HTTP_TIMED_OUT, 0, "", 0, 0, 0}, RETRY_TRANSIENT},
        {{DYNAMODB, HTTP_BROKEN, 0, "", 0, 0, 0}, RETRY_TRANSIENT},
        {{DYNAMODB, HTTP_BAD_CERTIFICATE, 0, "", 0, 0, 0}, RETRY_NOT},
        {{DYNAMODB, HTTP_TOO_LARGE, 200, "", 0, 0, 0}, RETRY_NOT},
        {{DYNAMODB, HTTP_CANCELLED, 0, "", 0, 0, 0}, RETRY_NOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (retry_classify(&cases[i].answer) != cases[i].class) {
            fail_msg("case %zu: %d %s is class %d", i, cases[i].answer.status,
                     cases[i].answer.error, (int)retry_classify(&cases[i].answer));
        }
    }
}

static void test_attempts(void **state)
{
    (void)state;
    static const char *const set[][2] = {{"AWS_MAX_ATTEMPTS", "7"}, {NULL, NULL}};
    static const char *const odd[][2] = {{"AWS_MAX_ATTEMPTS", "many"}, {NULL, NULL}};
    struct environment seven = environment_of_pairs(set);
    struct environment nonsense = environment_of_pairs(odd);
    assert_int_equal(retry_max_attempts(CONNECT, 0, NULL, 0), 3);
    assert_int_equal(retry_max_attempts(DYNAMODB, 0, NULL, 0), 4);
    assert_int_equal(retry_max_attempts(DYNAMODB, 0, &seven, 0), 7);
    assert_int_equal(retry_max_attempts(DYNAMODB, 2, &seven, 9), 2);
    assert_int_equal(retry_max_attempts(CONNECT, 0, &nonsense, 9), 9);
}

static void test_quota(void **state)
{
    (void)state;
    struct retry_quota quota;
    retry_quota_init(&quota);
    assert_int_equal(retry_quota_take(&quota, RETRY_NOT), 0);
    int throttled = 0;
    while (retry_quota_take(&quota, RETRY_THROTTLING) > 0) {
        throttled++;
    }
    assert_int_equal(throttled, 100);
    retry_quota_init(&quota);
    int transient = 0;
    while (retry_quota_take(&quota, RETRY_TRANSIENT) > 0) {
        transient++;
    }
    assert_int_equal(transient, 35); // 500 / 14
    // What is left is enough for one cheap retry and not for a dear one.
    assert_int_equal(retry_quota_take(&quota, RETRY_SKEW), 0);
    assert_int_equal(retry_quota_take(&quota, RETRY_THROTTLING), 5);
    retry_quota_give_back(&quota, 14);
    assert_int_equal(retry_quota_take(&quota, RETRY_TRANSIENT), 14);
    for (int i = 0; i < 1000; i++) {
        retry_quota_give_back(&quota, 0);
    }
    assert_int_equal(quota.left, RETRY_QUOTA);
}

static void test_delays(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_TRANSIENT, 1, 0.5, NULL), 25);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_TRANSIENT, 3, 0.5, NULL), 100);
    assert_int_equal(retry_delay_ms(DYNAMODB, RETRY_TRANSIENT, 1, 0.5, NULL), 12);
    assert_int_equal(retry_delay_ms(DYNAMODB, RETRY_THROTTLING, 1, 0.5, NULL), 500);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 4, 0.5, NULL), 4000);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 60, 0.5, NULL), 10000);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 1, 0, NULL), 0);
    // x-amz-retry-after: not sooner than our own delay, not later than 5 s after it
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 1, 0.5, "1500"), 1500);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 1, 0.5, "10"), 500);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 1, 0.5, "600000"), 5500);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 1, 0.5, "-1"), 500);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 1, 0.5, "soon"), 500);
    assert_int_equal(retry_delay_ms(CONNECT, RETRY_THROTTLING, 1, 0.5, "1.5"), 500);
}

static void test_dates(void **state)
{
    (void)state;
    int64_t at_s = 0;
    assert_true(retry_parse_date("Sun, 06 Nov 1994 08:49:37 GMT", &at_s));
    assert_int_equal(at_s, 784111777);
    static const char *const bad[] = {
        "",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06 anF 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:3x GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "1994-11-06T08:49:37Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(retry_parse_date(bad[i], &at_s));
    }
}

/* The cases of the SDKs' common specification: sent, ended (ms), Date, what comes out. */
static void test_skew(void **state)
{
    (void)state;
    static const struct {
        int64_t sent_ms, ended_ms;
        const char *header;
        bool known;
        int64_t skew_ms;
    } cases[] = {
        {0, 2000, "Date: Thu, 01 Jan 1970 00:00:01 GMT", true, 0},
        {0, 2000, "Date: Thu, 01 Jan 1970 00:05:01 GMT", true, 300000},
        {0, 2000, "Date: Thu, 01 Jan 1970 00:02:01 GMT", true, 120000},
        {0, 960000, "Date: Thu, 01 Jan 1970 00:05:01 GMT", false, 0},
        {600000, 602000, "Date: Thu, 01 Jan 1970 00:00:01 GMT", true, -600000},
        {0, 2000, "Server: x", false, 0},
        {2000, 0, "Date: Thu, 01 Jan 1970 00:00:01 GMT", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_response response;
        http_response_init(&response);
        response.sent_at_ms = cases[i].sent_ms;
        response.ended_at_ms = cases[i].ended_ms;
        assert_true(http_response_add_line(&response, cases[i].header, strlen(cases[i].header)));
        int64_t skew_ms = 0;
        assert_int_equal(retry_skew(&response, &skew_ms), cases[i].known);
        if (cases[i].known) {
            assert_int_equal(skew_ms, cases[i].skew_ms);
            assert_true(http_response_add_line(&response, "Age: 3", 6));
            assert_false(retry_skew(&response, &skew_ms));
        }
        http_response_release(&response);
    }
}

/* When the n-th call goes, if each goes as soon as it may. */
static int64_t call_at(struct rate_limiter *pace, int calls, int64_t now_ms)
{
    for (int i = 0; i < calls; i++) {
        now_ms += rate_limiter_wait_ms(pace, now_ms);
        assert_int_equal(rate_limiter_wait_ms(pace, now_ms), 0);
        rate_limiter_take(pace, now_ms);
        rate_limiter_answered(pace, now_ms);
    }
    return now_ms;
}

static void test_pace(void **state)
{
    (void)state;
    struct rate_limiter pace;
    rate_limiter_init(&pace, 2, 5, 1000);
    assert_int_equal(call_at(&pace, 5, 1000), 1000); // the burst
    int64_t at_ms = call_at(&pace, 10, 1000);        // and then two a second
    assert_true(at_ms >= 6000 && at_ms <= 6020);
    assert_int_equal(call_at(&pace, 5, at_ms + 60000), at_ms + 60000); // never more than a burst
    assert_true(rate_limiter_wait_ms(&pace, at_ms + 60000) > 0);

    rate_limiter_init(&pace, 0, 0, 0);
    assert_int_equal(call_at(&pace, 1000, 0), 0);
}

/* The service counts from when the first call of a burst came there, not from when it was sent. */
static void test_pace_begins_with_an_answer(void **state)
{
    (void)state;
    struct rate_limiter pace;
    rate_limiter_init(&pace, 2, 5, 0);
    rate_limiter_take(&pace, 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(rate_limiter_wait_ms(&pace, 3000), 0);
        rate_limiter_take(&pace, 3000);
    }
    assert_true(rate_limiter_wait_ms(&pace, 3000) > 0); // three seconds of TLS filled nothing up
    rate_limiter_answered(&pace, 3000);
    assert_true(rate_limiter_wait_ms(&pace, 3000) > 400);
    assert_int_equal(rate_limiter_wait_ms(&pace, 3510), 0);
}

static void test_pace_adapts(void **state)
{
    (void)state;
    struct rate_limiter pace;
    rate_limiter_init(&pace, 2, 5, 0);
    rate_limiter_throttled(&pace, 0);
    assert_true(pace.rate == 2 && pace.burst == 4);  // one call of the burst was too much
    assert_true(rate_limiter_wait_ms(&pace, 0) > 0); // and what is left of it is gone
    rate_limiter_throttled(&pace, 900);
    assert_true(pace.rate == 2); // the same event
    rate_limiter_throttled(&pace, 1000);
    assert_true(pace.rate > 1.39 && pace.rate < 1.41 && pace.burst == 4);
    int64_t at_ms = 2000;
    for (int i = 0; i < 50; i++, at_ms += 1000) {
        rate_limiter_throttled(&pace, at_ms);
    }
    assert_true(pace.rate > 0.19 && pace.rate < 0.21); // a tenth, not nothing
    rate_limiter_succeeded(&pace, at_ms);
    assert_true(pace.rate < 0.21); // too soon
    for (int i = 0; i < 10; i++) {
        at_ms += 5000;
        rate_limiter_succeeded(&pace, at_ms);
    }
    assert_true(pace.rate == 2); // back, and not beyond
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_quota),
        cmocka_unit_test(test_delays),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_skew),
        cmocka_unit_test(test_pace),
        cmocka_unit_test(test_pace_adapts),
        cmocka_unit_test(test_pace_begins_with_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
