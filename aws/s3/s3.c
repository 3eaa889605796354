#include "aws/s3/s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign/crypto.h"
#include "aws/http/uri.h"
#include "aws/client/xml.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define PATH_MAX_BYTES 8192
#define HEADERS_MAX 10
#define BUCKETS_SHOWN 20
#define ETAG_ROOM 128
#define ANSWER_MAX ((size_t)4 << 20)

struct s3_exporter {
    struct exporter base;
    struct s3_place place;
    struct client *client;
    bool path_style;
    char *kms_key, *storage_class, *bucket_owner;
    char region[64]; /* where the bucket turned out to be; "": where the client is */
    /* What was read or written last: nothing, or a version of the object. */
    bool knows_nothing;
    char etag[ETAG_ROOM]; /* with its quotes; "": not known */
};

/* ---- what the URI says ------------------------------------------------------------------- */

static bool is_alnum_lower(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether the name can stand before a host: S3's rules for buckets made since 2018. */
static bool is_dns_name(const char *bucket)
{
    size_t length = strlen(bucket);
    return length >= 3 && length <= 63 &&
           strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-") == length &&
           is_alnum_lower(bucket[0]) && is_alnum_lower(bucket[length - 1]);
}

static bool is_bucket(const char *text, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";
    return length >= 3 && length < S3_BUCKET_ROOM && strspn(text, allowed) >= length &&
           text[0] != '.';
}

enum err_code s3_parse_place(const char *rest, struct s3_place *out, struct err *err)
{
    *out = (struct s3_place){.bucket = ""};
    const char *bucket = strncmp(rest, "//", 2) == 0 ? rest + 2 : "";
    size_t length = strcspn(bucket, "/");
    if (!is_bucket(bucket, length)) {
        err_set(err, ERR_USAGE, "s3:%.200s does not name a bucket", rest);
        err_hint(err, "s3://BUCKET or s3://BUCKET/KEY; a bucket's name has 3 to 63 lower-case "
                      "letters, digits, dots and hyphens");
        return ERR_USAGE;
    }
    const char *key = bucket[length] == '/' ? bucket + length + 1 : "";
    size_t key_length = strlen(key);
    bool folder = key_length == 0 || key[key_length - 1] == '/';
    if (key_length + (folder ? sizeof S3_DEFAULT_KEY : 1) > S3_KEY_ROOM ||
        text_utf8_check(key, key_length) != key_length) {
        return err_set(err, ERR_USAGE, "s3:%.200s: a key is at most %d bytes of UTF-8", rest,
                       S3_KEY_ROOM - 1);
    }
    snprintf(out->bucket, sizeof out->bucket, "%.*s", (int)length, bucket);
    snprintf(out->key, sizeof out->key, "%s%s", key, folder ? S3_DEFAULT_KEY : "");
    return ERR_OK;
}

/* ---- a request --------------------------------------------------------------------------- */

/* Into `path` and `prefix`, what the call needs to reach the bucket, or the object in it. */
static void aim(const struct s3_exporter *exporter, bool object, struct call *call,
                struct buf *path, struct buf *prefix)
{
    buf_init(path, PATH_MAX_BYTES);
    buf_init(prefix, S3_BUCKET_ROOM + 1);
    if (exporter->path_style) {
        buf_putc(path, '/');
        uri_encode(path, exporter->place.bucket);
    } else {
        buf_printf(prefix, "%s.", exporter->place.bucket);
        call->host_prefix = prefix->data;
    }
    buf_puts(path, object || !exporter->path_style ? "/" : "");
    if (object) {
        uri_encode_path(path, exporter->place.key);
    }
    call->path = path->data;
    call->region = exporter->region[0] != '\0' ? exporter->region : NULL;
}

struct headers {
    struct http_header items[HEADERS_MAX];
    size_t count;
};

/* NULL is left out. */
static void add(struct headers *headers, const char *name, const char *value)
{
    if (value) {
        headers->items[headers->count++] = (struct http_header){.name = name, .value = value};
    }
}

/* One call: an operation of S3, on the object if its name says so, else on the bucket. */
struct s3_call {
    const char *operation;
    const char *method;
    const struct headers *headers;
    const void *body;
    size_t length;
    size_t max_body; /* of the answer; 0: ANSWER_MAX */
};

static enum err_code call_s3(struct s3_exporter *exporter, const struct s3_call *wanted,
                             struct response *reply, struct err *err)
{
    bool object = strstr(wanted->operation, "Object") != NULL;
    const struct s3_place *place = &exporter->place;
    char *resource = object ? mem_printf("s3://%s/%s", place->bucket, place->key)
                            : mem_printf("bucket %s", place->bucket);
    struct buf path, prefix;
    struct call call = {
        .operation = wanted->operation,
        .method = wanted->method,
        .headers = wanted->headers->items,
        .header_count = wanted->headers->count,
        .body = wanted->body,
        .body_length = wanted->length,
        .resource = resource,
        .max_body = wanted->max_body ? wanted->max_body : ANSWER_MAX,
    };
    aim(exporter, object, &call, &path, &prefix);
    enum err_code code = client_call(exporter->client, &call, reply, err);
    buf_release(&path);
    buf_release(&prefix);
    free(resource);
    return code;
}

static void keep_etag(struct s3_exporter *exporter, const struct response *reply)
{
    const char *etag = reply->response ? http_response_header(reply->response, "etag") : NULL;
    bool fits = etag && strlen(etag) < sizeof exporter->etag;
    snprintf(exporter->etag, sizeof exporter->etag, "%s", fits ? etag : "");
    exporter->knows_nothing = false;
}

/* https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
static void add_condition(struct headers *headers, const struct s3_exporter *exporter,
                          enum publish_over over)
{
    bool only_new =
        over == PUBLISH_OVER_NOTHING || (over == PUBLISH_OVER_READ && exporter->knows_nothing);
    bool only_read = over == PUBLISH_OVER_READ && exporter->etag[0] != '\0';
    add(headers, "if-none-match", only_new ? "*" : NULL);
    add(headers, "if-match", only_read ? exporter->etag : NULL);
}

static enum err_code put(struct s3_exporter *exporter, const struct publication *what,
                         const char *checksum, struct response *reply, struct err *err)
{
    struct headers headers = {.count = 0};
    add(&headers, "content-type", what->content_type ? what->content_type : "text/csv");
    add(&headers, "x-amz-checksum-sha256", checksum);
    add(&headers, "x-amz-sdk-checksum-algorithm", "SHA256");
    add(&headers, "x-amz-server-side-encryption", exporter->kms_key ? "aws:kms" : NULL);
    add(&headers, "x-amz-server-side-encryption-aws-kms-key-id", exporter->kms_key);
    add(&headers, "x-amz-storage-class", exporter->storage_class);
    add(&headers, "x-amz-expected-bucket-owner", exporter->bucket_owner);
    add_condition(&headers, exporter, what->over);
    struct s3_call call = {.operation = "PutObject",
                           .method = "PUT",
                           .headers = &headers,
                           .body = what->bytes,
                           .length = what->length};
    return call_s3(exporter, &call, reply, err);
}

static enum err_code get(struct s3_exporter *exporter, size_t max_body, struct response *reply,
                         struct err *err)
{
    struct headers headers = {.count = 0};
    add(&headers, "x-amz-expected-bucket-owner", exporter->bucket_owner);
    struct s3_call call = {
        .operation = "GetObject", .method = "GET", .headers = &headers, .max_body = max_body};
    return call_s3(exporter, &call, reply, err);
}

/* ---- the bucket is elsewhere ------------------------------------------------------------- */

/* "bucket.s3.eu-west-1.amazonaws.com", "bucket.s3-eu-west-1.amazonaws.com": the part behind s3. */
static void region_in_host(const char *host, char *out, size_t size)
{
    const char *at = strstr(host, ".s3");
    at = at ? at + 3 : NULL;
    size_t length = at && (*at == '.' || *at == '-') ? strcspn(at + 1, ".") : 0;
    if (length > 0 && length < size && strncmp(at + 1, "amazonaws", length) != 0) {
        snprintf(out, size, "%.*s", (int)length, at + 1);
    }
}

static void region_in_redirect(const struct response *reply, char *out, size_t size)
{
    const char *location = http_response_header(reply->response, "location");
    const struct buf *body = &reply->response->body;
    char *endpoint = xml_find_text(xml_whole(body->data, body->length), "Endpoint");
    if (endpoint) {
        region_in_host(endpoint, out, size);
    } else if (location) {
        region_in_host(location, out, size);
    }
    free(endpoint);
}

/* HeadBucket says where a bucket is with any status. */
static void ask_region(struct s3_exporter *exporter, char *out, size_t size)
{
    struct headers none = {.count = 0};
    struct response reply = {.code = ERR_OK};
    struct err ignored = ERR_INIT;
    struct s3_call call = {.operation = "HeadBucket", .method = "HEAD", .headers = &none};
    enum err_code code = call_s3(exporter, &call, &reply, &ignored);
    const char *region = code != ERR_CANCELLED && reply.response
                             ? http_response_header(reply.response, "x-amz-bucket-region")
                             : NULL;
    if (region) {
        snprintf(out, size, "%s", region);
    }
    response_release(&reply);
}

/* Whether the answer says that another region is right; then exporter->region is that one. */
static bool moved(struct s3_exporter *exporter, const struct response *reply)
{
    bool redirect = reply->status == 301 || reply->status == 302 || reply->status == 307 ||
                    strcmp(reply->error, "PermanentRedirect") == 0;
    bool other = strcmp(reply->error, "AuthorizationHeaderMalformed") == 0 ||
                 strcmp(reply->error, "IllegalLocationConstraintException") == 0;
    if (!redirect && !other) {
        return false;
    }
    char region[64] = "";
    snprintf(region, sizeof region, "%s", reply->region_hint);
    if (region[0] == '\0') {
        region_in_redirect(reply, region, sizeof region);
    }
    if (region[0] == '\0') {
        ask_region(exporter, region, sizeof region);
    }
    const char *now =
        exporter->region[0] != '\0' ? exporter->region : client_region(exporter->client);
    if (!endpoint_region_valid(region) || strcmp(region, now) == 0) {
        return false;
    }
    snprintf(exporter->region, sizeof exporter->region, "%s", region);
    return true;
}

/* ---- the answer was lost ----------------------------------------------------------------- */

static bool equal_etag(const char *etag, const void *bytes, size_t length)
{
    char md5[CRYPTO_MD5_HEX];
    return etag && strlen(etag) == 34 && crypto_md5_hex(bytes, length, md5) &&
           strncmp(etag + 1, md5, 32) == 0;
}

/* Whether the object that is there is the one that was sent. */
static bool is_there(struct s3_exporter *exporter, const void *bytes, size_t length,
                     const char *checksum)
{
    struct headers headers = {.count = 0};
    struct response reply = {.code = ERR_OK};
    struct err ignored = ERR_INIT;
    add(&headers, "x-amz-checksum-mode", "ENABLED");
    add(&headers, "x-amz-expected-bucket-owner", exporter->bucket_owner);
    bool same = false;
    struct s3_call call = {.operation = "HeadObject", .method = "HEAD", .headers = &headers};
    if (call_s3(exporter, &call, &reply, &ignored) == ERR_OK) {
        const char *stored = http_response_header(reply.response, "x-amz-checksum-sha256");
        const char *size = http_response_header(reply.response, "content-length");
        int64_t stored_length = -1;
        bool same_length = size && text_to_int64(size, 0, INT64_MAX, &stored_length) &&
                           stored_length == (int64_t)length;
        same = same_length &&
               (stored ? strcmp(stored, checksum) == 0
                       : equal_etag(http_response_header(reply.response, "etag"), bytes, length));
    }
    response_release(&reply);
    return same;
}

/* ---- which buckets there are ------------------------------------------------------------- */

static void hint_buckets(struct s3_exporter *exporter, struct err *err)
{
    struct call call = {.operation = "ListBuckets", .method = "GET", .path = "/"};
    struct response reply = {.code = ERR_OK};
    struct err ignored = ERR_INIT;
    struct buf names;
    buf_init(&names, ERR_HINT_MAX);
    size_t count = 0;
    if (client_call(exporter->client, &call, &reply, &ignored) != ERR_OK) {
        err_hint(err, "which buckets there are cannot be told (s3:ListAllMyBuckets: %s)",
                 reply.error[0] ? reply.error : "no answer");
    } else {
        const struct buf *body = &reply.response->body;
        struct xml_part rest = xml_whole(body->data, body->length);
        struct xml_part bucket;
        while (xml_next(&rest, "Bucket", &bucket)) {
            char *name = count < BUCKETS_SHOWN ? xml_find_text(bucket, "Name") : NULL;
            if (name) {
                buf_printf(&names, "%s%.64s", count > 0 ? ", " : "", name);
            }
            count++;
            free(name);
        }
        err_hint(err, "%s%s%s",
                 count > 0 ? "the buckets of this account: "
                           : "this account has "
                             "no buckets",
                 names.data, count > BUCKETS_SHOWN ? " and more" : "");
    }
    buf_release(&names);
    response_release(&reply);
}

/* ---- the port ---------------------------------------------------------------------------- */

/* Wherever the bucket is, and also on a server that does not know conditions: it is not Amazon's. */
static enum err_code put_there(struct s3_exporter *exporter, const struct publication *what,
                               const char *checksum, struct response *reply, struct err *err)
{
    enum err_code code = put(exporter, what, checksum, reply, err);
    if (code != ERR_OK && code != ERR_CANCELLED && moved(exporter, reply)) {
        response_release(reply);
        err_clear(err);
        code = put(exporter, what, checksum, reply, err);
    }
    if (code != ERR_OK && what->over == PUBLISH_OVER_READ && reply->status == 501) {
        const struct publication plain = {what->bytes, what->length, what->content_type,
                                          PUBLISH_OVER_ALL};
        response_release(reply);
        err_clear(err);
        code = put(exporter, &plain, checksum, reply, err);
    }
    return code;
}

static enum err_code publish(struct s3_exporter *exporter, const struct publication *what,
                             const char *checksum, struct err *err)
{
    struct response reply = {.code = ERR_OK};
    struct err first = ERR_INIT;
    enum err_code code = put_there(exporter, what, checksum, &reply, &first);
    if (code == ERR_NOT_FOUND && what->over == PUBLISH_OVER_READ &&
        strcmp(reply.error, "NoSuchKey") == 0) {
        code = ERR_CONFLICT; // what was read is gone
    }
    if (code == ERR_OK) {
        keep_etag(exporter, &reply);
    } else if (code != ERR_CANCELLED && reply.maybe_done &&
               is_there(exporter, what->bytes, what->length, checksum)) {
        code = ERR_OK;
        exporter->etag[0] = '\0';
        exporter->knows_nothing = false;
    }
    if (code == ERR_CANCELLED && reply.maybe_done) {
        err_clear(&first);
        err_set(&first, code,
                "stopped before the answer came: it is not known whether the list was "
                "written");
    }
    if (code != ERR_OK && strcmp(reply.error, "NoSuchBucket") == 0) {
        hint_buckets(exporter, &first);
    }
    if (code != ERR_OK && err && err->code == ERR_OK) {
        *err = first;
    }
    response_release(&reply);
    return code;
}

static enum err_code s3_publish(struct exporter *base, const struct publication *what,
                                const struct progress *progress, struct err *err)
{
    struct s3_exporter *exporter = (struct s3_exporter *)base;
    struct http *http = client_http(exporter->client);
    uint8_t digest[CRYPTO_SHA256_BYTES];
    struct buf checksum;
    buf_init(&checksum, 64);
    crypto_sha256(what->bytes, what->length, digest);
    crypto_base64(&checksum, digest, sizeof digest);
    http_set_progress(http, progress);
    struct progress_report report = {.phase = "writing the list to S3"};
    progress_update(progress, &report);
    enum err_code code = publish(exporter, what, checksum.data, err);
    http_set_progress(http, NULL);
    buf_release(&checksum);
    return code;
}

enum err_code s3_try_put(struct exporter *base, const struct buf *there, struct err *err)
{
    struct s3_exporter *exporter = (struct s3_exporter *)base;
    const struct publication what = {there->data, there->length, NULL, PUBLISH_OVER_READ};
    struct response reply = {.code = ERR_OK};
    struct err failed = ERR_INIT;
    uint8_t digest[CRYPTO_SHA256_BYTES];
    struct buf checksum;
    buf_init(&checksum, 64);
    crypto_sha256(what.bytes, what.length, digest);
    crypto_base64(&checksum, digest, sizeof digest);
    exporter->knows_nothing = false;
    snprintf(exporter->etag, sizeof exporter->etag, "\"00000000000000000000000000000000\"");
    enum err_code code = put(exporter, &what, checksum.data, &reply, &failed);
    bool met = reply.status == 412 || strcmp(reply.error, "NoSuchKey") == 0;
    exporter->etag[0] = '\0';
    response_release(&reply);
    buf_release(&checksum);
    if (code != ERR_OK && !met && err) {
        *err = failed;
    }
    return met ? ERR_OK : code;
}

/* 404 also says that there is no such bucket; a publication then finds that out. 403 with another
   name (an object in an archive, a key that may not be used) is a list that cannot be read, too. */
static enum err_code s3_read(struct exporter *base, const struct progress *progress,
                             struct buf *into, struct err *err)
{
    struct s3_exporter *exporter = (struct s3_exporter *)base;
    struct http *http = client_http(exporter->client);
    struct response reply = {.code = ERR_OK};
    struct err first = ERR_INIT;
    http_set_progress(http, progress);
    enum err_code code = get(exporter, into->max, &reply, &first);
    if (code != ERR_OK && code != ERR_CANCELLED && moved(exporter, &reply)) {
        response_release(&reply);
        err_clear(&first);
        code = get(exporter, into->max, &reply, &first);
    }
    http_set_progress(http, NULL);
    exporter->etag[0] = '\0';
    exporter->knows_nothing = code == ERR_NOT_FOUND;
    if (code == ERR_OK) {
        keep_etag(exporter, &reply);
        buf_append(into, reply.response->body.data, reply.response->body.length);
    } else if (reply.status == 403 && code != ERR_AUTH) {
        code = ERR_DENIED;
    }
    response_release(&reply);
    return code == ERR_OK ? ERR_OK : err_set(err, code, "%s", first.text);
}

static void s3_free(struct exporter *base)
{
    struct s3_exporter *exporter = (struct s3_exporter *)base;
    client_free(exporter->client);
    free(exporter->kms_key);
    free(exporter->storage_class);
    free(exporter->bucket_owner);
    free(exporter);
}

static const struct exporter_ops s_ops = {.read = s3_read, .publish = s3_publish, .free = s3_free};

/* A certificate covers one label before the host, so a bucket with a dot cannot stand there; and
   servers that somebody put up themselves rarely have a name for each bucket. */
static bool needs_path_style(const struct s3_options *options)
{
    struct endpoint endpoint;
    struct err ignored = ERR_INIT;
    if (!is_dns_name(options->place.bucket)) {
        return true;
    }
    if (options->client.endpoint.s3_accelerate) {
        return false; // its host is for buckets before it alone
    }
    bool custom = endpoint_resolve(SERVICE_S3, &options->client.endpoint, NULL, &endpoint,
                                   &ignored) == ERR_OK &&
                  endpoint.custom;
    return options->style == AWS_S3_PATH ||
           (custom && (options->style != AWS_S3_VIRTUAL || endpoint.is_address));
}

struct exporter *s3_exporter_new(const struct s3_options *options)
{
    struct s3_exporter *exporter = mem_alloc(sizeof *exporter);
    struct client_options client = options->client;
    client.service = SERVICE_S3;
    exporter->base.ops = &s_ops;
    exporter->base.uri = mem_printf("s3://%s/%s", options->place.bucket, options->place.key);
    exporter->place = options->place;
    exporter->path_style = needs_path_style(options);
    exporter->kms_key = mem_strdup(options->kms_key);
    exporter->storage_class = mem_strdup(options->storage_class);
    exporter->bucket_owner = mem_strdup(options->bucket_owner);
    exporter->client = client_new(&client);
    return &exporter->base;
}
