#ifndef AWS_CLIENT_RESPONSE_H
#define AWS_CLIENT_RESPONSE_H

/*
 * An HTTP answer read as a service's: the body's JSON, and of an error its name, message, request
 * id and the region it points to, wherever the protocol has put them.
 */

#include <stdbool.h>

#include "aws/client/client.h"

/* Fills `reply` from `response` (which it borrows and points to); reply->code stays ERR_OK.
   Returns whether the body is damaged: its CRC differs, or it is not the JSON that it should be. */
bool response_read(enum aws_service service, struct http_response *response,
                   struct response *reply);

/* Releases reply->json only; for replies that live in a callback. */
void response_clear(struct response *reply);

/* Adds what the answer says it consumed (DynamoDB). */
void response_count_capacity(const struct response *reply, const char *operation,
                             struct client_statistics *statistics);

#endif
