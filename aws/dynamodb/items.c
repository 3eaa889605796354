#include "aws/dynamodb/ddb.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

/*
 * Items. Everything that comes in was written by somebody else, perhaps by hand: an attribute of
 * another type, a number that is none, a key that no program of ours would write. Such an item
 * becomes an unknown_item, which is reported and never touched.
 */

#define CLAIM_PREFIX "agent#"
#define AUDIT_PREFIX "audit#"
#define SECONDS_MAX INT64_C(253402300799) /* the end of the year 9999 */

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: a partition
   key has at most 2,048 bytes, a sort key 1,024. A login is both: the sort key of the index, and
   after "agent#" the partition key of a claim. */
#define SORT_KEY_MAX 1024

#define SHOWN_MAX 200 /* of a key that is no text */

/* ---- writing ----------------------------------------------------------------------------- */

json_t *ddb_text(const char *text)
{
    json_t *value = json_object();
    json_object_set_new(value, "S", json_string(text));
    return value;
}

json_t *ddb_number(int64_t value)
{
    json_t *number = json_object();
    json_object_set_new(number, "N", json_sprintf("%lld", (long long)value));
    return number;
}

json_t *ddb_key(const char *pk, const char *sk)
{
    json_t *key = json_object();
    json_object_set_new(key, "pk", ddb_text(pk));
    json_object_set_new(key, "sk", ddb_text(sk));
    return key;
}

json_t *ddb_claim_key(const char *agent)
{
    json_t *key = json_object();
    json_t *pk = json_object();
    json_object_set_new(pk, "S", json_sprintf(CLAIM_PREFIX "%s", agent));
    json_object_set_new(key, "pk", pk);
    json_object_set_new(key, "sk", ddb_text("claim"));
    return key;
}

const char *ddb_record_sk(unsigned record)
{
    switch (record) {
    case RECORD_ASSIGNED:
        return "agentID";
    case RECORD_RESERVED:
        return "held";
    default:
        return "nu";
    }
}

static void set_text(json_t *item, const char *name, const char *text)
{
    if (text) {
        json_object_set_new(item, name, ddb_text(text));
    }
}

static void set_seconds(json_t *item, const char *name, int64_t at_s)
{
    if (at_s > 0) {
        json_object_set_new(item, name, ddb_number(at_s));
    }
}

json_t *ddb_slot_item(const struct slot *slot)
{
    bool assigned = slot->state == SLOT_ASSIGNED;
    bool held = slot->state == SLOT_RESERVED;
    json_t *item = ddb_key(slot->ext, assigned ? "agentID" : held ? "held" : "nu");
    set_text(item, "sk_value", assigned ? slot->agent : slot->ext);
    if (assigned || held) {
        set_seconds(item, "since", slot->at_s);
        set_text(item, "by", slot->by);
        set_text(item, assigned ? "pinned" : "note", slot->note);
    } else {
        set_seconds(item, "released_at", slot->at_s);
        set_text(item, "last_agent", slot->agent);
    }
    return item;
}

json_t *ddb_claim_item(const char *agent, const char *ext)
{
    json_t *item = ddb_claim_key(agent);
    set_text(item, "ext", ext);
    return item;
}

static bool is_utf8(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return text_utf8_check(text ? text : "", length) == length;
}

const char *ddb_slot_problem(const struct slot *slot)
{
    if (!is_utf8(slot->agent) || !is_utf8(slot->note) || !is_utf8(slot->by)) {
        return "not UTF-8, which is all that DynamoDB takes";
    }
    if (slot->state == SLOT_ASSIGNED && (!slot->agent || !*slot->agent)) {
        return "no login, which DynamoDB does not take as a key";
    }
    if (slot->agent && strlen(slot->agent) > SORT_KEY_MAX) {
        return "the login is longer than the 1,024 bytes that DynamoDB takes as a key";
    }
    return NULL;
}

/* ---- reading ----------------------------------------------------------------------------- */

/* The text in {"S": "..."}; NULL for anything else. */
static const char *text_of(const json_t *attribute)
{
    const json_t *value = json_object_get(attribute, "S");
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) ? text : NULL;
}

const char *ddb_item_text(const json_t *item, const char *name)
{
    return text_of(json_object_get(item, name));
}

int64_t ddb_item_seconds(const json_t *item, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(item, name), "N"));
    int64_t seconds = 0;
    return text && text_to_int64(text, 1, SECONDS_MAX, &seconds) ? seconds : 0;
}

/* A note is there, whatever type somebody gave it. */
static const char *note_of(struct ddb_reader *reader, const json_t *item, const char *name)
{
    const json_t *attribute = json_object_get(item, name);
    const char *text = text_of(attribute);
    return attribute ? arena_strdup(reader->arena, text ? text : "") : NULL;
}

static const char *by_of(struct ddb_reader *reader, const json_t *item)
{
    const char *by = ddb_item_text(item, "by");
    if (by && (!reader->last_by || strcmp(reader->last_by, by) != 0)) {
        reader->last_by = arena_strdup(reader->arena, by);
    }
    return by ? reader->last_by : NULL;
}

/* A key for people. What is no text is shown as JSON. */
static const char *show(struct arena *arena, const json_t *attribute)
{
    const char *text = text_of(attribute);
    if (text) {
        return text_sanitise(arena, text);
    }
    char *dump = attribute ? json_dumps(attribute, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *shown = dump ? arena_strndup(arena, dump, strnlen(dump, SHOWN_MAX)) : "none";
    free(dump);
    return text_sanitise(arena, shown);
}

static void odd(struct ddb_reader *reader, const json_t *item, const char *detail,
                struct ddb_item *out)
{
    const json_t *sk = json_object_get(item, "sk");
    out->kind = DDB_ODD;
    out->unknown_item.key = arena_printf(reader->arena, "pk %s, sk %s",
                                         show(reader->arena, json_object_get(item, "pk")),
                                         sk || !reader->sk ? show(reader->arena, sk) : reader->sk);
    out->unknown_item.detail = detail;
}

static void read_free(struct ddb_reader *reader, const json_t *item, struct ddb_item *out)
{
    const json_t *attribute = json_object_get(item, "sk_value");
    const char *sk_value = text_of(attribute);
    if (attribute && (!sk_value || strcmp(sk_value, out->slot.ext) != 0)) {
        odd(reader, item, "a free extension whose sk_value is not its number", out);
        return;
    }
    if (json_object_get(item, "released_at") && ddb_item_seconds(item, "released_at") == 0) {
        odd(reader, item, "a free extension whose released_at is no time", out);
        return;
    }
    out->slot.state = SLOT_FREE;
    out->slot.records = attribute ? RECORD_FREE : RECORD_LEAKED;
    out->slot.at_s = ddb_item_seconds(item, "released_at");
    out->slot.agent = arena_strdup(reader->arena, ddb_item_text(item, "last_agent"));
}

static void read_assigned(struct ddb_reader *reader, const json_t *item, struct ddb_item *out)
{
    const char *agent = ddb_item_text(item, "sk_value");
    if (!agent || !*agent) {
        odd(reader, item, "an assigned extension without a login in sk_value", out);
        return;
    }
    out->slot.state = SLOT_ASSIGNED;
    out->slot.records = RECORD_ASSIGNED;
    out->slot.at_s = ddb_item_seconds(item, "since");
    out->slot.agent = arena_strdup(reader->arena, agent);
    out->slot.note = note_of(reader, item, "pinned");
    out->slot.by = by_of(reader, item);
}

static void read_held(struct ddb_reader *reader, const json_t *item, struct ddb_item *out)
{
    const char *sk_value = ddb_item_text(item, "sk_value");
    if (!sk_value || strcmp(sk_value, out->slot.ext) != 0) {
        odd(reader, item, "a reserved extension whose sk_value is not its number", out);
        return;
    }
    out->slot.state = SLOT_RESERVED;
    out->slot.records = RECORD_RESERVED;
    out->slot.at_s = ddb_item_seconds(item, "since");
    out->slot.note = note_of(reader, item, "note");
    out->slot.by = by_of(reader, item);
}

static void read_slot(struct ddb_reader *reader, const json_t *item, const char *sk,
                      struct ddb_item *out)
{
    out->kind = DDB_SLOT;
    if (strcmp(sk, "nu") == 0) {
        read_free(reader, item, out);
    } else if (strcmp(sk, "agentID") == 0) {
        read_assigned(reader, item, out);
    } else if (strcmp(sk, "held") == 0) {
        read_held(reader, item, out);
    } else {
        odd(reader, item, "an extension with a sort key that says nothing", out);
    }
}

static void read_claim(struct ddb_reader *reader, const json_t *item, const char *agent,
                       struct ddb_item *out)
{
    const char *ext = ddb_item_text(item, "ext");
    size_t length = ext ? strlen(ext) : 0;
    if (!*agent || !ext || !text_is_digits(ext) || length != (size_t)reader->width) {
        odd(reader, item, "a claim that names no extension", out);
        return;
    }
    out->kind = DDB_CLAIM;
    out->claim.agent = arena_strdup(reader->arena, agent);
    memcpy(out->claim.ext, ext, length);
}

void ddb_item_read(struct ddb_reader *reader, const json_t *item, struct ddb_item *out)
{
    *out = (struct ddb_item){.kind = DDB_ODD};
    const char *pk = ddb_item_text(item, "pk");
    const char *sk = reader->sk ? reader->sk : ddb_item_text(item, "sk");
    if (!pk || !sk) {
        odd(reader, item, "a key that is no text", out);
        return;
    }
    if (strncmp(pk, AUDIT_PREFIX, strlen(AUDIT_PREFIX)) == 0) {
        out->kind = DDB_AUDIT;
        return;
    }
    if (strncmp(pk, CLAIM_PREFIX, strlen(CLAIM_PREFIX)) == 0 && strcmp(sk, "claim") == 0) {
        read_claim(reader, item, pk + strlen(CLAIM_PREFIX), out);
        return;
    }
    size_t length = strlen(pk);
    if (!text_is_digits(pk) || length < EXT_WIDTH_MIN || length > EXT_WIDTH_MAX) {
        odd(reader, item, "a key that is no extension", out);
        return;
    }
    memcpy(out->slot.ext, pk, length);
    if (length != (size_t)reader->width) {
        odd(reader, item, "an extension of another width", out);
        out->kind = DDB_OTHER_WIDTH;
        return;
    }
    read_slot(reader, item, sk, out);
}
