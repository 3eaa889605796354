/*
 * The engine on libcurl's multi interface.
 *
 * One loop: timers that are due fire, waiting requests start while fewer than max_in_flight are
 * under way, libcurl moves bytes, finished exchanges call back, and then the thread sleeps in
 * curl_multi_poll until a socket, a timer or http_wake ends the sleep. Connections live in the
 * multi handle and are used again.
 *
 * libcurl does the transport and nothing else: it follows no redirect (a signature holds for one
 * host), decompresses nothing (x-amz-crc32 covers the bytes on the wire), changes no path, and
 * speaks HTTP/1.1, where the Host header that was signed is the one that is sent.
 */

#include "aws/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/text.h"

#include "core/banned.h"

#define CONNECT_TIMEOUT_MS 3100 /* as the SDKs' "standard" defaults have it */
#define TIMEOUT_MS 60000
#define STALL_TIMEOUT_MS 30000
#define MAX_BODY ((size_t)64 << 20)
#define MAX_IN_FLIGHT 16
#define CANCEL_POLL_MS 100 /* how late a cancel flag is seen that nobody wakes us for */
#define IDLE_POLL_MS 1000

/* A request from submission to its callback. */
struct exchange {
    struct exchange *previous, *next;
    http_done_fn done;
    void *context;
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    size_t body_length;
    struct http_response response;
    bool too_large;
    char error[CURL_ERROR_SIZE];
};

struct timer {
    struct timer *next;
    int64_t due_ms;
    http_timer_fn fire;
    void *context;
};

struct list {
    struct exchange *first, *last;
};

struct engine {
    struct http base;
    CURLM *multi;
    char *ca_bundle, *http_proxy, *user_agent;
    unsigned max_in_flight, in_flight;
    struct list waiting, active;
    struct timer *timers; /* the one that is due first comes first */
    bool running;
};

static void list_append(struct list *list, struct exchange *exchange)
{
    exchange->next = NULL;
    exchange->previous = list->last;
    if (list->last) {
        list->last->next = exchange;
    } else {
        list->first = exchange;
    }
    list->last = exchange;
}

static void list_remove(struct list *list, struct exchange *exchange)
{
    *(exchange->previous ? &exchange->previous->next : &list->first) = exchange->next;
    *(exchange->next ? &exchange->next->previous : &list->last) = exchange->previous;
    exchange->previous = exchange->next = NULL;
}

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

static void set_transport(const struct engine *engine, CURL *easy,
                          const struct http_request *request)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, engine->user_agent);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     or_default(request->connect_timeout_ms, CONNECT_TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, or_default(request->timeout_ms, TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                     (or_default(request->stall_timeout_ms, STALL_TIMEOUT_MS) + 999) / 1000);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (engine->ca_bundle) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, engine->ca_bundle);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); // this bundle and nothing beside it
    }
    if (request->no_proxy) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    } else if (engine->http_proxy && strncmp(request->url, "http:", 5) == 0) {
        curl_easy_setopt(easy, CURLOPT_PROXY, engine->http_proxy);
    }
}

static void curl_submit(struct http *self, const struct http_request *request, http_done_fn done,
                        void *context)
{
    struct engine *engine = (struct engine *)self;
    struct exchange *exchange = mem_alloc(sizeof *exchange);
    exchange->done = done;
    exchange->context = context;
    http_response_init(&exchange->response);
    buf_init_secret(&exchange->response.body, request->max_body ? request->max_body : MAX_BODY);
    exchange->easy = curl_easy_init();
    list_append(&engine->waiting, exchange);
    if (!exchange->easy) {
        return; // start() reports it
    }
    CURL *easy = exchange->easy;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    set_transport(engine, easy, request);
    set_method(exchange, request);
    set_headers(exchange, request);
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

static void exchange_free(struct exchange *exchange)
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

static void describe(struct exchange *exchange, CURLcode code)
{
    struct http_response *response = &exchange->response;
    const char *text = exchange->error[0] ? exchange->error : curl_easy_strerror(code);
    text_sanitise_to(response->detail, sizeof response->detail, text, strlen(text), 0);
}

/* `failure` HTTP_CANCELLED overrides what libcurl says. */
static void finish(struct engine *engine, struct exchange *exchange, CURLcode code, bool cancelled)
{
    struct http_response *response = &exchange->response;
    long status = 0;
    long request_size = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &request_size);
    response->ended_at_ms = http_now_ms(&engine->base);
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
        describe(exchange, code);
    }
    list_remove(&engine->active, exchange);
    engine->in_flight--;
    curl_multi_remove_handle(engine->multi, exchange->easy);
    exchange->done(exchange->context, response);
    exchange_free(exchange);
}

static void start(struct engine *engine, struct exchange *exchange)
{
    list_remove(&engine->waiting, exchange);
    list_append(&engine->active, exchange);
    engine->in_flight++;
    exchange->response.sent_at_ms = http_now_ms(&engine->base);
    if (!exchange->easy || curl_multi_add_handle(engine->multi, exchange->easy) != CURLM_OK) {
        finish(engine, exchange, CURLE_OUT_OF_MEMORY, false);
    }
}

/* Whether anything ended. */
static bool collect(struct engine *engine)
{
    int left = 0;
    bool any = false;
    CURLMsg *message = NULL;
    while ((message = curl_multi_info_read(engine->multi, &left)) != NULL) {
        char *private = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        finish(engine, (struct exchange *)(void *)private, code, false);
        any = true;
    }
    return any;
}

/* ---- timers ------------------------------------------------------------------------------ */

static int64_t curl_ticks_ms(struct http *self)
{
    (void)self;
    return clock_ticks_ms();
}

static int64_t curl_now_ms(struct http *self)
{
    (void)self;
    return clock_now_ms(&clock_system);
}

static void curl_after(struct http *self, int64_t delay_ms, http_timer_fn fire, void *context)
{
    struct engine *engine = (struct engine *)self;
    struct timer *timer = mem_alloc(sizeof *timer);
    *timer =
        (struct timer){.due_ms = clock_ticks_ms() + delay_ms, .fire = fire, .context = context};
    struct timer **at = &engine->timers;
    while (*at && (*at)->due_ms <= timer->due_ms) {
        at = &(*at)->next;
    }
    timer->next = *at;
    *at = timer;
}

static void fire_first(struct engine *engine, bool cancelled)
{
    struct timer *timer = engine->timers;
    engine->timers = timer->next;
    timer->fire(timer->context, cancelled);
    free(timer);
}

/* ---- the loop ---------------------------------------------------------------------------- */

static void cancel_all(struct engine *engine)
{
    while (engine->active.first || engine->waiting.first || engine->timers) {
        if (engine->timers) {
            fire_first(engine, true);
        } else if (engine->active.first) {
            finish(engine, engine->active.first, CURLE_ABORTED_BY_CALLBACK, true);
        } else {
            struct exchange *exchange = engine->waiting.first;
            list_remove(&engine->waiting, exchange);
            list_append(&engine->active, exchange);
            engine->in_flight++;
            finish(engine, exchange, CURLE_ABORTED_BY_CALLBACK, true);
        }
    }
}

static int sleep_ms(const struct engine *engine)
{
    int64_t limit = engine->base.progress ? CANCEL_POLL_MS : IDLE_POLL_MS;
    if (engine->timers) {
        int64_t until = engine->timers->due_ms - clock_ticks_ms();
        limit = until < limit ? until : limit;
    }
    return limit > 0 ? (int)limit : 0;
}

static enum err_code loop(struct engine *engine, struct err *err)
{
    for (;;) {
        if (progress_cancel(engine->base.progress) == CANCEL_HARD) {
            cancel_all(engine);
            return err_set(err, ERR_CANCELLED, "cancelled");
        }
        while (engine->timers && engine->timers->due_ms <= clock_ticks_ms()) {
            fire_first(engine, false);
        }
        while (engine->waiting.first && engine->in_flight < engine->max_in_flight) {
            start(engine, engine->waiting.first);
        }
        if (!engine->active.first && !engine->waiting.first && !engine->timers) {
            return ERR_OK;
        }
        int running = 0;
        CURLMcode code = curl_multi_perform(engine->multi, &running);
        if (code == CURLM_OK && !collect(engine)) {
            code = curl_multi_poll(engine->multi, NULL, 0, sleep_ms(engine), NULL);
        }
        if (code != CURLM_OK) {
            cancel_all(engine);
            return err_set(err, ERR_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
        }
    }
}

/* With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE to us, and a TLS connection that the other side
   closed raises it. Blocked here, and taken away where it came up, it is only an errno. */
static bool block_sigpipe(sigset_t *before)
{
    sigset_t pipe, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, before);
    return sigismember(&pending, SIGPIPE) == 1;
}

static void restore_sigpipe(const sigset_t *before, bool was_pending)
{
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    static const struct timespec at_once = {0};
    if (!was_pending) {
        while (sigtimedwait(&pipe, NULL, &at_once) == SIGPIPE) {
        }
    }
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

static enum err_code curl_run(struct http *self, struct err *err)
{
    struct engine *engine = (struct engine *)self;
    if (engine->running) {
        return err_set(err, ERR_INTERNAL, "the engine was entered from its own callback");
    }
    sigset_t before;
    bool was_pending = block_sigpipe(&before);
    engine->running = true;
    enum err_code code = loop(engine, err);
    engine->running = false;
    restore_sigpipe(&before, was_pending);
    return code;
}

static void curl_wake(struct http *self)
{
    curl_multi_wakeup(((struct engine *)self)->multi);
}

static void curl_free_engine(struct http *self)
{
    struct engine *engine = (struct engine *)self;
    sigset_t before;
    bool was_pending = block_sigpipe(&before);
    cancel_all(engine);
    curl_multi_cleanup(engine->multi);
    restore_sigpipe(&before, was_pending);
    free(engine->ca_bundle);
    free(engine->http_proxy);
    free(engine->user_agent);
    free(engine);
}

static const struct http_ops s_ops = {
    .submit = curl_submit,
    .after = curl_after,
    .run = curl_run,
    .ticks_ms = curl_ticks_ms,
    .now_ms = curl_now_ms,
    .wake = curl_wake,
    .free = curl_free_engine,
};

static void global_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct http *http_curl_new(const struct http_curl_options *options)
{
    static pthread_once_t s_once = PTHREAD_ONCE_INIT;
    pthread_once(&s_once, global_init);
    struct engine *engine = mem_alloc(sizeof *engine);
    engine->base.ops = &s_ops;
    engine->multi = curl_multi_init();
    if (!engine->multi) {
        abort();
    }
    engine->max_in_flight = options->max_in_flight ? options->max_in_flight : MAX_IN_FLIGHT;
    engine->ca_bundle = mem_strdup(options->ca_bundle);
    engine->http_proxy = mem_strdup(options->http_proxy);
    engine->user_agent =
        mem_strdup(options->user_agent ? options->user_agent : "extpool/" EXTPOOL_VERSION);
    curl_multi_setopt(engine->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, (long)engine->max_in_flight);
    return &engine->base;
}
