#ifndef CORE_PLAN_PUBLISH_GUARD_H
#define CORE_PLAN_PUBLISH_GUARD_H

/*
 * The publishing guard: keeps a wrong store (a misspelt table, another home folder, a store that
 * was made anew) from replacing the list that everybody dials by. Pure.
 *
 * The list that lies at the destination is read as an import is: columns by their header. Of the
 * people on it, those who are in the directory or hold a number in this store are counted if they
 * would get another number or go. More than 10 % of the list and more than 5, or a list that
 * becomes empty, is refused. A file that is not such a list has no people to protect.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"

struct publish_question {
    const char *name; /* the destination, for people */
    const char *text; /* what lies there */
    size_t length;
    const struct snapshot *before;      /* the store as this run found it: whom it knows */
    const struct snapshot *after;       /* what would be published */
    const struct roster *roster;        /* who works here; NULL or partial: everybody may */
    const struct release_limit *lifted; /* what --max-release allows; NULL: the guard's own limit */
};

struct publish_verdict {
    bool refused;
    bool empties;   /* nobody would be on the list any more */
    size_t people;  /* on the list that lies there, each once */
    size_t moved;   /* would get another number */
    size_t gone;    /* would not be on the list any more */
    size_t unknown; /* hold no number in this store */
    size_t count;   /* what is held against the limit */
    size_t limit;
    char text[512]; /* why it is refused */
};

void publish_judge(const struct publish_question *question, struct publish_verdict *verdict);

/* By slot: whether the list in `text` has the number beside its holder. The caller frees it. */
bool *publish_find_listed(const struct snapshot *snapshot, const char *text, size_t length);

/* ERR_GUARD with the verdict's text if it is refused; the hint is the caller's. */
enum err_code publish_guard_error(const struct publish_verdict *verdict, struct err *err) ERR_CHECK;

#endif
