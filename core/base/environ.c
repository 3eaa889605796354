#include "core/base/environ.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"

static const char *system_get(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

const struct environment environment_system = {.get = system_get};

const char *environment_get(const struct environment *environment, const char *name)
{
    const char *value = environment->get(environment->context, name);
    return value && value[strspn(value, " \t\r\n")] != '\0' ? value : NULL;
}

const char *environment_get_either(const struct environment *environment, const char *first,
                                   const char *second)
{
    const char *value = environment_get(environment, first);
    return value ? value : environment_get(environment, second);
}

/* ---- pairs ------------------------------------------------------------------------------- */

static const char *pairs_get(void *context, const char *name)
{
    const char *const(*pair)[2] = context;
    for (; (*pair)[0]; pair++) {
        if (strcmp((*pair)[0], name) == 0) {
            return (*pair)[1];
        }
    }
    return NULL;
}

struct environment environment_of_pairs(const char *const pairs[][2])
{
    /* The context of a table of functions is not const; pairs_get only reads it. */
    union {
        const void *given;
        void *context;
    } kept = {.given = pairs};
    return (struct environment){.get = pairs_get, .context = kept.context};
}
