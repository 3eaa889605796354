#ifndef CORE_POOL_UNTIL_H
#define CORE_POOL_UNTIL_H

/*
 * Moments, as a person writes them. When a reservation ends:
 *
 *     2026-12-24T18:00:00Z     that moment (RFC 3339)
 *     2026-12-24               the end of that day in the zone of who asks
 *     30d                      so long after now: s, m, h, d, w
 *     never                    no end
 *
 * What is asked about the past: the same, but 30d is so long ago, "never" is not a moment, and a day
 * is its begin if the question starts there.
 */

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct until {
    bool given;
    bool day;      /* it was given as a day */
    int64_t at_s;  /* 0: never, or `in_s` says */
    int64_t in_s;  /* more than 0: so long after now, or before it */
    int64_t at_ms; /* the same as `at_s`, to the millisecond */
};

/* ERR_INPUT names the forms. Whether it is over is for the plan to say, which knows the time. */
enum err_code until_parse(const char *text, struct until *until, struct err *err) ERR_CHECK;

/* The moment; 0: never. */
int64_t until_moment_s(const struct until *until, int64_t now_s);

/* A moment of the past. A day alone is its begin (PAST_SINCE) or its end (PAST_UNTIL). ERR_INPUT names
   the forms. Whether it lies in the past is for the caller to say, who knows the time. */
enum past_kind { PAST_SINCE, PAST_UNTIL };
enum err_code past_parse(const char *text, enum past_kind kind, struct until *until,
                         struct err *err) ERR_CHECK;

/* The moment; 0: not given. */
int64_t past_moment_ms(const struct until *until, int64_t now_ms);

#endif
