#ifndef CORE_PLAN_PLAN_FILE_ROWS_H
#define CORE_PLAN_PLAN_FILE_ROWS_H

/*
 * The rows of a plan file as JSON: changes with what they saw, and wishes. Private to plan_file.c and
 * plan_file_rows.c.
 */

#include "core/format/json_members.h"
#include "core/plan/basket.h"
#include "core/plan/plan.h"

/* A new value. `clean` is set to false if a text is not UTF-8. */
json_t *plan_file_put_change(const struct change *change, bool *clean);
json_t *plan_file_put_wish(const struct wish *wish, bool *clean);

/* Fill in what the object says; complaints go to `members`, texts to its arena. */
void plan_file_get_change(struct json_members *members, const json_t *object,
                          struct change *change);
void plan_file_get_wish(struct json_members *members, const json_t *object, struct wish *wish);

#endif
