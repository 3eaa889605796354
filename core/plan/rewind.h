#ifndef CORE_PLAN_REWIND_H
#define CORE_PLAN_REWIND_H

/*
 * What a store held at a moment of the past: what it holds now, wound back with the audit trail. Pure.
 *
 *     struct history_query query = rewind_query(at_ms);
 *     ... history: what answers it, with its changes ...
 *     struct rewound *then = rewind_snapshot(now, history, at_ms);
 *     ... then->snapshot, then->doubts ...
 *     rewound_free(then);
 *
 * Of each number, the changes after the moment are taken back, the newest first. What a change left there has to be
 * what is found; else something was written without a record, and what was before is not known. Nor is it
 * if a number holds what it holds since a later time than the moment, and no record tells from where.
 * Such a number stands in the snapshot as SLOT_ABSENT, with a note that says so.
 * If somebody's number was adopted, all that is known is that they held it before.
 */

#include "core/plan/audit.h"
#include "core/plan/audit_query.h"

enum rewind_doubt_kind {
    DOUBT_NOT_KNOWN_BEFORE, /* what it was is only known from that time on */
    DOUBT_HELD_BEFORE       /* its holder held it already, and nobody knows since when */
};

struct rewind_doubt {
    char ext[EXT_ROOM];
    enum rewind_doubt_kind kind;
    int64_t at_ms; /* not known before then; adopted then */
};

struct rewound {
    struct snapshot *snapshot;   /* sealed, one reference; its time is the moment */
    struct rewind_doubt *doubts; /* sorted by number */
    size_t n_doubts, capacity;
};

/* The changes that have to be taken back to get to the moment. A store may give more. */
struct history_query rewind_query(int64_t at_ms);

/* `now` was read before the history. What was written in the seconds in between, and is not in it yet, is
   no contradiction. */
struct rewound *rewind_snapshot(const struct snapshot *now, const struct history *history,
                                int64_t at_ms);
/* The same of this number alone; NULL: of all. */
struct rewound *rewind_one(const struct snapshot *now, const struct history *history,
                           const char *ext, int64_t at_ms);
void rewound_free(struct rewound *rewound); /* NULL is fine */

/* Of how many numbers it is not known what they were. */
size_t rewound_unknown(const struct rewound *rewound);

/* NULL: there is none about this number. */
const struct rewind_doubt *rewound_doubt(const struct rewound *rewound, const char *ext);

#endif
