#ifndef AWS_CONNECT_READ_H
#define AWS_CONNECT_READ_H

/*
 * One reading of the directory, shared by aws/connect/connect.c (who works there) and
 * aws/connect/names.c (what they are called).
 */

#include <stdbool.h>
#include <stddef.h>

#include "aws/client/client.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/base/strmap.h"

#define CONNECT_PAGES_MAX 10000u
#define CONNECT_USERS_MAX 1000000u

/* The pages of one list, one after the other. Tokens are of any length. */
struct connect_pages {
    struct arena arena;
    struct strmap seen; /* tokens: the page that each is of */
    size_t n;           /* pages that came */
    const char *token;  /* of the page that is asked for next; NULL: the first */
};

void connect_pages_init(struct connect_pages *pages);
void connect_pages_release(struct connect_pages *pages);

/* Takes the token out of the answer of a page. False if that was the last one; with ERR_SERVICE in
   `err` also if the pages go in a circle, told at the first token that comes again, or do not
   end. */
bool connect_pages_next(struct connect_pages *pages, const json_t *answer, struct err *err);

/* What SearchUsers says of a login. */
struct connect_person {
    const char *login;
    const char *name;       /* NULL: none */
    const char *profile_id; /* NULL: none */
};

struct connect_names {
    struct client *search, *profiles; /* borrowed; each has the pace of its operation */
    const char *instance_id;
    const char *resource; /* the instance, for messages */
    const struct progress *progress;
    struct arena arena;
    struct connect_person *people;
    size_t n_people, capacity;
    struct strmap by_login;
    struct strmap by_profile; /* id -> index into profile_names */
    const char **profile_names;
    size_t n_profiles;
    size_t total; /* what SearchUsers says there is; 0: it does not */
    struct connect_pages search_pages, profile_pages;
    char note[512]; /* "": all went well */
    bool stop;      /* ask for no more pages */
};

void connect_names_init(struct connect_names *names);
void connect_names_release(struct connect_names *names);

/* Submits the first requests; what comes of them is collected while the engine runs. */
void connect_names_start(struct connect_names *names);

/* NULL if nothing is known. */
const struct connect_person *connect_names_find(const struct connect_names *names,
                                                const char *login);
const char *connect_names_profile(const struct connect_names *names, const char *profile_id);

#endif
