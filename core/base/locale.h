#ifndef CORE_BASE_LOCALE_H
#define CORE_BASE_LOCALE_H

/*
 * Which letters the terminal can show. SSH brings the name of a locale along, also to machines that
 * lack it ("UTF-8" from a Mac, "en_GB.UTF-8" on a small server); what it says about the character
 * set is kept all the same.
 *
 *     locale_start(&environment_system);    // once, before there are threads
 *     if (locale_narrow()) { ... only ASCII is shown, and this says why ... }
 */

#include "core/base/environ.h"

/* Sets LC_CTYPE of the process: the locale that LC_ALL, LC_CTYPE or LANG names, or if that is not
   here and its name says UTF-8, another one with UTF-8. */
void locale_start(const struct environment *environment);

/* NULL: UTF-8. Otherwise a sentence: why only ASCII can be shown, and what to do. */
const char *locale_narrow(void);

#endif
