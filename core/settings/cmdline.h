#ifndef CORE_SETTINGS_CMDLINE_H
#define CORE_SETTINGS_CMDLINE_H

/*
 * The command line, read but not yet judged against the configuration: one action, its operands,
 * the options with their values as text.
 *
 * Long options are read by getopt_long, but have to be written in full: a script that says --dry
 * today must not mean something else in a later version. What is no option is an operand of the
 * action, wherever it stands; behind "--" everything is one. An action may be given more than
 * once (--assign a=2041 --assign b): its operands are gathered. --help and --version win over any
 * other action, and "--sync --help" is the help of sync.
 */

#include "core/base/err.h"
#include "core/settings/options.h"

struct command_line {
    const char *program;
    enum action action;
    const char **operands; /* point into argv */
    size_t n_operands;
    const char *values[OPT_COUNT]; /* as given; a flag's is "yes"; NULL: not given */
    enum topic topic;              /* ACTION_HELP */
};

/* ERR_USAGE says what is wrong and which option was meant. Not thread-safe: getopt is not. `line`
   holds nothing on an error. argv must outlive it. */
enum err_code command_line_parse(int argc, char *const argv[], struct command_line *line,
                                 struct err *err) ERR_CHECK;
void command_line_release(struct command_line *line);

#endif
