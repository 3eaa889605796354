#include "core/embedded/store_sqlite_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"

#include "core/base/banned.h"

/*
 * The audit trail, read. First the sequences of the records that can answer the question are found,
 * by an index if there is one for it. Each is then looked at (core/plan/audit_query.h). With a limit
 * this goes from the newest one back, until enough actions are known. Their earlier records may lie
 * further back, so they are read by the id. The order is that of the sequence: a clock that was wrong
 * for a while moves nothing.
 *
 * Tables of an older version have no such indexes: every record is looked at.
 */

#define SEARCH_MAX ((size_t)64 * 1024) /* a clause for each of a group's ranges */

struct search {
    struct sqlite_store *store;
    const struct history_query *query;
    struct history *history;
    sqlite3_stmt *by_seq; /* the record of a sequence */
    struct strmap ids;    /* of the actions that were chosen, by their place in: */
    const char **chosen;  /* the newest first; the texts are in `arena` */
    struct arena arena;
    struct err *err;
};

/* ---- which records -------------------------------------------------------------------------- */

/* The parameters of both: ?1 name, ?2 whether it is an agent's, ?3 ?4 the times, ?5 the actor, ?6 the
   action. */
#define OF_SUBJECT                                                                                 \
    "SELECT seq FROM audit_subject WHERE agent = ?2 AND name = ?1"                                 \
    " UNION ALL SELECT seq FROM audit WHERE indexed = 0"
#define OF_TIME                                                                                    \
    "SELECT seq FROM audit INDEXED BY audit_by_time WHERE at_ms >= ?3 AND at_ms < ?4"              \
    " AND (?5 IS NULL OR user LIKE ?5 ESCAPE '\\' OR actor LIKE ?5 ESCAPE '\\')"

/* Of each range of the group, by the index; a record can be in several. Ranges have digits alone. */
static void put_ranges(const struct history_query *query, struct buf *sql)
{
    buf_puts(sql, "SELECT seq FROM audit WHERE indexed = 0");
    for (size_t i = 0; i < query->policy->n_ranges; i++) {
        const struct ext_range *range = &query->policy->ranges[i];
        if (history_query_has_range(query, range)) {
            buf_printf(sql,
                       " UNION SELECT seq FROM audit_subject WHERE agent = %d"
                       " AND name BETWEEN '%s' AND '%s'",
                       SUBJECT_EXTENSION, range->first, range->last);
        }
    }
}

static const char *search_sql(const struct search *search)
{
    const struct history_query *query = search->query;
    if (query->action_id) {
        return "SELECT seq FROM audit WHERE action_id = ?6";
    }
    if (search->store->schema >= 3 && (query->ext || query->agent)) {
        return OF_SUBJECT;
    }
    if (search->store->schema >= 3 && (query->actor || query->since_ms || query->until_ms)) {
        return OF_TIME;
    }
    return "SELECT seq FROM audit";
}

/* A pattern of LIKE for texts that have this part; ASCII case does not count there. */
static void bind_part(sqlite3_stmt *statement, int parameter, const char *part)
{
    struct buf pattern;
    if (!part) {
        sqlite3_bind_null(statement, parameter);
        return;
    }
    buf_init(&pattern, SEARCH_MAX);
    buf_putc(&pattern, '%');
    for (; *part; part++) {
        if (strchr("%_\\", *part)) {
            buf_putc(&pattern, '\\');
        }
        buf_putc(&pattern, *part);
    }
    buf_putc(&pattern, '%');
    sqlite3_bind_text(statement, parameter, pattern.data, -1, SQLITE_TRANSIENT);
    buf_release(&pattern);
}

static enum err_code prepare_search(struct search *search, sqlite3_stmt **out)
{
    const struct history_query *query = search->query;
    struct buf sql;
    buf_init(&sql, SEARCH_MAX);
    bool by_ranges = query->group && !query->action_id && !query->ext && !query->agent &&
                     search->store->schema >= 3;
    if (by_ranges) {
        put_ranges(query, &sql);
    } else {
        buf_puts(&sql, search_sql(search));
    }
    buf_printf(&sql, " ORDER BY seq %s", query->limit > 0 && !query->action_id ? "DESC" : "ASC");
    enum err_code code = sqlite_prepare(search->store, sql.data, out, search->err);
    buf_release(&sql);
    if (code == ERR_OK) {
        sqlite_bind_text(*out, 1, query->ext ? query->ext : query->agent);
        sqlite3_bind_int(*out, 2, query->ext ? SUBJECT_EXTENSION : SUBJECT_AGENT);
        sqlite3_bind_int64(*out, 3, query->since_ms);
        sqlite3_bind_int64(*out, 4, query->until_ms ? query->until_ms : INT64_MAX);
        bind_part(*out, 5, query->actor);
        sqlite_bind_text(*out, 6, query->action_id);
    }
    return code;
}

/* ---- one record ----------------------------------------------------------------------------- */

static const char *column(sqlite3_stmt *row, int index)
{
    const char *text = (const char *)sqlite3_column_text(row, index);
    return text ? text : "";
}

void sqlite_audit_record(sqlite3_stmt *row, struct audit_record *out)
{
    *out = (struct audit_record){
        .order = sqlite3_column_int64(row, 0),
        .action_id = column(row, 1),
        .at_ms = sqlite3_column_int64(row, 2),
        .actor = column(row, 3),
        .action = column(row, 4),
        .changes = column(row, 5),
        .origin = {.user = (const char *)sqlite3_column_text(row, 6),
                   .via = audit_via_parse((const char *)sqlite3_column_text(row, 7)),
                   .ticket = (const char *)sqlite3_column_text(row, 8),
                   .undoes = (const char *)sqlite3_column_text(row, 9),
                   .plan_file = (const char *)sqlite3_column_text(row, 10)},
        .planned = (size_t)sqlite3_column_int64(row, 11),
    };
}

const char *sqlite_audit_columns(const struct sqlite_store *store)
{
#define AUDIT_COLUMNS_1 "seq, action_id, at_ms, actor, action, changes"
    return store->schema >= 3 ? AUDIT_COLUMNS_1 ", user, via, ticket, undoes, plan_file, planned"
                              : AUDIT_COLUMNS_1 ", NULL, NULL, NULL, NULL, NULL, 0";
}

static enum err_code prepare_record(struct search *search)
{
    struct buf sql;
    buf_init(&sql, SEARCH_MAX);
    buf_printf(&sql, "SELECT %s FROM audit WHERE seq = ?1", sqlite_audit_columns(search->store));
    enum err_code code = sqlite_prepare(search->store, sql.data, &search->by_seq, search->err);
    buf_release(&sql);
    return code;
}

/* Adds the record to the history; or, while the newest actions are being chosen, its action to them. */
static enum err_code take_record(struct search *search, const struct audit_record *record,
                                 bool choosing)
{
    if (choosing && strmap_get(&search->ids, record->action_id) != STRMAP_NONE) {
        return ERR_OK;
    }
    if (!history_query_wants(search->query, record)) {
        return ERR_OK;
    }
    if (!choosing) {
        return history_add_answer(search->history, search->query, record, search->err);
    }
    size_t n = search->ids.count;
    search->chosen = mem_resize(search->chosen, n + 1, sizeof *search->chosen);
    search->chosen[n] = arena_strdup(&search->arena, record->action_id);
    strmap_add(&search->ids, search->chosen[n], n);
    return ERR_OK;
}

static enum err_code look_at(struct search *search, int64_t seq, bool choosing)
{
    struct audit_record record;
    enum err_code code = ERR_OK;
    sqlite3_bind_int64(search->by_seq, 1, seq);
    int result = sqlite3_step(search->by_seq);
    if (result == SQLITE_ROW) {
        sqlite_audit_record(search->by_seq, &record);
        code = take_record(search, &record, choosing);
    } else if (result != SQLITE_DONE) {
        code = sqlite_fail(search->store, result, "reading the audit trail", search->err);
    }
    sqlite3_reset(search->by_seq);
    return code;
}

/* ---- the search ----------------------------------------------------------------------------- */

/* Looks at each record of a query of sequences, until `limit` actions are chosen (0: at all). */
static enum err_code look_at_all(struct search *search, sqlite3_stmt *seqs, bool choosing)
{
    struct sqlite_store *store = search->store;
    enum err_code code = ERR_OK;
    int result = SQLITE_DONE;
    while (code == ERR_OK && !(choosing && search->ids.count >= search->query->limit) &&
           (result = sqlite3_step(seqs)) == SQLITE_ROW) {
        code = look_at(search, sqlite3_column_int64(seqs, 0), choosing);
        if (code == ERR_OK && progress_cancel(store->progress) != CANCEL_NO) {
            code = err_set(search->err, ERR_CANCELLED, "stopped while reading %s", store->path);
        }
    }
    if (code == ERR_OK && result != SQLITE_DONE && result != SQLITE_ROW) {
        code = sqlite_fail(store, result, "reading the audit trail", search->err);
    }
    return code;
}

/* All records of the actions that were chosen. */
static enum err_code read_chosen(struct search *search)
{
    sqlite3_stmt *seqs = NULL;
    enum err_code code =
        sqlite_prepare(search->store, "SELECT seq FROM audit WHERE action_id = ?1 ORDER BY seq",
                       &seqs, search->err);
    for (size_t i = 0; i < search->ids.count && code == ERR_OK; i++) {
        sqlite_bind_text(seqs, 1, search->chosen[i]);
        code = look_at_all(search, seqs, false);
        sqlite3_reset(seqs);
    }
    sqlite3_finalize(seqs);
    return code;
}

static enum err_code read_history(struct search *search)
{
    sqlite3_stmt *seqs = NULL;
    bool choosing = search->query->limit > 0 && !search->query->action_id;
    enum err_code code = sqlite_see_schema(search->store, search->err);
    if (code == ERR_OK) {
        code = prepare_record(search);
    }
    if (code == ERR_OK) {
        code = prepare_search(search, &seqs);
    }
    if (code == ERR_OK) {
        code = look_at_all(search, seqs, choosing);
    }
    sqlite3_finalize(seqs);
    if (code == ERR_OK && choosing) {
        code = read_chosen(search);
    }
    sqlite3_finalize(search->by_seq);
    return code;
}

enum err_code sqlite_history(struct store *base, const struct history_query *query,
                             const struct progress *progress, struct history **out, struct err *err)
{
    struct sqlite_store *store = sqlite_begin(base, progress);
    struct search search = {.store = store, .query = query, .err = err};
    enum err_code code = sqlite_open(store, NULL, err);
    if (code != ERR_OK) {
        return code;
    }
    strmap_init(&search.ids, 0);
    search.history = history_new();
    search.history->counts_only = query->counts_only && !history_query_asks_for_changes(query);
    code =
        sqlite_run(store, "BEGIN", "reading the audit trail", err); /* one moment for all of it */
    if (code == ERR_OK) {
        code = read_history(&search);
    }
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    if (code == ERR_OK) {
        code = sqlite_check_frozen(store, err);
    }
    if (code == ERR_OK && query->action_id && search.history->n_actions == 0) {
        code = err_set(err, ERR_NOT_FOUND, "%s has no action %s", store->path, query->action_id);
        err_hint(err, "extpool --history lists them.");
    }
    strmap_release(&search.ids);
    free(search.chosen);
    arena_release(&search.arena);
    if (code != ERR_OK) {
        history_free(search.history);
        return code;
    }
    history_seal(search.history);
    history_keep(search.history, query);
    *out = search.history;
    return ERR_OK;
}
