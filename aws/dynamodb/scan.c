#include "aws/dynamodb/ddb.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

/*
 * Everything in the table, with strong consistency: a Scan in segments that run side by side, for
 * the doctor and nothing else. Of the audit trail only what is ahead of this month is of interest; the
 * rest stays behind (it is read all the same, and counted by the service). Nothing is projected: also
 * an attribute of somebody else's can be one that the old reader cannot hand on.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
 */

#define SEGMENTS 8
#define PAGE 2500

struct whole {
    struct ddb *ddb;
    const struct progress *progress;
    struct ddb_snapshot gather;
    struct err err;
    uint64_t pages;
    uint64_t seen;
    bool stop;
    char this_month[DDB_AUDIT_PK_ROOM]; /* of the audit trail: only what is ahead is of interest */
};

struct segment {
    struct whole *whole;
    int number;
};

static void on_reply(void *context, struct response *reply, const struct err *err);

static void next_page(struct segment *segment, json_t *start)
{
    json_t *values = json_object();
    json_object_set_new(values, ":a", ddb_text("audit#"));
    json_object_set_new(values, ":m", ddb_text(segment->whole->this_month));
    json_t *body = json_object();
    json_object_set_new(body, "ConsistentRead", json_true());
    json_object_set_new(body, "TotalSegments", json_integer(SEGMENTS));
    json_object_set_new(body, "Segment", json_integer(segment->number));
    json_object_set_new(body, "Limit", json_integer(PAGE));
    json_object_set_new(
        body, "FilterExpression",
        json_string("NOT begins_with(pk, :a) OR (begins_with(pk, :a) AND pk > :m)"));
    json_object_set_new(body, "ExpressionAttributeValues", values);
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    if (start) {
        json_object_set(body, "ExclusiveStartKey", start);
    }
    ddb_submit(segment->whole->ddb, "Scan", body, on_reply, segment);
}

static void take_page(struct whole *whole, const json_t *answer)
{
    size_t i = 0;
    const json_t *item = NULL;
    json_array_foreach(json_object_get(answer, "Items"), i, item)
    {
        ddb_snapshot_add(&whole->gather, item, NULL);
        whole->seen++;
    }
    whole->pages++;
    ddb_progress(whole->ddb, whole->progress,
                 (struct progress_report){.phase = "reading the whole table",
                                          .done = whole->seen,
                                          .pages = whole->pages});
}

static void on_reply(void *context, struct response *reply, const struct err *err)
{
    struct segment *segment = context;
    struct whole *whole = segment->whole;
    json_t *next = json_object_get(reply->json, "LastEvaluatedKey");
    if (reply->code != ERR_OK) {
        ddb_take_err(&whole->err, err);
        whole->stop = true;
    } else if (!json_is_array(json_object_get(reply->json, "Items"))) {
        err_set(&whole->err, ERR_SERVICE, "DynamoDB's answer to Scan has no Items (request id %s)",
                reply->request_id);
        whole->stop = true;
    } else {
        take_page(whole, reply->json);
    }
    if (!whole->stop && progress_cancel(whole->progress) != CANCEL_NO) {
        err_set(&whole->err, ERR_CANCELLED, "cancelled");
        whole->stop = true;
    }
    if (!whole->stop && json_object_size(next) > 0) {
        next_page(segment, next);
    }
}

enum err_code ddb_scan(struct ddb *ddb, const struct policy *policy,
                       const struct progress *progress, struct snapshot **out, struct err *err)
{
    struct whole whole = {.ddb = ddb, .progress = progress};
    struct segment segments[SEGMENTS];
    struct http *http = client_http(ddb->client);
    ddb_snapshot_init(&whole.gather, ddb, policy->width);
    http_set_progress(http, progress);
    enum err_code code = ddb_ask_time(ddb, &whole.err);
    ddb_audit_pk(ddb_now_ms(ddb), whole.this_month);
    for (int i = 0; code == ERR_OK && i < SEGMENTS; i++) {
        segments[i] = (struct segment){.whole = &whole, .number = i};
        next_page(&segments[i], NULL);
    }
    if (code == ERR_OK) {
        code = http_run(http, &whole.err);
    }
    http_set_progress(http, NULL);
    code = whole.err.code != ERR_OK ? whole.err.code : code;
    if (code == ERR_OK) {
        whole.gather.snapshot->read_at_s = clock_now_s(ddb->clock);
        code = ddb_snapshot_finish(&whole.gather, ddb, true, out, &whole.err);
        if (code == ERR_OK) {
            ddb_judge_time(ddb, *out);
        }
    } else {
        ddb_snapshot_drop(&whole.gather);
    }
    if (code != ERR_OK) {
        code = ddb_explain(ddb, &whole.err);
        ddb_take_err(err, &whole.err);
    }
    return code;
}
