#ifndef AWS_CONNECT_LIVE_H
#define AWS_CONNECT_LIVE_H

/*
 * What agents do now: GetCurrentUserData, for up to 100 of them at a time.
 * https://docs.aws.amazon.com/connect/latest/APIReference/API_GetCurrentUserData.html
 *
 * The answer does not name who is offline. It has the ids of queues and routing profiles, not their
 * names. The queues' names are asked for once (ListQueues), when somebody is on a contact for the
 * first time; without that permission they are left out. The name of a routing profile is the one
 * that the roster has. A request that fails is not tried again: the next refresh asks anew.
 */

#include <jansson.h>

#include "aws/client/client.h"
#include "aws/connect/summary.h"
#include "core/port/live.h"

/* A part of the directory, and as long-lived. */
struct connect_live {
    struct client *client; /* owned; it has the pace of GetCurrentUserData */
    const char *instance_id;
    const char *resource;          /* the instance, for messages */
    struct connect_summary queues; /* its client is owned too */
    bool queues_known;             /* or it is known that they may not be asked for */
};

/* The clients are of GetCurrentUserData and ListQueues, and `live`'s from now on; the texts are
   borrowed. */
void connect_live_init(struct connect_live *live, struct client *client, struct client *queues,
                       const char *instance_id, const char *resource);
void connect_live_release(struct connect_live *live);

/* As the port has it (struct directory_ops, live). */
enum err_code connect_live_read(struct connect_live *live, const struct live_wanted *wanted,
                                const struct progress *progress, struct live **out,
                                struct err *err) ERR_CHECK;

/* Takes one page of the answer. `by_id` tells the index of a user in live->states; `queue_ids`
   has an entry for each of them and gets the id of the queue, in live's arena. */
void connect_live_take(struct live *live, const char **queue_ids, const struct strmap *by_id,
                       const json_t *answer);

#endif
