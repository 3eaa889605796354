#include "aws/sign/sigv4.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* String to sign, key, signature; the canonical request is in aws/sign/sigv4_canonical.c. */

#define TEXT_MAX ((size_t)4 << 20)

static void format_date(int64_t at_s, char out[17])
{
    struct clock_date date = clock_date_utc(at_s);
    // The remainders change nothing; they let the compiler see that 16 characters are enough.
    snprintf(out, 17, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)date.year % 10000,
             (unsigned)date.month % 100, (unsigned)date.day % 100, (unsigned)date.hour % 100,
             (unsigned)date.minute % 100, (unsigned)date.second % 100);
}

/* "20260102/us-east-1/connect/aws4_request" */
static char *scope_of(const struct sigv4_params *params)
{
    char date[17];
    format_date(params->at_s, date);
    return mem_printf("%.8s/%s/%s/aws4_request", date, params->region, params->service);
}

void sigv4_string_to_sign(const struct sigv4_params *params, const char *canonical_request,
                          size_t length, struct buf *out)
{
    char date[17];
    char hash[CRYPTO_SHA256_HEX];
    format_date(params->at_s, date);
    crypto_sha256_hex(canonical_request, length, hash);
    char *scope = scope_of(params);
    buf_printf(out, "AWS4-HMAC-SHA256\n%s\n%s\n%s", date, scope, hash);
    free(scope);
}

/* ---- key --------------------------------------------------------------------------------- */

void sigv4_cache_release(struct sigv4_cache *cache)
{
    if (cache->secret) {
        mem_wipe(cache->secret, strlen(cache->secret));
    }
    free(cache->secret);
    free(cache->scope);
    mem_wipe(cache, sizeof *cache);
}

static void derive(const struct sigv4_params *params, uint8_t key[CRYPTO_SHA256_BYTES])
{
    char date[17];
    format_date(params->at_s, date);
    char *seed = mem_printf("AWS4%s", params->secret_access_key);
    crypto_hmac_sha256(seed, strlen(seed), date, 8, key);
    crypto_hmac_sha256(key, CRYPTO_SHA256_BYTES, params->region, strlen(params->region), key);
    crypto_hmac_sha256(key, CRYPTO_SHA256_BYTES, params->service, strlen(params->service), key);
    crypto_hmac_sha256(key, CRYPTO_SHA256_BYTES, "aws4_request", 12, key);
    mem_wipe(seed, strlen(seed));
    free(seed);
}

void sigv4_signature(const struct sigv4_params *params, const char *string_to_sign, size_t length,
                     struct sigv4_cache *cache, char out[SIGV4_SIGNATURE])
{
    char *scope = scope_of(params);
    if (!cache->scope || strcmp(cache->scope, scope) != 0 ||
        strcmp(cache->secret, params->secret_access_key) != 0) {
        sigv4_cache_release(cache);
        cache->scope = mem_strdup(scope);
        cache->secret = mem_strdup(params->secret_access_key);
        derive(params, cache->key);
    }
    free(scope);
    uint8_t mac[CRYPTO_SHA256_BYTES];
    crypto_hmac_sha256(cache->key, sizeof cache->key, string_to_sign, length, mac);
    crypto_hex(mac, sizeof mac, out);
}

/* The three stages in a row. */
static void sign(const struct sigv4_params *params, const struct sigv4_request *request,
                 struct sigv4_cache *cache, struct buf *signed_headers, char out[SIGV4_SIGNATURE])
{
    struct buf canonical, text;
    buf_init(&canonical, TEXT_MAX);
    buf_init(&text, TEXT_MAX);
    sigv4_canonical_request(params, request, &canonical, signed_headers);
    sigv4_string_to_sign(params, canonical.data, canonical.length, &text);
    sigv4_signature(params, text.data, text.length, cache, out);
    buf_wipe_release(&canonical); // it can hold the session token
    buf_release(&text);
}

/* ---- as headers -------------------------------------------------------------------------- */

static void add(struct sigv4_additions *out, const char *name, const char *value)
{
    out->items[out->count++] = (struct http_header){.name = name, .value = value};
}

void sigv4_sign(const struct sigv4_params *params, const struct sigv4_request *request,
                struct sigv4_cache *cache, struct sigv4_additions *out)
{
    bool token_later = params->flags & SIGV4_TOKEN_UNSIGNED;
    *out = (struct sigv4_additions){.count = 0};
    buf_init(&out->authorization, TEXT_MAX);
    format_date(params->at_s, out->date);
    add(out, "x-amz-date", out->date);
    if (params->session_token && !token_later) {
        add(out, "x-amz-security-token", params->session_token);
    }
    if (params->flags & SIGV4_HASH_HEADER) {
        const char *hash = request->payload_hash;
        if (!hash) {
            crypto_sha256_hex(request->body_length > 0 ? request->body : "", request->body_length,
                              out->payload_hash);
            hash = out->payload_hash;
        }
        add(out, "x-amz-content-sha256", hash);
    }

    struct sigv4_request full = *request;
    struct http_header *headers = mem_array(request->header_count + out->count, sizeof *headers);
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i] = request->headers[i];
    }
    for (size_t i = 0; i < out->count; i++) {
        headers[request->header_count + i] = out->items[i];
    }
    full.headers = headers;
    full.header_count = request->header_count + out->count;

    struct buf names;
    char signature[SIGV4_SIGNATURE];
    char *scope = scope_of(params);
    buf_init(&names, TEXT_MAX);
    sign(params, &full, cache, &names, signature);
    buf_printf(&out->authorization,
               "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
               params->access_key_id, scope, names.data, signature);
    add(out, "authorization", out->authorization.data);
    if (params->session_token && token_later) {
        add(out, "x-amz-security-token", params->session_token);
    }
    buf_release(&names);
    free(scope);
    free(headers);
}

void sigv4_additions_release(struct sigv4_additions *additions)
{
    buf_wipe_release(&additions->authorization);
    additions->count = 0;
}
