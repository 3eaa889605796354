#include "tui/terminal/fallback.h"

#include <string.h>

#include "core/base/banned.h"

/* By the beginning of the name, the longer one first. */
static const struct {
    const char *begins;
    const char *names[FALLBACKS_MAX];
} s_families[] = {
    {"tmux", {"tmux-256color", "screen-256color", "screen"}},
    {"screen", {"screen-256color", "screen"}},
    {"rxvt", {"rxvt-unicode-256color", "rxvt", "xterm"}},
    {"linux", {"linux"}},
    {"vte", {"xterm-256color", "xterm"}},
    {"vt", {"vt220", "vt100"}},
    {"xterm", {"xterm-256color", "xterm"}},
    {"kitty", {"xterm-256color", "xterm"}},
    {"alacritty", {"xterm-256color", "xterm"}},
    {"ghostty", {"xterm-256color", "xterm"}},
    {"wezterm", {"xterm-256color", "xterm"}},
    {"foot", {"xterm-256color", "xterm"}},
    {"contour", {"xterm-256color", "xterm"}},
    {"rio", {"xterm-256color", "xterm"}},
    {"konsole", {"xterm-256color", "xterm"}},
    {"gnome", {"xterm-256color", "xterm"}},
    {"iterm", {"xterm-256color", "xterm"}},
    {"iTerm", {"xterm-256color", "xterm"}},
    {"mintty", {"xterm-256color", "xterm"}},
    {"mlterm", {"xterm-256color", "xterm"}},
    {"putty", {"xterm-256color", "xterm"}},
    {"ms-terminal", {"xterm-256color", "xterm"}},
    {"nsterm", {"xterm-256color", "xterm"}},
    {"Apple_Terminal", {"xterm-256color", "xterm"}},
    {"st-", {"xterm-256color", "xterm"}},
    {"stterm", {"xterm-256color", "xterm"}},
};

static size_t give(const char *const from[FALLBACKS_MAX], const char *names[FALLBACKS_MAX])
{
    size_t n = 0;
    while (n < FALLBACKS_MAX && from[n]) {
        names[n] = from[n];
        n++;
    }
    return n;
}

static int ends(const char *term, const char *with)
{
    size_t length = strlen(term);
    size_t size = strlen(with);
    return length > size && strcmp(term + length - size, with) == 0;
}

size_t term_fallbacks(const char *term, const char *names[FALLBACKS_MAX])
{
    static const char *const modern[FALLBACKS_MAX] = {"xterm-256color", "xterm"};
    for (size_t i = 0; i < sizeof s_families / sizeof s_families[0]; i++) {
        if (strncmp(term, s_families[i].begins, strlen(s_families[i].begins)) == 0) {
            return give(s_families[i].names, names);
        }
    }
    /* A terminal with its colours in the name follows xterm. */
    if (strchr(term, '/') == NULL &&
        (ends(term, "-256color") || ends(term, "-direct") || ends(term, "-truecolor"))) {
        return give(modern, names);
    }
    return 0;
}
