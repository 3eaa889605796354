#include "core/embedded/store_sqlite_private.h"

#include <string.h>

#include "core/base/banned.h"

/* Point reads: one row by its key, or by the index of holders. Nothing else of the pool is read. */

static enum err_code prepare_lookup(struct sqlite_store *store, const struct store_lookup *wanted,
                                    sqlite3_stmt **query, struct err *err)
{
    char *sql =
        sqlite3_mprintf("SELECT %s FROM extension WHERE %s", sqlite_slot_columns(store),
                        wanted->ext ? "extension = ?1" : "agent = ?1 AND state = 'assigned'");
    enum err_code code =
        sql ? sqlite_prepare(store, sql, query, err) : err_set(err, ERR_NOMEM, "no memory left");
    sqlite3_free(sql);
    if (code == ERR_OK) {
        sqlite_bind_text(*query, 1, wanted->ext ? wanted->ext : wanted->agent);
    }
    return code;
}

/* Whether its time can be believed: the audit trail's last records say it. */
static enum err_code judge(struct sqlite_store *store, const struct policy *policy,
                           struct store_found *found, struct err *err)
{
    struct snapshot *alone = snapshot_new();
    *snapshot_add(alone, found->slot.ext) = found->slot;
    enum err_code code = sqlite_judge_time(store, policy, false, alone, err);
    found->slot.time = alone->slots[0].time;
    found->time = alone->time;
    found->time.note = NULL; /* it lives in the snapshot */
    snapshot_unref(alone);
    return code;
}

enum err_code sqlite_lookup(struct sqlite_store *store, const struct policy *policy,
                            const struct store_lookup *wanted, struct store_found *out,
                            struct err *err)
{
    sqlite3_stmt *query = NULL;
    const char *why = NULL;
    *out = (struct store_found){.slot = {.state = SLOT_ABSENT}};
    if (wanted->ext) {
        memcpy(out->slot.ext, wanted->ext, strnlen(wanted->ext, EXT_WIDTH_MAX));
    }
    enum err_code code = sqlite_open(store, policy, err);
    if (code == ERR_OK) {
        code = prepare_lookup(store, wanted, &query, err);
    }
    if (code == ERR_OK) {
        int result = sqlite3_step(query);
        if (result == SQLITE_ROW &&
            !sqlite_slot(wanted->arena, query, policy->width, &out->slot, &why)) {
            code = err_set(err, ERR_INPUT, "%s: the record of %s is damaged: %s", store->path,
                           wanted->ext ? wanted->ext : wanted->agent, why);
            err_hint(err, "extpool --doctor shows what is wrong with it");
        } else if (result != SQLITE_ROW && result != SQLITE_DONE) {
            code = sqlite_fail(store, result, "looking up one record", err);
        }
    }
    sqlite3_finalize(query);
    if (code == ERR_OK && out->slot.state != SLOT_ABSENT) {
        code = judge(store, policy, out, err);
    }
    return code;
}
