#ifndef AWS_CONNECT_NAMES_H
#define AWS_CONNECT_NAMES_H

/*
 * Names and routing profiles for one reading of the directory (aws/connect/connect.c): what
 * SearchUsers and ListRoutingProfiles say. It only ever adds to who is there.
 */

#include <stdbool.h>
#include <stddef.h>

#include "aws/client/client.h"
#include "aws/connect/pages.h"
#include "aws/connect/summary.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/base/strmap.h"

/* What SearchUsers says of a login. */
struct connect_person {
    const char *login;
    const char *name;       /* NULL: none */
    const char *profile_id; /* NULL: none */
};

struct connect_names {
    struct client *search; /* borrowed; it has the pace of its operation */
    const char *instance_id;
    const char *resource; /* the instance, for messages */
    const struct progress *progress;
    struct arena arena;
    struct connect_person *people;
    size_t n_people, capacity;
    struct strmap by_login;
    struct connect_summary profiles; /* its client, too */
    size_t total;                    /* what SearchUsers says there is; 0: it does not */
    struct connect_pages pages;
    char note[512]; /* "": all went well */
    bool stop;      /* ask for no more pages */
};

void connect_names_init(struct connect_names *names);
void connect_names_release(struct connect_names *names);

/* Submits the first requests. Their answers come in while the engine runs; until its run has ended,
   `names` must stay at its address. */
void connect_names_start(struct connect_names *names);

/* NULL if nothing is known. */
const struct connect_person *connect_names_find(const struct connect_names *names,
                                                const char *login);

/* What went wrong with either, names first; NULL: nothing. */
const char *connect_names_note(const struct connect_names *names);

#endif
