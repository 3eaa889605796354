#include "tui/widget/activity.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

void activity_release(struct activity *activity)
{
    for (size_t i = 0; i < activity->n_lines; i++) {
        free(activity->lines[i].text);
    }
    *activity = (struct activity){.n_lines = 0};
}

void activity_add(struct activity *activity, int64_t at_s, enum style style, const char *text)
{
    size_t at = (activity->first + activity->n_lines) % ACTIVITY_KEPT;
    if (activity->n_lines == ACTIVITY_KEPT) {
        free(activity->lines[at].text);
        activity->first = (activity->first + 1) % ACTIVITY_KEPT;
    } else {
        activity->n_lines++;
    }
    activity->lines[at] =
        (struct activity_line){.at_s = at_s, .style = style, .text = mem_strdup(text)};
}

const struct activity_line *activity_at(const struct activity *activity, size_t back)
{
    if (back >= activity->n_lines) {
        return NULL;
    }
    return &activity->lines[(activity->first + activity->n_lines - 1 - back) % ACTIVITY_KEPT];
}

/* ---- times -------------------------------------------------------------------------------- */

static const char s_months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static struct tm local(int64_t at_s)
{
    struct tm fields = {0};
    time_t at = (time_t)at_s;
    localtime_r(&at, &fields);
    return fields;
}

void when_time(int64_t at_s, char out[WHEN_MAX])
{
    struct tm t = local(at_s);
    snprintf(out, WHEN_MAX, "%02d:%02d:%02d", t.tm_hour, t.tm_min, t.tm_sec);
}

void when_moment(int64_t at_s, int64_t now_s, char out[WHEN_MAX])
{
    struct tm t = local(at_s);
    struct tm now = local(now_s);
    if (t.tm_year == now.tm_year && t.tm_yday == now.tm_yday) {
        snprintf(out, WHEN_MAX, "%02d:%02d", t.tm_hour, t.tm_min);
    } else if (t.tm_year == now.tm_year) {
        snprintf(out, WHEN_MAX, "%d %s %02d:%02d", t.tm_mday, s_months[t.tm_mon % 12], t.tm_hour,
                 t.tm_min);
    } else {
        snprintf(out, WHEN_MAX, "%d %s %d", t.tm_mday, s_months[t.tm_mon % 12], t.tm_year + 1900);
    }
}

void when_day(int64_t at_s, int64_t now_s, char out[WHEN_MAX])
{
    struct tm t = local(at_s);
    if (t.tm_year == local(now_s).tm_year && t.tm_yday != local(now_s).tm_yday) {
        snprintf(out, WHEN_MAX, "%d %s", t.tm_mday, s_months[t.tm_mon % 12]);
    } else {
        when_moment(at_s, now_s, out);
    }
}
