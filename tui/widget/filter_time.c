/*
 * Ages and days in a filter: `7d`, `>90d`, `2026-11-20`, `2026-11-20..`, `2026-11-01..2026-11-30`.
 */

#include "tui/widget/filter_value.h"

#include <string.h>
#include <time.h>

#include "core/base/clock.h"

#include "core/base/banned.h"

#define EARLIEST_S 1 /* 0 is a time that is not known */
#define AGE_DIGITS 7
#define DAY_LENGTH 10 /* 2026-11-20 */

/* `7d`, `<7d`: as near as that; `>7d`: further away. */
static enum filter_verdict read_age(int64_t now_s, bool ahead, const char *text, size_t length,
                                    struct filter_value *value)
{
    static const char units[] = "mhdw";
    static const int64_t seconds[] = {60, 3600, CLOCK_DAY_S, 7 * CLOCK_DAY_S};
    bool further = length > 0 && text[0] == '>';
    size_t at = further || (length > 0 && text[0] == '<');
    size_t first = at;
    int64_t count = 0;
    while (at < length && text[at] >= '0' && text[at] <= '9' && at - first < AGE_DIGITS) {
        count = count * 10 + (text[at++] - '0');
    }
    if (at == length) {
        return FILTER_OPEN;
    }
    const char *unit = at > first ? memchr(units, text[at], sizeof units - 1) : NULL;
    if (!unit || at + 1 != length) {
        return FILTER_WRONG;
    }
    int64_t span_s = count * seconds[unit - units];
    int64_t edge_s = ahead ? now_s + span_s : now_s - span_s;
    value->test = TEST_TIME;
    value->low = ahead == further ? edge_s + ahead : EARLIEST_S;
    value->high = ahead == further ? INT64_MAX : edge_s - (further && !ahead);
    value->low = value->low < EARLIEST_S ? EARLIEST_S : value->low;
    return FILTER_HOLDS;
}

/* The first moment of that day, or of the next one, in the zone of the process. */
static int64_t midnight(const struct clock_date *day, int later)
{
    struct tm local = {.tm_year = day->year - 1900,
                       .tm_mon = day->month - 1,
                       .tm_mday = day->day + later,
                       .tm_isdst = -1};
    return mktime(&local);
}

/* FILTER_OPEN: it is the beginning of a day. */
static enum filter_verdict read_day(const char *text, size_t length, struct clock_date *day)
{
    static const char form[] = "0000-00-00";
    static const char behind[] = "T00:00:00Z";
    char whole[sizeof form + sizeof behind];
    int64_t at_ms;
    if (length > DAY_LENGTH) {
        return FILTER_WRONG;
    }
    for (size_t i = 0; i < length; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !digit : text[i] != '-') {
            return FILTER_WRONG;
        }
    }
    if (length < DAY_LENGTH) {
        return FILTER_OPEN;
    }
    memcpy(whole, text, DAY_LENGTH);
    memcpy(whole + DAY_LENGTH, behind, sizeof behind);
    if (!clock_parse(whole, &at_ms)) {
        return FILTER_WRONG;
    }
    *day = clock_date_utc(at_ms / 1000);
    return FILTER_HOLDS;
}

static enum filter_verdict read_days(const char *text, size_t length, struct filter_value *value)
{
    struct clock_date day;
    size_t first = length < DAY_LENGTH ? length : DAY_LENGTH;
    enum filter_verdict verdict = read_day(text, first, &day);
    if (verdict != FILTER_HOLDS) {
        return verdict;
    }
    value->test = TEST_TIME;
    value->low = midnight(&day, 0);
    value->high = midnight(&day, 1) - 1;
    if (length == DAY_LENGTH) {
        return FILTER_HOLDS;
    }
    if (text[DAY_LENGTH] != '.' || (length > DAY_LENGTH + 1 && text[DAY_LENGTH + 1] != '.')) {
        return FILTER_WRONG;
    }
    if (length < DAY_LENGTH + 2) {
        return FILTER_OPEN;
    }
    value->high = INT64_MAX;
    if (length == DAY_LENGTH + 2) {
        return FILTER_HOLDS;
    }
    verdict = read_day(text + DAY_LENGTH + 2, length - DAY_LENGTH - 2, &day);
    if (verdict == FILTER_HOLDS) {
        value->high = midnight(&day, 1) - 1;
        verdict = value->high < value->low ? FILTER_WRONG : FILTER_HOLDS;
    }
    return verdict;
}

enum filter_verdict filter_time_read(int64_t now_s, bool ahead, const char *text, size_t length,
                                     struct filter_value *value)
{
    enum filter_verdict age = read_age(now_s, ahead, text, length, value);
    enum filter_verdict days = age == FILTER_HOLDS ? age : read_days(text, length, value);
    return age == FILTER_OPEN && days == FILTER_WRONG ? FILTER_OPEN : days;
}
