#include "tui/terminal/paint.h"

#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

#define GAP_SENT 3   /* so many cells between two changes cost no more than a way over them */
#define ERASED 5     /* blanks that are erased at the end of what changes in a line */
#define ERASED_IN 10 /* and before something else: a way over them follows */
#define NEAR 9       /* columns whose number has one digit */

struct pen {
    unsigned attributes;
    int foreground, background;
};

struct paint {
    const struct painter *painter;
    struct buf *out;
    const struct canvas *canvas;
    struct canvas *shown;
    struct pen pen;
    int x, y; /* where the terminal's cursor is; x -1: not known */
};

static const struct pen s_plain = {0, COLOUR_DEFAULT, COLOUR_DEFAULT};

static bool same_pen(const struct pen *a, const struct pen *b)
{
    return a->attributes == b->attributes && a->foreground == b->foreground &&
           a->background == b->background;
}

static struct pen pen_of(const struct painter *painter, const struct cell *cell)
{
    const struct look *look = &painter->theme->looks[cell->style];
    struct pen pen = s_plain;
    pen.attributes = look->attributes;
    if (painter->colours) {
        pen.foreground = look->foreground[painter->depth];
        pen.background = look->background[painter->depth];
        pen.attributes |= painter->depth == DEPTH_8 ? look->attributes_8 : 0;
    }
    pen.attributes |= cell->found ? ATTRIBUTE_BOLD | ATTRIBUTE_UNDERLINE : 0;
    pen.attributes &= painter->attributes;
    return pen;
}

/* ---- pen -------------------------------------------------------------------------------------- */

static void add_code(struct buf *codes, int code)
{
    buf_printf(codes, "%s%d", codes->length > 0 ? ";" : "", code);
}

/* `base` is 30 for the foreground and 40 for the background. */
static void add_colour(struct buf *codes, int base, int colour)
{
    if (colour == COLOUR_DEFAULT) {
        add_code(codes, base + 9);
    } else if (colour < 8) {
        add_code(codes, base + colour);
    } else if (colour < 16) {
        add_code(codes, base + 60 + colour - 8);
    } else {
        add_code(codes, base + 8);
        add_code(codes, 5);
        add_code(codes, colour);
    }
}

static void set_pen(struct paint *paint, const struct pen *pen)
{
    static const struct {
        unsigned attribute;
        int code;
    } kinds[] = {{ATTRIBUTE_BOLD, 1},      {ATTRIBUTE_DIM, 2},   {ATTRIBUTE_ITALIC, 3},
                 {ATTRIBUTE_UNDERLINE, 4}, {ATTRIBUTE_BLINK, 5}, {ATTRIBUTE_REVERSE, 7}};
    struct pen old = paint->pen;
    struct buf codes;
    if (same_pen(pen, &old)) {
        return;
    }
    paint->pen = *pen;
    if (same_pen(pen, &s_plain)) {
        buf_puts(paint->out, "\033[m");
        return;
    }
    buf_init(&codes, 128);
    if (old.attributes & ~pen->attributes) {
        add_code(&codes, 0);
        old = s_plain;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (pen->attributes & ~old.attributes & kinds[i].attribute) {
            add_code(&codes, kinds[i].code);
        }
    }
    if (pen->foreground != old.foreground) {
        add_colour(&codes, 30, pen->foreground);
    }
    if (pen->background != old.background) {
        add_colour(&codes, 40, pen->background);
    }
    buf_printf(paint->out, "\033[%sm", codes.data);
    buf_release(&codes);
}

/* ---- cursor ----------------------------------------------------------------------------------- */

static void go(struct paint *paint, int x, int y)
{
    if (paint->x >= 0 && paint->y == y && x > paint->x && x - paint->x <= NEAR) {
        buf_printf(paint->out, "\033[%dC", x - paint->x);
    } else if (paint->x >= 0 && paint->y == y && x != paint->x) {
        buf_printf(paint->out, "\033[%dG", x + 1);
    } else if (paint->y >= 0 && paint->y + 1 == y) {
        buf_printf(paint->out, "\n\033[%dG", x + 1); /* the column is set in any case */
    } else if (paint->x != x || paint->y != y) {
        buf_printf(paint->out, "\033[%d;%dH", y + 1, x + 1);
    }
    paint->x = x;
    paint->y = y;
}

/* ---- cells ------------------------------------------------------------------------------------ */

static bool differs(const struct paint *paint, int x, int y)
{
    return !cell_equal(canvas_at(paint->canvas, x, y), canvas_at(paint->shown, x, y));
}

/* A blank that erasing makes. */
static bool is_empty(const struct paint *paint, int x, int y)
{
    const struct cell *cell = canvas_at(paint->canvas, x, y);
    struct pen pen = pen_of(paint->painter, cell);
    return cell->codes[0] == ' ' && !cell->codes[1] && same_pen(&pen, &s_plain);
}

static void keep(struct paint *paint, int x, int y)
{
    *canvas_at(paint->shown, x, y) = *canvas_at(paint->canvas, x, y);
}

static void put(struct paint *paint, int x, int y)
{
    const struct cell *cell = canvas_at(paint->canvas, x, y);
    struct pen pen = pen_of(paint->painter, cell);
    keep(paint, x, y);
    if (cell->width == 0) {
        return; /* its left half fills it */
    }
    set_pen(paint, &pen);
    for (int i = 0; i < CELL_CODES && cell->codes[i]; i++) {
        char utf8[4];
        buf_append(paint->out, utf8, text_encode(cell->codes[i], utf8));
    }
    paint->x += cell->width;
    if (paint->x >= paint->canvas->width) {
        paint->x = paint->y = -1; /* terminals differ in where it is then */
    }
}

/* Whether the cells between two changes are sent too: they are of the same pen, and few. */
static bool joins(const struct paint *paint, int from, int to, int y)
{
    for (int x = from; x < to; x++) {
        const struct cell *cell = canvas_at(paint->canvas, x, y);
        struct pen pen = pen_of(paint->painter, cell);
        if (cell->codes[0] >= 0x80 || cell->codes[1] || !same_pen(&pen, &paint->pen)) {
            return false;
        }
    }
    return to - from <= GAP_SENT;
}

/* Erases blanks from x on where that is shorter. Returns the column behind them; x: not erased. */
static int erase(struct paint *paint, int x, int y)
{
    int width = paint->canvas->width;
    int end = x; /* behind the last one that changes */
    int at = x;
    for (; at < width && is_empty(paint, at, y); at++) {
        end = differs(paint, at, y) ? at + 1 : end;
    }
    int next = end;
    while (next < width && !differs(paint, next, y)) {
        next++;
    }
    bool to_edge = at == width && end - x >= GAP_SENT;
    if (!to_edge && end - x < (next == width ? ERASED : ERASED_IN)) {
        return x;
    }
    set_pen(paint, &s_plain);
    if (to_edge) {
        buf_puts(paint->out, "\033[K");
    } else {
        buf_printf(paint->out, "\033[%dX", end - x);
    }
    for (int i = x; i < end; i++) {
        keep(paint, i, y);
    }
    return end;
}

static void paint_row(struct paint *paint, int y)
{
    for (int x = 0; x < paint->canvas->width; x++) {
        if (!differs(paint, x, y)) {
            continue;
        }
        if (canvas_at(paint->canvas, x, y)->width == 0) {
            keep(paint, x, y);
            continue;
        }
        if (paint->y == y && paint->x >= 0 && paint->x < x && joins(paint, paint->x, x, y)) {
            while (paint->x < x) {
                put(paint, paint->x, y);
            }
        }
        go(paint, x, y);
        int behind = erase(paint, x, y);
        if (behind > x) {
            x = behind - 1;
        } else {
            put(paint, x, y);
        }
    }
}

void paint_changes(const struct painter *painter, const struct canvas *canvas, struct canvas *shown,
                   struct buf *out)
{
    struct paint paint = {.painter = painter,
                          .out = out,
                          .canvas = canvas,
                          .shown = shown,
                          .pen = s_plain,
                          .x = -1,
                          .y = -1};
    for (int y = 0; y < canvas->height; y++) {
        paint_row(&paint, y);
    }
    set_pen(&paint, &s_plain);
}
