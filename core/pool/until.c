#include "core/pool/until.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"

#include "core/base/banned.h"

#define LAST_S INT64_C(253402300799) /* the end of the year 9999, the last that RFC 3339 has */

/* The first moment of that day in the zone of the process, or of the day after it. */
static bool day_moment(const char *text, int days_after, int64_t *at_s)
{
    char midnight[CLOCK_TEXT_MAX];
    int64_t at_ms;
    if (strlen(text) != strlen("2026-12-24")) {
        return false;
    }
    snprintf(midnight, sizeof midnight, "%sT00:00:00Z", text);
    if (!clock_parse(midnight, &at_ms)) {
        return false;
    }
    struct clock_date day = clock_date_utc(at_ms / 1000);
    struct tm local = {.tm_year = day.year - 1900,
                       .tm_mon = day.month - 1,
                       .tm_mday = day.day + days_after,
                       .tm_isdst = -1};
    *at_s = mktime(&local);
    return true;
}

/* A day, a duration or a moment; *is false: it is none of them. */
static enum err_code take_moment(const char *text, int days_after, struct until *until, bool *is,
                                 struct err *err)
{
    size_t length = strlen(text);
    bool has_unit = length > 0 && strchr("smhdw", text[length - 1]);
    *until = (struct until){.given = true};
    *is = true;
    if (day_moment(text, days_after, &until->at_s)) {
        until->at_ms = until->at_s * 1000;
        until->day = true;
        return until->at_s <= LAST_S ? ERR_OK
                                     : err_set(err, ERR_INPUT, "\"%s\" is too far away", text);
    }
    if (has_unit && clock_parse_duration(text, &until->in_s) && until->in_s > 0) {
        return until->in_s <= 36500 * CLOCK_DAY_S
                   ? ERR_OK
                   : err_set(err, ERR_INPUT, "\"%s\" is longer than 36500d", text);
    }
    *is = clock_parse(text, &until->at_ms);
    if (*is) {
        int64_t at_s = until->at_ms / 1000;
        until->at_s = at_s == 0 ? 1 : at_s; /* 0 means never, and 1 is over too */
    }
    return ERR_OK;
}

enum err_code until_parse(const char *text, struct until *until, struct err *err)
{
    bool is;
    enum err_code code = take_moment(text, 1, until, &is, err);
    if (is || strcmp(text, "never") == 0) {
        return code;
    }
    err_set(err, ERR_INPUT, "\"%s\" is not a date and not a duration", text);
    err_hint(err,
             "Write a day (2026-12-24: to its end), a moment (2026-12-24T18:00:00Z), a duration "
             "from now (30d, 12h), or never");
    return ERR_INPUT;
}

enum err_code past_parse(const char *text, enum past_kind kind, struct until *until,
                         struct err *err)
{
    bool is;
    bool ends = kind == PAST_UNTIL;
    enum err_code code = take_moment(text, ends ? 1 : 0, until, &is, err);
    if (is) {
        return code;
    }
    err_set(err, ERR_INPUT, "\"%s\" is not a date and not a duration", text);
    err_hint(err,
             "Write a day (2026-10-03: %s), a moment (2026-10-03T18:00:00Z), or how long ago "
             "(7d, 12h)",
             ends ? "to its end" : "from its begin");
    return ERR_INPUT;
}

int64_t past_moment_ms(const struct until *until, int64_t now_ms)
{
    if (!until->given) {
        return 0;
    }
    int64_t at_ms = until->in_s > 0 ? now_ms - until->in_s * 1000 : until->at_ms;
    return at_ms > 0 ? at_ms : 1; /* 0 means not given */
}

int64_t until_moment_s(const struct until *until, int64_t now_s)
{
    return until->in_s > 0 ? now_s + until->in_s : until->at_s;
}
