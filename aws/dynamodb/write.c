#include "aws/dynamodb/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "aws/sign/crypto.h"
#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/*
 * Applying a plan: what is to be written next, and how much at a time.
 *
 * The plan is a list of units (a change alone, or a group). Units are packed into parts, each one
 * a transaction with its own record of the audit trail; up to DDB_IN_FLIGHT parts are under way.
 * A unit that shares an extension or an agent with an earlier one waits until all before that are
 * decided. What becomes of a part is in transaction.c; a unit that has to be tried anew goes back to
 * the front of the list. When the service throttles, fewer parts are under way, and slowly more
 * again.
 */

#define PASSED_OVER_MAX 512

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

static void make_units(struct ddb_scheduler *writer)
{
    const struct plan *plan = writer->plan;
    struct strmap last;
    strmap_init(&last, plan->n_changes * 2);
    writer->units = mem_array(plan->n_changes + 1, sizeof *writer->units);
    for (size_t first = 0; first < plan->n_changes;) {
        size_t end = plan_unit_end(plan, first);
        if (unit_counts(plan, first, end)) {
            struct ddb_unit *unit = &writer->units[writer->n_units];
            *unit = (struct ddb_unit){.first = first, .end = end, .next = writer->n_units + 1};
            find_dependencies(plan, unit, &last, writer->n_units);
            writer->n_units++;
            writer->n_changes += end - first;
        }
        first = end;
    }
    if (writer->n_units > 0) {
        writer->units[writer->n_units - 1].next = DDB_NONE;
    }
    writer->waiting = writer->n_units > 0 ? 0 : DDB_NONE;
    strmap_release(&last);
}

/* What no transaction could hold: a text that is no key, a group of too many. */
static const char *unit_problem(const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        const char *problem = ddb_slot_problem(effects->items[i].after);
        if (problem) {
            return problem;
        }
    }
    return NULL;
}

/* ---- packing ------------------------------------------------------------------------------ */

enum packed { PACKED, PACKED_LATER, PACKED_FULL };

/* Adds the unit's actions to those of the part, or decides it where that can never be. */
static enum packed pack_unit(struct ddb_scheduler *writer, size_t index,
                             struct ddb_actions *actions)
{
    struct ddb_unit *unit = &writer->units[index];
    struct effects effects;
    size_t before = actions->n;
    enum packed packed = PACKED;
    if (unit->waits && writer->decided_up_to <= unit->waits_for) {
        return PACKED_LATER;
    }
    effects_of(writer->plan, unit->first, unit->end - unit->first, &actions->arena, &effects);
    const char *problem = unit_problem(&effects);
    if (problem) {
        ddb_decide(writer, index, RESULT_FAILED, problem);
        return PACKED;
    }
    if (effects.n_items == 0 && effects.n_claims == 0) {
        ddb_decide_lost(writer, index,
                        &(struct conflict_verdict){.fate = CONFLICT_ALREADY_SO,
                                                   .change = unit->first,
                                                   .detail = "there is nothing to change"});
        return PACKED;
    }
    ddb_actions_add(actions, writer->ddb->table, index, &effects, unit->fixes);
    /* One place is the audit record's. */
    if (actions->full || actions->n == DDB_ACTIONS_MAX) {
        packed = PACKED_FULL;
    } else if (actions->clashes) {
        packed = PACKED_LATER;
    }
    if (packed != PACKED) {
        ddb_actions_cut(actions, before);
    }
    if (packed != PACKED && before == 0) {
        ddb_decide(writer, index, RESULT_FAILED,
                   "more changes belong together than one transaction can hold (99 items)");
        return PACKED;
    }
    return packed;
}

/* Takes units from the list until the actions are full. */
static void pack(struct ddb_scheduler *writer, struct ddb_transaction *part,
                 struct ddb_actions *actions)
{
    size_t *link = &writer->waiting;
    size_t passed_over = 0;
    while (*link != DDB_NONE && passed_over < PASSED_OVER_MAX) {
        size_t index = *link;
        enum packed packed = pack_unit(writer, index, actions);
        if (packed == PACKED_FULL) {
            break;
        }
        if (packed == PACKED_LATER) {
            passed_over++;
            link = &writer->units[index].next;
            continue;
        }
        *link = writer->units[index].next;
        if (!writer->units[index].decided) {
            part->units[part->n_units++] = index;
        }
    }
}

static void start_parts(struct ddb_scheduler *writer)
{
    struct ddb_actions *actions = mem_alloc(sizeof *actions);
    ddb_actions_init(actions);
    actions->populated = writer->plan->snapshot->n_slots > 0;
    for (;;) {
        if (progress_cancel(writer->progress) != CANCEL_NO) {
            writer->cancelled = true;
            writer->stop = true;
        }
        if (writer->stop || writer->n_parts >= (size_t)writer->window ||
            writer->waiting == DDB_NONE) {
            break;
        }
        struct ddb_transaction *part = ddb_transaction_new(writer);
        pack(writer, part, actions);
        bool any = part->n_units > 0;
        if (any) {
            ddb_transaction_send(part, actions);
        } else {
            ddb_transaction_free(part); /* all that is left waits for what is under way */
        }
        ddb_actions_clear(actions);
        if (!any && writer->n_parts > 0) {
            break;
        }
    }
    ddb_actions_release(actions);
    free(actions);
}

void ddb_scheduler_go_on(struct ddb_scheduler *writer)
{
    ddb_progress(writer->ddb, writer->progress, "writing to the table", writer->n_decided,
                 writer->n_changes, 0);
    start_parts(writer);
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* How wide extensions are, which the plan does not say: as wide as any it speaks of. */
static int width_of(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        const struct claim_step *claim = change->claim;
        const char *ext = change->n_steps > 0      ? change->steps[0].after.ext
                          : claim && claim->before ? claim->before
                          : claim && claim->after  ? claim->after
                                                   : NULL;
        if (ext) {
            return (int)strlen(ext);
        }
    }
    return 0;
}

/* Whatever the stop has hit first, a wait or a request, it is told in the same words. */
static enum err_code say_stopped(struct ddb_scheduler *writer)
{
    char done[TEXT_NUMBER_ROOM];
    char all[TEXT_NUMBER_ROOM];
    char doubt[TEXT_NUMBER_ROOM];
    size_t in_doubt = plan_results(writer->plan, RESULT_IN_DOUBT);
    err_clear(&writer->err);
    return err_set(&writer->err, ERR_CANCELLED, "stopped after %s of %s changes%s%s%s",
                   text_number(plan_results(writer->plan, RESULT_DONE), done),
                   text_number(writer->n_changes, all), in_doubt > 0 ? "; " : "",
                   in_doubt > 0 ? text_number(in_doubt, doubt) : "",
                   in_doubt > 0 ? " of them in doubt" : "");
}

enum err_code ddb_apply(struct ddb *ddb, struct plan *plan, const struct apply_context *context,
                        const struct progress *progress, struct err *err)
{
    struct ddb_scheduler writer = {
        .ddb = ddb,
        .plan = plan,
        .context = context,
        .progress = progress,
        .width = width_of(plan),
        .window = DDB_IN_FLIGHT,
    };
    struct http *http = client_http(ddb->client);
    make_units(&writer);
    http_set_progress(http, progress);
    ddb_scheduler_go_on(&writer);
    enum err_code code = http_run(http, &writer.err);
    code = writer.err.code != ERR_OK ? writer.err.code : code;
    ddb_in_doubt_resolve(&writer);
    size_t left = plan_settle_rest(plan);
    if (code == ERR_CANCELLED || (code == ERR_OK && writer.cancelled && left > 0)) {
        code = say_stopped(&writer);
    }
    http_set_progress(http, progress);
    if (code == ERR_NOT_FOUND) {
        code = ddb_explain(ddb, &writer.err);
    }
    http_set_progress(http, NULL);
    if (code != ERR_OK) {
        ddb_take_err(err, &writer.err);
    }
    free(writer.units);
    arena_release(&writer.arena);
    return code;
}
