#include "core/port/live.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

static const struct {
    const char *word;
    const char *words;
} s_presences[LIVE_N] = {
#define X(id, word, words) [id] = {word, words},
    LIVE_PRESENCES(X)
#undef X
};

static const char *const s_channels[LIVE_CHANNELS_N] = {
#define X(id, word) [id] = (word),
    LIVE_CHANNELS(X)
#undef X
};

struct live *live_new(size_t n_states)
{
    struct live *live = mem_alloc(sizeof *live);
    live->states = mem_array(n_states + 1, sizeof *live->states);
    live->n_states = n_states;
    return live;
}

void live_free(struct live *live)
{
    if (live) {
        arena_release(&live->arena);
        free(live->states);
        free(live);
    }
}

void live_set(struct live *live, size_t i, const struct live_state *state)
{
    struct live_state copy = *state;
    copy.status = arena_strdup(&live->arena, state->status);
    copy.queue = arena_strdup(&live->arena, state->queue);
    copy.profile = arena_strdup(&live->arena, state->profile);
    live->states[i] = copy;
}

const char *live_word(const struct live_state *state)
{
    bool no_call = state->presence == LIVE_ON_CONTACT && state->channel > LIVE_VOICE;
    return no_call ? s_channels[state->channel] : s_presences[state->presence].word;
}

const char *live_words(enum live_presence presence)
{
    return s_presences[presence].words;
}

const char *live_channel_word(enum live_channel channel)
{
    return s_channels[channel];
}
