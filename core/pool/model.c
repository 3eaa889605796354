#include "core/pool/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"

/* ---- references --------------------------------------------------------------------------
 * The counter is the only part of a shared picture that changes; the readers see a const one. */

static unsigned long *counter(const unsigned long *references)
{
    return (unsigned long *)(uintptr_t)references;
}

static void take_reference(const unsigned long *references)
{
    __atomic_add_fetch(counter(references), 1, __ATOMIC_RELAXED);
}

static bool drop_reference(const unsigned long *references)
{
    return __atomic_sub_fetch(counter(references), 1, __ATOMIC_ACQ_REL) == 0;
}

/* ---- snapshot ---------------------------------------------------------------------------- */

/* The array grows outside the arena, so that the old copies do not stay in it. */
struct growing {
    struct snapshot snapshot;
    size_t capacity;
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
    while (snapshot && drop_reference(&snapshot->text_references)) {
        struct snapshot *base = (struct snapshot *)(uintptr_t)snapshot->base;
        arena_release(&snapshot->arena);
        free(snapshot);
        snapshot = base;
    }
}

struct snapshot *snapshot_ref(const struct snapshot *snapshot)
{
    take_reference(&snapshot->references);
    return (struct snapshot *)(uintptr_t)snapshot;
}

void snapshot_unref(const struct snapshot *snapshot)
{
    if (!snapshot || !drop_reference(&snapshot->references)) {
        return;
    }
    struct snapshot *last = (struct snapshot *)(uintptr_t)snapshot;
    free(last->slots);
    last->slots = NULL;
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
    fresh->claims = base->claims;
    fresh->n_claims = base->n_claims;
    fresh->keeps_claims = base->keeps_claims;
    fresh->exact = base->exact;
    fresh->complete = base->complete;
    fresh->generation = base->generation + 1;
    fresh->base = base;
    take_reference(&base->text_references);
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

/* ---- roster ------------------------------------------------------------------------------ */

struct growing_roster {
    struct roster roster;
    size_t capacity;
};

struct roster *roster_new(void)
{
    struct growing_roster *fresh = mem_alloc(sizeof *fresh);
    fresh->roster.references = 1;
    return &fresh->roster;
}

struct roster *roster_ref(const struct roster *roster)
{
    take_reference(&roster->references);
    return (struct roster *)(uintptr_t)roster;
}

void roster_unref(const struct roster *roster)
{
    if (!roster || !drop_reference(&roster->references)) {
        return;
    }
    struct roster *last = (struct roster *)(uintptr_t)roster;
    free(last->agents);
    arena_release(&last->arena);
    free(last);
}

void roster_add(struct roster *roster, const struct agent *agent)
{
    struct growing_roster *growing = (struct growing_roster *)roster;
    if (roster->n_agents == growing->capacity) {
        growing->capacity = growing->capacity ? growing->capacity * 2 : 256;
        roster->agents = mem_resize(roster->agents, growing->capacity, sizeof *roster->agents);
    }
    roster->agents[roster->n_agents++] = (struct agent){
        .login = arena_strdup(&roster->arena, agent->login),
        .name = arena_strdup(&roster->arena, agent->name),
        .routing_profile = arena_strdup(&roster->arena, agent->routing_profile),
        .arn = arena_strdup(&roster->arena, agent->arn),
    };
}

static __attribute__((format(printf, 3, 0))) const char *
add_sentence(struct roster *roster, const char *before, const char *format, va_list args)
{
    char sentence[ERR_TEXT_MAX];
    vsnprintf(sentence, sizeof sentence, format, args);
    return before ? arena_printf(&roster->arena, "%s; %s", before, sentence)
                  : arena_strdup(&roster->arena, sentence);
}

void roster_note(struct roster *roster, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    roster->note = add_sentence(roster, roster->note, format, args);
    va_end(args);
}

void roster_partial(struct roster *roster, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    roster->partial = add_sentence(roster, roster->partial, format, args);
    va_end(args);
}

void roster_check_total(struct roster *roster, const char *name, size_t n_read, size_t said)
{
    if (said >= n_read + 10 && n_read < said - said / 20) {
        roster_partial(roster, "%s gives %zu people and says that it has about %zu", name, n_read,
                       said);
    }
}

static int compare_agents(const void *a, const void *b)
{
    return strcmp(((const struct agent *)a)->login, ((const struct agent *)b)->login);
}

/* The texts in the order of the agents: a walk over a roster of a million reads them one after
   the other then, instead of one here and one there. */
static void lay_out_in_order(struct roster *roster)
{
    struct arena ordered = ARENA_INIT;
    for (size_t i = 0; i < roster->n_agents; i++) {
        struct agent *agent = &roster->agents[i];
        agent->login = arena_strdup(&ordered, agent->login);
        agent->name = arena_strdup(&ordered, agent->name);
        agent->routing_profile = arena_strdup(&ordered, agent->routing_profile);
        agent->arn = arena_strdup(&ordered, agent->arn);
    }
    roster->note = arena_strdup(&ordered, roster->note);
    roster->partial = arena_strdup(&ordered, roster->partial);
    roster->last_login = arena_strdup(&ordered, roster->last_login);
    arena_release(&roster->arena);
    roster->arena = ordered;
}

static bool roster_sorted(const struct roster *roster)
{
    for (size_t i = 1; i < roster->n_agents; i++) {
        if (strcmp(roster->agents[i - 1].login, roster->agents[i].login) >= 0) {
            return false;
        }
    }
    return true;
}

const char *roster_seal(struct roster *roster)
{
    if (roster_sorted(roster)) {
        return NULL;
    }
    qsort(roster->agents, roster->n_agents, sizeof *roster->agents, compare_agents);
    size_t kept = 0;
    size_t twice = SIZE_MAX;
    for (size_t i = 0; i < roster->n_agents; i++) {
        if (kept > 0 && strcmp(roster->agents[kept - 1].login, roster->agents[i].login) == 0) {
            twice = twice == SIZE_MAX ? kept - 1 : twice;
        } else {
            roster->agents[kept++] = roster->agents[i];
        }
    }
    roster->n_agents = kept;
    lay_out_in_order(roster);
    return twice == SIZE_MAX ? NULL : roster->agents[twice].login;
}

const struct agent *roster_find(const struct roster *roster, const char *login)
{
    size_t low = 0;
    size_t high = roster->n_agents;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(roster->agents[middle].login, login);
        if (order == 0) {
            return &roster->agents[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
