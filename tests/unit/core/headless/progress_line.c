#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/headless/progress_line.h"

/* The line that a long run shows on a terminal, with a clock that the test turns. */

#define WIPED "\r\033[K"

static int64_t s_now_ms;

static int64_t now_ms(void)
{
    return s_now_ms;
}

struct screen {
    struct progress_line line;
    FILE *file;
    char *text;
    size_t length;
};

static void start(struct screen *screen, size_t columns)
{
    *screen = (struct screen){.file = NULL};
    screen->file = open_memstream(&screen->text, &screen->length);
    progress_line_init(&screen->line, screen->file, columns);
    screen->line.ticks_ms = now_ms;
    screen->line.start_ms = screen->line.drawn_ms = s_now_ms = 1000;
}

static void stop(struct screen *screen)
{
    fclose(screen->file);
    free(screen->text);
}

static void tell(struct screen *screen, int64_t at_ms, struct progress_report report)
{
    s_now_ms = 1000 + at_ms;
    progress_update(&screen->line.progress, &report);
    fflush(screen->file);
}

static void quick_work_shows_nothing(void **state)
{
    (void)state;
    struct screen screen;
    start(&screen, 80);
    tell(&screen, 10, (struct progress_report){.phase = "reading", .done = 1});
    tell(&screen, 499, (struct progress_report){.phase = "reading", .done = 2});
    progress_line_end(&screen.line);
    fflush(screen.file);
    assert_int_equal(screen.length, 0);
    stop(&screen);
}

static void slow_work_shows_a_line_and_wipes_it(void **state)
{
    (void)state;
    struct screen screen;
    start(&screen, 80);
    tell(&screen, 500, (struct progress_report){.phase = "reading", .done = 1200, .pages = 12});
    assert_string_equal(screen.text, WIPED "reading 1,200, page 12");
    tell(&screen, 699, (struct progress_report){.phase = "reading", .done = 1300, .pages = 13});
    assert_string_equal(screen.text, WIPED "reading 1,200, page 12");
    tell(&screen, 700, (struct progress_report){.phase = "reading", .done = 1400, .throttled = 2});
    assert_string_equal(screen.text,
                        WIPED "reading 1,200, page 12" WIPED "reading 1,400, throttled 2");
    progress_line_end(&screen.line);
    progress_line_end(&screen.line);
    fflush(screen.file);
    assert_string_equal(screen.text,
                        WIPED "reading 1,200, page 12" WIPED "reading 1,400, throttled 2" WIPED);
    stop(&screen);
}

/* The rate is that of the phase, not of the whole run. */
static void a_bar_shows_how_far_and_how_long(void **state)
{
    (void)state;
    struct screen screen;
    start(&screen, 80);
    tell(&screen, 400, (struct progress_report){.phase = "writing", .total = 4000});
    tell(&screen, 1400, (struct progress_report){.phase = "writing", .done = 1000, .total = 4000});
    assert_string_equal(screen.text,
                        WIPED "writing [######..................]  25% 1,000, 1000/s, 3 s left");
    tell(&screen, 2400, (struct progress_report){.phase = "writing", .done = 5000, .total = 4000});
    assert_non_null(strstr(screen.text, "[########################] 100% 5,000"));
    tell(&screen, 3400, (struct progress_report){.phase = "writing", .total = 4, .wait_ms = 1500});
    assert_non_null(strstr(screen.text, "0%, waiting 1.5 s"));
    stop(&screen);
}

static void a_narrow_terminal_gets_one_line_all_the_same(void **state)
{
    (void)state;
    struct screen screen;
    start(&screen, 20);
    tell(&screen, 900,
         (struct progress_report){.phase = "writing the changes", .done = 10, .total = 20});
    assert_string_equal(screen.text, WIPED "writing the changes");
    stop(&screen);
    start(&screen, 12);
    tell(&screen, 900, (struct progress_report){.phase = "schön geschrieben", .done = 10});
    assert_string_equal(screen.text, WIPED "schön gesch");
    stop(&screen);
}

static void no_terminal_no_line(void **state)
{
    (void)state;
    struct screen screen;
    start(&screen, 0);
    tell(&screen, 9000, (struct progress_report){.phase = "reading", .done = 1});
    progress_line_end(&screen.line);
    fflush(screen.file);
    assert_int_equal(screen.length, 0);
    assert_int_equal(progress_cancel(&screen.line.progress), CANCEL_NO);
    stop(&screen);
    struct progress_line silent;
    progress_line_init(&silent, NULL, 80);
    progress_update(&silent.progress, &(struct progress_report){.phase = "reading"});
    progress_line_end(&silent);
}

static void the_time_for_work_ends_softly_and_six_seconds_later_at_once(void **state)
{
    (void)state;
    struct screen screen;
    start(&screen, 0);
    screen.line.stop_at_ms = 20000;
    s_now_ms = 19999;
    assert_int_equal(progress_cancel(&screen.line.progress), CANCEL_NO);
    s_now_ms = 20000;
    assert_int_equal(progress_cancel(&screen.line.progress), CANCEL_SOFT);
    s_now_ms = 25999;
    assert_int_equal(progress_cancel(&screen.line.progress), CANCEL_SOFT);
    s_now_ms = 26000;
    assert_int_equal(progress_cancel(&screen.line.progress), CANCEL_HARD);
    stop(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_work_shows_nothing),
        cmocka_unit_test(slow_work_shows_a_line_and_wipes_it),
        cmocka_unit_test(a_bar_shows_how_far_and_how_long),
        cmocka_unit_test(a_narrow_terminal_gets_one_line_all_the_same),
        cmocka_unit_test(no_terminal_no_line),
        cmocka_unit_test(the_time_for_work_ends_softly_and_six_seconds_later_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
