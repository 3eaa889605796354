#ifndef TESTS_CLIENT_WORLD_H
#define TESTS_CLIENT_WORLD_H

/* A client on the fake engine, with credentials that count how often they are asked for. */

#include "aws/client/client.h"
#include "tests/unit/support_aws/http_fake.h"

/* Credentials that are renewed when they have to be: key "AK1", then "AK2", ... */
struct counting_provider {
    struct credentials_provider base;
    int generation;
    int asked, forced;
    int fails_at; /* the generation that cannot be had */
};

struct world {
    struct http_fake *fake;
    struct counting_provider provider;
    struct environment environment;
    struct client_statistics statistics;
    struct client_options options;
    struct client *client;
};

void world_open(struct world *world, enum aws_service service);
void world_reopen(struct world *world); /* a new client, with the options as they are now */
void world_close(struct world *world);

enum err_code call_once(struct world *world, const struct call *call, struct response *reply,
                        struct err *err);

extern const struct call call_list;  /* Connect: ListUsers */
extern const struct call call_query; /* DynamoDB: Query */

#endif
