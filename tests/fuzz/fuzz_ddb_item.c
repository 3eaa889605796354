/* Items of a table, whatever they are: each is something, and what is taken for an extension is
   written back and read again as the same. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/dynamodb/ddb.h"
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void check_slot(struct ddb_reader *reader, const struct slot *slot)
{
    check(text_is_digits(slot->ext) && strlen(slot->ext) == (size_t)reader->width);
    check(slot->state != SLOT_ASSIGNED || (slot->agent && *slot->agent));
    check(slot->at_s >= 0);
    if (slot->records == RECORD_LEAKED || ddb_slot_problem(slot)) {
        return;
    }
    struct ddb_item again;
    json_t *item = ddb_slot_item(slot);
    ddb_item_read(reader, item, &again);
    check(again.kind == DDB_SLOT && again.slot.state == slot->state);
    check(again.slot.records == slot->records && again.slot.at_s == slot->at_s);
    check(same(again.slot.agent, slot->agent) && same(again.slot.note, slot->note));
    check(same(again.slot.by, slot->by));
    check(again.slot.given_back_s == slot->given_back_s && again.slot.given_back_s >= 0);
    check((again.slot.own != NULL) == (slot->own != NULL));
    check(!again.slot.as_read); /* what is written is spelled as it is written */
    json_decref(item);
}

static void check_item(struct arena *arena, const json_t *value, const char *sk)
{
    struct ddb_reader reader = {.arena = arena, .width = 4, .sk = sk};
    struct ddb_item item;
    ddb_item_read(&reader, value, &item);
    switch (item.kind) {
    case DDB_SLOT:
        reader.sk = NULL;
        check_slot(&reader, &item.slot);
        break;
    case DDB_CLAIM:
        check(*item.claim.agent && text_is_digits(item.claim.ext));
        break;
    case DDB_EXEMPT:
        check(*item.exempt.agent && item.exempt.since_s >= 0);
        break;
    case DDB_ODD:
    case DDB_OTHER_WIDTH:
        check(item.unknown_item.key && item.unknown_item.detail);
        for (const char *c = item.unknown_item.key; *c; c++) {
            check((unsigned char)*c >= ' '); /* fit to be shown */
        }
        break;
    case DDB_AUDIT:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    json_t *value = json_loadb((const char *)data, size, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    if (value) {
        check_item(&arena, value, NULL);
        check_item(&arena, value, "nu");
        check_item(&arena, value, "agentID");
        check_item(&arena, value, "held");
        check_item(&arena, value, "exempt");
    }
    json_decref(value);
    arena_release(&arena);
    return 0;
}
