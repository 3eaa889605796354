#ifndef CORE_BASE_STOP_H
#define CORE_BASE_STOP_H

/*
 * A stop that stops. The first request is a soft one: what is in flight is finished, nothing new
 * begins. What does not end by itself in two seconds is cut off; then whoever wrote may ask for two
 * more seconds what became of it, and no longer. A second request stops at once: nobody is asked
 * anything any more. So every stop ends within five seconds, whatever a service does.
 *
 *     static struct stop s_stop;
 *     stop_ask(&s_stop);                  in a signal handler, or on any thread
 *     ... stop_level(&s_stop) ...         in the work, several times a second
 */

#include <stdint.h>

#include "core/base/progress.h"

#define STOP_SOFT_MS 2000 /* for what is in flight */
#define STOP_HARD_MS 2000 /* and for the questions after it */

struct stop {
    int64_t soft_at_ms; /* ticks of the first request; 0: none */
    int64_t hard_at_ms; /* of a request to cut off at once; 0: none */
    int now;
};

void stop_init(struct stop *stop);

/* The next level: soft, then now. Async-signal-safe; any thread. */
void stop_ask(struct stop *stop);

/* Cuts off what is in flight at once; the questions after it have their time. */
void stop_cut(struct stop *stop);

enum cancel stop_level(const struct stop *stop);

/* The same for another moment (ticks). */
enum cancel stop_level_at(const struct stop *stop, int64_t now_ms);

#endif
