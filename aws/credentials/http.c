#include "aws/credentials/http.h"

#include <string.h>

#include "aws/credentials/json.h"
#include "aws/http/url.h"
#include "core/base/log.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define MAX_ANSWER 262144

static void nothing(void *context, bool cancelled)
{
    (void)context;
    (void)cancelled;
}

enum err_code cred_http_pause(const struct cred_context *context, int64_t ms, struct err *err)
{
    http_after(context->http, ms, nothing, NULL);
    return http_run(context->http, err);
}

static void log_attempt(const struct cred_request *request, int attempt,
                        const struct http_response *response)
{
    const char *id = http_response_header(response, "x-amzn-requestid");
    char origin[URL_HOST_ROOM + 32];
    url_origin(request->http.url, origin, sizeof origin); /* paths and queries can say too much */
    log_line(LOG_INFO, "credentials", "%s %s %s: %s %d, attempt %d, %lld ms%s%s",
             request->http.method, origin, request->operation, http_failure_text(response->failure),
             response->status, attempt, (long long)(response->ended_at_ms - response->sent_at_ms),
             id ? ", request id " : "", id ? id : "");
}

bool cred_http_may_help(const struct http_response *response)
{
    if (response->failure != HTTP_OK) {
        return http_failure_may_retry(response->failure);
    }
    return response->status == 429 || response->status >= 500;
}

static bool is_whole(const struct cred_request *request, const struct http_response *response)
{
    json_t *root = NULL;
    if (!request->wants_json || response->failure != HTTP_OK || response->status != 200) {
        return true;
    }
    bool whole =
        cred_json_load("it", response->body.data, response->body.length, &root, NULL) == ERR_OK;
    cred_json_free(root);
    return whole;
}

enum err_code cred_http_send(const struct cred_context *context, const struct cred_request *request,
                             struct http_response *response, struct err *err)
{
    struct http_request http = request->http;
    int attempts = request->attempts > 0 ? request->attempts : 3;
    int64_t pause_ms = request->pause_ms > 0 ? request->pause_ms : 500;
    if (http.max_body == 0) {
        http.max_body = MAX_ANSWER;
    }
    for (int attempt = 1;; attempt++, pause_ms *= 2) {
        struct err failed = ERR_INIT;
        enum err_code code = http_fetch(context->http, &http, response, &failed);
        log_attempt(request, attempt, response);
        bool again = cred_http_may_help(response) || !is_whole(request, response);
        if (code == ERR_CANCELLED || attempt >= attempts || !again) {
            return code == ERR_OK ? ERR_OK : err_set(err, code, "%s", failed.text);
        }
        cred_response_release(response);
        http_response_init(response);
        if (cred_http_pause(context, pause_ms, err) != ERR_OK) {
            return ERR_CANCELLED;
        }
    }
}

bool cred_http_is_value(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7F) {
            return false;
        }
    }
    return true;
}

void cred_response_release(struct http_response *response)
{
    mem_wipe(response->body.data, response->body.length);
    http_response_release(response);
}
