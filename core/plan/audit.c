#include "core/plan/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/audit_codec.h"
#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/platform.h"
#include "core/base/strmap.h"

/* ---- action ids --------------------------------------------------------------------------
 * The time comes first and in full width, so that the ids of a store sort by time as text does, in
 * an index of SQLite as in a sort key of DynamoDB. The rest keeps two operators who press a key in
 * the same millisecond apart. */

#define ID_TIME_LENGTH 19 /* 20261122T203201123Z */
#define ID_RANDOM_LENGTH 6

static const char s_letters[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* 5 bits each; no i l o u */

static uint32_t random_bits(int64_t at_ms)
{
    uint32_t bits;
    if (!platform_random(&bits, sizeof bits)) {
        bits = (uint32_t)at_ms ^ (uint32_t)clock_ticks_ms() << 10;
    }
    return bits;
}

void audit_action_id(int64_t at_ms, char out[AUDIT_ID_ROOM])
{
    int64_t at_s = at_ms / 1000 - (at_ms % 1000 < 0);
    struct clock_date date = clock_date_utc(at_s);
    int length = snprintf(out, AUDIT_ID_ROOM, "%04d%02d%02dT%02d%02d%02d%03dZ-", date.year % 10000,
                          date.month, date.day, date.hour, date.minute, date.second,
                          (int)(at_ms - at_s * 1000));
    uint32_t bits = random_bits(at_ms);
    for (int i = 0; i < ID_RANDOM_LENGTH && length + 1 < AUDIT_ID_ROOM; i++) {
        out[length++] = s_letters[bits & 31];
        bits >>= 5;
    }
    out[length] = '\0';
}

bool audit_id_time(const char *action_id, int64_t *at_ms)
{
    static const char shape[] = "00000000T000000000Z-";
    const char *c = action_id;
    for (const char *want = shape; *want; want++, c++) {
        bool digit = *c >= '0' && *c <= '9';
        if (*want == '0' ? !digit : *c != *want) {
            return false;
        }
    }
    if (strlen(c) != ID_RANDOM_LENGTH || strspn(c, s_letters) != ID_RANDOM_LENGTH) {
        return false;
    }
    char text[CLOCK_TEXT_MAX]; /* the same as RFC 3339: 2026-11-22T20:32:01.123Z */
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.%.3sZ", action_id, action_id + 4,
             action_id + 6, action_id + 9, action_id + 11, action_id + 13, action_id + 15);
    return clock_parse(text, at_ms);
}

void audit_actor_name(const char *actor, char out[AUDIT_NAME_MAX])
{
    const char *slash = strncmp(actor, "arn:", 4) == 0 ? strrchr(actor, '/') : NULL;
    const char *name = slash && slash[1] ? slash + 1 : actor;
    snprintf(out, AUDIT_NAME_MAX, "%.*s", (int)strcspn(name, " "), name);
}

/* ---- who and how ---------------------------------------------------------------------------- */

const char *audit_via_name(enum audit_via via)
{
    switch (via) {
#define AUDIT_VIA_NAME(id, name)                                                                   \
    case id:                                                                                       \
        return name;
        AUDIT_VIA_LIST(AUDIT_VIA_NAME)
#undef AUDIT_VIA_NAME
    case VIA_UNKNOWN:
        break;
    }
    return NULL;
}

enum audit_via audit_via_parse(const char *name)
{
#define AUDIT_VIA_PARSE(id, text)                                                                  \
    if (name && strcmp(name, text) == 0) {                                                         \
        return id;                                                                                 \
    }
    AUDIT_VIA_LIST(AUDIT_VIA_PARSE)
#undef AUDIT_VIA_PARSE
    return VIA_UNKNOWN;
}

const char *audit_who(const struct audit_action *action)
{
    return action->origin.user ? action->origin.user : action->actor;
}

/* ---- history ------------------------------------------------------------------------------ */

/* An action's records need not stand next to each other: two processes write by turns. */
struct indexed_history {
    struct history history;
    struct strmap by_id; /* place in history.actions */
};

struct history *history_new(void)
{
    struct indexed_history *fresh = mem_alloc(sizeof *fresh);
    strmap_init(&fresh->by_id, 0);
    return &fresh->history;
}

void history_free(struct history *history)
{
    if (!history) {
        return;
    }
    strmap_release(&((struct indexed_history *)history)->by_id);
    for (size_t i = 0; i < history->n_actions; i++) {
        free(history->actions[i].changes);
    }
    free(history->actions);
    arena_release(&history->arena);
    free(history);
}

static const char *copy_of(struct history *history, const char *text)
{
    return text && *text ? arena_strdup(&history->arena, text) : NULL;
}

static struct audit_origin copy_origin(struct history *history, const struct audit_origin *origin)
{
    return (struct audit_origin){
        .user = copy_of(history, origin->user),
        .via = origin->via,
        .ticket = copy_of(history, origin->ticket),
        .undoes = copy_of(history, origin->undoes),
        .plan_file = copy_of(history, origin->plan_file),
    };
}

static struct audit_action *action_of(struct history *history, const struct audit_record *record)
{
    struct strmap *by_id = &((struct indexed_history *)history)->by_id;
    size_t known = strmap_get(by_id, record->action_id);
    if (known != STRMAP_NONE) {
        return &history->actions[known];
    }
    if (history->n_actions == history->capacity) {
        history->capacity = history->capacity ? history->capacity * 2 : 64;
        history->actions =
            mem_resize(history->actions, history->capacity, sizeof *history->actions);
    }
    struct audit_action *action = &history->actions[history->n_actions];
    *action = (struct audit_action){
        .action_id = arena_strdup(&history->arena, record->action_id),
        .at_ms = record->at_ms,
        .order = record->order,
        .actor = arena_strdup(&history->arena, record->actor),
        .origin = copy_origin(history, &record->origin),
        .action = arena_strdup(&history->arena, record->action),
        .planned = record->planned,
    };
    strmap_add(by_id, action->action_id, history->n_actions++);
    return action;
}

static void add_counts(struct audit_action *into, const struct audit_record *record,
                       const size_t counts[CHANGE_KIND_COUNT])
{
    into->order = record->order > into->order ? record->order : into->order;
    for (size_t kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
        into->counts[kind] += counts[kind];
    }
}

enum err_code history_add(struct history *history, const struct audit_record *record,
                          struct err *err)
{
    struct audit_change *changes = NULL;
    size_t n_changes = 0;
    size_t counts[CHANGE_KIND_COUNT];
    if (history->counts_only && audit_count(record->changes, counts)) {
        add_counts(action_of(history, record), record, counts);
        return ERR_OK;
    }
    enum err_code code = audit_decode(&history->arena, record->changes, &changes, &n_changes, err);
    if (code != ERR_OK) {
        err_prefix(err, "audit record of %s", record->action_id);
        return code;
    }
    struct audit_action *into = action_of(history, record);
    audit_count_changes(changes, n_changes, counts);
    add_counts(into, record, counts);
    for (size_t i = 0; i < n_changes; i++) {
        changes[i].at_ms = record->written_ms ? record->written_ms : record->at_ms;
        changes[i].order = record->order;
    }
    if (n_changes > 0 && !history->counts_only) {
        into->changes =
            mem_resize(into->changes, into->n_changes + n_changes, sizeof *into->changes);
        memcpy(into->changes + into->n_changes, changes, n_changes * sizeof *changes);
        into->n_changes += n_changes;
    }
    free(changes);
    return ERR_OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct audit_action *left = a;
    const struct audit_action *right = b;
    if (left->order != right->order) {
        return left->order < right->order ? 1 : -1;
    }
    return -strcmp(left->action_id, right->action_id);
}

void history_seal(struct history *history)
{
    if (history->n_actions > 1) {
        qsort(history->actions, history->n_actions, sizeof *history->actions, newest_first);
    }
    /* The places have moved; nothing is added from here on. */
    struct strmap *by_id = &((struct indexed_history *)history)->by_id;
    strmap_release(by_id);
    strmap_init(by_id, 0);
}
