#ifndef CORE_SETTINGS_OPTION_VALUE_H
#define CORE_SETTINGS_OPTION_VALUE_H

/*
 * One value: from text to its typed member of `struct settings`, by the rules of its option
 * (core/settings/options.h). Used by core/settings/settings.c alone.
 */

#include "core/base/err.h"
#include "core/settings/location.h"
#include "core/settings/options.h"
#include "core/settings/settings.h"

/* Not for TYPE_DIRECTORY (core/settings/directories.h). ERR_USAGE says what is wrong with the value, without naming the option: the caller names it. */
enum err_code option_value_set(enum option_id id, const char *text,
                               const struct location_base *base, struct settings *settings,
                               struct err *err) ERR_CHECK;

#endif
