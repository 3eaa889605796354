#ifndef CORE_SETTINGS_CONFIG_H
#define CORE_SETTINGS_CONFIG_H

/*
 * Reads the configuration file: every property of every section. It takes known keys only, and no
 * key twice but those of which each line is one: `directory`, and `match` of a group. core/settings/settings.c checks the values, but only those of the chosen context.
 *
 *     [defaults]               for every context that does not say otherwise
 *     context = prod           the context, if nothing else names one
 *
 *     [context prod]
 *     directory = connect:arn:aws:connect:eu-west-2:111122223333:instance/...
 *     store = dynamodb:cc-ext
 *     read_only = yes
 *     cooldown = 14d           keys of [policy] and [console] are allowed, and theme
 *
 *     [policy]
 *     ranges = 2000-2999, 7100-7199
 *
 *     [group london]           who is given which numbers (core/settings/groups.h)
 *     match = routing_profile:London*
 *     ranges = 2000-2999
 *
 *     [theme]  name = ..., and styles that the console judges
 *     [keys]   action = keys, judged by the console
 *     [console] refresh ascii mouse escdelay confirm
 */

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/settings/mistakes.h"
#include "core/settings/options.h"

#define GROUP_NAME_MAX 64     /* bytes */
#define GROUPS_NONE "none"    /* what `groups` says of none, and --group of no group */
#define CONFIG_MAX (1u << 20) /* bytes of the file */

struct config_entry {
    enum section section;
    const char *owner; /* NAME of [context NAME] and [group NAME], else NULL */
    enum option_id id; /* OPT_COUNT: a pair of [keys] and [theme], a key of a group */
    const char *name;
    const char *value; /* lines that continue it are joined by a blank; if the key may stand several
                          times, each is an entry of its own */
    unsigned line;
};

struct config_group {
    const char *name;
    unsigned line;
};

/* Key of [group NAME], whether each of its lines is one, its value and help. */
#define GROUP_KEYS(X)                                                                              \
    X(GROUP_MATCH, "match", true, "TERM...",                                                       \
      "who belongs to it: the terms of one line hold together, several lines are alternatives")    \
    X(GROUP_RANGES, "ranges", false, "LIST", "its numbers; they are those of no other group")      \
    X(GROUP_COOLDOWN, "cooldown", false, "TIME", "instead of that of [policy]")                    \
    X(GROUP_LOW_WATER, "low_water", false, "N|N%", "instead of that of [policy]")                  \
    X(GROUP_MAX_RELEASE, "max_release", false, "N|N%", "instead of that of [policy]")              \
    X(GROUP_ON_MOVE, "on_move", false, "keep|renumber",                                            \
      "what becomes of the number of somebody who moves to another group")

enum group_key {
#define X(key, ...) key,
    GROUP_KEYS(X)
#undef X
        GROUP_KEY_COUNT
};

struct group_key_info {
    const char *name;
    bool repeats;
    const char *hint;
    const char *help;
};

const struct group_key_info *group_key_info(enum group_key key);

struct config {
    struct arena arena;
    const char *path;
    struct config_entry *entries; /* in the order of the file */
    size_t n_entries;
    const char **contexts; /* names, in the order of the file */
    size_t n_contexts;
    struct config_group *groups; /* in the order of the file, which is that of their match */
    size_t n_groups;
};

struct config_text {
    const char *path; /* its name in messages; outlives the config */
    const char *text;
    size_t length;
};

/* ERR_CONFIG names "PATH:LINE", and for an unknown section or key the one that was probably meant. */
enum err_code config_parse(const struct config_text *text, struct config *config,
                           struct err *err) ERR_CHECK;
/* The same, and reads on after a mistake: the config has what is right, and `mistakes` the others. The
   keys of a section that cannot be told are passed over. */
void config_parse_all(const struct config_text *text, struct config *config,
                      struct mistakes *mistakes);
void config_release(struct config *config);

/* NULL: the section (of that context) does not have it. */
const struct config_entry *config_find(const struct config *config, enum section section,
                                       const char *context, enum option_id id);

/* The (first) entry of a key in the section of that group, or NULL. */
const struct config_entry *config_find_group(const struct config *config, const char *group,
                                             enum group_key key);

/* The next entry of the same key in the same section, or NULL. */
const struct config_entry *config_next(const struct config *config,
                                       const struct config_entry *entry);

bool config_has_context(const struct config *config, const char *name);

#endif
