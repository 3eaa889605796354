/*
 * The frame around the views: the header and the activity.
 */

#include "tui/shell/shell.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

bool frame_too_small(struct canvas *canvas)
{
    if (canvas->width >= 30 && canvas->height >= 5) {
        return false;
    }
    char text[64];
    snprintf(text, sizeof text, "%dx%d: too small, needs 30x5", canvas->width, canvas->height);
    canvas_wrap(canvas, (struct rect){0, 0, canvas->width, canvas->height}, STYLE_TEXT, text);
    return true;
}

#define NARROW 66 /* below, the name of the context says enough */

/* ---- header ------------------------------------------------------------------------------- */

/* Appends " | text" if there is room for it. */
static void add_part(char *line, size_t size, int room, const char *text)
{
    size_t length = strlen(line);
    if (!text || !*text || canvas_columns(line) + 3 + canvas_columns(text) > room) {
        return;
    }
    snprintf(line + length, size - length, "%s%s", length > 1 ? " | " : "", text);
}

/* "prod eu-west-2", the profile (else the account) and the region, from what the store and the
   directory report about themselves. */
static void place(const struct screen_data *data, char *out, size_t size)
{
    const char *profile = data ? port_info_get(&data->info, "profile") : NULL;
    const char *account = data ? port_info_get(&data->info, "account") : NULL;
    const char *region = data ? port_info_get(&data->info, "region") : NULL;
    const char *who = profile ? profile : account;
    snprintf(out, size, "%s%s%s", who ? who : "", who && region ? " " : "", region ? region : "");
}

static bool is_basket(const char *title)
{
    return strncmp(title, "BASKET", strlen("BASKET")) == 0;
}

#define AGE_MAX (CLOCK_TEXT_MAX + 12)

/* "3m ago"; over a plan "read 41 s ago", over a narrow basket "3m"; "" if nothing was read. Within
   the first minute it counts in tens of seconds, so that not every frame differs. */
static void data_age(const struct shell *shell, const char *title, bool narrow, char out[AGE_MAX])
{
    int64_t at_s = shell_checked_at_s(shell);
    int64_t age_s = shell_now_s(shell) - at_s;
    bool plan = strncmp(title, "PLAN", strlen("PLAN")) == 0;
    char age[CLOCK_TEXT_MAX];
    clock_format_span(age_s < 60 ? age_s - age_s % 10 : age_s, age);
    size_t digits = strcspn(age, "smhd");
    if (at_s == 0) {
        out[0] = '\0';
    } else if (plan && !narrow) {
        snprintf(out, AGE_MAX, "read %.*s %s ago", (int)digits, age, age + digits);
    } else {
        snprintf(out, AGE_MAX, "%s%s", age, narrow && is_basket(title) ? "" : " ago");
    }
}

/* The right end: what needs attention, then the age of the data. */
static void standing(struct shell *shell, const char *title, bool narrow, char *out, size_t size)
{
    const struct screen_data *data = shell->data;
    char age[AGE_MAX];
    char expiry[64] = "";
    int64_t at_ms;
    int64_t now_s = shell_now_s(shell);
    const char *expires = data ? port_info_get(&data->info, "expires_at") : NULL;
    if (expires && clock_parse(expires, &at_ms)) {
        int64_t left_s = at_ms / 1000 - now_s;
        char span[CLOCK_TEXT_MAX];
        clock_format_span(left_s > 0 ? left_s : 0, span);
        if (left_s <= 0) {
            snprintf(expiry, sizeof expiry, "LOGIN EXPIRED  ");
        } else {
            snprintf(expiry, sizeof expiry, "login %s  ", span);
        }
    }
    data_age(shell, title, narrow, age);
    enum err_code code = shell_trouble(shell)->code;
    const char *trouble = code == ERR_AUTH        ? "LOGIN?  "
                          : code == ERR_OFFLINE   ? "OFFLINE  "
                          : code == ERR_THROTTLED ? "THROTTLED  "
                          : code != ERR_OK        ? "ERROR  "
                                                  : "";
    size_t used =
        (size_t)snprintf(out, size, "%s%s%s", trouble, data && data->partial ? "PARTIAL  " : "",
                         shell->place.read_only ? "READ-ONLY  " : "");
    for (size_t i = 0; i < shell->stack.n_ready && used < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s  ", shell->stack.ready[i].badge);
    }
    if (shell->gathering.on && !is_basket(title) && used < size) { /* else the title says it */
        used +=
            (size_t)snprintf(out + used, size - used, "basket %s%s  ",
                             frame_count(shell->gathering.n), shell->gathering.touched ? " c" : "");
    }
    if (shell->changes.n_unseen > 0 && used < size) {
        used += (size_t)snprintf(out + used, size - used, "c%zu  ", shell->changes.n_unseen);
    }
    if (used < size) {
        snprintf(out + used, size - used, "%s%s ", expiry, age);
    }
}

int frame_header(struct shell *shell, struct canvas *canvas, const char *title)
{
    char right[400];
    char left[512] = " ";
    char where[128];
    int width = canvas->width;
    standing(shell, title ? title : "", width < NARROW, right, sizeof right);
    int room = width - canvas_columns(right) - 2;
    canvas_fill(canvas, (struct rect){0, 0, width, 1}, STYLE_HEADER);
    place(shell->data, where, sizeof where);
    if (title || width >= NARROW || !shell->place.settings->context) {
        add_part(left, sizeof left, room, title ? title : "extpool");
    }
    add_part(left, sizeof left, room, shell->place.settings->context);
    if (shell->place.settings->action == ACTION_DEMO) {
        add_part(left, sizeof left, room, "demo");
    }
    add_part(left, sizeof left, room, where);
    if (!shell->place.settings->context || width > 60) {
        const char *uri = session_store_uri(shell->place.session);
        const char *slash = strrchr(uri, '/');
        size_t before = strlen(left);
        add_part(left, sizeof left, room, uri);
        if (strlen(left) == before && slash) {
            add_part(left, sizeof left, room, slash + 1);
        }
    }
    add_part(left, sizeof left, room, shell->place.actor);
    canvas_text(canvas, 0, 0, width, STYLE_HEADER, left);
    bool warn = shell_trouble(shell)->code != ERR_OK || shell->place.read_only ||
                shell->stack.n_ready > 0 || (shell->data && shell->data->partial);
    canvas_right(canvas, 0, 0, width, warn ? STYLE_HEADER_WARN : STYLE_HEADER, right);
    return 1;
}

/* ---- activity ----------------------------------------------------------------------------- */

void frame_activity(struct shell *shell, struct canvas *canvas, struct rect area)
{
    for (int i = 0; i < area.height; i++) {
        const struct activity_line *line = activity_at(&shell->messages.activity, (size_t)i);
        char when[WHEN_MAX];
        if (!line) {
            break;
        }
        when_time(line->at_s, when);
        canvas_printf(canvas, area.x, area.y + i, 10, STYLE_DIM, " %s", when);
        canvas_text(canvas, area.x + 11, area.y + i, area.width - 11, line->style, line->text);
    }
}
