/*
 * The gauge of the pool: how full it is, and which groups are low. On a wide screen each group has a
 * gauge of its own.
 */

#include "tui/shell/shell.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

#define BAR_LEAST 6
#define BAR_MOST 60

/* "0000-9999", or "0000-0999 +2" if there are more ranges. */
static void ranges_text(const struct policy *policy, char *out, size_t size)
{
    int n = snprintf(out, size, "%s-%s", policy->ranges[0].first, policy->ranges[0].last);
    if (policy->n_ranges > 1) {
        snprintf(out + n, size - (size_t)n, " +%zu", policy->n_ranges - 1);
    }
}

/* " 24%  free 3,839  cool 12  rsv 4  pin 2 ", or "free 12 LOW". Numbers that are not made yet count as
   free. */
static void gauge_counts(const struct screen_data *data, const struct pool_level *level,
                         bool narrow, char *out, size_t size)
{
    const uint64_t *n = data->counts;
    char unmade[48] = "";
    unsigned percent = level->size ? (unsigned)(n[EXT_ASSIGNED] * 100 / level->size) : 0;
    if (n[EXT_ABSENT] > 0) {
        snprintf(unmade, sizeof unmade, "  %s not made yet", frame_count(n[EXT_ABSENT]));
    }
    int length =
        snprintf(out, size, " %3u%%  %s%s%s%s", percent, level->exhausted ? "EXHAUSTED " : "free ",
                 level->exhausted ? "" : frame_count(n[EXT_FREE]),
                 level->low && !level->exhausted ? " LOW" : "", unmade);
    if (narrow && n[EXT_ABSENT] > 0) {
        return;
    }
    length += snprintf(out + length, size - (size_t)length, "  cool %s  rsv %s%s",
                       frame_count(n[EXT_COOLING]), frame_count(n[EXT_RESERVED]),
                       data->n_pinned ? "" : " ");
    if (data->n_pinned) {
        snprintf(out + length, size - (size_t)length, "  pin %s ", frame_count(data->n_pinned));
    }
}

/* How much of a bar is filled: something if anything is used. */
static int filled_columns(int columns, uint64_t used, uint64_t size)
{
    int filled = size ? (int)(used * (uint64_t)columns / size) : 0;
    return filled == 0 && used > 0 ? 1 : filled;
}

static int draw_bar(struct canvas *canvas, int x, int y, int columns, int filled)
{
    canvas_text(canvas, x++, y, 1, STYLE_TEXT, "[");
    for (int i = 0; i < columns; i++) {
        canvas_text(canvas, x++, y, 1, i < filled ? STYLE_GAUGE_USED : STYLE_GAUGE_FREE,
                    i < filled ? "#" : ".");
    }
    canvas_text(canvas, x++, y, 1, STYLE_TEXT, "]");
    return x;
}

static enum style level_style(const struct pool_level *level)
{
    return level->exhausted ? STYLE_ERROR : level->low ? STYLE_WARN : STYLE_TEXT;
}

/* ---- groups that are low ---------------------------------------------------------------------- */

static bool is_short(const struct group_tally *group)
{
    return group->level.low || group->level.exhausted;
}

/* "  Leeds LOW 12, Berlin EXHAUSTED "; if that does not fit "  Leeds LOW 12 +1 ", "  2 LOW "; "" if
   none is low. Returns the worst style. */
static enum style low_groups(const struct group_tallies *groups, int room, char *out, size_t size)
{
    enum style style = STYLE_WARN;
    size_t n = 0;
    size_t said = 0;
    char list[256] = "";
    for (size_t i = 0; i < groups->n; i++) {
        const struct group_tally *group = &groups->items[i];
        char one[128];
        if (!is_short(group)) {
            continue;
        }
        n++;
        style = group->level.exhausted ? STYLE_ERROR : style;
        snprintf(one, sizeof one, "%s %s%s", group->name ? group->name : "none",
                 group->level.exhausted ? "EXHAUSTED" : "LOW ",
                 group->level.exhausted ? "" : frame_count(group->level.left));
        if (said + 1 == n && canvas_columns(list) + canvas_columns(one) + 8 <= room) {
            size_t length = strlen(list);
            snprintf(list + length, sizeof list - length, "%s%s", n > 1 ? ", " : "", one);
            said++;
        }
    }
    out[0] = '\0';
    if (n > said && said > 0) {
        snprintf(out, size, "  %s +%zu ", list, n - said);
    } else if (said > 0) {
        snprintf(out, size, "  %s ", list);
    } else if (n > 0) {
        snprintf(out, size, "  %zu LOW ", n);
    }
    return style;
}

/* ---- a gauge for each group ------------------------------------------------------------------- */

#define SIDE_BY_SIDE_FROM 160 /* columns */

static void group_texts(const struct group_tally *group, char head[128], char counts[64])
{
    const struct pool_level *level = &group->level;
    unsigned percent =
        level->size ? (unsigned)(group->counts[EXT_ASSIGNED] * 100 / level->size) : 0;
    snprintf(head, 128, " %s %s-%s ", group->name ? group->name : "none", group->first,
             group->last);
    if (level->exhausted) {
        snprintf(counts, 64, " %u %% EXHAUSTED", percent);
    } else {
        snprintf(counts, 64, " %u %% free %s%s", percent, frame_count(level->left),
                 level->low ? " LOW" : "");
    }
}

/* The columns of each bar; less than BAR_LEAST: they do not fit. */
static int bar_columns(const struct group_tallies *groups, int width)
{
    int used = 0;
    for (size_t i = 0; i < groups->n; i++) {
        char head[128];
        char counts[64];
        group_texts(&groups->items[i], head, counts);
        used += canvas_columns(head) + canvas_columns(counts) + 2 + (i > 0 ? 3 : 0);
    }
    int columns = groups->n ? (width - used) / (int)groups->n : 0;
    return columns > BAR_MOST ? BAR_MOST : columns;
}

static void draw_groups(struct canvas *canvas, int y, const struct group_tallies *groups, int bar)
{
    int x = 0;
    for (size_t i = 0; i < groups->n; i++) {
        const struct group_tally *group = &groups->items[i];
        char head[128];
        char counts[64];
        group_texts(group, head, counts);
        x += canvas_text(canvas, x, y, canvas->width - x, STYLE_TEXT, i > 0 ? "  |" : "");
        x += canvas_text(canvas, x, y, canvas->width - x, STYLE_TEXT, head);
        x = draw_bar(canvas, x, y, bar,
                     filled_columns(bar, group->counts[EXT_ASSIGNED], group->level.size));
        x += canvas_text(canvas, x, y, canvas->width - x, level_style(&group->level), counts);
    }
}

/* ---- the whole pool --------------------------------------------------------------------------- */

static void draw_empty(struct shell *shell, struct canvas *canvas, int y, const char *head)
{
    const struct screen_data *data = shell->data;
    bool fills = data && !shell->place.read_only;
    canvas_printf(canvas, 0, y, canvas->width, STYLE_TEXT, "%s%s%s%s%s", head,
                  data ? "the store is empty" : "", fills ? ": " : "",
                  fills ? frame_key(shell, CMD_SYNC) : "",
                  fills ? " fills it from the directory" : "");
}

/* With groups it is they that are low, and not the sum of them. */
static void draw_pool(const struct screen_data *data, const struct policy *policy,
                      struct canvas *canvas, int y, const char *head)
{
    char counts[160];
    char low[160];
    struct pool_level level = policy_level(policy, data->counts);
    level.low = level.low && data->groups.n == 0;
    gauge_counts(data, &level, canvas->width < 60, counts, sizeof counts);
    int room = canvas->width - canvas_columns(head) - canvas_columns(counts) - 2;
    enum style low_style = low_groups(&data->groups, room - BAR_LEAST, low, sizeof low);
    int bar = room - canvas_columns(low);
    bar = bar > BAR_MOST ? BAR_MOST : bar;
    int filled = filled_columns(bar, data->counts[EXT_ASSIGNED], level.size);
    int x = canvas_text(canvas, 0, y, canvas->width, STYLE_TEXT, head);
    bool has_bar = bar >= BAR_LEAST;
    if (has_bar) {
        x = draw_bar(canvas, x, y, bar, filled);
    } else { /* the end may be cut off, so what is low is said first */
        x--;
        x += canvas_text(canvas, x, y, canvas->width - x, low_style, low);
    }
    x += canvas_text(canvas, x, y, canvas->width - x, level_style(&level), counts);
    if (has_bar) {
        canvas_text(canvas, x, y, canvas->width - x, low_style, low);
    }
}

int frame_gauge(struct shell *shell, struct canvas *canvas, int y)
{
    const struct screen_data *data = shell->data;
    const struct policy *policy = session_policy(shell->place.session);
    char head[64];
    char ranges[40];
    ranges_text(policy, ranges, sizeof ranges);
    bool has_room = canvas->width >= 60;
    bool divided = policy->n_groups > 0; /* the room is for the names of groups that are low */
    snprintf(head, sizeof head, " Pool %s%s", has_room && !divided ? ranges : "",
             has_room && !divided ? " " : "");
    if (!data || data->snapshot->n_slots == 0) {
        draw_empty(shell, canvas, y, head);
        return y + 1;
    }
    int bar = canvas->width >= SIDE_BY_SIDE_FROM ? bar_columns(&data->groups, canvas->width) : 0;
    if (bar >= BAR_LEAST) {
        draw_groups(canvas, y, &data->groups, bar);
    } else {
        draw_pool(data, policy, canvas, y, head);
    }
    return y + 1;
}
