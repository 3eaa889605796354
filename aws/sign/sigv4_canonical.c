/*
 * The canonical request: one text for all spellings of the same request. Every rule here has to
 * be the one that the service applies to what it received, or nothing is ever let in; botocore's
 * and Amazon's own signers are the measure (tests/unit/aws/sign/sigv4.c, tests/e2e/test_sigv4.py).
 */

#include "aws/sign/sigv4.h"

#include <stdlib.h>
#include <string.h>

#include "aws/http/uri.h"
#include "core/base/arena.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define PART_MAX ((size_t)1 << 20)

/* ---- path -------------------------------------------------------------------------------- */

struct segment {
    const char *text;
    size_t length;
};

static bool segment_is(const struct segment *segment, const char *text)
{
    return segment->length == strlen(text) && memcmp(segment->text, text, segment->length) == 0;
}

/* Without empty and dot segments; a slash at the end stays where anything is before it. */
static void normalise(const char *path, struct buf *out)
{
    size_t length = strlen(path);
    struct segment *kept = mem_array(length / 2 + 1, sizeof *kept);
    size_t n_kept = 0;
    for (const char *at = path; *at;) {
        struct segment segment = {.text = at, .length = strcspn(at, "/")};
        at += segment.length + (at[segment.length] == '/');
        if (segment_is(&segment, "..")) {
            n_kept -= n_kept > 0;
        } else if (segment.length > 0 && !segment_is(&segment, ".")) {
            kept[n_kept++] = segment;
        }
    }
    for (size_t i = 0; i < n_kept; i++) {
        buf_putc(out, '/');
        buf_append(out, kept[i].text, kept[i].length);
    }
    if (n_kept == 0 || path[length - 1] == '/') {
        buf_putc(out, '/');
    }
    free(kept);
}

static void canonical_path(const char *path, unsigned flags, struct buf *out)
{
    if (path[0] == '\0') {
        buf_putc(out, '/');
    } else if (flags & SIGV4_KEEP_PATH) {
        buf_puts(out, path);
    } else if (flags & SIGV4_KEEP_SEGMENTS) {
        uri_encode_path(out, path);
    } else {
        struct buf normal;
        buf_init(&normal, PART_MAX);
        normalise(path, &normal);
        uri_encode_path(out, normal.data);
        buf_release(&normal);
    }
}

/* ---- query ------------------------------------------------------------------------------- */

struct pair {
    const char *name;
    const char *value;
};

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *left = a;
    const struct pair *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : strcmp(left->value, right->value);
}

/* Whatever was encoded is decoded first, so that each byte ends up encoded once and one way. */
static const char *encode_again(struct arena *arena, const char *text, size_t length)
{
    struct buf plain, encoded;
    buf_init(&plain, PART_MAX);
    buf_init(&encoded, 3 * PART_MAX);
    uri_decode(&plain, text, length);
    uri_encode_bytes(&encoded, plain.data, plain.length, false);
    const char *result = arena_strndup(arena, encoded.data, encoded.length);
    buf_wipe_release(&plain);
    buf_wipe_release(&encoded);
    return result;
}

static void canonical_query(const char *query, struct buf *out)
{
    size_t most = 1;
    for (const char *at = query; *at; at++) {
        most += *at == '&';
    }
    struct arena arena = ARENA_INIT;
    struct pair *pairs = mem_array(most, sizeof *pairs);
    size_t n_pairs = 0;
    for (const char *at = query; *at;) {
        size_t length = strcspn(at, "&");
        if (length > 0) {
            const char *equals = memchr(at, '=', length);
            size_t name_length = equals ? (size_t)(equals - at) : length;
            const char *value = equals ? equals + 1 : at + length;
            pairs[n_pairs++] = (struct pair){
                .name = encode_again(&arena, at, name_length),
                .value = encode_again(&arena, value, (size_t)(at + length - value)),
            };
        }
        at += length + (at[length] == '&');
    }
    qsort(pairs, n_pairs, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < n_pairs; i++) {
        buf_puts(out, i > 0 ? "&" : "");
        buf_puts(out, pairs[i].name);
        buf_putc(out, '=');
        buf_puts(out, pairs[i].value);
    }
    free(pairs);
    arena_release(&arena);
}

/* ---- headers ----------------------------------------------------------------------------- */

struct signed_header {
    const char *name; /* lower case */
    const char *value;
    size_t order; /* qsort is not stable, joined values keep their order */
};

static bool is_signed(const char *name)
{
    static const char *const left_out[] = {
        "authorization",
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-amzn-trace-id",
        "x-amz-signature",
    };
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++) {
        if (text_equal_nocase(name, left_out[i])) {
            return false;
        }
    }
    return true;
}

static int compare_headers(const void *a, const void *b)
{
    const struct signed_header *left = a;
    const struct signed_header *right = b;
    int order = strcmp(left->name, right->name);
    if (order != 0) {
        return order;
    }
    return left->order < right->order ? -1 : left->order > right->order;
}

static const char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *at = copy; *at; at++) {
        *at = text_lower(*at);
    }
    return copy;
}

/* Trimmed, and each run of white space one blank. */
static void put_value(struct buf *out, const char *value)
{
    static const char white[] = " \t\r\n";
    value += strspn(value, white);
    while (*value) {
        size_t length = strcspn(value, white);
        buf_append(out, value, length);
        value += length;
        value += strspn(value, white);
        if (*value) {
            buf_putc(out, ' ');
        }
    }
}

static void canonical_headers(const struct sigv4_request *request, struct buf *out,
                              struct buf *signed_headers)
{
    struct arena arena = ARENA_INIT;
    struct signed_header *headers = mem_array(request->header_count, sizeof *headers);
    size_t n_headers = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        if (is_signed(request->headers[i].name)) {
            headers[n_headers++] = (struct signed_header){
                .name = lower(&arena, request->headers[i].name),
                .value = request->headers[i].value,
                .order = i,
            };
        }
    }
    qsort(headers, n_headers, sizeof *headers, compare_headers);
    for (size_t i = 0; i < n_headers; i++) {
        bool joined = i > 0 && strcmp(headers[i - 1].name, headers[i].name) == 0;
        if (!joined) {
            buf_printf(out, "%s%s:", i > 0 ? "\n" : "", headers[i].name);
            buf_printf(signed_headers, "%s%s", i > 0 ? ";" : "", headers[i].name);
        } else {
            buf_putc(out, ',');
        }
        put_value(out, headers[i].value);
    }
    buf_puts(out, n_headers > 0 ? "\n" : "");
    free(headers);
    arena_release(&arena);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void put_payload_hash(const struct sigv4_request *request, struct buf *out)
{
    if (request->payload_hash) {
        buf_puts(out, request->payload_hash);
        return;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        if (text_equal_nocase(request->headers[i].name, "x-amz-content-sha256")) {
            put_value(out, request->headers[i].value);
            return;
        }
    }
    char hash[CRYPTO_SHA256_HEX];
    crypto_sha256_hex(request->body_length > 0 ? request->body : "", request->body_length, hash);
    buf_puts(out, hash);
}

void sigv4_canonical_request(const struct sigv4_params *params, const struct sigv4_request *request,
                             struct buf *out, struct buf *signed_headers)
{
    size_t names_at = signed_headers->length;
    buf_printf(out, "%s\n", request->method);
    canonical_path(request->path, params->flags, out);
    buf_putc(out, '\n');
    canonical_query(request->query ? request->query : "", out);
    buf_putc(out, '\n');
    canonical_headers(request, out, signed_headers);
    buf_printf(out, "\n%s\n", signed_headers->data + names_at);
    put_payload_hash(request, out);
}
