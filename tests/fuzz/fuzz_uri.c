/*
 * Places and paths as people and profiles write them: buckets and keys, instances and ARNs,
 * endpoint URLs, and the canonical form of a path and a query.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/connect/connect.h"
#include "aws/config/endpoint.h"
#include "aws/s3/s3.h"
#include "aws/sign/sigv4.h"
#include "aws/http/uri.h"

#define MOST ((size_t)4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_encoding(const char *text, size_t length)
{
    struct buf encoded, decoded;
    buf_init(&encoded, MOST);
    buf_init(&decoded, MOST);
    uri_encode_bytes(&encoded, text, length, false);
    uri_decode(&decoded, encoded.data, encoded.length);
    check(decoded.length == length && memcmp(decoded.data, text, length) == 0);
    check(strspn(encoded.data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "-._~%") == encoded.length);
    buf_release(&encoded);
    buf_release(&decoded);
}

static void check_places(const char *text)
{
    struct err err = ERR_INIT;
    struct s3_place place;
    if (s3_parse_place(text, &place, &err) == ERR_OK) {
        check(strlen(place.bucket) >= 3 && place.key[0] != '\0' && !strchr(place.bucket, '/'));
    } else {
        check(err.code == ERR_USAGE);
    }
    struct err other = ERR_INIT;
    struct connect_instance instance;
    if (connect_parse_instance(text, &instance, &other) == ERR_OK) {
        check(instance.id[0] != '\0' && !strpbrk(instance.id, "/:?#% "));
        check(instance.region[0] == '\0' || endpoint_region_valid(instance.region));
    }
}

static const char *nothing(void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

static void check_endpoint(const char *text)
{
    struct environment environment = {.get = nothing};
    struct endpoint_settings settings = {
        .region = "eu-west-1", .environment = &environment, .endpoint_url = text};
    struct endpoint endpoint;
    struct err err = ERR_INIT;
    if (endpoint_resolve(SERVICE_S3, &settings, NULL, &endpoint, &err) == ERR_OK) {
        check(strncmp(endpoint.url, "http", 4) == 0 && strstr(endpoint.url, "://") != NULL);
        check(endpoint.host[0] != '\0' && !strpbrk(endpoint.host, "/?#@ \r\n"));
        check(!strpbrk(endpoint.url, "?# \r\n")); // a path may have an @
        struct endpoint again;
        settings.endpoint_url = endpoint.url; // what came out goes in, and nothing changes
        check(endpoint_resolve(SERVICE_S3, &settings, NULL, &again, &err) == ERR_OK);
        check(strcmp(again.url, endpoint.url) == 0 && strcmp(again.host, endpoint.host) == 0);
    }
}

static void check_canonical(const char *text, unsigned flags)
{
    static const struct http_header host = {"host", "h"};
    struct sigv4_params params = {.access_key_id = "a",
                                  .secret_access_key = "s",
                                  .region = "r",
                                  .service = "s3",
                                  .flags = flags};
    struct sigv4_request request = {
        .method = "GET", .path = text, .query = text, .headers = &host, .header_count = 1};
    struct buf canonical, names;
    buf_init(&canonical, MOST);
    buf_init(&names, MOST);
    sigv4_canonical_request(&params, &request, &canonical, &names);
    check(strcmp(names.data, "host") == 0);
    check(!buf_failed(&canonical) && strncmp(canonical.data, "GET\n", 4) == 0);
    buf_release(&canonical);
    buf_release(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text || size > 65536) {
        free(text);
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    check_encoding((const char *)data, size);
    check_places(text);
    check_endpoint(text);
    check_canonical(text, 0);
    check_canonical(text, SIGV4_S3);
    check_canonical(text, SIGV4_KEEP_SEGMENTS);
    free(text);
    return 0;
}
