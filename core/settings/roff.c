#include "core/settings/roff.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/banned.h"

/* Text as it is: '-' stays a minus that can be searched for, and no line is taken for a request. */
static void put_line(struct buf *out, const char *text, size_t length)
{
    if (length > 0 && (text[0] == '.' || text[0] == '\'')) {
        buf_puts(out, "\\&");
    }
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '-':
            buf_puts(out, "\\-");
            break;
        case '\\':
            buf_puts(out, "\\e");
            break;
        case '\'':
            buf_puts(out, "\\(aq");
            break;
        case '~':
            buf_puts(out, "\\(ti");
            break;
        case '^':
            buf_puts(out, "\\(ha");
            break;
        default:
            buf_putc(out, text[i]);
        }
    }
}

void roff_text(struct buf *out, const char *text)
{
    put_line(out, text, strlen(text));
}

void roff_heading(struct buf *out, const char *name)
{
    buf_puts(out, ".SH ");
    for (const char *c = name; *c; c++) {
        buf_putc(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
    }
    buf_putc(out, '\n');
}

void roff_paragraphs(struct buf *out, const char *text)
{
    bool example = false;
    bool fresh = true; /* the next line begins a paragraph */
    while (*text) {
        size_t length = strcspn(text, "\n");
        bool indented = length > 2 && text[0] == ' ' && text[1] == ' ';
        if (example && !indented) {
            buf_puts(out, ".EE\n.RE\n");
        }
        if (indented && !example) {
            buf_puts(out, ".PP\n.RS 4\n.EX\n");
        } else if (!indented && length > 0 && (fresh || example)) {
            buf_puts(out, ".PP\n");
        }
        if (length > 0) {
            size_t skip = indented ? 2 : 0;
            put_line(out, text + skip, length - skip);
            buf_putc(out, '\n');
        }
        fresh = length == 0;
        example = indented;
        text += length + (text[length] == '\n');
    }
    if (example) {
        buf_puts(out, ".EE\n.RE\n");
    }
}
