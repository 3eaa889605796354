#include "tui/view/past.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Adds it if it concerns the login or the extension. */
static void add(struct past *past, const struct past_change *change, const char *login,
                const char *ext)
{
    if (!same(change->agent, login) && !same(change->ext, ext) &&
        !(change->kind == CHANGE_REASSIGN && same(change->from, ext))) {
        return;
    }
    if (past->n == past->capacity) {
        past->capacity = past->capacity ? 2 * past->capacity : 16;
        past->changes = mem_resize(past->changes, past->capacity, sizeof *past->changes);
    }
    struct past_change *copy = &past->changes[past->n++];
    *copy = *change;
    copy->ext = arena_strdup(&past->arena, change->ext);
    copy->from = arena_strdup(&past->arena, change->from);
    copy->agent = arena_strdup(&past->arena, change->agent);
    copy->who = arena_strdup(&past->arena, change->who);
    copy->actor = arena_strdup(&past->arena, change->actor);
    copy->action = arena_strdup(&past->arena, change->action);
    copy->had = arena_strdup(&past->arena, change->had);
}

void past_add_history(struct past *past, const struct history *history, const char *login,
                      const char *ext)
{
    for (size_t i = 0; i < history->n_actions; i++) {
        const struct audit_action *action = &history->actions[i];
        char who[AUDIT_NAME_MAX];
        char actor[AUDIT_NAME_MAX];
        audit_actor_name(audit_who(action), who);
        audit_actor_name(action->actor, actor);
        for (size_t k = 0; k < action->n_changes; k++) {
            const struct audit_change *change = &action->changes[k];
            add(past,
                &(struct past_change){.at_ms = action->at_ms,
                                      .kind = change->kind,
                                      .ext = change->ext,
                                      .from = change->from,
                                      .agent = change->agent,
                                      .who = who,
                                      .actor = actor,
                                      .action = action->action,
                                      .had = change->was.agent,
                                      .had_until_s = change->was.at_s},
                login, ext);
        }
    }
}

static bool has_action(const struct history *history, const char *action_id)
{
    for (size_t i = 0; history && i < history->n_actions; i++) {
        if (strcmp(history->actions[i].action_id, action_id) == 0) {
            return true;
        }
    }
    return false;
}

static void add_entry(struct past *past, const struct feed_entry *entry, const char *login,
                      const char *ext)
{
    char actor[AUDIT_NAME_MAX];
    audit_actor_name(entry->actor ? entry->actor : entry->who, actor);
    for (size_t k = 0; k < entry->n_rows; k++) {
        const struct feed_row *row = &entry->rows[k];
        add(past,
            &(struct past_change){.at_ms = entry->at_ms,
                                  .kind = row->kind,
                                  .ext = row->ext,
                                  .from = row->from,
                                  .agent = row->agent,
                                  .who = entry->who,
                                  .actor = actor,
                                  .action = entry->action},
            login, ext);
    }
}

void past_add_feed(struct past *past, const struct feed *feed, const struct history *known,
                   const char *login, const char *ext)
{
    for (size_t i = 0; feed && i < feed->n_entries; i++) {
        const struct feed_entry *entry = &feed->entries[i];
        if (entry->action_id && !has_action(known, entry->action_id)) {
            add_entry(past, entry, login, ext);
        }
    }
}

static bool is_known(const struct past *past, size_t n, const struct past_change *change)
{
    for (size_t i = 0; i < n; i++) {
        const struct past_change *other = &past->changes[i];
        if (other->at_ms == change->at_ms && other->kind == change->kind &&
            same(other->ext, change->ext) &&
            (other->agent == change->agent || same(other->agent, change->agent))) {
            return true;
        }
    }
    return false;
}

void past_sort(struct past *past)
{
    size_t n = 0;
    for (size_t i = 0; i < past->n; i++) {
        struct past_change change = past->changes[i];
        size_t at = n;
        if (is_known(past, n, &change)) {
            continue;
        }
        while (at > 0 && past->changes[at - 1].at_ms < change.at_ms) {
            at--;
        }
        memmove(&past->changes[at + 1], &past->changes[at], (n - at) * sizeof change);
        past->changes[at] = change;
        n++;
    }
    past->n = n;
}

void past_release(struct past *past)
{
    free(past->changes);
    arena_release(&past->arena);
    *past = (struct past)PAST_INIT;
}
