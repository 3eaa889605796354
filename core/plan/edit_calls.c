/*
 * Where calls go: the target and the end of a reservation, and the fallback of an agent. What only
 * changes these is a change of kind `set`; nobody's number changes with it.
 */
#include "core/plan/edit.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/pool/target.h"

#include "core/base/banned.h"
#include "core/plan/belongings.h"

/* ---- what can be --------------------------------------------------------------------------- */

/* The target of a request, split. False: none is said, it is taken away, or it is refused. */
static bool read_target(struct edit *edit, size_t i, enum target_kind *kind, const char **bare)
{
    const char *text = edit->requests[i].asked->target;
    struct err why = ERR_INIT;
    if (!text || text[0] == '\0') {
        return false;
    }
    if (target_parse(text, edit->input->policy->width, kind, bare, &why) != ERR_OK) {
        edit_refuse(edit, i, "%s", why.text);
        return false;
    }
    return true;
}

/* A reservation that has ended says nothing any more about where calls go. */
static bool holds_still(const struct edit *edit, const struct slot *slot)
{
    return slot && slot->state == SLOT_RESERVED &&
           (slot->until_s == 0 || edit->input->now_s < slot->until_s);
}

bool edit_check_calls(struct edit *edit, size_t i, const struct slot *slot)
{
    struct edit_request *request = &edit->requests[i];
    const struct request *asked = request->asked;
    struct arena *arena = &edit->builder.plan->arena;
    bool kept = holds_still(edit, slot);
    enum target_kind kind;
    const char *bare;
    if (read_target(edit, i, &kind, &bare) && kind == TARGET_EXT &&
        strcmp(bare, request->ext) == 0) {
        edit_refuse(edit, i, "a call to %s cannot go to %s again: name another target", bare, bare);
    }
    request->target = asked->target ? arena_strdup(arena, asked->target)
                      : kept        ? slot->target
                                    : NULL;
    if (request->target && request->target[0] == '\0') {
        request->target = NULL;
    }
    request->until_s = kept ? slot->until_s : 0;
    if (asked->until.given) {
        request->until_s = until_moment_s(&asked->until, edit->input->now_s);
    }
    if (asked->until.given && request->until_s != 0 && request->until_s <= edit->input->now_s) {
        char until[CLOCK_TEXT_MAX];
        char now[CLOCK_TEXT_MAX];
        clock_format_s(request->until_s, until);
        clock_format_s(edit->input->now_s, now);
        edit_refuse(edit, i, "%s cannot be reserved until %s: it is %s now", request->ext, until,
                    now);
    }
    return request->state == EDIT_OPEN;
}

bool edit_same_calls(const struct edit_request *request, const struct slot *slot)
{
    return text_same(request->target, slot->target) && request->until_s == slot->until_s;
}

void edit_check_fallback(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    struct person *person = request->person;
    struct arena *arena = &edit->builder.plan->arena;
    enum target_kind kind;
    const char *bare;
    if (!person) {
        edit_refuse(edit, i, "no agent is given");
        return;
    }
    if (!edit_check_one_extension(edit, i, person) || !edit_check_has_extension(edit, i)) {
        return;
    }
    if (read_target(edit, i, &kind, &bare)) {
        request->target = arena_strdup(arena, request->asked->target);
        if (kind == TARGET_AGENT && strcmp(bare, person->login) == 0) {
            edit_refuse(edit, i, "%s cannot be their own fallback", person->login);
        } else if (kind == TARGET_EXT && strcmp(bare, person->slot->ext) == 0) {
            edit_refuse(edit, i, "%s is the extension of %s: it cannot be their fallback", bare,
                        person->login);
        }
    }
    const char *now = slot_fallback(person->slot);
    if (request->state != EDIT_OPEN || !edit_claim_person(edit, i, person, &person->set)) {
        return;
    }
    if (text_same(request->target, now)) {
        edit_grant(edit, i,
                   now ? arena_printf(arena, "%s has the fallback %s", person->login, now)
                       : arena_printf(arena, "%s has no fallback", person->login));
    }
}

/* ---- what there shall be ------------------------------------------------------------------- */

struct slot edit_set_calls(const struct edit_request *request, struct slot slot)
{
    slot.target = request->target;
    slot.until_s = request->until_s;
    return slot;
}

const struct belongings *edit_belongings(struct edit *edit, const struct person *person)
{
    struct arena *arena = &edit->builder.plan->arena;
    const struct belongings *own = belongings_now(arena, person->slot ? person->slot->own : NULL,
                                                  edit->input->roster, person->agent);
    bool sets = person->set != NO_REQUEST && edit->requests[person->set].state == EDIT_OPEN;
    return sets ? belongings_with(arena, own, edit->requests[person->set].target) : own;
}

struct change *edit_build_set(struct edit *edit, const struct edit_request *request,
                              const char *occasion)
{
    struct arena *arena = &edit->builder.plan->arena;
    const struct person *person = request->person;
    const struct number *number = !person      ? request->number
                                  : person->to ? person->to
                                               : edit_number(edit, person->slot->ext);
    struct change *change = plan_add_plain(edit->builder.plan, CHANGE_SET, number->ext,
                                           person ? person->login : NULL, 1, NULL);
    change->steps[0].before = number->slot;
    change->steps[0].after = number->after;
    change->from = person ? slot_fallback(person->slot) : format_calls(arena, number->slot);
    change->to = person ? request->target : format_calls(arena, &number->after);
    change->why = format_set(arena, occasion, change);
    return change;
}

/* ---- targets that lead nowhere now --------------------------------------------------------- */

/* Why a call would reach nobody; NULL: it would. */
static const char *leads_nowhere(struct edit *edit, enum target_kind kind, const char *bare)
{
    struct arena *arena = &edit->builder.plan->arena;
    const struct snapshot *snapshot = edit->input->snapshot;
    if (kind == TARGET_AGENT && !snapshot_find_agent(snapshot, bare)) {
        return arena_printf(arena, "%s holds no extension", bare);
    }
    const struct slot *slot = kind == TARGET_EXT ? snapshot_find(snapshot, bare) : NULL;
    if (kind != TARGET_EXT || (slot && slot->state == SLOT_ASSIGNED)) {
        return NULL;
    }
    if (slot && slot->state == SLOT_RESERVED) {
        return arena_printf(arena, "%s is reserved itself, and a call takes one step only", bare);
    }
    return arena_printf(arena, "nobody holds %s", bare);
}

void edit_note_targets(struct edit *edit)
{
    const char *told = NULL; /* a range has one target for all */
    for (size_t i = 0; i < edit->n_requests; i++) {
        const struct edit_request *request = &edit->requests[i];
        const char *text = request->asked->target;
        enum target_kind kind;
        const char *bare;
        if (request->state != EDIT_OPEN || text == told || !read_target(edit, i, &kind, &bare)) {
            continue;
        }
        told = text;
        const char *why = leads_nowhere(edit, kind, bare);
        if (why) {
            edit_doubt(edit, true);
            plan_note(edit->builder.plan, "%s leads nowhere now: %s", text, why);
        }
    }
}
