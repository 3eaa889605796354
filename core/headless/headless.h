#ifndef CORE_HEADLESS_HEADLESS_H
#define CORE_HEADLESS_HEADLESS_H

/*
 * One action of the command line, from start to end, without a screen: what cron, systemd, a
 * pipeline and a person at a prompt call. Results on report->out, everything else on report->err.
 */

#include "core/headless/report.h"

/* `settings->action` is anything but the console, demo, help, version and completion. Returns the
   exit status (README, "Exit codes"). */
int headless_run(const struct settings *settings, const struct port *ports, size_t n_ports,
                 const struct clock *clock, struct report *report);

#endif
