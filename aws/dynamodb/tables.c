#include "aws/dynamodb/tables.h"

#include <stdlib.h>
#include <string.h>

#include "aws/dynamodb/ddb.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define PAGES_MOST 10 /* of a hundred */

static void add(struct cloud_found *found, const char *name, const char *detail, bool fits)
{
    char *uri = mem_printf("dynamodb:%s", name);
    const struct cloud_item item = {.uri = uri, .detail = detail, .fits = fits};
    cloud_add(found, CLOUD_TABLES, &item);
    free(uri);
}

/* ERR_OK also if this one may not be looked at. */
static enum err_code look_at(struct ddb *ddb, const char *name, struct cloud_found *found,
                             struct err *err)
{
    char *owned = mem_strdup(name);
    ddb->table = ddb->name = owned;
    struct response reply = {.code = ERR_OK};
    struct err failed = ERR_INIT;
    enum err_code code = ddb_call(ddb, "DescribeTable", json_object(), &reply, &failed);
    if (code == ERR_OK) {
        struct err why = ERR_INIT;
        bool fits = ddb_check_table(json_object_get(reply.json, "Table"), name, &why) == ERR_OK;
        add(found, name, fits ? "" : why.text, fits);
    } else if (code == ERR_AUTH || code == ERR_OFFLINE || code == ERR_CANCELLED) {
        ddb_take_err(err, &failed);
    } else {
        add(found, name,
            code == ERR_DENIED ? "may not be looked at: dynamodb:DescribeTable" : failed.text,
            code == ERR_DENIED);
        code = ERR_OK;
    }
    response_release(&reply);
    free(owned);
    ddb->table = ddb->name = NULL;
    return code;
}

static enum err_code take_page(struct ddb *ddb, const json_t *names, struct cloud_found *found,
                               struct err *err)
{
    size_t i = 0;
    const json_t *each = NULL;
    enum err_code code = ERR_OK;
    json_array_foreach(names, i, each)
    {
        const char *name = json_string_value(each);
        if (!name || code != ERR_OK) {
            continue;
        }
        if (found->lists[CLOUD_TABLES].n_items < DDB_TABLES_LOOKED_AT) {
            code = look_at(ddb, name, found, err);
        } else {
            add(found, name, "not looked at", true);
        }
    }
    return code;
}

enum err_code ddb_list_tables(struct client *client, struct cloud_found *found, struct err *err)
{
    struct ddb ddb = {.client = client};
    char *from = NULL;
    enum err_code code = ERR_OK;
    for (size_t page = 0; page < PAGES_MOST && code == ERR_OK && (page == 0 || from); page++) {
        struct response reply = {.code = ERR_OK};
        json_t *body = json_object();
        json_object_set_new(body, "Limit", json_integer(100));
        if (from) {
            json_object_set_new(body, "ExclusiveStartTableName", json_string(from));
        }
        code = ddb_call(&ddb, "ListTables", body, &reply, err);
        free(from);
        from = NULL;
        if (code == ERR_OK) {
            from = mem_strdup(
                json_string_value(json_object_get(reply.json, "LastEvaluatedTableName")));
            code = take_page(&ddb, json_object_get(reply.json, "TableNames"), found, err);
        }
        response_release(&reply);
    }
    free(from);
    return code;
}
