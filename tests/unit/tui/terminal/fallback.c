/* What a terminal that this machine does not know can be taken for. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/terminal/fallback.h"

static const char *first_of(const char *term)
{
    const char *names[FALLBACKS_MAX] = {NULL};
    return term_fallbacks(term, names) > 0 ? names[0] : NULL;
}

static void new_terminals_are_taken_for_older_ones(void **state)
{
    (void)state;
    static const char *const modern[] = {"xterm-kitty", "xterm-ghostty", "ghostty",
                                         "alacritty",   "wezterm",       "foot",
                                         "foot-extra",  "xterm-direct",  "vte-256color",
                                         "st-256color", "nobody-direct", "nobody-256color"};
    for (size_t i = 0; i < sizeof modern / sizeof modern[0]; i++) {
        assert_string_equal(first_of(modern[i]), "xterm-256color");
    }
    assert_string_equal(first_of("tmux-direct"), "tmux-256color");
    assert_string_equal(first_of("screen.xterm-kitty"), "screen-256color");
    assert_string_equal(first_of("vt420"), "vt220");
}

static void what_nobody_knows_is_taken_for_nothing(void **state)
{
    (void)state;
    assert_null(first_of("unknown"));
    assert_null(first_of("nonesuch"));
    assert_null(first_of(""));
    assert_null(first_of("../x-256color"));
    assert_null(first_of("-direct"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_terminals_are_taken_for_older_ones),
        cmocka_unit_test(what_nobody_knows_is_taken_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
