#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/pool/until.h"

#define NOW_S INT64_C(1795379521) /* 2026-11-22T20:32:01Z */

static void set_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static void expect_moment(const char *text, const char *moment)
{
    struct until until;
    char shown[CLOCK_TEXT_MAX] = "never";
    struct err err = ERR_INIT;
    if (until_parse(text, &until, &err) != ERR_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    int64_t at_s = until_moment_s(&until, NOW_S);
    if (at_s != 0) {
        clock_format_s(at_s, shown);
    }
    assert_true(until.given);
    assert_string_equal(shown, moment);
}

static void test_moments(void **state)
{
    (void)state;
    set_zone("UTC0");
    expect_moment("2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z");
    expect_moment("2026-12-24T18:00:00+02:00", "2026-12-24T16:00:00Z");
    expect_moment("30d", "2026-12-22T20:32:01Z");
    expect_moment("90s", "2026-11-22T20:33:31Z");
    expect_moment("never", "never");
    expect_moment("1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"); /* over, and not "never" */
}

static void test_a_day_ends_in_the_zone_of_who_asks(void **state)
{
    (void)state;
    set_zone("UTC0");
    expect_moment("2026-12-24", "2026-12-25T00:00:00Z");
    expect_moment("2026-12-31", "2027-01-01T00:00:00Z");
    expect_moment("2028-02-29", "2028-03-01T00:00:00Z");
    set_zone("EST5");
    expect_moment("2026-12-24", "2026-12-25T05:00:00Z");
    /* the clocks go forward at the end of March, and back at the end of October */
    set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    expect_moment("2026-03-28", "2026-03-28T23:00:00Z");
    expect_moment("2026-03-29", "2026-03-29T22:00:00Z");
    expect_moment("2026-10-25", "2026-10-25T23:00:00Z");
    set_zone("UTC0");
}

static void test_what_is_no_end(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "tomorrow",
        "2026",
        "30",
        "0d",
        "-3d",
        "2026-02-30",
        "2027-02-29",
        "2026-13-01",
        "24.12.2026",
        "36501d",
        "3y",
        "Never",
        "2026-12-24T18:00:00",
        "2026-12-24T18:00:00Zx",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct until until;
        struct err err = ERR_INIT;
        if (until_parse(texts[i], &until, &err) != ERR_INPUT || !err.text[0]) {
            fail_msg("%s is taken", texts[i]);
        }
    }
}

/* ---- what is asked about the past ------------------------------------------------------------ */

static void expect_past(const char *text, enum past_kind kind, const char *moment)
{
    struct until until;
    char shown[CLOCK_TEXT_MAX];
    struct err err = ERR_INIT;
    if (past_parse(text, kind, &until, &err) != ERR_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    clock_format_ms(past_moment_ms(&until, NOW_S * 1000), shown);
    assert_string_equal(shown, moment);
}

static void test_moments_of_the_past(void **state)
{
    (void)state;
    set_zone("UTC0");
    expect_past("2026-10-03", PAST_SINCE, "2026-10-03T00:00:00.000Z");
    expect_past("2026-10-03", PAST_UNTIL, "2026-10-04T00:00:00.000Z");
    expect_past("2026-10-03T18:00:00.250+02:00", PAST_SINCE, "2026-10-03T16:00:00.250Z");
    expect_past("7d", PAST_SINCE, "2026-11-15T20:32:01.000Z");
    expect_past("12h", PAST_UNTIL, "2026-11-22T08:32:01.000Z");
    expect_past("36500d", PAST_SINCE, "1970-01-01T00:00:00.001Z"); /* before there was a clock */
    set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    expect_past("2026-10-25", PAST_SINCE, "2026-10-24T22:00:00.000Z");
    expect_past("2026-10-25", PAST_UNTIL, "2026-10-25T23:00:00.000Z");
    set_zone("UTC0");
    assert_int_equal(past_moment_ms(&(struct until){.given = false}, NOW_S * 1000), 0);
}

static void test_what_is_no_moment_of_the_past(void **state)
{
    (void)state;
    static const char *const texts[] = {"",   "never",      "yesterday", "7",
                                        "0d", "2026-02-30", "36501d"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct until until;
        struct err err = ERR_INIT;
        if (past_parse(texts[i], PAST_SINCE, &until, &err) != ERR_INPUT || !err.text[0]) {
            fail_msg("%s is taken", texts[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_a_day_ends_in_the_zone_of_who_asks),
        cmocka_unit_test(test_what_is_no_end),
        cmocka_unit_test(test_moments_of_the_past),
        cmocka_unit_test(test_what_is_no_moment_of_the_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
