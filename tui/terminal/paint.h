#ifndef TUI_TERMINAL_PAINT_H
#define TUI_TERMINAL_PAINT_H

/*
 * What changed on a canvas, as the bytes of a terminal that understands ECMA-48: few of them. Which
 * terminals do is for tui/terminal/term.c to tell. Pure.
 *
 *     struct painter painter = {.theme = &theme, .depth = DEPTH_256, .attributes = all};
 *     paint_changes(&painter, &canvas, &shown, &out);     then `shown` is like `canvas`
 *
 * The terminal's pen is plain before and after it. Its cursor may be anywhere.
 *
 * ECMA-48, 5th edition: CUP 8.3.21, CHA 8.3.9, CUF 8.3.20, ECH 8.3.38, EL 8.3.41, SGR 8.3.117.
 */

#include "tui/terminal/canvas.h"
#include "tui/terminal/theme.h"

struct painter {
    const struct theme *theme;
    enum theme_depth depth;
    bool colours;
    unsigned attributes; /* those that the terminal has */
};

/* Both canvases have the same size. */
void paint_changes(const struct painter *painter, const struct canvas *canvas, struct canvas *shown,
                   struct buf *out);

#endif
