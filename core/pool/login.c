#include "core/pool/login.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/pool/model.h"
#include "core/base/text.h"

static const char *text_fault(const char *text, size_t length)
{
    if (memchr(text, '\0', length)) {
        return "holds a NUL byte";
    }
    return text_utf8_check(text, length) == length ? NULL : "is not UTF-8";
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

const char *login_fault(const char *login, size_t length)
{
    if (length == 0) {
        return "is empty";
    }
    if (length > LOGIN_MAX) {
        return "is longer than 128 bytes";
    }
    if (is_blank(login[0]) || is_blank(login[length - 1])) {
        return "begins or ends with a blank";
    }
    return text_fault(login, length);
}

const char *note_fault(const char *note, size_t length)
{
    if (length > NOTE_MAX) {
        return "is longer than 256 bytes";
    }
    if (memchr(note, '\n', length) || memchr(note, '\r', length)) {
        return "has a line break";
    }
    return text_fault(note, length);
}

void login_display_name(struct buf *out, const char *first, size_t first_length, const char *last,
                        size_t last_length)
{
    bool has_first = first && first_length > 0;
    bool has_last = last && last_length > 0;
    if (has_last) {
        buf_append(out, last, last_length);
    }
    if (has_first && has_last) {
        buf_puts(out, ", ");
    }
    if (has_first) {
        buf_append(out, first, first_length);
    }
}
