#ifndef TUI_CONSOLE_CHECK_H
#define TUI_CONSOLE_CHECK_H

/* Judges what only the console reads of a configuration, for --check-config: [keys], [theme] and the
   theme's own file. Needs no terminal. All that is wrong goes to `mistakes`. */

#include "core/settings/settings.h"

void console_check(const struct settings *settings, struct mistakes *mistakes);

/* The names of the built-in themes, for completion; ends with NULL. */
#define CONSOLE_THEMES_MAX 64
void console_theme_names(const char *names[CONSOLE_THEMES_MAX]);

#endif
