#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support_aws/cred_fixture.h"

#define ANSWER                                                                                     \
    "{\"AccessKeyId\":\"AKIDTASK\",\"SecretAccessKey\":\"s3cr3t\",\"Token\":\"t\","                \
    "\"Expiration\":\"2026-01-02T09:04:05Z\",\"RoleArn\":\"arn:aws:iam::1:role/x\"}"

#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

static void test_relative(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    char value[64];
    fixture_open(&fixture);
    fixture_set(&fixture, RELATIVE, "/v2/credentials/abc");
    fixture_set(&fixture, FULL, "http://localhost/other"); /* the relative one wins */
    http_fake_answer(fixture.fake, 200, "", ANSWER);
    struct credentials_provider *provider = cred_container_new(fixture_context(&fixture, NULL));
    struct credentials set = expect_set(provider);
    assert_string_equal(set.access_key_id, "AKIDTASK");
    assert_string_equal(set.session_token, "t");
    assert_int_equal(set.expires_at_ms, HTTP_FAKE_EPOCH_MS + 6 * 3600 * 1000);
    assert_string_equal(set.source, "container");
    credentials_release(&set);
    const struct fake_request *request = http_fake_request(fixture.fake, 0);
    assert_string_equal(request->method, "GET");
    assert_string_equal(request->url, "http://169.254.170.2/v2/credentials/abc");
    assert_true(request->no_proxy);
    assert_true(http_fake_header(request, "Accept", value, sizeof value));
    assert_false(http_fake_header(request, "Authorization", value, sizeof value));
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_the_token_file_is_read_each_time(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    char value[64];
    fixture_open(&fixture);
    fixture_set(&fixture, FULL, "http://169.254.170.23/v1/credentials");
    fixture_set(&fixture, TOKEN, "from the environment");
    char *path = fixture_path(&fixture, "token");
    fixture_set(&fixture, TOKEN_FILE, path);
    free(path);
    fixture_file(&fixture, "token", "first");
    http_fake_answer(fixture.fake, 200, "", ANSWER);
    http_fake_answer(fixture.fake, 200, "", ANSWER);
    http_fake_answer(fixture.fake, 200, "", ANSWER);
    struct credentials_provider *provider = cred_container_new(fixture_context(&fixture, NULL));
    expect_key(provider, "AKIDTASK");
    fixture_file(&fixture, "token", "second");
    expect_key(provider, "AKIDTASK");
    fixture_set(&fixture, TOKEN_FILE, NULL);
    expect_key(provider, "AKIDTASK");
    static const char *const tokens[] = {"first", "second", "from the environment"};
    for (size_t i = 0; i < 3; i++) {
        const struct fake_request *request = http_fake_request(fixture.fake, i);
        assert_string_equal(request->url, "http://169.254.170.23/v1/credentials");
        assert_true(http_fake_header(request, "Authorization", value, sizeof value));
        assert_string_equal(value, tokens[i]);
    }
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_where_a_full_uri_may_point(void **state)
{
    (void)state;
    static const char *const allowed[] = {
        "https://credentials.example.com/x",
        "https://10.0.0.1:8443/x",
        "http://127.0.0.1/x",
        "http://127.9.9.9:1234",
        "http://localhost/x",
        "http://LOCALHOST:80",
        "http://[::1]:51679/x",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://169.254.170.2/x",
        "http://169.254.170.23/x",
        "http://[fd00:ec2::23]/x",
    };
    static const char *const refused[] = {
        "http://example.com/x",
        "http://10.0.0.1/x",
        "http://169.254.169.254/latest",
        "http://169.254.170.3/",
        "http://[fd00:ec2::254]/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://localhost:80@example.com/",
        "http://example.com/@127.0.0.1",
        "http://example.com#127.0.0.1",
        "http://127.0.0.1\\@example.com/",
        "http://localhost.example.com",
        "http://[::1/x",
        "http://0x0a.1/",
        "http:///x",
        "https://",
        "https:///x",
        "ftp://127.0.0.1/",
        "127.0.0.1",
        "HTTP://127.0.0.1/",
    };
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        if (!cred_container_may_ask(allowed[i])) {
            fail_msg("%s is refused", allowed[i]);
        }
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (cred_container_may_ask(refused[i])) {
            fail_msg("%s is allowed", refused[i]);
        }
    }
}

static void test_refusals(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    struct credentials_provider *provider = cred_container_new(fixture_context(&fixture, NULL));
    expect_error(provider, ERR_NOT_FOUND, "neither " RELATIVE " nor " FULL " is set");
    fixture_set(&fixture, FULL, "http://example.com/");
    expect_error(provider, ERR_CONFIG, FULL " may be https, or http to");
    expect_hint(provider, ERR_CONFIG, "fd00:ec2::23");
    fixture_set(&fixture, FULL, "http://localhost/");
    fixture_set(&fixture, TOKEN, "a\r\nX-Other: s3cr3t");
    expect_error(provider, ERR_CONFIG, TOKEN " has a line end");
    fixture_set(&fixture, TOKEN_FILE, "/nonexistent/token");
    expect_error(provider, ERR_AUTH, "/nonexistent/token: No such file");
    fixture_set(&fixture, RELATIVE, "@example.com/");
    expect_error(provider, ERR_CONFIG, RELATIVE " does not start with '/'");
    assert_int_equal(fixture.fake->n_requests, 0);
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

static void test_answers(void **state)
{
    (void)state;
    struct cred_fixture fixture;
    fixture_open(&fixture);
    fixture_set(&fixture, RELATIVE, "/x");
    struct credentials_provider *provider = cred_container_new(fixture_context(&fixture, NULL));

    http_fake_answer(fixture.fake, 400, "", "{\"code\":\"NoSuchTask\",\"message\":\"s3cr3t\"}");
    expect_error(provider, ERR_AUTH, "HTTP 400, NoSuchTask");
    http_fake_answer(fixture.fake, 404, "", "s3cr3t");
    expect_error(provider, ERR_AUTH, "HTTP 404");
    http_fake_answer(fixture.fake, 200, "", "{\"AccessKeyId\":\"s3cr3t\"}");
    expect_error(provider, ERR_INPUT, "has no SecretAccessKey");
    http_fake_answer(fixture.fake, 200, "",
                     "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"s3cr3t\"}");
    expect_error(provider, ERR_INPUT, "has no Token");
    for (int i = 0; i < 3; i++) {
        http_fake_answer(fixture.fake, 200, "", "{\"AccessKeyId\":\"s3cr3t");
    }
    expect_error(provider, ERR_INPUT, "is not a JSON object");
    http_fake_answer(fixture.fake, 200, "", "{\"AccessKeyId\":\"s3cr3t");
    http_fake_answer(fixture.fake, 200, "", ANSWER);
    expect_key(provider, "AKIDTASK");

    /* Three attempts, with pauses, for what may pass. */
    size_t before = fixture.fake->n_requests;
    int64_t started = fixture.fake->ticks;
    http_fake_answer(fixture.fake, 500, "", "");
    http_fake_fail(fixture.fake, HTTP_TIMED_OUT, false);
    http_fake_answer(fixture.fake, 200, "", ANSWER);
    expect_key(provider, "AKIDTASK");
    assert_int_equal(fixture.fake->n_requests, before + 3);
    assert_true(fixture.fake->ticks - started >= 3000);
    http_fake_answer(fixture.fake, 500, "", "");
    http_fake_answer(fixture.fake, 429, "", "");
    http_fake_fail(fixture.fake, HTTP_NO_CONNECTION, false);
    expect_error(provider, ERR_OFFLINE, "http://169.254.170.2: no connection");
    credentials_provider_free(provider);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relative),
        cmocka_unit_test(test_the_token_file_is_read_each_time),
        cmocka_unit_test(test_where_a_full_uri_may_point),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
