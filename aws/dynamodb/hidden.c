#include "aws/dynamodb/ddb.h"

#include "core/base/banned.h"
#include "core/base/log.h"

/*
 * Numbers of the ranges that the index does not show. The old program gave one back without
 * sk_value; or somebody wrote a moment ago and the index lags; or nobody has made the number yet.
 * The table itself tells, by key, or if there are many by one scan.
 *
 * A number that has no item at all is looked for twice, some seconds apart: the old program takes a
 * number in two calls, a delete and a put, and may stand between them. A table without any number
 * has nothing that it could have taken.
 */

#define BY_KEY_MAX 1000
#define BETWEEN_LOOKS_MS 3000

static void on_got(void *context, const struct err *err)
{
    ddb_take_err(context, err);
}

static void want_missing(struct ddb_get *get, const struct policy *policy,
                         const struct snapshot *snapshot)
{
    char ext[EXT_ROOM] = "";
    while (policy_next_ext(policy, ext)) {
        if (!snapshot_find(snapshot, ext)) {
            ddb_get_want_slot(get, ext);
        }
    }
}

static void add_found(struct snapshot *snapshot, const struct ddb_get *get,
                      const struct policy *policy)
{
    char ext[EXT_ROOM] = "";
    while (policy_next_ext(policy, ext)) {
        const struct slot *slot = ddb_get_slot(get, ext);
        if (slot && slot->state != SLOT_ABSENT) {
            *snapshot_add(snapshot, ext) = slot_copy(&snapshot->arena, slot);
        }
    }
    snapshot_seal(snapshot);
}

static enum err_code look_by_key(struct ddb *ddb, const struct policy *policy,
                                 struct snapshot *snapshot, struct err *err)
{
    struct err failed = ERR_INIT;
    struct ddb_get *get = ddb_get_new(ddb, policy->width);
    want_missing(get, policy, snapshot);
    ddb_get_start(get, on_got, &failed);
    enum err_code code = http_run(client_http(ddb->client), &failed);
    code = failed.code != ERR_OK ? failed.code : code;
    if (code == ERR_OK) {
        add_found(snapshot, get, policy);
    } else {
        code = ddb_explain(ddb, &failed);
        ddb_take_err(err, &failed);
    }
    ddb_get_free(get);
    return code;
}

/* Everything is read anew: what the index showed is in it too. */
static enum err_code look_by_scan(struct ddb *ddb, const struct policy *policy,
                                  const struct progress *progress, struct snapshot **snapshot,
                                  struct err *err)
{
    snapshot_unref(*snapshot);
    *snapshot = NULL;
    enum err_code code = ddb_scan(ddb, policy, progress, snapshot, err);
    if (code == ERR_OK) {
        (*snapshot)->consistent = false;
        (*snapshot)->exact = false;
    }
    return code;
}

enum err_code ddb_find_hidden(struct ddb *ddb, const struct policy *policy,
                              const struct progress *progress, struct snapshot **out,
                              struct err *err)
{
    struct http *http = client_http(ddb->client);
    enum err_code code = ERR_OK;
    for (int look = 0; look < 2 && code == ERR_OK; look++) {
        uint64_t missing = policy_missing(policy, *out);
        if (missing == 0 || (look > 0 && (*out)->n_slots == 0)) {
            break;
        }
        log_line(LOG_INFO, "dynamodb", "the index does not show %llu numbers of the ranges",
                 (unsigned long long)missing);
        ddb_progress(
            ddb, progress,
            (struct progress_report){.phase = "looking for numbers that the index does not show",
                                     .total = missing});
        http_set_progress(http, progress);
        if (look > 0) {
            code = ddb_wait(ddb, BETWEEN_LOOKS_MS, err);
        }
        if (code == ERR_OK) {
            code = missing > BY_KEY_MAX ? look_by_scan(ddb, policy, progress, out, err)
                                        : look_by_key(ddb, policy, *out, err);
        }
        http_set_progress(http, NULL);
    }
    if (code == ERR_OK) {
        (*out)->complete = true;
    } else {
        snapshot_unref(*out);
        *out = NULL;
    }
    return code;
}
