#include "core/plan/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/plan/builder.h"

/* ---- names --------------------------------------------------------------------------------- */

static const struct {
    const char *name, *text;
} s_results[] = {
#define X(result, name, text) [result] = {name, text},
    CHANGE_RESULTS(X)
#undef X
};

const char *change_result_name(enum change_result result)
{
    return s_results[result].name;
}

const char *change_result_text(enum change_result result)
{
    return s_results[result].text;
}

/* ---- a plan -------------------------------------------------------------------------------- */

/* Whether a person asks for each row of the action by its name. */
static bool is_named_action(const char *action)
{
    enum change_kind kind;
    return strcmp(action, "swap") == 0 || strcmp(action, "import") == 0 ||
           strcmp(action, "fallback") == 0 || strcmp(action, "basket") == 0 ||
           (change_kind_parse(action, &kind) && kind != CHANGE_REPAIR);
}

bool plan_is_sync(const struct plan *plan)
{
    return strcmp(plan->action, "sync") == 0;
}

bool plan_lacks_directory(const struct plan *plan)
{
    return plan->withheld > 0 || (plan_is_sync(plan) && roster_n_unread(plan->roster) > 0);
}

bool plan_action_derives(const char *action)
{
    return !is_named_action(action);
}

struct plan *plan_new(const char *action, const struct snapshot *snapshot,
                      const struct roster *roster, int64_t now_s)
{
    struct plan *plan = mem_alloc(sizeof *plan);
    plan->action = arena_strdup(&plan->arena, action);
    plan->snapshot = snapshot_ref(snapshot);
    plan->roster = roster ? roster_ref(roster) : NULL;
    plan->now_s = now_s;
    plan->derived = plan_action_derives(action);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        plan->assigned_before += snapshot->slots[i].state == SLOT_ASSIGNED;
    }
    return plan;
}

void plan_free(struct plan *plan)
{
    if (!plan) {
        return;
    }
    snapshot_unref(plan->snapshot);
    roster_unref(plan->roster);
    free(plan->changes);
    free(plan->unassigned);
    free(plan->no_group);
    free(plan->group_unknown);
    free(plan->notes);
    free(plan->spares);
    arena_release(&plan->arena);
    free(plan);
}

struct change *plan_add_plain(struct plan *plan, enum change_kind kind, const char *ext,
                              const char *agent, size_t n_steps, const char *why)
{
    if (plan->n_changes == plan->capacity) {
        plan->capacity = plan->capacity ? plan->capacity * 2 : 64;
        plan->changes = mem_resize(plan->changes, plan->capacity, sizeof *plan->changes);
    }
    struct change *change = &plan->changes[plan->n_changes++];
    *change = (struct change){
        .kind = kind,
        .result = RESULT_PLANNED,
        .ext = ext,
        .agent = agent,
        .why = why,
        .chosen_of = GROUP_NONE,
        .n_steps = n_steps,
        .steps = n_steps ? arena_alloc(&plan->arena, n_steps * sizeof *change->steps) : NULL,
    };
    plan->counts[kind]++;
    return change;
}

static const char *format_text(struct plan *plan, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static const char *format_text(struct plan *plan, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        return "";
    }
    char *text = arena_alloc(&plan->arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

struct change *plan_add(struct plan *plan, enum change_kind kind, const char *ext,
                        const char *agent, size_t n_steps, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    const char *text = format_text(plan, why, args);
    va_end(args);
    return plan_add_plain(plan, kind, arena_strdup(&plan->arena, ext),
                          arena_strdup(&plan->arena, agent), n_steps, text);
}

/* Whether a list of `n` that doubles when it is full is full now. */
static bool is_full(size_t n)
{
    return (n & (n - 1)) == 0;
}

static const char **list_push(const char **list, size_t *n, const char *text)
{
    if (is_full(*n)) {
        list = mem_resize(list, *n ? *n * 2 : 1, sizeof *list);
    }
    list[(*n)++] = text;
    return list;
}

void plan_note(struct plan *plan, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = format_text(plan, format, args);
    va_end(args);
    plan->notes = list_push(plan->notes, &plan->n_notes, text);
}

void plan_unassign(struct plan *plan, const char *login)
{
    plan->unassigned = list_push(plan->unassigned, &plan->n_unassigned, login);
}

void plan_add_no_group(struct plan *plan, const char *login)
{
    plan->no_group = list_push(plan->no_group, &plan->n_no_group, login);
}

void plan_add_group_unknown(struct plan *plan, const char *login)
{
    plan->group_unknown = list_push(plan->group_unknown, &plan->n_group_unknown, login);
}

/* ---- rows taken out, counts ----------------------------------------------------------------- */

size_t plan_unit_end(const struct plan *plan, size_t first)
{
    uint32_t group = plan->changes[first].group;
    size_t end = first + 1;
    while (group != 0 && end < plan->n_changes && plan->changes[end].group == group) {
        end++;
    }
    return end;
}

bool change_is_tried(const struct change *change)
{
    return !change->left_out && change->result != RESULT_CONFLICT && !change->already_applied;
}

const char *change_subject(const struct change *change)
{
    return change->ext ? change->ext : change->agent ? change->agent : "the trail";
}

const struct slot *change_calls(const struct change *change)
{
    bool about = change->kind == CHANGE_RESERVE || change->kind == CHANGE_SET;
    return about && change->n_steps > 0 ? &change->steps[0].after : NULL;
}

void plan_leave_out(struct plan *plan, size_t index, bool left_out)
{
    size_t first = index;
    uint32_t group = plan->changes[index].group;
    while (group != 0 && first > 0 && plan->changes[first - 1].group == group) {
        first--;
    }
    for (size_t i = first, end = plan_unit_end(plan, first); i < end; i++) {
        struct change *change = &plan->changes[i];
        plan->counts[change->kind] -= change_is_tried(change);
        change->left_out = left_out || change->refused;
        plan->counts[change->kind] += change_is_tried(change);
    }
}

void plan_count(struct plan *plan)
{
    memset(plan->counts, 0, sizeof plan->counts);
    for (size_t first = 0; first < plan->n_changes;) {
        size_t end = plan_unit_end(plan, first);
        bool left_out = false;
        for (size_t i = first; i < end; i++) {
            left_out = left_out || plan->changes[i].left_out;
        }
        for (size_t i = first; i < end; i++) {
            plan->changes[i].left_out = left_out;
            plan->counts[plan->changes[i].kind] += change_is_tried(&plan->changes[i]);
        }
        first = end;
    }
}

size_t plan_settle_rest(struct plan *plan)
{
    size_t not_tried = 0;
    for (size_t first = 0; first < plan->n_changes;) {
        size_t end = plan_unit_end(plan, first);
        bool left_out = false;
        for (size_t i = first; i < end; i++) {
            left_out =
                left_out || plan->changes[i].left_out || plan->changes[i].result == RESULT_CONFLICT;
        }
        for (size_t i = first; i < end; i++) {
            if (plan->changes[i].result == RESULT_PLANNED) {
                plan->changes[i].result = left_out ? RESULT_SKIPPED : RESULT_NOT_TRIED;
                not_tried += !left_out;
            }
        }
        first = end;
    }
    return not_tried;
}

/* The next spare of the group that is not used; NULL: none is left. */
static const struct slot *next_spare(struct plan *plan, uint16_t group)
{
    for (size_t i = 0; i < plan->n_spares; i++) {
        struct spare *spare = &plan->spares[i];
        if (spare->slot && spare->group == group) {
            const struct slot *slot = spare->slot;
            spare->slot = NULL;
            return slot;
        }
    }
    return NULL;
}

bool plan_choose_again(struct plan *plan, size_t first, size_t end)
{
    struct change *change = &plan->changes[first];
    if (!change->chosen || end != first + 1 || change->n_steps != 1 ||
        change->n_chosen == PLAN_CHOICES_MAX) {
        return false;
    }
    const struct slot *spare = next_spare(plan, change->chosen_of);
    if (!spare) {
        return false;
    }
    struct step *step = &change->steps[0];
    change->why = arena_printf(&plan->arena, "%s; %s went to somebody else meanwhile", change->why,
                               change->ext);
    memcpy(step->after.ext, spare->ext, sizeof step->after.ext);
    step->before = spare;
    change->ext = step->after.ext;
    change->to = change->ext;
    change->n_chosen++;
    return true;
}

size_t plan_results(const struct plan *plan, enum change_result result)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_changes; i++) {
        n += plan->changes[i].result == result;
    }
    return n;
}

bool plan_has_work(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        if (!plan->changes[i].left_out && plan->changes[i].result == RESULT_PLANNED) {
            return true;
        }
    }
    return false;
}

/* ---- refusals ------------------------------------------------------------------------------ */

void refusals_init(struct refusals *refusals)
{
    *refusals = (struct refusals){.arena = ARENA_INIT};
}

void refusals_release(struct refusals *refusals)
{
    free(refusals->items);
    arena_release(&refusals->arena);
    refusals_init(refusals);
}
