#include "aws/dynamodb/ddb.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

/*
 * Items. Everything that comes in was written by somebody else, perhaps by hand: an attribute of
 * another type, a number that is not valid, a key that no program of ours would write. Such an item
 * becomes an unknown_item, which is reported and never touched.
 */

#define CLAIM_PREFIX "agent#"
#define AUDIT_PREFIX "audit#"
#define SECONDS_MAX INT64_C(253402300799) /* the end of the year 9999 */

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: a partition
   key has at most 2,048 bytes, a sort key 1,024. A login is both: the sort key of the index, and
   after "agent#" the partition key of a claim. */
#define SORT_KEY_MAX 1024

#define SHOWN_MAX 200   /* of a key that is not text */
#define UNSAFE_MAX 1024 /* of the names of attributes */

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

json_t *ddb_exempt_key(const char *agent)
{
    json_t *key = ddb_claim_key(agent);
    json_object_set_new(key, "sk", ddb_text(DDB_EXEMPT_SK));
    return key;
}

unsigned ddb_state_record(enum slot_state state)
{
    static const unsigned records[] = {
        [SLOT_ABSENT] = 0,
        [SLOT_FREE] = RECORD_FREE,
        [SLOT_ASSIGNED] = RECORD_ASSIGNED,
        [SLOT_RESERVED] = RECORD_RESERVED,
    };
    return records[state];
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

/* ---- the attributes ------------------------------------------------------------------------
 * One row for each attribute of an extension's record beside its key and sk_value. Items,
 * conditions and updates are made from this table, and items are read by it. All of an assigned
 * record is text: the old reader hands the whole item to a contact flow, which takes nothing else.
 * https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html */

enum form {
    FORM_TEXT,    /* S */
    FORM_SECONDS, /* N, seconds since 1970 */
    FORM_MOMENT   /* S, RFC 3339 in whole seconds and UTC; read as N too */
};

struct ddb_attribute {
    unsigned record;
    const char *name;
    enum form form;
    size_t field;   /* where it is in struct slot, or in struct belongings */
    bool own;       /* it is one of the agent's belongings */
    bool condition; /* a change that meets the record expects it as it was read */
};

#define OF_SLOT(member) offsetof(struct slot, member), false
#define OF_AGENT(member) offsetof(struct belongings, member), true

static const struct ddb_attribute s_attributes[] = {
    {RECORD_FREE, "released_at", FORM_SECONDS, OF_SLOT(at_s), true},
    {RECORD_FREE, "last_agent", FORM_TEXT, OF_SLOT(agent), false},
    {RECORD_ASSIGNED, "since", FORM_MOMENT, OF_SLOT(at_s), true},
    {RECORD_ASSIGNED, "by", FORM_TEXT, OF_SLOT(by), false},
    {RECORD_ASSIGNED, "pinned", FORM_TEXT, OF_SLOT(note), true},
    {RECORD_ASSIGNED, "agent_arn", FORM_TEXT, OF_AGENT(arn), false},
    {RECORD_ASSIGNED, "source", FORM_TEXT, OF_AGENT(source), false},
    {RECORD_ASSIGNED, "fallback", FORM_TEXT, OF_AGENT(fallback), true},
    {RECORD_RESERVED, "since", FORM_SECONDS, OF_SLOT(at_s), true},
    {RECORD_RESERVED, "by", FORM_TEXT, OF_SLOT(by), false},
    {RECORD_RESERVED, "note", FORM_TEXT, OF_SLOT(note), true},
    {RECORD_RESERVED, "target", FORM_TEXT, OF_SLOT(target), true},
    {RECORD_RESERVED, "until", FORM_SECONDS, OF_SLOT(until_s), true},
    {RECORD_RESERVED, "released_at", FORM_SECONDS, OF_SLOT(given_back_s), false},
    {RECORD_RESERVED, "last_agent", FORM_TEXT, OF_SLOT(agent), false},
};

const struct ddb_attribute *ddb_next_attribute(unsigned record,
                                               const struct ddb_attribute *attribute)
{
    const struct ddb_attribute *next = attribute ? attribute + 1 : s_attributes;
    const struct ddb_attribute *end = s_attributes + sizeof s_attributes / sizeof *s_attributes;
    while (next < end && next->record != record) {
        next++;
    }
    return next < end ? next : NULL;
}

const char *ddb_attribute_name(const struct ddb_attribute *attribute)
{
    return attribute->name;
}

bool ddb_attribute_is_condition(const struct ddb_attribute *attribute, const struct slot *seen)
{
    /* Whether another sync adopted the extension in between makes no difference. */
    return attribute->condition && (attribute->form != FORM_MOMENT || seen->at_s > 0);
}

static const char *text_field(const struct ddb_attribute *attribute, const struct slot *slot)
{
    const char *base = attribute->own ? (const char *)slot->own : (const char *)slot;
    return base ? *(const char *const *)(const void *)(base + attribute->field) : NULL;
}

static int64_t time_field(const struct ddb_attribute *attribute, const struct slot *slot)
{
    const char *base = (const char *)slot;
    return *(const int64_t *)(const void *)(base + attribute->field);
}

static json_t *moment(int64_t at_s)
{
    char text[CLOCK_TEXT_MAX];
    clock_format_s(at_s, text);
    return ddb_text(text);
}

json_t *ddb_attribute_written(const struct ddb_attribute *attribute, const struct slot *slot)
{
    if (attribute->form == FORM_TEXT) {
        const char *text = text_field(attribute, slot);
        return text ? ddb_text(text) : NULL;
    }
    int64_t at_s = time_field(attribute, slot);
    if (at_s <= 0) {
        return NULL;
    }
    return attribute->form == FORM_MOMENT ? moment(at_s) : ddb_number(at_s);
}

json_t *ddb_attribute_seen(const struct ddb_attribute *attribute, const struct slot *slot)
{
    json_t *all = slot->as_read ? json_loads(slot->as_read->attributes, 0, NULL) : NULL;
    json_t *value = json_incref(json_object_get(all, attribute->name));
    json_decref(all);
    return value ? value : ddb_attribute_written(attribute, slot);
}

json_t *ddb_slot_item(const struct slot *slot)
{
    unsigned record = ddb_state_record(slot->state);
    json_t *item = ddb_key(slot->ext, ddb_record_sk(record));
    json_object_set_new(item, "sk_value",
                        ddb_text(record == RECORD_ASSIGNED ? slot->agent : slot->ext));
    const struct ddb_attribute *attribute = NULL;
    while ((attribute = ddb_next_attribute(record, attribute))) {
        json_t *value = ddb_attribute_written(attribute, slot);
        if (value) {
            json_object_set_new(item, attribute->name, value);
        }
    }
    return item;
}

json_t *ddb_claim_item(const char *agent, const char *ext)
{
    json_t *item = ddb_claim_key(agent);
    json_object_set_new(item, "ext", ddb_text(ext));
    return item;
}

json_t *ddb_exempt_item(const struct exempt *exempt)
{
    json_t *item = ddb_exempt_key(exempt->agent);
    json_object_set_new(item, "sk_value", ddb_text(exempt->agent));
    if (exempt->note) {
        json_object_set_new(item, "note", ddb_text(exempt->note));
    }
    if (exempt->since_s > 0) {
        json_object_set_new(item, "since", ddb_number(exempt->since_s));
    }
    if (exempt->by) {
        json_object_set_new(item, "by", ddb_text(exempt->by));
    }
    return item;
}

static bool is_utf8(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return text_utf8_check(text ? text : "", length) == length;
}

#define NOT_UTF8 "not UTF-8, which is all that DynamoDB takes"
#define LONG_LOGIN "the login is longer than the 1,024 bytes that DynamoDB takes as a key"

const char *ddb_exempt_problem(const struct exempt *exempt)
{
    if (!is_utf8(exempt->agent) || !is_utf8(exempt->note) || !is_utf8(exempt->by)) {
        return NOT_UTF8;
    }
    return strlen(exempt->agent) > SORT_KEY_MAX ? LONG_LOGIN : NULL;
}

const char *ddb_slot_problem(const struct slot *slot)
{
    bool utf8 = is_utf8(slot->agent) && is_utf8(slot->note) && is_utf8(slot->by);
    if (slot->own) {
        utf8 = utf8 && is_utf8(slot->own->arn) && is_utf8(slot->own->source) &&
               is_utf8(slot->own->fallback);
    }
    if (!utf8) {
        return NOT_UTF8;
    }
    if (slot->state == SLOT_ASSIGNED && (!slot->agent || !*slot->agent)) {
        return "no login, which DynamoDB does not take as a key";
    }
    if (slot->agent && strlen(slot->agent) > SORT_KEY_MAX) {
        return LONG_LOGIN;
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

/* Attributes that are not spelled as this program spells them, while an item is read. */
struct findings {
    json_t *odd; /* NULL: none so far */
    struct buf unsafe;
    bool mendable;
};

static bool is_text(const json_t *attribute)
{
    return json_is_string(json_object_get(attribute, "S"));
}

static void find_unsafe(struct findings *findings, const char *name)
{
    buf_printf(&findings->unsafe, "%s%s", findings->unsafe.length > 0 ? ", " : "", name);
}

static void find_odd(struct findings *findings, const struct ddb_attribute *attribute,
                     json_t *value)
{
    findings->odd = findings->odd ? findings->odd : json_object();
    json_object_set(findings->odd, attribute->name, value);
    if (attribute->record == RECORD_ASSIGNED && !is_text(value)) {
        find_unsafe(findings, attribute->name);
        findings->mendable = true;
    }
}

/* A text, or the digits of a number. Of another type only that it is there: a pin without a note
   that can be read is a pin all the same. */
static const char *read_text(struct ddb_reader *reader, const struct ddb_attribute *attribute,
                             const json_t *value)
{
    const char *text = text_of(value);
    text = text ? text : json_string_value(json_object_get(value, "N"));
    if (!text) {
        return attribute->condition && !attribute->own ? "" : NULL;
    }
    if (attribute->field != offsetof(struct slot, by) || attribute->own) {
        return arena_strdup(reader->arena, text);
    }
    if (!reader->last_by || strcmp(reader->last_by, text) != 0) {
        reader->last_by = arena_strdup(reader->arena, text);
    }
    return reader->last_by;
}

static int64_t read_time(const struct ddb_attribute *attribute, const json_t *item)
{
    const char *text = ddb_item_text(item, attribute->name);
    int64_t at_ms = 0;
    if (attribute->form != FORM_MOMENT || !text) {
        return ddb_item_seconds(item, attribute->name);
    }
    bool known = clock_parse(text, &at_ms) && at_ms >= 1000 && at_ms / 1000 <= SECONDS_MAX;
    return known ? at_ms / 1000 : 0;
}

static void set_field(struct ddb_reader *reader, const struct ddb_attribute *attribute,
                      const json_t *item, struct slot *slot)
{
    const json_t *value = json_object_get(item, attribute->name);
    if (attribute->form != FORM_TEXT) {
        *(int64_t *)(void *)((char *)slot + attribute->field) = read_time(attribute, item);
        return;
    }
    const char *text = read_text(reader, attribute, value);
    if (attribute->own && text) {
        struct belongings *own = arena_alloc(reader->arena, sizeof *own);
        *own = slot->own ? *slot->own : (struct belongings){.arn = NULL};
        *(const char **)(void *)((char *)own + attribute->field) = text;
        slot->own = own;
    } else if (!attribute->own) {
        *(const char **)(void *)((char *)slot + attribute->field) = text;
    }
}

/* What somebody else put beside ours, and the contact flow cannot take. */
static void find_foreign(struct ddb_reader *reader, const json_t *item, struct findings *findings)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)item, name, value)
    {
        bool known =
            strcmp(name, "pk") == 0 || strcmp(name, "sk") == 0 || strcmp(name, "sk_value") == 0;
        const struct ddb_attribute *attribute = NULL;
        while (!known && (attribute = ddb_next_attribute(RECORD_ASSIGNED, attribute))) {
            known = strcmp(name, attribute->name) == 0;
        }
        if (!known && !is_text(value)) {
            find_unsafe(findings, text_sanitise(reader->arena, name));
        }
    }
}

static void keep_findings(struct ddb_reader *reader, struct findings *findings, struct slot *slot)
{
    if (findings->odd || findings->unsafe.length > 0) {
        struct as_read *as_read = arena_alloc(reader->arena, sizeof *as_read);
        char *text = findings->odd ? json_dumps(findings->odd, JSON_COMPACT) : NULL;
        as_read->attributes = arena_strdup(reader->arena, text ? text : "{}");
        if (findings->unsafe.length > 0) {
            as_read->unsafe = arena_strdup(reader->arena, findings->unsafe.data);
        }
        as_read->mendable = findings->mendable;
        slot->as_read = as_read;
        free(text);
    }
    json_decref(findings->odd);
    buf_release(&findings->unsafe);
}

/* Whether the attribute is spelled as this program spells what it says. */
static bool is_as_written(const struct ddb_attribute *attribute, const json_t *value,
                          const struct slot *slot)
{
    if (attribute->form == FORM_TEXT) {
        return text_of(value) != NULL;
    }
    int64_t at_s = time_field(attribute, slot);
    if (attribute->form == FORM_SECONDS || at_s == 0) {
        return at_s != 0;
    }
    char written[CLOCK_TEXT_MAX];
    const char *text = text_of(value);
    clock_format_s(at_s, written);
    return text && strcmp(text, written) == 0;
}

static void read_attributes(struct ddb_reader *reader, const json_t *item, struct slot *slot)
{
    struct findings findings = {.odd = NULL};
    unsigned record = ddb_state_record(slot->state);
    buf_init(&findings.unsafe, UNSAFE_MAX);
    const struct ddb_attribute *attribute = NULL;
    while ((attribute = ddb_next_attribute(record, attribute))) {
        json_t *value = json_object_get(item, attribute->name);
        if (value) {
            set_field(reader, attribute, item, slot);
            if (!is_as_written(attribute, value, slot)) {
                find_odd(&findings, attribute, value);
            }
        }
    }
    if (record == RECORD_ASSIGNED) {
        find_foreign(reader, item, &findings);
    }
    keep_findings(reader, &findings, slot);
}

/* A key for people. A key that is not text is shown as JSON. */
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
        odd(reader, item, "a free extension whose released_at is not a valid time", out);
        return;
    }
    out->slot.state = SLOT_FREE;
    out->slot.records = attribute ? RECORD_FREE : RECORD_LEAKED;
    read_attributes(reader, item, &out->slot);
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
    out->slot.agent = arena_strdup(reader->arena, agent);
    read_attributes(reader, item, &out->slot);
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
    read_attributes(reader, item, &out->slot);
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

/* A reader that does not know how wide extensions are takes each width. */
static bool is_of_width(const struct ddb_reader *reader, size_t length)
{
    return reader->width > 0 ? length == (size_t)reader->width
                             : length >= EXT_WIDTH_MIN && length <= EXT_WIDTH_MAX;
}

static void read_claim(struct ddb_reader *reader, const json_t *item, const char *agent,
                       struct ddb_item *out)
{
    const char *ext = ddb_item_text(item, "ext");
    size_t length = ext ? strlen(ext) : 0;
    if (!*agent || !ext || !text_is_digits(ext) || !is_of_width(reader, length)) {
        odd(reader, item, "a claim that names no extension", out);
        return;
    }
    out->kind = DDB_CLAIM;
    out->claim.agent = arena_strdup(reader->arena, agent);
    memcpy(out->claim.ext, ext, length);
}

/* The conditions of a change speak of note and since, so both have to be what this program writes. */
static void read_exempt(struct ddb_reader *reader, const json_t *item, const char *agent,
                        struct ddb_item *out)
{
    const char *sk_value = ddb_item_text(item, "sk_value");
    const char *note = ddb_item_text(item, "note");
    int64_t since_s = ddb_item_seconds(item, "since");
    if (!*agent || !sk_value || strcmp(sk_value, agent) != 0) {
        odd(reader, item, "an exempt agent whose sk_value is not the login", out);
    } else if (!note && json_object_get(item, "note")) {
        odd(reader, item, "an exempt agent whose note is not text", out);
    } else if (since_s == 0 && json_object_get(item, "since")) {
        odd(reader, item, "an exempt agent whose since is not a valid time", out);
    } else {
        out->kind = DDB_EXEMPT;
        out->exempt = (struct exempt){.agent = arena_strdup(reader->arena, agent),
                                      .note = arena_strdup(reader->arena, note),
                                      .by = arena_strdup(reader->arena, ddb_item_text(item, "by")),
                                      .since_s = since_s};
    }
}

void ddb_item_read(struct ddb_reader *reader, const json_t *item, struct ddb_item *out)
{
    *out = (struct ddb_item){.kind = DDB_ODD};
    const char *pk = ddb_item_text(item, "pk");
    const char *sk = reader->sk ? reader->sk : ddb_item_text(item, "sk");
    if (!pk || !sk) {
        odd(reader, item, "a key that is not text", out);
        return;
    }
    if (strncmp(pk, AUDIT_PREFIX, strlen(AUDIT_PREFIX)) == 0 || strcmp(pk, DDB_EXPORT_PK) == 0) {
        out->kind = DDB_AUDIT;
        return;
    }
    if (strncmp(pk, CLAIM_PREFIX, strlen(CLAIM_PREFIX)) == 0 && strcmp(sk, "claim") == 0) {
        read_claim(reader, item, pk + strlen(CLAIM_PREFIX), out);
        return;
    }
    if (strncmp(pk, CLAIM_PREFIX, strlen(CLAIM_PREFIX)) == 0 && strcmp(sk, DDB_EXEMPT_SK) == 0) {
        read_exempt(reader, item, pk + strlen(CLAIM_PREFIX), out);
        return;
    }
    size_t length = strlen(pk);
    if (!text_is_digits(pk) || length < EXT_WIDTH_MIN || length > EXT_WIDTH_MAX) {
        odd(reader, item, "a key that is not an extension", out);
        return;
    }
    memcpy(out->slot.ext, pk, length);
    if (!is_of_width(reader, length)) {
        odd(reader, item, "an extension of another width", out);
        out->kind = DDB_OTHER_WIDTH;
        return;
    }
    read_slot(reader, item, sk, out);
}
