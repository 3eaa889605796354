/* Whether a command can be used now, and why not. */

#include "tui/shell/shell.h"

#include "core/base/banned.h"

const char *shell_why_unusable(const struct shell *shell, enum command command)
{
    unsigned needs = command_info(command)->needs;
    const struct view *top = shell_top(shell);
    if ((command == CMD_UNDO && shell->gathering.can_undo) ||
        (command == CMD_REDO && shell->gathering.can_redo)) {
        return NULL; /* a gathered edit is written nowhere */
    }
    if ((needs & NEED_WRITE) && shell->place.read_only) {
        return "read-only";
    }
    if (shell_is_ready(shell, command)) {
        return NULL; /* its result is ready */
    }
    if ((needs & NEED_IDLE) && shell_busy(shell)) {
        return "other work is under way";
    }
    if ((needs & NEED_DATA) && (!shell->data || shell->data->snapshot->read_at_s == 0)) {
        return "nothing has been read yet";
    }
    if ((needs & NEED_ROW) && top->ops->has_row && !top->ops->has_row(top)) {
        return SHELL_NO_ROW;
    }
    return NULL;
}
