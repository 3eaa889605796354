#include "tui/shell/changes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

void changes_release(struct changes *changes)
{
    feed_unref(changes->feed);
    free(changes->rested);
    *changes = (struct changes){.feed = NULL};
}

static bool is_seen(const struct changes *changes, uint64_t serial)
{
    if (serial <= changes->seen) {
        return true;
    }
    for (size_t i = 0; i < changes->n_rested; i++) {
        if (changes->rested[i] == serial) {
            return true;
        }
    }
    return false;
}

bool changes_is_unseen(const struct changes *changes, const struct feed_entry *entry,
                       const struct feed_row *row)
{
    return entry->origin != FEED_MINE && !is_seen(changes, row->serial);
}

static void count(struct changes *changes)
{
    const struct feed *feed = changes->feed;
    changes->n_unseen = 0;
    for (size_t i = 0; feed && i < feed->n_entries; i++) {
        const struct feed_entry *entry = &feed->entries[i];
        for (size_t k = 0; entry->serial > changes->seen && k < entry->n_rows; k++) {
            changes->n_unseen += changes_is_unseen(changes, entry, &entry->rows[k]);
        }
    }
}

void changes_take(struct changes *changes, struct feed *feed)
{
    feed_unref(changes->feed);
    changes->feed = feed;
    count(changes);
}

static const struct feed_row *unseen(const struct changes *changes, const struct feed_row *row)
{
    return row && !is_seen(changes, row->serial) ? row : NULL;
}

const struct feed_row *changes_of_agent(const struct changes *changes, const char *login)
{
    return changes->n_unseen > 0 && login ? unseen(changes, feed_find_agent(changes->feed, login))
                                          : NULL;
}

const struct feed_row *changes_of_ext(const struct changes *changes, const char *ext)
{
    return changes->n_unseen > 0 && ext ? unseen(changes, feed_find_ext(changes->feed, ext)) : NULL;
}

/* ---- seen --------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool is_about(const struct feed_row *row, const char *login, const char *ext)
{
    return same(row->agent, login) || same(row->ext, ext) ||
           (row->kind == CHANGE_REASSIGN && same(row->from, ext));
}

static void rest(struct changes *changes, uint64_t serial)
{
    if (changes->n_rested == changes->capacity) {
        changes->capacity = changes->capacity ? 2 * changes->capacity : 16;
        changes->rested = mem_resize(changes->rested, changes->capacity, sizeof *changes->rested);
    }
    changes->rested[changes->n_rested++] = serial;
}

bool changes_see_row(struct changes *changes, const char *login, const char *ext)
{
    const struct feed *feed = changes->feed;
    size_t before = changes->n_unseen;
    for (size_t i = 0; before > 0 && i < feed->n_entries; i++) {
        const struct feed_entry *entry = &feed->entries[i];
        for (size_t k = 0; entry->serial > changes->seen && k < entry->n_rows; k++) {
            if (is_about(&entry->rows[k], login, ext) &&
                changes_is_unseen(changes, entry, &entry->rows[k])) {
                rest(changes, entry->rows[k].serial);
            }
        }
    }
    count(changes);
    return changes->n_unseen < before;
}

bool changes_see_all(struct changes *changes, int64_t now_s)
{
    bool any = changes->n_unseen > 0;
    changes->seen = changes->feed ? changes->feed->serial : 0;
    changes->seen_at_s = now_s;
    changes->n_rested = 0;
    changes->n_unseen = 0;
    return any;
}
