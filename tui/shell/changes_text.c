/*
 * Changes as people read them in one line.
 */

#include "tui/shell/changes.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

void changes_who(const struct feed_entry *entry, char *out, size_t size)
{
    const char *at = entry->user ? strchr(entry->user, '@') : NULL;
    if (entry->origin == FEED_MINE_ELSEWHERE && at) {
        snprintf(out, size, "you on %s", at + 1);
    } else {
        snprintf(out, size, "%s", entry->who);
    }
}

/* "0042>0077 m.rossi", "0014 a.bondar" */
static size_t add_row(const struct feed_entry *entry, const struct feed_row *row, char *out,
                      size_t size)
{
    char text[FEED_TEXT];
    feed_row_what(entry, row, text);
    bool plain = row->ext && row->kind != CHANGE_REASSIGN && entry->origin != FEED_UNKNOWN;
    const char *numbers = entry->origin == FEED_DIRECTORY ? "" : plain ? row->ext : text;
    int used = snprintf(out, size, "%s%s%s", numbers, numbers[0] && row->agent ? " " : "",
                        row->agent ? row->agent : "");
    return used > 0 ? (size_t)used : 0;
}

void changes_activity(const struct feed_entry *entry, char *out, size_t size)
{
    char by[FEED_TEXT];
    changes_who(entry, by, sizeof by);
    size_t used =
        (size_t)snprintf(out, size, "%s %s:", by, entry->action[0] ? entry->action : "changed");
    if (entry->n_numbers > CHANGES_EACH) {
        char counts[FEED_TEXT];
        feed_entry_counts(entry, counts);
        if (entry->origin == FEED_DIRECTORY) {
            snprintf(counts, sizeof counts, "%zu", entry->n_numbers);
        }
        if (used < size) {
            snprintf(out + used, size - used, " %s", counts);
        }
        return;
    }
    for (size_t i = 0; i < entry->n_rows && used < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s ", i > 0 ? "," : "");
        if (used < size) {
            used += add_row(entry, &entry->rows[i], out + used, size - used);
        }
    }
}
