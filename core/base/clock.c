#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/platform.h"

#include "core/base/banned.h"

static int64_t system_now_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct clock clock_system = {.now_ms = system_now_ms, .context = NULL};

int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock->context);
}

int64_t clock_now_s(const struct clock *clock)
{
    return clock_now_ms(clock) / 1000;
}

bool clock_synchronised(const struct clock *clock)
{
    return clock->synchronised ? clock->synchronised(clock->context) : platform_clock_is_kept();
}

int64_t clock_ticks_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- calendar ---------------------------------------------------------------------------- */

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar; the year begins in March,
   so that the leap day is its last. */
static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct clock_date clock_date_utc(int64_t at_s)
{
    time_t t = (time_t)at_s;
    struct tm tm;
    if (!gmtime_r(&t, &tm)) {
        return (struct clock_date){.year = 1970, .month = 1, .day = 1};
    }
    return (struct clock_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                               tm.tm_hour,        tm.tm_min,     tm.tm_sec};
}

int64_t clock_from_date_utc(const struct clock_date *date)
{
    return days_from_date(date->year, date->month, date->day) * 86400 + INT64_C(3600) * date->hour +
           INT64_C(60) * date->minute + date->second;
}

void clock_format_s(int64_t at_s, char out[CLOCK_TEXT_MAX])
{
    struct clock_date d = clock_date_utc(at_s);
    snprintf(out, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year % 10000, d.month, d.day,
             d.hour, d.minute, d.second);
}

void clock_format_ms(int64_t at_ms, char out[CLOCK_TEXT_MAX])
{
    int64_t at_s = at_ms >= 0 ? at_ms / 1000 : -((-at_ms + 999) / 1000);
    struct clock_date d = clock_date_utc(at_s);
    snprintf(out, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year % 10000, d.month,
             d.day, d.hour, d.minute, d.second, (int)(at_ms - at_s * 1000));
}

/* Reads exactly `count` digits at *text and moves on; -1 if there are fewer. */
static int digits(const char **text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    *text += count;
    return value;
}

static bool separator(const char **text, char wanted)
{
    if (**text != wanted) {
        return false;
    }
    (*text)++;
    return true;
}

static int fraction_ms(const char **text)
{
    int ms = 0;
    int scale = 100;
    while (**text >= '0' && **text <= '9') {
        ms += (**text - '0') * scale;
        scale /= 10;
        (*text)++;
    }
    return ms;
}

static bool offset_s(const char **text, int *seconds)
{
    if (separator(text, 'Z') || separator(text, 'z')) {
        *seconds = 0;
        return true;
    }
    int sign = **text == '-' ? -1 : 1;
    if (!separator(text, '+') && !separator(text, '-')) {
        return false;
    }
    int hours = digits(text, 2);
    separator(text, ':');
    int minutes = hours < 0 ? -1 : digits(text, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return false;
    }
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool clock_parse(const char *text, int64_t *at_ms)
{
    const char *s = text;
    struct clock_date d;
    int ms = 0;
    int offset = 0;
    if ((d.year = digits(&s, 4)) < 0 || !separator(&s, '-') || (d.month = digits(&s, 2)) < 1 ||
        d.month > 12 || !separator(&s, '-') || (d.day = digits(&s, 2)) < 1 ||
        d.day > days_in_month(d.year, d.month)) {
        return false;
    }
    if (!separator(&s, 'T') && !separator(&s, 't') && !separator(&s, ' ')) {
        return false;
    }
    if ((d.hour = digits(&s, 2)) < 0 || d.hour > 23 || !separator(&s, ':') ||
        (d.minute = digits(&s, 2)) < 0 || d.minute > 59 || !separator(&s, ':') ||
        (d.second = digits(&s, 2)) < 0 || d.second > 60) {
        return false;
    }
    if (separator(&s, '.')) {
        ms = fraction_ms(&s);
    }
    if (!offset_s(&s, &offset) || *s != '\0') {
        return false;
    }
    *at_ms = (clock_from_date_utc(&d) - offset) * 1000 + ms;
    return true;
}

/* ---- spans ------------------------------------------------------------------------------- */

bool clock_parse_duration(const char *text, int64_t *seconds)
{
    int64_t value = 0;
    size_t i = 0;
    for (; text[i] >= '0' && text[i] <= '9'; i++) {
        if (i >= 9) {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    if (i == 0 || (text[i] != '\0' && text[i + 1] != '\0')) {
        return false;
    }
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++) {
        if (units[k].unit == text[i]) {
            *seconds = value * units[k].seconds;
            return true;
        }
    }
    return false;
}

void clock_format_span(int64_t seconds, char out[CLOCK_TEXT_MAX])
{
    int64_t s = seconds < 0 ? -seconds : seconds;
    if (s < 60) {
        snprintf(out, CLOCK_TEXT_MAX, "%ds", (int)s);
    } else if (s < 3600) {
        snprintf(out, CLOCK_TEXT_MAX, "%dm", (int)(s / 60));
    } else if (s < 86400) {
        snprintf(out, CLOCK_TEXT_MAX, "%dh", (int)(s / 3600));
    } else {
        snprintf(out, CLOCK_TEXT_MAX, "%lldd", (long long)(s / 86400));
    }
}
