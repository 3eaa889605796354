/*
 * Whether what is asked for can be: who is meant, what they hold, whether the number is to be had.
 * Every request that cannot be granted is refused with its reason, so that a file is put right in
 * one go. What depends on a refused request is not refused for that alone.
 */
#include "core/plan_edit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/banned.h"
#include "core/mem.h"
#include "core/text.h"

#define COMPARISONS_MAX 500000 /* for "did you mean", all refusals together: a part of a second */

/* ---- refusals ------------------------------------------------------------------------------ */

void edit_refuse(struct edit *edit, size_t request, const char *format, ...)
{
    struct wish *wish = &edit->wishes[request];
    if (wish->state == WISH_REFUSED) {
        return;
    }
    wish->state = WISH_REFUSED;
    struct refusals *list = edit->refusals;
    if (list->n_items == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->items = mem_resize(list->items, list->capacity, sizeof *list->items);
    }
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    list->items[list->n_items++] = (struct refusal){
        .request = request,
        .line = wish->request->line,
        .text = arena_strdup(&list->arena, text),
    };
}

/* "line 7", or "another request" where the requests have no lines. */
static const char *words_request(struct edit *edit, size_t request)
{
    size_t line = edit->wishes[request].request->line;
    return line ? arena_printf(&edit->draft.plan->arena, "line %zu", line) : "another request";
}

static void grant(struct edit *edit, size_t request, const char *what)
{
    struct wish *wish = &edit->wishes[request];
    wish->state = WISH_GRANTED;
    if (wish->request->line) {
        plan_note(edit->draft.plan, "line %zu: %s", wish->request->line, what);
    } else {
        plan_note(edit->draft.plan, "%s", what);
    }
}

/* ---- did you mean -------------------------------------------------------------------------- */

struct suggestion {
    const char *login;
    size_t distance;
};

static void compare_login(struct edit *edit, struct suggestion *best, const char *wanted,
                          const char *login)
{
    size_t a = strlen(wanted);
    size_t b = strlen(login);
    size_t most = a < 4 ? 1 : 2;
    if ((a > b ? a - b : b - a) > most || a > LOGIN_MAX || b > LOGIN_MAX ||
        edit->comparisons >= COMPARISONS_MAX) {
        return;
    }
    edit->comparisons++;
    size_t distance = text_equal_nocase(wanted, login) ? 0 : text_distance(wanted, login);
    if (distance <= most && distance < best->distance) {
        *best = (struct suggestion){.login = login, .distance = distance};
    }
}

/* "; did you mean "alice"?" or nothing, from the directory or from those who hold something. */
static const char *did_you_mean(struct edit *edit, const char *wanted, bool holders)
{
    struct suggestion best = {.distance = SIZE_MAX};
    const struct plan_input *input = edit->input;
    for (size_t i = 0; !holders && input->roster && i < input->roster->n_agents; i++) {
        compare_login(edit, &best, wanted, input->roster->agents[i].login);
    }
    for (size_t i = 0; holders && i < input->snapshot->n_slots; i++) {
        if (input->snapshot->slots[i].state == SLOT_ASSIGNED) {
            compare_login(edit, &best, wanted, input->snapshot->slots[i].agent);
        }
    }
    if (!best.login) {
        return "";
    }
    return arena_printf(&edit->draft.plan->arena, "; did you mean \"%s\"?%s", best.login,
                        best.distance == 0 ? " Case counts" : "");
}

/* ---- people and numbers -------------------------------------------------------------------- */

static struct person *person_of(struct edit *edit, const char *login)
{
    size_t index = strmap_add(&edit->by_login, login, edit->n_people);
    if (index == edit->n_people) {
        struct arena *arena = &edit->draft.plan->arena;
        struct person *person = arena_alloc(arena, sizeof *person);
        const struct roster *roster = edit->input->roster;
        const struct agent *agent = roster ? roster_find(roster, login) : NULL;
        person->login = agent ? agent->login : login;
        person->in_directory = agent != NULL;
        person->move = person->drop = person->mark = NO_REQUEST;
        edit->people[edit->n_people++] = person;
    }
    return edit->people[index];
}

struct number *edit_number(struct edit *edit, const char *ext)
{
    size_t index = strmap_get(&edit->by_ext, ext);
    if (index == STRMAP_NONE) {
        struct number *number = arena_alloc(&edit->draft.plan->arena, sizeof *number);
        memcpy(number->ext, ext, strnlen(ext, EXT_WIDTH_MAX));
        number->slot = snapshot_find(edit->input->snapshot, number->ext);
        number->taker = number->leaver = NO_REQUEST;
        index = edit->n_numbers++;
        edit->numbers[index] = number;
        strmap_add(&edit->by_ext, number->ext, index);
    }
    return edit->numbers[index];
}

static const char *or_null(const char *text)
{
    return text && text[0] != '\0' ? text : NULL;
}

/* Who is meant. A release or a pin may name the extension alone. */
static void name_people(struct edit *edit)
{
    struct arena *arena = &edit->draft.plan->arena;
    for (size_t i = 0; i < edit->n_wishes; i++) {
        struct wish *wish = &edit->wishes[i];
        const struct request *request = wish->request;
        wish->kind = request->kind;
        wish->agent = arena_strdup(arena, or_null(request->agent));
        wish->ext = arena_strdup(arena, or_null(request->ext));
        wish->note = arena_strdup(arena, or_null(request->note));
        bool by_ext =
            wish->kind == CHANGE_RELEASE || wish->kind == CHANGE_PIN || wish->kind == CHANGE_UNPIN;
        if (by_ext && !wish->agent && wish->ext) {
            const struct slot *slot = snapshot_find(edit->input->snapshot, wish->ext);
            wish->agent = slot && slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
        }
        if (wish->agent) {
            wish->person = person_of(edit, wish->agent);
        }
        if (or_null(request->other)) {
            wish->other = person_of(edit, arena_strdup(arena, request->other));
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

static bool valid_text(const char *text, size_t max)
{
    size_t length = strlen(text);
    return length <= max && text_utf8_check(text, length) == length;
}

static bool check_note(struct edit *edit, size_t i)
{
    const char *note = edit->wishes[i].note;
    if (note && !valid_text(note, NOTE_MAX)) {
        edit_refuse(edit, i, "the note is longer than %d bytes or not UTF-8", NOTE_MAX);
        return false;
    }
    return true;
}

static bool check_ext(struct edit *edit, size_t i)
{
    const struct policy *policy = edit->input->policy;
    const char *ext = edit->wishes[i].ext;
    if (ext && !policy_valid_ext(policy, ext)) {
        edit_refuse(edit, i, "\"%s\" is not an extension: %d digits are needed", ext,
                    policy->width);
        return false;
    }
    return true;
}

/* Somebody of the directory, who may get an extension. */
static bool check_in_directory(struct edit *edit, size_t i, const struct person *person)
{
    if (!person) {
        edit_refuse(edit, i, "no agent is given");
        return false;
    }
    if (!valid_text(person->login, LOGIN_MAX)) {
        edit_refuse(edit, i, "the login is longer than %d bytes or not UTF-8", LOGIN_MAX);
        return false;
    }
    if (edit->input->roster && !person->in_directory) {
        edit_refuse(edit, i, "nobody in the directory is called \"%s\"%s", person->login,
                    did_you_mean(edit, person->login, false));
        return false;
    }
    return true;
}

static bool check_one_extension(struct edit *edit, size_t i, const struct person *person)
{
    if (person->n_slots > 1) {
        edit_refuse(edit, i, "%s has %zu extensions at once; a sync or --doctor --fix repairs that",
                    person->login, person->n_slots);
        return false;
    }
    return true;
}

/* Somebody who has an extension, the named one where one is named. */
static bool check_holder(struct edit *edit, size_t i)
{
    const struct wish *wish = &edit->wishes[i];
    const struct person *person = wish->person;
    if (!person) {
        if (wish->ext) {
            edit_refuse(edit, i, "%s is not assigned to anybody", wish->ext);
        } else {
            edit_refuse(edit, i, "no agent is given");
        }
        return false;
    }
    if (!check_one_extension(edit, i, person)) {
        return false;
    }
    if (person->slot && wish->ext && strcmp(wish->ext, person->slot->ext) != 0) {
        edit_refuse(edit, i, "%s has %s, not %s", person->login, person->slot->ext, wish->ext);
        return false;
    }
    return true;
}

static bool check_has_extension(struct edit *edit, size_t i)
{
    const struct person *person = edit->wishes[i].person;
    if (person->slot) {
        return true;
    }
    edit_refuse(edit, i, "%s has no extension%s", person->login,
                person->in_directory ? "" : did_you_mean(edit, person->login, true));
    return false;
}

/* Each agent is moved, given back or marked once. */
static bool claim_person(struct edit *edit, size_t i, struct person *person, size_t *role)
{
    bool moves = role != &person->mark;
    size_t other = *role != NO_REQUEST          ? *role
                   : !moves                     ? NO_REQUEST
                   : person->move != NO_REQUEST ? person->move
                                                : person->drop;
    if (other != NO_REQUEST) {
        edit_refuse(edit, i, "%s is in %s already", person->login, words_request(edit, other));
        return false;
    }
    *role = i;
    return true;
}

static void leave_number(struct edit *edit, size_t i, struct person *person)
{
    person->from = edit_number(edit, person->slot->ext);
    person->from->leaver = i;
}

static void take_number(struct edit *edit, size_t i, const char *ext)
{
    struct number *number = edit_number(edit, ext);
    edit->wishes[i].number = number;
    if (number->taker != NO_REQUEST) {
        edit_refuse(edit, i, "%s is wanted by %s already", ext, words_request(edit, number->taker));
        return;
    }
    number->taker = i;
}

/* ---- kinds --------------------------------------------------------------------------------- */

static void check_move(struct edit *edit, size_t i)
{
    struct wish *wish = &edit->wishes[i];
    struct person *person = wish->person;
    struct arena *arena = &edit->draft.plan->arena;
    if (!check_ext(edit, i) || !check_note(edit, i) || !check_in_directory(edit, i, person) ||
        !check_one_extension(edit, i, person)) {
        return;
    }
    const struct slot *slot = person->slot;
    bool has_it = slot && (wish->ext ? strcmp(slot->ext, wish->ext) == 0 : wish->request->as_fits);
    if (has_it) {
        grant(edit, i, arena_printf(arena, "%s has %s already", person->login, slot->ext));
        return;
    }
    if (wish->request->as_fits && slot) {
        wish->kind = CHANGE_REASSIGN;
    }
    if (wish->kind == CHANGE_ASSIGN && slot) {
        edit_refuse(edit, i, "%s has %s already; reassign moves them", person->login, slot->ext);
    } else if (wish->kind == CHANGE_REASSIGN && !slot) {
        edit_refuse(edit, i, "%s has no extension yet; assign gives them one", person->login);
    } else if (claim_person(edit, i, person, &person->move)) {
        if (slot) {
            leave_number(edit, i, person);
        }
        wish->automatic = !wish->ext;
        if (wish->ext) {
            take_number(edit, i, wish->ext);
            person->to = wish->number;
        }
    }
}

static void check_swap(struct edit *edit, size_t i)
{
    struct wish *wish = &edit->wishes[i];
    struct person *pair[] = {wish->person, wish->other};
    for (size_t k = 0; k < 2; k++) {
        if (!check_in_directory(edit, i, pair[k]) || !check_one_extension(edit, i, pair[k])) {
            return;
        }
        if (!pair[k]->slot) {
            edit_refuse(edit, i, "%s has no extension to swap", pair[k]->login);
            return;
        }
    }
    if (pair[0] == pair[1]) {
        edit_refuse(edit, i, "%s cannot swap with themselves", pair[0]->login);
        return;
    }
    for (size_t k = 0; k < 2; k++) {
        if (!claim_person(edit, i, pair[k], &pair[k]->move)) {
            return;
        }
        leave_number(edit, i, pair[k]);
    }
    for (size_t k = 0; k < 2; k++) {
        take_number(edit, i, pair[1 - k]->slot->ext);
        pair[k]->to = wish->number;
    }
}

static void check_release(struct edit *edit, size_t i)
{
    struct wish *wish = &edit->wishes[i];
    if (!check_ext(edit, i) || !check_note(edit, i)) {
        return;
    }
    const struct slot *slot = wish->ext ? snapshot_find(edit->input->snapshot, wish->ext) : NULL;
    bool from_file = wish->request->line > 0;
    if (from_file && !wish->person && slot && slot->state == SLOT_FREE) {
        grant(edit, i, arena_printf(&edit->draft.plan->arena, "%s is free already", wish->ext));
        return;
    }
    if (!check_holder(edit, i)) {
        return;
    }
    struct person *person = wish->person;
    if (from_file && !person->slot && person->in_directory) {
        grant(edit, i,
              arena_printf(&edit->draft.plan->arena, "%s has no extension", person->login));
    } else if (check_has_extension(edit, i) && claim_person(edit, i, person, &person->drop)) {
        leave_number(edit, i, person);
        wish->number = person->from;
    }
}

static void check_mark(struct edit *edit, size_t i)
{
    struct wish *wish = &edit->wishes[i];
    if (check_ext(edit, i) && check_note(edit, i) && check_holder(edit, i)) {
        claim_person(edit, i, wish->person, &wish->person->mark);
    }
}

static void check_reserve(struct edit *edit, size_t i)
{
    struct wish *wish = &edit->wishes[i];
    if (!wish->ext || wish->agent) {
        edit_refuse(edit, i, "%s takes an extension and no agent", change_kind_name(wish->kind));
        return;
    }
    if (!check_ext(edit, i) || !check_note(edit, i)) {
        return;
    }
    struct arena *arena = &edit->draft.plan->arena;
    const struct slot *slot = snapshot_find(edit->input->snapshot, wish->ext);
    bool held = slot && slot->state == SLOT_HELD;
    bool same_note = held && (!wish->note || (slot->note && strcmp(slot->note, wish->note) == 0));
    if (wish->kind == CHANGE_RESERVE) {
        if (same_note) {
            grant(edit, i, arena_printf(arena, "%s is reserved already", wish->ext));
        } else {
            take_number(edit, i, wish->ext);
        }
        return;
    }
    if (!held && wish->request->line > 0 && slot && slot->state == SLOT_FREE) {
        grant(edit, i, arena_printf(arena, "%s is not reserved", wish->ext));
    } else if (!held) {
        edit_refuse(edit, i, "%s is not reserved", wish->ext);
    } else {
        struct number *number = edit_number(edit, wish->ext);
        if (number->leaver != NO_REQUEST) {
            edit_refuse(edit, i, "%s is in %s already", wish->ext,
                        words_request(edit, number->leaver));
            return;
        }
        number->leaver = i;
        wish->number = number;
    }
}

static void check_alone(struct edit *edit, size_t i)
{
    const struct wish *wish = &edit->wishes[i];
    switch (wish->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
        if (wish->request->swap) {
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
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        edit_refuse(edit, i, "this cannot be asked for");
        break;
    }
}

/* ---- all requests together ------------------------------------------------------------------ */

/* Whether the number is to be had, or becomes so by another request. */
static void check_number(struct edit *edit, const struct number *number)
{
    size_t i = number->taker;
    const struct policy *policy = edit->input->policy;
    const struct slot *slot = number->slot;
    const struct wish *wish = &edit->wishes[i];
    bool renames = wish->kind == CHANGE_RESERVE && slot && slot->state == SLOT_HELD;
    bool swaps = wish->request->swap;
    if (!policy_in_ranges(policy, number->ext) && !renames && !swaps) {
        edit_refuse(edit, i, "%s is outside of the ranges of the pool", number->ext);
    } else if (policy_is_blocked(policy, number->ext) && !renames && !swaps) {
        edit_refuse(edit, i, "%s is blocked by the policy", number->ext);
    } else if (!slot && !input_makes_numbers(edit->input)) {
        edit_refuse(edit, i, "%s is not to be seen in the store; --doctor says why", number->ext);
    } else if (number->leaver != NO_REQUEST || !slot || renames) {
        return;
    } else if (slot->state == SLOT_ASSIGNED) {
        edit_refuse(edit, i, "%s is assigned to %s%s", number->ext, slot->agent,
                    wish->kind == CHANGE_REASSIGN ? "; swap exchanges two" : "");
    } else if (slot->state == SLOT_HELD) {
        edit_refuse(edit, i, "%s is reserved%s%s", number->ext, slot->note ? ": " : "",
                    slot->note ? slot->note : "");
    }
}

/* A pin holds against moves and releases, unless it is lifted in the same list. */
static void check_pin(struct edit *edit, const struct person *person, size_t i)
{
    const char *pin = person->slot ? person->slot->note : NULL;
    bool lifted = person->mark != NO_REQUEST && edit->wishes[person->mark].kind == CHANGE_UNPIN;
    if (i != NO_REQUEST && pin && !lifted) {
        edit_refuse(edit, i, "%s is pinned to %s (%s); unpin first", person->login,
                    person->slot->ext, pin);
    }
}

static void check_marked(struct edit *edit, const struct person *person)
{
    size_t i = person->mark;
    struct wish *wish = &edit->wishes[i];
    struct arena *arena = &edit->draft.plan->arena;
    const char *pin = person->slot ? person->slot->note : NULL;
    if (wish->state != WISH_OPEN) {
        return;
    }
    if (!person->slot && person->move == NO_REQUEST) {
        check_has_extension(edit, i);
    } else if (wish->kind == CHANGE_PIN && person->drop != NO_REQUEST) {
        edit_refuse(edit, i, "%s is given back by %s", person->login,
                    words_request(edit, person->drop));
    } else if (wish->kind == CHANGE_PIN && pin && (!wish->note || strcmp(pin, wish->note) == 0)) {
        grant(edit, i, arena_printf(arena, "%s is pinned already", person->login));
    } else if (wish->kind == CHANGE_UNPIN && !pin && wish->request->line > 0) {
        grant(edit, i, arena_printf(arena, "%s is not pinned", person->login));
    } else if (wish->kind == CHANGE_UNPIN && !pin) {
        edit_refuse(edit, i, "%s is not pinned", person->login);
    }
}

void edit_check(struct edit *edit)
{
    name_people(edit);
    find_holdings(edit);
    for (size_t i = 0; i < edit->n_wishes; i++) {
        check_alone(edit, i);
    }
    for (size_t i = 0; i < edit->n_people; i++) {
        const struct person *person = edit->people[i];
        check_pin(edit, person, person->move);
        check_pin(edit, person, person->drop);
        if (person->mark != NO_REQUEST) {
            check_marked(edit, person);
        }
    }
    for (size_t i = 0; i < edit->n_numbers; i++) {
        if (edit->numbers[i]->taker != NO_REQUEST) {
            check_number(edit, edit->numbers[i]);
        }
    }
}
