#ifndef CORE_DEMO_NAMES_H
#define CORE_DEMO_NAMES_H

/*
 * Names for core/demo/demo.c. Those of one country go together. "Zoë|zoe" is a name and how it is spelt
 * in a login; without '|' the login has it in lower case, letters only.
 */

#include <stddef.h>

#define DEMO_NAMES 8 /* first and last names of a country, each */

struct demo_country {
    const char *first[DEMO_NAMES];
    const char *last[DEMO_NAMES];
};

extern const struct demo_country demo_countries[];
extern const size_t demo_n_countries;

#endif
