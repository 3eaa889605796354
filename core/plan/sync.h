#ifndef CORE_PLAN_SYNC_H
#define CORE_PLAN_SYNC_H

/*
 * What the parts of plan_sync share. Private to four files: sync_people.c joins the slots with the
 * roster; sync_serve.c finds numbers for those who have none; sync_build.c makes the changes; sync.c is
 * the planner, and tells people what they should know.
 */

#include "core/base/strmap.h"
#include "core/plan/builder.h"
#include "core/plan/number_picker.h"
#include "core/plan/plan.h"
#include "core/plan/scope.h"

#define NOBODY UINT32_MAX

/* An agent of the roster who has no extension. */
struct joiner {
    const struct agent *agent;
    struct pick pick;
    const struct slot *former; /* the one that they held last and that is still there */
    bool served;
};

struct sync {
    struct plan_builder builder;
    const struct plan_input *input;
    struct scope scope;
    const struct slot *slots;
    size_t n_slots;
    const struct agent *agents;
    size_t n_agents;
    const char **cuts; /* logins of the directories that are half of one */
    size_t n_cuts;
    struct strmap people;     /* login: index of the person; the roster's first, leavers behind */
    const struct slot **kept; /* by person: the extension that they have */
    size_t n_people, people_capacity;
    bool *given_back; /* by slot: this plan takes it from its holder */
    uint32_t *holder; /* by slot: the person, NOBODY if it is not assigned */
    struct joiner *joiners;
    size_t n_joiners;
    struct joiner **takers; /* by slot: who gets what this plan takes from somebody; or NULL */
    const char **twin_left; /* by joiner: the login of a leaver that looks like theirs, or NULL */
    const char **twin_came; /* by leaver: that of a joiner */
    struct number_picker picker;
    const char *left_cools; /* the usual reason of a release, made once */
};

/* ---- who holds what: sync_people.c */

void sync_join_holders(struct sync *sync);
/* What became of a holder who is in no directory. */
enum holder_fate sync_fate(const struct sync *sync, uint32_t person);
/* Whether the holder left, so that the number is theirs no more. An empty directory says nothing about
   anybody, and a partial one not who is missing. */
bool sync_has_left(const struct sync *sync, uint32_t person);

/* ---- who needs one: sync_serve.c */

void sync_gather_joiners(struct sync *sync);
/* Joiners who held something before get it back. */
void sync_serve_former(struct sync *sync);
/* The rest: lowest free, then longest cooling. Returns the first who gets nothing. */
size_t sync_serve_from_pool(struct sync *sync);
/* The last resort: what this plan takes from somebody. */
void sync_serve_from_leavers(struct sync *sync, size_t first);

/* ---- changes: sync_build.c */

/* Joiners and leavers whose logins look alike. */
void sync_find_twins(struct sync *sync);
/* What stays and has records that contradict each other, or that the index cannot show. */
void sync_build_repairs(struct sync *sync);
void sync_build_releases(struct sync *sync);
void sync_build_assignments(struct sync *sync);
/* What stays and is filled in or rewritten. It comes last: nobody's number hangs on it. */
void sync_build_adoptions(struct sync *sync);

#endif
