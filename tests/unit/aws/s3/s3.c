#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/s3/s3.h"
#include "tests/unit/support/exporter_contract.h"
#include "tests/unit/support_aws/http_fake.h"

static const char *const s_nothing[][2] = {{NULL, NULL}};
static const char s_csv[] = "user,extension\r\nalice,0042\r\n";
/* Of the text above, by sha256sum and md5sum. */
#define CSV_SHA256 "gaXKHLp2hNYM/lUOGeF5FosyE2p31tda/mufvC0c0t0="
#define CSV_MD5 "e6687341120b96b81fb174310d6fa3df"
#define CSV_LENGTH "28"

struct world {
    struct http_fake *fake;
    struct environment environment;
    struct credentials_provider *provider;
    struct exporter *exporter;
};

static double half(void *context)
{
    (void)context;
    return 0.5;
}

static void world_open(struct world *world, const char *place, const struct s3_options *given)
{
    char key[] = "AKIDEXAMPLE";
    char secret[] = "secret";
    struct credentials keys = {.access_key_id = key, .secret_access_key = secret};
    *world = (struct world){.fake = http_fake_new()};
    world->environment = environment_of_pairs(s_nothing);
    world->provider = credentials_static_new(&keys);
    struct s3_options options = given ? *given : (struct s3_options){.kms_key = NULL};
    options.client.http = &world->fake->base;
    options.client.credentials = world->provider;
    options.client.random = half;
    options.client.endpoint.region = "eu-west-1";
    options.client.endpoint.environment = &world->environment;
    struct err err = ERR_INIT;
    assert_int_equal(s3_parse_place(place + 3, &options.place, &err), ERR_OK);
    world->exporter = s3_exporter_new(&options);
}

static void world_close(struct world *world)
{
    assert_int_equal(world->fake->n_unused, 0);
    exporter_free(world->exporter);
    credentials_provider_free(world->provider);
    http_free(&world->fake->base);
}

static enum err_code publish(struct world *world, struct err *err)
{
    *err = (struct err)ERR_INIT;
    const struct publication publication = {
        .bytes = s_csv, .length = sizeof s_csv - 1, .content_type = "text/csv"};
    return world->exporter->ops->publish(world->exporter, &publication, NULL, err);
}

static void assert_header(const struct world *world, size_t request, const char *name,
                          const char *expected)
{
    char value[1024];
    bool there =
        http_fake_header(http_fake_request(world->fake, request), name, value, sizeof value);
    if (!expected) {
        assert_false(there);
        return;
    }
    assert_true(there);
    assert_string_equal(value, expected);
}

static void test_places(void **state)
{
    (void)state;
    static const char *const good[][3] = {
        {"//bucket", "bucket", "agent_extensions.csv"},
        {"//bucket/", "bucket", "agent_extensions.csv"},
        {"//bucket/a/b.csv", "bucket", "a/b.csv"},
        {"//bucket/a/", "bucket", "a/agent_extensions.csv"},
        {"//b.u.c/\xc3\xbc b.csv", "b.u.c", "\xc3\xbc b.csv"},
        {"//Old_Bucket/x", "Old_Bucket", "x"},
        {"//bucket//x", "bucket", "/x"},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct err err = ERR_INIT;
        struct s3_place place;
        assert_int_equal(s3_parse_place(good[i][0], &place, &err), ERR_OK);
        assert_string_equal(place.bucket, good[i][1]);
        assert_string_equal(place.key, good[i][2]);
    }
    static const char *const bad[] = {
        "",          "bucket",        "//",           "///x",
        "//ab",      "//bu cket/x",   "//bucket?x/y", "//..x/y",
        "//b@c.d/x", "//bucket/\xff",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = ERR_INIT;
        struct s3_place place;
        assert_int_equal(s3_parse_place(bad[i], &place, &err), ERR_USAGE);
    }
    char longest[1200] = "//bucket/";
    memset(longest + 9, 'k', 1024);
    struct err err = ERR_INIT;
    struct s3_place place;
    assert_int_equal(s3_parse_place(longest, &place, &err), ERR_OK);
    longest[9 + 1024] = 'k';
    assert_int_equal(s3_parse_place(longest, &place, &err), ERR_USAGE);
}

static void test_put(void **state)
{
    (void)state;
    struct world world;
    struct err err;
    struct s3_options options = {.kms_key = "arn:aws:kms:eu-west-1:1:key/k",
                                 .storage_class = "STANDARD_IA",
                                 .bucket_owner = "111122223333"};
    world_open(&world, "s3://bucket/a b/\xc3\xbc.csv", &options);
    http_fake_answer(world.fake, 200, "ETag: \"" CSV_MD5 "\"", "");
    assert_int_equal(publish(&world, &err), ERR_OK);
    const struct fake_request *request = http_fake_request(world.fake, 0);
    assert_string_equal(request->method, "PUT");
    assert_string_equal(request->url, "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC.csv");
    assert_string_equal(request->body, s_csv);
    assert_header(&world, 0, "content-type", "text/csv");
    assert_header(&world, 0, "x-amz-checksum-sha256", CSV_SHA256);
    assert_header(&world, 0, "x-amz-server-side-encryption", "aws:kms");
    assert_header(&world, 0, "x-amz-server-side-encryption-aws-kms-key-id",
                  "arn:aws:kms:eu-west-1:1:key/k");
    assert_header(&world, 0, "x-amz-storage-class", "STANDARD_IA");
    assert_header(&world, 0, "x-amz-expected-bucket-owner", "111122223333");
    world_close(&world);

    world_open(&world, "s3://bucket", NULL);
    http_fake_answer(world.fake, 200, "", "");
    assert_int_equal(publish(&world, &err), ERR_OK);
    assert_header(&world, 0, "x-amz-server-side-encryption", NULL);
    assert_header(&world, 0, "x-amz-storage-class", NULL);
    assert_header(&world, 0, "x-amz-expected-bucket-owner", NULL);
    world_close(&world);
}

static void test_addressing(void **state)
{
    (void)state;
    struct s3_options plain = {.kms_key = NULL};
    struct s3_options forced = {.style = AWS_S3_PATH};
    struct s3_options custom = {.client.endpoint.endpoint_url = "http://127.0.0.1:9000"};
    struct s3_options fips = {.client.endpoint.fips = true};
    const struct {
        const char *place;
        const struct s3_options *options;
        const char *url;
    } cases[] = {
        {"s3://bucket/k", &plain, "https://bucket.s3.eu-west-1.amazonaws.com/k"},
        {"s3://my.bucket/k", &plain, "https://s3.eu-west-1.amazonaws.com/my.bucket/k"},
        {"s3://Old_Bucket/k", &plain, "https://s3.eu-west-1.amazonaws.com/Old_Bucket/k"},
        {"s3://bucket/k", &forced, "https://s3.eu-west-1.amazonaws.com/bucket/k"},
        {"s3://bucket/k", &custom, "http://127.0.0.1:9000/bucket/k"},
        {"s3://bucket/k", &fips, "https://bucket.s3-fips.eu-west-1.amazonaws.com/k"},
        {"s3://bucket//a/../b", &plain, "https://bucket.s3.eu-west-1.amazonaws.com//a/../b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        struct err err;
        world_open(&world, cases[i].place, cases[i].options);
        http_fake_answer(world.fake, 200, "", "");
        assert_int_equal(publish(&world, &err), ERR_OK);
        assert_string_equal(http_fake_request(world.fake, 0)->url, cases[i].url);
        world_close(&world);
    }
}

static void test_another_region(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *headers, *body;
    } cases[] = {
        {301, "x-amz-bucket-region: us-west-2", "<Error><Code>PermanentRedirect</Code></Error>"},
        {301, "",
         "<Error><Code>PermanentRedirect</Code><Endpoint>bucket.s3.us-west-2.amazonaws.com"
         "</Endpoint></Error>"},
        {307, "Location: https://bucket.s3-us-west-2.amazonaws.com/k",
         "<Error><Code>TemporaryRedirect</Code></Error>"},
        {400, "",
         "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>"},
        {400, "x-amz-bucket-region: us-west-2",
         "<Error><Code>IllegalLocationConstraintException</Code></Error>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        struct err err;
        world_open(&world, "s3://bucket/k", NULL);
        http_fake_answer(world.fake, cases[i].status, cases[i].headers, cases[i].body);
        http_fake_answer(world.fake, 200, "", "");
        http_fake_answer(world.fake, 200, "", "");
        assert_int_equal(publish(&world, &err), ERR_OK);
        assert_string_equal(http_fake_request(world.fake, 1)->url,
                            "https://bucket.s3.us-west-2.amazonaws.com/k");
        char value[1024];
        assert_true(http_fake_header(http_fake_request(world.fake, 1), "authorization", value,
                                     sizeof value));
        assert_non_null(strstr(value, "/us-west-2/s3/aws4_request"));
        assert_int_equal(publish(&world, &err), ERR_OK); // it is remembered
        assert_string_equal(http_fake_request(world.fake, 2)->url,
                            "https://bucket.s3.us-west-2.amazonaws.com/k");
        world_close(&world);
    }
}

static void test_region_asked_for(void **state)
{
    (void)state;
    struct world world;
    struct err err;
    world_open(&world, "s3://bucket/k", NULL);
    http_fake_answer(world.fake, 301, "", "");
    http_fake_answer(world.fake, 403, "x-amz-bucket-region: us-west-2", ""); // HeadBucket
    http_fake_answer(world.fake, 200, "", "");
    assert_int_equal(publish(&world, &err), ERR_OK);
    assert_string_equal(http_fake_request(world.fake, 1)->method, "HEAD");
    assert_string_equal(http_fake_request(world.fake, 1)->url,
                        "https://bucket.s3.eu-west-1.amazonaws.com/");
    world_close(&world);
}

static void test_redirects_once(void **state)
{
    (void)state;
    struct world world;
    struct err err;
    world_open(&world, "s3://bucket/k", NULL);
    http_fake_answer(world.fake, 301, "x-amz-bucket-region: us-west-2", "");
    http_fake_answer(world.fake, 301, "x-amz-bucket-region: us-east-1", "");
    assert_int_equal(publish(&world, &err), ERR_SERVICE);
    world_close(&world);

    world_open(&world, "s3://bucket/k", NULL); // to where we are, or to nonsense
    http_fake_answer(world.fake, 301, "x-amz-bucket-region: eu-west-1", "");
    assert_int_equal(publish(&world, &err), ERR_SERVICE);
    http_fake_answer(world.fake, 301, "x-amz-bucket-region: evil.example/", "");
    assert_int_equal(publish(&world, &err), ERR_SERVICE);
    world_close(&world);
}

static void lose_answers(struct world *world)
{
    for (int i = 0; i < 3; i++) {
        http_fake_fail(world->fake, HTTP_BROKEN, true);
    }
}

static void test_lost_answer(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *headers;
        enum err_code code;
    } cases[] = {
        {200, "Content-Length: " CSV_LENGTH "\nx-amz-checksum-sha256: " CSV_SHA256, ERR_OK},
        {200, "Content-Length: " CSV_LENGTH "\nETag: \"" CSV_MD5 "\"", ERR_OK},
        {200, "Content-Length: " CSV_LENGTH "\nx-amz-checksum-sha256: other", ERR_OFFLINE},
        {200, "Content-Length: 29\nx-amz-checksum-sha256: " CSV_SHA256, ERR_OFFLINE},
        {200, "Content-Length: " CSV_LENGTH "\nETag: \"0123\"", ERR_OFFLINE},
        {200, "Content-Length: " CSV_LENGTH, ERR_OFFLINE},
        {404, "", ERR_OFFLINE},
        {403, "", ERR_OFFLINE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        struct err err;
        world_open(&world, "s3://bucket/k", NULL);
        lose_answers(&world);
        http_fake_answer(world.fake, cases[i].status, cases[i].headers, "");
        assert_int_equal(publish(&world, &err), cases[i].code);
        assert_string_equal(http_fake_request(world.fake, 3)->method, "HEAD");
        assert_header(&world, 3, "x-amz-checksum-mode", "ENABLED");
        world_close(&world);
    }
}

static void test_never_sent(void **state)
{
    (void)state;
    struct world world;
    struct err err;
    world_open(&world, "s3://bucket/k", NULL);
    for (int i = 0; i < 3; i++) {
        http_fake_fail(world.fake, HTTP_NO_CONNECTION, false);
    }
    assert_int_equal(publish(&world, &err), ERR_OFFLINE); // and nothing to look at
    world_close(&world);
}

static void test_no_such_bucket(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body, *hint;
    } cases[] = {
        {200,
         "<ListAllMyBucketsResult><Buckets><Bucket><Name>one</Name></Bucket>"
         "<Bucket><Name>two</Name></Bucket></Buckets></ListAllMyBucketsResult>",
         "one, two"},
        {200, "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>", "no buckets"},
        {403, "<Error><Code>AccessDenied</Code></Error>", "s3:ListAllMyBuckets"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        struct err err;
        world_open(&world, "s3://bucket/k", NULL);
        http_fake_answer(world.fake, 404, "x-amz-request-id: rq-1",
                         "<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>");
        http_fake_answer(world.fake, cases[i].status, "", cases[i].body);
        assert_int_equal(publish(&world, &err), ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, "s3://bucket/k"));
        assert_non_null(strstr(err.text, "rq-1"));
        assert_non_null(strstr(err.hint, cases[i].hint));
        world_close(&world);
    }
}

static void test_denied(void **state)
{
    (void)state;
    struct world world;
    struct err err;
    world_open(&world, "s3://bucket/k", NULL);
    http_fake_answer(world.fake, 403, "",
                     "<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::1:a is not "
                     "authorized to perform: kms:GenerateDataKey on resource: k</Message></Error>");
    assert_int_equal(publish(&world, &err), ERR_DENIED);
    assert_non_null(strstr(err.text, "the permission kms:GenerateDataKey is missing"));
    http_fake_answer(world.fake, 403, "", "<Error><Code>AccessDenied</Code></Error>");
    assert_int_equal(publish(&world, &err), ERR_DENIED);
    assert_non_null(strstr(err.text, "s3:PutObject"));
    world_close(&world);
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum err_code read_list(struct world *world, struct buf *into, struct err *err)
{
    *err = (struct err)ERR_INIT;
    buf_clear(into);
    return world->exporter->ops->read(world->exporter, NULL, into, err);
}

static void test_reading(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum err_code code;
    } cases[] = {
        {200, "user,extension\r\n", ERR_OK},
        {404, "<Error><Code>NoSuchKey</Code></Error>", ERR_NOT_FOUND},
        {404, "<Error><Code>NoSuchBucket</Code></Error>", ERR_NOT_FOUND},
        {403, "<Error><Code>AccessDenied</Code></Error>", ERR_DENIED},
        {403, "<Error><Code>InvalidObjectState</Code></Error>", ERR_DENIED}, // in an archive
        {403, "<Error><Code>ExpiredToken</Code></Error>", ERR_AUTH},
    };
    struct buf there;
    buf_init(&there, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        struct err err;
        struct s3_options options = {.bucket_owner = "111122223333"};
        world_open(&world, "s3://bucket/k", &options);
        http_fake_answer(world.fake, cases[i].status, "", cases[i].body);
        enum err_code code = read_list(&world, &there, &err);
        assert_int_equal(code, cases[i].code);
        assert_int_equal(err.code, code);
        assert_string_equal(there.data, code == ERR_OK ? cases[i].body : "");
        assert_string_equal(http_fake_request(world.fake, 0)->method, "GET");
        assert_header(&world, 0, "x-amz-expected-bucket-owner", "111122223333");
        world_close(&world);
    }
    struct world world;
    struct err err;
    world_open(&world, "s3://bucket/k", NULL); // of another region
    http_fake_answer(world.fake, 301, "x-amz-bucket-region: us-west-2", "");
    http_fake_answer(world.fake, 200, "", "x");
    assert_int_equal(read_list(&world, &there, &err), ERR_OK);
    assert_string_equal(http_fake_request(world.fake, 1)->url,
                        "https://bucket.s3.us-west-2.amazonaws.com/k");
    world_close(&world);
    buf_release(&there);
}

/* The first attempt wrote, its answer was lost, and the second one finds what the first wrote. */
static void test_a_new_one_whose_answer_was_lost(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    const struct publication publication = {
        .bytes = s_csv, .length = sizeof s_csv - 1, .over = PUBLISH_OVER_NOTHING};
    world_open(&world, "s3://bucket/k", NULL);
    http_fake_fail(world.fake, HTTP_BROKEN, true);
    http_fake_answer(world.fake, 412, "", "<Error><Code>PreconditionFailed</Code></Error>");
    http_fake_answer(world.fake, 200,
                     "Content-Length: " CSV_LENGTH "\nx-amz-checksum-sha256: " CSV_SHA256, "");
    assert_int_equal(world.exporter->ops->publish(world.exporter, &publication, NULL, &err),
                     ERR_OK);
    assert_header(&world, 0, "if-none-match", "*");
    world_close(&world);
}

/* A server that is not Amazon's may not know conditions; then the list is published all the same. */
static void test_a_server_without_conditions(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    struct buf there;
    const struct publication publication = {
        .bytes = s_csv, .length = sizeof s_csv - 1, .over = PUBLISH_OVER_READ};
    buf_init(&there, 1000);
    world_open(&world, "s3://bucket/k", NULL);
    http_fake_answer(world.fake, 200, "ETag: \"v1\"", "old");
    http_fake_answer(world.fake, 501, "", "<Error><Code>NotImplemented</Code></Error>");
    http_fake_answer(world.fake, 200, "", "");
    assert_int_equal(read_list(&world, &there, &err), ERR_OK);
    assert_int_equal(world.exporter->ops->publish(world.exporter, &publication, NULL, &err),
                     ERR_OK);
    assert_header(&world, 1, "if-match", "\"v1\"");
    world_close(&world);
    buf_release(&there);
}

/* ---- the contract ----------------------------------------------------------------------------- */

/* One object, as S3 keeps it. */
struct object {
    struct world world;
    bool there;
    int version; /* its ETag */
    char bytes[256];
};

static bool has_version(const struct object *object, const char *etag)
{
    char mine[32];
    snprintf(mine, sizeof mine, "\"v%d\"", object->version);
    return object->there && strcmp(mine, etag) == 0;
}

/* Whether the conditions of a PUT hold. */
static bool is_allowed(const struct object *object, const struct fake_request *request)
{
    char value[32];
    if (http_fake_header(request, "if-none-match", value, sizeof value)) {
        return !object->there;
    }
    return !http_fake_header(request, "if-match", value, sizeof value) ||
           has_version(object, value);
}

static void store(struct object *object, const char *bytes, size_t length)
{
    object->there = true;
    object->version++;
    memcpy(object->bytes, bytes, length);
    object->bytes[length] = '\0';
}

static void serve(void *context, const struct fake_request *request, struct http_response *response)
{
    struct object *object = context;
    char etag[64];
    if (strcmp(request->method, "PUT") == 0 && !is_allowed(object, request)) {
        http_fake_fill(response, 412, "", "<Error><Code>PreconditionFailed</Code></Error>");
        return;
    }
    if (strcmp(request->method, "PUT") == 0) {
        store(object, request->body ? request->body : "", request->body_length);
    } else if (!object->there) {
        http_fake_fill(response, 404, "", "<Error><Code>NoSuchKey</Code></Error>");
        return;
    }
    snprintf(etag, sizeof etag, "ETag: \"v%d\"", object->version);
    http_fake_fill(response, 200, etag, strcmp(request->method, "GET") == 0 ? object->bytes : "");
}

static struct exporter *fresh(void *context)
{
    struct object *object = context;
    world_open(&object->world, "s3://bucket/k", NULL);
    http_fake_handler(object->world.fake, serve, object);
    object->there = false;
    struct exporter *exporter = object->world.exporter;
    object->world.exporter = NULL; /* the suite frees it */
    return exporter;
}

static void overwrite(void *context, const char *text)
{
    store(context, text, strlen(text));
}

static void drop(void *context)
{
    world_close(&((struct object *)context)->world);
}

int main(void)
{
    static struct object object;
    static const struct exporter_maker maker = {.name = "exporter s3:",
                                                .context = &object,
                                                .fresh = fresh,
                                                .overwrite = overwrite,
                                                .remove = drop};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_put),
        cmocka_unit_test(test_addressing),
        cmocka_unit_test(test_another_region),
        cmocka_unit_test(test_region_asked_for),
        cmocka_unit_test(test_redirects_once),
        cmocka_unit_test(test_lost_answer),
        cmocka_unit_test(test_never_sent),
        cmocka_unit_test(test_no_such_bucket),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_a_new_one_whose_answer_was_lost),
        cmocka_unit_test(test_a_server_without_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) + exporter_contract_run(&maker);
}
