#include "aws/dynamodb/ddb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/mem.h"

/*
 * A snapshot by Queries on the index: what is free, assigned and reserved, and who is exempt, each in its
 * own streams that run side by side. Free numbers are cut by the ranges of the policy, which are known. Of the
 * logins nothing is known beforehand: the first page and the very last login come first, and what
 * lies between is cut into streams (key_ranges.c). A page has at most PAGE items although the
 * service would give more, so that a page as JSON stays small and streams stay even.
 *
 * The index lags and the streams do not see one moment, so an extension can show up as free and as
 * assigned, or an agent with two, because somebody just wrote. Before such a thing is called
 * damage, those few are read from the table itself (get.c).
 */

#define PAGE 2500
#define FREE_STREAMS_MAX 8
#define LOGIN_CUTS 7
#define DOUBTS_MAX 10000 /* beyond that nobody just wrote: it is damage */

struct load {
    struct ddb *ddb;
    const struct progress *progress;
    struct ddb_snapshot gather;
    struct err err;
    uint64_t pages;
    bool stop;
    /* The logins' first page and the last login, until both are there. */
    json_t *logins_from; /* LastEvaluatedKey of the first page */
    char *last_login;
    unsigned first_answers;
};

struct stream {
    struct load *load;
    const char *sk;
    char *low, *high; /* both included; NULL: open */
    json_t *start;    /* ExclusiveStartKey; NULL: from the beginning */
    void (*on_page)(struct stream *stream, json_t *next);
    bool last_only; /* the very last login, and not for the snapshot */
};

/* ---- one stream --------------------------------------------------------------------------- */

static json_t *query_body(const struct stream *stream)
{
    const char *range = stream->low && stream->high ? " AND sk_value BETWEEN :a AND :b"
                        : stream->low               ? " AND sk_value >= :a"
                        : stream->high              ? " AND sk_value <= :b"
                                                    : "";
    json_t *values = json_object();
    json_object_set_new(values, ":k", ddb_text(stream->sk));
    if (stream->low) {
        json_object_set_new(values, ":a", ddb_text(stream->low));
    }
    if (stream->high) {
        json_object_set_new(values, ":b", ddb_text(stream->high));
    }
    json_t *body = json_object();
    json_object_set_new(body, "IndexName", json_string(DDB_INDEX));
    json_object_set_new(body, "KeyConditionExpression", json_sprintf("sk = :k%s", range));
    json_object_set_new(body, "ExpressionAttributeValues", values);
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    json_object_set_new(body, "Limit", json_integer(stream->last_only ? 1 : PAGE));
    if (stream->last_only) {
        json_object_set_new(body, "ScanIndexForward", json_false());
    }
    if (stream->start) {
        json_object_set(body, "ExclusiveStartKey", stream->start);
    }
    return body;
}

static void stream_free(struct stream *stream)
{
    json_decref(stream->start);
    free(stream->low);
    free(stream->high);
    free(stream);
}

static void on_reply(void *context, struct response *reply, const struct err *err);

static void stream_next(struct stream *stream)
{
    ddb_submit(stream->load->ddb, "Query", query_body(stream), on_reply, stream);
}

static void take_page(struct stream *stream, const json_t *answer)
{
    struct load *load = stream->load;
    size_t i = 0;
    const json_t *item = NULL;
    json_array_foreach(json_object_get(answer, "Items"), i, item)
    {
        if (stream->last_only) {
            const char *login = ddb_item_text(item, "sk_value");
            load->last_login = load->last_login ? load->last_login : mem_strdup(login);
        } else {
            ddb_snapshot_add(&load->gather, item, stream->sk);
        }
    }
    load->pages++;
    ddb_progress(load->ddb, load->progress,
                 (struct progress_report){.phase = "reading the table",
                                          .done = load->gather.snapshot->n_slots,
                                          .pages = load->pages});
}

static void on_reply(void *context, struct response *reply, const struct err *err)
{
    struct stream *stream = context;
    struct load *load = stream->load;
    if (reply->code != ERR_OK) {
        ddb_take_err(&load->err, err);
        load->stop = true;
    } else if (!json_is_array(json_object_get(reply->json, "Items"))) {
        err_set(&load->err, ERR_SERVICE, "DynamoDB's answer to Query has no Items (request id %s)",
                reply->request_id);
        load->stop = true;
    } else {
        take_page(stream, reply->json);
    }
    if (!load->stop && progress_cancel(load->progress) != CANCEL_NO) {
        err_set(&load->err, ERR_CANCELLED, "cancelled");
        load->stop = true;
    }
    if (load->stop) {
        stream_free(stream);
    } else {
        stream->on_page(stream, json_object_get(reply->json, "LastEvaluatedKey"));
    }
}

/* The usual: the next page of the same stream. */
static void go_on(struct stream *stream, json_t *next)
{
    if (json_object_size(next) == 0) {
        stream_free(stream);
        return;
    }
    json_decref(stream->start);
    stream->start = json_incref(next);
    stream_next(stream);
}

static struct stream *stream_new(struct load *load, const char *sk, const char *low,
                                 const char *high)
{
    struct stream *stream = mem_alloc(sizeof *stream);
    *stream = (struct stream){
        .load = load,
        .sk = sk,
        .low = mem_strdup(low),
        .high = mem_strdup(high),
        .on_page = go_on,
    };
    return stream;
}

/* ---- free numbers: cut by the policy -------------------------------------------------------- */

static void start_free(struct load *load, const struct policy *policy)
{
    uint64_t first = strtoull(policy->ranges[0].first, NULL, 10);
    uint64_t last = strtoull(policy->ranges[policy->n_ranges - 1].last, NULL, 10);
    uint64_t streams = (last - first) / PAGE + 1;
    streams = streams < FREE_STREAMS_MAX ? streams : FREE_STREAMS_MAX;
    uint64_t part = (last - first + 1) / streams;
    for (uint64_t i = 0; i < streams; i++) {
        char low[24], high[24];
        snprintf(low, sizeof low, "%0*" PRIu64, policy->width, first + i * part);
        snprintf(high, sizeof high, "%0*" PRIu64, policy->width, first + (i + 1) * part - 1);
        /* The outer ones are open: numbers outside of the ranges are seen too. */
        stream_next(stream_new(load, "nu", i > 0 ? low : NULL, i + 1 < streams ? high : NULL));
    }
}

/* ---- assigned: cut by what the logins are --------------------------------------------------- */

/* The first page and the last login are there: reads what lies between. */
static void start_logins_between(struct load *load)
{
    char cuts[DDB_CUTS_MAX][DDB_CUT_ROOM];
    const char *low = ddb_item_text(load->logins_from, "sk_value");
    size_t n = 0;
    if (low && load->last_login && strcmp(low, load->last_login) < 0) {
        n = ddb_key_ranges(low, load->last_login, LOGIN_CUTS, cuts);
    }
    for (size_t i = 0; i <= n; i++) {
        const char *from = i > 0 ? cuts[i - 1] : NULL;
        struct stream *stream = stream_new(load, "agentID", from, i < n ? cuts[i] : NULL);
        if (i == 0) {
            stream->start = json_incref(load->logins_from);
        }
        stream_next(stream);
    }
}

static void on_first_logins(struct stream *stream, json_t *next)
{
    struct load *load = stream->load;
    if (!stream->last_only && json_object_size(next) > 0) {
        load->logins_from = json_incref(next);
    }
    stream_free(stream);
    if (++load->first_answers == 2 && load->logins_from) {
        start_logins_between(load);
    }
}

static void start_assigned(struct load *load)
{
    struct stream *first = stream_new(load, "agentID", NULL, NULL);
    struct stream *last = stream_new(load, "agentID", NULL, NULL);
    first->on_page = on_first_logins;
    last->on_page = on_first_logins;
    last->last_only = true;
    stream_next(first);
    stream_next(last);
}

/* ---- doubts: what the table itself says ----------------------------------------------------- */

static bool has_several(const struct slot *slot)
{
    return (slot->records & (slot->records - 1u)) != 0;
}

/* Marks the slots to look at again; returns how many. */
static size_t find_doubts(const struct snapshot *snapshot, bool *doubtful)
{
    struct strmap by_agent;
    size_t n = 0;
    strmap_init(&by_agent, snapshot->n_slots);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        doubtful[i] = has_several(slot);
        if (slot->state == SLOT_ASSIGNED) {
            size_t other = strmap_add(&by_agent, slot->agent, i);
            doubtful[i] = doubtful[i] || other != i;
            n += other != i && !doubtful[other];
            doubtful[other] = doubtful[other] || other != i;
        }
        n += doubtful[i];
    }
    strmap_release(&by_agent);
    return n;
}

static void on_looked(void *context, const struct err *err)
{
    struct err *into = context;
    if (err->code != ERR_OK) {
        ddb_take_err(into, err);
    }
}

static void take_looked(struct snapshot *snapshot, const struct ddb_get *get, const bool *doubtful)
{
    size_t kept = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        struct slot slot = snapshot->slots[i];
        if (doubtful[i]) {
            slot = slot_copy(&snapshot->arena, ddb_get_slot(get, slot.ext));
        }
        if (slot.state != SLOT_ABSENT) {
            snapshot->slots[kept++] = slot;
        }
    }
    snapshot->n_slots = kept;
}

/* Of two numbers of an agent the one that the claim names is rather kept, so it is asked for. */
static void want_doubtful(struct ddb_get *get, const struct slot *slot)
{
    ddb_get_want_slot(get, slot->ext);
    if (slot->state == SLOT_ASSIGNED) {
        ddb_get_want_claim(get, slot->agent);
    }
}

static int compare_claims(const void *a, const void *b)
{
    return strcmp(((const struct claim *)a)->agent, ((const struct claim *)b)->agent);
}

static void take_claims(struct snapshot *snapshot, const struct ddb_get *get)
{
    struct arena *arena = &snapshot->arena;
    struct strmap seen;
    strmap_init(&seen, 0);
    snapshot->claims = arena_alloc(arena, (snapshot->n_slots + 1) * sizeof *snapshot->claims);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        const char *ext = slot->state == SLOT_ASSIGNED ? ddb_get_claim(get, slot->agent) : NULL;
        if (ext && strmap_add(&seen, slot->agent, i) == i) {
            struct claim *claim = &snapshot->claims[snapshot->n_claims++];
            claim->agent = slot->agent;
            snprintf(claim->ext, sizeof claim->ext, "%s", ext);
        }
    }
    strmap_release(&seen);
    qsort(snapshot->claims, snapshot->n_claims, sizeof *snapshot->claims, compare_claims);
}

static enum err_code settle_doubts(struct ddb *ddb, int width, struct snapshot *snapshot,
                                   struct err *err)
{
    bool *doubtful = mem_array(snapshot->n_slots + 1, sizeof *doubtful);
    size_t n = find_doubts(snapshot, doubtful);
    struct err failed = ERR_INIT;
    enum err_code code = ERR_OK;
    if (n > 0 && n <= DOUBTS_MAX) {
        struct ddb_get *get = ddb_get_new(ddb, width);
        for (size_t i = 0; i < snapshot->n_slots; i++) {
            if (doubtful[i]) {
                want_doubtful(get, &snapshot->slots[i]);
            }
        }
        log_line(LOG_INFO, "dynamodb", "%zu extensions read again with strong consistency", n);
        ddb_get_start(get, on_looked, &failed);
        code = http_run(client_http(ddb->client), err);
        if (code == ERR_OK && failed.code != ERR_OK) {
            ddb_take_err(err, &failed);
            code = failed.code;
        }
        if (code == ERR_OK) {
            take_looked(snapshot, get, doubtful);
            take_claims(snapshot, get);
        }
        ddb_get_free(get);
    }
    free(doubtful);
    return code;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* Waits for the streams that were started. */
static enum err_code finish(struct load *load, struct snapshot **out)
{
    struct ddb *ddb = load->ddb;
    enum err_code code = http_run(client_http(ddb->client), &load->err);
    code = load->err.code != ERR_OK ? load->err.code : code;
    json_decref(load->logins_from);
    free(load->last_login);
    if (code != ERR_OK) {
        ddb_snapshot_drop(&load->gather);
        return code;
    }
    load->gather.snapshot->read_at_s = clock_now_s(ddb->clock);
    return ddb_snapshot_finish(&load->gather, ddb, false, out, &load->err);
}

enum err_code ddb_load_free(struct ddb *ddb, const struct policy *policy,
                            const struct progress *progress, struct snapshot **out, struct err *err)
{
    struct load load = {.ddb = ddb, .progress = progress};
    ddb_snapshot_init(&load.gather, ddb, policy->width);
    start_free(&load, policy);
    enum err_code code = finish(&load, out);
    ddb_take_err(err, &load.err);
    return code;
}

enum err_code ddb_load(struct ddb *ddb, const struct policy *policy,
                       const struct progress *progress, struct snapshot **out, struct err *err)
{
    struct load load = {.ddb = ddb, .progress = progress};
    struct http *http = client_http(ddb->client);
    ddb_snapshot_init(&load.gather, ddb, policy->width);
    http_set_progress(http, progress);
    start_assigned(&load);
    start_free(&load, policy);
    stream_next(stream_new(&load, "held", NULL, NULL));
    stream_next(stream_new(&load, DDB_EXEMPT_SK, NULL, NULL));
    enum err_code code = finish(&load, out);
    if (code == ERR_OK) {
        code = settle_doubts(ddb, policy->width, *out, &load.err);
        if (code != ERR_OK) {
            snapshot_unref(*out);
            *out = NULL;
        }
    }
    if (code == ERR_OK) {
        ddb_judge_time(ddb, *out);
    }
    http_set_progress(http, NULL);
    if (code != ERR_OK) {
        code = ddb_explain(ddb, &load.err);
        ddb_take_err(err, &load.err);
    }
    return code;
}
