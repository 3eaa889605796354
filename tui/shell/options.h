#ifndef TUI_SHELL_OPTIONS_H
#define TUI_SHELL_OPTIONS_H

/* The input of the console: settings, ports, clock, environment, and how to get other settings. */

#include "core/base/clock.h"
#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/port/cloud.h"
#include "core/session/session.h"
#include "core/settings/cmdline.h"
#include "core/settings/settings.h"

/* Requests of the operator that need other settings. */
enum console_request {
    CONSOLE_CONTEXT, /* `text` is a context of the configuration */
    CONSOLE_DEMO     /* the made-up contact centre */
};

struct console_options {
    const struct settings *settings; /* to begin with; outlives the console */
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    const struct environment *environment;
    const struct command_line *line; /* the options that were given */
    const struct cloud *cloud;       /* what can be chosen in Amazon; NULL: nothing */
    /* Settings for a request; main.c owns them, and keeps all of them until console_run has
       returned. NULL: the console offers no switching. */
    enum err_code (*reopen)(void *context, enum console_request request, const char *text,
                            const struct settings **settings, struct err *err);
    void *context;
};

#endif
