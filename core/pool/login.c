#include "core/pool/login.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/pool/model.h"
#include "core/base/text.h"

static const char *control_fault(uint32_t code)
{
    switch (code) {
    case 0x00:
        return "holds a NUL byte";
    case 0x09:
        return "holds a TAB";
    case 0x0A:
    case 0x0B:
    case 0x0C:
    case 0x0D:
    case 0x85:
    case 0x2028:
    case 0x2029:
        return "has a line break";
    case 0x1B:
    case 0x9B:
        return "holds an escape sequence";
    default:
        return "holds a control character";
    }
}

static const char *text_fault(const char *text, size_t length)
{
    if (memchr(text, '\0', length)) {
        return control_fault(0);
    }
    if (text_utf8_check(text, length) != length) {
        return "is not UTF-8";
    }
    uint32_t control = text_find_control(text, length);
    return control == TEXT_NO_CONTROL ? NULL : control_fault(control);
}

const char *login_fault(const char *login, size_t length)
{
    if (length == 0) {
        return "is empty";
    }
    if (length > LOGIN_MAX) {
        return "is longer than 128 bytes";
    }
    if (text_blanks_before(login, length) > 0 || text_blanks_behind(login, length) > 0) {
        return "begins or ends with a blank";
    }
    return text_fault(login, length);
}

const char *note_fault(const char *note, size_t length)
{
    return length > NOTE_MAX ? "is longer than 256 bytes" : text_fault(note, length);
}

/* The text behind the next colon; NULL if there is none. */
static const char *next_part(const char *text)
{
    const char *colon = text ? strchr(text, ':') : NULL;
    return colon ? colon + 1 : NULL;
}

bool login_is_user_arn(const char *text)
{
    static const char instance[] = "instance/";
    static const char agent[] = "/agent/";
    size_t length = strlen(text);
    if (length > ARN_MAX || strncmp(text, "arn:", 4) != 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] > '~') {
            return false;
        }
    }
    const char *service = next_part(next_part(text));
    if (!service || strncmp(service, "connect:", 8) != 0) {
        return false;
    }
    const char *resource = next_part(next_part(next_part(service)));
    if (!resource || strncmp(resource, instance, strlen(instance)) != 0) {
        return false;
    }
    const char *user = strstr(resource, agent);
    return user && user > resource + strlen(instance) && user[strlen(agent)] != '\0';
}

const char *login_arn_instance(const char *arn, size_t *length)
{
    static const char mark[] = "instance/";
    const char *id = strstr(arn, mark);
    id = id ? id + strlen(mark) : NULL;
    *length = id ? strcspn(id, "/") : 0;
    return id && *length > 0 && id[*length] == '/' ? id : NULL;
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
