#include "aws/connect/summary.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/http/uri.h"
#include "core/base/buf.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* https://docs.aws.amazon.com/connect/latest/APIReference/API_ListRoutingProfiles.html */
const struct connect_summary_kind connect_routing_profiles = {
    .operation = "ListRoutingProfiles",
    .path = "/routing-profiles-summary/",
    .list = "RoutingProfileSummaryList",
    .left_out = "routing profiles are left out",
};

/* Every agent has a queue of their own; those are not asked for.
   https://docs.aws.amazon.com/connect/latest/APIReference/API_ListQueues.html */
static const struct call_parameter s_standard = {"queueTypes", "STANDARD"};

const struct connect_summary_kind connect_queues = {
    .operation = "ListQueues",
    .path = "/queues-summary/",
    .list = "QueueSummaryList",
    .left_out = "queue names are left out",
    .only = &s_standard,
};

static void ask(struct connect_summary *summary);

void connect_summary_init(struct connect_summary *summary, const struct connect_summary_kind *kind)
{
    *summary = (struct connect_summary){.kind = kind};
    strmap_init(&summary->by_id, 64);
    connect_pages_init(&summary->pages);
}

void connect_summary_release(struct connect_summary *summary)
{
    connect_pages_release(&summary->pages);
    strmap_release(&summary->by_id);
    free(summary->names);
    arena_release(&summary->arena);
}

static void take(struct connect_summary *summary, const json_t *list)
{
    size_t count = json_array_size(list);
    summary->names =
        mem_resize(summary->names, summary->n_names + count + 1, sizeof *summary->names);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(entry, "Id"));
        const char *name = json_string_value(json_object_get(entry, "Name"));
        if (id && name && summary->n_names < CONNECT_USERS_MAX) {
            summary->names[summary->n_names] = arena_strdup(&summary->arena, name);
            strmap_add(&summary->by_id, arena_strdup(&summary->arena, id), summary->n_names++);
        }
    }
}

static void note(struct connect_summary *summary, const struct response *reply,
                 const struct err *err)
{
    const struct connect_summary_kind *kind = summary->kind;
    if (reply->code == ERR_DENIED) {
        snprintf(summary->note, sizeof summary->note,
                 "%s: the permission connect:%s is missing (request id %s)", kind->left_out,
                 kind->operation, reply->request_id);
    } else if (err->code != ERR_CANCELLED) {
        snprintf(summary->note, sizeof summary->note, "%s: %.400s", kind->left_out, err->text);
    }
}

static bool goes_on(const struct connect_summary *summary)
{
    return !(summary->stop && *summary->stop) && progress_cancel(summary->progress) == CANCEL_NO;
}

static void on_page(void *context, struct response *reply, const struct err *failed)
{
    struct connect_summary *summary = context;
    summary->code = reply->code;
    if (reply->code != ERR_OK) {
        note(summary, reply, failed);
        return;
    }
    take(summary, json_object_get(reply->json, summary->kind->list));
    struct err err = ERR_INIT;
    if (connect_pages_next(&summary->pages, reply->json, &err) && goes_on(summary)) {
        ask(summary);
    } else if (err.code != ERR_OK) {
        note(summary, reply, &err);
    }
}

static void ask(struct connect_summary *summary)
{
    struct buf path;
    struct call_parameter query[3] = {{"maxResults", "1000"}};
    size_t n_query = 1;
    if (summary->kind->only) {
        query[n_query++] = *summary->kind->only;
    }
    if (summary->pages.token) {
        query[n_query++] = (struct call_parameter){"nextToken", summary->pages.token};
    }
    buf_init(&path, 1024);
    buf_puts(&path, summary->kind->path);
    uri_encode(&path, summary->instance_id);
    struct call call = {
        .operation = summary->kind->operation,
        .method = "GET",
        .path = path.data,
        .query = query,
        .query_count = n_query,
        .resource = summary->resource,
        .timeout_ms = CONNECT_NICE_MS,
    };
    client_submit(summary->client, &call, on_page, summary);
    buf_release(&path);
}

void connect_summary_start(struct connect_summary *summary)
{
    ask(summary);
}

const char *connect_summary_name(const struct connect_summary *summary, const char *id)
{
    size_t index = id ? strmap_get(&summary->by_id, id) : STRMAP_NONE;
    return index == STRMAP_NONE ? NULL : summary->names[index];
}
