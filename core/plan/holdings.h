#ifndef CORE_PLAN_HOLDINGS_H
#define CORE_PLAN_HOLDINGS_H

/*
 * What some agents hold, found in one pass over a snapshot. For the files of core/plan only.
 *
 *     holdings_init(&holdings, n);
 *     holdings_want(&holdings, login);              as often as needed; NULL is fine
 *     holdings_read(&holdings, snapshot);
 *     const struct slot *slot = holdings_of(&holdings, login);
 *     holdings_release(&holdings);
 */

#include "core/base/strmap.h"
#include "core/pool/model.h"

struct holdings {
    struct strmap by_login;
    const struct slot **slots;
    size_t n;
};

void holdings_init(struct holdings *holdings, size_t expected);
void holdings_release(struct holdings *holdings);
/* The login must outlive the holdings. */
void holdings_want(struct holdings *holdings, const char *login);
void holdings_read(struct holdings *holdings, const struct snapshot *snapshot);
/* The first extension of the agent in order; NULL: none, or nobody wanted to know. */
const struct slot *holdings_of(const struct holdings *holdings, const char *login);

#endif
