#ifndef CORE_SETTINGS_CONFIG_H
#define CORE_SETTINGS_CONFIG_H

/*
 * Reads the configuration file: every property of every section. It takes known keys only, and no
 * key twice but `directory`, which names one directory in each line. core/settings/settings.c checks the values, but only those of the chosen context.
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
 *     [theme]  name = ..., and styles that the console judges
 *     [keys]   action = keys, judged by the console
 *     [console] refresh ascii mouse escdelay confirm
 */

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/settings/mistakes.h"
#include "core/settings/options.h"

#define CONFIG_MAX (1u << 20) /* bytes of the file */

struct config_entry {
    enum section section;
    const char *context; /* of SECTION_CONTEXT, else NULL */
    enum option_id id;   /* OPT_COUNT for the pairs of [keys] and [theme] */
    const char *name;
    const char *value; /* lines that continue it are joined by a blank; if the key may stand several
                          times, each is an entry of its own */
    unsigned line;
};

struct config {
    struct arena arena;
    const char *path;
    struct config_entry *entries; /* in the order of the file */
    size_t n_entries;
    const char **contexts; /* names, in the order of the file */
    size_t n_contexts;
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

/* The next entry of the same key in the same section, or NULL. */
const struct config_entry *config_next(const struct config *config,
                                       const struct config_entry *entry);

bool config_has_context(const struct config *config, const char *name);

#endif
