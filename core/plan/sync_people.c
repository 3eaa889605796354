/*
 * Who holds what: one pass over the slots joins them with the roster through a hash map.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/sync.h"
#include "core/pool/group.h"

static void people_grow(struct sync *sync, size_t needed)
{
    if (needed > sync->people_capacity) {
        size_t capacity = sync->people_capacity * 2 > needed ? sync->people_capacity * 2 : needed;
        sync->kept = mem_resize(sync->kept, capacity, sizeof *sync->kept);
        memset(&sync->kept[sync->people_capacity], 0,
               (capacity - sync->people_capacity) * sizeof *sync->kept);
        sync->people_capacity = capacity;
    }
}

static void map_roster(struct sync *sync)
{
    const char *logins[STRMAP_BATCH];
    strmap_init(&sync->people, sync->n_agents);
    for (size_t done = 0; done < sync->n_agents;) {
        size_t n = 0;
        for (; n < STRMAP_BATCH && done + n < sync->n_agents; n++) {
            size_t next = done + n + STRMAP_BATCH;
            if (next < sync->n_agents) {
                /* Sorted by login, they lie in memory in the order they were read in. */
                __builtin_prefetch(sync->agents[next].login);
            }
            logins[n] = sync->agents[done + n].login;
        }
        strmap_add_all(&sync->people, logins, n, done);
        done += n;
    }
}

static void settle_holder(struct sync *sync, const struct slot *slot, size_t person)
{
    if (person == STRMAP_NONE) { /* left; perhaps seen with another extension already */
        person = strmap_add(&sync->people, slot->agent, sync->n_people);
        if (person == sync->n_people) {
            people_grow(sync, ++sync->n_people);
        }
    }
    sync->holder[slot - sync->slots] = (uint32_t)person;
    const struct slot *other = sync->kept[person];
    const struct claim *claim =
        other ? snapshot_find_claim(sync->input->snapshot, slot->agent) : NULL;
    if (!other || slot_rather_kept(sync->input, slot, other, claim)) {
        sync->kept[person] = slot;
    }
}

/* Assigned slots that wait to be looked up together. */
struct lookups {
    const struct slot *slots[STRMAP_BATCH];
    const char *logins[STRMAP_BATCH];
    size_t n;
};

static void look_up(struct sync *sync, struct lookups *lookups)
{
    size_t people[STRMAP_BATCH];
    strmap_get_all(&sync->people, lookups->logins, lookups->n, people);
    for (size_t i = 0; i < lookups->n; i++) {
        if (people[i] != STRMAP_NONE) {
            __builtin_prefetch(&sync->kept[people[i]], 1);
        }
    }
    for (size_t i = 0; i < lookups->n; i++) {
        settle_holder(sync, lookups->slots[i], people[i]);
    }
    lookups->n = 0;
}

enum holder_fate sync_fate(const struct sync *sync, uint32_t person)
{
    return scope_absent(&sync->scope, sync->kept[person]);
}

struct group_tally *sync_tally(const struct sync *sync, const char *ext)
{
    const struct policy *policy = sync->input->policy;
    uint16_t group = sync->tallies ? group_of_ext(policy, ext) : GROUP_NONE;
    return group < policy->n_groups ? &sync->tallies[group] : NULL;
}

bool sync_is_withheld(const struct sync *sync, const char *ext)
{
    const struct group_tally *tally = sync_tally(sync, ext);
    return tally && tally->withheld;
}

bool sync_has_left(const struct sync *sync, uint32_t person)
{
    return person >= sync->n_agents && sync->n_agents > 0 && !sync->builder.plan->partial &&
           sync_fate(sync, person) == HOLDER_LEFT &&
           !sync_is_withheld(sync, sync->kept[person]->ext);
}

/* A file that ends in a login, without a line end, was cut there if somebody who holds a number has
   a login with that beginning and is not in it. */
static const char *find_cut(const struct sync *sync, const char *last)
{
    size_t length = last ? strlen(last) : 0;
    size_t person = last ? strmap_get(&sync->people, last) : STRMAP_NONE;
    if (person == STRMAP_NONE || sync->kept[person]) {
        return NULL;
    }
    for (size_t i = sync->n_agents; i < sync->n_people; i++) {
        if (strncmp(sync->kept[i]->agent, last, length) == 0 &&
            sync_fate(sync, (uint32_t)i) == HOLDER_LEFT) {
            return sync->kept[i]->agent;
        }
    }
    return NULL;
}

/* `name` is of one directory of several; else NULL. */
static void judge_end(struct sync *sync, const char *last, const char *name)
{
    struct plan *plan = sync->builder.plan;
    const char *whole = find_cut(sync, last);
    bool known = sync->n_cuts > 0 && strcmp(sync->cuts[sync->n_cuts - 1], last ? last : "") == 0;
    if (whole && !known) {
        sync->cuts[sync->n_cuts++] = last;
        plan->partial = arena_printf(&plan->arena,
                                     "%s%s%s%sit ends with \"%s\" and without a line end, "
                                     "and \"%s\" is not in it",
                                     plan->partial ? plan->partial : "", plan->partial ? "; " : "",
                                     name ? name : "", name ? ": " : "", last, whole);
    }
}

/* One of several that is empty says nothing about those who are in none. */
static void judge_empty(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    const struct roster *roster = sync->input->roster;
    for (size_t i = 0; i < roster->n_directories && roster->n_directories > 1; i++) {
        const struct roster_directory *directory = &roster->directories[i];
        if (directory->n_agents == 0 && !directory->partial) {
            plan->partial = arena_printf(
                &plan->arena, "%s%s%s: it is empty", plan->partial ? plan->partial : "",
                plan->partial ? "; " : "", roster_directory_name(directory));
        }
    }
}

/* Whether a directory may lack somebody. */
static void judge_roster(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    const struct roster *roster = sync->input->roster;
    plan->partial = arena_strdup(&plan->arena, roster->partial);
    sync->cuts = arena_alloc(&plan->arena, (roster->n_directories + 1) * sizeof *sync->cuts);
    if (roster->parts) {
        for (size_t i = 0; i < roster->n_directories; i++) {
            judge_end(sync, roster->directories[i].last_login,
                      roster_directory_name(&roster->directories[i]));
        }
    } else {
        judge_end(sync, roster->last_login, NULL);
    }
    judge_empty(sync);
}

static void count_absent(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    for (size_t i = sync->n_agents; i < sync->n_people; i++) {
        enum holder_fate fate = sync_fate(sync, (uint32_t)i);
        plan->foreign += fate == HOLDER_FOREIGN;
        plan->unknown_origin += fate == HOLDER_UNKNOWN_ORIGIN;
        plan->withheld += fate == HOLDER_LEFT && plan->partial;
    }
}

static void find_given_back(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_slots; i++) {
        uint32_t person = sync->holder[i];
        sync->given_back[i] = slot_has_ended(&sync->slots[i], sync->input->now_s);
        if (person != NOBODY) {
            const struct slot *kept = sync->kept[person];
            sync->given_back[i] =
                kept != &sync->slots[i] || (sync_has_left(sync, person) && !kept->note);
        }
    }
}

void sync_join_holders(struct sync *sync)
{
    struct lookups lookups = {.n = 0};
    people_grow(sync, sync->n_agents + 16);
    sync->n_people = sync->n_agents;
    sync->holder = mem_array(sync->n_slots + 1, sizeof *sync->holder);
    sync->given_back = mem_array(sync->n_slots + 1, sizeof *sync->given_back);
    if (sync->builder.plan->assigned_before == 0) {
        strmap_init(&sync->people, 0);
    } else {
        map_roster(sync);
    }
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        sync->holder[i] = NOBODY;
        if (slot->state == SLOT_ASSIGNED) {
            lookups.slots[lookups.n] = slot;
            lookups.logins[lookups.n++] = slot->agent;
        }
        if (lookups.n == STRMAP_BATCH) {
            look_up(sync, &lookups);
        }
    }
    look_up(sync, &lookups);
    judge_roster(sync);
    count_absent(sync);
    find_given_back(sync);
}
