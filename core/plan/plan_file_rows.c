#include "core/plan/plan_file_rows.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

static const char *const s_states[] = {[SLOT_ABSENT] = "absent",
                                       [SLOT_FREE] = "free",
                                       [SLOT_ASSIGNED] = "assigned",
                                       [SLOT_RESERVED] = "reserved"};
#define N_STATES (sizeof s_states / sizeof s_states[0])

static void put_text(json_t *object, const char *name, const char *text, bool *clean)
{
    *clean = json_put_text(object, name, text) && *clean;
}

/* ---- slots ----------------------------------------------------------------------------------- */

static void put_belongings(json_t *object, const struct slot *slot, bool *clean)
{
    if (slot->own) {
        put_text(object, "arn", slot->own->arn, clean);
        put_text(object, "source", slot->own->source, clean);
        put_text(object, "fallback", slot->own->fallback, clean);
    }
    if (slot->as_read) {
        json_put_flag(object, "as_read", true);
        put_text(object, "attributes", slot->as_read->attributes, clean);
        put_text(object, "unsafe", slot->as_read->unsafe, clean);
        json_put_flag(object, "mendable", slot->as_read->mendable);
    }
}

/* NULL: nothing was there. */
static json_t *put_slot(const struct slot *slot, bool *clean)
{
    if (!slot) {
        return json_null();
    }
    json_t *object = json_object();
    put_text(object, "extension", slot->ext, clean);
    put_text(object, "state", s_states[slot->state], clean);
    json_put_number(object, "records", slot->records);
    json_put_number(object, "time", slot->time);
    json_put_number(object, "at", slot->at_s);
    put_text(object, "agent", slot->agent, clean);
    put_text(object, "note", slot->note, clean);
    put_text(object, "by", slot->by, clean);
    json_put_number(object, "given_back", slot->given_back_s);
    put_text(object, "target", slot->target, clean);
    json_put_number(object, "until", slot->until_s);
    put_belongings(object, slot, clean);
    return object;
}

static uint8_t get_small(struct json_members *members, const json_t *object, const char *name,
                         int64_t most)
{
    int64_t number = json_get_number(members, object, name);
    if (number < 0 || number > most) {
        json_complain(members, name, "is out of range");
        return 0;
    }
    return (uint8_t)number;
}

static const char *get_ext(struct json_members *members, const json_t *object, const char *name)
{
    const char *ext = json_get_text(members, object, name);
    if (ext && (!text_is_digits(ext) || strlen(ext) > EXT_WIDTH_MAX)) {
        json_complain(members, name, "is not an extension");
        return NULL;
    }
    return ext;
}

static void get_state(struct json_members *members, const json_t *object, struct slot *slot)
{
    const char *state = json_get_text(members, object, "state");
    for (size_t i = 0; state && i < N_STATES; i++) {
        if (strcmp(state, s_states[i]) == 0) {
            slot->state = (uint8_t)i;
            return;
        }
    }
    json_complain(members, "state", "is not a state of an extension");
}

static void get_belongings(struct json_members *members, const json_t *object, struct slot *slot)
{
    struct belongings own = {.arn = json_get_text(members, object, "arn"),
                             .source = json_get_text(members, object, "source"),
                             .fallback = json_get_text(members, object, "fallback")};
    if (own.arn || own.source || own.fallback) {
        struct belongings *copy = arena_alloc(members->arena, sizeof *copy);
        *copy = own;
        slot->own = copy;
    }
    if (json_get_flag(members, object, "as_read")) {
        struct as_read *as_read = arena_alloc(members->arena, sizeof *as_read);
        as_read->attributes = json_get_text(members, object, "attributes");
        as_read->unsafe = json_get_text(members, object, "unsafe");
        as_read->mendable = json_get_flag(members, object, "mendable");
        slot->as_read = as_read;
    }
}

static struct slot get_slot(struct json_members *members, const json_t *object)
{
    struct slot slot = {.state = SLOT_ABSENT};
    const char *ext = get_ext(members, object, "extension");
    if (ext) {
        memcpy(slot.ext, ext, strlen(ext));
    }
    get_state(members, object, &slot);
    slot.records = get_small(members, object, "records",
                             RECORD_FREE | RECORD_LEAKED | RECORD_ASSIGNED | RECORD_RESERVED);
    slot.time = get_small(members, object, "time", TIME_DAMAGED);
    slot.at_s = json_get_number(members, object, "at");
    slot.agent = json_get_text(members, object, "agent");
    slot.note = json_get_text(members, object, "note");
    slot.by = json_get_text(members, object, "by");
    slot.given_back_s = json_get_number(members, object, "given_back");
    slot.target = json_get_text(members, object, "target");
    slot.until_s = json_get_number(members, object, "until");
    get_belongings(members, object, &slot);
    if (slot.state == SLOT_ASSIGNED && !slot.agent) {
        json_complain(members, "agent", "is missing");
    }
    return slot;
}

/* ---- exemptions ------------------------------------------------------------------------------ */

/* NULL: there is none. */
static json_t *put_exempt(const struct exempt *exempt, bool *clean)
{
    if (!exempt) {
        return json_null();
    }
    json_t *object = json_object();
    put_text(object, "agent", exempt->agent, clean);
    put_text(object, "note", exempt->note, clean);
    put_text(object, "by", exempt->by, clean);
    json_put_number(object, "since", exempt->since_s);
    return object;
}

static const struct exempt *get_exempt(struct json_members *members, const json_t *step,
                                       const char *name)
{
    const json_t *object = json_object_get(step, name);
    if (!json_is_object(object)) {
        if (!json_is_null(object)) {
            json_complain(members, name, "is missing");
        }
        return NULL;
    }
    struct exempt *exempt = arena_alloc(members->arena, sizeof *exempt);
    *exempt = (struct exempt){.agent = json_get_text(members, object, "agent"),
                              .note = json_get_text(members, object, "note"),
                              .by = json_get_text(members, object, "by"),
                              .since_s = json_get_number(members, object, "since")};
    if (!exempt->agent) {
        json_complain(members, "agent", "is missing");
    }
    return exempt;
}

static json_t *put_exempt_step(const struct exempt_step *step, bool *clean)
{
    json_t *object = json_object();
    put_text(object, "agent", step->agent, clean);
    json_object_set_new_nocheck(object, "before", put_exempt(step->before, clean));
    json_object_set_new_nocheck(object, "after", put_exempt(step->after, clean));
    return object;
}

static struct exempt_step *get_exempt_step(struct json_members *members, const json_t *object)
{
    struct exempt_step *step = arena_alloc(members->arena, sizeof *step);
    *step = (struct exempt_step){.agent = json_get_text(members, object, "agent"),
                                 .before = get_exempt(members, object, "before"),
                                 .after = get_exempt(members, object, "after")};
    if (!step->agent) {
        json_complain(members, "exempt", "names no agent");
    }
    return step;
}

/* ---- changes --------------------------------------------------------------------------------- */

static json_t *put_steps(const struct change *change, bool *clean)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < change->n_steps; i++) {
        json_t *step = json_object();
        json_object_set_new_nocheck(step, "before", put_slot(change->steps[i].before, clean));
        json_object_set_new_nocheck(step, "after", put_slot(&change->steps[i].after, clean));
        json_array_append_new(steps, step);
    }
    return steps;
}

static void put_extras(json_t *object, const struct change *change, bool *clean)
{
    if (change->claim) {
        json_t *claim = json_object();
        put_text(claim, "agent", change->claim->agent, clean);
        put_text(claim, "before", change->claim->before, clean);
        put_text(claim, "after", change->claim->after, clean);
        json_put_flag(claim, "tolerant", change->claim->tolerant);
        json_object_set_new_nocheck(object, "claim", claim);
    }
    if (change->trail) {
        json_t *trail = json_object();
        json_put_flag(trail, "trust_clock", change->trail->trust_clock);
        json_put_number(trail, "expired_by", change->trail->expired_by_s);
        json_put_number(trail, "records", (int64_t)change->trail->n_records);
        json_object_set_new_nocheck(object, "trail", trail);
    }
    if (change->exempt) {
        json_object_set_new_nocheck(object, "exempt", put_exempt_step(change->exempt, clean));
    }
}

json_t *plan_file_put_change(const struct change *change, bool *clean)
{
    json_t *object = json_object();
    put_text(object, "change", change_kind_name(change->kind), clean);
    put_text(object, "extension", change->ext, clean);
    put_text(object, "agent", change->agent, clean);
    put_text(object, "from", change->from, clean);
    put_text(object, "to", change->to, clean);
    put_text(object, "why", change->why, clean);
    json_put_flag(object, "by_number", change->by_number);
    json_put_flag(object, "any_number", change->any_number);
    json_put_number(object, "group", change->group);
    if (change->n_steps > 0) {
        json_object_set_new_nocheck(object, "steps", put_steps(change, clean));
    }
    put_extras(object, change, clean);
    return object;
}

static enum change_kind get_kind(struct json_members *members, const json_t *object)
{
    enum change_kind kind = CHANGE_SET;
    const char *name = json_get_text(members, object, "change");
    if (!name || !change_kind_parse(name, &kind)) {
        json_complain(members, "change", "is not a kind of change");
    }
    return kind;
}

static void get_steps(struct json_members *members, const json_t *object, struct change *change)
{
    enum { STEPS_MAX = 2 };
    const json_t *steps = json_get_array(members, object, "steps");
    change->n_steps = steps ? json_array_size(steps) : 0;
    if (change->n_steps > STEPS_MAX) {
        json_complain(members, "steps", "are more than two");
        change->n_steps = 0;
    }
    if (change->n_steps == 0) {
        return;
    }
    change->steps = arena_alloc(members->arena, change->n_steps * sizeof *change->steps);
    for (size_t i = 0; i < change->n_steps; i++) {
        const json_t *step = json_array_get(steps, i);
        const json_t *before = json_object_get(step, "before");
        change->steps[i].after = get_slot(members, json_get_object(members, step, "after"));
        if (change->steps[i].after.ext[0] == '\0') {
            json_complain(members, "extension", "is missing");
        }
        if (json_is_object(before)) {
            struct slot *slot = arena_alloc(members->arena, sizeof *slot);
            *slot = get_slot(members, before);
            change->steps[i].before = slot;
        } else if (!json_is_null(before)) {
            json_complain(members, "before", "is missing");
        }
    }
}

static void get_extras(struct json_members *members, const json_t *object, struct change *change)
{
    const json_t *claim = json_get_object(members, object, "claim");
    const json_t *trail = json_get_object(members, object, "trail");
    const json_t *exempt = json_get_object(members, object, "exempt");
    if (exempt) {
        change->exempt = get_exempt_step(members, exempt);
    }
    if (claim) {
        change->claim = arena_alloc(members->arena, sizeof *change->claim);
        *change->claim = (struct claim_step){.agent = json_get_text(members, claim, "agent"),
                                             .before = get_ext(members, claim, "before"),
                                             .after = get_ext(members, claim, "after"),
                                             .tolerant = json_get_flag(members, claim, "tolerant")};
        if (!change->claim->agent) {
            json_complain(members, "claim", "names no agent");
        }
    }
    if (trail) {
        int64_t records = json_get_number(members, trail, "records");
        change->trail = arena_alloc(members->arena, sizeof *change->trail);
        *change->trail =
            (struct trail_step){.trust_clock = json_get_flag(members, trail, "trust_clock"),
                                .expired_by_s = json_get_number(members, trail, "expired_by"),
                                .n_records = records > 0 ? (size_t)records : 0};
    }
}

void plan_file_get_change(struct json_members *members, const json_t *object, struct change *change)
{
    change->kind = get_kind(members, object);
    change->ext = get_ext(members, object, "extension");
    change->agent = json_get_text(members, object, "agent");
    change->from = json_get_text(members, object, "from");
    change->to = json_get_text(members, object, "to");
    change->why = json_get_text(members, object, "why");
    change->by_number = json_get_flag(members, object, "by_number");
    change->any_number = json_get_flag(members, object, "any_number");
    int64_t group = json_get_number(members, object, "group");
    if (group < 0 || group > UINT32_MAX) {
        json_complain(members, "group", "is out of range");
        group = 0;
    }
    change->group = (uint32_t)group;
    get_steps(members, object, change);
    get_extras(members, object, change);
    if (change->n_steps == 0 && !change->claim && !change->trail && !change->exempt) {
        json_complain(members, "steps", "are missing");
    }
}

/* ---- wishes ---------------------------------------------------------------------------------- */

json_t *plan_file_put_wish(const struct wish *wish, bool *clean)
{
    json_t *object = json_object();
    json_t *seen = json_array();
    const struct request *asked = &wish->asked;
    put_text(object, "change", change_kind_name(asked->kind), clean);
    json_put_flag(object, "swap", asked->swap);
    json_put_flag(object, "as_fits", asked->as_fits);
    put_text(object, "agent", asked->agent, clean);
    put_text(object, "other", asked->other, clean);
    put_text(object, "extension", asked->ext, clean);
    put_text(object, "note", asked->note, clean);
    put_text(object, "target", asked->target, clean);
    json_put_flag(object, "ends", asked->until.given);
    json_put_number(object, "until", asked->until.at_s);
    json_put_number(object, "at", wish->at_s);
    put_text(object, "given", wish->given[0] ? wish->given : NULL, clean);
    json_put_flag(object, "out", wish->unticked);
    json_put_flag(object, "saw_exempt", wish->saw_exempt);
    for (size_t i = 0; i < wish->n_seen; i++) {
        json_t *slot = put_slot(&wish->seen[i].slot, clean);
        put_text(slot, "of", wish->seen[i].agent, clean);
        if (!wish->seen[i].slot.ext[0]) {
            json_object_del(slot, "extension");
        }
        json_array_append_new(seen, slot);
    }
    json_object_set_new_nocheck(object, "seen", seen);
    return object;
}

static void get_seen(struct json_members *members, const json_t *object, struct wish *wish)
{
    const json_t *seen = json_get_array(members, object, "seen");
    wish->n_seen = seen ? json_array_size(seen) : 0;
    if (wish->n_seen > WISH_SEEN_MAX) {
        json_complain(members, "seen", "has too many rows");
        wish->n_seen = 0;
    }
    for (size_t i = 0; i < wish->n_seen; i++) {
        const json_t *slot = json_array_get(seen, i);
        wish->seen[i] = (struct seen){.agent = json_get_text(members, slot, "of"),
                                      .slot = get_slot(members, slot)};
    }
}

/* What basket_add makes of requests: an agent, or a number, and what it saw of each. */
static bool is_whole(const struct wish *wish)
{
    const struct request *asked = &wish->asked;
    size_t expected = (asked->agent != NULL) + (asked->other != NULL) + (asked->ext != NULL);
    bool whole = expected > 0 && wish->n_seen == expected && asked->swap == (asked->other != NULL);
    for (size_t i = 0; i < wish->n_seen && whole; i++) {
        const char *of = i == 0 ? asked->agent : i == 1 ? asked->other : NULL;
        whole = !of || (wish->seen[i].agent && strcmp(of, wish->seen[i].agent) == 0);
    }
    return whole && (!asked->swap || (asked->agent && !asked->ext));
}

void plan_file_get_wish(struct json_members *members, const json_t *object, struct wish *wish)
{
    struct request *asked = &wish->asked;
    const char *given = get_ext(members, object, "given");
    asked->kind = get_kind(members, object);
    asked->swap = json_get_flag(members, object, "swap");
    asked->as_fits = json_get_flag(members, object, "as_fits");
    asked->agent = json_get_text(members, object, "agent");
    asked->other = json_get_text(members, object, "other");
    asked->ext = json_get_text(members, object, "extension");
    asked->note = json_get_text(members, object, "note");
    asked->target = json_get_text(members, object, "target");
    asked->until.given = json_get_flag(members, object, "ends");
    asked->until.at_s = json_get_number(members, object, "until");
    wish->at_s = json_get_number(members, object, "at");
    wish->unticked = json_get_flag(members, object, "out");
    wish->saw_exempt = json_get_flag(members, object, "saw_exempt");
    if (given) {
        memcpy(wish->given, given, strlen(given));
    }
    get_seen(members, object, wish);
    if (!is_whole(wish)) {
        json_complain(members, "seen", "does not belong to what was asked for");
    }
}
