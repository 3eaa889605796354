#ifndef CORE_SETTINGS_DIRECTORIES_H
#define CORE_SETTINGS_DIRECTORIES_H

/*
 * Several directories: each line of `directory =`, and each --directory, names one. Used by
 * core/settings/settings.c.
 */

#include <stddef.h>

#include "core/base/err.h"
#include "core/settings/location.h"
#include "core/settings/settings.h"

/* A directory as somebody wrote it: "agents.csv", "london=connect:INSTANCE". */
struct directory_line {
    const char *text;
    const char *subject; /* what a message begins with: "--directory", "config:7: directory" */
    unsigned line;       /* of the file; 0: it is in none */
};

/* One for each line of a text that has them between line ends, DIRECTORIES_MAX and one more at most.
   Returns how many. The texts are in `arena`. */
size_t directory_lines_of(const char *text, const char *subject, struct arena *arena,
                          struct directory_line *lines);

/* Sets `directories` and `directory`. ERR_USAGE names the line: a place or a name that is not one, a
   directory or a name a second time, a file without a name beside another directory. */
enum err_code directories_set(const struct directory_line *lines, size_t n,
                              const struct location_base *base, struct settings *settings,
                              struct err *err) ERR_CHECK;

#endif
