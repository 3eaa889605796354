/*
 * The footer: what happens now, and the keys that work at this moment.
 */

#include "tui/shell/shell.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

#define LONG_S 3 /* from here on the elapsed time is shown */

/* ---- the work under way --------------------------------------------------------------------- */

/* "  3,000 of 9,500  420/s  15s left" */
static size_t add_done(const struct shell *shell, char *out, size_t size)
{
    const struct progress_report *report = &shell->jobs.report;
    int64_t since_s = (clock_ticks_ms() - shell->jobs.phase_since_ms) / 1000;
    uint64_t rate = since_s > 0 ? report->done / (uint64_t)since_s : 0;
    size_t used = (size_t)snprintf(out, size, "  %s%s%s", frame_count(report->done),
                                   report->total ? " of " : " so far",
                                   report->total ? frame_count(report->total) : "");
    if (rate > 0) {
        used += (size_t)snprintf(out + used, size - used, "  %s/s", frame_count(rate));
    }
    if (rate > 0 && report->total > report->done) {
        char span[CLOCK_TEXT_MAX];
        clock_format_span((int64_t)((report->total - report->done) / rate), span);
        used += (size_t)snprintf(out + used, size - used, "  %s left", span);
    }
    return used;
}

/* "| reading the directory 12s  page 3  3,000 of 9,500  throttled, waits 2 s  (C-c stops)": the
   work, since when, and how far it is. */
static void progress_text(const struct shell *shell, char *out, size_t size)
{
    static const char spinner[] = "|/-\\";
    const struct progress_report *report = &shell->jobs.report;
    const char *key = frame_key(shell, CMD_CANCEL);
    int64_t since_s = (clock_ticks_ms() - shell->jobs.since_ms) / 1000;
    size_t used = (size_t)snprintf(out, size, " %c %s", spinner[shell->jobs.spin % 4],
                                   shell->jobs.reporting ? report->phase : shell->jobs.name);
    if (since_s >= LONG_S) {
        char span[CLOCK_TEXT_MAX];
        clock_format_span(since_s, span);
        used += (size_t)snprintf(out + used, size - used, " %s", span);
    }
    if (shell->jobs.reporting && report->pages > 0) {
        used += (size_t)snprintf(out + used, size - used, "  page %s", frame_count(report->pages));
    }
    if (shell->jobs.reporting && report->done > 0) {
        used += add_done(shell, out + used, size - used);
    }
    if (shell->jobs.reporting && report->wait_ms > 0) {
        used += (size_t)snprintf(out + used, size - used, "  %s %lld.%lld s",
                                 report->slowed ? "throttled, waits" : "tries again in",
                                 (long long)(report->wait_ms / 1000),
                                 (long long)(report->wait_ms % 1000 / 100));
    }
    snprintf(out + used, size - used,
             shell->jobs.stopping == CANCEL_NO     ? "  (%s stops)"
             : shell->jobs.stopping == CANCEL_SOFT ? "  stopping (%s stops now)"
                                                   : "  stopping now",
             key);
}

/* ---- the keys ------------------------------------------------------------------------------- */

/* What a footer gives up if it is too narrow, in this order. If all of it is not enough, the hints end
   where the row ends. */
enum saving { ALL_WORDS, STEP_HELP, STEP_LEAVE, STEP_JOBS, STEP_EDITS, STEP_COUNT };

/* The order of the hints. A saving: from there on only the key is shown, or nothing at all. Those that
   are not needed every day come in only if there is room for everything. */
static const struct order {
    enum command command;
    enum saving key_alone;
    enum saving gone;
    bool extra;
} s_order[] = {
    {CMD_CANCEL, 0, 0, false},
    {CMD_HELP, STEP_HELP, 0, false},
    {CMD_APPLY, 0, 0, false},
    {CMD_IMPORT_PLAN, 0, 0, false},
    {CMD_IMPORT_WRITE, 0, 0, false},
    {CMD_DETAILS, 0, 0, true},
    {CMD_ASSIGN, STEP_EDITS, 0, false},
    {CMD_REASSIGN, STEP_EDITS, 0, false},
    {CMD_RELEASE, STEP_EDITS, 0, false},
    {CMD_SWAP, 0, 0, true},
    {CMD_PIN, 0, 0, true},
    {CMD_RESERVE, 0, 0, true},
    {CMD_BASKET, 0, 0, false},
    {CMD_TOGGLE, 0, 0, false},
    {CMD_DROP, 0, 0, false},
    {CMD_ALL_IN, 0, 0, false},
    {CMD_ALL_OUT, 0, 0, false},
    {CMD_SYNC, 0, STEP_JOBS, false},
    {CMD_REPAIR, 0, 0, false},
    {CMD_UNDO, 0, 0, true},
    {CMD_HISTORY, 0, 0, true},
    {CMD_EXPORT, 0, STEP_JOBS, false},
    {CMD_FILTER, 0, 0, false},
    {CMD_SAVED_FILTER, 0, 0, true},
    {CMD_JUMP, 0, 0, true},
    {CMD_COLUMNS, 0, 0, true},
    {CMD_TICKET, 0, 0, false},
    {CMD_COMMAND, STEP_LEAVE, 0, false},
    {CMD_BACK, 0, 0, false},
    {CMD_QUIT, STEP_LEAVE, 0, false},
};
#define N_ORDER (sizeof s_order / sizeof s_order[0])

/* A hint that is shown. */
struct hint {
    enum command command;
    const struct order *order;
    const char *word; /* " ": none, now */
    bool shown;
    char key[KEYS_TEXT_MAX];
};

struct hints {
    struct hint hints[COMMAND_COUNT];
    size_t n;
    enum saving saving;
};

/* The word for a command; "" if the footer does not name it. The first screen hints at quit, all
   others hint at back. */
static const char *word_of(const struct shell *shell, const struct view *view, enum command command)
{
    const struct command_info *info = command_info(command);
    bool first_screen = view->ops->place == PLACE_MAIN;
    if (command == CMD_CANCEL) {
        return shell_busy(shell) ? "Stop" : "";
    }
    if (!(info->places & view->ops->place) || (!*info->hint && !view->ops->hint) ||
        command == (first_screen ? CMD_BACK : CMD_QUIT) || shell_why_unusable(shell, command)) {
        return "";
    }
    return view->ops->hint ? view->ops->hint(view, shell, command) : info->hint;
}

/* A word that a view chose for this moment is never an extra. */
static bool is_extra(const struct hint *hint)
{
    return (!hint->order || hint->order->extra) &&
           strcmp(hint->word, command_info(hint->command)->hint) == 0;
}

static void add_hint(struct hints *hints, const struct shell *shell, const struct view *view,
                     enum command command)
{
    struct hint *hint = &hints->hints[hints->n];
    *hint = (struct hint){.command = command, .word = word_of(shell, view, command)};
    bindings_key(&shell->bindings, command, hint->key);
    for (size_t i = 0; i < N_ORDER; i++) {
        hint->order = s_order[i].command == command ? &s_order[i] : hint->order;
    }
    hint->shown = !is_extra(hint);
    hints->n += *hint->word && *hint->key;
}

static void collect(struct hints *hints, const struct shell *shell, const struct view *view)
{
    bool ordered[COMMAND_COUNT] = {false};
    for (size_t i = 0; i < N_ORDER; i++) {
        ordered[s_order[i].command] = true;
    }
    for (size_t i = 0; i + 1 < N_ORDER; i++) {
        add_hint(hints, shell, view, s_order[i].command);
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!ordered[i]) {
            add_hint(hints, shell, view, (enum command)i);
        }
    }
    add_hint(hints, shell, view, s_order[N_ORDER - 1].command);
}

static bool is_alone(const struct hints *hints, const struct hint *hint)
{
    bool narrow = hint->order && hint->order->key_alone != ALL_WORDS &&
                  hints->saving >= hint->order->key_alone;
    return narrow || strcmp(hint->word, " ") == 0;
}

/* With the blank after it; 0: it is left out. */
static int columns_of(const struct hints *hints, const struct hint *hint)
{
    bool gone = hint->order && hint->order->gone != ALL_WORDS && hints->saving >= hint->order->gone;
    if (gone || !hint->shown) {
        return 0;
    }
    int word = is_alone(hints, hint) ? 0 : canvas_columns(hint->word) + 1;
    return canvas_columns(hint->key) + word + 1;
}

static int width_of(const struct hints *hints)
{
    int width = 0;
    for (size_t i = 0; i < hints->n; i++) {
        width += columns_of(hints, &hints->hints[i]);
    }
    return width;
}

static void note_zone(struct shell *shell, struct zone zone)
{
    struct footer *footer = &shell->footer;
    if (footer->n < ZONES_MAX) {
        footer->zones[footer->n++] = zone;
    }
}

static void fit_hints(struct hints *hints, int width)
{
    hints->saving = ALL_WORDS;
    while (width_of(hints) > width && hints->saving + 1 < STEP_COUNT) {
        hints->saving++;
    }
    for (size_t i = 0; i < hints->n && hints->saving == ALL_WORDS; i++) {
        if (is_extra(&hints->hints[i])) {
            hints->hints[i].shown = true;
            hints->hints[i].shown = width_of(hints) <= width;
        }
    }
}

static void draw_hints(struct shell *shell, struct canvas *canvas, int y, const struct view *view)
{
    struct hints hints = {.n = 0};
    collect(&hints, shell, view);
    fit_hints(&hints, canvas->width); /* the last one needs no blank, and the row begins with one */
    int x = 1;
    for (size_t i = 0; i < hints.n; i++) {
        const struct hint *hint = &hints.hints[i];
        int columns = columns_of(&hints, hint);
        if (columns == 0 || x + columns - 1 > canvas->width) {
            continue;
        }
        int key = canvas_text(canvas, x, y, canvas->width - x, STYLE_KEY, hint->key);
        if (!is_alone(&hints, hint)) {
            canvas_text(canvas, x + key + 1, y, canvas->width - x, STYLE_TEXT, hint->word);
        }
        note_zone(shell, (struct zone){x, columns - 1, hint->command});
        x += columns;
    }
}

/* ---- its keys under the mouse --------------------------------------------------------------- */

void frame_own_footer(struct shell *shell, const struct canvas *canvas, const struct view *view)
{
    shell->footer = (struct footer){.view = view, .y = canvas->height - 1};
}

void frame_own_key(struct shell *shell, enum command command, int x, int width)
{
    note_zone(shell, (struct zone){x, width, command});
}

enum command frame_hint_at(const struct shell *shell, const struct view *view, int x, int y)
{
    const struct footer *footer = &shell->footer;
    if (footer->view != view || footer->y != y) {
        return CMD_NONE;
    }
    for (size_t i = 0; i < footer->n; i++) {
        const struct zone *zone = &footer->zones[i];
        if (x >= zone->x && x < zone->x + zone->width) {
            return zone->command;
        }
    }
    return CMD_NONE;
}

/* ---- the footer ----------------------------------------------------------------------------- */

/* A message that does not fit can be read in full in the activity. */
static void draw_status(const struct shell *shell, struct canvas *canvas, int y, enum style style,
                        const char *text)
{
    char more[KEYS_TEXT_MAX + 16] = "";
    bool kept = shell->messages.flash[0] && shell->messages.flash_said && !shell_busy(shell);
    if (kept && canvas_columns(text) > canvas->width) {
        snprintf(more, sizeof more, " %s ", frame_key(shell, CMD_ACTIVITY));
    }
    int columns = canvas_columns(more);
    canvas_text(canvas, 0, y, canvas->width - columns, style, text);
    canvas_text(canvas, canvas->width - columns, y, columns, STYLE_KEY, more);
}

int frame_footer(struct shell *shell, struct canvas *canvas, const struct view *view,
                 const char *status)
{
    int y = canvas->height - 1;
    int y_status = canvas->height >= 8 ? y - 1 : y;
    char text[640] = "";
    enum style style = STYLE_STRONG;
    if (shell->messages.flash[0] && !(shell_busy(shell) && shell->messages.flash_said)) {
        snprintf(text, sizeof text, " %s", shell->messages.flash); /* the answer to the last key */
        style = shell->messages.flash_style;
    } else if (shell_busy(shell)) {
        progress_text(shell, text, sizeof text);
        style = STYLE_INFO;
    } else if (status) {
        snprintf(text, sizeof text, " %s", status);
    }
    shell->footer = (struct footer){.view = view, .y = y};
    /* Below a dialog they do nothing. */
    if (shell_top(shell) == view && (y_status != y || !text[0])) {
        draw_hints(shell, canvas, y, view);
    }
    if (text[0]) {
        draw_status(shell, canvas, y_status, style, text);
    }
    return y_status;
}
