#ifndef CORE_DEMO_LIVE_H
#define CORE_DEMO_LIVE_H

/*
 * What the people of the made-up contact centre do at a moment. It follows from the login and the
 * time alone: the same moment shows the same, and a minute later a few of them do something else.
 */

#include "core/port/live.h"

/* Never NULL; the caller frees it. Threads: any. */
struct live *demo_live(const struct live_wanted *wanted, int64_t now_s);

#endif
