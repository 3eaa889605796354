#ifndef TESTS_UNIT_SUPPORT_SETTINGS_WORLD_H
#define TESTS_UNIT_SUPPORT_SETTINGS_WORLD_H

/*
 * A small world for settings: a home folder, a configuration file, variables, a command line.
 */

#include "core/settings/settings.h"

#define SETTINGS_VARIABLES_MAX 12

struct settings_world {
    const char *config;  /* text of the file; NULL: there is none */
    const char *words;   /* of the command line, at blanks; NULL: --status */
    const char *context; /* chosen in the console */
    const char *variables[SETTINGS_VARIABLES_MAX][2];
};

extern char *sw_home; /* "~" in what is compared */

int sw_make_home(void **state);
int sw_remove_home(void **state);

enum err_code sw_resolve(const struct settings_world *world, struct settings *settings,
                         struct err *err);

/* All that is wrong, a line each, as "text | hint", with the home folder as "~". */
void sw_check_all(const struct settings_world *world, const char *expected);

/* It has to resolve. */
void sw_good(const struct settings_world *world, struct settings *settings);

/* It has to fail with that. `hint` NULL: none. */
void sw_bad(const struct settings_world *world, enum err_code code, const char *text,
            const char *hint);

/* The text with the home folder as "~". */
void sw_check_text(const char *text, const char *expected);

#endif
