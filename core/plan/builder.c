#include "core/plan/builder.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/plan/belongings.h"

/* ---- values of slots ----------------------------------------------------------------------- */

/* The one record that a slot of this state has when it is sound. */
static uint8_t slot_record(enum slot_state state)
{
    switch (state) {
    case SLOT_FREE:
        return RECORD_FREE;
    case SLOT_ASSIGNED:
        return RECORD_ASSIGNED;
    case SLOT_RESERVED:
        return RECORD_RESERVED;
    case SLOT_ABSENT:
        break;
    }
    return 0;
}

bool slot_is_sound(const struct slot *slot)
{
    return slot->records == 0 || slot->records == slot_record(slot->state);
}

static bool spelled_same(const struct as_read *a, const struct as_read *b)
{
    return a == b || (a && b && strcmp(a->attributes, b->attributes) == 0);
}

bool slot_same(const struct slot *a, const struct slot *b)
{
    bool no_a = !a || a->state == SLOT_ABSENT;
    bool no_b = !b || b->state == SLOT_ABSENT;
    if (no_a || no_b) {
        return no_a && no_b;
    }
    bool same_records = a->records == b->records || (slot_is_sound(a) && slot_is_sound(b));
    return a->state == b->state && a->at_s == b->at_s && a->given_back_s == b->given_back_s &&
           a->until_s == b->until_s && text_same(a->target, b->target) && same_records &&
           strcmp(a->ext, b->ext) == 0 && text_same(a->agent, b->agent) &&
           text_same(a->note, b->note) && text_same(a->by, b->by) &&
           belongings_same(a->own, b->own) && spelled_same(a->as_read, b->as_read);
}

bool slot_is_ahead(const struct slot *slot, int64_t now_s)
{
    return slot->at_s > now_s + CLOCK_DAY_S;
}

bool slot_holds(const struct slot *slot, const char *agent)
{
    return slot && agent && slot->state == SLOT_ASSIGNED && strcmp(slot->agent, agent) == 0;
}

static struct slot slot_of(const char *ext, enum slot_state state)
{
    struct slot slot = {.state = (uint8_t)state, .records = slot_record(state)};
    memcpy(slot.ext, ext, strnlen(ext, EXT_WIDTH_MAX));
    return slot;
}

struct slot slot_free(const char *ext, int64_t given_back_s, const char *last_agent)
{
    struct slot slot = slot_of(ext, SLOT_FREE);
    slot.at_s = given_back_s;
    slot.agent = last_agent;
    return slot;
}

struct slot slot_assigned(const char *ext, const char *agent, int64_t since_s, const char *pin,
                          const char *by)
{
    struct slot slot = slot_of(ext, SLOT_ASSIGNED);
    slot.agent = agent;
    slot.at_s = since_s;
    slot.note = pin;
    slot.by = by;
    return slot;
}

struct slot slot_reserved(const char *ext, const char *note, int64_t since_s, const char *by)
{
    struct slot slot = slot_of(ext, SLOT_RESERVED);
    slot.note = note;
    slot.at_s = since_s;
    slot.by = by;
    return slot;
}

void slot_keep_former(struct slot *reserved, const struct slot *before)
{
    if (before->state == SLOT_FREE || before->state == SLOT_RESERVED) {
        reserved->given_back_s = before->state == SLOT_FREE ? before->at_s : before->given_back_s;
        reserved->agent = before->agent;
    }
}

struct slot slot_unreserved(const struct slot *reserved)
{
    return slot_free(reserved->ext, reserved->given_back_s, reserved->agent);
}

bool slot_has_ended(const struct slot *slot, int64_t now_s)
{
    return slot->state == SLOT_RESERVED && slot->until_s > 0 && slot->until_s <= now_s &&
           slot->time != TIME_STANDS;
}

struct slot slot_ended(const struct slot *reserved)
{
    return slot_free(reserved->ext, reserved->until_s, reserved->agent);
}

static bool is_listed(const struct plan_input *input, const struct slot *slot)
{
    return input->listed && input->listed[slot - input->snapshot->slots];
}

bool slot_rather_kept(const struct plan_input *input, const struct slot *a, const struct slot *b,
                      const struct claim *claim)
{
    if (!a->note != !b->note) {
        return a->note != NULL;
    }
    bool claims_a = claim && strcmp(a->ext, claim->ext) == 0;
    bool claims_b = claim && strcmp(b->ext, claim->ext) == 0;
    if (claims_a != claims_b) {
        return claims_a;
    }
    if (is_listed(input, a) != is_listed(input, b)) {
        return is_listed(input, a);
    }
    if (a->at_s != b->at_s) {
        return a->at_s != 0 && (b->at_s == 0 || a->at_s < b->at_s);
    }
    return strcmp(a->ext, b->ext) < 0;
}

/* ---- changes ------------------------------------------------------------------------------- */

/* What becomes of a number that is given back now, with that cool-down. */
static const char *when_cool(const struct plan_builder *builder, int64_t cooldown_s)
{
    char day[32];
    int64_t now_s = builder->input->now_s;
    if (cooldown_s == 0) {
        return "free again at once";
    }
    format_day(cooldown_s > INT64_MAX - now_s ? INT64_MAX : now_s + cooldown_s, now_s, day);
    return arena_printf(&builder->plan->arena, "cools until %s", day);
}

void plan_builder_init(struct plan_builder *builder, const struct plan_input *input,
                       const char *action)
{
    /* A part of a directory tells nothing about those who are not in it. */
    struct plan *plan = plan_new(action, input->snapshot,
                                 input->still_reading ? NULL : input->roster, input->now_s);
    *builder = (struct plan_builder){
        .input = input,
        .plan = plan,
        .by = arena_strdup(&plan->arena, input->actor),
    };
    if (input->makes_store) {
        plan_note(plan, "a new store is made: %s", input->makes_store);
    }
    if (input->snapshot->time.note) {
        plan_note(plan, "%s", input->snapshot->time.note);
    }
    builder->cools = when_cool(builder, input->policy->cooldown_s);
}

const char *builder_given_back(const struct plan_builder *builder, const char *ext)
{
    const struct policy *policy = builder->input->policy;
    if (policy_is_blocked(policy, ext)) {
        return "stays blocked by the policy";
    }
    const struct ext_range *range = policy_range_of(policy, ext);
    if (!range) {
        return "stays outside the ranges";
    }
    int64_t cooldown_s = policy_cooldown_of(policy, range->group);
    return cooldown_s == policy->cooldown_s ? builder->cools : when_cool(builder, cooldown_s);
}

void build_create(struct plan_builder *builder, const char *ext)
{
    struct change *change = plan_add_plain(builder->plan, CHANGE_CREATE, NULL, NULL, 1,
                                           "a number of the pool that was not there");
    change->steps[0].after = slot_free(ext, 0, NULL);
    change->ext = change->steps[0].after.ext;
}

struct change *build_assign(struct plan_builder *builder, const struct slot *before,
                            const char *ext, const struct agent *agent, const char *why)
{
    struct plan *plan = builder->plan;
    struct change *change = plan_add_plain(plan, CHANGE_ASSIGN, NULL, agent->login, 1, why);
    struct step *step = &change->steps[0];
    step->before = before;
    step->after = slot_assigned(ext, agent->login, builder->input->now_s, NULL, builder->by);
    step->after.own = belongings_now(&plan->arena, NULL, builder->input->roster, agent);
    change->ext = step->after.ext;
    change->to = change->ext;
    return change;
}

struct change *build_release(struct plan_builder *builder, const struct slot *before,
                             const char *why)
{
    struct change *change =
        plan_add_plain(builder->plan, CHANGE_RELEASE, before->ext, before->agent, 1, why);
    change->from = before->ext;
    change->steps[0].before = before;
    change->steps[0].after = slot_free(before->ext, builder->input->now_s, before->agent);
    return change;
}

struct slot slot_repaired(const struct slot *before, const struct plan_builder *builder)
{
    struct slot after = *before;
    after.records = slot_record(before->state);
    after.as_read = NULL;
    after.time = TIME_SOUND;
    if (before->time == TIME_DAMAGED) {
        after.at_s = builder->input->now_s;
    }
    if (after.state == SLOT_ASSIGNED && after.at_s == 0) {
        after.at_s = builder->input->now_s;
        after.by = builder->by;
    }
    return after;
}

/* Why something else belongs to the holder now. */
static const char *what_was_old(struct arena *arena, const struct belongings *was,
                                const struct belongings *own)
{
    size_t length_was = 0;
    size_t length = 0;
    const char *from = was ? belongings_source(was, &length_was) : NULL;
    const char *to = own ? belongings_source(own, &length) : NULL;
    bool same = from && to && length == length_was && memcmp(from, to, length) == 0;
    if (from && !same && !to) {
        return arena_printf(arena, "is no longer in %.*s", (int)length_was, from);
    }
    if (from && !same) {
        return arena_printf(arena, "is in %.*s now, and no longer in %.*s", (int)length, to,
                            (int)length_was, from);
    }
    if (own && own->source && !same) {
        return arena_printf(arena, "gets the name of the directory: %s", own->source);
    }
    return was && was->arn ? "the directory has another ARN now"
                           : "gets the ARN from the directory";
}

static const char *what_was_wrong(struct plan_builder *builder, const struct slot *slot,
                                  const struct belongings *own)
{
    struct arena *arena = &builder->plan->arena;
    bool sound = slot_is_sound(slot);
    if (sound && slot->time == TIME_DAMAGED) {
        return slot->state == SLOT_FREE
                   ? arena_printf(arena, "was given back while a clock was wrong; %s",
                                  builder_given_back(builder, slot->ext))
                   : "was stamped while a clock was wrong";
    }
    if (sound && slot->at_s == 0) {
        return "written by the program before this one";
    }
    if (sound && slot->as_read && slot->as_read->unsafe) {
        return arena_printf(arena,
                            "rewritten as text, because a contact flow takes nothing else: %s",
                            slot->as_read->unsafe);
    }
    if (sound) {
        return what_was_old(arena, slot->own, own);
    }
    if (slot->state == SLOT_FREE) {
        return "free, but the index could not show it";
    }
    if (slot->state == SLOT_RESERVED) {
        return "was free and reserved at once; stays reserved";
    }
    return slot->records & RECORD_RESERVED ? "was reserved and assigned at once; stays assigned"
                                           : "was free and assigned at once; stays assigned";
}

struct change *build_repair(struct plan_builder *builder, const struct slot *before,
                            const struct belongings *own)
{
    bool adopts = slot_is_sound(before) && before->time != TIME_DAMAGED;
    struct change *change =
        plan_add_plain(builder->plan, adopts ? CHANGE_ADOPT : CHANGE_REPAIR, before->ext,
                       before->state == SLOT_ASSIGNED ? before->agent : NULL, 1,
                       what_was_wrong(builder, before, own));
    change->steps[0].before = before;
    change->steps[0].after = slot_repaired(before, builder);
    change->steps[0].after.own = own;
    return change;
}

struct change *build_drop_surplus(struct plan_builder *builder, const struct slot *before,
                                  const struct slot *kept, const char *then)
{
    struct change *change = plan_add(builder->plan, CHANGE_REPAIR, before->ext, before->agent, 1,
                                     "has two extensions and keeps %s; %s", kept->ext, then);
    change->from = before->ext;
    change->to = kept->ext;
    change->steps[0].before = before;
    change->steps[0].after = slot_free(before->ext, builder->input->now_s, before->agent);
    return change;
}

struct claim_step *build_claim(struct plan_builder *builder, struct change *change,
                               const char *agent, const char *before, const char *after)
{
    change->claim = arena_alloc(&builder->plan->arena, sizeof *change->claim);
    *change->claim = (struct claim_step){.agent = agent, .before = before, .after = after};
    return change->claim;
}

/* ---- words --------------------------------------------------------------------------------- */

void format_day(int64_t at_s, int64_t now_s, char out[32])
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct clock_date at = clock_date_utc(at_s);
    struct clock_date now = clock_date_utc(now_s);
    const char *month = months[(at.month - 1) % 12];
    if (at_s - now_s < INT64_C(172800)) { /* two days */
        snprintf(out, 32, "%d %s %02d:%02d UTC", at.day, month, at.hour, at.minute);
    } else if (at.year != now.year) {
        snprintf(out, 32, "%d %s %d", at.day, month, at.year);
    } else {
        snprintf(out, 32, "%d %s", at.day, month);
    }
}

const char *format_calls(struct arena *arena, const struct slot *reserved)
{
    char until[CLOCK_TEXT_MAX] = "";
    const char *target = reserved->target;
    bool ends = reserved->until_s > 0;
    if (ends) {
        clock_format_s(reserved->until_s, until);
    }
    if (!target && !ends) {
        return NULL;
    }
    return arena_printf(arena, "%s%s%s%s%s", target ? "target " : "", target ? target : "",
                        target && ends ? ", " : "", ends ? "until " : "", until);
}

const char *format_set(struct arena *arena, const char *why, const struct change *set)
{
    return arena_printf(arena, "%s; %s%s; before: %s", why, set->agent ? "fallback " : "",
                        set->to ? set->to : "none", set->from ? set->from : "none");
}

void name_list_add(struct name_list *list, const char *name)
{
    size_t used = strlen(list->text);
    size_t room = sizeof list->text - used;
    size_t needed = strlen(name) + (list->n ? 2 : 0);
    list->n++;
    if (needed + sizeof ", ..." <= room) {
        snprintf(list->text + used, room, "%s%s", used ? ", " : "", name);
    } else if (used < 3 || strcmp(list->text + used - 3, "...") != 0) {
        snprintf(list->text + used, room, "%s...", used ? ", " : "");
    }
}
