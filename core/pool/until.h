#ifndef CORE_POOL_UNTIL_H
#define CORE_POOL_UNTIL_H

/*
 * When a reservation ends, as a person writes it:
 *
 *     2026-12-24T18:00:00Z     that moment (RFC 3339)
 *     2026-12-24               the end of that day in the zone of who asks
 *     30d                      so long after now: s, m, h, d, w
 *     never                    no end
 */

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct until {
    bool given;
    int64_t at_s; /* 0: never, or `in_s` says */
    int64_t in_s; /* more than 0: so long after now */
};

/* ERR_INPUT names the forms. Whether it is over is for the plan to say, which knows the time. */
enum err_code until_parse(const char *text, struct until *until, struct err *err) ERR_CHECK;

/* The moment; 0: never. */
int64_t until_moment_s(const struct until *until, int64_t now_s);

#endif
