#ifndef CORE_SETTINGS_RESOLVER_H
#define CORE_SETTINGS_RESOLVER_H

/*
 * One resolution of settings at work: core/settings/settings.c and core/settings/file.c only.
 */

#include "core/base/buf.h"
#include "core/settings/cmdline.h"
#include "core/settings/config.h"
#include "core/settings/settings.h"

/* All that one resolution works on. */
struct resolver {
    const struct command_line *line;
    const struct environment *environment;
    struct config config;
    struct buf text;  /* of the configuration file */
    const char *home; /* NULL: not set */
    const char *data; /* $XDG_DATA_HOME/extpool, NULL: neither it nor HOME is set */
    struct settings *settings;
    struct err *err;
};

/* Reads the configuration file where there is one, into r->config. core/settings/file.c */
enum err_code resolver_read_config(struct resolver *r) ERR_CHECK;

/* Decides on settings->context (`asked`: chosen in the console, or NULL) and lists all of them. */
enum err_code resolver_choose_context(struct resolver *r, const char *asked) ERR_CHECK;
void resolver_list_contexts(struct resolver *r);

/* $VARIABLE/extpool, else HOME/FALLBACK/extpool, else NULL; in the settings' arena. */
const char *resolver_xdg_folder(struct resolver *r, const char *variable, const char *fallback);

void resolver_set_origin(struct settings *settings, enum option_id id, enum origin kind,
                         const char *text);

#endif
