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
 * limiter.
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

/* Everything borrowed while the directory lives, but `uri` and `instance`, which are copied. */
struct connect_options {
    const char *uri;
    struct connect_instance instance; /* a region in it goes before that of `client` */
    struct client_options client;     /* service and pace are set here; the rest is as given */
    double rate;                      /* calls a second of each operation; 0: 2 */
    double burst;                     /* 0: 5 */
    bool names;                       /* ask for names and routing profiles too */
    const struct policy *policy;      /* ask for what its groups look at; NULL: there are none */
};

struct directory *connect_directory_new(const struct connect_options *options);

#endif
