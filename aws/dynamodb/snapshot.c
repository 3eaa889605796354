#include "aws/dynamodb/ddb.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

/* From items as they arrive, in any order, to a sealed snapshot. */

void ddb_snapshot_init(struct ddb_snapshot *gather, const struct ddb *ddb, int width)
{
    *gather = (struct ddb_snapshot){.ddb = ddb, .snapshot = snapshot_new()};
    gather->reader = (struct ddb_reader){.arena = &gather->snapshot->arena, .width = width};
}

/* The arrays grow outside of the arena, so that the old copies do not stay in it. */
static void *room_for_one(void *array, size_t used, size_t *room, size_t size)
{
    if (used < *room) {
        return array;
    }
    *room = *room ? *room * 2 : 64;
    return mem_resize(array, *room, size);
}

static void add_claim(struct ddb_snapshot *gather, const struct claim *claim)
{
    gather->claims =
        room_for_one(gather->claims, gather->n_claims, &gather->claims_room, sizeof *claim);
    gather->claims[gather->n_claims++] = *claim;
}

static void add_unknown_item(struct ddb_snapshot *gather, const struct unknown_item *unknown_item)
{
    gather->unknown_items = room_for_one(gather->unknown_items, gather->n_unknown_items,
                                         &gather->oddities_room, sizeof *unknown_item);
    gather->unknown_items[gather->n_unknown_items++] = *unknown_item;
}

/* The doctor lists the months of the audit trail that are ahead of the time. */
static void add_record(struct ddb_snapshot *gather, const json_t *item)
{
    int64_t at_ms = 0;
    struct arena arena = ARENA_INIT;
    const char *month = ddb_audit_month(&arena, item, &at_ms);
    gather->snapshot->trail.n_records++;
    if (month && at_ms > ddb_now_ms(gather->ddb) + CLOCK_DAY_S * 1000) {
        snapshot_trail_ahead(gather->snapshot, month, 1);
    }
    arena_release(&arena);
}

void ddb_snapshot_add(struct ddb_snapshot *gather, const json_t *item, const char *sk)
{
    struct ddb_item read;
    gather->reader.sk = sk;
    ddb_item_read(&gather->reader, item, &read);
    switch (read.kind) {
    case DDB_SLOT:
        *snapshot_add(gather->snapshot, read.slot.ext) = read.slot;
        gather->right_width = true;
        break;
    case DDB_CLAIM:
        add_claim(gather, &read.claim);
        break;
    case DDB_EXEMPT:
        snapshot_put_exempt(gather->snapshot, read.exempt.agent, &read.exempt);
        break;
    case DDB_OTHER_WIDTH:
        memcpy(gather->other_width, read.slot.ext, sizeof gather->other_width);
        add_unknown_item(gather, &read.unknown_item);
        break;
    case DDB_ODD:
        add_unknown_item(gather, &read.unknown_item);
        break;
    case DDB_AUDIT:
        add_record(gather, item);
        break;
    }
}

static void *into_arena(struct arena *arena, const void *array, size_t bytes)
{
    void *copy = bytes > 0 ? arena_alloc(arena, bytes) : NULL;
    if (copy) {
        memcpy(copy, array, bytes);
    }
    return copy;
}

enum err_code ddb_snapshot_finish(struct ddb_snapshot *gather, const struct ddb *ddb, bool whole,
                                  struct snapshot **out, struct err *err)
{
    struct snapshot *snapshot = gather->snapshot;
    if (!gather->right_width && gather->other_width[0]) {
        err_set(err, ERR_INPUT, "table %s has extensions of %zu digits (%s), the policy says %d",
                ddb->name, strlen(gather->other_width), gather->other_width, gather->reader.width);
        err_hint(err, "set width and ranges in the section [policy] of the configuration");
        ddb_snapshot_drop(gather);
        return ERR_INPUT;
    }
    if (whole) {
        snapshot->claims =
            into_arena(&snapshot->arena, gather->claims, gather->n_claims * sizeof *gather->claims);
        snapshot->n_claims = gather->n_claims;
        snapshot->unknown_items =
            into_arena(&snapshot->arena, gather->unknown_items,
                       gather->n_unknown_items * sizeof *gather->unknown_items);
        snapshot->n_unknown_items = gather->n_unknown_items;
    }
    snapshot->consistent = whole;
    snapshot->exact = whole;
    snapshot->keeps_claims = true;
    snapshot_seal(snapshot);
    *out = snapshot;
    gather->snapshot = NULL;
    ddb_snapshot_drop(gather);
    return ERR_OK;
}

void ddb_snapshot_drop(struct ddb_snapshot *gather)
{
    snapshot_unref(gather->snapshot);
    free(gather->claims);
    free(gather->unknown_items);
    *gather = (struct ddb_snapshot){.snapshot = NULL};
}
