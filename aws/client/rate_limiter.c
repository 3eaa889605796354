#include "aws/client/rate_limiter.h"

#include "core/base/banned.h"

#define SLOWER 0.7
#define LOWEST_SHARE 0.1
#define CLIMB_SHARE 0.2
#define CLIMB_EVERY_MS 5000
#define SAME_EVENT_MS 1000

void rate_limiter_init(struct rate_limiter *pace, double rate, double burst, int64_t now_ms)
{
    *pace = (struct rate_limiter){
        .rate = rate,
        .configured = rate,
        .burst = burst >= 1 ? burst : 1,
        .at_ms = now_ms,
        .quiet_since_ms = now_ms - SAME_EVENT_MS,
    };
    pace->tokens = pace->burst;
}

static void fill(struct rate_limiter *pace, int64_t now_ms)
{
    if (pace->unanswered) {
        pace->at_ms = now_ms;
    } else if (now_ms > pace->at_ms) {
        pace->tokens += pace->rate * (double)(now_ms - pace->at_ms) / 1000;
        pace->at_ms = now_ms;
    }
    if (pace->tokens > pace->burst) {
        pace->tokens = pace->burst;
    }
}

int64_t rate_limiter_wait_ms(struct rate_limiter *pace, int64_t now_ms)
{
    if (pace->rate <= 0) {
        return 0;
    }
    fill(pace, now_ms);
    if (pace->tokens >= 1) {
        return 0;
    }
    return (int64_t)((1 - pace->tokens) * 1000 / pace->rate) + 1;
}

void rate_limiter_take(struct rate_limiter *pace, int64_t now_ms)
{
    if (pace->rate > 0) {
        fill(pace, now_ms);
        pace->unanswered = pace->unanswered || pace->tokens >= pace->burst;
        pace->tokens -= 1;
    }
}

void rate_limiter_answered(struct rate_limiter *pace, int64_t now_ms)
{
    if (pace->unanswered) {
        pace->unanswered = false;
        pace->at_ms = now_ms;
    }
}

void rate_limiter_throttled(struct rate_limiter *pace, int64_t now_ms)
{
    if (pace->rate <= 0) {
        return;
    }
    fill(pace, now_ms);
    if (pace->tokens > 0) {
        pace->tokens = 0;
    }
    if (!pace->gave_back && pace->burst >= 2) {
        pace->gave_back = true;
        pace->burst -= 1;
        pace->quiet_since_ms = now_ms;
    } else if (now_ms - pace->quiet_since_ms >= SAME_EVENT_MS) {
        double lowest = LOWEST_SHARE * pace->configured;
        pace->rate = pace->rate * SLOWER > lowest ? pace->rate * SLOWER : lowest;
        pace->quiet_since_ms = now_ms;
    }
}

void rate_limiter_succeeded(struct rate_limiter *pace, int64_t now_ms)
{
    if (pace->rate < pace->configured && now_ms - pace->quiet_since_ms >= CLIMB_EVERY_MS) {
        fill(pace, now_ms);
        double higher = pace->rate + CLIMB_SHARE * pace->configured;
        pace->rate = higher < pace->configured ? higher : pace->configured;
        pace->quiet_since_ms = now_ms;
    }
}
