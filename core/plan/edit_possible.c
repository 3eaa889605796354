/*
 * Takes refused requests out of a list, so that the rest can be planned. What a refused request would
 * have left, taken or marked is as before, and each request that counted on that is judged again.
 */
#include "core/plan/edit.h"

#include "core/base/banned.h"

static void release_number(size_t i, struct number *number)
{
    if (number && number->taker == i) {
        number->taker = NO_REQUEST;
    }
    if (number && number->leaver == i) {
        number->leaver = NO_REQUEST;
    }
}

/* The request does nothing to the person any more. */
static void release_person(size_t i, struct person *person)
{
    if (person->move == i) {
        person->move = NO_REQUEST;
        release_number(i, person->to);
        person->to = NULL;
    }
    if (person->drop == i) {
        person->drop = NO_REQUEST;
    }
    if (person->mark == i) {
        person->mark = NO_REQUEST;
    }
    if (person->set == i) {
        person->set = NO_REQUEST;
    }
    if (person->exempt == i) {
        person->exempt = NO_REQUEST;
    }
}

static void withdraw(struct edit *edit, size_t i)
{
    const struct edit_request *request = &edit->requests[i];
    struct person *people[] = {request->person, request->other};
    for (size_t k = 0; k < 2; k++) {
        struct person *person = people[k];
        if (!person) {
            continue;
        }
        release_person(i, person);
        struct number *left = person->from;
        if (left && left->leaver == i) {
            left->leaver = NO_REQUEST;
            person->from = NULL;
            edit_check_number(edit, left);
        }
        edit_check_person(edit, person);
    }
    if (request->number) {
        release_number(i, request->number);
        edit_check_number(edit, request->number);
    }
}

void edit_withdraw_refused(struct edit *edit)
{
    while (edit->n_withdrawn < edit->refusals->n_items) {
        withdraw(edit, edit->refusals->items[edit->n_withdrawn++].request);
    }
}

static bool is_reopened(const struct edit_request *request)
{
    return request->state == EDIT_OPEN && request->refusal;
}

/* The refusals of requests that stand again go. */
static void forget_refusals(struct edit *edit)
{
    struct refusals *refusals = edit->refusals;
    size_t kept = 0;
    for (size_t i = 0; i < refusals->n_items; i++) {
        if (!is_reopened(&edit->requests[refusals->items[i].request])) {
            refusals->items[kept++] = refusals->items[i];
        }
    }
    refusals->n_items = edit->n_withdrawn = kept;
}

/* The people and the numbers of a request, with all that the list does to them. */
static void check_around(struct edit *edit, const struct edit_request *request)
{
    const struct person *people[] = {request->person, request->other};
    for (size_t k = 0; k < 2; k++) {
        if (people[k]) {
            edit_check_person(edit, people[k]);
        }
        if (people[k] && people[k]->to) {
            edit_check_number(edit, people[k]->to);
        }
    }
    if (request->number) {
        edit_check_number(edit, request->number);
    }
}

void edit_reopen_rivals(struct edit *edit)
{
    for (size_t i = 0; i < edit->n_requests; i++) {
        struct edit_request *request = &edit->requests[i];
        if (request->state == EDIT_REFUSED && request->rival != NO_REQUEST &&
            edit->requests[request->rival].state == EDIT_REFUSED) {
            request->state = EDIT_OPEN;
            request->number = NULL;
        }
    }
    forget_refusals(edit);
    for (size_t i = 0; i < edit->n_requests; i++) {
        if (is_reopened(&edit->requests[i])) {
            edit_check_alone(edit, i);
        }
    }
    for (size_t i = 0; i < edit->n_requests; i++) {
        if (is_reopened(&edit->requests[i])) {
            check_around(edit, &edit->requests[i]);
        }
    }
    edit_withdraw_refused(edit);
}
