#include "tui/panel/lines.h"

#include <stdlib.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

void lines_release(struct lines *lines)
{
    arena_release(&lines->arena);
    free(lines->lines);
    *lines = (struct lines)LINES_INIT;
}

void lines_draw(const struct lines *lines, struct canvas *canvas, struct rect area)
{
    for (size_t i = 0; i < lines->n && (int)i < area.height; i++) {
        const struct line *line = &lines->lines[i];
        for (int k = 0; k < line->n_parts; k++) {
            const struct line_part *part = &line->parts[k];
            int end = k + 1 < line->n_parts ? line->parts[k + 1].x : area.width;
            canvas_text(canvas, area.x + part->x, area.y + (int)i, end - part->x, part->style,
                        part->text);
        }
    }
}

void lines_write(const struct lines *lines, struct buf *out)
{
    for (size_t i = 0; i < lines->n; i++) {
        const struct line *line = &lines->lines[i];
        int x = 0;
        for (int k = 0; k < line->n_parts && line->parts[k].text[0]; k++) {
            for (; x < line->parts[k].x; x++) {
                buf_puts(out, " ");
            }
            buf_puts(out, line->parts[k].text);
            x += canvas_columns(line->parts[k].text);
        }
        buf_puts(out, "\n");
    }
}

struct line *lines_add(struct lines *lines)
{
    if (lines->n == lines->capacity) {
        lines->capacity = lines->capacity ? 2 * lines->capacity : 16;
        lines->lines = mem_resize(lines->lines, lines->capacity, sizeof *lines->lines);
    }
    struct line *line = &lines->lines[lines->n++];
    *line = (struct line){.n_parts = 0};
    return line;
}

void line_part(struct line *line, int x, enum style style, const char *text)
{
    if (line->n_parts < LINE_PARTS && text) {
        line->parts[line->n_parts++] = (struct line_part){x, style, text};
    }
}

void lines_pair(struct lines *lines, const char *label, int at, const char *value)
{
    struct line *line = lines_add(lines);
    line_part(line, 0, STYLE_DIM, label);
    line_part(line, at, STYLE_TEXT, value);
}
