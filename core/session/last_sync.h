#ifndef CORE_SESSION_LAST_SYNC_H
#define CORE_SESSION_LAST_SYNC_H

/*
 * What came of the last sync of this machine's user, by store or context. The audit trail has only
 * syncs that changed something; a sync that had nothing to do, or that failed, is known from here
 * alone. It is kept in the state folder (core/settings/state.h). A dry run, a read-only run and a
 * Lambda leave nothing there.
 */

#include <stddef.h>
#include <stdint.h>

#include "core/settings/settings.h"

struct last_sync {
    int64_t at_s;           /* when it ended, by this machine's clock; 0: none is known */
    int64_t succeeded_at_s; /* when the last one ended with exit 0; 0: none is known */
    int exit;
    int64_t duration_ms;
    size_t conflicts, failed;
};

/* A folder that cannot be read or written is a line in the log, and stops nothing: the sync itself is
   what counts. Both do file I/O. */
void last_sync_read(const struct settings *settings, struct last_sync *out);
/* `succeeded_at_s` is not looked at: `exit` tells. */
void last_sync_save(const struct settings *settings, const struct last_sync *sync);

#endif
