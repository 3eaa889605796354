#ifndef CORE_SETTINGS_COMPLETE_H
#define CORE_SETTINGS_COMPLETE_H

/*
 * What the word that is being typed on a command line can become (--complete, which the scripts of
 * --completion call). Reads words, which may be incomplete or wrong; does no I/O.
 *
 *     struct completing completing;
 *     complete_read(words, n, &completing);
 *     ... completing.offers has OFFER_AGENTS: logins that begin like completing.typed,
 *         each with completing.before in front ...
 *     command_line_release(&completing.line);
 */

#include "core/settings/cmdline.h"

/* What can be offered besides `words`, as bits. */
enum offer {
    OFFER_ACTIONS = 1,
    OFFER_OPTIONS =
        2, /* "--name", of those that go with the action; before one is named, actions too */
    OFFER_CONTEXTS = 4,
    OFFER_PROFILES = 8,
    OFFER_THEMES = 16,
    OFFER_AGENTS = 32,
    OFFER_EXTENSIONS = 64,
    OFFER_FREE = 128, /* extensions that nobody holds */
    OFFER_FILES = 256
};

struct completing {
    struct command_line line; /* the words before: action, options with their values */
    bool chosen;              /* an action was named */
    unsigned offers;
    const char *const *words;   /* a few fixed ones; ends with NULL; NULL: none */
    const char *const *schemes; /* the same, to be followed by ':' */
    const char *before;         /* what the typed word has in front of the part that is completed */
    const char *typed;          /* that part */
    char room[1024];            /* where `before` stands */
};

/* `words` are those behind the program's name; the last one is being typed, and may be "". They outlive
   `out`. */
void complete_read(const char *const *words, size_t n, struct completing *out);

/* Splits a line as a shell does, up to its end, where a quote may be open: the words behind the first
   one. *n is at least 1: a line that ends behind a blank has an empty last word. In `arena`. */
const char *const *complete_split(const char *line, struct arena *arena, size_t *n);

#endif
