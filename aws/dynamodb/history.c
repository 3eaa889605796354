#include "aws/dynamodb/ddb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/audit.h"
#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/text.h"

/*
 * The audit trail: written with the changes (aws/dynamodb/transaction.c), read here. A month is a
 * partition, and in it the sort key is time, action id and part, so the newest stand at the end.
 * The time is when the part was sent; the id says when the action began. Months are read backwards
 * until enough actions are there, each back to its begin; first this month and the two before, then
 * a year at a time side by side. A year without any record is the beginning.
 *
 * A record whose time is over may still be there for days (the service deletes when it likes): it
 * is passed over.
 */

#define FIRST_MONTHS 3
#define MONTHS_AT_ONCE 12
#define PAGE 200 /* records, of some 5 KB each */

/* An action's records are looked for from its begin to a day after it. */
#define LONGEST_MS (CLOCK_DAY_S * 1000)
#define LAST_MS 253402300799000 /* of year 9999 */

/* ---- keys --------------------------------------------------------------------------------- */

#define AUDIT_PREFIX "audit#"
#define PART_ROOM 16

/* Counted from year 0. */
static int month_of(int64_t at_ms)
{
    struct clock_date date = clock_date_utc(at_ms / 1000);
    return date.year * 12 + date.month - 1;
}

static void pk_of_month(int month, char out[DDB_AUDIT_PK_ROOM])
{
    snprintf(out, DDB_AUDIT_PK_ROOM, AUDIT_PREFIX "%04d-%02d", month / 12, month % 12 + 1);
}

void ddb_audit_pk(int64_t at_ms, char out[DDB_AUDIT_PK_ROOM])
{
    pk_of_month(month_of(at_ms), out);
}

static char *audit_sk(struct arena *arena, const char *action_id, int64_t at_ms, const char *part)
{
    char time[CLOCK_TEXT_MAX];
    clock_format_ms(at_ms, time);
    return arena_printf(arena, "%s#%s#%s", time, action_id, part);
}

json_t *ddb_audit_key(const struct apply_context *context, const struct ddb_audit_part *part)
{
    struct arena arena = ARENA_INIT;
    char pk[DDB_AUDIT_PK_ROOM];
    char number[PART_ROOM];
    snprintf(number, sizeof number, "%06u", part->number);
    ddb_audit_pk(part->at_ms, pk);
    json_t *key = ddb_key(pk, audit_sk(&arena, context->action_id, part->at_ms, number));
    arena_release(&arena);
    return key;
}

static void set_text(json_t *item, const char *name, const char *text)
{
    if (text) {
        json_object_set_new(item, name, ddb_text(text));
    }
}

static void set_origin(json_t *item, const struct audit_origin *origin)
{
    set_text(item, "user", origin->user);
    set_text(item, "via", audit_via_name(origin->via));
    set_text(item, "ticket", origin->ticket);
    set_text(item, "undoes", origin->undoes);
    set_text(item, "plan_file", origin->plan_file);
}

json_t *ddb_audit_item(const struct apply_context *context, const char *action,
                       const struct ddb_audit_part *part, const char *changes)
{
    json_t *item = ddb_audit_key(context, part);
    json_object_set_new(item, "action", ddb_text(action));
    json_object_set_new(item, "actor", ddb_text(context->actor));
    json_object_set_new(item, "changes", ddb_text(changes));
    set_origin(item, &context->origin);
    if (context->planned > 0) {
        json_object_set_new(item, "planned", ddb_number((int64_t)context->planned));
    }
    if (context->audit_keep_s > 0) {
        json_object_set_new(item, "expires_at",
                            ddb_number(part->at_ms / 1000 + context->audit_keep_s));
    }
    return item;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reading {
    struct ddb *ddb;
    const struct progress *progress;
    struct strmap ids; /* of the actions that are wanted; the texts are in `arena` */
    struct arena arena;
    json_t *records;  /* theirs, newest first */
    int64_t began_ms; /* the earliest begin of a wanted action: its parts can go back so far */
    const struct history_query *query;
    size_t limit;       /* actions; 0: all */
    const char *action; /* only the one with this id; NULL: the newest */
    bool any_day;       /* ... whenever it was written */
    size_t n_seen;      /* records, also those that do not answer the question */
    uint64_t pages;
    bool no_table;
    bool cut; /* the query wants no more records */
    struct err err;
};

/* One month, newest first. */
struct month {
    struct reading *reading;
    int number;
    json_t *records; /* those read so far, newest first */
    struct strmap ids;
    int64_t began_ms; /* the earliest begin of its first `limit` actions */
};

/* "2026-11-22T20:32:01.123Z#ID#PART" into its parts. False if it is not of this form. */
static bool split_sk(const char *sk, int64_t *at_ms, char *id, size_t room)
{
    const char *first = strchr(sk, '#');
    const char *last = strrchr(sk, '#');
    char time[CLOCK_TEXT_MAX];
    if (!first || first == last || (size_t)(first - sk) >= sizeof time ||
        (size_t)(last - first - 1) >= room) {
        return false;
    }
    snprintf(time, sizeof time, "%.*s", (int)(first - sk), sk);
    snprintf(id, room, "%.*s", (int)(last - first - 1), first + 1);
    return *id && clock_parse(time, at_ms);
}

const char *ddb_audit_month(struct arena *arena, const json_t *item, int64_t *at_ms)
{
    const char *pk = ddb_item_text(item, "pk");
    const char *sk = ddb_item_text(item, "sk");
    char id[DDB_AUDIT_ID_ROOM];
    size_t prefix = strlen(AUDIT_PREFIX);
    if (!pk || !sk || strncmp(pk, AUDIT_PREFIX, prefix) != 0 ||
        !split_sk(sk, at_ms, id, sizeof id)) {
        return NULL;
    }
    return text_sanitise(arena, pk + prefix);
}

/* When the action began: its id says it. A record of it cannot be older. */
static int64_t begin_of(const char *id, int64_t record_ms)
{
    int64_t began_ms = 0;
    return audit_id_time(id, &began_ms) && began_ms < record_ms ? began_ms : record_ms;
}

static size_t planned_of(const json_t *item)
{
    int64_t n = ddb_item_seconds(item, "planned");
    return n > 0 ? (size_t)n : 0;
}

bool ddb_audit_record(const json_t *item, char id[DDB_AUDIT_ID_ROOM], struct audit_record *out)
{
    const char *sk = ddb_item_text(item, "sk");
    const char *actor = ddb_item_text(item, "actor");
    const char *action = ddb_item_text(item, "action");
    const char *changes = ddb_item_text(item, "changes");
    int64_t at_ms = 0;
    if (!sk || !split_sk(sk, &at_ms, id, DDB_AUDIT_ID_ROOM)) {
        return false;
    }
    *out = (struct audit_record){
        .action_id = id,
        .place = sk,
        .at_ms = begin_of(id, at_ms),
        .written_ms = at_ms,
        .order = at_ms,
        .actor = actor ? actor : "",
        .origin = {.user = ddb_item_text(item, "user"),
                   .via = audit_via_parse(ddb_item_text(item, "via")),
                   .ticket = ddb_item_text(item, "ticket"),
                   .undoes = ddb_item_text(item, "undoes"),
                   .plan_file = ddb_item_text(item, "plan_file")},
        .action = action ? action : "",
        .changes = changes ? changes : "",
        .planned = planned_of(item),
    };
    return true;
}

/* ---- a month -------------------------------------------------------------------------------- */

static void on_page(void *context, struct response *reply, const struct err *err);

/* The times between which the records lie, if the question says that: of one action its day. */
static bool has_times(const struct reading *reading, int64_t *from_ms, int64_t *to_ms)
{
    const struct history_query *query = reading->query;
    if (reading->action) {
        *from_ms = reading->began_ms;
        *to_ms = reading->began_ms + LONGEST_MS;
        return !reading->any_day;
    }
    *from_ms = query->since_ms;
    *to_ms = query->until_ms ? query->until_ms + LONGEST_MS : LAST_MS;
    return query->since_ms || query->until_ms;
}

static void only_between(int64_t from_ms, int64_t to_ms, json_t *body, json_t *values)
{
    char from[CLOCK_TEXT_MAX];
    char to[CLOCK_TEXT_MAX];
    clock_format_ms(from_ms, from);
    clock_format_ms(to_ms, to);
    json_object_set_new(values, ":a", ddb_text(from));
    json_object_set_new(values, ":b", ddb_text(to));
    json_object_set_new(body, "KeyConditionExpression",
                        json_string("pk = :p AND sk BETWEEN :a AND :b"));
}

static void next_page(struct month *month, json_t *start)
{
    char pk[DDB_AUDIT_PK_ROOM];
    pk_of_month(month->number, pk);
    json_t *values = json_object();
    json_object_set_new(values, ":p", ddb_text(pk));
    json_t *body = json_object();
    json_object_set_new(body, "KeyConditionExpression", json_string("pk = :p"));
    int64_t from_ms;
    int64_t to_ms;
    if (has_times(month->reading, &from_ms, &to_ms)) {
        only_between(from_ms, to_ms, body, values);
    }
    json_object_set_new(body, "ExpressionAttributeValues", values);
    json_object_set_new(body, "ConsistentRead", json_true());
    json_object_set_new(body, "ScanIndexForward", json_false());
    size_t most = month->reading->query->records;
    json_object_set_new(body, "Limit", json_integer(most > 0 && most < PAGE ? (int)most : PAGE));
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    if (start) {
        json_object_set(body, "ExclusiveStartKey", start);
    }
    ddb_submit(month->reading->ddb, "Query", body, on_page, month);
}

/* Keeps the records. False when no further one of the month can be wanted: the actions that are
   have begun after it. */
static bool take_page(struct month *month, const json_t *answer)
{
    struct reading *reading = month->reading;
    int64_t now_s = ddb_now_ms(reading->ddb) / 1000;
    bool more = true;
    size_t i = 0;
    json_t *item = NULL;
    json_array_foreach(json_object_get(answer, "Items"), i, item)
    {
        int64_t expires_s = ddb_item_seconds(item, "expires_at");
        struct audit_record record;
        char id[DDB_AUDIT_ID_ROOM];
        if (!ddb_audit_record(item, id, &record) || (expires_s > 0 && expires_s <= now_s)) {
            continue;
        }
        bool room = reading->limit == 0 || month->ids.count < reading->limit;
        more = room || record.order >= month->began_ms;
        reading->n_seen++;
        if (!history_query_wants(reading->query, &record)) {
            continue;
        }
        if (strmap_get(&month->ids, id) == STRMAP_NONE && room) {
            month->began_ms = record.at_ms < month->began_ms ? record.at_ms : month->began_ms;
            strmap_add(&month->ids, arena_strdup(&reading->arena, id), 0);
        }
        json_array_append(month->records, item);
    }
    if (reading->query->records > 0 && json_array_size(month->records) >= reading->query->records) {
        reading->cut = true;
        more = false;
    }
    return more;
}

static void on_page(void *context, struct response *reply, const struct err *err)
{
    struct month *month = context;
    struct reading *reading = month->reading;
    if (reply->code != ERR_OK) {
        reading->no_table = reply->code == ERR_NOT_FOUND;
        ddb_take_err(&reading->err, err);
        return;
    }
    bool more = take_page(month, reply->json);
    ddb_progress(
        reading->ddb, reading->progress,
        (struct progress_report){.phase = "reading the history", .pages = ++reading->pages});
    if (progress_cancel(reading->progress) != CANCEL_NO) {
        err_set(&reading->err, ERR_CANCELLED, "cancelled");
        return;
    }
    json_t *next = json_object_get(reply->json, "LastEvaluatedKey");
    if (json_object_size(next) > 0 && more) {
        next_page(month, next);
    }
}

/* ---- months --------------------------------------------------------------------------------- */

/* Whether the records of this action are wanted: it was asked for, or is among the newest. */
static bool wants(struct reading *reading, const char *id, int64_t at_ms)
{
    if (reading->action && strcmp(reading->action, id) != 0) {
        return false;
    }
    if (strmap_get(&reading->ids, id) != STRMAP_NONE) {
        return true;
    }
    if (reading->limit > 0 && reading->ids.count >= reading->limit) {
        return false;
    }
    int64_t began_ms = begin_of(id, at_ms);
    reading->began_ms = began_ms < reading->began_ms ? began_ms : reading->began_ms;
    strmap_add(&reading->ids, arena_strdup(&reading->arena, id), 0);
    return true;
}

static void add_month(struct reading *reading, const struct month *month)
{
    size_t i = 0;
    json_t *item = NULL;
    json_array_foreach(month->records, i, item)
    {
        char id[DDB_AUDIT_ID_ROOM];
        int64_t at_ms = 0;
        if (split_sk(ddb_item_text(item, "sk"), &at_ms, id, sizeof id) &&
            wants(reading, id, at_ms)) {
            json_array_append(reading->records, item);
        }
    }
}

/* Reads `n` months backwards from `newest`, side by side. */
static enum err_code read_months(struct reading *reading, int newest, int n)
{
    struct month months[MONTHS_AT_ONCE];
    for (int i = 0; i < n; i++) {
        months[i] = (struct month){.reading = reading,
                                   .number = newest - i,
                                   .records = json_array(),
                                   .began_ms = INT64_MAX};
        strmap_init(&months[i].ids, 0);
        next_page(&months[i], NULL);
    }
    enum err_code code = http_run(client_http(reading->ddb->client), &reading->err);
    code = reading->err.code != ERR_OK ? reading->err.code : code;
    for (int i = 0; i < n; i++) {
        if (code == ERR_OK) {
            add_month(reading, &months[i]);
        }
        json_decref(months[i].records);
        strmap_release(&months[i].ids);
    }
    return code;
}

/* The newest month that can have an answer. One month ahead: a part is sent later than the clock is
   asked here. */
static int newest_month(const struct reading *reading)
{
    int month = month_of(ddb_now_ms(reading->ddb)) + 1;
    int64_t until_ms = reading->query->until_ms;
    int last = until_ms ? month_of(until_ms + LONGEST_MS) : month;
    return last < month ? last : month;
}

static enum err_code read_newest(struct reading *reading)
{
    enum err_code code = ddb_ask_time(reading->ddb, &reading->err);
    reading->no_table = code == ERR_NOT_FOUND;
    int month = newest_month(reading);
    int first = month_of(reading->query->since_ms);
    int n = FIRST_MONTHS + 1;
    bool empty = false;
    bool wanted = true;
    reading->began_ms = INT64_MAX;
    while (code == ERR_OK && !empty && wanted && month >= first) {
        size_t before = reading->n_seen;
        n = n < month - first + 1 ? n : month - first + 1;
        code = read_months(reading, month, n);
        empty = n == MONTHS_AT_ONCE && reading->n_seen == before;
        month -= n;
        n = MONTHS_AT_ONCE;
        /* The first parts of an action may lie in the month before. */
        bool begun_before = reading->ids.count > 0 && month_of(reading->began_ms) <= month;
        wanted = reading->limit == 0 || reading->ids.count < reading->limit || begun_before;
        wanted = wanted && !reading->cut;
    }
    return code;
}

static enum err_code read_action(struct reading *reading)
{
    enum err_code code = ERR_OK;
    if (audit_id_time(reading->action, &reading->began_ms)) {
        int first = month_of(reading->began_ms);
        int last = month_of(reading->began_ms + LONGEST_MS);
        code = read_months(reading, last, last - first + 1);
        /* An id that was made by a clock that was wrong: the records were written later. */
        reading->any_day = true;
        for (int month = month_of(ddb_now_ms(reading->ddb));
             code == ERR_OK && month >= first && json_array_size(reading->records) == 0;
             month -= MONTHS_AT_ONCE) {
            int n = month - first + 1;
            code = read_months(reading, month, n < MONTHS_AT_ONCE ? n : MONTHS_AT_ONCE);
        }
    }
    if (code == ERR_OK && json_array_size(reading->records) == 0) {
        code = err_set(&reading->err, ERR_NOT_FOUND, "there is no action %s", reading->action);
        err_hint(&reading->err, "extpool --history lists the actions");
    }
    return code;
}

/* The records into the history, the oldest first. One that nobody can read is passed over, but not
   where this very action was asked for. */
static enum err_code add_records(struct reading *reading, struct history *history)
{
    for (size_t i = json_array_size(reading->records); i-- > 0;) {
        const json_t *item = json_array_get(reading->records, i);
        struct err err = ERR_INIT;
        struct audit_record record;
        char id[DDB_AUDIT_ID_ROOM];
        if (!ddb_audit_record(item, id, &record)) {
            continue; /* take_page has passed them over */
        }
        enum err_code code = history_add_answer(history, reading->query, &record, &err);
        if (code != ERR_OK && reading->action) {
            ddb_take_err(&reading->err, &err);
            return code;
        }
        if (code != ERR_OK) {
            log_line(LOG_WARN, "dynamodb", "passed over: %s", err.text);
        }
    }
    return ERR_OK;
}

enum err_code ddb_history(struct ddb *ddb, const struct history_query *query,
                          const struct progress *progress, struct history **out, struct err *err)
{
    struct reading reading = {.ddb = ddb,
                              .progress = progress,
                              .records = json_array(),
                              .query = query,
                              .limit = query->action_id ? 0 : query->limit,
                              .action = query->action_id};
    struct history *history = history_new();
    struct http *http = client_http(ddb->client);
    strmap_init(&reading.ids, 0);
    http_set_progress(http, progress);
    enum err_code code = query->action_id ? read_action(&reading) : read_newest(&reading);
    http_set_progress(http, NULL);
    if (code == ERR_OK) {
        code = add_records(&reading, history);
    }
    if (code != ERR_OK) {
        history_free(history);
        history = NULL;
        if (reading.no_table) {
            code = ddb_explain(ddb, &reading.err);
        }
        ddb_take_err(err, &reading.err);
    } else {
        history->cut = reading.cut;
        history_seal_by_time(history);
        history_keep(history, query);
        *out = history;
    }
    json_decref(reading.records);
    strmap_release(&reading.ids);
    arena_release(&reading.arena);
    return code;
}
