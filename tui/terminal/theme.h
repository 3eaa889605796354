#ifndef TUI_TERMINAL_THEME_H
#define TUI_TERMINAL_THEME_H

/*
 * Themes: what a style slot (tui/terminal/style.h) looks like. A theme is an INI file with one
 * section:
 *
 *     [theme]
 *     inherit = dark
 *     cursor = default on 238/blue bold
 *     state.new = 214/bright-yellow/yellow bold
 *
 * A slot is FOREGROUND [on BACKGROUND] [ATTRIBUTE ...]; colours are `default`, the eight names
 * (black red green yellow blue magenta cyan white), the same with bright-, or 0-255. Slashes
 * give what a terminal with 16 and with 8 colours uses instead; what is not given is derived: the
 * nearest of the 16, and for 8 the dark one (with bold for a bright foreground). Attributes: bold
 * dim underline reverse italic blink. A slot that a theme and those it inherits do not name looks
 * like the terminal's own text. The section [theme] of the configuration has the same syntax, with
 * `name = gruvbox` for the theme to start from.
 *
 * The themes of themes/ are built in. Without colours (NO_COLOR, a monochrome terminal) the
 * attributes alone must tell everything apart: that is what `mono` is for.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "tui/terminal/style.h"

#define COLOUR_DEFAULT (-1)

enum theme_depth { DEPTH_256, DEPTH_16, DEPTH_8, DEPTH_COUNT };

/* attribute, name */
#define ATTRIBUTE_LIST(X)                                                                          \
    X(ATTRIBUTE_BOLD, "bold")                                                                      \
    X(ATTRIBUTE_DIM, "dim")                                                                        \
    X(ATTRIBUTE_UNDERLINE, "underline")                                                            \
    X(ATTRIBUTE_REVERSE, "reverse")                                                                \
    X(ATTRIBUTE_ITALIC, "italic")                                                                  \
    X(ATTRIBUTE_BLINK, "blink")

enum attribute_bit {
#define X(attribute, name) attribute##_BIT,
    ATTRIBUTE_LIST(X)
#undef X
};
enum attribute {
#define X(attribute, name) attribute = 1 << attribute##_BIT,
    ATTRIBUTE_LIST(X)
#undef X
};

struct look {
    int16_t foreground[DEPTH_COUNT]; /* COLOUR_DEFAULT, 0-255, 0-15, 0-7 */
    int16_t background[DEPTH_COUNT];
    uint8_t attributes;
    uint8_t attributes_8; /* more on a terminal with 8 colours: bold for a bright foreground */
};

struct theme {
    struct look looks[STYLE_COUNT];
};

/* Built in: generated from themes/ by themes/embed.sh. The last one has a NULL name. */
struct theme_source {
    const char *name;
    const char *text;
};
extern const struct theme_source theme_sources[];

void theme_plain(struct theme *theme); /* every slot like the terminal's own text */

/* Puts what `text` says over what `theme` has. `file` is for messages, which name file:line.
   On an error the theme is unchanged. */
enum err_code theme_parse(struct theme *theme, const char *file, const char *text, size_t length,
                          struct err *err) ERR_CHECK;

/* One slot: `cursor`, `214 bold`. ERR_CONFIG without file and line; the caller adds them. */
enum err_code theme_set(struct theme *theme, const char *slot, const char *value,
                        struct err *err) ERR_CHECK;

/* A built-in theme, or `FOLDER/NAME.theme` if folder is not NULL and has it (a user's file
   wins). ERR_NOT_FOUND names the themes that exist. */
enum err_code theme_load(struct theme *theme, const char *folder, const char *name,
                         struct err *err) ERR_CHECK;

/* The nearest of the first 16 colours to one of 256. Exposed for tests. */
int theme_nearest_16(int colour);

#endif
