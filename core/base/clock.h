#ifndef CORE_BASE_CLOCK_H
#define CORE_BASE_CLOCK_H

/*
 * Time. The clock is an argument wherever a rule depends on it, so that tests choose the time.
 * Points in time are UTC: seconds (`_s`) or milliseconds (`_ms`) since 1970.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*now_ms)(void *context);
    void *context;
    /* What a service says the time is; NULL: its answers tell (aws/client/client.h). For tests. */
    int64_t (*service_now_ms)(void *context);
    /* Whether something keeps this clock right; NULL: the system tells. */
    bool (*synchronised)(void *context);
};

#define CLOCK_DAY_S INT64_C(86400)

/* The machine's clock. */
extern const struct clock clock_system;

int64_t clock_now_ms(const struct clock *clock);
int64_t clock_now_s(const struct clock *clock);

/* False if the kernel says that nothing keeps the clock right (no NTP, no PTP). */
bool clock_synchronised(const struct clock *clock);

/* Milliseconds that only go forward, for durations. */
int64_t clock_ticks_ms(void);

#define CLOCK_TEXT_MAX 32

/* "2026-11-22T20:32:01Z" and "2026-11-22T20:32:01.123Z" (RFC 3339). */
void clock_format_s(int64_t at_s, char out[CLOCK_TEXT_MAX]);
void clock_format_ms(int64_t at_ms, char out[CLOCK_TEXT_MAX]);

/* RFC 3339 with or without a fraction, with Z or an offset; false for anything else. */
bool clock_parse(const char *text, int64_t *at_ms);

/* UTC calendar fields of a point in time. */
struct clock_date {
    int year, month, day, hour, minute, second;
};
struct clock_date clock_date_utc(int64_t at_s);
int64_t clock_from_date_utc(const struct clock_date *date);

/* "90s", "15m", "12h", "7d", "2w", or seconds without a unit; not negative. */
bool clock_parse_duration(const char *text, int64_t *seconds);

/* How long ago or how long still, for people: "3s", "41m", "7h", "12d". */
void clock_format_span(int64_t seconds, char out[CLOCK_TEXT_MAX]);

#endif
