#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/support_aws/ddb_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

static const char *const s_nothing[][2] = {{NULL, NULL}};

static double half(void *context)
{
    (void)context;
    return 0.5;
}

static int64_t bench_now(void *context)
{
    return ((struct ddb_bench *)context)->now_ms;
}

/* ---- requests ------------------------------------------------------------------------------ */

static size_t count_operation(struct ddb_bench *bench, const char *operation)
{
    for (size_t i = 0; i < BENCH_OPERATIONS; i++) {
        if (bench->operations[i].count == 0) {
            snprintf(bench->operations[i].name, sizeof bench->operations[i].name, "%s", operation);
        }
        if (strcmp(bench->operations[i].name, operation) == 0) {
            return ++bench->operations[i].count;
        }
    }
    fail_msg("more than %d operations", BENCH_OPERATIONS);
    return 0;
}

size_t ddb_bench_count(const struct ddb_bench *bench, const char *operation)
{
    for (size_t i = 0; i < BENCH_OPERATIONS; i++) {
        if (strcmp(bench->operations[i].name, operation) == 0) {
            return bench->operations[i].count;
        }
    }
    return 0;
}

static void on_request(void *context, const struct fake_request *sent,
                       struct http_response *response)
{
    struct ddb_bench *bench = context;
    char target[80];
    assert_true(http_fake_header(sent, "X-Amz-Target", target, sizeof target));
    const char *operation = strchr(target, '.') + 1;
    json_t *body = json_loads(sent->body, JSON_ALLOW_NUL, NULL);
    assert_non_null(body);
    struct ddb_request request = {
        .bench = bench,
        .operation = operation,
        .number = count_operation(bench, operation),
        .body = body,
        .response = response,
    };
    response->sent = true;
    bench->answer(bench->context, &request);
    if (response->status == 0 && response->failure == HTTP_OK) {
        http_fake_fill(response, 200, "", "{}");
    }
    json_decref(body);
}

static const json_t *action_key(const struct ddb_request *request, size_t action)
{
    const json_t *items = json_object_get(request->body, "TransactItems");
    const json_t *body = request->body;
    if (items) {
        json_t *element = json_array_get(items, action);
        body = json_object_iter_value(json_object_iter(element));
    }
    const json_t *key = json_object_get(body, "Key");
    return key ? key : json_object_get(body, "Item");
}

const char *ddb_action_pk(const struct ddb_request *request, size_t action)
{
    return ddb_item_text(action_key(request, action), "pk");
}

const char *ddb_action_sk(const struct ddb_request *request, size_t action)
{
    return ddb_item_text(action_key(request, action), "sk");
}

size_t ddb_action_count(const struct ddb_request *request)
{
    return json_array_size(json_object_get(request->body, "TransactItems"));
}

/* ---- answers ------------------------------------------------------------------------------- */

void ddb_answer(const struct ddb_request *request, int status, const char *format, ...)
{
    struct buf body;
    va_list args;
    buf_init(&body, 1 << 22);
    va_start(args, format);
    buf_vprintf(&body, format, args);
    va_end(args);
    for (char *c = body.data; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    http_fake_fill(request->response, status, "x-amzn-RequestId: R1", body.data);
    buf_release(&body);
}

void ddb_answer_error(const struct ddb_request *request, int status, const char *name)
{
    ddb_answer(request, status, "{'__type':'com.amazonaws.dynamodb.v20120810#%s','message':'no'}",
               name);
}

void ddb_answer_cancelled(const struct ddb_request *request, const struct ddb_reason *reasons,
                          size_t n_reasons)
{
    struct buf list;
    buf_init(&list, 1 << 16);
    size_t n = ddb_action_count(request);
    for (size_t i = 0; i < n; i++) {
        const char *code = "None";
        for (size_t k = 0; k < n_reasons; k++) {
            code = reasons[k].action == i ? reasons[k].code : code;
        }
        buf_printf(&list, "%s{'Code':'%s','Message':'because'}", i > 0 ? "," : "", code);
    }
    ddb_answer(request, 400,
               "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',"
               "'Message':'cancelled','CancellationReasons':[%s]}",
               list.data);
    buf_release(&list);
}

void ddb_answer_lost(const struct ddb_request *request)
{
    request->response->failure = HTTP_BROKEN;
}

/* ---- the store ----------------------------------------------------------------------------- */

void ddb_bench_open(struct ddb_bench *bench, ddb_answer_fn answer, void *context)
{
    *bench = (struct ddb_bench){.answer = answer, .context = context};
    char key[] = "AKIDEXAMPLE";
    char secret[] = "secret";
    const struct credentials keys = {.access_key_id = key, .secret_access_key = secret};
    bench->fake = http_fake_new();
    bench->credentials = credentials_static_new(&keys);
    bench->environment = environment_of_pairs(s_nothing);
    bench->now_ms = HTTP_FAKE_EPOCH_MS;
    bench->clock =
        (struct clock){.now_ms = bench_now, .service_now_ms = bench_now, .context = bench};
    http_fake_handler(bench->fake, on_request, bench);
    const struct client_options options = {
        .service = SERVICE_DYNAMODB,
        .http = &bench->fake->base,
        .credentials = bench->credentials,
        .endpoint = {.region = "eu-west-1", .environment = &bench->environment},
        .statistics = &bench->statistics,
        .random = half,
    };
    bench->client = client_new(&options);
    const struct store_dynamodb_options store_options = {
        .client = bench->client,
        .statistics = &bench->statistics,
        .clock = &bench->clock,
        .random = half,
    };
    struct err err = ERR_INIT;
    assert_int_equal(store_dynamodb_new("extensions", &store_options, &bench->store, &err), ERR_OK);
}

void ddb_bench_close(struct ddb_bench *bench)
{
    store_free(bench->store);
    client_free(bench->client);
    credentials_provider_free(bench->credentials);
    http_free(&bench->fake->base);
}
