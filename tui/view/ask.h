#ifndef TUI_VIEW_ASK_H
#define TUI_VIEW_ASK_H

/*
 * The dialogs that ask for a file. Each ends in a job, or with Esc.
 */

#include "tui/shell/shell.h"

void ask_export(struct shell *shell);
void ask_import(struct shell *shell);
void ask_past(struct shell *shell);

#endif
