#include "core/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

static const struct {
    const char *name;
    int status;
} s_codes[] = {
#define X(code, name, status) [code] = {name, status},
    ERR_LIST(X)
#undef X
};

enum err_code err_vset(struct err *err, enum err_code code, const char *format, va_list args)
{
    if (!err) {
        return code;
    }
    if (err->code != ERR_OK) {
        return err->code;
    }
    char raw[ERR_TEXT_MAX];
    vsnprintf(raw, sizeof raw, format, args);
    text_sanitise_to(err->text, sizeof err->text, raw, strlen(raw), 0);
    err->code = code;
    return code;
}

enum err_code err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    code = err_vset(err, code, format, args);
    va_end(args);
    return code;
}

enum err_code err_set_errno(struct err *err, enum err_code code, int number, const char *format,
                            ...)
{
    char what[ERR_TEXT_MAX];
    char why[128] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    bool no_descriptor = number == EMFILE || number == ENFILE;
    if (no_descriptor) {
        snprintf(why, sizeof why, "no file descriptor left");
    } else if (strerror_r(number, why, sizeof why) != 0) {
        snprintf(why, sizeof why, "error %d", number);
    }
    bool first = err && err->code == ERR_OK;
    code = err_set(err, code, "%s: %s", what, why);
    if (first && no_descriptor) {
        err_hint(err, number == EMFILE
                          ? "This process may not open more files: ulimit -n raises that"
                          : "The machine may not open more files (fs.file-max)");
    }
    return code;
}

void err_hint(struct err *err, const char *format, ...)
{
    if (!err || err->code == ERR_OK || err->hint[0] != '\0') {
        return;
    }
    char raw[ERR_HINT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_sanitise_to(err->hint, sizeof err->hint, raw, strlen(raw), TEXT_KEEP_LINES);
}

void err_prefix(struct err *err, const char *format, ...)
{
    if (!err || err->code == ERR_OK) {
        return;
    }
    char prefix[ERR_TEXT_MAX];
    char whole[2 * ERR_TEXT_MAX + 2];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", prefix, err->text);
    text_sanitise_to(err->text, sizeof err->text, whole, strlen(whole), 0);
}

void err_clear(struct err *err)
{
    err->code = ERR_OK;
    err->text[0] = '\0';
    err->hint[0] = '\0';
}

const char *err_code_name(enum err_code code)
{
    return s_codes[code].name;
}

int err_exit_status(enum err_code code)
{
    return s_codes[code].status;
}
