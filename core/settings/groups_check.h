#ifndef CORE_SETTINGS_GROUPS_CHECK_H
#define CORE_SETTINGS_GROUPS_CHECK_H

/*
 * The groups as they were read, with the line of each part, for core/settings/groups.c. What can never
 * hold is found by groups_check.
 */

#include "core/pool/match.h"
#include "core/settings/config.h"
#include "core/settings/settings.h"

struct read_group {
    const struct config_group *from;
    struct match_line *lines;
    const struct config_entry **entries; /* of the lines */
    size_t n_lines;
    const struct config_entry *ranges;
};

struct groups_read {
    const struct config *config;
    struct settings *settings;
    struct read_group *all;
    size_t n;
    struct mistakes *mistakes; /* where all of them go; NULL: the first one ends it */
    bool wrong;                /* some went there */
    struct err *err;
};

/* After a step: whether to go on. If all mistakes are wanted, they always do. */
enum err_code groups_go_on(struct groups_read *read, enum err_code code);

/* "PATH:LINE: TEXT", ERR_CONFIG. */
enum err_code groups_fail(struct groups_read *read, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Lines of `match` that nobody can fit, and groups that nobody is left for. */
enum err_code groups_check(struct groups_read *read) ERR_CHECK;

#endif
