#ifndef TUI_PANEL_JUMP_H
#define TUI_PANEL_JUMP_H

/*
 * The line at the foot that jumps to a number while it is typed: `#0042`. The first screen's
 * `argument` gets CMD_JUMP with the digits so far, and with "" if the jump is taken back. It ends by
 * itself when the number has all its digits.
 */

#include "tui/shell/shell.h"

void jump_open(struct shell *shell);

#endif
