#include "core/plan/audit_query.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/format/json_text.h"
#include "core/plan/audit_codec.h"

#include "core/base/banned.h"

#define NEEDLE_MAX 4096
#define RANGE                                                                                      \
    "\"change\":\"create\"" /* numbers that stand in a range are not mentioned one by one */

bool history_query_filters(const struct history_query *query)
{
    return query->ext || query->agent || query->actor;
}

/* ---- people and times ---------------------------------------------------------------------- */

static bool contains_nocase(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; text && strlen(text) >= length; text++) {
        size_t i = 0;
        while (i < length && text_lower(text[i]) == text_lower(part[i])) {
            i++;
        }
        if (i == length) {
            return true;
        }
    }
    return false;
}

static bool fits_record(const struct history_query *query, int64_t at_ms, const char *actor,
                        const struct audit_origin *origin)
{
    const char *file = origin->plan_file;
    return at_ms >= query->since_ms && (query->until_ms == 0 || at_ms < query->until_ms) &&
           (!query->actor || contains_nocase(origin->user, query->actor) ||
            contains_nocase(actor, query->actor)) &&
           (!query->plan_file || (file && strcmp(file, query->plan_file) == 0));
}

/* ---- changes ------------------------------------------------------------------------------- */

static bool is_about_ext(const struct audit_change *change, const char *ext)
{
    if (change->ext) {
        return strcmp(change->ext, ext) == 0 ||
               (change->kind == CHANGE_REASSIGN && change->from && strcmp(change->from, ext) == 0);
    }
    return change->from && change->to && strlen(change->from) == strlen(ext) &&
           strcmp(change->from, ext) <= 0 && strcmp(ext, change->to) <= 0;
}

bool history_query_has_change(const struct history_query *query, const struct audit_change *change)
{
    return (!query->ext || is_about_ext(change, query->ext)) &&
           (!query->agent || (change->agent && strcmp(change->agent, query->agent) == 0));
}

/* Whether the JSON has the name in it: most records are passed over by this alone. */
static bool mentions(const char *changes, const char *name)
{
    struct buf quoted;
    buf_init(&quoted, NEEDLE_MAX);
    json_text_quoted(&quoted, name);
    bool found = !buf_failed(&quoted) && strstr(changes, quoted.data) != NULL;
    buf_release(&quoted);
    return found;
}

static bool may_have_changes(const struct history_query *query, const char *changes)
{
    return (!query->ext || mentions(changes, query->ext) || strstr(changes, RANGE)) &&
           (!query->agent || mentions(changes, query->agent));
}

static bool has_changes(const struct history_query *query, const char *json)
{
    struct arena arena = ARENA_INIT;
    struct audit_change *changes = NULL;
    size_t n = 0;
    bool found = false;
    if (audit_decode(&arena, json, &changes, &n, NULL) != ERR_OK) {
        n = 0; /* nobody can say what it is about */
    }
    for (size_t i = 0; i < n && !found; i++) {
        found = history_query_has_change(query, &changes[i]);
    }
    free(changes);
    arena_release(&arena);
    return found;
}

bool history_query_wants(const struct history_query *query, const struct audit_record *record)
{
    if (query->action_id) {
        return strcmp(query->action_id, record->action_id) == 0;
    }
    if (!fits_record(query, record->at_ms, record->actor, &record->origin)) {
        return false;
    }
    return (!query->ext && !query->agent) ||
           (may_have_changes(query, record->changes) && has_changes(query, record->changes));
}

/* ---- an answer ------------------------------------------------------------------------------ */

/* Of the action only the changes that are asked for. */
static void keep_changes(struct audit_action *action, const struct history_query *query)
{
    size_t n = 0;
    for (size_t i = 0; i < action->n_changes; i++) {
        if (history_query_has_change(query, &action->changes[i])) {
            action->changes[n++] = action->changes[i];
        }
    }
    action->n_changes = n;
    audit_count_changes(action->changes, n, action->counts);
}

void history_keep(struct history *history, const struct history_query *query)
{
    size_t kept = 0;
    if (query->action_id) {
        return;
    }
    for (size_t i = 0; i < history->n_actions; i++) {
        struct audit_action action = history->actions[i];
        bool wanted = fits_record(query, action.at_ms, action.actor, &action.origin);
        if (wanted && (query->ext || query->agent)) {
            keep_changes(&action, query);
            wanted = action.n_changes > 0;
        }
        if (wanted && (query->limit == 0 || kept < query->limit)) {
            history->actions[kept++] = action;
        } else {
            free(action.changes);
        }
    }
    history->n_actions = kept;
}
