#ifndef CORE_SESSION_HEALTH_H
#define CORE_SESSION_HEALTH_H

/*
 * Health: what --status --check and --metrics tell of a store, from what a cheap read shows.
 *
 *     struct health health;
 *     health_look(&use, &health);
 *     ... health.findings, health.exit ...
 *     health_release(&health);
 *
 * It costs what --status costs, the newest few records of the audit trail, and one point read for
 * each number that looks damaged on a store whose index may lag. What only a scan can find is the
 * doctor's.
 */

#include "core/session/group_tally.h"
#include "core/session/last_sync.h"
#include "core/session/rows.h"
#include "core/session/usecase.h"

/* kind, name, exit status; the first one that was found decides the status */
#define HEALTH_KINDS(X)                                                                            \
    X(HEALTH_CANNOT_TELL, "cannot_tell", 1)                                                        \
    X(HEALTH_DAMAGE, "damage", 3)                                                                  \
    X(HEALTH_CONFLICTS, "conflicts", 3)                                                            \
    X(HEALTH_EXHAUSTED, "exhausted", 5)                                                            \
    X(HEALTH_LOW, "low", 7)

enum health_kind {
#define X(kind, name, exit) kind,
    HEALTH_KINDS(X)
#undef X
        HEALTH_KIND_COUNT
};

const char *health_kind_name(enum health_kind kind);

struct finding {
    enum health_kind kind;
    const char *ext;   /* NULL if it is about none */
    const char *agent; /* NULL */
    const char *detail;
};

struct health {
    struct arena arena;
    struct finding *findings; /* by kind, the worst first */
    size_t n_findings, room;
    int exit;
    /* what was read */
    bool has_store; /* what follows holds */
    uint64_t counts[EXT_STATE_COUNT];
    struct pool_level level;
    struct group_tallies groups; /* with groups each one is judged, and not the pool as a whole */
    bool has_directory; /* it is configured, and was read to its end: `rows` and `n_agents` hold */
    bool wants_directory;
    struct agent_rows rows;
    size_t n_agents;
    struct last_sync last;
};

/* Reads the store, the directory if there is one, and the end of the trail, and judges. What cannot
   be read is a finding. */
void health_look(struct usecase *use, struct health *health);
void health_release(struct health *health);

/* What the newest actions of the trail and the last sync say; pure, a part of health_look. `now_ms` is
   the store's time. */
void health_judge_trail(struct health *health, const struct history *history, int64_t now_ms);

#endif
