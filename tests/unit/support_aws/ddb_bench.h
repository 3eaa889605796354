#ifndef TESTS_DDB_BENCH_H
#define TESTS_DDB_BENCH_H

/*
 * A DynamoDB store on the engine without a network: each test says what the service answers.
 *
 *     struct ddb_bench bench;
 *     ddb_bench_open(&bench, answer, &anything);
 *     ... bench.store ...
 *     ddb_bench_close(&bench);
 *
 * `answer` is called for each request with its operation, its body, and which of that operation it
 * is (1, 2, ...). It fills the response, or leaves it as it is: 200 and {}.
 */

#include <jansson.h>

#include "aws/dynamodb/ddb.h"
#include "aws/dynamodb/store.h"
#include "tests/unit/support_aws/http_fake.h"

struct ddb_bench;

struct ddb_request {
    struct ddb_bench *bench;
    const char *operation;
    size_t number;
    const json_t *body;
    struct http_response *response;
};

typedef void (*ddb_answer_fn)(void *context, const struct ddb_request *request);

#define BENCH_OPERATIONS 16

struct ddb_bench {
    struct http_fake *fake;
    struct client *client;
    struct credentials_provider *credentials;
    struct environment environment;
    struct client_statistics statistics;
    struct store *store;
    struct clock clock;
    int64_t now_ms;
    ddb_answer_fn answer;
    void *context;
    struct {
        char name[40];
        size_t count;
    } operations[BENCH_OPERATIONS];
};

void ddb_bench_open(struct ddb_bench *bench, ddb_answer_fn answer, void *context);
void ddb_bench_close(struct ddb_bench *bench);

/* How many requests of that operation there were. */
size_t ddb_bench_count(const struct ddb_bench *bench, const char *operation);

/* Single quotes stand for double ones. */
void ddb_answer(const struct ddb_request *request, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error by its name. */
void ddb_answer_error(const struct ddb_request *request, int status, const char *name);

/* TransactionCanceledException with these codes in the actions of these places, "None" elsewhere.
 */
struct ddb_reason {
    size_t action;
    const char *code;
};
void ddb_answer_cancelled(const struct ddb_request *request, const struct ddb_reason *reasons,
                          size_t n_reasons);

/* The connection breaks after the request was sent. */
void ddb_answer_lost(const struct ddb_request *request);

/* pk and sk of the key or item of an action of TransactWriteItems, or of the request itself. */
const char *ddb_action_pk(const struct ddb_request *request, size_t action);
const char *ddb_action_sk(const struct ddb_request *request, size_t action);
size_t ddb_action_count(const struct ddb_request *request);

#endif
