#ifndef AWS_CONNECT_SEARCH_H
#define AWS_CONNECT_SEARCH_H

/*
 * A search of Connect: a POST whose body has the instance, the page and what is looked for.
 * https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchUsers.html
 */

#include "aws/client/client.h"

/* Everything is borrowed for the call and copied there. */
struct connect_search {
    const char *operation; /* "SearchUsers" */
    const char *path;      /* "/search-users" */
    const char *instance_id;
    const char *resource; /* the instance, for messages */
    int most;             /* entries a page */
    const char *field;    /* that has to be exactly `value`; NULL: everything is looked for */
    const char *value;
    const char *token;  /* of the page; NULL: the first */
    int64_t timeout_ms; /* of one attempt; 0: as long as for anything else */
};

void connect_search_submit(struct client *client, const struct connect_search *search,
                           call_done_fn done, void *context);

#endif
