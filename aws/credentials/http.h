#ifndef AWS_CREDENTIALS_HTTP_H
#define AWS_CREDENTIALS_HTTP_H

/*
 * The small unsigned requests that sources of credentials make: one at a time, waited for, tried
 * again a few times if the transport, a throttle (429) or the server (5xx) failed.
 */

#include "aws/credentials/cred.h"

struct cred_request {
    const char *operation; /* for messages and the log: "GetRoleCredentials" */
    struct http_request http;
    bool wants_json;  /* a 200 whose body is not JSON was cut on the way: ask again */
    int attempts;     /* in all; 0: 3 */
    int64_t pause_ms; /* before the second, doubled before each further one; 0: 500 */
};

/* The answer of the last attempt, whatever its status; the caller releases it with
   cred_response_release in every case. ERR_OFFLINE if there was none, ERR_CANCELLED. */
enum err_code cred_http_send(const struct cred_context *context, const struct cred_request *request,
                             struct http_response *response, struct err *err) ERR_CHECK;

/* Whether asking again may help, and waiting before that. */
bool cred_http_may_help(const struct http_response *response);
enum err_code cred_http_pause(const struct cred_context *context, int64_t ms,
                              struct err *err) ERR_CHECK;

/* Whether the text can be the value of a header: no line ends or other controls. */
bool cred_http_is_value(const char *text);

/* Wipes the body. */
void cred_response_release(struct http_response *response);

#endif
