#include "aws/client/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign/crypto.h"
#include "aws/http/uri.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define URL_MAX                                                                                    \
    ((size_t)1 << 20) /* a token of Connect has up to 100,000 characters, each up to %XX */
#define MAX_BODY ((size_t)64 << 20)

/* ---- the copy ---------------------------------------------------------------------------- */

/* One block holds all texts of a call, so that one wipe reaches every token that is in it. The
   first pass (at == NULL) measures, the second copies. */
struct packer {
    char *at;
    size_t used;
};

static const char *pack(struct packer *packer, const void *bytes, size_t length)
{
    char *copy = packer->at ? packer->at + packer->used : NULL;
    packer->used += length + 1;
    if (copy) {
        memcpy(copy, bytes, length);
        copy[length] = '\0';
    }
    return copy;
}

static const char *pack_text(struct packer *packer, const char *text)
{
    return text ? pack(packer, text, strlen(text)) : NULL;
}

static void pack_call(struct packer *packer, const struct call *from, struct call *into,
                      struct http_header *headers, struct call_parameter *query)
{
    *into = *from;
    into->operation = pack_text(packer, from->operation);
    into->method = pack_text(packer, from->method);
    into->path = pack_text(packer, from->path);
    into->resource = pack_text(packer, from->resource);
    into->region = pack_text(packer, from->region);
    into->host_prefix = pack_text(packer, from->host_prefix);
    into->body = from->body_length > 0 ? pack(packer, from->body, from->body_length) : "";
    for (size_t i = 0; i < from->header_count; i++) {
        const char *name = pack_text(packer, from->headers[i].name);
        const char *value = pack_text(packer, from->headers[i].value);
        if (headers) {
            headers[i] = (struct http_header){.name = name, .value = value};
        }
    }
    for (size_t i = 0; i < from->query_count; i++) {
        const char *name = pack_text(packer, from->query[i].name);
        const char *value = pack_text(packer, from->query[i].value);
        if (query) {
            query[i] = (struct call_parameter){.name = name, .value = value};
        }
    }
}

struct pending *pending_new(struct client *client, const struct call *call)
{
    struct packer packer = {.at = NULL};
    struct call scratch;
    pack_call(&packer, call, &scratch, NULL, NULL);

    struct pending *pending = mem_alloc(sizeof *pending);
    pending->storage_size = packer.used;
    pending->storage = mem_alloc(packer.used);
    packer = (struct packer){.at = pending->storage};
    struct http_header *headers = mem_array(call->header_count, sizeof *headers);
    struct call_parameter *query = mem_array(call->query_count, sizeof *query);
    pack_call(&packer, call, &pending->call, headers, query);
    pending->call.headers = headers;
    pending->call.query = query;
    pending->client = client;
    const struct client_options *options = &client->options;
    const struct environment *environment = options->endpoint.environment;
    pending->max_attempts =
        retry_max_attempts(options->service, options->max_attempts, environment, 0);
    pending->throttled_attempts = retry_max_attempts(options->service, options->max_attempts,
                                                     environment, options->throttled_attempts);
    if (call->no_retry) {
        pending->max_attempts = pending->throttled_attempts = 1;
    }
    crypto_uuid4(pending->invocation_id);
    return pending;
}

void pending_free(struct pending *pending)
{
    union { // made by mem_array above; const for everybody else
        const struct http_header *seen;
        void *own;
    } headers = {.seen = pending->call.headers};
    union {
        const struct call_parameter *seen;
        void *own;
    } query = {.seen = pending->call.query};
    free(headers.own);
    free(query.own);
    mem_wipe(pending->storage, pending->storage_size);
    free(pending->storage);
    free(pending);
}

/* ---- an attempt -------------------------------------------------------------------------- */

/* What tells one set of credentials from another, without keeping it. */
static uint64_t fingerprint(const struct credentials *keys)
{
    uint8_t digest[CRYPTO_SHA256_BYTES];
    const char *token = keys->session_token ? keys->session_token : keys->secret_access_key;
    crypto_hmac_sha256(keys->access_key_id, strlen(keys->access_key_id), token, strlen(token),
                       digest);
    uint64_t value = 0;
    memcpy(&value, digest, sizeof value);
    return value;
}

static enum err_code get_credentials(struct client *client, struct credentials *keys,
                                     struct err *err)
{
    if (!client->options.credentials) {
        return err_set(err, ERR_INTERNAL, "a signed call on a client without credentials");
    }
    bool renew = client->renew;
    client->renew = false;
    enum err_code code = credentials_get(client->options.credentials, renew, keys, err);
    if (code == ERR_OK) {
        client->keys = fingerprint(keys);
        free(client->source);
        free(client->renew_command);
        client->source = mem_strdup(keys->source);
        client->renew_command = mem_strdup(keys->renew);
    }
    return code;
}

/* The URL's parts, as they are sent and as they are signed. */
struct target {
    struct endpoint endpoint;
    struct buf url;
    size_t path_at; /* where in `url` */
    struct buf query;
    struct buf path;
    struct http_header *headers; /* room for those that are added later too */
    size_t n_headers;
};

static void target_init(struct target *target)
{
    target->headers = NULL;
    target->n_headers = 0;
    buf_init(&target->url, URL_MAX);
    buf_init(&target->query, URL_MAX);
    buf_init(&target->path, URL_MAX);
}

static void target_release(struct target *target)
{
    buf_release(&target->url);
    buf_release(&target->query);
    buf_release(&target->path);
    free(target->headers);
}

static void add_header(struct target *target, const char *name, const char *value)
{
    target->headers[target->n_headers++] = (struct http_header){.name = name, .value = value};
}

static enum err_code aim(struct pending *pending, const char *account_id, struct target *target,
                         struct err *err)
{
    const struct client *client = pending->client;
    const struct call *call = &pending->call;
    struct endpoint_settings settings = client->options.endpoint;
    if (call->region) {
        settings.region = call->region;
    }
    settings.s3_accelerate = settings.s3_accelerate && call->host_prefix;
    enum err_code code =
        endpoint_resolve(client->options.service, &settings, account_id, &target->endpoint, err);
    if (code != ERR_OK) {
        return code;
    }
    const char *prefix = call->host_prefix ? call->host_prefix : "";
    snprintf(pending->host, sizeof pending->host, "%s%s", prefix, target->endpoint.host);
    pending->custom = target->endpoint.custom;
    pending->loopback = target->endpoint.loopback;
    for (size_t i = 0; i < call->query_count; i++) {
        buf_puts(&target->query, i > 0 ? "&" : "");
        uri_encode(&target->query, call->query[i].name);
        buf_putc(&target->query, '=');
        uri_encode(&target->query, call->query[i].value);
    }
    buf_printf(&target->path, "%s%s", target->endpoint.base, call->path);
    buf_printf(&target->url, "%s://%s%s%s%s", target->endpoint.plain ? "http" : "https",
               pending->host, target->path.data, target->query.length > 0 ? "?" : "",
               target->query.data);
    if (buf_failed(&target->url) || buf_failed(&target->query) || buf_failed(&target->path) ||
        strlen(prefix) + strlen(target->endpoint.host) >= sizeof pending->host) {
        return err_set(err, ERR_INPUT, "%s: the URL would be longer than %zu bytes",
                       call->operation, URL_MAX);
    }
    return ERR_OK;
}

static void sign(struct pending *pending, const struct credentials *keys,
                 const struct target *target, struct sigv4_additions *more)
{
    struct client *client = pending->client;
    const struct call *call = &pending->call;
    struct sigv4_params params = {
        .access_key_id = keys->access_key_id,
        .secret_access_key = keys->secret_access_key,
        .session_token = keys->session_token,
        .region = target->endpoint.signing_region,
        .service = aws_service_signing_name(client->options.service),
        .at_s = (http_now_ms(client->options.http) + client->skew_ms) / 1000,
        .flags = client->options.service == SERVICE_S3 ? SIGV4_S3 : 0,
    };
    struct sigv4_request request = {
        .method = call->method,
        .path = target->path.data,
        .query = target->query.data,
        .headers = target->headers,
        .header_count = target->n_headers,
        .body = call->body,
        .body_length = call->body_length,
    };
    sigv4_sign(&params, &request, &client->cache, more);
}

static void submit(struct pending *pending, const struct target *target, http_done_fn done)
{
    const struct call *call = &pending->call;
    struct client *client = pending->client;
    struct http_request request = {
        .method = call->method,
        .url = target->url.data,
        .headers = target->headers,
        .header_count = target->n_headers,
        .body = call->body,
        .body_length = call->body_length,
        .timeout_ms = call->timeout_ms,
        .max_body = call->max_body ? call->max_body : MAX_BODY,
        .no_proxy = target->endpoint.loopback,
        // An object of S3 is what somebody stored there, encoded or not.
        .accepts_gzip = client->options.service != SERVICE_S3,
    };
    client->options.statistics->requests++;
    client->options.statistics->bytes_sent += call->body_length;
    pending->started_ms = http_ticks_ms(client->options.http);
    http_submit(client->options.http, &request, done, pending);
}

enum err_code pending_send(struct pending *pending, http_done_fn done, struct err *err)
{
    const struct call *call = &pending->call;
    struct client *client = pending->client;
    struct credentials keys = CREDENTIALS_INIT;
    struct sigv4_additions more = {.count = 0};
    struct target target;
    char trace[64];
    enum err_code code = ERR_OK;
    target_init(&target);
    buf_init(&more.authorization, 0);

    if (!call->unsigned_call) {
        code = get_credentials(client, &keys, err);
    }
    if (code == ERR_OK) {
        code = aim(pending, keys.account_id, &target, err);
    }
    if (code != ERR_OK) {
        goto out;
    }
    target.headers = mem_array(call->header_count + 8, sizeof *target.headers);
    add_header(&target, "host", pending->host);
    for (size_t i = 0; i < call->header_count; i++) {
        add_header(&target, call->headers[i].name, call->headers[i].value);
    }
    if (!call->unsigned_call) {
        sign(pending, &keys, &target, &more);
        pending->keys = client->keys;
    }
    for (size_t i = 0; i < more.count; i++) {
        add_header(&target, more.items[i].name, more.items[i].value);
    }
    pending->attempts++;
    snprintf(trace, sizeof trace, "attempt=%d; max=%d", pending->attempts, pending->max_attempts);
    add_header(&target, "amz-sdk-invocation-id", pending->invocation_id);
    add_header(&target, "amz-sdk-request", trace);
    submit(pending, &target, done);
out:
    sigv4_additions_release(&more);
    target_release(&target);
    credentials_release(&keys);
    return code;
}
