#include "core/session/session_private.h"

#include "core/base/banned.h"

/* What a session keeps of what changed: its feed, and what that is compared with. */

void followed_take(struct followed *followed, struct feed *feed)
{
    feed_unref(followed->feed);
    followed->feed = feed;
}

void followed_note_action(struct followed *followed, const char *action_id)
{
    strmap_add(&followed->own, action_id, 0);
}

bool followed_is_own(const void *context, const char *action_id)
{
    const struct followed *followed = context;
    return strmap_get(&followed->own, action_id) != STRMAP_NONE;
}

/* Where the trail stands, as far as it is known. */
static const char *place_now(const struct followed *followed)
{
    if (followed->feed && followed->feed->n_entries > 0) {
        return followed->feed->entries[0].place;
    }
    return followed->place ? followed->place : "";
}

void followed_note_roster(struct followed *followed, const struct roster *roster)
{
    if (roster->partial) {
        return;
    }
    struct feed_builder *builder = feed_begin(followed->feed, NULL); /* it has no records */
    feed_add_directory(builder, followed->roster, roster, roster->read_at_s * 1000);
    followed_take(followed, feed_end(builder, place_now(followed)));
    roster_unref(followed->roster);
    followed->roster = roster_ref(roster);
}

void followed_release(struct followed *followed)
{
    feed_unref(followed->feed);
    snapshot_unref(followed->accounted);
    roster_unref(followed->roster);
    strmap_release(&followed->own);
}
