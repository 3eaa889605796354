#include "core/base/locale.h"

#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/base/banned.h"

static char s_narrow[256]; /* one locale a process */

/* "en_GB.UTF-8", "C.utf8", and "UTF-8" alone, as a Mac sends it. */
static bool says_utf8(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *codeset = dot ? dot + 1 : name;
    size_t length = strcspn(codeset, "@");
    return (length == 5 && strncasecmp(codeset, "UTF-8", 5) == 0) ||
           (length == 4 && strncasecmp(codeset, "UTF8", 4) == 0);
}

static bool is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static bool adopt_another(void)
{
    static const char *const names[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", "en_GB.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (setlocale(LC_CTYPE, names[i]) && is_utf8()) {
            return true;
        }
    }
    setlocale(LC_CTYPE, "C");
    return false;
}

/* The locale that is asked for, and the variable that asks; POSIX, "Environment Variables", 8.2. */
static const char *asked_for(const struct environment *environment, const char **variable)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *name = environment_get(environment, variables[i]);
        if (name) {
            *variable = variables[i];
            return name;
        }
    }
    return NULL;
}

/* Short: it has one line. The name comes from outside and goes to a terminal. */
static void say(const char *variable, const char *name, bool here)
{
    static const char rest[] = "letters beyond ASCII show as ?";
    struct arena arena = ARENA_INIT;
    const char *shown = name ? text_sanitise(&arena, name) : "";
    if (!name) {
        snprintf(s_narrow, sizeof s_narrow, "no locale is set: %s; try LC_ALL=C.UTF-8", rest);
    } else if (here) {
        snprintf(s_narrow, sizeof s_narrow, "locale %.60s (%s): %s; try LC_ALL=C.UTF-8", shown,
                 variable, rest);
    } else if (says_utf8(name)) {
        snprintf(s_narrow, sizeof s_narrow,
                 "locale %.60s (%s) is not on this machine, nor is C.UTF-8: %s", shown, variable,
                 rest);
    } else {
        snprintf(s_narrow, sizeof s_narrow,
                 "locale %.60s (%s) is not on this machine: %s; try LC_ALL=C.UTF-8", shown,
                 variable, rest);
    }
    arena_release(&arena);
}

void locale_start(const struct environment *environment)
{
    const char *variable = NULL;
    const char *name = asked_for(environment, &variable);
    bool here = setlocale(LC_CTYPE, name ? name : "C") != NULL;
    bool utf8 = is_utf8() || (!here && says_utf8(name) && adopt_another());
    s_narrow[0] = '\0';
    if (!utf8) {
        say(variable, name, here);
    }
}

const char *locale_narrow(void)
{
    return s_narrow[0] ? s_narrow : NULL;
}
