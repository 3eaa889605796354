#ifndef SUPPORT_SQLITE_CALLS_H
#define SUPPORT_SQLITE_CALLS_H

/*
 * For the tests of the SQLite store: every call of a store at once, in this process or in a child
 * that runs as somebody else, on another disk, under a limit. A child cannot fail a test; it hands
 * back what each call said.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/plan/plan.h"
#include "core/port/store.h"

struct call {
    enum err_code code;
    char text[512];
    char hint[512];
};

struct calls {
    bool possible; /* false: the machine did not let the child prepare its case */
    struct call load, whole, history, init, apply;
    size_t n_slots;                 /* that the load showed */
    size_t n_assigned;              /* of these */
    size_t done, failed, not_tried; /* changes of the apply */
};

/* Calls load (both kinds), history, init and apply (of `n` assignments to the numbers from 5000
   up), in this order, on a new handle. `busy_timeout_ms` 0: as it is. */
void calls_make(struct calls *calls, const char *path, int width, size_t n,
                int64_t busy_timeout_ms);

/* Calls `work` in a child. */
void calls_in_child(struct calls *calls, void (*work)(struct calls *calls, void *context),
                    void *context);

/* Makes a store with the numbers 0000 to 0009, 0001 assigned to alice, and closes it. */
void sqlite_sample(const char *path);

/* A plan that assigns n numbers from 5000 up to agent-0, agent-1, ... */
struct plan *sqlite_plan(const struct snapshot *snapshot, size_t n);

/* Applies it under a new action id. */
enum err_code sqlite_apply_plan(struct store *store, struct plan *plan,
                                const struct progress *progress, struct err *err);

/* Runs SQL on the file with SQLite alone, as somebody with a shell would. */
void sqlite_by_hand(const char *path, const char *sql);

/* Runs SQL that begins a transaction, in a process that is gone before it ends: as a power cut leaves
   the file and its journal. */
void sqlite_cut_off(const char *path, const char *sql);

#endif
