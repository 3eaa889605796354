#include "core/pool/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/reference.h"
#include "core/base/strmap.h"
#include "core/pool/login.h"

/* ---- snapshot ---------------------------------------------------------------------------- */

/* The array grows outside the arena, so that the old copies do not stay in it. */
struct growing {
    struct snapshot snapshot;
    size_t capacity;
    size_t exempts_capacity;
};

struct snapshot *snapshot_new(void)
{
    struct growing *fresh = mem_alloc(sizeof *fresh);
    fresh->snapshot.references = 1;
    fresh->snapshot.text_references = 1;
    return &fresh->snapshot;
}

/* Its texts stay until the last snapshot that was made from it goes. */
static void drop_texts(struct snapshot *snapshot)
{
    while (snapshot && reference_drop(&snapshot->text_references)) {
        struct snapshot *base = (struct snapshot *)(uintptr_t)snapshot->base;
        arena_release(&snapshot->arena);
        free(snapshot);
        snapshot = base;
    }
}

struct snapshot *snapshot_ref(const struct snapshot *snapshot)
{
    reference_take(&snapshot->references);
    return (struct snapshot *)(uintptr_t)snapshot;
}

void snapshot_unref(const struct snapshot *snapshot)
{
    if (!snapshot || !reference_drop(&snapshot->references)) {
        return;
    }
    struct snapshot *last = (struct snapshot *)(uintptr_t)snapshot;
    free(last->slots);
    free(last->exempts);
    last->slots = NULL;
    last->exempts = NULL;
    drop_texts(last);
}

struct slot *snapshot_add(struct snapshot *snapshot, const char *ext)
{
    struct growing *growing = (struct growing *)snapshot;
    if (snapshot->n_slots == growing->capacity) {
        growing->capacity = growing->capacity ? growing->capacity * 2 : 256;
        snapshot->slots = mem_resize(snapshot->slots, growing->capacity, sizeof *snapshot->slots);
    }
    struct slot *slot = &snapshot->slots[snapshot->n_slots++];
    *slot = (struct slot){.ext = ""};
    memcpy(slot->ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    return slot;
}

struct slot slot_copy(struct arena *arena, const struct slot *slot)
{
    struct slot copy = *slot;
    copy.agent = arena_strdup(arena, slot->agent);
    copy.note = arena_strdup(arena, slot->note);
    copy.by = arena_strdup(arena, slot->by);
    copy.target = arena_strdup(arena, slot->target);
    if (slot->own) {
        struct belongings *own = arena_alloc(arena, sizeof *own);
        own->arn = arena_strdup(arena, slot->own->arn);
        own->source = arena_strdup(arena, slot->own->source);
        own->fallback = arena_strdup(arena, slot->own->fallback);
        copy.own = own;
    }
    if (slot->as_read) {
        struct as_read *as_read = arena_alloc(arena, sizeof *as_read);
        *as_read = *slot->as_read;
        as_read->attributes = arena_strdup(arena, slot->as_read->attributes);
        as_read->unsafe = arena_strdup(arena, slot->as_read->unsafe);
        copy.as_read = as_read;
    }
    return copy;
}

const char *slot_fallback(const struct slot *slot)
{
    return slot->state == SLOT_ASSIGNED && slot->own ? slot->own->fallback : NULL;
}

const char *belongings_source(const struct belongings *own, size_t *length)
{
    if (own->source) {
        *length = strlen(own->source);
        return own->source;
    }
    return own->arn ? login_arn_instance(own->arn, length) : NULL;
}

const char *slot_source(const struct slot *slot, size_t *length)
{
    const struct belongings *own = slot->state == SLOT_ASSIGNED ? slot->own : NULL;
    return own ? belongings_source(own, length) : NULL;
}

/* ---- exempt agents ------------------------------------------------------------------------- */

/* The place of the first entry whose agent is not before this one. */
static size_t exempt_bound(const struct snapshot *snapshot, const char *agent)
{
    size_t low = 0;
    size_t high = snapshot->n_exempts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(snapshot->exempts[middle].agent, agent) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct exempt *snapshot_find_exempt(const struct snapshot *snapshot, const char *agent)
{
    size_t place = exempt_bound(snapshot, agent);
    bool found = place < snapshot->n_exempts && strcmp(snapshot->exempts[place].agent, agent) == 0;
    return found ? &snapshot->exempts[place] : NULL;
}

static void room_for_exempts(struct snapshot *snapshot, size_t wanted)
{
    struct growing *growing = (struct growing *)snapshot;
    if (wanted > growing->exempts_capacity) {
        size_t twice = 2 * growing->exempts_capacity;
        growing->exempts_capacity = wanted > twice ? wanted : twice;
        snapshot->exempts =
            mem_resize(snapshot->exempts, growing->exempts_capacity, sizeof *snapshot->exempts);
    }
}

void snapshot_put_exempt(struct snapshot *snapshot, const char *agent, const struct exempt *entry)
{
    size_t place = exempt_bound(snapshot, agent);
    bool there = place < snapshot->n_exempts && strcmp(snapshot->exempts[place].agent, agent) == 0;
    size_t behind = snapshot->n_exempts - place - there;
    room_for_exempts(snapshot, snapshot->n_exempts + 1);
    struct exempt *at = &snapshot->exempts[place];
    memmove(at + (entry != NULL), at + there, behind * sizeof *at);
    snapshot->n_exempts = place + (entry != NULL) + behind;
    if (entry) {
        struct arena *arena = &snapshot->arena;
        *at = (struct exempt){.agent = arena_strdup(arena, agent),
                              .note = arena_strdup(arena, entry->note),
                              .by = arena_strdup(arena, entry->by),
                              .since_s = entry->since_s};
    }
}

void snapshot_copy_exempts(struct snapshot *snapshot, const struct snapshot *from)
{
    room_for_exempts(snapshot, from->n_exempts);
    for (size_t i = 0; i < from->n_exempts; i++) {
        snapshot_put_exempt(snapshot, from->exempts[i].agent, &from->exempts[i]);
    }
}

/* The texts stay those of the other one. */
static void share_exempts(struct snapshot *snapshot, const struct snapshot *from)
{
    room_for_exempts(snapshot, from->n_exempts);
    if (from->n_exempts > 0) {
        memcpy(snapshot->exempts, from->exempts, from->n_exempts * sizeof *from->exempts);
    }
    snapshot->n_exempts = from->n_exempts;
}

/* ---- the whole ----------------------------------------------------------------------------- */

void snapshot_trail_ahead(struct snapshot *snapshot, const char *month, size_t n_records)
{
    struct trail *trail = &snapshot->trail;
    for (size_t i = 0; i < trail->n_ahead; i++) {
        if (strcmp(trail->ahead[i].month, month) == 0) {
            trail->ahead[i].n_records += n_records;
            return;
        }
    }
    struct trail_month *longer =
        arena_alloc(&snapshot->arena, (trail->n_ahead + 1) * sizeof *longer);
    if (trail->n_ahead > 0) {
        memcpy(longer, trail->ahead, trail->n_ahead * sizeof *longer);
    }
    longer[trail->n_ahead++] = (struct trail_month){.month = arena_strdup(&snapshot->arena, month),
                                                    .n_records = n_records};
    trail->ahead = longer;
}

static int compare_slots(const void *a, const void *b)
{
    const struct slot *left = a;
    const struct slot *right = b;
    int order = strcmp(left->ext, right->ext);
    /* Of one extension's records the one that counts most comes first. */
    static const int rank[] = {
        [SLOT_ABSENT] = 3, [SLOT_FREE] = 2, [SLOT_ASSIGNED] = 0, [SLOT_RESERVED] = 1};
    return order != 0 ? order : rank[left->state] - rank[right->state];
}

static bool sorted(const struct snapshot *snapshot)
{
    for (size_t i = 1; i < snapshot->n_slots; i++) {
        if (compare_slots(&snapshot->slots[i - 1], &snapshot->slots[i]) > 0) {
            return false;
        }
    }
    return true;
}

static int compare_claims(const void *a, const void *b)
{
    return strcmp(((const struct claim *)a)->agent, ((const struct claim *)b)->agent);
}

void snapshot_seal(struct snapshot *snapshot)
{
    if (snapshot->n_slots > 1 && !sorted(snapshot)) {
        qsort(snapshot->slots, snapshot->n_slots, sizeof *snapshot->slots, compare_slots);
    }
    size_t kept = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        if (kept > 0 && strcmp(snapshot->slots[kept - 1].ext, snapshot->slots[i].ext) == 0) {
            snapshot->slots[kept - 1].records |= snapshot->slots[i].records;
        } else {
            snapshot->slots[kept++] = snapshot->slots[i];
        }
    }
    snapshot->n_slots = kept;
    if (snapshot->n_claims > 1) {
        qsort(snapshot->claims, snapshot->n_claims, sizeof *snapshot->claims, compare_claims);
    }
}

/* The place of the first slot from `low` on whose number is not below `ext`. */
static size_t lower_bound(const struct snapshot *snapshot, size_t low, const char *ext)
{
    size_t high = snapshot->n_slots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(snapshot->slots[middle].ext, ext) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The slots up to `end`; the times are judged anew. */
static void copy_slots(struct snapshot *into, const struct snapshot *from, size_t first, size_t end)
{
    struct slot *slots = into->slots + into->n_slots;
    if (end > first) {
        memcpy(slots, from->slots + first, (end - first) * sizeof *slots);
        into->n_slots += end - first;
    }
    for (size_t i = 0; i < end - first; i++) {
        slots[i].time = TIME_SOUND;
    }
}

static void keep_changed(struct snapshot *fresh, const struct slot *slots, size_t n)
{
    char(*changed)[EXT_ROOM] = arena_alloc(&fresh->arena, n * sizeof *changed + 1);
    for (size_t i = 0; i < n; i++) {
        memcpy(changed[i], slots[i].ext, sizeof changed[i]);
    }
    fresh->changed = (const char(*)[EXT_ROOM])changed;
    fresh->n_changed = n;
}

struct snapshot *snapshot_with(const struct snapshot *base, const struct slot *slots, size_t n)
{
    struct snapshot *fresh = snapshot_new();
    struct growing *growing = (struct growing *)fresh;
    size_t at = 0;
    growing->capacity = base->n_slots + n + 1;
    fresh->slots = mem_resize(NULL, growing->capacity, sizeof *fresh->slots);
    for (size_t i = 0; i < n; i++) {
        size_t place = lower_bound(base, at, slots[i].ext);
        copy_slots(fresh, base, at, place);
        if (slots[i].state != SLOT_ABSENT) {
            fresh->slots[fresh->n_slots++] = slot_copy(&fresh->arena, &slots[i]);
        }
        bool was = place < base->n_slots && strcmp(base->slots[place].ext, slots[i].ext) == 0;
        at = place + (was ? 1 : 0);
    }
    copy_slots(fresh, base, at, base->n_slots);
    keep_changed(fresh, slots, n);
    share_exempts(fresh, base);
    fresh->claims = base->claims;
    fresh->n_claims = base->n_claims;
    fresh->keeps_claims = base->keeps_claims;
    fresh->exact = base->exact;
    fresh->complete = base->complete;
    fresh->generation = base->generation + 1;
    fresh->base = base;
    reference_take(&base->text_references);
    return fresh;
}

const struct slot *snapshot_find(const struct snapshot *snapshot, const char *ext)
{
    size_t low = 0;
    size_t high = snapshot->n_slots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(snapshot->slots[middle].ext, ext);
        if (order == 0) {
            return &snapshot->slots[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct slot *snapshot_find_agent(const struct snapshot *snapshot, const char *agent)
{
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        const struct slot *slot = &snapshot->slots[i];
        if (slot->state == SLOT_ASSIGNED && strcmp(slot->agent, agent) == 0) {
            return slot;
        }
    }
    return NULL;
}

bool snapshot_has_twins(const struct snapshot *snapshot)
{
    struct strmap agents;
    bool twins = false;
    strmap_init(&agents, snapshot->n_slots);
    for (size_t i = 0; i < snapshot->n_slots && !twins; i++) {
        const struct slot *slot = &snapshot->slots[i];
        twins = slot->state == SLOT_ASSIGNED && strmap_add(&agents, slot->agent, i) != i;
    }
    strmap_release(&agents);
    return twins;
}

const struct claim *snapshot_find_claim(const struct snapshot *snapshot, const char *agent)
{
    size_t low = 0;
    size_t high = snapshot->n_claims;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(snapshot->claims[middle].agent, agent);
        if (order == 0) {
            return &snapshot->claims[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
