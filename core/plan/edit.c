/*
 * What an operator asks for, as a plan. plan_edit_check.c has decided who is meant and that all of
 * it can be; here the open choices are made, what hangs together is found, and the changes are
 * drafted. Every step says what stands there in the end, so that the order inside of a group is
 * only for the eye.
 */
#include "core/plan/edit.h"
#include "core/plan/login_notes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

#define PIN_WITHOUT_NOTE "pinned" /* a pin is its note: there has to be one */

/* ---- what hangs together ------------------------------------------------------------------- */

size_t edit_root(struct edit *edit, size_t request)
{
    struct edit_request *wishes = edit->wishes;
    while (wishes[request].joined != request) {
        wishes[request].joined = wishes[wishes[request].joined].joined;
        request = wishes[request].joined;
    }
    return request;
}

/* The root is the first request of its component. */
void edit_join(struct edit *edit, size_t a, size_t b)
{
    if (a == NO_REQUEST || b == NO_REQUEST) {
        return;
    }
    size_t root_a = edit_root(edit, a);
    size_t root_b = edit_root(edit, b);
    if (root_a < root_b) {
        edit->wishes[root_b].joined = root_a;
    } else {
        edit->wishes[root_a].joined = root_b;
    }
}

static bool is_open(const struct edit *edit, size_t request)
{
    return request != NO_REQUEST && edit->wishes[request].state == EDIT_OPEN;
}

static void join_all(struct edit *edit)
{
    for (size_t i = 0; i < edit->n_numbers; i++) {
        edit_join(edit, edit->numbers[i]->taker, edit->numbers[i]->leaver);
    }
    for (size_t i = 0; i < edit->n_people; i++) {
        const struct person *person = edit->people[i];
        size_t moved = person->move != NO_REQUEST ? person->move : person->drop;
        if (is_open(edit, person->mark)) {
            edit_join(edit, moved, person->mark);
        }
    }
}

static size_t changes_of(const struct edit_request *wish)
{
    return wish->state != EDIT_OPEN ? 0 : wish->request->swap ? 2 : 1;
}

/* Chains the open requests of each component behind its root, in order, and refuses a component
   that no transaction could take. */
static void chain_components(struct edit *edit)
{
    size_t n = edit->n_wishes;
    size_t *tail = mem_array(n + 1, sizeof *tail);
    size_t *size = mem_array(n + 1, sizeof *size);
    for (size_t i = 0; i < n; i++) {
        size_t root = edit_root(edit, i);
        edit->wishes[i].next = NO_REQUEST;
        if (root != i) {
            edit->wishes[tail[root]].next = i;
        }
        tail[root] = i;
        size[root] += changes_of(&edit->wishes[i]);
    }
    for (size_t i = 0; i < n; i++) {
        if (size[i] > PLAN_GROUP_MAX) {
            edit_refuse(edit, i,
                        "%zu changes hang together from here on, and one transaction takes %d: "
                        "break the chain",
                        size[i], PLAN_GROUP_MAX);
        }
    }
    free(tail);
    free(size);
}

/* ---- numbers that nobody named --------------------------------------------------------------- */

static void give_number(struct edit *edit, size_t request, const struct pick *pick)
{
    struct edit_request *wish = &edit->wishes[request];
    wish->number = edit_number(edit, pick->ext);
    wish->number->taker = request;
    wish->how = pick_reason(pick);
    wish->person->to = wish->number;
}

/* Who had one before gets it back, before others are given the lowest ones. */
static void pick_former(struct edit *edit, size_t request)
{
    struct edit_request *wish = &edit->wishes[request];
    const struct slot *former = wish->person->former;
    if (wish->kind == CHANGE_ASSIGN && former && number_picker_allows(&edit->picker, former)) {
        struct pick pick = {.slot = former};
        memcpy(pick.ext, former->ext, sizeof pick.ext);
        number_picker_take(&edit->picker, former);
        wish->returning = true;
        give_number(edit, request, &pick);
    }
}

static void pick_numbers(struct edit *edit)
{
    for (size_t i = 0; i < edit->n_numbers; i++) {
        const struct number *number = edit->numbers[i];
        if (number->slot) {
            number_picker_take(&edit->picker, number->slot);
        } else {
            number_picker_take_absent(&edit->picker, number->ext);
        }
    }
    for (size_t i = 0; i < edit->n_wishes; i++) {
        if (is_open(edit, i) && edit->wishes[i].automatic) {
            pick_former(edit, i);
        }
    }
    for (size_t i = 0; i < edit->n_wishes; i++) {
        const struct edit_request *wish = &edit->wishes[i];
        struct pick pick;
        if (wish->state != EDIT_OPEN || !wish->automatic || wish->number) {
            continue;
        }
        if (number_picker_next(&edit->picker, &pick)) {
            give_number(edit, i, &pick);
        } else {
            edit_refuse(edit, i, "no extension is left for %s", wish->person->login);
            edit->n_pool_empty++;
        }
    }
}

/* ---- what shall stand there in the end --------------------------------------------------------
 */

/* The note of the person's pin in the end; NULL: not pinned. */
static const char *final_pin(const struct edit *edit, const struct person *person)
{
    const char *pin = person->slot ? person->slot->note : NULL;
    if (is_open(edit, person->mark)) {
        const struct edit_request *wish = &edit->wishes[person->mark];
        return wish->kind == CHANGE_UNPIN ? NULL : wish->note ? wish->note : PIN_WITHOUT_NOTE;
    }
    return pin;
}

static void settle_numbers(struct edit *edit)
{
    const struct plan_builder *draft = &edit->draft;
    int64_t now_s = edit->input->now_s;
    struct arena *arena = &draft->plan->arena;
    /* First what is left, then what is taken: the taker has the last word. */
    for (size_t i = 0; i < edit->n_people; i++) {
        const struct person *person = edit->people[i];
        if (person->from) {
            person->from->after = slot_free(person->from->ext, now_s, person->login);
        } else if (is_open(edit, person->mark) && person->slot) {
            struct number *number = edit_number(edit, person->slot->ext);
            number->after = slot_put_right(person->slot, draft);
            number->after.note = final_pin(edit, person);
            number->after.own = belongings_now(arena, person->slot->own, person->agent);
        }
    }
    for (size_t i = 0; i < edit->n_wishes; i++) {
        struct edit_request *wish = &edit->wishes[i];
        if (wish->state == EDIT_OPEN && wish->kind == CHANGE_UNRESERVE) {
            wish->number->after = slot_unreserved(wish->number->slot);
        }
    }
    for (size_t i = 0; i < edit->n_wishes; i++) {
        struct edit_request *wish = &edit->wishes[i];
        if (wish->state == EDIT_OPEN && wish->kind == CHANGE_RESERVE) {
            struct number *number = wish->number;
            struct slot before = number->leaver != NO_REQUEST ? number->after
                                 : number->slot               ? *number->slot
                                                              : slot_free(number->ext, 0, NULL);
            number->after = slot_reserved(number->ext, wish->note, now_s, draft->by);
            slot_keep_former(&number->after, &before);
        }
    }
    for (size_t i = 0; i < edit->n_people; i++) {
        const struct person *person = edit->people[i];
        if (person->to) {
            person->to->after = slot_assigned(person->to->ext, person->login, now_s,
                                              final_pin(edit, person), draft->by);
            person->to->after.own =
                belongings_now(arena, person->slot ? person->slot->own : NULL, person->agent);
        }
    }
}

/* ---- changes ------------------------------------------------------------------------------- */

/* The note that came with it, the line of the file, or that somebody asked for it. */
static const char *occasion(struct edit *edit, const struct edit_request *wish)
{
    bool note_is_value = wish->kind == CHANGE_PIN || wish->kind == CHANGE_RESERVE;
    if (wish->note && !note_is_value) {
        return wish->note;
    }
    if (wish->request->line) {
        return arena_printf(&edit->draft.plan->arena, "line %zu of the import",
                            wish->request->line);
    }
    return "asked for";
}

static const char *why_taken(struct edit *edit, const struct edit_request *wish)
{
    const char *occasion_text = occasion(edit, wish);
    const struct slot *slot = wish->number->slot;
    struct arena *arena = &edit->draft.plan->arena;
    if (wish->returning) {
        return arena_printf(arena, "%s, returns to the former extension", occasion_text);
    }
    if (wish->automatic) {
        return arena_printf(arena, "%s, %s", occasion_text, wish->how);
    }
    if (policy_state(edit->input->policy, slot, edit->input->now_s) == EXT_COOLING) {
        char day[32];
        words_day(policy_cool_until_s(edit->input->policy, slot, edit->input->now_s),
                  edit->input->now_s, day);
        return arena_printf(arena, "%s, although it cools until %s", occasion_text, day);
    }
    return occasion_text;
}

static const char *why_left(struct edit *edit, const struct edit_request *wish,
                            const struct number *number)
{
    const char *text = occasion(edit, wish);
    if (number->taker != NO_REQUEST) {
        return text;
    }
    return arena_printf(&edit->draft.plan->arena, "%s; %s", text,
                        builder_given_back(&edit->draft, number->ext));
}

static void set_step(struct change *change, size_t index, const struct number *number)
{
    change->steps[index].before = number->slot;
    change->steps[index].after = number->after;
}

static struct change *draft_move(struct edit *edit, const struct edit_request *wish,
                                 const struct person *person, const char *why)
{
    struct change *change = plan_add_plain(edit->draft.plan, wish->kind, person->to->ext,
                                           person->login, person->from ? 2 : 1, why);
    set_step(change, 0, person->to);
    change->to = person->to->ext;
    if (person->from) {
        set_step(change, 1, person->from);
        change->from = person->from->ext;
    }
    return change;
}

static void draft_swap(struct edit *edit, const struct edit_request *wish, uint32_t group)
{
    struct arena *arena = &edit->draft.plan->arena;
    struct person *pair[] = {wish->person, wish->other};
    for (size_t k = 0; k < 2; k++) {
        const char *why = arena_printf(arena, "swaps with %s", pair[1 - k]->login);
        draft_move(edit, wish, pair[k], why)->group = group;
    }
}

static struct change *draft_moved(struct edit *edit, const struct edit_request *wish)
{
    const struct number *from = wish->person->from;
    const char *why = why_taken(edit, wish);
    if (from && from->taker == NO_REQUEST) {
        why = arena_printf(&edit->draft.plan->arena, "%s; %s %s", why, from->ext,
                           builder_given_back(&edit->draft, from->ext));
    }
    struct change *change = draft_move(edit, wish, wish->person, why);
    change->any_number = wish->automatic && wish->request->as_fits;
    change->chosen = wish->automatic;
    return change;
}

static struct change *draft_given_back(struct edit *edit, const struct edit_request *wish)
{
    struct change *change =
        plan_add_plain(edit->draft.plan, CHANGE_RELEASE, wish->number->ext, wish->person->login, 1,
                       why_left(edit, wish, wish->number));
    set_step(change, 0, wish->number);
    change->from = wish->number->ext;
    change->by_number = !wish->request->agent || wish->request->agent[0] == '\0';
    return change;
}

static struct change *draft_reserved(struct edit *edit, const struct edit_request *wish)
{
    const struct number *number = wish->number;
    const char *old =
        number->slot && number->slot->state == SLOT_RESERVED ? number->slot->note : NULL;
    struct change *change =
        plan_add_plain(edit->draft.plan, wish->kind, number->ext, NULL, 1, occasion(edit, wish));
    set_step(change, 0, number);
    change->from = old;
    change->to = wish->kind == CHANGE_RESERVE ? wish->note : NULL;
    return change;
}

static struct change *draft_marked(struct edit *edit, const struct edit_request *wish)
{
    const struct person *person = wish->person;
    bool pins = wish->kind == CHANGE_PIN;
    const struct number *number =
        pins && person->to ? person->to : edit_number(edit, person->slot->ext);
    struct change *change = plan_add_plain(edit->draft.plan, wish->kind, number->ext, person->login,
                                           1, occasion(edit, wish));
    set_step(change, 0, number);
    change->from = person->slot ? person->slot->note : NULL;
    change->to = pins ? final_pin(edit, person) : NULL;
    return change;
}

static void draft_wish(struct edit *edit, const struct edit_request *wish, uint32_t group)
{
    struct change *change = NULL;
    switch (wish->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
        if (wish->request->swap) {
            draft_swap(edit, wish, group);
            return;
        }
        change = draft_moved(edit, wish);
        break;
    case CHANGE_RELEASE:
        change = draft_given_back(edit, wish);
        break;
    case CHANGE_RESERVE:
    case CHANGE_UNRESERVE:
        change = draft_reserved(edit, wish);
        break;
    case CHANGE_PIN:
    case CHANGE_UNPIN:
        change = draft_marked(edit, wish);
        break;
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break; /* refused before */
    }
    if (change) {
        change->group = group;
    }
}

/* Nothing is written about it, but who asked reads that it is so. */
static void draft_already_so(struct edit *edit, const struct edit_request *wish)
{
    struct plan *plan = edit->draft.plan;
    const struct person *person = wish->person;
    const char *ext = wish->ext ? wish->ext : person && person->slot ? person->slot->ext : NULL;
    struct change *change = plan_add_plain(plan, wish->kind, ext, person ? person->login : NULL, 0,
                                           occasion(edit, wish));
    plan->counts[wish->kind]--;
    change->result = RESULT_SKIPPED;
    change->already_so = true;
    change->detail = arena_printf(&plan->arena, "already so: %s", wish->so);
}

static void draft_changes(struct edit *edit)
{
    settle_numbers(edit);
    for (size_t root = 0; root < edit->n_wishes; root++) {
        if (edit_root(edit, root) != root) {
            continue;
        }
        size_t n = 0;
        for (size_t i = root; i != NO_REQUEST; i = edit->wishes[i].next) {
            n += changes_of(&edit->wishes[i]);
        }
        uint32_t group = n > 1 ? ++edit->draft.groups : 0;
        for (size_t i = root; i != NO_REQUEST; i = edit->wishes[i].next) {
            if (edit->wishes[i].state == EDIT_OPEN) {
                draft_wish(edit, &edit->wishes[i], group);
            }
        }
    }
    for (size_t i = 0; i < edit->n_wishes; i++) {
        if (edit->wishes[i].state == EDIT_ALREADY_SO) {
            draft_already_so(edit, &edit->wishes[i]);
        }
    }
}

/* ---- the planner --------------------------------------------------------------------------- */

static void edit_init(struct edit *edit, const struct plan_input *input, const char *action,
                      const struct request *requests, size_t n, struct refusals *refusals)
{
    *edit = (struct edit){.input = input, .n_wishes = n, .refusals = refusals};
    plan_builder_init(&edit->draft, input, action);
    edit->wishes = mem_array(n + 1, sizeof *edit->wishes);
    for (size_t i = 0; i < n; i++) {
        edit->wishes[i].request = &requests[i];
        edit->wishes[i].joined = i;
    }
    /* A request names two agents at most, and touches two numbers for each. */
    edit->people = mem_array(2 * n + 1, sizeof(struct person *));
    edit->numbers = mem_array(4 * n + 1, sizeof(struct number *));
    strmap_init(&edit->by_login, 2 * n);
    strmap_init(&edit->by_ext, 4 * n);
    number_picker_init(&edit->picker, input);
}

static void edit_release(struct edit *edit)
{
    free(edit->wishes);
    free(edit->people);
    free(edit->numbers);
    strmap_release(&edit->by_login);
    strmap_release(&edit->by_ext);
    number_picker_release(&edit->picker);
}

static int compare_refusals(const void *a, const void *b)
{
    size_t left = ((const struct refusal *)a)->request;
    size_t right = ((const struct refusal *)b)->request;
    return left < right ? -1 : left > right;
}

static enum err_code refuse_all(const struct edit *edit, struct err *err)
{
    struct refusals *refusals = edit->refusals;
    qsort(refusals->items, refusals->n_items, sizeof *refusals->items, compare_refusals);
    const struct refusal *first = &refusals->items[0];
    enum err_code code = edit->n_pool_empty == refusals->n_items ? ERR_POOL_EMPTY : ERR_INPUT;
    err_set(err, code, "%s", first->text);
    if (first->line) {
        err_prefix(err, "line %zu", first->line);
    }
    if (refusals->n_items > 1) {
        err_hint(err, "%zu requests are refused in all; nothing was changed", refusals->n_items);
    }
    return code;
}

enum err_code plan_edit(const struct plan_input *input, const char *action,
                        const struct request *requests, size_t n_requests,
                        struct refusals *refusals, struct plan **out, struct err *err)
{
    struct refusals own;
    refusals_init(&own);
    struct edit edit;
    edit_init(&edit, input, action, requests, n_requests, refusals ? refusals : &own);
    enum err_code code = ERR_OK;
    edit_check(&edit);
    if (edit.refusals->n_items == 0) {
        pick_numbers(&edit);
        join_all(&edit);
        chain_components(&edit);
    }
    if (edit.refusals->n_items > 0) {
        code = refuse_all(&edit, err);
        plan_free(edit.draft.plan);
    } else {
        draft_changes(&edit);
        plan_note_odd_logins(edit.draft.plan);
        number_picker_spare(&edit.picker, edit.draft.plan);
        *out = edit.draft.plan;
    }
    edit_release(&edit);
    refusals_release(&own);
    return code;
}
