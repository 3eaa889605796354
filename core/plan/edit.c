/*
 * Turns the requests of an operator into a plan. edit_check.c has decided which agent each one means
 * and that all of them are possible. This file chooses the numbers that nobody named, finds the
 * requests that depend on each other, and builds the changes. Every step says what the store has in
 * the end, so the order inside a group matters only to the reader.
 */
#include "core/plan/edit.h"
#include "core/plan/login_notes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

#define PIN_WITHOUT_NOTE "pinned" /* a pin is stored as its note, so it needs one */

/* ---- what hangs together ------------------------------------------------------------------- */

static size_t root_of(struct edit *edit, size_t request)
{
    struct edit_request *requests = edit->requests;
    while (requests[request].joined != request) {
        requests[request].joined = requests[requests[request].joined].joined;
        request = requests[request].joined;
    }
    return request;
}

/* The root is the first request of its component. */
/* The two requests stand or fall together. */
static void join(struct edit *edit, size_t a, size_t b)
{
    if (a == NO_REQUEST || b == NO_REQUEST) {
        return;
    }
    size_t root_a = root_of(edit, a);
    size_t root_b = root_of(edit, b);
    if (root_a < root_b) {
        edit->requests[root_b].joined = root_a;
    } else {
        edit->requests[root_a].joined = root_b;
    }
}

static void join_all(struct edit *edit)
{
    for (size_t i = 0; i < edit->n_numbers; i++) {
        join(edit, edit->numbers[i]->taker, edit->numbers[i]->leaver);
    }
    for (size_t i = 0; i < edit->n_people; i++) {
        const struct person *person = edit->people[i];
        size_t moved = person->move != NO_REQUEST ? person->move : person->drop;
        if (edit_is_open(edit, person->mark)) {
            join(edit, moved, person->mark);
        }
        if (edit_is_open(edit, person->set)) {
            join(edit, moved, person->set);
            join(edit, edit_is_open(edit, person->mark) ? person->mark : NO_REQUEST, person->set);
        }
        if (edit_is_open(edit, person->exempt)) {
            join(edit, moved, person->exempt);
        }
    }
}

static size_t changes_of(const struct edit_request *request)
{
    bool two = request->asked->swap || (request->kind == CHANGE_EXEMPT && request->number);
    return request->state != EDIT_OPEN ? 0 : two ? 2 : 1;
}

/* Chains the open requests of each component behind its root, in order, and refuses a component
   that no transaction could take. */
static void chain_components(struct edit *edit)
{
    size_t n = edit->n_requests;
    size_t *tail = mem_array(n + 1, sizeof *tail);
    size_t *size = mem_array(n + 1, sizeof *size);
    for (size_t i = 0; i < n; i++) {
        size_t root = root_of(edit, i);
        edit->requests[i].next = NO_REQUEST;
        if (root != i) {
            edit->requests[tail[root]].next = i;
        }
        tail[root] = i;
        size[root] += changes_of(&edit->requests[i]);
    }
    for (size_t i = 0; i < n; i++) {
        size_t root = root_of(edit, i);
        bool refuses = i == root || (edit->leaves_out && edit_is_open(edit, i));
        if (size[root] > PLAN_GROUP_MAX && refuses) {
            edit_refuse(edit, i,
                        "%zu changes depend on each other from here on, but one transaction takes "
                        "%d: break the chain",
                        size[root], PLAN_GROUP_MAX);
        }
    }
    free(tail);
    free(size);
}

/* ---- what the store has in the end --------------------------------------------------------- */

/* The note of the person's pin in the end; NULL: not pinned. */
static const char *final_pin(const struct edit *edit, const struct person *person)
{
    const char *pin = person->slot ? person->slot->note : NULL;
    if (edit_is_open(edit, person->mark)) {
        const struct edit_request *request = &edit->requests[person->mark];
        return request->kind == CHANGE_UNPIN ? NULL
               : request->note               ? request->note
                                             : PIN_WITHOUT_NOTE;
    }
    return pin;
}

static void settle_numbers(struct edit *edit)
{
    const struct plan_builder *builder = &edit->builder;
    int64_t now_s = edit->input->now_s;
    /* First what is left, then what is taken: the taker has the last word. */
    for (size_t i = 0; i < edit->n_people; i++) {
        const struct person *person = edit->people[i];
        if (person->from) {
            person->from->after = slot_free(person->from->ext, now_s, person->login);
        } else if (person->slot &&
                   (edit_is_open(edit, person->mark) || edit_is_open(edit, person->set))) {
            struct number *number = edit_number(edit, person->slot->ext);
            number->after = slot_repaired(person->slot, builder);
            number->after.note = final_pin(edit, person);
            number->after.own = edit_belongings(edit, person);
        }
    }
    for (size_t i = 0; i < edit->n_requests; i++) {
        struct edit_request *request = &edit->requests[i];
        if (request->state == EDIT_OPEN && request->kind == CHANGE_UNRESERVE) {
            request->number->after = slot_unreserved(request->number->slot);
        }
    }
    for (size_t i = 0; i < edit->n_requests; i++) {
        struct edit_request *request = &edit->requests[i];
        if (request->state == EDIT_OPEN && request->kind == CHANGE_RESERVE) {
            struct number *number = request->number;
            struct slot before = number->leaver != NO_REQUEST ? number->after
                                 : number->slot               ? *number->slot
                                                              : slot_free(number->ext, 0, NULL);
            struct slot after = slot_reserved(number->ext, request->note, now_s, builder->by);
            slot_keep_former(&after, &before);
            number->after = edit_set_calls(request, after);
        } else if (request->state == EDIT_OPEN && request->kind == CHANGE_SET && !request->person) {
            struct slot after = slot_repaired(request->number->slot, builder);
            request->number->after = edit_set_calls(request, after);
        }
    }
    for (size_t i = 0; i < edit->n_people; i++) {
        const struct person *person = edit->people[i];
        if (person->to) {
            person->to->after = slot_assigned(person->to->ext, person->login, now_s,
                                              final_pin(edit, person), builder->by);
            person->to->after.own = edit_belongings(edit, person);
        }
    }
}

/* ---- changes ------------------------------------------------------------------------------- */

/* The note that came with it, the line of the file, or that somebody asked for it. */
static const char *occasion(struct edit *edit, const struct edit_request *request)
{
    bool note_is_value = request->kind == CHANGE_PIN || request->kind == CHANGE_RESERVE ||
                         request->kind == CHANGE_EXEMPT;
    if (request->note && !note_is_value) {
        return request->note;
    }
    if (request->asked->line) {
        return arena_printf(&edit->builder.plan->arena, "line %zu of the import",
                            request->asked->line);
    }
    return PLAN_ASKED_FOR;
}

static const char *why_taken(struct edit *edit, const struct edit_request *request)
{
    const char *occasion_text = occasion(edit, request);
    const struct slot *slot = request->number->slot;
    struct arena *arena = &edit->builder.plan->arena;
    if (request->returning) {
        return arena_printf(arena, "%s, returns to the former extension", occasion_text);
    }
    if (request->automatic) {
        return arena_printf(arena, "%s, %s", occasion_text, request->how);
    }
    const char *other = edit_other_group(edit, request);
    if (other) {
        return arena_printf(arena, "%s, %s", occasion_text, other);
    }
    if (policy_state(edit->input->policy, slot, edit->input->now_s) == EXT_COOLING) {
        char day[32];
        format_day(policy_cool_until_s(edit->input->policy, slot, edit->input->now_s),
                   edit->input->now_s, day);
        return arena_printf(arena, "%s, although it cools until %s", occasion_text, day);
    }
    return occasion_text;
}

static const char *why_left(struct edit *edit, const struct edit_request *request,
                            const struct number *number)
{
    const char *text = occasion(edit, request);
    if (number->taker != NO_REQUEST) {
        return text;
    }
    return arena_printf(&edit->builder.plan->arena, "%s; %s", text,
                        builder_given_back(&edit->builder, number->ext));
}

static void set_step(struct change *change, size_t index, const struct number *number)
{
    change->steps[index].before = number->slot;
    change->steps[index].after = number->after;
}

static struct change *build_move(struct edit *edit, const struct edit_request *request,
                                 const struct person *person, const char *why)
{
    struct change *change = plan_add_plain(edit->builder.plan, request->kind, person->to->ext,
                                           person->login, person->from ? 2 : 1, why);
    set_step(change, 0, person->to);
    change->to = person->to->ext;
    if (person->from) {
        set_step(change, 1, person->from);
        change->from = person->from->ext;
    }
    return change;
}

static void build_swap(struct edit *edit, const struct edit_request *request, uint32_t group)
{
    struct arena *arena = &edit->builder.plan->arena;
    struct person *pair[] = {request->person, request->other};
    for (size_t k = 0; k < 2; k++) {
        const char *why = arena_printf(arena, "swaps with %s", pair[1 - k]->login);
        build_move(edit, request, pair[k], why)->group = group;
    }
}

static struct change *build_moved(struct edit *edit, const struct edit_request *request)
{
    const struct number *from = request->person->from;
    const char *why = why_taken(edit, request);
    if (from && from->taker == NO_REQUEST) {
        why = arena_printf(&edit->builder.plan->arena, "%s; %s %s", why, from->ext,
                           builder_given_back(&edit->builder, from->ext));
    }
    struct change *change = build_move(edit, request, request->person, why);
    change->any_number = request->automatic && request->asked->as_fits;
    change->chosen = request->automatic;
    change->chosen_of = request->group;
    edit_guard_assign(edit, request, change);
    return change;
}

static struct change *build_given_back(struct edit *edit, const struct edit_request *request)
{
    struct change *change =
        plan_add_plain(edit->builder.plan, CHANGE_RELEASE, request->number->ext,
                       request->person->login, 1, why_left(edit, request, request->number));
    set_step(change, 0, request->number);
    change->from = request->number->ext;
    change->by_number = !request->asked->agent || request->asked->agent[0] == '\0';
    return change;
}

static struct change *build_reserved(struct edit *edit, const struct edit_request *request)
{
    const struct number *number = request->number;
    const char *old =
        number->slot && number->slot->state == SLOT_RESERVED ? number->slot->note : NULL;
    struct arena *arena = &edit->builder.plan->arena;
    const char *calls = format_calls(arena, &number->after);
    const char *why = occasion(edit, request);
    struct change *change = plan_add_plain(edit->builder.plan, request->kind, number->ext, NULL, 1,
                                           calls ? arena_printf(arena, "%s; %s", why, calls) : why);
    set_step(change, 0, number);
    change->from = old;
    change->to = request->kind == CHANGE_RESERVE ? request->note : NULL;
    return change;
}

static struct change *build_marked(struct edit *edit, const struct edit_request *request)
{
    const struct person *person = request->person;
    bool pins = request->kind == CHANGE_PIN;
    const struct number *number =
        pins && person->to ? person->to : edit_number(edit, person->slot->ext);
    struct change *change = plan_add_plain(edit->builder.plan, request->kind, number->ext,
                                           person->login, 1, occasion(edit, request));
    set_step(change, 0, number);
    change->from = person->slot ? person->slot->note : NULL;
    change->to = pins ? final_pin(edit, person) : NULL;
    return change;
}

static void build_request(struct edit *edit, const struct edit_request *request, uint32_t group)
{
    struct change *change = NULL;
    switch (request->kind) {
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
        if (request->asked->swap) {
            build_swap(edit, request, group);
            return;
        }
        change = build_moved(edit, request);
        break;
    case CHANGE_RELEASE:
        change = build_given_back(edit, request);
        break;
    case CHANGE_RESERVE:
    case CHANGE_UNRESERVE:
        change = build_reserved(edit, request);
        break;
    case CHANGE_PIN:
    case CHANGE_UNPIN:
        change = build_marked(edit, request);
        break;
    case CHANGE_SET:
        change = edit_build_set(edit, request, occasion(edit, request));
        break;
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
        if (request->number) {
            build_given_back(edit, request)->group = group;
        }
        change = edit_build_exempt(edit, request, occasion(edit, request));
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

/* A row by which nothing is written: the request is already applied, or it is refused. */
static void build_unwritten(struct edit *edit, const struct edit_request *request)
{
    struct plan *plan = edit->builder.plan;
    const struct person *person = request->person;
    const char *holds = person && person->slot ? person->slot->ext : NULL;
    struct change *change =
        plan_add_plain(plan, request->kind, request->ext ? request->ext : holds,
                       person ? person->login : NULL, 0, occasion(edit, request));
    plan->counts[request->kind]--;
    change->result = RESULT_SKIPPED;
    change->request = (size_t)(request - edit->requests) + 1;
    if (request->state == EDIT_ALREADY_APPLIED) {
        change->already_applied = true;
        change->detail = arena_printf(&plan->arena, "already applied: %s", request->already);
    } else {
        change->refused = change->left_out = true;
        change->detail = arena_strdup(&plan->arena, request->refusal);
        change->from = request->kind == CHANGE_REASSIGN ? holds : NULL;
        change->to = request->ext;
    }
}

static void build_all_unwritten(struct edit *edit, enum edit_request_state state)
{
    for (size_t i = 0; i < edit->n_requests; i++) {
        if (edit->requests[i].state == state) {
            build_unwritten(edit, &edit->requests[i]);
        }
    }
}

static void build_changes(struct edit *edit)
{
    settle_numbers(edit);
    for (size_t root = 0; root < edit->n_requests; root++) {
        if (root_of(edit, root) != root) {
            continue;
        }
        size_t n = 0;
        for (size_t i = root; i != NO_REQUEST; i = edit->requests[i].next) {
            n += changes_of(&edit->requests[i]);
        }
        uint32_t group = n > 1 ? ++edit->builder.groups : 0;
        for (size_t i = root; i != NO_REQUEST; i = edit->requests[i].next) {
            size_t built = edit->builder.plan->n_changes;
            if (edit->requests[i].state == EDIT_OPEN) {
                build_request(edit, &edit->requests[i], group);
            }
            for (; built < edit->builder.plan->n_changes; built++) {
                edit->builder.plan->changes[built].request = i + 1;
            }
        }
    }
    build_all_unwritten(edit, EDIT_ALREADY_APPLIED);
    build_all_unwritten(edit, EDIT_REFUSED);
}

/* ---- the planner --------------------------------------------------------------------------- */

static void edit_init(struct edit *edit, const struct plan_input *input, const char *action,
                      const struct request *requests, size_t n, struct refusals *refusals)
{
    *edit = (struct edit){.input = input, .n_requests = n, .refusals = refusals};
    plan_builder_init(&edit->builder, input, action);
    edit->requests = mem_array(n + 1, sizeof *edit->requests);
    for (size_t i = 0; i < n; i++) {
        edit->requests[i].asked = &requests[i];
        edit->requests[i].joined = i;
        edit->requests[i].rival = NO_REQUEST;
        edit->requests[i].group = GROUP_NONE;
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
    free(edit->requests);
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
        err_hint(err, "%zu requests are refused; nothing was changed", refusals->n_items);
    }
    return code;
}

/* Chooses numbers and finds out what hangs together, as long as nothing is refused. */
static bool edit_arrange(struct edit *edit)
{
    void (*const parts[])(struct edit *) = {edit_pick_numbers, join_all, chain_components};
    bool fits = edit->refusals->n_items == 0 || edit->leaves_out;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && fits; i++) {
        parts[i](edit);
        if (edit->leaves_out) {
            edit_withdraw_refused(edit);
        }
        fits = edit->refusals->n_items == 0 || edit->leaves_out;
    }
    return fits;
}

static struct plan *edit_build(struct edit *edit)
{
    build_changes(edit);
    edit_note_targets(edit);
    plan_note_doubtful_logins(edit->builder.plan);
    number_picker_spare(&edit->picker, edit->builder.plan);
    return edit->builder.plan;
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
    if (edit_arrange(&edit)) {
        *out = edit_build(&edit);
    } else {
        code = refuse_all(&edit, err);
        plan_free(edit.builder.plan);
    }
    edit_release(&edit);
    refusals_release(&own);
    return code;
}

struct plan *plan_edit_possible(const struct plan_input *input, const char *action,
                                const struct request *requests, size_t n_requests)
{
    struct refusals refusals;
    refusals_init(&refusals);
    struct edit edit;
    edit_init(&edit, input, action, requests, n_requests, &refusals);
    edit.leaves_out = true;
    edit_check(&edit);
    edit_withdraw_refused(&edit);
    edit_reopen_rivals(&edit);
    edit_arrange(&edit);
    struct plan *plan = edit_build(&edit);
    edit_release(&edit);
    refusals_release(&refusals);
    return plan;
}
