#include "tui/terminal/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define LINE_MAX_BYTES 2048

/* ---- cells -------------------------------------------------------------------------------- */

static const struct cell s_blank = {.codes = {' '}, .width = 1, .style = STYLE_TEXT};

void canvas_init(struct canvas *canvas, int width, int height)
{
    *canvas = (struct canvas){0};
    canvas_resize(canvas, width, height);
}

void canvas_release(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

void canvas_resize(struct canvas *canvas, int width, int height)
{
    width = width < 1 ? 1 : width;
    height = height < 1 ? 1 : height;
    canvas->cells = mem_resize(canvas->cells, (size_t)width * (size_t)height, sizeof(struct cell));
    canvas->width = width;
    canvas->height = height;
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++) {
        canvas->cells[i] = s_blank; /* what was there is of another size, or of nothing */
    }
}

void canvas_clear(struct canvas *canvas, enum style style)
{
    canvas_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, style);
}

struct cell *canvas_at(const struct canvas *canvas, int x, int y)
{
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height) {
        return NULL;
    }
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

/* Before a cell is overwritten: the other half of a wide character that it belongs to goes. */
static void part_wide(struct canvas *canvas, int x, int y)
{
    struct cell *cell = canvas_at(canvas, x, y);
    if (!cell) {
        return;
    }
    struct cell *other = NULL;
    if (cell->width == 0) {
        other = canvas_at(canvas, x - 1, y);
    } else if (cell->width == 2) {
        other = canvas_at(canvas, x + 1, y);
    }
    if (other) {
        enum style style = other->style;
        *other = s_blank;
        other->style = (uint8_t)style;
    }
}

static void put_code(struct canvas *canvas, int x, int y, enum style style, uint32_t code,
                     int width)
{
    part_wide(canvas, x, y);
    struct cell *cell = canvas_at(canvas, x, y);
    if (width == 2) {
        part_wide(canvas, x + 1, y);
        struct cell *right = canvas_at(canvas, x + 1, y);
        if (!cell || !right) {
            code = ' '; /* half outside */
            width = 1;
        } else {
            *right = (struct cell){.width = 0, .style = (uint8_t)style};
        }
    }
    if (cell) {
        *cell = (struct cell){.codes = {code}, .width = (uint8_t)width, .style = (uint8_t)style};
    }
}

static void put_combining(struct canvas *canvas, int x, int y, uint32_t code)
{
    struct cell *cell = canvas_at(canvas, x, y);
    if (cell && cell->width == 0) {
        cell = canvas_at(canvas, x - 1, y);
    }
    for (int i = 1; cell && i < CELL_CODES; i++) {
        if (!cell->codes[i]) {
            cell->codes[i] = code;
            return;
        }
    }
}

void canvas_fill(struct canvas *canvas, struct rect area, enum style style)
{
    for (int y = area.y; y < area.y + area.height; y++) {
        for (int x = area.x; x < area.x + area.width; x++) {
            put_code(canvas, x, y, style, ' ', 1);
        }
    }
}

/* ---- text --------------------------------------------------------------------------------- */

/* One step of a walk over text from outside: the next character that may be drawn. A hostile one
   is spelled out in ASCII, so `form` can hold several. */
struct glyph {
    char form[16];
    uint32_t code; /* if form is one character */
    int width;     /* columns; 0: a combining mark */
    bool spelled;
};

static size_t next_glyph(const char *text, size_t length, struct glyph *glyph)
{
    size_t size = text_decode(text, length, &glyph->code);
    glyph->spelled = size == 0 || text_is_hostile(glyph->code);
    if (glyph->spelled) {
        size = size ? size : 1;
        size_t written = text_sanitise_to(glyph->form, sizeof glyph->form, text, size, 0);
        glyph->width = (int)written;
        return size;
    }
    int width = glyph->code < 0x80 ? 1 : wcwidth((wchar_t)glyph->code);
    glyph->width = width < 0 ? 1 : width;
    return size;
}

int canvas_columns(const char *text)
{
    size_t length = strlen(text);
    size_t at = 0;
    int columns = 0;
    while (at < length) {
        struct glyph glyph;
        at += next_glyph(text + at, length - at, &glyph);
        columns += glyph.width;
    }
    return columns;
}

/* Draws while it fits; returns the columns, and in *used the bytes. */
static int draw(struct canvas *canvas, int x, int y, int width, enum style style, const char *text,
                size_t length, size_t *used)
{
    int columns = 0;
    size_t at = 0;
    while (at < length) {
        struct glyph glyph;
        size_t size = next_glyph(text + at, length - at, &glyph);
        if (columns + glyph.width > width) {
            break;
        }
        if (glyph.spelled) {
            for (int i = 0; i < glyph.width; i++) {
                put_code(canvas, x + columns + i, y, style, (unsigned char)glyph.form[i], 1);
            }
        } else if (glyph.width == 0) {
            if (columns > 0) {
                put_combining(canvas, x + columns - 1, y, glyph.code);
            }
        } else {
            put_code(canvas, x + columns, y, style, glyph.code, glyph.width);
        }
        columns += glyph.width;
        at += size;
    }
    *used = at;
    return columns;
}

int canvas_text(struct canvas *canvas, int x, int y, int width, enum style style, const char *text)
{
    if (width <= 0) {
        return 0;
    }
    size_t length = strlen(text);
    size_t used;
    int columns = draw(canvas, x, y, width, style, text, length, &used);
    if (used < length) {
        if (columns == width) {
            put_code(canvas, x + width - 1, y, style, ' ', 1);
            columns--;
        }
        put_code(canvas, x + columns, y, style, '~', 1);
        columns++;
    }
    return columns;
}

int canvas_printf(struct canvas *canvas, int x, int y, int width, enum style style,
                  const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return canvas_text(canvas, x, y, width, style, line);
}

void canvas_field(struct canvas *canvas, int x, int y, int width, enum style style,
                  const char *text)
{
    int columns = canvas_text(canvas, x, y, width, style, text);
    for (; columns < width; columns++) {
        put_code(canvas, x + columns, y, style, ' ', 1);
    }
}

int canvas_right(struct canvas *canvas, int x, int y, int width, enum style style, const char *text)
{
    int columns = canvas_columns(text);
    int from = columns < width ? x + width - columns : x;
    canvas_text(canvas, from, y, x + width - from, style, text);
    return from;
}

/* The bytes of the first line of `text` when it is broken at `width` columns. */
static size_t line_bytes(const char *text, size_t length, int width, size_t *skip)
{
    size_t at = 0;
    size_t at_blank = 0;
    int columns = 0;
    while (at < length && text[at] != '\n') {
        struct glyph glyph;
        size_t size = next_glyph(text + at, length - at, &glyph);
        if (columns + glyph.width > width && at > 0) {
            break;
        }
        if (text[at] == ' ') {
            at_blank = at;
        }
        columns += glyph.width;
        at += size;
    }
    size_t end = at;
    if (at < length && text[at] != '\n' && text[at] != ' ' && at_blank > 0) {
        end = at_blank;
    }
    *skip = end < length && (text[end] == ' ' || text[end] == '\n') ? end + 1 : end;
    return end;
}

/* Goes over the broken lines; draws those in [first, first + area.height). */
static int wrap(struct canvas *canvas, struct rect area, enum style style, const char *text,
                int first)
{
    size_t length = strlen(text);
    size_t at = 0;
    int line = 0;
    if (area.width <= 0) {
        return 0;
    }
    while (at < length) {
        size_t skip;
        size_t bytes = line_bytes(text + at, length - at, area.width, &skip);
        if (canvas && line >= first && line < first + area.height) {
            size_t used;
            draw(canvas, area.x, area.y + line - first, area.width, style, text + at, bytes, &used);
        }
        at += skip;
        line++;
    }
    return line;
}

int canvas_wrap(struct canvas *canvas, struct rect area, enum style style, const char *text)
{
    return wrap(canvas, area, style, text, 0);
}

void canvas_wrap_row(struct canvas *canvas, int x, int y, int width, enum style style,
                     const char *text, int row)
{
    wrap(canvas, (struct rect){x, y, width, 1}, style, text, row);
}

/* ---- lines -------------------------------------------------------------------------------- */

enum line_piece {
    LINE_ACROSS,
    LINE_DOWN,
    LINE_TOP_LEFT,
    LINE_TOP_RIGHT,
    LINE_LOW_LEFT,
    LINE_LOW_RIGHT
};

static uint32_t line_code(const struct canvas *canvas, enum line_piece piece)
{
    static const uint32_t fine[] = {0x2500, 0x2502, 0x250C, 0x2510, 0x2514, 0x2518};
    static const char plain[] = "-|++++";
    return canvas->ascii ? (uint32_t)plain[piece] : fine[piece];
}

void canvas_rule(struct canvas *canvas, int x, int y, int width, enum style style)
{
    for (int i = 0; i < width; i++) {
        put_code(canvas, x + i, y, style, line_code(canvas, LINE_ACROSS), 1);
    }
}

struct rect canvas_box(struct canvas *canvas, struct rect area, enum style frame,
                       enum style title_style, const char *title)
{
    struct rect inside = {area.x + 1, area.y + 1, area.width - 2, area.height - 2};
    if (area.width < 2 || area.height < 2) {
        return (struct rect){area.x, area.y, 0, 0};
    }
    int right = area.x + area.width - 1;
    int low = area.y + area.height - 1;
    canvas_rule(canvas, area.x, area.y, area.width, frame);
    canvas_rule(canvas, area.x, low, area.width, frame);
    for (int y = area.y; y <= low; y++) {
        put_code(canvas, area.x, y, frame, line_code(canvas, LINE_DOWN), 1);
        put_code(canvas, right, y, frame, line_code(canvas, LINE_DOWN), 1);
    }
    put_code(canvas, area.x, area.y, frame, line_code(canvas, LINE_TOP_LEFT), 1);
    put_code(canvas, right, area.y, frame, line_code(canvas, LINE_TOP_RIGHT), 1);
    put_code(canvas, area.x, low, frame, line_code(canvas, LINE_LOW_LEFT), 1);
    put_code(canvas, right, low, frame, line_code(canvas, LINE_LOW_RIGHT), 1);
    if (title && area.width > 6) {
        put_code(canvas, area.x + 2, area.y, frame, ' ', 1);
        int columns = canvas_text(canvas, area.x + 3, area.y, area.width - 5, title_style, title);
        put_code(canvas, area.x + 3 + columns, area.y, frame, ' ', 1);
    }
    return inside;
}

void canvas_restyle(struct canvas *canvas, int x, int y, int width, enum style style)
{
    for (int i = 0; i < width; i++) {
        struct cell *cell = canvas_at(canvas, x + i, y);
        if (cell) {
            cell->style = (uint8_t)style;
        }
    }
}

void canvas_found(struct canvas *canvas, int x, int y, int width)
{
    for (int i = 0; i < width; i++) {
        struct cell *cell = canvas_at(canvas, x + i, y);
        if (cell) {
            cell->found = true;
        }
    }
}

/* ---- out ---------------------------------------------------------------------------------- */

bool cell_equal(const struct cell *a, const struct cell *b)
{
    return a->style == b->style && a->width == b->width && a->found == b->found &&
           memcmp(a->codes, b->codes, sizeof a->codes) == 0;
}

void canvas_dump(const struct canvas *canvas, struct buf *out)
{
    for (int y = 0; y < canvas->height; y++) {
        const struct cell *row = &canvas->cells[(size_t)y * (size_t)canvas->width];
        int end = canvas->width;
        while (end > 0 && row[end - 1].codes[0] == ' ' && !row[end - 1].codes[1]) {
            end--;
        }
        for (int x = 0; x < end; x++) {
            for (int i = 0; i < CELL_CODES && row[x].codes[i]; i++) {
                char utf8[4];
                buf_append(out, utf8, text_encode(row[x].codes[i], utf8));
            }
        }
        buf_putc(out, '\n');
    }
}
