#ifndef AWS_CLIENT_CLIENT_H
#define AWS_CLIENT_CLIENT_H

/*
 * Signed calls of one service.
 *
 *     struct client_options options = {.service = SERVICE_DYNAMODB, .http = http,
 *                                      .credentials = provider, .endpoint = settings};
 *     struct client *client = client_new(&options);
 *     struct call call = {.operation = "Query", .method = "POST", .path = "/",
 *                         .headers = headers, .header_count = 2, .body = json, .body_length = n};
 *     client_submit(client, &call, on_reply, context);
 *     code = http_run(http, err);
 *
 * or, for a single call, client_call(client, &call, &reply, err).
 *
 * Each attempt is signed anew with the credentials and the (skew-corrected) time of that moment.
 * Failures are retried as the SDKs' standard mode does it (aws/client/retry.h); calls that come too
 * fast wait (aws/client/rate_limiter.h); credentials that the service calls expired are renewed
 * once. `done` is called exactly once for each call, inside http_run, with the result.
 *
 * One client belongs to one engine and to its thread. A log line per attempt (`--log`) has method,
 * host, operation, status, time, attempt and request id; never a header, body, query or key.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/client/rate_limiter.h"
#include "aws/credentials/credentials.h"
#include "aws/config/endpoint.h"
#include "aws/http/http.h"
#include "core/base/err.h"

/* Numbers since the start, shared by the clients of a session. */
struct client_statistics {
    uint64_t calls;
    uint64_t requests; /* attempts */
    uint64_t retries;
    uint64_t throttled;
    uint64_t bytes_sent, bytes_received;
    double read_units, write_units; /* DynamoDB's ConsumedCapacity */
};

struct client_options {
    enum aws_service service;
    struct http *http;                        /* borrowed, as are all the others */
    struct credentials_provider *credentials; /* NULL: only unsigned calls */
    struct endpoint_settings endpoint;        /* copied; what it points to is borrowed */
    struct client_statistics *statistics;     /* NULL: not counted */
    unsigned max_in_flight;                   /* 0: 16 */
    int max_attempts;          /* from the profile; 0: AWS_MAX_ATTEMPTS, else the standard's */
    int throttled_attempts;    /* while the service only says "too fast"; 0: the same */
    double rate;               /* calls a second that are let through; 0: as many as come */
    double burst;              /* and how many at once after a rest */
    struct rate_limiter *pace; /* shared with other clients of this engine; NULL: one of its own */
    double (*random)(void *context); /* uniform in [0,1); NULL: the system's */
    void *random_context;
};

struct client *client_new(const struct client_options *options);
void client_free(struct client *client); /* nothing may be under way */

struct call_parameter {
    const char *name;
    const char *value; /* plain: encoded by the client */
};

/* Borrowed for the call of client_submit and copied there. */
struct call {
    const char *operation; /* "ListUsers": for the log, errors and the missing permission */
    const char *method;
    const char *path; /* starts with '/', encoded once (aws/http/uri.h) */
    const struct call_parameter *query;
    size_t query_count;
    const struct http_header *headers; /* beside host and what the signature adds */
    size_t header_count;
    const void *body;
    size_t body_length;
    const char *resource; /* for errors: "table agent-extensions"; NULL: none */
    const char *region;   /* another region than the client's (S3 redirects); NULL: the client's */
    const char *host_prefix; /* "bucket." before the endpoint's host (S3); NULL: none */
    bool unsigned_call;
    bool no_retry;
    int64_t timeout_ms; /* of one attempt; 0: 60 s */
    size_t max_body;    /* 0: 64 MiB */
};

/* What came of a call. */
struct response {
    enum err_code code; /* ERR_OK: a 2xx answer that parsed */
    int status;         /* of the last attempt; 0 if there was no answer */
    int attempts;
    char error[128];      /* the service's name for the error: "ThrottlingException"; "" for none */
    char message[512];    /* its message, sanitised */
    char request_id[128]; /* "" if there was none */
    char region_hint[64]; /* the region that the answer named instead (S3), or "" */
    json_t *json;         /* the body if it is JSON, of an error too; else NULL. Borrowed */
    struct http_response *response; /* the last one; never NULL in a callback */
    bool maybe_done; /* failed, but an attempt may have reached the service and taken effect */
};

/* `reply` and `err` are borrowed for the call. `err` is set exactly where reply->code is not
   ERR_OK: ERR_NOT_FOUND, ERR_CONFLICT, ERR_DENIED, ERR_AUTH, ERR_THROTTLED, ERR_OFFLINE,
   ERR_CANCELLED, else ERR_SERVICE. The text is fit for people and ends with the request id. */
typedef void (*call_done_fn)(void *context, struct response *reply, const struct err *err);

void client_submit(struct client *client, const struct call *call, call_done_fn done,
                   void *context);

/* Submits, runs the engine and waits. The caller releases `reply` in every case. Not from within
   a callback of the same engine. */
enum err_code client_call(struct client *client, const struct call *call, struct response *reply,
                          struct err *err) ERR_CHECK;
void response_release(struct response *reply);

/* What time the service has: the Date of its answers, and the monotonic clock since. False if no
   answer said so yet. */
bool client_service_now_ms(const struct client *client, int64_t *now_ms);

/* The client's parts, for callers that show them. */
const char *client_region(const struct client *client);
const struct endpoint_settings *client_endpoint_settings(const struct client *client);
struct http *client_http(struct client *client);

#endif
