#ifndef CORE_PLAN_NOTES_H
#define CORE_PLAN_NOTES_H

/*
 * Notes of a plan that follow from its members alone.
 */

#include "core/plan/builder.h"

/* Agents for whom nothing was left (with groups the planner says that of each), and numbers that the
   store does not show. */
void plan_note_shortage(struct plan *plan, const struct plan_input *input);

/* The pool, or a group of it, is below its low water mark once the plan is applied; not if it
   ran out, which is told, or has no rows. */
void plan_note_level(struct plan *plan, const struct plan_input *input);

/* Of those whom the plan releases because a person asked for it: who is in this directory, so that the
   next sync gives them an extension again. `policy` says who is exempt by a pattern. */
void plan_note_staying(struct plan *plan, const struct policy *policy, const struct roster *roster);

/* If the directory was read only in part: why, and who is not in it. */
void plan_note_partial(struct plan *plan, const struct name_list *missing);

#endif
