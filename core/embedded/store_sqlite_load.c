/* All of the pool in one moment. */
#include "core/embedded/store_sqlite_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define ROWS_BETWEEN_CANCELS 8192

struct unknown_items {
    struct unknown_item *items;
    size_t n_items;
    size_t capacity;
};

static void add_unknown_item(struct unknown_items *unknown_items, struct arena *arena,
                             const char *key, const char *detail)
{
    if (unknown_items->n_items == unknown_items->capacity) {
        unknown_items->capacity = unknown_items->capacity ? unknown_items->capacity * 2 : 16;
        unknown_items->items =
            mem_resize(unknown_items->items, unknown_items->capacity, sizeof *unknown_items->items);
    }
    unknown_items->items[unknown_items->n_items++] = (struct unknown_item){
        .key = arena_strdup(arena, key), .detail = arena_strdup(arena, detail)};
}

static void add_odd_row(struct unknown_items *unknown_items, struct arena *arena, sqlite3_stmt *row,
                        const char *why)
{
    const char *key = (const char *)sqlite3_column_text(row, 0);
    add_unknown_item(unknown_items, arena, text_sanitise(arena, key ? key : "(none)"), why);
}

/* Ten thousand rows were written by a handful of actors: one copy of a name is enough. */
static void share_actor(struct snapshot *snapshot, struct slot *slot)
{
    const struct slot *last = snapshot->n_slots > 1 ? slot - 1 : NULL;
    if (last && last->by && slot->by && last->by != slot->by && strcmp(last->by, slot->by) == 0) {
        slot->by = last->by;
    }
}

static enum err_code read_rows(struct sqlite_store *store, int width, struct snapshot *snapshot,
                               struct unknown_items *unknown_items, struct err *err)
{
    sqlite3_stmt *rows = NULL;
    char *query =
        sqlite3_mprintf("SELECT %s FROM extension ORDER BY extension", sqlite_slot_columns(store));
    enum err_code code = query ? sqlite_prepare(store, query, &rows, err)
                               : err_set(err, ERR_NOMEM, "no memory left");
    sqlite3_free(query);
    int result = SQLITE_DONE;
    size_t n_rows = 0;
    while (code == ERR_OK && (result = sqlite3_step(rows)) == SQLITE_ROW) {
        struct slot slot;
        const char *why;
        if (sqlite_slot(&snapshot->arena, rows, width, &slot, &why)) {
            struct slot *added = snapshot_add(snapshot, slot.ext);
            *added = slot;
            share_actor(snapshot, added);
        } else {
            add_odd_row(unknown_items, &snapshot->arena, rows, why);
        }
        if (++n_rows % ROWS_BETWEEN_CANCELS == 0) {
            progress_update(store->progress, &(struct progress_report){.phase = "reading the store",
                                                                       .done = n_rows});
            if (progress_cancel(store->progress) != CANCEL_NO) {
                code = err_set(err, ERR_CANCELLED, "stopped while reading %s", store->path);
            }
        }
    }
    if (code == ERR_OK && result != SQLITE_DONE) {
        code = sqlite_fail(store, result, "reading it", err);
    }
    sqlite3_finalize(rows);
    return code;
}

/* What SQLite itself finds wrong with pages, indexes and CHECKs. */
static enum err_code check_integrity(struct sqlite_store *store, struct snapshot *snapshot,
                                     struct unknown_items *unknown_items, struct err *err)
{
    sqlite3_stmt *lines = NULL;
    enum err_code code = sqlite_prepare(store, "PRAGMA integrity_check(100)", &lines, err);
    int result = SQLITE_DONE;
    while (code == ERR_OK && (result = sqlite3_step(lines)) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(lines, 0);
        if (line && strcmp(line, "ok") != 0) {
            add_unknown_item(unknown_items, &snapshot->arena, "integrity_check",
                             text_sanitise(&snapshot->arena, line));
        }
    }
    if (code == ERR_OK && result != SQLITE_DONE) {
        code = sqlite_fail(store, result, "checking it", err);
    }
    sqlite3_finalize(lines);
    int64_t indexes = 0;
    if (code == ERR_OK) {
        code = sqlite_number(store,
                             "SELECT count(*) FROM sqlite_master WHERE type = 'index'"
                             " AND name = 'one_extension_per_agent'",
                             &indexes, err);
    }
    if (code == ERR_OK && indexes == 0) {
        add_unknown_item(unknown_items, &snapshot->arena, "one_extension_per_agent",
                         "the index that keeps an agent from having two extensions is missing");
    }
    return code;
}

static enum err_code read_slots(struct sqlite_store *store, int width, enum load_mode mode,
                                struct snapshot *snapshot, struct err *err)
{
    struct unknown_items unknown_items = {.items = NULL};
    enum err_code code = sqlite_see_schema(store, err);
    if (code == ERR_OK) {
        code = read_rows(store, width, snapshot, &unknown_items, err);
    }
    if (code == ERR_OK) {
        code = sqlite_read_exempts(store, NULL, snapshot, err);
    }
    /* A row that is not understood still occupies its number: it must not look as if absent. */
    snapshot->exact = unknown_items.n_items == 0;
    if (code == ERR_OK && mode == LOAD_CONSISTENT) {
        code = check_integrity(store, snapshot, &unknown_items, err);
        snapshot->consistent = true;
        if (unknown_items.n_items > 0) {
            size_t bytes = unknown_items.n_items * sizeof *unknown_items.items;
            snapshot->unknown_items = arena_alloc(&snapshot->arena, bytes);
            memcpy(snapshot->unknown_items, unknown_items.items, bytes);
            snapshot->n_unknown_items = unknown_items.n_items;
        }
    }
    free(unknown_items.items);
    return code;
}

enum err_code sqlite_read_all(struct sqlite_store *store, const struct policy *policy,
                              enum load_mode mode, struct snapshot **out, struct err *err)
{
    struct snapshot *snapshot = snapshot_new();
    snapshot->read_at_s = clock_now_s(store->clock);
    enum err_code code = read_slots(store, policy->width, mode, snapshot, err);
    if (code == ERR_OK) {
        code = sqlite_mark(store, &snapshot->mark, err);
    }
    if (code == ERR_OK) {
        code = sqlite_judge_time(store, policy, mode == LOAD_CONSISTENT, snapshot, err);
    }
    if (code != ERR_OK) {
        snapshot_unref(snapshot);
        return code;
    }
    snapshot_seal(snapshot);
    *out = snapshot;
    return ERR_OK;
}
