#include "core/session/last_sync.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
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

/* Numbers with a blank between two. False if there are not exactly `n`. */
static bool read_numbers(const char *text, int64_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char word[24];
        size_t length = strcspn(text, " ");
        if (length >= sizeof word) {
            return false;
        }
        memcpy(word, text, length);
        word[length] = '\0';
        if (!text_to_int64(word, 0, INT64_MAX, &numbers[i])) {
            return false;
        }
        text += length + (text[length] == ' ');
    }
    return *text == '\0';
}

void last_sync_read(const struct settings *settings, struct last_sync *out)
{
    *out = (struct last_sync){0};
    int64_t numbers[5];
    struct state *state = open_state(settings);
    const char *text = state_get(state, STATE_PLACE, KEY);
    const char *succeeded = state_get(state, STATE_PLACE, KEY_SUCCEEDED);
    if (text && read_numbers(text, numbers, 5)) {
        *out = (struct last_sync){.at_s = numbers[0],
                                  .exit = (int)numbers[1],
                                  .duration_ms = numbers[2],
                                  .conflicts = (size_t)numbers[3],
                                  .failed = (size_t)numbers[4]};
    }
    if (succeeded && read_numbers(succeeded, numbers, 1)) {
        out->succeeded_at_s = numbers[0];
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
