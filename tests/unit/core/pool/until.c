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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_a_day_ends_in_the_zone_of_who_asks),
        cmocka_unit_test(test_what_is_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
