#ifndef AWS_CONNECT_FIND_H
#define AWS_CONNECT_FIND_H

/*
 * One agent by their login (struct directory_ops, find): one SearchUsers instead of all pages of
 * ListUsers. If groups look at them, one more request tells the name of the agent's routing profile
 * (ListRoutingProfiles, which has up to 1,000 of them on one page), and one the path of the hierarchy
 * group (SearchUserHierarchyGroups for this group alone), both at once. These are the same permissions
 * that reading all of the directory needs.
 */

#include "aws/connect/people.h"
#include "core/base/err.h"
#include "core/pool/model.h"

/* `people` is prepared and not started; its `only` is the login. *out has the user with exactly this
   login, or nobody. */
enum err_code connect_find(struct connect_people *people, struct roster **out,
                           struct err *err) ERR_CHECK;

#endif
