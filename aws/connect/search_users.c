#include "aws/connect/search_users.h"

#include <string.h>

#include "aws/connect/pages.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

#define NAME_MAX_BUF 1024

struct call search_users_call(const char *body, const char *resource)
{
    static const struct http_header headers[] = {{"content-type", "application/json"}};
    return (struct call){
        .operation = "SearchUsers",
        .method = "POST",
        .path = "/search-users",
        .headers = headers,
        .header_count = 1,
        .body = body,
        .body_length = body ? strlen(body) : 0,
        .resource = resource,
        .timeout_ms = CONNECT_NICE_MS,
    };
}

void search_users_name(const json_t *user, struct buf *name)
{
    const json_t *identity = json_object_get(user, "IdentityInfo");
    const json_t *first = json_object_get(identity, "FirstName");
    const json_t *last = json_object_get(identity, "LastName");
    buf_init(name, NAME_MAX_BUF);
    login_display_name(name, json_string_value(first), json_string_length(first),
                       json_string_value(last), json_string_length(last));
}
