#ifndef TUI_SHELL_OPTIONS_H
#define TUI_SHELL_OPTIONS_H

/* The input of the console: settings, ports, clock, environment, and how to get other settings. */

#include "core/base/clock.h"
#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/session/session.h"
#include "core/settings/settings.h"

/* Requests of the operator that need other settings. */
enum console_request {
    CONSOLE_CONTEXT, /* `text` is a context of the configuration */
    CONSOLE_DEMO,    /* the made-up contact centre */
    CONSOLE_FILE     /* `text` is the path of a CSV or JSON: a directory on the embedded store */
};

struct console_options {
    const struct settings *settings; /* to begin with; outlives the console */
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    const struct environment *environment;
    /* Settings for a request; main.c owns them, and keeps all of them until console_run has
       returned. NULL: the console offers no switching. */
    enum err_code (*reopen)(void *context, enum console_request request, const char *text,
                            const struct settings **settings, struct err *err);
    void *context;
};

#endif
