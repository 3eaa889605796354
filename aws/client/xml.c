#include "aws/client/xml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

struct xml_part xml_whole(const char *text, size_t length)
{
    return (struct xml_part){.text = text, .length = length};
}

/* ---- one piece of markup at a time -------------------------------------------------------- */

enum piece_kind { PIECE_OPEN, PIECE_CLOSE, PIECE_EMPTY, PIECE_TEXT, PIECE_CDATA, PIECE_OTHER };

struct piece {
    enum piece_kind kind;
    struct xml_part all;  /* with its brackets */
    struct xml_part name; /* without prefix; for tags */
    struct xml_part data; /* for CDATA */
};

static bool starts(const char *text, size_t length, const char *with)
{
    size_t need = strlen(with);
    return length >= need && memcmp(text, with, need) == 0;
}

/* The offset behind the first `end` from `from` on, or 0 if there is none. */
static size_t behind(const char *text, size_t length, size_t from, const char *end)
{
    size_t need = strlen(end);
    for (size_t i = from; i + need <= length; i++) {
        if (memcmp(text + i, end, need) == 0) {
            return i + need;
        }
    }
    return 0;
}

/* The offset behind the '>' that ends a tag; a '>' in an attribute's quotes does not. */
static size_t behind_tag(const char *text, size_t length)
{
    char quote = '\0';
    for (size_t i = 0; i < length; i++) {
        if (quote != '\0') {
            quote = text[i] == quote ? '\0' : quote;
        } else if (text[i] == '"' || text[i] == '\'') {
            quote = text[i];
        } else if (text[i] == '>') {
            return i + 1;
        }
    }
    return 0;
}

static struct xml_part tag_name(const char *text, size_t length)
{
    size_t end = 0;
    size_t begin = 0;
    while (end < length && !strchr(" \t\r\n/>", text[end])) {
        if (text[end] == ':') {
            begin = end + 1;
        }
        end++;
    }
    return (struct xml_part){.text = text + begin, .length = end - begin};
}

/* Takes the next piece off `rest`; false at the end and if the markup breaks off. */
static bool take(struct xml_part *rest, struct piece *piece)
{
    const char *text = rest->text;
    size_t length = rest->length;
    size_t size = 0;
    if (length == 0) {
        return false;
    }
    *piece = (struct piece){.kind = PIECE_OTHER, .name = xml_whole("", 0)};
    if (text[0] != '<') {
        const char *next = memchr(text, '<', length);
        piece->kind = PIECE_TEXT;
        size = next ? (size_t)(next - text) : length;
    } else if (starts(text, length, "<!--")) {
        size = behind(text, length, 4, "-->");
    } else if (starts(text, length, "<![CDATA[")) {
        size = behind(text, length, 9, "]]>");
        piece->kind = PIECE_CDATA;
        piece->data = xml_whole(text + 9, size >= 12 ? size - 12 : 0);
    } else if (starts(text, length, "<?")) {
        size = behind(text, length, 2, "?>");
    } else if (starts(text, length, "<!")) {
        size = behind_tag(text, length);
    } else {
        size = behind_tag(text, length);
        bool closes = length > 1 && text[1] == '/';
        bool empty = size >= 3 && text[size - 2] == '/';
        piece->kind = closes ? PIECE_CLOSE : empty ? PIECE_EMPTY : PIECE_OPEN;
        if (size > 0) {
            piece->name = tag_name(text + 1 + closes, size - 1 - closes);
        }
    }
    if (size == 0) {
        return false;
    }
    piece->all = xml_whole(text, size);
    *rest = xml_whole(text + size, length - size);
    return true;
}

/* ---- elements ---------------------------------------------------------------------------- */

static bool is_named(const struct piece *piece, const char *name)
{
    return piece->name.length == strlen(name) &&
           memcmp(piece->name.text, name, piece->name.length) == 0;
}

/* `rest` begins behind the opening tag; on success behind the closing one. */
static bool inner_of(struct xml_part *rest, const char *name, struct xml_part *inner)
{
    const char *begin = rest->text;
    size_t depth = 1;
    struct piece piece;
    while (take(rest, &piece)) {
        if (piece.kind == PIECE_OPEN && is_named(&piece, name)) {
            depth++;
        } else if (piece.kind == PIECE_CLOSE && is_named(&piece, name) && --depth == 0) {
            *inner = xml_whole(begin, (size_t)(piece.all.text - begin));
            return true;
        }
    }
    return false;
}

bool xml_next(struct xml_part *rest, const char *name, struct xml_part *inner)
{
    struct piece piece;
    while (take(rest, &piece)) {
        if (piece.kind == PIECE_EMPTY && is_named(&piece, name)) {
            *inner = xml_whole(rest->text, 0);
            return true;
        }
        if (piece.kind == PIECE_OPEN && is_named(&piece, name)) {
            return inner_of(rest, name, inner);
        }
    }
    return false;
}

bool xml_find(struct xml_part within, const char *name, struct xml_part *inner)
{
    return xml_next(&within, name, inner);
}

/* ---- text -------------------------------------------------------------------------------- */

/* "#x41" or "#65": what is between '&' and ';'. */
static bool numeric_entity(const char *text, size_t length, uint32_t *code)
{
    uint32_t base = length > 1 && text[1] == 'x' ? 16 : 10;
    size_t i = base == 16 ? 2 : 1;
    uint32_t value = 0;
    if (i >= length || length > 9) {
        return false;
    }
    for (; i < length; i++) {
        char c = text_lower(text[i]);
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                                                : 99;
        if (digit >= base) {
            return false;
        }
        value = value * base + digit;
    }
    *code = value;
    return value > 0 && value <= 0x10ffff && !(value >= 0xd800 && value <= 0xdfff);
}

static void put_entity(const char *text, size_t length, struct buf *out)
{
    static const struct {
        const char *name;
        char value;
    } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (length == strlen(known[i].name) && memcmp(text, known[i].name, length) == 0) {
            buf_putc(out, known[i].value);
            return;
        }
    }
    uint32_t code = 0;
    if (length > 1 && text[0] == '#' && numeric_entity(text, length, &code)) {
        char bytes[4];
        buf_append(out, bytes, text_encode(code, bytes));
        return;
    }
    buf_putc(out, '&'); // nobody knows it: as it stands
    buf_append(out, text, length);
    buf_putc(out, ';');
}

static void put_text(struct xml_part part, struct buf *out)
{
    for (size_t i = 0; i < part.length; i++) {
        const char *at = part.text + i;
        size_t left = part.length - i;
        const char *end = *at == '&' ? memchr(at, ';', left < 12 ? left : 12) : NULL;
        if (end) {
            put_entity(at + 1, (size_t)(end - at - 1), out);
            i += (size_t)(end - at);
        } else {
            buf_putc(out, *at);
        }
    }
}

static void xml_text(struct xml_part part, struct buf *out)
{
    struct piece piece;
    while (take(&part, &piece)) {
        if (piece.kind == PIECE_TEXT) {
            put_text(piece.all, out);
        } else if (piece.kind == PIECE_CDATA) {
            buf_append(out, piece.data.text, piece.data.length);
        }
    }
}

char *xml_find_text(struct xml_part within, const char *name)
{
    struct xml_part inner;
    if (!xml_find(within, name, &inner)) {
        return NULL;
    }
    struct buf text;
    buf_init_secret(&text, inner.length * 2 + 16); // STS answers with keys
    xml_text(inner, &text);
    return buf_take(&text);
}
