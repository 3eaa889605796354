#ifndef CORE_SESSION_SOURCES_H
#define CORE_SESSION_SOURCES_H

/*
 * Where the holders of a store come from, as the store has it (slot_source), and which of these sources
 * this context reads.
 */

#include "core/base/arena.h"
#include "core/session/session.h"

struct source_count {
    const char *source; /* the id of a Connect instance or the name of a file; NULL: not known */
    size_t n_numbers;
    bool here; /* a directory of this context; of those not known: it is no other's */
};

struct source_counts {
    struct source_count *items; /* in the order of the numbers */
    size_t n;
};

/* In `arena`. Opens the directories, without any I/O of theirs; if that fails none is `here`. */
void session_count_sources(struct session *session, const struct snapshot *snapshot,
                           struct arena *arena, struct source_counts *out);

/* Whether the slot is held by somebody of a source that is not `here`. */
bool source_counts_foreign(const struct source_counts *counts, const struct slot *slot);

#endif
