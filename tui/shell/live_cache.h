#ifndef TUI_SHELL_LIVE_CACHE_H
#define TUI_SHELL_LIVE_CACHE_H

/*
 * What agents did when the directory was last asked, by the agent's id. The screen shows it; after
 * LIVE_FRESH_MS it is asked again if the agent is on the screen.
 *
 *     live_cache_put(&cache, agent, &state, live->at_s, clock_ticks_ms());
 *     const struct live_seen *seen = live_cache_get(&cache, agent);
 *     if (seen) { ... live_word(&seen->state) ... }
 *
 * UI thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/strmap.h"
#include "core/pool/model.h"
#include "core/port/live.h"

#define LIVE_FRESH_MS 30000

struct live_seen {
    struct live_state state; /* its texts are the entry's */
    char *texts[3];
    int64_t at_s;     /* the machine's clock */
    int64_t asked_ms; /* clock_ticks_ms */
};

struct live_cache {
    struct arena ids;
    struct strmap by_id;
    struct live_seen *seen;
    size_t n;
    size_t capacity;
};

/* All zero is an empty one. */
void live_cache_release(struct live_cache *cache);

/* Copies the state. */
void live_cache_put(struct live_cache *cache, const struct agent *agent,
                    const struct live_state *state, int64_t at_s, int64_t now_ms);
/* What is known, however old; NULL: nothing. Valid until the next put. */
const struct live_seen *live_cache_get(const struct live_cache *cache, const struct agent *agent);
bool live_cache_is_fresh(const struct live_cache *cache, const struct agent *agent, int64_t now_ms);

#endif
