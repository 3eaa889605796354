#ifndef AWS_HTTP_HTTP_H
#define AWS_HTTP_HTTP_H

/*
 * The seam to the network: requests that are under way together, and time to wait in between.
 *
 *     struct http *http = http_curl_new(&options);
 *     http_submit(http, &request, on_answer, context);     any number of them
 *     http_after(http, 500, on_time, context);              a timer
 *     if (http_run(http, err) != ERR_OK) { ... cancelled }
 *     http_free(http);
 *
 * http_run is the loop: it calls the callbacks, which may submit more and set more timers, until
 * nothing is left. It belongs to the thread that calls it; nothing else happens on any other
 * thread. Everything submitted is answered by exactly one call of its callback, on cancellation
 * too (with HTTP_CANCELLED). Callbacks run inside http_run only, never inside http_submit. An
 * instance is not re-entered: a callback that needs an answer at once uses another instance.
 *
 * An answer with any status, 500 included, is a success here; failures are those of the transport.
 * Redirects are not followed. Nothing of a request or an answer is logged here.
 *
 * aws/http/curl.c is the real one; tests have one with prepared answers and its own clock
 * (tests/unit/support_aws/http_fake.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/progress.h"

struct http_header {
    const char *name;
    const char *value;
};

/* Everything is borrowed for the call of http_submit and copied there. */
struct http_request {
    const char *method;                /* "GET", "PUT", ... */
    const char *url;                   /* percent-encoded; sent as it is */
    const struct http_header *headers; /* Host may be given; it is what the URL says where not */
    size_t header_count;
    const void *body;
    size_t body_length;
    int64_t connect_timeout_ms; /* 0: 3,100, TLS included */
    int64_t timeout_ms;         /* the whole exchange; 0: 60,000 */
    int64_t stall_timeout_ms;   /* without a byte in either direction; 0: the engine's */
    size_t max_body;            /* a longer answer is HTTP_TOO_LARGE; 0: 64 MiB */
    bool no_proxy;              /* loopback, metadata and container addresses */
    bool accepts_gzip;          /* the answer may come compressed; the body is what it says */
};

/* failure, whether a retry may help, text */
#define HTTP_FAILURES(X)                                                                           \
    X(HTTP_OK, false, "answered")                                                                  \
    X(HTTP_NO_NAME, true, "the host name does not resolve")                                        \
    X(HTTP_NO_CONNECTION, true, "no connection")                                                   \
    X(HTTP_TIMED_OUT, true, "timed out")                                                           \
    X(HTTP_BROKEN, true, "the connection broke")                                                   \
    X(HTTP_TLS, true, "TLS did not come about")                                                    \
    X(HTTP_BAD_CERTIFICATE, false, "the certificate does not verify")                              \
    X(HTTP_TOO_LARGE, false, "the answer is larger than allowed")                                  \
    X(HTTP_BAD_REQUEST, false, "the request cannot be sent")                                       \
    X(HTTP_CANCELLED, false, "cancelled")

enum http_failure {
#define X(name, again, text) name,
    HTTP_FAILURES(X)
#undef X
};

/* What is known beyond the failure; it decides what helps. */
enum http_reason {
    HTTP_REASON_NONE,
    HTTP_CERTIFICATE_EXPIRED,
    HTTP_CERTIFICATE_EARLY,     /* not valid yet */
    HTTP_CERTIFICATE_UNKNOWN,   /* signed by nobody who is trusted here */
    HTTP_CERTIFICATE_ELSEWHERE, /* for another host */
    HTTP_CA_FILE,               /* the file of authorities cannot be read */
    HTTP_PROXY,                 /* it was the proxy's fault */
    HTTP_NO_DESCRIPTOR,         /* this process may open no more files */
};

const char *http_failure_text(enum http_failure failure);
bool http_failure_may_retry(enum http_failure failure);

struct http_response {
    enum http_failure failure; /* HTTP_OK: the rest holds */
    enum http_reason reason;
    char detail[256]; /* of a failure, for people; "" if there is no more to say */
    bool sent;        /* a failure: the request may have reached the other side */
    int status;
    struct http_header *headers; /* in the order of arrival, trimmed */
    size_t header_count;
    struct arena arena; /* holds the headers */
    struct buf body;    /* complete; NUL-terminated behind its length */
    int64_t sent_at_ms; /* wall clock when the exchange began and when it ended: clock skew */
    int64_t ended_at_ms;
};

void http_response_init(struct http_response *response);
void http_response_release(struct http_response *response);

/* The first header of that name (any case), or NULL. */
const char *http_response_header(const struct http_response *response, const char *name);

/* `response` is borrowed for the call; a callback that keeps the body takes it with buf_take. */
typedef void (*http_done_fn)(void *context, struct http_response *response);
typedef void (*http_timer_fn)(void *context, bool cancelled);

struct http;

struct http_ops {
    void (*submit)(struct http *self, const struct http_request *request, http_done_fn done,
                   void *context);
    void (*after)(struct http *self, int64_t delay_ms, http_timer_fn fire, void *context);
    /* `all`: also what is in the background. */
    enum err_code (*run)(struct http *self, bool all, struct err *err);
    int64_t (*ticks_ms)(struct http *self); /* time that only goes forward, as timers see it */
    int64_t (*now_ms)(struct http *self);   /* the wall clock */
    void (*free)(struct http *self);
};

/* The first member of every engine. */
struct http {
    const struct http_ops *ops;
    const struct progress *progress; /* asked several times a second by run whether to stop */
    bool background;                 /* what is submitted now belongs there */
};

void http_submit(struct http *http, const struct http_request *request, http_done_fn done,
                 void *context);
void http_after(struct http *http, int64_t delay_ms, http_timer_fn fire, void *context);

/* ERR_CANCELLED where `progress` wants CANCEL_HARD or more; ERR_OK otherwise, whatever the answers were.
   CANCEL_SOFT is the callbacks' affair: they submit no more. */
enum err_code http_run(struct http *http, struct err *err) ERR_CHECK;

/*
 * Work in the background, for waits that should overlap:
 *
 *     http_background(http, true);
 *     http_submit(...);                  it and all that its callback submits
 *     http_background(http, false);
 *     http_run(...);                     moves it on, but does not wait for it
 *     http_run_all(...);                 waits for everything
 *
 * A cancellation ends it like all the rest.
 */
void http_background(struct http *http, bool on);
enum err_code http_run_all(struct http *http, struct err *err) ERR_CHECK;

/* Whom to ask, until it is set anew; NULL: nobody. Borrowed. */
void http_set_progress(struct http *http, const struct progress *progress);
int64_t http_ticks_ms(struct http *http);
int64_t http_now_ms(struct http *http);
void http_free(struct http *http); /* NULL is fine; nothing may be under way */

/* One request, waited for. `response` is initialised by the call, and the caller's to release, in
   every case. ERR_OFFLINE for a failure of the transport (text: host and reason), ERR_CANCELLED. */
enum err_code http_fetch(struct http *http, const struct http_request *request,
                         struct http_response *response, struct err *err) ERR_CHECK;

struct http_curl_options {
    const char *ca_bundle;    /* NULL: trust_store_find's (AWS_CA_BUNDLE is read by the caller) */
    const char *http_proxy;   /* for http:// only, where http_proxy is not set; NULL: none */
    const char *user_agent;   /* NULL: extpool/VERSION */
    int64_t stall_timeout_ms; /* 0: 20,000; whole seconds count */
    unsigned max_in_flight;   /* 0: 16; more wait in line */
};

/* Never NULL. Proxies are what https_proxy, HTTPS_PROXY, http_proxy, all_proxy and no_proxy say
   (libcurl reads them; HTTP_PROXY it does not, which is why there is an option). A CA file that
   cannot be read shows in the first request, as HTTP_BAD_REQUEST. */
struct http *http_curl_new(const struct http_curl_options *options);

#define HTTP_LIBRARY_ROOM 128

/* "7.88.1 (OpenSSL/3.0.17)": the libcurl that the program runs with, and what it has for TLS. */
const char *http_library_version(char out[HTTP_LIBRARY_ROOM]);

/* ---- for engines ------------------------------------------------------------------------- */

#define HTTP_HEADERS_MAX 256
#define HTTP_HEADER_BYTES_MAX 65536

/* Adds a line "Name: value" as it came; a status line forgets what came before it (1xx). False
   if there are too many or too long ones. */
bool http_response_add_line(struct http_response *response, const char *line, size_t length);

#endif
