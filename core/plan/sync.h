#ifndef CORE_PLAN_SYNC_H
#define CORE_PLAN_SYNC_H

/*
 * What the parts of plan_sync share. Private to five files: sync_people.c joins the slots with the
 * roster; sync_groups.c says what belongs to a group; sync_serve.c finds numbers for those who need one;
 * sync_build.c makes the changes; sync.c is the planner, and tells people what they should know.
 */

#include "core/base/strmap.h"
#include "core/plan/builder.h"
#include "core/plan/number_picker.h"
#include "core/plan/plan.h"
#include "core/plan/scope.h"

#define NOBODY UINT32_MAX

/* Somebody who is to get a number: an agent of the roster who has none, or one who moves to the numbers of
   their group. */
struct joiner {
    const struct agent *agent;
    const struct slot *from;   /* of one who moves: the number that they leave; else NULL */
    const struct slot *former; /* the one that they held last and that is still there */
    struct pick pick;
    const struct slot *taken; /* without a pick: the one that this plan takes from somebody */
    uint16_t group;           /* whose numbers they get; GROUP_NONE: of no group */
    bool served;
    struct joiner *next; /* who waits behind them */
};

/* What becomes of the numbers of one group. The limit is a share of those who hold one in the end, were
   nothing taken back: so it is the same for the next sync. */
struct group_tally {
    size_t held;   /* people who hold one that this plan could take */
    size_t gets;   /* people who get one, but of those that are taken from somebody */
    size_t taken;  /* of those who hold one: whom it is taken from */
    bool withheld; /* these are more than allowed: nothing is taken */
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
    bool *given_back;       /* by slot: this plan takes it from its holder */
    uint32_t *holder;       /* by slot: the person, NOBODY if it is not assigned */
    struct joiner *joiners; /* those who have none, and behind them those who move */
    size_t n_joiners, n_movers;
    struct joiner **takers;      /* by slot: who gets what this plan takes from somebody; or NULL */
    struct joiner **movers;      /* by slot: who leaves it for another one; or NULL */
    struct group_tally *tallies; /* by group */
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

/* Of the group that has the number; NULL: none has it, or they are not counted yet. */
struct group_tally *sync_tally(const struct sync *sync, const char *ext);
/* Whether nothing may be taken from the group that has this number. */
bool sync_is_withheld(const struct sync *sync, const char *ext);

/* ---- who needs one: sync_serve.c */

/* Finds those who need a number, and one for each: the former one, the lowest free, the one that has cooled
   longest, and what this plan takes from somebody. Then nobody else is given any. */
void sync_serve(struct sync *sync);
/* Whether the agent needs none: nobody is given one, and nothing is taken for that. */
bool sync_is_exempt(const struct sync *sync, const char *login);

/* ---- groups: sync_groups.c */

/* The group of the agent; of a holder that of their entry in the source at the number. GROUP_NONE if there
   are no groups. */
uint16_t sync_group(const struct sync *sync, size_t person);
/* Whether the person's number is of another group, and that is to be mended. */
bool sync_moves(const struct sync *sync, size_t person);
/* Counts whom this plan takes a number from, group by group. A group over its limit keeps all, and who was
   to get something of that gets nothing. */
void sync_withhold(struct sync *sync);
/* Who is of no group, whose group is not known, what is withheld and what ran out. */
void sync_note_groups(struct sync *sync);

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
