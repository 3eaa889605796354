/*
 * Exempt agents: they need no extension. Who becomes exempt gives theirs back in the same group of
 * changes, and nobody assigns one to them until that ends.
 */
#include "core/plan/edit.h"

#include "core/base/text.h"
#include "core/plan/conflict.h"
#include "core/pool/exempt.h"

#include "core/base/banned.h"

/* ---- what can be --------------------------------------------------------------------------- */

static const char *pattern_of(const struct edit *edit, const struct person *person)
{
    return policy_exempt_pattern(edit->input->policy, person->login);
}

static void check_exempt(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    struct person *person = request->person;
    const struct exempt *entry = person->entry;
    bool same = entry && (!request->note || text_same(entry->note, request->note));
    if (!edit_check_one_extension(edit, i, person)) {
        return;
    }
    if (same && !person->slot) {
        edit_grant(edit, i, exempt_describe(&edit->builder.plan->arena, person->login, entry));
        return;
    }
    if (edit_claim_person(edit, i, person, &person->exempt) && person->slot &&
        edit_claim_person(edit, i, person, &person->drop)) {
        edit_leave_number(edit, i, person);
        request->number = person->from;
    }
}

static void check_unexempt(struct edit *edit, size_t i)
{
    const struct edit_request *request = &edit->requests[i];
    struct person *person = request->person;
    const char *pattern = pattern_of(edit, person);
    struct arena *arena = &edit->builder.plan->arena;
    if (person->entry) {
        edit_claim_person(edit, i, person, &person->exempt);
    } else if (request->asked->line > 0) {
        edit_grant(edit, i, exempt_describe(arena, person->login, NULL));
    } else if (pattern) {
        edit_refuse(edit, i, "%s is exempt by the pattern \"%s\": change [policy] exempt for that",
                    person->login, pattern);
    } else {
        edit_refuse(edit, i, "%s is not exempt%s", person->login,
                    person->agent ? "" : edit_did_you_mean(edit, person->login, false));
    }
}

void edit_check_exempt(struct edit *edit, size_t i)
{
    const struct edit_request *request = &edit->requests[i];
    if (!request->person || request->ext) {
        edit_refuse(edit, i, "%s takes an agent and no extension", change_kind_name(request->kind));
    } else if (edit_check_login(edit, i, request->person) && edit_check_note(edit, i)) {
        if (request->kind == CHANGE_EXEMPT) {
            check_exempt(edit, i);
        } else {
            check_unexempt(edit, i);
        }
    }
}

/* The request that changes whether the person is exempt; NULL: none. */
static const struct edit_request *exemption_of(const struct edit *edit, const struct person *person)
{
    const struct edit_request *request =
        person->exempt != NO_REQUEST ? &edit->requests[person->exempt] : NULL;
    return request && request->state == EDIT_OPEN ? request : NULL;
}

void edit_check_exempt_person(struct edit *edit, const struct person *person)
{
    const struct edit_request *exemption = exemption_of(edit, person);
    struct arena *arena = &edit->builder.plan->arena;
    const char *pattern = pattern_of(edit, person);
    if (person->move == NO_REQUEST) {
        return;
    }
    if (exemption && exemption->kind == CHANGE_EXEMPT) {
        edit_refuse_rival(edit, person->move,
                          arena_printf(arena, "%s is already in", person->login), person->exempt);
    } else if (person->slot) {
        return; /* moved, from one to another */
    } else if (person->entry && !exemption) {
        edit_refuse(edit, person->move, "%s; --unexempt %s lets them have an extension",
                    exempt_describe(arena, person->login, person->entry), person->login);
    } else if (pattern) {
        edit_refuse(edit, person->move,
                    "%s is exempt by the pattern \"%s\": change [policy] exempt for that",
                    person->login, pattern);
    }
}

/* ---- changes ------------------------------------------------------------------------------- */

static void set_step(struct edit *edit, struct change *change, const struct person *person,
                     const struct exempt *after)
{
    change->exempt = arena_alloc(&edit->builder.plan->arena, sizeof *change->exempt);
    *change->exempt =
        (struct exempt_step){.agent = person->login, .before = person->entry, .after = after};
}

void edit_guard_assign(struct edit *edit, const struct edit_request *request, struct change *change)
{
    /* A row of a file would cost a third more for it. */
    if (change->kind == CHANGE_ASSIGN && request->asked->line == 0 &&
        !exemption_of(edit, request->person)) {
        set_step(edit, change, request->person, NULL);
    }
}

/* What there shall be: a note that is not said stays, and so does the rest if only that stays. */
static const struct exempt *exempt_after(struct edit *edit, const struct edit_request *request)
{
    const struct exempt *entry = request->person->entry;
    struct plan_builder *builder = &edit->builder;
    const char *note = request->note ? request->note : entry ? entry->note : NULL;
    if (request->kind == CHANGE_UNEXEMPT) {
        return NULL;
    }
    if (entry && text_same(entry->note, note)) {
        return entry;
    }
    struct exempt *after = arena_alloc(&builder->plan->arena, sizeof *after);
    *after = (struct exempt){.agent = request->person->login,
                             .note = note,
                             .by = builder->by,
                             .since_s = edit->input->now_s};
    return after;
}

/* One of a group that is exempt before the directory knows them may be a mistake in writing. */
static void note_stranger(struct edit *edit, const struct edit_request *request)
{
    const struct plan_input *input = edit->input;
    bool knows = input->roster && !input->still_reading && !input->roster->partial;
    if (request->kind == CHANGE_EXEMPT && knows && !request->person->agent) {
        plan_note(edit->builder.plan, "nobody in the directory is called \"%s\"%s",
                  request->person->login, edit_did_you_mean(edit, request->person->login, false));
    }
}

struct change *edit_build_exempt(struct edit *edit, const struct edit_request *request,
                                 const char *occasion)
{
    const struct person *person = request->person;
    const struct exempt *after = exempt_after(edit, request);
    struct change *change =
        plan_add_plain(edit->builder.plan, request->kind, NULL, person->login, 0, occasion);
    set_step(edit, change, person, after);
    change->from = person->entry ? person->entry->note : NULL;
    change->to = after ? after->note : NULL;
    note_stranger(edit, request);
    return change;
}
