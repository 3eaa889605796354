#ifndef CORE_PLAN_DOCTOR_H
#define CORE_PLAN_DOCTOR_H

/*
 * The doctor: finds what is wrong with a store in a consistent snapshot (LOAD_CONSISTENT), and makes
 * the one plan that repairs it. Pure. All stores have the same kinds of problems, but not every kind
 * can occur on every store.
 */

#include "core/base/err.h"
#include "core/plan/plan.h"

/* kind, name in JSON, what the repair does */
#define PROBLEM_KINDS(X)                                                                           \
    X(PROBLEM_LEAKED, "leaked", "write sk_value, so that the index shows it again")                \
    X(PROBLEM_FREE_AND_ASSIGNED, "free_and_assigned", "remove the free record")                    \
    X(PROBLEM_FREE_AND_RESERVED, "free_and_reserved", "remove the free record")                    \
    X(PROBLEM_ASSIGNED_AND_RESERVED, "assigned_and_reserved", "remove the reservation")            \
    X(PROBLEM_TWO_EXTENSIONS, "two_extensions", "release all but one")                             \
    X(PROBLEM_CLAIM_MISSING, "claim_missing", "write the claim")                                   \
    X(PROBLEM_CLAIM_STALE, "claim_stale", "remove or correct the claim")                           \
    X(PROBLEM_MISSING, "missing", "create the number as free")                                     \
    X(PROBLEM_OUT_OF_RANGE, "out_of_range", "none: extend the ranges or release it")               \
    X(PROBLEM_EXEMPT_HOLDER, "exempt_holder", "release it")                                        \
    X(PROBLEM_NOT_ADOPTED, "not_adopted", "write since and by")                                    \
    X(PROBLEM_READER_UNSAFE, "reader_unsafe", "write it as text, with the same value")             \
    X(PROBLEM_CLOCK, "clock", "write the time of the repair")                                      \
    X(PROBLEM_EXPIRED, "expired", "remove them, never more than half of the trail")                \
    X(PROBLEM_TARGET, "target", "none: name another place for its calls")                          \
    X(PROBLEM_UNKNOWN_ITEM, "odd", "none: not understood, left alone")

enum problem_kind {
#define X(kind, name, fix) kind,
    PROBLEM_KINDS(X)
#undef X
};

const char *problem_kind_name(enum problem_kind kind);

struct problem {
    enum problem_kind kind;
    const char *ext;   /* NULL if it is about none */
    const char *agent; /* NULL */
    const char *detail;
    const char *fix; /* what --fix does, or what to do by hand */
    bool fixable;
    const struct slot *slot;   /* NULL */
    const struct slot *kept;   /* two_extensions, claim_...: the one that the agent keeps; NULL */
    const struct claim *claim; /* the agent's, if it is wrong or decides between two; or NULL */
};

struct diagnosis {
    struct arena arena;
    struct problem *problems;
    size_t n_problems;
    size_t capacity;
    size_t checked; /* records looked at */
};

/* Needs no roster. The problems point into input->snapshot, which has to outlive the diagnosis.
   Numbers that are missing in a row are one problem. If the snapshot is neither consistent nor exact,
   only what it shows is judged. */
struct diagnosis *doctor_examine(const struct plan_input *input);
void diagnosis_free(struct diagnosis *diagnosis);

/* One plan for everything that is fixable, each extension and claim changed once. `input` has the
   snapshot that was examined. ERR_CONFIG like plan_sync. repair.c */
enum err_code plan_repair(const struct plan_input *input, const struct diagnosis *diagnosis,
                          struct plan **out, struct err *err) ERR_CHECK;

#endif
