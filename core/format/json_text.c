#include "core/format/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* The letter behind the backslash; 0: none is needed; 'u': its code. */
static char escape_of(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return c < 0x20 ? 'u' : 0;
    }
}

static void put_escaped(struct buf *out, const char *text, size_t length)
{
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        char escape = escape_of((unsigned char)text[i]);
        if (escape == 0) {
            continue;
        }
        buf_append(out, text + from, i - from);
        if (escape == 'u') {
            buf_printf(out, "\\u%04X", (unsigned char)text[i]);
        } else {
            buf_append(out, (const char[]){'\\', escape}, 2);
        }
        from = i + 1;
    }
    buf_append(out, text + from, length - from);
}

void json_text_quoted(struct buf *out, const char *text)
{
    struct arena scratch = ARENA_INIT;
    size_t length = strlen(text);
    if (text_utf8_check(text, length) != length) {
        text = text_sanitise(&scratch, text);
        length = strlen(text);
    }
    buf_putc(out, '"');
    put_escaped(out, text, length);
    buf_putc(out, '"');
    arena_release(&scratch);
}

void json_text_name(struct buf *out, const char *name)
{
    if (out->length > 0 && out->data[out->length - 1] != '{') {
        buf_putc(out, ',');
    }
    buf_putc(out, '"');
    buf_puts(out, name);
    buf_append(out, "\":", 2);
}

void json_text_member(struct buf *out, const char *name, const char *text)
{
    if (text) {
        json_text_name(out, name);
        json_text_quoted(out, text);
    }
}

void json_text_number(struct buf *out, const char *name, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, number);
    json_text_name(out, name);
    buf_append(out, digits, (size_t)length);
}
