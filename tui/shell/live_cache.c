#include "tui/shell/live_cache.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

/* A user who was deleted and made again has another id, and another state. */
static const char *id_of(const struct agent *agent)
{
    return agent->arn ? agent->arn : agent->login;
}

static void release_texts(struct live_seen *seen)
{
    for (size_t i = 0; i < sizeof seen->texts / sizeof seen->texts[0]; i++) {
        free(seen->texts[i]);
    }
}

void live_cache_release(struct live_cache *cache)
{
    for (size_t i = 0; i < cache->n; i++) {
        release_texts(&cache->seen[i]);
    }
    free(cache->seen);
    strmap_release(&cache->by_id);
    arena_release(&cache->ids);
    *cache = (struct live_cache){.n = 0};
}

static struct live_seen *entry_of(struct live_cache *cache, const char *id)
{
    if (!cache->by_id.entries) {
        strmap_init(&cache->by_id, LIVE_AGENTS_MAX);
    }
    size_t at = strmap_get(&cache->by_id, id);
    if (at != STRMAP_NONE) {
        return &cache->seen[at];
    }
    if (cache->n == cache->capacity) {
        cache->capacity = cache->capacity ? 2 * cache->capacity : LIVE_AGENTS_MAX;
        cache->seen = mem_resize(cache->seen, cache->capacity, sizeof *cache->seen);
    }
    strmap_add(&cache->by_id, arena_strdup(&cache->ids, id), cache->n);
    cache->seen[cache->n] = (struct live_seen){.at_s = 0};
    return &cache->seen[cache->n++];
}

void live_cache_put(struct live_cache *cache, const struct agent *agent,
                    const struct live_state *state, int64_t at_s, int64_t now_ms)
{
    struct live_seen *seen = entry_of(cache, id_of(agent));
    release_texts(seen);
    *seen = (struct live_seen){.state = *state, .at_s = at_s, .asked_ms = now_ms};
    seen->state.status = seen->texts[0] = mem_strdup(state->status);
    seen->state.queue = seen->texts[1] = mem_strdup(state->queue);
    seen->state.profile = seen->texts[2] = mem_strdup(state->profile);
}

const struct live_seen *live_cache_get(const struct live_cache *cache, const struct agent *agent)
{
    size_t at = cache->n > 0 ? strmap_get(&cache->by_id, id_of(agent)) : STRMAP_NONE;
    return at == STRMAP_NONE ? NULL : &cache->seen[at];
}

bool live_cache_is_fresh(const struct live_cache *cache, const struct agent *agent, int64_t now_ms)
{
    const struct live_seen *seen = live_cache_get(cache, agent);
    return seen && now_ms - seen->asked_ms < LIVE_FRESH_MS;
}
