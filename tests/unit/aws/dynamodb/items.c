/* Items of the table: what is written, what is read, and that nothing odd is taken for a slot. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/dynamodb/ddb.h"

/* ---- writing ----------------------------------------------------------------------------- */

static void expect_item(const struct slot *slot, const char *wanted)
{
    json_t *item = ddb_slot_item(slot);
    char *text = json_dumps(item, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, wanted);
    free(text);
    json_decref(item);
}

static void items_are_the_old_programs_with_more(void **state)
{
    (void)state;
    struct slot fresh = {.ext = "0042", .state = SLOT_FREE};
    expect_item(&fresh,
                "{\"pk\":{\"S\":\"0042\"},\"sk\":{\"S\":\"nu\"},\"sk_value\":{\"S\":\"0042\"}}");
    struct slot used = {.ext = "0042", .state = SLOT_FREE, .at_s = 12, .agent = "bob"};
    expect_item(
        &used,
        "{\"last_agent\":{\"S\":\"bob\"},\"pk\":{\"S\":\"0042\"},\"released_at\":{\"N\":\"12\"},"
        "\"sk\":{\"S\":\"nu\"},\"sk_value\":{\"S\":\"0042\"}}");
    struct slot old = {.ext = "0042", .state = SLOT_ASSIGNED, .agent = "alice"};
    expect_item(
        &old,
        "{\"pk\":{\"S\":\"0042\"},\"sk\":{\"S\":\"agentID\"},\"sk_value\":{\"S\":\"alice\"}}");
    struct slot pinned = {.ext = "0042",
                          .state = SLOT_ASSIGNED,
                          .agent = "alice",
                          .at_s = 7,
                          .by = "ops",
                          .note = "desk"};
    expect_item(&pinned,
                "{\"by\":{\"S\":\"ops\"},\"pinned\":{\"S\":\"desk\"},\"pk\":{\"S\":\"0042\"},"
                "\"since\":{\"S\":\"1970-01-01T00:00:07Z\"},\"sk\":{\"S\":\"agentID\"},\"sk_"
                "value\":{\"S\":\"alice\"}}");
    struct slot reserved = {
        .ext = "0042", .state = SLOT_RESERVED, .at_s = 7, .by = "ops", .note = "fax"};
    expect_item(&reserved,
                "{\"by\":{\"S\":\"ops\"},\"note\":{\"S\":\"fax\"},\"pk\":{\"S\":\"0042\"},"
                "\"since\":{\"N\":\"7\"},\"sk\":{\"S\":\"held\"},\"sk_value\":{\"S\":\"0042\"}}");
    reserved.given_back_s = 5;
    reserved.agent = "bob";
    expect_item(&reserved,
                "{\"by\":{\"S\":\"ops\"},\"last_agent\":{\"S\":\"bob\"},\"note\":{\"S\":\"fax\"},"
                "\"pk\":{\"S\":\"0042\"},\"released_at\":{\"N\":\"5\"},\"since\":{\"N\":\"7\"},"
                "\"sk\":{\"S\":\"held\"},\"sk_value\":{\"S\":\"0042\"}}");
    json_t *claim = ddb_claim_item("alice", "0042");
    char *text = json_dumps(claim, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(
        text, "{\"ext\":{\"S\":\"0042\"},\"pk\":{\"S\":\"agent#alice\"},\"sk\":{\"S\":\"claim\"}}");
    free(text);
    json_decref(claim);
    json_t *exempt = ddb_exempt_item(
        &(struct exempt){.agent = "kim", .note = "trainer", .by = "ops", .since_s = 7});
    text = json_dumps(exempt, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, "{\"by\":{\"S\":\"ops\"},\"note\":{\"S\":\"trainer\"},"
                              "\"pk\":{\"S\":\"agent#kim\"},\"since\":{\"N\":\"7\"},"
                              "\"sk\":{\"S\":\"exempt\"},\"sk_value\":{\"S\":\"kim\"}}");
    free(text);
    json_decref(exempt);
}

/* The old reader hands the whole item to a contact flow, which takes a flat map of text only. */
static void an_assigned_item_is_all_text(void **state)
{
    (void)state;
    struct belongings own = {.arn = "arn:1", .source = "york", .fallback = "ext:0100"};
    struct slot slot = {.ext = "0042",
                        .state = SLOT_ASSIGNED,
                        .agent = "alice",
                        .at_s = 7,
                        .by = "ops",
                        .note = "desk",
                        .own = &own};
    json_t *item = ddb_slot_item(&slot);
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(item, name, value)
    {
        assert_int_equal(json_object_size(value), 1);
        assert_true(json_is_string(json_object_get(value, "S")));
    }
    assert_int_equal(json_object_size(item), 9);
    json_decref(item);
}

static void what_no_item_can_hold_is_told(void **state)
{
    (void)state;
    char long_login[1100];
    memset(long_login, 'a', sizeof long_login - 1);
    long_login[sizeof long_login - 1] = '\0';
    struct slot slot = {.ext = "0042", .state = SLOT_ASSIGNED, .agent = "zo\xC3\xAB"};
    assert_null(ddb_slot_problem(&slot));
    slot.agent = "zo\xEB";
    assert_non_null(strstr(ddb_slot_problem(&slot), "UTF-8"));
    slot.agent = "";
    assert_non_null(strstr(ddb_slot_problem(&slot), "no login"));
    slot.agent = long_login;
    assert_non_null(strstr(ddb_slot_problem(&slot), "longer"));
    struct slot free = {.ext = "0042", .state = SLOT_FREE};
    assert_null(ddb_slot_problem(&free));
    assert_null(ddb_exempt_problem(&(struct exempt){.agent = "kim", .note = "trainer"}));
    assert_non_null(
        strstr(ddb_exempt_problem(&(struct exempt){.agent = "kim", .note = "zo\xEB"}), "UTF-8"));
    assert_non_null(strstr(ddb_exempt_problem(&(struct exempt){.agent = long_login}), "longer"));
}

/* ---- reading ----------------------------------------------------------------------------- */

static const char *describe(struct arena *arena, const struct ddb_item *item)
{
    static const char *const states[] = {"absent", "free", "assigned", "held"};
    switch (item->kind) {
    case DDB_SLOT:
        return arena_printf(arena, "%s %s records=%u at=%lld agent=%s note=%s by=%s",
                            item->slot.ext, states[item->slot.state], item->slot.records,
                            (long long)item->slot.at_s, item->slot.agent ? item->slot.agent : "-",
                            item->slot.note ? item->slot.note : "-",
                            item->slot.by ? item->slot.by : "-");
    case DDB_CLAIM:
        return arena_printf(arena, "claim %s %s", item->claim.agent, item->claim.ext);
    case DDB_EXEMPT:
        return arena_printf(arena, "exempt %s since=%lld note=%s by=%s", item->exempt.agent,
                            (long long)item->exempt.since_s,
                            item->exempt.note ? item->exempt.note : "-",
                            item->exempt.by ? item->exempt.by : "-");
    case DDB_AUDIT:
        return "audit";
    case DDB_OTHER_WIDTH:
        return arena_printf(arena, "width: %s", item->unknown_item.key);
    case DDB_ODD:
        return arena_printf(arena, "odd: %s: %s", item->unknown_item.key,
                            item->unknown_item.detail);
    }
    return "?";
}

/* Single quotes stand for double ones. */
static json_t *parse(const char *text)
{
    char *json = strdup(text);
    for (char *c = json; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    json_t *value = json_loads(json, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    free(json);
    assert_non_null(value);
    return value;
}

static const struct {
    const char *item;
    const char *is;
} s_cases[] = {
    /* what the old program wrote */
    {"{'pk':{'S':'0042'},'sk':{'S':'nu'},'sk_value':{'S':'0042'}}",
     "0042 free records=1 at=0 agent=- note=- by=-"},
    {"{'pk':{'S':'0042'},'sk':{'S':'nu'}}", "0042 free records=2 at=0 agent=- note=- by=-"},
    {"{'pk':{'S':'0042'},'sk':{'S':'agentID'},'sk_value':{'S':'alice'}}",
     "0042 assigned records=4 at=0 agent=alice note=- by=-"},
    /* what we write */
    {"{'pk':{'S':'0042'},'sk':{'S':'nu'},'sk_value':{'S':'0042'},'released_at':{'N':'7'},"
     "'last_agent':{'S':'bob'}}",
     "0042 free records=1 at=7 agent=bob note=- by=-"},
    {"{'pk':{'S':'0042'},'sk':{'S':'agentID'},'sk_value':{'S':'alice'},'since':{'N':'7'},"
     "'by':{'S':'ops'},'pinned':{'S':'desk'}}",
     "0042 assigned records=4 at=7 agent=alice note=desk by=ops"},
    {"{'pk':{'S':'0042'},'sk':{'S':'held'},'sk_value':{'S':'0042'},'note':{'S':'fax'},"
     "'since':{'N':'7'},'by':{'S':'ops'}}",
     "0042 held records=8 at=7 agent=- note=fax by=ops"},
    {"{'pk':{'S':'agent#alice'},'sk':{'S':'claim'},'ext':{'S':'0042'}}", "claim alice 0042"},
    {"{'pk':{'S':'agent#a#b'},'sk':{'S':'claim'},'ext':{'S':'0042'}}", "claim a#b 0042"},
    {"{'pk':{'S':'agent#kim'},'sk':{'S':'exempt'},'sk_value':{'S':'kim'},'note':{'S':'trainer'},"
     "'since':{'N':'7'},'by':{'S':'ops'}}",
     "exempt kim since=7 note=trainer by=ops"},
    {"{'pk':{'S':'agent#a#b'},'sk':{'S':'exempt'},'sk_value':{'S':'a#b'}}",
     "exempt a#b since=0 note=- by=-"},
    {"{'pk':{'S':'audit#2026-11'},'sk':{'S':'x'}}", "audit"},
    /* attributes that somebody else added, or gave another type */
    {"{'pk':{'S':'0042'},'sk':{'S':'agentID'},'sk_value':{'S':'alice'},'colour':{'L':[]},"
     "'since':{'S':'7'},'by':{'N':'1'},'pinned':{'BOOL':true}}",
     "0042 assigned records=4 at=0 agent=alice note= by=1"},
    {"{'pk':{'S':'0042'},'sk':{'S':'agentID'},'sk_value':{'S':'alice'},'since':{'N':'-7'}}",
     "0042 assigned records=4 at=0 agent=alice note=- by=-"},
    {"{'pk':{'S':'0042'},'sk':{'S':'agentID'},'sk_value':{'S':'alice'},"
     "'since':{'N':'99999999999999999999999999999999999999'}}",
     "0042 assigned records=4 at=0 agent=alice note=- by=-"},
    /* what is no slot */
    {"{'pk':{'S':'0042'},'sk':{'S':'nu'},'sk_value':{'S':'0043'}}",
     "odd: pk 0042, sk nu: a free extension whose sk_value is not its number"},
    {"{'pk':{'S':'0042'},'sk':{'S':'nu'},'sk_value':{'N':'42'}}",
     "odd: pk 0042, sk nu: a free extension whose sk_value is not its number"},
    {"{'pk':{'S':'0042'},'sk':{'S':'nu'},'sk_value':{'S':'0042'},'released_at':{'S':'now'}}",
     "odd: pk 0042, sk nu: a free extension whose released_at is not a valid time"},
    {"{'pk':{'S':'0042'},'sk':{'S':'agentID'}}",
     "odd: pk 0042, sk agentID: an assigned extension without a login in sk_value"},
    {"{'pk':{'S':'0042'},'sk':{'S':'agentID'},'sk_value':{'S':'al\\u0000ice'}}",
     "odd: pk 0042, sk agentID: an assigned extension without a login in sk_value"},
    {"{'pk':{'S':'0042'},'sk':{'S':'held'}}",
     "odd: pk 0042, sk held: a reserved extension whose sk_value is not its number"},
    {"{'pk':{'S':'0042'},'sk':{'S':'NU'}}",
     "odd: pk 0042, sk NU: an extension with a sort key that says nothing"},
    {"{'pk':{'S':'agent#alice'},'sk':{'S':'claim'},'ext':{'S':'42'}}",
     "odd: pk agent#alice, sk claim: a claim that names no extension"},
    {"{'pk':{'S':'agent#'},'sk':{'S':'claim'},'ext':{'S':'0042'}}",
     "odd: pk agent#, sk claim: a claim that names no extension"},
    {"{'pk':{'S':'agent#kim'},'sk':{'S':'exempt'}}",
     "odd: pk agent#kim, sk exempt: an exempt agent whose sk_value is not the login"},
    {"{'pk':{'S':'agent#'},'sk':{'S':'exempt'},'sk_value':{'S':''}}",
     "odd: pk agent#, sk exempt: an exempt agent whose sk_value is not the login"},
    {"{'pk':{'S':'agent#kim'},'sk':{'S':'exempt'},'sk_value':{'S':'kim'},'note':{'N':'1'}}",
     "odd: pk agent#kim, sk exempt: an exempt agent whose note is not text"},
    {"{'pk':{'S':'agent#kim'},'sk':{'S':'exempt'},'sk_value':{'S':'kim'},'since':{'S':'now'}}",
     "odd: pk agent#kim, sk exempt: an exempt agent whose since is not a valid time"},
    {"{'pk':{'S':'agent#alice'},'sk':{'S':'other'}}",
     "odd: pk agent#alice, sk other: a key that is not an extension"},
    {"{'pk':{'S':'lobby\\u001b[2J'},'sk':{'S':'nu'}}",
     "odd: pk lobby^[[2J, sk nu: a key that is not an extension"},
    {"{'pk':{'S':'1'},'sk':{'S':'nu'}}", "odd: pk 1, sk nu: a key that is not an extension"},
    {"{'pk':{'S':'123456789'},'sk':{'S':'nu'}}",
     "odd: pk 123456789, sk nu: a key that is not an extension"},
    {"{'pk':{'N':'42'},'sk':{'S':'nu'}}", "odd: pk {\"N\":\"42\"}, sk nu: a key that is not text"},
    {"{'sk':{'S':'nu'}}", "odd: pk none, sk nu: a key that is not text"},
    {"{'pk':'0042','sk':{'S':'nu'}}", "odd: pk \"0042\", sk nu: a key that is not text"},
    {"[]", "odd: pk none, sk none: a key that is not text"},
    {"7", "odd: pk none, sk none: a key that is not text"},
    {"{'pk':{'S':'00042'},'sk':{'S':'nu'},'sk_value':{'S':'00042'}}", "width: pk 00042, sk nu"},
    {"{'pk':{'S':'042'},'sk':{'S':'agentID'},'sk_value':{'S':'a'}}", "width: pk 042, sk agentID"},
};

static void every_item_is_something(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_cases / sizeof *s_cases; i++) {
        struct arena arena = ARENA_INIT;
        struct ddb_reader reader = {.arena = &arena, .width = 4};
        struct ddb_item item;
        json_t *value = parse(s_cases[i].item);
        ddb_item_read(&reader, value, &item);
        assert_string_equal(describe(&arena, &item), s_cases[i].is);
        json_decref(value);
        arena_release(&arena);
    }
}

/* What is not spelled as this program spells it is kept for conditions, and told where the old
   reader cannot hand it on. */
static const struct {
    const char *attributes;
    int64_t at_s;
    const char *as_read; /* NULL: nothing is odd */
    const char *unsafe;
    bool mendable;
} s_spellings[] = {
    {"'since':{'S':'1970-01-01T00:00:07Z'}", 7, NULL, NULL, false},
    {"'since':{'N':'7'}", 7, "{'since':{'N':'7'}}", "since", true},
    {"'since':{'S':'1970-01-01T01:00:07.9+01:00'}", 7,
     "{'since':{'S':'1970-01-01T01:00:07.9+01:00'}}", NULL, false},
    {"'since':{'S':'yesterday'}", 0, "{'since':{'S':'yesterday'}}", NULL, false},
    {"'since':{'NULL':true}", 0, "{'since':{'NULL':true}}", "since", true},
    {"'by':{'N':'1'},'agent_arn':{'BOOL':true}", 0, "{'by':{'N':'1'},'agent_arn':{'BOOL':true}}",
     "by, agent_arn", true},
    {"'colour':{'S':'red'}", 0, NULL, NULL, false},
    {"'colour':{'L':[]}", 0, "{}", "colour", false},
    {"'agent_arn':{'S':'arn:1'},'source':{'S':'york'}", 0, NULL, NULL, false},
};

static void what_is_spelled_otherwise_is_kept_as_it_was_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_spellings / sizeof *s_spellings; i++) {
        struct arena arena = ARENA_INIT;
        struct ddb_reader reader = {.arena = &arena, .width = 4};
        struct ddb_item item;
        json_t *value = parse(arena_printf(&arena,
                                           "{'pk':{'S':'0042'},'sk':{'S':'agentID'},"
                                           "'sk_value':{'S':'alice'},%s}",
                                           s_spellings[i].attributes));
        ddb_item_read(&reader, value, &item);
        const struct as_read *as_read = item.slot.as_read;
        assert_int_equal(item.slot.at_s, s_spellings[i].at_s);
        assert_int_equal(as_read != NULL, s_spellings[i].as_read != NULL);
        if (as_read) {
            json_t *wanted = parse(s_spellings[i].as_read);
            json_t *got = json_loads(as_read->attributes, 0, NULL);
            assert_true(json_equal(got, wanted));
            assert_int_equal(as_read->mendable, s_spellings[i].mendable);
            assert_int_equal(as_read->unsafe != NULL, s_spellings[i].unsafe != NULL);
            assert_string_equal(as_read->unsafe ? as_read->unsafe : "",
                                s_spellings[i].unsafe ? s_spellings[i].unsafe : "");
            json_decref(wanted);
            json_decref(got);
        }
        json_decref(value);
        arena_release(&arena);
    }
}

static void the_index_does_not_repeat_what_was_asked_for(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    struct ddb_reader reader = {.arena = &arena, .width = 4, .sk = "agentID"};
    struct ddb_item item;
    json_t *value = parse("{'pk':{'S':'0042'},'sk_value':{'S':'alice'},'by':{'S':'ops'}}");
    ddb_item_read(&reader, value, &item);
    assert_string_equal(describe(&arena, &item),
                        "0042 assigned records=4 at=0 agent=alice note=- by=ops");
    const char *by = item.slot.by;
    ddb_item_read(&reader, value, &item);
    assert_ptr_equal(item.slot.by, by); /* kept once */
    json_decref(value);
    arena_release(&arena);
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    const struct slot slots[] = {
        {.ext = "0042", .state = SLOT_FREE, .records = RECORD_FREE},
        {.ext = "0042", .state = SLOT_FREE, .records = RECORD_FREE, .at_s = 9, .agent = "b\"\\\n"},
        {.ext = "0042",
         .state = SLOT_ASSIGNED,
         .records = RECORD_ASSIGNED,
         .at_s = 9,
         .agent = "zo\xC3\xAB@x",
         .note = "",
         .by = "arn:aws:sts::1:a/b"},
        {.ext = "0042", .state = SLOT_RESERVED, .records = RECORD_RESERVED, .at_s = 9, .note = "n"},
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        struct arena arena = ARENA_INIT;
        struct ddb_reader reader = {.arena = &arena, .width = 4};
        struct ddb_item wanted = {.kind = DDB_SLOT, .slot = slots[i]};
        struct ddb_item item;
        json_t *value = ddb_slot_item(&slots[i]);
        ddb_item_read(&reader, value, &item);
        assert_string_equal(describe(&arena, &item), describe(&arena, &wanted));
        json_decref(value);
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_the_old_programs_with_more),
        cmocka_unit_test(an_assigned_item_is_all_text),
        cmocka_unit_test(what_no_item_can_hold_is_told),
        cmocka_unit_test(every_item_is_something),
        cmocka_unit_test(what_is_spelled_otherwise_is_kept_as_it_was_read),
        cmocka_unit_test(the_index_does_not_repeat_what_was_asked_for),
        cmocka_unit_test(what_was_written_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
