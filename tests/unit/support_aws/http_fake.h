#ifndef TESTS_HTTP_FAKE_H
#define TESTS_HTTP_FAKE_H

/*
 * An engine without a network: answers are prepared, requests are kept, time is its own and only
 * moves when everybody waits, so that a test of back-off takes no time at all.
 *
 *     struct http_fake *fake = http_fake_new();
 *     http_fake_answer(fake, 429, "x-amzn-ErrorType: ThrottlingException", "{}");
 *     http_fake_answer(fake, 200, "", "{\"NextToken\":null}");
 *     ... code that uses &fake->base ...
 *     assert_string_equal(http_fake_request(fake, 0)->url, "https://...");
 *     http_free(&fake->base);
 *
 * Answers are given in the order of the requests; one request more than answers is a failure of
 * the test. With a handler the answers are what it makes of each request.
 */

#include "aws/http/http.h"

/* 2026-01-02T03:04:05Z, when every fake begins. */
#define HTTP_FAKE_EPOCH_MS INT64_C(1767323045000)

struct fake_request {
    char *method;
    char *url;
    char *headers; /* "name: value\n" each, in the order given */
    char *body;    /* NUL-terminated */
    size_t body_length;
    int64_t at_ms; /* ticks when it was sent */
    bool no_proxy;
};

typedef void (*http_fake_fn)(void *context, const struct fake_request *request,
                             struct http_response *response);

struct http_fake {
    struct http base;
    int64_t ticks;      /* since the start */
    int64_t now_offset; /* the wall clock is this beside the truth */
    int64_t latency_ms; /* of every answer; 10 at first */
    size_t n_requests;
    size_t n_unused; /* prepared answers that nobody asked for */
    unsigned in_flight, most_in_flight;
    size_t foreground; /* events that a run waits for */
    struct fake_request *requests;
    struct fake_answer *answers;
    size_t n_answers, next_answer;
    http_fake_fn handler;
    void *handler_context;
    struct fake_event *events;
};

struct http_fake *http_fake_new(void);

/* `headers` has lines "Name: value", split by '\n'. */
void http_fake_answer(struct http_fake *fake, int status, const char *headers, const char *body);
void http_fake_fail(struct http_fake *fake, enum http_failure failure, bool sent);
void http_fake_handler(struct http_fake *fake, http_fake_fn handler, void *context);

/* What a handler fills in. */
void http_fake_fill(struct http_response *response, int status, const char *headers,
                    const char *body);

const struct fake_request *http_fake_request(const struct http_fake *fake, size_t index);

/* The value of a header of a request in `out`; false where it has none. */
bool http_fake_header(const struct fake_request *request, const char *name, char *out, size_t size);

#endif
