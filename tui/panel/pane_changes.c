/*
 * The rows of a pane that others have changed.
 */

#include "tui/panel/pane.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

/* Calls `each` for every key of the list that an unseen row of the feed names. */
static void each_change(const struct pane *pane, const struct shell *shell,
                        void (*each)(void *context, size_t row), void *context)
{
    const struct changes *changes = &shell->changes;
    const struct list_source *source = &pane->list.source;
    for (size_t i = 0; changes->n_unseen > 0 && i < changes->feed->n_entries; i++) {
        const struct feed_entry *entry = &changes->feed->entries[i];
        for (size_t k = 0; entry->serial > changes->seen && k < entry->n_rows; k++) {
            const char *keys[2] = {NULL, NULL};
            if (changes_is_unseen(changes, entry, &entry->rows[k])) {
                pane->ops->changed(&entry->rows[k], keys);
            }
            for (size_t n = 0; n < 2; n++) {
                size_t row = keys[n] ? source->find(source->context, keys[n]) : SIZE_MAX;
                if (row != SIZE_MAX) {
                    each(context, row);
                }
            }
        }
    }
}

struct count {
    uint8_t *changed; /* one a row of the source */
    size_t n;
};

static void count(void *context, size_t row)
{
    struct count *counting = context;
    counting->n += !counting->changed[row];
    counting->changed[row] = 1;
}

static uint8_t *find_changes(const struct pane *pane, const struct shell *shell, size_t *n)
{
    struct count counting = {.n = 0};
    *n = 0;
    if (!pane->ops->changed || shell->changes.n_unseen == 0 || !pane->list.source.find) {
        return NULL;
    }
    counting.changed = mem_alloc(pane->list.source.n_rows + 1);
    each_change(pane, shell, count, &counting);
    *n = counting.n;
    return counting.changed;
}

void pane_count_changes(const struct pane *pane, const struct shell *shell, size_t *n,
                        size_t *hidden)
{
    const struct list *list = &pane->list;
    uint8_t *changed = find_changes(pane, shell, n);
    *hidden = 0;
    if (*n > 0 && list->n_shown < list->source.n_rows) {
        *hidden = *n;
        for (size_t i = 0; i < list->n_shown; i++) {
            *hidden -= changed[list->shown[i]];
        }
    }
    free(changed);
}

bool pane_to_change(struct pane *pane, const struct shell *shell, int step)
{
    struct list *list = &pane->list;
    size_t n;
    uint8_t *changed = find_changes(pane, shell, &n);
    size_t at = list->cursor;
    bool found = false;
    for (size_t i = 0; n > 0 && i < list->n_shown && !found; i++) {
        at = step > 0 ? (at + 1) % list->n_shown : (at + list->n_shown - 1) % list->n_shown;
        found = changed[list->shown[at]];
    }
    if (found) {
        list_move_to(list, at);
    }
    free(changed);
    return found;
}
