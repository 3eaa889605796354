#include "tests/unit/support_aws/sigv4_presign.h"

#include <stdlib.h>
#include <string.h>

#include "aws/http/uri.h"
#include "core/base/mem.h"

/* The presigned form, made of the stages alone. */

#define TEXT_MAX ((size_t)1 << 20)

static void put_parameter(struct buf *query, const char *name, const char *value, size_t length)
{
    char *copy = mem_strndup(value, length);
    buf_printf(query, "%s%s=", query->length > 0 ? "&" : "", name);
    uri_encode(query, copy);
    mem_wipe(copy, length);
    free(copy);
}

void sigv4_presign_query(const struct sigv4_params *params, const struct sigv4_request *request,
                         unsigned expires_s, struct buf *query)
{
    struct buf names, canonical, text;
    buf_init(&names, TEXT_MAX);
    buf_init(&canonical, TEXT_MAX);
    buf_init(&text, TEXT_MAX);
    sigv4_canonical_request(params, request, &canonical, &names);
    sigv4_string_to_sign(params, canonical.data, canonical.length, &text);
    /* "AWS4-HMAC-SHA256", the time, the scope, a line each. */
    const char *date = strchr(text.data, '\n') + 1;
    const char *scope = strchr(date, '\n') + 1;
    char *credential =
        mem_printf("%s/%.*s", params->access_key_id, (int)strcspn(scope, "\n"), scope);
    char *expires = mem_printf("%u", expires_s);

    buf_puts(query, request->query ? request->query : "");
    put_parameter(query, "X-Amz-Algorithm", text.data, strcspn(text.data, "\n"));
    put_parameter(query, "X-Amz-Credential", credential, strlen(credential));
    put_parameter(query, "X-Amz-Date", date, strcspn(date, "\n"));
    put_parameter(query, "X-Amz-Expires", expires, strlen(expires));
    put_parameter(query, "X-Amz-SignedHeaders", names.data, names.length);
    if (params->session_token && !(params->flags & SIGV4_TOKEN_UNSIGNED)) {
        put_parameter(query, "X-Amz-Security-Token", params->session_token,
                      strlen(params->session_token));
    }
    buf_release(&names);
    buf_release(&canonical);
    buf_release(&text);
    free(credential);
    free(expires);
}

void sigv4_presign(const struct sigv4_params *params, const struct sigv4_request *request,
                   unsigned expires_s, struct sigv4_cache *cache, struct buf *query)
{
    size_t start = query->length;
    struct sigv4_request full = *request;
    struct buf names, canonical, text;
    char signature[SIGV4_SIGNATURE];
    if (!full.payload_hash && (params->flags & SIGV4_KEEP_PATH)) {
        full.payload_hash = "UNSIGNED-PAYLOAD"; /* S3 does not know the body of a URL */
    }
    sigv4_presign_query(params, &full, expires_s, query);
    full.query = query->data + start;
    buf_init(&names, TEXT_MAX);
    buf_init(&canonical, TEXT_MAX);
    buf_init(&text, TEXT_MAX);
    sigv4_canonical_request(params, &full, &canonical, &names);
    sigv4_string_to_sign(params, canonical.data, canonical.length, &text);
    sigv4_signature(params, text.data, text.length, cache, signature);
    put_parameter(query, "X-Amz-Signature", signature, strlen(signature));
    if (params->session_token && (params->flags & SIGV4_TOKEN_UNSIGNED)) {
        put_parameter(query, "X-Amz-Security-Token", params->session_token,
                      strlen(params->session_token));
    }
    buf_release(&names);
    buf_wipe_release(&canonical); /* it can hold the session token */
    buf_release(&text);
}
