#ifndef CORE_POOL_EXEMPT_H
#define CORE_POOL_EXEMPT_H

/*
 * Exempt agents need no extension: a sync gives them none. Some are exempt one by one, which the store
 * keeps (struct exempt in model.h), others by a pattern of the policy, `[policy] exempt = svc-* test.*`.
 * A pattern takes nothing from anybody: who matches it and holds a number keeps it.
 */

#include "core/base/err.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"

/* Patterns with '*' for any text, separated by blanks or commas; an empty list: none. */
enum err_code policy_set_exempt(struct policy *policy, const char *list, struct err *err) ERR_CHECK;

/* The first pattern that the login matches, or NULL. */
const char *policy_exempt_pattern(const struct policy *policy, const char *login);

/* ERR_CONFIG if a pattern matches more than half of the agents of a directory: nearly everybody would
   be without a number, so it is taken for a mistake. */
enum err_code policy_check_exempt(const struct policy *policy, const struct roster *roster,
                                  struct err *err) ERR_CHECK;

/* Whether the agent is exempt, in either way. */
bool agent_is_exempt(const struct policy *policy, const struct snapshot *snapshot,
                     const char *login);

#endif
