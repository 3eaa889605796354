/*
 * Whether the requests go together: each number is taken once and has to be free, or become so by
 * another request of the list; a pin holds, unless the list lifts it.
 */
#include "core/plan/edit.h"

#include <string.h>

#include "core/base/banned.h"

/* Whether the number is to be had, or becomes so by another request. */
static void check_number(struct edit *edit, const struct number *number)
{
    size_t i = number->taker;
    const struct policy *policy = edit->input->policy;
    const struct slot *slot = number->slot;
    const struct edit_request *wish = &edit->wishes[i];
    bool renames = wish->kind == CHANGE_RESERVE && slot && slot->state == SLOT_RESERVED;
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
    } else if (slot->state == SLOT_RESERVED) {
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
    struct edit_request *wish = &edit->wishes[i];
    struct arena *arena = &edit->draft.plan->arena;
    const char *pin = person->slot ? person->slot->note : NULL;
    if (wish->state != EDIT_OPEN) {
        return;
    }
    if (!person->slot && person->move == NO_REQUEST) {
        edit_check_has_extension(edit, i);
    } else if (wish->kind == CHANGE_PIN && person->drop != NO_REQUEST) {
        edit_refuse(edit, i, "%s is given back by %s", person->login,
                    edit_words_request(edit, person->drop));
    } else if (wish->kind == CHANGE_PIN && pin && (!wish->note || strcmp(pin, wish->note) == 0)) {
        edit_grant(edit, i, arena_printf(arena, "%s is pinned already", person->login));
    } else if (wish->kind == CHANGE_UNPIN && !pin && wish->request->line > 0) {
        edit_grant(edit, i, arena_printf(arena, "%s is not pinned", person->login));
    } else if (wish->kind == CHANGE_UNPIN && !pin) {
        edit_refuse(edit, i, "%s is not pinned", person->login);
    }
}

void edit_check_together(struct edit *edit)
{
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
