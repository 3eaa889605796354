#ifndef CORE_SETTINGS_STATE_H
#define CORE_SETTINGS_STATE_H

/*
 * What one run leaves for the next: preferences that were chosen in the console, saved filters, what
 * was seen last, the basket, and what came of the last sync. It is in the state folder,
 * $XDG_STATE_HOME/extpool (else ~/.local/state/extpool), never in the user's configuration:
 *
 *     preferences            what a person chose, for all places: theme, columns, sort, filters
 *     PLACE/preferences      what belongs to one place (a context): what was seen last, the last sync
 *     PLACE/basket.json      the gathered edits of that place, a plan file (core/plan/plan_file.h)
 *
 *     state_place(settings, place);
 *     struct state *state = state_open(settings->state_folder, place, &err);
 *     const char *theme = state_get(state, STATE_PERSON, "theme");
 *     state_set(state, STATE_PERSON, "filter.x", "state:new");
 *     state_save(state, &err);
 *     state_close(state);
 *
 * Several consoles share the folder: state_save writes only the keys that were set here, over what is
 * in the file by then, so none loses what another one saved. Nothing here stops the console: a folder
 * that cannot be read or written is one message, and everything is kept in memory.
 *
 * One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/settings/settings.h"

enum state_scope {
    STATE_PERSON, /* for every place */
    STATE_PLACE,  /* for this context or store */
    STATE_SCOPES
};

#define STATE_KEY_MAX 64     /* bytes; a key has letters, digits and . _ - */
#define STATE_VALUE_MAX 2000 /* bytes, one line */
#define STATE_PLACE_ROOM 160

struct state;

/* The name of the place that the settings are about: the context's, or one of the store's identity. Demo
   stores have no place, and nothing of them is kept. */
void state_place(const struct settings *settings, char out[STATE_PLACE_ROOM]);

/* Reads what is there. Never NULL. `folder` or `place` NULL or "": everything stays in memory. `err`
   says, once, what could not be read or understood; the rest counts. */
struct state *state_open(const char *folder, const char *place, struct err *err);
void state_close(struct state *state); /* saves nothing; NULL is fine */

/* NULL if it is not set. The text holds until the key is set again or the state is saved. */
const char *state_get(const struct state *state, enum state_scope scope, const char *key);

/* In memory; NULL or "" removes it. False: no such key can be kept, or the value is no line of text
   of at most STATE_VALUE_MAX bytes. */
bool state_set(struct state *state, enum state_scope scope, const char *key, const char *value);

/* Whether something was set that is not saved. */
bool state_is_changed(const struct state *state);

/* Writes what was set, and takes over what others have saved meanwhile. ERR_OK if nothing was set or
   everything stays in memory. After an error it may be tried again. Blocks for file I/O, and for a
   second at most for another console that saves. */
enum err_code state_save(struct state *state, struct err *err) ERR_CHECK;

/* For saving on another thread: a copy that is saved there, and comes back here. What was set meanwhile
   stays set. */
struct state *state_fork(const struct state *state);
void state_join(struct state *state, struct state *fork); /* frees the fork */

/* The path of a file of the place ("basket.json"); NULL if nothing is kept. Its folder is made by
   fileio_make_parents. Holds as long as the state. */
const char *state_path(struct state *state, const char *name);

#endif
