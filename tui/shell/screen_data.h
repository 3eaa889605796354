#ifndef TUI_SHELL_SCREEN_DATA_H
#define TUI_SHELL_SCREEN_DATA_H

/*
 * What the console shows: the extensions of a store and the agents of a directory at one moment,
 * joined. Made on the worker's thread, immutable, counted by reference like the snapshot and the
 * roster in it, swapped whole.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/port_info.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"
#include "core/session/session.h"

struct world {
    struct arena arena;
    const struct policy *policy;     /* the session's: a world does not outlive it */
    const struct snapshot *snapshot; /* NULL: not read yet */
    const struct roster *roster;     /* NULL: not read yet, or no directory */
    bool partial;                    /* more agents are still coming */
    struct agent_rows agents;
    uint64_t counts[EXT_STATE_COUNT];
    uint64_t total; /* numbers in the pool */
    size_t n_pinned;
    int login_columns, name_columns; /* of the screen, that most of them need */
    int64_t now_s;                   /* when states were judged */
    const char *actor;               /* NULL: not known yet */
    struct facts facts;
    unsigned long references;
};

/* Takes a reference of each (both may be NULL) and joins them. */
struct world *world_new(const struct policy *policy, const struct snapshot *snapshot,
                        const struct roster *roster, bool partial, int64_t now_s);
struct world *world_ref(struct world *world);
void world_unref(struct world *world); /* NULL is fine */

/* Binary searches; NULL where there is none. */
const struct agent_row *world_find_agent(const struct world *world, const char *login);
const struct slot *world_find_slot(const struct world *world, const char *ext);

/* What the STATE column says: "ok", "NEW", "STALE", "PIN"; and what a filter finds ("ok pinned").
 */
const char *world_agent_mark(const struct world *world, const struct agent_row *row);
const char *world_agent_states(const struct world *world, const struct agent_row *row);
const char *world_slot_states(const struct world *world, const struct slot *slot);

#endif
