#include "aws/http/curl_exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define CONNECT_TIMEOUT_MS 3100 /* as the SDKs' "standard" defaults have it */
#define TIMEOUT_MS 60000
#define MAX_BODY ((size_t)64 << 20)

/* ---- bytes that arrive ------------------------------------------------------------------- */

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    if (!http_response_add_line(&exchange->response, line, size * count)) {
        exchange->too_large = true;
        return 0;
    }
    return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    buf_append(&exchange->response.body, bytes, size * count);
    if (buf_failed(&exchange->response.body)) {
        exchange->too_large = true;
        return 0;
    }
    return size * count;
}

/* ---- a request, as libcurl wants it ------------------------------------------------------ */

static bool has_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (text_equal_nocase(request->headers[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void add_header(struct exchange *exchange, const char *name, const char *value)
{
    // "Name;" is libcurl's way to say: with an empty value
    char *line = value[0] ? mem_printf("%s: %s", name, value) : mem_printf("%s;", name);
    struct curl_slist *longer = curl_slist_append(exchange->headers, line);
    if (longer) {
        exchange->headers = longer;
    }
    if (line[0]) {
        mem_wipe(line, strlen(line));
    }
    free(line);
}

static void drop_header(struct exchange *exchange, const char *name_and_colon)
{
    struct curl_slist *longer = curl_slist_append(exchange->headers, name_and_colon);
    if (longer) {
        exchange->headers = longer;
    }
}

static void set_headers(struct exchange *exchange, const struct http_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        add_header(exchange, request->headers[i].name, request->headers[i].value);
    }
    // What libcurl would add on its own, unsigned and not asked for:
    static const char *const unwanted[] = {"Accept", "Content-Type", "Expect"};
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
        if (!has_header(request, unwanted[i])) {
            char line[32];
            snprintf(line, sizeof line, "%s:", unwanted[i]);
            drop_header(exchange, line);
        }
    }
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
}

static void set_method(struct exchange *exchange, const struct http_request *request)
{
    CURL *easy = exchange->easy;
    bool uploads = request->body_length > 0 || strcmp(request->method, "POST") == 0 ||
                   strcmp(request->method, "PUT") == 0;
    if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (uploads) {
        exchange->body_length = request->body_length;
        exchange->body = mem_array(request->body_length + 1, 1);
        if (request->body_length > 0) {
            memcpy(exchange->body, request->body, request->body_length);
        }
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->body);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static long or_default(int64_t value, long otherwise)
{
    return value > 0 ? (long)value : otherwise;
}

static void set_transport(const struct exchange_settings *settings, CURL *easy,
                          const struct http_request *request)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, settings->user_agent);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     or_default(request->connect_timeout_ms, CONNECT_TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, or_default(request->timeout_ms, TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(
        easy, CURLOPT_LOW_SPEED_TIME,
        (or_default(request->stall_timeout_ms, (long)settings->stall_timeout_ms) + 999) / 1000);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SHARE, settings->share);
    if (request->accepts_gzip) {
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    }
    if (request->no_proxy) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    } else if (settings->http_proxy && strncmp(request->url, "http:", 5) == 0) {
        curl_easy_setopt(easy, CURLOPT_PROXY, settings->http_proxy);
    }
}

void exchange_trust(struct exchange *exchange, const struct exchange_settings *settings)
{
    const struct buf *first = settings->ca_folder ? NULL : settings->ca_first;
    exchange->by_part = settings->ca_folder || first;
    if (exchange->by_part || settings->ca_bundle) { // this one and nothing beside it
        struct curl_blob blob = {.flags = CURL_BLOB_NOCOPY};
        if (first) {
            blob.data = first->data;
            blob.len = first->length;
        }
        curl_easy_setopt(exchange->easy, CURLOPT_CAINFO_BLOB, first ? &blob : NULL);
        curl_easy_setopt(exchange->easy, CURLOPT_CAINFO,
                         exchange->by_part ? NULL : settings->ca_bundle);
        curl_easy_setopt(exchange->easy, CURLOPT_CAPATH, settings->ca_folder);
    }
}

struct exchange *exchange_new(const struct exchange_settings *settings,
                              const struct http_request *request)
{
    struct exchange *exchange = mem_alloc(sizeof *exchange);
    http_response_init(&exchange->response);
    buf_init_secret(&exchange->response.body, request->max_body ? request->max_body : MAX_BODY);
    exchange->easy = curl_easy_init();
    CURL *easy = exchange->easy;
    if (easy) {
        curl_easy_setopt(easy, CURLOPT_URL, request->url);
        curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error);
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
        set_transport(settings, easy, request);
        exchange_trust(exchange, settings);
        set_method(exchange, request);
        set_headers(exchange, request);
    }
    return exchange;
}

/* ---- the end of an exchange -------------------------------------------------------------- */

static enum http_failure failure_of(CURLcode code)
{
    // Not a switch: libcurl has a hundred codes, and what is not here is a broken connection.
    static const struct {
        CURLcode code;
        enum http_failure failure;
    } table[] = {
        {CURLE_OK, HTTP_OK},
        {CURLE_COULDNT_RESOLVE_HOST, HTTP_NO_NAME},
        {CURLE_COULDNT_RESOLVE_PROXY, HTTP_NO_NAME},
        {CURLE_COULDNT_CONNECT, HTTP_NO_CONNECTION},
        {CURLE_OPERATION_TIMEDOUT, HTTP_TIMED_OUT},
        {CURLE_SSL_CONNECT_ERROR, HTTP_TLS},
        {CURLE_PEER_FAILED_VERIFICATION, HTTP_BAD_CERTIFICATE},
        {CURLE_SSL_CACERT_BADFILE, HTTP_BAD_REQUEST},
        {CURLE_URL_MALFORMAT, HTTP_BAD_REQUEST},
        {CURLE_UNSUPPORTED_PROTOCOL, HTTP_BAD_REQUEST},
        {CURLE_OUT_OF_MEMORY, HTTP_BAD_REQUEST},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].code == code) {
            return table[i].failure;
        }
    }
    return HTTP_BROKEN;
}

void exchange_free(struct exchange *exchange)
{
    for (struct curl_slist *line = exchange->headers; line; line = line->next) {
        mem_wipe(line->data, strlen(line->data)); // tokens and signatures
    }
    curl_slist_free_all(exchange->headers);
    curl_easy_cleanup(exchange->easy);
    if (exchange->body) {
        mem_wipe(exchange->body, exchange->body_length);
    }
    free(exchange->body);
    http_response_release(&exchange->response);
    free(exchange);
}

/* libcurl tells these apart in its texts alone. */
static enum http_reason reason_of(const struct exchange *exchange, CURLcode code)
{
    static const struct {
        const char *text;
        enum http_reason reason;
    } certificates[] = {
        {"expired", HTTP_CERTIFICATE_EXPIRED},
        {"not yet valid", HTTP_CERTIFICATE_EARLY},
        {"subject name", HTTP_CERTIFICATE_ELSEWHERE},
        {"does not match", HTTP_CERTIFICATE_ELSEWHERE},
        {"ostname mismatch", HTTP_CERTIFICATE_ELSEWHERE},
    };
    long number = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &number);
    if (number == EMFILE || number == ENFILE) {
        return HTTP_NO_DESCRIPTOR;
    }
    if (code == CURLE_SSL_CACERT_BADFILE) {
        return HTTP_CA_FILE;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        for (size_t i = 0; i < sizeof certificates / sizeof certificates[0]; i++) {
            if (strstr(exchange->error, certificates[i].text)) {
                return certificates[i].reason;
            }
        }
        return HTTP_CERTIFICATE_UNKNOWN;
    }
    bool proxy = code == CURLE_COULDNT_RESOLVE_PROXY || strstr(exchange->error, "proxy") ||
                 strstr(exchange->error, "CONNECT tunnel") ||
                 strstr(exchange->error, "CONNECT response");
    return proxy ? HTTP_PROXY : HTTP_REASON_NONE;
}

static void describe(struct exchange *exchange, CURLcode code)
{
    struct http_response *response = &exchange->response;
    const char *text = exchange->error[0] ? exchange->error : curl_easy_strerror(code);
    text_sanitise_to(response->detail, sizeof response->detail, text, strlen(text), 0);
}

void exchange_end(struct exchange *exchange, CURLcode code, bool cancelled, int64_t now_ms)
{
    struct http_response *response = &exchange->response;
    long status = 0;
    long request_size = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &request_size);
#if LIBCURL_VERSION_NUM >= 0x075700
    if (cancelled) { // whoever stops does not wait for a name that is still looked up
        curl_easy_setopt(exchange->easy, CURLOPT_QUICK_EXIT, 1L);
    }
#endif
    response->ended_at_ms = now_ms;
    response->status = (int)status;
    response->sent = request_size > 0;
    response->failure = cancelled             ? HTTP_CANCELLED
                        : exchange->too_large ? HTTP_TOO_LARGE
                                              : failure_of(code);
    if (response->failure == HTTP_BAD_REQUEST && response->sent) {
        response->failure = HTTP_BROKEN; // what came back is no HTTP
    }
    if (response->failure != HTTP_OK && response->failure != HTTP_CANCELLED &&
        response->failure != HTTP_TOO_LARGE) {
        response->reason = reason_of(exchange, code);
        describe(exchange, code);
    }
}
