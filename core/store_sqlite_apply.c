#include "core/store_sqlite_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/audit.h"
#include "core/banned.h"
#include "core/buf.h"
#include "core/mem.h"

/*
 * Writing. A plan is cut into batches of some BATCH_CHANGES; each batch is one transaction with
 * its record of the audit trail, begun with the write lock in hand. In it, each unit (a change
 * alone, or a group) is tried on its own: every statement names what the plan saw and touches one
 * row or none. Where a row is not what was seen, the unit is undone back to its savepoint, what is
 * really there is read and told, and the rest goes on.
 *
 * One unit can move agents between numbers (a swap). For a moment an agent would then have two,
 * which the unique index rightly refuses; so the assigned numbers of such a unit are vacated first,
 * each on its full condition, and filled afterwards.
 */

#define BATCH_CHANGES 2000
#define RECORD_MAX ((size_t)256 << 20)
#define UNITS_BETWEEN_CANCELS 256

enum query {
    QUERY_INSERT,
    QUERY_UPDATE,
    QUERY_VACATE,
    QUERY_DELETE,
    QUERY_LOOK,
    QUERY_HOLDS,
    QUERY_RECORD,
    QUERY_SAVEPOINT,
    QUERY_RELEASE,
    QUERY_BACK,
    QUERY_COUNT
};

#define AS_SEEN " WHERE extension = ?1 AND state = ?2 AND at IS ?3 AND agent IS ?4 AND note IS ?5"

static const char *const s_queries[QUERY_COUNT] = {
    [QUERY_INSERT] = "INSERT INTO extension (" SLOT_COLUMNS ") VALUES (?1, ?6, ?7, ?8, ?9, ?10)",
    [QUERY_UPDATE] =
        "UPDATE extension SET state = ?6, at = ?7, agent = ?8, note = ?9, actor = ?10" AS_SEEN,
    [QUERY_VACATE] = "UPDATE extension SET state = 'free'" AS_SEEN,
    [QUERY_DELETE] = "DELETE FROM extension" AS_SEEN,
    [QUERY_LOOK] = "SELECT " SLOT_COLUMNS " FROM extension WHERE extension = ?1",
    [QUERY_HOLDS] =
        "SELECT " SLOT_COLUMNS " FROM extension WHERE agent = ?1 AND state = 'assigned'",
    [QUERY_RECORD] = "INSERT INTO audit (action_id, at_ms, actor, action, changes, expires_at)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [QUERY_SAVEPOINT] = "SAVEPOINT unit",
    [QUERY_RELEASE] = "RELEASE unit",
    [QUERY_BACK] = "ROLLBACK TO unit",
};

struct writer {
    struct sqlite_store *store;
    struct plan *plan;
    const struct apply_context *context;
    struct err *err;
    sqlite3_stmt *queries[QUERY_COUNT];
    struct arena scratch; /* of one batch */
    struct buf record;
};

/* What became of a unit. A unit that ends in WENT_WRONG ends the batch. */
enum outcome { WENT_WELL, WAS_SO, WAS_OTHER, WAS_REFUSED, WENT_WRONG };

/* ---- statements ---------------------------------------------------------------------------- */

static int step(struct writer *writer, enum query query)
{
    int result = sqlite3_step(writer->queries[query]);
    sqlite3_reset(writer->queries[query]);
    return result;
}

static enum outcome broken(struct writer *writer, int result)
{
    sqlite_fail(writer->store, result, "writing a change", writer->err);
    return WENT_WRONG;
}

static void bind_text(sqlite3_stmt *query, int index, const char *text)
{
    sqlite3_bind_text(query, index, text, -1, SQLITE_STATIC);
}

/* state, at, agent, note from `index` on; 0 stands for "not known", which is NULL in a row. */
static void bind_slot(sqlite3_stmt *query, int index, const struct slot *slot, bool vacated)
{
    bind_text(query, index, vacated ? "free" : sqlite_state_name(slot->state));
    if (slot->at_s != 0) {
        sqlite3_bind_int64(query, index + 1, slot->at_s);
    } else {
        sqlite3_bind_null(query, index + 1);
    }
    bind_text(query, index + 2, slot->agent);
    bind_text(query, index + 3, slot->note);
}

static bool is_absent(const struct slot *slot)
{
    return !slot || slot->state == SLOT_ABSENT;
}

static bool is_assigned(const struct slot *slot)
{
    return slot && slot->state == SLOT_ASSIGNED;
}

/* One row, on condition. *touched: the condition held. */
static int write_row(struct writer *writer, enum query query, const struct effect *effect,
                     bool vacated, bool *touched)
{
    sqlite3_stmt *prepared = writer->queries[query];
    bind_text(prepared, 1, effect->ext);
    if (query != QUERY_INSERT) {
        bind_slot(prepared, 2, effect->before, vacated);
    }
    if (query == QUERY_INSERT || query == QUERY_UPDATE) {
        bind_slot(prepared, 6, effect->after, false);
        bind_text(prepared, 10, effect->after->by);
    }
    int result = step(writer, query);
    *touched = result == SQLITE_DONE && sqlite3_changes(writer->store->db) == 1;
    return result;
}

/* ---- what is really there ------------------------------------------------------------------ */

/* The row as a slot; state SLOT_ABSENT where there is none. False where it cannot be read. */
static bool look(struct writer *writer, enum query query, const char *key, struct slot *slot)
{
    sqlite3_stmt *prepared = writer->queries[query];
    const char *why = NULL;
    *slot = (struct slot){.state = SLOT_ABSENT};
    bind_text(prepared, 1, key);
    int result = sqlite3_step(prepared);
    if (result == SQLITE_ROW) {
        sqlite_slot(&writer->scratch, prepared, 0, slot, &why);
    } else if (result != SQLITE_DONE) {
        broken(writer, result);
    }
    sqlite3_reset(prepared);
    return result == SQLITE_ROW || result == SQLITE_DONE;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether what was wanted is there already, by whomever and since whenever. A number that shall be
   created is wanted to be there, whatever became of it since. */
static bool is_so(enum change_kind kind, const struct slot *wanted, const struct slot *there)
{
    if (kind == CHANGE_CREATE) {
        return !is_absent(there);
    }
    if (is_absent(wanted) || is_absent(there)) {
        return is_absent(wanted) && is_absent(there);
    }
    return wanted->state == there->state &&
           (there->state == SLOT_FREE ||
            (same_text(wanted->note, there->note) && same_text(wanted->agent, there->agent)));
}

static bool is_as_seen(const struct slot *seen, const struct slot *there)
{
    if (is_absent(seen) || is_absent(there)) {
        return is_absent(seen) && is_absent(there);
    }
    return seen->state == there->state && seen->at_s == there->at_s &&
           same_text(seen->agent, there->agent) && same_text(seen->note, there->note);
}

/* "0042 is assigned to bob since ...", or, where the number itself is as it was seen, the other
   extension that the agent has got: "alice has 0017: assigned to alice since ...". */
static bool explain(struct writer *writer, const struct effect *effect, const char **detail)
{
    struct arena *arena = &writer->plan->arena;
    const struct slot *after = effect->after;
    struct slot there;
    struct slot held = {.state = SLOT_ABSENT};
    if (!look(writer, QUERY_LOOK, effect->ext, &there)) {
        return false;
    }
    if (is_as_seen(effect->before, &there) && is_assigned(after) &&
        !look(writer, QUERY_HOLDS, after->agent, &held)) {
        return false;
    }
    if (!is_absent(&held)) {
        *detail = arena_printf(arena, "%s has %s: %s", after->agent, held.ext,
                               slot_describe(arena, &held));
    } else if (is_absent(&there)) {
        *detail = arena_printf(arena, "there is no record of %s", effect->ext);
    } else {
        *detail = arena_printf(arena, "%s is %s", effect->ext, slot_describe(arena, &there));
    }
    return true;
}

static bool all_so(struct writer *writer, const struct effects *effects, bool *so)
{
    *so = true;
    for (size_t i = 0; i < effects->n_items && *so; i++) {
        const struct effect *effect = &effects->items[i];
        struct slot there;
        if (!look(writer, QUERY_LOOK, effect->ext, &there)) {
            return false;
        }
        *so = is_so(writer->plan->changes[effect->change].kind, effect->after, &there);
    }
    return true;
}

/* ---- one unit ------------------------------------------------------------------------------ */

struct trial {
    enum outcome outcome;
    size_t change; /* the one that was in the way */
    const char *detail;
};

/* After a statement that did not touch its row, or that a rule of the schema refused. */
static enum outcome judge(struct writer *writer, int result, bool touched)
{
    if (result == SQLITE_DONE) {
        return touched ? WENT_WELL : WAS_OTHER;
    }
    if (result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY) {
        return WAS_OTHER;
    }
    if ((result & 0xff) == SQLITE_CONSTRAINT) {
        return WAS_REFUSED;
    }
    return broken(writer, result);
}

static enum outcome try_effect(struct writer *writer, const struct effect *effect, bool vacated)
{
    enum query query = is_absent(effect->before)  ? QUERY_INSERT
                       : is_absent(effect->after) ? QUERY_DELETE
                                                  : QUERY_UPDATE;
    bool touched = false;
    int result = write_row(writer, query, effect, vacated, &touched);
    return judge(writer, result, touched);
}

static enum outcome try_effects(struct writer *writer, const struct effects *effects,
                                const struct effect **culprit)
{
    enum outcome outcome = WENT_WELL;
    bool several = effects->n_items > 1;
    for (size_t i = 0; i < effects->n_items && outcome == WENT_WELL && several; i++) {
        const struct effect *effect = *culprit = &effects->items[i];
        if (is_assigned(effect->before)) {
            bool touched = false;
            int result = write_row(writer, QUERY_VACATE, effect, false, &touched);
            outcome = judge(writer, result, touched);
        }
    }
    for (size_t i = 0; i < effects->n_items && outcome == WENT_WELL; i++) {
        *culprit = &effects->items[i];
        outcome = try_effect(writer, *culprit, several && is_assigned((*culprit)->before));
    }
    return outcome;
}

/* Why it did not go well; the rows are as they were before the unit. */
static void find_out(struct writer *writer, const struct effects *effects,
                     const struct effect *culprit, struct trial *trial)
{
    trial->change = culprit->change;
    if (trial->outcome == WAS_REFUSED) {
        trial->detail = arena_printf(&writer->plan->arena, "the store refuses it: %s",
                                     sqlite3_errmsg(writer->store->db));
        return;
    }
    bool so = false;
    if (!all_so(writer, effects, &so) || !explain(writer, culprit, &trial->detail)) {
        trial->outcome = WENT_WRONG;
    } else if (so) {
        trial->outcome = WAS_SO;
    }
}

static void try_unit(struct writer *writer, const struct effects *effects, struct trial *trial)
{
    const struct effect *culprit = NULL;
    bool several = effects->n_items > 1;
    int result = SQLITE_DONE;
    if (effects->n_items == 0) {
        trial->outcome = WAS_SO;
        trial->detail = "there is nothing to change";
        return;
    }
    if (several && (result = step(writer, QUERY_SAVEPOINT)) != SQLITE_DONE) {
        trial->outcome = broken(writer, result);
        return;
    }
    trial->outcome = try_effects(writer, effects, &culprit);
    if (trial->outcome == WAS_REFUSED) {
        find_out(writer, effects, culprit, trial); /* while SQLite still knows the message */
    }
    if (several && trial->outcome != WENT_WRONG) {
        result = trial->outcome == WENT_WELL ? SQLITE_DONE : step(writer, QUERY_BACK);
        result = result == SQLITE_DONE ? step(writer, QUERY_RELEASE) : result;
        if (result != SQLITE_DONE) {
            trial->outcome = broken(writer, result);
            return;
        }
    }
    if (trial->outcome == WAS_OTHER) {
        find_out(writer, effects, culprit, trial);
    }
}

/* Most units are one change of one extension: that is its effect, without a map in between. */
static void effects_of_unit(struct writer *writer, size_t first, size_t end,
                            struct effects *effects, struct effect *only)
{
    struct change *change = &writer->plan->changes[first];
    if (end - first != 1 || change->n_steps != 1) {
        effects_of(writer->plan, first, end - first, &writer->scratch, effects);
        return;
    }
    *only = (struct effect){
        .ext = change->steps[0].after.ext,
        .before = change->steps[0].before,
        .after = &change->steps[0].after,
        .change = first,
    };
    *effects = (struct effects){.items = only, .n_items = 1};
}

static void set_results(struct writer *writer, size_t first, size_t end, const struct trial *trial)
{
    static const enum change_result results[] = {
        [WENT_WELL] = RESULT_DONE,     [WAS_SO] = RESULT_SKIPPED,     [WAS_OTHER] = RESULT_CONFLICT,
        [WAS_REFUSED] = RESULT_FAILED, [WENT_WRONG] = RESULT_SKIPPED,
    };
    for (size_t i = first; i < end; i++) {
        struct change *change = &writer->plan->changes[i];
        change->result = results[trial->outcome];
        change->detail = trial->detail;
        if (trial->outcome == WAS_SO && trial->detail) {
            change->detail = arena_printf(&writer->plan->arena, "already so: %s", trial->detail);
        }
    }
}

/* Whether all of the unit is still to be done: a group with a row that is left out or decided is
   passed over whole. */
static bool is_pending(const struct plan *plan, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (plan->changes[i].left_out || plan->changes[i].result != RESULT_PLANNED) {
            return false;
        }
    }
    return true;
}

static bool has_work(const struct plan *plan)
{
    for (size_t unit = 0; unit < plan->n_changes; unit = plan_unit_end(plan, unit)) {
        if (is_pending(plan, unit, plan_unit_end(plan, unit))) {
            return true;
        }
    }
    return false;
}

/* ---- batches ------------------------------------------------------------------------------- */

/* What has no result yet in [first, end) gets this one; `from`: only those that had that one. */
static void settle(struct plan *plan, size_t first, size_t end, enum change_result from,
                   enum change_result result, const char *detail)
{
    for (size_t i = first; i < end; i++) {
        if (plan->changes[i].result == from) {
            plan->changes[i].result = result;
            plan->changes[i].detail = detail;
        }
    }
}

static enum err_code try_units(struct writer *writer, size_t first, size_t end, size_t *n_done)
{
    struct plan *plan = writer->plan;
    size_t n_units = 0;
    for (size_t unit = first; unit < end;) {
        size_t unit_end = plan_unit_end(plan, unit);
        if (is_pending(plan, unit, unit_end)) {
            struct effects effects;
            struct effect only;
            struct trial trial = {.outcome = WENT_WELL};
            effects_of_unit(writer, unit, unit_end, &effects, &only);
            try_unit(writer, &effects, &trial);
            if (trial.outcome == WENT_WRONG) {
                return writer->err->code;
            }
            set_results(writer, unit, unit_end, &trial);
            *n_done += trial.outcome == WENT_WELL ? unit_end - unit : 0;
        } else {
            settle(plan, unit, unit_end, RESULT_PLANNED, RESULT_SKIPPED, NULL);
        }
        unit = unit_end;
        if (++n_units % UNITS_BETWEEN_CANCELS == 0 &&
            progress_cancel(writer->store->progress) == CANCEL_HARD) {
            return err_set(writer->err, ERR_CANCELLED, "stopped before the batch was written");
        }
    }
    return ERR_OK;
}

static enum err_code write_record(struct writer *writer, size_t first, size_t end)
{
    const struct apply_context *context = writer->context;
    sqlite3_stmt *record = writer->queries[QUERY_RECORD];
    audit_encode(writer->plan, first, end - first, false, &writer->record);
    if (buf_failed(&writer->record)) {
        return err_set(writer->err, ERR_NOMEM, "the audit record of one batch is too large");
    }
    bind_text(record, 1, context->action_id);
    sqlite3_bind_int64(record, 2, context->at_ms);
    bind_text(record, 3, context->actor);
    bind_text(record, 4, writer->plan->action);
    sqlite3_bind_text64(record, 5, writer->record.data, writer->record.length, SQLITE_STATIC,
                        SQLITE_UTF8);
    if (context->audit_keep_s > 0) {
        sqlite3_bind_int64(record, 6, context->at_ms / 1000 + context->audit_keep_s);
    } else {
        sqlite3_bind_null(record, 6);
    }
    int result = step(writer, QUERY_RECORD);
    return result == SQLITE_DONE
               ? ERR_OK
               : sqlite_fail(writer->store, result, "writing the audit record", writer->err);
}

/* Records whose time is over go when somebody writes anyway. */
static enum err_code drop_expired(struct writer *writer)
{
    char *sql = sqlite3_mprintf("DELETE FROM audit WHERE expires_at <= %lld",
                                (long long)(writer->context->at_ms / 1000));
    enum err_code code =
        sql ? sqlite_run(writer->store, sql, "dropping old audit records", writer->err)
            : err_set(writer->err, ERR_NOMEM, "no memory left");
    sqlite3_free(sql);
    return code;
}

/* The transaction of one batch. After an error nothing of it is in the store. */
static enum err_code write_batch(struct writer *writer, size_t first, size_t end)
{
    struct sqlite_store *store = writer->store;
    size_t n_done = 0;
    enum err_code code = sqlite_run(store, "BEGIN IMMEDIATE", "beginning to write", writer->err);
    if (code != ERR_OK) {
        return code;
    }
    code = try_units(writer, first, end, &n_done);
    if (code == ERR_OK && n_done > 0) {
        code = write_record(writer, first, end);
    }
    if (code == ERR_OK && n_done > 0) {
        code = drop_expired(writer);
    }
    if (code == ERR_OK && n_done > 0) {
        code = sqlite_run(store, "COMMIT", "flushing a batch to the disk", writer->err);
        store->wrote_since = store->wrote_since || code == ERR_OK;
    }
    if (!sqlite3_get_autocommit(store->db)) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (code != ERR_OK) {
        const char *why = writer->err->text;
        enum change_result fate =
            writer->err->code == ERR_CANCELLED ? RESULT_SKIPPED : RESULT_FAILED;
        settle(writer->plan, first, end, RESULT_DONE, fate,
               arena_strdup(&writer->plan->arena, why));
    }
    arena_release(&writer->scratch);
    return code;
}

static size_t batch_end(const struct plan *plan, size_t first)
{
    size_t end = first;
    while (end < plan->n_changes && end - first < BATCH_CHANGES) {
        end = plan_unit_end(plan, end);
    }
    return end;
}

static enum err_code write_batches(struct writer *writer)
{
    struct plan *plan = writer->plan;
    const struct progress *progress = writer->store->progress;
    struct progress_report report = {.phase = "writing the changes", .total = plan->n_changes};
    enum err_code code = ERR_OK;
    progress_update(progress, &report);
    for (size_t first = 0; first < plan->n_changes && code == ERR_OK;) {
        if (progress_cancel(progress) != CANCEL_NO) {
            code = err_set(writer->err, ERR_CANCELLED, "stopped after %zu of %zu changes", first,
                           plan->n_changes);
            break;
        }
        size_t end = batch_end(plan, first);
        code = write_batch(writer, first, end);
        first = end;
        if (code == ERR_OK) {
            report.done = first;
            progress_update(progress, &report);
        }
    }
    return code;
}

enum err_code sqlite_apply(struct store *base, struct plan *plan,
                           const struct apply_context *context, const struct progress *progress,
                           struct err *err)
{
    struct err own = ERR_INIT;
    struct writer writer = {.store = (struct sqlite_store *)base,
                            .plan = plan,
                            .context = context,
                            .err = err ? err : &own};
    writer.store->progress = progress;
    writer.store->gave_up = false;
    buf_init(&writer.record, RECORD_MAX);
    enum err_code code = ERR_OK;
    if (!has_work(plan)) {
        goto out;
    }
    code = sqlite_open_to_write(writer.store, NULL, writer.err);
    for (size_t i = 0; i < QUERY_COUNT && code == ERR_OK; i++) {
        code = sqlite_prepare(writer.store, s_queries[i], &writer.queries[i], writer.err);
    }
    if (code == ERR_OK) {
        code = write_batches(&writer);
    }
out:
    /* What was not reached. */
    settle(plan, 0, plan->n_changes, RESULT_PLANNED, RESULT_SKIPPED, NULL);
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        sqlite3_finalize(writer.queries[i]);
    }
    buf_release(&writer.record);
    return code;
}
