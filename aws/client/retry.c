#include "aws/client/retry.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define SKEW_TOLERATED_MS (INT64_C(4) * 60 * 1000)
#define ROUND_TRIP_MAX_MS (INT64_C(15) * 60 * 1000)
#define DELAY_CAP_MS 20000.0
#define RETRY_AFTER_EXTRA_MS 5000

static bool is_one_of(const char *text, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(text, *list) == 0) {
            return true;
        }
    }
    return false;
}

static bool retry_is_throttling_code(const char *error)
{
    static const char *const codes[] = {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "RequestThrottled",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
        NULL,
    };
    return is_one_of(error, codes);
}

bool retry_is_expired_code(const char *error)
{
    static const char *const codes[] = {"ExpiredToken", "ExpiredTokenException", "RequestExpired",
                                        NULL};
    return is_one_of(error, codes);
}

static bool is_skew_code(const char *error)
{
    static const char *const codes[] = {
        "RequestTimeTooSkewed",  "InvalidSignatureException",
        "SignatureDoesNotMatch", "AuthFailure",
        "AccessDeniedException", "RequestExpired",
        "RequestInTheFuture",    NULL,
    };
    return is_one_of(error, codes);
}

static bool is_transient(const struct retry_answer *answer)
{
    static const char *const codes[] = {
        "RequestTimeout",        "RequestTimeoutException",
        "IDPCommunicationError", "ReplicatedWriteConflictException",
        "InternalServerError",   "InternalServiceException",
        "InternalFailure",       "InternalError",
        "ServiceUnavailable",    NULL,
    };
    int status = answer->status;
    return answer->damaged || is_one_of(answer->error, codes) || status == 500 || status == 502 ||
           status == 503 || status == 504;
}

enum retry_class retry_classify(const struct retry_answer *answer)
{
    if (answer->failure != HTTP_OK) {
        return http_failure_may_retry(answer->failure) ? RETRY_TRANSIENT : RETRY_NOT;
    }
    // The name counts before the status: S3 says SlowDown with a 503.
    if (retry_is_throttling_code(answer->error)) {
        // A limit of what there may be, not of how fast one may ask, except in DynamoDB.
        bool is_limit = strcmp(answer->error, "LimitExceededException") == 0;
        return is_limit && answer->service != SERVICE_DYNAMODB && answer->status != 429
                   ? RETRY_NOT
                   : RETRY_THROTTLING;
    }
    bool skewed = answer->skew_known &&
                  (answer->skew_ms > SKEW_TOLERATED_MS || answer->skew_ms < -SKEW_TOLERATED_MS);
    if (skewed && is_skew_code(answer->error)) {
        return RETRY_SKEW;
    }
    if (is_transient(answer)) {
        return RETRY_TRANSIENT;
    }
    return answer->status == 429 ? RETRY_THROTTLING : RETRY_NOT;
}

/* ---- how often --------------------------------------------------------------------------- */

int retry_max_attempts(enum aws_service service, int configured,
                       const struct environment *environment, int otherwise)
{
    if (configured > 0) {
        return configured;
    }
    const char *text = environment ? environment_get(environment, "AWS_MAX_ATTEMPTS") : NULL;
    int64_t value = 0;
    if (text && text_to_int64(text, 1, 100, &value)) {
        return (int)value;
    }
    if (otherwise > 0) {
        return otherwise;
    }
    return service == SERVICE_DYNAMODB ? 4 : 3;
}

void retry_quota_init(struct retry_quota *quota)
{
    quota->left = RETRY_QUOTA;
}

int retry_quota_take(struct retry_quota *quota, enum retry_class class)
{
    int cost = class == RETRY_THROTTLING ? 5 : 14;
    if (class == RETRY_NOT || quota->left < cost) {
        return 0;
    }
    quota->left -= cost;
    return cost;
}

void retry_quota_give_back(struct retry_quota *quota, int last_cost)
{
    quota->left += last_cost > 0 ? last_cost : 1;
    if (quota->left > RETRY_QUOTA) {
        quota->left = RETRY_QUOTA;
    }
}

/* ---- how long ---------------------------------------------------------------------------- */

int64_t retry_delay_ms(enum aws_service service, enum retry_class class, int retry, double chance,
                       const char *retry_after)
{
    double delay = class == RETRY_THROTTLING ? 1000 : service == SERVICE_DYNAMODB ? 25 : 50;
    for (int i = 1; i < retry && delay < DELAY_CAP_MS; i++) {
        delay *= 2;
    }
    delay = chance * (delay < DELAY_CAP_MS ? delay : DELAY_CAP_MS);
    int64_t jittered_ms = (int64_t)delay;
    int64_t asked_ms = 0;
    if (!retry_after || !text_to_int64(retry_after, 0, INT64_MAX, &asked_ms) ||
        asked_ms < jittered_ms) {
        return jittered_ms;
    }
    int64_t most_ms = jittered_ms + RETRY_AFTER_EXTRA_MS;
    return asked_ms < most_ms ? asked_ms : most_ms;
}

/* ---- whose clock is right ---------------------------------------------------------------- */

/* `count` digits at `text`, or -1. */
static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

bool retry_parse_date(const char *text, int64_t *at_s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const char shape[] = "Aaa, 00 Aaa 0000 00:00:00 GMT";
    if (strlen(text) != sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; shape[i]; i++) {
        bool free_place = shape[i] == 'A' || shape[i] == 'a' || shape[i] == '0';
        if (!free_place && text[i] != shape[i]) {
            return false;
        }
    }
    char name[4] = {text[8], text[9], text[10], '\0'};
    const char *month = strstr(months, name);
    struct clock_date date = {
        .year = digits(text + 12, 4),
        .month = month ? (int)(month - months) / 3 + 1 : -1,
        .day = digits(text + 5, 2),
        .hour = digits(text + 17, 2),
        .minute = digits(text + 20, 2),
        .second = digits(text + 23, 2),
    };
    if (!month || (month - months) % 3 != 0 || date.year < 1970 || date.day < 1 || date.day > 31 ||
        date.hour < 0 || date.hour > 23 || date.minute < 0 || date.minute > 59 || date.second < 0 ||
        date.second > 60) {
        return false;
    }
    *at_s = clock_from_date_utc(&date);
    return true;
}

bool retry_skew(const struct http_response *response, int64_t *skew_ms)
{
    const char *text = http_response_header(response, "date");
    int64_t round_trip_ms = response->ended_at_ms - response->sent_at_ms;
    int64_t at_s = 0;
    if (response->failure != HTTP_OK || !text || http_response_header(response, "age") ||
        round_trip_ms < 0 || round_trip_ms > ROUND_TRIP_MAX_MS || !retry_parse_date(text, &at_s)) {
        return false;
    }
    *skew_ms = at_s * 1000 - (response->sent_at_ms + round_trip_ms / 2);
    return true;
}
