#ifndef AWS_LAMBDA_LAMBDA_H
#define AWS_LAMBDA_LAMBDA_H

/*
 * The third face: extpool as an AWS Lambda function. It starts once (settings, trust store,
 * connections) and then serves events for ever: a schedule is a sync, a contact flow is a lookup.
 *
 *     if (lambda_is_wanted(&environment_system)) {
 *         return lambda_run(&options);
 *     }
 *
 * Settings come from the environment (AWS_TABLE, AWS_CONNECT_INSTANCEID, AWS_EXPORT_BUCKET and
 * EXTPOOL_*), else from a configuration file: `config` beside the bootstrap if it is there, else the one
 * that EXTPOOL_CONFIG names. This order is not that of the command line (core/settings/settings.h). No
 * embedded default is used: a function without a table does not start. `_HANDLER` `sync` or `lookup`
 * allows only that kind of event.
 *
 *     event.c    what an event asks for          answer.c   what a contact flow is told
 *     runtime.c  Lambda's runtime API            metrics.c  the log and the numbers for alarms
 *     lambda.c   the loop, and one event
 */

#include "core/base/clock.h"
#include "core/base/environ.h"
#include "core/session/session.h"

struct lambda_options {
    const struct environment *environment;
    const struct clock *clock;
    const struct port *ports;
    size_t n_ports;
};

/* Whether this process was started by Lambda (AWS_LAMBDA_RUNTIME_API). */
bool lambda_is_wanted(const struct environment *environment);

/* Serves until it is told to end. Returns the exit status: 0 after SIGTERM, 1 after a fault of the
   runtime, or that of the mistake that kept it from starting. */
int lambda_run(const struct lambda_options *options);

#endif
