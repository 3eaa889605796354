#include "core/embedded/store_sqlite_private.h"

#include <assert.h>
#include <string.h>

#include "core/base/banned.h"

/*
 * One unit (a change alone, or a group) inside of the transaction of its batch. Every statement
 * names what the plan saw and touches one row or none. Where a row is not what was seen, the unit
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

#define AS_SEEN " WHERE extension = ?1 AND state = ?2 AND at IS ?3 AND agent IS ?4 AND note IS ?5"

static const char *const s_queries[UNIT_QUERIES] = {
    [QUERY_INSERT] = "INSERT INTO extension (" SLOT_COLUMNS ") VALUES (?1, ?6, ?7, ?8, ?9, ?10)",
    [QUERY_UPDATE] =
        "UPDATE extension SET state = ?6, at = ?7, agent = ?8, note = ?9, actor = ?10" AS_SEEN,
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

/* state, at, agent, note from `index` on; 0 stands for "not known", which is NULL in a row. */
static void bind_slot(sqlite3_stmt *query, int index, const struct slot *slot, bool vacated)
{
    sqlite_bind_text(query, index, vacated ? "free" : sqlite_state_name(slot->state));
    if (slot->at_s != 0) {
        sqlite3_bind_int64(query, index + 1, slot->at_s);
    } else {
        sqlite3_bind_null(query, index + 1);
    }
    sqlite_bind_text(query, index + 2, slot->agent);
    sqlite_bind_text(query, index + 3, slot->note);
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
    }
    if (query == QUERY_INSERT || query == QUERY_UPDATE) {
        bind_slot(prepared, 6, effect->after, false);
        sqlite_bind_text(prepared, 10, effect->after->by);
    }
    int result = step(writer, query);
    *touched = result == SQLITE_DONE && sqlite3_changes(writer->store->db) == 1;
    return result;
}

/* ---- what is really there ------------------------------------------------------------------ */

/* The row as a slot; state SLOT_ABSENT where there is none. False where it cannot be read. */
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
static bool explain(struct unit_writer *writer, const struct effect *effect, const char **detail)
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

static bool all_so(struct unit_writer *writer, const struct effects *effects, bool *so)
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

static enum outcome try_effects(struct unit_writer *writer, const struct effects *effects,
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
static void find_out(struct unit_writer *writer, const struct effects *effects,
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

static void try_unit(struct unit_writer *writer, const struct effects *effects, struct trial *trial)
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
static void effects_of_unit(struct unit_writer *writer, size_t first, size_t end,
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

static void set_results(struct unit_writer *writer, size_t first, size_t end,
                        const struct trial *trial)
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
    }
    arena_release(&writer->scratch);
}

enum err_code unit_write(struct unit_writer *writer, size_t first, size_t end)
{
    struct effects effects;
    struct effect only;
    struct trial trial = {.outcome = WENT_WELL};
    effects_of_unit(writer, first, end, &effects, &only);
    try_unit(writer, &effects, &trial);
    if (trial.outcome == WENT_WRONG) {
        return writer->err->code;
    }
    set_results(writer, first, end, &trial);
    return ERR_OK;
}
