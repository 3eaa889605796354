#ifndef AWS_DYNAMODB_STORE_H
#define AWS_DYNAMODB_STORE_H

/*
 * The store `dynamodb:TABLE`: core/port/store.h on a DynamoDB table, for a table that the program
 * before ours made as well as for our own. TABLE is a name or a table's ARN.
 *
 *     struct store_dynamodb_options options = {
 *         .client = dynamodb, .sts = sts, .statistics = &statistics, .clock = &clock_system};
 *     code = store_dynamodb_new("agent-extensions", &options, &store, err);
 *     ...
 *     store_free(store);
 *
 * It does no I/O when it is made, and all of it on the thread that calls: on the engine of
 * `client`, up to 16 requests under way. README, "The table", says what the items look like, and
 * "What it costs" what a sync reads and writes.
 */

#include "aws/client/client.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/port/store.h"

/* Everything is borrowed and outlives the store. */
struct store_dynamodb_options {
    struct client *client;                      /* of SERVICE_DYNAMODB */
    struct client *sts;                         /* tells who we are; NULL: nobody does */
    const struct client_statistics *statistics; /* the ones that `client` counts in */
    const struct clock *clock;
    double (*random)(void *context); /* uniform in [0,1), for back-off; NULL: the system's */
    void *random_context;
};

/* ERR_USAGE where TABLE cannot be the name or the ARN of a table. */
enum err_code store_dynamodb_new(const char *table, const struct store_dynamodb_options *options,
                                 struct store **out, struct err *err) ERR_CHECK;

#endif
