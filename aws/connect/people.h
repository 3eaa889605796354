#ifndef AWS_CONNECT_PEOPLE_H
#define AWS_CONNECT_PEOPLE_H

/*
 * What Connect tells of people besides who works here (aws/connect/connect.c): names, and what groups
 * are matched by. It only ever adds to who is there.
 *
 *     SearchUsers                 name, ids of routing profile and hierarchy group, tags
 *     ListRoutingProfiles         the names of the profiles
 *     SearchUserHierarchyGroups   the paths of the hierarchy groups
 *
 * Each is asked only if something that it tells is wanted. What the search does not show of an agent,
 * because it lags behind or was refused, is not known of them (`not_read`): it is not taken for "none".
 * A user whom it shows without tags or hierarchy group has none.
 *
 *     connect_people_init(&people, &wanted);
 *     ... people.search = client; ...
 *     connect_people_start(&people);
 *     ... the engine runs ...
 *     connect_people_describe(&people, user_id, &agent);
 */

#include <stdbool.h>
#include <stddef.h>

#include "aws/client/client.h"
#include "aws/connect/note.h"
#include "aws/connect/pages.h"
#include "aws/connect/summary.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/base/strmap.h"
#include "core/pool/policy.h"
#include "core/pool/roster.h"

/* What is asked for. */
struct connect_wanted {
    bool names;                  /* and routing profiles, for people */
    const struct policy *policy; /* what its groups look at; NULL: there are none. Borrowed */
};

/* What SearchUsers says of a login. */
struct connect_person {
    const char *login;
    const char *id;           /* of the user; NULL: it was not told */
    const char *arn;          /* only if one person is looked for */
    const char *name;         /* NULL: none */
    const char *profile_id;   /* NULL: none */
    const char *hierarchy_id; /* NULL: none */
    /* The tags that a group looks at; there is room for one more. */
    struct agent_attribute *attributes;
    uint16_t n_tags;
    uint16_t not_read; /* FIELD_BIT of what cannot be told */
};

struct connect_people {
    struct connect_wanted wanted;
    unsigned fields;       /* FIELD_BIT of what the groups need of Connect */
    const char *only;      /* the login of the one who is looked for; NULL: everybody. Borrowed */
    struct client *search; /* borrowed; it has the pace of its operation, as those of the lists */
    const char *instance_id;
    const char *resource; /* the instance, for messages */
    const struct progress *progress;
    struct connect_summary profiles, hierarchy;
    /* what came */
    struct arena arena;
    struct connect_person *people;
    size_t n_people, capacity;
    struct strmap by_login;
    size_t total; /* what SearchUsers says there is; 0: it does not */
    struct connect_pages pages;
    struct connect_note note; /* of SearchUsers */
    struct err err;           /* of its last answer */
    bool stop;                /* ask for no more pages */
    const char **tag_keys;    /* that a group looks at */
    size_t n_tag_keys;
    /* what connect_people_describe met */
    size_t n_behind, n_unlisted;
    const char *first_behind, *first_unlisted; /* their logins */
};

/* FIELD_BIT of what groups look at and Connect has; `policy` may be NULL. */
unsigned connect_fields(const struct policy *policy);

void connect_people_init(struct connect_people *people, const struct connect_wanted *wanted);
void connect_people_release(struct connect_people *people);

/* Submits the first requests, if anything is wanted or somebody is looked for; their
   answers are collected while the engine runs. Do not move `people` until then. */
void connect_people_start(struct connect_people *people);

/* NULL if nothing is known. */
const struct connect_person *connect_people_find(const struct connect_people *people,
                                                 const char *login);

/* Fills in what is known of an agent with this login and, if it is known, this user id, and what is
   not. The attributes live as long as `people`. */
void connect_people_describe(struct connect_people *people, const char *id, struct agent *agent);

/* Adds to the roster's note what went wrong, and who was not shown. */
void connect_people_tell(const struct connect_people *people, struct roster *roster);

#endif
