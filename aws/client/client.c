/*
 * The life of a call: it waits for its turn (how many at once, how fast), is sent, and what comes
 * back decides: done, again after a while, again with other credentials, or failed. Everything
 * happens in the engine's loop; a call leaves it by exactly one call of its callback.
 */

#include "aws/client/client.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client/call.h"
#include "aws/sign/crypto.h"
#include "aws/client/service_errors.h"
#include "aws/client/response.h"
#include "core/base/log.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define MAX_IN_FLIGHT 16

static void plan_pump(struct client *client, int64_t delay_ms);

static double system_random(void *context)
{
    (void)context;
    return crypto_random_unit();
}

struct client *client_new(const struct client_options *options)
{
    struct client *client = mem_alloc(sizeof *client);
    client->options = *options;
    if (client->options.max_in_flight == 0) {
        client->options.max_in_flight = MAX_IN_FLIGHT;
    }
    if (!client->options.random) {
        client->options.random = system_random;
    }
    if (!client->options.statistics) {
        client->options.statistics = &client->own_statistics;
    }
    retry_quota_init(&client->quota);
    client->pace = options->pace ? options->pace : &client->own_pace;
    if (!options->pace) {
        rate_limiter_init(client->pace, options->rate, options->burst,
                          http_ticks_ms(options->http));
    }
    return client;
}

void client_free(struct client *client)
{
    if (client) {
        assert(!client->first && client->in_flight == 0);
        sigv4_cache_release(&client->cache);
        free(client->source);
        free(client->renew_command);
        free(client);
    }
}

const char *client_region(const struct client *client)
{
    return client->options.endpoint.region;
}

const struct endpoint_settings *client_endpoint_settings(const struct client *client)
{
    return &client->options.endpoint;
}

struct http *client_http(struct client *client)
{
    return client->options.http;
}

/* ---- the line ---------------------------------------------------------------------------- */

static void enqueue(struct client *client, struct pending *pending, bool ahead)
{
    if (ahead) {
        pending->next = client->first;
        client->first = pending;
    } else {
        pending->next = NULL;
        *(client->last ? &client->last->next : &client->first) = pending;
    }
    if (!pending->next) {
        client->last = pending;
    }
}

static struct pending *dequeue(struct client *client)
{
    struct pending *pending = client->first;
    client->first = pending->next;
    if (!client->first) {
        client->last = NULL;
    }
    pending->next = NULL;
    return pending;
}

/* ---- the end of a call ------------------------------------------------------------------- */

static void finish(struct pending *pending, struct response *reply, const struct err *err)
{
    reply->attempts = pending->attempts;
    reply->maybe_done = reply->code != ERR_OK && pending->maybe_done;
    pending->done(pending->context, reply, err);
    pending_free(pending);
}

/* Without an answer: the credentials, the configuration, the cancel key. */
static void finish_early(struct pending *pending, const struct err *err)
{
    struct http_response none;
    http_response_init(&none);
    none.failure = HTTP_CANCELLED;
    struct response reply = {.code = err->code, .response = &none};
    finish(pending, &reply, err);
    http_response_release(&none);
}

static void finish_cancelled(struct pending *pending)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_CANCELLED, "cancelled");
    finish_early(pending, &err);
}

static void finish_failed(struct pending *pending, struct response *reply,
                          const struct retry_answer *answer, enum retry_class class)
{
    const struct client *client = pending->client;
    const struct call *call = &pending->call;
    struct err err = ERR_INIT;
    struct service_error what = {
        .service = client->options.service,
        .operation = call->operation,
        .resource = call->resource,
        .region = call->region ? call->region : client->options.endpoint.region,
        .host = pending->host,
        .custom = pending->custom,
        .loopback = pending->loopback,
        .failure = answer->failure,
        .reason = reply->response->reason,
        .location = http_response_header(reply->response, "location"),
        .detail = reply->response->detail,
        .status = reply->status,
        .error = reply->error,
        .message = reply->message,
        .request_id = reply->request_id,
        .class = class,
        .attempts = pending->attempts,
        .damaged = answer->damaged,
        .skew_known = answer->skew_known,
        .skew_ms = answer->skew_ms,
        .source = call->unsigned_call ? NULL : client->source,
        .renew = call->unsigned_call ? NULL : client->renew_command,
    };
    reply->code = service_error_explain(&what, &err);
    finish(pending, reply, &err);
}

/* ---- again ------------------------------------------------------------------------------- */

/* A wait is cut into naps, so that somebody who wants to stop does not wait for the end of it. */
#define NAP_MS 500

static void on_nap_over(void *context, bool cancelled);

static void nap(struct pending *pending)
{
    struct http *http = pending->client->options.http;
    int64_t left_ms = pending->due_ms - http_ticks_ms(http);
    http_after(http, left_ms < NAP_MS ? left_ms : NAP_MS, on_nap_over, pending);
}

static void on_nap_over(void *context, bool cancelled)
{
    struct pending *pending = context;
    struct client *client = pending->client;
    struct http *http = client->options.http;
    bool due = http_ticks_ms(http) >= pending->due_ms;
    // What may have taken effect is tried to its end: only the next answer tells.
    bool stop = progress_cancel(http->progress) != CANCEL_NO && !pending->maybe_done;
    if (!due && !cancelled && !stop) {
        nap(pending);
        return;
    }
    client->in_flight--;
    progress_waits(http->progress, 0, false);
    if (cancelled || stop) {
        finish_cancelled(pending);
        return;
    }
    enqueue(client, pending, true);
    plan_pump(client, 0);
}

/* False if it must not be tried again. */
static bool try_again(struct pending *pending, enum retry_class class, const char *retry_after)
{
    struct client *client = pending->client;
    int limit = class == RETRY_THROTTLING ? pending->throttled_attempts : pending->max_attempts;
    if (class == RETRY_NOT || pending->attempts >= limit) {
        return false;
    }
    int cost = retry_quota_take(&client->quota, class);
    if (cost == 0) {
        log_line(LOG_WARN, "aws", "%s: no retry, the quota for retries is used up",
                 pending->call.operation);
        return false;
    }
    pending->last_cost = cost;
    client->options.statistics->retries++;
    double chance = client->options.random(client->options.random_context);
    int64_t delay_ms =
        retry_delay_ms(client->options.service, class, pending->attempts, chance, retry_after);
    pending->due_ms = http_ticks_ms(client->options.http) + delay_ms;
    nap(pending);
    progress_waits(client->options.http->progress, delay_ms, class == RETRY_THROTTLING);
    return true;
}

/* The service no longer takes the credentials. Once a call, others are asked for, unless another
   call has already done so. */
static bool try_renewed(struct pending *pending, const struct response *reply)
{
    struct client *client = pending->client;
    if (!retry_is_expired_code(reply->error) || pending->renewed || pending->call.unsigned_call) {
        return false;
    }
    pending->renewed = true;
    snprintf(pending->refusal, sizeof pending->refusal, "%.60s; request id %.100s", reply->error,
             reply->request_id[0] ? reply->request_id : "none");
    if (pending->keys == client->keys) {
        client->renew = true;
    }
    client->in_flight--;
    enqueue(client, pending, true);
    plan_pump(client, 0);
    return true;
}

/* ---- an answer --------------------------------------------------------------------------- */

static void log_attempt(const struct pending *pending, const struct response *reply,
                        const struct http_response *response)
{
    const struct call *call = &pending->call;
    long long took_ms =
        (long long)(http_ticks_ms(pending->client->options.http) - pending->started_ms);
    enum log_level level =
        response->failure == HTTP_OK && reply->status < 400 ? LOG_INFO : LOG_WARN;
    if (response->failure != HTTP_OK) {
        log_line(level, "aws", "%s %s %s: %s, %lld ms, attempt %d", call->method, pending->host,
                 call->operation, http_failure_text(response->failure), took_ms, pending->attempts);
    } else {
        log_line(level, "aws", "%s %s %s: %d%s%s, %lld ms, attempt %d, request id %s", call->method,
                 pending->host, call->operation, reply->status, reply->error[0] ? " " : "",
                 reply->error, took_ms, pending->attempts,
                 reply->request_id[0] ? reply->request_id : "none");
    }
}

#define DATE_SLACK_MS                                                                              \
    1000 /* nearer than this a Date, which is cut off to the second, cannot tell */

/* While the machine's clock agrees with the Dates as far as they can tell, its milliseconds are
   used: what two programs here write one after the other is in order. An estimate that still fits
   stays as it is, so that it does not jump back with every answer. */
static void learn_time(struct client *client, const struct http_response *response)
{
    const char *date = http_response_header(response, "date");
    struct http *http = client->options.http;
    int64_t at_s = 0;
    if (response->failure != HTTP_OK || !date || http_response_header(response, "age") ||
        !retry_parse_date(date, &at_s)) {
        return;
    }
    int64_t round_trip_ms = response->ended_at_ms - response->sent_at_ms;
    int64_t least_ms = at_s * 1000 - DATE_SLACK_MS;
    int64_t most_ms = at_s * 1000 + 999 + DATE_SLACK_MS + (round_trip_ms > 0 ? round_trip_ms : 0);
    int64_t known_ms = 0;
    if (client_service_now_ms(client, &known_ms) && known_ms >= least_ms && known_ms <= most_ms) {
        return;
    }
    int64_t machine_ms = http_now_ms(http);
    bool agrees = machine_ms >= least_ms && machine_ms <= most_ms;
    client->service_ahead_ms = (agrees ? machine_ms : at_s * 1000) - http_ticks_ms(http);
    client->service_known = true;
}

bool client_service_now_ms(const struct client *client, int64_t *now_ms)
{
    *now_ms = http_ticks_ms(client->options.http) + client->service_ahead_ms;
    return client->service_known;
}

static void learn(struct pending *pending, const struct response *reply, enum retry_class class,
                  struct retry_answer *answer)
{
    struct client *client = pending->client;
    int64_t now_ms = http_ticks_ms(client->options.http);
    learn_time(client, reply->response);
    if (answer->skew_known) {
        client->skew_ms = answer->skew_ms;
    }
    rate_limiter_answered(client->pace, now_ms);
    if (class == RETRY_THROTTLING) {
        client->options.statistics->throttled++;
        rate_limiter_throttled(client->pace, now_ms);
    } else if (reply->response->failure == HTTP_OK) {
        rate_limiter_succeeded(client->pace, now_ms);
    }
    client->options.statistics->bytes_received += reply->response->body.length;
}

static void on_response(void *context, struct http_response *response)
{
    struct pending *pending = context;
    struct client *client = pending->client;
    struct response reply = {.code = ERR_OK};
    bool damaged = response_read(client->options.service, response, &reply);
    log_attempt(pending, &reply, response);
    struct retry_answer answer = {
        .service = client->options.service,
        .failure = response->failure,
        .status = response->status,
        .error = reply.error,
        .damaged = damaged,
    };
    answer.skew_known = retry_skew(response, &answer.skew_ms);
    // What the answer says about our clock counts beside what this attempt was signed with.
    enum retry_class class = retry_classify(&answer);
    learn(pending, &reply, class, &answer);

    bool answered = response->failure == HTTP_OK;
    bool success = answered && response->status >= 200 && response->status < 300 && !damaged;
    if ((!answered && response->sent) || response->status >= 500 || (damaged && answered)) {
        pending->maybe_done = true;
    }
    if (success) {
        retry_quota_give_back(&client->quota, pending->last_cost);
        response_count_capacity(&reply, pending->call.operation, client->options.statistics);
        client->in_flight--;
        struct err none = ERR_INIT;
        finish(pending, &reply, &none);
    } else if (response->failure == HTTP_CANCELLED) {
        client->in_flight--;
        finish_cancelled(pending);
    } else if (class != RETRY_SKEW && try_renewed(pending, &reply)) {
        // it stands at the head of the line
    } else if (!try_again(pending, class, http_response_header(response, "x-amz-retry-after"))) {
        client->in_flight--;
        finish_failed(pending, &reply, &answer, class);
    }
    response_clear(&reply);
    if (client->first) {
        plan_pump(client, 0);
    }
}

/* ---- whose turn it is -------------------------------------------------------------------- */

static void send_first(struct client *client)
{
    struct pending *pending = dequeue(client);
    struct err err = ERR_INIT;
    client->in_flight++;
    if (pending_send(pending, on_response, &err) == ERR_OK) {
        rate_limiter_take(client->pace, http_ticks_ms(client->options.http));
    } else { // nothing went out, so the service counts nothing
        client->in_flight--;
        if (pending->refusal[0] != '\0') {
            err_prefix(&err, "%s %s was refused (%s)", aws_service_title(client->options.service),
                       pending->call.operation, pending->refusal);
        }
        finish_early(pending, &err);
    }
}

static void pump(void *context, bool cancelled)
{
    struct client *client = context;
    client->pump_planned = false;
    while (client->first && cancelled) {
        finish_cancelled(dequeue(client));
    }
    while (client->first && client->in_flight < client->options.max_in_flight) {
        int64_t wait_ms = rate_limiter_wait_ms(client->pace, http_ticks_ms(client->options.http));
        if (wait_ms > 0) {
            plan_pump(client, wait_ms);
            return;
        }
        send_first(client);
    }
}

static void plan_pump(struct client *client, int64_t delay_ms)
{
    if (!client->pump_planned) {
        client->pump_planned = true;
        http_after(client->options.http, delay_ms, pump, client);
    }
}

void client_submit(struct client *client, const struct call *call, call_done_fn done, void *context)
{
    struct pending *pending = pending_new(client, call);
    pending->done = done;
    pending->context = context;
    client->options.statistics->calls++;
    enqueue(client, pending, false);
    plan_pump(client, 0);
}

/* ---- one call, waited for ---------------------------------------------------------------- */

struct waited {
    struct response *reply;
    struct err *err;
};

static void keep_reply(void *context, struct response *reply, const struct err *err)
{
    struct waited *waited = context;
    *waited->reply = *reply;
    waited->reply->json = json_incref(reply->json);
    waited->reply->response = mem_alloc(sizeof *reply->response);
    *waited->reply->response = *reply->response;
    http_response_init(reply->response);
    if (waited->err && reply->code != ERR_OK && waited->err->code == ERR_OK) {
        *waited->err = *err;
    }
}

enum err_code client_call(struct client *client, const struct call *call, struct response *reply,
                          struct err *err)
{
    struct waited waited = {.reply = reply, .err = err};
    *reply = (struct response){.code = ERR_CANCELLED};
    client_submit(client, call, keep_reply, &waited);
    enum err_code code = http_run(client->options.http, err);
    return code != ERR_OK ? code : reply->code;
}

void response_release(struct response *reply)
{
    json_decref(reply->json);
    reply->json = NULL;
    if (reply->response) {
        http_response_release(reply->response);
        free(reply->response);
        reply->response = NULL;
    }
}
