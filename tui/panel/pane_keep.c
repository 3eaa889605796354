/*
 * What a person chose for a pane, in the state folder: its columns and its order.
 */

#include "tui/panel/pane.h"

#include <stdio.h>
#include <string.h>

#include "core/settings/state.h"

#include "core/base/banned.h"

static void key_of(const struct pane *pane, const char *what, char out[STATE_KEY_MAX])
{
    snprintf(out, STATE_KEY_MAX, "%s.%s", what, pane->ops->name);
}

/* "EXT", or "-EXT" in the reverse order; after it the column that counts for equal rows:
   "-EXT LOGIN". */
static void order_text(const struct pane *pane, char *out, size_t size)
{
    const struct list *list = &pane->list;
    const struct pane_column *columns = pane->ops->columns;
    int used = snprintf(out, size, "%s%s", list->reverse ? "-" : "", columns[list->column].name);
    if (list->second >= 0 && used > 0 && (size_t)used < size) {
        snprintf(out + used, size - (size_t)used, " %s%s", list->second_reverse ? "-" : "",
                 columns[list->second].name);
    }
}

static void order_by(struct pane *pane, const char *name, size_t length)
{
    bool reverse = *name == '-';
    name += reverse;
    length -= reverse;
    for (int i = 0; i < pane->ops->n_columns; i++) {
        const struct pane_column *column = &pane->ops->columns[i];
        if (strlen(column->name) == length && strncmp(column->name, name, length) == 0 &&
            !column->moves) {
            list_sort(&pane->list, i, reverse);
            return;
        }
    }
}

static void order_parse(struct pane *pane, const char *text)
{
    size_t first = strcspn(text, " ");
    if (text[first]) {
        order_by(pane, text + first + 1, strlen(text + first + 1));
    }
    order_by(pane, text, first);
}

static void keep(struct shell *shell, const char *key, const char *text)
{
    const char *before = state_get(shell->state, STATE_PERSON, key);
    if (!before || strcmp(before, text) != 0) {
        (void)state_set(shell->state, STATE_PERSON, key, text);
    }
}

void pane_keep(const struct pane *pane, struct shell *shell)
{
    char key[STATE_KEY_MAX];
    char text[256];
    if (!shell->state) {
        return;
    }
    key_of(pane, "columns", key);
    pane_columns_text(pane, text, sizeof text);
    keep(shell, key, text);
    key_of(pane, "sort", key);
    order_text(pane, text, sizeof text);
    keep(shell, key, text);
}

void pane_recall(struct pane *pane, const struct shell *shell)
{
    char key[STATE_KEY_MAX];
    if (!shell->state) {
        return;
    }
    key_of(pane, "columns", key);
    const char *columns = state_get(shell->state, STATE_PERSON, key);
    if (columns) {
        pane_columns_parse(pane, columns);
    }
    key_of(pane, "sort", key);
    const char *order = state_get(shell->state, STATE_PERSON, key);
    if (order) {
        order_parse(pane, order);
    }
}
