#ifndef TUI_VIEW_START_H
#define TUI_VIEW_START_H

/*
 * The form of the first start: where the agents, the numbers and the list are. It keeps what is
 * typed and shows what came of it; its hooks do the work (tui/console/first_start.c).
 *
 * A field that was reached is chosen: A, D, ? and q are commands then, and what is typed replaces
 * its text. Once a key has changed the text, all keys are text until Esc.
 */

#include "core/base/path_offers.h"
#include "core/session/setup.h"
#include "tui/shell/shell.h"

struct start_hooks {
    void (*try_it)(struct shell *shell); /* Enter */
    void (*complete)(struct shell *shell, enum setup_field field, const char *path);
    void (*amazon)(struct shell *shell);
    void (*demo)(struct shell *shell);
    void (*not_now)(struct shell *shell); /* Esc: the console without a configuration */
};

/* `path` is that of the configuration, for people; "": there is no place for one. The hooks
   outlive the view. */
struct view *view_start_new(const struct setup *proposed, const char *path,
                            const struct start_hooks *hooks);

/* The form on the stack, or NULL. What follows takes what this gives. */
struct view *view_start_find(const struct shell *shell);

void view_start_read(const struct view *view, struct setup *out);
/* Replaces the text of a field. */
void view_start_set(struct view *view, enum setup_field field, const char *text);

/* Something about a place (SETUP_DIRECTORY to SETUP_EXPORT), in its row below the form; "" clears
   it. */
void view_start_tell(struct view *view, enum setup_field place, const char *text);
/* The line above the keys; "" clears it. */
void view_start_say(struct view *view, enum style style, const char *text);
/* An error with its hint there. The field that has to be mended is chosen (SETUP_N: none). */
void view_start_say_error(struct view *view, enum setup_field field, const struct err *err);
/* What Tab found: types it on if the field still holds `typed`, and shows the names. */
void view_start_offer(struct view *view, enum setup_field field, const char *typed,
                      const struct path_offers *offers);
/* "acme-prod (of 3 in ~/.aws/config)". */
void view_start_tell_profile(struct view *view, const char *text);

#endif
