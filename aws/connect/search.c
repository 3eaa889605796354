#include "aws/connect/search.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"

static char *body_of(const struct connect_search *search)
{
    json_t *body =
        json_pack("{s:s, s:i}", "InstanceId", search->instance_id, "MaxResults", search->most);
    if (search->token) {
        json_object_set_new(body, "NextToken", json_string(search->token));
    }
    if (search->field) {
        json_object_set_new(body, "SearchCriteria",
                            json_pack("{s:{s:s, s:s, s:s}}", "StringCondition", "FieldName",
                                      search->field, "Value", search->value, "ComparisonType",
                                      "EXACT"));
    }
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

void connect_search_submit(struct client *client, const struct connect_search *search,
                           call_done_fn done, void *context)
{
    static const struct http_header headers[] = {{"content-type", "application/json"}};
    char *body = body_of(search);
    struct call call = {
        .operation = search->operation,
        .method = "POST",
        .path = search->path,
        .headers = headers,
        .header_count = 1,
        .body = body,
        .body_length = body ? strlen(body) : 0,
        .resource = search->resource,
        .timeout_ms = search->timeout_ms,
    };
    client_submit(client, &call, done, context);
    free(body);
}
