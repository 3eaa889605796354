#ifndef CORE_SETTINGS_HELP_H
#define CORE_SETTINGS_HELP_H

/*
 * --help, one screen (80 x 24) per topic, the manual page and the completion script, all made from
 * the tables of core/settings/options.h.
 */

#include "core/base/buf.h"
#include "core/settings/options.h"

/* Appends the screen of a topic. */
void help_topic(enum topic topic, struct buf *out);

/* What a topic says beyond the tables. */
const char *help_text(enum topic topic);

/* Appends the manual page, for roff: `extpool --help man | man -l -`. */
void help_man(struct buf *out);

/* Appends a completion script for that shell, bash, zsh or fish: `source <(extpool --completion bash)`.
   False for another one. core/settings/completion.c */
bool help_completion(const char *shell, struct buf *out);

#endif
