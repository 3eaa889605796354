#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/http/url.h"

static void test_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        bool tls;
        int port;
        const char *path;
        bool has_rest, address, loopback;
    } cases[] = {
        {"http://example.com", "example.com", false, 80, "/", false, false, false},
        {"https://Example.COM:8443/a//b/../c", "example.com", true, 8443, "/a//b/../c", false,
         false, false},
        {"https://a_b.test/", "a_b.test", true, 443, "/", false, false, false},
        {"http://127.0.0.1:8000", "127.0.0.1", false, 8000, "/", false, true, true},
        {"http://127.1/x", "127.0.0.1", false, 80, "/x", false, true, true},
        {"http://localhost:9/", "localhost", false, 9, "/", false, false, true},
        {"http://127.example.com/", "127.example.com", false, 80, "/", false, false, false},
        {"http://[::1]:80/", "[::1]", false, 80, "/", false, true, true},
        {"http://[fd00:ec2::23]/v1", "[fd00:ec2::23]", false, 80, "/v1", false, true, false},
        {"https://example.com/a%20b?c=d", "example.com", true, 443, "/a%20b", true, false, false},
        {"https://example.com/#top", "example.com", true, 443, "/", true, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct url url;
        if (!url_parse(cases[i].text, &url)) {
            fail_msg("%s is refused", cases[i].text);
        }
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.path, cases[i].path);
        assert_int_equal(url.tls, cases[i].tls);
        assert_int_equal(url.port, cases[i].port);
        assert_int_equal(url.has_rest, cases[i].has_rest);
        assert_int_equal(url_is_address(&url), cases[i].address);
        assert_int_equal(url_is_loopback(&url), cases[i].loopback);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "example.com",
        "http:/example.com",
        "http:///example.com",
        "http://",
        "https://:80/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://127.0.0.1@example.com/",
        "http://kim:secret@example.com/",
        "http://exa mple.com/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:80x/",
        "http://[::1",
        "http://[::1]x/",
        "http://[fe80::1%25eth0]/",
        "http://exa\nmple.com/",
        "http://ex*mple.com/",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct url url;
        if (url_parse(texts[i], &url)) {
            fail_msg("%s is taken, host %s", texts[i], url.host);
        }
    }
}

static void test_origins(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"https://example.com/secret?token=x", "https://example.com"},
        {"http://127.0.0.1:8000/secret", "http://127.0.0.1:8000"},
        {"https://example.com:443/", "https://example.com"},
        {"http://kim:secret@example.com/", "a URL"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char origin[URL_HOST_ROOM + 32];
        url_origin(pairs[i][0], origin, sizeof origin);
        assert_string_equal(origin, pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
