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
#include "core/base/text.h"
#include "core/plan/login_notes.h"
#include "core/plan/notes.h"
#include "core/plan/sync.h"
#include "core/pool/exempt.h"

/* ---- numbers that are not there -------------------------------------------------------------- */

/* The numbers that are made by their first assignment, by group: each group takes its own in order. */
struct made {
    const char **exts;
    size_t *next, *end; /* by group, those of no group last */
    size_t n_groups;
};

static size_t made_group(const struct made *made, uint16_t group)
{
    return group < made->n_groups ? group : made->n_groups;
}

static void made_at_once(const struct sync *sync, struct made *made)
{
    size_t n_all = sync->n_joiners + sync->n_movers;
    size_t sum = 0;
    made->n_groups = sync->input->policy->n_groups;
    made->exts = mem_array(n_all + 1, sizeof *made->exts);
    made->next = mem_array(made->n_groups + 1, sizeof *made->next);
    made->end = mem_array(made->n_groups + 1, sizeof *made->end);
    for (size_t i = 0; i < n_all; i++) {
        made->next[made_group(made, sync->joiners[i].group)]++;
    }
    for (size_t i = 0; i <= made->n_groups; i++) {
        size_t n = made->next[i];
        made->next[i] = made->end[i] = sum;
        sum += n;
    }
    for (size_t i = 0; i < n_all; i++) {
        const struct pick *pick = &sync->joiners[i].pick;
        if (pick->ext[0] != '\0' && !pick->slot) {
            made->exts[made->end[made_group(made, sync->joiners[i].group)]++] = pick->ext;
        }
    }
}

/* Numbers of the ranges that are not there, but for those that are `made` otherwise; or NULL. */
static void create_missing(struct plan_builder *builder, struct made *made)
{
    struct pool_walk walk;
    pool_walk_init(&walk, builder->input);
    while (pool_walk_next(&walk)) {
        if (walk.slot) {
            continue;
        }
        size_t group = made ? made_group(made, walk.policy->ranges[walk.range].group) : 0;
        if (made && made->next[group] < made->end[group] &&
            strcmp(made->exts[made->next[group]], walk.ext) == 0) {
            made->next[group]++;
        } else {
            build_create(builder, walk.ext);
        }
    }
}

static void create_rest(struct sync *sync)
{
    struct made made;
    made_at_once(sync, &made);
    create_missing(&sync->builder, &made);
    free(made.exts);
    free(made.next);
    free(made.end);
}

/* ---- notes --------------------------------------------------------------------------------- */

static void note_partial(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    struct name_list missing = {.n = 0};
    for (size_t i = sync->n_agents; plan->partial && i < sync->n_people; i++) {
        if (sync_fate(sync, (uint32_t)i) == HOLDER_LEFT) {
            name_list_add(&missing, sync->kept[i]->agent);
        }
    }
    plan_note_partial(plan, &missing);
}

/* Holders who are in no directory, and whom this sync leaves alone. */
static void note_left_alone(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    struct name_list unknown = {.n = 0};
    for (size_t i = sync->n_agents; plan->unknown_origin > 0 && i < sync->n_people; i++) {
        if (sync_fate(sync, (uint32_t)i) == HOLDER_UNKNOWN_ORIGIN) {
            name_list_add(&unknown, sync->kept[i]->agent);
        }
    }
    if (unknown.n > 0) {
        plan_note(plan,
                  "%zu holder%s of unknown origin %s in no directory and %s left alone: %s; --sync "
                  "--take-over none takes their numbers back",
                  unknown.n, unknown.n == 1 ? "" : "s", unknown.n == 1 ? "is" : "are",
                  unknown.n == 1 ? "is" : "are", unknown.text);
    }
    /* Not of a plan without rows: a timer would tell the same at each run. */
    if (plan->foreign > 0 && plan->n_changes > 0) {
        char number[TEXT_NUMBER_ROOM];
        plan_note(plan, "%s holder%s from other directories, left alone",
                  text_number(plan->foreign, number), plan->foreign == 1 ? " is" : "s are");
    }
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
        if (sync_has_left(sync, sync->holder[i])) {
            name_list_add(&pinned, slot->agent);
        }
        bool absent = sync->holder[i] >= sync->n_agents;
        bool alone = absent ? sync_fate(sync, sync->holder[i]) != HOLDER_LEFT
                            : scope_is_theirs(&sync->scope, slot);
        if (!alone && !policy_in_ranges(sync->input->policy, slot->ext)) {
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

/* Exempt agents who hold a number keep it: a pattern takes nothing, and somebody who is exempt by name
   got it from another program. */
static void note_exempt_holders(struct sync *sync)
{
    struct plan *plan = sync->builder.plan;
    struct name_list matching = {.n = 0};
    struct name_list named = {.n = 0};
    for (size_t i = 0; i < sync->n_slots; i++) {
        const struct slot *slot = &sync->slots[i];
        if (slot->state == SLOT_ASSIGNED && !sync->given_back[i] &&
            sync_is_exempt(sync, slot->agent)) {
            bool by_name = snapshot_find_exempt(sync->input->snapshot, slot->agent) != NULL;
            name_list_add(by_name ? &named : &matching, slot->agent);
        }
    }
    if (matching.n > 0) {
        plan_note(plan, "%zu agent%s [policy] exempt and keep%s the extension: %s", matching.n,
                  matching.n == 1 ? " matches" : "s match", matching.n == 1 ? "s" : "",
                  matching.text);
    }
    if (named.n > 0) {
        plan_note(plan,
                  "%zu exempt agent%s an extension all the same: %s; --doctor --fix takes "
                  "it back",
                  named.n, named.n == 1 ? " holds" : "s hold", named.text);
    }
}

/* ---- the planners -------------------------------------------------------------------------- */

static void sync_release(struct sync *sync)
{
    strmap_release(&sync->people);
    number_picker_release(&sync->picker);
    scope_release(&sync->scope);
    free(sync->kept);
    free(sync->holder);
    free(sync->given_back);
    free(sync->joiners);
    free(sync->takers);
    free(sync->movers);
    free(sync->tallies);
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
    if (policy_check_exempt(input->policy, input->roster, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    struct sync sync = {
        .input = input,
        .slots = input->snapshot->slots,
        .n_slots = input->snapshot->n_slots,
        .agents = input->roster->agents,
        .n_agents = input->roster->n_agents,
    };
    enum err_code code = scope_init(&sync.scope, input, err);
    if (code != ERR_OK) {
        scope_release(&sync.scope);
        return code;
    }
    plan_builder_init(&sync.builder, input, "sync");
    struct plan *plan = sync.builder.plan;
    if (input->take_over && strcmp(input->take_over, TAKE_OVER_NONE) == 0) {
        plan_note(plan, "holders without a source count as those of this directory");
    } else if (input->take_over) {
        plan_note(plan, "holders from %s count as those of this directory", input->take_over);
    }
    number_picker_init(&sync.picker, input);
    sync_join_holders(&sync);
    sync_serve(&sync);
    sync_find_twins(&sync);
    sync_build_repairs(&sync);
    sync_build_releases(&sync);
    sync_build_assignments(&sync);
    if (makes_numbers && missing > 0) {
        create_rest(&sync);
    }
    sync_build_adoptions(&sync);
    plan->missing = makes_numbers ? 0 : (size_t)missing;
    if (sync.n_agents == 0 && plan->assigned_before > 0) {
        plan_note(plan, "the directory is empty, so nothing is taken back");
    }
    note_partial(&sync);
    note_left_alone(&sync);
    note_stayers(&sync);
    note_exempt_holders(&sync);
    sync_note_groups(&sync);
    plan_note_shortage(plan, input);
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
    create_missing(&builder, NULL);
    *out = builder.plan;
    return ERR_OK;
}
