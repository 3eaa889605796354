#ifndef CORE_PLAN_PLAN_H
#define CORE_PLAN_PLAN_H

/*
 * Plans. Every change, be it a sync, one key press, an import, a repair or an undo, is first a
 * plan: a list of changes with a reason each, made by pure functions without I/O from an immutable
 * snapshot. --dry-run prints it, the console shows it, guards judge it, the audit trail stores
 * it, and only a store's `apply` writes it, each change on the condition that what the plan saw is
 * still there.
 *
 *     struct plan *plan = NULL;
 *     if (plan_sync(&input, &plan, &err) == ERR_OK) {
 *         guard_judge(plan, &verdict);
 *         store->ops->apply(store, plan, &context, progress, &err);
 *     }
 *     plan_free(plan);
 *
 * A plan holds a reference on its snapshot and its roster. It belongs to one thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"
#include "core/pool/request.h"

/* ---- changes ----------------------------------------------------------------------------- */

/* result, name in JSON, name for people */
#define CHANGE_RESULTS(X)                                                                          \
    X(RESULT_PLANNED, "planned", "planned")                                                        \
    X(RESULT_DONE, "done", "done")                                                                 \
    X(RESULT_CONFLICT, "conflict", "conflict") /* what the plan saw is not there any more */       \
    X(RESULT_FAILED, "failed", "failed")                                                           \
    X(RESULT_SKIPPED, "skipped", "skipped")       /* left out, or already applied */               \
    X(RESULT_NOT_TRIED, "not_tried", "not tried") /* the apply ended before its turn */            \
    X(RESULT_IN_DOUBT, "in_doubt", "in doubt")    /* sent; what became of it is not known */

enum change_result {
#define X(result, name, text) result,
    CHANGE_RESULTS(X)
#undef X
};

const char *change_result_name(enum change_result result);
const char *change_result_text(enum change_result result);

/* What happens to one extension. `before` is what the plan saw, in its snapshot; NULL or state
   SLOT_ABSENT: no record. `after` is what the plan puts there. If several changes of a group touch
   one extension, all have the same `before`, and the `after` of the last one is what stands. */
struct step {
    const struct slot *before;
    struct slot after;
};

/* What happens to a claim, if it is not simply that of the agent who gets or loses an
   extension (repairs only). */
struct claim_step {
    const char *agent;
    const char *before; /* ext of the claim that was seen; NULL: none */
    const char *after;  /* NULL: it goes */
    bool tolerant;      /* no claim, or one that says `after` already, is fine too */
};

/* What happens to an agent's exemption. NULL: none. With neither it is a condition alone: nobody has
   said that the agent is exempt. */
struct exempt_step {
    const char *agent;
    const struct exempt *before; /* what the plan saw */
    const struct exempt *after;
};

/* What is done to the audit trail (repairs only). */
struct trail_step {
    bool trust_clock;     /* the present records no longer count as a clock; else ... */
    int64_t expired_by_s; /* those that had expired by then are removed, the oldest first, */
    size_t n_records;     /* at most this many */
};

/* `why` of a change begins with this if nothing but a person's wish is behind it. */
#define PLAN_ASKED_FOR "asked for"

struct change {
    enum change_kind kind;
    enum change_result result;
    bool left_out;        /* the operator took the row out of the plan: not applied */
    bool refused;         /* the request is not possible, and `detail` says why: always left out */
    bool already_applied; /* with RESULT_SKIPPED: it was already applied */
    bool by_number;       /* release: asked for by the number, not by the agent who holds it */
    bool any_number;      /* assign: any number will do */
    bool chosen;          /* assign: the pool chose the number; nobody named it */
    uint16_t chosen_of;   /* the group whose numbers it was chosen from; GROUP_NONE: of no group */
    uint8_t n_chosen;     /* how often it was chosen again: another took the number meanwhile */
    uint32_t group;       /* changes with the same number, other than 0, are applied together or not
                          at all; they stand next to each other */
    size_t request;       /* 1 + index of the request that it comes from; 0: from none */
    const char *ext;      /* the extension it is about; of a reassign the new one */
    const char *agent;    /* NULL if it is about nobody */
    const char *from; /* assign, release, reassign: the extension the agent had; pin, reserve, */
    const char *to;   /* exempt and their opposites: the note. NULL: none. `to`: what comes */
    const char *why;
    const char *detail; /* after apply: what was there instead, or why it failed; NULL */
    struct step
        *steps; /* one, two for a reassign, none for a repair of a claim alone or an exempt */
    size_t n_steps;
    struct claim_step *claim;   /* NULL but in repairs */
    struct trail_step *trail;   /* NULL but in repairs */
    struct exempt_step *exempt; /* NULL but in exempt, unexempt, and an assign that was asked for */
};

/* Whether the row is to be written: not left out, and not known beforehand to conflict or to be
   already applied. */
bool change_is_tried(const struct change *change);

/* What the change is about, for a sentence: the extension, or the agent if there is none. */
const char *change_subject(const struct change *change);

/* What a change that is about where calls go (reserve, set) leaves behind: target, until_s and
   own->fallback of it count. NULL: it is another change. */
const struct slot *change_calls(const struct change *change);

/* A number that can be chosen in place of one that went to somebody else. */
struct spare {
    const struct slot *slot; /* NULL: used up */
    uint16_t group;          /* of these only for a change that is chosen_of it */
};

/* A group of which a plan would take more than it may. */
struct withheld_group {
    const char *name;
    int64_t people;
    int64_t allowed;
    const char *text; /* "would take or change the numbers of 12 of 40 in leeds (limit 10 %)" */
};

/* ---- the plan ---------------------------------------------------------------------------- */

struct plan {
    struct arena arena;
    const char *action; /* "sync", "assign", "undo", ... */
    const char *undoes; /* the id of the action that it takes back; NULL: it is no undo */
    const char *whose;  /* an undo of somebody else's action: theirs; NULL: not so */
    const struct snapshot *snapshot; /* what was seen; referenced */
    const struct roster *roster;     /* NULL if no directory was read; referenced */
    int64_t now_s;
    struct change *changes;
    size_t n_changes;
    size_t capacity;
    size_t counts[CHANGE_KIND_COUNT]; /* without the rows left out; see plan_count */
    size_t keep;                      /* agents who keep what they have */
    const char **unassigned;          /* logins for whom nothing was left */
    size_t n_unassigned;
    const char **no_group; /* logins that no group matches: they get no number */
    size_t n_no_group;
    const char **group_unknown; /* logins whose group is not known: nothing is done about them */
    size_t n_group_unknown;
    struct withheld_group *withheld_groups; /* groups over their limit: nothing is taken there */
    size_t n_withheld_groups;
    bool derived;           /* the program chose the rows; otherwise a person named each */
    size_t assigned_before; /* assigned extensions seen */
    size_t holders;         /* people who hold one; 0: not counted */
    const char *partial;    /* why the directory may lack somebody; NULL: it is whole */
    size_t withheld;        /* holders who are not in a partial directory and keep their numbers */
    size_t foreign;         /* holders of sources that were not read: left alone */
    size_t unknown_origin;  /* holders without a source who may be anybody's: left alone */
    size_t missing;         /* numbers of the ranges that the snapshot does not show and
                               that the plan does not create */
    struct spare *spares;   /* the next numbers that would be chosen; see plan_choose_again */
    size_t n_spares;
    const char **notes; /* lines for people: "pinned: ...", "12 numbers ..." */
    size_t n_notes;
    bool unsure; /* of a partial snapshot, which does not tell enough: to be planned again on all */
};

struct plan *plan_new(const char *action, const struct snapshot *snapshot,
                      const struct roster *roster, int64_t now_s);
void plan_free(struct plan *plan);

/* Whether it is the plan of a sync: judged against an empty directory, and published afterwards. */
bool plan_is_sync(const struct plan *plan);
/* Whether it does less than was asked for because a directory was not read to its end: holders keep
   their numbers, or the newcomers of a whole directory are not known. */
bool plan_lacks_directory(const struct plan *plan);

/* Whether the program chooses the rows of such an action (sync, repair), or a person names each one
   (edits, imports). */
bool plan_action_derives(const char *action);

/* A change with room for its steps; copies ext and agent, `why` is formatted. The pointer holds
   until the next one is added. For the planners. */
struct change *plan_add(struct plan *plan, enum change_kind kind, const char *ext,
                        const char *agent, size_t n_steps, const char *why, ...)
    __attribute__((format(printf, 6, 7)));
void plan_note(struct plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Nothing was left for them; no group matches them; their group is not known. */
void plan_unassign(struct plan *plan, const char *login);
void plan_add_no_group(struct plan *plan, const char *login);
void plan_add_group_unknown(struct plan *plan, const char *login);

/* Takes the row out of the plan or back in, and with it all rows of its group. Counts again. A row
   that is refused stays out. */
void plan_leave_out(struct plan *plan, size_t index, bool left_out);

/* The end of the unit (a change alone, or a whole group) that begins at `first`. */
size_t plan_unit_end(const struct plan *plan, size_t first);

/* Counts again, after `left_out` was set by hand: a group with one such row is left out whole. */
void plan_count(struct plan *plan);

/* At the end of an apply: rows without a result were left out, with their whole group (skipped), or
   not reached (not_tried). Returns how many were not reached. */
size_t plan_settle_rest(struct plan *plan);

/* For a store that applies a plan: the unit [first, end) lost its number to somebody else. If the
   pool had chosen that number, the change gets another one and is to be tried again, at most
   PLAN_CHOICES_MAX times. False: the unit is unchanged, and is a conflict. */
#define PLAN_CHOICES_MAX 5
bool plan_choose_again(struct plan *plan, size_t first, size_t end);

/* How many changes have this result. */
size_t plan_results(const struct plan *plan, enum change_result result);

/* Whether there is a change that is not left out. */
bool plan_has_work(const struct plan *plan);

/* ---- planners (pure) --------------------------------------------------------------------- */

struct plan_input {
    const struct policy *policy;
    const struct snapshot *snapshot;
    const struct roster *roster; /* NULL if the action needs no directory */
    int64_t now_s;
    const char *actor;       /* goes into `by` */
    const bool *listed;      /* by slot: the published list has it; NULL: not known */
    const char *makes_store; /* the store is not there: applying the plan makes it. NULL: it is */
    const char *take_over;   /* sync: holders of this source count as those of a directory that was
                                read; "none": those without a source. NULL: nobody's */
    bool still_reading;      /* the roster is not complete yet: who is not in it is not read yet */
};

/* Everyone in the roster has an extension, nobody else. Creates the missing numbers if
   the snapshot is exact or empty, adopts what the old program wrote, repairs what a normal read
   can see. An empty roster takes nothing from anybody. ERR_CONFIG if more numbers than
   PLAN_CREATE_MAX would have to be created. sync.c */
#define PLAN_CREATE_MAX 10000000
enum err_code plan_sync(const struct plan_input *input, struct plan **out,
                        struct err *err) ERR_CHECK;

/* Creates the numbers of the ranges that are missing. sync.c */
enum err_code plan_init(const struct plan_input *input, struct plan **out,
                        struct err *err) ERR_CHECK;

/* A request that cannot be planned, and why. */
struct refusal {
    size_t request; /* index */
    size_t line;
    const char *text; /* one line: what is wrong */
};

struct refusals {
    struct arena arena;
    struct refusal *items;
    size_t n_items;
    size_t capacity;
};
void refusals_init(struct refusals *refusals);
void refusals_release(struct refusals *refusals);

/* All requests become one plan, or none does: with ERR_INPUT, `refusals` (may be NULL) has every
   request that is not possible, and err the first; ERR_POOL_EMPTY if all that is wrong is that
   no number is left. The requests hold at once, in no order. Those that form a chain (alice leaves
   2041, bob takes it) become one group, of at most PLAN_GROUP_MAX changes. A request that is
   already applied is a row that is skipped, with the reason. A pin or a release may name the
   extension instead of the agent. `action` is the plan's name. On a partial snapshot only a plan that
   is not `unsure` counts; a refusal may be wrong. edit.c */
#define PLAN_GROUP_MAX 30
enum err_code plan_edit(const struct plan_input *input, const char *action,
                        const struct request *requests, size_t n_requests,
                        struct refusals *refusals, struct plan **out, struct err *err) ERR_CHECK;

/* The same, but what is not possible is left out, and the rest is planned. Each refused request is a
   row that is `refused`, behind the others; what depends on it is refused too. Each change names its
   request. edit.c */
struct plan *plan_edit_possible(const struct plan_input *input, const char *action,
                                const struct request *requests, size_t n_requests);

#endif
