#include "aws/preflight/questions.h"

#include <string.h>

#include "aws/http/uri.h"
#include "aws/sign/crypto.h"

#include "core/base/banned.h"

/* No item has this key, and no condition below ever holds: nothing is written. */
#define KEY "preflight"
#define NEVER "attribute_exists(pk) AND attribute_not_exists(pk)"
#define NOBODY "00000000-0000-0000-0000-000000000000" /* an id of Connect that no user has */

/* ---- bodies -------------------------------------------------------------------------------- */

static json_t *key(void)
{
    return json_pack("{s:{s:s}, s:{s:s}}", "pk", "S", KEY, "sk", "S", KEY);
}

static json_t *nothing(const struct line *line)
{
    (void)line;
    return json_object();
}

static json_t *first_item(const struct line *line)
{
    (void)line;
    return json_pack("{s:i}", "Limit", 1);
}

static json_t *first_of_index(const struct line *line)
{
    (void)line;
    return json_pack("{s:s, s:s, s:{s:{s:s}}, s:i}", "IndexName", "skIndex",
                     "KeyConditionExpression", "sk = :s", "ExpressionAttributeValues", ":s", "S",
                     "nu", "Limit", 1);
}

static json_t *one_item(const struct line *line)
{
    (void)line;
    return json_pack("{s:o}", "Key", key());
}

static json_t *batch(const struct line *line)
{
    return json_pack("{s:{s:{s:[o]}}}", "RequestItems", line->preflight->table, "Keys", key());
}

static json_t *put(const struct line *line)
{
    (void)line;
    return json_pack("{s:o, s:s}", "Item", key(), "ConditionExpression", NEVER);
}

static json_t *update(const struct line *line)
{
    (void)line;
    return json_pack("{s:o, s:s, s:s, s:{s:{s:s}}}", "Key", key(), "ConditionExpression", NEVER,
                     "UpdateExpression", "SET note = :n", "ExpressionAttributeValues", ":n", "S",
                     KEY);
}

static json_t *delete_item(const struct line *line)
{
    (void)line;
    return json_pack("{s:o, s:s}", "Key", key(), "ConditionExpression", NEVER);
}

static json_t *condition_check(const struct line *line)
{
    char token[CRYPTO_UUID_TEXT];
    crypto_uuid4(token);
    return json_pack("{s:[{s:{s:s, s:o, s:s}}], s:s}", "TransactItems", "ConditionCheck",
                     "TableName", line->preflight->table, "Key", key(), "ConditionExpression",
                     NEVER, "ClientRequestToken", token);
}

/* Of a table that is there. */
static json_t *create(const struct line *line)
{
    (void)line;
    return json_pack("{s:[{s:s, s:s}], s:[{s:s, s:s}], s:s}", "AttributeDefinitions",
                     "AttributeName", "pk", "AttributeType", "S", "KeySchema", "AttributeName",
                     "pk", "KeyType", "HASH", "BillingMode", "PAY_PER_REQUEST");
}

/* Takes away an index that there is not. */
static json_t *alter(const struct line *line)
{
    (void)line;
    return json_pack("{s:[{s:{s:s}}]}", "GlobalSecondaryIndexUpdates", "Delete", "IndexName",
                     "extpool-preflight");
}

/* As they are. */
static json_t *same_backups(const struct line *line)
{
    int days = line->preflight->backup_days;
    json_t *wanted = json_pack("{s:b}", "PointInTimeRecoveryEnabled", 1);
    if (days > 0) {
        json_object_set_new(wanted, "RecoveryPeriodInDays", json_integer(days));
    }
    return json_pack("{s:o}", "PointInTimeRecoverySpecification", wanted);
}

static json_t *same_expiry(const struct line *line)
{
    (void)line;
    return json_pack("{s:{s:b, s:s}}", "TimeToLiveSpecification", "Enabled", 1, "AttributeName",
                     "expires_at");
}

static json_t *key_id(const struct line *line)
{
    return json_pack("{s:s}", "KeyId", line->arn);
}

static json_t *search(const struct line *line)
{
    return json_pack("{s:s, s:i}", "InstanceId", line->instance->id, "MaxResults", 1);
}

static json_t *live(const struct line *line)
{
    const struct preflight *preflight = line->preflight;
    const char *user = preflight->user[line->instance - preflight->instances];
    return json_pack("{s:{s:[s]}, s:i}", "Filters", "Agents", user ? user : NOBODY, "MaxResults",
                     1);
}

/* "arn:aws:connect:REGION:ACCOUNT:instance/ID/contact-flow/ID" */
static const char *flow_path(struct arena *arena, const char *flow)
{
    const char *instance = strstr(flow, ":instance/");
    const char *id = strstr(flow, "/contact-flow/");
    if (!instance || !id) {
        return NULL;
    }
    instance += strlen(":instance/");
    return arena_printf(arena, "/contact-flows/%.*s/%s", (int)(id - instance), instance,
                        id + strlen("/contact-flow/"));
}

static const char *function_path(struct arena *arena, const char *function)
{
    struct buf name;
    buf_init(&name, 8192);
    uri_encode(&name, function);
    const char *path = arena_printf(arena, "/2015-03-31/functions/%s/configuration", name.data);
    buf_release(&name);
    return path;
}

const char *preflight_path(const struct line *line, const char **method)
{
    struct arena *arena = &line->preflight->checks->arena;
    if (line->question->about == ABOUT_FUNCTION || line->question->about == ABOUT_FLOW) {
        *method = "GET";
        return line->question->about == ABOUT_FLOW ? flow_path(arena, line->arn)
                                                   : function_path(arena, line->arn);
    }
    static const struct {
        const char *operation, *method, *path;
        bool labelled;
    } paths[] = {
        {"ListUsers", "GET", "/users-summary/", true},
        {"SearchUsers", "POST", "/search-users", false},
        {"ListRoutingProfiles", "GET", "/routing-profiles-summary/", true},
        {"SearchUserHierarchyGroups", "POST", "/search-user-hierarchy-groups", false},
        {"ListQueues", "GET", "/queues-summary/", true},
        {"GetCurrentUserData", "POST", "/metrics/userdata/", true},
        {"ListInstances", "GET", "/instance", false},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (strcmp(paths[i].operation, line->question->operation) == 0) {
            *method = paths[i].method;
            return arena_printf(arena, "%s%s", paths[i].path,
                                paths[i].labelled ? line->instance->id : "");
        }
    }
    *method = "POST";
    return "/";
}

/* ---- the questions, in the order of the lines --------------------------------------------- */

#define CONNECT(what, operation, serves, body, turn, proof, judge)                                 \
    {                                                                                              \
        what, SERVICE_CONNECT, operation, ABOUT_INSTANCE, turn, serves, body, proof, judge, false  \
    }
#define READS(what, operation, about, serves, body, judge)                                         \
    {                                                                                              \
        what, SERVICE_DYNAMODB, operation, about, TURN_FIRST, serves, body, NULL, judge, false     \
    }
#define WRITES(operation, serves, body, proof)                                                     \
    {                                                                                              \
        "table", SERVICE_DYNAMODB, operation, ABOUT_TABLE, TURN_TABLE, serves, body, proof, NULL,  \
            true                                                                                   \
    }

const struct question preflight_questions[] = {
    CONNECT("directory", "ListUsers", "who works here", NULL, TURN_FIRST, NULL, judge_users),
    CONNECT("directory", "SearchUsers", "names on the screen, groups", search, TURN_FIRST, NULL,
            NULL),
    CONNECT("directory", "ListRoutingProfiles", "routing profiles on the screen, groups", NULL,
            TURN_FIRST, NULL, NULL),
    CONNECT("directory", "SearchUserHierarchyGroups", "groups by hierarchy", search, TURN_FIRST,
            NULL, NULL),
    CONNECT("directory", "GetCurrentUserData", "what agents do now", live, TURN_USER, "*", NULL),
    CONNECT("directory", "ListQueues", "what agents do now", NULL, TURN_FIRST, NULL, NULL),
    READS("table", "DescribeTable", ABOUT_TABLE, "everything", nothing, judge_table),
    READS("index", "Query", ABOUT_INDEX, "everything", first_of_index, NULL),
    READS("table", "GetItem", ABOUT_TABLE, "everything", one_item, NULL),
    READS("table", "BatchGetItem", ABOUT_TABLE, "a refresh of the console", batch, NULL),
    READS("table", "Scan", ABOUT_TABLE, "the doctor", first_item, NULL),
    WRITES("PutItem", "everything that writes", put, "ConditionalCheckFailedException"),
    WRITES("UpdateItem", "everything that writes", update, "ConditionalCheckFailedException"),
    WRITES("DeleteItem", "everything that writes", delete_item, "ConditionalCheckFailedException"),
    WRITES("TransactWriteItems", "everything that writes", condition_check,
           "TransactionCanceledException"),
    READS("backups", "DescribeContinuousBackups", ABOUT_TABLE, "this check", nothing,
          judge_backups),
    {"backups", SERVICE_DYNAMODB, "UpdateContinuousBackups", ABOUT_TABLE, TURN_BACKUPS, "--init",
     same_backups, NULL, NULL, true},
    READS("expiry", "DescribeTimeToLive", ABOUT_TABLE, "--init", nothing, judge_expiry),
    {"expiry", SERVICE_DYNAMODB, "UpdateTimeToLive", ABOUT_TABLE, TURN_TABLE, "--init", same_expiry,
     "ValidationException", NULL, true},
    WRITES("CreateTable", "--init", create, "ResourceInUseException"),
    WRITES("UpdateTable", "--init", alter, "*"),
    READS("hints", "ListTables", ABOUT_ALL, "an error that lists the tables there are", first_item,
          NULL),
    {"hints", SERVICE_CONNECT, "ListInstances", ABOUT_ALL, TURN_FIRST,
     "an error that lists the instances there are", NULL, NULL, NULL, false},
    {"function", SERVICE_LAMBDA, "GetFunctionConfiguration", ABOUT_FUNCTION, TURN_FIRST,
     "this check", NULL, NULL, judge_function, false},
    {"flow", SERVICE_CONNECT, "DescribeContactFlow", ABOUT_FLOW, TURN_FIRST, "this check", NULL,
     NULL, judge_flow, false},
    {"key", SERVICE_KMS, "DescribeKey", ABOUT_KEY, TURN_FIRST, "this check", key_id, NULL,
     judge_key, false},
};
const size_t preflight_n_questions = sizeof preflight_questions / sizeof *preflight_questions;
