#include "core/plan/audit_query.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/format/json_text.h"
#include "core/plan/audit_codec.h"
#include "core/pool/group.h"

#include "core/base/banned.h"

#define NEEDLE_MAX 4096
#define PICKED_MAX ((size_t)256 << 20) /* as long as a record can be */
#define ELEMENT "{\"change\":"
#define RANGE                                                                                      \
    "\"change\":\"create\"" /* numbers that stand in a range are not mentioned one by one */

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

bool history_query_has_range(const struct history_query *query, const struct ext_range *range)
{
    return strcmp(group_name(query->policy, range->group), query->group) == 0;
}

/* Whether numbers of the group are among [first, last]. */
static bool has_numbers(const struct history_query *query, const char *first, const char *last)
{
    for (size_t i = 0; first && last && i < query->policy->n_ranges; i++) {
        const struct ext_range *range = &query->policy->ranges[i];
        if (history_query_has_range(query, range) && strcmp(first, range->last) <= 0 &&
            strcmp(range->first, last) <= 0) {
            return true;
        }
    }
    return false;
}

static bool is_of_group(const struct history_query *query, const struct audit_change *change)
{
    if (!change->ext) {
        return change->kind == CHANGE_CREATE && has_numbers(query, change->from, change->to);
    }
    return has_numbers(query, change->ext, change->ext) ||
           (change->kind == CHANGE_REASSIGN && has_numbers(query, change->from, change->from));
}

bool history_query_has_change(const struct history_query *query, const struct audit_change *change)
{
    return (!query->group || is_of_group(query, change)) &&
           (!query->ext || is_about_ext(change, query->ext)) &&
           (!query->agent || (change->agent && strcmp(change->agent, query->agent) == 0));
}

/* The JSON text of a name, as a record has it. */
struct needle {
    char text[NEEDLE_MAX]; /* "": there is none */
};

static bool needle_init(struct needle *needle, const char *name)
{
    struct buf quoted;
    buf_init(&quoted, NEEDLE_MAX - 1);
    needle->text[0] = '\0';
    if (name) {
        json_text_quoted(&quoted, name);
    }
    bool fits = !buf_failed(&quoted);
    memcpy(needle->text, quoted.data, quoted.length + 1);
    buf_release(&quoted);
    return fits;
}

/* Whether the text may be about the query, by the names that stand in it. */
static bool mentions(const char *text, const struct needle *ext, const struct needle *agent)
{
    return (strstr(text, ext->text) || strstr(text, RANGE)) && strstr(text, agent->text);
}

/* Appends those of the elements between the brackets that mention it. */
static void pick_elements(const char *element, const char *last, const struct needle *ext,
                          const struct needle *agent, struct buf *out)
{
    struct buf one;
    buf_init(&one, PICKED_MAX);
    while (element) {
        const char *next = strstr(element + 1, ELEMENT);
        buf_clear(&one);
        buf_append(&one, element, (size_t)((next ? next - 1 : last) - element)); /* no comma */
        if (mentions(one.data, ext, agent)) {
            buf_puts(out, out->length > 1 ? "," : "");
            buf_append(out, one.data, one.length);
        }
        element = next;
    }
    buf_release(&one);
}

/*
 * The elements that may be about the query, as an array of their own: reading all of a record of a
 * first sync takes twenty times as long as finding them. audit_encode begins each element with its
 * kind, and no text inside of one looks like that, because its quotes are escaped. What was written
 * otherwise is one element. False if none is about it.
 */
static bool pick_changes(const struct history_query *query, const char *json, struct buf *out)
{
    struct needle ext;
    struct needle agent;
    size_t length = strlen(json);
    buf_clear(out);
    if (!needle_init(&ext, query->ext) || !needle_init(&agent, query->agent) ||
        !mentions(json, &ext, &agent)) {
        return false;
    }
    if (json[0] != '[' || json[length - 1] != ']' ||
        strncmp(json + 1, ELEMENT, strlen(ELEMENT)) != 0) {
        buf_append(out, json, length);
        return !buf_failed(out);
    }
    buf_putc(out, '[');
    pick_elements(json + 1, json + length - 1, &ext, &agent, out);
    buf_putc(out, ']');
    return !buf_failed(out) && out->length > 2;
}

static bool has_changes(const struct history_query *query, const char *json)
{
    struct arena arena = ARENA_INIT;
    struct buf picked;
    struct audit_change *changes = NULL;
    size_t n = 0;
    bool found = false;
    buf_init(&picked, PICKED_MAX);
    if (!pick_changes(query, json, &picked) ||
        audit_decode(&arena, picked.data, &changes, &n, NULL) != ERR_OK) {
        n = 0; /* nobody can say what it is about */
    }
    for (size_t i = 0; i < n && !found; i++) {
        found = history_query_has_change(query, &changes[i]);
    }
    free(changes);
    buf_release(&picked);
    arena_release(&arena);
    return found;
}

bool history_query_asks_for_changes(const struct history_query *query)
{
    return !query->action_id && (query->ext || query->agent || query->group);
}

bool history_query_wants(const struct history_query *query, const struct audit_record *record)
{
    if (query->action_id) {
        return strcmp(query->action_id, record->action_id) == 0;
    }
    if (!fits_record(query, record->at_ms, record->actor, &record->origin)) {
        return false;
    }
    return !history_query_asks_for_changes(query) || has_changes(query, record->changes);
}

enum err_code history_add_answer(struct history *history, const struct history_query *query,
                                 const struct audit_record *record, struct err *err)
{
    struct buf picked;
    struct audit_record part = *record;
    if (!history_query_asks_for_changes(query)) {
        return history_add(history, record, err);
    }
    buf_init(&picked, PICKED_MAX);
    bool some = pick_changes(query, record->changes, &picked);
    part.changes = some ? picked.data : record->changes;
    enum err_code code = history_add(history, &part, err);
    buf_release(&picked);
    return code;
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
        if (wanted && history_query_asks_for_changes(query)) {
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
