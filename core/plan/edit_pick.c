/*
 * The numbers that nobody named: the one that was chosen before, the agent's former one, the lowest free one
 * of their group.
 */
#include <string.h>

#include "core/base/banned.h"
#include "core/plan/edit.h"

static void give_number(struct edit *edit, size_t index, const struct pick *pick)
{
    struct edit_request *request = &edit->requests[index];
    request->number = edit_number(edit, pick->ext);
    request->number->taker = index;
    request->how = pick_reason(pick);
    request->person->to = request->number;
}

static void take_out_of_picker(struct edit *edit, const struct number *number)
{
    if (number->slot) {
        number_picker_take(&edit->picker, number->slot);
    } else {
        number_picker_take_absent(&edit->picker, number->ext);
    }
}

/* A number that was chosen before is kept while it is free. It was the lowest then. */
static void pick_kept(struct edit *edit, size_t index)
{
    const struct edit_request *request = &edit->requests[index];
    const char *kept = request->asked->kept;
    const struct plan_input *input = edit->input;
    if (!kept || !policy_valid_ext(input->policy, kept)) {
        return;
    }
    struct pick pick = {.slot = snapshot_find(input->snapshot, kept)};
    const struct ext_range *range = policy_range_of(input->policy, kept);
    bool in_group = range && (input->policy->n_groups == 0 || range->group == request->group);
    bool made = !pick.slot && input_makes_numbers(input) && in_group &&
                !policy_is_blocked(input->policy, kept) &&
                strmap_get(&edit->picker.taken_absent, kept) == STRMAP_NONE;
    if (!made &&
        !(pick.slot && number_picker_allows_in(&edit->picker, pick.slot, request->group))) {
        return;
    }
    pick.cooling = pick.slot && policy_state(input->policy, pick.slot, input->now_s) == EXT_COOLING;
    memcpy(pick.ext, kept, strlen(kept));
    edit->requests[index].returning =
        request->kind == CHANGE_ASSIGN && pick.slot && pick.slot == request->person->former;
    give_number(edit, index, &pick);
    take_out_of_picker(edit, request->number);
}

/* Who had one before gets it back, before others are given the lowest ones. */
static void pick_former(struct edit *edit, size_t index)
{
    struct edit_request *request = &edit->requests[index];
    const struct slot *former = request->person->former;
    if (request->kind == CHANGE_ASSIGN && former &&
        number_picker_allows_in(&edit->picker, former, request->group)) {
        struct pick pick = {.slot = former};
        memcpy(pick.ext, former->ext, sizeof pick.ext);
        number_picker_take(&edit->picker, former);
        request->returning = true;
        give_number(edit, index, &pick);
    }
}

void edit_pick_numbers(struct edit *edit)
{
    for (size_t i = 0; i < edit->n_numbers; i++) {
        const struct number *number = edit->numbers[i];
        if (number->taker != NO_REQUEST || number->leaver != NO_REQUEST) {
            take_out_of_picker(edit, number);
        }
    }
    for (size_t i = 0; i < edit->n_requests; i++) {
        if (edit_is_open(edit, i) && edit->requests[i].automatic) {
            edit_find_group(edit, i);
        }
        if (edit_is_open(edit, i) && edit->requests[i].automatic) {
            pick_kept(edit, i);
        }
    }
    for (size_t i = 0; i < edit->n_requests; i++) {
        if (edit_is_open(edit, i) && edit->requests[i].automatic && !edit->requests[i].number) {
            pick_former(edit, i);
        }
    }
    for (size_t i = 0; i < edit->n_requests; i++) {
        const struct edit_request *request = &edit->requests[i];
        struct pick pick;
        if (request->state != EDIT_OPEN || !request->automatic || request->number) {
            continue;
        }
        if (number_picker_next(&edit->picker, request->group, &pick)) {
            edit_doubt(edit, pick.cooling); /* a free one may be among what was not read */
            give_number(edit, i, &pick);
        } else {
            edit_refuse(edit, i, "no extension is left for %s", request->person->login);
            edit->n_pool_empty++;
        }
    }
}
