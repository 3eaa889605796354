#include "aws/http/uri.h"

#include <string.h>

#include "core/base/banned.h"

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void uri_encode_bytes(struct buf *out, const char *bytes, size_t length, bool keep_slash)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (is_unreserved(bytes[i]) || (keep_slash && byte == '/')) {
            buf_putc(out, bytes[i]);
        } else {
            buf_append(out, (char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
        }
    }
}

void uri_encode(struct buf *out, const char *text)
{
    uri_encode_bytes(out, text, strlen(text), false);
}

void uri_encode_path(struct buf *out, const char *text)
{
    uri_encode_bytes(out, text, strlen(text), true);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void uri_decode(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%' && length - i > 2 && hex_value(text[i + 1]) >= 0 &&
            hex_value(text[i + 2]) >= 0) {
            buf_putc(out, (char)(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])));
            i += 2;
        } else {
            buf_putc(out, text[i]);
        }
    }
}
