#ifndef SUPPORT_STORE_CONTRACT_H
#define SUPPORT_STORE_CONTRACT_H

/*
 * The contract of core/port/store.h as tests: what every store has to do, whatever it is made of.
 * A store's own test program says how to get one, and runs the suite:
 *
 *     static struct store *fresh(void *context) { ... }
 *
 *     int main(void)
 *     {
 *         static const struct store_maker maker = {.name = "sqlite", .fresh = fresh, ...};
 *         return store_contract_run(&maker);
 *     }
 *
 * The suite calls fresh once per test, init itself where the test wants it, and remove at the end.
 * A writer from elsewhere is a second handle from again: the suite has no other way to write than
 * the port. All reading that it judges by is LOAD_CONSISTENT, so an index that lags does no harm.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/port/store.h"

struct store_maker {
    const char *name;
    void *context;

    /* A store in a new and empty place: nothing is made yet, so load says ERR_NOT_FOUND. */
    struct store *(*fresh)(void *context);

    /* One more handle on the place of the last fresh one, as another process would have it. Also
       called from a second thread; a handle is used by one thread. */
    struct store *(*again)(void *context);

    /* The end of the place. Every handle is freed before. May be NULL. */
    void (*remove)(void *context);

    /* Another program takes the number for the agent, without a record: not by the port. */
    void (*meddle)(void *context, const char *ext, const char *agent);
    bool tells_meddling; /* read_changes sees that by itself, and not only when it reads all */

    /* Numbers in the tests with many (at most 10,000; at least three batches of the store). */
    size_t many;
};

/* Runs the suite; returns the number of tests that failed. */
int store_contract_run(const struct store_maker *maker);

#endif
