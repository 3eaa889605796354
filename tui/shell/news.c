/*
 * What others changed, when the feed of changes has grown: a line of the activity for each action.
 */

#include "tui/shell/shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

#define NAMED_MAX                                                                                  \
    4 /* so many actions at once have a line each; of more only their number is told */

/* What is kept of a place from one run to the next. */
static const char s_place[] = "changes.place"; /* in the audit trail: seen up to there */
static const char s_at[] = "changes.at";       /* when that was, epoch seconds */

static bool is_news(const struct shell *shell, const struct feed_entry *entry)
{
    return entry->origin != FEED_MINE && entry->serial > shell->changes.told;
}

static size_t count_news(const struct shell *shell, const struct feed *feed)
{
    size_t n = 0;
    for (size_t i = 0; i < feed->n_entries; i++) {
        n += is_news(shell, &feed->entries[i]);
    }
    return n;
}

/* Into the activity; at the foot only if no message stands there: what somebody else did does not hide
   what became of a deed of one's own. */
static void say_news(struct shell *shell, const char *text)
{
    activity_add(&shell->messages.activity, shell_now_s(shell), STYLE_INFO, text);
    if (!shell->messages.flash[0]) {
        shell_flash(shell, STYLE_INFO, "%s", text);
        shell->messages.flash_said = true;
    }
}

static void tell(struct shell *shell, const struct feed_entry *entry)
{
    char what[400];
    char text[480];
    changes_activity(entry, what, sizeof what);
    snprintf(text, sizeof text, "%s; %s goes there", what, frame_key(shell, CMD_CHANGE_NEXT));
    say_news(shell, text);
}

void shell_take_feed(struct shell *shell, const struct feed *feed)
{
    if (!feed || feed == shell->changes.feed) {
        return;
    }
    size_t n = count_news(shell, feed);
    if (n > NAMED_MAX) {
        char text[160];
        snprintf(text, sizeof text, "%s actions of others since you looked: %s shows them",
                 frame_count(n), frame_key(shell, CMD_PANE_4));
        say_news(shell, text);
    }
    for (size_t i = feed->n_entries; n <= NAMED_MAX && i-- > 0;) { /* the oldest first */
        if (is_news(shell, &feed->entries[i])) {
            tell(shell, &feed->entries[i]);
        }
    }
    shell->changes.told = feed->serial;
    changes_take(&shell->changes, feed_ref(feed));
}

void shell_follow_seen(struct shell *shell)
{
    const char *at = state_get(shell->state, STATE_PLACE, s_at);
    int64_t at_s;
    session_follow(shell->place.session, state_get(shell->state, STATE_PLACE, s_place));
    if (at && text_to_int64(at, 0, INT64_MAX, &at_s)) {
        shell->changes.seen_at_s = at_s;
    }
}

void shell_see_all(struct shell *shell)
{
    changes_see_all(&shell->changes, shell_now_s(shell));
    shell_keep_seen(shell);
}

void shell_keep_seen(struct shell *shell)
{
    const char *place = shell->data ? shell->data->place : NULL;
    const char *kept = state_get(shell->state, STATE_PLACE, s_place);
    char at[32];
    if (!place || !place[0] || shell->changes.n_unseen > 0 || (kept && strcmp(kept, place) == 0)) {
        return;
    }
    snprintf(at, sizeof at, "%" PRId64, shell_now_s(shell));
    if (state_set(shell->state, STATE_PLACE, s_place, place)) {
        (void)state_set(shell->state, STATE_PLACE, s_at, at);
    }
}
