#ifndef TUI_SHELL_CHANGES_H
#define TUI_SHELL_CHANGES_H

/*
 * What others changed, and which of it was not seen yet. A row is seen when the cursor rested on it,
 * when the list of changes was open and is left, or when the operator says so. What this session
 * wrote is never marked.
 *
 *     changes_take(&changes, feed);
 *     if (changes_of_agent(&changes, login)) { ... the row bears a c ... }
 *     changes_see_row(&changes, login, ext);
 *
 * UI thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/session/feed.h"

struct changes {
    struct feed *feed; /* NULL: not read yet */
    uint64_t seen;     /* every row up to this serial */
    int64_t seen_at_s; /* since then; 0: nothing was seen yet */
    uint64_t *rested;  /* and these */
    size_t n_rested;
    size_t capacity;
    size_t n_unseen; /* rows */
    uint64_t told;   /* the operator was told of every row up to this serial */
};

/* All zero is an empty one. */
void changes_release(struct changes *changes);

/* Takes the reference. */
void changes_take(struct changes *changes, struct feed *feed);

bool changes_is_unseen(const struct changes *changes, const struct feed_entry *entry,
                       const struct feed_row *row);

/* The newest row about the agent or the extension, if it was not seen; NULL. */
const struct feed_row *changes_of_agent(const struct changes *changes, const char *login);
const struct feed_row *changes_of_ext(const struct changes *changes, const char *ext);

/* All rows about the agent or the extension were seen (either may be NULL); true if one was new. */
bool changes_see_row(struct changes *changes, const char *login, const char *ext);
bool changes_see_all(struct changes *changes, int64_t now_s);

/* ---- as text (changes_text.c) ----------------------------------------------------------------- */

#define CHANGES_EACH 3 /* up to so many rows of an action are named, of more only the counts */

/* Who it was: "kim@desk7"; "you on desk7" for the same person elsewhere. */
void changes_who(const struct feed_entry *entry, char *out, size_t size);
/* One line about an action: "kim@desk7 reassign: 0042>0077 m.rossi, 0014 a.bondar", "kim@desk7 sync:
   +6 -1" */
void changes_activity(const struct feed_entry *entry, char *out, size_t size);

#endif
