#ifndef TUI_TERMINAL_CANVAS_H
#define TUI_TERMINAL_CANVAS_H

/*
 * A canvas: the screen as cells in memory. Views draw on it, tui/terminal/term.c sends the changes
 * to the terminal, tests read it as text.
 *
 *     struct canvas canvas;
 *     canvas_init(&canvas, 80, 24);
 *     canvas_clear(&canvas, STYLE_TEXT);
 *     struct rect inside = canvas_box(&canvas, area, STYLE_FRAME, STYLE_TITLE, "Agents");
 *     canvas_field(&canvas, inside.x, inside.y, 12, STYLE_TEXT, login);
 *
 * Whatever is drawn outside the canvas is cut off; a wide character that would stand half outside
 * becomes a blank. Text may come from anywhere: characters that could do more than fill their own
 * cell are drawn in the visible form of core/base/text.h, so nothing on a canvas is dangerous to a
 * terminal. One thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "tui/terminal/style.h"

#define CELL_CODES 4 /* a character and the combining marks that are kept with it */

struct cell {
    uint32_t codes[CELL_CODES]; /* 0 ends; all 0: the right half of a wide character */
    uint8_t width;              /* 1, 2; 0: the right half */
    uint8_t style;              /* enum style */
    bool found;                 /* bold and underlined on top of its style: what a filter found */
};

struct rect {
    int x, y, width, height;
};

struct canvas {
    struct cell *cells;
    int width, height;
    bool ascii; /* lines and marks in ASCII */
};

void canvas_init(struct canvas *canvas, int width, int height);
void canvas_release(struct canvas *canvas);
void canvas_resize(struct canvas *canvas, int width, int height); /* the content is lost */
void canvas_clear(struct canvas *canvas, enum style style);
void canvas_fill(struct canvas *canvas, struct rect area, enum style style);
/* NULL outside. */
struct cell *canvas_at(const struct canvas *canvas, int x, int y);

/* ---- text --------------------------------------------------------------------------------- */

/* Draws `text` from (x, y), at most `width` columns; returns the columns taken. Text that does not
   fit ends in a mark that says so. */
int canvas_text(struct canvas *canvas, int x, int y, int width, enum style style, const char *text);
int canvas_printf(struct canvas *canvas, int x, int y, int width, enum style style,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same, and blanks up to `width`. */
void canvas_field(struct canvas *canvas, int x, int y, int width, enum style style,
                  const char *text);
/* Aligned to the right end of `width`. Returns the column where the text begins. */
int canvas_right(struct canvas *canvas, int x, int y, int width, enum style style,
                 const char *text);
/* Columns that canvas_text would take if nothing had to be cut. */
int canvas_columns(const char *text);

/* Draws `text` over several lines broken at blanks; returns the lines it takes (also without
   drawing, if canvas is NULL). At most `area.height` are drawn. */
int canvas_wrap(struct canvas *canvas, struct rect area, enum style style, const char *text);

/* Only one of those lines: the one with that number. */
void canvas_wrap_row(struct canvas *canvas, int x, int y, int width, enum style style,
                     const char *text, int row);

/* ---- lines -------------------------------------------------------------------------------- */

/* A frame with a title in its top line (may be NULL). Returns the inside. */
struct rect canvas_box(struct canvas *canvas, struct rect area, enum style frame,
                       enum style title_style, const char *title);
void canvas_rule(struct canvas *canvas, int x, int y, int width, enum style style);

/* Gives the cells of a row another style and leaves their text. */
void canvas_restyle(struct canvas *canvas, int x, int y, int width, enum style style);

/* Shows the cells as found, whatever their styles. */
void canvas_found(struct canvas *canvas, int x, int y, int width);

/* ---- out ---------------------------------------------------------------------------------- */

bool cell_equal(const struct cell *a, const struct cell *b);

/* The text of all rows, blanks at the end of a row cut, each ended by a line feed. */
void canvas_dump(const struct canvas *canvas, struct buf *out);

#endif
