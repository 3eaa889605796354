#include "aws/dynamodb/ddb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/audit.h"
#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/text.h"

/*
 * The audit trail: written with the changes (aws/dynamodb/transaction.c), read here. A month is a partition,
 * and in it the sort key is time, action id and part, so the newest stand at the end. Months are
 * read backwards until enough actions are there; first this month and the two before, then a year
 * at a time side by side. A year without any record is the beginning.
 *
 * A record whose time is over may still be there for days (the service deletes when it likes): it
 * is passed over.
 */

#define FIRST_MONTHS 3
#define MONTHS_AT_ONCE 12
#define PAGE 200 /* records, of some 5 KB each */

/* ---- keys --------------------------------------------------------------------------------- */

#define PK_ROOM 24
#define PART_ROOM 16
#define ID_ROOM 128

/* Counted from year 0. */
static int month_of(int64_t at_ms)
{
    struct clock_date date = clock_date_utc(at_ms / 1000);
    return date.year * 12 + date.month - 1;
}

static void audit_pk(int month, char out[PK_ROOM])
{
    snprintf(out, PK_ROOM, "audit#%04d-%02d", month / 12, month % 12 + 1);
}

static char *audit_sk(struct arena *arena, const char *action_id, int64_t at_ms, const char *part)
{
    char time[CLOCK_TEXT_MAX];
    clock_format_ms(at_ms, time);
    return arena_printf(arena, "%s#%s#%s", time, action_id, part);
}

json_t *ddb_audit_key(const struct apply_context *context, unsigned part)
{
    struct arena arena = ARENA_INIT;
    char pk[PK_ROOM];
    char number[PART_ROOM];
    snprintf(number, sizeof number, "%06u", part);
    audit_pk(month_of(context->at_ms), pk);
    json_t *key = ddb_key(pk, audit_sk(&arena, context->action_id, context->at_ms, number));
    arena_release(&arena);
    return key;
}

json_t *ddb_audit_item(const struct apply_context *context, const char *action, unsigned part,
                       const char *changes)
{
    json_t *item = ddb_audit_key(context, part);
    json_object_set_new(item, "action", ddb_text(action));
    json_object_set_new(item, "actor", ddb_text(context->actor));
    json_object_set_new(item, "changes", ddb_text(changes));
    if (context->audit_keep_s > 0) {
        json_object_set_new(item, "expires_at",
                            ddb_number(context->at_ms / 1000 + context->audit_keep_s));
    }
    return item;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reading {
    struct ddb *ddb;
    const struct progress *progress;
    struct history *history;
    size_t limit; /* actions; 0: all */
    uint64_t pages;
    bool no_table;
    struct err err;
};

/* One month, newest first. */
struct month {
    struct reading *reading;
    int number;
    const char *prefix; /* of the sort key; NULL: all */
    json_t *records;    /* those read so far, newest first */
    size_t n_actions;
    char last_id[ID_ROOM];
};

/* "2026-11-22T20:32:01.123Z#ID#PART" into its parts. False where it is nothing of the kind. */
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

static void on_page(void *context, struct response *reply, const struct err *err);

static void next_page(struct month *month, json_t *start)
{
    char pk[PK_ROOM];
    audit_pk(month->number, pk);
    json_t *values = json_object();
    json_object_set_new(values, ":p", ddb_text(pk));
    if (month->prefix) {
        json_object_set_new(values, ":s", ddb_text(month->prefix));
    }
    json_t *body = json_object();
    json_object_set_new(body, "KeyConditionExpression",
                        json_string(month->prefix ? "pk = :p AND begins_with(sk, :s)" : "pk = :p"));
    json_object_set_new(body, "ExpressionAttributeValues", values);
    json_object_set_new(body, "ConsistentRead", json_true());
    json_object_set_new(body, "ScanIndexForward", json_false());
    json_object_set_new(body, "Limit", json_integer(PAGE));
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    if (start) {
        json_object_set(body, "ExclusiveStartKey", start);
    }
    ddb_submit(month->reading->ddb, "Query", body, on_page, month);
}

/* Keeps the records and counts their actions. */
static void take_page(struct month *month, const json_t *answer)
{
    int64_t now_s = clock_now_s(month->reading->ddb->clock);
    size_t i = 0;
    json_t *item = NULL;
    json_array_foreach(json_object_get(answer, "Items"), i, item)
    {
        const char *sk = ddb_item_text(item, "sk");
        int64_t expires_s = ddb_item_seconds(item, "expires_at");
        int64_t at_ms = 0;
        char id[ID_ROOM];
        if (!sk || !split_sk(sk, &at_ms, id, sizeof id) || (expires_s > 0 && expires_s <= now_s)) {
            continue;
        }
        if (strcmp(id, month->last_id) != 0) {
            memcpy(month->last_id, id, sizeof id);
            month->n_actions++;
        }
        json_array_append(month->records, item);
    }
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
    take_page(month, reply->json);
    ddb_progress(reading->ddb, reading->progress, "reading the history", 0, 0, ++reading->pages);
    if (progress_cancel(reading->progress) != CANCEL_NO) {
        err_set(&reading->err, ERR_CANCELLED, "cancelled");
        return;
    }
    /* One more than wanted shows that the last wanted one is complete. */
    json_t *next = json_object_get(reply->json, "LastEvaluatedKey");
    bool enough = reading->limit > 0 && month->n_actions > reading->limit;
    if (json_object_size(next) > 0 && !enough) {
        next_page(month, next);
    }
}

/* How many of the month's records belong to the actions that are still wanted. */
static size_t records_wanted(const struct reading *reading, const json_t *records)
{
    size_t room = reading->limit > 0 ? reading->limit - reading->history->n_actions : SIZE_MAX;
    size_t end = 0;
    char last[ID_ROOM] = "";
    char id[ID_ROOM];
    int64_t at_ms = 0;
    for (; end < json_array_size(records); end++) {
        split_sk(ddb_item_text(json_array_get(records, end), "sk"), &at_ms, id, sizeof id);
        if (strcmp(id, last) != 0 && room-- == 0) {
            break;
        }
        memcpy(last, id, sizeof id);
    }
    return end;
}

/* Adds a month's records, the parts of an action in their order, up to the limit. One that nobody
   can read is passed over, but not where this very action was asked for. */
static enum err_code add_month(struct reading *reading, const struct month *month)
{
    for (size_t i = records_wanted(reading, month->records); i-- > 0;) {
        const json_t *item = json_array_get(month->records, i);
        const char *actor = ddb_item_text(item, "actor");
        const char *action = ddb_item_text(item, "action");
        const char *changes = ddb_item_text(item, "changes");
        struct err err = ERR_INIT;
        int64_t at_ms = 0;
        char id[ID_ROOM];
        split_sk(ddb_item_text(item, "sk"), &at_ms, id, sizeof id);
        enum err_code code = history_add(reading->history, id, at_ms, actor ? actor : "",
                                         action ? action : "", changes ? changes : "", &err);
        if (code != ERR_OK && month->prefix) {
            ddb_take_err(&reading->err, &err);
            return code;
        }
        if (code != ERR_OK) {
            log_line(LOG_WARN, "dynamodb", "passed over: %s", err.text);
        }
    }
    return ERR_OK;
}

/* Reads `n` months backwards from `newest`, side by side. */
static enum err_code read_months(struct reading *reading, int newest, int n, const char *prefix)
{
    struct month months[MONTHS_AT_ONCE];
    for (int i = 0; i < n; i++) {
        months[i] = (struct month){
            .reading = reading, .number = newest - i, .prefix = prefix, .records = json_array()};
        next_page(&months[i], NULL);
    }
    enum err_code code = http_run(client_http(reading->ddb->client), &reading->err);
    code = reading->err.code != ERR_OK ? reading->err.code : code;
    for (int i = 0; i < n; i++) {
        bool wanted = reading->limit == 0 || reading->history->n_actions < reading->limit;
        if (code == ERR_OK && wanted) {
            code = add_month(reading, &months[i]);
        }
        json_decref(months[i].records);
    }
    return code;
}

static enum err_code read_newest(struct reading *reading)
{
    /* One month ahead: the clock of another machine may be. */
    int month = month_of(clock_now_ms(reading->ddb->clock)) + 1;
    int n = FIRST_MONTHS + 1;
    bool empty = false;
    enum err_code code = ERR_OK;
    while (code == ERR_OK && !empty &&
           (reading->limit == 0 || reading->history->n_actions < reading->limit)) {
        size_t before = reading->history->n_actions;
        code = read_months(reading, month, n, NULL);
        empty = n == MONTHS_AT_ONCE && reading->history->n_actions == before;
        month -= n;
        n = MONTHS_AT_ONCE;
    }
    return code;
}

static enum err_code read_action(struct reading *reading, const char *action_id)
{
    struct arena arena = ARENA_INIT;
    int64_t at_ms = 0;
    enum err_code code = ERR_OK;
    if (audit_id_time(action_id, &at_ms)) {
        reading->limit = 1;
        code = read_months(reading, month_of(at_ms), 1, audit_sk(&arena, action_id, at_ms, ""));
    }
    if (code == ERR_OK && reading->history->n_actions == 0) {
        code = err_set(&reading->err, ERR_NOT_FOUND, "there is no action %s", action_id);
        err_hint(&reading->err, "extpool --history lists the actions");
    }
    arena_release(&arena);
    return code;
}

enum err_code ddb_history(struct ddb *ddb, size_t limit, const char *action_id,
                          const struct progress *progress, struct history **out, struct err *err)
{
    struct reading reading = {
        .ddb = ddb, .progress = progress, .history = history_new(), .limit = limit};
    struct http *http = client_http(ddb->client);
    http_set_progress(http, progress);
    enum err_code code = action_id ? read_action(&reading, action_id) : read_newest(&reading);
    http_set_progress(http, NULL);
    if (code != ERR_OK) {
        history_free(reading.history);
        if (reading.no_table) {
            code = ddb_explain(ddb, &reading.err);
        }
        ddb_take_err(err, &reading.err);
        return code;
    }
    history_seal(reading.history);
    *out = reading.history;
    return ERR_OK;
}
