#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/support_aws/http_fake.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

struct fake_answer {
    int status;
    char *headers;
    char *body;
    enum http_failure failure;
    bool sent;
};

/* An answer that is on its way, or a timer. */
struct fake_event {
    struct fake_event *next;
    int64_t due_ms;
    http_done_fn done;
    http_timer_fn fire;
    void *context;
    bool background;
    struct http_response response;
};

void http_fake_fill(struct http_response *response, int status, const char *headers,
                    const char *body)
{
    response->status = status;
    for (const char *line = headers; line && *line;) {
        size_t length = strcspn(line, "\n");
        assert_true(http_response_add_line(response, line, length));
        line += length + (line[length] == '\n');
    }
    buf_puts(&response->body, body);
}

static void add_answer(struct http_fake *fake, struct fake_answer answer)
{
    fake->answers = mem_resize(fake->answers, fake->n_answers + 1, sizeof *fake->answers);
    fake->answers[fake->n_answers++] = answer;
    fake->n_unused++;
}

void http_fake_answer(struct http_fake *fake, int status, const char *headers, const char *body)
{
    add_answer(fake, (struct fake_answer){.status = status,
                                          .headers = mem_strdup(headers),
                                          .body = mem_strdup(body)});
}

void http_fake_fail(struct http_fake *fake, enum http_failure failure, bool sent)
{
    add_answer(fake, (struct fake_answer){.failure = failure, .sent = sent});
}

void http_fake_handler(struct http_fake *fake, http_fake_fn handler, void *context)
{
    fake->handler = handler;
    fake->handler_context = context;
}

const struct fake_request *http_fake_request(const struct http_fake *fake, size_t index)
{
    assert_true(index < fake->n_requests);
    return &fake->requests[index];
}

bool http_fake_header(const struct fake_request *request, const char *name, char *out, size_t size)
{
    size_t length = strlen(name);
    for (const char *line = request->headers; *line; line += strcspn(line, "\n") + 1) {
        size_t at = 0;
        while (at < length && text_lower(line[at]) == text_lower(name[at])) {
            at++;
        }
        if (at == length && line[at] == ':') {
            const char *value = line + at + 2;
            size_t value_length = strcspn(value, "\n");
            assert_true(value_length < size);
            memcpy(out, value, value_length);
            out[value_length] = '\0';
            return true;
        }
    }
    return false;
}

static void insert(struct http_fake *fake, struct fake_event *event)
{
    struct fake_event **at = &fake->events;
    while (*at && (*at)->due_ms <= event->due_ms) {
        at = &(*at)->next;
    }
    event->next = *at;
    *at = event;
}

static struct fake_request *record(struct http_fake *fake, const struct http_request *request)
{
    fake->requests = mem_resize(fake->requests, fake->n_requests + 1, sizeof *fake->requests);
    struct fake_request *kept = &fake->requests[fake->n_requests++];
    struct buf headers;
    buf_init(&headers, 1 << 20);
    for (size_t i = 0; i < request->header_count; i++) {
        buf_printf(&headers, "%s: %s\n", request->headers[i].name, request->headers[i].value);
    }
    *kept = (struct fake_request){
        .method = mem_strdup(request->method),
        .url = mem_strdup(request->url),
        .headers = mem_strdup(headers.data),
        .body = mem_array(request->body_length + 1, 1),
        .body_length = request->body_length,
        .at_ms = fake->ticks,
        .no_proxy = request->no_proxy,
    };
    buf_release(&headers);
    if (request->body_length > 0) {
        memcpy(kept->body, request->body, request->body_length);
    }
    return kept;
}

/* Counts it as what it belongs to. */
static void enter(struct http_fake *fake, struct fake_event *event)
{
    event->background = fake->base.background;
    fake->foreground += !event->background;
}

static void fake_submit(struct http *self, const struct http_request *request, http_done_fn done,
                        void *context)
{
    struct http_fake *fake = (struct http_fake *)self;
    struct fake_request *kept = record(fake, request);
    struct fake_event *event = mem_alloc(sizeof *event);
    *event = (struct fake_event){
        .due_ms = fake->ticks + fake->latency_ms, .done = done, .context = context};
    enter(fake, event);
    http_response_init(&event->response);
    buf_init(&event->response.body, request->max_body ? request->max_body : (size_t)64 << 20);
    event->response.sent = true;
    event->response.sent_at_ms = http_now_ms(self);
    if (fake->handler) {
        fake->handler(fake->handler_context, kept, &event->response);
    } else if (fake->next_answer == fake->n_answers) {
        fail_msg("no answer was prepared for %s %s", kept->method, kept->url);
    } else {
        const struct fake_answer *answer = &fake->answers[fake->next_answer++];
        fake->n_unused--;
        event->response.failure = answer->failure;
        if (answer->failure == HTTP_OK) {
            http_fake_fill(&event->response, answer->status, answer->headers, answer->body);
        } else {
            event->response.sent = answer->sent;
        }
    }
    if (buf_failed(&event->response.body)) {
        event->response.failure = HTTP_TOO_LARGE;
    }
    fake->in_flight++;
    if (fake->in_flight > fake->most_in_flight) {
        fake->most_in_flight = fake->in_flight;
    }
    insert(fake, event);
}

static void fake_after(struct http *self, int64_t delay_ms, http_timer_fn fire, void *context)
{
    struct http_fake *fake = (struct http_fake *)self;
    struct fake_event *event = mem_alloc(sizeof *event);
    *event =
        (struct fake_event){.due_ms = fake->ticks + delay_ms, .fire = fire, .context = context};
    enter(fake, event);
    http_response_init(&event->response);
    insert(fake, event);
}

static void happen(struct http_fake *fake, bool cancelled)
{
    struct fake_event *event = fake->events;
    fake->events = event->next;
    if (!cancelled && event->due_ms > fake->ticks) {
        fake->ticks = event->due_ms;
    }
    fake->foreground -= !event->background;
    fake->base.background = event->background;
    if (event->fire) {
        event->fire(event->context, cancelled);
    } else {
        fake->in_flight--;
        event->response.ended_at_ms = http_now_ms(&fake->base);
        if (cancelled) {
            event->response.failure = HTTP_CANCELLED;
        }
        event->done(event->context, &event->response);
    }
    fake->base.background = false;
    http_response_release(&event->response);
    free(event);
}

static enum err_code fake_run(struct http *self, bool all, struct err *err)
{
    struct http_fake *fake = (struct http_fake *)self;
    while (all ? fake->events != NULL : fake->foreground > 0) {
        bool cancelled = progress_cancel(fake->base.progress) >= CANCEL_HARD;
        if (cancelled) {
            while (fake->events) {
                happen(fake, true);
            }
            return err_set(err, ERR_CANCELLED, "cancelled");
        }
        happen(fake, false);
    }
    return ERR_OK;
}

static int64_t fake_ticks_ms(struct http *self)
{
    return ((struct http_fake *)self)->ticks;
}

static int64_t fake_now_ms(struct http *self)
{
    struct http_fake *fake = (struct http_fake *)self;
    return HTTP_FAKE_EPOCH_MS + fake->now_offset + fake->ticks;
}

static void fake_free(struct http *self)
{
    struct http_fake *fake = (struct http_fake *)self;
    assert_null(fake->events);
    for (size_t i = 0; i < fake->n_requests; i++) {
        free(fake->requests[i].method);
        free(fake->requests[i].url);
        free(fake->requests[i].headers);
        free(fake->requests[i].body);
    }
    free(fake->requests);
    for (size_t i = 0; i < fake->n_answers; i++) {
        free(fake->answers[i].headers);
        free(fake->answers[i].body);
    }
    free(fake->answers);
    free(fake);
}

static const struct http_ops s_ops = {
    .submit = fake_submit,
    .after = fake_after,
    .run = fake_run,
    .ticks_ms = fake_ticks_ms,
    .now_ms = fake_now_ms,
    .free = fake_free,
};

struct http_fake *http_fake_new(void)
{
    struct http_fake *fake = mem_alloc(sizeof *fake);
    fake->base.ops = &s_ops;
    fake->latency_ms = 10;
    return fake;
}
