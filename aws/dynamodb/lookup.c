#include "aws/dynamodb/ddb.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"

/*
 * Point reads: one extension by a Query of its key; one agent by their claim and by the index, side
 * by side, and then the extension that these name. All of it is eventually consistent, half a read
 * unit a question: a call is waiting. What lies only in the claim or only in the index counts when
 * the extension itself says so.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 */

struct looking {
    struct ddb *ddb;
    struct ddb_reader reader;
    struct slot slot;       /* of the extension that was asked for last */
    const char *agent;      /* NULL: an extension was asked for */
    char claimed[EXT_ROOM]; /* "": no claim */
    char indexed[EXT_ROOM]; /* "": the index shows none */
    struct err err;
};

/* ---- requests ----------------------------------------------------------------------------- */

static bool failed(struct looking *l, struct response *reply, const struct err *err)
{
    if (reply->code != ERR_OK) {
        ddb_take_err(&l->err, err);
    }
    return reply->code != ERR_OK;
}

/* ---- an extension ------------------------------------------------------------------------- */

static void on_extension(void *context, struct response *reply, const struct err *err)
{
    struct looking *l = context;
    size_t i = 0;
    const json_t *item = NULL;
    if (failed(l, reply, err)) {
        return;
    }
    json_array_foreach(json_object_get(reply->json, "Items"), i, item)
    {
        struct ddb_item read;
        ddb_item_read(&l->reader, item, &read);
        if (read.kind == DDB_SLOT) {
            ddb_merge_record(&l->slot, &read.slot);
        }
    }
}

static enum err_code read_extension(struct looking *l, const char *ext)
{
    json_t *values = json_object();
    json_object_set_new(values, ":e", ddb_text(ext));
    l->slot = (struct slot){.state = SLOT_ABSENT};
    memcpy(l->slot.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    ddb_submit(l->ddb, "Query", ddb_query_body(NULL, "pk = :e", values), on_extension, l);
    (void)!http_run(client_http(l->ddb->client), &l->err);
    return l->err.code;
}

/* ---- an agent ------------------------------------------------------------------------------- */

static void keep_ext(const struct looking *l, const char *ext, char out[EXT_ROOM])
{
    if (ext && strlen(ext) == (size_t)l->reader.width) {
        memcpy(out, ext, (size_t)l->reader.width + 1);
    }
}

static void on_claim(void *context, struct response *reply, const struct err *err)
{
    struct looking *l = context;
    if (!failed(l, reply, err)) {
        keep_ext(l, ddb_item_text(json_object_get(reply->json, "Item"), "ext"), l->claimed);
    }
}

static void on_index(void *context, struct response *reply, const struct err *err)
{
    struct looking *l = context;
    if (!failed(l, reply, err)) {
        const json_t *items = json_object_get(reply->json, "Items");
        keep_ext(l, ddb_item_text(json_array_get(items, 0), "pk"), l->indexed);
    }
}

static enum err_code ask_for_agent(struct looking *l)
{
    json_t *values = json_object();
    json_t *claim = json_object();
    json_object_set_new(values, ":s", ddb_text(ddb_record_sk(RECORD_ASSIGNED)));
    json_object_set_new(values, ":a", ddb_text(l->agent));
    json_object_set_new(claim, "Key", ddb_claim_key(l->agent));
    json_object_set_new(claim, "ReturnConsumedCapacity", json_string("TOTAL"));
    ddb_submit(l->ddb, "GetItem", claim, on_claim, l);
    json_t *body = ddb_query_body(DDB_INDEX, "sk = :s AND sk_value = :a", values);
    json_object_set_new(body, "Limit", json_integer(1));
    ddb_submit(l->ddb, "Query", body, on_index, l);
    (void)!http_run(client_http(l->ddb->client), &l->err);
    return l->err.code;
}

static bool is_theirs(const struct looking *l)
{
    return l->slot.state == SLOT_ASSIGNED && strcmp(l->slot.agent, l->agent) == 0;
}

/* The claim first: it is written with the extension, while the index follows later. */
static enum err_code read_agent(struct looking *l)
{
    enum err_code code = ask_for_agent(l);
    if (code == ERR_OK && l->claimed[0] != '\0') {
        code = read_extension(l, l->claimed);
    }
    if (code == ERR_OK && !is_theirs(l) && l->indexed[0] != '\0' &&
        strcmp(l->indexed, l->claimed) != 0) {
        code = read_extension(l, l->indexed);
    }
    if (code == ERR_OK && !is_theirs(l)) {
        l->slot = (struct slot){.state = SLOT_ABSENT};
    }
    return code;
}

/* The service's time judges: whether a number cools must not hang on this machine's clock. */
static struct store_found judged(struct ddb *ddb, const struct slot *slot)
{
    struct snapshot *alone = snapshot_new();
    struct store_found found = {.slot = *slot};
    *snapshot_add(alone, slot->ext) = *slot;
    ddb_judge_time(ddb, alone);
    found.slot.time = alone->slots[0].time;
    found.time = alone->time;
    found.time.note = NULL; /* it lives in the snapshot */
    snapshot_unref(alone);
    return found;
}

/* ---- the port ----------------------------------------------------------------------------- */

enum err_code ddb_lookup(struct ddb *ddb, const struct policy *policy,
                         const struct store_lookup *wanted, const struct progress *progress,
                         struct store_found *out, struct err *err)
{
    struct looking l = {
        .ddb = ddb,
        .reader = {.arena = wanted->arena, .width = policy->width},
        .slot = {.state = SLOT_ABSENT},
        .agent = wanted->ext ? NULL : wanted->agent,
        .err = ERR_INIT,
    };
    http_set_progress(client_http(ddb->client), progress);
    enum err_code code = wanted->ext ? read_extension(&l, wanted->ext) : read_agent(&l);
    if (code != ERR_OK) {
        ddb_take_err(err, &l.err);
        code = ddb_explain(ddb, err);
    }
    http_set_progress(client_http(ddb->client), NULL);
    *out = judged(ddb, &l.slot);
    return code;
}
