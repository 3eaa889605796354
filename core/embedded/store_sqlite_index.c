#include "core/embedded/store_sqlite_private.h"

#include <stdlib.h>

#include "core/plan/audit_codec.h"

#include "core/base/banned.h"

/*
 * Which record is about which extension and which agent. A record of a first sync is about
 * thousands: it is not worth as many rows, and there are few such records. So long ones are looked
 * through, and so is one that has ranges of numbers that were made.
 */

struct index_writer {
    struct sqlite_store *store;
    sqlite3_stmt *insert, *mark;
    int64_t seq;
    struct err *err;
};

static enum err_code writer_init(struct index_writer *writer, struct sqlite_store *store,
                                 struct err *err)
{
    *writer = (struct index_writer){.store = store, .err = err};
    enum err_code code = sqlite_prepare(
        store, "INSERT OR IGNORE INTO audit_subject VALUES (?1, ?2, ?3)", &writer->insert, err);
    if (code == ERR_OK) {
        code = sqlite_prepare(store, "UPDATE audit SET indexed = ?1, n_changes = ?2 WHERE seq = ?3",
                              &writer->mark, err);
    }
    return code;
}

static void writer_release(struct index_writer *writer)
{
    sqlite3_finalize(writer->insert);
    sqlite3_finalize(writer->mark);
}

static enum err_code run_once(struct index_writer *writer, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE
               ? ERR_OK
               : sqlite_fail(writer->store, result, "indexing the audit record", writer->err);
}

static enum err_code add_subject(struct index_writer *writer, int is_agent, const char *name)
{
    if (!name) {
        return ERR_OK;
    }
    sqlite3_bind_int(writer->insert, 1, is_agent);
    sqlite_bind_text(writer->insert, 2, name);
    sqlite3_bind_int64(writer->insert, 3, writer->seq);
    return run_once(writer, writer->insert);
}

static enum err_code add_subjects(struct index_writer *writer, const struct audit_change *changes,
                                  size_t n)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < n && code == ERR_OK; i++) {
        const char *left = changes[i].kind == CHANGE_REASSIGN ? changes[i].from : NULL;
        code = add_subject(writer, SUBJECT_EXTENSION, changes[i].ext);
        if (code == ERR_OK) {
            code = add_subject(writer, SUBJECT_EXTENSION, left);
        }
        if (code == ERR_OK) {
            code = add_subject(writer, SUBJECT_AGENT, changes[i].agent);
        }
    }
    return code;
}

static bool has_range(const struct audit_change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (changes[i].kind == CHANGE_CREATE && !changes[i].ext) {
            return true;
        }
    }
    return false;
}

/* Indexes the record of writer->seq, unless it is one of those that are looked through. */
static enum err_code index_changes(struct index_writer *writer, const struct audit_change *changes,
                                   size_t n)
{
    bool indexed = n < INDEXED_CHANGES && !has_range(changes, n);
    enum err_code code = indexed ? add_subjects(writer, changes, n) : ERR_OK;
    if (code == ERR_OK) {
        sqlite3_bind_int(writer->mark, 1, indexed);
        sqlite3_bind_int64(writer->mark, 2, (int64_t)n);
        sqlite3_bind_int64(writer->mark, 3, writer->seq);
        code = run_once(writer, writer->mark);
    }
    return code;
}

/* One that nobody can read stays outside of the index. */
static enum err_code index_text(struct index_writer *writer, const char *text)
{
    struct arena arena = ARENA_INIT;
    struct audit_change *changes = NULL;
    size_t n = 0;
    enum err_code code = ERR_OK;
    if (audit_decode(&arena, text, &changes, &n, NULL) == ERR_OK) {
        code = index_changes(writer, changes, n);
    }
    free(changes);
    arena_release(&arena);
    return code;
}

enum err_code sqlite_index_record(struct sqlite_store *store, int64_t seq, const char *changes,
                                  struct err *err)
{
    struct index_writer writer;
    enum err_code code = writer_init(&writer, store, err);
    writer.seq = seq;
    if (code == ERR_OK) {
        code = index_text(&writer, changes);
    }
    writer_release(&writer);
    return code;
}

enum err_code sqlite_index_all(struct sqlite_store *store, struct err *err)
{
    struct index_writer writer;
    sqlite3_stmt *records = NULL;
    int result = SQLITE_DONE;
    enum err_code code = writer_init(&writer, store, err);
    if (code == ERR_OK) {
        code = sqlite_prepare(store, "SELECT seq, changes FROM audit", &records, err);
    }
    while (code == ERR_OK && (result = sqlite3_step(records)) == SQLITE_ROW) {
        const char *changes = (const char *)sqlite3_column_text(records, 1);
        writer.seq = sqlite3_column_int64(records, 0);
        code = index_text(&writer, changes ? changes : "");
    }
    if (code == ERR_OK && result != SQLITE_DONE) {
        code = sqlite_fail(store, result, "indexing the audit trail", err);
    }
    sqlite3_finalize(records);
    writer_release(&writer);
    return code;
}
