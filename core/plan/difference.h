#ifndef CORE_PLAN_DIFFERENCE_H
#define CORE_PLAN_DIFFERENCE_H

/*
 * Which numbers two snapshots have in different slots. Pure.
 */

#include "core/pool/model.h"

/* Calls `take` for each number that differs, in order; NULL: it is not there. Snapshots that share
   what is the same (snapshot_with) are compared without a look at their texts. */
typedef void (*difference_fn)(void *context, const struct slot *before, const struct slot *after);
void snapshot_differences(const struct snapshot *before, const struct snapshot *after,
                          difference_fn take, void *context);

#endif
