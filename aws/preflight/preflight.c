#include "aws/preflight/preflight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client/arn.h"
#include "aws/identity/sts.h"
#include "aws/preflight/questions.h"
#include "aws/s3/s3.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/settings/location.h"

#include "core/base/banned.h"

#define SKEW_MAX_MS 120000 /* further off is said (README, "Time") */
#define LIST_MAX ((size_t)64 << 20)

/* ---- one question -------------------------------------------------------------------------- */

/* Whether only somebody who is allowed to gets this answer: "*" is any of the service's own. */
static bool proves(const struct question *question, const struct response *reply)
{
    if (!question->proof || reply->status == 0 || reply->status >= 500) {
        return false;
    }
    return strcmp(question->proof, "*") == 0
               ? reply->code == ERR_SERVICE || reply->code == ERR_NOT_FOUND ||
                     reply->code == ERR_CONFLICT
               : strcmp(question->proof, reply->error) == 0;
}

static void leave(struct line *line, const char *why)
{
    line->check.result = CHECK_NOT_MADE;
    line->check.detail = why;
}

static void on_answer(void *context, struct response *reply, const struct err *err)
{
    struct line *line = context;
    line->check.result = CHECK_OK;
    if (line->question->about == ABOUT_KEY && reply->code == ERR_DENIED) {
        leave(line, "kms:DescribeKey is not allowed: it is not known whether the key is enabled");
    } else if (reply->code == ERR_OK && line->question->judge) {
        line->question->judge(line, reply->json);
    } else if (reply->code != ERR_OK && !proves(line->question, reply)) {
        preflight_fail(line, reply->message, err);
    }
}

/* A path and a method say what is asked. */
static void ask_rest(struct line *line)
{
    const struct question *question = line->question;
    const char *method = "GET";
    const struct http_header header = {.name = "Content-Type", .value = "application/json"};
    const struct call_parameter page = {"maxResults", "1000"};
    json_t *body_new = question->body ? question->body(line) : NULL;
    char *body = body_new ? json_dumps(body_new, JSON_COMPACT) : NULL;
    const char *path = preflight_path(line, &method);
    bool users = strcmp(question->operation, "ListUsers") == 0;
    if (!path) {
        line->check.result = CHECK_WRONG;
        line->check.code = ERR_CONFIG;
        line->check.detail = "that is not the ARN of a contact flow";
        json_decref(body_new);
        free(body);
        return;
    }
    const struct call call = {
        .operation = question->operation,
        .method = method,
        .path = path,
        .query = &page,
        .query_count = users ? 1 : 0,
        .headers = &header,
        .header_count = body ? 1 : 0,
        .body = body,
        .body_length = body ? strlen(body) : 0,
        .resource = line->subject,
    };
    client_submit(line->client, &call, on_answer, line);
    json_decref(body_new);
    free(body);
}

/* A header says what is asked. */
static void ask_json(struct line *line)
{
    struct preflight *preflight = line->preflight;
    const struct question *question = line->question;
    char target[80];
    bool kms = question->service == SERVICE_KMS;
    snprintf(target, sizeof target, "%s.%s", kms ? "TrentService" : "DynamoDB_20120810",
             question->operation);
    const struct http_header headers[] = {
        {.name = "Content-Type",
         .value = kms ? "application/x-amz-json-1.1" : "application/x-amz-json-1.0"},
        {.name = "X-Amz-Target", .value = target}};
    json_t *body_new = question->body(line);
    if (!kms && question->about != ABOUT_ALL && !json_object_get(body_new, "RequestItems") &&
        !json_object_get(body_new, "TransactItems")) {
        json_object_set_new(body_new, "TableName", json_string(preflight->table));
    }
    char *body = json_dumps(body_new, JSON_COMPACT);
    const struct call call = {
        .operation = question->operation,
        .method = "POST",
        .path = "/",
        .headers = headers,
        .header_count = 2,
        .body = body,
        .body_length = strlen(body),
        .resource = line->subject,
    };
    client_submit(line->client, &call, on_answer, line);
    json_decref(body_new);
    free(body);
}

static void ask(struct line *line)
{
    line->asked = true;
    if (line->question->service == SERVICE_CONNECT || line->question->service == SERVICE_LAMBDA) {
        ask_rest(line);
    } else {
        ask_json(line);
    }
}

/* ---- all of them ---------------------------------------------------------------------------- */

static void add_line(struct preflight *preflight, const struct question *question,
                     const struct connect_instance *instance, const char *subject)
{
    size_t at = instance ? (size_t)(instance - preflight->instances) : 0;
    bool connect = question->service == SERVICE_CONNECT;
    preflight->lines[preflight->n_lines++] = (struct line){
        .preflight = preflight,
        .question = question,
        .instance = instance,
        .subject = subject,
        .client = connect ? preflight->connect[at] : preflight->dynamodb,
        .check = {.what = question->what, .subject = subject},
    };
}

/* The function, the flow or the key, in its own region. */
static void add_named(struct preflight *preflight, const struct question *question)
{
    const struct settings *settings = preflight->options.settings;
    const char *const names[] = {settings->function, settings->flow, settings->kms_key};
    size_t at = (size_t)(question->about - ABOUT_FUNCTION);
    const char *name = names[at];
    struct client_options options;
    struct arn arn;
    if (!name) {
        return;
    }
    bool has_region = arn_parse(name, &arn) && arn.region[0];
    account_client_options(preflight->options.account, question->service,
                           has_region ? arena_strdup(&preflight->checks->arena, arn.region) : NULL,
                           &options);
    preflight->named[at] = client_new(&options);
    add_line(preflight, question, NULL, name);
    preflight->lines[preflight->n_lines - 1].arn = name;
    preflight->lines[preflight->n_lines - 1].client = preflight->named[at];
}

static void plan_lines(struct preflight *preflight)
{
    struct arena *arena = &preflight->checks->arena;
    const char *table =
        arena_printf(arena, "dynamodb:%s", preflight->table ? preflight->table : "");
    preflight->lines =
        mem_array(preflight_n_questions * (preflight->n_instances + 1), sizeof *preflight->lines);
    for (size_t q = 0; q < preflight_n_questions; q++) {
        const struct question *question = &preflight_questions[q];
        bool connect = question->service == SERVICE_CONNECT;
        if (question->about == ABOUT_INSTANCE) {
            for (size_t i = 0; i < preflight->n_instances; i++) {
                add_line(preflight, question, &preflight->instances[i],
                         arena_printf(arena, "connect:%s", preflight->instances[i].id));
            }
        } else if (question->about >= ABOUT_FUNCTION) {
            add_named(preflight, question);
        } else if (connect ? preflight->n_instances > 0 : preflight->table != NULL) {
            add_line(preflight, question, NULL, question->about == ABOUT_ALL ? NULL : table);
        }
    }
}

/* What the first answers allow to ask. */
static void ask_later(struct line *line)
{
    const struct preflight *preflight = line->preflight;
    const struct question *question = line->question;
    bool expiry = strcmp(question->operation, "UpdateTimeToLive") == 0;
    if (question->writes && preflight->options.settings->read_only) {
        leave(line, "not asked: read_only is set");
    } else if (question->turn != TURN_USER && !preflight->table_there) {
        leave(line, "not asked: the table cannot be seen");
    } else if (question->turn == TURN_BACKUPS && !preflight->backups_on) {
        leave(line, preflight->backups_known ? "not asked: that would turn them on"
                                             : "not asked: it is not known whether they are on");
    } else if (expiry && !preflight->expiry_on) {
        leave(line, preflight->expiry_known ? "not asked: that would turn it on"
                                            : "not asked: it is not known whether it is on");
    } else {
        ask(line);
    }
}

/* False: it was stopped. */
static bool ask_all(struct preflight *preflight, struct err *err)
{
    struct http *http = client_http(preflight->sts);
    for (size_t i = 0; i < preflight->n_lines; i++) {
        if (preflight->lines[i].question->turn == TURN_FIRST) {
            ask(&preflight->lines[i]);
        }
    }
    enum err_code code = http_run(http, err);
    for (size_t i = 0; code == ERR_OK && i < preflight->n_lines; i++) {
        if (!preflight->lines[i].asked) {
            ask_later(&preflight->lines[i]);
        }
    }
    return code == ERR_OK && http_run(http, err) == ERR_OK;
}

/* ---- who, and when -------------------------------------------------------------------------- */

static void add(struct preflight *preflight, const struct check *check)
{
    checks_add(preflight->checks, check);
}

/* False: nothing else can be asked. */
static bool check_caller(struct preflight *preflight)
{
    struct arena *arena = &preflight->checks->arena;
    struct sts_identity identity = STS_IDENTITY_INIT;
    struct err err = ERR_INIT;
    struct port_info facts;
    struct check check = {.what = "credentials", .result = CHECK_OK};
    port_info_init(&facts);
    check.code = sts_get_caller_identity(preflight->sts, &identity, &err);
    account_facts(preflight->options.account, &facts);
    const char *source = port_info_get(&facts, "credentials");
    const char *until = port_info_get(&facts, "expires_at");
    preflight->caller = arena_strdup(arena, identity.arn);
    if (check.code == ERR_OK) {
        check.detail = arena_printf(arena, "%s, from %s%s%s", identity.arn,
                                    source ? source : "an unknown source", until ? ", until " : "",
                                    until ? until : ", without an end");
    } else {
        check.result = CHECK_WRONG;
        check.detail = err.text;
        check.fix = err.hint[0] ? err.hint : NULL;
    }
    add(preflight, &check);
    sts_identity_release(&identity);
    port_info_release(&facts);
    return check.code != ERR_AUTH && check.code != ERR_CANCELLED;
}

/* Any answer has the service's date. */
static void check_clock(struct preflight *preflight)
{
    int64_t service_ms = 0;
    char off[CLOCK_TEXT_MAX];
    struct client *const clients[] = {preflight->dynamodb, preflight->connect[0], preflight->sts};
    bool known = false;
    for (size_t i = 0; i < 3 && !known; i++) {
        known = clients[i] && client_service_now_ms(clients[i], &service_ms);
    }
    int64_t ahead_ms = clock_now_ms(preflight->options.clock) - service_ms;
    int64_t by_ms = ahead_ms < 0 ? -ahead_ms : ahead_ms;
    clock_format_span(by_ms / 1000, off);
    struct check check = {.what = "clock", .result = CHECK_OK};
    if (!known) {
        check.result = CHECK_NOT_MADE;
        check.detail = "no answer said what time it is";
    } else if (by_ms > SKEW_MAX_MS) {
        check.result = CHECK_WRONG;
        check.code = ERR_SERVICE;
        check.detail =
            arena_printf(&preflight->checks->arena, "this machine is %s %s the service's time", off,
                         ahead_ms > 0 ? "ahead of" : "behind");
        check.fix = "timedatectl set-ntp true";
    } else {
        check.detail = "it has the service's time";
    }
    add(preflight, &check);
}

/* ---- the export ----------------------------------------------------------------------------- */

/* "s3:GetObject" in the words of the error. */
static const char *named_action(struct arena *arena, const char *text, const char *otherwise)
{
    static const char *const services[] = {"kms:", "s3:"};
    for (size_t i = 0; i < 2; i++) {
        const char *at = strstr(text, services[i]);
        while (at && (at[strlen(services[i])] < 'A' || at[strlen(services[i])] > 'Z')) {
            at = strstr(at + 1, services[i]); /* "s3://", "arn:aws:s3:::" */
        }
        if (at) {
            size_t length = strlen(services[i]);
            while (text_lower(at[length]) >= 'a' && text_lower(at[length]) <= 'z') {
                length++;
            }
            return arena_strndup(arena, at, length);
        }
    }
    return otherwise;
}

static void fail_export(struct preflight *preflight, const struct err *err, const char *otherwise,
                        const char *serves)
{
    struct arena *arena = &preflight->checks->arena;
    const char *uri = preflight->options.exporter->uri;
    struct line line = {.preflight = preflight, .subject = uri};
    struct check check = {.what = "export",
                          .subject = uri,
                          .result = CHECK_WRONG,
                          .code = err->code,
                          .detail = err->text,
                          .fix = err->hint[0] ? err->hint : NULL};
    if (err->code == ERR_DENIED) {
        check.action = named_action(arena, err->text, otherwise);
        check.what = strncmp(check.action, "kms:", 4) == 0 ? "key" : "export";
        check.detail = arena_printf(arena, "%s is not allowed; it serves %s", check.action, serves);
        check.fix = preflight_grant(preflight, &line, check.action);
    }
    add(preflight, &check);
}

static void check_put(struct preflight *preflight, const struct buf *there)
{
    struct exporter *exporter = preflight->options.exporter;
    struct err err = ERR_INIT;
    struct check check = {.what = "export",
                          .subject = exporter->uri,
                          .result = CHECK_NOT_MADE,
                          .detail = "not asked: read_only is set"};
    if (!there && !preflight->options.settings->read_only) {
        check.detail = "s3:PutObject not asked: it is not known what lies there";
    } else if (there && !preflight->options.settings->read_only) {
        if (s3_try_put(exporter, there, &err) != ERR_OK) {
            fail_export(preflight, &err, "s3:PutObject", "publishing the list");
            return;
        }
        check.result = CHECK_OK;
        check.detail = "s3:PutObject is allowed";
    }
    add(preflight, &check);
}

static void check_export(struct preflight *preflight)
{
    struct exporter *exporter = preflight->options.exporter;
    struct err err = ERR_INIT;
    struct buf there;
    if (!exporter) {
        return;
    }
    buf_init(&there, LIST_MAX);
    enum err_code code = exporter->ops->read(exporter, NULL, &there, &err);
    const char *action = named_action(&preflight->checks->arena, err.text, "s3:GetObject");
    bool unlisted = code == ERR_DENIED && strcmp(action, "s3:ListBucket") == 0;
    struct check check = {.what = "export", .subject = exporter->uri, .result = CHECK_OK};
    if (code == ERR_OK || unlisted || code == ERR_NOT_FOUND) {
        check.detail =
            code == ERR_OK ? "s3:GetObject is allowed" : "nothing is published there yet";
        add(preflight, &check);
    } else {
        fail_export(preflight, &err, "s3:GetObject", "the guard of the list");
    }
    check_put(preflight, code == ERR_OK ? &there : NULL);
    buf_release(&there);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void open_clients(struct preflight *preflight)
{
    const struct settings *settings = preflight->options.settings;
    struct account *account = preflight->options.account;
    struct client_options options;
    account_client_options(account, SERVICE_STS, NULL, &options);
    preflight->sts = client_new(&options);
    preflight->region = client_region(preflight->sts);
    preflight->table = settings->store ? location_rest(settings->store, "dynamodb") : NULL;
    if (preflight->table) {
        account_client_options(account, SERVICE_DYNAMODB, NULL, &options);
        preflight->dynamodb = client_new(&options);
    }
    for (size_t i = 0; i < settings->n_directories && i < PREFLIGHT_INSTANCES_MAX; i++) {
        const char *rest = location_rest(settings->directories[i].uri, "connect");
        struct connect_instance *instance = &preflight->instances[preflight->n_instances];
        if (rest && connect_parse_instance(rest, instance, NULL) == ERR_OK) {
            account_client_options(account, SERVICE_CONNECT,
                                   instance->region[0] ? instance->region : NULL, &options);
            options.rate = settings->connect_rate;
            options.burst = settings->connect_burst;
            preflight->connect[preflight->n_instances++] = client_new(&options);
        }
    }
}

static void close_clients(struct preflight *preflight)
{
    client_free(preflight->sts);
    client_free(preflight->dynamodb);
    for (size_t i = 0; i < 3; i++) {
        client_free(preflight->named[i]);
    }
    for (size_t i = 0; i < preflight->n_instances; i++) {
        client_free(preflight->connect[i]);
    }
    free(preflight->lines);
}

void preflight_run(const struct preflight_options *options, const struct progress *progress,
                   struct checks *checks)
{
    struct preflight *preflight = mem_alloc(sizeof *preflight);
    struct err err = ERR_INIT;
    *preflight = (struct preflight){.options = *options, .checks = checks};
    open_clients(preflight);
    plan_lines(preflight);
    http_set_progress(client_http(preflight->sts), progress);
    if (check_caller(preflight) && ask_all(preflight, &err)) {
        check_clock(preflight);
    }
    for (size_t i = 0; i < preflight->n_lines; i++) {
        struct line *line = &preflight->lines[i];
        if (!line->asked && !line->check.detail) {
            leave(line, "not asked");
        }
        if (!line->check.detail) {
            line->check.detail =
                arena_printf(&checks->arena, "%s is allowed", line->question->operation);
        }
        add(preflight, &line->check);
    }
    http_set_progress(client_http(preflight->sts), NULL);
    if (preflight->caller) {
        check_export(preflight);
    }
    close_clients(preflight);
    free(preflight);
}
