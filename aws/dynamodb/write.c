#include "aws/dynamodb/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/*
 * Applying a plan: what is to be written next, and how much at a time.
 *
 * The plan is a list of units (a change alone, or a group). Units are packed into parts, each one
 * a transaction with its own record of the audit trail; up to DDB_IN_FLIGHT parts are under way.
 * A unit that shares an extension or an agent with an earlier one waits until all before that are
 * decided. The releases of a sync come last. What becomes of a part is in transaction.c; a unit
 * that has to be tried again goes back to the front of the list. When the service throttles, fewer
 * parts are under way, and slowly more again.
 */

#define PASSED_OVER_MAX 512

/* What no transaction could hold: a text that cannot be a key, a group of too many actions. */
static const char *unit_problem(const struct effects *effects)
{
    for (size_t i = 0; i < effects->n_items; i++) {
        const char *problem = ddb_slot_problem(effects->items[i].after);
        if (problem) {
            return problem;
        }
    }
    for (size_t i = 0; i < effects->n_exempts; i++) {
        const struct exempt *after = effects->exempts[i].after;
        const char *problem = after ? ddb_exempt_problem(after) : NULL;
        if (problem) {
            return problem;
        }
    }
    return NULL;
}

/* ---- packing ------------------------------------------------------------------------------ */

enum packed { PACKED, PACKED_LATER, PACKED_FULL };

/* Adds the unit's actions to those of the part, or decides it if it can never be written. */
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
    if (effects.n_items == 0 && effects.n_claims == 0 && effects.n_exempts == 0) {
        ddb_decide_lost(writer, index,
                        &(struct conflict_verdict){.fate = CONFLICT_ALREADY_APPLIED,
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
    while (*link != DDB_NONE && passed_over < PASSED_OVER_MAX &&
           !(writer->one_by_one && part->n_units > 0)) {
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
        }
        if (writer->stop || writer->cancelled || writer->n_parts >= (size_t)writer->window ||
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

static void go_on(struct ddb_scheduler *writer)
{
    ddb_progress(writer->ddb, writer->progress,
                 (struct progress_report){.phase = "writing to the table",
                                          .done = writer->n_decided,
                                          .total = writer->n_changes});
    start_parts(writer);
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* How wide extensions are, which the plan does not say: as wide as any it speaks of. 0: it speaks of
   none, but of agents. */
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
        .go_on = go_on,
    };
    struct http *http = client_http(ddb->client);
    ddb_units_make(&writer);
    http_set_progress(http, progress);
    go_on(&writer);
    enum err_code code = http_run(http, &writer.err);
    code = writer.err.code != ERR_OK ? writer.err.code : code;
    ddb_in_doubt_resolve(&writer);
    for (struct ddb_transaction *part; (part = ddb_in_doubt_take(&writer)) != NULL;) {
        ddb_transaction_free(part);
    }
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
