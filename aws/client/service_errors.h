#ifndef AWS_CLIENT_SERVICE_ERRORS_H
#define AWS_CLIENT_SERVICE_ERRORS_H

/*
 * What went wrong, for people: the cause first, then which call on what, what the service said and
 * its request id; in the hint what to do about it, which follows from the cause. A missing
 * permission is named, an expired log-in says what renews it. Pure.
 *
 *     struct service_error what = {.service = SERVICE_DYNAMODB, .operation = "Query", ...};
 *     return service_error_explain(&what, err);
 */

#include <stdbool.h>

#include "aws/config/endpoint.h"
#include "aws/http/http.h"
#include "aws/client/retry.h"
#include "core/base/err.h"

/* Everything borrowed; texts from outside as they came (err_set makes them harmless). */
struct service_error {
    enum aws_service service;
    const char *operation;
    const char *resource; /* "table agent-extensions"; NULL: none */
    const char *region;
    const char *host;
    bool custom;   /* somebody configured the host */
    bool loopback; /* it is this machine */
    enum http_failure failure;
    enum http_reason reason; /* of the failure */
    const char *location;    /* where the answer sends us; NULL: nowhere */
    const char *detail;      /* of the failure */
    int status;
    const char *error;
    const char *message;
    const char *request_id;
    enum retry_class class;
    int attempts;
    bool damaged;
    bool skew_known;
    int64_t skew_ms;
    const char *source; /* of the credentials; NULL: not signed */
    const char *renew;  /* what renews them, a sentence; NULL: nothing that is known */
};

/* Sets `err`; returns its code. */
enum err_code service_error_explain(const struct service_error *what, struct err *err);

/* The IAM action that an operation needs: "connect:ListUsers", and for TransactWriteItems the four
   it is made of. Written to `out`. */
void service_error_permission(enum aws_service service, const char *operation, char *out,
                              size_t size);

/* The action that a refusal is about: the one that its message names, else that of the operation. */
void service_error_missing(enum aws_service service, const char *operation, const char *message,
                           char *out, size_t size);

#endif
