#include "core/embedded/store_sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/embedded/store_sqlite_private.h"

static enum err_code store_load(struct store *base, const struct policy *policy,
                                enum load_mode mode, const struct progress *progress,
                                struct snapshot **out, struct err *err)
{
    struct sqlite_store *store = sqlite_begin(base, progress);
    struct snapshot *snapshot = NULL;
    enum err_code code = sqlite_open(store, policy, err);
    if (code != ERR_OK) {
        return code;
    }
    /* One moment for all of it. */
    code = sqlite_begin_moment(store, err);
    if (code == ERR_OK) {
        code = sqlite_read_all(store, policy, mode, &snapshot, err);
    }
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    if (code == ERR_OK) {
        code = sqlite_check_frozen(store, err);
    }
    if (code != ERR_OK) {
        snapshot_unref(snapshot);
        return code;
    }
    *out = snapshot;
    return ERR_OK;
}

/* ---- the rest of the calls ------------------------------------------------------------------ */

static enum err_code store_init(struct store *base, const struct policy *policy,
                                const struct progress *progress, struct port_info *warnings,
                                struct err *err)
{
    return sqlite_create(sqlite_begin(base, progress), policy, warnings, err);
}

static enum err_code store_lookup(struct store *base, const struct policy *policy,
                                  const struct store_lookup *wanted,
                                  const struct progress *progress, struct store_found *out,
                                  struct err *err)
{
    return sqlite_lookup(sqlite_begin(base, progress), policy, wanted, out, err);
}

static void store_facts(struct store *base, struct port_info *facts)
{
    const struct sqlite_store *store = (const struct sqlite_store *)base;
    struct stat now;
    port_info_set(facts, "path", "%s", store->path);
    if (stat(store->path, &now) == 0) {
        port_info_set(facts, "bytes", "%lld", (long long)now.st_size);
    }
    port_info_set(facts, "sqlite", "%s", sqlite3_libversion());
    if (store->frozen) {
        port_info_set(facts, "access", "read only");
    }
}

static void store_release(struct store *base)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sqlite_close(store);
    free(store->path);
    free(store->real);
    free(store);
}

void store_sqlite_set_patience(struct store *base, int64_t busy_timeout_ms)
{
    ((struct sqlite_store *)base)->busy_timeout_ms = busy_timeout_ms;
}

void store_sqlite_set_mode(struct store *base, unsigned mode, bool also_of_old)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    store->mode = mode;
    store->mode_of_old = also_of_old;
}

struct store *store_sqlite_new(const char *path, const struct clock *clock)
{
    static const struct store_ops s_ops = {
        .init = store_init,
        .load = store_load,
        .read_changes = sqlite_read_changes,
        .lookup = store_lookup,
        .read_rows = sqlite_read_rows,
        .apply = sqlite_apply,
        .history = sqlite_history,
        .published = sqlite_published,
        .note_published = sqlite_note_published,
        .facts = store_facts,
        .free = store_release,
    };
    struct sqlite_store *store = mem_alloc(sizeof *store);
    store->base.ops = &s_ops;
    store->base.uri = mem_printf("sqlite:%s", path);
    store->path = mem_strdup(path);
    store->clock = clock;
    store->busy_timeout_ms = PATIENCE_MS;
    store->mode = 0600;
    return &store->base;
}

const char *store_sqlite_library_version(void)
{
    return sqlite3_libversion();
}

enum err_code store_sqlite_look(const char *path, const struct policy *policy, struct err *err)
{
    struct store *base = store_sqlite_new(path, &clock_system);
    enum err_code code = sqlite_look((struct sqlite_store *)base, policy, err);
    store_free(base);
    return code;
}
