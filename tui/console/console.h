#ifndef TUI_CONSOLE_CONSOLE_H
#define TUI_CONSOLE_CONSOLE_H

/*
 * The console: what opens when extpool is run without an action.
 *
 *     struct console_options options = {
 *         .settings = &settings, .ports = ports, .n_ports = n, .clock = &clock_system,
 *         .environment = &environment_system, .line = &line, .cloud = &cloud,
 *         .reopen = reopen, .context = &mine,
 *     };
 *     struct console_end end;
 *     if (console_run(&options, &end, &err) != ERR_OK) { ... print err; its exit status ... }
 *     ... print end.says; the exit status is 128 + end.signal ...
 *
 * It returns when the operator leaves, when the terminal is closed, and within five seconds after
 * SIGHUP, SIGTERM or SIGINT; the terminal is restored then. A second signal ends the process at
 * once.
 * An error means that it could not start: no terminal (ERR_USAGE, with a hint), a wrong theme or
 * key in the configuration (ERR_CONFIG).
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clock.h"
#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/session/session.h"
#include "core/settings/settings.h"
#include "tui/shell/options.h"

/* How it ended. */
struct console_end {
    int signal;      /* that ended it; SIGHUP if the terminal was closed. 0: the operator left */
    bool unfinished; /* something was being written, and not all of it is */
    bool stuck;      /* the worker did not end in time and still uses everything: the process must
                        end without freeing anything */
    char says[2048]; /* for standard error: the result of the write under way; "": there was none */
};

enum err_code console_run(const struct console_options *options, struct console_end *end,
                          struct err *err) ERR_CHECK;

#endif
