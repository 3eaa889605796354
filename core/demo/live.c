#include "core/demo/live.h"

#include "core/demo/chance.h"

#include "core/base/banned.h"

#define SHORTEST_S 420 /* how long somebody does one thing */
#define LONGER_S 1080  /* ... and at most so much longer */

/* Each as often as it stands here. */
static const struct {
    enum live_presence presence;
    enum live_channel channel;
    const char *status;
} s_doings[] = {
    {LIVE_AVAILABLE, LIVE_NO_CHANNEL, "Available"}, {LIVE_AVAILABLE, LIVE_NO_CHANNEL, "Available"},
    {LIVE_AVAILABLE, LIVE_NO_CHANNEL, "Available"}, {LIVE_AVAILABLE, LIVE_NO_CHANNEL, "Available"},
    {LIVE_AVAILABLE, LIVE_NO_CHANNEL, "Available"}, {LIVE_AVAILABLE, LIVE_NO_CHANNEL, "Available"},
    {LIVE_ON_CONTACT, LIVE_VOICE, "Available"},     {LIVE_ON_CONTACT, LIVE_VOICE, "Available"},
    {LIVE_ON_CONTACT, LIVE_VOICE, "Available"},     {LIVE_ON_CONTACT, LIVE_CHAT, "Available"},
    {LIVE_AFTER_CONTACT, LIVE_VOICE, "Available"},  {LIVE_AFTER_CONTACT, LIVE_VOICE, "Available"},
    {LIVE_OTHER, LIVE_NO_CHANNEL, "Lunch"},         {LIVE_OTHER, LIVE_NO_CHANNEL, "Training"},
    {LIVE_OFFLINE, LIVE_NO_CHANNEL, NULL},          {LIVE_OFFLINE, LIVE_NO_CHANNEL, NULL},
    {LIVE_OFFLINE, LIVE_NO_CHANNEL, NULL},          {LIVE_OFFLINE, LIVE_NO_CHANNEL, NULL},
};

static void choose(struct live *live, struct live_state *out, const struct agent *agent)
{
    uint64_t state = DEMO_SEED;
    for (const char *c = agent->login; *c; c++) {
        state = state * 31 + (unsigned char)*c;
    }
    int64_t lasts_s = SHORTEST_S + (int64_t)demo_below(&state, LONGER_S);
    int64_t offset_s = (int64_t)demo_below(&state, (size_t)lasts_s);
    int64_t turn = (live->at_s + offset_s) / lasts_s;
    state ^= (uint64_t)turn;
    size_t doing = demo_below(&state, sizeof s_doings / sizeof s_doings[0]);
    *out = (struct live_state){
        .presence = s_doings[doing].presence,
        .channel = s_doings[doing].channel,
        .status = s_doings[doing].status,
        .profile = arena_strdup(&live->arena, agent->routing_profile),
    };
    if (out->presence != LIVE_OFFLINE) { /* as Connect: who is offline has no more than that */
        bool calls = out->channel == LIVE_VOICE;
        out->since_s = turn * lasts_s - offset_s;
        out->queue = out->channel != LIVE_NO_CHANNEL ? out->profile : NULL;
        out->voice_max = 1;
        out->voice_used = calls ? 1 : 0;
        out->voice_free = out->presence == LIVE_OTHER || calls ? 0 : 1;
    }
}

struct live *demo_live(const struct live_wanted *wanted, int64_t now_s)
{
    struct live *live = live_new(wanted->n_agents);
    live->at_s = now_s;
    for (size_t i = 0; i < wanted->n_agents; i++) {
        choose(live, &live->states[i], &wanted->agents[i]);
    }
    return live;
}
