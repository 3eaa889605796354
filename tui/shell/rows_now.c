/*
 * What is known of rows beside the data, for filters: live:call, changed:kim.
 */

#include "tui/shell/shell.h"

#include "core/base/banned.h"

static const char *live_now(const struct shell *shell, bool agents, const char *key)
{
    const char *login = key;
    if (!agents) {
        const struct slot *slot = screen_data_find_slot(shell->data, key);
        login = slot && slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
    }
    const struct live_seen *seen =
        login && shell_tells_live(shell) ? shell_live_of(shell, login) : NULL;
    return seen && seen->state.presence != LIVE_UNKNOWN ? live_word(&seen->state) : NULL;
}

static const char *changed_now(const struct shell *shell, bool agents, const char *key)
{
    const struct feed_row *row =
        agents ? changes_of_agent(&shell->changes, key) : changes_of_ext(&shell->changes, key);
    const struct feed_entry *entry = row ? feed_entry_of(shell->changes.feed, row) : NULL;
    return entry ? entry->who : NULL;
}

void shell_know_rows(struct shell *shell)
{
    shell->row_now[FILTER_LIVE] = live_now;
    shell->row_now[FILTER_CHANGED] = changed_now;
}
