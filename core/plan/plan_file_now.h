#ifndef CORE_PLAN_PLAN_FILE_NOW_H
#define CORE_PLAN_PLAN_FILE_NOW_H

/*
 * The plan of a plan file, held against what is there now. The store judges each row again when it
 * writes; here stands what the store cannot know, and what a dry run says beforehand. Pure.
 */

#include "core/plan/audit.h"
#include "core/plan/plan.h"
#include "core/plan/plan_file.h"

/* Whether its rows rest on who works here: then the directory is read again. */
bool plan_file_needs_directory(const struct plan_file *file);

/*
 * Sets the result of the rows that cannot be carried out any more, and of their whole group: somebody
 * who is not in the directory (any more) gets nothing, a sync takes nothing from somebody who is in it
 * again, or who may be missing from a partial one, and a number that moved on is a conflict. What is
 * there already is `already applied`. `plan->roster` NULL: the directory was not asked.
 */
void plan_file_meet(struct plan *plan);

/* Skips the rows that `done`, the actions that were carried out from this file, have recorded; a note
   names the newest of them. ERR_INPUT if no row is left: the file was applied already. Before
   plan_file_meet. */
enum err_code plan_file_skip_done(struct plan *plan, const struct history *done,
                                  struct err *err) ERR_CHECK;

#endif
