/*
 * What stands below the views: their stack, messages, the data on the screen, and what a command
 * needs.
 */

#include "tui/shell/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/pool/stamps.h"

#include "core/base/banned.h"

/* ---- the stack ---------------------------------------------------------------------------- */

struct view *console_top(const struct console *console)
{
    return console->views[console->n_views - 1];
}

struct view *console_bottom(const struct console *console)
{
    return console->views[0];
}

static bool stands_still(const struct console *console)
{
    for (size_t i = 0; i < console->n_views; i++) {
        if (console->views[i]->ops->still) {
            return true;
        }
    }
    return false;
}

void console_push(struct console *console, struct view *view)
{
    if (console->n_views == VIEWS_MAX) {
        view->ops->free(view);
        return;
    }
    console->views[console->n_views++] = view;
}

static void show_world(struct console *console, struct screen_data *data)
{
    struct screen_data *before = console->data;
    console->data = data;
    for (size_t i = 0; i < console->n_views; i++) {
        if (console->views[i]->ops->reload) {
            console->views[i]->ops->reload(console->views[i], console);
        }
    }
    screen_data_unref(before);
}

void console_close(struct console *console, struct view *view)
{
    for (size_t i = 1; i < console->n_views; i++) { /* the bottom one stays */
        if (console->views[i] == view) {
            memmove(&console->views[i], &console->views[i + 1],
                    (console->n_views - i - 1) * sizeof console->views[0]);
            console->n_views--;
            view->ops->free(view);
            break;
        }
    }
    if (console->waiting && !stands_still(console)) {
        struct screen_data *data = console->waiting;
        console->waiting = NULL;
        show_world(console, data);
    }
}

void console_take_world(struct console *console, struct screen_data *data)
{
    if (data->actor) {
        snprintf(console->actor, sizeof console->actor, "%s", data->actor);
    }
    if (stands_still(console)) {
        screen_data_unref(console->waiting);
        console->waiting = data;
    } else {
        show_world(console, data);
    }
}

void console_forget_world(struct console *console)
{
    show_world(console, NULL);
}

/* ---- messages ----------------------------------------------------------------------------- */

int64_t console_now_s(const struct console *console)
{
    return clock_now_s(console->options->clock);
}

void console_say(struct console *console, enum style style, const char *format, ...)
{
    char text[ERR_TEXT_MAX + 256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    activity_add(&console->activity, console_now_s(console), style, text);
    console_flash(console, style, "%s", text);
    console->flash_said = true;
}

void console_say_error(struct console *console, const char *what, const struct err *err)
{
    enum style style = err->code == ERR_CANCELLED ? STYLE_WARN : STYLE_ERROR;
    if (err->hint[0]) {
        int first_line = (int)strcspn(err->hint, "\n");
        const char *end = err->text + strlen(err->text);
        bool asks = end > err->text && end[-1] == '?';
        console_say(console, style, "%s: %s%s %.*s", what, err->text, asks ? "" : ".", first_line,
                    err->hint);
    } else {
        console_say(console, style, "%s: %s", what, err->text);
    }
}

void console_flash(struct console *console, enum style style, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(console->flash, sizeof console->flash, format, args);
    va_end(args);
    console->flash_style = style;
    console->flash_said = false;
}

/* ---- the data ----------------------------------------------------------------------------- */

struct plan_input console_plan_input(const struct console *console)
{
    const struct screen_data *data = console->data;
    return (struct plan_input){.policy = session_policy(console->session),
                               .snapshot = data->snapshot,
                               .roster = data->partial ? NULL : data->roster,
                               .now_s = snapshot_now_s(data->snapshot, console->options->clock),
                               .actor = console->actor[0] ? console->actor : "extpool"};
}

const char *console_place_name(const struct console *console)
{
    const char *context = console->settings->context;
    if (context) {
        return context;
    }
    if (console->settings->action == ACTION_DEMO) {
        return "demo";
    }
    const char *uri = session_store_uri(console->session);
    const char *last = uri + strlen(uri);
    while (last > uri && last[-1] != '/' && last[-1] != ':') {
        last--;
    }
    return *last ? last : uri;
}

/* ---- work ---------------------------------------------------------------------------------- */

bool work_busy(const struct console *console)
{
    return console->job != NULL;
}

bool work_writes(const struct console *console)
{
    return console->job && console->job_writes;
}
