#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign/sigv4.h"
#include "tests/unit/support_aws/sigv4_presign.h"
#include "core/base/clock.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"

#define AT_S 1440938160 /* 2015-08-30T12:36:00Z, the suite's */

static const struct sigv4_params s_params = {
    .access_key_id = "AKIDEXAMPLE",
    .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    .region = "us-east-1",
    .service = "service",
    .at_s = AT_S,
};

/* ---- one rule each ----------------------------------------------------------------------- */

static char *canonical(unsigned flags, const struct sigv4_request *request)
{
    struct sigv4_params params = s_params;
    params.flags = flags;
    struct buf out, names;
    buf_init(&out, 1 << 20);
    buf_init(&names, 1 << 20);
    sigv4_canonical_request(&params, request, &out, &names);
    char *text = buf_take(&out);
    buf_release(&names);
    return text;
}

static const struct http_header s_host = {"Host", "h"};

static void assert_path(unsigned flags, const char *path, const char *expected)
{
    struct sigv4_request request = {
        .method = "GET", .path = path, .headers = &s_host, .header_count = 1};
    char *text = canonical(flags, &request);
    char *line = text + strlen("GET\n");
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(line, expected);
    free(text);
}

static void test_paths(void **state)
{
    (void)state;
    assert_path(0, "", "/");
    assert_path(0, "/", "/");
    assert_path(0, "//", "/");
    assert_path(0, "/a//b/", "/a/b/");
    assert_path(0, "/a/./b/../c", "/a/c");
    assert_path(0, "/../../x", "/x");
    assert_path(0, "/a/..", "/");
    assert_path(0, "/a/b/../", "/a/");
    assert_path(0, "/users-summary/arn%3Aaws%2Fx", "/users-summary/arn%253Aaws%252Fx");
    assert_path(0, "/~-._*+=@", "/~-._%2A%2B%3D%40");
    assert_path(0, "/\xe1\x88\xb4", "/%E1%88%B4");
    assert_path(SIGV4_KEEP_SEGMENTS, "/a//./b", "/a//./b");
    assert_path(SIGV4_KEEP_SEGMENTS, "/a b", "/a%20b");
    assert_path(SIGV4_S3, "/bucket//./a/../%C3%BC%20.csv", "/bucket//./a/../%C3%BC%20.csv");
    assert_path(SIGV4_S3, "", "/");
}

static void assert_query(const char *query, const char *expected)
{
    struct sigv4_request request = {
        .method = "GET", .path = "/", .query = query, .headers = &s_host, .header_count = 1};
    char *text = canonical(0, &request);
    char *line = text + strlen("GET\n/\n");
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(line, expected);
    free(text);
}

static void test_queries(void **state)
{
    (void)state;
    assert_query(NULL, "");
    assert_query("", "");
    assert_query("key", "key=");
    assert_query("key&", "key=");
    assert_query("b=2&a=1&b=1", "a=1&b=1&b=2");
    assert_query("a=2&A=1", "A=1&a=2");
    assert_query("ab=1&a=2", "a=2&ab=1");
    assert_query("a=%2b%2f%3d", "a=%2B%2F%3D");
    assert_query("a=b=c", "a=b%3Dc");
    assert_query("t=x%20y", "t=x%20y");
    assert_query("p=100%", "p=100%25");
    assert_query("p=%zz%4", "p=%25zz%254");
    assert_query("\xe1\x88\xb4=bar", "%E1%88%B4=bar");
    // Sorted when encoded: '~' is left raw and so comes after every %XX.
    assert_query("~=1&%C3%BC=2", "%C3%BC=2&~=1");
}

static void assert_headers(const struct http_header *headers, size_t count, const char *expected)
{
    struct sigv4_request request = {
        .method = "GET", .path = "/", .headers = headers, .header_count = count};
    char *text = canonical(0, &request);
    char *start = text + strlen("GET\n/\n\n");
    start[strlen(start) - 65] = '\0'; // the hash and the line end before it
    assert_string_equal(start, expected);
    free(text);
}

static void test_headers(void **state)
{
    (void)state;
    static const struct http_header prefix[] = {
        {"x-amz-meta-test-two", "2"}, {"x-amz-meta-test", "1"}, {"Host", "h:8443"}};
    assert_headers(prefix, 3,
                   "host:h:8443\nx-amz-meta-test:1\nx-amz-meta-test-two:2\n\n"
                   "host;x-amz-meta-test;x-amz-meta-test-two");
    static const struct http_header white[] = {
        {"Host", "h"}, {"A", "  \"a   b\"\t c \t"}, {"b", ""}, {"C", " \t "}};
    assert_headers(white, 4, "a:\"a b\" c\nb:\nc:\nhost:h\n\na;b;c;host");
    static const struct http_header twice[] = {
        {"A", "z"}, {"host", "h"}, {"a", " y"}, {"A", "x,w"}};
    assert_headers(twice, 4, "a:z,y,x,w\nhost:h\n\na;host");
    static const struct http_header unsigned_ones[] = {{"Host", "h"},
                                                       {"User-Agent", "me"},
                                                       {"Expect", "100-continue"},
                                                       {"TE", "trailers"},
                                                       {"Connection", "x"},
                                                       {"X-Amzn-Trace-Id", "r"},
                                                       {"Authorization", "old"},
                                                       {"X-Amz-Date", "now"}};
    assert_headers(unsigned_ones, 8, "host:h\nx-amz-date:now\n\nhost;x-amz-date");
}

static void test_payload_hash(void **state)
{
    (void)state;
    static const struct http_header given[] = {{"host", "h"},
                                               {"X-Amz-Content-Sha256", " UNSIGNED-PAYLOAD "}};
    struct sigv4_request request = {.method = "PUT",
                                    .path = "/",
                                    .headers = given,
                                    .header_count = 2,
                                    .body = "x",
                                    .body_length = 1};
    char *text = canonical(SIGV4_S3, &request);
    assert_non_null(strstr(text, "\nUNSIGNED-PAYLOAD"));
    free(text);
    request.header_count = 1;
    text = canonical(SIGV4_S3, &request);
    assert_string_equal(strrchr(text, '\n') + 1,
                        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
    free(text);
}

/* The signature of one request with whatever the cache holds. */
static void sign_with(struct sigv4_cache *cache, const struct sigv4_params *params, char *out)
{
    sigv4_signature(params, "text", 4, cache, out);
}

static void test_key_cache(void **state)
{
    (void)state;
    struct sigv4_cache shared = {0};
    struct sigv4_params variants[5];
    for (size_t i = 0; i < 5; i++) {
        variants[i] = s_params;
    }
    variants[1].at_s += 12 * 3600; // the next day in UTC
    variants[2].region = "eu-west-1";
    variants[3].service = "connect";
    variants[4].secret_access_key = "another";
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 5; i++) {
            struct sigv4_cache fresh = {0};
            char with_shared[SIGV4_SIGNATURE], with_fresh[SIGV4_SIGNATURE];
            sign_with(&shared, &variants[i], with_shared);
            sign_with(&fresh, &variants[i], with_fresh);
            assert_string_equal(with_shared, with_fresh);
            sigv4_cache_release(&fresh);
        }
    }
    sigv4_cache_release(&shared);
}

/* ---- Amazon's suite and the services' vectors, where they are ---------------------------- */

static char *suite_path(const char *rest)
{
    static const char *const places[] = {"../shared/sigv4", "../../shared/sigv4"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        DIR *folder = opendir(places[i]);
        if (folder) {
            closedir(folder);
            return mem_printf("%s/%s", places[i], rest);
        }
    }
    return NULL;
}

static char *read_text(const char *folder, const char *name)
{
    struct err err = ERR_INIT;
    struct buf text;
    buf_init(&text, 1 << 20);
    char *path = mem_printf("%s/%s", folder, name);
    if (fileio_read(path, &text, &err) != ERR_OK) {
        fail_msg("%s", err.text);
    }
    free(path);
    while (text.length > 0 && text.data[text.length - 1] == '\n') {
        text.data[--text.length] = '\0';
    }
    return buf_take(&text);
}

/* request.txt in its parts; all point into one text that is cut up. */
struct parsed {
    char *text;
    struct http_header headers[16];
    struct sigv4_request request;
};

static void parse_request(const char *folder, struct parsed *out)
{
    *out = (struct parsed){.text = read_text(folder, "request.txt")};
    char *body = strstr(out->text, "\n\n");
    if (body) {
        *body = '\0';
        body += 2;
    }
    char *line = out->text;
    char *rest = strchr(line, '\n');
    if (rest) {
        *rest++ = '\0';
    }
    out->request.method = line;
    line[strcspn(line, " ")] = '\0';
    char *target = line + strlen(line) + 1;
    *strstr(target, " HTTP/1.1") = '\0';
    char *query = strchr(target, '?');
    if (query) {
        *query++ = '\0';
    }
    out->request.path = target;
    out->request.query = query;
    while (rest && *rest) {
        char *next = rest;
        do { // folded lines belong to the value, line ends and all
            next = strchr(next + 1, '\n');
        } while (next && (next[1] == ' ' || next[1] == '\t'));
        if (next) {
            *next++ = '\0';
        }
        char *colon = strchr(rest, ':');
        *colon = '\0';
        out->headers[out->request.header_count++] =
            (struct http_header){.name = rest, .value = colon + 1};
        rest = next;
    }
    out->request.headers = out->headers;
    out->request.body = body ? body : "";
    out->request.body_length = body ? strlen(body) : 0;
}

struct stages {
    struct buf canonical, names, text;
    char signature[SIGV4_SIGNATURE];
};

static void run_stages(const struct sigv4_params *params, const struct sigv4_request *request,
                       struct stages *out)
{
    struct sigv4_cache cache = {0};
    buf_init(&out->canonical, 1 << 20);
    buf_init(&out->names, 1 << 20);
    buf_init(&out->text, 1 << 20);
    sigv4_canonical_request(params, request, &out->canonical, &out->names);
    sigv4_string_to_sign(params, out->canonical.data, out->canonical.length, &out->text);
    sigv4_signature(params, out->text.data, out->text.length, &cache, out->signature);
    sigv4_cache_release(&cache);
}

static void release_stages(struct stages *stages)
{
    buf_release(&stages->canonical);
    buf_release(&stages->names);
    buf_release(&stages->text);
}

static void compare(const char *folder, const char *form, struct stages *stages)
{
    const struct {
        const char *name;
        const char *ours;
    } files[] = {
        {"canonical-request", stages->canonical.data},
        {"string-to-sign", stages->text.data},
        {"signature", stages->signature},
    };
    for (size_t i = 0; i < 3; i++) {
        char *name = mem_printf("%s-%s.txt", form, files[i].name);
        char *expected = read_text(folder, name);
        if (strcmp(expected, files[i].ours) != 0) {
            fail_msg("%s %s:\n%s\n---- but it should be\n%s", folder, name, files[i].ours,
                     expected);
        }
        free(expected);
        free(name);
    }
    release_stages(stages);
}

/* The suite's settings; `json` must outlive the params. */
static struct sigv4_params suite_params(json_t *json)
{
    json_t *keys = json_object_get(json, "credentials");
    int64_t at_ms = 0;
    assert_true(clock_parse(json_string_value(json_object_get(json, "timestamp")), &at_ms));
    struct sigv4_params params = {
        .access_key_id = json_string_value(json_object_get(keys, "access_key_id")),
        .secret_access_key = json_string_value(json_object_get(keys, "secret_access_key")),
        .session_token = json_string_value(json_object_get(keys, "token")),
        .region = json_string_value(json_object_get(json, "region")),
        .service = json_string_value(json_object_get(json, "service")),
        .at_s = at_ms / 1000,
    };
    params.flags |= json_is_false(json_object_get(json, "normalize")) ? SIGV4_KEEP_SEGMENTS : 0;
    params.flags |= json_is_true(json_object_get(json, "sign_body")) ? SIGV4_HASH_HEADER : 0;
    params.flags |=
        json_is_true(json_object_get(json, "omit_session_token")) ? SIGV4_TOKEN_UNSIGNED : 0;
    return params;
}

static void run_suite_case(const char *folder)
{
    char *context = read_text(folder, "context.json");
    json_t *json = json_loads(context, 0, NULL);
    assert_non_null(json);
    struct sigv4_params params = suite_params(json);
    struct parsed parsed;
    parse_request(folder, &parsed);
    if (!(params.flags & SIGV4_HASH_HEADER)) {
        parsed.request.body_length = 0;
    }
    struct sigv4_cache cache = {0};
    struct sigv4_additions more;
    struct stages stages;

    // Header form: what sigv4_sign adds, the authorization apart, goes through the stages ...
    sigv4_sign(&params, &parsed.request, &cache, &more);
    struct sigv4_request full = parsed.request;
    const char *authorization = "";
    for (size_t i = 0; i < more.count; i++) {
        bool is_token = strcmp(more.items[i].name, "x-amz-security-token") == 0;
        if (strcmp(more.items[i].name, "authorization") == 0) {
            authorization = more.items[i].value;
        } else if (!is_token || !(params.flags & SIGV4_TOKEN_UNSIGNED)) {
            parsed.headers[full.header_count++] = more.items[i];
        }
    }
    run_stages(&params, &full, &stages);
    assert_string_equal(strstr(authorization, "Signature=") + 10, stages.signature);
    compare(folder, "header", &stages);
    sigv4_additions_release(&more);

    // ... and the presigned form.
    struct buf query, whole;
    buf_init(&query, 1 << 20);
    buf_init(&whole, 1 << 20);
    sigv4_presign_query(&params, &parsed.request, 3600, &query);
    sigv4_presign(&params, &parsed.request, 3600, &cache, &whole);
    struct sigv4_request presigned = parsed.request;
    presigned.query = query.data;
    run_stages(&params, &presigned, &stages);
    assert_memory_equal(strstr(whole.data, "X-Amz-Signature=") + 16, stages.signature, 64);
    compare(folder, "query", &stages);

    buf_release(&query);
    buf_release(&whole);
    sigv4_cache_release(&cache);
    free(parsed.text);
    json_decref(json);
    free(context);
}

static void test_official_suite(void **state)
{
    (void)state;
    char *root = suite_path("v4");
    if (!root) {
        skip();
    }
    size_t cases = 0;
    DIR *folder = opendir(root);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.') {
            char *path = mem_printf("%s/%s", root, entry->d_name);
            run_suite_case(path);
            free(path);
            cases++;
        }
    }
    closedir(folder);
    free(root);
    assert_int_equal(cases, 38);
}

/* "https://host/path?query", cut up in place. */
static void split_url(char *url, struct http_header *host, struct sigv4_request *request)
{
    char *authority = strstr(url, "://") + 3;
    char *path = strchr(authority, '/');
    char *query = strchr(authority, '?');
    if (query) {
        *query++ = '\0';
    }
    request->path = path ? path : "";
    request->query = query;
    size_t length = path ? (size_t)(path - authority) : strlen(authority);
    *host = (struct http_header){"host", mem_strndup(authority, length)};
}

static void run_vector(json_t *vector)
{
    const char *service = json_string_value(json_object_get(vector, "service"));
    const char *stamp = json_string_value(json_object_get(vector, "timestamp"));
    struct clock_date date;
    assert_int_equal(sscanf(stamp, "%4d%2d%2dT%2d%2d%2dZ", &date.year, &date.month, &date.day,
                            &date.hour, &date.minute, &date.second),
                     6);
    struct sigv4_params params = {
        .access_key_id = json_string_value(json_object_get(vector, "access_key_id")),
        .secret_access_key = json_string_value(json_object_get(vector, "secret_access_key")),
        .session_token = json_string_value(json_object_get(vector, "session_token")),
        .region = json_string_value(json_object_get(vector, "region")),
        .service = service,
        .at_s = clock_from_date_utc(&date),
        .flags = strcmp(service, "s3") == 0 ? SIGV4_S3 : 0,
    };
    struct http_header headers[16];
    char *url = mem_strdup(json_string_value(json_object_get(vector, "url")));
    const char *body = json_string_value(json_object_get(vector, "body"));
    struct sigv4_request request = {
        .method = json_string_value(json_object_get(vector, "method")),
        .headers = headers,
        .header_count = 1,
        .body = body,
        .body_length = strlen(body),
    };
    split_url(url, &headers[0], &request);
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(json_object_get(vector, "headers"), name, value)
    {
        bool added_by_us = strcasecmp(name, "x-amz-date") == 0 ||
                           strcasecmp(name, "x-amz-security-token") == 0 ||
                           strcasecmp(name, "x-amz-content-sha256") == 0;
        if (!added_by_us) {
            headers[request.header_count++] = (struct http_header){name, json_string_value(value)};
        }
    }
    struct sigv4_cache cache = {0};
    struct sigv4_additions more;
    sigv4_sign(&params, &request, &cache, &more);
    const char *expected = json_string_value(json_object_get(vector, "authorization"));
    assert_string_equal(more.items[more.count - 1].value, expected);
    sigv4_additions_release(&more);
    sigv4_cache_release(&cache);
    union { // made by mem_strndup just above
        const char *kept;
        char *mine;
    } host = {.kept = headers[0].value};
    free(host.mine);
    free(url);
}

static void test_service_vectors(void **state)
{
    (void)state;
    char *root = suite_path("");
    if (!root) {
        skip();
    }
    char *text = read_text(root, "service-vectors.json");
    json_t *vectors = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(vectors), 10);
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        run_vector(json_array_get(vectors, i));
    }
    json_decref(vectors);
    free(text);
    free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),           cmocka_unit_test(test_queries),
        cmocka_unit_test(test_headers),         cmocka_unit_test(test_payload_hash),
        cmocka_unit_test(test_key_cache),       cmocka_unit_test(test_official_suite),
        cmocka_unit_test(test_service_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
