#include "core/session/last_sync.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/log.h"
#include "core/settings/state.h"

#include "core/base/banned.h"

#define KEY "sync.last"
#define KEY_SUCCEEDED "sync.succeeded"

static struct state *open_state(const struct settings *settings)
{
    struct err err = ERR_INIT;
    char place[STATE_PLACE_ROOM];
    state_place(settings, place);
    struct state *state = state_open(settings->state_folder, place, &err);
    if (err.code != ERR_OK) {
        log_line(LOG_WARN, "state", "%s", err.text);
    }
    return state;
}

void last_sync_read(const struct settings *settings, struct last_sync *out)
{
    *out = (struct last_sync){0};
    struct last_sync read = {0};
    struct state *state = open_state(settings);
    const char *text = state_get(state, STATE_PLACE, KEY);
    const char *succeeded = state_get(state, STATE_PLACE, KEY_SUCCEEDED);
    if (text && sscanf(text, "%" SCNd64 " %d %" SCNd64 " %zu %zu", &read.at_s, &read.exit,
                       &read.duration_ms, &read.conflicts, &read.failed) == 5) {
        *out = read;
    }
    if (succeeded && sscanf(succeeded, "%" SCNd64, &read.succeeded_at_s) == 1) {
        out->succeeded_at_s = read.succeeded_at_s;
    }
    state_close(state);
}

void last_sync_save(const struct settings *settings, const struct last_sync *sync)
{
    struct err err = ERR_INIT;
    char text[128];
    struct state *state = open_state(settings);
    snprintf(text, sizeof text, "%" PRId64 " %d %" PRId64 " %zu %zu", sync->at_s, sync->exit,
             sync->duration_ms, sync->conflicts, sync->failed);
    state_set(state, STATE_PLACE, KEY, text);
    if (sync->exit == 0) {
        snprintf(text, sizeof text, "%" PRId64, sync->at_s);
        state_set(state, STATE_PLACE, KEY_SUCCEEDED, text);
    }
    if (state_save(state, &err) != ERR_OK) {
        log_line(LOG_WARN, "state", "%s", err.text);
    }
    state_close(state);
}
