/*
 * Decides whether each request is possible: which agent it means, what they hold, and whether the
 * number is available. Every impossible request is refused with its reason, so an operator can
 * correct a file in one pass. A request is not refused only because it depends on a refused one.
 */
#include "core/plan/edit.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

/* ---- people and numbers -------------------------------------------------------------------- */

static struct person *person_of(struct edit *edit, const char *login)
{
    size_t index = strmap_add(&edit->by_login, login, edit->n_people);
    if (index == edit->n_people) {
        struct arena *arena = &edit->builder.plan->arena;
        struct person *person = arena_alloc(arena, sizeof *person);
        const struct roster *roster = edit->input->roster;
        const struct agent *agent = roster ? roster_find(roster, login) : NULL;
        person->login = agent ? agent->login : login;
        person->agent = agent;
        person->move = person->drop = person->mark = person->set = person->exempt = NO_REQUEST;
        person->entry = snapshot_find_exempt(edit->input->snapshot, login);
        edit->people[edit->n_people++] = person;
    }
    return edit->people[index];
}

static const char *or_null(const char *text)
{
    return text && text[0] != '\0' ? text : NULL;
}

/* Finds the agent that each request means. A release or a pin may name only the extension. */
static void name_people(struct edit *edit)
{
    struct arena *arena = &edit->builder.plan->arena;
    for (size_t i = 0; i < edit->n_requests; i++) {
        struct edit_request *request = &edit->requests[i];
        const struct request *asked = request->asked;
        request->kind = asked->kind;
        request->agent = arena_strdup(arena, or_null(asked->agent));
        request->ext = arena_strdup(arena, or_null(asked->ext));
        request->note = arena_strdup(arena, or_null(asked->note));
        bool by_ext = request->kind == CHANGE_RELEASE || request->kind == CHANGE_PIN ||
                      request->kind == CHANGE_UNPIN;
        if (by_ext && !request->agent && request->ext) {
            const struct slot *slot = snapshot_find(edit->input->snapshot, request->ext);
            request->agent = slot && slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
        }
        if (request->agent) {
            request->person = person_of(edit, request->agent);
        }
        if (or_null(asked->other)) {
            request->other = person_of(edit, arena_strdup(arena, asked->other));
        }
    }
}

/* What they hold: one pass over all slots, with look-ups in a small map. */
static void find_holdings(struct edit *edit)
{
    const struct snapshot *snapshot = edit->input->snapshot;
    for (size_t i = 0; i < snapshot->n_slots && edit->n_people > 0; i++) {
        const struct slot *slot = &snapshot->slots[i];
        size_t index = slot->agent ? strmap_get(&edit->by_login, slot->agent) : STRMAP_NONE;
        if (index == STRMAP_NONE) {
            continue;
        }
        struct person *person = edit->people[index];
        if (slot->state == SLOT_ASSIGNED) {
            person->slot = person->slot ? person->slot : slot;
            person->n_slots++;
        } else if (slot->state == SLOT_FREE &&
                   (!person->former || slot->at_s > person->former->at_s)) {
            person->former = slot;
        }
    }
}

/* ---- one request alone ---------------------------------------------------------------------- */

static bool check_ext(struct edit *edit, size_t i)
{
    const struct policy *policy = edit->input->policy;
    const char *ext = edit->requests[i].ext;
    if (ext && !policy_valid_ext(policy, ext)) {
        edit_refuse(edit, i, "\"%s\" is not an extension: %d digits are needed%s", ext,
                    policy->width, edit_meant_extension(edit, ext));
        return false;
    }
    return true;
}

/* Whether the directory has the person, so that they may get an extension. Who already holds one is
   not looked up: a plan of one row does not read the directory for that. */
static bool check_in_directory(struct edit *edit, size_t i, const struct person *person)
{
    if (!person) {
        edit_refuse(edit, i, "no agent is given");
        return false;
    }
    if (!edit_check_login(edit, i, person)) {
        return false;
    }
    if (person->slot) {
        return true;
    }
    if (edit->input->roster && !person->agent && edit->input->still_reading) {
        edit_refuse(edit, i, "%s is not read yet", person->login);
        return false;
    }
    if (edit->input->roster && !person->agent) {
        const char *partial = edit->input->roster->partial;
        edit_refuse(edit, i, "nobody in the directory is called \"%s\"%s%s%s", person->login,
                    edit_did_you_mean(edit, person->login, false),
                    partial ? "; it was read only in part: " : "", partial ? partial : "");
        return false;
    }
    return true;
}

/* The agent of the request; NULL, and refused, if that is not clear or the number is not theirs. */
static struct person *check_holder(struct edit *edit, size_t i)
{
    const struct edit_request *request = &edit->requests[i];
    struct person *person = request->person;
    if (!person) {
        if (request->ext) {
            edit_refuse(edit, i, "%s is not assigned to anybody", request->ext);
        } else {
            edit_refuse(edit, i, "no agent is given");
        }
        return NULL;
    }
    if (!edit_check_one_extension(edit, i, person)) {
        return NULL;
    }
    if (person->slot && request->ext && strcmp(request->ext, person->slot->ext) != 0) {
        edit_refuse(edit, i, "%s has %s, not %s", person->login, person->slot->ext, request->ext);
        return NULL;
    }
    return person;
}

static void take_number(struct edit *edit, size_t i, const char *ext)
{
    struct number *number = edit_number(edit, ext);
    edit->requests[i].number = number;
    if (number->taker != NO_REQUEST) {
        edit_refuse_rival(edit, i,
                          arena_printf(&edit->builder.plan->arena, "%s is already wanted by", ext),
                          number->taker);
        return;
    }
    number->taker = i;
}

/* ---- kinds --------------------------------------------------------------------------------- */

static void check_move(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    struct person *person = request->person;
    struct arena *arena = &edit->builder.plan->arena;
    if (!check_ext(edit, i) || !edit_check_note(edit, i) || !check_in_directory(edit, i, person) ||
        !edit_check_one_extension(edit, i, person)) {
        return;
    }
    const struct slot *slot = person->slot;
    bool has_it =
        slot && (request->ext ? strcmp(slot->ext, request->ext) == 0 : request->asked->as_fits);
    if (has_it) {
        edit_grant(edit, i, arena_printf(arena, "%s has %s", person->login, slot->ext));
        return;
    }
    if (request->asked->as_fits && slot) {
        request->kind = CHANGE_REASSIGN;
    }
    if (request->kind == CHANGE_ASSIGN && slot) {
        edit_refuse(edit, i, "%s already has %s; reassign moves them", person->login, slot->ext);
    } else if (request->kind == CHANGE_REASSIGN && !slot) {
        edit_refuse(edit, i, "%s has no extension yet; assign gives them one", person->login);
    } else if (edit_claim_person(edit, i, person, &person->move)) {
        if (slot) {
            edit_leave_number(edit, i, person);
        }
        request->automatic = !request->ext;
        if (request->ext) {
            take_number(edit, i, request->ext);
            person->to = request->number;
        }
    }
}

static void check_swap(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    struct person *pair[] = {request->person, request->other};
    for (size_t k = 0; k < 2; k++) {
        if (!check_in_directory(edit, i, pair[k]) || !edit_check_one_extension(edit, i, pair[k])) {
            return;
        }
        if (!pair[k]->slot) {
            edit_refuse(edit, i, "%s has no extension to swap%s", pair[k]->login,
                        pair[k]->agent ? "" : edit_did_you_mean(edit, pair[k]->login, true));
            return;
        }
    }
    if (pair[0] == pair[1]) {
        edit_refuse(edit, i, "%s cannot swap with themselves", pair[0]->login);
        return;
    }
    for (size_t k = 0; k < 2; k++) {
        if (!edit_claim_person(edit, i, pair[k], &pair[k]->move)) {
            return;
        }
        edit_leave_number(edit, i, pair[k]);
    }
    for (size_t k = 0; k < 2; k++) {
        take_number(edit, i, pair[1 - k]->slot->ext);
        pair[k]->to = request->number;
    }
}

static void check_release(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    if (!check_ext(edit, i) || !edit_check_note(edit, i)) {
        return;
    }
    const struct slot *slot =
        request->ext ? snapshot_find(edit->input->snapshot, request->ext) : NULL;
    bool from_file = request->asked->line > 0;
    if (from_file && !request->person && slot && slot->state == SLOT_FREE) {
        edit_grant(edit, i, arena_printf(&edit->builder.plan->arena, "%s is free", request->ext));
        return;
    }
    struct person *person = check_holder(edit, i);
    if (!person) {
        return;
    }
    if (from_file && !person->slot && person->agent) {
        edit_grant(edit, i,
                   arena_printf(&edit->builder.plan->arena, "%s has no extension", person->login));
    } else if (edit_check_has_extension(edit, i) &&
               edit_claim_person(edit, i, person, &person->drop)) {
        edit_leave_number(edit, i, person);
        request->number = person->from;
    }
}

static void check_mark(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    if (check_ext(edit, i) && edit_check_note(edit, i) && check_holder(edit, i)) {
        edit_claim_person(edit, i, request->person, &request->person->mark);
    }
}

static void check_reserve(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    if (!request->ext || request->agent) {
        edit_refuse(edit, i, "%s takes an extension and no agent", change_kind_name(request->kind));
        return;
    }
    if (!check_ext(edit, i) || !edit_check_note(edit, i)) {
        return;
    }
    struct arena *arena = &edit->builder.plan->arena;
    const struct slot *slot = snapshot_find(edit->input->snapshot, request->ext);
    bool is_reserved = slot && slot->state == SLOT_RESERVED;
    if (request->kind == CHANGE_RESERVE && !edit_check_calls(edit, i, slot)) {
        return;
    }
    bool same_note =
        is_reserved && (!request->note || (slot->note && strcmp(slot->note, request->note) == 0));
    if (request->kind == CHANGE_RESERVE) {
        if (same_note && edit_same_calls(request, slot)) {
            edit_grant(edit, i, arena_printf(arena, "%s is reserved", request->ext));
            return;
        }
        request->kind = same_note ? CHANGE_SET : CHANGE_RESERVE;
        take_number(edit, i, request->ext);
        return;
    }
    if (!is_reserved && request->asked->line > 0 && slot && slot->state == SLOT_FREE) {
        edit_grant(edit, i, arena_printf(arena, "%s is not reserved", request->ext));
    } else if (!is_reserved) {
        edit_refuse(edit, i, "%s is not reserved", request->ext);
    } else {
        struct number *number = edit_number(edit, request->ext);
        if (number->leaver != NO_REQUEST) {
            edit_refuse_rival(edit, i, arena_printf(arena, "%s is already in", request->ext),
                              number->leaver);
            return;
        }
        number->leaver = i;
        request->number = number;
    }
}

void edit_check_alone(struct edit *edit, size_t i)
{
    const struct edit_request *request = &edit->requests[i];
    switch (request->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
        if (request->asked->swap) {
            check_swap(edit, i);
        } else {
            check_move(edit, i);
        }
        break;
    case CHANGE_RELEASE:
        check_release(edit, i);
        break;
    case CHANGE_PIN:
    case CHANGE_UNPIN:
        check_mark(edit, i);
        break;
    case CHANGE_RESERVE:
    case CHANGE_UNRESERVE:
        check_reserve(edit, i);
        break;
    case CHANGE_SET:
        edit_check_fallback(edit, i);
        break;
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
        edit_check_exempt(edit, i);
        break;
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        edit_refuse(edit, i, "this cannot be requested");
        break;
    }
}

/* ---- whether the requests fit together: a number is taken once, and is free or is freed by another
   request of the list; a pin holds, unless the list lifts it ------------------------- */

/* Whether the number is available, or another request makes it available. */
void edit_check_number(struct edit *edit, const struct number *number)
{
    size_t i = number->taker;
    if (i == NO_REQUEST) {
        return;
    }
    const struct policy *policy = edit->input->policy;
    const struct slot *slot = number->slot;
    const struct edit_request *request = &edit->requests[i];
    bool reserves = request->kind == CHANGE_RESERVE || request->kind == CHANGE_SET;
    bool renames = reserves && slot && slot->state == SLOT_RESERVED;
    bool swaps = request->asked->swap;
    if (!policy_in_ranges(policy, number->ext) && !renames && !swaps) {
        edit_refuse(edit, i, "%s is outside the ranges of the pool", number->ext);
    } else if (policy_is_blocked(policy, number->ext) && !renames) {
        edit_refuse(edit, i, "%s is blocked by the policy", number->ext);
    } else if (number->leaver != NO_REQUEST || !slot || renames) {
        return;
    } else if (slot->state == SLOT_ASSIGNED) {
        edit_refuse(edit, i, "%s is assigned to %s%s", number->ext, slot->agent,
                    request->kind == CHANGE_REASSIGN ? "; swap exchanges two" : "");
    } else if (slot->state == SLOT_RESERVED) {
        edit_refuse(edit, i, "%s is reserved%s%s", number->ext, slot->note ? ": " : "",
                    slot->note ? slot->note : "");
    }
}

/* A pin holds against moves and releases, unless it is lifted in the same list. */
static void check_pin(struct edit *edit, const struct person *person, size_t i)
{
    const char *pin = person->slot ? person->slot->note : NULL;
    bool lifted = person->mark != NO_REQUEST && edit->requests[person->mark].kind == CHANGE_UNPIN;
    if (i != NO_REQUEST && pin && !lifted) {
        edit_refuse(edit, i, "%s is pinned to %s (%s); unpin first", person->login,
                    person->slot->ext, pin);
    }
}

static void check_marked(struct edit *edit, const struct person *person)
{
    size_t i = person->mark;
    struct edit_request *request = &edit->requests[i];
    struct arena *arena = &edit->builder.plan->arena;
    const char *pin = person->slot ? person->slot->note : NULL;
    if (request->state != EDIT_OPEN) {
        return;
    }
    if (!person->slot && person->move == NO_REQUEST) {
        edit_check_has_extension(edit, i);
    } else if (request->kind == CHANGE_PIN && person->drop != NO_REQUEST) {
        edit_refuse(edit, i, "%s is given back by %s", person->login,
                    edit_name_request(edit, person->drop));
    } else if (request->kind == CHANGE_PIN && pin &&
               (!request->note || strcmp(pin, request->note) == 0)) {
        edit_grant(edit, i, arena_printf(arena, "%s is pinned", person->login));
    } else if (request->kind == CHANGE_UNPIN && !pin && request->asked->line > 0) {
        edit_grant(edit, i, arena_printf(arena, "%s is not pinned", person->login));
    } else if (request->kind == CHANGE_UNPIN && !pin) {
        edit_refuse(edit, i, "%s is not pinned", person->login);
    }
}

void edit_check_person(struct edit *edit, const struct person *person)
{
    check_pin(edit, person, person->move);
    check_pin(edit, person, person->drop);
    if (person->mark != NO_REQUEST) {
        check_marked(edit, person);
    }
    if (person->set != NO_REQUEST && person->drop != NO_REQUEST) {
        edit_refuse(edit, person->set, "%s is given back by %s", person->login,
                    edit_name_request(edit, person->drop));
    }
    edit_check_exempt_person(edit, person);
}

static void check_together(struct edit *edit)
{
    for (size_t i = 0; i < edit->n_people; i++) {
        edit_check_person(edit, edit->people[i]);
    }
    for (size_t i = 0; i < edit->n_numbers; i++) {
        edit_check_number(edit, edit->numbers[i]);
    }
}

void edit_check(struct edit *edit)
{
    name_people(edit);
    find_holdings(edit);
    for (size_t i = 0; i < edit->n_requests; i++) {
        edit_check_alone(edit, i);
    }
    check_together(edit);
}
