#ifndef TESTS_REQUESTS_H
#define TESTS_REQUESTS_H

/*
 * Requests written as text, a line each:
 *     assign alice            assign alice 0001          fit alice 0001 (as a row of an import)
 *     reassign alice 0001     swap alice bob             release alice     release 0001
 *     reserve 0001 note=fax   unreserve 0001             pin alice note=x  unpin alice
 *     reserve 0001 target=agent:alice until=30d          set alice target=ext:0001
 *     reserve 0001 target= until=never (neither)         set alice target= (no fallback)
 * A number and a colon in front make it the row of a file: "7: release alice".
 */

#include "core/plan/plan.h"

#define REQUESTS_MAX 64

struct requests {
    struct arena arena;
    struct request items[REQUESTS_MAX];
    size_t n;
};

void requests_read(struct requests *requests, const char *lines);
void requests_release(struct requests *requests);

#endif
