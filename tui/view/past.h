#ifndef TUI_VIEW_PAST_H
#define TUI_VIEW_PAST_H

/*
 * What was done to an agent or a number, newest first. Pure.
 *
 *     struct past past = PAST_INIT;
 *     past_add_history(&past, history, "a.bennett", "0012");
 *     past_release(&past);
 */

#include "core/plan/audit.h"
#include "core/session/feed.h"

struct past_change {
    int64_t at_ms;
    enum change_kind kind;
    const char *ext;    /* of a reassign the new one; NULL: a range of new numbers */
    const char *from;   /* of a reassign the former one */
    const char *agent;  /* NULL: nobody */
    const char *who;    /* a short name, for people */
    const char *actor;  /* a short name, as a number has it that the change wrote */
    const char *action; /* "sync" */
    const char *had;    /* who had the number before; NULL: not known */
    int64_t had_until_s;
};

struct past {
    struct arena arena;
    struct past_change *changes;
    size_t n;
    size_t capacity;
};

/* The versions of clang-format lay out a braced macro in different ways. */
/* clang-format off */
#define PAST_INIT {.changes = NULL, .n = 0}
/* clang-format on */

/* Adds the changes that concern the login or the extension (either may be NULL). Copies the texts.
   The history is sealed. */
void past_add_history(struct past *past, const struct history *history, const char *login,
                      const char *ext);
/* The same from the feed of changes, but for actions that `known` has (NULL: none). */
void past_add_feed(struct past *past, const struct feed *feed, const struct history *known,
                   const char *login, const char *ext);
/* Puts the newest first, after several were added; what is there twice goes. */
void past_sort(struct past *past);
void past_release(struct past *past);

#endif
