#ifndef AWS_CLIENT_CALL_H
#define AWS_CLIENT_CALL_H

/*
 * Inside the client: one call from submission to its end, and how an attempt of it is put on the
 * wire. Only the files of aws/client include this.
 */

#include "aws/client/client.h"
#include "aws/client/rate_limiter.h"
#include "aws/client/retry.h"
#include "aws/sign/sigv4.h"

struct pending {
    struct pending *next;
    struct client *client;
    call_done_fn done;
    void *context;
    struct call call; /* everything in it points into `storage` */
    char *storage;
    size_t storage_size;
    int attempts;
    int max_attempts, throttled_attempts;
    int64_t due_ms; /* ticks: when it is sent again */
    int last_cost;  /* of the last retry, in the quota */
    bool renewed;   /* the credentials were renewed for it once */
    bool maybe_done;
    char refusal[192];  /* of the expired credentials: "ExpiredToken; request id 5f1c" */
    uint64_t keys;      /* which set of credentials signed the last attempt */
    int64_t started_ms; /* ticks, of the last attempt */
    char invocation_id[CRYPTO_UUID_TEXT];
    char host[256];
    bool custom, loopback; /* as in struct endpoint, of the last attempt */
};

struct client {
    struct client_options options;
    struct retry_quota quota;
    struct rate_limiter *pace; /* options.pace, else: */
    struct rate_limiter own_pace;
    struct sigv4_cache cache;
    struct pending *first, *last; /* waiting for their turn */
    unsigned in_flight;           /* sent, or waiting to be sent again */
    bool pump_planned;
    bool renew;    /* ask for other credentials next time */
    uint64_t keys; /* the set that was used last */
    int64_t skew_ms;
    bool service_known;           /* an answer said what time the service has */
    int64_t service_ahead_ms;     /* ... of the engine's ticks */
    char *source, *renew_command; /* of those credentials, for errors */
    struct client_statistics own_statistics;
};

/* A copy of the call on the heap; pending_free wipes it. */
struct pending *pending_new(struct client *client, const struct call *call);
void pending_free(struct pending *pending);

/* Signs the next attempt and hands it to the engine, which calls `done` with `pending`. An error
   (of the credentials, of the configuration) means that nothing was sent. */
enum err_code pending_send(struct pending *pending, http_done_fn done, struct err *err) ERR_CHECK;

#endif
