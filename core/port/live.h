#ifndef CORE_PORT_LIVE_H
#define CORE_PORT_LIVE_H

/*
 * What agents do at this moment: whether a call gets through to them. A directory may tell it
 * (core/port/directory.h, `live`), for at most LIVE_AGENTS_MAX agents at a time.
 *
 *     struct live_wanted wanted = {agents, n_agents};
 *     struct live *live = NULL;
 *     if (session_read_live(session, &wanted, progress, &live, &err) == ERR_OK) {
 *         ... live->states[i] is of agents[i], as it was at live->at_s ...
 *     }
 *     live_free(live);
 */

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/pool/model.h"

#define LIVE_AGENTS_MAX 100 /* of one request: what GetCurrentUserData takes */

/* Whom it is about; borrowed for the call. */
struct live_wanted {
    const struct agent *agents; /* as the roster has them: login, routing profile and ARN count */
    size_t n_agents;            /* at most LIVE_AGENTS_MAX */
};

/* Presence, its word in a list, its words for people. */
#define LIVE_PRESENCES(X)                                                                          \
    X(LIVE_UNKNOWN, ".", "not known")                                                              \
    X(LIVE_OFFLINE, "off", "offline")                                                              \
    X(LIVE_AVAILABLE, "avl", "available")                                                          \
    X(LIVE_RINGING, "ring", "ringing")                                                             \
    X(LIVE_ON_CONTACT, "call", "on a contact")                                                     \
    X(LIVE_AFTER_CONTACT, "acw", "after contact work")                                             \
    X(LIVE_MISSED, "miss", "missed a contact")                                                     \
    X(LIVE_ERROR, "err", "error")                                                                  \
    X(LIVE_OTHER, "oth", "in another status") /* Lunch, Training: nothing is routed to them */

enum live_presence {
#define X(id, word, words) id,
    LIVE_PRESENCES(X)
#undef X
        LIVE_N
};

#define LIVE_CHANNELS(X)                                                                           \
    X(LIVE_NO_CHANNEL, "")                                                                         \
    X(LIVE_VOICE, "voice")                                                                         \
    X(LIVE_CHAT, "chat")                                                                           \
    X(LIVE_TASK, "task")                                                                           \
    X(LIVE_EMAIL, "email")

enum live_channel {
#define X(id, word) id,
    LIVE_CHANNELS(X)
#undef X
        LIVE_CHANNELS_N
};

/* Texts are cleaned: they may go to a terminal. Each may be NULL: not known. */
struct live_state {
    enum live_presence presence;
    enum live_channel channel; /* of the contact that `presence` is about */
    int64_t since_s;           /* when `presence` began; 0: not known */
    const char *status;        /* what the agent chose: "Available", "Lunch" */
    const char *queue;         /* where the contact came from; its name */
    const char *profile;       /* the routing profile's name */
    unsigned voice_max;        /* calls that the agent can have at once; 0: none, or not known */
    unsigned voice_used;
    unsigned voice_free; /* calls that can still be routed to them, if they are available */
};

/* Immutable once it is given out. */
struct live {
    struct arena arena;
    struct live_state *states; /* one for each agent that was asked about, in that order */
    size_t n_states;
    int64_t at_s; /* by the machine's clock */
};

/* For so many agents, all of them LIVE_UNKNOWN. */
struct live *live_new(size_t n_states);
void live_free(struct live *live); /* NULL is fine */
/* Sets the state of one agent, with a copy of its texts. */
void live_set(struct live *live, size_t i, const struct live_state *state);

/* Static texts. A contact that is no call has the word of its channel: "chat". */
const char *live_word(const struct live_state *state);
const char *live_words(enum live_presence presence);
const char *live_channel_word(enum live_channel channel);

#endif
