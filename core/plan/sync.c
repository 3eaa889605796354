/*
 * Sync: everyone in the directory has an extension, nobody else.
 *
 * One pass over the slots joins them with the roster through a hash map; everything behind it is a
 * walk over arrays. What makes the result stable is that a number which this plan takes from
 * somebody is only assigned when nothing else is left, and then in this same plan: after it was
 * applied there is nothing that a second sync could still improve.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/plan.h"
#include "core/plan/builder.h"
#include "core/plan/login_notes.h"
#include "core/plan/notes.h"
#include "core/plan/number_picker.h"
#include "core/base/strmap.h"
#include "core/base/text.h"
#include "core/pool/lookalike.h"

#define NOBODY UINT32_MAX

/* An agent of the roster who has no extension. */
struct joiner {
    const struct agent *agent;
    struct pick pick;
    const struct slot *former; /* the one that they held last and that is still there */
    bool served;
};

struct sync {
    struct plan_builder builder;
    const struct plan_input *input;
    const struct slot *slots;
    size_t n_slots;
    const struct agent *agents;
    size_t n_agents;
    const char *cut;          /* the login of the directory that is half of one, or NULL */
    struct strmap people;     /* login: index of the person; the roster's first, leavers behind */
    const struct slot **kept; /* by person: the extension that they have */
    size_t n_people, people_capacity;
    bool *given_back; /* by slot: this plan takes it from its holder */
    uint32_t *holder; /* by slot: the person, NOBODY if it is not assigned */
    struct joiner *joiners;
    size_t n_joiners;
    struct joiner **takers; /* by slot: who gets what this plan takes from somebody; or NULL */
    const char **twin_left; /* by joiner: the login of a leaver that looks like theirs, or NULL */
    const char **twin_came; /* by leaver: that of a joiner */
    struct number_picker picker;
    const char *left_cools; /* the usual reason of a release, made once */
};

/* ---- who holds what ------------------------------------------------------------------------ */

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

/* Whether the holder left. An empty directory says nothing about anybody, and a partial one not
   who is missing. */
static bool has_left(const struct sync *sync, uint32_t person)
{
    return person >= sync->n_agents && sync->n_agents > 0 && !sync->builder.plan->partial;
}

/* A file that ends in a login, without a line end, was cut there if somebody who holds a number has
   a login with that beginning and is not in it. */
static const char *find_cut(const struct sync *sync)
{
    const char *last = sync->input->roster->last_login;
    size_t length = last ? strlen(last) : 0;
    size_t person = last ? strmap_get(&sync->people, last) : STRMAP_NONE;
    if (person == STRMAP_NONE || sync->kept[person]) {
        return NULL;
    }
    for (size_t i = sync->n_agents; i < sync->n_people; i++) {
        if (strncmp(sync->kept[i]->agent, last, length) == 0) {
            return sync->kept[i]->agent;
        }
    }
    return NULL;
}

/* Whether the directory may lack somebody. */
static void judge_roster(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    const struct roster *roster = sync->input->roster;
    const char *whole = find_cut(sync);
    plan->partial = arena_strdup(&plan->arena, roster->partial);
    if (whole) {
        sync->cut = roster->last_login;
        plan->partial = arena_printf(&plan->arena,
                                     "it ends with \"%s\" and without a line end, "
                                     "and \"%s\" is not in it",
                                     sync->cut, whole);
    }
    plan->withheld = plan->partial ? sync->n_people - sync->n_agents : 0;
}

static void find_given_back(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_slots; i++) {
        uint32_t person = sync->holder[i];
        if (person != NOBODY) {
            const struct slot *kept = sync->kept[person];
            sync->given_back[i] =
                kept != &sync->slots[i] || (has_left(sync, person) && !kept->note);
        }
    }
}

static void join_holders(struct sync *sync)
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
    find_given_back(sync);
}

/* ---- who needs one ------------------------------------------------------------------------- */

static bool needs_one(const struct sync *sync, size_t person)
{
    return !sync->kept[person] &&
           !(sync->cut && strcmp(sync->agents[person].login, sync->cut) == 0);
}

static void gather_joiners(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_agents; i++) {
        sync->n_joiners += needs_one(sync, i);
    }
    sync->joiners = mem_array(sync->n_joiners + 1, sizeof *sync->joiners);
    size_t n = 0;
    for (size_t i = 0; i < sync->n_agents; i++) {
        if (needs_one(sync, i)) {
            sync->joiners[n++].agent = &sync->agents[i];
        }
    }
    sync->builder.plan->keep = sync->n_agents - sync->n_joiners - (sync->cut != NULL);
    sync->builder.plan->holders = sync->n_people - sync->n_joiners - (sync->cut != NULL);
}

/* By agent the number that they gave back last, among those that are still available. */
static void map_former(struct sync *sync, struct strmap *former)
{
    strmap_init(former, 0);
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        if (slot->state == SLOT_FREE && slot->agent && number_picker_allows(&sync->picker, slot)) {
            size_t other = strmap_add(former, slot->agent, i);
            if (slot->at_s > sync->slots[other].at_s) {
                strmap_set(former, slot->agent, i);
            }
        }
    }
}

/* Joiners who held something before get it back. */
static void serve_former(struct sync *sync)
{
    struct strmap former;
    map_former(sync, &former);
    for (size_t i = 0; i < sync->n_joiners && former.count > 0; i++) {
        struct joiner *joiner = &sync->joiners[i];
        size_t index = strmap_get(&former, joiner->agent->login);
        if (index != STRMAP_NONE) {
            joiner->former = &sync->slots[index];
            joiner->served = true;
            joiner->pick.slot = joiner->former;
            memcpy(joiner->pick.ext, joiner->former->ext, sizeof joiner->pick.ext);
            number_picker_take(&sync->picker, joiner->former);
        }
    }
    strmap_release(&former);
}

/* The rest: lowest free, then longest cooling. Returns the first who gets nothing. */
static size_t serve_from_pool(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        if (joiner->served) {
            continue;
        }
        joiner->served = number_picker_next(&sync->picker, &joiner->pick);
        if (!joiner->served) {
            return i;
        }
    }
    return sync->n_joiners;
}

/* The last resort: what this plan takes from somebody. */
static void serve_from_leavers(struct sync *sync, size_t first)
{
    size_t slot = 0;
    const struct policy *policy = sync->input->policy;
    for (size_t i = first; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        if (joiner->served) {
            continue;
        }
        while (slot < sync->n_slots &&
               !(sync->given_back[slot] && policy_in_ranges(policy, sync->slots[slot].ext) &&
                 !policy_is_blocked(policy, sync->slots[slot].ext))) {
            slot++;
        }
        if (slot == sync->n_slots) {
            plan_unassign(sync->builder.plan, joiner->agent->login);
            continue;
        }
        if (!sync->takers) {
            sync->takers = mem_array(sync->n_slots, sizeof *sync->takers);
        }
        sync->takers[slot++] = joiner;
        joiner->served = true;
    }
}

/* ---- logins that look alike ------------------------------------------------------------------ */

static void find_twins(struct sync *sync)
{
    size_t n_leavers = sync->n_agents > 0 ? sync->n_people - sync->n_agents : 0;
    const char **logins = mem_array(sync->n_joiners + n_leavers + 1, sizeof *logins);
    sync->twin_left = mem_array(sync->n_joiners + 1, sizeof *sync->twin_left);
    sync->twin_came = mem_array(sync->n_people - sync->n_agents + 1, sizeof *sync->twin_came);
    for (size_t i = 0; i < sync->n_joiners; i++) {
        logins[i] = sync->joiners[i].agent->login;
    }
    for (size_t i = 0; i < n_leavers; i++) {
        logins[sync->n_joiners + i] = sync->kept[sync->n_agents + i]->agent;
    }
    struct lookalikes lookalikes = {
        .plan = sync->builder.plan,
        .roster = sync->input->roster,
        .newcomers = logins,
        .n_newcomers = sync->n_joiners,
        .leavers = logins + sync->n_joiners,
        .n_leavers = n_leavers,
        .left_as = sync->twin_left,
        .came_as = sync->twin_came,
    };
    lookalikes_find(&lookalikes);
    free(logins);
}

/* ---- changes ------------------------------------------------------------------------------- */

/* What belongs to the holder, by what the directory says now. */
static const struct belongings *own_now(struct sync *sync, const struct slot *slot)
{
    size_t person = slot->state == SLOT_ASSIGNED ? sync->holder[slot - sync->slots] : NOBODY;
    const struct agent *agent = person < sync->n_agents ? &sync->agents[person] : NULL;
    return belongings_now(&sync->builder.plan->arena, slot->own, agent);
}

/* What stays and has records that contradict each other, or that the index cannot show. */
static void build_repairs(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        bool stays = slot->state == SLOT_ASSIGNED ? !sync->given_back[i]
                                                  : !number_picker_is_taken(&sync->picker, slot);
        if (stays && (!slot_is_sound(slot) || slot->time == TIME_DAMAGED)) {
            build_repair(&sync->builder, slot, own_now(sync, slot));
        }
    }
}

/* What stays and is filled in or rewritten. It comes last: nobody's number hangs on it. */
static void build_adoptions(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        if (slot->state != SLOT_ASSIGNED || sync->given_back[i] || !slot_is_sound(slot) ||
            slot->time == TIME_DAMAGED) {
            continue;
        }
        const struct belongings *own = own_now(sync, slot);
        bool mended = slot->as_read && slot->as_read->mendable;
        if (slot->at_s == 0 || mended || own != slot->own) {
            build_repair(&sync->builder, slot, own);
        }
    }
}

static const char *why_assigned(struct sync *sync, const struct joiner *joiner)
{
    if (joiner->former) {
        return "returns to the former extension";
    }
    const char *twin = sync->twin_left[joiner - sync->joiners];
    if (twin) {
        return arena_printf(&sync->builder.plan->arena, "new agent (\"%s\" left: %s), %s", twin,
                            login_difference(twin, joiner->agent->login) == LOGIN_DIFFERS_IN_CASE
                                ? "case counts"
                                : "looks the same",
                            pick_reason(&joiner->pick));
    }
    /* A first sync has ten thousand of these: no copy of each. */
    return joiner->pick.cooling || joiner->pick.unseen
               ? arena_printf(&sync->builder.plan->arena, "new agent, %s",
                              pick_reason(&joiner->pick))
               : "new agent, lowest free";
}

static void build_assignments(struct sync *sync)
{
    for (size_t i = 0; i < sync->n_joiners; i++) {
        struct joiner *joiner = &sync->joiners[i];
        if (joiner->pick.ext[0] != '\0') {
            struct change *change =
                build_assign(&sync->builder, joiner->pick.slot, joiner->pick.ext, joiner->agent,
                             why_assigned(sync, joiner));
            change->any_number = true;
            change->chosen = true;
        }
    }
}

/* `then`: what becomes of the number. */
static struct change *build_giving_back(struct sync *sync, const struct slot *slot,
                                        const char *then)
{
    struct plan_builder *builder = &sync->builder;
    uint32_t person = sync->holder[slot - sync->slots];
    const struct slot *kept = sync->kept[person];
    bool keeps_one = kept != slot && !(has_left(sync, person) && !kept->note);
    if (keeps_one) {
        struct change *change = build_drop_surplus(builder, slot, kept, then);
        build_claim(builder, change, slot->agent, slot->ext, kept->ext)->tolerant = true;
        return change;
    }
    const char *twin = sync->twin_came[person - sync->n_agents];
    if (twin) {
        then = arena_printf(&builder->plan->arena,
                            "left the directory (\"%s\" is another agent); %s", twin, then);
        return build_release(builder, slot, then);
    }
    if (then == builder->cools) {
        return build_release(builder, slot, sync->left_cools);
    }
    return build_release(builder, slot,
                         arena_printf(&builder->plan->arena, "left the directory; %s", then));
}

static void build_releases(struct sync *sync)
{
    struct plan_builder *builder = &sync->builder;
    static const char taken[] = "goes to a new agent, nothing else is left";
    sync->left_cools =
        arena_printf(&builder->plan->arena, "left the directory; %s", builder->cools);
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        if (!sync->given_back[i]) {
            continue;
        }
        struct joiner *taker = sync->takers ? sync->takers[i] : NULL;
        struct change *change =
            build_giving_back(sync, slot, taker ? taken : builder_given_back(builder, slot->ext));
        if (taker) {
            uint32_t group = ++builder->groups;
            change->group = group;
            change = build_assign(builder, slot, slot->ext, taker->agent,
                                  "new agent, takes over what is given back: nothing else is left");
            change->group = group;
        }
    }
}

/* ---- numbers that are not there -------------------------------------------------------------- */

/* Those that no joiner gets at once. The joiners took them in order. */
static void create_missing(struct plan_builder *builder, const struct joiner *joiners,
                           size_t n_joiners)
{
    struct pool_walk walk;
    pool_walk_init(&walk, builder->input);
    size_t next = 0;
    while (pool_walk_next(&walk)) {
        if (walk.slot) {
            continue;
        }
        while (next < n_joiners && (joiners[next].pick.ext[0] == '\0' || joiners[next].pick.slot)) {
            next++;
        }
        if (next < n_joiners && strcmp(joiners[next].pick.ext, walk.ext) == 0) {
            next++;
        } else {
            build_create(builder, walk.ext);
        }
    }
}

/* ---- notes --------------------------------------------------------------------------------- */

static void note_partial(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    struct name_list missing = {.n = 0};
    for (size_t i = sync->n_agents; plan->partial && i < sync->n_people; i++) {
        name_list_add(&missing, sync->kept[i]->agent);
    }
    plan_note_partial(plan, &missing);
}

static void note_stayers(struct sync *sync)
{
    struct name_list pinned = {.n = 0};
    struct name_list outside = {.n = 0};
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        if (slot->state != SLOT_ASSIGNED || sync->given_back[i]) {
            continue;
        }
        if (has_left(sync, sync->holder[i])) {
            name_list_add(&pinned, slot->agent);
        }
        if (!policy_in_ranges(sync->input->policy, slot->ext)) {
            name_list_add(&outside, slot->ext);
        }
    }
    struct plan *plan = sync->builder.plan;
    if (pinned.n > 0) {
        plan_note(plan, "%zu left the directory and %s pinned, nothing is taken back: %s", pinned.n,
                  pinned.n == 1 ? "is" : "are", pinned.text);
    }
    if (outside.n > 0) {
        plan_note(plan, "%zu assigned extension%s outside the ranges, kept: %s", outside.n,
                  outside.n == 1 ? " is" : "s are", outside.text);
    }
}

/* ---- the planners -------------------------------------------------------------------------- */

static void sync_release(struct sync *sync)
{
    strmap_release(&sync->people);
    number_picker_release(&sync->picker);
    free(sync->kept);
    free(sync->holder);
    free(sync->given_back);
    free(sync->joiners);
    free(sync->takers);
    free(sync->twin_left);
    free(sync->twin_came);
}

enum err_code plan_sync(const struct plan_input *input, struct plan **out, struct err *err)
{
    bool makes_numbers = input_makes_numbers(input);
    uint64_t missing = policy_missing(input->policy, input->snapshot);
    if (makes_numbers && check_numbers_to_create(input, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    struct sync sync = {
        .input = input,
        .slots = input->snapshot->slots,
        .n_slots = input->snapshot->n_slots,
        .agents = input->roster->agents,
        .n_agents = input->roster->n_agents,
    };
    plan_builder_init(&sync.builder, input, "sync");
    struct plan *plan = sync.builder.plan;
    number_picker_init(&sync.picker, input);
    join_holders(&sync);
    gather_joiners(&sync);
    if (sync.n_joiners > 0) {
        serve_former(&sync);
    }
    serve_from_leavers(&sync, serve_from_pool(&sync));
    find_twins(&sync);
    build_repairs(&sync);
    build_releases(&sync);
    build_assignments(&sync);
    if (makes_numbers && missing > 0) {
        create_missing(&sync.builder, sync.joiners, sync.n_joiners);
    }
    build_adoptions(&sync);
    plan->missing = makes_numbers ? 0 : (size_t)missing;
    if (sync.n_agents == 0 && plan->assigned_before > 0) {
        plan_note(plan, "the directory is empty, so nothing is taken back");
    }
    note_partial(&sync);
    note_stayers(&sync);
    plan_note_shortage(plan);
    plan_note_level(plan, input);
    plan_note_doubtful_logins(plan);
    number_picker_spare(&sync.picker, plan);
    sync_release(&sync);
    *out = plan;
    return ERR_OK;
}

enum err_code plan_init(const struct plan_input *input, struct plan **out, struct err *err)
{
    if (check_numbers_to_create(input, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    struct plan_builder builder;
    plan_builder_init(&builder, input, "init");
    create_missing(&builder, NULL, 0);
    *out = builder.plan;
    return ERR_OK;
}
