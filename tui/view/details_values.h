#ifndef TUI_VIEW_DETAILS_VALUES_H
#define TUI_VIEW_DETAILS_VALUES_H

/*
 * Private to the Details pane: what stands behind its labels. A text lives in the arena or as long
 * as what `about` points to; "-" if there is nothing to tell.
 */

#include "tui/view/details_lines.h"

const char *details_moment(struct arena *arena, const struct details *about, int64_t at_s);
const char *details_since(struct arena *arena, const struct details *about);
const char *details_by(struct arena *arena, const struct details *about);
const char *details_before(struct arena *arena, const struct details *about, bool with_time);
const char *details_until(struct arena *arena, const struct details *about);
const char *details_note(const struct details *about);
const char *details_fallback(const struct details *about);
const char *details_state(struct arena *arena, const struct details *about);
const char *details_held(struct arena *arena, const struct details *about);
const char *details_name(const struct details *about);
const char *details_profile(const struct details *about);
/* "London"; NULL: there are no groups. */
const char *details_group(const struct details *about);
const char *details_live(struct arena *arena, const struct details *about, int columns);

#endif
