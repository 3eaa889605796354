#ifndef AWS_CONNECT_CONNECT_H
#define AWS_CONNECT_CONNECT_H

/*
 * The directory `connect:INSTANCE-ID-OR-ARN`: the users of an Amazon Connect instance.
 * https://docs.aws.amazon.com/connect/latest/APIReference/API_ListUsers.html
 *
 * ListUsers is the truth, in pages of 1,000, one after the other (each holds the token of the
 * next). If they are wanted, names and what groups are matched by come from SearchUsers,
 * ListRoutingProfiles and SearchUserHierarchyGroups (aws/connect/people.h), side by side with it. They
 * lag behind by seconds and need their own permissions: what they miss or refuse leaves names out, makes
 * attributes "not read", and is a note in the roster; it never leaves out an agent.
 *
 * What agents do now is in aws/connect/live.h. Every operation has its own quota and its own rate
 * limiter (struct connect_quota).
 *
 *     struct connect_options options = {.uri = uri, .client = client_options, .names = true};
 *     if (connect_parse_instance("arn:aws:connect:...", &options.instance, err) == ERR_OK) {
 *         directory = connect_directory_new(&options);
 *     }
 */

#include <stdbool.h>

#include "aws/client/client.h"
#include "core/base/err.h"
#include "core/port/directory.h"

#define CONNECT_ID_ROOM 101

/* What an ARN says, or an id alone. */
struct connect_instance {
    char id[CONNECT_ID_ROOM];
    char region[64];  /* "": not said */
    char account[13]; /* "": not said */
};

/* "11111111-2222-3333-4444-555555555555" or
   "arn:aws:connect:eu-west-2:111122223333:instance/11111111-...". ERR_USAGE for anything else. */
enum err_code connect_parse_instance(const char *text, struct connect_instance *out,
                                     struct err *err) ERR_CHECK;

/* How fast each operation may be called. Amazon counts the calls of an account in a region, whatever
   the instance, so its directories share one. In the order of enum connect_operation.
   https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html */
enum connect_operation {
    CONNECT_LIST_USERS,
    CONNECT_SEARCH_USERS,
    CONNECT_LIST_PROFILES,
    CONNECT_SEARCH_HIERARCHY,
    CONNECT_LIST_INSTANCES,
    CONNECT_USER_DATA,
    CONNECT_LIST_QUEUES,
    CONNECT_OPERATIONS
};

struct connect_quota {
    struct rate_limiter limits[CONNECT_OPERATIONS];
};

/* Calls a second of each operation, and how many at once after a rest; 0: what Amazon lets an account
   do that did not have it raised. `now_ms` by the engine's ticks. */
void connect_quota_init(struct connect_quota *quota, double rate, double burst, int64_t now_ms);

/* Everything borrowed while the directory lives, but `uri` and `instance`, which are copied. */
struct connect_options {
    const char *uri;
    struct connect_instance instance; /* a region in it goes before that of `client` */
    struct client_options client;     /* service and pace are set here; the rest is as given */
    struct connect_quota *quota;      /* shared; NULL: one of its own, of `rate` and `burst` */
    double rate;                      /* calls a second of each operation; 0: 2 */
    double burst;                     /* 0: 5 */
    bool names;                       /* ask for names and routing profiles too */
    const struct policy *policy;      /* ask for what its groups look at; NULL: there are none */
};

struct directory *connect_directory_new(const struct connect_options *options);

#endif
