#ifndef TUI_WIDGET_ACTIVITY_H
#define TUI_WIDGET_ACTIVITY_H

/*
 * The activity: every action ends in a message, and the last ones stay on the screen. Times
 * are in the operator's time zone (TZ).
 */

#include <stddef.h>
#include <stdint.h>

#include "tui/terminal/style.h"

#define ACTIVITY_KEPT 500

struct activity_line {
    int64_t at_s;
    enum style style; /* STYLE_OK, STYLE_INFO, STYLE_WARN, STYLE_ERROR */
    char *text;
};

struct activity {
    struct activity_line lines[ACTIVITY_KEPT]; /* a ring */
    size_t n_lines;
    size_t first;
};

void activity_release(struct activity *activity);
void activity_add(struct activity *activity, int64_t at_s, enum style style, const char *text);
/* 0 is the newest; NULL beyond the oldest. */
const struct activity_line *activity_at(const struct activity *activity, size_t back);

#define WHEN_MAX 32
void when_time(int64_t at_s, char out[WHEN_MAX]);                  /* "12:04:11" */
void when_moment(int64_t at_s, int64_t now_s, char out[WHEN_MAX]); /* "12:04", "22 Nov 12:04" */
void when_day(int64_t at_s, int64_t now_s, char out[WHEN_MAX]);    /* "12:04", "22 Nov" */

#endif
