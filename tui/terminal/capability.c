#include "tui/terminal/capability.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>

#include "tui/terminal/theme.h"

#include <term.h> /* makes macros of common words: after what uses them as names */

#include "core/base/banned.h"

const char *capability(const char *name)
{
    char copy[16];
    snprintf(copy, sizeof copy, "%s", name);
    const char *value = tigetstr(copy);
    return value && value != (const char *)-1 ? value : NULL;
}

static bool is(const char *name, const char *value)
{
    const char *found = capability(name);
    return found && strcmp(found, value) == 0;
}

static bool has_flag(const char *name)
{
    char copy[16];
    snprintf(copy, sizeof copy, "%s", name);
    return tigetflag(copy) > 0;
}

/* Without attributes that exclude colours, and with colours that are set as everywhere. */
static bool has_usual_colours(void)
{
    char excluded[] = "ncv";
    return is("op", "\033[39;49m") && tigetnum(excluded) <= 0 &&
           (COLORS == 8 || COLORS == 16 || COLORS == 256);
}

bool capability_ecma48(bool colours)
{
    static const char *const wanted[][2] = {
        {"cup", "\033[%i%p1%d;%p2%dH"}, {"hpa", "\033[%i%p1%dG"}, {"cuf", "\033[%p1%dC"},
        {"ech", "\033[%p1%dX"},         {"el", "\033[K"},         {"cud1", "\n"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (!is(wanted[i][0], wanted[i][1])) {
            return false;
        }
    }
    return has_flag("am") && has_flag("xenl") && (!colours || has_usual_colours());
}

unsigned capability_attributes(void)
{
    static const struct {
        const char *capability, *value;
        unsigned attribute;
    } kinds[] = {{"bold", "\033[1m", ATTRIBUTE_BOLD},   {"dim", "\033[2m", ATTRIBUTE_DIM},
                 {"sitm", "\033[3m", ATTRIBUTE_ITALIC}, {"smul", "\033[4m", ATTRIBUTE_UNDERLINE},
                 {"blink", "\033[5m", ATTRIBUTE_BLINK}, {"rev", "\033[7m", ATTRIBUTE_REVERSE}};
    unsigned attributes = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        attributes |= is(kinds[i].capability, kinds[i].value) ? kinds[i].attribute : 0;
    }
    return attributes;
}
