#ifndef CORE_BASE_INTERRUPT_H
#define CORE_BASE_INTERRUPT_H

/*
 * Ctrl-C in a headless run. The first SIGINT, SIGTERM or SIGHUP asks for a stop, the second for one
 * at once (core/base/stop.h has the levels); both end with a report of what was written. A run that
 * has not ended five seconds after the first signal, or one second after the second, and a run that
 * gets a third, is ended by the signal: the store is whole all the same, because every batch is one
 * transaction.
 */

#include <stdbool.h>

#include "core/base/progress.h"

void interrupt_install(void);
void interrupt_restore(void);

/* Waits until there is something to read from `fd` (a line of a terminal); false if a signal
   came first: it asked to stop, and nobody answers. */
bool interrupt_wait_input(int fd);

/* What was asked for since interrupt_install. */
enum cancel interrupt_state(void);

#endif
