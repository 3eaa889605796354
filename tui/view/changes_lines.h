#ifndef TUI_VIEW_CHANGES_LINES_H
#define TUI_VIEW_CHANGES_LINES_H

/*
 * What the Changes pane says, as lines of text. Pure: everything comes from the feed
 * (core/session/feed.h) and from what was seen of it.
 *
 *     struct change_items items = {.n = 0};
 *     change_items_make(&changes, &items);
 *     changes_lines(&about, &items.items[i], &lines);      for each one that is on the screen
 *     change_items_release(&items);
 *
 * An action of up to CHANGES_EACH rows has an item for each of them, a larger one a single item.
 */

#include "tui/panel/lines.h"
#include "tui/shell/changes.h"

struct change_item {
    const struct feed_entry *entry;
    const struct feed_row *row; /* NULL: all rows of the entry */
    uint64_t serial;            /* of the row, or of the newest one */
    bool unseen;
};

struct change_items {
    struct change_item *items; /* newest first */
    size_t n;
    size_t n_unseen;
    size_t capacity;
};

/* They point into the feed. */
void change_items_make(const struct changes *changes, struct change_items *out);
void change_items_release(struct change_items *items);

struct changes_look {
    int64_t now_s;
    int width;
    bool wide; /* one line an item, else two */
    bool (*is_mine)(const void *context, const char *login, const char *ext); /* a gathered row */
    const void *context;
};

void changes_lines(const struct changes_look *look, const struct change_item *item,
                   struct lines *out);

/* "--- seen before 12:58 ---" */
void changes_seen_line(const struct changes_look *look, int64_t seen_at_s, struct lines *out);

/* What the item changed, and the keys that help: three lines. `undo` NULL: it cannot be undone. */
struct changes_keys {
    const char *menu, *history, *undo;
};
void changes_about(const struct change_item *item, const struct changes_keys *keys,
                   struct lines *out);

#endif
