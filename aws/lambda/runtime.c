#include "aws/lambda/runtime.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "aws/http/http.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define NO_TIMEOUT_MS (INT64_C(365) * 86400 * 1000) /* frozen time counts */
#define ANSWER_TIMEOUT_MS 10000
#define CONNECT_TIMEOUT_MS 1000
#define TRIES 3

struct runtime {
    struct http *http;
    const struct progress *progress; /* of waits alone: what came of an event is told in any case */
    struct arena arena;
    const char *base; /* "http://127.0.0.1:9001/2018-06-01/runtime" */
};

struct runtime *runtime_new(const char *api, const struct progress *progress)
{
    struct runtime *runtime = mem_alloc(sizeof *runtime);
    struct http_curl_options options = {.max_in_flight = 1};
    *runtime = (struct runtime){
        .arena = ARENA_INIT, .http = http_curl_new(&options), .progress = progress};
    runtime->base = arena_printf(&runtime->arena, "http://%s/2018-06-01/runtime", api);
    return runtime;
}

void runtime_free(struct runtime *runtime)
{
    if (runtime) {
        http_free(runtime->http);
        arena_release(&runtime->arena);
        free(runtime);
    }
}

/* ---- the next event ------------------------------------------------------------------------ */

static const char *kept_header(struct runtime_invocation *invocation,
                               const struct http_response *response, const char *name)
{
    const char *value = http_response_header(response, name);
    return arena_strdup(&invocation->arena, value ? value : "");
}

static enum err_code take_invocation(struct http_response *response,
                                     struct runtime_invocation *invocation, struct err *err)
{
    if (response->status != 200) {
        return err_set(err, ERR_SERVICE,
                       "Lambda's runtime answered %d to the question for the "
                       "next event",
                       response->status);
    }
    *invocation = (struct runtime_invocation){.arena = ARENA_INIT};
    invocation->request_id = kept_header(invocation, response, "Lambda-Runtime-Aws-Request-Id");
    invocation->function_arn =
        kept_header(invocation, response, "Lambda-Runtime-Invoked-Function-Arn");
    const char *deadline = http_response_header(response, "Lambda-Runtime-Deadline-Ms");
    if (!deadline || !text_to_int64(deadline, 0, INT64_MAX, &invocation->deadline_ms)) {
        invocation->deadline_ms = 0;
    }
    if (invocation->request_id[0] == '\0' || strpbrk(invocation->request_id, "/?#% ")) {
        arena_release(&invocation->arena);
        return err_set(err, ERR_SERVICE, "Lambda's runtime gave an event without a request id");
    }
    invocation->event = response->body;
    buf_init(&response->body, 1);
    return ERR_OK;
}

enum err_code runtime_next(struct runtime *runtime, struct runtime_invocation *invocation,
                           struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct http_request request = {
        .method = "GET",
        .url = arena_printf(&arena, "%s/invocation/next", runtime->base),
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = NO_TIMEOUT_MS,
        .stall_timeout_ms = NO_TIMEOUT_MS,
        .no_proxy = true,
    };
    enum err_code code = ERR_OFFLINE;
    struct err why = ERR_INIT;
    http_set_progress(runtime->http, runtime->progress);
    for (int tries = 0; tries < TRIES && code == ERR_OFFLINE; tries++) {
        struct http_response response;
        err_clear(&why);
        code = http_fetch(runtime->http, &request, &response, &why);
        if (code == ERR_OK) {
            code = take_invocation(&response, invocation, &why);
        }
        http_response_release(&response);
    }
    http_set_progress(runtime->http, NULL);
    arena_release(&arena);
    if (code != ERR_OK && err) {
        *err = why;
    }
    return code;
}

void runtime_invocation_release(struct runtime_invocation *invocation)
{
    arena_release(&invocation->arena);
    buf_release(&invocation->event);
}

/* ---- what came of it ------------------------------------------------------------------------- */

static enum err_code post(struct runtime *runtime, const char *path, const char *type,
                          const char *body, size_t length, struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct http_header headers[] = {{"Content-Type", "application/json"},
                                    {"Lambda-Runtime-Function-Error-Type", type}};
    struct http_request request = {
        .method = "POST",
        .url = arena_printf(&arena, "%s/%s", runtime->base, path),
        .headers = headers,
        .header_count = type ? 2 : 1,
        .body = body,
        .body_length = length,
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = ANSWER_TIMEOUT_MS,
        .no_proxy = true,
    };
    struct http_response response;
    enum err_code code = http_fetch(runtime->http, &request, &response, err);
    if (code == ERR_OK && response.status >= 500) {
        code = err_set(err, ERR_SERVICE, "Lambda's runtime answered %d", response.status);
    } else if (code == ERR_OK && response.status >= 400) {
        log_line(LOG_WARN, "lambda", "the runtime refused %s: status %d", path, response.status);
    }
    http_response_release(&response);
    arena_release(&arena);
    return code;
}

static enum err_code post_error(struct runtime *runtime, const char *path, const char *type,
                                const char *message, struct err *err)
{
    struct arena arena = ARENA_INIT;
    json_t *json = json_pack("{s:s, s:s, s:[]}", "errorMessage", text_sanitise(&arena, message),
                             "errorType", type, "stackTrace");
    char *body = json_dumps(json, JSON_COMPACT);
    enum err_code code = post(runtime, path, type, body, strlen(body), err);
    free(body);
    json_decref(json);
    arena_release(&arena);
    return code;
}

static const char *path_of(const struct runtime_invocation *invocation, const char *what,
                           struct arena *arena)
{
    return arena_printf(arena, "invocation/%s/%s", invocation->request_id, what);
}

enum err_code runtime_respond(struct runtime *runtime, const struct runtime_invocation *invocation,
                              const char *body, size_t length, struct err *err)
{
    struct arena arena = ARENA_INIT;
    enum err_code code;
    if (length > RUNTIME_RESPONSE_MAX) {
        const char *text = arena_printf(
            &arena,
            "the action was carried out, but its answer has %zu bytes, and Lambda "
            "takes %zu. Ask on the command line: extpool --history, --status, --doctor",
            length, RUNTIME_RESPONSE_MAX);
        code = runtime_fail(runtime, invocation, "Function.ResponseSizeTooLarge", text, err);
    } else {
        code = post(runtime, path_of(invocation, "response", &arena), NULL, body, length, err);
    }
    arena_release(&arena);
    return code;
}

enum err_code runtime_fail(struct runtime *runtime, const struct runtime_invocation *invocation,
                           const char *type, const char *message, struct err *err)
{
    struct arena arena = ARENA_INIT;
    enum err_code code =
        post_error(runtime, path_of(invocation, "error", &arena), type, message, err);
    arena_release(&arena);
    return code;
}

enum err_code runtime_fail_init(struct runtime *runtime, const char *type, const char *message,
                                struct err *err)
{
    return post_error(runtime, "init/error", type, message, err);
}
