#ifndef AWS_CONNECT_FIND_H
#define AWS_CONNECT_FIND_H

/*
 * One agent by their login (struct directory_ops, find): one SearchUsers instead of all pages of
 * ListUsers. It needs the permission connect:SearchUsers.
 */

#include "aws/client/client.h"
#include "core/base/err.h"
#include "core/pool/model.h"

struct connect_find {
    struct client *search; /* borrowed */
    const char *instance_id;
    const char *resource; /* the instance, for messages */
};

/* *out has the user with exactly this login, or nobody. Their routing profile is not told. */
enum err_code connect_find(const struct connect_find *find, const char *login, struct roster **out,
                           struct err *err) ERR_CHECK;

#endif
