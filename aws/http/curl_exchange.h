#ifndef AWS_HTTP_CURL_EXCHANGE_H
#define AWS_HTTP_CURL_EXCHANGE_H

/*
 * One request on libcurl's easy interface, from how it is set up to what came of it. Only
 * aws/http/curl.c and curl_exchange.c include this; aws/http/curl.c runs many of them.
 */

#include <curl/curl.h>

#include "aws/http/http.h"

struct exchange {
    struct exchange *previous, *next; /* in the engine's lists */
    http_done_fn done;
    void *context;
    CURL *easy; /* NULL: libcurl had no memory; exchange_end says so */
    struct curl_slist *headers;
    char *body;
    size_t body_length;
    struct http_response response;
    bool too_large;
    bool background;
    bool by_part; /* trusts a part of the authorities, not the whole bundle */
    char error[CURL_ERROR_SIZE];
};

/* What all requests of an engine have in common; borrowed. */
struct exchange_settings {
    const char *ca_folder;      /* hashed certificates; with it the bundle is not read */
    const struct buf *ca_first; /* a part of the bundle, in PEM, that is tried before all of it */
    const char *ca_bundle, *http_proxy, *user_agent;
    CURLSH *share; /* sessions of TLS */
    int64_t stall_timeout_ms;
};

struct exchange *exchange_new(const struct exchange_settings *settings,
                              const struct http_request *request);
void exchange_free(struct exchange *exchange); /* wipes */

/* Whom the exchange trusts from now on. It has not begun, or failed before anything was sent. */
void exchange_trust(struct exchange *exchange, const struct exchange_settings *settings);

/* Fills in the response: what libcurl says, or that it was cancelled. */
void exchange_end(struct exchange *exchange, CURLcode code, bool cancelled, int64_t now_ms);

#endif
