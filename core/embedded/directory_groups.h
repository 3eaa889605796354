#ifndef CORE_EMBEDDED_DIRECTORY_GROUPS_H
#define CORE_EMBEDDED_DIRECTORY_GROUPS_H

/*
 * What a directory file says of an agent beyond login, name and profile, as far as the groups look at it
 * (core/pool/group.h): `column:NAME` is a column of a CSV, or a member of a user in JSON. Names are compared
 * as headers are. Tags are in the JSON of search-users. A file that lacks a column says that its agents
 * have none of it: other files need not have the same columns. One that no file has is a mistake, which
 * core/session finds.
 *
 *     file_groups_init(&groups, policy);
 *     file_groups_begin(&groups);
 *     file_groups_add(&groups, FIELD_COLUMN, groups.keys[0], field); ...
 *     agent.attributes = file_groups_end(&groups, &agent.n_attributes);
 *     file_groups_release(&groups);
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/format/csv.h"
#include "core/pool/group.h"

struct file_groups {
    unsigned fields;   /* FIELD_BIT of what the groups look at */
    const char **keys; /* of the columns, as the groups name them, each once; the policy's texts */
    size_t n_keys;
    /* of the agent at hand */
    struct agent_attribute *attributes;
    size_t *found; /* of each where its value begins in `texts` */
    size_t n_attributes, capacity;
    struct buf texts;
};

/* `policy` may be NULL: no groups. It outlives `groups`. */
void file_groups_init(struct file_groups *groups, const struct policy *policy);
void file_groups_release(struct file_groups *groups);

void file_groups_begin(struct file_groups *groups);
/* Copies the value, not the key. An empty value is none. */
void file_groups_add(struct file_groups *groups, enum agent_field field, const char *key,
                     struct csv_field value);
/* What was added since file_groups_begin; valid until the next one. */
const struct agent_attribute *file_groups_end(struct file_groups *groups, uint16_t *n);

#endif
