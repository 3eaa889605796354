/*
 * What the operator reads about a request that is impossible or already applied.
 */
#include "core/plan/edit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

_Static_assert(EXT_WIDTH_MAX == 8, "zeros that fill up an extension");

#define COMPARISONS_MAX 500000 /* for "did you mean", all refusals together: a part of a second */

/* ---- refusals ------------------------------------------------------------------------------ */

void edit_refuse(struct edit *edit, size_t index, const char *format, ...)
{
    struct edit_request *request = &edit->requests[index];
    if (request->state == EDIT_REFUSED) {
        return;
    }
    request->state = EDIT_REFUSED;
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
    request->refusal = arena_strdup(&list->arena, text);
    list->items[list->n_items++] =
        (struct refusal){.request = index, .line = request->asked->line, .text = request->refusal};
}

void edit_refuse_rival(struct edit *edit, size_t index, const char *what, size_t other)
{
    edit->requests[index].rival = other;
    edit_refuse(edit, index, "%s %s", what, edit_name_request(edit, other));
}

const char *edit_name_request(struct edit *edit, size_t request)
{
    size_t line = edit->requests[request].asked->line;
    return line ? arena_printf(&edit->builder.plan->arena, "line %zu", line) : "another request";
}

void edit_grant(struct edit *edit, size_t index, const char *what)
{
    struct edit_request *request = &edit->requests[index];
    request->state = EDIT_ALREADY_APPLIED;
    request->already = what;
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

const char *edit_meant_extension(struct edit *edit, const char *wanted)
{
    size_t width = (size_t)edit->input->policy->width;
    size_t length = strlen(wanted);
    return text_is_digits(wanted) && length < width
               ? arena_printf(&edit->builder.plan->arena, "; did you mean %.*s%s?",
                              (int)(width - length), "00000000", wanted)
               : "";
}

const char *edit_did_you_mean(struct edit *edit, const char *wanted, bool holders)
{
    int width = edit->input->policy->width;
    if (text_is_digits(wanted) && strlen(wanted) != (size_t)width) {
        const char *meant = edit_meant_extension(edit, wanted);
        return arena_printf(&edit->builder.plan->arena, "%s %s extension has %d digits",
                            meant[0] ? meant : ";", meant[0] ? "An" : "an", width);
    }
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
    return arena_printf(&edit->builder.plan->arena, "; did you mean \"%s\"?%s", best.login,
                        best.distance == 0 ? " Case counts" : "");
}
