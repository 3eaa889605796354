#ifndef CORE_SETTINGS_CMDLINE_H
#define CORE_SETTINGS_CMDLINE_H

/*
 * Reads the command line: one action, its operands, and the options with their values as text.
 * core/settings/settings.h checks the values.
 *
 * getopt_long reads long options, but they have to be written in full: a script that says --dry
 * today must not mean something else in a later version. Everything that is not an option is an
 * operand of the action, and after "--" everything is. An action may be given more than once
 * (--assign a=2041 --assign b); it gets all the operands. --help and --version win over any other
 * action, and "--sync --help" is the help on sync.
 *
 * "extpool sync" is "extpool --sync": the first operand is the word of an action if no action stands
 * before it. So an agent who is called "sync" is named behind the action: --assign sync.
 */

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/settings/options.h"

struct command_line {
    const char *program;
    enum action action;
    const char **operands; /* point into argv */
    size_t n_operands;
    const char
        *values[OPT_COUNT]; /* as given; a flag's is "yes"; NULL: not given. Of an option that
                                      repeats all, with a line end between them */
    enum topic topic;       /* ACTION_HELP */
    bool environment_first; /* of a Lambda: variables count before the configuration file */
    struct arena arena;     /* of values that are not as they stand in argv */
};

/* ERR_USAGE says what is wrong and which option was probably meant. On an error `line` is empty.
   argv must outlive `line`. Not thread-safe, because getopt is not. */
enum err_code command_line_parse(int argc, char *const argv[], struct command_line *line,
                                 struct err *err) ERR_CHECK;
void command_line_release(struct command_line *line);

#endif
