#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/http/http.h"
#include "core/base/mem.h"
#include "tests/unit/support_aws/loopback.h"

/* ---- a client ---------------------------------------------------------------------------- */

struct world {
    struct server server;
    struct http *http;
};

static int set_up(void **state)
{
    struct world *world = mem_alloc(sizeof *world);
    struct http_curl_options options = {.user_agent = "test"};
    server_start(&world->server);
    world->http = http_curl_new(&options);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    http_free(world->http);
    server_stop(&world->server);
    free(world);
    return 0;
}

static char *url_of(const struct world *world, const char *path)
{
    return mem_printf("http://127.0.0.1:%d%s", world->server.port, path);
}

/* The response is the caller's to release. */
static enum err_code fetch(struct world *world, const char *path, struct http_request *request,
                           struct http_response *response, struct err *err)
{
    char *url = url_of(world, path);
    request->method = request->method ? request->method : "GET";
    request->url = url;
    request->no_proxy = true;
    *err = (struct err)ERR_INIT;
    enum err_code code = http_fetch(world->http, request, response, err);
    free(url);
    return code;
}

static void test_request_as_given(void **state)
{
    struct world *world = *state;
    static const struct http_header headers[] = {
        {"Authorization", "AWS4 x"}, {"X-Empty", ""}, {"host", "signed.example"}};
    struct http_request request = {
        .method = "POST", .headers = headers, .header_count = 3, .body = "a\0b", .body_length = 3};
    struct http_response response;
    struct err err;
    assert_int_equal(fetch(world, "/a/../b//c%2Fd?x=%7E&y", &request, &response, &err), ERR_OK);
    const char *seen = response.body.data;
    static const char line[] = "POST /a/../b//c%2Fd?x=%7E&y HTTP/1.1\r\n";
    assert_int_equal(strncmp(seen, line, sizeof line - 1), 0);
    assert_non_null(strstr(seen, "\r\nAuthorization: AWS4 x\r\n"));
    assert_non_null(strstr(seen, "\r\nX-Empty:\r\n"));
    assert_non_null(strstr(seen, "\r\nHost: signed.example\r\n"));
    assert_non_null(strstr(seen, "\r\nUser-Agent: test\r\n"));
    assert_non_null(strstr(seen, "\r\nContent-Length: 3\r\n"));
    assert_memory_equal(seen + response.body.length - 3, "a\0b", 3);
    static const char *const unwanted[] = {"Accept", "Expect", "Content-Type", "127.0.0.1"};
    for (size_t i = 0; i < 4; i++) {
        assert_null(strstr(seen, unwanted[i]));
    }
    http_response_release(&response);
}

static void test_methods(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *method, *line, *length;
    } cases[] = {
        {"GET", "GET /x HTTP/1.1\r\n", NULL},
        {"PUT", "PUT /x HTTP/1.1\r\n", "\r\nContent-Length: 0\r\n"},
        {"POST", "POST /x HTTP/1.1\r\n", "\r\nContent-Length: 0\r\n"},
        {"DELETE", "DELETE /x HTTP/1.1\r\n", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = {.method = cases[i].method};
        struct http_response response;
        struct err err;
        assert_int_equal(fetch(world, "/x", &request, &response, &err), ERR_OK);
        assert_int_equal(strncmp(response.body.data, cases[i].line, strlen(cases[i].line)), 0);
        if (cases[i].length) {
            assert_non_null(strstr(response.body.data, cases[i].length));
        }
        http_response_release(&response);
    }
    // One connection for all of them.
    assert_int_equal(atomic_load(&world->server.connections), 1);
}

static void test_large_body(void **state)
{
    struct world *world = *state;
    size_t length = 3 << 20; // curl would ask with Expect: 100-continue first
    char *body = mem_array(length, 1);
    memset(body, 'x', length);
    struct http_request request = {.method = "PUT", .body = body, .body_length = length};
    struct http_response response;
    struct err err;
    assert_int_equal(fetch(world, "/x", &request, &response, &err), ERR_OK);
    assert_null(strstr(response.body.data, "Expect"));
    assert_true(response.body.length > length);
    http_response_release(&response);
    free(body);
}

static void test_answers_as_they_are(void **state)
{
    struct world *world = *state;
    struct http_response response;
    struct err err;
    struct http_request request = {.method = "GET"};
    assert_int_equal(fetch(world, "/redirect", &request, &response, &err), ERR_OK);
    assert_int_equal(response.status, 302);
    assert_string_equal(http_response_header(&response, "LOCATION"), "/ok");
    http_response_release(&response);

    assert_int_equal(fetch(world, "/gzip", &request, &response, &err), ERR_OK);
    assert_int_equal(response.body.length, 6);
    assert_memory_equal(response.body.data, "\x1f\x8b\0raw", 6);
    http_response_release(&response);

    assert_int_equal(fetch(world, "/continue", &request, &response, &err), ERR_OK);
    assert_int_equal(response.status, 200);
    assert_null(http_response_header(&response, "x-early"));
    assert_string_equal(http_response_header(&response, "x-late"), "2");
    assert_true(response.ended_at_ms >= response.sent_at_ms);
    http_response_release(&response);

    struct http_request head = {.method = "HEAD"};
    assert_int_equal(fetch(world, "/continue", &head, &response, &err), ERR_OK);
    assert_int_equal(response.status, 200);
    http_response_release(&response);
}

static void test_failures(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *path;
        struct http_request request;
        enum http_failure failure;
        bool sent;
    } cases[] = {
        {"/close", {.method = "GET"}, HTTP_BROKEN, true},
        {"/cut", {.method = "GET"}, HTTP_BROKEN, true},
        {"/garbage", {.method = "GET"}, HTTP_BROKEN, true},
        {"/hang", {.method = "GET", .timeout_ms = 50}, HTTP_TIMED_OUT, true},
        {"/big", {.method = "GET", .max_body = 1000}, HTTP_TOO_LARGE, true},
        {"/headers", {.method = "GET"}, HTTP_TOO_LARGE, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = cases[i].request;
        struct http_response response;
        struct err err;
        assert_int_equal(fetch(world, cases[i].path, &request, &response, &err), ERR_OFFLINE);
        if (response.failure != cases[i].failure || response.sent != cases[i].sent) {
            fail_msg("%s: %s", cases[i].path, err.text);
        }
        assert_non_null(strstr(err.text, "http://127.0.0.1:"));
        assert_null(strstr(err.text, cases[i].path)); // no path, no query in an error
        http_response_release(&response);
    }
}

static void test_unreachable(void **state)
{
    struct world *world = *state;
    struct server gone;
    server_start(&gone);
    server_stop(&gone);
    char *refused = mem_printf("http://127.0.0.1:%d/", gone.port);
    const struct {
        const char *url;
        enum http_failure failure;
    } cases[] = {
        {refused, HTTP_NO_CONNECTION},
        {"ftp://127.0.0.1/", HTTP_BAD_REQUEST},
        {"http://", HTTP_BAD_REQUEST},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = {.method = "GET", .url = cases[i].url, .no_proxy = true};
        struct http_response response;
        struct err err = ERR_INIT;
        assert_int_equal(http_fetch(world->http, &request, &response, &err), ERR_OFFLINE);
        assert_int_equal(response.failure, cases[i].failure);
        assert_false(response.sent);
        http_response_release(&response);
    }
    free(refused);
}

/* ---- many at once, timers, cancelling ------------------------------------------------------ */

struct tally {
    int done, fine, cancelled, timers, timers_cancelled;
    struct world *world;
};

static void count_answer(void *context, struct http_response *response)
{
    struct tally *tally = context;
    tally->done++;
    tally->fine += response->failure == HTTP_OK;
    tally->cancelled += response->failure == HTTP_CANCELLED;
}

static void count_timer(void *context, bool cancelled)
{
    struct tally *tally = context;
    tally->timers++;
    tally->timers_cancelled += cancelled;
}

static void submit(struct world *world, const char *path, struct tally *tally)
{
    char *url = url_of(world, path);
    struct http_request request = {.method = "GET", .url = url, .no_proxy = true};
    http_submit(world->http, &request, count_answer, tally);
    free(url);
}

/* Lets the answers go when as many requests wait in the server as may be under way at once. */
static void *release_at_sixteen(void *context)
{
    struct server *server = context;
    pthread_mutex_lock(&server->lock);
    while (server->waiting < 16) {
        pthread_cond_wait(&server->changed, &server->lock);
    }
    pthread_mutex_unlock(&server->lock);
    server_release(server);
    return NULL;
}

static void test_sixteen_at_once(void **state)
{
    struct world *world = *state;
    struct tally tally = {.world = world};
    atomic_store(&world->server.slow, true);
    for (int i = 0; i < 50; i++) {
        submit(world, "/x", &tally);
    }
    assert_int_equal(tally.done, 0);
    pthread_t releaser;
    assert_int_equal(pthread_create(&releaser, NULL, release_at_sixteen, &world->server), 0);
    struct err err = ERR_INIT;
    assert_int_equal(http_run(world->http, &err), ERR_OK);
    pthread_join(releaser, NULL);
    assert_int_equal(tally.fine, 50);
    assert_int_equal(atomic_load(&world->server.most_open), 16);
    assert_int_equal(atomic_load(&world->server.connections), 16);
}

static void submit_later(void *context, bool cancelled)
{
    struct tally *tally = context;
    assert_false(cancelled);
    submit(tally->world, "/x", tally);
}

static void test_timers(void **state)
{
    struct world *world = *state;
    struct tally tally = {.world = world};
    http_after(world->http, 20, count_timer, &tally);
    http_after(world->http, 1, submit_later, &tally);
    http_after(world->http, -5, count_timer, &tally);
    assert_int_equal(tally.timers, 0);
    struct err err = ERR_INIT;
    assert_int_equal(http_run(world->http, &err), ERR_OK);
    assert_int_equal(tally.timers, 2);
    assert_int_equal(tally.timers_cancelled, 0);
    assert_int_equal(tally.fine, 1);
}

struct canceller {
    struct world *world;
    atomic_bool cancel;
};

static enum cancel asked(void *context)
{
    struct canceller *canceller = context;
    return atomic_load(&canceller->cancel) ? CANCEL_HARD : CANCEL_NO;
}

static void *cancel_when_hanging(void *context)
{
    struct canceller *canceller = context;
    struct server *server = &canceller->world->server;
    pthread_mutex_lock(&server->lock);
    while (server->waiting < 3) {
        pthread_cond_wait(&server->changed, &server->lock);
    }
    pthread_mutex_unlock(&server->lock);
    atomic_store(&canceller->cancel, true);
    return NULL;
}

static void test_cancel(void **state)
{
    struct world *world = *state;
    struct tally tally = {.world = world};
    struct canceller canceller = {.world = world};
    struct progress progress = {.context = &canceller, .cancel = asked};
    http_set_progress(world->http, &progress);
    for (int i = 0; i < 3; i++) {
        submit(world, "/hang", &tally);
    }
    http_after(world->http, 3600 * 1000, count_timer, &tally);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_when_hanging, &canceller), 0);
    struct err err = ERR_INIT;
    assert_int_equal(http_run(world->http, &err), ERR_CANCELLED);
    pthread_join(thread, NULL);
    assert_int_equal(tally.cancelled, 3);
    assert_int_equal(tally.timers_cancelled, 1);

    http_set_progress(world->http, NULL); // and it works on
    server_release(&world->server);
    submit(world, "/x", &tally);
    struct err none = ERR_INIT;
    assert_int_equal(http_run(world->http, &none), ERR_OK);
    assert_int_equal(tally.fine, 1);
}

/* The first answer of a chain in the background asks for a second one. */
static void ask_again(void *context, struct http_response *response)
{
    struct tally *tally = context;
    count_answer(context, response);
    submit(tally->world, "/x", tally);
}

static void submit_behind(struct tally *tally, const char *path)
{
    char *url = url_of(tally->world, path);
    struct http_request request = {.method = "GET", .url = url, .no_proxy = true};
    http_background(tally->world->http, true);
    http_submit(tally->world->http, &request, ask_again, tally);
    http_background(tally->world->http, false);
    free(url);
}

static void test_background(void **state)
{
    struct world *world = *state;
    struct tally behind = {.world = world};
    struct tally tally = {.world = world};
    struct err err = ERR_INIT;
    submit_behind(&behind, "/hang");
    submit(world, "/x", &tally);
    assert_int_equal(http_run(world->http, &err), ERR_OK);
    assert_int_equal(tally.fine, 1);
    assert_int_equal(behind.done, 0); // it still hangs, and nobody waited
    assert_int_equal(http_run(world->http, &err), ERR_OK);
    server_release(&world->server);
    assert_int_equal(http_run_all(world->http, &err), ERR_OK);
    assert_int_equal(behind.done, 2); // what its callback submitted was waited for too
}

static enum cancel at_once(void *context)
{
    (void)context;
    return CANCEL_HARD;
}

static void test_background_is_cancelled(void **state)
{
    struct world *world = *state;
    struct tally behind = {.world = world};
    const struct progress stop = {.cancel = at_once};
    struct err err = ERR_INIT;
    http_background(world->http, true);
    submit(world, "/hang", &behind);
    http_after(world->http, 3600 * 1000, count_timer, &behind);
    http_background(world->http, false);
    http_set_progress(world->http, &stop);
    assert_int_equal(http_run_all(world->http, &err), ERR_CANCELLED);
    assert_int_equal(behind.cancelled, 1);
    assert_int_equal(behind.timers_cancelled, 1);
    http_set_progress(world->http, NULL);
    err_clear(&err);
    assert_int_equal(http_run_all(world->http, &err), ERR_OK);
}

static void reenter(void *context, struct http_response *response)
{
    struct world *world = context;
    struct err err = ERR_INIT;
    (void)response;
    assert_int_equal(http_run(world->http, &err), ERR_INTERNAL);
}

static void test_not_reentered(void **state)
{
    struct world *world = *state;
    char *url = url_of(world, "/x");
    struct http_request request = {.method = "GET", .url = url, .no_proxy = true};
    http_submit(world->http, &request, reenter, world);
    struct err err = ERR_INIT;
    assert_int_equal(http_run(world->http, &err), ERR_OK);
    free(url);
}

static void test_header_lines(void **state)
{
    (void)state;
    struct http_response response;
    http_response_init(&response);
    static const char *const lines[] = {"HTTP/1.1 200 OK\r\n", "A: 1\r\n", "b:2", ": nameless\r\n",
                                        "no colon\r\n",        "C:\r\n",   "\r\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_true(http_response_add_line(&response, lines[i], strlen(lines[i])));
    }
    assert_int_equal(response.header_count, 3);
    assert_string_equal(http_response_header(&response, "a"), "1");
    assert_string_equal(http_response_header(&response, "B"), "2");
    assert_string_equal(http_response_header(&response, "c"), "");
    assert_null(http_response_header(&response, "d"));
    http_response_release(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_request_as_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_methods, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_large_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_answers_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unreachable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sixteen_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_timers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_background, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_background_is_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_reentered, set_up, tear_down),
        cmocka_unit_test(test_header_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
