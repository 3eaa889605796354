#include "aws/dynamodb/ddb.h"

#include <stdio.h>

#include "core/base/banned.h"

/*
 * What this store last published where: {pk: "export", sk: "<URI>", at, rows, digest}. Without
 * sk_value, so it costs nothing in the index and no reader sees it.
 */

enum err_code ddb_published(struct ddb *ddb, const char *uri, struct published *out,
                            struct err *err)
{
    struct response reply = {.code = ERR_OK};
    json_t *body = json_object();
    *out = (struct published){.at_s = 0};
    json_object_set_new(body, "Key", ddb_key(DDB_EXPORT_PK, uri));
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    enum err_code code = ddb_call(ddb, "GetItem", body, &reply, err);
    if (code == ERR_OK) {
        const json_t *item = json_object_get(reply.json, "Item");
        const char *digest = ddb_item_text(item, "digest");
        out->at_s = ddb_item_seconds(item, "at");
        out->rows = (uint64_t)ddb_item_seconds(item, "rows");
        snprintf(out->digest, sizeof out->digest, "%s", digest ? digest : "");
    }
    response_release(&reply);
    return code;
}

enum err_code ddb_note_published(struct ddb *ddb, const char *uri,
                                 const struct published *published, struct err *err)
{
    struct response reply = {.code = ERR_OK};
    json_t *body = json_object();
    json_t *item = ddb_key(DDB_EXPORT_PK, uri);
    json_object_set_new(item, "at", ddb_number(published->at_s));
    json_object_set_new(item, "rows", ddb_number((int64_t)published->rows));
    json_object_set_new(item, "digest", ddb_text(published->digest));
    json_object_set_new(body, "Item", item);
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    enum err_code code = ddb_call(ddb, "PutItem", body, &reply, err);
    response_release(&reply);
    return code;
}
