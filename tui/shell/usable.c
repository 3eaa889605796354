/* Whether a command can be used now, and why not. */

#include "tui/shell/view.h"

#include "core/base/banned.h"

const char *console_off(const struct console *console, enum command command)
{
    unsigned needs = command_info(command)->needs;
    const struct view *top = console_top(console);
    if ((needs & NEED_WRITE) && console->read_only) {
        return "read-only";
    }
    if (console_is_ready(console, command)) {
        return NULL; /* what it would make is there */
    }
    if ((needs & NEED_IDLE) && work_busy(console)) {
        return "other work is under way";
    }
    if ((needs & NEED_DATA) && (!console->data || console->data->snapshot->read_at_s == 0)) {
        return "nothing is read yet";
    }
    if ((needs & NEED_ROW) && top->ops->has_row && !top->ops->has_row(top)) {
        return CONSOLE_NO_ROW;
    }
    return NULL;
}
