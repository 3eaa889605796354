#include "aws/dynamodb/ddb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/pool/stamps.h"

/* Requests to the table, and what all of them have in common. */

#define TABLES_SHOWN 8
#define HURRY_MS 5000

/* ---- sending ----------------------------------------------------------------------------- */

/* A call and what it borrows. The protocol: "DynamoDB low-level API" in the developer guide. */
struct prepared {
    char target[64];
    struct http_header headers[2];
    struct call call;
};

static void prepare(const struct ddb *ddb, const char *operation, const char *body,
                    struct prepared *out)
{
    snprintf(out->target, sizeof out->target, "DynamoDB_20120810.%s", operation);
    out->headers[0] =
        (struct http_header){.name = "Content-Type", .value = "application/x-amz-json-1.0"};
    out->headers[1] = (struct http_header){.name = "X-Amz-Target", .value = out->target};
    out->call = (struct call){
        .operation = operation,
        .method = "POST",
        .path = "/",
        .headers = out->headers,
        .header_count = 2,
        .body = body,
        .body_length = strlen(body),
        .resource = ddb->what,
        .region = ddb->region,
        .no_retry = ddb->hurry,
        .timeout_ms = ddb->hurry ? HURRY_MS : 0,
    };
}

/* Most requests are about the table; some name tables elsewhere, or none. */
static char *body_text(const struct ddb *ddb, const char *operation, json_t *body_new)
{
    if (!json_object_get(body_new, "RequestItems") && !json_object_get(body_new, "TransactItems") &&
        strcmp(operation, "ListTables") != 0) {
        json_object_set_new(body_new, "TableName", json_string(ddb->table));
    }
    char *text = json_dumps(body_new, JSON_COMPACT);
    json_decref(body_new);
    return text ? text : mem_strdup("{}");
}

void ddb_submit_text(struct ddb *ddb, const char *operation, const char *body, call_done_fn done,
                     void *context)
{
    struct prepared prepared = {.target = ""};
    prepare(ddb, operation, body, &prepared);
    client_submit(ddb->client, &prepared.call, done, context);
}

void ddb_submit(struct ddb *ddb, const char *operation, json_t *body_new, call_done_fn done,
                void *context)
{
    char *body = body_text(ddb, operation, body_new);
    ddb_submit_text(ddb, operation, body, done, context);
    free(body);
}

enum err_code ddb_call(struct ddb *ddb, const char *operation, json_t *body_new,
                       struct response *reply, struct err *err)
{
    struct prepared prepared = {.target = ""};
    char *body = body_text(ddb, operation, body_new);
    prepare(ddb, operation, body, &prepared);
    enum err_code code = client_call(ddb->client, &prepared.call, reply, err);
    free(body);
    return code;
}

json_t *ddb_query_body(const char *index, const char *condition, json_t *values_new)
{
    json_t *body = json_object();
    if (index) {
        json_object_set_new(body, "IndexName", json_string(index));
    }
    json_object_set_new(body, "KeyConditionExpression", json_string(condition));
    json_object_set_new(body, "ExpressionAttributeValues", values_new);
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    return body;
}

/* ---- the time ---------------------------------------------------------------------------- */

int64_t ddb_now_ms(const struct ddb *ddb)
{
    int64_t now_ms = 0;
    if (ddb->clock->service_now_ms) {
        return ddb->clock->service_now_ms(ddb->clock->context);
    }
    return client_service_now_ms(ddb->client, &now_ms) ? now_ms : clock_now_ms(ddb->clock);
}

enum err_code ddb_ask_time(struct ddb *ddb, struct err *err)
{
    int64_t now_ms = 0;
    if (ddb->clock->service_now_ms || client_service_now_ms(ddb->client, &now_ms)) {
        return ERR_OK;
    }
    struct response reply;
    json_t *body = json_object();
    json_object_set_new(body, "Key", ddb_key("clock", "clock"));
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    enum err_code code = ddb_call(ddb, "GetItem", body, &reply, err);
    response_release(&reply);
    return code;
}

void ddb_judge_time(const struct ddb *ddb, struct snapshot *snapshot)
{
    stamps_judge_service(snapshot, ddb_now_ms(ddb), ddb->clock, "DynamoDB");
}

/* ---- waiting ----------------------------------------------------------------------------- */

static void on_time(void *context, bool cancelled)
{
    (void)context;
    (void)cancelled;
}

enum err_code ddb_wait(struct ddb *ddb, int64_t wait_ms, struct err *err)
{
    struct http *http = client_http(ddb->client);
    http_after(http, wait_ms, on_time, NULL);
    return http_run(http, err);
}

int64_t ddb_backoff_ms(struct ddb *ddb, int64_t base_ms, unsigned tries, int64_t cap_ms)
{
    int64_t top = base_ms;
    for (unsigned i = 0; i < tries && top < cap_ms; i++) {
        top *= 2;
    }
    top = top < cap_ms ? top : cap_ms;
    return (int64_t)((double)top * ddb->random(ddb->random_context)) + 1;
}

/* ---- progress ----------------------------------------------------------------------------- */

void ddb_progress(const struct ddb *ddb, const struct progress *progress,
                  struct progress_report report)
{
    report.requests = ddb->statistics->requests;
    report.retries = ddb->statistics->retries;
    report.throttled = ddb->statistics->throttled;
    progress_update(progress, &report);
}

/* ---- errors ------------------------------------------------------------------------------ */

void ddb_take_err(struct err *err, const struct err *from)
{
    if (err && err->code == ERR_OK) {
        *err = *from;
    }
}

/* The tables of the account and region, the first hundred; NULL if the role may not list them.
   The reply holds them. */
static const json_t *list_tables(struct ddb *ddb, struct response *reply)
{
    struct err ignored = ERR_INIT;
    json_t *body = json_object();
    json_object_set_new(body, "Limit", json_integer(100));
    enum err_code code = ddb_call(ddb, "ListTables", body, reply, &ignored);
    return code == ERR_OK ? json_object_get(reply->json, "TableNames") : NULL;
}

/* "a, b, c and 4 more" */
static void name_tables(const json_t *names, struct buf *out)
{
    size_t n = json_array_size(names);
    for (size_t i = 0; i < n && i < TABLES_SHOWN; i++) {
        buf_printf(out, "%s%s", i > 0 ? ", " : "", json_string_value(json_array_get(names, i)));
    }
    if (n > TABLES_SHOWN) {
        buf_printf(out, " and %zu more", n - TABLES_SHOWN);
    }
}

static void no_table(const struct ddb *ddb, const json_t *names, struct err *err)
{
    struct buf text;
    buf_init(&text, 4096);
    err_clear(err);
    err_set(err, ERR_NOT_FOUND, "there is no table %s in %s", ddb->name,
            ddb->region ? ddb->region : client_region(ddb->client));
    name_tables(names, &text);
    if (!names) {
        err_hint(err, "extpool --init creates it");
    } else if (text.length == 0) {
        err_hint(err, "there are no tables at all in this account and region; extpool --init "
                      "creates it");
    } else {
        err_hint(err, "there are: %s\nextpool --init creates %s", text.data, ddb->name);
    }
    buf_release(&text);
}

/* Whether the list is whole and the table is not on it. */
static bool is_not_there(const struct ddb *ddb, const struct response *reply, const json_t *names)
{
    size_t i = 0;
    const json_t *name = NULL;
    json_array_foreach(names, i, name)
    {
        if (json_is_string(name) && strcmp(json_string_value(name), ddb->name) == 0) {
            return false;
        }
    }
    /* An ARN may be of another account, whose tables are not listed. */
    return !ddb->region && json_is_array(names) &&
           !json_object_get(reply->json, "LastEvaluatedTableName");
}

enum err_code ddb_explain(struct ddb *ddb, struct err *err)
{
    struct err plain = ERR_INIT;
    struct err *which = err ? err : &plain;
    if (which->code == ERR_NOT_FOUND || which->code == ERR_DENIED) {
        /* A policy for one table denies what is asked of any other: a wrong name looks so too. */
        struct response reply;
        const json_t *names = list_tables(ddb, &reply);
        if (which->code == ERR_NOT_FOUND || is_not_there(ddb, &reply, names)) {
            no_table(ddb, names, which);
        }
        response_release(&reply);
        return which->code;
    }
    if (which->code == ERR_SERVICE && strstr(which->text, "specified index")) {
        err_clear(which);
        err_set(which, ERR_NOT_FOUND, "table %s has no index %s", ddb->name, DDB_INDEX);
        err_hint(which, "extpool --init creates it");
    }
    return which->code;
}
