#ifndef AWS_CONNECT_INSTANCES_H
#define AWS_CONNECT_INSTANCES_H

/*
 * Which Connect instances there are in the client's region, for who chooses one.
 * https://docs.aws.amazon.com/connect/latest/APIReference/API_ListInstances.html
 */

#include "aws/client/client.h"
#include "core/port/cloud.h"

/* Adds them as CLOUD_INSTANCES. */
enum err_code connect_list_instances(struct client *client, struct cloud_found *found,
                                     struct err *err) ERR_CHECK;

#endif
