#ifndef CORE_INTERRUPT_H
#define CORE_INTERRUPT_H

/*
 * Ctrl-C in a headless run. The first SIGINT, SIGTERM or SIGHUP asks for a soft stop: the batch in
 * flight is finished, nothing after it begins. The second ends the process at once; the store is
 * whole all the same, because every batch is one transaction.
 */

#include "core/progress.h"

void interrupt_install(void);
void interrupt_restore(void);

/* What was asked for since interrupt_install. */
enum cancel interrupt_state(void);

#endif
