/* What happens to extensions and claims, as the actions of a transaction: each on its condition. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/dynamodb/ddb.h"

/* ---- actions as text ----------------------------------------------------------------------- */

static const char *attribute(const json_t *value)
{
    const char *text = json_string_value(json_object_get(value, "S"));
    return text ? text : json_string_value(json_object_get(value, "N"));
}

/* Replaces the placeholders of names and values by what they stand for. */
static void spell(struct buf *out, const char *expression, const json_t *body)
{
    const json_t *names = json_object_get(body, "ExpressionAttributeNames");
    const json_t *values = json_object_get(body, "ExpressionAttributeValues");
    while (*expression) {
        size_t length = 1;
        if (*expression == '#' || *expression == ':') {
            length += strspn(expression + 1, "abcdefghijklmnopqrstuvwxyz0123456789");
            char name[16];
            snprintf(name, sizeof name, "%.*s", (int)length, expression);
            const char *is = name[0] == '#' ? json_string_value(json_object_get(names, name))
                                            : attribute(json_object_get(values, name));
            assert_non_null(is); /* each placeholder is defined */
            buf_printf(out, name[0] == '#' ? "%s" : "'%s'", is);
        } else {
            buf_putc(out, *expression);
        }
        expression += length;
    }
}

/* DynamoDB refuses placeholders that are defined and not used. */
static void expect_all_used(const json_t *body)
{
    static const char *const members[] = {"ExpressionAttributeNames", "ExpressionAttributeValues"};
    const char *condition = json_string_value(json_object_get(body, "ConditionExpression"));
    const char *update = json_string_value(json_object_get(body, "UpdateExpression"));
    for (size_t i = 0; i < 2; i++) {
        json_t *defined = json_object_get(body, members[i]);
        assert_true(!defined || json_object_size(defined) > 0);
        const char *name = NULL;
        json_t *value = NULL;
        json_object_foreach(defined, name, value)
        {
            assert_true(strstr(condition, name) || (update && strstr(update, name)));
        }
    }
}

static void spell_action(struct buf *out, json_t *element)
{
    void *iterator = json_object_iter(element);
    const json_t *body = json_object_iter_value(iterator);
    const json_t *key = json_object_get(body, "Key");
    key = key ? key : json_object_get(body, "Item");
    const char *update = json_string_value(json_object_get(body, "UpdateExpression"));
    assert_string_equal(json_string_value(json_object_get(body, "TableName")), "t");
    assert_string_equal(
        json_string_value(json_object_get(body, "ReturnValuesOnConditionCheckFailure")), "ALL_OLD");
    expect_all_used(body);
    buf_printf(out, "%s %s %s: ", json_object_iter_key(iterator),
               attribute(json_object_get(key, "pk")), attribute(json_object_get(key, "sk")));
    spell(out, json_string_value(json_object_get(body, "ConditionExpression")), body);
    if (update) {
        buf_puts(out, "; ");
        spell(out, update, body);
    }
    buf_putc(out, '\n');
}

static void expect_in_table(bool populated, const struct effects *effects,
                            const struct ddb_claim_fix *fixes, const char *wanted)
{
    struct ddb_actions actions;
    struct buf text;
    buf_init(&text, 1 << 16);
    ddb_actions_init(&actions);
    actions.populated = populated;
    ddb_actions_add(&actions, "t", 7, effects, fixes);
    assert_false(actions.full || actions.clashes);
    for (size_t i = 0; i < actions.n; i++) {
        assert_int_equal(actions.items[i].unit, 7);
        spell_action(&text, actions.items[i].element);
    }
    assert_string_equal(text.data, wanted);
    ddb_actions_release(&actions);
    buf_release(&text);
}

static void expect_actions(const struct effects *effects, const struct ddb_claim_fix *fixes,
                           const char *wanted)
{
    expect_in_table(false, effects, fixes, wanted);
}

/* ---- slots -------------------------------------------------------------------------------- */

static const struct slot s_free = {.ext = "0042", .state = SLOT_FREE, .records = RECORD_FREE};
static const struct slot s_used = {
    .ext = "0042", .state = SLOT_FREE, .records = RECORD_FREE, .at_s = 5, .agent = "alice"};
static const struct slot s_alice = {.ext = "0042",
                                    .state = SLOT_ASSIGNED,
                                    .records = RECORD_ASSIGNED,
                                    .at_s = 9,
                                    .agent = "alice",
                                    .by = "ops"};
static const struct slot s_bob = {.ext = "0042",
                                  .state = SLOT_ASSIGNED,
                                  .records = RECORD_ASSIGNED,
                                  .at_s = 9,
                                  .agent = "bob",
                                  .by = "ops"};
static const struct slot s_old = {
    .ext = "0042", .state = SLOT_ASSIGNED, .records = RECORD_ASSIGNED, .agent = "alice"};
static const struct slot s_pinned = {.ext = "0042",
                                     .state = SLOT_ASSIGNED,
                                     .records = RECORD_ASSIGNED,
                                     .at_s = 9,
                                     .agent = "alice",
                                     .note = "desk",
                                     .by = "ops"};
static const struct slot s_reserved = {.ext = "0042",
                                       .state = SLOT_RESERVED,
                                       .records = RECORD_RESERVED,
                                       .at_s = 9,
                                       .note = "fax",
                                       .by = "ops"};

#define SINCE "since = '1970-01-01T00:00:09Z'" /* text, as all of an assigned record */

static void one(const struct slot *before, const struct slot *after, struct claim_effect *claim,
                const char *wanted)
{
    struct effect effect = {.ext = after->ext, .before = before, .after = after};
    struct effects effects = {
        .items = &effect, .n_items = 1, .claims = claim, .n_claims = claim ? 1 : 0};
    expect_actions(&effects, NULL, wanted);
}

/* ---- the usual changes ---------------------------------------------------------------------- */

static void assign(void **state)
{
    (void)state;
    struct claim_effect claim = {.agent = "alice", .after = "0042"};
    one(&s_free, &s_alice, &claim,
        "Delete 0042 nu: attribute_exists(pk) AND attribute_not_exists(released_at)\n"
        "Put 0042 agentID: attribute_not_exists(pk)\n"
        "Put agent#alice claim: attribute_not_exists(pk)\n");
    one(&s_used, &s_alice, &claim,
        "Delete 0042 nu: attribute_exists(pk) AND released_at = '5'\n"
        "Put 0042 agentID: attribute_not_exists(pk)\n"
        "Put agent#alice claim: attribute_not_exists(pk)\n");
    /* A first sync into an empty table writes each number once. */
    one(NULL, &s_alice, &claim,
        "ConditionCheck 0042 nu: attribute_not_exists(pk)\n"
        "Put 0042 agentID: attribute_not_exists(pk)\n"
        "Put agent#alice claim: attribute_not_exists(pk)\n");
}

/* The index does not show it, but it may be leaked, which is fine, or reserved a moment ago. */
static void assign_unseen(void **state)
{
    (void)state;
    struct effect effect = {.ext = "0042", .after = &s_alice};
    struct claim_effect claim = {.agent = "alice", .after = "0042"};
    struct effects effects = {.items = &effect, .n_items = 1, .claims = &claim, .n_claims = 1};
    expect_in_table(true, &effects, NULL,
                    "Delete 0042 nu: attribute_not_exists(sk_value)\n"
                    "Put 0042 agentID: attribute_not_exists(pk)\n"
                    "ConditionCheck 0042 held: attribute_not_exists(pk)\n"
                    "Put agent#alice claim: attribute_not_exists(pk)\n");
}

static void create(void **state)
{
    (void)state;
    one(NULL, &s_free, NULL,
        "Put 0042 nu: attribute_not_exists(sk_value)\n"
        "ConditionCheck 0042 agentID: attribute_not_exists(pk)\n"
        "ConditionCheck 0042 held: attribute_not_exists(pk)\n");
}

static void release(void **state)
{
    (void)state;
    struct claim_effect claim = {.agent = "alice", .before = "0042", .tolerant = true};
    one(&s_alice, &s_used, &claim,
        "Put 0042 nu: attribute_not_exists(sk_value)\n"
        "Delete 0042 agentID: sk_value = 'alice' AND " SINCE
        " AND attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n"
        "Delete agent#alice claim: attribute_not_exists(pk) OR ext = '0042'\n");
    /* Whether another sync has adopted it in between makes no difference. */
    one(&s_old, &s_used, NULL,
        "Put 0042 nu: attribute_not_exists(sk_value)\n"
        "Delete 0042 agentID: sk_value = 'alice' AND attribute_not_exists(pinned) AND "
        "attribute_not_exists(fallback)\n");
    one(&s_pinned, &s_used, NULL,
        "Put 0042 nu: attribute_not_exists(sk_value)\n"
        "Delete 0042 agentID: sk_value = 'alice' AND " SINCE
        " AND pinned = 'desk' AND attribute_not_exists(fallback)\n");
}

static void reserve_and_back(void **state)
{
    (void)state;
    one(&s_free, &s_reserved, NULL,
        "Delete 0042 nu: attribute_exists(pk) AND attribute_not_exists(released_at)\n"
        "Put 0042 held: attribute_not_exists(pk)\n");
    one(NULL, &s_reserved, NULL,
        "ConditionCheck 0042 nu: attribute_not_exists(pk)\n"
        "ConditionCheck 0042 agentID: attribute_not_exists(pk)\n"
        "Put 0042 held: attribute_not_exists(pk)\n");
    one(&s_reserved, &s_free, NULL,
        "Put 0042 nu: attribute_not_exists(sk_value)\n"
        "Delete 0042 held: attribute_exists(pk) AND since = '9' AND note = 'fax' "
        "AND attribute_not_exists(target) AND attribute_not_exists(until)\n");
    /* What the number was before goes with the reservation and comes back after it. */
    struct slot reserved = s_reserved;
    reserved.given_back_s = s_used.at_s;
    reserved.agent = s_used.agent;
    one(&reserved, &s_used, NULL,
        "Put 0042 nu: attribute_not_exists(sk_value)\n"
        "Delete 0042 held: attribute_exists(pk) AND since = '9' AND note = 'fax' "
        "AND attribute_not_exists(target) AND attribute_not_exists(until)\n");
}

static void pin_and_back(void **state)
{
    (void)state;
    struct slot empty_note = s_pinned;
    empty_note.note = "";
    one(&s_alice, &s_pinned, NULL,
        "Update 0042 agentID: sk_value = 'alice' AND " SINCE
        " AND attribute_not_exists(pinned) AND attribute_not_exists(fallback); "
        "SET pinned = 'desk'\n");
    one(&s_pinned, &s_alice, NULL,
        "Update 0042 agentID: sk_value = 'alice' AND " SINCE
        " AND pinned = 'desk' AND attribute_not_exists(fallback); "
        "REMOVE pinned\n");
    one(&empty_note, &s_alice, NULL,
        "Update 0042 agentID: sk_value = 'alice' AND " SINCE
        " AND pinned = '' AND attribute_not_exists(fallback); "
        "REMOVE pinned\n");
}

static void adopt(void **state)
{
    (void)state;
    struct claim_effect claim = {
        .agent = "alice", .before = "0042", .after = "0042", .tolerant = true};
    one(&s_old, &s_alice, &claim,
        "Update 0042 agentID: sk_value = 'alice' AND attribute_not_exists(pinned) AND "
        "attribute_not_exists(fallback); "
        "SET " SINCE ", by = 'ops'\n"
        "Put agent#alice claim: attribute_not_exists(pk) OR ext = '0042'\n");
}

static void a_new_holder_writes_over_the_old_one(void **state)
{
    (void)state;
    struct effect effect = {.ext = "0042", .before = &s_alice, .after = &s_bob};
    struct claim_effect claims[] = {
        {.agent = "alice", .before = "0042", .after = "0043", .tolerant = true},
        {.agent = "bob", .before = "0043", .after = "0042", .tolerant = true},
    };
    struct slot other_before = s_bob;
    struct slot other_after = s_alice;
    memcpy(other_before.ext, "0043", 5);
    memcpy(other_after.ext, "0043", 5);
    struct effect items[] = {effect,
                             {.ext = "0043", .before = &other_before, .after = &other_after}};
    struct effects swap = {.items = items, .n_items = 2, .claims = claims, .n_claims = 2};
    expect_actions(
        &swap, NULL,
        "Put 0042 agentID: sk_value = 'alice' AND " SINCE
        " AND attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n"
        "Put 0043 agentID: sk_value = 'bob' AND " SINCE
        " AND attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n"
        "Put agent#alice claim: attribute_not_exists(pk) OR ext = '0042' OR ext = '0043'\n"
        "Put agent#bob claim: attribute_not_exists(pk) OR ext = '0043' OR ext = '0042'\n");
}

/* A number is what an earlier program wrote as `since`; every other attribute of it stays. */
static void what_is_not_text_is_rewritten_with_its_value(void **state)
{
    (void)state;
    struct as_read as_read = {
        .attributes = "{\"since\":{\"N\":\"9\"}}", .unsafe = "since", .mendable = true};
    struct slot number = s_alice;
    number.as_read = &as_read;
    one(&number, &s_alice, NULL,
        "Update 0042 agentID: sk_value = 'alice' AND (since = '9' OR " SINCE ") AND "
        "attribute_not_exists(pinned) AND attribute_not_exists(fallback); SET " SINCE "\n");
    one(&number, &s_used, NULL,
        "Put 0042 nu: attribute_not_exists(sk_value)\n"
        "Delete 0042 agentID: sk_value = 'alice' AND (since = '9' OR " SINCE ") AND "
        "attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n");
    struct slot pinned = number;
    pinned.note = "desk"; /* the spelling of the rest is left as it is */
    one(&number, &pinned, NULL,
        "Update 0042 agentID: sk_value = 'alice' AND (since = '9' OR " SINCE ") AND "
        "attribute_not_exists(pinned) AND attribute_not_exists(fallback); SET pinned = 'desk'\n");
}

static void what_belongs_to_the_agent_is_filled_in(void **state)
{
    (void)state;
    struct belongings old = {.arn = "arn:1", .fallback = "ext:0100"};
    struct belongings new = {.arn = "arn:2"};
    struct slot before = s_alice;
    struct slot after = s_alice;
    after.own = &new;
    one(&before, &after, NULL,
        "Update 0042 agentID: sk_value = 'alice' AND " SINCE " AND "
        "attribute_not_exists(pinned) AND attribute_not_exists(fallback); SET agent_arn = "
        "'arn:2'\n");
    before.own = &old;
    one(&before, &after, NULL,
        "Update 0042 agentID: sk_value = 'alice' AND " SINCE " AND "
        "attribute_not_exists(pinned) AND fallback = 'ext:0100'; SET agent_arn = 'arn:2' "
        "REMOVE fallback\n");
}

/* ---- repairs -------------------------------------------------------------------------------- */

static void a_leaked_number_is_shown_again(void **state)
{
    (void)state;
    struct slot leaked = s_free;
    leaked.records = RECORD_LEAKED;
    one(&leaked, &s_free, NULL,
        "Update 0042 nu: attribute_exists(pk) AND attribute_not_exists(released_at) AND "
        "attribute_not_exists(sk_value); SET sk_value = '0042'\n");
    struct slot cooling = s_used;
    one(&leaked, &cooling, NULL,
        "Update 0042 nu: attribute_exists(pk) AND attribute_not_exists(released_at) AND "
        "attribute_not_exists(sk_value); SET released_at = '5', last_agent = 'alice', "
        "sk_value = '0042'\n");
}

static void a_record_too_many_goes_while_the_other_holds(void **state)
{
    (void)state;
    struct slot both = s_alice;
    both.records = RECORD_ASSIGNED | RECORD_FREE;
    one(&both, &s_alice, NULL,
        "Delete 0042 nu: attribute_exists(pk)\n"
        "ConditionCheck 0042 agentID: sk_value = 'alice' AND " SINCE " AND "
        "attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n");
    both.records = RECORD_ASSIGNED | RECORD_LEAKED | RECORD_RESERVED;
    one(&both, &s_alice, NULL,
        "Delete 0042 nu: attribute_exists(pk)\n"
        "ConditionCheck 0042 agentID: sk_value = 'alice' AND " SINCE " AND "
        "attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n"
        "Delete 0042 held: attribute_exists(pk)\n");
    both.records = RECORD_ASSIGNED | RECORD_FREE;
    one(&both, &s_used, NULL,
        "ConditionCheck 0042 nu: attribute_exists(pk)\n"
        "Delete 0042 agentID: sk_value = 'alice' AND " SINCE " AND "
        "attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n");
}

static void a_claim_alone_is_tied_to_its_extension(void **state)
{
    (void)state;
    struct claim_effect missing = {.agent = "alice", .after = "0042"};
    struct effects effects = {.claims = &missing, .n_claims = 1};
    expect_actions(&effects, NULL,
                   "Put agent#alice claim: attribute_not_exists(pk)\n"
                   "ConditionCheck 0042 agentID: sk_value = 'alice'\n");
    missing.tolerant = true; /* another repair of the same plan may have written it */
    expect_actions(&effects, NULL,
                   "Put agent#alice claim: attribute_not_exists(pk) OR ext = '0042'\n"
                   "ConditionCheck 0042 agentID: sk_value = 'alice'\n");
    struct claim_effect stale = {.agent = "alice", .before = "0042"};
    effects.claims = &stale;
    expect_actions(
        &effects, NULL,
        "Delete agent#alice claim: ext = '0042'\n"
        "ConditionCheck 0042 agentID: attribute_not_exists(pk) OR sk_value <> 'alice'\n");
}

static void claims_that_are_not_what_was_thought(void **state)
{
    (void)state;
    struct effect effect = {.ext = "0042", .before = &s_free, .after = &s_alice};
    struct claim_effect claim = {.agent = "alice", .after = "0042"};
    struct effects effects = {.items = &effect, .n_items = 1, .claims = &claim, .n_claims = 1};
    struct ddb_claim_fix fix = {.agent = "alice", .stale = "0017"};
    expect_actions(
        &effects, &fix,
        "Delete 0042 nu: attribute_exists(pk) AND attribute_not_exists(released_at)\n"
        "Put 0042 agentID: attribute_not_exists(pk)\n"
        "Put agent#alice claim: ext = '0017'\n"
        "ConditionCheck 0017 agentID: attribute_not_exists(pk) OR sk_value <> 'alice'\n");
    /* It names the very extension: the old program took it back, and forgot the claim. */
    fix.stale = "0042";
    expect_actions(&effects, &fix,
                   "Delete 0042 nu: attribute_exists(pk) AND attribute_not_exists(released_at)\n"
                   "Put 0042 agentID: attribute_not_exists(pk)\n"
                   "Put agent#alice claim: ext = '0042'\n");
    /* A claim for another extension of the agent stays. */
    struct effect back = {.ext = "0042", .before = &s_alice, .after = &s_used};
    struct claim_effect gone = {.agent = "alice", .before = "0042", .tolerant = true};
    struct effects release_effects = {.items = &back, .n_items = 1, .claims = &gone, .n_claims = 1};
    fix.stale = NULL;
    expect_actions(&release_effects, &fix,
                   "Put 0042 nu: attribute_not_exists(sk_value)\n"
                   "Delete 0042 agentID: sk_value = 'alice' AND " SINCE " AND "
                   "attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n");
}

/* ---- exempt agents --------------------------------------------------------------------------- */

static const struct exempt s_trainer = {.agent = "kim", .note = "trainer", .since_s = 7};
static const struct exempt s_plain = {.agent = "kim"};

static void an_exemption_comes_to_one_who_holds_none(void **state)
{
    (void)state;
    struct exempt_effect exempt = {.agent = "kim", .after = &s_trainer};
    struct effects effects = {.exempts = &exempt, .n_exempts = 1};
    expect_actions(&effects, NULL,
                   "Put agent#kim exempt: attribute_not_exists(pk)\n"
                   "ConditionCheck agent#kim claim: attribute_not_exists(pk)\n");
    /* The claim names a number that is somebody else's: the old program took it back. */
    struct ddb_claim_fix fix = {.agent = "kim", .stale = "0017"};
    expect_actions(&effects, &fix,
                   "Put agent#kim exempt: attribute_not_exists(pk)\n"
                   "ConditionCheck 0017 agentID: attribute_not_exists(pk) OR sk_value <> 'kim'\n");
    /* A release of the same unit deletes the claim. */
    struct slot held = s_alice;
    struct slot left = s_used;
    held.agent = left.agent = "kim";
    struct effect effect = {.ext = "0042", .before = &held, .after = &left};
    struct claim_effect claim = {.agent = "kim", .before = "0042", .tolerant = true};
    effects = (struct effects){.items = &effect,
                               .n_items = 1,
                               .claims = &claim,
                               .n_claims = 1,
                               .exempts = &exempt,
                               .n_exempts = 1};
    expect_actions(&effects, NULL,
                   "Put 0042 nu: attribute_not_exists(sk_value)\n"
                   "Delete 0042 agentID: sk_value = 'kim' AND " SINCE " AND "
                   "attribute_not_exists(pinned) AND attribute_not_exists(fallback)\n"
                   "Delete agent#kim claim: attribute_not_exists(pk) OR ext = '0042'\n"
                   "Put agent#kim exempt: attribute_not_exists(pk)\n");
}

static void an_exemption_changes_and_goes_as_it_was_seen(void **state)
{
    (void)state;
    struct exempt_effect exempt = {.agent = "kim", .before = &s_plain, .after = &s_trainer};
    struct effects effects = {.exempts = &exempt, .n_exempts = 1};
    expect_actions(&effects, NULL,
                   "Put agent#kim exempt: attribute_not_exists(since) AND "
                   "attribute_not_exists(note) AND attribute_exists(pk)\n"
                   "ConditionCheck agent#kim claim: attribute_not_exists(pk)\n");
    exempt = (struct exempt_effect){.agent = "kim", .before = &s_trainer};
    expect_actions(&effects, NULL,
                   "Delete agent#kim exempt: since = '7' AND note = 'trainer' AND "
                   "attribute_exists(pk)\n");
    /* An assign that somebody asked for. */
    exempt = (struct exempt_effect){.agent = "kim"};
    expect_actions(&effects, NULL, "ConditionCheck agent#kim exempt: attribute_not_exists(pk)\n");
}

/* ---- packing -------------------------------------------------------------------------------- */

static void thirty_three_assignments_and_their_record_fill_a_transaction(void **state)
{
    (void)state;
    struct ddb_actions actions;
    ddb_actions_init(&actions);
    for (size_t i = 0; i < 34; i++) {
        struct slot before = s_free;
        struct slot after = s_alice;
        char agent[16];
        snprintf(before.ext, sizeof before.ext, "%04zu", i);
        snprintf(after.ext, sizeof after.ext, "%04zu", i);
        snprintf(agent, sizeof agent, "agent%zu", i);
        after.agent = agent;
        struct effect effect = {.ext = before.ext, .before = &before, .after = &after};
        struct claim_effect claim = {.agent = agent, .after = after.ext};
        struct effects effects = {.items = &effect, .n_items = 1, .claims = &claim, .n_claims = 1};
        ddb_actions_add(&actions, "t", i, &effects, NULL);
        assert_int_equal(actions.full, i == 33);
        if (i == 33) {
            ddb_actions_cut(&actions, 99);
        }
        assert_int_equal(actions.n, i < 33 ? 3 * (i + 1) : 99);
    }
    assert_false(actions.full);
    struct apply_context context = {.action_id = "20261122T203201123Z-k3f9q2",
                                    .actor = "me",
                                    .at_ms = 1795379521123,
                                    .audit_keep_s = 60};
    struct ddb_audit_part part = {.number = 7, .at_ms = 1795379522456}; /* sent later */
    ddb_actions_add_audit(&actions, "t", SIZE_MAX, ddb_audit_item(&context, "sync", &part, "[1]"));
    assert_int_equal(actions.n, 100);
    assert_false(actions.full || actions.clashes);
    json_t *body = ddb_actions_body(&actions, "token");
    assert_int_equal(json_array_size(json_object_get(body, "TransactItems")), 100);
    assert_string_equal(json_string_value(json_object_get(body, "ClientRequestToken")), "token");
    json_t *put =
        json_object_get(json_array_get(json_object_get(body, "TransactItems"), 99), "Put");
    char *item = json_dumps(json_object_get(put, "Item"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(
        item, "{\"action\":{\"S\":\"sync\"},\"actor\":{\"S\":\"me\"},\"changes\":{\"S\":\"[1]\"},"
              "\"expires_at\":{\"N\":\"1795379582\"},\"pk\":{\"S\":\"audit#2026-11\"},"
              "\"sk\":{\"S\":\"2026-11-22T20:32:02.456Z#20261122T203201123Z-k3f9q2#000007\"}}");
    assert_string_equal(json_string_value(json_object_get(put, "ConditionExpression")),
                        "attribute_not_exists(pk)");
    free(item);
    json_decref(body);
    ddb_actions_release(&actions);
}

static void no_item_stands_twice_in_a_transaction(void **state)
{
    (void)state;
    struct ddb_actions actions;
    struct effect effect = {.ext = "0042", .before = &s_free, .after = &s_alice};
    struct effects effects = {.items = &effect, .n_items = 1};
    ddb_actions_init(&actions);
    ddb_actions_add(&actions, "t", 0, &effects, NULL);
    size_t n = actions.n;
    ddb_actions_add(&actions, "t", 1, &effects, NULL);
    assert_true(actions.clashes);
    ddb_actions_cut(&actions, n);
    assert_false(actions.clashes);
    assert_int_equal(actions.n, n);
    ddb_actions_release(&actions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assign),
        cmocka_unit_test(assign_unseen),
        cmocka_unit_test(create),
        cmocka_unit_test(release),
        cmocka_unit_test(reserve_and_back),
        cmocka_unit_test(pin_and_back),
        cmocka_unit_test(adopt),
        cmocka_unit_test(a_new_holder_writes_over_the_old_one),
        cmocka_unit_test(what_is_not_text_is_rewritten_with_its_value),
        cmocka_unit_test(what_belongs_to_the_agent_is_filled_in),
        cmocka_unit_test(a_leaked_number_is_shown_again),
        cmocka_unit_test(a_record_too_many_goes_while_the_other_holds),
        cmocka_unit_test(a_claim_alone_is_tied_to_its_extension),
        cmocka_unit_test(claims_that_are_not_what_was_thought),
        cmocka_unit_test(an_exemption_comes_to_one_who_holds_none),
        cmocka_unit_test(an_exemption_changes_and_goes_as_it_was_seen),
        cmocka_unit_test(thirty_three_assignments_and_their_record_fill_a_transaction),
        cmocka_unit_test(no_item_stands_twice_in_a_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
