/*
 * The store contract on DynamoDB: EXTPOOL_TEST_DYNAMODB is the URL of a server that speaks its
 * protocol. tests/e2e/test_store_dynamodb.py sets it, with a gate in between that checks each
 * request's signature.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/client/client.h"
#include "aws/sign/crypto.h"
#include "aws/dynamodb/ddb.h"
#include "aws/dynamodb/store.h"
#include "core/base/mem.h"
#include "tests/unit/support/store_contract.h"

#define SKIPPED 77

/* One handle: a store with an engine and a client of its own. */
struct handle {
    struct http *http;
    struct credentials_provider *credentials;
    struct client *client;
    struct client_statistics statistics;
    struct handle *next;
};

static struct handle *s_handles;
static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static char s_table[64];

static const char *variable(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static struct store *open_store(void)
{
    struct handle *handle = mem_alloc(sizeof *handle);
    const struct http_curl_options http_options = {.max_in_flight = 16};
    char key[64], secret[128];
    snprintf(key, sizeof key, "%s", variable("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"));
    snprintf(secret, sizeof secret, "%s", variable("AWS_SECRET_ACCESS_KEY", "secret"));
    char *token = mem_strdup(getenv("AWS_SESSION_TOKEN"));
    const struct credentials keys = {
        .access_key_id = key, .secret_access_key = secret, .session_token = token};
    handle->http = http_curl_new(&http_options);
    handle->credentials = credentials_static_new(&keys);
    free(token);
    struct client_options options = {
        .service = SERVICE_DYNAMODB,
        .http = handle->http,
        .credentials = handle->credentials,
        .endpoint = {.region = "us-east-1",
                     .environment = &environment_system,
                     .endpoint_url = getenv("EXTPOOL_TEST_DYNAMODB")},
        .statistics = &handle->statistics,
    };
    handle->client = client_new(&options);
    pthread_mutex_lock(&s_lock);
    handle->next = s_handles;
    s_handles = handle;
    pthread_mutex_unlock(&s_lock);

    struct store *store = NULL;
    struct err err = ERR_INIT;
    struct store_dynamodb_options store_options = {
        .client = handle->client, .statistics = &handle->statistics, .clock = &clock_system};
    if (store_dynamodb_new(s_table, &store_options, &store, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    return store;
}

static struct store *fresh(void *context)
{
    (void)context;
    char uuid[CRYPTO_UUID_TEXT];
    crypto_uuid4(uuid);
    snprintf(s_table, sizeof s_table, "extpool-%s", uuid);
    return open_store();
}

static struct store *again(void *context)
{
    (void)context;
    return open_store();
}

static void remove_place(void *context)
{
    (void)context;
    while (s_handles) {
        struct handle *handle = s_handles;
        s_handles = handle->next;
        client_free(handle->client);
        credentials_provider_free(handle->credentials);
        http_free(handle->http);
        free(handle);
    }
}

/* As the old program writes: two calls, no record. */
static void meddle(void *context, const char *ext, const char *agent)
{
    (void)context;
    struct ddb ddb = {.client = s_handles->client, .table = s_table, .what = s_table};
    struct response reply;
    struct err err = ERR_INIT;
    json_t *gone = json_object();
    json_t *put = json_object();
    json_object_set_new(gone, "Key", ddb_key(ext, "nu"));
    json_object_set_new(put, "Item", ddb_key(ext, "agentID"));
    json_object_set_new(json_object_get(put, "Item"), "sk_value", ddb_text(agent));
    if (ddb_call(&ddb, "DeleteItem", gone, &reply, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    response_release(&reply);
    if (ddb_call(&ddb, "PutItem", put, &reply, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    response_release(&reply);
}

int main(void)
{
    if (!getenv("EXTPOOL_TEST_DYNAMODB")) {
        puts("no DynamoDB server: EXTPOOL_TEST_DYNAMODB is not set");
        return SKIPPED;
    }
    static const struct store_maker maker = {
        .name = "dynamodb",
        .fresh = fresh,
        .again = again,
        .remove = remove_place,
        .meddle = meddle,
        .many = 2000,
    };
    return store_contract_run(&maker);
}
