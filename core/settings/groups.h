#ifndef CORE_SETTINGS_GROUPS_H
#define CORE_SETTINGS_GROUPS_H

/*
 * [group NAME] of the configuration file: from its keys to the groups of the policy, with all that can
 * be wrong with them. Used by core/settings/settings.c, when everything else is set.
 *
 * Groups hold for every context. A context whose contact centre is another one says which: `groups =
 * london leeds`, or `groups = none`. Only those are checked.
 */

#include "core/base/err.h"
#include "core/settings/config.h"
#include "core/settings/settings.h"

#define MATCH_LINES_MAX 1024 /* of one group */

/* Sets the groups and the ranges of the policy. With groups the pool has a range for the others only
   if somebody said `ranges` outside of them. ERR_CONFIG names file and line. With `mistakes` all go
   there, it is ERR_OK, and the policy has no group if there were any. */
enum err_code groups_resolve(const struct config *config, struct settings *settings,
                             struct mistakes *mistakes, struct err *err) ERR_CHECK;

#endif
