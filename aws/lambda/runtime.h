#ifndef AWS_LAMBDA_RUNTIME_H
#define AWS_LAMBDA_RUNTIME_H

/*
 * Lambda's runtime API: the next event, its response or its error.
 *
 *     struct runtime *runtime = runtime_new(getenv("AWS_LAMBDA_RUNTIME_API"), progress);
 *     while (runtime_next(runtime, &invocation, &err) == ERR_OK) {
 *         ... work ...
 *         runtime_respond(runtime, &invocation, body, length, &err);
 *     }
 *     runtime_free(runtime);
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes". A wait for
 * the next event has no end: the process may be frozen in it. An answer of 500 means that the
 * environment is broken and the process has to end (ERR_SERVICE).
 */

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/progress.h"

#define RUNTIME_RESPONSE_MAX (((size_t)6 << 20) + 100) /* bytes: more is answered with 413 */

struct runtime_invocation {
    struct arena arena; /* holds the texts */
    const char *request_id;
    const char *function_arn; /* "" if it did not say */
    int64_t deadline_ms;      /* wall clock; 0: it did not say */
    struct buf event;
};

struct runtime;

/* `api` is "host:port" without a scheme. `progress` ends a wait for the next event by CANCEL_HARD;
   NULL: nothing does. Answers are sent whatever it says. */
struct runtime *runtime_new(const char *api, const struct progress *progress);
void runtime_free(struct runtime *runtime); /* NULL is fine */

/* Waits. A connection that breaks is tried again, three times in a row. ERR_CANCELLED, ERR_SERVICE
   or ERR_OFFLINE end the process. Release the invocation after ERR_OK. */
enum err_code runtime_next(struct runtime *runtime, struct runtime_invocation *invocation,
                           struct err *err) ERR_CHECK;
void runtime_invocation_release(struct runtime_invocation *invocation);

/* The answer of an invocation. One that is too large becomes an error of its own
   (Function.ResponseSizeTooLarge). ERR_OK also if the service no longer wants the answer. */
enum err_code runtime_respond(struct runtime *runtime, const struct runtime_invocation *invocation,
                              const char *body, size_t length, struct err *err) ERR_CHECK;

/* `type` is "Function.Guard"; `message` is for people. */
enum err_code runtime_fail(struct runtime *runtime, const struct runtime_invocation *invocation,
                           const char *type, const char *message, struct err *err) ERR_CHECK;

/* The function cannot start; the process ends after it. */
enum err_code runtime_fail_init(struct runtime *runtime, const char *type, const char *message,
                                struct err *err) ERR_CHECK;

#endif
