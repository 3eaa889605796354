#include "aws/dynamodb/ddb.h"

#include <string.h>

#include "core/base/banned.h"

/*
 * The rows that a few requests are about, in as few requests and read units as they need. What an
 * agent holds is named by their claim and by the index, side by side. Either may be wrong: the program
 * before this one writes no claims, and the index lags. So they are hints, and what the items say
 * counts.
 *
 *     first    all that is known by name: numbers and claims in one BatchGetItem, the index for each
 *              agent. A number alone is a Query of its key: one read unit for all of its records
 *     holders  of a number that was asked for with all that its holder holds: their claim and index
 *     hinted   the numbers that claims and index name: one by a Query, several in one BatchGetItem
 *
 * All but the index is strongly consistent. A read unit is paid for each record that is asked for,
 * also if it is not there. So the one record that a write is sure to put, on the condition that it is
 * not there, is not read (ROW_GAINED). Of several hinted numbers only the assigned record is read:
 * what else they may have, which is damage, is left as it is, and a sync repairs it.
 */

#define AGENTS_MAX (2 * STORE_ROWS_MAX)
#define HOLDINGS_SHOWN 2 /* by the index: a second number of an agent is damage, and is seen */
#define HINTS_MAX (3 * AGENTS_MAX)
#define ALL_RECORDS (RECORD_FREE | RECORD_ASSIGNED | RECORD_RESERVED)

struct row_reading;

struct row_agent {
    struct row_reading *reading;
    const char *login;
    bool target;                            /* calls may go to them: the claim is hint enough */
    char indexed[HOLDINGS_SHOWN][EXT_ROOM]; /* "": none */
};

/* A number whose records are read all at once. */
struct row_query {
    struct row_reading *reading;
    struct slot slot;
};

struct row_reading {
    struct ddb *ddb;
    const struct policy *policy;
    const struct store_rows *wanted;
    struct arena arena;
    struct ddb_get *get;    /* what is known by name */
    struct ddb_get *hinted; /* what claims and index name, if it is more than one number */
    struct row_query query; /* the number alone; "": none */
    struct row_query hint;  /* the one that claims and index name; "": none */
    struct row_agent agents[AGENTS_MAX];
    size_t n_agents;
    struct snapshot *free; /* what the index shows as free; NULL: it was not asked for */
    struct err err;
};

/* ---- requests -------------------------------------------------------------------------------- */

static void on_got(void *context, const struct err *err)
{
    ddb_take_err(context, err);
}

static enum err_code run(struct row_reading *r)
{
    enum err_code code = http_run(client_http(r->ddb->client), &r->err);
    return r->err.code != ERR_OK ? r->err.code : code;
}

static void on_number(void *context, struct response *reply, const struct err *err)
{
    struct row_query *query = context;
    struct row_reading *r = query->reading;
    struct ddb_reader reader = {.arena = &r->arena, .width = r->policy->width};
    size_t i = 0;
    const json_t *item = NULL;
    if (reply->code != ERR_OK) {
        ddb_take_err(&r->err, err);
        return;
    }
    json_array_foreach(json_object_get(reply->json, "Items"), i, item)
    {
        struct ddb_item read;
        ddb_item_read(&reader, item, &read);
        if (read.kind == DDB_SLOT) {
            ddb_merge_record(&query->slot, &read.slot);
        }
    }
}

static void ask_number(struct row_reading *r, struct row_query *query, const char *ext)
{
    json_t *values = json_object();
    json_object_set_new(values, ":e", ddb_text(ext));
    *query = (struct row_query){.reading = r, .slot = {.state = SLOT_ABSENT}};
    memcpy(query->slot.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    json_t *body = ddb_query_body(NULL, "pk = :e", values);
    json_object_set_new(body, "ConsistentRead", json_true());
    ddb_submit(r->ddb, "Query", body, on_number, query);
}

static bool fits(const struct row_reading *r, const char *ext)
{
    return ext && policy_valid_ext(r->policy, ext);
}

static void on_index(void *context, struct response *reply, const struct err *err)
{
    struct row_agent *agent = context;
    struct row_reading *r = agent->reading;
    if (reply->code != ERR_OK) {
        ddb_take_err(&r->err, err);
        return;
    }
    const json_t *items = json_object_get(reply->json, "Items");
    for (size_t i = 0; i < json_array_size(items) && i < HOLDINGS_SHOWN; i++) {
        const char *ext = ddb_item_text(json_array_get(items, i), "pk");
        if (fits(r, ext)) {
            memcpy(agent->indexed[i], ext, strlen(ext) + 1);
        }
    }
}

static void ask_index(struct row_agent *agent)
{
    json_t *values = json_object();
    json_object_set_new(values, ":s", ddb_text(ddb_record_sk(RECORD_ASSIGNED)));
    json_object_set_new(values, ":a", ddb_text(agent->login));
    json_t *body = ddb_query_body(DDB_INDEX, "sk = :s AND sk_value = :a", values);
    json_object_set_new(body, "Limit", json_integer(HOLDINGS_SHOWN));
    ddb_submit(agent->reading->ddb, "Query", body, on_index, agent);
}

/* ---- the three steps ------------------------------------------------------------------------- */

static void add_agent(struct row_reading *r, const char *login, bool target)
{
    struct row_agent *agent = &r->agents[r->n_agents++];
    *agent = (struct row_agent){.reading = r, .login = login, .target = target};
    ddb_get_want_claim(r->get, login);
    if (!target) {
        ask_index(agent);
    }
}

static void want(struct row_reading *r, const struct store_row *row)
{
    switch (row->kind) {
    case ROW_HELD:
    case ROW_NUMBER:
        if (r->query.slot.ext[0] == '\0' && (row->kind == ROW_HELD || r->wanted->n == 1)) {
            ask_number(r, &r->query, row->name);
        } else {
            ddb_get_want_records(r->get, row->name, ALL_RECORDS);
        }
        break;
    case ROW_GAINED:
        ddb_get_want_records(r->get, row->name, RECORD_FREE | RECORD_RESERVED);
        break;
    case ROW_TARGET_EXT:
        ddb_get_want_records(r->get, row->name, RECORD_ASSIGNED | RECORD_RESERVED);
        break;
    case ROW_AGENT:
    case ROW_TARGET_AGENT:
        if (r->wanted->exempts && row->kind == ROW_AGENT) {
            ddb_get_want_exempt(r->get, row->name);
        }
        add_agent(r, row->name, row->kind == ROW_TARGET_AGENT);
        break;
    }
}

static enum err_code run_get(struct row_reading *r)
{
    if (ddb_get_wants(r->get)) {
        ddb_get_start(r->get, on_got, &r->err);
    }
    return run(r);
}

static enum err_code read_first(struct row_reading *r)
{
    for (size_t i = 0; i < r->wanted->n; i++) {
        want(r, &r->wanted->items[i]);
    }
    if (!r->wanted->chooses) {
        return run_get(r);
    }
    if (ddb_get_wants(r->get)) {
        ddb_get_start(r->get, on_got, &r->err);
    }
    enum err_code code =
        ddb_load_free(r->ddb, r->policy, client_http(r->ddb->client)->progress, &r->free, &r->err);
    return r->err.code != ERR_OK ? r->err.code : code;
}

/* What was read of a number by now; NULL: it was not asked for. */
static const struct slot *slot_of(const struct row_reading *r, const char *ext)
{
    return strcmp(r->query.slot.ext, ext) == 0 ? &r->query.slot : ddb_get_slot(r->get, ext);
}

static bool knows_agent(const struct row_reading *r, const char *login)
{
    bool known = false;
    for (size_t i = 0; i < r->n_agents && !known; i++) {
        known = !r->agents[i].target && strcmp(r->agents[i].login, login) == 0;
    }
    return known;
}

static enum err_code read_holders(struct row_reading *r)
{
    size_t n = r->n_agents;
    for (size_t i = 0; i < r->wanted->n; i++) {
        const struct store_row *row = &r->wanted->items[i];
        const struct slot *slot = row->kind == ROW_HELD ? slot_of(r, row->name) : NULL;
        if (slot && slot->state == SLOT_ASSIGNED && !knows_agent(r, slot->agent)) {
            add_agent(r, slot->agent, false);
        }
    }
    return r->n_agents > n ? run_get(r) : ERR_OK;
}

static void add_hint(const struct row_reading *r, const char *ext, const char *hints[], size_t *n)
{
    bool known = !fits(r, ext) || strcmp(r->query.slot.ext, ext) == 0;
    for (size_t i = 0; i < *n && !known; i++) {
        known = strcmp(hints[i], ext) == 0;
    }
    if (!known) {
        hints[(*n)++] = ext;
    }
}

static enum err_code read_hinted(struct row_reading *r)
{
    const char *hints[HINTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < r->n_agents; i++) {
        const struct row_agent *agent = &r->agents[i];
        add_hint(r, ddb_get_claim(r->get, agent->login), hints, &n);
        for (size_t k = 0; k < HOLDINGS_SHOWN; k++) {
            add_hint(r, agent->indexed[k], hints, &n);
        }
    }
    if (n == 1) {
        ask_number(r, &r->hint, hints[0]);
        return run(r);
    }
    for (size_t i = 0; i < n; i++) {
        ddb_get_want_records(r->hinted, hints[i], RECORD_ASSIGNED);
    }
    if (n > 0) {
        ddb_get_start(r->hinted, on_got, &r->err);
    }
    return n > 0 ? run(r) : ERR_OK;
}

/* ---- the snapshot ---------------------------------------------------------------------------- */

/* All that was read of the number, in the place of what the index says of it. */
static void put_number(const struct row_reading *r, struct snapshot *snapshot, const char *ext)
{
    struct slot slot = {.state = SLOT_ABSENT};
    memcpy(slot.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    const struct slot *parts[] = {slot_of(r, ext), ddb_get_slot(r->hinted, ext),
                                  strcmp(r->hint.slot.ext, ext) == 0 ? &r->hint.slot : NULL};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i]) {
            ddb_merge_record(&slot, parts[i]);
        }
    }
    struct slot *place = NULL;
    for (size_t i = 0; i < snapshot->n_slots && !place; i++) {
        place = strcmp(snapshot->slots[i].ext, ext) == 0 ? &snapshot->slots[i] : NULL;
    }
    if (!place && slot.state != SLOT_ABSENT) {
        place = snapshot_add(snapshot, ext);
    }
    if (place && slot.state != SLOT_ABSENT) {
        *place = slot_copy(&snapshot->arena, &slot);
    } else if (place) {
        *place = snapshot->slots[--snapshot->n_slots]; /* it is sealed again */
    }
}

static struct snapshot *make_snapshot(struct row_reading *r)
{
    struct snapshot *snapshot = r->free ? r->free : snapshot_new();
    r->free = NULL;
    for (size_t i = 0; i < r->wanted->n; i++) {
        const struct store_row *row = &r->wanted->items[i];
        if (row->kind != ROW_AGENT && row->kind != ROW_TARGET_AGENT) {
            put_number(r, snapshot, row->name);
        } else {
            snapshot_put_exempt(snapshot, row->name, ddb_get_exempt(r->get, row->name));
        }
    }
    for (size_t i = 0; i < r->n_agents; i++) {
        const char *claimed = ddb_get_claim(r->get, r->agents[i].login);
        const char *hints[1 + HOLDINGS_SHOWN] = {claimed, r->agents[i].indexed[0],
                                                 r->agents[i].indexed[1]};
        for (size_t k = 0; k < sizeof hints / sizeof hints[0]; k++) {
            if (fits(r, hints[k])) {
                put_number(r, snapshot, hints[k]);
            }
        }
    }
    snapshot->partial = true;
    snapshot->keeps_claims = true;
    snapshot->read_at_s = clock_now_s(r->ddb->clock);
    snapshot_seal(snapshot);
    ddb_judge_time(r->ddb, snapshot);
    return snapshot;
}

/* ---- the port -------------------------------------------------------------------------------- */

enum err_code ddb_read_rows(struct ddb *ddb, const struct policy *policy,
                            const struct store_rows *wanted, const struct progress *progress,
                            struct snapshot **out, struct err *err)
{
    struct row_reading r = {
        .ddb = ddb,
        .policy = policy,
        .wanted = wanted,
        .get = ddb_get_new(ddb, policy->width),
        .hinted = ddb_get_new(ddb, policy->width),
        .err = ERR_INIT,
    };
    *out = NULL;
    http_set_progress(client_http(ddb->client), progress);
    enum err_code code = read_first(&r);
    if (code == ERR_OK) {
        code = read_holders(&r);
    }
    if (code == ERR_OK) {
        code = read_hinted(&r);
    }
    if (code == ERR_OK) {
        *out = make_snapshot(&r);
    } else {
        code = ddb_explain(ddb, &r.err);
        ddb_take_err(err, &r.err);
    }
    http_set_progress(client_http(ddb->client), NULL);
    snapshot_unref(r.free);
    ddb_get_free(r.get);
    ddb_get_free(r.hinted);
    arena_release(&r.arena);
    return code;
}
