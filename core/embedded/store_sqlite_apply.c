#include "core/embedded/store_sqlite_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan/audit.h"
#include "core/base/banned.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/*
 * Writing. A plan is cut into batches of some BATCH_CHANGES; each batch is one transaction with its
 * record of the audit trail, begun with the write lock in hand. In it each unit is tried on its own
 * (store_sqlite_unit.c): one that cannot be done is a conflict, and the rest goes on.
 */

#define BATCH_CHANGES 2000
#define RECORD_MAX ((size_t)256 << 20)
#define UNITS_BETWEEN_CANCELS 256

#define INSERT_RECORD                                                                              \
    "INSERT INTO audit (action_id, at_ms, actor, action, changes, expires_at, user, via, ticket,"  \
    " undoes, plan_file, n_changes, planned)"                                                      \
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"

struct writer {
    struct sqlite_store *store;
    struct plan *plan;
    const struct apply_context *context;
    struct err *err;
    struct unit_writer units;
    sqlite3_stmt *insert_record;
    bool prepared; /* the statements of the two above */
    struct buf record;
    size_t first; /* of the batch at hand */
};

/* ---- statements ---------------------------------------------------------------------------- */

static void unprepare(struct writer *writer)
{
    unit_writer_release(&writer->units);
    sqlite3_finalize(writer->insert_record);
    writer->insert_record = NULL;
    writer->prepared = false;
}

/* In the first transaction: before it, the tables may be those of an older version. */
static enum err_code prepare(struct writer *writer)
{
    if (writer->prepared) {
        return ERR_OK;
    }
    writer->prepared = true;
    enum err_code code = unit_writer_init(&writer->units, writer->store, writer->plan, writer->err);
    if (code == ERR_OK) {
        code = sqlite_prepare(writer->store, INSERT_RECORD, &writer->insert_record, writer->err);
    }
    return code;
}

/* ---- units --------------------------------------------------------------------------------- */

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

struct settlement {
    enum change_result from; /* only changes that have this result get the new one */
    enum change_result to;
    const char *detail;
};

/* Gives the changes in [first, end) a new result. */
static void settle(struct plan *plan, size_t first, size_t end, const struct settlement *settlement)
{
    for (size_t i = first; i < end; i++) {
        if (plan->changes[i].result == settlement->from) {
            plan->changes[i].result = settlement->to;
            plan->changes[i].detail = settlement->detail;
        }
    }
}

static enum err_code try_units(struct writer *writer, size_t first, size_t end, size_t *n_done)
{
    struct plan *plan = writer->plan;
    const struct settlement skipped = {.from = RESULT_PLANNED, .to = RESULT_SKIPPED};
    size_t n_units = 0;
    for (size_t unit = first; unit < end;) {
        size_t unit_end = plan_unit_end(plan, unit);
        if (is_pending(plan, unit, unit_end)) {
            enum err_code code = unit_write(&writer->units, unit, unit_end);
            if (code != ERR_OK) {
                return code;
            }
            *n_done += plan->changes[unit].result == RESULT_DONE;
        } else {
            settle(plan, unit, unit_end, &skipped);
        }
        unit = unit_end;
        if (++n_units % UNITS_BETWEEN_CANCELS == 0 &&
            progress_cancel(writer->store->progress) >= CANCEL_HARD) {
            return err_set(writer->err, ERR_CANCELLED, "stopped before the batch was written");
        }
    }
    return ERR_OK;
}

static void bind_origin(sqlite3_stmt *record, const struct audit_origin *origin)
{
    sqlite_bind_text(record, 7, origin->user);
    sqlite_bind_text(record, 8, audit_via_name(origin->via));
    sqlite_bind_text(record, 9, origin->ticket);
    sqlite_bind_text(record, 10, origin->undoes);
    sqlite_bind_text(record, 11, origin->plan_file);
}

static enum err_code write_record(struct writer *writer, size_t first, size_t end)
{
    const struct apply_context *context = writer->context;
    sqlite3_stmt *record = writer->insert_record;
    size_t n = audit_encode(writer->plan, first, end - first, false, &writer->record);
    if (buf_failed(&writer->record)) {
        return err_set(writer->err, ERR_NOMEM, "the audit record of one batch is too large");
    }
    sqlite_bind_text(record, 1, context->action_id);
    sqlite3_bind_int64(record, 2, context->at_ms);
    sqlite_bind_text(record, 3, context->actor);
    sqlite_bind_text(record, 4, writer->plan->action);
    sqlite3_bind_text64(record, 5, writer->record.data, writer->record.length, SQLITE_STATIC,
                        SQLITE_UTF8);
    if (context->audit_keep_s > 0) {
        sqlite3_bind_int64(record, 6, context->at_ms / 1000 + context->audit_keep_s);
    } else {
        sqlite3_bind_null(record, 6);
    }
    bind_origin(record, &context->origin);
    sqlite3_bind_int64(record, 12, (int64_t)n);
    sqlite3_bind_int64(record, 13, (int64_t)context->planned);
    int result = sqlite3_step(record);
    sqlite3_reset(record);
    if (result != SQLITE_DONE) {
        return sqlite_fail(writer->store, result, "writing the audit record", writer->err);
    }
    return n < INDEXED_CHANGES
               ? sqlite_index_record(writer->store, sqlite3_last_insert_rowid(writer->store->db),
                                     writer->record.data, writer->err)
               : ERR_OK;
}

/* Batches before the one that failed were written, or there were none. */
static void hint_what_stays(struct writer *writer)
{
    struct err *err = writer->err;
    size_t done = 0;
    char number[TEXT_NUMBER_ROOM];
    for (size_t i = 0; i < writer->first; i++) {
        done += writer->plan->changes[i].result == RESULT_DONE;
    }
    char *before = mem_printf("%s%s", err->hint, err->hint[0] ? "\n" : "");
    err->hint[0] = '\0';
    if (err->code == ERR_CANCELLED) {
        err_hint(err, "%s", before);
    } else if (done > 0) {
        err_hint(err, "%sNothing of this batch is in the store; the %s change%s before it stay%s",
                 before, text_number(done, number), done == 1 ? "" : "s", done == 1 ? "s" : "");
    } else {
        err_hint(err, "%sNothing was written", before);
    }
    free(before);
}

/* Whether the stamps given now are wrong, so that a corrected clock must not believe them. A repair that
   overrules the records gives none. */
static bool gives_doubtful_stamps(const struct writer *writer)
{
    const struct plan *plan = writer->plan;
    for (size_t i = 0; i < plan->n_changes; i++) {
        if (plan->changes[i].trail && plan->changes[i].trail->trust_clock) {
            return false;
        }
    }
    return writer->context->clock_behind;
}

/* The transaction of one batch. After an error nothing of it is in the store. */
static enum err_code write_batch(struct writer *writer, size_t first, size_t end)
{
    struct sqlite_store *store = writer->store;
    size_t n_done = 0;
    bool upgraded = false;
    enum err_code code = sqlite_run(store, "BEGIN IMMEDIATE", "beginning to write", writer->err);
    if (code != ERR_OK) {
        return code;
    }
    code = sqlite_upgrade(store, &upgraded, writer->err);
    if (code == ERR_OK) {
        code = prepare(writer);
    }
    if (code == ERR_OK) {
        code = try_units(writer, first, end, &n_done);
    }
    if (code == ERR_OK && n_done > 0) {
        code = write_record(writer, first, end);
    }
    if (code == ERR_OK && n_done > 0 && gives_doubtful_stamps(writer)) {
        code = sqlite_doubt_stamp(store, writer->plan->now_s, writer->err);
    }
    if (code == ERR_OK && n_done > 0) {
        code = sqlite_run(store, "COMMIT", "flushing a batch to the disk", writer->err);
    }
    if (!sqlite3_get_autocommit(store->db)) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        if (upgraded) {
            unprepare(writer); /* their columns are gone again */
        }
    }
    if (code != ERR_OK) {
        hint_what_stays(writer);
        bool cancelled = writer->err->code == ERR_CANCELLED;
        const struct settlement undone = {
            .from = RESULT_DONE,
            .to = cancelled ? RESULT_NOT_TRIED : RESULT_FAILED,
            .detail = arena_strdup(&writer->plan->arena, writer->err->text),
        };
        settle(writer->plan, first, end, &undone);
    }
    arena_release(&writer->units.scratch);
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
            char done[TEXT_NUMBER_ROOM];
            char all[TEXT_NUMBER_ROOM];
            code = err_set(writer->err, ERR_CANCELLED, "stopped after %s of %s changes",
                           text_number(first, done), text_number(plan->n_changes, all));
            break;
        }
        size_t end = batch_end(plan, first);
        writer->first = first;
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
    struct writer writer = {.store = sqlite_begin(base, progress),
                            .plan = plan,
                            .context = context,
                            .err = err ? err : &own};
    buf_init(&writer.record, RECORD_MAX);
    enum err_code code = ERR_OK;
    if (!has_work(plan)) {
        goto out;
    }
    code = sqlite_open_to_write(writer.store, NULL, writer.err);
    if (code == ERR_OK) {
        code = write_batches(&writer);
    }
out:
    (void)plan_settle_rest(plan);
    unprepare(&writer);
    buf_release(&writer.record);
    return code;
}
