#include "aws/connect/summary.h"

#include <jansson.h>
#include <stdlib.h>

#include "aws/connect/search.h"
#include "aws/http/uri.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define NAME_MAX_BUF 8192

static void ask(struct connect_summary *summary);

/* ---- kinds ----------------------------------------------------------------------------------- */

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

/* The path of a group ends with the group itself; the root has none.
   https://docs.aws.amazon.com/connect/latest/APIReference/API_HierarchyPath.html */
static void hierarchy_path(const json_t *entry, struct buf *out)
{
    static const char *const levels[] = {"LevelOne", "LevelTwo", "LevelThree", "LevelFour",
                                         "LevelFive"};
    const json_t *path = json_object_get(entry, "HierarchyPath");
    const char *own = connect_text(entry, "Name");
    const char *last = NULL;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        const json_t *level = json_object_get(path, levels[i]);
        if (!level || json_is_null(level)) {
            continue;
        }
        last = connect_text(level, "Name");
        if (!last) {
            buf_clear(out); // a part of it is not known, so none of it is
            return;
        }
        buf_printf(out, "%s%s", out->length > 0 ? "/" : "", last);
    }
    if (own && !text_same(own, last)) {
        buf_printf(out, "%s%s", out->length > 0 ? "/" : "", own);
    }
}

/* https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchUserHierarchyGroups.html */
const struct connect_summary_kind connect_hierarchy_groups = {
    .operation = "SearchUserHierarchyGroups",
    .path = "/search-user-hierarchy-groups",
    .list = "UserHierarchyGroups",
    .left_out = "hierarchy groups are left out",
    .search = true,
    .name = hierarchy_path,
};

/* ---- answers --------------------------------------------------------------------------------- */

void connect_summary_init(struct connect_summary *summary, const struct connect_summary_kind *kind)
{
    *summary = (struct connect_summary){
        .kind = kind, .left_out = kind->left_out, .timeout_ms = CONNECT_NICE_MS};
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

static void add(struct connect_summary *summary, const char *id, const char *name)
{
    if (id && name && name[0] != '\0' && summary->n_names < CONNECT_USERS_MAX) {
        summary->names[summary->n_names] = arena_strdup(&summary->arena, name);
        strmap_add(&summary->by_id, arena_strdup(&summary->arena, id), summary->n_names++);
    }
}

static void take(struct connect_summary *summary, const json_t *list)
{
    size_t count = json_array_size(list);
    struct buf name;
    buf_init(&name, NAME_MAX_BUF);
    summary->names =
        mem_resize(summary->names, summary->n_names + count + 1, sizeof *summary->names);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *id = connect_text(entry, "Id");
        if (summary->kind->name) {
            buf_clear(&name);
            summary->kind->name(entry, &name);
            add(summary, id, name.data);
        } else {
            add(summary, id, connect_text(entry, "Name"));
        }
    }
    buf_release(&name);
}

static bool goes_on(const struct connect_summary *summary)
{
    return !(summary->stop && *summary->stop) && progress_cancel(summary->progress) == CANCEL_NO;
}

static void on_page(void *context, struct response *reply, const struct err *failed)
{
    struct connect_summary *summary = context;
    const struct connect_summary_kind *kind = summary->kind;
    summary->code = reply->code;
    if (reply->code != ERR_OK) {
        connect_note(&summary->note, summary->left_out, kind->operation, reply, failed);
        return;
    }
    take(summary, json_object_get(reply->json, kind->list));
    struct err err = ERR_INIT;
    if (connect_pages_next(&summary->pages, reply->json, &err) && goes_on(summary)) {
        ask(summary);
    } else if (err.code != ERR_OK) {
        connect_note(&summary->note, summary->left_out, kind->operation, NULL, &err);
    }
}

/* ---- requests -------------------------------------------------------------------------------- */

static void ask_list(struct connect_summary *summary)
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
        .timeout_ms = summary->timeout_ms,
    };
    client_submit(summary->client, &call, on_page, summary);
    buf_release(&path);
}

static void ask_search(struct connect_summary *summary)
{
    const struct connect_search search = {
        .operation = summary->kind->operation,
        .path = summary->kind->path,
        .instance_id = summary->instance_id,
        .resource = summary->resource,
        .most = 100,
        .field = summary->only_id ? "resourceID" : NULL,
        .value = summary->only_id,
        .token = summary->pages.token,
        .timeout_ms = summary->timeout_ms,
    };
    connect_search_submit(summary->client, &search, on_page, summary);
}

static void ask(struct connect_summary *summary)
{
    if (summary->kind->search) {
        ask_search(summary);
    } else {
        ask_list(summary);
    }
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
