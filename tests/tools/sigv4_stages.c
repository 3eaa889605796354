/*
 * Signs requests for tests/e2e/test_sigv4.py: one JSON object a line in, one a line out.
 *
 * In: key, secret, token (or null), region, service, at_s, method, path, query, headers ([name,
 * value] each), body (hex), s3 (bool), expires_s. Out: canonical, string_to_sign, signature,
 * authorization, sent ([name, value] of what sigv4_sign adds), presigned (the whole query).
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign/sigv4.h"
#include "tests/unit/support_aws/sigv4_presign.h"
#include "core/base/mem.h"

#define MOST ((size_t)8 << 20)

static const char *text(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

static size_t from_hex(const char *hex, unsigned char *out)
{
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        unsigned value = 0;
        if (sscanf(hex + 2 * i, "%2x", &value) != 1) {
            abort();
        }
        out[i] = (unsigned char)value;
    }
    return length;
}

/* The stages on what is really sent: the given headers and the added ones, the signature apart. */
static void put_stages(const struct sigv4_params *params, const struct sigv4_request *request,
                       const struct sigv4_additions *more, json_t *out)
{
    struct sigv4_request full = *request;
    struct http_header *headers = mem_array(request->header_count + more->count, sizeof *headers);
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i] = request->headers[i];
    }
    json_t *sent = json_array();
    for (size_t i = 0; i < more->count; i++) {
        headers[full.header_count++] = more->items[i];
        json_array_append_new(sent, json_pack("[ss]", more->items[i].name, more->items[i].value));
        if (strcmp(more->items[i].name, "authorization") == 0) {
            json_object_set_new(out, "authorization", json_string(more->items[i].value));
        }
    }
    full.headers = headers;
    struct buf canonical, names, to_sign;
    buf_init(&canonical, MOST);
    buf_init(&names, MOST);
    buf_init(&to_sign, MOST);
    struct sigv4_cache cache = {0};
    char signature[SIGV4_SIGNATURE];
    sigv4_canonical_request(params, &full, &canonical, &names);
    sigv4_string_to_sign(params, canonical.data, canonical.length, &to_sign);
    sigv4_signature(params, to_sign.data, to_sign.length, &cache, signature);
    json_object_set_new(out, "sent", sent);
    json_object_set_new(out, "canonical", json_string(canonical.data));
    json_object_set_new(out, "string_to_sign", json_string(to_sign.data));
    json_object_set_new(out, "signature", json_string(signature));
    sigv4_cache_release(&cache);
    buf_release(&canonical);
    buf_release(&names);
    buf_release(&to_sign);
    free(headers);
}

static json_t *sign(const json_t *in)
{
    const json_t *given = json_object_get(in, "headers");
    size_t n_headers = json_array_size(given);
    struct http_header *headers = mem_array(n_headers, sizeof *headers);
    for (size_t i = 0; i < n_headers; i++) {
        const json_t *pair = json_array_get(given, i);
        headers[i].name = json_string_value(json_array_get(pair, 0));
        headers[i].value = json_string_value(json_array_get(pair, 1));
    }
    unsigned char *body = mem_alloc(strlen(text(in, "body")) / 2 + 1);
    struct sigv4_params params = {
        .access_key_id = text(in, "key"),
        .secret_access_key = text(in, "secret"),
        .session_token = text(in, "token"),
        .region = text(in, "region"),
        .service = text(in, "service"),
        .at_s = json_integer_value(json_object_get(in, "at_s")),
        .flags = json_is_true(json_object_get(in, "s3")) ? SIGV4_S3 : 0,
    };
    struct sigv4_request request = {
        .method = text(in, "method"),
        .path = text(in, "path"),
        .query = text(in, "query"),
        .headers = headers,
        .header_count = n_headers,
        .body = body,
        .body_length = from_hex(text(in, "body"), body),
    };
    static struct sigv4_cache s_cache; // over all lines, as a client has it
    struct sigv4_additions more;
    struct buf presigned;
    json_t *out = json_object();
    buf_init(&presigned, MOST);
    sigv4_sign(&params, &request, &s_cache, &more);
    put_stages(&params, &request, &more, out);
    unsigned expires_s = (unsigned)json_integer_value(json_object_get(in, "expires_s"));
    sigv4_presign(&params, &request, expires_s, &s_cache, &presigned);
    json_object_set_new(out, "presigned", json_string(presigned.data));
    buf_release(&presigned);
    sigv4_additions_release(&more);
    free(body);
    free(headers);
    return out;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        json_error_t error;
        json_t *in = json_loads(line, 0, &error);
        if (!in) {
            fprintf(stderr, "%s\n", error.text);
            return 1;
        }
        json_t *out = sign(in);
        char *answer = json_dumps(out, JSON_COMPACT);
        puts(answer);
        free(answer);
        json_decref(out);
        json_decref(in);
    }
    free(line);
    return 0;
}
