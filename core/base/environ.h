#ifndef CORE_BASE_ENVIRON_H
#define CORE_BASE_ENVIRON_H

/*
 * The environment as an argument, so that tests choose it. A variable that is empty or holds only
 * blanks counts as not set, as the AWS SDKs and the XDG base directory specification have it.
 */

#include <stddef.h>

struct environment {
    /* The value, or NULL. It holds as long as the environment does. */
    const char *(*get)(void *context, const char *name);
    void *context;
};

/* The process's own. Nothing here changes it, so threads may read it. */
extern const struct environment environment_system;

/* NULL if the variable is not set, empty or blank. */
const char *environment_get(const struct environment *environment, const char *name);

/* The same for the first of two names that is set ("https_proxy", "HTTPS_PROXY"). */
const char *environment_get_either(const struct environment *environment, const char *first,
                                   const char *second);

/* An environment for tests and for what needs a fixed one: pairs {name, value}, ended by a NULL
   name; the first pair of a name counts. */
struct environment environment_of_pairs(const char *const pairs[][2]);

#endif
