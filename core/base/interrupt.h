#ifndef CORE_BASE_INTERRUPT_H
#define CORE_BASE_INTERRUPT_H

/*
 * Ctrl-C in a headless run. The first SIGINT, SIGTERM or SIGHUP asks for a soft stop: the batch in
 * flight is finished, nothing after it begins. The second ends the process at once; the store is
 * whole all the same, because every batch is one transaction.
 */

#include <stdbool.h>

#include "core/base/progress.h"

void interrupt_install(void);
void interrupt_restore(void);

/* Waits until there is something to read from `fd` (a line of a terminal); false where a signal
   came first: it asked to stop, and nobody answers. */
bool interrupt_wait_input(int fd);

/* What was asked for since interrupt_install. */
enum cancel interrupt_state(void);

#endif
