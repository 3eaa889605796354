#include "tui/widget/field.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/terminal/keys.h"

#include "core/base/banned.h"

void field_init(struct field *field, struct field_history *history)
{
    memset(field, 0, sizeof *field);
    field->max = sizeof field->text - 1;
    field->history = history;
    field->place = history ? history->n_lines : 0;
}

/* ---- steps -------------------------------------------------------------------------------- */

static bool is_combining(const char *text, size_t length)
{
    uint32_t code;
    return text_decode(text, length, &code) > 0 && code >= 0x80 && wcwidth((wchar_t)code) == 0;
}

/* One character with its combining marks. */
static size_t step_right(const struct field *field, size_t at)
{
    do {
        uint32_t code;
        if (at >= field->length) {
            return field->length;
        }
        size_t size = text_decode(field->text + at, field->length - at, &code);
        at += size ? size : 1;
    } while (at < field->length && is_combining(field->text + at, field->length - at));
    return at;
}

static size_t step_left(const struct field *field, size_t at)
{
    while (at > 0) {
        at--;
        if (((unsigned char)field->text[at] & 0xC0) != 0x80 &&
            !is_combining(field->text + at, field->length - at)) {
            break;
        }
    }
    return at;
}

static size_t word_left(const struct field *field, size_t at)
{
    while (at > 0 && field->text[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && field->text[at - 1] != ' ') {
        at--;
    }
    return at;
}

static size_t word_right(const struct field *field, size_t at)
{
    while (at < field->length && field->text[at] == ' ') {
        at++;
    }
    while (at < field->length && field->text[at] != ' ') {
        at++;
    }
    return at;
}

/* ---- changes ------------------------------------------------------------------------------ */

static enum field_result insert(struct field *field, const char *text, size_t length)
{
    if (length == 0 || field->length + length > field->max) {
        return FIELD_MOVED; /* full: taken, but nothing happens */
    }
    memmove(field->text + field->cursor + length, field->text + field->cursor,
            field->length - field->cursor);
    memcpy(field->text + field->cursor, text, length);
    field->length += length;
    field->cursor += length;
    field->text[field->length] = '\0';
    return FIELD_CHANGED;
}

static enum field_result cut(struct field *field, size_t from, size_t to, bool keep)
{
    if (from == to) {
        return FIELD_MOVED;
    }
    if (keep) {
        memcpy(field->cut, field->text + from, to - from);
        field->cut[to - from] = '\0';
    }
    memmove(field->text + from, field->text + to, field->length - to);
    field->length -= to - from;
    field->text[field->length] = '\0';
    field->cursor = from;
    return FIELD_CHANGED;
}

void field_set(struct field *field, const char *text)
{
    field->length = 0;
    field->cursor = 0;
    field->scroll = 0;
    field->text[0] = '\0';
    size_t length = strlen(text);
    while (length > field->max || (length > 0 && text_utf8_check(text, length) < length)) {
        length = length > field->max ? field->max : text_utf8_check(text, length);
    }
    insert(field, text, length);
}

void field_replace(struct field *field, size_t bytes, const char *text)
{
    if (bytes <= field->cursor && field->length - bytes + strlen(text) <= field->max) {
        cut(field, field->cursor - bytes, field->cursor, false);
        insert(field, text, strlen(text));
    }
}

static enum field_result history_to(struct field *field, size_t place)
{
    struct field_history *history = field->history;
    if (!history || place > history->n_lines) {
        return FIELD_MOVED;
    }
    if (field->place == history->n_lines) {
        memcpy(field->kept, field->text, field->length + 1);
    }
    field->place = place;
    field_set(field, place == history->n_lines ? field->kept : history->lines[place]);
    return FIELD_CHANGED;
}

static enum field_result typed(struct field *field, uint32_t key)
{
    char utf8[4];
    if (!key_is_text(key)) {
        return FIELD_IGNORED;
    }
    if (field->digits && (key < '0' || key > '9')) {
        return FIELD_IGNORED;
    }
    return insert(field, utf8, text_encode(key, utf8));
}

static enum field_result move_to(struct field *field, size_t at)
{
    field->cursor = at;
    return FIELD_MOVED;
}

enum field_result field_key(struct field *field, uint32_t key)
{
    switch (key) {
    case K_LEFT:
    case K_CTRL | 'b':
        return move_to(field, step_left(field, field->cursor));
    case K_RIGHT:
    case K_CTRL | 'f':
        return move_to(field, step_right(field, field->cursor));
    case K_ALT | 'b':
    case K_CTRL | K_LEFT:
        return move_to(field, word_left(field, field->cursor));
    case K_ALT | 'f':
    case K_CTRL | K_RIGHT:
        return move_to(field, word_right(field, field->cursor));
    case K_HOME:
    case K_CTRL | 'a':
        return move_to(field, 0);
    case K_END:
    case K_CTRL | 'e':
        return move_to(field, field->length);
    case K_BACKSPACE:
        return cut(field, step_left(field, field->cursor), field->cursor, false);
    case K_DELETE:
    case K_CTRL | 'd':
        return cut(field, field->cursor, step_right(field, field->cursor), false);
    case K_CTRL | 'w':
    case K_ALT | K_BACKSPACE:
        return cut(field, word_left(field, field->cursor), field->cursor, true);
    case K_ALT | 'd':
        return cut(field, field->cursor, word_right(field, field->cursor), true);
    case K_CTRL | 'u':
        return cut(field, 0, field->cursor, true);
    case K_CTRL | 'k':
        return cut(field, field->cursor, field->length, true);
    case K_CTRL | 'y':
        return insert(field, field->cut, strlen(field->cut));
    case K_UP:
    case K_CTRL | 'p':
        return field->place > 0 ? history_to(field, field->place - 1) : FIELD_MOVED;
    case K_DOWN:
    case K_CTRL | 'n':
        return history_to(field, field->place + 1);
    default:
        return typed(field, key);
    }
}

enum field_result field_paste(struct field *field, const char *text, size_t length)
{
    struct field before = *field;
    enum field_result result = FIELD_MOVED;
    size_t at = 0;
    while (at < length) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (size == 0) {
            at++;
            continue;
        }
        at += size;
        if (code == '\n' || code == '\r' || code == '\t') {
            if (at == length) {
                break; /* the line end that most copies carry */
            }
            code = ' ';
        }
        enum field_result one = typed(field, code);
        if (one == FIELD_MOVED) { /* half a login or path would be another one */
            *field = before;
            return FIELD_FULL;
        }
        result = one == FIELD_CHANGED ? FIELD_CHANGED : result;
    }
    return result;
}

/* ---- drawing ------------------------------------------------------------------------------ */

static int columns_between(const struct field *field, size_t from, size_t to)
{
    char part[FIELD_MAX];
    memcpy(part, field->text + from, to - from);
    part[to - from] = '\0';
    return canvas_columns(part);
}

int field_draw(struct field *field, struct canvas *canvas, int x, int y, int width,
               enum style style)
{
    if (width < 1) {
        return x;
    }
    if (field->scroll > field->cursor) {
        field->scroll = field->cursor;
    }
    while (columns_between(field, field->scroll, field->cursor) >= width) {
        field->scroll = step_right(field, field->scroll);
    }
    canvas_fill(canvas, (struct rect){x, y, width, 1}, style);
    canvas_text(canvas, x, y, width, style, field->text + field->scroll);
    return x + columns_between(field, field->scroll, field->cursor);
}

/* ---- history ------------------------------------------------------------------------------ */

void field_history_add(struct field_history *history, const char *line)
{
    size_t n = history->n_lines;
    if (!*line || (n > 0 && strcmp(history->lines[n - 1], line) == 0)) {
        return;
    }
    if (n == FIELD_HISTORY_MAX) {
        free(history->lines[0]);
        memmove(history->lines, history->lines + 1, (n - 1) * sizeof history->lines[0]);
        n--;
    }
    history->lines[n] = mem_strdup(line);
    history->n_lines = n + 1;
}

void field_history_release(struct field_history *history)
{
    for (size_t i = 0; i < history->n_lines; i++) {
        free(history->lines[i]);
    }
    *history = (struct field_history){0};
}
