#ifndef AWS_CLIENT_RETRY_H
#define AWS_CLIENT_RETRY_H

/*
 * When to try again, and how long to wait before it: the SDKs' standard mode as it is since 2026.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 *
 * Everything here is arithmetic on its arguments; time and chance come in from outside.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/config/endpoint.h"
#include "aws/http/http.h"
#include "core/base/environ.h"

enum retry_class {
    RETRY_NOT,        /* final */
    RETRY_TRANSIENT,  /* the service or the way to it had a moment of weakness */
    RETRY_THROTTLING, /* asked too fast */
    RETRY_SKEW        /* our clock is wrong; the next attempt is signed with the corrected time */
};

/* What an attempt came to. */
struct retry_answer {
    enum aws_service service;
    enum http_failure failure;
    int status;
    const char *error; /* the service's name for it; "" for none */
    bool damaged;      /* the body is not what was sent (checksum) or not what it should be */
    bool skew_known;   /* the answer told the service's time ... */
    int64_t skew_ms;   /* ... which is ahead of ours by this much */
};

enum retry_class retry_classify(const struct retry_answer *answer);

/* Credentials that the service no longer takes; new ones may help. */
bool retry_is_expired_code(const char *error);

/* ---- how often --------------------------------------------------------------------------- */

/* `configured` (> 0: from the profile or an option), else AWS_MAX_ATTEMPTS, else `otherwise`
   (> 0), else the standard's: 4 for DynamoDB, 3 for the others. The first attempt counts. */
int retry_max_attempts(enum aws_service service, int configured,
                       const struct environment *environment, int otherwise);

/* The quota that keeps a client from making an outage worse: retries cost, successes give back. */
#define RETRY_QUOTA 500

struct retry_quota {
    int left;
};

void retry_quota_init(struct retry_quota *quota);

/* The cost, taken from the quota, or 0 where not enough is left: do not retry. */
int retry_quota_take(struct retry_quota *quota, enum retry_class class);

/* A call has succeeded; `last_cost` is what its last retry took, 0 if it needed none. */
void retry_quota_give_back(struct retry_quota *quota, int last_cost);

/* ---- how long ---------------------------------------------------------------------------- */

/* Before retry number `retry` (1, 2, ...). `chance` is uniform in [0, 1). `retry_after` is the
   value of x-amz-retry-after (milliseconds), NULL if there was none. */
int64_t retry_delay_ms(enum aws_service service, enum retry_class class, int retry, double chance,
                       const char *retry_after);

/* ---- whose clock is right ---------------------------------------------------------------- */

/* How far the service's clock is ahead of ours, from one answer: its Date against the middle of
   the exchange. False if the answer does not tell (no Date, or it comes from a cache, or the
   exchange took more than 15 minutes). */
bool retry_skew(const struct http_response *response, int64_t *skew_ms);

/* "Sun, 06 Nov 1994 08:49:37 GMT"; false for anything else. */
bool retry_parse_date(const char *text, int64_t *at_s);

#endif
