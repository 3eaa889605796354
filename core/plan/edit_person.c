/*
 * The numbers of a list of requests, and what a request may do with a person: what the other files of
 * an edit have in common.
 */
#include "core/plan/edit.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/pool/login.h"

void edit_doubt(struct edit *edit, bool doubtful)
{
    struct plan *plan = edit->builder.plan;
    plan->unsure = plan->unsure || (doubtful && edit->input->snapshot->partial);
}

bool edit_is_open(const struct edit *edit, size_t request)
{
    return request != NO_REQUEST && edit->requests[request].state == EDIT_OPEN;
}

struct number *edit_number(struct edit *edit, const char *ext)
{
    size_t index = strmap_get(&edit->by_ext, ext);
    if (index == STRMAP_NONE) {
        struct number *number = arena_alloc(&edit->builder.plan->arena, sizeof *number);
        memcpy(number->ext, ext, strnlen(ext, EXT_WIDTH_MAX));
        number->slot = snapshot_find(edit->input->snapshot, number->ext);
        edit_doubt(edit, !number->slot && !edit->input->snapshot->exact);
        number->taker = number->leaver = NO_REQUEST;
        index = edit->n_numbers++;
        edit->numbers[index] = number;
        strmap_add(&edit->by_ext, number->ext, index);
    }
    return edit->numbers[index];
}

bool edit_check_one_extension(struct edit *edit, size_t i, const struct person *person)
{
    if (person->n_slots > 1) {
        edit_refuse(edit, i, "%s has %zu extensions at once; a sync or --doctor --fix repairs that",
                    person->login, person->n_slots);
        return false;
    }
    return true;
}

bool edit_check_has_extension(struct edit *edit, size_t i)
{
    const struct person *person = edit->requests[i].person;
    if (person->slot) {
        return true;
    }
    edit_refuse(edit, i, "%s has no extension%s", person->login,
                person->agent ? "" : edit_did_you_mean(edit, person->login, true));
    return false;
}

bool edit_claim_person(struct edit *edit, size_t i, struct person *person, size_t *role)
{
    bool moves = role == &person->move || role == &person->drop;
    size_t other = *role != NO_REQUEST          ? *role
                   : !moves                     ? NO_REQUEST
                   : person->move != NO_REQUEST ? person->move
                                                : person->drop;
    if (other != NO_REQUEST) {
        edit_refuse_rival(
            edit, i, arena_printf(&edit->builder.plan->arena, "%s is already in", person->login),
            other);
        return false;
    }
    *role = i;
    return true;
}

bool edit_check_note(struct edit *edit, size_t i)
{
    const char *note = edit->requests[i].note;
    const char *fault = note ? note_fault(note, strlen(note)) : NULL;
    if (fault) {
        edit_refuse(edit, i, "the note %s", fault);
    }
    return !fault;
}

bool edit_check_login(struct edit *edit, size_t i, const struct person *person)
{
    const char *fault = login_fault(person->login, strlen(person->login));
    if (fault) {
        edit_refuse(edit, i, "the login %s", fault);
    }
    return !fault;
}

void edit_leave_number(struct edit *edit, size_t i, struct person *person)
{
    person->from = edit_number(edit, person->slot->ext);
    person->from->leaver = i;
}
