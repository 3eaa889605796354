#include "aws/dynamodb/ddb.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

/*
 * What is there now: the three possible records of an extension, claims and exemptions, by BatchGetItem with
 * ConsistentRead. What the service leaves unprocessed is asked for again.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */

#define UNPROCESSED_BASE_MS 50
#define UNPROCESSED_CAP_MS 5000
#define UNPROCESSED_TRIES 30

struct looked_claim {
    const char *agent;
    const char *ext; /* NULL: none */
};

struct looked_exempt {
    const char *agent;
    const struct exempt *entry; /* NULL: none */
};

struct ddb_get {
    struct ddb *ddb;
    struct arena arena;
    struct ddb_reader reader;
    struct slot *slots;
    uint8_t *records; /* of each slot: those that are asked for */
    size_t n_slots, slots_room, slots_asked;
    struct strmap by_ext; /* places in slots; the keys live in the arena */
    struct looked_claim *claims;
    size_t n_claims, claims_room, claims_asked;
    struct strmap by_agent;
    struct looked_exempt *exempts;
    size_t n_exempts, exempts_room, exempts_asked;
    struct strmap by_exempt;
    json_t *keys; /* of the request that is being put together */
    size_t in_flight;
    struct err err;
    ddb_got_fn done;
    void *context;
};

struct ddb_get *ddb_get_new(struct ddb *ddb, int width)
{
    struct ddb_get *get = mem_alloc(sizeof *get);
    get->ddb = ddb;
    get->reader = (struct ddb_reader){.arena = &get->arena, .width = width};
    strmap_init(&get->by_ext, 64);
    strmap_init(&get->by_agent, 64);
    strmap_init(&get->by_exempt, 0);
    return get;
}

void ddb_get_free(struct ddb_get *get)
{
    if (get) {
        strmap_release(&get->by_ext);
        strmap_release(&get->by_agent);
        strmap_release(&get->by_exempt);
        free(get->exempts);
        free(get->slots);
        free(get->records);
        free(get->claims);
        arena_release(&get->arena);
        free(get);
    }
}

/* ---- wanting ------------------------------------------------------------------------------ */

void ddb_get_want_slot(struct ddb_get *get, const char *ext)
{
    ddb_get_want_records(get, ext, RECORD_FREE | RECORD_ASSIGNED | RECORD_RESERVED);
}

void ddb_get_want_records(struct ddb_get *get, const char *ext, unsigned records)
{
    if (strmap_get(&get->by_ext, ext) != STRMAP_NONE) {
        return;
    }
    if (get->n_slots == get->slots_room) {
        get->slots_room = get->slots_room ? get->slots_room * 2 : 64;
        get->slots = mem_resize(get->slots, get->slots_room, sizeof *get->slots);
        get->records = mem_resize(get->records, get->slots_room, sizeof *get->records);
    }
    get->records[get->n_slots] = (uint8_t)records;
    get->slots[get->n_slots] = (struct slot){.state = SLOT_ABSENT};
    memcpy(get->slots[get->n_slots].ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    strmap_add(&get->by_ext, arena_strdup(&get->arena, ext), get->n_slots++);
}

void ddb_get_want_claim(struct ddb_get *get, const char *agent)
{
    if (strmap_get(&get->by_agent, agent) != STRMAP_NONE) {
        return;
    }
    if (get->n_claims == get->claims_room) {
        get->claims_room = get->claims_room ? get->claims_room * 2 : 64;
        get->claims = mem_resize(get->claims, get->claims_room, sizeof *get->claims);
    }
    const char *copy = arena_strdup(&get->arena, agent);
    get->claims[get->n_claims] = (struct looked_claim){.agent = copy};
    strmap_add(&get->by_agent, copy, get->n_claims++);
}

void ddb_get_want_exempt(struct ddb_get *get, const char *agent)
{
    if (strmap_get(&get->by_exempt, agent) != STRMAP_NONE) {
        return;
    }
    if (get->n_exempts == get->exempts_room) {
        get->exempts_room = get->exempts_room ? get->exempts_room * 2 : 16;
        get->exempts = mem_resize(get->exempts, get->exempts_room, sizeof *get->exempts);
    }
    const char *copy = arena_strdup(&get->arena, agent);
    get->exempts[get->n_exempts] = (struct looked_exempt){.agent = copy};
    strmap_add(&get->by_exempt, copy, get->n_exempts++);
}

bool ddb_get_wants(const struct ddb_get *get)
{
    return get->slots_asked < get->n_slots || get->claims_asked < get->n_claims ||
           get->exempts_asked < get->n_exempts;
}

/* ---- answers ------------------------------------------------------------------------------ */

const struct slot *ddb_get_slot(const struct ddb_get *get, const char *ext)
{
    size_t index = strmap_get(&get->by_ext, ext);
    return index == STRMAP_NONE ? NULL : &get->slots[index];
}

const char *ddb_get_claim(const struct ddb_get *get, const char *agent)
{
    size_t index = strmap_get(&get->by_agent, agent);
    return index == STRMAP_NONE ? NULL : get->claims[index].ext;
}

const struct exempt *ddb_get_exempt(const struct ddb_get *get, const char *agent)
{
    size_t index = strmap_get(&get->by_exempt, agent);
    return index == STRMAP_NONE ? NULL : get->exempts[index].entry;
}

void ddb_merge_record(struct slot *into, const struct slot *record)
{
    static const int rank[] = {
        [SLOT_ABSENT] = 0, [SLOT_FREE] = 1, [SLOT_RESERVED] = 2, [SLOT_ASSIGNED] = 3};
    uint8_t records = (uint8_t)(into->records | record->records);
    if (rank[record->state] > rank[into->state]) {
        *into = *record;
    }
    into->records = records;
}

static void take_item(struct ddb_get *get, const json_t *item)
{
    struct ddb_item read;
    ddb_item_read(&get->reader, item, &read);
    if (read.kind == DDB_SLOT) {
        size_t index = strmap_get(&get->by_ext, read.slot.ext);
        if (index != STRMAP_NONE) {
            ddb_merge_record(&get->slots[index], &read.slot);
        }
    } else if (read.kind == DDB_CLAIM) {
        size_t index = strmap_get(&get->by_agent, read.claim.agent);
        if (index != STRMAP_NONE) {
            get->claims[index].ext = arena_strdup(&get->arena, read.claim.ext);
        }
    } else if (read.kind == DDB_EXEMPT) {
        size_t index = strmap_get(&get->by_exempt, read.exempt.agent);
        if (index != STRMAP_NONE) {
            struct exempt *entry = arena_alloc(&get->arena, sizeof *entry);
            *entry = read.exempt;
            get->exempts[index].entry = entry;
        }
    }
}

/* The answer names the table as it likes; there is only one. */
static void take_items(struct ddb_get *get, json_t *responses)
{
    const char *table = NULL;
    json_t *items = NULL;
    json_object_foreach(responses, table, items)
    {
        size_t i = 0;
        const json_t *item = NULL;
        json_array_foreach(items, i, item)
        {
            take_item(get, item);
        }
    }
}

/* ---- requests ----------------------------------------------------------------------------- */

/* A request, over all of its repetitions. */
struct asked {
    struct ddb_get *get;
    json_t *items; /* RequestItems */
    unsigned tries;
};

static void ask(struct asked *asked);

static void finish(struct asked *asked)
{
    struct ddb_get *get = asked->get;
    json_decref(asked->items);
    free(asked);
    if (--get->in_flight == 0) {
        get->done(get->context, &get->err);
    }
}

static void ask_again(void *context, bool cancelled)
{
    struct asked *asked = context;
    if (cancelled) {
        err_set(&asked->get->err, ERR_CANCELLED, "cancelled");
        finish(asked);
    } else {
        ask(asked);
    }
}

static void on_reply(void *context, struct response *reply, const struct err *err)
{
    struct asked *asked = context;
    struct ddb_get *get = asked->get;
    if (reply->code != ERR_OK) {
        ddb_take_err(&get->err, err);
        finish(asked);
        return;
    }
    take_items(get, json_object_get(reply->json, "Responses"));
    json_t *left = json_object_get(reply->json, "UnprocessedKeys");
    if (json_object_size(left) == 0) {
        finish(asked);
    } else if (++asked->tries > UNPROCESSED_TRIES) {
        err_set(&get->err, ERR_THROTTLED, "table %s leaves reads unprocessed again and again",
                get->ddb->name);
        finish(asked);
    } else {
        json_decref(asked->items);
        asked->items = json_incref(left);
        http_after(client_http(get->ddb->client),
                   ddb_backoff_ms(get->ddb, UNPROCESSED_BASE_MS, asked->tries, UNPROCESSED_CAP_MS),
                   ask_again, asked);
    }
}

static void ask(struct asked *asked)
{
    json_t *body = json_object();
    json_object_set(body, "RequestItems", asked->items);
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    ddb_submit(asked->get->ddb, "BatchGetItem", body, on_reply, asked);
}

/* Sends the keys that were put together so far. */
static void send_keys(struct ddb_get *get)
{
    if (!get->keys) {
        return;
    }
    json_t *table = json_object();
    json_object_set_new(table, "Keys", get->keys);
    json_object_set_new(table, "ConsistentRead", json_true());
    get->keys = NULL;
    struct asked *asked = mem_alloc(sizeof *asked);
    *asked = (struct asked){.get = get, .items = json_object()};
    json_object_set_new(asked->items, get->ddb->table, table);
    get->in_flight++;
    ask(asked);
}

static void add_key(struct ddb_get *get, json_t *key_new)
{
    get->keys = get->keys ? get->keys : json_array();
    json_array_append_new(get->keys, key_new);
    if (json_array_size(get->keys) == DDB_BATCH_GET_MAX) {
        send_keys(get);
    }
}

void ddb_get_start(struct ddb_get *get, ddb_got_fn done, void *context)
{
    get->done = done;
    get->context = context;
    while (get->slots_asked < get->n_slots) {
        const char *ext = get->slots[get->slots_asked].ext;
        unsigned records = get->records[get->slots_asked++];
        for (unsigned record = RECORD_FREE; record <= RECORD_RESERVED; record <<= 1) {
            if (records & record) {
                add_key(get, ddb_key(ext, ddb_record_sk(record)));
            }
        }
    }
    while (get->claims_asked < get->n_claims) {
        add_key(get, ddb_claim_key(get->claims[get->claims_asked++].agent));
    }
    while (get->exempts_asked < get->n_exempts) {
        add_key(get, ddb_exempt_key(get->exempts[get->exempts_asked++].agent));
    }
    send_keys(get);
}
