#ifndef CORE_PORT_CLOUD_H
#define CORE_PORT_CLOUD_H

/*
 * What somebody could choose in a cloud: profiles of this machine, and what a profile may list. The
 * first start offers it (tui); aws/ports.c answers it. Everything here is a help: whoever may not
 * list types the name.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/progress.h"

enum cloud_kind { CLOUD_INSTANCES, CLOUD_TABLES, CLOUD_BUCKETS, CLOUD_KINDS };

struct cloud_item {
    const char *uri;    /* as a setting takes it: "dynamodb:cc-ext" */
    const char *detail; /* "centre, eu-west-2", or why it does not fit; cleaned; may be "" */
    bool fits;
};

/* `n` may be 0 with or without trouble. */
struct cloud_list {
    struct cloud_item *items;
    size_t n_items, capacity;
    const char *trouble; /* why it could not be listed, with the missing permission; NULL: it was */
};

struct cloud_found {
    struct arena arena;
    struct cloud_list lists[CLOUD_KINDS];
};

/* Each may be NULL: as the environment says. */
struct cloud_choice {
    const char *profile;
    const char *region;
    const char *endpoint_url;
};

struct cloud_profiles {
    struct arena arena;
    const char **names; /* in the order of the file */
    size_t n_names, capacity;
    const char *path; /* of the file, for people */
};

/* Both do I/O: for the worker's thread. What they fill is released by its owner in every case. */
struct cloud {
    enum err_code (*profiles)(void *context, struct cloud_profiles *out, struct err *err);
    /* ERR_OK also if a list could not be read: its `trouble` says why. An error is about all of
       them: no credentials, no region, no network. */
    enum err_code (*look)(void *context, const struct cloud_choice *choice,
                          const struct progress *progress, struct cloud_found *out,
                          struct err *err);
    void *context;
};

void cloud_add(struct cloud_found *found, enum cloud_kind kind, const struct cloud_item *item);
void cloud_trouble(struct cloud_found *found, enum cloud_kind kind, const struct err *why);
void cloud_found_release(struct cloud_found *found);
void cloud_profiles_add(struct cloud_profiles *profiles, const char *name);
void cloud_profiles_release(struct cloud_profiles *profiles);

#endif
