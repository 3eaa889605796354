#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "aws/credentials/dpop.h"
#include "core/base/mem.h"
#include "tests/unit/support_aws/cred_fixture.h"

#define SESSION "arn:aws:sts::012345678910:assumed-role/Admin/admin"
/* sha256(SESSION) */
#define CACHE                                                                                      \
    ".aws/login/cache/4b0ba8f99f075c0633e122fd73346ce203a3faf18ea0310eb2d29df1bab2e255.json"

/* Made for these tests; JSON text, so its line ends are escaped. */
#define KEY                                                                                        \
    "-----BEGIN EC PRIVATE KEY-----\\n"                                                            \
    "MHcCAQEEIA+9d1K1z85QsutDHh4YEYtnPbaZfDTpeokhUP19peC5oAoGCCqGSM49\\n"                          \
    "AwEHoUQDQgAEQ93JRQV+uYFq4n17ro0eGtQclvDiPIDI1oKl3W6cnaGjejEm46E6\\n"                          \
    "0MR51ZLyOEizDF/2EQ7qkxEx2YIn8syfsA==\\n"                                                      \
    "-----END EC PRIVATE KEY-----\\n"

static void put_cache(struct cred_fixture *fixture, int64_t ends_s)
{
    char at[CLOCK_TEXT_MAX];
    fixture_rfc3339(fixture, ends_s, at);
    char *text = mem_printf("{\"accessToken\":{\"accessKeyId\":\"AKIDOLD\","
                            "\"secretAccessKey\":\"s3cr3t\",\"sessionToken\":\"t1\","
                            "\"accountId\":\"012345678910\",\"expiresAt\":\"%s\"},"
                            "\"clientId\":\"client\",\"refreshToken\":\"s3cr3t-r1\","
                            "\"idToken\":\"id\",\"dpopKey\":\"" KEY "\"}",
                            at);
    fixture_file(fixture, CACHE, text);
    free(text);
}

#define RENEWED                                                                                    \
    "{\"accessToken\":{\"accessKeyId\":\"AKIDNEW\",\"secretAccessKey\":\"s3cr3t2\","               \
    "\"sessionToken\":\"t2\"},\"tokenType\":\"aws_sigv4\",\"expiresIn\":900,"                      \
    "\"refreshToken\":\"s3cr3t-r2\"}"

static struct credentials_provider *provider_of(struct cred_fixture *fixture)
{
    fixture_file(fixture, ".aws/config", "[default]\nregion = eu-west-1\n");
    return cred_login_new(fixture_context(fixture, NULL), "admin", SESSION);
}

static void test_keys_of_the_cache(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    put_cache(&fixture, 301);
    struct credentials_provider *provider = provider_of(&fixture);
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "AKIDOLD");
    assert_string_equal(set.session_token, "t1");
    assert_string_equal(set.account_id, "012345678910");
    assert_int_equal(set.expires_at_ms, HTTP_FAKE_EPOCH_MS + 301 * 1000);
    assert_string_equal(set.renew, "Log in again: aws login --profile admin");
    credentials_release(&set);
    assert_int_equal(fixture.fake->n_requests, 0);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

/* ---- the proof ---------------------------------------------------------------------------- */

/* base64url without padding */
static size_t decode(const char *text, size_t length, uint8_t *out, size_t size)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    int n_bits = 0;
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        const char *at = strchr(alphabet, text[i]);
        assert_true(at && text[i]);
        bits = bits << 6 | (uint32_t)(at - alphabet);
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            assert_true(count < size);
            out[count++] = (uint8_t)(bits >> n_bits);
        }
    }
    return count;
}

/* The part of a JWT as JSON; *next is behind its dot. */
static json_t *part_of(const char *jwt, const char **next)
{
    uint8_t bytes[1024];
    size_t length = strcspn(jwt, ".");
    assert_int_equal(jwt[length], '.');
    size_t count = decode(jwt, length, bytes, sizeof bytes);
    json_t *part = json_loadb((const char *)bytes, count, 0, NULL);
    assert_non_null(part);
    *next = jwt + length + 1;
    return part;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    assert_non_null(text);
    return text;
}

static void check_proof(const char *jwt, const char *url, char id[64])
{
    uint8_t bytes[128];
    const char *rest;
    json_t *header = part_of(jwt, &rest);
    json_t *payload = part_of(rest, &rest);
    const json_t *jwk = json_object_get(header, "jwk");
    assert_string_equal(text_of(header, "typ"), "dpop+jwt");
    assert_string_equal(text_of(header, "alg"), "ES256");
    assert_string_equal(text_of(jwk, "kty"), "EC");
    assert_string_equal(text_of(jwk, "crv"), "P-256");
    assert_int_equal(decode(text_of(jwk, "x"), 43, bytes, sizeof bytes), 32);
    assert_int_equal(decode(text_of(jwk, "y"), 43, bytes, sizeof bytes), 32);
    assert_int_equal(json_object_size(jwk), 4); /* the private half stays here */
    assert_string_equal(text_of(payload, "htm"), "POST");
    assert_string_equal(text_of(payload, "htu"), url);
    assert_true(json_integer_value(json_object_get(payload, "iat")) >= HTTP_FAKE_EPOCH_MS / 1000);
    assert_int_equal(strlen(text_of(payload, "jti")), 36);
    memcpy(id, text_of(payload, "jti"), 37);
    assert_int_equal(strlen(rest), 86);
    assert_int_equal(decode(rest, 86, bytes, sizeof bytes), 64);
    json_decref(header);
    json_decref(payload);
}

static void test_renewed_with_a_proof(void **state)
{
    (void)state;
    static const char url[] = "https://eu-west-1.signin.aws.amazon.com/v1/token";
    struct cred_fixture fixture;
    char jwt[2048], first[64], second[64];
    fixture_open(&fixture);
    put_cache(&fixture, 299);
    http_fake_answer(fixture.fake, 500, "", "");
    http_fake_answer(fixture.fake, 200, "", RENEWED);
    struct credentials_provider *provider = provider_of(&fixture);
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "AKIDNEW");
    assert_string_equal(set.session_token, "t2");
    assert_string_equal(set.account_id, "012345678910");
    credentials_release(&set);

    const struct fake_request *request = http_fake_request(fixture.fake, 0);
    assert_string_equal(request->method, "POST");
    assert_string_equal(request->url, url);
    assert_string_equal(request->body, "{\"clientId\":\"client\",\"refreshToken\":\"s3cr3t-r1\","
                                       "\"grantType\":\"refresh_token\"}");
    assert_true(http_fake_header(request, "DPoP", jwt, sizeof jwt));
    check_proof(jwt, url, first);
    assert_true(http_fake_header(http_fake_request(fixture.fake, 1), "DPoP", jwt, sizeof jwt));
    check_proof(jwt, url, second);
    assert_string_not_equal(first, second);

    char *saved = fixture_read(&fixture, CACHE);
    json_t *root = json_loads(saved, 0, NULL);
    const json_t *keys = json_object_get(root, "accessToken");
    assert_string_equal(text_of(keys, "accessKeyId"), "AKIDNEW");
    assert_string_equal(text_of(keys, "accountId"), "012345678910");
    assert_string_equal(text_of(keys, "expiresAt"), "2026-01-02T03:19:05Z");
    assert_string_equal(text_of(root, "refreshToken"), "s3cr3t-r2");
    assert_string_equal(text_of(root, "idToken"), "id");
    json_decref(root);
    free(saved);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

/* ---- refusals ----------------------------------------------------------------------------- */

static void test_a_failed_renewal(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum err_code code;
        const char *text;
        const char *hint;
    } samples[] = {
        {400, "{\"error\":\"TOKEN_EXPIRED\"}", ERR_AUTH, "has expired",
         "aws login --profile admin"},
        {403, "{\"error\":\"USER_CREDENTIALS_CHANGED\"}", ERR_AUTH, "the password was changed",
         "aws login --profile admin"},
        {403, "{\"error\":\"INSUFFICIENT_PERMISSIONS\"}", ERR_AUTH, "may not use sign-in sessions",
         "signin:CreateOAuth2Token"},
        {400, "", ERR_AUTH, "was refused by AWS Sign-In", "aws login --profile admin"},
        {429, "", ERR_THROTTLED, "HTTP 429", ""},
        {500, "", ERR_SERVICE, "HTTP 500", ""},
        {200, "{\"accessToken\":{\"accessKeyId\":\"s3cr3t\"}}", ERR_INPUT, "no secretAccessKey",
         ""},
        {200, "s3cr3t", ERR_INPUT, "is not JSON", ""},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct cred_fixture fixture;
        int attempts = samples[i].status == 429 || samples[i].status == 500 ? 3 : 1;
        fixture_open(&fixture);
        put_cache(&fixture, 60);
        struct credentials_provider *provider = provider_of(&fixture);
        for (int n = 0; n < 2 * attempts; n++) {
            http_fake_answer(fixture.fake, samples[i].status, "", samples[i].body);
        }
        expect_key(provider, "AKIDOLD"); /* as long as it holds */
        put_cache(&fixture, -60);
        struct err err = ERR_INIT;
        struct credentials set = CREDENTIALS_INIT;
        if (credentials_get(provider, false, &set, &err) != samples[i].code ||
            !strstr(err.text, samples[i].text) || !strstr(err.hint, samples[i].hint) ||
            strstr(err.text, "s3cr3t")) {
            fail_msg("%zu: %s (%s) %s", i, err.text, err_code_name(err.code), err.hint);
        }
        credentials_provider_free(provider);
        fixture_close(&fixture);
    }
}

static void test_a_cache_that_is_not_whole(void **state)
{
    (void)state;
    static const char *const members[] = {"accessToken", "refreshToken", "clientId", "dpopKey"};
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider = provider_of(&fixture);
    expect_error(provider, ERR_AUTH, "has not been made yet");
    expect_hint(provider, ERR_AUTH, "aws login --profile admin");
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        put_cache(&fixture, 600);
        char *text = fixture_read(&fixture, CACHE);
        json_t *root = json_loads(text, 0, NULL);
        assert_int_equal(json_object_del(root, members[i]), 0);
        char *less = json_dumps(root, 0);
        fixture_file(&fixture, CACHE, less);
        expect_error(provider, ERR_AUTH, members[i]);
        free(less);
        free(text);
        json_decref(root);
    }
    fixture_file(&fixture, CACHE, "{s3cr3t");
    expect_error(provider, ERR_AUTH, "is not JSON");
    assert_int_equal(fixture.fake->n_requests, 0);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_a_key_that_is_none(void **state)
{
    (void)state;
    struct buf out;
    struct err err = ERR_INIT;
    buf_init(&out, 4096);
    const struct dpop_claims claims = {"POST", "https://x/", 1};
    assert_int_equal(dpop_proof("s3cr3t", &claims, &out, &err), ERR_AUTH);
    assert_string_equal(err.text, "the key of the log-in is not an EC P-256 private key");
    buf_release(&out);
}

static void test_another_folder(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    put_cache(&fixture, 600);
    fixture_set(&fixture, "AWS_LOGIN_CACHE_DIRECTORY", "~/elsewhere");
    struct credentials_provider *provider = provider_of(&fixture);
    expect_error(provider, ERR_AUTH, "has not been made yet");
    char *text = fixture_read(&fixture, CACHE);
    fixture_file(&fixture,
                 "elsewhere/"
                 "4b0ba8f99f075c0633e122fd73346ce203a3faf18ea0310eb2d29df1bab2e255.json",
                 text);
    expect_key(provider, "AKIDOLD");
    free(text);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_the_cache),  cmocka_unit_test(test_renewed_with_a_proof),
        cmocka_unit_test(test_a_failed_renewal),   cmocka_unit_test(test_a_cache_that_is_not_whole),
        cmocka_unit_test(test_a_key_that_is_none), cmocka_unit_test(test_another_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
