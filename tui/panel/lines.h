#ifndef TUI_PANEL_LINES_H
#define TUI_PANEL_LINES_H

/*
 * Lines of a text whose parts stand at fixed columns, each with its style: what a pane says about a
 * row, made by a pure function, then drawn.
 *
 *     struct lines lines = LINES_INIT;
 *     lines_pair(&lines, "ext", 6, "0012");
 *     lines_draw(&lines, canvas, area);
 *     lines_release(&lines);
 */

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "tui/terminal/canvas.h"

#define LINE_PARTS 5

struct line_part {
    int x;
    enum style style;
    const char *text; /* drawn up to the next part */
};

struct line {
    struct line_part parts[LINE_PARTS];
    int n_parts;
};

struct lines {
    struct arena arena; /* the texts */
    struct line *lines;
    size_t n;
    size_t capacity;
};

/* The versions of clang-format lay out a braced macro in different ways. */
/* clang-format off */
#define LINES_INIT {.lines = NULL, .n = 0}
/* clang-format on */

void lines_release(struct lines *lines);
/* The first lines that fit into the area. */
void lines_draw(const struct lines *lines, struct canvas *canvas, struct rect area);

/* All of them as text, each ended by a line feed. */
void lines_write(const struct lines *lines, struct buf *out);

/* An empty line at the end, and a part at the end of a line. The text must live in the arena, or
   longer than the lines. */
struct line *lines_add(struct lines *lines);
/* A label at the left, and its value at the column `at`. */
void lines_pair(struct lines *lines, const char *label, int at, const char *value);
void line_part(struct line *line, int x, enum style style, const char *text);

#endif
