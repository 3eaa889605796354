#ifndef CORE_PLAN_SCOPE_H
#define CORE_PLAN_SCOPE_H

/*
 * Sources: whose holders are whose. The source of a holder is the Connect instance or the named file
 * that they come from (slot_source). A sync takes numbers back only from those whose source it read:
 *
 *     source of the holder       in a directory that was read          in none of them
 *     read                       keeps the number                      a leaver
 *     another one                keeps it, is shown as somebody else's foreign: left alone
 *     none                       keeps it, and the source is written   a leaver if the store has no
 *                                                                      other source and the number is in
 *                                                                      the ranges; else of unknown origin
 *
 * A file without a name is no source of its own. It speaks for the instances in its ARNs, and for all who
 * have no source. So it does not go together with holders of other sources.
 *
 *     scope_init(&scope, &input, &err);
 *     if (scope_absent(&scope, slot) == HOLDER_LEFT) { ... }
 *     scope_release(&scope);
 *
 * Linear in slots and agents. Pure; the input must outlive it, but not a copy of it.
 */

#include "core/plan/plan.h"

/* What becomes of a holder who is in no directory that was read. */
enum holder_fate {
    HOLDER_LEFT,
    HOLDER_FOREIGN,       /* their source was not read */
    HOLDER_UNKNOWN_ORIGIN /* without a source, and others write into this store too */
};

/* A source that stands at a holder, or that was read. */
struct source {
    const char *text; /* not terminated */
    size_t length;
    bool read;  /* a directory of this context, or taken over */
    bool whole; /* and read to its end */
    bool held;  /* some holder has it */
};

#define TAKE_OVER_NONE "none" /* take_over of the input: holders without a source */
#define SOURCES_MAX 1024      /* different ones in a store; more are an error */

struct scope {
    const struct plan_input *input;
    struct source *sources;
    size_t n_sources;
    uint16_t *of_slot; /* by slot: 1 + index of the source; 0: none. NULL: of a copy */
    uint16_t *of_directory;
    bool unnamed;   /* a directory has no source of its own */
    bool others;    /* holders have sources that were not read */
    bool takes_all; /* holders without a source count as read: --take-over none */
};

/* ERR_CONFIG: a file without a name, and holders of other sources. ERR_INPUT: `take_over` of the input
   is no source of the store. Release it in any case. */
enum err_code scope_init(struct scope *scope, const struct plan_input *input,
                         struct err *err) ERR_CHECK;
void scope_release(struct scope *scope);

/* Of a holder whose login is in no directory that was read. */
enum holder_fate scope_absent(const struct scope *scope, const struct slot *slot);

/* Whether the source of the holder is not one that was read. */
bool scope_is_theirs(const struct scope *scope, const struct slot *slot);

/* Of one login in several directories the entry that counts for the holder: that of their source, else
   the first one. */
const struct agent *scope_entry(const struct scope *scope, const struct slot *slot,
                                const struct agent *agent);

/* The group of that entry: an index of the policy's groups, GROUP_NONE or GROUP_UNKNOWN. `slot` NULL:
   they hold none. */
uint16_t scope_group(const struct scope *scope, const struct slot *slot, const struct agent *agent);

/* The table alone, for slots of a later snapshot that brings no other sources (scope_holds_for); the
   roster and the policy must outlive it. All of it is in the arena, and is not to be released. */
struct scope *scope_copy(const struct scope *scope, struct arena *arena);

/* Whether the table stays as it is if this slot, as it was or as it is now, comes or goes. */
bool scope_holds_for(const struct scope *scope, const struct slot *slot);

/* What belongs to the holder by now. `own` of the slot, if nothing changes. */
const struct belongings *scope_belongings(const struct scope *scope, struct arena *arena,
                                          const struct slot *slot, const struct agent *agent);

#endif
