#include "aws/connect/instances.h"

#include <stdlib.h>
#include <string.h>

#include "aws/connect/pages.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define PAGES_MOST 10 /* of ten: an account has a few instances */

static void take(struct cloud_found *found, const json_t *instance, const char *region)
{
    const char *arn = json_string_value(json_object_get(instance, "Arn"));
    const char *alias = json_string_value(json_object_get(instance, "InstanceAlias"));
    const char *status = json_string_value(json_object_get(instance, "InstanceStatus"));
    bool active = status && strcmp(status, "ACTIVE") == 0;
    if (!arn || !arn[0]) {
        return;
    }
    char *uri = mem_printf("connect:%s", arn);
    char *detail =
        mem_printf("%s, %s%s%s", alias ? alias : "without alias", region, active ? "" : ", ",
                   active   ? ""
                   : status ? status
                            : "no status");
    const struct cloud_item item = {.uri = uri, .detail = detail, .fits = active};
    cloud_add(found, CLOUD_INSTANCES, &item);
    free(uri);
    free(detail);
}

static enum err_code take_page(struct client *client, struct connect_pages *pages,
                               struct cloud_found *found, bool *more, struct err *err)
{
    const struct call_parameter query[] = {{"maxResults", "10"}, {"nextToken", pages->token}};
    const struct call call = {.operation = "ListInstances",
                              .method = "GET",
                              .path = "/instance",
                              .query = query,
                              .query_count = pages->token ? 2 : 1,
                              .timeout_ms = CONNECT_NICE_MS};
    struct response reply = {.code = ERR_OK};
    struct err failed = ERR_INIT;
    *more = false;
    if (client_call(client, &call, &reply, &failed) == ERR_OK) {
        size_t i = 0;
        const json_t *instance = NULL;
        json_array_foreach(json_object_get(reply.json, "InstanceSummaryList"), i, instance)
        {
            take(found, instance, client_region(client));
        }
        *more = connect_pages_next(pages, reply.json, &failed);
    }
    response_release(&reply);
    if (failed.code != ERR_OK && err) {
        *err = failed;
    }
    return failed.code;
}

enum err_code connect_list_instances(struct client *client, struct cloud_found *found,
                                     struct err *err)
{
    struct connect_pages pages;
    connect_pages_init(&pages);
    bool more = true;
    enum err_code code = ERR_OK;
    while (code == ERR_OK && more && pages.n < PAGES_MOST) {
        code = take_page(client, &pages, found, &more, err);
    }
    connect_pages_release(&pages);
    return code;
}
