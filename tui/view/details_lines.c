#include "tui/view/details_lines.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/view/details_values.h"
#include "tui/widget/activity.h"

#include "core/base/banned.h"

#define SHORT_AT 6    /* where values begin in the form of six lines */
#define FULL_AT 9     /* and in the full one */
#define SECOND_AT 23  /* the second label of a wide line */
#define FULL_LEAST 14 /* lines that the full form needs with some history */
#define WIDE_LEAST 50
#define PAST_AT 13 /* the mark of a change, behind its time */
#define WHO_AT 23  /* who did it; wide: what else there is to say */
#define WIDE_WHO_AT 29

/* ---- history ---------------------------------------------------------------------------------- */

/* "sync by cron@lambda", "b.smith, by kim@desk7": what the line does not say yet. */
static const char *told(struct arena *arena, const struct details *about,
                        const struct past_change *change)
{
    bool other = change->agent && !(about->row && strcmp(change->agent, about->row->login) == 0);
    bool verb = strcmp(change->action, change_kind_name(change->kind)) == 0;
    return arena_printf(arena, "%s%s%s%sby %s", other ? change->agent : "", other ? ", " : "",
                        verb ? "" : change->action, verb ? "" : " ", change->who);
}

static void add_change(struct lines *lines, const struct details *about,
                       const struct past_change *change, bool wide)
{
    struct arena *arena = &lines->arena;
    struct line *line = lines_add(lines);
    const char *verb = change_kind_name(change->kind);
    char mark[2] = {change_kind_mark(change->kind), '\0'};
    line_part(line, 0, STYLE_DIM, details_moment(arena, about, change->at_ms / 1000));
    line_part(line, PAST_AT, STYLE_TEXT, arena_strdup(arena, mark));
    if (wide) {
        bool moved = change->kind == CHANGE_REASSIGN && change->from;
        verb = arena_printf(arena, "%s %s%s%s", verb, moved ? change->from : "", moved ? ">" : "",
                            change->ext ? change->ext : "");
    }
    line_part(line, PAST_AT + 2, STYLE_TEXT, verb);
    int least = PAST_AT + 2 + (int)text_columns(verb) + 1;
    int at = wide ? WIDE_WHO_AT : WHO_AT;
    line_part(line, least > at ? least : at, STYLE_DIM,
              wide ? told(arena, about, change) : arena_strdup(arena, change->who));
    line_part(line, about->width - 1, STYLE_TEXT, ""); /* it ends there */
}

static void add_history(struct lines *lines, const struct details *about, int room)
{
    const struct past *past = about->past;
    if (room < 2) {
        return;
    }
    struct line *heading = lines_add(lines);
    line_part(heading, 0, STYLE_STRONG, "History");
    if (!past) {
        return;
    }
    size_t shown = past->n < (size_t)room - 1 ? past->n : (size_t)room - 1;
    const char *counts = arena_printf(&lines->arena, "%zu of %zu", shown, past->n);
    line_part(heading, about->width - 2 - (int)strlen(counts), STYLE_DIM, counts);
    for (size_t i = 0; i < shown; i++) {
        add_change(lines, about, &past->changes[i], about->width >= WIDE_LEAST);
    }
}

/* ---- forms ------------------------------------------------------------------------------------ */

static void add_live(struct lines *lines, const struct details *about)
{
    struct arena *arena = &lines->arena;
    const struct live_state *state = about->live;
    char when[WHEN_MAX];
    lines_pair(lines, "live", FULL_AT, details_live(arena, about, about->width - FULL_AT));
    if (!state || state->presence == LIVE_UNKNOWN || state->presence == LIVE_OFFLINE) {
        return;
    }
    if (state->channel != LIVE_NO_CHANNEL) {
        lines_pair(lines, ".", FULL_AT,
                   arena_printf(arena, "%s%s%s", live_channel_word(state->channel),
                                state->queue ? ", " : "", state->queue ? state->queue : ""));
    }
    if (state->status) {
        lines_pair(lines, "status", FULL_AT, state->status);
    }
    if (state->voice_max > 0) {
        lines_pair(lines, "voice", FULL_AT,
                   arena_printf(arena, "%u of %u slot%s free", state->voice_free, state->voice_max,
                                state->voice_max == 1 ? "" : "s"));
    }
    when_time(about->live_at_s, when);
    lines_pair(lines, "seen", FULL_AT, arena_strdup(arena, when));
}

/* A value and a second one in the same line; below each other if both do not fit. */
static void two_pairs(struct lines *lines, const struct details *about, const char *const first[2],
                      const char *const second[2])
{
    lines_pair(lines, first[0], FULL_AT, first[1]);
    struct line *line = &lines->lines[lines->n - 1];
    int end = FULL_AT + (int)text_columns(first[1]) + 1;
    int at = end > SECOND_AT ? end : SECOND_AT;
    if (about->width < WIDE_LEAST || at + FULL_AT + (int)text_columns(second[1]) > about->width) {
        lines_pair(lines, second[0], FULL_AT, second[1]);
        return;
    }
    line_part(line, at, STYLE_DIM, second[0]);
    line_part(line, at + FULL_AT, STYLE_TEXT, second[1]);
}

/* note, until and fallback or target: in one line if they fit into one. */
static void add_rest(struct lines *lines, const struct details *about)
{
    const char *until_text = details_until(&lines->arena, about);
    bool reserved = about->slot && about->slot->state == SLOT_RESERVED;
    const char *calls =
        reserved ? about->slot->target ? about->slot->target : "-" : details_fallback(about);
    const char *label = reserved ? "target" : "fallback";
    const char *line = arena_printf(&lines->arena, "%s    until %s    %s %s", details_note(about),
                                    until_text, label, calls);
    if (about->width >= WIDE_LEAST && (int)text_columns(line) <= about->width - FULL_AT) {
        lines_pair(lines, "note", FULL_AT, line);
        return;
    }
    lines_pair(lines, "note", FULL_AT, details_note(about));
    if (strcmp(until_text, "-") != 0) {
        lines_pair(lines, "until", FULL_AT, until_text);
    }
    if (strcmp(calls, "-") != 0) {
        lines_pair(lines, label, FULL_AT, calls);
    }
}

static void add_made(struct lines *lines, const struct details *about)
{
    struct arena *arena = &lines->arena;
    bool wide = about->width >= WIDE_LEAST;
    if (wide && about->slot && about->slot->at_s > 0) {
        lines_pair(
            lines, "since", FULL_AT,
            arena_printf(arena, "%s by %s", details_since(arena, about), details_by(arena, about)));
    } else {
        lines_pair(lines, "since", FULL_AT, details_since(arena, about));
        lines_pair(lines, "by", FULL_AT, details_by(arena, about));
    }
    lines_pair(lines, "before", FULL_AT, details_before(arena, about, wide));
    add_rest(lines, about);
}

static void full_agent(struct lines *lines, const struct details *about)
{
    const char *name = details_name(about);
    line_part(lines_add(lines), 0, STYLE_STRONG, name ? name : about->row->login);
    bool wide = about->width >= WIDE_LEAST;
    if (wide) {
        two_pairs(lines, about, (const char *[]){"login", about->row->login},
                  (const char *[]){"profile", details_profile(about)});
    } else {
        lines_pair(lines, "login", FULL_AT, about->row->login);
    }
    const char *group = details_group(about);
    const char *held = details_held(&lines->arena, about);
    if (wide && group) {
        two_pairs(lines, about, (const char *[]){"ext", held}, (const char *[]){"group", group});
    } else {
        lines_pair(lines, "ext", FULL_AT, held);
    }
    if (about->tells_live) {
        add_live(lines, about);
    }
    if (!wide) {
        lines_pair(lines, "profile", FULL_AT, details_profile(about));
    }
    if (!wide && group) {
        lines_pair(lines, "group", FULL_AT, group);
    }
    add_made(lines, about);
}

static void full_number(struct lines *lines, const struct details *about)
{
    const struct agent_row *row = about->row;
    line_part(lines_add(lines), 0, STYLE_STRONG,
              arena_printf(&lines->arena, "%s  %s", about->slot->ext,
                           details_state(&lines->arena, about)));
    two_pairs(lines, about, (const char *[]){"holder", row ? row->login : "-"},
              (const char *[]){"name", row && details_name(about) ? details_name(about) : "-"});
    if (about->tells_live && row) {
        add_live(lines, about);
    }
    if (details_group(about)) {
        lines_pair(lines, "group", FULL_AT, details_group(about));
    }
    add_made(lines, about);
}

static const char *two_words(struct arena *arena, const char *first, const char *second)
{
    return second ? arena_printf(arena, "%s  %s", first, second) : first;
}

/* The note, and where calls go. */
static const char *short_note(struct arena *arena, const struct details *about)
{
    bool reserved = about->slot && about->slot->state == SLOT_RESERVED;
    const char *calls = reserved ? about->slot->target : slot_fallback(about->slot);
    if (!calls) {
        return details_note(about);
    }
    return arena_printf(arena, "%s%s%s", about->slot->note ? about->slot->note : "",
                        about->slot->note ? ", calls to " : "calls to ", calls);
}

static void short_agent(struct lines *lines, const struct details *about)
{
    struct arena *arena = &lines->arena;
    line_part(lines_add(lines), 0, STYLE_TEXT,
              two_words(arena, about->row->login, details_name(about)));
    const char *ext =
        !about->slot ? "none yet"
        : about->slot->at_s == 0
            ? arena_printf(arena, "%s before extpool", about->slot->ext)
            : arena_printf(arena, "%s since %s", about->slot->ext, details_since(arena, about));
    const char *whose = screen_data_whose(about->data, about->row, arena);
    lines_pair(lines, "ext", SHORT_AT, two_words(arena, ext, whose));
    lines_pair(lines, "by", SHORT_AT, details_by(arena, about));
    if (about->tells_live) {
        lines_pair(lines, "live", SHORT_AT, details_live(arena, about, about->width - SHORT_AT));
    }
    const char *group = details_group(about);
    lines_pair(lines, group ? "group" : "of", SHORT_AT, group ? group : details_profile(about));
}

static void short_number(struct lines *lines, const struct details *about)
{
    struct arena *arena = &lines->arena;
    line_part(lines_add(lines), 0, STYLE_TEXT,
              arena_printf(arena, "%s  %s", about->slot->ext, details_state(arena, about)));
    lines_pair(lines, "agent", SHORT_AT,
               about->row ? two_words(arena, about->row->login, details_name(about))
                          : details_before(arena, about, false));
    const char *ends = details_until(arena, about);
    lines_pair(lines, "since", SHORT_AT,
               strcmp(ends, "-") != 0
                   ? arena_printf(arena, "%s, until %s", details_since(arena, about), ends)
                   : details_since(arena, about));
    lines_pair(lines, "by", SHORT_AT, details_by(arena, about));
    if (about->tells_live) {
        lines_pair(lines, "live", SHORT_AT,
                   about->row ? details_live(arena, about, about->width - SHORT_AT) : "-");
    }
}

static void add_short(struct lines *lines, const struct details *about)
{
    char marks[160];
    if (about->about_number) {
        short_number(lines, about);
    } else {
        short_agent(lines, about);
    }
    if (about->marks.n > 0) {
        details_marks_text(&about->marks, about->width - 1, marks, sizeof marks);
        line_part(lines_add(lines), 0, STYLE_MARKED, arena_strdup(&lines->arena, marks));
    } else {
        lines_pair(lines, "note", SHORT_AT, about->slot ? short_note(&lines->arena, about) : "-");
    }
}

static void add_full(struct lines *lines, const struct details *about)
{
    char marks[160];
    if (about->about_number) {
        full_number(lines, about);
    } else {
        full_agent(lines, about);
    }
    lines_add(lines);
    int below = about->marks.n > 0 ? 3 : 0; /* the marks between two empty lines */
    add_history(lines, about, about->height - (int)lines->n - below);
    if (about->marks.n > 0) {
        while ((int)lines->n < about->height - 2) {
            lines_add(lines);
        }
        details_marks_text(&about->marks, about->width - 1, marks, sizeof marks);
        line_part(lines_add(lines), 0, STYLE_MARKED, arena_strdup(&lines->arena, marks));
    }
}

static void add_empty(struct lines *lines, const struct details *about)
{
    for (const char *at = about->empty ? about->empty : ""; *at;) {
        size_t length = strcspn(at, "\n");
        line_part(lines_add(lines), 0, STYLE_DIM, arena_strndup(&lines->arena, at, length));
        at += length + (at[length] == '\n');
    }
}

void details_lines(const struct details *about, struct lines *out)
{
    bool any = about->about_number ? about->slot != NULL : about->row != NULL;
    if (!any) {
        add_empty(out, about);
    } else if (about->height >= FULL_LEAST) {
        add_full(out, about);
    } else {
        add_short(out, about);
        if (about->height >= (int)out->n + 4) {
            lines_add(out);
            add_history(out, about, about->height - (int)out->n);
        }
    }
}

/* ---- sentences -------------------------------------------------------------------------------  */

/* " left", " from york" */
static const char *gone(const struct details *about, struct arena *arena)
{
    const char *whose = screen_data_whose(about->data, about->row, arena);
    bool left = about->row->state == AGENT_STALE && !about->data->partial;
    return left ? " left" : whose ? arena_printf(arena, " %s", whose) : "";
}

static void one_line_agent(const struct details *about, char *out, size_t size)
{
    struct arena arena = ARENA_INIT;
    const struct slot *slot = about->slot;
    char when[WHEN_MAX];
    char who[AUDIT_NAME_MAX] = "";
    bool known = about->live && about->live->presence != LIVE_UNKNOWN;
    if (!slot) {
        snprintf(out, size, "%s: no extension yet", about->row->login);
        return;
    }
    when_day(slot->at_s, about->data->now_s, when);
    if (slot->by) {
        audit_actor_name(slot->by, who);
    }
    snprintf(out, size, "%s%s%s%s%s%s%s%s%s", slot->ext, slot->note ? " pinned" : "",
             gone(about, &arena), known ? " " : "", known ? live_word(about->live) : "",
             slot->at_s > 0 ? ", since " : "", slot->at_s > 0 ? when : "", who[0] ? " by " : "",
             who);
    arena_release(&arena);
}

static void one_line_number(const struct details *about, char *out, size_t size)
{
    struct arena arena = ARENA_INIT;
    const char *ends = details_until(&arena, about);
    bool any = strcmp(ends, "-") != 0;
    const char *agent = about->slot->agent;
    const char *was = agent && about->slot->state != SLOT_ASSIGNED ? ", was " : agent ? ", " : "";
    snprintf(out, size, "%s %s%s%s%s%s", about->slot->ext, details_state(&arena, about),
             any ? " until " : "", any ? ends : "", was, agent ? agent : "");
    arena_release(&arena);
}

void details_one_line(const struct details *about, char *out, size_t size)
{
    out[0] = '\0';
    if (about->about_number && about->slot) {
        one_line_number(about, out, size);
    } else if (!about->about_number && about->row) {
        one_line_agent(about, out, size);
    }
}

void details_live_sentence(const struct details *about, char *out, size_t size)
{
    const struct live_state *state = about->live;
    out[0] = '\0';
    if (!state || !about->row || !about->slot || state->presence == LIVE_UNKNOWN ||
        state->presence == LIVE_AVAILABLE || state->presence == LIVE_OFFLINE) {
        return;
    }
    bool waits = state->presence == LIVE_RINGING || state->presence == LIVE_ON_CONTACT ||
                 state->presence == LIVE_AFTER_CONTACT;
    bool named = state->presence == LIVE_OTHER && state->status;
    snprintf(out, size, "%s is %s%s: a call to %s %sgoes to the fallback", about->row->login,
             named                                   ? "in the status "
             : state->presence == LIVE_AFTER_CONTACT ? "in "
                                                     : "",
             named ? state->status : live_words(state->presence), about->slot->ext,
             waits ? "waits or " : "");
}

/* `none`: also those verbs that fit no row. */
static void marks_text(const struct details_marks *marks, bool none, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%zu marked:", marks->n);
    const char *before = "";
    for (int first = 0, next; first < MARKS_VERBS && used < size; first = next) {
        size_t n = marks->fit[first].n;
        bool told = n > 0 || none;
        used += (size_t)snprintf(out + used, size - used, "%s", told ? before : "");
        for (next = first; next < MARKS_VERBS && marks->fit[next].n == n && used < size; next++) {
            used += (size_t)snprintf(out + used, size - used, "%s%s", told ? " " : "",
                                     told ? marks->fit[next].key : "");
        }
        if (told && used < size && n == 0) {
            used += (size_t)snprintf(out + used, size - used, " none");
        } else if (told && used < size) {
            used += (size_t)snprintf(out + used, size - used, " fit%s %zu",
                                     next - first == 1 ? "s" : "", n);
        }
        before = told ? "," : before;
    }
}

void details_marks_text(const struct details_marks *marks, int columns, char *out, size_t size)
{
    marks_text(marks, true, out, size);
    if ((int)text_columns(out) > columns) {
        marks_text(marks, false, out, size);
    }
}
