#include "aws/preflight/questions.h"

#include <string.h>

#include "aws/client/arn.h"
#include "aws/client/service_errors.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* ---- what is wrong ------------------------------------------------------------------------- */

/* What is behind the last '/' of "role/ROLE/SESSION" and "user/PATH/NAME", as the commands of IAM take it. */
static const char *principal(struct arena *arena, const struct arn *arn, const char **kind)
{
    const char *slash = strchr(arn->resource, '/');
    const char *last = strrchr(arn->resource, '/');
    if (strncmp(arn->resource, "assumed-role/", 13) == 0 && slash && last > slash) {
        *kind = "role";
        return arena_strndup(arena, slash + 1, (size_t)(last - slash - 1));
    }
    *kind = "user";
    return strncmp(arn->resource, "user/", 5) == 0 && last ? last + 1 : NULL;
}

static const char *resource_of(const struct preflight *preflight, const struct line *line,
                               const struct arn *caller)
{
    struct arena *arena = &preflight->checks->arena;
    const char *region = preflight->region ? preflight->region : "*";
    if (line->instance) {
        return arena_printf(arena, "arn:%s:connect:%s:%s:instance/%s*", caller->partition,
                            line->instance->region[0] ? line->instance->region : region,
                            caller->account, line->instance->id);
    }
    if (!line->question) { /* the export */
        return arena_printf(arena, "arn:%s:s3:::%s*", caller->partition,
                            line->subject + strlen("s3://"));
    }
    if (line->arn || line->question->about == ABOUT_ALL) {
        return line->arn ? line->arn : "*";
    }
    const char *table =
        strncmp(preflight->table, "arn:", 4) == 0
            ? preflight->table
            : arena_printf(arena, "arn:%s:dynamodb:%s:%s:table/%s", caller->partition, region,
                           caller->account, preflight->table);
    return line->question->about == ABOUT_INDEX ? arena_printf(arena, "%s/index/skIndex", table)
                                                : table;
}

const char *preflight_grant(struct preflight *preflight, const struct line *line,
                            const char *action)
{
    struct arena *arena = &preflight->checks->arena;
    struct arn caller;
    const char *kind = NULL;
    if (!preflight->caller || !arn_parse(preflight->caller, &caller)) {
        return arena_printf(arena, "allow %s in the policy of the caller", action);
    }
    const char *name = principal(arena, &caller, &kind);
    const char *resource = resource_of(preflight, line, &caller);
    if (strncmp(action, "kms:", 4) == 0 || strncmp(action, "ds:", 3) == 0) {
        resource = "*";
    }
    if (!name || strncmp(name, "AWSReservedSSO_", 15) == 0) {
        return arena_printf(arena, "allow %s on %s in the permission set of %s", action, resource,
                            preflight->caller);
    }
    const char *colon = strchr(action, ':');
    return arena_printf(arena,
                        "aws iam put-%s-policy --%s-name %s --policy-name extpool-%s "
                        "--policy-document '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
                        "\"Allow\",\"Action\":\"%s\",\"Resource\":\"%s\"}]}'",
                        kind, kind, name, colon ? colon + 1 : action, action, resource);
}

void preflight_fail(struct line *line, const char *message, const struct err *err)
{
    struct arena *arena = &line->preflight->checks->arena;
    char action[96];
    line->check.result = CHECK_WRONG;
    line->check.code = err->code;
    line->check.detail = arena_strdup(arena, err->text);
    line->check.fix = err->hint[0] ? arena_strdup(arena, err->hint) : NULL;
    if (err->code == ERR_DENIED) {
        service_error_missing(line->question->service, line->question->operation, message, action,
                              sizeof action);
        line->check.action = arena_strdup(arena, action);
        line->check.detail =
            arena_printf(arena, "%s is not allowed; it serves %s", action, line->question->serves);
        line->check.fix = preflight_grant(line->preflight, line, line->check.action);
    } else if (line->question->service == SERVICE_DYNAMODB && line->question->about != ABOUT_ALL &&
               (err->code == ERR_NOT_FOUND || strstr(message, "specified index"))) {
        line->check.fix = "extpool --init";
    }
}

static void wrong(struct line *line, enum err_code code, const char *detail, const char *fix)
{
    line->check.result = CHECK_WRONG;
    line->check.code = code;
    line->check.detail = detail;
    line->check.fix = fix;
}

/* ---- single answers ------------------------------------------------------------------------ */

void judge_users(struct line *line, const json_t *answer)
{
    struct preflight *preflight = line->preflight;
    struct arena *arena = &preflight->checks->arena;
    const json_t *users = json_object_get(answer, "UserSummaryList");
    const char *id = json_string_value(json_object_get(json_array_get(users, 0), "Id"));
    bool more = json_string_value(json_object_get(answer, "NextToken")) != NULL;
    preflight->user[line->instance - preflight->instances] = arena_strdup(arena, id);
    line->check.detail =
        arena_printf(arena, "%s on the first page%s",
                     text_count(arena, json_array_size(users), "user"), more ? ", and more" : "");
    if (json_array_size(users) == 0 && !more) {
        wrong(line, ERR_INPUT, "nobody is in it: a sync would release nobody, and assign nothing",
              "name another instance, or add users to it");
    }
}

void judge_table(struct line *line, const json_t *answer)
{
    struct preflight *preflight = line->preflight;
    struct arena *arena = &preflight->checks->arena;
    const json_t *table = json_object_get(answer, "Table");
    const char *status = json_string_value(json_object_get(table, "TableStatus"));
    const json_t *key = json_object_get(json_object_get(table, "SSEDescription"), "Status");
    preflight->table_there = true;
    line->check.detail =
        arena_printf(arena, "%s%s", status ? status : "in no state",
                     json_is_true(json_object_get(table, "DeletionProtectionEnabled"))
                         ? ", protected from deletion"
                         : ", not protected from deletion");
    if (!status || (strcmp(status, "ACTIVE") != 0 && strcmp(status, "UPDATING") != 0)) {
        wrong(line, ERR_SERVICE,
              arena_printf(arena, "its state is %s", status ? status : "unknown"),
              json_string_value(key) ? "look at the table's KMS key" : "wait until it is ACTIVE");
    }
}

void judge_backups(struct line *line, const json_t *answer)
{
    struct preflight *preflight = line->preflight;
    struct arena *arena = &preflight->checks->arena;
    const json_t *point = json_object_get(json_object_get(answer, "ContinuousBackupsDescription"),
                                          "PointInTimeRecoveryDescription");
    const char *status = json_string_value(json_object_get(point, "PointInTimeRecoveryStatus"));
    json_int_t days = json_integer_value(json_object_get(point, "RecoveryPeriodInDays"));
    preflight->backups_on = status && strcmp(status, "ENABLED") == 0;
    preflight->backups_known = true;
    preflight->backup_days = (int)days;
    line->check.detail = "point-in-time recovery is on";
    if (!preflight->backups_on) {
        wrong(line, ERR_SERVICE,
              "point-in-time recovery is off: a deleted table cannot be restored",
              arena_printf(arena,
                           "aws dynamodb update-continuous-backups --table-name %s "
                           "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
                           preflight->table));
    }
}

void judge_expiry(struct line *line, const json_t *answer)
{
    struct preflight *preflight = line->preflight;
    const json_t *is = json_object_get(answer, "TimeToLiveDescription");
    const char *status = json_string_value(json_object_get(is, "TimeToLiveStatus"));
    const char *by = json_string_value(json_object_get(is, "AttributeName"));
    bool on = status && strncmp(status, "ENABL", 5) == 0;
    preflight->expiry_known = true;
    preflight->expiry_on = on;
    line->check.detail = "old audit records expire by expires_at";
    if (!on) {
        wrong(line, ERR_SERVICE, "old audit records never expire", "extpool --init");
    } else if (by && strcmp(by, "expires_at") != 0) {
        wrong(line, ERR_SERVICE,
              arena_printf(&preflight->checks->arena,
                           "items expire by %s, not by expires_at: audit records stay", by),
              "turn the expiry of that attribute off, then extpool --init");
    }
}

/* Whether a state is the good one; says it. */
static void judge_state(struct line *line, const char *state, const char *good, const char *fix)
{
    struct arena *arena = &line->preflight->checks->arena;
    line->check.detail = arena_printf(arena, "%s", state ? state : "in no state");
    if (!state || strcmp(state, good) != 0) {
        wrong(line, ERR_SERVICE,
              arena_printf(arena, "its state is %s, not %s", state ? state : "unknown", good), fix);
    }
}

void judge_function(struct line *line, const json_t *answer)
{
    struct arena *arena = &line->preflight->checks->arena;
    const char *update = json_string_value(json_object_get(answer, "LastUpdateStatus"));
    judge_state(line, json_string_value(json_object_get(answer, "State")), "Active",
                "deploy the function again");
    if (line->check.result == CHECK_OK && update && strcmp(update, "Failed") == 0) {
        const char *why = json_string_value(json_object_get(answer, "LastUpdateStatusReason"));
        wrong(line, ERR_SERVICE,
              arena_printf(arena, "its last update failed: %s", why ? why : "no reason is given"),
              "deploy the function again");
    }
}

void judge_flow(struct line *line, const json_t *answer)
{
    const json_t *flow = json_object_get(answer, "ContactFlow");
    judge_state(line, json_string_value(json_object_get(flow, "State")), "ACTIVE",
                "restore the flow in the console of Amazon Connect");
}

void judge_key(struct line *line, const json_t *answer)
{
    const json_t *key = json_object_get(answer, "KeyMetadata");
    judge_state(
        line, json_string_value(json_object_get(key, "KeyState")), "Enabled",
        arena_printf(&line->preflight->checks->arena, "aws kms enable-key --key-id %s", line->arn));
}
