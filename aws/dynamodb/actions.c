#include "aws/dynamodb/ddb.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

/*
 * What is to happen to extensions and claims, as the actions of a transaction.
 *
 * An extension can have up to three records in the table: free, assigned, reserved. Of each the
 * effect says whether it was seen and whether it is to be there afterwards:
 *
 *     seen   afterwards
 *     no     no          nothing; if nothing at all was seen: it must not be there
 *     no     yes         Put: it must not be there
 *     yes    no          Delete: it must be as it was seen
 *     yes    yes         Put or Update if it changes, else it must still be as it was seen
 *
 * A claim that comes or goes without its extension (a repair) is tied to what the extension says
 * now.
 *
 * An extension that was not seen and is assigned, in a table that was empty, is only held against
 * its free record: with the claim these are three actions, so that 33 assignments and their audit
 * record are the 100 that a transaction takes. In a table with other records it may be there and
 * the index not show it: it is held against a reservation as well, and a leaked free record, which
 * the index never shows, is in nobody's way: it is deleted.
 *
 * "A free record must not be there" is written attribute_not_exists(sk_value) where one is put:
 * over a leaked one the Put is the repair.
 */

#define PUT "Put"
#define UPDATE "Update"
#define DELETE "Delete"
#define CHECK "ConditionCheck"

static const unsigned s_records[] = {RECORD_FREE, RECORD_ASSIGNED, RECORD_RESERVED};

/* ---- the list ---------------------------------------------------------------------------- */

void ddb_actions_init(struct ddb_actions *actions)
{
    *actions = (struct ddb_actions){.n = 0};
}

void ddb_actions_cut(struct ddb_actions *actions, size_t n)
{
    while (actions->n > n) {
        json_decref(actions->items[--actions->n].element);
    }
    actions->full = false;
    actions->clashes = false;
}

void ddb_actions_clear(struct ddb_actions *actions)
{
    ddb_actions_cut(actions, 0);
    arena_release(&actions->arena);
    actions->arena = (struct arena)ARENA_INIT;
}

void ddb_actions_release(struct ddb_actions *actions)
{
    ddb_actions_clear(actions);
}

static bool has_item(const struct ddb_actions *actions, size_t first, const char *item)
{
    for (size_t i = first; i < actions->n; i++) {
        if (strcmp(actions->items[i].item, item) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- one action -------------------------------------------------------------------------- */

struct draft {
    struct ddb_actions *into;
    size_t unit;
    const char *kind;
    const char *item;
    json_t *body;
    json_t *names;
    json_t *values;
    char condition[1024];
    char sets[256]; /* the two clauses of an update */
    char removes[256];
};

/* Where the actions of one unit go. */
struct place {
    struct ddb_actions *into;
    const char *table;
    size_t unit;
    size_t first; /* the unit's first action */
};

/* `item_new`: the item that a Put writes; of all other kinds the key of theirs. */
static void draft_init(struct draft *draft, const struct place *place, const char *kind,
                       json_t *item_new)
{
    const char *pk = ddb_item_text(item_new, "pk");
    const char *sk = ddb_item_text(item_new, "sk");
    *draft = (struct draft){
        .into = place->into,
        .unit = place->unit,
        .kind = kind,
        .item = arena_printf(&place->into->arena, "%s %s", pk, sk),
        .body = json_object(),
        .names = json_object(),
        .values = json_object(),
    };
    json_object_set_new(draft->body, "TableName", json_string(place->table));
    json_object_set_new(draft->body, strcmp(kind, PUT) == 0 ? "Item" : "Key", item_new);
}

static void when(struct draft *draft, const char *clause)
{
    size_t length = strlen(draft->condition);
    snprintf(draft->condition + length, sizeof draft->condition - length, "%s%s",
             length > 0 ? " AND " : "", clause);
}

static void with_name(struct draft *draft, const char *placeholder, const char *name)
{
    json_object_set_new(draft->names, placeholder, json_string(name));
}

static void with_value(struct draft *draft, const char *placeholder, json_t *value_new)
{
    json_object_set_new(draft->values, placeholder, value_new);
}

static void set_or_drop(json_t *body, const char *name, json_t *object)
{
    if (json_object_size(object) > 0) {
        json_object_set_new(body, name, object);
    } else {
        json_decref(object);
    }
}

static void draft_finish(struct draft *draft)
{
    struct ddb_actions *into = draft->into;
    set_or_drop(draft->body, "ExpressionAttributeNames", draft->names);
    set_or_drop(draft->body, "ExpressionAttributeValues", draft->values);
    json_object_set_new(draft->body, "ConditionExpression", json_string(draft->condition));
    json_object_set_new(draft->body, "ReturnValuesOnConditionCheckFailure", json_string("ALL_OLD"));
    if (draft->sets[0] || draft->removes[0]) {
        json_object_set_new(draft->body, "UpdateExpression",
                            json_sprintf("%s%s%s", draft->sets,
                                         draft->sets[0] && draft->removes[0] ? " " : "",
                                         draft->removes));
    }
    into->clashes = into->clashes || has_item(into, 0, draft->item);
    into->full = into->full || into->n == DDB_ACTIONS_MAX;
    if (into->clashes || into->full) {
        json_decref(draft->body);
        return;
    }
    json_t *element = json_object();
    json_object_set_new(element, draft->kind, draft->body);
    into->items[into->n++] =
        (struct ddb_action){.element = element, .item = draft->item, .unit = draft->unit};
}

/* ---- records of an extension -------------------------------------------------------------- */

static unsigned records_of(const struct slot *slot)
{
    if (!slot) {
        return 0;
    }
    return slot->records ? slot->records : ddb_state_record(slot->state);
}

static void with_numbered(struct draft *draft, char kind, int index, json_t *value_new)
{
    char placeholder[16];
    snprintf(placeholder, sizeof placeholder, ":%c%d", kind, index);
    with_value(draft, placeholder, value_new);
}

/* The attribute as it was read. Another sync may have rewritten it as text in between, which
   changes nothing. */
static void when_attribute(struct draft *draft, const struct ddb_attribute *attribute, int index,
                           const struct slot *seen)
{
    json_t *value = ddb_attribute_seen(attribute, seen);
    json_t *written = ddb_attribute_written(attribute, seen);
    bool rewritten = value && written && !json_equal(value, written);
    char name[16];
    char clause[96];
    snprintf(name, sizeof name, "#a%d", index);
    with_name(draft, name, ddb_attribute_name(attribute));
    if (!value) {
        snprintf(clause, sizeof clause, "attribute_not_exists(%s)", name);
    } else if (!rewritten) {
        snprintf(clause, sizeof clause, "%s = :a%d", name, index);
    } else {
        snprintf(clause, sizeof clause, "(%s = :a%d OR %s = :w%d)", name, index, name, index);
        with_numbered(draft, 'w', index, json_incref(written));
    }
    if (value) {
        with_numbered(draft, 'a', index, json_incref(value));
    }
    when(draft, clause);
    json_decref(value);
    json_decref(written);
}

/* That the record still is as it was seen. `seen` is the slot that it was part of; where the slot
   had several, it tells about the one that counted most, and of the others nothing is known. */
static void when_as_seen(struct draft *draft, unsigned record, const struct slot *seen)
{
    bool known = record == ddb_state_record(seen->state);
    if (known && record == RECORD_ASSIGNED) {
        when(draft, "sk_value = :v");
        with_value(draft, ":v", ddb_text(seen->agent));
    } else {
        when(draft, "attribute_exists(pk)");
    }
    const struct ddb_attribute *attribute = NULL;
    for (int i = 0; known && (attribute = ddb_next_attribute(record, attribute)); i++) {
        if (ddb_attribute_is_condition(attribute, seen)) {
            when_attribute(draft, attribute, i, seen);
        }
    }
}

static void put_record(const struct place *place, unsigned record, const struct slot *seen,
                       const struct slot *after)
{
    struct draft draft;
    draft_init(&draft, place, PUT, ddb_slot_item(after));
    if (seen) {
        when_as_seen(&draft, record, seen);
    } else if (record == RECORD_FREE) {
        when(&draft, "attribute_not_exists(sk_value)");
    } else {
        when(&draft, "attribute_not_exists(pk)");
    }
    draft_finish(&draft);
}

static void delete_record(const struct place *place, unsigned record, const struct slot *seen)
{
    struct draft draft;
    draft_init(&draft, place, DELETE, ddb_key(seen->ext, ddb_record_sk(record)));
    when_as_seen(&draft, record, seen);
    draft_finish(&draft);
}

/* There is no free record but perhaps a leaked one, which goes. */
static void sweep_leaked(const struct place *place, const char *ext)
{
    struct draft draft;
    draft_init(&draft, place, DELETE, ddb_key(ext, ddb_record_sk(RECORD_FREE)));
    when(&draft, "attribute_not_exists(sk_value)");
    draft_finish(&draft);
}

static void check_record(const struct place *place, unsigned record, const struct slot *seen,
                         const char *ext)
{
    struct draft draft;
    draft_init(&draft, place, CHECK, ddb_key(ext, ddb_record_sk(record)));
    if (seen) {
        when_as_seen(&draft, record, seen);
    } else {
        when(&draft, "attribute_not_exists(pk)");
    }
    draft_finish(&draft);
}

/* Adds to the SET clause, or to the REMOVE clause if there is no value. */
static void change_attribute(struct draft *draft, const char *name, int index, json_t *value_new)
{
    char placeholder[16];
    snprintf(placeholder, sizeof placeholder, "#a%d", index);
    with_name(draft, placeholder, name);
    char *clause = value_new ? draft->sets : draft->removes;
    size_t length = strlen(clause);
    size_t room = sizeof draft->sets - length;
    const char *before = length > 0 ? ", " : value_new ? "SET " : "REMOVE ";
    if (value_new) {
        snprintf(clause + length, room, "%s%s = :b%d", before, placeholder, index);
        with_numbered(draft, 'b', index, value_new);
    } else {
        snprintf(clause + length, room, "%s%s", before, placeholder);
    }
}

/* What the attribute is to become, if that differs from what was seen. *value: a new reference. */
static bool attribute_changes(const struct ddb_attribute *attribute, const struct slot *seen,
                              const struct slot *after, json_t **value)
{
    json_t *before = ddb_attribute_seen(attribute, seen);
    *value = after->as_read ? ddb_attribute_seen(attribute, after)
                            : ddb_attribute_written(attribute, after);
    bool same = before == *value || (before && *value && json_equal(before, *value));
    json_decref(before);
    if (same) {
        json_decref(*value);
    }
    return !same;
}

static bool is_leaked(unsigned record, const struct slot *seen)
{
    return record == RECORD_FREE && (records_of(seen) & RECORD_LEAKED);
}

/* The record stays and only some of its attributes change: what else somebody wrote into the item
   stays as well. */
static void update_record(const struct place *place, unsigned record, const struct slot *seen,
                          const struct slot *after)
{
    struct draft draft;
    const struct ddb_attribute *attribute = NULL;
    int index = 0;
    draft_init(&draft, place, UPDATE, ddb_key(after->ext, ddb_record_sk(record)));
    when_as_seen(&draft, record, seen);
    while ((attribute = ddb_next_attribute(record, attribute))) {
        json_t *value = NULL;
        if (attribute_changes(attribute, seen, after, &value)) {
            change_attribute(&draft, ddb_attribute_name(attribute), index, value);
        }
        index++;
    }
    if (is_leaked(record, seen)) {
        when(&draft, "attribute_not_exists(sk_value)");
        change_attribute(&draft, "sk_value", index, ddb_text(after->ext));
    }
    draft_finish(&draft);
}

/* Whether the record's attributes change though it stays. */
static bool content_changes(unsigned record, const struct slot *seen, const struct slot *after)
{
    bool changes = is_leaked(record, seen);
    const struct ddb_attribute *attribute = NULL;
    while (!changes && (attribute = ddb_next_attribute(record, attribute))) {
        json_t *value = NULL;
        changes = attribute_changes(attribute, seen, after, &value);
        if (changes) {
            json_decref(value);
        }
    }
    return changes;
}

static void keep_record(const struct place *place, unsigned record, const struct slot *seen,
                        const struct slot *after)
{
    bool counted = record == (records_of(after) & ~RECORD_LEAKED);
    bool known = seen->state == after->state;
    bool same_agent = known && (record != RECORD_ASSIGNED || !seen->agent || !after->agent ||
                                strcmp(seen->agent, after->agent) == 0);
    if (counted && known && !same_agent) {
        put_record(place, record, seen, after);
    } else if (!counted || !known || !content_changes(record, seen, after)) {
        check_record(place, record, seen, seen->ext);
    } else {
        update_record(place, record, seen, after);
    }
}

/* Nothing was seen of the extension, and it must not have this record. */
static void add_unseen(const struct place *place, unsigned record, const struct effect *effect)
{
    bool assigned = effect->after->state == SLOT_ASSIGNED;
    if (assigned && record == RECORD_FREE && place->into->populated) {
        sweep_leaked(place, effect->ext);
    } else if (!assigned || record == RECORD_FREE || place->into->populated) {
        check_record(place, record, NULL, effect->ext);
    }
}

static void add_effect(const struct place *place, const struct effect *effect)
{
    const struct slot *seen = effect->before;
    unsigned before = records_of(seen);
    unsigned after = records_of(effect->after);
    for (size_t i = 0; i < sizeof s_records / sizeof *s_records; i++) {
        unsigned record = s_records[i];
        unsigned alias = record == RECORD_FREE ? RECORD_FREE | RECORD_LEAKED : record;
        bool was = (before & alias) != 0;
        bool will = (after & record) != 0;
        if (was && will) {
            keep_record(place, record, seen, effect->after);
        } else if (was) {
            delete_record(place, record, seen);
        } else if (will) {
            put_record(place, record, NULL, effect->after);
        } else if (before == 0) {
            add_unseen(place, record, effect);
        }
    }
}

/* ---- claims ------------------------------------------------------------------------------ */

/* The agent holds the extension, or does not, and nothing else in the transaction says so. */
static void check_holder(const struct place *place, const char *ext, const char *agent, bool holds)
{
    if (has_item(place->into, place->first, arena_printf(&place->into->arena, "%s agentID", ext))) {
        return;
    }
    struct draft draft;
    draft_init(&draft, place, CHECK, ddb_key(ext, "agentID"));
    when(&draft, holds ? "sk_value = :v" : "attribute_not_exists(pk) OR sk_value <> :v");
    with_value(&draft, ":v", ddb_text(agent));
    draft_finish(&draft);
}

static void or_ext(struct draft *draft, struct buf *clause, const char *ext)
{
    char placeholder[16];
    snprintf(placeholder, sizeof placeholder, ":e%zu", json_object_size(draft->values));
    with_value(draft, placeholder, ddb_text(ext));
    buf_printf(clause, "%s#e = %s", clause->length > 0 ? " OR " : "", placeholder);
}

/* The claim names one of the extensions that the plan knew of, or is missing if that is allowed.
 */
static void when_claim(struct draft *draft, const struct claim_effect *claim)
{
    struct buf clause;
    bool after_too = claim->tolerant && claim->after &&
                     (!claim->before || strcmp(claim->after, claim->before) != 0);
    if (!claim->before && !after_too) {
        when(draft, "attribute_not_exists(pk)");
        return;
    }
    buf_init(&clause, sizeof draft->condition);
    if (claim->tolerant || !claim->before) {
        buf_puts(&clause, "attribute_not_exists(pk)");
    }
    with_name(draft, "#e", "ext");
    if (claim->before) {
        or_ext(draft, &clause, claim->before);
    }
    for (size_t i = 0; i < claim->n_others; i++) {
        or_ext(draft, &clause, claim->others[i]);
    }
    if (after_too) {
        or_ext(draft, &clause, claim->after);
    }
    when(draft, clause.data);
    buf_release(&clause);
}

static void add_claim(const struct place *place, const struct claim_effect *claim,
                      const struct ddb_claim_fix *fix)
{
    if (fix && !fix->stale) {
        return; /* for another extension of the agent: not ours to touch */
    }
    struct claim_effect stale = {.before = fix ? fix->stale : NULL};
    const char *before = fix ? fix->stale : claim->before;
    const char *after = claim->after;
    struct draft draft;
    if (after) {
        draft_init(&draft, place, PUT, ddb_claim_item(claim->agent, after));
    } else {
        draft_init(&draft, place, DELETE, ddb_claim_key(claim->agent));
    }
    when_claim(&draft, fix ? &stale : claim);
    draft_finish(&draft);
    if (after) {
        check_holder(place, after, claim->agent, true);
    }
    if (before && (!after || (fix && strcmp(before, after) != 0))) {
        check_holder(place, before, claim->agent, false);
    }
}

static const struct ddb_claim_fix *find_fix(const struct ddb_claim_fix *fixes, const char *agent)
{
    while (fixes && strcmp(fixes->agent, agent) != 0) {
        fixes = fixes->next;
    }
    return fixes;
}

/* ---- exemptions -------------------------------------------------------------------------- */

static void when_exempt(struct draft *draft, const struct exempt *seen)
{
    if (!seen) {
        when(draft, "attribute_not_exists(pk)");
        return;
    }
    with_name(draft, "#s", "since");
    when(draft, seen->since_s > 0 ? "#s = :s" : "attribute_not_exists(#s)");
    if (seen->since_s > 0) {
        with_value(draft, ":s", ddb_number(seen->since_s));
    }
    with_name(draft, "#n", "note");
    when(draft, seen->note ? "#n = :n" : "attribute_not_exists(#n)");
    if (seen->note) {
        with_value(draft, ":n", ddb_text(seen->note));
    }
    when(draft, "attribute_exists(pk)");
}

/* The agent holds none: no claim, or one for a number that is somebody else's. */
static void check_holds_none(const struct place *place, const char *agent,
                             const struct ddb_claim_fix *fix)
{
    if (fix && fix->stale) {
        check_holder(place, fix->stale, agent, false);
        return;
    }
    struct draft draft;
    draft_init(&draft, place, CHECK, ddb_claim_key(agent));
    when(&draft, "attribute_not_exists(pk)");
    draft_finish(&draft);
}

static void add_exempt(const struct place *place, const struct exempt_effect *effect,
                       bool writes_claim, const struct ddb_claim_fix *fix)
{
    struct draft draft;
    if (effect->after) {
        draft_init(&draft, place, PUT, ddb_exempt_item(effect->after));
    } else {
        draft_init(&draft, place, effect->before ? DELETE : CHECK, ddb_exempt_key(effect->agent));
    }
    when_exempt(&draft, effect->before);
    draft_finish(&draft);
    if (effect->after && !writes_claim) {
        check_holds_none(place, effect->agent, fix);
    }
}

/* ---- together ---------------------------------------------------------------------------- */

void ddb_actions_add(struct ddb_actions *actions, const char *table, size_t unit,
                     const struct effects *effects, const struct ddb_claim_fix *fixes)
{
    struct place place = {.into = actions, .table = table, .unit = unit, .first = actions->n};
    for (size_t i = 0; i < effects->n_items; i++) {
        add_effect(&place, &effects->items[i]);
    }
    for (size_t i = 0; i < effects->n_claims; i++) {
        add_claim(&place, &effects->claims[i], find_fix(fixes, effects->claims[i].agent));
    }
    for (size_t i = 0; i < effects->n_exempts; i++) {
        const struct exempt_effect *exempt = &effects->exempts[i];
        add_exempt(&place, exempt, effects_find_claim(effects, exempt->agent) != NULL,
                   find_fix(fixes, exempt->agent));
    }
}

void ddb_actions_add_audit(struct ddb_actions *actions, const char *table, size_t unit,
                           json_t *item_new)
{
    struct place place = {.into = actions, .table = table, .unit = unit, .first = actions->n};
    struct draft draft;
    draft_init(&draft, &place, PUT, item_new);
    when(&draft, "attribute_not_exists(pk)");
    draft_finish(&draft);
}

json_t *ddb_actions_body(const struct ddb_actions *actions, const char *token)
{
    json_t *items = json_array();
    for (size_t i = 0; i < actions->n; i++) {
        json_array_append(items, actions->items[i].element);
    }
    json_t *body = json_object();
    json_object_set_new(body, "TransactItems", items);
    json_object_set_new(body, "ClientRequestToken", json_string(token));
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    return body;
}
