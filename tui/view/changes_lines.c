#include "tui/view/changes_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/widget/activity.h"

#include "core/base/banned.h"

#define WHO_AT 6
#define WHAT_AT 17
#define MARK_AT 3 /* of the second line */
#define WIDE_MARK_AT 18

/* ---- items ---------------------------------------------------------------------------------- */

static void add(struct change_items *out, const struct change_item *item)
{
    if (out->n == out->capacity) {
        out->capacity = out->capacity ? 2 * out->capacity : 32;
        out->items = mem_resize(out->items, out->capacity, sizeof *out->items);
    }
    out->items[out->n++] = *item;
    out->n_unseen += item->unseen;
}

static void add_entry(const struct changes *changes, const struct feed_entry *entry,
                      struct change_items *out)
{
    struct change_item all = {.entry = entry, .serial = entry->serial};
    bool each = entry->n_numbers <= CHANGES_EACH;
    for (size_t i = 0; i < entry->n_rows; i++) {
        bool unseen = changes_is_unseen(changes, entry, &entry->rows[i]);
        all.unseen = all.unseen || unseen;
        if (each) {
            add(out, &(struct change_item){entry, &entry->rows[i], entry->rows[i].serial, unseen});
        }
    }
    if (!each || entry->n_rows == 0) {
        add(out, &all);
    }
}

void change_items_make(const struct changes *changes, struct change_items *out)
{
    out->n = out->n_unseen = 0;
    for (size_t i = 0; changes->feed && i < changes->feed->n_entries; i++) {
        add_entry(changes, &changes->feed->entries[i], out);
    }
}

void change_items_release(struct change_items *items)
{
    free(items->items);
    *items = (struct change_items){.n = 0};
}

/* ---- words ---------------------------------------------------------------------------------- */

static const char *who(struct arena *arena, const struct feed_entry *entry)
{
    char text[FEED_TEXT];
    changes_who(entry, text, sizeof text);
    return arena_strdup(arena, text);
}

/* "14:31", "4 Nov", "22Nov": never more than the column has. */
static const char *when(struct arena *arena, const struct changes_look *look, int64_t at_ms)
{
    char text[WHEN_MAX];
    when_day(at_ms / 1000, look->now_s, text);
    char *blank = strchr(text, ' ');
    if (strlen(text) >= WHO_AT && blank) {
        memmove(blank, blank + 1, strlen(blank));
    }
    return arena_strdup(arena, text);
}

/* "sync +6 -1", "joined 7" */
static const char *summary(struct arena *arena, const struct feed_entry *entry)
{
    char counts[FEED_TEXT];
    feed_entry_counts(entry, counts);
    if (entry->origin == FEED_DIRECTORY) {
        return arena_printf(arena, "%s %zu", entry->action, entry->n_numbers);
    }
    return arena_printf(arena, "%s %s", entry->action[0] ? entry->action : "changed", counts);
}

static const char *what(struct arena *arena, const struct change_item *item)
{
    char text[FEED_TEXT];
    if (!item->row) {
        return summary(arena, item->entry);
    }
    feed_row_what(item->entry, item->row, text);
    return arena_strdup(arena, text);
}

static bool has_mark(const struct change_item *item)
{
    return item->row && item->entry->origin != FEED_DIRECTORY &&
           item->entry->origin != FEED_UNKNOWN;
}

static const char *mark(struct arena *arena, const struct change_item *item)
{
    char text[2] = {has_mark(item) ? change_kind_mark(item->row->kind) : ' ', '\0'};
    return arena_strdup(arena, text);
}

static bool is_mine(const struct changes_look *look, const struct change_item *item)
{
    return look->is_mine && item->row &&
           (look->is_mine(look->context, item->row->agent, item->row->ext) ||
            (item->row->kind == CHANGE_REASSIGN &&
             look->is_mine(look->context, NULL, item->row->from)));
}

/* Whom or what it is about: the second line. */
static const char *about(struct arena *arena, const struct change_item *item)
{
    const struct feed_entry *entry = item->entry;
    if (!item->row && entry->n_rows > 0) {
        const struct feed_row *first = &entry->rows[0];
        const char *name = first->ext ? first->ext : first->agent ? first->agent : first->from;
        return arena_printf(arena, "%zu %s, first %s", entry->n_numbers,
                            entry->origin == FEED_DIRECTORY ? "agents" : "rows", name ? name : "-");
    }
    if (entry->origin == FEED_UNKNOWN) {
        return "not by extpool";
    }
    return item->row && item->row->agent ? item->row->agent : "";
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void two_lines(const struct changes_look *look, const struct change_item *item,
                      struct lines *out)
{
    struct arena *arena = &out->arena;
    bool mine = is_mine(look, item);
    enum style style = item->unseen ? STYLE_STRONG : STYLE_TEXT;
    struct line *line = lines_add(out);
    line_part(line, 0, STYLE_DIM, when(arena, look, item->entry->at_ms));
    line_part(line, WHO_AT, style, who(arena, item->entry));
    line_part(line, WHAT_AT - 1, style, "");
    line_part(line, WHAT_AT, style, what(arena, item));
    line = lines_add(out);
    line_part(line, MARK_AT, STYLE_TEXT, mark(arena, item));
    line_part(line, has_mark(item) ? MARK_AT + 2 : MARK_AT, STYLE_TEXT,
              arena_printf(arena, "%s%s", about(arena, item), mine ? ", row of yours" : ""));
    line_part(line, look->width - 3, STYLE_WARN, mine ? "!" : "");
}

static void one_line(const struct changes_look *look, const struct change_item *item,
                     struct lines *out)
{
    struct arena *arena = &out->arena;
    struct line *line = lines_add(out);
    const char *numbers = what(arena, item);
    const char *whom = about(arena, item);
    if (has_mark(item) && item->row->kind != CHANGE_REASSIGN && item->row->ext) {
        numbers = item->row->ext; /* the mark says the rest */
    }
    line_part(line, 0, STYLE_DIM, when(arena, look, item->entry->at_ms));
    line_part(line, WHO_AT, STYLE_TEXT, who(arena, item->entry));
    line_part(line, WIDE_MARK_AT - 1, STYLE_TEXT, "");
    line_part(line, WIDE_MARK_AT, STYLE_TEXT, mark(arena, item));
    line_part(line, WIDE_MARK_AT + 2, item->unseen ? STYLE_STRONG : STYLE_TEXT,
              arena_printf(arena, "%s %s%s", numbers, whom,
                           is_mine(look, item) ? "   ! row of yours"
                           : item->unseen      ? "  c"
                                               : ""));
}

void changes_lines(const struct changes_look *look, const struct change_item *item,
                   struct lines *out)
{
    if (look->wide) {
        one_line(look, item, out);
    } else {
        two_lines(look, item, out);
    }
}

void changes_seen_line(const struct changes_look *look, int64_t seen_at_s, struct lines *out)
{
    char at[WHEN_MAX];
    when_moment(seen_at_s, look->now_s, at);
    line_part(lines_add(out), 0, STYLE_DIM,
              arena_printf(&out->arena, "--- seen before %s ---", at));
}

void changes_about(const struct change_item *item, const struct changes_keys *keys,
                   struct lines *out)
{
    struct arena *arena = &out->arena;
    const struct feed_entry *entry = item->entry;
    const struct feed_row *row = item->row;
    const char *why = row && entry->origin != FEED_UNKNOWN ? row->note : NULL;
    const char *asked = "";
    const char *first;
    if (entry->origin == FEED_UNKNOWN) {
        first = "written by another tool";
    } else if (row && row->kind == CHANGE_REASSIGN && row->agent && row->from) {
        first = arena_printf(arena, "%s had %s%s", row->agent, row->from,
                             entry->ticket ? ", asked for:" : "");
    } else {
        char by[FEED_TEXT];
        changes_who(entry, by, sizeof by);
        first = arena_printf(arena, "%s%s%s by %s", entry->action, row && row->ext ? " " : "",
                             row && row->ext ? row->ext : "", by);
        asked = "for ";
    }
    line_part(lines_add(out), 0, STYLE_TEXT, first);
    line_part(lines_add(out), 0, STYLE_TEXT,
              entry->ticket
                  ? arena_printf(arena, "%s\"%s\"; %s: menu", asked, entry->ticket, keys->menu)
              : why ? why
                    : arena_printf(arena, "%s: menu", keys->menu));
    line_part(lines_add(out), 0, STYLE_TEXT,
              entry->action_id && keys->undo
                  ? arena_printf(arena, "%s history, %s plans back", keys->history, keys->undo)
                  : arena_printf(arena, "%s history", keys->history));
}
