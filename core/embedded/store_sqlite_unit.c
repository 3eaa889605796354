#include "core/embedded/store_sqlite_private.h"

#include <assert.h>
#include <string.h>

#include "core/base/banned.h"

/*
 * One unit (a change alone, or a group) inside the transaction of its batch. Every statement
 * names what the plan saw and touches one row or none. If a row is not what was seen, the unit
 * is undone back to its savepoint, and what is really there is read and told.
 *
 * A unit can move agents between numbers (a swap). For a moment an agent would then have two, which
 * the unique index rightly refuses; so the assigned numbers of such a unit are vacated first, each
 * on its full condition, and filled afterwards.
 */

enum unit_query {
    QUERY_INSERT,
    QUERY_UPDATE,
    QUERY_VACATE,
    QUERY_DELETE,
    QUERY_LOOK,
    QUERY_HOLDS,
    QUERY_SAVEPOINT,
    QUERY_RELEASE,
    QUERY_BACK,
    QUERY_END
};

static_assert(QUERY_END == UNIT_QUERIES, "room for every query");

#define AS_SEEN                                                                                    \
    " WHERE extension = ?1 AND state = ?2 AND at IS ?3 AND agent IS ?4 AND note IS ?5"             \
    " AND fallback IS ?17 AND target IS ?18 AND until IS ?19"

static const char *const s_queries[UNIT_QUERIES] = {
    [QUERY_INSERT] = "INSERT INTO extension (" SLOT_COLUMNS ") VALUES (?1, ?6, ?7, ?8, ?9,"
                     " ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    [QUERY_UPDATE] = "UPDATE extension SET state = ?6, at = ?7, agent = ?8, note = ?9, actor = ?10,"
                     " given_back = ?11, agent_arn = ?12, source = ?13, fallback = ?14,"
                     " target = ?15, until = ?16" AS_SEEN,
    [QUERY_VACATE] = "UPDATE extension SET state = 'free'" AS_SEEN,
    [QUERY_DELETE] = "DELETE FROM extension" AS_SEEN,
    [QUERY_LOOK] = "SELECT " SLOT_COLUMNS " FROM extension WHERE extension = ?1",
    [QUERY_HOLDS] =
        "SELECT " SLOT_COLUMNS " FROM extension WHERE agent = ?1 AND state = 'assigned'",
    [QUERY_SAVEPOINT] = "SAVEPOINT unit",
    [QUERY_RELEASE] = "RELEASE unit",
    [QUERY_BACK] = "ROLLBACK TO unit",
};

/* What became of a unit. WENT_WRONG ends the batch. */
enum outcome { WENT_WELL, WAS_SO, WAS_OTHER, WAS_REFUSED, WENT_WRONG };

/* ---- statements ---------------------------------------------------------------------------- */

static int step(struct unit_writer *writer, enum unit_query query)
{
    int result = sqlite3_step(writer->queries[query]);
    sqlite3_reset(writer->queries[query]);
    return result;
}

static enum outcome broken(struct unit_writer *writer, int result)
{
    sqlite_fail(writer->store, result, "writing a change", writer->err);
    return WENT_WRONG;
}

/* 0 means "not known", which is NULL in a row. */
static void bind_time(sqlite3_stmt *query, int index, int64_t at_s)
{
    if (at_s != 0) {
        sqlite3_bind_int64(query, index, at_s);
    } else {
        sqlite3_bind_null(query, index);
    }
}

/* state, at, agent, note from `index` on */
static void bind_slot(sqlite3_stmt *query, int index, const struct slot *slot, bool vacated)
{
    sqlite_bind_text(query, index, vacated ? "free" : sqlite_state_name(slot->state));
    bind_time(query, index + 1, slot->at_s);
    sqlite_bind_text(query, index + 2, slot->agent);
    sqlite_bind_text(query, index + 3, slot->note);
}

/* fallback, target, until from `index` on */
static void bind_calls(sqlite3_stmt *query, int index, const struct slot *slot)
{
    sqlite_bind_text(query, index, slot->own ? slot->own->fallback : NULL);
    sqlite_bind_text(query, index + 1, slot->target);
    bind_time(query, index + 2, slot->until_s);
}

/* actor, given_back, agent_arn, source, fallback, target, until */
static void bind_rest(sqlite3_stmt *query, int index, const struct slot *slot)
{
    sqlite_bind_text(query, index, slot->by);
    bind_time(query, index + 1, slot->given_back_s);
    sqlite_bind_text(query, index + 2, slot->own ? slot->own->arn : NULL);
    sqlite_bind_text(query, index + 3, slot->own ? slot->own->source : NULL);
    bind_calls(query, index + 4, slot);
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
static int write_row(struct unit_writer *writer, enum unit_query query, const struct effect *effect,
                     bool vacated, bool *touched)
{
    sqlite3_stmt *prepared = writer->queries[query];
    sqlite_bind_text(prepared, 1, effect->ext);
    if (query != QUERY_INSERT) {
        bind_slot(prepared, 2, effect->before, vacated);
        bind_calls(prepared, 17, effect->before);
    }
    if (query == QUERY_INSERT || query == QUERY_UPDATE) {
        bind_slot(prepared, 6, effect->after, false);
        bind_rest(prepared, 10, effect->after);
    }
    int result = step(writer, query);
    *touched = result == SQLITE_DONE && sqlite3_changes(writer->store->db) == 1;
    return result;
}

/* ---- what is really there ------------------------------------------------------------------ */

/* The row as a slot; state SLOT_ABSENT if there is none. False if it cannot be read. */
static bool look(struct unit_writer *writer, enum unit_query query, const char *key,
                 struct slot *slot)
{
    sqlite3_stmt *prepared = writer->queries[query];
    const char *why = NULL;
    *slot = (struct slot){.state = SLOT_ABSENT};
    sqlite_bind_text(prepared, 1, key);
    int result = sqlite3_step(prepared);
    if (result == SQLITE_ROW) {
        sqlite_slot(&writer->scratch, prepared, 0, slot, &why);
    } else if (result != SQLITE_DONE) {
        broken(writer, result);
    }
    sqlite3_reset(prepared);
    return result == SQLITE_ROW || result == SQLITE_DONE;
}

/* What the conflict rule asks. The rows are read when it asks, and live in the batch's arena. */
struct looking {
    struct unit_writer *writer;
    bool failed;
};

static const struct slot *look_for(struct looking *looking, enum unit_query query, const char *key)
{
    struct slot *slot = arena_alloc(&looking->writer->scratch, sizeof *slot);
    looking->failed = looking->failed || !look(looking->writer, query, key, slot);
    return is_absent(slot) ? NULL : slot;
}

static const struct slot *slot_now(void *context, const char *ext)
{
    return look_for(context, QUERY_LOOK, ext);
}

static const struct slot *holding_now(void *context, const char *agent)
{
    return look_for(context, QUERY_HOLDS, agent);
}

static const struct exempt *exempt_now(void *context, const char *agent)
{
    struct looking *looking = context;
    struct unit_writer *writer = looking->writer;
    struct snapshot *found = snapshot_new();
    struct exempt *copy = NULL;
    if (sqlite_read_exempts(writer->store, agent, found, writer->err) != ERR_OK) {
        looking->failed = true;
    } else if (found->n_exempts > 0) {
        copy = arena_alloc(&writer->scratch, sizeof *copy);
        *copy = (struct exempt){.agent = agent,
                                .note = arena_strdup(&writer->scratch, found->exempts[0].note),
                                .by = arena_strdup(&writer->scratch, found->exempts[0].by),
                                .since_s = found->exempts[0].since_s};
    }
    snapshot_unref(found);
    return copy;
}

/* ---- one unit ------------------------------------------------------------------------------ */

struct trial {
    enum outcome outcome;
    size_t first, end;
    struct conflict_verdict verdict; /* of WAS_SO and WAS_OTHER; of WAS_REFUSED the detail */
};

/* After a statement that did not touch its row, or that a rule of the schema refused. */
static enum outcome judge(struct unit_writer *writer, int result, bool touched)
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

static enum outcome try_effect(struct unit_writer *writer, const struct effect *effect,
                               bool vacated)
{
    enum unit_query query = is_absent(effect->before)  ? QUERY_INSERT
                            : is_absent(effect->after) ? QUERY_DELETE
                                                       : QUERY_UPDATE;
    bool touched = false;
    int result = write_row(writer, query, effect, vacated, &touched);
    return judge(writer, result, touched);
}

/* Whoever becomes exempt holds none by then. */
static enum outcome try_exempt(struct unit_writer *writer, const struct exempt_effect *effect)
{
    struct slot held = {.state = SLOT_ABSENT};
    bool touched = false;
    if (effect->after && !look(writer, QUERY_HOLDS, effect->agent, &held)) {
        return WENT_WRONG;
    }
    if (!is_absent(&held)) {
        return WAS_OTHER;
    }
    int result = sqlite_write_exempt(writer->store, effect, &touched, writer->err);
    return judge(writer, result, touched);
}

static enum outcome try_effects(struct unit_writer *writer, const struct effects *effects)
{
    enum outcome outcome = WENT_WELL;
    bool several = effects->n_items > 1;
    for (size_t i = 0; i < effects->n_items && outcome == WENT_WELL && several; i++) {
        const struct effect *effect = &effects->items[i];
        if (is_assigned(effect->before)) {
            bool touched = false;
            int result = write_row(writer, QUERY_VACATE, effect, false, &touched);
            outcome = judge(writer, result, touched);
        }
    }
    for (size_t i = 0; i < effects->n_items && outcome == WENT_WELL; i++) {
        const struct effect *effect = &effects->items[i];
        outcome = try_effect(writer, effect, several && is_assigned(effect->before));
    }
    for (size_t i = 0; i < effects->n_exempts && outcome == WENT_WELL; i++) {
        outcome = try_exempt(writer, &effects->exempts[i]);
    }
    return outcome;
}

/* Why it did not go well; the rows are as they were before the unit. */
static void find_out(struct unit_writer *writer, struct trial *trial)
{
    struct looking looking = {.writer = writer};
    struct present present = {
        .slot = slot_now, .holding = holding_now, .exempt = exempt_now, .context = &looking};
    struct effects effects;
    effects_of(writer->plan, trial->first, trial->end - trial->first, &writer->scratch, &effects);
    conflict_judge(writer->plan, &effects, &present, &writer->scratch, &trial->verdict);
    if (looking.failed) {
        trial->outcome = WENT_WRONG;
    } else if (trial->verdict.fate == CONFLICT_ALREADY_APPLIED) {
        trial->outcome = WAS_SO;
    }
}

static void try_unit(struct unit_writer *writer, const struct effects *effects, struct trial *trial)
{
    bool several = effects->n_items + effects->n_exempts > 1;
    int result = SQLITE_DONE;
    if (effects->n_items + effects->n_exempts == 0) {
        trial->outcome = WAS_SO;
        trial->verdict = (struct conflict_verdict){.fate = CONFLICT_ALREADY_APPLIED,
                                                   .change = trial->first,
                                                   .detail = "there is nothing to change"};
        return;
    }
    if (several && (result = step(writer, QUERY_SAVEPOINT)) != SQLITE_DONE) {
        trial->outcome = broken(writer, result);
        return;
    }
    trial->outcome = try_effects(writer, effects);
    if (trial->outcome == WAS_REFUSED) { /* while SQLite still knows the message */
        trial->verdict.detail = arena_printf(&writer->plan->arena, "the store refuses it: %s",
                                             sqlite3_errmsg(writer->store->db));
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
        find_out(writer, trial);
    }
}

/* Most units are one change of one extension: that is its effect, without a map in between. */
static void effects_of_unit(struct unit_writer *writer, size_t first, size_t end,
                            struct effects *effects, struct effect *only)
{
    struct change *change = &writer->plan->changes[first];
    if (end - first != 1 || change->n_steps != 1 || change->exempt) {
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

static void set_results(struct unit_writer *writer, struct trial *trial)
{
    struct plan *plan = writer->plan;
    if (trial->outcome == WAS_SO || trial->outcome == WAS_OTHER) {
        trial->verdict.fate = trial->outcome == WAS_SO ? CONFLICT_ALREADY_APPLIED : CONFLICT_OTHER;
        conflict_decide(plan, trial->first, trial->end, &trial->verdict);
        return;
    }
    for (size_t i = trial->first; i < trial->end; i++) {
        plan->changes[i].result = trial->outcome == WENT_WELL ? RESULT_DONE : RESULT_FAILED;
        plan->changes[i].detail = trial->verdict.detail;
    }
}

/* ---- the parts that apply calls ------------------------------------------------------------ */

enum err_code unit_writer_init(struct unit_writer *writer, struct sqlite_store *store,
                               struct plan *plan, struct err *err)
{
    enum err_code code = ERR_OK;
    *writer = (struct unit_writer){.store = store, .plan = plan, .err = err};
    for (size_t i = 0; i < UNIT_QUERIES && code == ERR_OK; i++) {
        code = sqlite_prepare(store, s_queries[i], &writer->queries[i], err);
    }
    return code;
}

void unit_writer_release(struct unit_writer *writer)
{
    for (size_t i = 0; i < UNIT_QUERIES; i++) {
        sqlite3_finalize(writer->queries[i]);
        writer->queries[i] = NULL;
    }
    arena_release(&writer->scratch);
}

/* A change of the audit trail alone: no extension can be in the way. */
static enum err_code change_trail(struct unit_writer *writer, struct change *change)
{
    size_t n = 0;
    enum err_code code = sqlite_change_trail(writer->store, change->trail, &n, writer->err);
    if (code == ERR_OK) {
        change->result = n > 0 ? RESULT_DONE : RESULT_SKIPPED;
        change->already_applied = n == 0;
    }
    return code;
}

enum err_code unit_write(struct unit_writer *writer, size_t first, size_t end)
{
    struct effects effects;
    if (writer->plan->changes[first].trail) {
        return change_trail(writer, &writer->plan->changes[first]);
    }
    struct effect only;
    struct trial trial;
    do {
        trial = (struct trial){.outcome = WENT_WELL, .first = first, .end = end};
        effects_of_unit(writer, first, end, &effects, &only);
        try_unit(writer, &effects, &trial);
    } while (trial.outcome == WAS_OTHER && trial.verdict.number_lost &&
             plan_choose_again(writer->plan, first, end));
    if (trial.outcome == WENT_WRONG) {
        return writer->err->code;
    }
    set_results(writer, &trial);
    return ERR_OK;
}
