#include "aws/connect/find.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "aws/connect/pages.h"
#include "aws/connect/search_users.h"
#include "core/base/buf.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

#define MATCHES_MAX 100 /* a search that is exact gives one, or those that differ only in case */

/* https://docs.aws.amazon.com/connect/latest/APIReference/API_UserSearchCriteria.html */
static char *body_text(const struct connect_find *find, const char *login)
{
    json_t *body = json_pack("{s:s, s:i, s:{s:{s:s, s:s, s:s}}}", "InstanceId", find->instance_id,
                             "MaxResults", MATCHES_MAX, "SearchCriteria", "StringCondition",
                             "FieldName", "Username", "Value", login, "ComparisonType", "EXACT");
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

static void add_user(struct roster *roster, const json_t *user, const char *login)
{
    const char *arn = json_string_value(json_object_get(user, "Arn"));
    struct buf name;
    search_users_name(user, &name);
    const struct agent agent = {
        .login = login,
        .name = name.length > 0 ? name.data : NULL,
        .arn = arn && login_is_user_arn(arn) ? arn : NULL,
    };
    roster_add(roster, &agent);
    buf_release(&name);
}

/* Byte by byte: what Connect calls the same need not be. */
static struct roster *pick(const json_t *users, const char *login)
{
    struct roster *roster = roster_new();
    size_t i = 0;
    const json_t *user = NULL;
    json_array_foreach(users, i, user)
    {
        const json_t *name = json_object_get(user, "Username");
        const char *text = json_string_value(name);
        if (text && strlen(text) == json_string_length(name) && strcmp(text, login) == 0 &&
            roster->n_agents == 0) {
            add_user(roster, user, login);
        }
    }
    return roster;
}

enum err_code connect_find(const struct connect_find *find, const char *login, struct roster **out,
                           struct err *err)
{
    struct response reply = {.code = ERR_OK};
    char *body = body_text(find, login);
    struct call call = search_users_call(body, find->resource);
    enum err_code code = client_call(find->search, &call, &reply, err);
    if (code == ERR_OK) {
        *out = pick(json_object_get(reply.json, "Users"), login);
        (*out)->read_at_s = http_now_ms(client_http(find->search)) / 1000;
    }
    response_release(&reply);
    free(body);
    return code;
}
