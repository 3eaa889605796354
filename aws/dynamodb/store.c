#include "aws/dynamodb/store.h"

#include <stdlib.h>
#include <string.h>

#include "aws/client/arn.h"
#include "aws/sign/crypto.h"
#include "aws/dynamodb/ddb.h"
#include "aws/identity/sts.h"
#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/mem.h"

struct dynamodb_store {
    struct store base;
    struct ddb ddb;
    struct client *sts;
    struct sts_identity identity; /* as far as it was asked */
    struct sts_asking asking;     /* who we are, while something else is read */
};

/* ---- the table's name ----------------------------------------------------------------------- */

#define TABLE_NAME_MIN 3
#define TABLE_NAME_MAX 255

static bool valid_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t length = strlen(name);
    return length >= TABLE_NAME_MIN && length <= TABLE_NAME_MAX && strspn(name, allowed) == length;
}

/* arn:aws:dynamodb:REGION:ACCOUNT:table/NAME. The region is the caller's to free. */
static const char *name_in_arn(const char *text, char **region)
{
    static const char before[] = "table/";
    struct arn arn;
    if (!arn_parse(text, &arn) || strcmp(arn.service, "dynamodb") != 0 || !arn.region[0] ||
        strncmp(arn.resource, before, strlen(before)) != 0) {
        return NULL;
    }
    const char *name = arn.resource + strlen(before);
    *region = mem_strdup(arn.region);
    return valid_name(name) ? name : NULL;
}

/* A server on this machine has one account and knows tables by their names alone. */
static bool is_local(const struct client *client)
{
    struct endpoint endpoint;
    return endpoint_resolve(SERVICE_DYNAMODB, client_endpoint_settings(client), NULL, &endpoint,
                            NULL) == ERR_OK &&
           endpoint.custom && endpoint.loopback;
}

static enum err_code set_table(struct ddb *ddb, const char *table, struct err *err)
{
    bool is_arn = strncmp(table, "arn:", 4) == 0;
    const char *name = is_arn ? name_in_arn(table, &ddb->region) : valid_name(table) ? table : NULL;
    if (!name) {
        enum err_code code = err_set(err, ERR_USAGE, "\"%s\" cannot be a table", table);
        err_hint(err, "dynamodb:NAME with 3 to 255 of A-Z a-z 0-9 _ . -, or dynamodb:ARN");
        return code;
    }
    ddb->name = mem_strdup(name);
    ddb->what = mem_printf("table %s", name);
    ddb->table = mem_strdup(is_arn && !is_local(ddb->client) ? table : name);
    return ERR_OK;
}

/* ---- the port ------------------------------------------------------------------------------- */

static struct ddb *ddb_of(struct store *store)
{
    return &((struct dynamodb_store *)store)->ddb;
}

static enum err_code store_init(struct store *store, const struct policy *policy,
                                const struct progress *progress, struct port_info *warnings,
                                struct err *err)
{
    (void)policy; /* the table does not know how wide its numbers are */
    return ddb_create(ddb_of(store), progress, warnings, err);
}

static enum err_code store_load(struct store *store, const struct policy *policy,
                                enum load_mode mode, const struct progress *progress,
                                struct snapshot **out, struct err *err)
{
    struct ddb *ddb = ddb_of(store);
    int64_t began_ms = clock_ticks_ms();
    enum err_code code = mode == LOAD_CONSISTENT ? ddb_scan(ddb, policy, progress, out, err)
                                                 : ddb_load(ddb, policy, progress, out, err);
    if (code == ERR_OK && mode == LOAD_POOL) {
        code = ddb_find_hidden(ddb, policy, progress, out, err);
    }
    if (code == ERR_OK) {
        (*out)->mark = ddb_mark(ddb, began_ms);
    }
    return code;
}

static enum err_code store_read_changes(struct store *store, const struct policy *policy,
                                        const struct store_since *since,
                                        const struct progress *progress, struct store_changes *out,
                                        struct err *err)
{
    return ddb_read_changes(ddb_of(store), policy, since, progress, out, err);
}

static enum err_code store_lookup(struct store *store, const struct policy *policy,
                                  const struct store_lookup *wanted,
                                  const struct progress *progress, struct store_found *out,
                                  struct err *err)
{
    return ddb_lookup(ddb_of(store), policy, wanted, progress, out, err);
}

static enum err_code store_read_rows(struct store *store, const struct policy *policy,
                                     const struct store_rows *wanted,
                                     const struct progress *progress, struct snapshot **out,
                                     struct err *err)
{
    struct dynamodb_store *self = (struct dynamodb_store *)store;
    /* A plan of these rows asks who acts next. */
    if (self->sts && !self->identity.arn && !self->asking.under_way) {
        sts_begin_caller_identity(self->sts, &self->asking);
    }
    return ddb_read_rows(&self->ddb, policy, wanted, progress, out, err);
}

static enum err_code store_apply(struct store *store, struct plan *plan,
                                 const struct apply_context *context,
                                 const struct progress *progress, struct err *err)
{
    return ddb_apply(ddb_of(store), plan, context, progress, err);
}

static enum err_code store_history(struct store *store, const struct history_query *query,
                                   const struct progress *progress, struct history **out,
                                   struct err *err)
{
    return ddb_history(ddb_of(store), query, progress, out, err);
}

static enum err_code store_published(struct store *store, const char *uri,
                                     const struct progress *progress, struct published *out,
                                     struct err *err)
{
    struct http *http = client_http(ddb_of(store)->client);
    http_set_progress(http, progress);
    enum err_code code = ddb_published(ddb_of(store), uri, out, err);
    http_set_progress(http, NULL);
    return code;
}

static enum err_code store_note_published(struct store *store, const char *uri,
                                          const struct published *published,
                                          const struct progress *progress, struct err *err)
{
    struct http *http = client_http(ddb_of(store)->client);
    http_set_progress(http, progress);
    enum err_code code = ddb_note_published(ddb_of(store), uri, published, err);
    http_set_progress(http, NULL);
    return code;
}

/* "assumed-role/Ops/alice" of "arn:aws:sts::111122223333:assumed-role/Ops/alice" */
static const char *role_of(const char *text)
{
    struct arn arn;
    return text && arn_parse(text, &arn) ? arn.resource : text;
}

static void store_facts(struct store *store, struct port_info *facts)
{
    const struct dynamodb_store *self = (const struct dynamodb_store *)store;
    const struct ddb *ddb = &self->ddb;
    struct endpoint endpoint;
    port_info_set(facts, "table", "%s", ddb->name);
    port_info_set(facts, "region", "%s", ddb->region ? ddb->region : client_region(ddb->client));
    if (endpoint_resolve(SERVICE_DYNAMODB, client_endpoint_settings(ddb->client),
                         self->identity.account, &endpoint, NULL) == ERR_OK) {
        port_info_set(facts, "endpoint", "%s", endpoint.url);
    }
    if (self->identity.account) {
        port_info_set(facts, "account", "%s", self->identity.account);
        port_info_set(facts, "role", "%s", role_of(self->identity.arn));
    }
    port_info_set(facts, "read_units", "%.1f", ddb->statistics->read_units - ddb->read_before);
    port_info_set(facts, "write_units", "%.1f", ddb->statistics->write_units - ddb->write_before);
}

/* Without an answer of STS (no way to it, not allowed) the caller goes by another name. */
static enum err_code store_identity(struct store *store, struct arena *arena,
                                    const struct progress *progress, const char **actor,
                                    struct err *err)
{
    struct dynamodb_store *self = (struct dynamodb_store *)store;
    struct err failed = ERR_INIT;
    enum err_code code = ERR_OK;
    *actor = NULL;
    if (self->sts && !self->identity.arn) {
        http_set_progress(client_http(self->sts), progress);
        code = self->asking.under_way
                   ? sts_end_caller_identity(self->sts, &self->asking, &self->identity, &failed)
                   : sts_get_caller_identity(self->sts, &self->identity, &failed);
        http_set_progress(client_http(self->sts), NULL);
    }
    if (code == ERR_AUTH || code == ERR_CANCELLED) {
        ddb_take_err(err, &failed);
        return code;
    }
    if (code != ERR_OK) {
        log_line(LOG_WARN, "dynamodb", "who we are is not known: %s", failed.text);
    }
    *actor = arena_strdup(arena, self->identity.arn);
    return ERR_OK;
}

static void store_end(struct store *store)
{
    struct dynamodb_store *self = (struct dynamodb_store *)store;
    if (self->asking.under_way) {
        sts_abandon_caller_identity(self->sts, &self->asking);
    }
    sts_identity_release(&self->identity);
    ddb_tail_release(&self->ddb.tail);
    free(self->ddb.table);
    free(self->ddb.name);
    free(self->ddb.what);
    free(self->ddb.region);
    free(self);
}

static const struct store_ops s_ops = {
    .init = store_init,
    .load = store_load,
    .read_changes = store_read_changes,
    .lookup = store_lookup,
    .read_rows = store_read_rows,
    .apply = store_apply,
    .history = store_history,
    .published = store_published,
    .note_published = store_note_published,
    .facts = store_facts,
    .identity = store_identity,
    .free = store_end,
};

static double system_random(void *context)
{
    (void)context;
    return crypto_random_unit();
}

enum err_code store_dynamodb_new(const char *table, const struct store_dynamodb_options *options,
                                 struct store **out, struct err *err)
{
    struct dynamodb_store *self = mem_alloc(sizeof *self);
    self->base.ops = &s_ops;
    self->base.uri = mem_printf("dynamodb:%s", table);
    self->sts = options->sts;
    self->identity = (struct sts_identity)STS_IDENTITY_INIT;
    self->ddb = (struct ddb){
        .client = options->client,
        .statistics = options->statistics,
        .read_before = options->statistics->read_units,
        .write_before = options->statistics->write_units,
        .clock = options->clock,
        .random = options->random ? options->random : system_random,
        .random_context = options->random_context,
    };
    enum err_code code = set_table(&self->ddb, table, err);
    if (code != ERR_OK) {
        store_free(&self->base);
        return code;
    }
    *out = &self->base;
    return ERR_OK;
}
