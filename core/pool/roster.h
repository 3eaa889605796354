#ifndef CORE_POOL_ROSTER_H
#define CORE_POOL_ROSTER_H

/*
 * Who works here: all agents of one directory, or of several, at one moment, sorted by login, in one
 * arena. A roster is immutable once it is published and counted by reference: roster_ref, roster_unref
 * (safe from every thread).
 *
 *     roster = roster_new();
 *     roster_add(roster, &agent); ...
 *     roster_seal(roster);
 *     roster_describe(roster, &directory);
 *     all = roster_merge(parts, n_parts);
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

/* What a group can be matched by (core/pool/group.h). field, name in the configuration, whether a key
   stands before the pattern */
#define AGENT_FIELDS(X)                                                                            \
    X(FIELD_LOGIN, "login", false)                                                                 \
    X(FIELD_DIRECTORY, "directory", false)                                                         \
    X(FIELD_ROUTING_PROFILE, "routing_profile", false)                                             \
    X(FIELD_HIERARCHY, "hierarchy", false) /* "UK/Leeds/Team 4", the highest level first */        \
    X(FIELD_TAG, "tag", true)                                                                      \
    X(FIELD_COLUMN, "column", true) /* of a directory file */

enum agent_field {
#define X(field, name, keyed) field,
    AGENT_FIELDS(X)
#undef X
        FIELD_COUNT
};

/* Some fields, as bits: FIELD_BIT(FIELD_TAG). */
#define FIELD_BIT(field) (1u << (field))

/* What a directory says of an agent besides login, name and profile, as far as it was asked for. */
struct agent_attribute {
    enum agent_field field; /* FIELD_HIERARCHY, FIELD_TAG, FIELD_COLUMN */
    const char *key;        /* of the tag or the column; else NULL */
    const char *value;
};

#define GROUP_NONE UINT16_MAX          /* it belongs to no group */
#define GROUP_UNKNOWN (UINT16_MAX - 1) /* that hangs on something that was not read */

struct agent {
    const char *login;
    const char *name;            /* for people, may be NULL */
    const char *routing_profile; /* may be NULL */
    const char *arn;             /* of the Amazon Connect user, may be NULL */
    const struct agent_attribute *attributes;
    uint16_t n_attributes;
    uint16_t group;     /* index of the policy's groups, GROUP_NONE or GROUP_UNKNOWN (groups_find);
                               0 as long as nobody looked */
    uint16_t directory; /* index of the roster's directories */
    uint16_t not_read;  /* FIELD_BIT of what the directory has and was not read for this agent */
    const struct agent *next; /* the same login in a later directory, or NULL */
};

/* One of the directories that a roster comes from. */
struct roster_directory {
    const char *name; /* as the configuration names it; NULL: it has no name */
    const char
        *source; /* as slots have it (slot_source): the id of a Connect instance, or the name of
                           a file; NULL: a file without a name */
    const char *uri;
    const char *partial;    /* why somebody may be missing; NULL: it is whole */
    const char *last_login; /* see struct roster */
    size_t n_agents;
    bool unread; /* nothing of it is in the roster, `partial` says why */
};

struct roster {
    struct arena arena;
    struct agent *agents; /* sorted by login, no login twice */
    size_t n_agents;
    struct roster_directory
        *directories; /* in the order of the configuration; NULL: one that nobody
                                             described */
    size_t n_directories;
    struct roster **parts; /* of roster_merge: what it was made of; referenced */
    size_t pages;
    const char *note; /* something the operator should know ("no names: ..."), or NULL */
    /* Why somebody may be missing ("... ends in the middle of line 7"), so that nobody is taken for
       a leaver; NULL: it is whole. */
    const char *partial;
    /* Of a file that ends right behind it, without a line end, so that it may be cut; else NULL. */
    const char *last_login;
    /* Of a directory file: the columns that groups look at and that it has, as the groups name them. */
    const char **columns;
    size_t n_columns;
    int64_t read_at_s;
    unsigned long references;
};

struct roster *roster_new(void);
struct roster *roster_ref(const struct roster *roster);
void roster_unref(const struct roster *roster);
/* Copies the strings. */
void roster_add(struct roster *roster, const struct agent *agent);
/* Add a sentence to the note, and a reason to `partial`. */
void roster_note(struct roster *roster, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void roster_partial(struct roster *roster, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Makes it partial if clearly fewer were read than the directory says it has: fewer than 95 %
   and at least ten fewer. `said` 0: it does not say. */
void roster_check_total(struct roster *roster, const char *name, size_t n_read, size_t said);

/* Sorts by login; of two rows with one login one goes (a page boundary can show an agent twice).
   Returns the login that stood twice first, or NULL. */
const char *roster_seal(struct roster *roster);
const struct agent *roster_find(const struct roster *roster, const char *login);

/* Says which directory a sealed roster comes from. Copies the texts; `partial`, `last_login` and
   `n_agents` are those of the roster. */
void roster_describe(struct roster *roster, const struct roster_directory *directory);
/* What people call it: its name, else its URI. */
const char *roster_directory_name(const struct roster_directory *directory);
/* Notes that it has such a column, and asks for it: of a merged one, whether one of the parts has it. */
void roster_note_column(struct roster *roster, const char *name);
bool roster_has_column(const struct roster *roster, const char *name);
/* How many of its directories gave nobody because they could not be read. `roster` may be NULL. */
size_t roster_n_unread(const struct roster *roster);
/* One roster of several, each of them sealed and described, in the order of the configuration; at the
   cost of their agents. Of a login in two directories the first one counts, and has the others in
   `next`. Partial if one of them is. Keeps a reference on each. `pages` are added up, and the oldest
   read_at_s counts. */
struct roster *roster_merge(struct roster *const *parts, size_t n_parts);

#endif
