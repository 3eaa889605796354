/*
 * What the console tells people.
 */

#include "tui/shell/shell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

int64_t shell_now_s(const struct shell *shell)
{
    return clock_now_s(shell->options->clock);
}

void shell_say(struct shell *shell, enum style style, const char *format, ...)
{
    char text[ERR_TEXT_MAX + 256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    activity_add(&shell->messages.activity, shell_now_s(shell), style, text);
    shell_flash(shell, style, "%s", text);
    shell->messages.flash_said = true;
}

void shell_say_error(struct shell *shell, const char *what, const struct err *err)
{
    enum style style = err->code == ERR_CANCELLED ? STYLE_WARN : STYLE_ERROR;
    if (err->hint[0]) {
        int first_line = (int)strcspn(err->hint, "\n");
        const char *end = err->text + strlen(err->text);
        bool asks = end > err->text && end[-1] == '?';
        shell_say(shell, style, "%s: %s%s %.*s", what, err->text, asks ? "" : ".", first_line,
                  err->hint);
    } else {
        shell_say(shell, style, "%s: %s", what, err->text);
    }
}

void shell_flash(struct shell *shell, enum style style, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(shell->messages.flash, sizeof shell->messages.flash, format, args);
    va_end(args);
    shell->messages.flash_style = style;
    shell->messages.flash_said = false;
}
