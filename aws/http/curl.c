/*
 * The engine on libcurl's multi interface.
 *
 * One loop: timers that are due fire, waiting requests start while fewer than max_in_flight are
 * under way, libcurl moves bytes, finished exchanges call back, and then the thread sleeps in
 * curl_multi_poll until a socket or a timer ends the sleep. Connections live in the
 * multi handle and are used again.
 *
 * libcurl does the transport and nothing else: it follows no redirect (a signature holds for one
 * host), decompresses only what a request allows, changes no path, and speaks HTTP/1.1, where the
 * Host header that was signed is the one that is sent.
 *
 * The sessions of TLS are shared by all engines of the process: a further connection to a server
 * resumes the session of the first one.
 */

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/http/authorities.h"
#include "aws/http/curl_exchange.h"
#include "aws/http/trust_store.h"
#include "core/base/environ.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define MAX_IN_FLIGHT 16
#define STALL_TIMEOUT_MS 20000
#define CANCEL_POLL_MS 100 /* how late a cancel flag is seen */
#define IDLE_POLL_MS 1000
#define AUTHORITIES_MAX ((size_t)1 << 20)

struct timer {
    struct timer *next;
    int64_t due_ms;
    http_timer_fn fire;
    void *context;
    bool background;
};

struct list {
    struct exchange *first, *last;
};

struct engine {
    struct http base;
    CURLM *multi;
    char *ca_folder, *ca_bundle, *http_proxy, *user_agent;
    struct buf amazon;                 /* its authorities */
    struct exchange_settings settings; /* the five above, and more */
    bool trusts; /* whom is known: looked up before the first request that needs it */
    unsigned max_in_flight, in_flight;
    size_t foreground; /* exchanges and timers that a run waits for */
    struct list waiting, active;
    struct timer *timers; /* the one that is due first comes first */
    bool running;
};

/* Counts something that begins, as what it belongs to. */
static bool enter(struct engine *engine)
{
    engine->foreground += !engine->base.background;
    return engine->base.background;
}

/* Before the callback of something that ended: what it submits belongs to the same. */
static void leave(struct engine *engine, bool background)
{
    engine->foreground -= !background;
    engine->base.background = background;
}

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

/* ---- exchanges --------------------------------------------------------------------------- */

/* Of what the options did not say, the usual places are looked through. */
static void find_trust(struct engine *engine)
{
    engine->trusts = true;
    if (!engine->ca_bundle) {
        struct trust_store found = trust_store_find(&environment_system);
        engine->ca_folder = mem_strdup(found.folder);
        engine->ca_bundle = mem_strdup(found.bundle);
    }
    if (engine->ca_bundle && !engine->ca_folder) {
        authorities_of_amazon(engine->ca_bundle, &engine->amazon);
    }
    engine->settings.ca_folder = engine->ca_folder;
    engine->settings.ca_bundle = engine->ca_bundle;
    engine->settings.ca_first = engine->amazon.length > 0 ? &engine->amazon : NULL;
}

static void curl_submit(struct http *self, const struct http_request *request, http_done_fn done,
                        void *context)
{
    struct engine *engine = (struct engine *)self;
    if (!engine->trusts && strncmp(request->url, "https:", 6) == 0) {
        find_trust(engine);
    }
    struct exchange *exchange = exchange_new(&engine->settings, request);
    exchange->done = done;
    exchange->context = context;
    exchange->background = enter(engine);
    list_append(&engine->waiting, exchange);
}

/* The chain that a part of the authorities does not verify may be known to the whole bundle. Nothing
   was sent yet: the certificate comes before the request. From here on the engine uses the bundle. */
static bool try_bundle(struct engine *engine, struct exchange *exchange)
{
    if (!exchange->by_part || !engine->settings.ca_bundle) {
        return false;
    }
    engine->settings.ca_folder = NULL;
    engine->settings.ca_first = NULL;
    curl_multi_remove_handle(engine->multi, exchange->easy);
    exchange_trust(exchange, &engine->settings);
    return curl_multi_add_handle(engine->multi, exchange->easy) == CURLM_OK;
}

static void finish(struct engine *engine, struct exchange *exchange, CURLcode code, bool cancelled)
{
    exchange_end(exchange, code, cancelled, http_now_ms(&engine->base));
    list_remove(&engine->active, exchange);
    engine->in_flight--;
    curl_multi_remove_handle(engine->multi, exchange->easy);
    leave(engine, exchange->background);
    exchange->done(exchange->context, &exchange->response);
    engine->base.background = false;
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
        struct exchange *exchange = (struct exchange *)(void *)private;
        if (code != CURLE_PEER_FAILED_VERIFICATION || !try_bundle(engine, exchange)) {
            finish(engine, exchange, code, false);
        }
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
    *timer = (struct timer){.due_ms = clock_ticks_ms() + delay_ms,
                            .fire = fire,
                            .context = context,
                            .background = enter(engine)};
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
    leave(engine, timer->background);
    timer->fire(timer->context, cancelled);
    engine->base.background = false;
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

static bool is_idle(const struct engine *engine)
{
    return !engine->active.first && !engine->waiting.first && !engine->timers;
}

static enum err_code loop(struct engine *engine, bool all, struct err *err)
{
    for (;;) {
        if (progress_cancel(engine->base.progress) >= CANCEL_HARD) {
            cancel_all(engine);
            return err_set(err, ERR_CANCELLED, "cancelled");
        }
        while (engine->timers && engine->timers->due_ms <= clock_ticks_ms()) {
            fire_first(engine, false);
        }
        while (engine->waiting.first && engine->in_flight < engine->max_in_flight) {
            start(engine, engine->waiting.first);
        }
        if (all ? is_idle(engine) : engine->foreground == 0) {
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
   closed raises it. Blocked here, and taken away if it came up, it is only an errno. */
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

static enum err_code curl_run(struct http *self, bool all, struct err *err)
{
    struct engine *engine = (struct engine *)self;
    if (engine->running) {
        return err_set(err, ERR_INTERNAL, "the engine was entered from its own callback");
    }
    sigset_t before;
    bool was_pending = block_sigpipe(&before);
    engine->running = true;
    enum err_code code = loop(engine, all, err);
    engine->running = false;
    restore_sigpipe(&before, was_pending);
    return code;
}

static void curl_free_engine(struct http *self)
{
    struct engine *engine = (struct engine *)self;
    sigset_t before;
    bool was_pending = block_sigpipe(&before);
    cancel_all(engine);
    curl_multi_cleanup(engine->multi);
    restore_sigpipe(&before, was_pending);
    free(engine->ca_folder);
    free(engine->ca_bundle);
    buf_release(&engine->amazon);
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
    .free = curl_free_engine,
};

/* ---- sessions of TLS, for all engines ------------------------------------------------------ */

/* It lives as long as the process. Engines may run on several threads. libcurl resumes a session
   only with the same host and the same rules of trust. */
static CURLSH *s_share;
static pthread_mutex_t s_share_mutex = PTHREAD_MUTEX_INITIALIZER;

static void lock_share(CURL *easy, curl_lock_data data, curl_lock_access access, void *context)
{
    (void)easy;
    (void)data;
    (void)access;
    (void)context;
    pthread_mutex_lock(&s_share_mutex);
}

static void unlock_share(CURL *easy, curl_lock_data data, void *context)
{
    (void)easy;
    (void)data;
    (void)context;
    pthread_mutex_unlock(&s_share_mutex);
}

static void global_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    s_share = curl_share_init();
    if (!s_share) {
        abort();
    }
    curl_share_setopt(s_share, CURLSHOPT_LOCKFUNC, lock_share);
    curl_share_setopt(s_share, CURLSHOPT_UNLOCKFUNC, unlock_share);
    curl_share_setopt(s_share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
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
    buf_init(&engine->amazon, AUTHORITIES_MAX);
    engine->http_proxy = mem_strdup(options->http_proxy);
    engine->user_agent =
        mem_strdup(options->user_agent ? options->user_agent : "extpool/" EXTPOOL_VERSION);
    engine->settings = (struct exchange_settings){.http_proxy = engine->http_proxy,
                                                  .user_agent = engine->user_agent,
                                                  .share = s_share,
                                                  .stall_timeout_ms = STALL_TIMEOUT_MS};
    if (options->stall_timeout_ms > 0) {
        engine->settings.stall_timeout_ms = options->stall_timeout_ms;
    }
    curl_multi_setopt(engine->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, (long)engine->max_in_flight);
    return &engine->base;
}

const char *http_library_version(char out[HTTP_LIBRARY_ROOM])
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    snprintf(out, HTTP_LIBRARY_ROOM, "%s (%s)", info->version,
             info->ssl_version ? info->ssl_version : "without TLS");
    return out;
}
