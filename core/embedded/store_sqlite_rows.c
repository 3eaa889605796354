#include "core/embedded/store_sqlite_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"

/*
 * The rows that a few requests are about, by key and by index. What single rows cannot tell is found
 * out from all of them, in the same moment: a row that is not understood, a clock that is wrong (what
 * people are told of it counts rows), and numbers of the ranges that have no row, of which the lowest
 * may be the one to assign.
 */

#define CANDIDATES 16 /* numbers to choose from: one, and some for when another takes it */

struct row_reading {
    struct sqlite_store *store;
    const struct policy *policy;
    struct snapshot *snapshot;
    bool whole; /* only all of it tells */
    struct err *err;
};

/* ---- queries --------------------------------------------------------------------------------- */

static enum err_code prepare_slots(struct row_reading *r, const char *condition,
                                   sqlite3_stmt **query)
{
    char *sql = sqlite3_mprintf("SELECT %s FROM extension WHERE %s", sqlite_slot_columns(r->store),
                                condition);
    enum err_code code = sql ? sqlite_prepare(r->store, sql, query, r->err)
                             : err_set(r->err, ERR_NOMEM, "no memory left");
    sqlite3_free(sql);
    return code;
}

static void take_row(struct row_reading *r, sqlite3_stmt *row)
{
    struct slot slot;
    const char *why;
    if (sqlite_slot(&r->snapshot->arena, row, r->policy->width, &slot, &why)) {
        *snapshot_add(r->snapshot, slot.ext) = slot;
    } else {
        r->whole = true;
    }
}

/* Adds the slots that meet the condition on `name`. */
static enum err_code read_slots(struct row_reading *r, const char *condition, const char *name)
{
    sqlite3_stmt *query = NULL;
    int result = SQLITE_DONE;
    enum err_code code = prepare_slots(r, condition, &query);
    if (code == ERR_OK) {
        sqlite_bind_text(query, 1, name);
        while ((result = sqlite3_step(query)) == SQLITE_ROW) {
            take_row(r, query);
        }
    }
    if (code == ERR_OK && result != SQLITE_DONE) {
        code = sqlite_fail(r->store, result, "reading single rows", r->err);
    }
    sqlite3_finalize(query);
    return code;
}

#define BY_NUMBER "extension = ?1"
#define BY_HOLDER "agent = ?1 AND state = 'assigned'"
#define BY_FORMER_HOLDER "agent = ?1 AND state = 'free'"

/* ---- what is named --------------------------------------------------------------------------- */

static enum err_code read_held(struct row_reading *r, const char *ext)
{
    size_t n = r->snapshot->n_slots;
    enum err_code code = read_slots(r, BY_NUMBER, ext);
    if (code == ERR_OK && r->snapshot->n_slots > n &&
        r->snapshot->slots[n].state == SLOT_ASSIGNED) {
        code = read_slots(r, BY_HOLDER, r->snapshot->slots[n].agent);
    }
    return code;
}

static enum err_code read_named(struct row_reading *r, const struct store_row *row, bool chooses)
{
    enum err_code code = ERR_OK;
    switch (row->kind) {
    case ROW_NUMBER:
    case ROW_GAINED:
    case ROW_TARGET_EXT:
        return read_slots(r, BY_NUMBER, row->name);
    case ROW_HELD:
        return read_held(r, row->name);
    case ROW_AGENT:
    case ROW_TARGET_AGENT:
        code = read_slots(r, BY_HOLDER, row->name);
        if (code == ERR_OK && row->kind == ROW_AGENT) {
            code = sqlite_read_exempts(r->store, row->name, r->snapshot, r->err);
        }
        if (code == ERR_OK && chooses && row->kind == ROW_AGENT) {
            code = read_slots(r, BY_FORMER_HOLDER, row->name);
        }
        break;
    }
    return code;
}

/* ---- numbers to choose from ------------------------------------------------------------------ */

/* How many rows there are from one number to another, both included. */
static enum err_code count_rows(struct row_reading *r, const char *low, const char *high,
                                uint64_t *n)
{
    sqlite3_stmt *query = NULL;
    enum err_code code =
        sqlite_prepare(r->store, "SELECT count(*) FROM extension WHERE extension BETWEEN ?1 AND ?2",
                       &query, r->err);
    if (code == ERR_OK) {
        sqlite_bind_text(query, 1, low);
        sqlite_bind_text(query, 2, high);
        int result = sqlite3_step(query);
        if (result == SQLITE_ROW) {
            *n = (uint64_t)sqlite3_column_int64(query, 0);
        } else {
            code = sqlite_fail(r->store, result, "counting the rows", r->err);
        }
    }
    sqlite3_finalize(query);
    return code;
}

/* Whether each number of the ranges up to this one has a row: else the lowest may be one without. */
static enum err_code find_gaps(struct row_reading *r, const char *up_to)
{
    const struct policy *policy = r->policy;
    enum err_code code = ERR_OK;
    bool ended = false;
    for (size_t i = 0; i < policy->n_ranges && code == ERR_OK && !ended; i++) {
        const struct ext_range *range = &policy->ranges[i];
        uint64_t n = 0;
        ended = strcmp(up_to, range->last) <= 0;
        const char *last = ended ? up_to : range->last;
        code = count_rows(r, range->first, last, &n);
        r->whole = r->whole || n != strtoull(last, NULL, 10) - strtoull(range->first, NULL, 10) + 1;
    }
    return code;
}

/* The lowest free numbers that do not cool, and where they are. */
struct candidates {
    char exts[CANDIDATES][EXT_ROOM];
    size_t n;
};

static void take_candidate(struct row_reading *r, sqlite3_stmt *row, struct candidates *found)
{
    const char *ext = (const char *)sqlite3_column_text(row, 0);
    if (ext && policy_valid_ext(r->policy, ext) && !policy_is_blocked(r->policy, ext)) {
        memcpy(found->exts[found->n++], ext, strlen(ext) + 1);
        take_row(r, row);
    }
}

static enum err_code read_free(struct row_reading *r, const struct ext_range *range,
                               struct candidates *found)
{
    sqlite3_stmt *query = NULL;
    int result = SQLITE_DONE;
    enum err_code code = prepare_slots(r,
                                       "state = 'free' AND extension BETWEEN ?1 AND ?2"
                                       " AND (at IS NULL OR at <= ?3) ORDER BY extension",
                                       &query);
    if (code == ERR_OK) {
        sqlite_bind_text(query, 1, range->first);
        sqlite_bind_text(query, 2, range->last);
        sqlite3_bind_int64(
            query, 3, clock_now_s(r->store->clock) - policy_cooldown_of(r->policy, range->group));
        while (found->n < CANDIDATES && (result = sqlite3_step(query)) == SQLITE_ROW) {
            take_candidate(r, query, found);
        }
    }
    if (code == ERR_OK && result != SQLITE_DONE && result != SQLITE_ROW) {
        code = sqlite_fail(r->store, result, "reading free numbers", r->err);
    }
    sqlite3_finalize(query);
    return code;
}

/* Whether an agent who holds nothing is to get back what they held last: nothing is lower then. */
static bool returns(const struct row_reading *r, const struct store_rows *wanted)
{
    bool back = false;
    for (size_t i = 0; i < r->snapshot->n_slots && wanted->n == 1; i++) {
        const struct slot *slot = &r->snapshot->slots[i];
        if (slot->state != SLOT_FREE) {
            return false;
        }
        back = back ||
               (policy_in_ranges(r->policy, slot->ext) && !policy_is_blocked(r->policy, slot->ext));
    }
    return back;
}

static enum err_code read_choice(struct row_reading *r, const struct store_rows *wanted)
{
    struct candidates found = {.n = 0};
    enum err_code code = ERR_OK;
    bool back = returns(r, wanted);
    for (size_t i = 0; i < r->policy->n_ranges && found.n < CANDIDATES && code == ERR_OK; i++) {
        code = read_free(r, &r->policy->ranges[i], &found);
    }
    r->whole = r->whole || found.n == 0;
    if (code == ERR_OK && !back && !r->whole) { /* each agent may get one of them */
        size_t last = wanted->n < found.n ? wanted->n : found.n;
        code = find_gaps(r, found.exts[last - 1]);
    }
    return code;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum err_code read_part(struct row_reading *r, const struct store_rows *wanted)
{
    enum err_code code = sqlite_see_schema(r->store, r->err);
    for (size_t i = 0; i < wanted->n && code == ERR_OK && !r->whole; i++) {
        code = read_named(r, &wanted->items[i], wanted->chooses);
    }
    if (code == ERR_OK && wanted->chooses && !r->whole) {
        code = read_choice(r, wanted);
    }
    if (code == ERR_OK && !r->whole) {
        snapshot_seal(r->snapshot);
        code = sqlite_judge_time(r->store, r->policy, false, r->snapshot, r->err);
    }
    r->whole = r->whole || r->snapshot->time.note;
    return code;
}

static enum err_code read_moment(struct row_reading *r, const struct store_rows *wanted,
                                 struct snapshot **out)
{
    struct sqlite_store *store = r->store;
    enum err_code code = sqlite_begin_moment(store, r->err);
    if (code == ERR_OK) {
        code = read_part(r, wanted);
    }
    if (code == ERR_OK && r->whole) {
        enum load_mode mode = wanted->chooses ? LOAD_POOL : LOAD_NORMAL;
        code = sqlite_read_all(store, r->policy, mode, out, r->err);
    } else if (code == ERR_OK) {
        *out = snapshot_ref(r->snapshot);
    }
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code == ERR_OK ? sqlite_check_frozen(store, r->err) : code;
}

enum err_code sqlite_read_rows(struct store *base, const struct policy *policy,
                               const struct store_rows *wanted, const struct progress *progress,
                               struct snapshot **out, struct err *err)
{
    struct sqlite_store *store = sqlite_begin(base, progress);
    struct row_reading r = {.store = store, .policy = policy, .err = err};
    *out = NULL;
    enum err_code code = sqlite_open(store, policy, err);
    if (code != ERR_OK) {
        return code;
    }
    r.snapshot = snapshot_new();
    r.snapshot->partial = true;
    r.snapshot->exact = true;
    r.snapshot->read_at_s = clock_now_s(store->clock);
    code = read_moment(&r, wanted, out);
    snapshot_unref(r.snapshot);
    if (code != ERR_OK) {
        snapshot_unref(*out);
        *out = NULL;
    }
    return code;
}
