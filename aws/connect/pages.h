#ifndef AWS_CONNECT_PAGES_H
#define AWS_CONNECT_PAGES_H

/*
 * The pages of one list of Connect, one after the other: each answer has the token of the next. And
 * the texts on them.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/strmap.h"

#define CONNECT_PAGES_MAX 10000u
#define CONNECT_USERS_MAX 1000000u
#define CONNECT_NICE_MS 10000 /* nobody waits longer for what only makes something nicer */

/* The text of a member; NULL if it is none, or if it has a NUL, behind which it would be cut. */
const char *connect_text(const json_t *object, const char *member);

/* Tokens are of any length. */
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

#endif
