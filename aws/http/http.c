#include "aws/http/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/http/url.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* What every engine has in common. */

static const struct {
    const char *text;
    bool again;
} s_failures[] = {
#define X(name, again, text) [name] = {text, again},
    HTTP_FAILURES(X)
#undef X
};

const char *http_failure_text(enum http_failure failure)
{
    return s_failures[failure].text;
}

bool http_failure_may_retry(enum http_failure failure)
{
    return s_failures[failure].again;
}

/* ---- answers ----------------------------------------------------------------------------- */

void http_response_init(struct http_response *response)
{
    *response = (struct http_response){.failure = HTTP_OK};
    buf_init(&response->body, 0);
}

void http_response_release(struct http_response *response)
{
    free(response->headers);
    arena_release(&response->arena);
    buf_wipe_release(&response->body); // an answer of STS or of the metadata service is a secret
    http_response_init(response);
}

const char *http_response_header(const struct http_response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (text_equal_nocase(response->headers[i].name, name)) {
            return response->headers[i].value;
        }
    }
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool http_response_add_line(struct http_response *response, const char *line, size_t length)
{
    while (length > 0 && is_blank(line[length - 1])) {
        length--;
    }
    const char *colon = memchr(line, ':', length);
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        response->header_count = 0;
        return true;
    }
    if (!colon || colon == line) {
        return true; // the empty line at the end, or nothing that could be meant
    }
    if (response->header_count == HTTP_HEADERS_MAX ||
        response->arena.used + length > HTTP_HEADER_BYTES_MAX) {
        return false;
    }
    const char *value = colon + 1;
    while (value < line + length && is_blank(*value)) {
        value++;
    }
    if (!response->headers) {
        response->headers = mem_array(HTTP_HEADERS_MAX, sizeof *response->headers);
    }
    response->headers[response->header_count++] = (struct http_header){
        .name = arena_strndup(&response->arena, line, (size_t)(colon - line)),
        .value = arena_strndup(&response->arena, value, (size_t)(line + length - value)),
    };
    return true;
}

/* ---- the table of functions -------------------------------------------------------------- */

void http_submit(struct http *http, const struct http_request *request, http_done_fn done,
                 void *context)
{
    http->ops->submit(http, request, done, context);
}

void http_after(struct http *http, int64_t delay_ms, http_timer_fn fire, void *context)
{
    http->ops->after(http, delay_ms > 0 ? delay_ms : 0, fire, context);
}

enum err_code http_run(struct http *http, struct err *err)
{
    return http->ops->run(http, false, err);
}

enum err_code http_run_all(struct http *http, struct err *err)
{
    return http->ops->run(http, true, err);
}

void http_background(struct http *http, bool on)
{
    http->background = on;
}

void http_set_progress(struct http *http, const struct progress *progress)
{
    http->progress = progress;
}

int64_t http_ticks_ms(struct http *http)
{
    return http->ops->ticks_ms(http);
}

int64_t http_now_ms(struct http *http)
{
    return http->ops->now_ms(http);
}

void http_free(struct http *http)
{
    if (http) {
        http->ops->free(http);
    }
}

/* ---- one request, waited for ------------------------------------------------------------- */

static void keep_response(void *context, struct http_response *response)
{
    struct http_response *kept = context;
    *kept = *response;
    http_response_init(response);
}

enum err_code http_fetch(struct http *http, const struct http_request *request,
                         struct http_response *response, struct err *err)
{
    http_response_init(response);
    response->failure = HTTP_CANCELLED;
    http_submit(http, request, keep_response, response);
    enum err_code code = http_run(http, err);
    if (code == ERR_OK && response->failure == HTTP_CANCELLED) {
        code = err_set(err, ERR_CANCELLED, "cancelled");
    }
    if (code == ERR_OK && response->failure != HTTP_OK) {
        const char *detail = response->detail;
        char origin[URL_HOST_ROOM + 32];
        url_origin(request->url, origin, sizeof origin);
        code = err_set(err, ERR_OFFLINE, "%s: %s%s%s", origin, http_failure_text(response->failure),
                       detail[0] ? ": " : "", detail);
    }
    return code;
}
