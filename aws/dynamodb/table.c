#include "aws/dynamodb/ddb.h"

#include <string.h>

#include "core/base/banned.h"

/*
 * The table: made if it is missing, checked if it exists. A table that the old program's
 * owner made is taken as it is; only what the program cannot do without is added to it (the index)
 * and what costs nothing (expiry of audit records). Continuous backups and the protection against
 * deletion come with a table of ours; of one that was there they are its owner's decision.
 *
 * What a server does not know, or the role may not do, is a warning: the pool works without it.
 */

#define POLL_FIRST_MS 100
#define POLL_CAP_MS 5000
#define POLL_FOR_MS (INT64_C(30) * 60 * 1000) /* filling an index of a large table takes time */
#define BACKUP_TRIES 8

struct making {
    struct ddb *ddb;
    const struct progress *progress;
    struct port_info *warnings;
    struct err *err;
    bool fresh; /* made by us */
};

/* ---- what a table looks like ---------------------------------------------------------------- */

static json_t *attribute(const char *name)
{
    return json_pack("{s:s, s:s}", "AttributeName", name, "AttributeType", "S");
}

static json_t *key_schema(const char *hash, const char *range)
{
    return json_pack("[{s:s, s:s}, {s:s, s:s}]", "AttributeName", hash, "KeyType", "HASH",
                     "AttributeName", range, "KeyType", "RANGE");
}

static json_t *attributes(void)
{
    return json_pack("[o, o, o]", attribute("pk"), attribute("sk"), attribute("sk_value"));
}

static json_t *index_definition(void)
{
    return json_pack("{s:s, s:o, s:{s:s}}", "IndexName", DDB_INDEX, "KeySchema",
                     key_schema("sk", "sk_value"), "Projection", "ProjectionType", "ALL");
}

static bool has_key(const json_t *schema, const char *name, const char *type)
{
    size_t i = 0;
    const json_t *key = NULL;
    json_array_foreach(schema, i, key)
    {
        const char *is = json_string_value(json_object_get(key, "AttributeName"));
        const char *as = json_string_value(json_object_get(key, "KeyType"));
        if (is && as && strcmp(is, name) == 0 && strcmp(as, type) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_keys(const json_t *described, const char *hash, const char *range)
{
    const json_t *schema = json_object_get(described, "KeySchema");
    return json_array_size(schema) == 2 && has_key(schema, hash, "HASH") &&
           has_key(schema, range, "RANGE");
}

/* Keys of type S; a definition that is not told is taken as right. */
static bool are_texts(const json_t *table)
{
    size_t i = 0;
    const json_t *definition = NULL;
    json_array_foreach(json_object_get(table, "AttributeDefinitions"), i, definition)
    {
        const char *name = json_string_value(json_object_get(definition, "AttributeName"));
        const char *type = json_string_value(json_object_get(definition, "AttributeType"));
        bool ours = name && (strcmp(name, "pk") == 0 || strcmp(name, "sk") == 0 ||
                             strcmp(name, "sk_value") == 0);
        if (ours && type && strcmp(type, "S") != 0) {
            return false;
        }
    }
    return true;
}

static const json_t *find_index(const json_t *table)
{
    size_t i = 0;
    const json_t *index = NULL;
    json_array_foreach(json_object_get(table, "GlobalSecondaryIndexes"), i, index)
    {
        const char *name = json_string_value(json_object_get(index, "IndexName"));
        if (name && strcmp(name, DDB_INDEX) == 0) {
            return index;
        }
    }
    return NULL;
}

static bool has_status(const json_t *described, const char *member, const char *wanted)
{
    const char *status = json_string_value(json_object_get(described, member));
    return status && strcmp(status, wanted) == 0;
}

/* ---- steps --------------------------------------------------------------------------------- */

/* *table is a new reference. */
static enum err_code describe(struct making *making, json_t **table, struct err *err)
{
    struct response reply;
    *table = NULL;
    enum err_code code = ddb_call(making->ddb, "DescribeTable", json_object(), &reply, err);
    if (code == ERR_OK) {
        *table = json_incref(json_object_get(reply.json, "Table"));
    }
    response_release(&reply);
    return code;
}

/* A warning under `name`. An error that ends the run is not a warning: an expired log-in, no
   network, a key. */
static enum err_code warn(struct making *making, const char *name, struct err *failed)
{
    if (failed->code == ERR_AUTH || failed->code == ERR_OFFLINE || failed->code == ERR_CANCELLED) {
        ddb_take_err(making->err, failed);
        return failed->code;
    }
    if (making->warnings) {
        port_info_set(making->warnings, name, "%s", failed->text);
    }
    return ERR_OK;
}

static enum err_code create_table(struct making *making, bool protected, struct err *err)
{
    struct response reply;
    json_t *body = json_pack("{s:o, s:o, s:[o], s:s}", "AttributeDefinitions", attributes(),
                             "KeySchema", key_schema("pk", "sk"), "GlobalSecondaryIndexes",
                             index_definition(), "BillingMode", "PAY_PER_REQUEST");
    if (protected) {
        json_object_set_new(body, "DeletionProtectionEnabled", json_true());
    }
    enum err_code code = ddb_call(making->ddb, "CreateTable", body, &reply, err);
    bool exists = strcmp(reply.error, "ResourceInUseException") == 0;
    response_release(&reply);
    if (exists) { /* somebody else was faster */
        err_clear(err);
        return ERR_OK;
    }
    making->fresh = making->fresh || code == ERR_OK;
    return code;
}

/* With protection against deletion; a server that refuses the request for it gets another. */
static enum err_code create(struct making *making)
{
    struct err failed = ERR_INIT;
    enum err_code code = create_table(making, true, &failed);
    if (code == ERR_SERVICE) {
        struct err second = ERR_INIT;
        code = create_table(making, false, &second);
        if (code == ERR_OK) {
            return warn(making, "deletion_protection", &failed);
        }
        failed = second;
    }
    if (code != ERR_OK) {
        ddb_take_err(making->err, &failed);
    }
    return code;
}

static enum err_code create_index(struct making *making)
{
    struct response reply;
    json_t *body = json_pack("{s:o, s:[{s:o}]}", "AttributeDefinitions", attributes(),
                             "GlobalSecondaryIndexUpdates", "Create", index_definition());
    struct err failed = ERR_INIT;
    enum err_code code = ddb_call(making->ddb, "UpdateTable", body, &reply, &failed);
    if (strcmp(reply.error, "ResourceInUseException") == 0 ||
        (code != ERR_OK && strstr(reply.message, "already exists"))) {
        code = ERR_OK; /* somebody else was faster */
    }
    response_release(&reply);
    if (code != ERR_OK) {
        ddb_take_err(making->err, &failed);
    }
    return code;
}

/* ---- checking and waiting ------------------------------------------------------------------- */

enum err_code ddb_check_table(const json_t *table, const char *name, struct err *err)
{
    const json_t *index = find_index(table);
    enum err_code code = ERR_OK;
    if (!has_keys(table, "pk", "sk") || !are_texts(table)) {
        code = err_set(err, ERR_INPUT, "table %s has other keys than pk and sk (texts)", name);
    } else if (index && !has_keys(index, "sk", "sk_value")) {
        code = err_set(err, ERR_INPUT, "index %s of table %s has other keys than sk and sk_value",
                       DDB_INDEX, name);
    } else if (index &&
               !has_status(json_object_get(index, "Projection"), "ProjectionType", "ALL")) {
        code = err_set(err, ERR_INPUT, "index %s of table %s does not have all attributes",
                       DDB_INDEX, name);
    }
    if (code != ERR_OK) {
        err_hint(err, "it is not a table of extensions; name another one, and --init creates it");
    }
    return code;
}

static bool is_ready(const json_t *table)
{
    const json_t *index = find_index(table);
    bool serves = has_status(table, "TableStatus", "ACTIVE") ||
                  (index && has_status(table, "TableStatus", "UPDATING"));
    return serves && index && has_status(index, "IndexStatus", "ACTIVE");
}

/* Polls, ever more rarely, until table and index exist. Adds the index if it is missing. */
static enum err_code wait_until_ready(struct making *making)
{
    struct ddb *ddb = making->ddb;
    int64_t pause_ms = POLL_FIRST_MS;
    int64_t began_ms = http_ticks_ms(client_http(ddb->client));
    bool index_asked = false;
    for (unsigned polls = 1;; polls++) {
        json_t *table = NULL;
        struct err failed = ERR_INIT;
        enum err_code code = describe(making, &table, &failed);
        if (code == ERR_OK) {
            code = ddb_check_table(table, making->ddb->name, making->err);
            if (code == ERR_OK && !find_index(table) && !index_asked &&
                has_status(table, "TableStatus", "ACTIVE")) {
                index_asked = true;
                code = create_index(making);
            }
        } else if (code == ERR_NOT_FOUND) {
            code = ERR_OK; /* not everywhere yet */
        } else {
            ddb_take_err(making->err, &failed);
        }
        bool ready = code == ERR_OK && is_ready(table);
        json_decref(table);
        if (code != ERR_OK || ready) {
            return code;
        }
        ddb_progress(ddb, making->progress,
                     (struct progress_report){.phase = "waiting for the table", .done = polls});
        if (progress_cancel(making->progress) != CANCEL_NO) {
            return err_set(making->err, ERR_CANCELLED,
                           "cancelled; the table is being made all "
                           "the same");
        }
        if (http_ticks_ms(client_http(ddb->client)) - began_ms > POLL_FOR_MS) {
            code = err_set(making->err, ERR_SERVICE, "table %s is not ready after 30 minutes",
                           ddb->name);
            err_hint(making->err, "run extpool --init again to go on waiting");
            return code;
        }
        code = ddb_wait(ddb, pause_ms, making->err);
        if (code != ERR_OK) {
            return code;
        }
        pause_ms = pause_ms * 2 < POLL_CAP_MS ? pause_ms * 2 : POLL_CAP_MS;
    }
}

/* ---- backups and expiry --------------------------------------------------------------------- */

static enum err_code turn_on_backups(struct making *making)
{
    int64_t pause_ms = POLL_FIRST_MS;
    for (unsigned tries = 1;; tries++) {
        struct response reply;
        struct err failed = ERR_INIT;
        json_t *body = json_pack("{s:{s:b}}", "PointInTimeRecoverySpecification",
                                 "PointInTimeRecoveryEnabled", 1);
        enum err_code code =
            ddb_call(making->ddb, "UpdateContinuousBackups", body, &reply, &failed);
        /* Shortly after the creation of a table they are not available yet. */
        bool again = strcmp(reply.error, "ContinuousBackupsUnavailableException") == 0 &&
                     tries < BACKUP_TRIES;
        response_release(&reply);
        if (code == ERR_OK) {
            return ERR_OK;
        }
        if (!again) {
            return warn(making, "point_in_time_recovery", &failed);
        }
        code = ddb_wait(making->ddb, pause_ms, making->err);
        if (code != ERR_OK) {
            return code;
        }
        pause_ms = pause_ms * 2 < POLL_CAP_MS ? pause_ms * 2 : POLL_CAP_MS;
    }
}

static enum err_code turn_on_expiry(struct making *making)
{
    struct response reply;
    struct err failed = ERR_INIT;
    enum err_code code =
        ddb_call(making->ddb, "DescribeTimeToLive", json_object(), &reply, &failed);
    const json_t *is = json_object_get(reply.json, "TimeToLiveDescription");
    const char *by = json_string_value(json_object_get(is, "AttributeName"));
    bool on = code == ERR_OK && (has_status(is, "TimeToLiveStatus", "ENABLED") ||
                                 has_status(is, "TimeToLiveStatus", "ENABLING"));
    if (on && by && strcmp(by, "expires_at") != 0) {
        err_set(&failed, ERR_SERVICE,
                "table %s expires its items by %s, not by expires_at: audit "
                "records stay",
                making->ddb->name, by);
        code = ERR_SERVICE;
    }
    response_release(&reply);
    if (on && code == ERR_OK) {
        return ERR_OK;
    }
    if (!on) {
        err_clear(&failed);
        json_t *body = json_pack("{s:{s:b, s:s}}", "TimeToLiveSpecification", "Enabled", 1,
                                 "AttributeName", "expires_at");
        code = ddb_call(making->ddb, "UpdateTimeToLive", body, &reply, &failed);
        /* Two who create at once. */
        bool enabled = strstr(reply.message, "already enabled") != NULL;
        response_release(&reply);
        if (code == ERR_OK || enabled) {
            return ERR_OK;
        }
    }
    return warn(making, "time_to_live", &failed);
}

/* ---- all of it ------------------------------------------------------------------------------ */

enum err_code ddb_create(struct ddb *ddb, const struct progress *progress,
                         struct port_info *warnings, struct err *err)
{
    struct err own = ERR_INIT;
    struct making making = {
        .ddb = ddb, .progress = progress, .warnings = warnings, .err = err ? err : &own};
    struct err failed = ERR_INIT;
    json_t *table = NULL;
    http_set_progress(client_http(ddb->client), progress);
    enum err_code code = describe(&making, &table, &failed);
    json_decref(table);
    if (code == ERR_NOT_FOUND) {
        code = create(&making);
    } else if (code != ERR_OK) {
        ddb_take_err(making.err, &failed);
    }
    if (code == ERR_OK) {
        code = wait_until_ready(&making);
    }
    if (code == ERR_OK && making.fresh) {
        code = turn_on_backups(&making);
    }
    if (code == ERR_OK) {
        code = turn_on_expiry(&making);
    }
    http_set_progress(client_http(ddb->client), NULL);
    return code;
}
