#include "core/plan/renumber.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/belongings.h"
#include "core/plan/builder.h"
#include "core/pool/group.h"

#include "core/base/banned.h"

static uint64_t number(const char *ext)
{
    return strtoull(ext, NULL, 10);
}

/* ---- who stays ------------------------------------------------------------------------------- */

struct renumber {
    struct plan_builder builder;
    const struct plan_input *input;
    const struct renumbering *asked;
    struct name_list pinned, reserved, taken;
};

static void new_number(const struct renumber *self, const char *ext, char out[EXT_ROOM])
{
    uint64_t moved = number(ext) - number(self->asked->first) + number(self->asked->to_first);
    snprintf(out, EXT_ROOM, "%0*" PRIu64, self->input->policy->width, moved);
}

/* Why nobody can be given the number; NULL: it can be given. A number that the store does not show is
   made: the write finds out whether it is really not there. */
static const char *why_not(const struct renumber *self, const char *ext, const struct slot *slot)
{
    enum ext_state state = slot ? policy_state(self->input->policy, slot, self->input->now_s)
                           : policy_is_blocked(self->input->policy, ext) ? EXT_BLOCKED
                                                                         : EXT_FREE;
    bool free = state == EXT_FREE || state == EXT_COOLING || state == EXT_ABSENT;
    return free && (!slot || slot_is_sound(slot)) ? NULL : free ? "damaged" : ext_state_name(state);
}

/* ---- the rows -------------------------------------------------------------------------------- */

#define KEPT_NOTE "renumbered to "

/* The number leads to its former holder for a while. */
static void keep_old(struct renumber *self, const struct slot *slot, const char *ext)
{
    struct plan *plan = self->builder.plan;
    int64_t now_s = self->input->now_s;
    const char *note = arena_printf(&plan->arena, KEPT_NOTE "%s", ext);
    struct slot kept = slot_reserved(slot->ext, note, now_s, self->builder.by);
    kept.agent = slot->agent;
    kept.given_back_s = now_s;
    kept.target = arena_printf(&plan->arena, "agent:%s", slot->agent);
    kept.until_s = now_s + self->asked->keep_old_s;
    struct change *change = plan_add_plain(
        plan, CHANGE_RESERVE, slot->ext, NULL, 1,
        arena_printf(&plan->arena, "kept for a while; %s", format_calls(&plan->arena, &kept)));
    change->to = note;
    change->group = self->builder.groups;
    change->steps[0] = (struct step){.before = slot, .after = kept};
}

static void move(struct renumber *self, const struct slot *slot, const char *ext,
                 const struct slot *free)
{
    struct plan *plan = self->builder.plan;
    bool keeps = self->asked->keep_old_s > 0;
    const char *then =
        keeps ? "stays reserved for a while" : builder_given_back(&self->builder, slot->ext);
    struct change *change =
        plan_add_plain(plan, CHANGE_REASSIGN, arena_strdup(&plan->arena, ext), slot->agent, 2,
                       arena_printf(&plan->arena, "renumbered; %s %s", slot->ext, then));
    struct slot taken =
        slot_assigned(change->ext, slot->agent, self->input->now_s, NULL, self->builder.by);
    const struct agent *agent =
        self->input->roster ? roster_find(self->input->roster, slot->agent) : NULL;
    taken.own = belongings_now(&plan->arena, slot->own, self->input->roster, agent);
    change->from = slot->ext;
    change->to = change->ext;
    change->steps[0] = (struct step){.before = free, .after = taken};
    change->steps[1] = (struct step){
        .before = slot, .after = slot_free(slot->ext, self->input->now_s, slot->agent)};
    if (keeps) {
        change->group = ++self->builder.groups;
        keep_old(self, slot, change->ext);
    }
}

static void consider(struct renumber *self, const struct slot *slot)
{
    char ext[EXT_ROOM];
    new_number(self, slot->ext, ext);
    const struct slot *there = snapshot_find(self->input->snapshot, ext);
    const char *why = why_not(self, ext, there);
    if (slot->note) {
        name_list_add(&self->pinned, slot->agent);
    } else if (why) {
        char text[LOGIN_MAX + 3 * EXT_ROOM + 32];
        snprintf(text, sizeof text, "%s (%s is %s)", slot->ext, ext, why);
        name_list_add(&self->taken, text);
    } else {
        move(self, slot, ext, there);
    }
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* By an earlier run. */
static bool is_kept(const struct slot *slot)
{
    return slot->target && slot->note && strncmp(slot->note, KEPT_NOTE, strlen(KEPT_NOTE)) == 0;
}

static bool in_range(const struct renumber *self, const struct slot *slot)
{
    return strlen(slot->ext) == strlen(self->asked->first) &&
           strcmp(self->asked->first, slot->ext) <= 0 && strcmp(slot->ext, self->asked->last) <= 0;
}

static void note_stayers(const struct renumber *self)
{
    struct plan *plan = self->builder.plan;
    if (self->pinned.n > 0) {
        plan_note(plan, "%zu %s pinned and not renumbered: %s", self->pinned.n,
                  self->pinned.n == 1 ? "is" : "are", self->pinned.text);
    }
    if (self->taken.n > 0) {
        plan_note(plan, "%zu cannot be renumbered, since the new number is not free: %s",
                  self->taken.n, self->taken.text);
    }
    if (self->reserved.n > 0) {
        plan_note(plan, "%zu reserved number%s left as %s: %s", self->reserved.n,
                  self->reserved.n == 1 ? " is" : "s are",
                  self->reserved.n == 1 ? "it is" : "they are", self->reserved.text);
    }
}

static enum err_code check_ranges(const struct plan_input *input,
                                  const struct renumbering *renumbering, struct err *err)
{
    const struct policy *policy = input->policy;
    for (uint64_t at = number(renumbering->to_first); at <= number(renumbering->to_last); at++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%0*" PRIu64, policy->width, at);
        const struct ext_range *range = policy_range_of(policy, ext);
        if (!range) {
            err_set(err, ERR_CONFIG, "%s is not in the ranges of the pool", ext);
            err_hint(err, "Add the new range to the configuration first, beside the old one");
            return ERR_CONFIG;
        }
        at = number(range->last); /* the rest of that range is in it, too */
    }
    return ERR_OK;
}

enum err_code plan_renumber(const struct plan_input *input, const struct renumbering *renumbering,
                            struct plan **out, struct err *err)
{
    *out = NULL;
    if (check_ranges(input, renumbering, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    struct renumber self = {.input = input, .asked = renumbering};
    plan_builder_init(&self.builder, input, "renumber");
    for (size_t i = 0; i < input->snapshot->n_slots; i++) {
        const struct slot *slot = &input->snapshot->slots[i];
        if (!in_range(&self, slot)) {
            continue;
        }
        if (slot->state == SLOT_ASSIGNED) {
            consider(&self, slot);
        } else if (slot->state == SLOT_RESERVED && !is_kept(slot)) {
            name_list_add(&self.reserved, slot->ext);
        }
    }
    note_stayers(&self);
    *out = self.builder.plan;
    return ERR_OK;
}
