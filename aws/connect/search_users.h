#ifndef AWS_CONNECT_SEARCH_USERS_H
#define AWS_CONNECT_SEARCH_USERS_H

/*
 * SearchUsers, which tells the names of people: the call, and the name in an answer.
 * https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchUsers.html
 */

#include <jansson.h>

#include "aws/client/client.h"
#include "core/base/buf.h"

/* The call with this body, which has to outlive it. `resource`: the instance, for messages. */
struct call search_users_call(const char *body, const char *resource);

/* Initialises `name` and puts the user's name into it, as people write it; empty if there is none. */
void search_users_name(const json_t *user, struct buf *name);

#endif
