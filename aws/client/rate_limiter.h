#ifndef AWS_CLIENT_RATE_LIMITER_H
#define AWS_CLIENT_RATE_LIMITER_H

/*
 * How fast a client asks: a token bucket that is filled at a steady rate.
 *
 * Amazon Connect lets an account make 2 calls a second, 5 at once after a rest, and everybody in
 * the account shares that. So the rate goes down when the service says "too fast" all the same,
 * because somebody else is asking too, and climbs back to what was configured while it does not.
 * https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html
 */

#include <stdbool.h>
#include <stdint.h>

struct rate_limiter {
    double rate;       /* tokens a second now; 0: no limit at all */
    double configured; /* what it climbs back to */
    double burst;
    double tokens;
    int64_t at_ms;          /* when `tokens` was right */
    int64_t quiet_since_ms; /* the last time that it was throttled or climbed */
    bool gave_back;         /* one call of the burst */
    bool unanswered;        /* the first call of a burst: nothing is filled up until its answer */
};

/* `rate` 0: everything may go at once. */
void rate_limiter_init(struct rate_limiter *pace, double rate, double burst, int64_t now_ms);

/* How long until the next call may go; 0: now. */
int64_t rate_limiter_wait_ms(struct rate_limiter *pace, int64_t now_ms);

/* A call goes now. */
void rate_limiter_take(struct rate_limiter *pace, int64_t now_ms);

/* The answer to a call came, or it failed. The service's bucket begins to fill when the first call of
   a burst arrives there, after TLS; we know of that moment only that it is over now. */
void rate_limiter_answered(struct rate_limiter *pace, int64_t now_ms);

/* The service has said "too fast": the bucket is empty. The first time the burst was too large by a
   call: requests bunch up on their way, since the first one waited for TLS and the later ones did
   not. After that it is the rate: 0.7 of it, not below a tenth of what was configured. Several such
   answers within a second are one. */
void rate_limiter_throttled(struct rate_limiter *pace, int64_t now_ms);

/* It has not: a fifth of the configured rate more for every 5 quiet seconds. */
void rate_limiter_succeeded(struct rate_limiter *pace, int64_t now_ms);

#endif
