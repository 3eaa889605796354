#ifndef CORE_HEADLESS_CHECK_CONFIG_H
#define CORE_HEADLESS_CHECK_CONFIG_H

/*
 * --check-config: reads the configuration and what it names on this machine, and says how each context
 * and each group is understood, and all that is wrong. No network, no write. The exit status is 0, or
 * 64 if something is wrong.
 */

#include "core/headless/report.h"
#include "core/settings/cmdline.h"

struct check_config {
    const struct command_line *line;
    const struct environment *environment;
    const struct port *ports;
    size_t n_ports;
    const struct clock *clock;
    const struct report *report;
    /* Judges [keys] and [theme], which the console reads; NULL: there is no console. */
    void (*judge_screen)(const struct settings *settings, struct mistakes *mistakes);
    /* Room for the settings of one more context. It outlives the ports, which may still look at it. */
    struct settings *(*room)(void *context);
    void *context;
};

int check_config_run(const struct check_config *check);

#endif
