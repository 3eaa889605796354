#ifndef AWS_SIGN_SIGV4_H
#define AWS_SIGN_SIGV4_H

/*
 * Signature version 4, in the three stages that its documentation names, each reachable on its
 * own: canonical request, string to sign, signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 *     struct sigv4_additions more;
 *     sigv4_sign(&params, &request, &cache, &more);
 *     ... send request.headers and more.items, nothing else that is to be trusted ...
 *     sigv4_additions_release(&more);
 *
 * The request is given as it goes over the wire: its path and query percent-encoded once. The
 * canonical form encodes the path again (for S3 it does not), and brings the query into one shape.
 * No state but the cache of the derived key, which its owner passes in.
 */

#include <stddef.h>
#include <stdint.h>

#include "aws/sign/crypto.h"
#include "aws/http/http.h"
#include "core/base/buf.h"

#define SIGV4_KEEP_PATH 1u      /* S3: the path as it is, neither normalised nor encoded again */
#define SIGV4_KEEP_SEGMENTS 2u  /* empty and dot segments stay, the encoding happens */
#define SIGV4_HASH_HEADER 4u    /* S3: x-amz-content-sha256 is sent and signed */
#define SIGV4_TOKEN_UNSIGNED 8u /* the session token is added behind the signature's back */

#define SIGV4_S3 (SIGV4_KEEP_PATH | SIGV4_HASH_HEADER)

/* Everything borrowed. */
struct sigv4_params {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token; /* NULL: none */
    const char *region;
    const char *service;
    int64_t at_s;
    unsigned flags;
};

struct sigv4_request {
    const char *method;
    const char *path;                  /* "" counts as "/" */
    const char *query;                 /* without '?'; NULL: none */
    const struct http_header *headers; /* Host has to be among them; repeated names are joined */
    size_t header_count;
    const void *body;
    size_t body_length;
    const char *payload_hash; /* instead of the body's: "UNSIGNED-PAYLOAD"; NULL: hash the body */
};

/* The key of the last (secret, day, region, service). Zeroed is empty; one a client. */
struct sigv4_cache {
    char *scope;
    char *secret;
    uint8_t key[CRYPTO_SHA256_BYTES];
};

void sigv4_cache_release(struct sigv4_cache *cache); /* wipes */

/* ---- the stages --------------------------------------------------------------------------- */

/* `signed_headers` gets "host;x-amz-date". Both buffers are appended to. Headers that a proxy or
   the engine may change are left out: connection, expect, te, trailer, transfer-encoding, upgrade,
   user-agent, x-amzn-trace-id, the proxy ones, and an authorization that is already there. */
void sigv4_canonical_request(const struct sigv4_params *params, const struct sigv4_request *request,
                             struct buf *out, struct buf *signed_headers);

void sigv4_string_to_sign(const struct sigv4_params *params, const char *canonical_request,
                          size_t length, struct buf *out);

#define SIGV4_SIGNATURE CRYPTO_SHA256_HEX
void sigv4_signature(const struct sigv4_params *params, const char *string_to_sign, size_t length,
                     struct sigv4_cache *cache, char out[SIGV4_SIGNATURE]);

/* ---- all of it ---------------------------------------------------------------------------- */

/* What has to be sent beside the request's own headers: x-amz-date, x-amz-security-token,
   x-amz-content-sha256, authorization, as far as they apply. The token is the params' own. */
struct sigv4_additions {
    struct http_header items[4];
    size_t count;
    char date[17];
    char payload_hash[CRYPTO_SHA256_HEX];
    struct buf authorization;
};

void sigv4_sign(const struct sigv4_params *params, const struct sigv4_request *request,
                struct sigv4_cache *cache, struct sigv4_additions *out);
void sigv4_additions_release(struct sigv4_additions *additions);

#endif
