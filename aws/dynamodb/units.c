#include "aws/dynamodb/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

/*
 * The state of an apply: the units of the plan, what waits, what became of them, and how much may be
 * under way.
 */

/* ---- results ------------------------------------------------------------------------------ */

static void is_decided(struct ddb_scheduler *writer, size_t index)
{
    writer->units[index].decided = true;
    while (writer->decided_up_to < writer->n_units &&
           writer->units[writer->decided_up_to].decided) {
        writer->decided_up_to++;
    }
}

void ddb_decide(struct ddb_scheduler *writer, size_t index, enum change_result result,
                const char *detail)
{
    struct ddb_unit *unit = &writer->units[index];
    struct plan *plan = writer->plan;
    for (size_t i = unit->first; i < unit->end; i++) {
        if (plan->changes[i].result == RESULT_PLANNED) {
            plan->changes[i].result = result;
            plan->changes[i].detail = arena_strdup(&plan->arena, detail);
            writer->n_decided++;
        }
    }
    is_decided(writer, index);
}

void ddb_decide_lost(struct ddb_scheduler *writer, size_t index,
                     const struct conflict_verdict *verdict)
{
    const struct ddb_unit *unit = &writer->units[index];
    conflict_decide(writer->plan, unit->first, unit->end, verdict);
    writer->n_decided += unit->end - unit->first;
    is_decided(writer, index);
}

void ddb_decide_all(struct ddb_transaction *part, enum change_result result, const char *detail)
{
    for (size_t i = 0; i < part->n_units; i++) {
        ddb_decide(part->writer, part->units[i], result, detail);
    }
}

void ddb_again(struct ddb_scheduler *writer, size_t index)
{
    writer->units[index].next = writer->waiting;
    writer->waiting = index;
}

void ddb_stop(struct ddb_scheduler *writer, const struct err *err)
{
    ddb_take_err(&writer->err, err);
    writer->stop = true;
}

void ddb_throttled(struct ddb_scheduler *writer)
{
    writer->window = writer->window / 2 > 1 ? writer->window / 2 : 1;
}

void ddb_went_well(struct ddb_scheduler *writer)
{
    writer->window += 1 / writer->window;
    writer->window = writer->window < DDB_IN_FLIGHT ? writer->window : DDB_IN_FLIGHT;
}

void ddb_began(struct ddb_scheduler *writer)
{
    writer->n_parts++;
}

void ddb_ended(struct ddb_scheduler *writer)
{
    writer->n_parts--;
}

/* ---- units -------------------------------------------------------------------------------- */

static void depend_on(struct ddb_unit *unit, struct strmap *last, const char *key, size_t index)
{
    if (!key) {
        return;
    }
    size_t earlier = strmap_get(last, key);
    if (earlier != STRMAP_NONE && earlier != index && (!unit->waits || earlier > unit->waits_for)) {
        unit->waits = true;
        unit->waits_for = earlier;
    }
    strmap_set(last, key, index);
}

static const char *holder(const struct slot *slot)
{
    return slot && slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
}

static void find_dependencies(const struct plan *plan, struct ddb_unit *unit, struct strmap *last,
                              size_t index)
{
    for (size_t i = unit->first; i < unit->end; i++) {
        const struct change *change = &plan->changes[i];
        for (size_t j = 0; j < change->n_steps; j++) {
            const struct step *step = &change->steps[j];
            depend_on(unit, last, step->after.ext, index);
            depend_on(unit, last, holder(step->before), index);
            depend_on(unit, last, holder(&step->after), index);
        }
        if (change->claim) {
            depend_on(unit, last, change->claim->agent, index);
        }
        if (change->exempt) {
            depend_on(unit, last, change->exempt->agent, index);
        }
    }
}

/* Whether the whole unit is to be written. Rows that were left out are passed over, and a group
   goes with any of its rows. */
static bool unit_counts(const struct plan *plan, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (plan->changes[i].left_out || plan->changes[i].result != RESULT_PLANNED) {
            return false;
        }
    }
    return true;
}

/* When a unit has its turn. A sync may be stopped half way: first numbers are given, then they are
   taken back. What waits for another unit comes after all that it may wait for. */
enum turn { TURN_FIRST, TURN_RELEASES, TURN_ADOPTIONS, TURN_WAITING, TURN_COUNT };

static enum turn turn_of(const struct plan *plan, const struct ddb_unit *unit)
{
    if (unit->waits) {
        return TURN_WAITING;
    }
    enum change_kind kind = plan->changes[unit->first].kind;
    return unit->end - unit->first > 1 ? TURN_FIRST
           : kind == CHANGE_RELEASE    ? TURN_RELEASES
           : kind == CHANGE_ADOPT      ? TURN_ADOPTIONS
                                       : TURN_FIRST;
}

/* The list of what waits to be written: the plan's order, and for a sync by turns. */
static void put_in_order(struct ddb_scheduler *writer)
{
    bool by_turns = strcmp(writer->plan->action, "sync") == 0;
    size_t *link = &writer->waiting;
    for (int turn = 0; turn < (by_turns ? TURN_COUNT : 1); turn++) {
        for (size_t i = 0; i < writer->n_units; i++) {
            struct ddb_unit *unit = &writer->units[i];
            if (!by_turns || (int)turn_of(writer->plan, unit) == turn) {
                *link = i;
                link = &unit->next;
            }
        }
    }
    *link = DDB_NONE;
}

void ddb_units_make(struct ddb_scheduler *writer)
{
    const struct plan *plan = writer->plan;
    struct strmap last;
    strmap_init(&last, plan->n_changes * 2);
    writer->units = mem_array(plan->n_changes + 1, sizeof *writer->units);
    for (size_t first = 0; first < plan->n_changes;) {
        size_t end = plan_unit_end(plan, first);
        if (unit_counts(plan, first, end)) {
            struct ddb_unit *unit = &writer->units[writer->n_units];
            *unit = (struct ddb_unit){.first = first, .end = end};
            find_dependencies(plan, unit, &last, writer->n_units);
            writer->n_units++;
            writer->n_changes += end - first;
        }
        first = end;
    }
    put_in_order(writer);
    strmap_release(&last);
}
