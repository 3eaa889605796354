#include "aws/dynamodb/scheduler.h"

#include <string.h>

#include "core/base/banned.h"

/*
 * Transactions whose answer was lost: were they carried out?
 *
 * The audit record of a part is written in the same transaction, so it exists exactly if the
 * changes were written. While the apply goes on, a part without a record is simply sent again with
 * its token. At the end (the operator pressed the key twice, or the service cannot be reached) it
 * is not sent again. Instead an empty record is written in the record's place, on the condition
 * that the place is free. If that succeeds, the transaction was not carried out and can never be,
 * even if it is still in a buffer on its way. If it fails, the record in its place is read.
 */

#define NO_CHANGES "[]" /* no real record says that */

static void get_record(struct ddb_transaction *part, call_done_fn done)
{
    json_t *body = json_object();
    json_object_set_new(body, "Key", ddb_audit_key(part->writer->context, &part->record));
    json_object_set_new(body, "ConsistentRead", json_true());
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    ddb_submit(part->writer->ddb, "GetItem", body, done, part);
}

/* ---- while the apply goes on --------------------------------------------------------------- */

static void on_record(void *context, struct response *reply, const struct err *err)
{
    struct ddb_transaction *part = context;
    part->known(part, json_object_get(reply->json, "Item") != NULL, err);
}

void ddb_in_doubt_ask(struct ddb_transaction *part, ddb_known_fn known)
{
    part->known = known;
    get_record(part, on_record);
}

void ddb_in_doubt_keep(struct ddb_transaction *part)
{
    part->next = part->writer->in_doubt;
    part->writer->in_doubt = part;
}

struct ddb_transaction *ddb_in_doubt_take(struct ddb_scheduler *writer)
{
    struct ddb_transaction *part = writer->in_doubt;
    if (part) {
        writer->in_doubt = part->next;
    }
    return part;
}

/* ---- at the end ---------------------------------------------------------------------------- */

static void not_known(struct ddb_transaction *part, const struct err *err)
{
    struct plan *plan = part->writer->plan;
    bool stopped = err->code == ERR_CANCELLED;
    ddb_decide_all(part, RESULT_IN_DOUBT,
                   arena_printf(&plan->arena, "not known whether it was written%s%s",
                                stopped ? "" : ": ", stopped ? "" : err->text));
}

static void was_not_carried_out(struct ddb_transaction *part)
{
    bool cancelled = part->err.code == ERR_CANCELLED;
    ddb_decide_all(part, cancelled ? RESULT_NOT_TRIED : RESULT_FAILED,
                   cancelled ? NULL : part->err.text);
}

static void on_looked_again(void *context, struct response *reply, const struct err *err)
{
    struct ddb_transaction *part = context;
    const json_t *item = json_object_get(reply->json, "Item");
    const char *changes = ddb_item_text(item, "changes");
    if (reply->code != ERR_OK) {
        not_known(part, err);
    } else if (changes && strcmp(changes, NO_CHANGES) != 0) {
        ddb_decide_all(part, RESULT_DONE, NULL);
    } else {
        was_not_carried_out(part); /* an attempt of ours to take the place got through */
    }
}

static void on_taken(void *context, struct response *reply, const struct err *err)
{
    struct ddb_transaction *part = context;
    if (reply->code == ERR_OK) {
        was_not_carried_out(part);
    } else if (reply->code == ERR_CONFLICT) {
        get_record(part, on_looked_again);
    } else {
        not_known(part, err);
    }
}

static void take_place(struct ddb_transaction *part)
{
    const struct ddb_scheduler *writer = part->writer;
    json_t *body = json_object();
    json_object_set_new(
        body, "Item",
        ddb_audit_item(writer->context, writer->plan->action, &part->record, NO_CHANGES));
    json_object_set_new(body, "ConditionExpression", json_string("attribute_not_exists(pk)"));
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    ddb_submit(writer->ddb, "PutItem", body, on_taken, part);
}

/* A stop has cut off the writes; the questions after them end only with the next level of it. */
static enum cancel on_cancel(void *context)
{
    return progress_cancel(context) >= CANCEL_NOW ? CANCEL_NOW : CANCEL_NO;
}

void ddb_in_doubt_resolve(struct ddb_scheduler *writer)
{
    struct ddb *ddb = writer->ddb;
    union { /* only asked; the context of a callback is not const */
        const struct progress *given;
        void *context;
    } asked = {.given = writer->progress};
    const struct progress progress = {.context = asked.context, .cancel = on_cancel};
    struct http *http = client_http(ddb->client);
    if (!writer->in_doubt) {
        return;
    }
    ddb->hurry = writer->err.code == ERR_CANCELLED;
    ddb_progress(ddb, writer->progress,
                 (struct progress_report){.phase = "finding out what was written",
                                          .done = writer->n_decided,
                                          .total = writer->n_changes});
    for (struct ddb_transaction *part = writer->in_doubt; part; part = part->next) {
        take_place(part);
    }
    struct err ran = ERR_INIT;
    http_set_progress(http, &progress);
    if (http_run(http, &ran) != ERR_OK) {
        ddb_stop(writer, &ran);
    }
    http_set_progress(http, NULL);
    ddb->hurry = false;
}
