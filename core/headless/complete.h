#ifndef CORE_HEADLESS_COMPLETE_H
#define CORE_HEADLESS_COMPLETE_H

/*
 * --complete SHELL WORD...: what the last word can become, for the scripts of --completion. A line for each, all of the
 * word, and behind a tab a few words about it (for bash without). ":files TEXT" asks the shell for paths behind
 * that text. Quick, and silent about everything that goes wrong: no request, no write, nothing on
 * standard error, exit 0.
 */

#include "core/headless/report.h"
#include "core/port/cloud.h"
#include "core/settings/cmdline.h"

struct complete_options {
    const struct command_line *line; /* its operands: the shell, and what it knows */
    const struct environment *environment;
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    const struct cloud *cloud; /* for the names of profiles */
    const char *const *themes; /* built in; ends with NULL */
    struct settings *settings; /* room; it outlives the ports */
    FILE *out;
};

void complete_run(const struct complete_options *options);

#endif
